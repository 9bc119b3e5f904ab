//! Generates dumps of memberships and messages like those that the API's list methods return. The
//! output depends only on the number of records.

use std::io::{self, Write};

/// Writes `count` memberships to `out`, one per line, 230 bytes each on average.
///
/// Most are people; 5% are Chat apps, and 3% are Google Groups. One in six display names is not
/// ASCII, some have escape sequences, and some look like other parts of a membership.
pub(crate) fn memberships(count: u32, out: &mut impl Write) -> io::Result<()> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut space = String::new();
    for index in 0..count {
        if index % 50 == 0 {
            space = format!("AAAA{}", random.word(7));
        }
        membership(&space, &mut random, out)?;
    }
    Ok(())
}

fn membership(space: &str, random: &mut Random, out: &mut impl Write) -> io::Result<()> {
    let time = random.time();
    if random.chance(3) {
        let group = random.word(15);
        return writeln!(
            out,
            "{{\"name\":\"spaces/{space}/members/group-{group}\",\"state\":\"JOINED\",\
             \"createTime\":\"{time}\",\"groupMember\":{{\"name\":\"groups/{group}\"}}}}"
        );
    }
    let user = 100_000_000_000_000_000_000 + u128::from(random.next());
    let state = if random.chance(4) {
        "INVITED"
    } else {
        "JOINED"
    };
    let is_bot = random.chance(5);
    let role = match random.below(100) {
        0..10 if !is_bot => "ROLE_MANAGER",
        10..14 if !is_bot => "ROLE_ASSISTANT_MANAGER",
        _ => "ROLE_MEMBER",
    };
    write!(
        out,
        "{{\"name\":\"spaces/{space}/members/{user}\",\"state\":\"{state}\",\"role\":\"{role}\",\
         \"createTime\":\"{time}\",\"member\":{{\"name\":\"users/{user}\""
    )?;
    if random.chance(40) {
        let (first, last) = (random.pick(&FIRST), random.pick(&LAST));
        match random.below(1000) {
            0..5 => write!(out, ",\"displayName\":\"{first} \\\"{last}\\\"\"")?,
            5..8 => write!(
                out,
                ",\"displayName\":\"{{\\\"role\\\":\\\"ROLE_MANAGER\\\"}}\""
            )?,
            _ => write!(out, ",\"displayName\":\"{first} {last}\"")?,
        }
    }
    if random.chance(20) {
        write!(out, ",\"domainId\":\"c07lrwfve\"")?;
    }
    let user_type = if is_bot { "BOT" } else { "HUMAN" };
    write!(out, ",\"type\":\"{user_type}\"")?;
    if random.chance(2) {
        write!(out, ",\"isAnonymous\":true")?;
    }
    write!(out, "}}")?;
    match random.below(100) {
        0..40 => write!(out, ",\"affiliation\":\"INTERNAL\"")?,
        40..46 => write!(out, ",\"affiliation\":\"EXTERNAL\"")?,
        _ => {}
    }
    writeln!(out, "}}")
}

/// Writes `count` messages to `out`, one per line, 600 bytes each on average.
///
/// One in fifty is in the thread `spaces/AAAAGENERAL/threads/NEWS`. Texts have one to forty words, and
/// one in ten has an attachment. Some texts have escape sequences, and some look like other fields.
pub(crate) fn messages(count: u32, out: &mut impl Write) -> io::Result<()> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut space = String::new();
    for index in 0..count {
        if index % 50 == 0 {
            space = format!("AAAA{}", random.word(7));
        }
        if random.chance(2) {
            message("AAAAGENERAL", "NEWS", &mut random, out)?;
        } else {
            let thread = random.word(11);
            message(&space, &thread, &mut random, out)?;
        }
    }
    Ok(())
}

fn message(space: &str, thread: &str, random: &mut Random, out: &mut impl Write) -> io::Result<()> {
    let id = random.word(11);
    let user = 100_000_000_000_000_000_000 + u128::from(random.next());
    let time = random.time();
    let (first, last) = (random.pick(&FIRST), random.pick(&LAST));
    let words: Vec<&str> = (0..=random.below(40))
        .map(|_| random.pick(&WORDS))
        .collect();
    let mut text = words.join(" ");
    if random.chance(2) {
        text.push_str(r#" \"quoted\"\nand {\"createTime\": \"2024-06-15T00:00:00Z\"}"#);
    }
    write!(
        out,
        "{{\"name\":\"spaces/{space}/messages/{thread}.{id}\",\"sender\":{{\"name\":\"users/{user}\",\
         \"displayName\":\"{first} {last}\",\"type\":\"HUMAN\"}},\"createTime\":\"{time}\",\
         \"text\":\"{text}\",\"formattedText\":\"{text}\""
    )?;
    if random.chance(10) {
        let name = random.word(9);
        write!(
            out,
            ",\"attachment\":[{{\"name\":\"spaces/{space}/messages/{thread}.{id}/attachments/{name}\",\
             \"contentName\":\"{name}.pdf\"}}]"
        )?;
    }
    writeln!(
        out,
        ",\"thread\":{{\"name\":\"spaces/{space}/threads/{thread}\"}},\
         \"space\":{{\"name\":\"spaces/{space}\"}},\"argumentText\":\"{text}\"}}"
    )
}

/// A xorshift pseudorandom number generator.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 11) % bound
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }

    fn word(&mut self, length: usize) -> String {
        let letters = b"0123456789abcdefghijklmnopqrstuv";
        let letter = |_| char::from(letters[usize::try_from(self.below(32)).unwrap()]);
        (0..length).map(letter).collect()
    }

    fn time(&mut self) -> String {
        let mut part = |from, to| from + self.below(to - from);
        format!(
            "{}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
            part(2019, 2026),
            part(1, 13),
            part(1, 29),
            part(0, 24),
            part(0, 60),
            part(0, 60),
            part(0, 1_000_000)
        )
    }
}

const FIRST: [&str; 16] = [
    "Ada",
    "Agus",
    "Béatrice",
    "Charlotte",
    "Dmitri",
    "Eun-ji",
    "Fatima",
    "Guilherme",
    "Hannah",
    "Ichiro",
    "Jürgen",
    "Katarzyna",
    "Li",
    "Mohammed",
    "Nneka",
    "Olivia",
];

const LAST: [&str; 16] = [
    "Almeida",
    "Brown",
    "Chen",
    "Dubois",
    "Eriksen",
    "Fernandes",
    "Guimaraes",
    "Hansen",
    "Ivanova",
    "Jones",
    "Kowalski",
    "Lovelace",
    "Müller",
    "Nguyen",
    "Okafor",
    "高橋",
];

const WORDS: [&str; 16] = [
    "the",
    "report",
    "is",
    "ready",
    "for",
    "review",
    "bitte",
    "schauen",
    "réunion",
    "today",
    "at",
    "https://example.com/a?b=c",
    "pending",
    "tasks",
    "会議",
    "🙂",
];
