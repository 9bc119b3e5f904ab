//! The fields of a filter language, with their operators and values.

use super::lint::Level;
use crate::syntax::Comparator;

/// What tables have for a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    /// Nothing that means the same in all engines.
    None,
    /// Nothing, because comparisons hold for all rows.
    Unrestricted,
    /// A property of the resource, as a path in `snake_case`.
    Property(&'static str),
    /// A property that the API's JSON does not have. A call is about the user whom it names.
    Addition(&'static str),
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
    /// The default level of `unquoted-value` for the field.
    pub(crate) unquoted: Level,
    pub(crate) column: Column,
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
    /// None: the field is the name of a function, whose call with this argument, or without one, holds
    /// or not.
    Call(Option<&'static str>),
    /// `*`, which stands for any value.
    Any,
    /// Words, each of which a word of the resource must begin with.
    Words { quoting: Quoting },
    /// None: the field has no name, and its words are terms by themselves.
    Keywords,
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
    /// Whether a resource with the value is like one without a value.
    pub(crate) is_unspecified: bool,
    /// Other names for it, in upper case without the prefix, each with the help for it.
    pub(crate) synonyms: &'static [Help],
}

/// Names that are not in the language, with the help for them.
pub(crate) type Help = (&'static [&'static str], &'static str);

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
        unquoted: Level::Deny,
        column: Column::None,
        parent: None,
        examples: "",
    };

    /// Returns how values of the field are quoted.
    pub(crate) const fn quoting(&self) -> Quoting {
        match self.values {
            Values::Name { quoting, .. } | Values::Words { quoting } => quoting,
            Values::Any => Quoting::Rejected,
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

    /// Returns whether the field is that of the keywords.
    pub(super) const fn is_keywords(&self) -> bool {
        matches!(self.values, Values::Keywords)
    }

    /// Returns the only condition with a field that is a function or that has only one value.
    pub(crate) fn condition(&self) -> Option<String> {
        match self.values {
            Values::Call(Some(argument)) => Some(format!("{}(\"{argument}\")", self.path)),
            Values::Call(None) => Some(format!("{}()", self.path)),
            Values::Any => Some(format!("{}:*", self.path)),
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
    pub(crate) fn is_spelled(&self, text: &str) -> bool {
        text == self.path || self.aliases.contains(&text)
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
            Values::Call(Some(argument)) => format!("`\"{argument}\"`"),
            Values::Call(None) => "no argument".to_owned(),
            Values::Any => "`*`".to_owned(),
            Values::Words { .. } | Values::Keywords | Values::Text => {
                "a string in double quotes".to_owned()
            }
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
            is_unspecified: false,
            synonyms: &[],
        }
    }

    /// Sets that only the API lists the value.
    pub(crate) const fn undocumented(mut self) -> Self {
        self.is_documented = false;
        self
    }

    /// Sets that a resource with the value is like one without a value: comparisons are false.
    pub(crate) const fn unspecified(mut self) -> Self {
        self.is_unspecified = true;
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

/// Returns the help for a name.
pub(super) fn help(table: &[Help], name: &str) -> Option<&'static str> {
    let found = table.iter().find(|(names, _)| names.contains(&name));
    found.map(|(_, help)| *help)
}

/// Joins names in quotes, such as `a, b or c`, for a message.
pub(super) fn join(
    names: impl Iterator<Item: AsRef<str>>,
    [open, close]: [&str; 2],
    word: &str,
) -> String {
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
