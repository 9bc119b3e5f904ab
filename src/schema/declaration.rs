//! What a filter language is.

use std::borrow::Cow;

use super::lint::{Level, Lint};
use crate::syntax::Comparator;

/// The filter language of a method.
#[derive(Debug)]
pub struct Declaration {
    /// The method, such as `spaces.members.list`.
    pub(crate) method: &'static str,
    /// Whether a request without a filter is invalid.
    pub(crate) is_required: bool,
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
    /// The lint that reports a filter without it.
    pub(crate) lint: Lint,
    pub(crate) message: &'static str,
    pub(crate) help: &'static str,
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
    /// Nothing: the group can be in one operand of AND only.
    Never,
}

/// A field.
#[derive(Debug)]
pub(crate) struct Field {
    /// The name that is printed.
    pub(crate) path: &'static str,
    /// Other accepted spellings of the name.
    pub(crate) aliases: &'static [&'static str],
    /// Spellings of the name that the lint `field-spelling` reports.
    pub(crate) misspellings: &'static [&'static str],
    /// Names that are not accepted, but certainly mean the field.
    pub(crate) other_names: &'static [&'static str],
    /// Names that are not accepted, in lower case without punctuation.
    pub(crate) synonyms: &'static [&'static str],
    /// The operators, the documented ones first.
    pub(crate) operators: &'static [Operator],
    pub(crate) values: Values,
    /// The property of a resource that the field is about, as a path in `snake_case`; `None` if tables
    /// have no column for it. A call is about the user whom the property names.
    pub(crate) column: Option<&'static str>,
    /// The object that has this property, if its absence differs from that of the property.
    pub(crate) parent: Option<&'static str>,
    /// Comparisons, for messages.
    pub(crate) examples: &'static str,
}

/// A comparator that a field accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) comparator: Comparator,
    pub(crate) relation: Relation,
    /// What to write instead, if only AIP-160 documents the operator.
    pub(crate) instead: Option<&'static str>,
}

/// What a comparison says about the value of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Is,
    IsNot,
    Before,
    NotAfter,
    NotBefore,
    After,
}

/// The values of a field.
#[derive(Debug)]
pub(crate) enum Values {
    /// Names, always quoted.
    Enum {
        values: &'static [EnumValue],
        /// What all names may begin with.
        prefix: &'static str,
        /// Names that are not values, in upper case without the prefix, with the help for them.
        elsewhere: &'static [Help],
    },
    /// Timestamps of RFC 3339, always quoted.
    Timestamp,
    /// Resource names.
    Name {
        /// Such as `spaces/{space}`.
        pattern: &'static str,
        quoting: Quoting,
        /// Whether aliases of users are documented, such as `users/me`.
        has_aliases: bool,
        /// Whether only names in the parent of a request can match, as the lint `foreign-thread`
        /// expects.
        is_in_parent: bool,
    },
    /// None: the field is the name of a function, whose call with this argument holds or not.
    Call(&'static str),
    /// Any text but an empty one, always quoted.
    Text,
}

/// How a value is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quoting {
    /// Always, in double quotes.
    Required,
    /// Only where it must be.
    Optional,
    /// Never: the service rejects quotes.
    Rejected,
}

/// A value of an enum field.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EnumValue {
    pub(crate) name: &'static str,
    /// Whether the filter documentation lists the value; if not, only the API does.
    pub(crate) is_documented: bool,
    /// The value of a resource that stands for several of this one. The comparison matches it, too,
    /// and filters cannot name it.
    pub(crate) batch: Option<&'static str>,
    /// Other names for it, in upper case without the prefix, each with the help for it.
    pub(crate) synonyms: &'static [Help],
}

/// Names that are not in the language, with the help for them.
pub(crate) type Help = (&'static [&'static str], &'static str);

/// The kind of a group's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Domain {
    /// The values of an enum.
    Finite,
    /// Timestamps.
    Ordered,
    /// Names and texts.
    Distinct,
}

impl Field {
    /// A field without a name, to be completed.
    pub(crate) const NEW: Self = Self {
        path: "",
        aliases: &[],
        misspellings: &[],
        other_names: &[],
        synonyms: &[],
        operators: &[],
        values: Values::Text,
        column: None,
        parent: None,
        examples: "",
    };

    /// Returns how values of the field are quoted.
    pub(crate) const fn quoting(&self) -> Quoting {
        match self.values {
            Values::Name { quoting, .. } => quoting,
            _ => Quoting::Required,
        }
    }

