//! What a filter language is.

use std::borrow::Cow;

use super::field::{EnumValue, Field, Help, Quoting, Relation, Values, join};
use super::lint::{Level, Levels, Lint};
use crate::values::conditions::Condition;

/// The filter language of a method.
#[derive(Debug)]
pub struct Declaration {
    /// The method, such as `spaces.members.list`.
    pub(crate) method: &'static str,
    /// Whether a request without a filter is invalid.
    pub(crate) is_required: bool,
    /// The maximum length of a filter in characters, if the method has one.
    pub(crate) max_length: Option<usize>,
    /// What the filter selects, in the singular and in the plural.
    pub(crate) resource: [&'static str; 2],
    /// The fields, grouped.
    pub(crate) groups: &'static [FieldGroup],
    /// What may join comparisons of different groups.
    pub(crate) across: Across,
    /// Comparisons that a filter should contain.
    pub(crate) expected: &'static [Expected],
    /// Whether `NOT` is documented, so that the lint `negation` reports only `-`.
    pub(crate) has_not: bool,
    /// Whether adjacent terms are documented, which are joined by an implicit AND.
    pub(crate) has_sequences: bool,
    /// Lints with another default level than in other languages.
    pub(crate) levels: &'static [(Lint, Level)],
    /// Lints that are errors, whatever their level.
    pub(crate) denied: &'static [Lint],
    /// Names that are not fields, in lower case without punctuation, with the help for them.
    pub(crate) elsewhere: &'static [Help],
    /// A comparison, for messages.
    pub(crate) example: &'static str,
    /// What to write instead of a negation.
    pub(crate) instead_of_negation: &'static str,
}

/// A comparison of a field that every filter should contain.
#[derive(Debug)]
pub(crate) struct Expected {
    /// Index of the field's group.
    pub(crate) group: usize,
    /// The requests of which it is expected.
    pub(crate) access: Access,
    /// The lint that reports a filter without it; `None` if such a filter is invalid.
    pub(crate) lint: Option<Lint>,
    pub(crate) message: &'static str,
    /// A comparison to add.
    pub(crate) comparison: &'static str,
}

/// Requests with or without `useAdminAccess`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Any,
    Admin,
    User,
}

impl Access {
    pub(crate) const fn includes(self, admin_access: bool) -> bool {
        match self {
            Self::Any => true,
            Self::Admin => admin_access,
            Self::User => !admin_access,
        }
    }
}

/// What may join comparisons of different groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Across {
    /// Only AND.
    And,
    /// AND and OR, nested in any way.
    AndOr,
}

/// Fields of which a resource has one value altogether, such as an emoji that is either a Unicode
/// emoji or a custom one. Mostly a group has one field.
#[derive(Debug)]
pub(crate) struct FieldGroup {
    pub(crate) fields: &'static [Field],
    /// Whether OR may join comparisons of the group.
    pub(crate) or: bool,
    pub(crate) and: And,
    /// Whether a resource can have several of the names at once.
    pub(crate) is_multiple: bool,
    /// Whether every resource has one of the values of an enum, so that no other value exists.
    pub(crate) is_closed: bool,
    /// The requests that can filter by the fields.
    pub(crate) access: Access,
    /// Number of days before the time of a request to which the service limits the timestamps.
    pub(crate) days: Option<u32>,
}

/// What AND may join in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum And {
    /// Anything that is not a contradiction.
    Any,
    /// A lower and an upper bound.
    Interval,
    /// Anything, but not if OR joins comparisons of the group, too.
    Unmixed,
    /// Nothing: the group can be in one operand of AND only.
    Never,
}

/// The kind of a group's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Domain {
    /// The values of an enum.
    Finite,
    /// Timestamps.
    Ordered,
    /// Names and texts.
    Distinct,
    /// Conditions, of which a resource can meet several.
    Conditions(Condition),
}

impl FieldGroup {
    /// A group without fields, to be completed.
    pub(crate) const NEW: Self = Self {
        fields: &[],
        or: false,
        and: And::Any,
        is_multiple: false,
        is_closed: false,
        access: Access::Any,
        days: None,
    };

    /// Returns the number of values that filters can name, if it is finite.
    pub(crate) const fn values(&self) -> usize {
        match self.fields {
            [field, ..] => match field.values {
                Values::Enum { values, .. } => values.len(),
                Values::Call(_) | Values::Any => 1,
                _ => 0,
            },
            [] => 0,
        }
    }

    /// Returns whether a resource has one user, whom the group's names stand for.
    pub(crate) fn is_of_user(&self) -> bool {
        let mut values = self.fields.iter().map(|field| &field.values);
        !self.is_multiple
            && values.any(|values| {
                matches!(values, Values::Name { pattern, .. } if pattern.starts_with("users/"))
            })
    }

    pub(crate) const fn domain(&self) -> Domain {
        match self.fields {
            [field, ..] => match field.values {
                Values::Enum { .. } | Values::Call(_) | Values::Any => Domain::Finite,
                Values::Timestamp => Domain::Ordered,
                Values::Name { .. } if self.is_multiple => Domain::Conditions(Condition::Name),
                Values::Name { .. } | Values::Text => Domain::Distinct,
                Values::Words { .. } => Domain::Conditions(Condition::Beginning),
                Values::Keywords => Domain::Conditions(Condition::Phrase),
            },
            [] => Domain::Finite,
        }
    }
}

