//! `gchat-filter serve`: its output and exit status, its log, and the server under stress.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    reason = "tests fail by panicking, and their tables are long"
)]

mod harness;
#[path = "../../../mock/tests/http/mod.rs"]
mod http;
#[cfg(unix)]
mod operation;
mod output;
mod program;
mod secrets;
mod stress;
