//! Request bodies: memberships in proto3 JSON, as Google's transcoding takes them.
//!
//! # Choices
//!
//! - A field that is there twice, under the same name or under both of its names, is 400, in
//!   whatever object it is.

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::schema::{Kind, MEMBERSHIP, Message};
use crate::Membership;
use crate::list::query::camel_case;
use crate::list::violation::{LONGEST_ECHO, clip};
use crate::list::{Code, Detail, Status, Violation, Violations};

/// The membership in a body; a default one if the body is empty.
///
/// # Errors
///
/// 400 `Invalid JSON payload received. …` for what is no JSON object, and for every unknown field,
/// unknown enum name, value of a wrong type and field that is there twice.
pub(super) fn membership(body: &[u8]) -> Result<Membership, Status> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Membership::default());
    }
    let mut problems = Vec::new();
    let value = match serde_json::from_slice(body) {
        Ok(Once(value)) => object(value, &MEMBERSHIP, "membership", &mut problems),
        Err(error) => {
            problems.push(Violation::new("membership", error));
            Value::Null
        }
    };
    if let (Some(_), Some(_)) = (value.get("member"), value.get("groupMember")) {
        let description = "oneof field 'memberType' is already set. Cannot set 'groupMember'";
        problems.push(Violation::new("membership", description));
    }
    if problems.is_empty() {
        match serde_json::from_value(value) {
            Ok(membership) => return Ok(membership),
            Err(error) => problems.push(Violation::new("membership", error)),
        }
    }
    let problems = Violations::of(problems);
    let lines = problems.as_slice().iter().map(|problem| {
        let description = &problem.description;
        format!("Invalid JSON payload received. {description}")
    });
    Err(Status {
        message: lines.collect::<Vec<_>>().join("\n"),
        code: Code::InvalidArgument,
        details: vec![Detail::BadRequest(problems.as_slice().to_vec())],
    })
}

/// A message with its fields' names in lowerCamelCase; `null` fields are left out.
fn object(value: Value, message: &Message, path: &str, problems: &mut Vec<Violation>) -> Value {
    let Value::Object(fields) = value else {
        let description = format!("Invalid value at '{path}': an object is expected.");
        problems.push(Violation::new(path.to_owned(), description));
        return Value::Null;
    };
    let mut read = Map::new();
    for (name, value) in fields {
        let camel = camel_case(&name);
        let Some((name, kind)) = message.field(camel.as_deref().unwrap_or(&name)) else {
            let name = clip(&name, LONGEST_ECHO);
            let description = format!("Unknown name \"{name}\" at '{path}': Cannot find field.");
            problems.push(Violation::new(path.to_owned(), description));
            continue;
        };
        if value.is_null() {
            continue;
        }
        let below = format!("{path}.{name}");
        let mut expect = |is_it: bool, kind: &str| {
            if !is_it {
                let value = value.to_string();
                let value = clip(&value, LONGEST_ECHO);
                let description = format!("Invalid value at '{below}' ({kind}), {value}");
                problems.push(Violation::new(below.clone(), description));
            }
        };
        match kind {
            Kind::Text => expect(value.is_string(), "TYPE_STRING"),
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

/// Any JSON in which no object has a field twice, in whichever case its name is.
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
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
                let mut read = Vec::new();
                while let Some(Once(item)) = items.next_element()? {
                    read.push(item);
                }
                Ok(Value::Array(read))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
                let (mut read, mut names) = (Map::new(), HashSet::new());
                while let Some(name) = fields.next_key::<String>()? {
                    if !names.insert(camel_case(&name).unwrap_or_else(|| name.clone())) {
                        let name = clip(&name, LONGEST_ECHO);
                        let message = format_args!("the field \"{name}\" is there twice");
                        return Err(Error::custom(message));
                    }
                    let Once(value) = fields.next_value()?;
                    read.insert(name, value);
                }
                Ok(Value::Object(read))
            }
        }

        deserializer.deserialize_any(Any).map(Self)
    }
}
