//! Parse, check and match, each beside the baseline in one run.
//!
//! `cargo bench --bench filter` measures the default release profile (which `bench` is), and
//! `cargo bench --bench filter --profile lto` what whole-program optimisation makes of it. Figures
//! are medians over many short rounds in which the two sides take turns, so that a machine that is
//! slow for a while slows both.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench, not a library"
)]

mod baseline;

use std::hint::black_box;
use std::time::{Duration, Instant};

use gchat_filter::{
    Checker, Filter, Matchable, Member, Membership, MembershipRole, User, UserType,
};

/// How many rounds each pair is measured for.
const ROUNDS: usize = 301;

/// How long a round of one side takes, about.
const ROUND: Duration = Duration::from_micros(200);

fn main() {
    println!("text to checked filter; baseline: a hand-written descent to the cells");
    println!("{:>9} {:>9} {:>7}  filter", "ours ns", "yard ns", "ratio");
    for text in texts() {
        let filter = Filter::parse(&text).unwrap();
        let cells = baseline::parse(&text).unwrap();
        assert_same(filter, cells);
        row(
            &text,
            || Filter::parse(black_box(&text)).ok(),
            || baseline::parse(black_box(&text)),
        );
    }

    println!("\nby length and by nesting; baseline: the same descent; nanoseconds a byte");
    println!("{:>9} {:>9} {:>9} {:>7}", "bytes", "ours", "yard", "ratio");
    for text in lengths() {
        row_by_byte(&format!("{}", text.len()), &text);
    }
    for depth in [0, 1, 2, 4, 8, 16, 32, 48, 64] {
        row_by_byte(&format!("depth {depth}"), &nested(depth));
    }

    println!("\nrejected text; baseline: the accepted text of the same length");
    for (bad, good) in rejected() {
        assert!(Filter::parse(&bad).is_err() && Filter::parse(&good).is_ok());
        assert_eq!(bad.len(), good.len());
        row(
            &bad,
            || Filter::parse(black_box(&bad)).is_ok(),
            || Filter::parse(black_box(&good)).is_ok(),
        );
    }

    println!("\ncheck with tree and diagnostics; baseline: the same descent");
    let checker = Checker::new();
    for text in texts() {
        row(
            &text,
            || checker.check(black_box(&text)),
            || baseline::parse(black_box(&text)),
        );
    }

    println!("\nmatching 1,000 memberships; baseline: reading role and type of each");
    let memberships = memberships(1_000);
    for text in texts().into_iter().take(4) {
        let filter = Filter::parse(&text).unwrap();
        row(
            &text,
            || {
                memberships
                    .iter()
                    .filter(|membership| filter.matches(*membership))
                    .count()
            },
            || {
                let facts = memberships.iter();
                facts
                    .map(|membership| {
                        membership.role() as usize ^ membership.member_type() as usize
                    })
                    .sum::<usize>()
            },
        );
    }
}

fn texts() -> Vec<String> {
    let clause = r#"(member.type = "HUMAN" AND role = "ROLE_MANAGER")"#;
    let mut texts: Vec<String> = [
        r#"member.type = "HUMAN""#,
        r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#,
        r#"role = "ROLE_MANAGER" OR role = "ROLE_MEMBER""#,
        r#"member.type != "BOT""#,
        r#"(role = "ROLE_MANAGER" OR role = "ROLE_MEMBER") AND member.type != "BOT""#,
    ]
    .map(str::to_owned)
    .into();
    texts.push(vec![clause; 64].join(" OR "));
    texts.push(format!("{}{clause}{}", "(".repeat(60), ")".repeat(60)));
    texts
}

/// Filters of 50 bytes to the most that are read.
fn lengths() -> Vec<String> {
    let clause = r#"(member.type = "HUMAN" AND role = "ROLE_MANAGER")"#;
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 309]
        .map(|count| vec![clause; count].join(" OR "))
        .into()
}