    /// Returns whether the field is the name of a function.
    pub(super) const fn is_function(&self) -> bool {
        matches!(self.values, Values::Call(_))
    }

    /// Returns whether names of an enum field's values have dots.
    pub(super) fn has_dotted_values(&self) -> bool {
        let mut values = self.enum_values().iter();
        values.any(|value| value.name.contains('.'))
    }

    /// Returns the call of a field that is a function.
    pub(crate) fn call(&self) -> Option<String> {
        match self.values {
            Values::Call(argument) => Some(format!("{}(\"{argument}\")", self.path)),
            _ => None,
        }
    }

    /// Returns the values of an enum field; none for other fields.
    pub(crate) const fn enum_values(&self) -> &'static [EnumValue] {
        match self.values {
            Values::Enum { values, .. } => values,
            _ => &[],
        }
    }

    /// Returns the value of an enum field with the given name.
    pub(super) fn value(&self, name: &str) -> Option<&'static EnumValue> {
        self.enum_values().iter().find(|value| value.name == name)
    }

    /// Returns whether the text is an accepted spelling of the field's name.
    #[inline]
    pub(crate) fn is_spelled(&self, text: &[u8]) -> bool {
        text == self.path.as_bytes() || self.aliases.iter().any(|alias| text == alias.as_bytes())
    }

    /// Returns how the field accepts a comparator.
    #[inline]
    pub(crate) fn operator(&self, comparator: Comparator) -> Option<&'static Operator> {
        let mut operators = self.operators.iter();
        operators.find(|operator| operator.comparator == comparator)
    }

    /// Returns the documented comparator for a relation.
    pub(crate) fn comparator(&self, relation: Relation) -> Option<Comparator> {
        let mut operators = self.documented_operators();
        let operator = operators.find(|operator| operator.relation == relation)?;
        Some(operator.comparator)
    }

    fn documented_operators(&self) -> impl Iterator<Item = &'static Operator> + Clone {
        let operators = self.operators.iter();
        operators.filter(|operator| operator.instead.is_none())
    }

    /// Returns the operator to suggest where there is none, with the white space around it; `None`
    /// if it could be one of several.
    pub(super) fn usual_operator(&self) -> Option<&'static str> {
        let mut comparators = self.documented_operators().map(|own| own.comparator);
        if comparators.clone().any(|own| own == Comparator::Equal) {
            return Some(" = ");
        }
        match (comparators.next()?, comparators.next()) {
            (Comparator::Has, None) => Some(":"),
            _ => None,
        }
    }

    /// Returns the documented operators, for a message.
    pub(super) fn operator_names(&self, word: &str) -> String {
        let operators = self.documented_operators();
        join(
            operators.map(|own| own.comparator.as_str()),
            ["`", "`"],
            word,
        )
    }

    /// Returns the documented values, for a message.
    pub(super) fn value_names(&self, word: &str) -> String {
        match self.values {
            Values::Enum { values, .. } => {
                let documented = values.iter().filter(|value| value.is_documented);
                join(documented.map(|value| value.name), ["`\"", "\"`"], word)
            }
            Values::Timestamp => "a timestamp such as `\"2026-01-31T12:00:00Z\"`".to_owned(),
            Values::Name {
                pattern, quoting, ..
            } => {
                let quote = match quoting {
                    Quoting::Required => "\"",
                    Quoting::Optional | Quoting::Rejected => "",
                };
                format!("`{quote}{pattern}{quote}`")
            }
            Values::Call(argument) => format!("`\"{argument}\"`"),
            Values::Text => "a string in double quotes".to_owned(),
        }
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for Field {}

/// Creates a documented operator that means what it means in AIP-160.
pub(crate) const fn op(comparator: Comparator) -> Operator {
    Operator {
        comparator,
        relation: match comparator {
            Comparator::Equal | Comparator::Has => Relation::Is,
            Comparator::NotEqual => Relation::IsNot,
            Comparator::Less => Relation::Before,
            Comparator::LessOrEqual => Relation::NotAfter,
            Comparator::Greater => Relation::After,
            Comparator::GreaterOrEqual => Relation::NotBefore,
        },
        instead: None,
    }
}

impl Operator {
    /// Creates a documented operator that does not mean what it means in AIP-160.
    pub(crate) const fn new(comparator: Comparator, relation: Relation) -> Self {
        Self {
            comparator,
            relation,
            instead: None,
        }
    }

    /// Sets that only AIP-160 documents the operator, and what to write instead.
    pub(crate) const fn undocumented(mut self, instead: &'static str) -> Self {
        self.instead = Some(instead);
        self
    }
}

impl Relation {
    pub(crate) const fn is_lower_bound(self) -> bool {
        matches!(self, Self::After | Self::NotBefore)
    }

    pub(crate) const fn is_upper_bound(self) -> bool {
        matches!(self, Self::Before | Self::NotAfter)
    }
}

impl EnumValue {
    /// Creates a documented value without synonyms.
    pub(crate) const fn new(name: &'static str) -> Self {
        Self {
            name,
            is_documented: true,
            batch: None,
            synonyms: &[],
        }
    }

    /// Sets that only the API lists the value.
    pub(crate) const fn undocumented(mut self) -> Self {
        self.is_documented = false;
        self
    }

    /// Sets the value of a resource that stands for several of this one.
    pub(crate) const fn batch(mut self, name: &'static str) -> Self {
        self.batch = Some(name);
        self
    }

    /// Sets other names for the value, each with the help for it.
    pub(crate) const fn synonyms(mut self, synonyms: &'static [Help]) -> Self {
        self.synonyms = synonyms;
        self
    }
}

impl FieldGroup {
    /// A group without fields, to be completed.
    pub(crate) const NEW: Self = Self {
        fields: &[],
        or: false,
        and: And::Any,
        days: None,
    };

    /// Returns the number of values that filters can name, if it is finite.
    pub(crate) const fn values(&self) -> usize {
        match self.fields {
            [field, ..] => match field.values {
                Values::Enum { values, .. } => values.len(),
                Values::Call(_) => 1,
                _ => 0,
            },
            [] => 0,
        }
    }

    pub(crate) const fn domain(&self) -> Domain {
        match self.fields {
            [field, ..] => match field.values {
                Values::Enum { .. } | Values::Call(_) => Domain::Finite,
                Values::Timestamp => Domain::Ordered,
                Values::Name { .. } | Values::Text => Domain::Distinct,
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
        resource: ["", ""],
        groups: &[],
        across: Across::And,
        expected: &[],
        has_not: false,
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

    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.groups.iter().flat_map(|group| group.fields)
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
            let (index, field) = fields.find(|(_, field)| is_name(field))?;
            Some((at, index, field))
        })
    }

    /// Returns a field by the index of its group and its index in the group.
    pub(crate) fn field(&self, group: usize, field: usize) -> Option<&'static Field> {
        self.groups.get(group)?.fields.get(field)
    }

    /// Returns the index of a group's enum value with a name of a resource, or the number of values if
    /// there is none.
    pub(crate) fn enum_index(&self, group: usize, name: &str) -> usize {
        let values = self.field(group, 0).map_or(&[][..], Field::enum_values);
        let has_name = |value: &EnumValue| value.name == name || value.batch == Some(name);
        values.iter().position(has_name).unwrap_or(values.len())
    }

    /// Returns the names of the fields, for a message.
    pub(super) fn field_names(&self, word: &str) -> String {
        let names = self.fields().map(|field| match field.call() {
            Some(call) => Cow::Owned(call),
            None => Cow::Borrowed(field.path),
        });
        join(names, ["`", "`"], word)
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
            Lint::QuotedValue => self
                .fields()
                .any(|field| field.quoting() == Quoting::Rejected),
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
            Lint::MissingEventType => self.expected.iter().any(|own| own.lint == lint),
            _ => true,
        }
    }
}

/// Returns the help for a name.
pub(super) fn help(table: &[Help], name: &str) -> Option<&'static str> {
    let found = table.iter().find(|(names, _)| names.contains(&name));
    found.map(|(_, help)| *help)
}

/// Joins names in quotes, such as `a, b or c`, for a message.
fn join(names: impl Iterator<Item: AsRef<str>>, [open, close]: [&str; 2], word: &str) -> String {
    let mut names = names.peekable();
    let mut text = String::with_capacity(64);
    while let Some(name) = names.next() {
        let separator = match (text.is_empty(), names.peek()) {
            (true, _) => [""; 3],
            (false, Some(_)) => [", ", "", ""],
            (false, None) => [" ", word, " "],
        };
        text.extend(separator);
        text.extend([open, name.as_ref(), close]);
    }
    text
}
