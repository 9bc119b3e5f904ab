//! The `check` command: reports whether filters are valid and simplifies them.

use std::io::{self, BufRead, Write};

use gchat_filter::diagnostic::visible;
use gchat_filter::{Checker, Method, Report};

use super::options::{LintOptions, method_parser};
use super::{Outcome, ignore_closed_pipe, print_error, print_report};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Apply the rules for requests with `useAdminAccess`.
    #[arg(long)]
    admin: bool,
    /// Method of the API that the filters are for.
    #[arg(
        long,
        default_value = Method::SpacesMembersList.name(),
        hide_possible_values = true,
        value_parser = method_parser()
    )]
    method: Method,
    #[command(flatten)]
    lints: LintOptions,
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
    let checker = args.lints.checker(matches).admin_access(args.admin);
    let mut status = Outcome::Success;
    for (index, text) in args.filters.iter().enumerate() {
        if text == "-" {
            status = status.max(check_stdin(args.method, &checker, args.format, out)?);
            continue;
        }
        let argument = format!("filter {}", index + 1);
        let origin = (args.filters.len() > 1).then_some((argument.as_str(), 1));
        status = status.max(check_one(
            args.method,
            &checker,
            args.format,
            text,
            origin,
            out,
        )?);
    }
    Ok(status)
}

/// Checks the filters on standard input, one per line.
fn check_stdin(
    method: Method,
    checker: &Checker,
    format: Format,
    out: &mut impl Write,
) -> io::Result<Outcome> {
    let mut status = Outcome::Success;
    for (index, line) in io::stdin().lock().split(b'\n').enumerate() {
        let line = line?;
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        let number = index + 1;
        status = status.max(match std::str::from_utf8(line) {
            Ok(text) => {
                let origin = Some(("standard input", number));
                check_one(method, checker, format, text, origin, out)?
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
    method: Method,
    checker: &Checker,
    format: Format,
    text: &str,
    origin: Option<(&str, usize)>,
    out: &mut impl Write,
) -> io::Result<Outcome> {
    let checked = checker.check_method(method, text);
    match format {
        Format::Text => {
            if !checked.diagnostics.is_empty() {
                let report = Report::from(&checked);
                print_report(match origin {
                    Some((origin, line)) => report.origin(origin, line),
                    None => report,
                });
            }
            if let Some(filter) = &checked.filter {
                ignore_closed_pipe(writeln!(out, "{filter}"))?;
            }
        }
        Format::Json => {
            let json = serde_json::to_string(&checked)?;
            ignore_closed_pipe(writeln!(out, "{}", escaped(&json)))?;
        }
    }
    Ok(if checked.is_valid() {
        Outcome::Success
    } else {
        Outcome::Negative
    })
}

/// Escapes all characters in JSON that a terminal would not display as themselves.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        let text = c.to_string();
        if c.is_ascii_graphic() || c == ' ' || visible(&text).to_string() == text {
            out.push(c);
        } else {
            let units = c.encode_utf16(&mut units).iter();
            out.extend(units.map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}
