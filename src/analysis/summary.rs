//! What a conjunction has, as data for programs.

use serde::Serialize;

use super::conjunction::{Conjunction, Set};
use crate::schema::{Declaration, Field};
use crate::values::Timestamp;

/// What a filter matches of a group's values.
#[derive(Clone, Debug, Serialize)]
pub struct GroupMeaning {
    /// The fields of the group.
    fields: Vec<&'static str>,
    #[serde(flatten)]
    set: SetMeaning,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum SetMeaning {
    /// The names of an enum's values; `*` stands for all others.
    Values(Vec<&'static str>),
    /// Whether a condition holds.
    Holds(bool),
    Intervals(Vec<Interval>),
    Texts(Vec<FieldText>),
    /// Words, phrases or names, of which one of the lists must be there completely.
    Alternatives(Vec<Vec<String>>),
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Interval {
    start: Option<Timestamp>,
    start_included: bool,
    end: Option<Timestamp>,
    end_included: bool,
}

#[derive(Clone, Debug, Serialize)]
struct FieldText {
    field: &'static str,
    text: String,
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
                    SetMeaning::Holds(bits & 1 == 1)
                }
                Set::Values(bits) => {
                    let values = group.fields.iter().flat_map(Field::enum_values);
                    let names = values.map(|value| value.name).chain(["*"]).enumerate();
                    let names = names.filter(|(at, _)| bits >> at & 1 == 1);
                    SetMeaning::Values(names.map(|(_, name)| name).collect())
                }
                Set::Timestamps(intervals) => {
                    SetMeaning::Intervals(intervals.iter().map(Interval::new).collect())
                }
                Set::Texts(texts) => {
                    let texts = texts.iter().filter_map(|(field, text)| {
                        let field = group.fields.get(*field)?.path;
                        let text = text.clone().into_owned();
                        Some(FieldText { field, text })
                    });
                    SetMeaning::Texts(texts.collect())
                }
                Set::User(names) => {
                    let names = names.iter().map(|name| name.clone().into_owned());
                    SetMeaning::Alternatives(vec![names.collect()])
                }
                Set::Conditions(_, alternatives) => {
                    let own = alternatives.iter().map(|own| own.conditions.clone());
                    SetMeaning::Alternatives(own.collect())
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
