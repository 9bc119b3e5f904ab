//! The meaning stage: contradictions and redundancy.
//!
//! Both use two passes over the parts. The upward pass, during lowering, computes the cells that
//! each part matches. The downward pass computes for each part the cells at which it matters: those
//! at which the entire filter matches exactly when the part does, with all other parts unchanged.
//! Time is linear in the number of parts.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Span};
use crate::schema::{Levels, Lint};

use super::cells::Cells;
use super::lower::{Comparison, Part, PartKind};

/// Reports the contradictions in a filter or, if it has none, the lints of this stage.
pub(super) fn check(levels: &Levels, text: &str, part: &Part, diagnostics: &mut Vec<Diagnostic>) {
    let before = diagnostics.len();
    contradictions(text, part, diagnostics);
    if diagnostics.len() > before {
        return;
    }
    if part.cells == Cells::ALL {
        levels.report(Lint::AlwaysTrue, diagnostics, || {
            Diagnostic::error(
                Code::AlwaysTrue,
                part.span,
                "this filter matches every membership",
            )
            .label(part.span, "always true")
            .help("to list all members, use an empty filter")
            .fix(Fix::suggestion(vec![Edit::new(part.span, "")]))
        });
        return;
    }
    if levels.of(Lint::RedundantTerm).severity().is_some() {
        let mut removed = Vec::new();
        redundant(part, Cells::ALL, &mut removed);
        let mut alone = BTreeSet::new();
        removable(part, Cells::ALL, &mut alone);
        for (span, removal) in removed {
            levels.report(Lint::RedundantTerm, diagnostics, || {
                let diagnostic =
                    Diagnostic::error(Code::RedundantTerm, span, "this part has no effect");
                if alone.contains(&span) {
                    diagnostic
                        .label(span, "removing it does not change what the filter means")
                        .help("remove it, or check whether something else was intended")
                        .fix(Fix::suggestion(vec![Edit::new(removal, "")]))
                } else {
                    diagnostic
                        .label(
                            span,
                            "has no effect once the later redundant parts are removed",
                        )
                        .help("remove it together with the later redundant parts")
                }
            });
        }
    }
}

/// Returns the cells at which an operand decides whether the expression matches: with AND, those
/// that all its siblings match; with OR, those that none of them matches.
fn care(kind: &PartKind, outer: Cells, siblings: Cells) -> Cells {
    match kind {
        PartKind::Or(_) => outer.and(siblings.not()),
        _ => outer.and(siblings),
    }
}

/// Returns how an n-ary part combines the cells of its operands, and the neutral element of that.
fn combination(kind: &PartKind) -> (fn(Cells, Cells) -> Cells, Cells) {
    match kind {
        PartKind::Or(_) => (Cells::or, Cells::NONE),
        _ => (Cells::and, Cells::ALL),
    }
}

/// Visits the operands of an n-ary part from right to left, each with the cells at which it matters.
///
/// `visit` returns the cells that the operand matches from then on; they are used for the operands
/// to its left. Returns the cells that the entire part matches after all visits.
fn right_to_left(
    kind: &PartKind,
    parts: &[Part],
    outer: Cells,
    mut visit: impl FnMut(usize, &Part, Cells) -> Cells,
) -> Cells {
    let (combine, neutral) = combination(kind);
    let mut lefts = Vec::with_capacity(parts.len());
    let mut left = neutral;
    for part in parts {
        lefts.push(left);
        left = combine(left, part.cells);
    }
    let mut right = neutral;
    for ((index, part), left) in parts.iter().enumerate().zip(lefts).rev() {
        let cells = visit(index, part, care(kind, outer, combine(left, right)));
        right = combine(right, cells);
    }
    right
}

