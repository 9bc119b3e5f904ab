//! The `gchat-filter` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(gchat_filter_cli::main(std::env::args_os()))
}
