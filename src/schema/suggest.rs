//! Suggestions for unknown field names and values.

use crate::syntax::Member;

use super::{Declaration, Field, Value, help};

/// A member, interpreted as a field name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldName {
    /// The name of the field, perhaps quoted.
    Exact(&'static Field),
    /// The name of the field, with different case.
    OtherCase(&'static Field),
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
        let fields = declaration.fields;
        if let Some(field) = exact(declaration, member) {
            return Self::Exact(field);
        }
        let name = joined(member);
        if let Some(field) = fields.iter().find(|field| field.path == name) {
            return Self::Exact(field);
        }
        if let Some(field) = fields
            .iter()
            .find(|field| field.path.eq_ignore_ascii_case(&name))
        {
            return Self::OtherCase(field);
        }
        let simple: String = name
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        if let Some(field) = fields
            .iter()
            .find(|field| field.synonyms.contains(&&*simple))
        {
            return Self::Synonym(field);
        }
        if let Some(help) = help(declaration.elsewhere, &simple) {
            return Self::Elsewhere(help);
        }
        let near = fields
            .iter()
            .map(|field| (distance(field.path, &name), field));
        near.min_by_key(|(distance, _)| *distance)
            .filter(|(distance, field)| *distance <= (field.path.len() / 5 + 1).min(2))
            .map_or(Self::Unknown, |(_, field)| Self::Near(field))
    }

    /// Returns the field if it is clear which one is intended.
    pub(super) fn intended(self) -> Option<&'static Field> {
        match self {
            Self::Exact(field) | Self::OtherCase(field) | Self::Synonym(field) => Some(field),
            Self::Near(_) | Self::Elsewhere(_) | Self::Unknown => None,
        }
    }

    /// Returns the field if the name is correct except for case and quotes.
    pub(super) fn written(self) -> Option<&'static Field> {
        match self {
            Self::Exact(field) | Self::OtherCase(field) => Some(field),
            _ => None,
        }
    }
}

/// Returns the field whose name the member has, value by value, quoted or not.
pub(crate) fn exact(
    declaration: &'static Declaration,
    member: &Member<'_>,
) -> Option<&'static Field> {
    declaration.fields.iter().find(|field| {
        let names = field.path.split('.');
        names.eq(member.path.iter().map(|value| &*value.text))
    })
}

/// Returns the values of a member, joined with dots.
fn joined(member: &Member<'_>) -> String {
    let values: Vec<&str> = member.path.iter().map(|value| &*value.text).collect();
    values.join(".")
}

/// An unknown value of a field, interpreted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueName {
    /// The value with different case or with white space around it.
    OtherCase(&'static Value),
    /// A synonym of a value, with the help for it, and the value to suggest.
    Synonym(&'static str, Option<&'static Value>),
    /// A misspelling of the value.
    Near(&'static Value),
    /// A value of another field.
    OtherField(&'static Field),
    Empty,
    Wildcard,
    Unknown,
}

impl ValueName {
    /// Interprets text as a value of a field.
    pub(super) fn of(declaration: &'static Declaration, field: &'static Field, text: &str) -> Self {
        let text = text.trim();
        let same = |value: &&Value| value.name.eq_ignore_ascii_case(text);
        if let Some(value) = field.values.iter().find(same) {
            return Self::OtherCase(value);
        }
        if text.is_empty() {
            return Self::Empty;
        }
        if text.contains('*') {
            return Self::Wildcard;
        }
        let has_value = |field: &&Field| field.values.iter().any(|value| same(&value));
        if let Some(other) = declaration.fields.iter().find(has_value) {
            return Self::OtherField(other);
        }
        let upper = text.to_uppercase();
        let simple = upper.strip_prefix(field.value_prefix).unwrap_or(&upper);
        for value in field.values {
            if let Some(help) = help(value.synonyms, simple) {
                return Self::Synonym(help, Some(value));
            }
        }
        if let Some(help) = help(field.elsewhere, simple) {
            return Self::Synonym(help, None);
        }
        let near = field.values.iter();
        near.map(|value| (distance(value.name, &upper), value))
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
