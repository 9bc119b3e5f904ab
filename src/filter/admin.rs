//! The rule of admin access.
//!
//! The reference says of `useAdminAccess`: "Either `member.type = "HUMAN"` or
//! `member.type != "BOT"` is required. Other member type filters will be rejected." Here that
//! means: every `member.type` comparison is one of those two and not negated, and the filter
//! admits no app.

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Span};
use crate::steps;
use crate::syntax::{Expr, ExprKind};

use super::Filter;
use super::cells::{Cells, MemberType, Role};
use super::fields::Field;
use super::lower::{Comparison, Part, PartKind};

/// What makes a filter one for admin access.
const REQUIRED: &str = r#"member.type != "BOT""#;

const BOT: Cells = Cells::member_type(MemberType::Bot);

/// Checks a filter, `None` if it is empty, against the rule.
pub(super) fn check(
    text: &str,
    filter: Option<(&Expr<'_>, &Part)>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some((expr, part)) = filter else {
        let span = Span::new(0, text.len());
        let fix = Fix::certain(vec![Edit::new(span, REQUIRED)]);
        diagnostics.push(requires_type(span, "an empty filter admits apps").fix(fix));
        return;
    };
    let before = diagnostics.len();
    types(part, false, diagnostics);
    if diagnostics.len() == before && !part.cells.and(BOT).is_empty() {
        let mut edits = vec![Edit::new(
            Span::at(part.span.end),
            format!(" AND {REQUIRED}"),
        )];
        if needs_parentheses(expr) {
            edits = vec![
                Edit::new(Span::at(part.span.start), "("),
                Edit::new(Span::at(part.span.end), format!(") AND {REQUIRED}")),
            ];
        }
        let diagnostic = requires_type(part.span, "this admits apps").fix(Fix::certain(edits));
        diagnostics.push(diagnostic);
    }
}

fn requires_type(span: Span, label: &str) -> Diagnostic {
    Diagnostic::error(
        Code::AdminRequiresType,
        span,
        "admin access requires a filter that leaves apps out",
    )
    .label(span, label)
    .help(format!(
        "add `{REQUIRED}`, or `member.type = \"HUMAN\"` for people only"
    ))
}

/// Each `member.type` comparison that admin access rejects.
fn types(part: &Part, negated: bool, diagnostics: &mut Vec<Diagnostic>) {
    steps::count(1);
    match &part.kind {
        PartKind::And(parts) | PartKind::Or(parts) => {
            for part in parts {
                types(part, negated, diagnostics);
            }
        }
        PartKind::Not(part) => types(part, true, diagnostics),
        PartKind::Comparison(comparison) => {
            if comparison.field == Field::MemberType && (negated || !is_accepted(*comparison)) {
                let label = if negated {
                    "a negated comparison of the type"
                } else {
                    "not one of the two"
                };
                diagnostics.push(
                    Diagnostic::error(
                        Code::AdminTypeComparison,
                        part.bare_span,
                        "admin access rejects this comparison of `member.type`",
                    )
                    .label(part.bare_span, label)
                    .help(format!(
                        "with admin access the type is compared as `member.type = \"HUMAN\"` or \
                         `{REQUIRED}`"
                    )),
                );
            }
        }
    }
}

fn is_accepted(comparison: Comparison) -> bool {
    matches!(
        (comparison.negated, comparison.value.name),
        (false, "HUMAN") | (true, "BOT")
    )
}

/// Whether the filter holds an OR or a sequence that is not in parentheses of its own.
fn needs_parentheses(expr: &Expr<'_>) -> bool {
    !expr.is_parenthesized()
        && match &expr.kind {
            ExprKind::Or(_) | ExprKind::Sequence(_) => true,
            ExprKind::And(operands) => operands.iter().any(needs_parentheses),
            ExprKind::Not(..) | ExprKind::Restriction(_) => false,
        }
}

/// Whether a text of the filter's meaning is accepted: the type comparisons that are accepted
/// admit people, or all but apps, so each role goes with nobody, with `HUMAN` or with all but
/// `BOT`, and a documented role with no less than the others.
pub(super) fn allows(filter: Filter) -> bool {
    let human = Cells::member_type(MemberType::Human).types(Role::Member);
    let not_bot = BOT.not().types(Role::Member);
    filter.is_documented()
        && Role::ALL
            .into_iter()
            .all(|role| [0, human, not_bot].contains(&filter.cells().types(role)))
}