/// Finds the outermost parts that have no effect at the cells of `outer`, from right to left; each
/// is removed before the next one is examined. Adds the span of each part and the span to remove.
/// Returns the cells that the remaining part matches.
fn redundant(part: &Part, outer: Cells, removed: &mut Vec<(Span, Span)>) -> Cells {
    let parts = match &part.kind {
        PartKind::Comparison(_) => return part.cells,
        PartKind::Not(part) => return redundant(part, outer, removed).not(),
        PartKind::And(parts) | PartKind::Or(parts) => parts,
    };
    let (_, neutral) = combination(&part.kind);
    let mut kept = vec![true; parts.len()];
    let cells = right_to_left(&part.kind, parts, outer, |index, operand, care| {
        if operand.cells.and(care) == neutral.and(care) {
            if let Some(kept) = kept.get_mut(index) {
                *kept = false;
            }
            return neutral;
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

/// Finds the parts that have no effect while all other parts stay.
fn removable(part: &Part, outer: Cells, found: &mut BTreeSet<Span>) {
    match &part.kind {
        PartKind::Comparison(_) => {}
        PartKind::Not(part) => removable(part, outer, found),
        PartKind::And(parts) | PartKind::Or(parts) => {
            let (_, neutral) = combination(&part.kind);
            right_to_left(&part.kind, parts, outer, |_, operand, care| {
                if operand.cells.and(care) == neutral.and(care) {
                    found.insert(operand.span);
                }
                removable(operand, care, found);
                operand.cells
            });
        }
    }
}

/// Returns the span to remove for an operand: the operand and the connective before it, or the one
/// after it if all operands before it are removed too.
fn removal(parts: &[Part], first_kept: usize, index: usize) -> Span {
    let span = parts.get(index).map(|part| part.span).unwrap_or_default();
    let neighbor = |at: Option<usize>| at.and_then(|at| parts.get(at)).map(|part| part.span);
    if first_kept < index {
        let before = neighbor(index.checked_sub(1));
        Span::new(before.map_or(span.start, |before| before.end), span.end)
    } else {
        let after = neighbor(index.checked_add(1));
        Span::new(span.start, after.map_or(span.end, |after| after.start))
    }
}

/// Reports each innermost part that matches nothing. Returns whether there is one.
fn contradictions(text: &str, part: &Part, diagnostics: &mut Vec<Diagnostic>) -> bool {
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

/// A comparison in a part, as a requirement: inverted if the part negates it.
#[derive(Clone, Copy)]
struct Requirement {
    span: Span,
    comparison: Comparison,
    cells: Cells,
}

impl Requirement {
    fn label(&self) -> String {
        let what = self.comparison.field.path;
        let name = self.comparison.value.name;
        if self.is_equality() {
            format!("requires `{what}` to be `{name}`")
        } else {
            format!("requires `{what}` not to be `{name}`")
        }
    }

    fn is_equality(&self) -> bool {
        self.cells == Cells::value(self.comparison.field, self.comparison.value)
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
                a.comparison.field.path, a.comparison.value.name, b.comparison.value.name
            ),
            _ => "no membership can match this part".to_owned(),
        },
    );
    let requirements = match pair {
        Some(pair) => pair.to_vec(),
        None => minimal_conflict(part),
    };
    for requirement in &requirements {
        diagnostic = diagnostic.label(requirement.span, requirement.label());
    }
    let Some([a, b]) = pair else {
        return diagnostic.help("these comparisons conflict; change or remove one of them");
    };
    if !(a.is_equality() && b.is_equality()) {
        return diagnostic.help("these comparisons conflict; change or remove one of them");
    }
    let diagnostic =
        diagnostic.help("to match either value, join the two comparisons with `OR` in parentheses");
    match either(text, part, a.span, b.span) {
        Some(edits) => diagnostic.fix(Fix::suggestion(edits)),
        None => diagnostic,
    }
}

/// Returns the edits that move the operand at `b` of an AND next to the one at `a`, joined by OR;
/// `None` if the result would be a contradiction or the operands are not those of an AND.
fn either(text: &str, part: &Part, a: Span, b: Span) -> Option<Vec<Edit>> {
    let PartKind::And(parts) = &part.kind else {
        return None;
    };
    // The comparisons may be in parentheses.
    let find = |span| parts.iter().position(|part| part.bare_span == span);
    let (first, second) = (find(a)?, find(b)?);
    let (a, b) = (parts.get(first)?, parts.get(second)?);
    // The other operands may conflict with each other or with both of these.
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

/// Finds the earliest pair of comparisons that conflict: both must hold for the part to match
/// anything, and nothing satisfies both.
fn conflicting_pair(part: &Part) -> Option<[Requirement; 2]> {
    let mut requirements = Vec::new();
    required(part, false, &mut requirements);
    // There are few different requirements, so `first` stays short.
    let mut first: Vec<Requirement> = Vec::new();
    for requirement in requirements {
        let conflicts = |other: &&Requirement| other.cells.and(requirement.cells).is_empty();
        if let Some(other) = first.iter().find(conflicts) {
            return Some([*other, requirement]);
        }
        if first.iter().all(|other| other.cells != requirement.cells) {
            first.push(requirement);
        }
    }
    None
}

/// Collects the comparisons that must all hold for the part to match anything: those below only
/// ANDs, or below only ORs if the part is negated.
fn required(part: &Part, negated: bool, requirements: &mut Vec<Requirement>) {
    match (&part.kind, negated) {
        (PartKind::And(parts), false) | (PartKind::Or(parts), true) => {
            for part in parts {
                required(part, negated, requirements);
            }
        }
        (PartKind::And(_) | PartKind::Or(_), _) => {}
        (PartKind::Not(part), _) => required(part, !negated, requirements),
        (PartKind::Comparison(comparison), _) => {
            requirements.push(Requirement::of(part, *comparison, negated));
        }
    }
}

impl Requirement {
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

/// Finds a minimal set of the part's comparisons that conflict. With all other comparisons relaxed,
/// so that they restrict nothing, the part still matches nothing; with any of these relaxed too, it
/// matches something.
fn minimal_conflict(part: &Part) -> Vec<Requirement> {
    let mut requirements = Vec::new();
    relax(part, Cells::ALL, false, &mut requirements);
    requirements.reverse();
    requirements
}

/// Relaxes every comparison that the conflict does not need, from right to left, and collects the
/// others. The part matches nothing, so a comparison is needed if it matters at any cell. Returns
/// the cells that the relaxed part matches.
fn relax(part: &Part, outer: Cells, negated: bool, requirements: &mut Vec<Requirement>) -> Cells {
    match &part.kind {
        PartKind::And(parts) | PartKind::Or(parts) => {
            right_to_left(&part.kind, parts, outer, |_, operand, care| {
                relax(operand, care, negated, requirements)
            })
        }
        PartKind::Not(part) => relax(part, outer, !negated, requirements).not(),
        PartKind::Comparison(comparison) => {
            if outer.is_empty() {
                if negated { Cells::NONE } else { Cells::ALL }
            } else {
                requirements.push(Requirement::of(part, *comparison, negated));
                part.cells
            }
        }
    }
}
