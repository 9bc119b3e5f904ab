//! The fuzz targets: their [assertions](targets) and shared code.
//!
//! - [`grpc`] converts requests and responses between REST and gRPC.
//! - [`invariants`] asserts what must hold for every check of any input.
//! - [`laws`] asserts what must hold for the filters of every method.
//! - `messages` are those of gRPC, which the server's tests use too.
//! - [`raw_request`] is an HTTP request as text.
//! - `records` is the program's reader of dumps, which is not part of the crate's API.
//! - [`server_model`] is a model of the mock server.
//!
//! The models, and the [`oracle`] of filters and rules, are independent implementations of the
//! language and the API: they do not use the crates to decide what is correct.

pub mod grpc;
pub mod invariants;
pub mod laws;
#[path = "../../crates/mock/tests/messages/mod.rs"]
mod messages;
pub mod raw_request;
#[allow(dead_code, reason = "the program uses the rest")]
#[path = "../../crates/cli/src/records/mod.rs"]
mod records;
pub mod server_model;
pub mod targets;

use arbitrary::{Arbitrary, Result, Unstructured};
use gchat_filter::{Checker, Level, Method};

/// Defines the binary of a target. Built by cargo-fuzz, it is the fuzzer; else it runs the target
/// on the files given as arguments.
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

/// Returns the longest prefix that is valid UTF-8.
#[must_use]
pub fn text(bytes: &[u8]) -> &str {
    match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => text(&bytes[..error.valid_up_to()]),
    }
}

/// The method of a letter, by its index from `a` on, in lower or upper case.
#[must_use]
pub fn method(letter: u8) -> Option<Method> {
    let index = letter.to_ascii_lowercase().checked_sub(b'a')?;
    Method::ALL.get(usize::from(index)).copied()
}

/// The method and the filter of bytes that start with `@` and the [letter of a method](method), in
/// inputs that otherwise are not text.
#[must_use]
pub fn filter(bytes: &[u8]) -> Option<(Method, &str)> {
    match bytes {
        [b'@', letter, rest @ ..] => Some((method(*letter)?, text(rest))),
        _ => None,
    }
}

/// A method, and a checker with generated options.
///
/// The first byte selects the method by its [letter](method), in upper case with admin access. `-` and
/// other bytes are members, whose letter is `A`. One byte per lint of the method follows: `a`, `w` or
/// `d` for a level, `.` for the default level. All other bytes map to one of these.
#[derive(Clone, Debug)]
pub struct Options {
    /// The method.
    pub method: Method,
    /// The checker.
    pub checker: Checker,
}

impl<'a> Arbitrary<'a> for Options {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let byte = u.arbitrary::<u8>()?;
        let (method, admin_access) = match method(byte) {
            Some(method) => (method, byte.is_ascii_uppercase()),
            None => (Method::SpacesMembersList, byte != b'-' && byte % 2 == 1),
        };
        let mut checker = Checker::new().admin_access(admin_access);
        for lint in method.lints() {
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
        Ok(Self { method, checker })
    }
}
