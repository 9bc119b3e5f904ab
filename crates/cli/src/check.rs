//! The `check` command: reports whether filters are valid and simplifies them.

use std::io::{self, BufRead, Write};

use super::filters::Filters;
use super::options::{ContextOption, FilterOptions};
use super::{Outcome, ignore_closed_pipe, print_error, write_json};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    options: FilterOptions,
    #[command(flatten)]
    context: ContextOption,
    /// Output format.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Filters to check, or `-` to read them from standard input, one per line.
    ///
    /// An empty line is an empty filter. Put `--` before a filter that starts with a hyphen.
    #[arg(required = true, value_name = "FILTER")]
    filters: Vec<String>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// The shortest equivalent of each valid filter, one per line.
    Text,
    /// One JSON object for each filter, one per line, with its errors and warnings.
    Json,
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
    if matches!(args.format, Format::Text)
        && let texts = args.filters.iter().map(String::as_str).collect::<Vec<_>>()
        && let Some(filter) = filters.joined(&texts)
    {
        filters.report_split("check", &[filter], &[]);
        return Ok(Outcome::Negative);
    }
    let mut status = Outcome::Success;
    for (index, text) in args.filters.iter().enumerate() {
        if text == "-" {
            status = status.max(check_stdin(&filters, args.format, out)?);
            continue;
        }
        let argument = format!("filter {}", index + 1);
        let origin = (args.filters.len() > 1).then_some((argument.as_str(), 1));
        status = status.max(check_one(&filters, args.format, text, origin, out)?);
    }
    Ok(status)
}

/// Checks the filters on standard input, one per line.
fn check_stdin(filters: &Filters, format: Format, out: &mut impl Write) -> io::Result<Outcome> {
    let mut status = Outcome::Success;
    for (index, line) in io::stdin().lock().split(b'\n').enumerate() {
        let line = line?;
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        let number = index + 1;
        status = status.max(match std::str::from_utf8(line) {
            Ok(text) => {
                let origin = Some(("standard input", number));
                check_one(filters, format, text, origin, out)?
            }
            Err(error) => {
                let column = error.valid_up_to() + 1;
                print_error(format_args!(
                    "standard input:{number}:{column}: invalid UTF-8"
                ));
                Outcome::Failure
            }
        });
    }
    Ok(status)
}

/// Checks a filter. The origin is its name and line in the report.
fn check_one(
    filters: &Filters,
    format: Format,
    text: &str,
    origin: Option<(&str, usize)>,
    out: &mut impl Write,
) -> io::Result<Outcome> {
    let checked = filters.check(text);
    match format {
        Format::Text => {
            filters.report(&checked, origin);
            if let Some(filter) = &checked.filter {
                ignore_closed_pipe(writeln!(out, "{filter}"))?;
            }
        }
        Format::Json => ignore_closed_pipe(write_json(out, &checked))?,
    }
    Ok(if checked.is_valid() {
        Outcome::Success
    } else {
        Outcome::Negative
    })
}
