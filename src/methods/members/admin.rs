//! The rule for admin access.
//!
//! The reference says of `useAdminAccess`: "Either `member.type = "HUMAN"` or
//! `member.type != "BOT"` is required. Other member type filters will be rejected." This crate
//! interprets it as follows: every `member.type` comparison is one of those two and is not negated,
//! and the filter matches no app.

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Span};
use crate::filter::appended;
use crate::syntax::Expr;

use super::cell::{MemberType, Role};
use super::cells::Cells;
use super::declaration::{DECLARATION, MEMBER_TYPE};
use super::shortest;
use crate::analysis::cells::combination;
use crate::analysis::lower::{Part, PartKind};
use crate::schema::{Constant, Predicate, Relation};

/// The comparison that makes a filter valid for admin access.
const REQUIRED: &str = r#"member.type != "BOT""#;

/// The comparisons of the type that admin access allows.
const ALLOWED: [(Relation, MemberType); 2] = [
    (Relation::Is, MemberType::Human),
    (Relation::IsNot, MemberType::Bot),
];

/// Checks a filter against the rule; `None` is the empty filter.
pub(super) fn check(
    text: &str,
    filter: Option<(&Expr<'_>, &Part<'_>)>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some((expr, part)) = filter else {
        let span = Span::new(0, text.len());
        let fix = Fix::certain(vec![Edit::new(span, REQUIRED)]);
        diagnostics.push(requires_type(span, "an empty filter matches apps").fix(fix));
        return;
    };
    let before = diagnostics.len();
    types(part, false, diagnostics);
    if diagnostics.len() == before && matches_apps(part) {
        let edits = appended(expr, REQUIRED);
        let diagnostic =
            requires_type(part.span, "this filter matches apps").fix(Fix::certain(edits));
        diagnostics.push(diagnostic);
    }
}

fn requires_type(span: Span, label: &str) -> Diagnostic {
    Diagnostic::error(
        Code::AdminRequiresType,
        span,
        "admin access requires a filter that excludes apps",
    )
    .label(span, label)
    .help(format!(
        "add `{REQUIRED}`, or `member.type = \"HUMAN\"` for people only"
    ))
}

/// Returns whether a part matches the membership of an app.
fn matches_apps(part: &Part<'_>) -> bool {
    let bot = MemberType::Bot.value();
    Role::ALL.iter().any(|role| {
        let cell = combination(&DECLARATION, &[role.value(), bot]);
        part.cells.contains(cell)
    })
}

/// Reports each `member.type` comparison that admin access does not allow.
fn types(part: &Part<'_>, negated: bool, diagnostics: &mut Vec<Diagnostic>) {
    match &part.kind {
        PartKind::And(parts) | PartKind::Or(parts) => {
            for part in parts {
                types(part, negated, diagnostics);
            }
        }
        PartKind::Not(part) => types(part, true, diagnostics),
        PartKind::Comparison(predicate) => {
            if predicate.group == MEMBER_TYPE && (negated || !is_allowed(predicate)) {
                let label = if negated {
                    "negated `member.type` comparison"
                } else {
                    "not allowed with admin access"
                };
                diagnostics.push(
                    Diagnostic::error(
                        Code::AdminTypeComparison,
                        part.bare_span,
                        "admin access does not allow this `member.type` comparison",
                    )
                    .label(part.bare_span, label)
                    .help(format!(
                        "with admin access, use `member.type = \"HUMAN\"` or `{REQUIRED}`"
                    )),
                );
            }
        }
    }
}

fn is_allowed(predicate: &Predicate<'_>) -> bool {
    ALLOWED.iter().any(|(relation, member_type)| {
        *relation == predicate.relation
            && matches!(predicate.constant, Constant::Value(value) if value == member_type.value())
    })
}

/// Returns whether the filter's meaning can be written so that admin access accepts it.
///
/// The allowed type comparisons match people, or all but apps. So each role is matched with no
/// type, with `HUMAN`, or with all types but `BOT`, and a documented role with no fewer types than
/// the others.
pub(super) fn allows(cells: Cells) -> bool {
    let human = Cells::member_type(MemberType::Human).types(Role::Member);
    let not_bot = Cells::member_type(MemberType::Bot)
        .not()
        .types(Role::Member);
    shortest::is_documented(cells)
        && Role::ALL
            .iter()
            .all(|role| [0, human, not_bot].contains(&cells.types(*role)))
}
