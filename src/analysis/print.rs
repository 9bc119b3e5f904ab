//! Printing of conjunctions: the shortest text with the meaning.

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::conjunction::{Conjunction, Set};
use crate::diagnostic::Span;
use crate::schema::{And, Declaration, Field, FieldGroup, Quoting, Relation};
use crate::syntax::lexical::is_plain_member;
use crate::syntax::{Comparator, Quotes, Value};
use crate::values::Timestamp;
use crate::values::conditions::Condition;

impl Conjunction<'_> {
    /// Prints the fewest comparisons with this meaning, in the order of the declaration.
    pub(crate) fn print(&self, declaration: &Declaration, f: &mut impl Write) -> fmt::Result {
        if self.is_empty() {
            // What a filter must contain has no effect on a filter that matches nothing.
            let required = declaration.expected.iter();
            for expected in required.filter(|expected| expected.lint.is_none()) {
                write!(f, "{} AND ", expected.comparison)?;
            }
        }
        for (index, conjunct) in self.0.iter().enumerate() {
            let Some(group) = declaration.groups.get(conjunct.group) else {
                continue;
            };
            let alternatives = alternatives(group, &conjunct.set);
            let is_or = alternatives.len() > 1;
            let text: Vec<String> = alternatives
                .into_iter()
                .map(|comparisons| match comparisons.as_slice() {
                    [_, _, ..] if is_or => format!("({})", comparisons.join(" AND ")),
                    _ => comparisons.join(" AND "),
                })
                .collect();
            let text = text.join(" OR ");
            let separator = if index > 0 { " AND " } else { "" };
            if is_or && self.0.len() > 1 {
                write!(f, "{separator}({text})")?;
            } else {
                write!(f, "{separator}{text}")?;
            }
        }
        Ok(())
    }
}

/// Returns the comparisons of a set of values: an OR of ANDs.
fn alternatives(group: &FieldGroup, set: &Set<'_>) -> Vec<Vec<String>> {
    match set {
        Set::Values(bits)
            if let [field] = group.fields
                && let Some(call) = field.condition() =>
        {
            let not = if *bits & 1 == 0 { "NOT " } else { "" };
            vec![vec![format!("{not}{call}")]]
        }
        Set::Values(bits) => {
            let fields = group.fields.iter();
            let named = fields.flat_map(|field| {
                let values = field.enum_values().iter().enumerate();
                values.filter_map(move |(at, value)| {
                    let is_in = bits >> at & 1 == 1;
                    is_in.then(|| comparison(field, Relation::Is, value.name))?
                })
            });
            named.map(|comparison| vec![comparison]).collect()
        }
        Set::Timestamps(intervals) if intervals.is_empty() => {
            let nothing = bound(group, Relation::After, Some(Timestamp::MAX))
                .or_else(|| bound(group, Relation::Before, Some(Timestamp::MIN)));
            vec![nothing.into_iter().collect()]
        }
        Set::Timestamps(intervals) => {
            let intervals = intervals.iter();
            intervals
                .map(
                    |(first, last)| match bound(group, Relation::Is, Some(*first)) {
                        Some(text) if first == last => vec![text],
                        _ => {
                            let lower = shorter(
                                bound(group, Relation::After, first.previous()),
                                bound(group, Relation::NotBefore, first.previous().map(|_| *first)),
                            );
                            let upper = shorter(
                                bound(group, Relation::Before, last.next()),
                                bound(group, Relation::NotAfter, last.next().map(|_| *last)),
                            );
                            if lower.is_none() && upper.is_none() {
                                // All timestamps: only a resource without one does not match.
                                let all = bound(group, Relation::NotBefore, Some(*first))
                                    .or_else(|| bound(group, Relation::NotAfter, Some(*last)));
                                return all.into_iter().collect();
                            }
                            lower.into_iter().chain(upper).collect()
                        }
                    },
                )
                .collect()
        }
        Set::Conditions(condition, alternatives) => {
            let Some(field) = group.fields.first() else {
                return Vec::new();
            };
            // Words under AND are not merged, unless an OR is around them: it excludes AND.
            let texts = alternatives.iter().map(|own| match condition {
                Condition::Beginning if alternatives.len() > 1 || group.and == And::Never => {
                    let text = condition.join(&own.conditions);
                    Vec::from_iter(comparison(field, Relation::Is, &text))
                }
                Condition::Beginning => own
                    .written()
                    .iter()
                    .filter_map(|words| comparison(field, Relation::Is, &condition.join(words)))
                    .collect(),
                Condition::Phrase => own
                    .conditions
                    .iter()
                    .map(|phrase| {
                        let phrase = std::slice::from_ref(phrase);
                        format!("\"{}\"", condition.join(phrase))
                    })
                    .collect(),
                Condition::Name => own
                    .conditions
                    .iter()
                    .filter_map(|name| comparison(field, Relation::Is, name))
                    .collect(),
            });
            texts.collect()
        }
        Set::User(names) => {
            let fields = group.fields.iter();
            let comparisons = fields.flat_map(|field| {
                let names = names.iter();
                names.filter_map(|name| comparison(field, Relation::Is, name))
            });
            vec![comparisons.collect()]
        }
        Set::Texts(texts) => {
            let texts = texts.iter().filter_map(|(field, text)| {
                let field = group.fields.get(*field)?;
                comparison(field, Relation::Is, text)
            });
            texts.map(|comparison| vec![comparison]).collect()
        }
    }
}

fn shorter(a: Option<String>, b: Option<String>) -> Option<String> {
    a.into_iter().chain(b).min_by_key(String::len)
}

/// Returns the comparison of a group's timestamps with one of them; `None` if no field of the group
/// has the relation.
fn bound(group: &FieldGroup, relation: Relation, timestamp: Option<Timestamp>) -> Option<String> {
    let text = timestamp?.to_string();
    let mut fields = group.fields.iter();
    fields.find_map(|field| comparison(field, relation, &text))
}

/// Returns a comparison; `None` if the field does not have the relation.
fn comparison(field: &Field, relation: Relation, text: &str) -> Option<String> {
    let comparator = field.comparator(relation)?;
    let value = Value {
        span: Span::default(),
        text: Cow::Borrowed(text),
        quotes: match field.quoting() {
            Quoting::Optional | Quoting::Rejected if is_plain_member(text) => Quotes::None,
            _ => Quotes::Double,
        },
    };
    let path = field.path;
    Some(match comparator {
        Comparator::Has => format!("{path}:{value}"),
        _ => format!("{path} {comparator} {value}"),
    })
}
