//! Every target on every input that is committed: those that were written and those that were
//! found.

use std::collections::BTreeSet;
use std::path::Path;

use gchat_filter_fuzz::targets;

/// Runs a target on the inputs of a directory, and tells how many there are.
fn replay(directory: &str, target: &str, run: fn(&[u8])) -> usize {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(directory)
        .join(target);
    let inputs = std::fs::read_dir(&directory)
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut count = 0;
    for input in inputs {
        let path = input.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        // What fails tells what, but not where.
        let done = std::panic::catch_unwind(|| run(&bytes));
        assert!(done.is_ok(), "{} fails", path.display());
        count += 1;
    }
    count
}

macro_rules! replays {
    ($($target:ident)+) => {
        $(
            #[test]
            fn $target() {
                for directory in ["seeds", "corpus"] {
                    let count = replay(directory, stringify!($target), targets::$target::run);
                    assert!(count > 0, "nothing in {directory}");
                }
            }
        )+

        /// No target is left out: neither here nor in the manifest.
        #[test]
        fn all_of_them() {
            let here = BTreeSet::from([$(stringify!($target)),+]);
            let manifest = include_str!("../Cargo.toml");
            let bins = manifest.split("[[bin]]").skip(1).filter_map(|bin| bin.split('"').nth(1));
            assert_eq!(bins.collect::<BTreeSet<_>>(), here);
            for directory in ["seeds", "corpus"] {
                let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
                let found = std::fs::read_dir(directory).unwrap();
                let found = found.map(|found| found.unwrap().file_name().into_string().unwrap());
                let found: BTreeSet<String> = found.collect();
                assert!(found.iter().map(String::as_str).eq(here.iter().copied()), "{found:?}");
            }
        }
    };
}

replays! { parse roundtrip check fixes simplify membership request router }
