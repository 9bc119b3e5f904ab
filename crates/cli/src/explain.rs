//! The `explain` command: shows how a filter is parsed and what it matches.

use std::io::{self, Write};

use gchat_filter::members::{Cell, Filter, MemberType, Role};
use gchat_filter::syntax::{Expr, ExprKind};
use gchat_filter::{AnyFilter, Checked, Context};
use serde::Serialize;

use super::filters::Filters;
use super::options::{FilterOptions, Format};
use super::{Outcome, meaning, print_error, write_json};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    options: FilterOptions,
    /// Output format.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Filter to explain.
    ///
    /// Put `--` before a filter that starts with a hyphen.
    #[arg(value_name = "FILTER")]
    filter: String,
    /// Parts of a filter without quotes.
    #[arg(hide = true)]
    rest: Vec<String>,
}

pub(super) fn run(
    args: &Args,
    matches: &clap::ArgMatches,
    out: &mut impl Write,
) -> io::Result<Outcome> {
    let filters = match args.options.filters(Context::new(), matches) {
        Ok(filters) => filters,
        Err(message) => {
            print_error(message);
            return Ok(Outcome::Failure);
        }
    };
    let text = &args.filter;
    if !args.rest.is_empty() {
        let texts: Vec<&str> = [text]
            .into_iter()
            .chain(&args.rest)
            .map(String::as_str)
            .collect();
        match filters.joined(&texts) {
            Some(filter) => filters.report_split("explain", &[filter], &[]),
            None => print_error(format_args!("expected one filter, found {}", texts.len())),
        }
        return Ok(Outcome::Failure);
    }
    let has_admin_access = filters.method.has_admin_access() && !args.options.has_admin_access();
    let admin = has_admin_access.then(|| filters.check_for_admin(text));
    match args.format {
        Format::Json => {
            let checked = filters.check(text);
            let explanation = Explanation {
                method: filters.method.name(),
                checked: &checked,
                tree: checked.tree.as_ref().map(Node::new),
                admin_access: admin.as_ref(),
            };
            write_json(out, &explanation)?;
            Ok(if checked.is_valid() {
                Outcome::Success
            } else {
                Outcome::Negative
            })
        }
        Format::Text => {
            let Some((checked, filter)) = filters.required(text, None) else {
                return Ok(Outcome::Negative);
            };
            explain(&filters, &checked, &filter, out)?;
            if let Some(admin) = admin {
                print_admin_access(&filters, &filter, &admin, out)?;
            }
            Ok(Outcome::Success)
        }
    }
}

/// What `--format json` prints: what `check --format json` prints, and more.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Explanation<'c> {
    method: &'static str,
    #[serde(flatten)]
    checked: &'c Checked<'c, AnyFilter>,
    tree: Option<Node>,
    /// The check with admin access, if the filter was checked without, and the method has it.
    admin_access: Option<&'c Checked<'c, AnyFilter>>,
}

/// An expression of the tree.
#[derive(Serialize)]
struct Node {
    kind: &'static str,
    /// Offsets in bytes, without enclosing parentheses.
    start: usize,
    end: usize,
    /// The text of a restriction.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    operands: Vec<Node>,
}

impl Node {
    fn new(expr: &Expr<'_>) -> Self {
        let (kind, operands): (_, &[Expr<'_>]) = match &expr.kind {
            ExprKind::And(operands) => ("and", operands),
            ExprKind::Sequence(operands) => ("sequence", operands),
            ExprKind::Or(operands) => ("or", operands),
            ExprKind::Not(_, operand) => ("not", std::slice::from_ref(operand)),
            ExprKind::Restriction(_) => ("restriction", &[]),
        };
        Self {
            kind,
            start: expr.bare_span.start,
            end: expr.bare_span.end,
            text: match &expr.kind {
                ExprKind::Restriction(restriction) => Some(restriction.to_string()),
                _ => None,
            },
            operands: operands.iter().map(Self::new).collect(),
        }
    }
}

/// Prints how a filter is parsed and what it matches.
fn explain(
    filters: &Filters,
    checked: &Checked<'_, AnyFilter>,
    filter: &AnyFilter,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "Parsed as")?;
    match &checked.tree {
        Some(tree) => draw(tree, "  ", "  ", out)?,
        None => writeln!(out, "  the empty filter")?,
    }
    writeln!(out, "\nShortest equivalent")?;
    match filter.to_string().as_str() {
        "" => writeln!(
            out,
            "  the empty filter, which matches every {}",
            filters.method.resource()
        )?,
        text => writeln!(out, "  {text}")?,
    }
    if let AnyFilter::Members(filter) = filter
        && !filter.is_documented()
    {
        writeln!(out, "  (no documented filter has this meaning)")?;
    }
    writeln!(out, "\nMatches")?;
    if let AnyFilter::Members(filter) = filter {
        grid(*filter, out)?;
    }
    match filter.meaning() {
        Some(groups) => meaning::print(filters.method, &groups, out),
        None => Ok(()),
    }
}

