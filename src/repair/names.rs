//! Tolerant reading of names: fields and values.

use std::borrow::Cow;

use super::words;
use crate::chars;
use crate::schema::{Declaration, EnumValue, Field, FieldName, ValueName, Values};

/// Returns whether a name is that of a field, as it is written in filters.
pub(super) fn is_field(declaration: &'static Declaration, name: &str) -> bool {
    let mut fields = declaration.fields();
    fields.any(|field| field.is_spelled(name))
}

/// Returns the field that a name means, if it is known and not only similar.
pub(super) fn written(declaration: &'static Declaration, name: &str) -> Option<&'static Field> {
    FieldName::named(declaration, name)
        .intended()
        .or_else(|| FieldName::named(declaration, &words::lower(name)).intended())
}

/// Returns the field that a name means.
pub(super) fn field(declaration: &'static Declaration, name: &str) -> Option<&'static Field> {
    let name = name.trim().trim_start_matches(['$', '@', '.', '/']);
    if name.ends_with('!') {
        return None;
    }
    let name = plain(name).replace('/', ".").replace("..", ".");
    let name = without_methods(name.trim_end_matches('.'));
    let mut rest = &*name;
    loop {
        match FieldName::named(declaration, rest) {
            FieldName::Elsewhere(_) => return None,
            FieldName::Near(field) => return Some(field),
            name => {
                if let Some(field) = name.intended() {
                    return Some(field);
                }
            }
        }
        if let Some(field) = in_other_words(declaration, rest) {
            return Some(field);
        }
        let (container, path) = rest.split_once('.')?;
        let is_container = words::CONTAINERS.contains(&&*words::lower(container));
        let is_member = container.eq_ignore_ascii_case("member");
        let is_space = ["space", "chat", "google"].contains(&&*words::lower(container))
            && words::lower(path).starts_with("member");
        if !(is_container || is_member || is_space) {
            return None;
        }
        rest = path;
    }
}

/// Returns a name without the methods of other languages in it: `getRole`, `role.toUpperCase`.
fn without_methods(name: &str) -> String {
    let mut parts: Vec<&str> = name.split('.').collect();
    if parts.len() > 1
        && let Some(last) = parts.last()
        && words::CASES.contains(&&*words::lower(last))
    {
        parts.pop();
    }
    let got = parts.iter().map(|part| {
        let rest = part
            .strip_prefix("get")
            .filter(|rest| rest.starts_with(char::is_uppercase));
        rest.map_or_else(|| (*part).to_owned(), words::lower)
    });
    got.collect::<Vec<_>>().join(".")
}

/// Returns the field that a name is a translation or a transposition of.
fn in_other_words(declaration: &'static Declaration, name: &str) -> Option<&'static Field> {
    let name = words::lower(name);
    let simple = words::simple(&name);
    let path = words::FIELDS
        .iter()
        .find(|(_, words)| words.contains(&&*simple))
        .map(|(path, _)| *path);
    declaration.fields().find(|field| {
        path == Some(field.path)
            || name.len() == field.path.len() && strsim::osa_distance(field.path, &name) == 1
    })
}

/// Returns the text with look-alikes replaced and invisible characters removed.
pub(super) fn plain(text: &str) -> String {
    let visible = text
        .chars()
        .filter(|c| !chars::is_invisible(*c) || *c == ' ');
    let visible: String = visible.collect();
    let replaced: String = visible
        .chars()
        .map(|c| chars::lookalike(c).unwrap_or(c))
        .collect();
    // Words of other scripts have characters without look-alikes.
    if replaced.is_ascii() {
        replaced
    } else {
        visible
    }
}

/// Returns the value of a field that a text means.
pub(super) fn value<'a>(
    declaration: &'static Declaration,
    field: &'static Field,
    text: &'a str,
) -> Option<Cow<'a, str>> {
    if !matches!(field.values, Values::Enum { .. }) {
        let is_value = field.values.constant(Cow::Borrowed(text)).is_some();
        return is_value.then_some(Cow::Borrowed(text));
    }
    enum_value(declaration, field, text, true).map(Cow::Borrowed)
}

/// Returns the value of an enum field that a text means, unless it is only similar to it.
pub(super) fn sure_value(
    declaration: &'static Declaration,
    field: &'static Field,
    text: &str,
) -> Option<&'static str> {
    enum_value(declaration, field, text, false)
}

