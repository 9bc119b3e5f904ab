//! Errors: codes, messages and details.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use gchat_filter::list::{Detail, RpcCode, Status};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
use tonic::Code;
use tonic_types::{
    BadRequest, DebugInfo, ErrorDetail, ErrorInfo, FieldViolation, Help, HelpLink,
    LocalizedMessage, PreconditionFailure, PreconditionViolation, QuotaFailure, QuotaViolation,
    RequestInfo, ResourceInfo, RetryInfo, StatusExt,
};

/// Maximum length of the message and of the violations, in bytes: clients refuse responses with more than
/// 8 KiB of metadata, and either may become longer when it is encoded.
const MAX_LEN: usize = 2048;

/// The bytes of a message that are percent-encoded. Clients show the encoding of any other.
const ENCODED: &AsciiSet = &CONTROLS.add(b'%');

/// Returns the error for a status.
pub(super) fn status(status: &Status) -> tonic::Status {
    let mut left = MAX_LEN;
    let details = status
        .details
        .iter()
        .filter_map(|detail| convert(detail, &mut left));
    with_details(status.code, &status.message, details.collect())
}

/// Returns the error with a code, a message and details.
pub(super) fn with_details(
    code: RpcCode,
    message: &str,
    details: Vec<ErrorDetail>,
) -> tonic::Status {
    let message = cut(message, &mut MAX_LEN.clone());
    if details.is_empty() {
        return tonic::Status::new(code_of(code), message);
    }
    tonic::Status::with_error_details_vec(code_of(code), message, details)
}

/// Returns a message as the value of `grpc-message`.
pub(super) fn encoded_message(message: &str) -> Bytes {
    // HTTP/2 has no spaces at the ends of a value.
    let middle = message.trim_matches(' ');
    let start = message.len() - message.trim_start_matches(' ').len();
    let end = message.len() - start - middle.len();
    let mut encoded = "%20".repeat(start);
    encoded.extend(utf8_percent_encode(middle, ENCODED));
    encoded.push_str(&"%20".repeat(end));
    encoded.into()
}

/// Returns the start of a text that is within the limit, and reduces the limit.
fn cut(text: &str, left: &mut usize) -> String {
    // An encoded byte is three times as long.
    let cost = |c: char| if c.is_ascii() { 1 } else { 3 * c.len_utf8() };
    let mut cut = String::new();
    for c in text.chars() {
        let Some(rest) = left.checked_sub(cost(c)) else {
            *left = 0;
            return cut + "…";
        };
        *left = rest;
        cut.push(c);
    }
    cut
}

fn convert(detail: &Detail, left: &mut usize) -> Option<ErrorDetail> {
    match detail {
        Detail::BadRequest(violations) => {
            let mut shown = Vec::new();
            for violation in violations {
                if *left == 0 {
                    break;
                }
                let field = cut(&violation.field, left);
                shown.push(FieldViolation::new(
                    field,
                    cut(&violation.description, left),
                ));
            }
            Some(BadRequest::new(shown).into())
        }
        Detail::ErrorInfo {
            reason,
            domain,
            method,
            ..
        } => {
            let mut metadata = vec![("service", "chat.googleapis.com")];
            metadata.extend(method.map(|method| ("method", method.rpc())));
            let metadata = metadata.into_iter();
            let metadata: HashMap<_, _> = metadata
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            Some(ErrorInfo::new(&**reason, &**domain, metadata).into())
        }
        _ => None,
    }
}

