//! `match`: the memberships of a dump that a filter admits.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use gchat_filter::{Filter, Membership};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::options::{self, LintOptions};
use super::records::{self, Item, Records};
use super::{Status, complain};

/// The largest record that is read, in bytes.
const LARGEST: usize = 16 << 20;

/// The length from which on a file has a progress bar, in bytes.
const LONG: u64 = 16 << 20;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Print only how many memberships match.
    #[arg(long)]
    count: bool,
    /// Print the memberships that do not match.
    #[arg(long)]
    invert: bool,
    /// Stop at the first malformed record.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    lints: LintOptions,
    /// The filter. Put `--` before one that begins with a hyphen.
    #[arg(value_name = "FILTER")]
    filter: String,
    /// The files; `-`, or none at all, is standard input.
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
        filter,
        out,
        matched: 0,
        failed: false,
        line: Vec::new(),
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
    filter: Filter,
    out: &'r mut W,
    matched: u64,
    failed: bool,
    /// A line to write, kept for its memory.
    line: Vec<u8>,
}

impl<W: Write> Run<'_, W> {
    /// Reads a file; fails only if nothing can be written.
    fn file(&mut self, path: &Path) -> io::Result<()> {
        if path == Path::new("-") {
            let bar = ProgressBar::hidden();
            return self.records("standard input", io::stdin().lock(), &bar);
        }
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => {
                let bar = progress(&file);
                let result = self.records(&name, bar.wrap_read(&file), &bar);
                bar.finish_and_clear();
                result
            }
            Err(error) => {
                self.complain(&ProgressBar::hidden(), format_args!("{name}: {error}"));
                Ok(())
            }
        }
    }

    fn records(&mut self, name: &str, reader: impl Read, bar: &ProgressBar) -> io::Result<()> {
        let mut records = Records::new(reader, LARGEST);
        loop {
            let problem = match records.next() {
                Ok(None) => return Ok(()),
                Ok(Some(Item::Problem(problem))) => problem,
                Ok(Some(Item::Record(record))) => {
                    match serde_json::from_slice::<Membership>(record.raw) {
                        Ok(membership) => {
                            if self.filter.matches(&membership) != self.args.invert {
                                self.matched += 1;
                                self.print(record.raw)?;
                            }
                            continue;
                        }
                        Err(error) => record.problem(&error),
                    }
                }
                Err(error) => {
                    self.complain(bar, format_args!("{name}: {error}"));
                    return Ok(());
                }
            };
            let (line, column, reason) = (problem.line, problem.column, problem.reason);
            self.complain(bar, format_args!("{name}:{line}:{column}: {reason}"));
            if self.args.strict {
                return Ok(());
            }
        }
    }

    fn print(&mut self, raw: &[u8]) -> io::Result<()> {
        if self.args.count {
            return Ok(());
        }
        self.line.clear();
        records::compact(raw, &mut self.line);
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }

    fn complain(&mut self, bar: &ProgressBar, what: std::fmt::Arguments<'_>) {
        self.failed = true;
        bar.suspend(|| complain(what));
    }
}

/// The progress bar of a file, which shows on a terminal if the file is long and the results go
/// elsewhere.
fn progress(file: &File) -> ProgressBar {
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    if length < LONG || !io::stderr().is_terminal() || io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    let template = "{wide_bar} {bytes} of {total_bytes}, {eta} left";
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
