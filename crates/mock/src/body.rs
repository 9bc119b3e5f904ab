//! Request bodies: memberships in proto3 JSON, parsed as Google's transcoding does.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use gchat_filter::list::{Detail, RpcCode, Status, Violation, Violations, camel_case};
use gchat_filter::members::Membership;

use super::message_types::{Kind, MEMBERSHIP, Message};

/// Maximum length of a name or a value that is echoed from a request, in characters.
const MAX_ECHO_LEN: usize = 100;

/// Parses the membership in a body; an empty body is the default membership.
///
/// # Errors
///
/// 400 `Invalid JSON payload received. …` if the body is not JSON, and for every unknown or duplicate
/// field; 400 `Invalid value at '…' …` for every unknown enum name and value of the wrong type.
pub(super) fn membership(body: &[u8]) -> Result<Membership, Status> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Membership::default());
    }
    let mut problems = Vec::new();
    let value = match parse(body) {
        Ok(value) => object(value, &MEMBERSHIP, "membership", &mut problems),
        Err(error) => {
            problems.push(Violation::new("membership", error));
            Value::Null
        }
    };
    if let (Some(_), Some(_)) = (value.get("member"), value.get("groupMember")) {
        let description = "oneof field 'memberType' is already set. Cannot set 'groupMember'";
        problems.push(Violation::new("membership", description));
    }
    match Violations::new(problems) {
        Some(problems) => Err(malformed(problems)),
        None => serde_json::from_value(value)
            .map_err(|error| malformed(Violation::new("membership", error).into())),
    }
}

/// Returns the error for a malformed body.
fn malformed(problems: Violations) -> Status {
    let lines = problems.as_slice().iter().map(|problem| {
        let description = &problem.description;
        // As in the live service, only other problems have a prefix.
        if description.starts_with("Invalid value at ") {
            description.clone()
        } else {
            format!("Invalid JSON payload received. {description}")
        }
    });
    let message = lines.collect::<Vec<_>>().join("\n");
    let mut status = Status::new(RpcCode::InvalidArgument, "")
        .with_details(vec![Detail::BadRequest(problems.into_iter().collect())]);
    // Violations are escaped and truncated already.
    status.message = message;
    status
}

/// Returns the start of a name or a value from the request, for a message.
fn echo(text: &str) -> String {
    match text.char_indices().nth(MAX_ECHO_LEN) {
        Some((end, _)) => format!("{}…", text.split_at(end).0),
        None => text.to_owned(),
    }
}

/// Returns a message with its field names in lowerCamelCase, without `null` fields.
fn object(value: Value, message: &Message, path: &str, problems: &mut Vec<Violation>) -> Value {
    let Value::Object(fields) = value else {
        let description = format!("Invalid value at '{path}': expected an object");
        problems.push(Violation::new(path.to_owned(), description));
        return Value::Null;
    };
    let mut read = Map::new();
    for (name, value) in fields {
        let camel = camel_case(&name);
        let Some((name, kind)) = message.field(camel.as_deref().unwrap_or(&name)) else {
            let name = echo(&name);
            let description = format!("Unknown name \"{name}\" at '{path}': Cannot find field.");
            problems.push(Violation::new(path.to_owned(), description));
            continue;
        };
        if value.is_null() {
            continue;
        }
        let value = match kind {
            Kind::Enum(values) => number_in_text(&value, values.number).unwrap_or(value),
            _ => value,
        };
        let below = format!("{path}.{name}");
        let mut expect = |is_valid: bool, kind: &str| {
            if !is_valid {
                let value = match &value {
                    Value::Array(_) => "[…]".to_owned(),
                    value => value.to_string(),
                };
                let value = echo(&value);
                let description = format!("Invalid value at '{below}' ({kind}), {value}");
                problems.push(Violation::new(below.clone(), description));
            }
        };
        match kind {
            Kind::Text | Kind::Time => expect(value.is_string(), "TYPE_STRING"),
            Kind::Flag => expect(value.is_boolean(), "TYPE_BOOL"),
            Kind::Enum(values) => {
                let is_name = value
                    .as_str()
                    .is_some_and(|name| (values.number)(name).is_some());
                let number = value.as_i64().map(i32::try_from);
                let kind = format!("type.googleapis.com/{}", values.name);
                expect(
                    is_name || number.is_some_and(|number| number.is_ok()),
                    &kind,
                );
            }
            Kind::Message(message) => {
                read.insert((*name).to_owned(), object(value, message, &below, problems));
                continue;
            }
            Kind::Repeated(_) => expect(value.is_array(), "TYPE_MESSAGE"),
        }
        read.insert((*name).to_owned(), value);
    }
    Value::Object(read)
}

/// Returns the number of an enum value that was sent as text, as protobuf's parser accepts it.
fn number_in_text(value: &Value, number: impl Fn(&str) -> Option<i32>) -> Option<Value> {
    let text = value.as_str().filter(|text| number(text).is_none())?;
    text.parse::<i32>().ok().map(Value::from)
}

/// Maximum number of fields in a body, nested ones included: a membership has fewer than 20. More would
/// take far more memory than the body.
const MAX_FIELDS: usize = 100;

/// Any JSON without duplicate fields, where `snake_case` and lowerCamelCase names are the same.
/// Arrays are read as empty ones, because no field of a membership has them. Counts the fields.
struct UniqueKeys<'c>(&'c Cell<usize>);

impl<'de> DeserializeSeed<'de> for UniqueKeys<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for UniqueKeys<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array(Vec::new()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let (mut read, mut names) = (Map::new(), HashSet::new());
        while let Some(name) = fields.next_key::<String>()? {
            self.0.set(self.0.get() + 1);
            if self.0.get() > MAX_FIELDS {
                let message = format_args!("more than {MAX_FIELDS} fields");
                return Err(Error::custom(message));
            }
            if !names.insert(camel_case(&name).unwrap_or_else(|| name.clone())) {
                let name = echo(&name);
                let message = format_args!("duplicate field \"{name}\"");
                return Err(Error::custom(message));
            }
            let value = fields.next_value_seed(UniqueKeys(self.0))?;
            read.insert(name, value);
        }
        Ok(Value::Object(read))
    }
}

/// Parses a body as JSON.
fn parse(body: &[u8]) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = UniqueKeys(&Cell::new(0)).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}
