//! Request bodies: memberships in proto3 JSON, as Google's transcoding takes them.

use serde_json::{Map, Value};

use super::schema::{Kind, MEMBERSHIP, Message};
use crate::Membership;
use crate::list::query::camel_case;
use crate::list::{Code, Detail, Status, Violation};

/// The membership in a body; a default one if the body is empty.
///
/// # Errors
///
/// 400 `Invalid JSON payload received. …` for what is no JSON object, and for every unknown field,
/// unknown enum name and value of a wrong type.
pub(super) fn membership(body: &[u8]) -> Result<Membership, Status> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Membership::default());
    }
    let mut problems = Vec::new();
    let value = match serde_json::from_slice(body) {
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
    if problems.is_empty() {
        match serde_json::from_value(value) {
            Ok(membership) => return Ok(membership),
            Err(error) => problems.push(Violation::new("membership", error)),
        }
    }
    let lines = problems.iter().map(|problem| {
        let description = &problem.description;
        format!("Invalid JSON payload received. {description}")
    });
    Err(Status {
        message: lines.collect::<Vec<_>>().join("\n"),
        code: Code::InvalidArgument,
        details: vec![Detail::BadRequest(problems)],
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
