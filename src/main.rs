//! The program `gchat-filter`: checks, explains, compares and applies filters of Google Chat space
//! memberships.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
