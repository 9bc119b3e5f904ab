//! Benchmarks of parsing and matching, compared with other crates.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml`, with `--profile lto` instead of
//! `--release` for link-time optimization. Before timing, the results of all peers are verified to
//! be the same. Times are medians over rounds in which all sides alternate; ratios are medians of
//! the ratios within a round.

#[path = "../../baseline/mod.rs"]
mod baseline;
#[path = "../../baseline/comparisons.rs"]
#[allow(dead_code, reason = "the baseline needs its timestamps only")]
mod comparisons;
mod languages;
mod methods;
#[path = "../../baseline/parsers.rs"]
mod parsers;

use std::hint::black_box;
use std::time::{Duration, Instant};

use gchat_filter::members::{Cell, Filter, Matchable};
use gchat_filter::members::{Membership, MembershipRole, User, UserOrGroup, UserType};

use languages::{Query, cel_context, facts, facts_of, matches, scheme, walk};

const ROUNDS: usize = 101;

/// Approximate duration of a round of one side.
const ROUND: Duration = Duration::from_micros(200);

/// A candidate to measure.
struct Side<'s> {
    name: String,
    /// Makes the given number of calls.
    run: Box<dyn Fn(u32) + 's>,
    /// Number of items that a call processes.
    items: usize,
}

fn side<'s, T>(name: &str, items: usize, call: impl Fn() -> T + 's) -> Side<'s> {
    Side {
        name: name.to_owned(),
        items,
        run: Box::new(move |times| {
            for _ in 0..times {
                black_box(call());
            }
        }),
    }
}

