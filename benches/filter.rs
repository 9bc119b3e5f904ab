//! Benchmarks of parsing, checking and matching, compared with the baseline.
//!
//! `cargo bench --bench filter` uses the `bench` profile, which equals the default release profile;
//! `cargo bench --bench filter --profile lto` adds link-time optimization. Figures are medians over
//! many short rounds in which the two sides alternate, so that other load affects both.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark, not a library"
)]

mod baseline;

use std::hint::black_box;
use std::time::{Duration, Instant};

use gchat_filter::Checker;
use gchat_filter::members::{Filter, Matchable};
use gchat_filter::members::{Membership, MembershipRole, User, UserOrGroup, UserType};

/// Number of rounds per pair.
const ROUNDS: usize = 301;

/// Approximate duration of a round of one side.
const ROUND: Duration = Duration::from_micros(200);

fn main() {
    println!("parsing and checking, ns; baseline: a hand-written parser of the cells");
    println!("{:>9} {:>9} {:>7}  filter", "filter", "baseline", "ratio");
    for text in filters() {
        let filter = Filter::parse(&text).unwrap();
        let cells = baseline::parse(&text).unwrap();
        assert_same(filter, cells);
        row(
            &text,
            || Filter::parse(black_box(&text)).ok(),
            || baseline::parse(black_box(&text)),
        );
    }

    println!("\nby length and by nesting, ns per byte; baseline: the same parser");
    println!(
        "{:>9} {:>9} {:>9} {:>7}",
        "bytes", "filter", "baseline", "ratio"
    );
    for text in lengths() {
        row_by_byte(&format!("{}", text.len()), &text);
    }
    for depth in [0, 1, 2, 4, 8, 16, 32, 48, 64] {
        row_by_byte(&format!("depth {depth}"), &nested(depth));
    }

    println!("\nrejecting, ns; baseline: accepting a filter of the same length");
    for (invalid, valid) in rejected() {
        assert!(Filter::parse(&invalid).is_err() && Filter::parse(&valid).is_ok());
        assert_eq!(invalid.len(), valid.len());
        row(
            &invalid,
            || Filter::parse(black_box(&invalid)).is_ok(),
            || Filter::parse(black_box(&valid)).is_ok(),
        );
    }

    println!("\nchecking with tree and diagnostics, ns; baseline: the same parser");
    let checker = Checker::new();
    for text in filters() {
        row(
            &text,
            || Filter::check(&checker, black_box(&text)),
            || baseline::parse(black_box(&text)),
        );
    }

    println!("\nmatching 1,000 memberships, ns; baseline: reading their roles and types");
    let memberships = memberships(1_000);
    for text in filters().into_iter().take(4) {
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
                memberships
                    .iter()
                    .map(|membership| {
                        membership.role() as usize ^ membership.member_type() as usize
                    })
                    .sum::<usize>()
            },
        );
    }
}

fn filters() -> Vec<String> {
    let clause = r#"(member.type = "HUMAN" AND role = "ROLE_MANAGER")"#;
    let mut filters: Vec<String> = [
        r#"member.type = "HUMAN""#,
        r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#,
        r#"role = "ROLE_MANAGER" OR role = "ROLE_MEMBER""#,
        r#"member.type != "BOT""#,
        r#"(role = "ROLE_MANAGER" OR role = "ROLE_MEMBER") AND member.type != "BOT""#,
    ]
    .map(str::to_owned)
    .into();
    filters.push(vec![clause; 64].join(" OR "));
    filters.push(format!("{}{clause}{}", "(".repeat(60), ")".repeat(60)));
    filters
}

/// Filters from 50 bytes to the length limit.
fn lengths() -> Vec<String> {
    let clause = r#"(member.type = "HUMAN" AND role = "ROLE_MANAGER")"#;
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 309]
        .map(|count| vec![clause; count].join(" OR "))
        .into()
}

/// A filter with nested groups, and a comparison at each level.
fn nested(depth: usize) -> String {
    let open = r#"(member.type = "HUMAN" AND "#.repeat(depth);
    format!("{open}role = \"ROLE_MANAGER\"{}", ")".repeat(depth))
}

/// Invalid filters, each with a valid one of the same length.
fn rejected() -> Vec<(String, String)> {
    let valid = r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#;
    let many = vec![valid; 64].join(" OR ");
    let longest = lengths().pop().unwrap();
    let replace = |text: &str, from: &str, to: &str| (text.replace(from, to), text.to_owned());
    vec![
        replace(valid, "AND", "and"),
        replace(valid, "HUMAN", "HUMEN"),
        replace(valid, "\"ROLE_MANAGER\"", "\"ROLE_MANAGER "),
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
        member: Some(UserOrGroup::User(User {
            name: format!("users/{index}"),
            user_type: [UserType::Human, UserType::Bot][usize::from(index.is_multiple_of(5))]
                .clone(),
            ..User::default()
        })),
        ..Membership::default()
    };
    (0..count).map(membership).collect()
}

/// Asserts that the baseline has the same result.
fn assert_same(filter: Filter, cells: u32) {
    for (index, cell) in gchat_filter::members::Cell::all().enumerate() {
        assert_eq!(
            filter.matches(&cell),
            cells >> index & 1 == 1,
            "{filter} {cell:?}"
        );
    }
}

/// Measures parsing and the baseline alternately, and prints the medians per byte.
fn row_by_byte(name: &str, text: &str) {
    assert!(Filter::parse(text).is_ok());
    let (parse, baseline, ratio) = race(
        || Filter::parse(black_box(text)).ok(),
        || baseline::parse(black_box(text)),
    );
    let bytes = f64::from(u32::try_from(text.len()).unwrap());
    let (parse, baseline) = (parse / bytes, baseline / bytes);
    println!("{name:>9} {parse:9.3} {baseline:9.3} {ratio:7.2}");
}

/// Measures two sides alternately, and prints the medians of their times and of the ratio.
fn row<A, B>(text: &str, candidate: impl Fn() -> A, baseline: impl Fn() -> B) {
    let (candidate, baseline, ratio) = race(candidate, baseline);
    let excerpt: String = text.chars().take(72).collect();
    let bytes = text.len();
    println!("{candidate:9.1} {baseline:9.1} {ratio:7.2}  {excerpt} ({bytes} bytes)");
}

/// Runs two sides alternately. Returns the medians of their times in nanoseconds per call, and of
/// the ratio.
fn race<A, B>(candidate: impl Fn() -> A, baseline: impl Fn() -> B) -> (f64, f64, f64) {
    let (candidate_count, baseline_count) = (calibrate(&candidate), calibrate(&baseline));
    let mut rounds: Vec<(f64, f64)> = (0..ROUNDS)
        .map(|_| {
            (
                time(&candidate, candidate_count),
                time(&baseline, baseline_count),
            )
        })
        .collect();
    let mut median = |key: fn(&(f64, f64)) -> f64| {
        rounds.sort_by(|a, b| key(a).total_cmp(&key(b)));
        key(&rounds[ROUNDS / 2])
    };
    (median(|r| r.0), median(|r| r.1), median(|r| r.0 / r.1))
}

/// Returns the number of calls per round.
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

/// Returns the nanoseconds per call.
fn time<T>(call: impl Fn() -> T, count: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..count {
        black_box(call());
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(count)
}
