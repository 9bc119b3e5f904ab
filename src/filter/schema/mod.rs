//! Which fields, values, operators and constructs the method takes.

mod comparison;
mod terms;

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Quoted, Span};
use crate::steps;
use crate::syntax::{Comparable, Comparator, Expr, ExprKind, Function, Member, Restriction, Value};

use super::check::Checker;
use super::fields::Field;
use super::lint::{Level, Lint};
use super::suggest::FieldName;

use self::comparison::swapped;
use self::terms::Term;

/// Finds everything that is wrong with a tree before asking what it means.
pub(super) fn check(
    checker: &Checker,
    text: &str,
    tree: &Expr<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut schema = Schema {
        checker,
        text,
        diagnostics,
    };
    schema.group(tree);
}

struct Schema<'c> {
    checker: &'c Checker,
    text: &'c str,
    diagnostics: &'c mut Vec<Diagnostic>,
}

/// The member that stands on its own.
fn bare_member<'t, 'a>(expr: &'t Expr<'a>) -> Option<&'t Member<'a>> {
    match &expr.kind {
        ExprKind::Restriction(Restriction {
            comparable: Comparable::Member(member),
            comparison: None,
        }) => Some(member),
        _ => None,
    }
}

/// The only value of a member without fields.
fn single<'m, 'a>(member: &'m Member<'a>) -> Option<&'m Value<'a>> {
    match member.path.as_slice() {
        [value] => Some(value),
        _ => None,
    }
}

/// A negation, with the comparator that says the same.
fn negation(span: Span, opposite: Option<Comparator>) -> Diagnostic {
    Diagnostic::error(
        Code::Negation,
        span,
        "negation is not documented for this filter",
    )
    .label(span, "negated")
    .help(match opposite {
        Some(comparator) => format!("write it with `{comparator}`"),
        None => "say what is wanted, with `AND`, `OR`, `=` and, for `member.type`, `!=`".to_owned(),
    })
}

impl Schema<'_> {
    fn lint(&mut self, lint: Lint, diagnostic: impl FnOnce() -> Diagnostic) {
        self.checker.report(lint, self.diagnostics, diagnostic);
    }

    /// A term, or what is negated; `alone` if nothing stands beside it in its group.
    fn part(&mut self, expr: &Expr<'_>, alone: bool, beside: [Option<&Term<'_, '_>>; 2]) {
        steps::count(1);
        match &expr.kind {
            ExprKind::Not(_, operand) => {
                self.negated(expr, operand);
                self.part(operand, false, beside);
            }
            ExprKind::Restriction(restriction) => {
                let alone = alone || expr.is_parenthesized();
                match (&restriction.comparison, &restriction.comparable) {
                    (Some(comparison), left) => {
                        self.comparison(expr.bare_span, left, comparison, alone);
                    }
                    (None, Comparable::Function(function)) => self.function(function),
                    (None, Comparable::Member(_)) => self.bare(expr, beside),
                }
            }
            _ => self.group(expr),
        }
    }

    /// A negation; that of a comparison can be spelled out.
    fn negated(&mut self, expr: &Expr<'_>, operand: &Expr<'_>) {
        let opposite = self.opposite(operand);
        self.lint(Lint::Negation, || {
            let diagnostic = negation(expr.bare_span, opposite.map(|(_, comparator)| comparator));
            let Some((span, comparator)) = opposite else {
                return diagnostic;
            };
            let prefix = Span::new(expr.bare_span.start, operand.span.start);
            diagnostic.fix(Fix::certain(vec![
                Edit::new(prefix, ""),
                Edit::new(span, comparator.as_str()),
            ]))
        });
    }

    /// Where a comparison has its comparator, and that of its negation, if the method takes it.
    fn opposite(&self, expr: &Expr<'_>) -> Option<(Span, Comparator)> {
        let ExprKind::Restriction(Restriction {
            comparable: Comparable::Member(left),
            comparison: Some(comparison),
        }) = &expr.kind
        else {
            return None;
        };
        let name = FieldName::of(left);
        let field = match swapped(left, name, &comparison.arg) {
            Some((_, field, _)) => field,
            None => name.written()?,
        };
        let comparator = match comparison.comparator {
            Comparator::Equal => Comparator::NotEqual,
            Comparator::NotEqual => Comparator::Equal,
            _ => return None,
        };
        let is_taken = comparator == Comparator::Equal
            || field == Field::MemberType
            || self.checker.level_of(Lint::UndocumentedOperator) < Level::Deny;
        is_taken.then_some((comparison.comparator_span, comparator))
    }

    fn function(&mut self, function: &Function<'_>) {
        self.diagnostics.push(
            Diagnostic::error(
                Code::FunctionCall,
                function.span,
                format!(
                    "there is no function {}",
                    Quoted(&function.name.to_string())
                ),
            )
            .label(function.span, "this filter has no functions")
            .help(match function.name.to_string().to_uppercase().as_str() {
                name @ ("AND" | "OR" | "NOT") => {
                    format!("the keyword is written `{name}`, with white space behind it")
                }
                _ => "compare a field with a value, such as `member.type = \"HUMAN\"`".to_owned(),
            }),
        );
    }
}
