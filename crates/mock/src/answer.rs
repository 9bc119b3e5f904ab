//! Response bodies: JSON, formatted according to the system parameters.

use std::borrow::Borrow;
use std::sync::OnceLock;

use gchat_filter::list::{FieldMask, RpcCode, Status, SystemParameters, Violation};
use gchat_filter::members::Membership;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use serde_json::Value;

use super::message_types::{Kind, MEMBERSHIP, Message, PAGE};

/// A membership with its JSON and its encoding in a page. Each is made only once, on first use.
#[derive(Clone, Debug)]
pub(super) struct Listed(Box<Forms>);

#[derive(Clone, Debug)]
struct Forms {
    membership: Membership,
    json: OnceLock<Box<str>>,
    #[cfg(feature = "grpc")]
    encoded: OnceLock<Box<[u8]>>,
}

impl From<Membership> for Listed {
    fn from(membership: Membership) -> Self {
        Self(Box::new(Forms {
            membership,
            json: OnceLock::new(),
            #[cfg(feature = "grpc")]
            encoded: OnceLock::new(),
        }))
    }
}

impl Borrow<Membership> for Listed {
    fn borrow(&self) -> &Membership {
        &self.0.membership
    }
}

impl Serialize for Listed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.membership.serialize(serializer)
    }
}

impl Listed {
    /// Returns the JSON, indented as in a page.
    fn indented(&self) -> &str {
        self.0.json.get_or_init(|| {
            // JSON strings contain no raw line breaks.
            let json = text(&self.0.membership, true).replace('\n', "\n    ");
            json.into_boxed_str()
        })
    }

    /// Returns the membership as it is encoded in a page over gRPC.
    #[cfg(feature = "grpc")]
    pub(super) fn encoded(&self, encode: impl FnOnce(&Membership) -> Box<[u8]>) -> &[u8] {
        self.0.encoded.get_or_init(|| encode(&self.0.membership))
    }
}

/// Checks that a message has every path in `fields`.
///
/// # Errors
///
/// 400 at `fields`, as in Google's services.
fn check_fields(message: &Message, fields: Option<&FieldMask>) -> Result<(), Status> {
    let path = fields.and_then(|mask| message.unknown_path(mask));
    match path {
        None => Ok(()),
        Some(path) => {
            let description = format!("Invalid field selection {path}");
            Err(Violation::new("fields", description).into())
        }
    }
}

/// Checks `fields` for a membership. Must be called before any change is made.
pub(super) fn check_membership_fields(fields: Option<&FieldMask>) -> Result<(), Status> {
    check_fields(&MEMBERSHIP, fields)
}

/// Checks `fields` for a page.
pub(super) fn check_page_fields(fields: Option<&FieldMask>) -> Result<(), Status> {
    check_fields(&PAGE, fields)
}

/// Returns the response body for a membership.
pub(super) fn membership(membership: &Membership, system: &SystemParameters) -> String {
    value(membership, &MEMBERSHIP, system)
}

/// Returns the response body for a page; `{}` if it is empty.
pub(super) fn page(
    memberships: &[&Listed],
    next_page_token: Option<&str>,
    system: &SystemParameters,
) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Page<'p> {
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        memberships: &'p [&'p Listed],
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<&'p str>,
    }
    let has_default_form = system.pretty_print && !system.integer_enums && system.fields.is_none();
    if !has_default_form || memberships.is_empty() {
        let page = Page {
            memberships,
            next_page_token,
        };
        return value(&page, &PAGE, system);
    }
    // Common case: concatenate the memberships' JSON, which is serialized only once.
    let length: usize = memberships
        .iter()
        .map(|listed| listed.indented().len() + 6)
        .sum();
    let mut body = String::with_capacity(length + 256);
    body.push_str("{\n  \"memberships\": [");
    for (index, listed) in memberships.iter().enumerate() {
        body.push_str(if index == 0 { "\n    " } else { ",\n    " });
        body.push_str(listed.indented());
    }
    body.push_str("\n  ]");
    if let Some(token) = next_page_token {
        // A token needs no escapes.
        body.push_str(",\n  \"nextPageToken\": \"");
        body.push_str(token);
        body.push('"');
    }
    body.push_str("\n}\n");
    body
}

/// Returns a response with JSON.
pub(super) fn json(status: StatusCode, body: String) -> Response<String> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json; charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// Returns the HTTP status of a code.
pub(super) fn http_status(code: RpcCode) -> StatusCode {
    StatusCode::from_u16(code.http()).expect("every code has an HTTP status")
}

/// Returns the response body for an error. Field masks do not apply to it.
pub(super) fn error(status: &impl Serialize, pretty_print: bool) -> String {
    ended(text(status, pretty_print), pretty_print)
}

/// Returns the response body for an error whose HTTP status is not that of its code.
pub(super) fn error_as(http: u16, status: &Status, pretty_print: bool) -> String {
    let mut body = to_value(status);
    if let Some(code) = body.pointer_mut("/error/code") {
        *code = http.into();
    }
    error(&body, pretty_print)
}

fn value(value: &impl Serialize, message: &Message, system: &SystemParameters) -> String {
    let pretty = system.pretty_print;
    let text = if system.fields.is_none() && !system.integer_enums {
        text(value, pretty)
    } else {
        let mut value = to_value(value);
        if let Some(mask) = &system.fields {
            mask.apply(&mut value);
        }
        if system.integer_enums {
            numbered(&mut value, message);
        }
        text(&value, pretty)
    };
    ended(text, pretty)
}

fn ended(mut text: String, pretty: bool) -> String {
    if pretty {
        text.push('\n');
    }
    text
}

/// Converts to JSON, which cannot fail: all keys are strings.
fn to_value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("all keys are strings")
}

/// Serializes to JSON, which cannot fail: all keys are strings.
fn text(value: &impl Serialize, pretty: bool) -> String {
    let text = if pretty {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    text.expect("all keys are strings")
}

/// Replaces the names of enum values by their numbers.
fn numbered(value: &mut Value, message: &Message) {
    let Value::Object(fields) = value else {
        return;
    };
    for (name, value) in fields {
        match (message.field(name), &mut *value) {
            (Some((_, Kind::Enum(values))), Value::String(text)) => {
                if let Some(number) = (values.number)(text) {
                    *value = number.into();
                }
            }
            (Some((_, Kind::Message(message))), _) => numbered(value, message),
            (Some((_, Kind::Repeated(message))), Value::Array(items)) => {
                for item in items {
                    numbered(item, message);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RpcCode, http_status};

    #[test]
    fn every_code_has_an_http_status() {
        for code in RpcCode::ALL {
            assert_eq!(http_status(*code).as_u16(), code.http());
        }
    }
}
