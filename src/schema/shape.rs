//! Checking of what AND and OR join.
//!
//! Where only AND may join comparisons of different groups, a filter has one set of values for each
//! group, whatever its parentheses.

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::syntax::{Expr, ExprKind};

use super::declaration::{Across, And, Declaration, FieldGroup};
use super::field::Relation;
use super::lint::Lint;
use super::predicate::Predicate;

/// Returns whether a code is for what AND and OR join. These errors are reported only if there are
/// no other errors of the schema stage.
pub(crate) fn is_shape(declaration: &Declaration, code: Code) -> bool {
    match code {
        Code::CrossFieldOr
        | Code::OrNotSupported
        | Code::AndNotSupported
        | Code::NotAnInterval
        | Code::MixedWithinField => true,
        Code::MixedOperators => declaration.denied.contains(&Lint::MixedOperators),
        _ => false,
    }
}

/// Reports every AND and OR that joins what the language does not let it join. The tree has no other
/// schema error.
pub(super) fn check(
    declaration: &'static Declaration,
    tree: &Expr<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if declaration.across == Across::And {
        let mut shape = Shape {
            declaration,
            diagnostics,
            aliased: Vec::new(),
        };
        let mut leaves = Vec::new();
        shape.leaves(tree, &mut leaves);
        let aliased = leaves.iter().filter(|leaf| leaf.is_alias);
        shape.aliased = aliased.map(|leaf| leaf.group).collect();
        shape.aliased.dedup();
        shape.conjunction(tree);
    }
}

struct Shape<'d> {
    declaration: &'static Declaration,
    diagnostics: &'d mut Vec<Diagnostic>,
    /// Groups with an alias of a user.
    aliased: Vec<usize>,
}

/// A comparison of a part.
#[derive(Clone, Copy)]
struct Leaf {
    group: usize,
    field: usize,
    relation: Relation,
    is_alias: bool,
    span: Span,
}

/// What earlier operands of an AND say about a group.
#[derive(Clone, Copy)]
struct Seen {
    span: Span,
    is_or: bool,
    has_lower: bool,
    has_upper: bool,
}

