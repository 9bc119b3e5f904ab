//! What a filter must contain, and what it may only contain with admin access.

use crate::analysis::lower::{Part, PartKind};
use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Span};
use crate::schema::{Declaration, Expected, Levels};
use crate::syntax::{Expr, ExprKind};

/// Returns the diagnostic for an empty filter of a method that requires one.
pub(super) fn missing_filter(declaration: &Declaration, text: &str) -> Diagnostic {
    let span = Span::new(0, text.len());
    Diagnostic::error(
        Code::MissingFilter,
        span,
        format!("`{}` requires a filter", declaration.method),
    )
    .label(span, "expected a comparison")
    .help(format!("write for example `{}`", declaration.example))
}

/// Reports the comparisons that a filter may not contain without admin access or, if there are none,
/// each comparison that it should contain and does not.
pub(super) fn check(
    declaration: &Declaration,
    levels: &Levels,
    admin_access: bool,
    tree: &Expr<'_>,
    part: &Part<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let before = diagnostics.len();
    let mut found = vec![false; declaration.groups.len()];
    comparisons(part, &mut |group, span| {
        if let Some(found) = found.get_mut(group) {
            *found = true;
        }
        let own = declaration.groups.get(group);
        if let Some(own) = own.filter(|own| !own.access.includes(admin_access)) {
            let path = own.fields.first().map_or("", |field| field.path);
            diagnostics.push(
                Diagnostic::error(
                    Code::AdminOnlyField,
                    span,
                    format!("`{path}` requires admin access"),
                )
                .label(span, "only with admin access")
                .help("set `useAdminAccess` in the request, or remove the comparison"),
            );
        }
    });
    if diagnostics.len() > before {
        return;
    }
    let missing = declaration.expected.iter().filter(|own| {
        own.access.includes(admin_access) && found.get(own.group).is_some_and(|found| !found)
    });
    for expected in missing {
        match expected.lint {
            Some(lint) => levels.report(lint, diagnostics, || {
                missing_comparison(lint.code(), expected, tree.span)
            }),
            None => diagnostics.push(
                missing_comparison(Code::MissingConjunct, expected, tree.span)
                    .fix(Fix::certain(appended(tree, expected.comparison))),
            ),
        }
    }
}

fn missing_comparison(code: Code, expected: &Expected, span: Span) -> Diagnostic {
    Diagnostic::error(code, span, expected.message)
        .label(span, "not in this filter")
        .help(format!("add for example `{}`", expected.comparison))
}

/// Calls a function with the group and the span of each comparison.
fn comparisons(part: &Part<'_>, visit: &mut impl FnMut(usize, Span)) {
    match &part.kind {
        PartKind::And(parts) | PartKind::Or(parts) => {
            for part in parts {
                comparisons(part, visit);
            }
        }
        PartKind::Not(part) => comparisons(part, visit),
        PartKind::Comparison(predicate) => visit(predicate.group, part.bare_span),
    }
}

/// Returns the edits that add a comparison at the end of a filter.
pub(crate) fn appended(tree: &Expr<'_>, comparison: &str) -> Vec<Edit> {
    let Span { start, end } = tree.span;
    if needs_parentheses(tree) {
        vec![
            Edit::new(Span::at(start), "("),
            Edit::new(Span::at(end), format!(") AND {comparison}")),
        ]
    } else {
        vec![Edit::new(Span::at(end), format!(" AND {comparison}"))]
    }
}

/// Returns whether the filter contains an OR or a sequence that is not in parentheses.
fn needs_parentheses(expr: &Expr<'_>) -> bool {
    !expr.is_parenthesized()
        && match &expr.kind {
            ExprKind::Or(_) | ExprKind::Sequence(_) => true,
            ExprKind::And(operands) => operands.iter().any(needs_parentheses),
            ExprKind::Not(..) | ExprKind::Restriction(_) => false,
        }
}
