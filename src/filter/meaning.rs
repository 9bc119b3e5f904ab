//! What the parts of a filter do to each other: contradictions, redundancy.
//!
//! Both come from the same two passes over the parts. The pass up, made while lowering, gives
//! each part the cells that it admits. The pass down gives each part the cells that still matter:
//! those at which the whole, with everything else as it is, admits just what the part admits. Time
//! is linear in the number of parts.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Span};
use crate::steps;

use super::cells::Cells;
use super::check::Checker;
use super::lint::Lint;
use super::lower::{Comparison, Part, PartKind};

/// Checks the parts of a filter: contradictions, and if there are none the lints.
pub(super) fn check(checker: &Checker, text: &str, part: &Part, diagnostics: &mut Vec<Diagnostic>) {
    let before = diagnostics.len();
    contradictions(text, part, diagnostics);
    if diagnostics.len() > before {
        return;
    }
    if part.cells == Cells::ALL {
        checker.report(Lint::AlwaysTrue, diagnostics, || {
            Diagnostic::error(
                Code::AlwaysTrue,
                part.span,
                "this filter admits every membership",
            )
            .label(part.span, "always true")
            .help("to list all members, leave the filter empty")
            .fix(Fix::maybe(vec![Edit::new(part.span, "")]))
        });
        return;
    }
    if checker.level_of(Lint::RedundantTerm).severity().is_some() {
        let mut removed = Vec::new();
        redundant(part, Cells::ALL, &mut removed);
        let mut alone = BTreeSet::new();
        removable(part, Cells::ALL, &mut alone);
        for (span, removal) in removed {
            checker.report(Lint::RedundantTerm, diagnostics, || {
                let diagnostic =
                    Diagnostic::error(Code::RedundantTerm, span, "this part changes nothing");
                if alone.contains(&span) {
                    diagnostic
                        .label(span, "without it the filter means the same")
                        .help("remove it, or check whether something else was meant")
                        .fix(Fix::maybe(vec![Edit::new(removal, "")]))
                } else {
                    diagnostic
                        .label(span, "nothing, once those further right are gone")
                        .help("remove it with the parts further right that change nothing either")
                }
            });
        }
    }
}

/// The cells at which an operand's value is that of the whole, given those of its siblings: with
/// AND where they all admit, with OR where none does.
fn care(kind: &PartKind, outer: Cells, siblings: Cells) -> Cells {
    match kind {
        PartKind::Or(_) => outer.and(siblings.not()),
        _ => outer.and(siblings),
    }
}

/// How an n-ary part combines its operands, and the cells of none of them.
fn combination(kind: &PartKind) -> (fn(Cells, Cells) -> Cells, Cells) {
    match kind {
        PartKind::Or(_) => (Cells::or, Cells::NONE),
        _ => (Cells::and, Cells::ALL),
    }
}

/// Goes through the operands of an n-ary part from right to left, each with the cells at which it
/// matters: its left siblings count as they are, its right ones as `visit` left them, which
/// returns what the operand now admits. Returns what the whole part now admits.
fn right_to_left(
    kind: &PartKind,
    parts: &[Part],
    outer: Cells,
    mut visit: impl FnMut(usize, &Part, Cells) -> Cells,
) -> Cells {
    steps::count(parts.len());
    let (combine, none) = combination(kind);
    let mut lefts = Vec::with_capacity(parts.len());
    let mut left = none;
    for part in parts {
        lefts.push(left);
        left = combine(left, part.cells);
    }
    let mut right = none;
    for ((index, part), left) in parts.iter().enumerate().zip(lefts).rev() {
        let cells = visit(index, part, care(kind, outer, combine(left, right)));
        right = combine(right, cells);
    }
    right
}

