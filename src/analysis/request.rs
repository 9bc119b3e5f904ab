//! Lints about what a filter's request selects by itself.

use crate::diagnostic::{Code, Diagnostic, Quoted};
use crate::schema::{Constant, Declaration, Levels, Lint, Predicate, Values};
use crate::values::Timestamp;

use super::lower::{Part, PartKind};

/// What is known about the request of a filter.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Request<'r> {
    /// The parent, such as `spaces/AAAA`.
    pub(crate) parent: Option<&'r str>,
    /// The time of the request.
    pub(crate) now: Option<Timestamp>,
}

const DAY: i64 = 86_400;

/// Reports comparisons with values outside of what the request selects.
pub(crate) fn check(
    declaration: &'static Declaration,
    levels: &Levels,
    request: Request<'_>,
    part: &Part<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    match &part.kind {
        PartKind::And(parts) | PartKind::Or(parts) => {
            for part in parts {
                check(declaration, levels, request, part, diagnostics);
            }
        }
        PartKind::Not(part) => check(declaration, levels, request, part, diagnostics),
        PartKind::Comparison(predicate) => {
            if let Some(parent) = request.parent {
                foreign_name(declaration, levels, parent, part, predicate, diagnostics);
            }
            if let Some(now) = request.now {
                outside_window(declaration, levels, now, part, predicate, diagnostics);
            }
        }
    }
}

/// Reports a name that is not in the parent of the request.
fn foreign_name(
    declaration: &'static Declaration,
    levels: &Levels,
    parent: &str,
    part: &Part<'_>,
    predicate: &Predicate<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(field) = declaration.field(predicate.group, predicate.field) else {
        return;
    };
    let (
        Values::Name {
            is_in_parent: true, ..
        },
        Constant::Text(name),
    ) = (&field.values, &predicate.constant)
    else {
        return;
    };
    let rest = name.strip_prefix(parent);
    if rest.is_some_and(|rest| rest.starts_with('/')) {
        return;
    }
    levels.report(Lint::ForeignThread, diagnostics, || {
        let [_, resources] = declaration.resource;
        let parent = Quoted(parent);
        Diagnostic::error(
            Code::ForeignThread,
            part.bare_span,
            format!("{} is not in {parent}", Quoted(name)),
        )
        .label(part.bare_span, "matches nothing")
        .help(format!("the request lists only {resources} in {parent}"))
    });
}

/// Reports a timestamp in the future, or before the time to which the service limits what it lists.
fn outside_window(
    declaration: &'static Declaration,
    levels: &Levels,
    now: Timestamp,
    part: &Part<'_>,
    predicate: &Predicate<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let group = declaration.groups.get(predicate.group);
    let Some(days) = group.and_then(|group| group.days) else {
        return;
    };
    let Constant::Timestamp(timestamp) = predicate.constant else {
        return;
    };
    let start = Timestamp::new(now.seconds() - i64::from(days) * DAY, now.nanos());
    let is_early = start.is_some_and(|start| timestamp < start);
    if !is_early && timestamp <= now {
        return;
    }
    levels.report(Lint::OutsideWindow, diagnostics, || {
        let message = if is_early {
            format!("`{timestamp}` is more than {days} days ago")
        } else {
            format!("`{timestamp}` is in the future")
        };
        Diagnostic::error(Code::OutsideWindow, part.bare_span, message)
            .label(part.bare_span, format!("the time is now `{now}`"))
            .help(format!("the service lists only the last {days} days"))
    });
}
