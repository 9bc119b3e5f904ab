//! Instructions per input by length: the proof that time is linear.
//!
//! `cargo bench --bench instructions --features report` runs itself under valgrind's callgrind,
//! which counts instructions the same way on every run. Each operation gets an input of every
//! family at half the limits and at the limits. The longer input takes twice the instructions, or
//! up to two and a half times where a growing vector is copied once more; four times would be
//! quadratic.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench, not a library"
)]

#[path = "../tests/common/families.rs"]
mod families;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};

use gchat_filter::{Checker, Filter, Preset, Report, syntax};

use self::families::families;

/// The argument with which this program is run under callgrind.
const COUNTED: &str = "--counted";

/// Instructions that any input may take: constant costs, and what the allocator and `memcpy` do
/// differently from some size on.
const CONSTANT: u64 = 50_000;

/// A function that is counted, with its name.
type Operation = (&'static str, fn(&str));

const OPERATIONS: [Operation; 5] = [
    ("parse", |text| drop(syntax::parse(text))),
    ("filter", |text| drop(Filter::parse(text))),
    ("check", |text| check(text, Preset::Default)),
    ("check, every lint allowed", |text| {
        check(text, Preset::Aip160);
    }),
    ("report", |text| {
        drop(Report::from(&Checker::new().check(text)).to_string());
    }),
];

fn check(text: &str, preset: Preset) {
    let checker = Checker::new().preset(preset).admin_access(true);
    drop(checker.check(text));
}

fn main() -> ExitCode {
    if std::env::args().any(|arg| arg == COUNTED) {
        each_input(|_, (_, operation), text| counted(operation, text));
        return ExitCode::SUCCESS;
    }
    let counts = count();
    let mut counts = counts.chunks_exact(2);
    let mut worst = OPERATIONS.map(|(name, _)| (0.0, name, ""));
    let mut failures = 0;
    let mut index = 0;
    each_input(|family, operation, text| {
        index += 1;
        if index % 2 == 1 {
            return;
        }
        let [half, full] = *counts.next().unwrap() else {
            unreachable!()
        };
        #[expect(clippy::cast_precision_loss, reason = "a ratio")]
        let ratio = full as f64 / half as f64;
        if full > 2 * half + half / 2 + CONSTANT {
            failures += 1;
            println!(
                "{}, {family}: {half} then {full} instructions for {} bytes",
                operation.0,
                text.len()
            );
        }
        let entry = worst
            .iter_mut()
            .find(|(_, name, _)| *name == operation.0)
            .unwrap();
        if full > 10 * CONSTANT && ratio > entry.0 {
            *entry = (ratio, entry.1, family);
        }
    });
    for (ratio, name, family) in worst {
        println!("{name}: at most {ratio:.3} times the instructions for twice the text ({family})");
    }
    println!(
        "{} inputs of {} families, {failures} not linear",
        index,
        families().len()
    );
    if failures == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Calls a function with every operation and input, in pairs of a shorter and a longer input.
fn each_input(mut call: impl FnMut(&'static str, Operation, &str)) {
    for family in families() {
        for operation in OPERATIONS {
            for quarters in [2, 4] {
                call(family.name, operation, &family.text(quarters));
            }
        }
    }
}

/// The only function whose instructions are counted.
#[inline(never)]
fn counted(operation: fn(&str), text: &str) {
    operation(text);
    // Keeps the call above from becoming a jump, which would leave this function.
    black_box(text);
}

/// The instructions of each call of [`counted`].
fn count() -> Vec<u64> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("instructions");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    let status = Command::new("valgrind")
        .args(["--quiet", "--tool=callgrind", "--collect-atstart=no"])
        .args([
            "--toggle-collect=instructions::counted",
            "--dump-after=instructions::counted",
        ])
        .arg(format!(
            "--callgrind-out-file={}",
            directory.join("out").display()
        ))
        .arg(std::env::current_exe().unwrap())
        .arg(COUNTED)
        .status();
    let status = status.expect("valgrind, from the package of that name, is installed");
    assert!(status.success(), "{status}");
    (1..)
        .map_while(|part| fs::read_to_string(directory.join(format!("out.{part}"))).ok())
        .map(|dump| {
            let total = dump.lines().find_map(|line| line.strip_prefix("totals: "));
            total.unwrap().trim().parse().unwrap()
        })
        .collect()
}
