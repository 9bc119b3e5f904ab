//! `explain`: how a filter is read, and what it matches.

use std::io::{self, Write};

use gchat_filter::syntax::{Expr, ExprKind};
use gchat_filter::{Cell, Filter, MemberType, Role};

use super::Status;
use super::options::{self, LintOptions};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    lints: LintOptions,
    /// The filter. Put `--` before one that begins with a hyphen.
    #[arg(value_name = "FILTER")]
    filter: String,
}

pub(super) fn run(
    args: &Args,
    matches: &clap::ArgMatches,
    out: &mut impl Write,
) -> io::Result<Status> {
    let checker = args.lints.checker(matches);
    let Some((checked, filter)) = options::required(checker, &args.filter) else {
        return Ok(Status::Negative);
    };
    writeln!(out, "It is read as")?;
    match &checked.tree {
        Some(tree) => draw(tree, "  ", "  ", out)?,
        None => writeln!(out, "  the empty filter")?,
    }
    writeln!(out, "\nThe shortest text that means the same")?;
    match filter.to_string().as_str() {
        "" => writeln!(out, "  the empty filter, which admits everything")?,
        text => writeln!(out, "  {text}")?,
    }
    if !filter.is_documented() {
        writeln!(out, "  (no documented text has this meaning)")?;
    }
    writeln!(out, "\nIt matches")?;
    grid(filter, out)?;
    writeln!(out, "\nWith admin access")?;
    let admin = checker.admin_access(true).check(&args.filter);
    if admin.is_valid() {
        writeln!(out, "  accepted")?;
    }
    for error in admin.errors() {
        let place = match error.span.of(&args.filter) {
            "" => String::new(),
            text => format!(": {text}"),
        };
        writeln!(out, "  rejected: {error}{place}")?;
        if let Some(help) = &error.help {
            writeln!(out, "    {help}")?;
        }
    }
    if let Some(fixed) = &admin.fixed {
        writeln!(out, "    corrected: {fixed}")?;
    } else if !admin.is_valid() && filter.allows_admin_access() {
        writeln!(out, "    accepted in other words: {filter}")?;
    }
    Ok(Status::Success)
}

/// Draws a tree: the first line behind `first`, the others behind `rest`.
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

/// The roles by the types, with what matches.
fn grid(filter: Filter, out: &mut impl Write) -> io::Result<()> {
    let types = MemberType::ALL.map(|member_type| match member_type {
        MemberType::NoMember => "no member",
        member_type => member_type.name().unwrap_or("other type"),
    });
    let roles = Role::ALL.map(|role| role.name().unwrap_or("other role"));
    let width = roles.iter().map(|name| name.len()).max().unwrap_or(0);
    writeln!(out, "  {:width$}  {}", "", types.join("  "))?;
    for (role, name) in Role::ALL.into_iter().zip(roles) {
        let mut row = vec![format!("{name:width$}")];
        for (member_type, heading) in MemberType::ALL.into_iter().zip(types) {
            let matches = filter.matches(&Cell { role, member_type });
            let mark = if matches { "●" } else { "·" };
            row.push(format!("{mark:^width$}", width = heading.len()));
        }
        writeln!(out, "  {}", row.join("  ").trim_end())?;
    }
    writeln!(
        out,
        "  (no member: a Google Group's; other: any name that the API may add)"
    )
}
