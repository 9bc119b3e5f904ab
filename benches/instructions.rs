//! Instructions per input by length: evidence that time is linear.
//!
//! `cargo bench --bench instructions --features report` runs itself under valgrind's callgrind,
//! which counts the same instructions on every run. Each operation gets an input of every family at
//! half the limits and at the limits. The longer input takes twice the instructions, or up to two
//! and a half times where a growing vector is copied once more; four times would be quadratic.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench, not a library"
)]

#[path = "../tests/common/families.rs"]
mod families;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread;

use gchat_filter::members::Filter;
use gchat_filter::{Checker, Method, Preset, Report, syntax};

use self::families::{Family, families};

/// The argument before the name of an operation, with which this program runs itself under callgrind.
const COUNTED: &str = "--counted";

/// Instructions that do not depend on the length: constant costs, and what the allocator and
/// `memcpy` do differently from some size on.
const CONSTANT: u64 = 50_000;

/// Instructions that the searches take on top: where one resource can meet several conditions, sets of
/// conditions are compared pair by pair. A search has at most 1,000 characters, so this does not grow.
const PAIRS: u64 = 600_000;

/// A function to count, with its name.
type Operation = (&'static str, fn(Method, &str));

const OPERATIONS: [Operation; 5] = [
    ("parse", |_, text| drop(syntax::parse(text))),
    ("filter", |_, text| drop(Filter::parse(text))),
    ("check", |method, text| check(method, text, Preset::Default)),
    ("check, all lints allowed", |method, text| {
        check(method, text, Preset::Aip160);
    }),
    ("report", |method, text| {
        let checked = Checker::new().check_method(method, text);
        drop(Report::from(&checked).to_string());
    }),
];

fn check(method: Method, text: &str, preset: Preset) {
    let checker = Checker::new().preset(preset).admin_access(true);
    drop(checker.check_method(method, text));
}

/// Every family, and its inputs at half the limits and at the limits.
fn inputs() -> impl Iterator<Item = (Family, [String; 2])> {
    let inputs = families().into_iter();
    inputs.map(|family| {
        let texts = [2, 4].map(|quarters| family.text(quarters));
        (family, texts)
    })
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, name, ..] = arguments.as_slice()
        && flag == COUNTED
    {
        let (_, operation) = OPERATIONS.iter().find(|(own, _)| own == name).unwrap();
        for (family, texts) in inputs() {
            for text in &texts {
                counted(*operation, family.method, text);
            }
        }
        return ExitCode::SUCCESS;
    }
    // At the same time: the counts do not depend on the load of the machine.
    let counts = thread::scope(|scope| {
        let threads = OPERATIONS.map(|(name, _)| scope.spawn(move || count(name)));
        threads.map(|thread| thread.join().unwrap())
    });
    let mut failures = 0;
    for ((name, _), counts) in OPERATIONS.iter().zip(&counts) {
        let (counts, []) = counts.as_chunks::<2>() else {
            panic!("callgrind wrote {} counts", counts.len());
        };
        assert_eq!(counts.len(), inputs().count());
        let mut worst = (0.0, "");
        for ((family, _), [half, full]) in inputs().zip(counts.iter().copied()) {
            let is_search = matches!(
                family.method,
                Method::SpacesSearch | Method::SpacesMessagesSearch
            );
            let family = family.name;
            let constant = if is_search {
                CONSTANT + PAIRS
            } else {
                CONSTANT
            };
            if full > 2 * half + half / 2 + constant {
                failures += 1;
                println!("{name}, {family}: {half} instructions, then {full}");
            }
            #[expect(clippy::cast_precision_loss, reason = "a ratio")]
            let ratio = full as f64 / half as f64;
            if full > 10 * CONSTANT && ratio > worst.0 {
                worst = (ratio, family);
            }
        }
        let (ratio, family) = worst;
        println!("{name}: at most {ratio:.2} times the instructions for twice the text ({family})");
    }
    let pairs = OPERATIONS.len() * inputs().count();
    println!("{pairs} pairs of inputs, {failures} not linear");
    ExitCode::from(u8::from(failures > 0))
}

/// The only function whose instructions are counted.
#[inline(never)]
fn counted(operation: fn(Method, &str), method: Method, text: &str) {
    operation(method, text);
    // Keeps the call above from becoming a jump, which would leave this function.
    black_box(text);
}

/// Returns the instructions of each call of [`counted`] for an operation.
fn count(operation: &str) -> Vec<u64> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("instructions")
        .join(operation);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    let dumps = directory.join("dump");
    let status = Command::new("valgrind")
        .args(["--quiet", "--tool=callgrind", "--collect-atstart=no"])
        .args([
            "--toggle-collect=instructions::counted",
            "--dump-after=instructions::counted",
        ])
        .arg(format!("--callgrind-out-file={}", dumps.display()))
        .arg(std::env::current_exe().unwrap())
        .args([COUNTED, operation])
        .status();
    let status =
        status.unwrap_or_else(|error| panic!("valgrind, which must be installed: {error}"));
    assert!(status.success(), "valgrind: {status}");
    (1..)
        .map_while(|part| fs::read_to_string(dumps.with_extension(part.to_string())).ok())
        .map(|dump| {
            let total = dump.lines().find_map(|line| line.strip_prefix("totals: "));
            total.unwrap().trim().parse().unwrap()
        })
        .collect()
}
