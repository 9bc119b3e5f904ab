//! The `check` command: reports whether filters are valid and simplifies them.

use std::io::{self, BufRead, Write};

use gchat_filter::diagnostic::{Diagnostic, Span, visible};
use gchat_filter::members::{Cell, Filter, MemberType};
use gchat_filter::{Checked, Checker, Report};
use serde::Serialize;

use super::options::LintOptions;
use super::{Status, ignore_closed_pipe, print_error, print_report};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Apply the rules for requests with `useAdminAccess`.
    #[arg(long)]
    admin: bool,
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
) -> io::Result<Status> {
    let checker = args.lints.checker(matches).admin_access(args.admin);
    let mut status = Status::Success;
    for (index, text) in args.filters.iter().enumerate() {
        if text == "-" {
            status = status.max(check_stdin(checker, args.format, out)?);
            continue;
        }
        let argument = format!("filter {}", index + 1);
        let origin = (args.filters.len() > 1).then_some((argument.as_str(), 1));
        status = status.max(check_one(checker, args.format, text, origin, out)?);
    }
    Ok(status)
}

/// Checks the filters on standard input, one per line.
fn check_stdin(checker: Checker, format: Format, out: &mut impl Write) -> io::Result<Status> {
    let mut status = Status::Success;
    for (index, line) in io::stdin().lock().split(b'\n').enumerate() {
        let line = line?;
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        let number = index + 1;
        status = status.max(match std::str::from_utf8(line) {
            Ok(text) => check_one(checker, format, text, Some(("standard input", number)), out)?,
            Err(error) => {
                let column = error.valid_up_to() + 1;
                print_error(format_args!(
                    "standard input:{number}:{column}: invalid UTF-8"
                ));
                Status::Failure
            }
        });
    }
    Ok(status)
}

/// Checks a filter. The origin is its name and line in the report.
fn check_one(
    checker: Checker,
    format: Format,
    text: &str,
    origin: Option<(&str, usize)>,
    out: &mut impl Write,
) -> io::Result<Status> {
    let checked = Filter::check(&checker, text);
    match format {
        Format::Text => {
            if !checked.diagnostics.is_empty() {
                let report = Report::from(&checked);
                print_report(match origin {
                    Some((origin, line)) => report.origin(origin, line),
                    None => report,
                });
            }
            if let Some(filter) = checked.filter {
                ignore_closed_pipe(writeln!(out, "{filter}"))?;
            }
        }
        Format::Json => {
            let json = serde_json::to_string(&Json::from(&checked))?;
            ignore_closed_pipe(writeln!(out, "{}", escaped(&json)))?;
        }
    }
    Ok(if checked.is_valid() {
        Status::Success
    } else {
        Status::Negative
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

/// Result of checking a filter, as printed by `--format json`.
#[derive(Serialize)]
struct Json<'c> {
    filter: &'c str,
    valid: bool,
    diagnostics: Vec<JsonDiagnostic<'c>>,
    fixed: Option<&'c str>,
    simplified: Option<String>,
    admits: Option<Vec<JsonCell>>,
}

#[derive(Serialize)]
struct JsonDiagnostic<'c> {
    severity: &'static str,
    stage: &'static str,
    code: &'static str,
    message: &'c str,
    start: usize,
    end: usize,
    labels: Vec<JsonLabel<'c>>,
    help: Option<&'c str>,
    fix: Option<JsonFix>,
}

#[derive(Serialize)]
struct JsonLabel<'c> {
    start: usize,
    end: usize,
    text: &'c str,
}

#[derive(Serialize)]
struct JsonFix {
    certain: bool,
    text: String,
}

#[derive(Serialize)]
struct JsonCell {
    role: &'static str,
    r#type: Option<&'static str>,
}

impl<'c> From<&'c Checked<'_, Filter>> for Json<'c> {
    fn from(checked: &'c Checked<'_, Filter>) -> Self {
        let diagnostics = checked.diagnostics.iter();
        Self {
            filter: checked.text,
            valid: checked.is_valid(),
            diagnostics: diagnostics
                .map(|diagnostic| JsonDiagnostic::of(diagnostic, checked.text))
                .collect(),
            fixed: checked.fixed.as_deref(),
            simplified: checked.filter.map(|filter| filter.to_string()),
            admits: checked
                .filter
                .map(|filter| filter.admits().map(JsonCell::from).collect()),
        }
    }
}

impl<'c> JsonDiagnostic<'c> {
    fn of(diagnostic: &'c Diagnostic, text: &str) -> Self {
        let Span { start, end } = diagnostic.span;
        let labels = diagnostic.labels.iter().map(|label| JsonLabel {
            start: label.span.start,
            end: label.span.end,
            text: &label.text,
        });
        Self {
            severity: diagnostic.severity.as_str(),
            stage: diagnostic.stage().as_str(),
            code: diagnostic.code.as_str(),
            message: &diagnostic.message,
            start,
            end,
            labels: labels.collect(),
            help: diagnostic.help.as_deref(),
            fix: diagnostic.fix.as_ref().map(|fix| JsonFix {
                certain: fix.certain,
                text: fix.apply(text),
            }),
        }
    }
}

/// A role or type of `*` is any name that the API may add; a type of `null` means no member.
impl From<Cell> for JsonCell {
    fn from(cell: Cell) -> Self {
        Self {
            role: cell.role.name().unwrap_or("*"),
            r#type: match cell.member_type {
                MemberType::NoMember => None,
                member_type => Some(member_type.name().unwrap_or("*")),
            },
        }
    }
}
