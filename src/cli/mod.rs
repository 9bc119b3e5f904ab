//! The command line: thin, what it says comes from the library.

mod check;
mod compare;
mod explain;
mod matching;
mod options;
mod records;
mod serve;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use gchat_filter::diagnostic::visible;
use gchat_filter::{Lint, Report};

/// Checks, explains, compares and applies filters of Google Chat space memberships.
#[derive(Parser)]
#[command(name = "gchat-filter", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check filters; print the shortest equivalent of each valid one.
    ///
    /// Reports go to standard error. Exit status: 0 if all filters are valid, 1 if some are
    /// invalid, 2 if it could not run.
    Check(check::Args),
    /// Show how a filter is read and what it matches.
    ///
    /// Exit status: 0, 1 if the filter is invalid, 2 if it could not run.
    Explain(explain::Args),
    /// Tell how the meanings of two filters relate: equal, narrower, wider, disjoint or
    /// overlapping.
    ///
    /// Exit status: 0, 1 if a filter is invalid, 2 if it could not run.
    Compare(compare::Args),
    /// Print the memberships that match a filter, one JSON object a line.
    ///
    /// The input is newline-delimited memberships, JSON arrays of them, or list responses, also
    /// several in a row. Exit status: 0 if something matched, 1 if nothing did, 2 if the filter is
    /// invalid, a file cannot be read or a record is malformed.
    Match(matching::Args),
    /// Serve the methods of `spaces.members` over HTTP, for tests of clients.
    ///
    /// The base URL and lines for Google's clients go to standard output, a line for each request
    /// to standard error. Stops on ctrl-C and SIGTERM. Exit status: 0, 2 if it could not run.
    Serve(serve::Args),
    /// List the lints, with their default levels.
    Lints,
    /// Print a script that completes this program's arguments in a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    Success,
    /// Something is invalid, or nothing was found.
    Negative,
    /// It could not do what it was asked to.
    Failure,
}

/// Runs the program on its arguments.
pub(crate) fn run() -> ExitCode {
    let matches = match Cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) if error.use_stderr() => {
            // The arguments are repeated in it: line by line, nothing raw.
            for line in error.to_string().trim_end().lines() {
                to_stderr(visible(line));
            }
            return ExitCode::from(2);
        }
        Err(help) => help.exit(),
    };
    let result = match Cli::from_arg_matches(&matches) {
        Ok(cli) => command(cli.command, &matches),
        Err(error) => error.exit(),
    };
    match result {
        Ok(Status::Success) => ExitCode::SUCCESS,
        Ok(Status::Negative) => ExitCode::from(1),
        Ok(Status::Failure) => ExitCode::from(2),
        // Nobody reads on: that is no error.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            complain(error);
            ExitCode::from(2)
        }
    }
}

fn command(command: Command, matches: &clap::ArgMatches) -> io::Result<Status> {
    let own = matches.subcommand().map_or(matches, |(_, matches)| matches);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let status = match command {
        Command::Check(args) => check::run(&args, own, &mut out),
        Command::Explain(args) => explain::run(&args, own, &mut out),
        Command::Compare(args) => compare::run(&args, own, &mut out),
        Command::Match(args) => matching::run(&args, own, &mut out),
        Command::Serve(args) => serve::run(&args, &mut out),
        Command::Lints => lints(&mut out),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "gchat-filter", &mut script);
            out.write_all(&script).map(|()| Status::Success)
        }
    }?;
    unless_closed(out.flush())?;
    Ok(status)
}

/// What was written counts even if nobody reads it.
fn unless_closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn lints(out: &mut impl Write) -> io::Result<Status> {
    for lint in Lint::ALL {
        let level = lint.default_level().as_str();
        writeln!(out, "{lint} ({level})")?;
        writeln!(out, "    what  {}", lint.summary())?;
        writeln!(out, "    why   {}", lint.reason())?;
    }
    Ok(Status::Success)
}

/// Writes what went wrong to standard error, a line with nothing raw in it.
fn complain(what: impl std::fmt::Display) {
    to_stderr(format_args!("error: {}", visible(&what.to_string())));
}

/// Writes a line to standard error; that nobody reads it is no error.
fn to_stderr(line: impl std::fmt::Display) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Writes a report to standard error, in colour where it is a terminal.
fn show(report: Report<'_>) {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let color = io::stderr().is_terminal() && !no_color;
    to_stderr(report.color(color));
}
