//! What a conjunction has, as data for programs.

use serde::Serialize;

use super::conjunction::{Conjunction, Set};
use crate::schema::{Declaration, Field};
use crate::values::Timestamp;

/// What a filter matches of the values of a group of fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GroupMeaning {
    /// The fields of the group; `keyword` for words to search for.
    pub fields: Vec<&'static str>,
    /// The values that match.
    #[serde(flatten)]
    pub set: ValueSet,
}

/// A set of values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ValueSet {
    /// The names of an enum's values; `*` stands for all others.
    Values(Vec<&'static str>),
    /// Whether a condition without a value holds.
    Holds(bool),
    /// Intervals of time, in their order. None if nothing matches.
    Intervals(Vec<Interval>),
    /// Texts, of which one must be the value of its field.
    Texts(Vec<FieldText>),
    /// Words, phrases or names, of which one of the lists must be there completely.
    Alternatives(Vec<Vec<String>>),
}

/// An interval of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Interval {
    /// The start; `None` if there is no bound.
    pub start: Option<Timestamp>,
    /// Whether the interval includes its start.
    pub start_included: bool,
    /// The end; `None` if there is no bound.
    pub end: Option<Timestamp>,
    /// Whether the interval includes its end.
    pub end_included: bool,
}

/// A text of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FieldText {
    /// The field.
    pub field: &'static str,
    /// The text.
    pub text: String,
}

impl Conjunction<'_> {
    /// Returns the set of each group that the filter depends on.
    pub(crate) fn summary(&self, declaration: &'static Declaration) -> Vec<GroupMeaning> {
        let conjuncts = self.0.iter().filter_map(|conjunct| {
            let group = declaration.groups.get(conjunct.group)?;
            let name = |path: &'static str| if path.is_empty() { "keyword" } else { path };
            let fields = group.fields.iter().map(|field| name(field.path)).collect();
            let set = match &conjunct.set {
                Set::Values(bits) if group.fields.iter().any(|own| own.condition().is_some()) => {
                    ValueSet::Holds(bits & 1 == 1)
                }
                Set::Values(bits) => {
                    let values = group.fields.iter().flat_map(Field::enum_values);
                    let names = values.map(|value| value.name).chain(["*"]).enumerate();
                    let names = names.filter(|(at, _)| bits >> at & 1 == 1);
                    ValueSet::Values(names.map(|(_, name)| name).collect())
                }
                Set::Timestamps(intervals) => {
                    ValueSet::Intervals(intervals.iter().map(Interval::new).collect())
                }
                Set::Texts(texts) => {
                    let texts = texts.iter().filter_map(|(field, text)| {
                        let field = group.fields.get(*field)?.path;
                        let text = text.clone().into_owned();
                        Some(FieldText { field, text })
                    });
                    ValueSet::Texts(texts.collect())
                }
                Set::User(names) => {
                    let names = names.iter().map(|name| name.clone().into_owned());
                    ValueSet::Alternatives(vec![names.collect()])
                }
                Set::Conditions(_, alternatives) => {
                    let own = alternatives.iter().map(|own| own.conditions.clone());
                    ValueSet::Alternatives(own.collect())
                }
            };
            Some(GroupMeaning { fields, set })
        });
        conjuncts.collect()
    }
}

impl Interval {
    /// Creates an interval from its first and its last timestamp. An end is excluded if that is
    /// shorter to write.
    fn new((first, last): &(Timestamp, Timestamp)) -> Self {
        let length = |timestamp: &Timestamp| timestamp.to_string().len();
        let end = |own: Timestamp, neighbor: Option<Timestamp>| match neighbor {
            None => (None, false),
            Some(other) if length(&other) < length(&own) => (Some(other), false),
            Some(_) => (Some(own), true),
        };
        let (start, start_included) = end(*first, first.previous());
        let (end, end_included) = end(*last, last.next());
        Self {
            start,
            start_included,
            end,
            end_included,
        }
    }
}
