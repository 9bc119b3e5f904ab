//! Contradictions and redundancy.
//!
//! Both use two passes over the parts. The upward pass, during lowering, computes the cells that
//! each part matches. The downward pass computes for each part the cells at which it matters: those
//! at which the entire filter matches exactly when the part does, with all other parts unchanged.
//! Time is linear in the number of parts.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Span};
use crate::schema::{Constant, Declaration, Domain, Field, Levels, Lint, Predicate, Relation};

use super::cells::CellSet;
use super::lower::{Part, PartKind};

/// Reports the parts of a filter that match nothing or, if there are none, the lints of this stage.
pub(crate) fn check(
    declaration: &'static Declaration,
    levels: &Levels,
    text: &str,
    part: &Part<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let check = MeaningCheck {
        declaration,
        levels,
        text,
    };
    if check.contradictions(part, diagnostics) {
        return;
    }
    if part.cells.is_all() {
        let [resource, resources] = declaration.resource;
        levels.report(Lint::AlwaysTrue, diagnostics, || {
            Diagnostic::error(
                Code::AlwaysTrue,
                part.span,
                format!("this filter matches every {resource}"),
            )
            .label(part.span, "always true")
            .help(format!("to list all {resources}, use an empty filter"))
            .fix(Fix::suggestion(vec![Edit::new(part.span, "")]))
        });
        // That the parts have no effect follows.
        if levels.of(Lint::AlwaysTrue) >= levels.of(Lint::RedundantTerm) {
            return;
        }
    }
    if levels.of(Lint::RedundantTerm).severity().is_some() {
        let mut removed = Vec::new();
        let all = part.cells.all();
        redundant(part, &all, &mut removed);
        let mut alone = BTreeSet::new();
        removable(part, &all, &mut alone);
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
fn care<'s>(kind: &PartKind<'s>, outer: &CellSet<'s>, siblings: &CellSet<'s>) -> CellSet<'s> {
    match kind {
        PartKind::Or(_) => outer.and(&siblings.not()),
        _ => outer.and(siblings),
    }
}

/// Returns how an n-ary part combines the cells of its operands, and the neutral element of that.
fn combination<'s>(
    part: &Part<'s>,
) -> (fn(&CellSet<'s>, &CellSet<'s>) -> CellSet<'s>, CellSet<'s>) {
    match part.kind {
        PartKind::Or(_) => (CellSet::or, part.cells.none()),
        _ => (CellSet::and, part.cells.all()),
    }
}

/// Visits the operands of an n-ary part from right to left, each with the cells at which it matters.
///
/// `visit` returns the cells that the operand matches from then on; they are used for the operands
/// to its left. Returns the cells that the entire part matches after all visits.
fn right_to_left<'s>(
    part: &Part<'s>,
    operands: &[Part<'s>],
    outer: &CellSet<'s>,
    mut visit: impl FnMut(usize, &Part<'s>, &CellSet<'s>) -> CellSet<'s>,
) -> CellSet<'s> {
    let (combine, neutral) = combination(part);
    let mut lefts = Vec::with_capacity(operands.len());
    let mut left = neutral.clone();
    for operand in operands {
        let next = combine(&left, &operand.cells);
        lefts.push(std::mem::replace(&mut left, next));
    }
    let mut right = neutral;
    for ((index, operand), left) in operands.iter().enumerate().zip(lefts).rev() {
        let care = care(&part.kind, outer, &combine(&left, &right));
        let cells = visit(index, operand, &care);
        right = combine(&right, &cells);
    }
    right
}

/// Returns whether an operand has no effect at the cells at which it matters.
fn is_redundant(kind: &PartKind<'_>, operand: &Part<'_>, care: &CellSet<'_>) -> bool {
    match kind {
        PartKind::Or(_) => operand.cells.and(care).is_empty(),
        _ => care.is_subset(&operand.cells),
    }
}

