//! Filter languages as data, and the schema stage: fields, values, operators and constructs that a
//! language accepts.
//!
//! A [`Declaration`] has everything that the API's reference says about the fields of one method's
//! filter. The rest of this module is the same for every method.

mod check;
mod comparison;
mod lint;
mod suggest;
mod terms;

pub use self::lint::{Level, Lint, Preset, UnknownLint};

pub(crate) use self::check::check;
pub(crate) use self::lint::Levels;
pub(crate) use self::suggest::exact;

use crate::syntax::Comparator;

/// The filter language of a method.
#[derive(Debug)]
pub(crate) struct Declaration {
    pub(crate) fields: &'static [Field],
    /// Names that are not fields, in lower case without punctuation, with the help for them.
    pub(crate) elsewhere: &'static [Help],
    /// A comparison, for messages.
    pub(crate) example: &'static str,
    /// What to write instead of a negation.
    pub(crate) instead_of_negation: &'static str,
}

/// A field, whose values are names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// The index of the field in its declaration.
    pub(crate) index: usize,
    /// The name in a filter.
    pub(crate) path: &'static str,
    /// Other names for it, in lower case without punctuation.
    pub(crate) synonyms: &'static [&'static str],
    /// The operators, the documented ones first.
    pub(crate) operators: &'static [Operator],
    /// The values, the documented ones first.
    pub(crate) values: &'static [Value],
    /// What all names of values may begin with.
    pub(crate) value_prefix: &'static str,
    /// Names that are not values, in upper case without the prefix, with the help for them.
    pub(crate) elsewhere: &'static [Help],
    /// Comparisons, for messages.
    pub(crate) examples: &'static str,
}

/// A comparator that a field accepts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Documented(Comparator),
    /// One that only AIP-160 documents, with what to write instead.
    Undocumented(Comparator, &'static str),
}

/// A value of a field.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) name: &'static str,
    /// The index of the value among all that the field can have, named or not.
    pub(crate) index: u32,
    /// Whether the filter documentation lists the value; if not, only the API does.
    pub(crate) is_documented: bool,
    /// Other names for it, in upper case without the prefix, each with the help for it.
    pub(crate) synonyms: &'static [Help],
}

/// Names that are not in the language, with the help for them.
pub(crate) type Help = (&'static [&'static str], &'static str);

/// Returns the help for a name.
fn help(table: &[Help], name: &str) -> Option<&'static str> {
    let found = table.iter().find(|(names, _)| names.contains(&name));
    found.map(|(_, help)| *help)
}

/// Joins names in quotes, such as `a, b or c`, for a message.
fn join<'a>(names: impl Iterator<Item = &'a str>, [open, close]: [&str; 2], word: &str) -> String {
    let mut names = names.peekable();
    let mut text = String::with_capacity(64);
    while let Some(name) = names.next() {
        let separator = match (text.is_empty(), names.peek()) {
            (true, _) => [""; 3],
            (false, Some(_)) => [", ", "", ""],
            (false, None) => [" ", word, " "],
        };
        text.extend(separator);
        text.extend([open, name, close]);
    }
    text
}

impl Declaration {
    /// Returns the names of the fields, for a message.
    fn field_names(&self, word: &str) -> String {
        let names = self.fields.iter().map(|field| field.path);
        join(names, ["`", "`"], word)
    }
}

impl Field {
    /// Returns the value with the given name.
    pub(crate) fn value(&self, name: &str) -> Option<&'static Value> {
        self.values.iter().find(|value| value.name == name)
    }

    /// Returns how the field accepts a comparator.
    fn operator(&self, comparator: Comparator) -> Option<&'static Operator> {
        let operators = self.operators.iter();
        operators.into_iter().find(|operator| match operator {
            Operator::Documented(own) | Operator::Undocumented(own, _) => *own == comparator,
        })
    }

    /// Returns the documented operators, for a message.
    fn operator_names(&self, word: &str) -> String {
        let names = self.operators.iter().filter_map(|operator| match operator {
            Operator::Documented(comparator) => Some(comparator.as_str()),
            Operator::Undocumented(..) => None,
        });
        join(names, ["`", "`"], word)
    }

    /// Returns the documented values, for a message.
    fn value_names(&self, word: &str) -> String {
        let documented = self.values.iter().filter(|value| value.is_documented);
        join(documented.map(|value| value.name), ["`\"", "\"`"], word)
    }
}
