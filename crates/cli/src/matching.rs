//! The `match` command: prints the memberships in a dump that match a filter.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use gchat_filter::diagnostic::visible;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::options::{self, LintOptions};
use super::records::membership::Memberships;
use super::records::{self, Kind, Problem, Sink};
use super::{Outcome, print_error, to_stderr};

/// Minimum size of a file with a progress bar, in bytes.
const PROGRESS_MIN: u64 = 16 << 20;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Print only the number of selected memberships.
    #[arg(long)]
    count: bool,
    /// Select the memberships that do not match.
    #[arg(long)]
    invert: bool,
    /// Stop at the first error.
    #[arg(long)]
    strict: bool,
    /// Number of errors and of warnings to print for each file, or `all`. Others are counted.
    #[arg(long, value_name = "NUMBER", default_value = "20", value_parser = max_messages)]
    errors: usize,
    #[command(flatten)]
    lints: LintOptions,
    /// Filter to apply.
    ///
    /// Put `--` before a filter that starts with a hyphen.
    #[arg(value_name = "FILTER")]
    filter: String,
    /// Files to read; standard input if omitted or `-`.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Parses the maximum number of messages.
fn max_messages(text: &str) -> Result<usize, String> {
    match text {
        "all" => Ok(usize::MAX),
        _ => text
            .parse()
            .map_err(|_| "expected a number or `all`".to_owned()),
    }
}

pub(super) fn run(
    args: &Args,
    matches: &clap::ArgMatches,
    out: &mut impl Write,
) -> io::Result<Outcome> {
    let checker = args.lints.checker(matches);
    let Some((_, filter)) = options::required(&checker, &args.filter) else {
        return Ok(Outcome::Failure);
    };
    let mut run = Run {
        args,
        memberships: Memberships {
            filter,
            invert: args.invert,
        },
        out,
        matched: 0,
        failed: false,
    };
    let stdin = [PathBuf::from("-")];
    let files = if args.files.is_empty() {
        &stdin[..]
    } else {
        &args.files
    };
    for file in files {
        run.file(file)?;
        if run.failed && args.strict {
            break;
        }
    }
    if args.count {
        writeln!(run.out, "{}", run.matched)?;
    }
    Ok(match (run.failed, run.matched) {
        (true, _) => Outcome::Failure,
        (false, 0) => Outcome::Negative,
        (false, _) => Outcome::Success,
    })
}

struct Run<'r, W> {
    args: &'r Args,
    memberships: Memberships,
    out: &'r mut W,
    matched: u64,
    failed: bool,
}

impl<W: Write> Run<'_, W> {
    /// Reads a file. Returns an error only if the output cannot be written.
    fn file(&mut self, path: &Path) -> io::Result<()> {
        if path == Path::new("-") {
            return self.records("standard input", io::stdin(), &ProgressBar::hidden());
        }
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => {
                let bar = progress(&file);
                let result = self.records(&name, bar.wrap_read(file), &bar);
                bar.finish_and_clear();
                result
            }
            Err(error) => {
                self.failed = true;
                print_error(format_args!("{name}: {error}"));
                Ok(())
            }
        }
    }

    fn records(&mut self, name: &str, reader: impl Read, bar: &ProgressBar) -> io::Result<()> {
        let memberships = self.memberships;
        let options = records::Options::new(!self.args.count);
        let mut sink = FileSink {
            run: self,
            name,
            bar,
            printed: 0,
            hidden: BTreeMap::new(),
            warnings: BTreeSet::new(),
        };
        let result = records::read(reader, &memberships, options, &mut sink);
        sink.summarize();
        result
    }
}

/// Sink that prints the matches and problems of one file.
struct FileSink<'s, 'r, W> {
    run: &'s mut Run<'r, W>,
    name: &'s str,
    bar: &'s ProgressBar,
    /// Number of errors printed.
    printed: usize,
    /// Number of errors that were not printed.
    hidden: BTreeMap<Kind, u64>,
    /// Messages of the warnings printed.
    warnings: BTreeSet<String>,
}

impl<W> FileSink<'_, '_, W> {
    fn error(&mut self, message: std::fmt::Arguments<'_>) {
        self.run.failed = true;
        let name = self.name;
        self.bar
            .suspend(|| print_error(format_args!("{name}:{message}")));
    }

    fn warning(&mut self, message: &str, place: std::fmt::Arguments<'_>) {
        if self.warnings.len() < self.run.args.errors && self.warnings.insert(message.to_owned()) {
            let text = format!("{}:{place}: {message}", self.name);
            self.bar
                .suspend(|| to_stderr(format_args!("warning: {}", visible(&text))));
        }
    }

    /// Prints how many errors were not printed.
    fn summarize(&mut self) {
        let total: u64 = self.hidden.values().sum();
        if total > 0 {
            let kinds = self
                .hidden
                .iter()
                .map(|(kind, count)| format!("{count} {}", plural(*kind)));
            let kinds = kinds.collect::<Vec<_>>().join(", ");
            self.error(format_args!(
                " {total} more errors, not printed without `--errors all`: {kinds}"
            ));
        }
    }
}

/// Returns what the problems of a kind are.
fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Syntax => "of invalid JSON",
        Kind::Other => "of values that are not memberships",
        Kind::Invalid => "of invalid memberships",
        Kind::Doubtful => "of doubtful values",
        Kind::Large => "of records that are too large",
    }
}

/// Maximum number of characters of a message.
const MAX_LENGTH: usize = 400;

impl<W: Write> Sink for FileSink<'_, '_, W> {
    fn matches(&mut self, lines: &[u8], count: u64) -> io::Result<()> {
        self.run.matched += count;
        self.run.out.write_all(lines)
    }

    fn problem(&mut self, problem: &Problem) -> ControlFlow<()> {
        let (line, column) = (problem.position.line, problem.position.column);
        let mut message = problem.message.as_str();
        let clipped: String;
        if let Some((end, _)) = message.char_indices().nth(MAX_LENGTH) {
            clipped = format!("{}…", message.get(..end).unwrap_or_default());
            message = &clipped;
        }
        if problem.kind == Kind::Doubtful {
            self.warning(message, format_args!("{line}:{column}"));
        } else if self.printed < self.run.args.errors {
            self.printed += 1;
            self.error(format_args!("{line}:{column}: {message}"));
        } else {
            *self.hidden.entry(problem.kind).or_default() += 1;
            self.run.failed = true;
        }
        if self.run.args.strict && self.run.failed {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn failure(&mut self, error: &io::Error) {
        self.error(format_args!(" {error}"));
    }
}

/// Returns a progress bar for a file. It is visible only if the file is large, standard error is a
/// terminal and standard output is not.
fn progress(file: &File) -> ProgressBar {
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    if length < PROGRESS_MIN || !io::stderr().is_terminal() || io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    let template = "{wide_bar} {bytes} of {total_bytes}, {eta} left";
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
