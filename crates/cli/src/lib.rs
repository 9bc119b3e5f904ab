//! The `gchat-filter` program: checks, explains, compares and applies filters of the Google Chat API.
//!
//! It is a library so that other packages can include the program; its commands are documented by
//! `gchat-filter --help`.

mod check;
mod compare;
mod explain;
mod filters;
mod health;
mod listen;
mod log;
mod matching;
mod meaning;
mod options;
mod records;
mod serve;
mod sql;

use std::ffi::OsString;
use std::io::{self, Write};

use anstream::AutoStream;
use clap::{ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};
use gchat_filter::diagnostic::visible;
use gchat_filter::{FilterRelation, Report};
use serde::Serialize;
use terminal_size::{Width, terminal_size_of};

use self::options::MethodOption;

/// Check, explain, compare and apply list filters for the Google Chat API.
#[derive(Parser)]
#[command(name = "gchat-filter", version, max_term_width = 100)]
struct Cli {
    /// When to use colors.
    ///
    /// `auto` uses them if standard error is a terminal, and follows the environment variables
    /// `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and `TERM`.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value = "auto"
    )]
    color: ColorChoice,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check filters and print the shortest equivalent of each valid one.
    ///
    /// With `--format text`, errors and warnings are printed to standard error.
    ///
    /// Exit status: 0 if every filter is valid, 1 if any is invalid, 2 if an error occurred.
    Check(check::Args),
    /// Show how a filter is parsed and what it matches.
    ///
    /// Exit status: 0 if the filter is valid, 1 if it is invalid, 2 if an error occurred.
    Explain(explain::Args),
    /// Show how two filters relate: equal, narrower, wider, disjoint or overlapping.
    ///
    /// Filters are compared by what they match, not by how they are written. For filters of
    /// memberships, the output includes examples. Put `--` before filters that start with a hyphen.
    ///
    /// Exit status: 0 if both filters are valid, 1 if either is invalid, 2 if an error occurred. With
    /// `--exit-code`, two valid filters exit with 0 if they are equal, 3 if A is narrower, 4 if A is
    /// wider, 5 if they are overlapping, 6 if they are disjoint.
    Compare(compare::Args),
    /// Print the memberships, messages or other resources that match a filter, one per line.
    ///
    /// The input may contain newline-delimited resources of the method, JSON arrays of them, and
    /// responses of the method, in any combination, as the API or Google's clients print them.
    /// Anything else is reported on standard error, with its line and its column in characters, and
    /// skipped. Misspelled roles and types of memberships are warnings.
    ///
    /// Exit status: 0 if anything was selected, 1 if nothing was, 2 if the filter is invalid, a file
    /// could not be read or something was skipped.
    Match(matching::Args),
    /// Print a filter as a predicate of SQL, on one line.
    ///
    /// For the WHERE clause of an engine that has the memberships, messages or other resources in a
    /// table. The rows for which the predicate holds are those that the filter matches.
    ///
    /// Exit status: 0 if the filter is valid, 1 if it is invalid, 2 if it has no predicate with these
    /// columns, or an error occurred.
    Sql(sql::Args),
    /// Run a mock `spaces.members` server for testing clients.
    ///
    /// Prints the base URL (one a line for each address) and setup code for Google's client libraries to
    /// standard output, and logs requests to standard error. Stops on Ctrl-C or SIGTERM.
    ///
    /// Exit status: 0 if the server was stopped, 2 if an error occurred.
    Serve(serve::Args),
    /// Check that a mock server is running.
    ///
    /// For health checks of containers without a shell.
    ///
    /// Exit status: 0 if the server responds, 1 if it does not, 2 if the arguments are invalid.
    Health(health::Args),
    /// List the lints of a method and their default levels.
    Lints(MethodOption),
    /// Print a shell completion script.
    Completions {
        /// Shell to generate the script for.
        shell: clap_complete::Shell,
    },
}

/// Outcome of a command.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Success,
    /// A filter is invalid, or nothing matched.
    Negative,
    /// The command failed.
    Failure,
    /// How two filters relate, as the exit status.
    Relation(FilterRelation),
}

impl Outcome {
    /// Returns the exit status.
    const fn status(self) -> u8 {
        match self {
            Self::Success | Self::Relation(FilterRelation::Equal) => 0,
            Self::Negative => 1,
            Self::Failure => 2,
            Self::Relation(FilterRelation::Narrower) => 3,
            Self::Relation(FilterRelation::Wider) => 4,
            Self::Relation(FilterRelation::Overlapping) => 5,
            Self::Relation(FilterRelation::Disjoint) => 6,
        }
    }
}

