//! The `explain` command: shows how a filter is parsed and what it matches.

use std::io::{self, Write};

use gchat_filter::members::{Cell, Filter, MemberType, Role};
use gchat_filter::syntax::{Expr, ExprKind};

use super::Outcome;
use super::options::{self, LintOptions};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    lints: LintOptions,
    /// Filter to explain.
    ///
    /// Put `--` before a filter that starts with a hyphen.
    #[arg(value_name = "FILTER")]
    filter: String,
}

pub(super) fn run(
    args: &Args,
    matches: &clap::ArgMatches,
    out: &mut impl Write,
) -> io::Result<Outcome> {
    let checker = args.lints.checker(matches);
    let Some((checked, filter)) = options::required(&checker, &args.filter) else {
        return Ok(Outcome::Negative);
    };
    writeln!(out, "Parsed as")?;
    match &checked.tree {
        Some(tree) => draw(tree, "  ", "  ", out)?,
        None => writeln!(out, "  the empty filter")?,
    }
    writeln!(out, "\nShortest equivalent")?;
    match filter.to_string().as_str() {
        "" => writeln!(out, "  the empty filter, which matches every membership")?,
        text => writeln!(out, "  {text}")?,
    }
    if !filter.is_documented() {
        writeln!(out, "  (no documented filter has this meaning)")?;
    }
    writeln!(out, "\nMatches")?;
    grid(filter, out)?;
    writeln!(out, "\nWith admin access")?;
    let admin = Filter::check(&checker.admin_access(true), &args.filter);
    if admin.is_valid() {
        writeln!(out, "  accepted")?;
    }
    for error in admin.errors() {
        let excerpt = match error.span.of(&args.filter) {
            None | Some("") => String::new(),
            Some(text) => format!(": {text}"),
        };
        writeln!(out, "  rejected: {error}{excerpt}")?;
        if let Some(help) = &error.help {
            writeln!(out, "    {help}")?;
        }
    }
    if let Some(fixed) = &admin.fixed {
        writeln!(out, "    corrected: {fixed}")?;
    } else if !admin.is_valid() && filter.allows_admin_access() {
        writeln!(out, "    accepted if written as: {filter}")?;
    }
    Ok(Outcome::Success)
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