/// Finds the outermost parts that have no effect at the cells of `outer`, from right to left; each
/// is removed before the next one is examined. Adds the span of each part and the span to remove.
/// Returns the cells that the remaining part matches: one operand stays, because nothing cannot be
/// written.
fn redundant<'s>(
    part: &Part<'s>,
    outer: &CellSet<'s>,
    removed: &mut Vec<(Span, Span)>,
) -> CellSet<'s> {
    let operands = match &part.kind {
        PartKind::Comparison(_) => return part.cells.clone(),
        PartKind::Not(part) => return redundant(part, outer, removed).not(),
        PartKind::And(operands) | PartKind::Or(operands) => operands,
    };
    let mut kept = vec![true; operands.len()];
    let cells = right_to_left(part, operands, outer, |index, operand, care| {
        let is_only = index == 0 && !kept.iter().skip(1).any(|kept| *kept);
        if !is_only && is_redundant(&part.kind, operand, care) {
            if let Some(kept) = kept.get_mut(index) {
                *kept = false;
            }
            return combination(part).1;
        }
        redundant(operand, care, removed)
    });
    let first_kept = kept.iter().position(|kept| *kept);
    let first_kept = first_kept.unwrap_or(operands.len());
    for (index, (operand, kept)) in operands.iter().zip(kept).enumerate() {
        if !kept {
            removed.push((operand.span, removal(operands, first_kept, index)));
        }
    }
    cells
}

/// Finds the parts that have no effect while all other parts stay.
fn removable<'s>(part: &Part<'s>, outer: &CellSet<'s>, found: &mut BTreeSet<Span>) {
    match &part.kind {
        PartKind::Comparison(_) => {}
        PartKind::Not(part) => removable(part, outer, found),
        PartKind::And(operands) | PartKind::Or(operands) => {
            right_to_left(part, operands, outer, |_, operand, care| {
                if is_redundant(&part.kind, operand, care) {
                    found.insert(operand.span);
                }
                removable(operand, care, found);
                operand.cells.clone()
            });
        }
    }
}

/// Returns the span to remove for an operand: the operand and the connective before it, or the one
/// after it if all operands before it are removed too.
fn removal(parts: &[Part<'_>], first_kept: usize, index: usize) -> Span {
    let span = parts.get(index).expect("an operand").span;
    let neighbor = |at: Option<usize>| at.and_then(|at| parts.get(at)).map(|part| part.span);
    if first_kept < index {
        let before = neighbor(index.checked_sub(1));
        Span::new(before.map_or(span.start, |before| before.end), span.end)
    } else {
        let after = neighbor(index.checked_add(1));
        Span::new(span.start, after.map_or(span.end, |after| after.start))
    }
}

/// A check of a filter.
struct MeaningCheck<'c> {
    declaration: &'static Declaration,
    levels: &'c Levels,
    text: &'c str,
}