/// Finds the outermost parts whose removal changes nothing at the cells of `outer`, from right to
/// left, each removed before the next one is judged. Returns what is left of the part admits.
/// What is found is the part's span, and the span to remove.
fn redundant(part: &Part, outer: Cells, removed: &mut Vec<(Span, Span)>) -> Cells {
    let parts = match &part.kind {
        PartKind::Comparison(_) => return part.cells,
        PartKind::Not(part) => return redundant(part, outer, removed).not(),
        PartKind::And(parts) | PartKind::Or(parts) => parts,
    };
    let (_, none) = combination(&part.kind);
    let mut kept = vec![true; parts.len()];
    let cells = right_to_left(&part.kind, parts, outer, |index, operand, care| {
        if operand.cells.and(care) == none.and(care) {
            if let Some(kept) = kept.get_mut(index) {
                *kept = false;
            }
            return none;
        }
        redundant(operand, care, removed)
    });
    let first_kept = kept.iter().position(|kept| *kept).unwrap_or(parts.len());
    for (index, (operand, kept)) in parts.iter().zip(kept).enumerate() {
        if !kept {
            removed.push((operand.span, removal(parts, first_kept, index)));
        }
    }
    cells
}

/// Finds the parts whose removal changes nothing while all others stay.
fn removable(part: &Part, outer: Cells, found: &mut BTreeSet<Span>) {
    match &part.kind {
        PartKind::Comparison(_) => {}
        PartKind::Not(part) => removable(part, outer, found),
        PartKind::And(parts) | PartKind::Or(parts) => {
            let (_, none) = combination(&part.kind);
            right_to_left(&part.kind, parts, outer, |_, operand, care| {
                if operand.cells.and(care) == none.and(care) {
                    found.insert(operand.span);
                }
                removable(operand, care, found);
                operand.cells
            });
        }
    }
}

/// What to remove of the text so that an operand goes and its neighbours stay joined: it and the
/// joint before it, or behind it if nothing before it stays.
fn removal(parts: &[Part], first_kept: usize, index: usize) -> Span {
    let span = parts.get(index).map(|part| part.span).unwrap_or_default();
    let neighbour = |at: Option<usize>| at.and_then(|at| parts.get(at)).map(|part| part.span);
    if first_kept < index {
        let before = neighbour(index.checked_sub(1));
        Span::new(before.map_or(span.start, |before| before.end), span.end)
    } else {
        let behind = neighbour(index.checked_add(1));
        Span::new(span.start, behind.map_or(span.end, |behind| behind.start))
    }
}

/// Reports each innermost part that admits nothing. Returns whether there was one.
fn contradictions(text: &str, part: &Part, diagnostics: &mut Vec<Diagnostic>) -> bool {
    steps::count(1);
    let mut found = false;
    match &part.kind {
        PartKind::And(parts) | PartKind::Or(parts) => {
            for part in parts {
                found |= contradictions(text, part, diagnostics);
            }
        }
        PartKind::Not(part) => found = contradictions(text, part, diagnostics),
        PartKind::Comparison(_) => {}
    }
    if !found && part.cells.is_empty() {
        diagnostics.push(contradiction(text, part));
        found = true;
    }
    found
}

/// A comparison as it counts in a part: the other way round if it is negated there.
#[derive(Clone, Copy)]
struct Demand {
    span: Span,
    comparison: Comparison,
    cells: Cells,
}

impl Demand {
    fn label(&self) -> String {
        let what = self.comparison.field.name();
        let name = self.comparison.value.name;
        if self.is_equality() {
            format!("demands that `{what}` is `{name}`")
        } else {
            format!("demands that `{what}` is not `{name}`")
        }
    }

    fn is_equality(&self) -> bool {
        self.cells == self.comparison.value.cells
    }
}

fn contradiction(text: &str, part: &Part) -> Diagnostic {
    let pair = conflicting_pair(part);
    let mut diagnostic = Diagnostic::error(
        Code::Contradiction,
        part.span,
        match pair {
            Some([a, b]) if a.is_equality() && b.is_equality() => format!(
                "`{}` cannot be both `{}` and `{}`",
                a.comparison.field.name(),
                a.comparison.value.name,
                b.comparison.value.name
            ),
            _ => "no membership can match this part".to_owned(),
        },
    );
    let demands = match pair {
        Some(pair) => pair.to_vec(),
        None => minimal_conflict(part),
    };
    for demand in &demands {
        diagnostic = diagnostic.label(demand.span, demand.label());
    }
    let Some([a, b]) = pair else {
        return diagnostic.help("these exclude each other: change or remove one of them");
    };
    if !(a.is_equality() && b.is_equality()) {
        return diagnostic.help("these exclude each other: remove one of them");
    }
    let diagnostic = diagnostic.help("to admit either, join the two with `OR` in parentheses");
    match either(text, part, a.span, b.span) {
        Some(edits) => diagnostic.fix(Fix::maybe(edits)),
        None => diagnostic,
    }
}

