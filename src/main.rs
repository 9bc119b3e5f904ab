//! The `gchat-filter` program: checks, explains, compares and applies membership filters for the
//! Google Chat API.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