impl MeaningCheck<'_> {
    /// Reports each innermost part that matches nothing. Returns whether there is one.
    fn contradictions(&self, part: &Part<'_>, diagnostics: &mut Vec<Diagnostic>) -> bool {
        let mut found = false;
        match &part.kind {
            PartKind::And(parts) | PartKind::Or(parts) => {
                for part in parts {
                    found |= self.contradictions(part, diagnostics);
                }
            }
            PartKind::Not(part) => found = self.contradictions(part, diagnostics),
            PartKind::Comparison(_) => {}
        }
        if !found && part.cells.is_empty() {
            self.contradiction(part, diagnostics);
            found = true;
        }
        found
    }

    /// Reports a part that matches nothing.
    fn contradiction(&self, part: &Part<'_>, diagnostics: &mut Vec<Diagnostic>) {
        let pair = conflicting_pair(part);
        let requirements = match &pair {
            Some(pair) => pair.to_vec(),
            None => minimal_conflict(part),
        };
        let [resource, _] = self.declaration.resource;
        let message = format!("no {resource} can match this part");
        let labeled = |diagnostic: Diagnostic| {
            requirements.iter().fold(diagnostic, |diagnostic, own| {
                diagnostic.label(own.span, self.label(own))
            })
        };
        let is_ordered = |own: &Requirement<'_>| {
            let group = self.declaration.groups.get(own.predicate.group);
            group.is_some_and(|group| group.domain() == Domain::Ordered)
        };
        if requirements.iter().all(is_ordered) {
            self.levels.report(Lint::EmptyInterval, diagnostics, || {
                labeled(Diagnostic::error(Code::EmptyInterval, part.span, message))
                    .help("the interval contains no timestamp; change or remove a bound")
            });
            return;
        }
        let has_or = requirements.iter().all(|own| {
            let group = self.declaration.groups.get(own.predicate.group);
            group.is_some_and(|group| group.or)
        });
        let Some([a, b]) = pair.filter(|pair| pair.iter().all(Requirement::is_equality)) else {
            diagnostics.push(
                labeled(Diagnostic::error(Code::Contradiction, part.span, message))
                    .help("these comparisons conflict; change or remove one of them"),
            );
            return;
        };
        let [(field, value), (other, other_value)] = [&a, &b].map(|own| self.comparison(own));
        let message = if field == other {
            format!("`{field}` cannot be both `{value}` and `{other_value}`")
        } else {
            message
        };
        let diagnostic = labeled(Diagnostic::error(Code::Contradiction, part.span, message));
        if !has_or {
            diagnostics.push(diagnostic.help("send a request for each of them"));
            return;
        }
        let diagnostic = diagnostic
            .help("to match either value, join the two comparisons with `OR` in parentheses");
        diagnostics.push(match either(self.text, part, a.span, b.span) {
            Some(edits) => diagnostic.fix(Fix::suggestion(edits)),
            None => diagnostic,
        });
    }

    /// Returns the name of a comparison's field, and what the field is compared with.
    fn comparison<'p>(&self, requirement: &Requirement<'p>) -> (&'static str, Cow<'p, str>) {
        let predicate = requirement.predicate;
        let Some(field) = self.declaration.field(predicate.group, predicate.field) else {
            return Default::default();
        };
        let value = match &predicate.constant {
            Constant::Value(value) => {
                let value = field.enum_values().get(*value);
                Cow::Borrowed(value.map_or("", |value| value.name))
            }
            Constant::Timestamp(timestamp) => Cow::Owned(timestamp.to_string()),
            Constant::Text(text) => Cow::Borrowed(&**text),
            Constant::Conditions(condition, own) => Cow::Owned(condition.join(own)),
        };
        (field.path, value)
    }

    fn label(&self, requirement: &Requirement<'_>) -> String {
        let (path, value) = self.comparison(requirement);
        let not = if requirement.is_negated { "not " } else { "" };
        let predicate = requirement.predicate;
        let field = self.declaration.field(predicate.group, predicate.field);
        if let Some(call) = field.and_then(Field::condition) {
            return format!("requires `{call}` {not}to hold");
        }
        let relation = match requirement.predicate.relation {
            Relation::Is | Relation::IsNot if requirement.is_equality() => "to be",
            Relation::Is | Relation::IsNot => "not to be",
            Relation::Before => return format!("requires `{path}` {not}to be before `{value}`"),
            Relation::NotAfter => {
                return format!("requires `{path}` {not}to be at or before `{value}`");
            }
            Relation::NotBefore => {
                return format!("requires `{path}` {not}to be at or after `{value}`");
            }
            Relation::After => return format!("requires `{path}` {not}to be after `{value}`"),
        };
        format!("requires `{path}` {relation} `{value}`")
    }
}

/// A comparison in a part, as a requirement: inverted if the part negates it.
#[derive(Clone)]
struct Requirement<'s> {
    span: Span,
    predicate: &'s Predicate<'s>,
    is_negated: bool,
    cells: CellSet<'s>,
}