impl Shape<'_> {
    /// Returns what AND may join in a group. An alias may stand for any user, so that several names can
    /// be needed, but filters only have either alternatives or several names.
    fn and(&self, index: usize, group: &FieldGroup) -> And {
        match group.and {
            And::Any if self.aliased.contains(&index) => And::Unmixed,
            and => and,
        }
    }

    /// Checks an AND, or a single operand.
    fn conjunction(&mut self, expr: &Expr<'_>) {
        let mut operands = Vec::new();
        flatten(expr, false, &mut operands);
        let mut seen: Vec<Option<Seen>> = vec![None; self.declaration.groups.len()];
        for operand in operands {
            let mut leaves = Vec::new();
            self.leaves(operand, &mut leaves);
            let is_or = matches!(operand.kind, ExprKind::Or(_));
            if is_or && !self.disjunction(operand, &leaves) {
                continue;
            }
            let Some(leaf) = leaves.first() else {
                continue;
            };
            let group = self.declaration.groups.get(leaf.group);
            if let (Some(group), Some(seen)) = (group, seen.get_mut(leaf.group)) {
                *seen = Some(self.next(group, *seen, *leaf, operand.bare_span, is_or));
            }
        }
    }

    /// Checks a further operand of an AND against the earlier ones of the same group.
    fn next(
        &mut self,
        group: &FieldGroup,
        seen: Option<Seen>,
        leaf: Leaf,
        span: Span,
        is_or: bool,
    ) -> Seen {
        let has_lower = leaf.relation.is_lower_bound() && !is_or;
        let has_upper = leaf.relation.is_upper_bound() && !is_or;
        let Some(before) = seen else {
            return Seen {
                span,
                is_or,
                has_lower,
                has_upper,
            };
        };
        let path = group.fields.get(leaf.field).map_or("", |field| field.path);
        match self.and(leaf.group, group) {
            And::Any => {}
            And::Unmixed => {
                if is_or || before.is_or {
                    self.diagnostics.push(mixed(path, span, before.span));
                }
            }
            And::Never => self.diagnostics.push(
                Diagnostic::error(
                    Code::AndNotSupported,
                    span,
                    format!("`AND` cannot join comparisons of `{path}`"),
                )
                .label(before.span, "first comparison")
                .label(span, "only one is supported")
                .help(if group.or {
                    "join them with `OR`"
                } else {
                    "keep one of them"
                }),
            ),
            And::Interval => {
                let is_interval = has_lower && before.has_upper && !before.has_lower
                    || has_upper && before.has_lower && !before.has_upper;
                if !is_interval {
                    self.diagnostics.push(
                        Diagnostic::error(
                            Code::NotAnInterval,
                            span,
                            format!(
                                "`AND` joins two comparisons of `{path}` that are not an interval"
                            ),
                        )
                        .label(before.span, "first comparison")
                        .label(span, "expected the opposite bound")
                        .help(match group.fields {
                            [lower, upper] => format!(
                                "`AND` can only join one `{}` and one `{}`",
                                lower.path, upper.path
                            ),
                            _ => format!(
                                "`AND` can only join one lower and one upper bound of `{path}`"
                            ),
                        }),
                    );
                }
            }
        }
        Seen {
            span: before.span,
            is_or: is_or || before.is_or,
            has_lower: has_lower || before.has_lower,
            has_upper: has_upper || before.has_upper,
        }
    }

    /// Checks an OR. Returns whether it is valid.
    fn disjunction(&mut self, expr: &Expr<'_>, leaves: &[Leaf]) -> bool {
        let mut operands = Vec::new();
        flatten(expr, true, &mut operands);
        for operand in operands {
            if let ExprKind::And(_) | ExprKind::Sequence(_) = operand.kind {
                self.conjunction(operand);
                self.unmixed(operand, expr.bare_span);
            }
        }
        let Some(first) = leaves.first() else {
            return true;
        };
        let other = leaves.iter().find(|leaf| leaf.group != first.group);
        let or = |leaf: &Leaf| {
            let group = self.declaration.groups.get(leaf.group);
            group.is_some_and(|group| group.or)
        };
        let diagnostic = match other {
            None if or(first) => return true,
            Some(other) if self.declaration.groups.iter().any(|group| group.or) => {
                Diagnostic::error(
                    Code::CrossFieldOr,
                    expr.bare_span,
                    "`OR` cannot join comparisons of different fields",
                )
                .label(first.span, "comparison of one field")
                .label(other.span, "comparison of another field")
                .help("join different fields with `AND`, or send several requests")
            }
            _ => Diagnostic::error(
                Code::OrNotSupported,
                expr.bare_span,
                "`OR` is not supported here",
            )
            .label(expr.bare_span, "joined with `OR`")
            .help("send a request for each alternative"),
        };
        self.diagnostics.push(diagnostic);
        false
    }

    /// Checks an AND that is an operand of the OR with the given span.
    fn unmixed(&mut self, expr: &Expr<'_>, or: Span) {
        let mut leaves = Vec::new();
        self.leaves(expr, &mut leaves);
        let Some(first) = leaves.first() else {
            return;
        };
        let group = self.declaration.groups.get(first.group);
        let is_one = leaves.iter().all(|leaf| leaf.group == first.group);
        let is_unmixed = |group: &&FieldGroup| self.and(first.group, group) == And::Unmixed;
        if let Some(group) = group.filter(|group| is_one && is_unmixed(group)) {
            let path = group.fields.first().map_or("", |field| field.path);
            self.diagnostics.push(mixed(path, expr.bare_span, or));
        }
    }

    /// Collects the comparisons of a part.
    fn leaves(&self, expr: &Expr<'_>, leaves: &mut Vec<Leaf>) {
        match &expr.kind {
            ExprKind::And(operands) | ExprKind::Sequence(operands) | ExprKind::Or(operands) => {
                for operand in operands {
                    self.leaves(operand, leaves);
                }
            }
            ExprKind::Not(_, operand) => self.leaves(operand, leaves),
            ExprKind::Restriction(restriction) => {
                if let Some(predicate) = Predicate::of(self.declaration, restriction) {
                    leaves.push(Leaf {
                        group: predicate.group,
                        field: predicate.field,
                        relation: predicate.relation,
                        is_alias: predicate.is_alias(self.declaration),
                        span: expr.bare_span,
                    });
                }
            }
        }
    }
}

/// Returns the diagnostic for a part that mixes AND and OR in one field with another part.
fn mixed(path: &str, span: Span, other: Span) -> Diagnostic {
    let [first, second] = if span.start < other.start {
        [span, other]
    } else {
        [other, span]
    };
    Diagnostic::error(
        Code::MixedWithinField,
        span,
        format!("`AND` and `OR` cannot both join comparisons of `{path}`"),
    )
    .label(first, "joined one way")
    .label(second, "joined the other way")
    .help("join all comparisons of the field with `AND`, or all with `OR`")
}

/// Collects the operands of nested ANDs, or of nested ORs.
fn flatten<'t, 'a>(expr: &'t Expr<'a>, or: bool, operands: &mut Vec<&'t Expr<'a>>) {
    match &expr.kind {
        ExprKind::And(inner) | ExprKind::Sequence(inner) if !or => {
            for expr in inner {
                flatten(expr, or, operands);
            }
        }
        ExprKind::Or(inner) if or => {
            for expr in inner {
                flatten(expr, or, operands);
            }
        }
        _ => operands.push(expr),
    }
}