/// Runs the program with its arguments, of which the first is its name. Returns the exit status.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let command_line = without_empty_variables(Cli::command());
    let matches = command_line.try_get_matches_from(arguments);
    let cli = matches.and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let result = match cli {
        Ok((cli, matches)) => {
            color(cli.color);
            command(cli.command, &matches)
        }
        Err(error) if error.use_stderr() => {
            // The message quotes the arguments, which may contain control characters.
            for line in error.to_string().trim_end().lines() {
                to_stderr(visible(line));
            }
            return 2;
        }
        Err(help) => help.print().map(|()| Outcome::Success),
    };
    match result {
        Ok(outcome) => outcome.status(),
        // A closed output is not an error.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(error) => {
            print_error(error);
            2
        }
    }
}

/// Ignores environment variables that are empty: compose files and manifests cannot leave one out.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |arg: &clap::Arg| {
        let value = arg.get_env().and_then(std::env::var_os);
        value.is_some_and(|value| value.is_empty())
    };
    ["serve", "health"].iter().fold(command, |command, name| {
        command.mut_subcommand(name, |command| {
            command.mut_args(|arg| if is_empty(&arg) { arg.env(None) } else { arg })
        })
    })
}

fn command(command: Command, matches: &clap::ArgMatches) -> io::Result<Outcome> {
    let arguments = matches.subcommand().map_or(matches, |(_, matches)| matches);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let status = match command {
        Command::Check(args) => check::run(&args, arguments, &mut out),
        Command::Explain(args) => explain::run(&args, arguments, &mut out),
        Command::Compare(args) => compare::run(&args, arguments, &mut out),
        Command::Match(args) => matching::run(&args, arguments, &mut out),
        Command::Sql(args) => sql::run(&args, &mut out),
        Command::Serve(args) => serve::run(&args),
        Command::Health(args) => health::run(&args, &mut out),
        Command::Lints(args) => lints(&args, &mut out),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "gchat-filter", &mut script);
            out.write_all(&script).map(|()| Outcome::Success)
        }
    }?;
    ignore_closed_pipe(out.flush())?;
    Ok(status)
}

/// Treats a closed output as success, so that the exit status reports the result of the command.
fn ignore_closed_pipe(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn lints(args: &MethodOption, out: &mut impl Write) -> io::Result<Outcome> {
    for lint in args.method.lints() {
        let level = args.method.default_level(lint);
        writeln!(out, "{lint} ({level})")?;
        writeln!(out, "    what  {}", lint.summary())?;
        writeln!(out, "    why   {}", lint.reason())?;
    }
    Ok(Outcome::Success)
}

/// Writes an error message to standard error, on one line and with control characters escaped.
fn print_error(message: impl std::fmt::Display) {
    to_stderr(format_args!("error: {}", visible(&message.to_string())));
}

/// Writes a line to standard error, ignoring failures.
fn to_stderr(line: impl std::fmt::Display) {
    // In one piece: standard error is not buffered.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Sets when to use colors.
fn color(choice: ColorChoice) {
    let choice = match choice {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// Writes a report to standard error, in the width of the terminal.
fn print_report(report: Report<'_>) {
    let color = AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
    let report = report.color(color);
    to_stderr(match width() {
        Some(width) => report.width(width),
        None => report,
    });
}

/// Returns the width of the terminal, in columns, or else that in the environment.
fn width() -> Option<usize> {
    let terminal = terminal_size_of(io::stderr()).map(|(Width(width), _)| width.into());
    let is_known = |width: &usize| *width > 0;
    terminal.filter(is_known).or_else(|| {
        let width = std::env::var("COLUMNS").ok()?.parse().ok();
        width.filter(is_known)
    })
}

/// Writes a value as JSON on one line, with escapes for all characters that a terminal would not
/// display as themselves.
fn write_json(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_string(value)?;
    let mut line = String::with_capacity(json.len() + 1);
    let mut units = [0; 2];
    for c in json.chars() {
        let text = c.to_string();
        if c.is_ascii_graphic() || c == ' ' || visible(&text).to_string() == text {
            line.push(c);
        } else {
            let units = c.encode_utf16(&mut units).iter();
            line.extend(units.map(|unit| format!("\\u{unit:04x}")));
        }
    }
    writeln!(out, "{line}")
}
