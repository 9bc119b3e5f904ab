//! The state of a check, and helpers for its parts.

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::syntax::{Comparable, Comparator, Expr, ExprKind, Member, Restriction, Value};

use super::declaration::Declaration;
use super::lint::{Levels, Lint};

/// A check of a tree. Its functions are in the files for what they check.
pub(super) struct SchemaCheck<'c> {
    pub(super) declaration: &'static Declaration,
    pub(super) levels: &'c Levels,
    pub(super) text: &'c str,
    pub(super) diagnostics: &'c mut Vec<Diagnostic>,
}

/// Returns the member if the expression is only that.
pub(super) fn bare_member<'t, 'a>(expr: &'t Expr<'a>) -> Option<&'t Member<'a>> {
    match &expr.kind {
        ExprKind::Restriction(Restriction {
            comparable: Comparable::Member(member),
            comparison: None,
        }) => Some(member),
        _ => None,
    }
}

/// Returns the value of a member without fields.
pub(super) fn single<'m, 'a>(member: &'m Member<'a>) -> Option<&'m Value<'a>> {
    match member.path.as_slice() {
        [value] => Some(value),
        _ => None,
    }
}

/// Returns the diagnostic for a negation; `opposite` is the comparator that can replace it.
pub(super) fn negation(
    declaration: &Declaration,
    span: Span,
    opposite: Option<Comparator>,
) -> Diagnostic {
    Diagnostic::error(
        Code::Negation,
        span,
        "negation is not documented for filters",
    )
    .label(span, "negated here")
    .help(match opposite {
        Some(comparator) => format!("use `{comparator}` instead"),
        None => declaration.instead_of_negation.to_owned(),
    })
}

impl SchemaCheck<'_> {
    pub(super) fn lint(&mut self, lint: Lint, diagnostic: impl FnOnce() -> Diagnostic) {
        self.levels.report(lint, self.diagnostics, diagnostic);
    }

    /// Returns the help for something that should be a comparison.
    pub(super) fn compare(&self) -> String {
        let example = self.declaration.example;
        format!("compare a field with a value, for example `{example}`")
    }
}