/// Moves the operand at `b` of an AND beside the one at `a`, joined to it by OR.
fn either(text: &str, part: &Part, a: Span, b: Span) -> Option<Vec<Edit>> {
    let PartKind::And(parts) = &part.kind else {
        return None;
    };
    // The comparisons may stand in parentheses of their own.
    steps::count(parts.len());
    let find = |span| parts.iter().position(|part| part.bare_span == span);
    let (first, second) = (find(a)?, find(b)?);
    let (a, b) = (parts.get(first)?, parts.get(second)?);
    // The others may exclude one another, or either.
    let others = parts.iter().enumerate();
    let cells = others
        .filter(|(index, _)| ![first, second].contains(index))
        .fold(a.cells.or(b.cells), |cells, (_, part)| {
            cells.and(part.cells)
        });
    if cells.is_empty() {
        return None;
    }
    let (a, b) = (a.span, b.span);
    let (open, close) = if parts.len() > 2 {
        ("(", ")")
    } else {
        ("", "")
    };
    Some(vec![
        Edit::new(Span::at(a.start), open),
        Edit::new(Span::at(a.end), format!(" OR {}{close}", b.of(text))),
        Edit::new(removal(parts, first, second), ""),
    ])
}

/// The earliest pair of comparisons that conflict by themselves: both must hold for the part to
/// admit anything, and nothing satisfies both.
fn conflicting_pair(part: &Part) -> Option<[Demand; 2]> {
    let mut demands = Vec::new();
    required(part, false, &mut demands);
    // Few different demands exist, so few comparisons are looked at twice.
    let mut first: Vec<Demand> = Vec::new();
    for demand in demands {
        steps::count(first.len());
        let conflicts = |other: &&Demand| other.cells.and(demand.cells).is_empty();
        if let Some(other) = first.iter().find(conflicts) {
            return Some([*other, demand]);
        }
        if first.iter().all(|other| other.cells != demand.cells) {
            first.push(demand);
        }
    }
    None
}

/// The comparisons that must all hold for the part to admit anything: those below ANDs alone, or,
/// if it is negated, below ORs alone.
fn required(part: &Part, negated: bool, demands: &mut Vec<Demand>) {
    steps::count(1);
    match (&part.kind, negated) {
        (PartKind::And(parts), false) | (PartKind::Or(parts), true) => {
            for part in parts {
                required(part, negated, demands);
            }
        }
        (PartKind::And(_) | PartKind::Or(_), _) => {}
        (PartKind::Not(part), _) => required(part, !negated, demands),
        (PartKind::Comparison(comparison), _) => {
            demands.push(Demand::of(part, *comparison, negated));
        }
    }
}

impl Demand {
    fn of(part: &Part, comparison: Comparison, negated: bool) -> Self {
        Self {
            span: part.bare_span,
            comparison,
            cells: if negated {
                part.cells.not()
            } else {
                part.cells
            },
        }
    }
}

/// A minimal set of the part's comparisons that conflict: with all others left open, so that they
/// stand in nothing's way, the part still admits nothing; with any one of these left open as well
/// it admits something.
fn minimal_conflict(part: &Part) -> Vec<Demand> {
    let mut demands = Vec::new();
    relax(part, Cells::ALL, false, &mut demands);
    demands.reverse();
    demands
}

/// Leaves open every comparison that the conflict can do without, from right to left; collects the
/// others. The part admits nothing, so a comparison is needed if it matters at any cell. Returns
/// what the part admits with those left open.
fn relax(part: &Part, outer: Cells, negated: bool, demands: &mut Vec<Demand>) -> Cells {
    match &part.kind {
        PartKind::And(parts) | PartKind::Or(parts) => {
            right_to_left(&part.kind, parts, outer, |_, operand, care| {
                relax(operand, care, negated, demands)
            })
        }
        PartKind::Not(part) => relax(part, outer, !negated, demands).not(),
        PartKind::Comparison(comparison) => {
            if outer.is_empty() {
                if negated { Cells::NONE } else { Cells::ALL }
            } else {
                demands.push(Demand::of(part, *comparison, negated));
                part.cells
            }
        }
    }
}
