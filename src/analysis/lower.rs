//! Lowering of a tree without schema errors to parts and the cells that they match.

use super::cells::{CellSet, Partition};
use crate::diagnostic::Span;
use crate::schema::{Declaration, Predicate};
use crate::syntax::{Expr, ExprKind};

/// A part of a filter, with the cells that it matches.
#[derive(Debug)]
pub struct Part<'s> {
    /// Span including enclosing parentheses.
    pub(crate) span: Span,
    /// Span without enclosing parentheses.
    pub(crate) bare_span: Span,
    pub(crate) cells: CellSet<'s>,
    pub(crate) kind: PartKind<'s>,
}

#[derive(Debug)]
pub(crate) enum PartKind<'s> {
    /// AND, or a sequence.
    And(Vec<Part<'s>>),
    Or(Vec<Part<'s>>),
    Not(Box<Part<'s>>),
    Comparison(&'s Predicate<'s>),
}

/// Collects the comparisons of a tree, in order; `None` if one has a schema error.
pub(crate) fn predicates<'t>(
    declaration: &'static Declaration,
    expr: &'t Expr<'_>,
    found: &mut Vec<Predicate<'t>>,
) -> Option<()> {
    match &expr.kind {
        ExprKind::And(exprs) | ExprKind::Sequence(exprs) | ExprKind::Or(exprs) => {
            for expr in exprs {
                predicates(declaration, expr, found)?;
            }
        }
        ExprKind::Not(_, expr) => predicates(declaration, expr, found)?,
        ExprKind::Restriction(restriction) => found.push(Predicate::of(declaration, restriction)?),
    }
    Some(())
}

/// Lowers the operands of an expression.
///
/// This is a loop because in unoptimized builds a chain of iterators would add stack frames at
/// every level of nesting.
fn operands<'s>(
    partition: &'s Partition<'s>,
    exprs: &[Expr<'_>],
    predicates: &mut std::slice::Iter<'s, Predicate<'s>>,
) -> Option<Vec<Part<'s>>> {
    let mut parts = Vec::with_capacity(exprs.len());
    for expr in exprs {
        parts.push(lower(partition, expr, predicates)?);
    }
    Some(parts)
}

/// Lowers a tree, with its comparisons in order.
pub(crate) fn lower<'s>(
    partition: &'s Partition<'s>,
    expr: &Expr<'_>,
    predicates: &mut std::slice::Iter<'s, Predicate<'s>>,
) -> Option<Part<'s>> {
    let (cells, kind) = match &expr.kind {
        ExprKind::And(exprs) | ExprKind::Sequence(exprs) => {
            let parts = operands(partition, exprs, predicates)?;
            let cells = parts.iter().map(|part| &part.cells);
            let cells = cells.fold(partition.all(), |all, cells| all.and(cells));
            (cells, PartKind::And(parts))
        }
        ExprKind::Or(exprs) => {
            let parts = operands(partition, exprs, predicates)?;
            let cells = parts.iter().map(|part| &part.cells);
            let cells = cells.fold(partition.none(), |all, cells| all.or(cells));
            (cells, PartKind::Or(parts))
        }
        ExprKind::Not(_, expr) => {
            let part = lower(partition, expr, predicates)?;
            (part.cells.not(), PartKind::Not(Box::new(part)))
        }
        ExprKind::Restriction(_) => {
            let predicate = predicates.next()?;
            (
                partition.matched(predicate),
                PartKind::Comparison(predicate),
            )
        }
    };
    Some(Part {
        span: expr.span,
        bare_span: expr.bare_span,
        cells,
        kind,
    })
}
