//! What an object is that is not a record: by its name and its keys, and where records are in it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Text;

/// Returns what a resource name names.
pub(super) fn resource(name: &str) -> Option<&'static str> {
    // As bytes, which are split faster than characters.
    let mut segments = name.as_bytes().split(|byte| *byte == b'/');
    let (collection, _) = (segments.next()?, segments.next()?);
    let (child, _) = (segments.next(), segments.next());
    match (collection, child, segments.next()) {
        (b"spaces", None, _) => Some("space"),
        (b"spaces", Some(b"members"), _) => Some("membership"),
        (b"spaces", Some(b"messages"), Some(b"reactions")) => Some("reaction"),
        (b"spaces", Some(b"messages"), _) => Some("message"),
        (b"spaces", Some(b"spaceEvents"), _) => Some("space event"),
        (b"spaces", Some(b"threads"), _) => Some("thread"),
        (b"users", None, _) => Some("user"),
        (b"users", Some(b"sections"), None) => Some("section"),
        (b"users", Some(b"sections"), Some(b"items")) => Some("section item"),
        (b"groups", None, _) => Some("group"),
        (b"groups", Some(b"memberships"), _) => Some("membership of a group in Cloud Identity"),
        (b"customEmojis", None, _) => Some("custom emoji"),
        _ => None,
    }
}

/// Returns the message for an object that is not a record. `path` is its place in the value at the top
/// level. An object of which a key is one of `keys` is a record.
pub(super) fn not_a(noun: &str, object: &RawValue, path: &str, keys: &[&str]) -> String {
    let value: Value = serde_json::from_str(object.get()).unwrap_or_default();
    let found = description(noun, object, &value);
    match (Sought { noun, keys }).inside(&value, 4) {
        Some(inside) => format!(
            "expected a {noun}, found {found}; {noun}s are in `{}`, take them out with: jq -c '{path}{inside}'",
            inside.trim_start_matches('.')
        ),
        None => format!("expected a {noun}, found {found}"),
    }
}

/// Returns what an object looks like.
fn description(noun: &str, object: &RawValue, value: &Value) -> String {
    let name = value.get("name").and_then(Value::as_str);
    let resource = name.and_then(resource).filter(|own| *own != noun);
    match (resource, value.get("error"), value.get("members")) {
        (Some(resource), ..) => format!("a {resource}"),
        (None, Some(Value::Object(error)), _) => {
            let status = error
                .get("status")
                .and_then(Value::as_str)
                .unwrap_or("no status");
            format!("an error of the API, {status}")
        }
        (None, _, Some(Value::Array(_))) => {
            "a list of members, as of a group in Google Takeout".to_owned()
        }
        _ => {
            let keys = fields(object);
            let noun = if keys.len() == 1 { "key" } else { "keys" };
            let shown = keys.iter().take(4).map(|field| format!("`{}`", field.key));
            let more = if keys.len() > 4 { ", …" } else { "" };
            let shown = shown.collect::<Vec<_>>().join(", ");
            format!("an object with the {noun} {shown}{more}")
        }
    }
}

/// What records look like.
struct Sought<'s> {
    noun: &'s str,
    keys: &'s [&'s str],
}

impl Sought<'_> {
    /// Returns where records are in a value, as in jq.
    fn inside(&self, value: &Value, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let below = |value: &Value, step: String| {
            let has_key = |key: &&str| value.get(key).is_some_and(|value| !value.is_null());
            let name = value
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let resource = resource(name);
            if resource == Some(self.noun) || resource.is_none() && self.keys.iter().any(has_key) {
                return Some(step);
            }
            Some(step + &self.inside(value, depth)?)
        };
        match value {
            Value::Array(items) => items.iter().find_map(|item| below(item, "[]".to_owned())),
            Value::Object(fields) => fields.iter().find_map(|(key, value)| {
                let is_name = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                let is_name = is_name && !key.starts_with(|c: char| c.is_ascii_digit());
                below(
                    value,
                    if is_name {
                        format!(".{key}")
                    } else {
                        format!(".[{key:?}]")
                    },
                )
            }),
            _ => None,
        }
    }
}

/// A field of an object.
pub(super) struct Field<'r> {
    pub(super) key: Cow<'r, str>,
    /// Offset of the key in the object.
    pub(super) at: usize,
    pub(super) value: &'r RawValue,
}

/// Returns the offset and the length of the value of a key in an object, if it is an object.
pub(super) fn value(object: &RawValue, key: &str) -> Option<(usize, usize)> {
    let mut fields = fields(object).into_iter();
    let field = fields.find(|field| field.key == key)?;
    let text = field.value.get();
    text.starts_with('{')
        .then(|| (start(object, field.value), text.len()))
}

/// Returns the offset of the value at a path in an object.
pub(super) fn offset(object: &RawValue, path: &[&str]) -> Option<usize> {
    let Some((key, path)) = path.split_first() else {
        return Some(0);
    };
    let field = fields(object)
        .into_iter()
        .find(|field| field.key.trim_end_matches('_') == *key)?;
    Some(start(object, field.value) + offset(field.value, path)?)
}

/// Returns the offset of a value in an object, from which it borrows.
fn start(object: &RawValue, value: &RawValue) -> usize {
    value.get().as_ptr().addr() - object.get().as_ptr().addr()
}

/// Returns the fields of an object.
pub(super) fn fields(object: &RawValue) -> Vec<Field<'_>> {
    struct FieldsVisitor<'r>(&'r RawValue);

    impl<'r> Visitor<'r> for FieldsVisitor<'r> {
        type Value = Vec<Field<'r>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'r>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let (mut fields, mut end) = (Vec::new(), 0);
            while let Some((Text(key), value)) = map.next_entry::<_, &RawValue>()? {
                // Only white space and a comma precede the quote.
                let quote = self.0.get().get(end..).and_then(|rest| rest.find('"'));
                fields.push(Field {
                    key,
                    at: end + quote.unwrap_or_default(),
                    value,
                });
                end = start(self.0, value) + value.get().len();
            }
            Ok(fields)
        }
    }

    let mut parser = serde_json::Deserializer::from_str(object.get());
    parser
        .deserialize_map(FieldsVisitor(object))
        .unwrap_or_default()
}