impl Declaration {
    /// A declaration without fields, to be completed.
    pub(crate) const NEW: Self = Self {
        method: "",
        is_required: false,
        max_length: None,
        resource: ["", ""],
        groups: &[],
        across: Across::And,
        expected: &[],
        has_not: false,
        has_sequences: false,
        levels: &[],
        denied: &[],
        elsewhere: &[],
        example: "",
        instead_of_negation: "",
    };

    /// Panics unless the engine can handle the declaration: for the compiler to evaluate.
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
    pub(crate) const fn validate(&self) {
        let mut at = 0;
        while at < self.groups.len() {
            let group = &self.groups[at];
            assert!(!group.fields.is_empty(), "a group has fields");
            let mut index = 0;
            while index < group.fields.len() {
                let field = &group.fields[index];
                let values = field.enum_values().len();
                assert!(values < 32, "a set of values has 32 bits");
                assert!(
                    !matches!(group.domain(), Domain::Conditions(_)) || group.fields.len() == 1,
                    "only one field of a group can have conditions"
                );
                assert!(
                    group.fields.len() == 1 || (values == 0 && !field.is_function()),
                    "only one field of a group can have enum values or be a function"
                );
                let mut operator = 0;
                while operator < field.operators.len() {
                    assert!(
                        self.across as u8 == Across::AndOr as u8
                            || field.operators[operator].relation as u8 != Relation::IsNot as u8,
                        "a set for each group has no complement"
                    );
                    operator += 1;
                }
                assert!(
                    self.across as u8 == Across::And as u8 || values > 0,
                    "combinations are of enum values"
                );
                index += 1;
            }
            at += 1;
        }
    }

    /// Returns the fields with names.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static Field> {
        let fields = self.groups.iter().flat_map(|group| group.fields);
        fields.filter(|field| !field.is_keywords())
    }

    /// Returns the index of the group of the keywords, if the language has them.
    pub(crate) fn keywords(&self) -> Option<usize> {
        let is_keywords = |group: &FieldGroup| group.fields.iter().any(Field::is_keywords);
        self.groups.iter().position(is_keywords)
    }

    /// Returns the index of a field's group, the index in the group, and the field, of the field
    /// whose name satisfies a condition.
    #[inline]
    pub(crate) fn find(
        &self,
        is_name: impl Fn(&Field) -> bool,
    ) -> Option<(usize, usize, &'static Field)> {
        self.groups.iter().enumerate().find_map(|(at, group)| {
            let mut fields = group.fields.iter().enumerate();
            let (index, field) =
                fields.find(|(_, field)| !field.is_keywords() && is_name(field))?;
            Some((at, index, field))
        })
    }

    /// Returns levels with those that the language has for some lints: other defaults, and those that
    /// are errors.
    pub(crate) fn levels(&self, mut levels: Levels) -> Levels {
        for (lint, level) in self.levels {
            levels.set(*lint, levels.or_default(*lint, *level));
        }
        for lint in self.denied {
            levels.set(*lint, Level::Deny);
        }
        levels
    }

    /// Returns a field by the index of its group and its index in the group.
    pub(crate) fn field(&self, group: usize, field: usize) -> Option<&'static Field> {
        self.groups.get(group)?.fields.get(field)
    }

    /// Returns the index of a group's enum value with a name of a resource; the number of values if
    /// filters do not match it by its name.
    pub(crate) fn enum_index(&self, group: usize, name: &str) -> usize {
        let values = self.field(group, 0).map_or(&[][..], Field::enum_values);
        let has_name = |value: &EnumValue| {
            !value.is_unspecified && (value.name == name || value.batch == Some(name))
        };
        values.iter().position(has_name).unwrap_or(values.len())
    }

    /// Returns the names of the fields, for a message.
    pub(super) fn field_names(&self, word: &str) -> String {
        let names = self.fields().map(|field| match field.condition() {
            Some(call) => Cow::Owned(call),
            None => Cow::Borrowed(field.path),
        });
        join(names, ["`", "`"], word)
    }

    /// Returns the calls of the functions, for a message.
    pub(super) fn function_names(&self, word: &str) -> String {
        let functions = self.fields().filter(|field| field.is_function());
        join(functions.filter_map(Field::condition), ["`", "`"], word)
    }

    /// Returns whether a lint can report anything about filters of the language.
    pub(crate) fn has(&self, lint: Lint) -> bool {
        match lint {
            Lint::UndocumentedOperator => self
                .fields()
                .any(|field| field.operators.iter().any(|own| own.instead.is_some())),
            Lint::UndocumentedValue => self
                .fields()
                .any(|field| field.enum_values().iter().any(|own| !own.is_documented)),
            Lint::FieldSpelling => self.fields().any(|field| !field.misspellings.is_empty()),
            Lint::EmptyInterval => self
                .groups
                .iter()
                .any(|own| own.domain() == Domain::Ordered),
            Lint::UserAlias => self.fields().any(|field| {
                matches!(field.values, Values::Name { pattern, has_aliases: false, .. }
                    if pattern.starts_with("users/"))
            }),
            Lint::QuotedValue => self.fields().any(|field| {
                field.quoting() == Quoting::Rejected && !matches!(field.values, Values::Any)
            }),
            Lint::ImplicitAnd => !self.has_sequences,
            Lint::ForeignThread => self.fields().any(|field| {
                matches!(
                    field.values,
                    Values::Name {
                        is_in_parent: true,
                        ..
                    }
                )
            }),
            Lint::OutsideWindow => self.groups.iter().any(|own| own.days.is_some()),
            Lint::MissingEventType | Lint::EmptyResponse => {
                self.expected.iter().any(|own| own.lint == Some(lint))
            }
            _ => true,
        }
    }
}
