//! The `match` command: prints the memberships in a dump that match a filter.

mod chunk;
mod common_case;
mod dump;

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use self::chunk::Selection;
use super::options::{self, LintOptions};
use super::records::Problem;
use super::{Status, print_error};

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
    /// Stop at the first malformed record or unreadable file.
    #[arg(long)]
    strict: bool,
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

pub(super) fn run(
    args: &Args,
    matches: &clap::ArgMatches,
    out: &mut impl Write,
) -> io::Result<Status> {
    let checker = args.lints.checker(matches);
    let Some((_, filter)) = options::required(checker, &args.filter) else {
        return Ok(Status::Failure);
    };
    let mut run = Run {
        args,
        selection: Selection {
            filter,
            invert: args.invert,
            count: args.count,
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
        (true, _) => Status::Failure,
        (false, 0) => Status::Negative,
        (false, _) => Status::Success,
    })
}

struct Run<'r, W> {
    args: &'r Args,
    selection: Selection,
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

    fn records(
        &mut self,
        name: &str,
        reader: impl Read + Send + 'static,
        bar: &ProgressBar,
    ) -> io::Result<()> {
        let selection = self.selection;
        let mut sink = FileSink {
            run: self,
            name,
            bar,
        };
        dump::read(reader, selection, &mut sink)
    }
}

/// Sink that prints the matches and problems of one file.
struct FileSink<'s, 'r, W> {
    run: &'s mut Run<'r, W>,
    name: &'s str,
    bar: &'s ProgressBar,
}

impl<W> FileSink<'_, '_, W> {
    fn error(&mut self, message: std::fmt::Arguments<'_>) {
        self.run.failed = true;
        let name = self.name;
        self.bar
            .suspend(|| print_error(format_args!("{name}:{message}")));
    }
}

impl<W: Write> dump::Sink for FileSink<'_, '_, W> {
    fn matches(&mut self, lines: &[u8], count: u64) -> io::Result<()> {
        self.run.matched += count;
        self.run.out.write_all(lines)
    }

    fn problem(&mut self, problem: &Problem) -> bool {
        let (line, column, reason) = (problem.line, problem.column, &problem.reason);
        self.error(format_args!("{line}:{column}: {reason}"));
        !self.run.args.strict
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

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test may panic")]
mod tests;
