//! Lowering of a tree without schema errors to parts and the cells that they match.

use crate::diagnostic::Span;
use crate::schema::{self, Field, Value};
use crate::syntax::{Arg, Comparable, Comparator, Expr, ExprKind, Restriction};

use super::cells::Cells;
use super::declaration::DECLARATION;

/// A part of a filter, with the cells that it matches.
#[derive(Debug)]
pub(super) struct Part {
    /// Span including enclosing parentheses.
    pub(super) span: Span,
    /// Span without enclosing parentheses.
    pub(super) bare_span: Span,
    pub(super) cells: Cells,
    pub(super) kind: PartKind,
}

#[derive(Debug)]
pub(super) enum PartKind {
    /// AND, or a sequence.
    And(Vec<Part>),
    Or(Vec<Part>),
    Not(Box<Part>),
    Comparison(Comparison),
}

/// A comparison of a field with one of its values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comparison {
    pub(super) field: &'static Field,
    pub(super) negated: bool,
    pub(super) value: &'static Value,
}

impl Comparison {
    /// Lowers a restriction; `None` if it has a schema error.
    fn of(restriction: &Restriction<'_>) -> Option<Self> {
        let Comparable::Member(member) = &restriction.comparable else {
            return None;
        };
        let comparison = restriction.comparison.as_ref()?;
        let field = schema::exact(&DECLARATION, member)?;
        let Arg::Comparable(Comparable::Member(arg)) = &comparison.arg else {
            return None;
        };
        let [value] = arg.path.as_slice() else {
            return None;
        };
        Some(Self {
            field,
            negated: match comparison.comparator {
                Comparator::Equal => false,
                Comparator::NotEqual => true,
                _ => return None,
            },
            value: field.value(&value.text)?,
        })
    }

    fn cells(self) -> Cells {
        let cells = Cells::value(self.field, self.value);
        if self.negated { cells.not() } else { cells }
    }
}

/// Lowers the operands of an expression.
///
/// This is a loop because in unoptimized builds a chain of iterators would add stack frames at
/// every level of nesting.
fn operands(exprs: &[Expr<'_>]) -> Option<Vec<Part>> {
    let mut parts = Vec::with_capacity(exprs.len());
    for expr in exprs {
        parts.push(lower(expr)?);
    }
    Some(parts)
}

/// Lowers a tree; `None` if a restriction in it has a schema error.
pub(super) fn lower(expr: &Expr<'_>) -> Option<Part> {
    let (cells, kind) = match &expr.kind {
        ExprKind::And(exprs) | ExprKind::Sequence(exprs) => {
            let parts = operands(exprs)?;
            let cells = parts.iter().map(|part| part.cells);
            (cells.fold(Cells::ALL, Cells::and), PartKind::And(parts))
        }
        ExprKind::Or(exprs) => {
            let parts = operands(exprs)?;
            let cells = parts.iter().map(|part| part.cells);
            (cells.fold(Cells::NONE, Cells::or), PartKind::Or(parts))
        }
        ExprKind::Not(_, expr) => {
            let part = lower(expr)?;
            (part.cells.not(), PartKind::Not(Box::new(part)))
        }
        ExprKind::Restriction(restriction) => {
            let comparison = Comparison::of(restriction)?;
            (comparison.cells(), PartKind::Comparison(comparison))
        }
    };
    Some(Part {
        span: expr.span,
        bare_span: expr.bare_span,
        cells,
        kind,
    })
}
