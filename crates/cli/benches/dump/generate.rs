//! Generates a dump of memberships like those that the API's list method returns. The output
//! depends only on the number of records.

use std::io::{self, Write};

/// Writes `count` memberships to `out`, one per line, 230 bytes each on average.
///
/// Most are people; 5% are Chat apps, and 3% are Google Groups. One in six display names is not
/// ASCII, some have escape sequences, and some look like other parts of a membership.
pub(crate) fn write(count: u32, out: &mut impl Write) -> io::Result<()> {
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