/// Prints whether a filter is valid with admin access.
fn print_admin_access(
    filters: &Filters,
    filter: &AnyFilter,
    admin: &Checked<'_, AnyFilter>,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "\nWith admin access")?;
    if admin.is_valid() {
        writeln!(out, "  accepted")?;
    }
    for error in admin.errors() {
        let excerpt = match error.span.of(&admin.text) {
            None | Some("") => String::new(),
            Some(text) => format!(": {text}"),
        };
        writeln!(out, "  rejected: {error}{excerpt}")?;
        if let Some(help) = &error.help {
            writeln!(out, "    {help}")?;
        }
    }
    let shortest = filter.to_string();
    if let Some(fixed) = &admin.fixed {
        writeln!(out, "    corrected: {fixed}")?;
    } else if !admin.is_valid() && filters.check_for_admin(&shortest).is_valid() {
        writeln!(out, "    accepted if written as: {shortest}")?;
    }
    Ok(())
}

/// Draws a tree, with `first` before the first line and `rest` before the others.
fn draw(expr: &Expr<'_>, first: &str, rest: &str, out: &mut impl Write) -> io::Result<()> {
    let (name, operands): (_, &[Expr<'_>]) = match &expr.kind {
        ExprKind::And(operands) => ("AND", operands),
        ExprKind::Sequence(operands) => ("AND (implicit)", operands),
        ExprKind::Or(operands) => ("OR", operands),
        ExprKind::Not(_, operand) => ("NOT", std::slice::from_ref(operand)),
        ExprKind::Restriction(restriction) => return writeln!(out, "{first}{restriction}"),
    };
    writeln!(out, "{first}{name}")?;
    let last = operands.len().saturating_sub(1);
    for (index, operand) in operands.iter().enumerate() {
        let (branch, trunk) = if index == last {
            ("└─ ", "   ")
        } else {
            ("├─ ", "│  ")
        };
        draw(
            operand,
            &format!("{rest}{branch}"),
            &format!("{rest}{trunk}"),
            out,
        )?;
    }
    Ok(())
}

/// Draws a table of roles and types that marks what the filter matches.
fn grid(filter: Filter, out: &mut impl Write) -> io::Result<()> {
    let types = MemberType::ALL.iter().map(|member_type| match member_type {
        MemberType::NoMember => "no member",
        member_type => member_type.name().unwrap_or("other type"),
    });
    let types: Vec<&str> = types.collect();
    let roles = Role::ALL
        .iter()
        .map(|role| role.name().unwrap_or("other role"));
    let roles: Vec<&str> = roles.collect();
    let width = roles.iter().map(|name| name.len()).max().unwrap_or(0);
    writeln!(out, "  {:width$}  {}", "", types.join("  "))?;
    for (&role, name) in Role::ALL.iter().zip(roles) {
        let mut row = vec![format!("{name:width$}")];
        for (&member_type, heading) in MemberType::ALL.iter().zip(&types) {
            let matches = filter.matches(&Cell { role, member_type });
            let mark = if matches { "●" } else { "·" };
            row.push(format!("{mark:^width$}", width = heading.len()));
        }
        writeln!(out, "  {}", row.join("  ").trim_end())?;
    }
    writeln!(
        out,
        "  (no member: the membership of a Google Group; other: any value that the API may add later)"
    )
}
