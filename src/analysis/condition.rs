//! Conditions on the columns of a table, instead of on a resource.

use std::borrow::Cow;

use super::conjunction::{Conjunction, Set};
use crate::schema::{Declaration, FieldGroup};
use crate::values::Timestamp;

/// What a filter requires of a group.
#[derive(Clone, Debug)]
pub struct Condition<'f> {
    /// Index of the group in the declaration.
    pub(crate) group: usize,
    pub(crate) values: Accepted<'f>,
}

/// The values that a filter accepts.
#[derive(Clone, Debug)]
pub(crate) enum Accepted<'f> {
    Names(Names),
    /// One of the values of a boolean, which is false if it is absent.
    Boolean(bool),
    /// The names of the user that the call of a function stands for, or those of all others.
    Caller(bool),
    /// The first and the last timestamp of intervals, sorted, that do not touch.
    Timestamps(&'f [(Timestamp, Timestamp)]),
    /// Sorted texts, each with the index of its field.
    Texts(&'f [(usize, Cow<'f, str>)]),
    /// What no column tells.
    Unsupported,
}

/// A set of the values of an enum.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) listed: Vec<&'static str>,
    /// Whether the set has all names but the listed ones.
    pub(crate) is_complement: bool,
    pub(crate) absent: Absent,
}

/// Whether a set includes the resources without a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    Excluded,
    Included,
    /// Only if the object that has the property is absent, too.
    WithoutParent,
    /// Only if the object that has the property is there.
    WithParent,
}

impl Conjunction<'_> {
    /// Returns the condition for each group that the filter restricts.
    pub(crate) fn conditions(&self, declaration: &'static Declaration) -> Vec<Condition<'_>> {
        let conjuncts = self.0.iter().map(|conjunct| Condition {
            group: conjunct.group,
            values: match (declaration.groups.get(conjunct.group), &conjunct.set) {
                (Some(group), Set::Values(bits)) => values(group, *bits),
                (_, Set::Timestamps(intervals)) => Accepted::Timestamps(intervals),
                (_, Set::Texts(texts)) => Accepted::Texts(texts),
                _ => Accepted::Unsupported,
            },
        });
        conjuncts.collect()
    }
}

/// Returns the values of a group in a set with a bit for each, and one for everything else. A
/// resource without a value is in no set.
fn values(group: &FieldGroup, bits: u32) -> Accepted<'static> {
    let values = match group.fields {
        [field] => field.enum_values(),
        _ => &[],
    };
    if values.is_empty() {
        return Accepted::Caller(bits & 1 == 1);
    }
    if matches!(values, [yes, no] if (yes.name, no.name) == ("true", "false")) {
        return Accepted::Boolean(bits & 1 == 1);
    }
    let is_complement = bits >> values.len() & 1 == 1;
    let selected = values.iter().enumerate();
    let selected = selected
        .filter(|(at, value)| (bits >> at & 1 == 1) != is_complement && !value.is_unspecified);
    Accepted::Names(Names {
        listed: selected
            .flat_map(|(_, value)| [Some(value.name), value.batch])
            .flatten()
            .collect(),
        is_complement,
        absent: Absent::Excluded,
    })
}
