//! Runs all fuzz targets on all committed inputs, the seeds and the corpus.

use std::collections::BTreeSet;
use std::path::Path;

use gchat_filter_fuzz::targets;

/// Runs a target on the inputs in a directory, and returns their number.
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
        // The panic message does not name the input.
        let result = std::panic::catch_unwind(|| run(&bytes));
        assert!(result.is_ok(), "{} fails", path.display());
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
                    assert!(count > 0, "no inputs in {directory}");
                }
            }
        )+

        /// The targets here, in the manifest and in the directories of inputs are the same.
        #[test]
        fn all_targets_are_listed() {
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

replays! { parse roundtrip check fixes simplify languages membership document request router }
