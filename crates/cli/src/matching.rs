//! The `match` command: prints the resources in a dump that match a filter.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use gchat_filter::diagnostic::visible;
use gchat_filter::{AnyFilter, Filter, FilterVisitor, MethodLanguage};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::filters::Filters;
use super::options::{ContextOption, FilterOptions};
use super::records::membership::Memberships;
use super::records::resource::Resources;
use super::records::{self, Kind, Problem, Resource, Sink};
use super::{Outcome, print_error, to_stderr};

/// Minimum size of a file with a progress bar, in bytes.
const PROGRESS_MIN: u64 = 16 << 20;

#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of the command line")]
pub(super) struct Args {
    #[command(flatten)]
    options: FilterOptions,
    #[command(flatten)]
    context: ContextOption,
    /// Print only the number of selected resources.
    #[arg(short, long)]
    count: bool,
    /// Select the resources that do not match.
    #[arg(short = 'v', long)]
    invert: bool,
    /// Print nothing, and stop at the first selected resource. The exit status is then 0.
    #[arg(short, long, conflicts_with = "count")]
    quiet: bool,
    /// Stop at the first error.
    #[arg(long)]
    strict: bool,
    /// Number of errors and of warnings to print for each file, or `all`. Others are counted.
    #[arg(long, value_name = "NUMBER", default_value = "20", value_parser = max_messages)]
    errors: usize,
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
    let context = args.context.read();
    let filters = match context.and_then(|context| args.options.filters(context, matches)) {
        Ok(filters) => filters,
        Err(message) => {
            print_error(message);
            return Ok(Outcome::Failure);
        }
    };
    if let Some((filter, files)) = split(args, &filters) {
        filters.report_split("match", &[filter], &files);
        return Ok(Outcome::Failure);
    }
    let Some((_, filter)) = filters.required(&args.filter, None) else {
        return Ok(Outcome::Failure);
    };
    let search = Search {
        args,
        filters: &filters,
        out,
    };
    match filter {
        // These are read faster, and with more remarks.
        AnyFilter::Members(filter) => search.run(&Memberships {
            filter,
            invert: args.invert,
        }),
        filter => filter.visit(search),
    }
}

/// Returns the filter that the first arguments are, if the shell has split it, and the files after it.
fn split<'a>(args: &'a Args, filters: &Filters) -> Option<(String, Vec<&'a str>)> {
    if args.files.is_empty() || filters.takes(&args.filter) {
        return None;
    }
    // A file is not a part of the filter.
    let parts = args.files.iter().take_while(|path| !path.exists());
    let parts: Option<Vec<&str>> = parts.map(|path| path.to_str()).collect();
    let parts: Vec<&str> = [args.filter.as_str()].into_iter().chain(parts?).collect();
    let (filter, count) = (2..=parts.len()).rev().find_map(|count| {
        let filter = filters.rejoined(parts.get(..count)?);
        filters.takes(&filter).then_some((filter, count))
    })?;
    let files = args.files.iter().skip(count - 1);
    Some((filter, files.filter_map(|path| path.to_str()).collect()))
}

/// A search of the files.
struct Search<'r, W> {
    args: &'r Args,
    filters: &'r Filters,
    out: &'r mut W,
}

impl<W: Write> FilterVisitor for Search<'_, W> {
    type Output = io::Result<Outcome>;

    fn visit<L: MethodLanguage>(self, filter: Filter<L>) -> io::Result<Outcome> {
        let Filters {
            method, context, ..
        } = self.filters;
        match Resources::new(*method, filter, context, self.args.invert) {
            Ok(resources) => self.run(&resources),
            Err(error) => {
                print_error(format_args!(
                    "{error}; put `{}` in a JSON file and use `--context FILE`",
                    error.key()
                ));
                Ok(Outcome::Failure)
            }
        }
    }
}

impl<W: Write> Search<'_, W> {
    fn run(self, resource: &impl Resource) -> io::Result<Outcome> {
        let args = self.args;
        let mut run = Run {
            args,
            noun: self.filters.method.resource(),
            resource,
            out: self.out,
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
            if run.is_done() || run.failed && args.strict {
                break;
            }
        }
        if args.count {
            writeln!(run.out, "{}", run.matched)?;
        }
        Ok(match (run.failed, run.matched) {
            _ if run.is_done() => Outcome::Success,
            (true, _) => Outcome::Failure,
            (false, 0) => Outcome::Negative,
            (false, _) => Outcome::Success,
        })
    }
}

struct Run<'r, T, W> {
    args: &'r Args,
    /// What a resource is, such as `message`.
    noun: &'static str,
    resource: &'r T,
    out: &'r mut W,
    matched: u64,
    failed: bool,
}

impl<T: Resource, W: Write> Run<'_, T, W> {
    /// Whether nothing that follows has an effect.
    fn is_done(&self) -> bool {
        self.args.quiet && self.matched > 0
    }

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
        let resource = self.resource;
        let options = records::Options::new(!self.args.count && !self.args.quiet);
        let mut sink = FileSink {
            run: self,
            name,
            bar,
            printed: 0,
            hidden: BTreeMap::new(),
            warnings: BTreeSet::new(),
        };
        let result = records::read(reader, resource, options, &mut sink);
        sink.summarize();
        result
    }
}

/// Sink that prints the matches and problems of one file.
struct FileSink<'s, 'r, T, W> {
    run: &'s mut Run<'r, T, W>,
    name: &'s str,
    bar: &'s ProgressBar,
    /// Number of errors printed.
    printed: usize,
    /// Number of errors that were not printed.
    hidden: BTreeMap<Kind, u64>,
    /// Messages of the warnings printed.
    warnings: BTreeSet<String>,
}

impl<T, W> FileSink<'_, '_, T, W> {
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
                .map(|(kind, count)| format!("{count} {}", plural(*kind, self.run.noun)));
            let kinds = kinds.collect::<Vec<_>>().join(", ");
            self.error(format_args!(
                " {total} more errors, not printed without `--errors all`: {kinds}"
            ));
        }
    }
}

/// Returns what the problems of a kind are.
fn plural(kind: Kind, noun: &str) -> String {
    match kind {
        Kind::Syntax => "of invalid JSON".to_owned(),
        Kind::Other => format!("of values that are not {noun}s"),
        Kind::Invalid => format!("of invalid {noun}s"),
        Kind::Undecided => format!("of {noun}s that may match or not"),
        Kind::Doubtful => "of doubtful values".to_owned(),
        Kind::Large => "of records that are too large".to_owned(),
    }
}

/// Maximum number of characters of a message.
const MAX_LENGTH: usize = 400;

impl<T: Resource, W: Write> Sink for FileSink<'_, '_, T, W> {
    fn matches(&mut self, lines: &[u8], count: u64) -> io::Result<ControlFlow<()>> {
        self.run.matched += count;
        self.run.out.write_all(lines)?;
        Ok(if self.run.is_done() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
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