/// Converts a detail from JSON. Returns `None` for a type that is not of `google/rpc/error_details.proto`.
pub(super) fn detail(json: &Value) -> Option<ErrorDetail> {
    let text = |json: &Value, name: &str| {
        let text = json.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let items = |name: &str| {
        json.get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let name = json.get("@type")?.as_str()?;
    Some(
        match name.strip_prefix("type.googleapis.com/google.rpc.")? {
            "BadRequest" => {
                let violations = items("fieldViolations").map(|item| {
                    FieldViolation::new(text(item, "field"), text(item, "description"))
                });
                BadRequest::new(violations.collect::<Vec<_>>()).into()
            }
            "ErrorInfo" => {
                let metadata = json.get("metadata").and_then(Value::as_object);
                let metadata = metadata.into_iter().flatten();
                let metadata = metadata
                    .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
                let metadata: HashMap<String, String> = metadata.collect();
                ErrorInfo::new(text(json, "reason"), text(json, "domain"), metadata).into()
            }
            "RetryInfo" => RetryInfo::new(seconds(&text(json, "retryDelay"))).into(),
            "QuotaFailure" => {
                let violations = items("violations").map(|item| {
                    QuotaViolation::new(text(item, "subject"), text(item, "description"))
                });
                QuotaFailure::new(violations.collect::<Vec<_>>()).into()
            }
            "PreconditionFailure" => {
                let violations = items("violations").map(|item| {
                    let [kind, subject, description] =
                        ["type", "subject", "description"].map(|name| text(item, name));
                    PreconditionViolation::new(kind, subject, description)
                });
                PreconditionFailure::new(violations.collect::<Vec<_>>()).into()
            }
            "RequestInfo" => {
                RequestInfo::new(text(json, "requestId"), text(json, "servingData")).into()
            }
            "ResourceInfo" => {
                let [kind, name, owner, description] =
                    ["resourceType", "resourceName", "owner", "description"]
                        .map(|name| text(json, name));
                ResourceInfo::new(kind, name, owner, description).into()
            }
            "Help" => {
                let links = items("links")
                    .map(|item| HelpLink::new(text(item, "description"), text(item, "url")));
                Help::new(links.collect::<Vec<_>>()).into()
            }
            "LocalizedMessage" => {
                LocalizedMessage::new(text(json, "locale"), text(json, "message")).into()
            }
            "DebugInfo" => {
                let entries = items("stackEntries").filter_map(Value::as_str);
                let entries: Vec<String> = entries.map(str::to_owned).collect();
                DebugInfo::new(entries, text(json, "detail")).into()
            }
            _ => return None,
        },
    )
}

/// Parses a duration in JSON, such as `1.5s`.
fn seconds(text: &str) -> Option<Duration> {
    let seconds = text.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn code_of(code: RpcCode) -> Code {
    match code {
        RpcCode::InvalidArgument => Code::InvalidArgument,
        RpcCode::FailedPrecondition => Code::FailedPrecondition,
        RpcCode::OutOfRange => Code::OutOfRange,
        RpcCode::Unauthenticated => Code::Unauthenticated,
        RpcCode::PermissionDenied => Code::PermissionDenied,
        RpcCode::NotFound => Code::NotFound,
        RpcCode::Aborted => Code::Aborted,
        RpcCode::AlreadyExists => Code::AlreadyExists,
        RpcCode::ResourceExhausted => Code::ResourceExhausted,
        RpcCode::Cancelled => Code::Cancelled,
        RpcCode::Internal => Code::Internal,
        RpcCode::Unknown => Code::Unknown,
        RpcCode::DataLoss => Code::DataLoss,
        RpcCode::Unimplemented => Code::Unimplemented,
        RpcCode::Unavailable => Code::Unavailable,
        RpcCode::DeadlineExceeded => Code::DeadlineExceeded,
    }
}

/// Returns the code with which the server answers an error of gRPC itself, such as a malformed message.
pub(super) fn rpc_code(code: Code) -> RpcCode {
    let mut codes = RpcCode::ALL.iter().copied();
    codes
        .find(|known| code_of(*known) == code)
        .unwrap_or(RpcCode::Unknown)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "that is how a test fails")]

    use super::{MAX_LEN, cut, encoded_message, seconds};
    use std::time::Duration;

    #[test]
    fn messages_are_encoded_only_where_the_specification_says() {
        for (message, expected) in [
            (
                r#"Invalid: role = "A" ~ (#/?{}`<>)"#,
                r#"Invalid: role = "A" ~ (#/?{}`<>)"#,
            ),
            ("100 %", "100 %25"),
            (" a  ", "%20a%20%20"),
            ("  ", "%20%20"),
            ("a\nb\u{7f}", "a%0Ab%7F"),
            ("…é", "%E2%80%A6%C3%A9"),
        ] {
            assert_eq!(encoded_message(message), expected);
        }
    }

    #[test]
    fn long_texts_are_cut_at_characters() {
        let mut left = 4;
        assert_eq!(cut("abc", &mut left), "abc");
        assert_eq!(cut("de", &mut left), "d…");
        assert_eq!(cut("f", &mut left), "…");
        let long = "…".repeat(1000);
        let shown = cut(&long, &mut MAX_LEN.clone());
        assert!(encoded_message(&shown).len() <= MAX_LEN + 9);
    }

    #[test]
    fn durations_are_decimal_seconds() {
        assert_eq!(seconds("1.5s"), Some(Duration::from_millis(1500)));
        for invalid in ["", "s", "1", "-1s", "1m"] {
            assert_eq!(seconds(invalid), None, "{invalid}");
        }
    }
}