/// A filter with groups in groups, and a comparison at each level.
fn nested(depth: usize) -> String {
    let open = r#"(member.type = "HUMAN" AND "#.repeat(depth);
    format!("{open}role = \"ROLE_MANAGER\"{}", ")".repeat(depth))
}

/// Rejected texts, each with an accepted one of the same length.
fn rejected() -> Vec<(String, String)> {
    let good = r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#;
    let many = vec![good; 64].join(" OR ");
    let longest = lengths().pop().unwrap();
    let replace = |text: &str, from: &str, to: &str| (text.replace(from, to), text.to_owned());
    vec![
        replace(good, "AND", "and"),
        replace(good, "HUMAN", "HUMEN"),
        replace(good, "\"ROLE_MANAGER\"", "\"ROLE_MANAGER "),
        replace(&many, "HUMAN", "HUMEN"),
        (nested(64).replace("MANAGER", "MANAGED"), nested(64)),
        (format!("{}x", longest.trim_end_matches(')')), longest),
    ]
}

fn memberships(count: usize) -> Vec<Membership> {
    let membership = |index: usize| Membership {
        name: format!("spaces/AAAA/members/{index}"),
        role: [MembershipRole::Member, MembershipRole::Manager]
            [usize::from(index.is_multiple_of(7))]
        .clone(),
        member: Some(Member::User(User {
            name: format!("users/{index}"),
            user_type: [UserType::Human, UserType::Bot][usize::from(index.is_multiple_of(5))]
                .clone(),
            ..User::default()
        })),
        ..Membership::default()
    };
    (0..count).map(membership).collect()
}

/// The baseline's answer must be ours.
fn assert_same(filter: Filter, cells: u32) {
    for (index, cell) in gchat_filter::Cell::all().enumerate() {
        assert_eq!(
            filter.matches(&cell),
            cells >> index & 1 == 1,
            "{filter} {cell:?}"
        );
    }
}

/// Measures a text in turns with the baseline, and prints the medians per byte.
fn row_by_byte(name: &str, text: &str) {
    assert!(Filter::parse(text).is_ok());
    let (ours, baseline, ratio) = race(
        || Filter::parse(black_box(text)).ok(),
        || baseline::parse(black_box(text)),
    );
    let bytes = f64::from(u32::try_from(text.len()).unwrap());
    let (ours, baseline) = (ours / bytes, baseline / bytes);
    println!("{name:>9} {ours:9.3} {baseline:9.3} {ratio:7.2}");
}

/// Measures two sides in turns, and prints the medians of their times and of the ratio.
fn row<A, B>(text: &str, ours: impl Fn() -> A, baseline: impl Fn() -> B) {
    let (ours, baseline, ratio) = race(ours, baseline);
    let excerpt: String = text.chars().take(72).collect();
    let bytes = text.len();
    println!("{ours:9.1} {baseline:9.1} {ratio:7.2}  {excerpt} ({bytes} bytes)");
}

/// The medians of the times of two sides, which take turns, and of the ratio.
fn race<A, B>(ours: impl Fn() -> A, baseline: impl Fn() -> B) -> (f64, f64, f64) {
    let (ours_count, baseline_count) = (calibrate(&ours), calibrate(&baseline));
    let mut rounds: Vec<(f64, f64)> = (0..ROUNDS)
        .map(|_| (time(&ours, ours_count), time(&baseline, baseline_count)))
        .collect();
    let mut median = |key: fn(&(f64, f64)) -> f64| {
        rounds.sort_by(|a, b| key(a).total_cmp(&key(b)));
        key(&rounds[ROUNDS / 2])
    };
    (median(|r| r.0), median(|r| r.1), median(|r| r.0 / r.1))
}

/// How many calls make a round.
fn calibrate<T>(call: impl Fn() -> T) -> u32 {
    let mut count = 1;
    loop {
        let start = Instant::now();
        for _ in 0..count {
            black_box(call());
        }
        if start.elapsed() >= ROUND {
            return count;
        }
        count *= 2;
    }
}

/// Nanoseconds a call.
fn time<T>(call: impl Fn() -> T, count: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..count {
        black_box(call());
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(count)
}
