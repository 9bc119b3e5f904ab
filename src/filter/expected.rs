//! What a filter must contain.

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::schema::{Declaration, Levels, Predicate};
use crate::syntax::Expr;

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

/// Reports each comparison that a filter should contain and does not.
pub(super) fn check(
    declaration: &Declaration,
    levels: &Levels,
    tree: &Expr<'_>,
    predicates: &[Predicate<'_>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    for expected in declaration.expected {
        if predicates.iter().any(|own| own.group == expected.group) {
            continue;
        }
        levels.report(expected.lint, diagnostics, || {
            Diagnostic::error(expected.lint.code(), tree.span, expected.message)
                .label(tree.span, "not in this filter")
                .help(expected.help)
        });
    }
}