/// Measures the sides and prints a line for each, with its ratio to the second.
fn race(title: &str, rounds: usize, sides: &[Side<'_>]) {
    println!("\n{title}");
    println!("{:>10} {:>8}", "ns", "ratio");
    let counts: Vec<u32> = sides.iter().map(calibrate).collect();
    let mut times = vec![Vec::new(); sides.len()];
    for _ in 0..rounds {
        for ((side, count), times) in sides.iter().zip(&counts).zip(&mut times) {
            times.push(time(side, *count));
        }
    }
    for (side, own) in sides.iter().zip(&times) {
        let ratio = median(own.iter().zip(&times[1]).map(|(own, base)| own / base));
        let time = median(own.iter().copied());
        println!("{time:10.2} {ratio:8.2}  {}", side.name);
    }
}

fn calibrate(side: &Side<'_>) -> u32 {
    let mut count = 1;
    loop {
        let start = Instant::now();
        (side.run)(count);
        if start.elapsed() >= ROUND {
            return count;
        }
        count *= 2;
    }
}

/// Returns the nanoseconds per item.
fn time(side: &Side<'_>, count: u32) -> f64 {
    let start = Instant::now();
    (side.run)(count);
    start.elapsed().as_secs_f64() * 1e9 / f64::from(count) / side.items as f64
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    for query in languages::queries() {
        check(&query);
        parse(&query);
    }
    let requirement = ">=1.2.3, <1.8.0";
    race(
        &format!(
            "semver {requirement}: {} bytes, for comparison",
            requirement.len()
        ),
        ROUNDS,
        &[
            side(
                "gchat-filter, of `role = \"ROLE_MANAGER\"`, 21 bytes",
                1,
                || Filter::parse(black_box("role = \"ROLE_MANAGER\"")).ok(),
            ),
            side("semver", 1, || {
                semver::VersionReq::parse(black_box(requirement)).ok()
            }),
        ],
    );
    for count in [100, 1_000, 1_000_000] {
        let memberships = memberships(count);
        for query in &languages::queries()[..4] {
            matching(query, &memberships);
        }
    }
    methods::run();
}

/// Asserts that all peers have the same result for each of the 25 cells.
fn check(query: &Query) {
    let filter = Filter::parse(&query.filter).unwrap();
    let cells = baseline::parse(&query.filter).unwrap();
    let tree = aip_160::parse_filter(&query.filter).unwrap();
    let scheme = scheme();
    let wirefilter = scheme.parse(&query.wirefilter).unwrap().compile();
    let cfg = cfg_expr::Expression::parse(&query.cfg).unwrap();
    let cel = cel::Program::compile(&query.cel).unwrap();
    let functions = cel::Context::default();
    for (index, cell) in Cell::all().enumerate() {
        let expected = filter.matches(&cell);
        let facts = facts(cell);
        let assert_same = |result: bool, name: &str| {
            assert_eq!(result, expected, "{name} {} {cell:?}", query.filter);
        };
        assert_same(cells >> index & 1 == 1, "baseline");
        assert_same(walk(tree.expression.as_ref(), facts), "aip-160");
        assert_same(matches(&wirefilter, &scheme, facts), "wirefilter");
        assert_same(
            cfg.eval(|predicate| languages::holds(predicate, facts)),
            "cfg-expr",
        );
        let context = cel_context(&functions, facts);
        assert_same(cel.execute(&context) == Ok(true.into()), "cel");
    }
}

fn parse(query: &Query) {
    let excerpt: String = query.filter.chars().take(80).collect();
    let scheme = scheme();
    race(
        &format!("{excerpt} ({} bytes)", query.filter.len()),
        ROUNDS,
        &[
            side("gchat-filter", 1, || {
                Filter::parse(black_box(&query.filter)).ok()
            }),
            side("baseline", 1, || baseline::parse(black_box(&query.filter))),
            side("aip-160", 1, || {
                aip_160::parse_filter(black_box(&query.filter)).ok()
            }),
            side("wirefilter-engine, parse and compile", 1, || {
                scheme
                    .parse(black_box(&query.wirefilter))
                    .map(|ast| ast.compile())
                    .is_ok()
            }),
            side("cfg-expr", 1, || {
                cfg_expr::Expression::parse(black_box(&query.cfg)).ok()
            }),
            side("cel, compile", 1, || {
                cel::Program::compile(black_box(&query.cel)).ok()
            }),
        ],
    );
}

fn matching(query: &Query, memberships: &[Membership]) {
    let filter = Filter::parse(&query.filter).unwrap();
    let tree = aip_160::parse_filter(&query.filter).unwrap();
    let scheme = scheme();
    let wirefilter = scheme.parse(&query.wirefilter).unwrap().compile();
    let cel = cel::Program::compile(&query.cel).unwrap();
    let functions = cel::Context::default();
    let count = |matches: &dyn Fn(&Membership) -> bool| {
        memberships
            .iter()
            .filter(|membership| matches(membership))
            .count()
    };
    let by_cel = |membership: &Membership| {
        cel.execute(&cel_context(&functions, facts_of(membership))) == Ok(true.into())
    };
    let by_tree = |membership: &Membership| walk(tree.expression.as_ref(), facts_of(membership));
    let by_wirefilter =
        |membership: &Membership| matches(&wirefilter, &scheme, facts_of(membership));
    let expected = count(&|membership| filter.matches(membership));
    assert_eq!(count(&by_tree), expected);
    assert_eq!(count(&by_wirefilter), expected);

    // Slow candidates are measured on some of the memberships.
    let some = &memberships[..memberships.len().min(1_000)];
    assert_eq!(
        some.iter().filter(|m| by_cel(m)).count(),
        some.iter().filter(|m| filter.matches(*m)).count()
    );
    let length = memberships.len();
    let rounds = if length > 10_000 { 11 } else { ROUNDS };
    race(
        &format!("matching {length} memberships, {}", query.filter),
        rounds,
        &[
            side("gchat-filter", length, || {
                memberships.iter().filter(|m| filter.matches(*m)).count()
            }),
            side("reading the two fields", length, || {
                memberships
                    .iter()
                    .map(|m| m.role() as usize ^ m.member_type() as usize)
                    .sum::<usize>()
            }),
            side("aip-160, tree walk", length, || {
                memberships.iter().filter(|m| by_tree(m)).count()
            }),
            side("wirefilter-engine", length, || {
                memberships.iter().filter(|m| by_wirefilter(m)).count()
            }),
            side("cel", some.len(), || {
                some.iter().filter(|m| by_cel(m)).count()
            }),
        ],
    );
}

fn memberships(count: usize) -> Vec<Membership> {
    let membership = |index: usize| Membership {
        name: format!("spaces/AAAA/members/{index}"),
        role: if index.is_multiple_of(7) {
            MembershipRole::Manager
        } else {
            MembershipRole::Member
        },
        member: Some(UserOrGroup::User(User {
            name: format!("users/{index}"),
            user_type: if index.is_multiple_of(5) {
                UserType::Bot
            } else {
                UserType::Human
            },
            ..User::default()
        })),
        ..Membership::default()
    };
    (0..count).map(membership).collect()
}