impl<'s> Requirement<'s> {
    fn new(part: &Part<'s>, predicate: &'s Predicate<'s>, is_negated: bool) -> Self {
        Self {
            span: part.bare_span,
            predicate,
            is_negated,
            cells: if is_negated {
                part.cells.not()
            } else {
                part.cells.clone()
            },
        }
    }

    fn is_equality(&self) -> bool {
        match self.predicate.relation {
            Relation::Is => !self.is_negated,
            Relation::IsNot => self.is_negated,
            _ => false,
        }
    }
}

/// Returns the edits that move the operand at `b` of an AND next to the one at `a`, joined by OR;
/// `None` if the result would be a contradiction or the operands are not those of an AND.
fn either(text: &str, part: &Part<'_>, a: Span, b: Span) -> Option<Vec<Edit>> {
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
        .fold(a.cells.or(&b.cells), |cells, (_, part)| {
            cells.and(&part.cells)
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
        Edit::new(Span::at(a.end), format!(" OR {}{close}", b.within(text))),
        Edit::new(removal(parts, first, second), ""),
    ])
}

/// Finds the earliest pair of comparisons that conflict: both must hold for the part to match
/// anything, and nothing satisfies both.
fn conflicting_pair<'s>(part: &Part<'s>) -> Option<[Requirement<'s>; 2]> {
    let mut requirements = Vec::new();
    required(part, false, &mut requirements);
    // There are few different requirements, so `first` stays short.
    let mut first: Vec<Requirement<'s>> = Vec::new();
    for requirement in requirements {
        let cells = &requirement.cells;
        if let Some(other) = first.iter().find(|own| own.cells.and(cells).is_empty()) {
            return Some([other.clone(), requirement]);
        }
        if first.iter().all(|own| !own.cells.is_same(cells)) {
            first.push(requirement);
        }
    }
    None
}

/// Collects the comparisons that must all hold for the part to match anything: those below only
/// ANDs, or below only ORs if the part is negated.
fn required<'s>(part: &Part<'s>, is_negated: bool, requirements: &mut Vec<Requirement<'s>>) {
    match (&part.kind, is_negated) {
        (PartKind::And(parts), false) | (PartKind::Or(parts), true) => {
            for part in parts {
                required(part, is_negated, requirements);
            }
        }
        (PartKind::And(_) | PartKind::Or(_), _) => {}
        (PartKind::Not(part), _) => required(part, !is_negated, requirements),
        (PartKind::Comparison(predicate), _) => {
            requirements.push(Requirement::new(part, predicate, is_negated));
        }
    }
}

/// Finds a minimal set of the part's comparisons that conflict. With all other comparisons relaxed,
/// so that they restrict nothing, the part still matches nothing; with any of these relaxed too, it
/// matches something.
fn minimal_conflict<'s>(part: &Part<'s>) -> Vec<Requirement<'s>> {
    let mut requirements = Vec::new();
    relax(part, &part.cells.all(), false, &mut requirements);
    requirements.reverse();
    requirements
}

/// Relaxes every comparison that the conflict does not need, from right to left, and collects the
/// others. The part matches nothing, so a comparison is needed if it matters at any cell. Returns
/// the cells that the relaxed part matches.
fn relax<'s>(
    part: &Part<'s>,
    outer: &CellSet<'s>,
    is_negated: bool,
    requirements: &mut Vec<Requirement<'s>>,
) -> CellSet<'s> {
    match &part.kind {
        PartKind::And(operands) | PartKind::Or(operands) => {
            right_to_left(part, operands, outer, |_, operand, care| {
                relax(operand, care, is_negated, requirements)
            })
        }
        PartKind::Not(part) => relax(part, outer, !is_negated, requirements).not(),
        PartKind::Comparison(predicate) => {
            if outer.is_empty() {
                if is_negated {
                    part.cells.none()
                } else {
                    part.cells.all()
                }
            } else {
                requirements.push(Requirement::new(part, predicate, is_negated));
                part.cells.clone()
            }
        }
    }
}
