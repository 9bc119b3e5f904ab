//! The fuzz targets. Each is a function of the fuzzer's bytes, so that a test can run it too. A
//! failure is a panic.

pub mod check;
pub mod document;
pub mod fixes;
pub mod languages;
pub mod membership;
pub mod parse;
pub mod request;
pub mod roundtrip;
pub mod router;
pub mod simplify;
