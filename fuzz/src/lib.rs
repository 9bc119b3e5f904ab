//! The fuzz targets: what they [assert](targets), and what they share.
//!
//! [`invariants`] is what must hold of every check of any text; [`trees`] makes trees, [`shapes`] makes
//! filters together with what they must mean, and [`writer`] writes either as text in any of the
//! ways there are; [`shortest`] finds the shortest texts, and [`model`] is a model of the mock server.
//! None of them asks the crate what is right: they are a second reading of the language and of the
//! API.

pub mod invariants;
pub mod model;
pub mod shapes;
pub mod shortest;
pub mod targets;
pub mod trees;
pub mod writer;

use arbitrary::{Arbitrary, Result, Unstructured};
use gchat_filter::{Checker, Level, Lint};

/// The binary of a target: the fuzzer's if cargo-fuzz builds it; otherwise it runs the target on
/// the files that are named to it.
#[macro_export]
macro_rules! target {
    ($target:ident) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::targets::$target::run(bytes));

        #[cfg(not(fuzzing))]
        fn main() -> std::io::Result<()> {
            for path in std::env::args_os().skip(1) {
                $crate::targets::$target::run(&std::fs::read(path)?);
            }
            Ok(())
        }
    };
}

/// What is UTF-8 at the beginning of some bytes.
#[must_use]
pub fn text(bytes: &[u8]) -> &str {
    match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => text(&bytes[..error.valid_up_to()]),
    }
}

/// A number below `end`, from one byte; 0, the plainest choice, once there are no more bytes.
pub fn below(u: &mut Unstructured<'_>, end: u8) -> u8 {
    u.arbitrary::<u8>().unwrap_or(0) % end
}

/// A checker with options from bytes.
///
/// The first byte is the admin access, `A` for yes and `-` for no; one byte for each lint follows,
/// `a`, `w` or `d` for a level and `.` for the default one. Any other byte is one of those too.
#[derive(Clone, Copy, Debug)]
pub struct Options(pub Checker);

impl<'a> Arbitrary<'a> for Options {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let admin_access = match u.arbitrary::<u8>()? {
            b'-' => false,
            byte => byte % 2 == 1, // `A` is odd.
        };
        let mut checker = Checker::new().admin_access(admin_access);
        for lint in Lint::ALL {
            let byte = u.arbitrary::<u8>()?;
            let level = match byte {
                b'.' | b'a' | b'w' | b'd' => byte,
                _ => b".awd"[usize::from(byte % 4)],
            };
            checker = match level {
                b'a' => checker.level(lint, Level::Allow),
                b'w' => checker.level(lint, Level::Warn),
                b'd' => checker.level(lint, Level::Deny),
                _ => checker,
            };
        }
        Ok(Self(checker))
    }
}