/// Returns the name of the value of an enum field that a text means.
fn enum_value(
    declaration: &'static Declaration,
    field: &'static Field,
    text: &str,
    allows_near: bool,
) -> Option<&'static str> {
    let named = |text: &str| match ValueName::of(declaration, field, text) {
        ValueName::OtherCase(value) | ValueName::Synonym(_, Some(value)) => Some(value.name),
        ValueName::Near(value) if allows_near => Some(value.name),
        _ => None,
    };
    if let Some(foreign) = words::foreign_value(text.trim()) {
        let known = field
            .enum_values()
            .iter()
            .find(|value| value.name == foreign);
        return known.map(|value| value.name);
    }
    let text = plain(text);
    if is_negated(&text) {
        return None;
    }
    let text = text.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                ';' | ','
                    | '.'
                    | ':'
                    | ')'
                    | '('
                    | '\\'
                    | '\''
                    | '"'
                    | '`'
                    | '^'
                    | '$'
                    | '_'
                    | '['
                    | ']'
                    | '{'
                    | '}'
                    | '<'
                    | '>'
                    | '/'
            )
    });
    if let Some(name) = named(text) {
        return Some(name);
    }
    let is_wildcard = |c: char| matches!(c, '*' | '%' | '?');
    let part = text.trim_matches(is_wildcard).to_ascii_uppercase();
    if part.len() < text.len() {
        let is_part = |value: &&EnumValue| {
            value.is_documented
                && part.len() > 1
                && (text.starts_with(is_wildcard) || value.name.starts_with(&part))
                && (text.ends_with(is_wildcard) || value.name.ends_with(&part))
                && value.name.contains(&part)
        };
        let mut found = field.enum_values().iter().filter(is_part);
        let only = found.next().filter(|_| found.next().is_none());
        return only.map(|value| value.name);
    }
    let last = text.rsplit(['.', ':', '/']).next().unwrap_or(text);
    let simple = constant_case(last);
    if let Some(name) = named(&simple) {
        return Some(name);
    }
    if let Some(name) = simple.strip_suffix('S').and_then(named) {
        return Some(name);
    }
    if allows_near {
        let prefix = match field.values {
            Values::Enum { prefix, .. } => prefix,
            _ => "",
        };
        let is_near = |value: &&EnumValue| {
            let short = value.name.strip_prefix(prefix).unwrap_or(value.name);
            value.is_documented
                && simple.len() <= value.name.len() + 1
                && [value.name, short]
                    .iter()
                    .any(|name| strsim::osa_distance(name, &simple) <= 1)
        };
        if let Some(value) = field.enum_values().iter().find(is_near) {
            return Some(value.name);
        }
    }
    // `TYPE_HUMAN`, `MEMBERSHIP_ROLE_MANAGER`.
    let mut rest = &*simple;
    for _ in 0..4 {
        rest = rest.split_once('_')?.1;
        let exact = field
            .enum_values()
            .iter()
            .find(|value| value.is_documented && value.name == rest);
        if let Some(value) = exact {
            return Some(value.name);
        }
    }
    None
}

/// Returns a name in upper case, with underscores between its words: `ROLE_MANAGER` for `roleManager`.
fn constant_case(name: &str) -> String {
    let mut constant = String::with_capacity(name.len());
    let mut before_is_lower = false;
    for c in name.chars() {
        let is_separator = matches!(c, ' ' | '-' | '_' | '\t');
        let starts_word = c.is_ascii_uppercase() && before_is_lower;
        if (starts_word || is_separator) && !constant.ends_with('_') {
            constant.push('_');
        }
        if !is_separator {
            constant.push(c.to_ascii_uppercase());
        }
        before_is_lower = c.is_ascii_lowercase();
    }
    constant
}

/// Returns whether a text has a word that negates what follows: `NOT_BOT`, `nonBot`, `HUMAN not BOT`.
fn is_negated(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    let is_camel = |word: &str| {
        ["not", "non", "Not", "Non"].iter().any(|own| {
            let rest = word.strip_prefix(own);
            rest.is_some_and(|rest| rest.starts_with(char::is_uppercase))
        })
    };
    words.any(|word| words::is_not(word) || is_camel(word))
}

/// Returns the field that has a value with this exact name, in any case.
pub(super) fn owner(declaration: &'static Declaration, text: &str) -> Option<&'static Field> {
    let text = plain(text.trim());
    declaration.fields().find(|field| {
        let mut values = field.enum_values().iter();
        values.any(|value| value.is_documented && value.name.eq_ignore_ascii_case(&text))
    })
}
