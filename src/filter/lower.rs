//! From the tree of a text without schema errors to what its parts admit.

use crate::diagnostic::Span;
use crate::steps;
use crate::syntax::{Arg, Comparable, Comparator, Expr, ExprKind, Restriction};

use super::cells::Cells;
use super::fields::{Field, FieldValue};
use super::suggest;

/// A part of a filter, with the cells that it admits.
#[derive(Debug)]
pub(super) struct Part {
    /// Where it stands, with its parentheses.
    pub(super) span: Span,
    /// Where it stands without its parentheses.
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

/// A comparison that has a meaning.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comparison {
    pub(super) field: Field,
    pub(super) negated: bool,
    pub(super) value: &'static FieldValue,
}

impl Comparison {
    /// What a restriction compares; `None` if it has no meaning, which is a schema error.
    fn of(restriction: &Restriction<'_>) -> Option<Self> {
        let Comparable::Member(member) = &restriction.comparable else {
            return None;
        };
        let comparison = restriction.comparison.as_ref()?;
        let field = suggest::exact(member)?;
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
        if self.negated {
            self.value.cells.not()
        } else {
            self.value.cells
        }
    }
}

/// The parts of some trees. A loop: unoptimised, the frames of a chain of iterators would pile up
/// with the nesting.
fn operands(exprs: &[Expr<'_>]) -> Option<Vec<Part>> {
    steps::count(exprs.len());
    let mut parts = Vec::with_capacity(exprs.len());
    for expr in exprs {
        parts.push(lower(expr)?);
    }
    Some(parts)
}

/// The parts of a tree; `None` if some restriction has no meaning.
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
