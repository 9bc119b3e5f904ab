//! Suggestions for unknown field names and values.

use crate::syntax::Member;

use super::declaration::Declaration;
use super::field::{EnumValue, Field, Values, help};
use super::predicate::spells;

/// A member, interpreted as a field name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldName {
    /// An accepted spelling of the field's name, perhaps quoted.
    Exact(&'static Field),
    /// A spelling that the lint `field-spelling` reports.
    Misspelled(&'static Field),
    /// The name of the field, with different case.
    OtherCase(&'static Field),
    /// Another name that certainly means the field.
    OtherName(&'static Field),
    /// A synonym of the field.
    Synonym(&'static Field),
    /// A misspelling of the field.
    Near(&'static Field),
    /// Something for which filters have no field, with the help for it.
    Elsewhere(&'static str),
    Unknown,
}

impl FieldName {
    /// Interprets a member as a field name.
    pub(super) fn of(declaration: &'static Declaration, member: &Member<'_>) -> Self {
        Self::interpret(declaration, &joined(member), |path| spells(member, path))
    }

    /// Interprets a text as a field name.
    pub(crate) fn named(declaration: &'static Declaration, name: &str) -> Self {
        Self::interpret(declaration, name, |_| false)
    }

    fn interpret(
        declaration: &'static Declaration,
        name: &str,
        spells: impl Fn(&str) -> bool,
    ) -> Self {
        for field in declaration.fields() {
            let is_name = |path: &&&str| spells(path) || **path == name;
            let mut accepted = std::iter::once(&field.path).chain(field.aliases);
            if accepted.any(|path| is_name(&path)) {
                return Self::Exact(field);
            }
            if field.misspellings.iter().any(|path| is_name(&path)) {
                return Self::Misspelled(field);
            }
        }
        let mut fields = declaration.fields();
        if let Some(field) = fields.find(|field| {
            let mut accepted = std::iter::once(&field.path).chain(field.aliases);
            accepted.any(|path| path.eq_ignore_ascii_case(name))
        }) {
            return Self::OtherCase(field);
        }
        let mut fields = declaration.fields();
        if let Some(field) = fields.find(|field| field.other_names.contains(&&*name)) {
            return Self::OtherName(field);
        }
        let simple: String = name
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        let mut fields = declaration.fields();
        if let Some(field) = fields.find(|field| field.synonyms.contains(&&*simple)) {
            return Self::Synonym(field);
        }
        if let Some(help) = help(declaration.elsewhere, &simple) {
            return Self::Elsewhere(help);
        }
        let near = declaration
            .fields()
            .map(|field| (distance(field.path, name), field));
        near.min_by_key(|(distance, _)| *distance)
            .filter(|(distance, field)| *distance <= (field.path.len() / 5 + 1).min(2))
            .map_or(Self::Unknown, |(_, field)| Self::Near(field))
    }

    /// Returns the field if it is clear which one is intended.
    pub(crate) fn intended(self) -> Option<&'static Field> {
        match self {
            Self::Exact(field)
            | Self::Misspelled(field)
            | Self::OtherCase(field)
            | Self::OtherName(field)
            | Self::Synonym(field) => Some(field),
            Self::Near(_) | Self::Elsewhere(_) | Self::Unknown => None,
        }
    }

    /// Returns the field if the name certainly means it.
    pub(super) fn written(self) -> Option<&'static Field> {
        match self {
            Self::Exact(field)
            | Self::Misspelled(field)
            | Self::OtherCase(field)
            | Self::OtherName(field) => Some(field),
            _ => None,
        }
    }
}

/// Returns the values of a member, joined with dots.
fn joined(member: &Member<'_>) -> String {
    let values: Vec<&str> = member.path.iter().map(|value| &*value.text).collect();
    values.join(".")
}

/// An unknown value of an enum field, interpreted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueName {
    /// The value with different case or with white space around it.
    OtherCase(&'static EnumValue),
    /// A synonym of a value, with the help for it, and the value to suggest.
    Synonym(&'static str, Option<&'static EnumValue>),
    /// A misspelling of the value.
    Near(&'static EnumValue),
    /// A value of another field.
    OtherField(&'static Field),
    Empty,
    Wildcard,
    Unknown,
}

impl ValueName {
    /// Interprets text as a value of a field.
    pub(crate) fn of(declaration: &'static Declaration, field: &'static Field, text: &str) -> Self {
        let Values::Enum {
            values,
            prefix,
            elsewhere,
        } = field.values
        else {
            return Self::Unknown;
        };
        let text = text.trim();
        let same = |value: &&EnumValue| value.name.eq_ignore_ascii_case(text);
        if let Some(value) = values.iter().find(same) {
            return Self::OtherCase(value);
        }
        if text.is_empty() {
            return Self::Empty;
        }
        if text.contains('*') {
            return Self::Wildcard;
        }
        let has_value = |field: &&Field| field.enum_values().iter().any(|value| same(&value));
        if let Some(other) = declaration.fields().find(has_value) {
            return Self::OtherField(other);
        }
        let upper = text.to_ascii_uppercase();
        let simple = upper.strip_prefix(prefix).unwrap_or(&upper);
        for value in values {
            if let Some(help) = help(value.synonyms, simple) {
                return Self::Synonym(help, Some(value));
            }
        }
        if let Some(help) = help(elsewhere, simple) {
            return Self::Synonym(help, None);
        }
        let near = values.iter();
        near.map(|value| (distance(&value.name.to_ascii_uppercase(), &upper), value))
            .min_by_key(|(distance, _)| *distance)
            .filter(|(distance, value)| *distance <= value.name.len().div_ceil(5))
            .map_or(Self::Unknown, |(_, value)| Self::Near(value))
    }
}

/// Returns the Levenshtein distance in characters; `usize::MAX` if the text is more than twice as
/// long as the name.
fn distance(name: &str, text: &str) -> usize {
    if text.len() > 2 * name.len() {
        return usize::MAX;
    }
    strsim::levenshtein(name, text)
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn computes_edit_distances() {
        for (name, text, expected) in [
            ("role", "role", 0),
            ("role", "rol", 1),
            ("role", "rolle", 1),
            ("role", "roel", 2),
            ("HUMAN", "HUMON", 1),
            ("kitten", "sitting", 3),
            ("abc", "", 3),
            ("abc", "abcdefgh", usize::MAX),
        ] {
            assert_eq!(distance(name, text), expected, "{name} {text}");
        }
    }
}
