//! Requests over gRPC, and their responses as JSON, so that they can be compared with those over REST.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use gchat_filter_mock::Mock;
use http::{HeaderMap, Request, Version};
use http_body_util::BodyExt;
use percent_encoding::percent_decode_str;
use prost::Message;
use serde_json::{Map, Value, json};

use crate::messages::{Create, List, Membership, Page, Strings, Time, Update, User};
use crate::raw_request::RawRequest;
use crate::server_model::Operation;

/// Path of the service.
pub const SERVICE: &str = "/google.chat.v1.ChatService/";

/// Codes: name, number, and HTTP status.
const CODES: &[(&str, u32, u16)] = &[
    ("OK", 0, 200),
    ("INVALID_ARGUMENT", 3, 400),
    ("NOT_FOUND", 5, 404),
    ("ALREADY_EXISTS", 6, 409),
    ("PERMISSION_DENIED", 7, 403),
    ("RESOURCE_EXHAUSTED", 8, 429),
    ("FAILED_PRECONDITION", 9, 400),
    ("ABORTED", 10, 409),
    ("UNIMPLEMENTED", 12, 501),
    ("INTERNAL", 13, 500),
    ("UNAVAILABLE", 14, 503),
    ("UNAUTHENTICATED", 16, 401),
];

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

#[derive(Clone, PartialEq, Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct BadRequest {
    #[prost(message, repeated, tag = "1")]
    field_violations: Vec<Pair>,
}

#[derive(Clone, PartialEq, Message)]
struct Pair {
    #[prost(string, tag = "1")]
    first: String,
    #[prost(string, tag = "2")]
    second: String,
}

#[derive(Clone, PartialEq, Message)]
struct ErrorInfo {
    #[prost(string, tag = "1")]
    reason: String,
    #[prost(string, tag = "2")]
    domain: String,
    #[prost(map = "string, string", tag = "3")]
    metadata: HashMap<String, String>,
}

/// Returns whether a message has a form for an operation: it has neither times nor fields that are invalid.
#[must_use]
pub fn has_form(operation: &Operation) -> bool {
    !matches!(
        (operation.method, operation.options[0]),
        (b'c', b'x' | b'?') | (b'p', b'?')
    )
}

/// Converts a valid request over REST, without admin access, to one over gRPC: its path is that of the
/// method, and its body is the message.
///
/// # Panics
///
/// Panics if the body of the request is not JSON.
#[must_use]
pub fn converted(operation: &Operation, rest: &RawRequest, token: &str) -> RawRequest {
    let resource = rest.resource();
    let parent = resource.strip_suffix("/members").unwrap_or(&resource);
    let body: Value = serde_json::from_slice(&rest.body).unwrap_or_default();
    let (method, message) = match operation.method {
        b'c' => {
            let message = Create {
                parent: parent.to_owned(),
                membership: Some(membership(&body)),
            };
            ("CreateMembership", message.encode_to_vec())
        }
        b'p' => {
            let membership = Membership {
                name: resource,
                ..membership(&body)
            };
            let mask = rest.target.split_once("ask=").map(|(_, mask)| mask);
            let paths = mask.map(|mask| Strings {
                strings: mask.split(',').map(str::to_owned).collect(),
            });
            let message = Update {
                membership: Some(membership),
                update_mask: paths,
            };
            ("UpdateMembership", message.encode_to_vec())
        }
        b'l' => {
            let message = List {
                parent: parent.to_owned(),
                page_size: i32::from(operation.options[2] - b'0'),
                page_token: token.to_owned(),
                filter: operation.filter_text(),
                show_groups: operation.shows_groups(),
                show_invited: operation.shows_invited(),
            };
            ("ListMemberships", message.encode_to_vec())
        }
        method => {
            let message = Strings {
                strings: vec![resource],
            };
            let method = if method == b'd' {
                "DeleteMembership"
            } else {
                "GetMembership"
            };
            (method, message.encode_to_vec())
        }
    };
    let mut request = RawRequest::new("POST", format!("{SERVICE}{method}"));
    request.headers.clone_from(&rest.headers);
    request.body = message;
    request
}

fn membership(json: &Value) -> Membership {
    let text = |json: &Value| json.as_str().unwrap_or_default().to_owned();
    let number = |json: &Value, names: &[&str]| {
        if let Some(number) = json.as_i64() {
            i32::try_from(number).unwrap_or_default()
        } else {
            let at = names.iter().position(|name| json == name);
            at.and_then(|at| i32::try_from(at).ok()).unwrap_or_default()
        }
    };
    let group = json.get("group_member").map(|group| Strings {
        strings: vec![text(&group["name"])],
    });
    let member = json.get("member").map(|user| User {
        name: text(&user["name"]),
        kind: number(&user["type"], TYPES),
        ..User::default()
    });
    Membership {
        state: number(&json["state"], STATES),
        role: number(&json["role"], ROLES),
        create_time: json.get("createTime").map(|_| Time {
            // That of `2020-01-01T01:00:00+01:00`.
            seconds: 1_577_836_800,
            nanos: 0,
        }),
        member,
        group_member: group,
        ..Membership::default()
    }
}

const TYPES: &[&str] = &["TYPE_UNSPECIFIED", "HUMAN", "BOT"];
const STATES: &[&str] = &[
    "MEMBERSHIP_STATE_UNSPECIFIED",
    "JOINED",
    "INVITED",
    "NOT_A_MEMBER",
];
const ROLES: &[&str] = &[
    "MEMBERSHIP_ROLE_UNSPECIFIED",
    "ROLE_MEMBER",
    "ROLE_MANAGER",
    "",
    "ROLE_ASSISTANT_MANAGER",
];
const AFFILIATIONS: &[&str] = &[
    "AFFILIATION_UNSPECIFIED",
    "INTERNAL",
    "EXTERNAL",
    "MANAGED_EXTERNAL",
];

/// Sends a request, whose body is the message. Returns the HTTP status and the JSON that REST would have; for
/// an error of gRPC itself, the JSON is `null`.
pub async fn send(mock: &Mock, request: &RawRequest) -> Option<(u16, Value)> {
    let mut builder = Request::post(&*request.target)
        .version(Version::HTTP_2)
        .header("content-type", "application/grpc");
    for (name, value) in &request.headers {
        builder = builder.header(&**name, &**value);
    }
    let length = u32::try_from(request.body.len()).ok()?;
    let body = [&[0], &length.to_be_bytes()[..], &request.body].concat();
    let response = mock.handle_grpc(builder.body(body.into()).ok()?).await;
    let (head, body) = response.into_parts();
    let body = body.collect().await.expect("a complete body");
    let mut headers = head.headers;
    headers.extend(body.trailers().cloned().unwrap_or_default());
    assert_eq!(head.status, 200);
    assert_eq!(headers["content-type"], "application/grpc");
    let code = headers["grpc-status"].to_str().ok();
    let code: u32 = code.and_then(|code| code.parse().ok()).expect("a code");
    let known = CODES.iter().find(|(_, number, _)| *number == code);
    let (name, _, http) = known.unwrap_or_else(|| panic!("code {code}"));
    if code != 0 {
        let json = error(&headers, name, *http);
        return Some((*http, json.unwrap_or_default()));
    }
    let body = body.to_bytes();
    let (frame, message) = body.split_at(5);
    assert_eq!(
        frame,
        [&[0], &u32::try_from(message.len()).ok()?.to_be_bytes()[..]].concat()
    );
    let json = if request.target.ends_with("/ListMemberships") {
        let page = Page::decode(message).expect("a page");
        let memberships = page.memberships.iter().map(to_json).collect();
        without_defaults(json!({
            "memberships": Value::Array(memberships), "nextPageToken": page.next_page_token,
        }))
    } else {
        to_json(&Membership::decode(message).expect("a membership"))
    };
    Some((200, json))
}

/// Returns the error in the headers as JSON.
fn error(headers: &HeaderMap, name: &str, http: u16) -> Option<Value> {
    let message = headers.get("grpc-message")?.to_str().ok()?;
    let mut error = json!({"code": http, "message": message, "status": name});
    if let Some(details) = headers.get("grpc-status-details-bin") {
        let bytes = STANDARD_NO_PAD.decode(details).expect("Base64");
        let status = Status::decode(&*bytes).expect("a status");
        let decoded = percent_decode_str(message).decode_utf8().expect("UTF-8");
        assert_eq!(status.message, decoded);
        let details = status.details.iter().map(|detail| {
            let mut json = match detail.type_url.rsplit('.').next() {
                Some("BadRequest") => {
                    let detail = BadRequest::decode(&*detail.value).expect("a BadRequest");
                    let violations = detail.field_violations.iter();
                    let violations = violations
                        .map(|pair| json!({"field": pair.first, "description": pair.second}));
                    json!({"fieldViolations": violations.collect::<Vec<_>>()})
                }
                Some("ErrorInfo") => {
                    let detail = ErrorInfo::decode(&*detail.value).expect("an ErrorInfo");
                    json!({"reason": detail.reason, "domain": detail.domain})
                }
                _ => panic!("{}", detail.type_url),
            };
            json["@type"] = json!(detail.type_url);
            json
        });
        error["details"] = Value::Array(details.collect());
    }
    Some(json!({ "error": error }))
}

fn to_json(membership: &Membership) -> Value {
    let name = |names: &[&str], number: i32| match usize::try_from(number) {
        // Defaults are absent, except where the server populates them.
        Ok(0) => Value::Null,
        Ok(at) if names.get(at).is_some_and(|name| !name.is_empty()) => json!(names[at]),
        _ => json!(number),
    };
    let time = |time: &Option<Time>| time.as_ref().map(rfc3339);
    let user = membership.member.as_ref().map(|user| {
        without_defaults(json!({
            "name": user.name,
            "displayName": user.display_name,
            "avatarUrl": user.avatar_url,
            "email": user.email,
            "type": name(TYPES, user.kind),
            "domainId": user.domain_id,
            "isAnonymous": user.is_anonymous,
        }))
    });
    let group = membership.group_member.as_ref();
    let group = group.map(|group| json!({"name": group.strings.first()}));
    without_defaults(json!({
        "name": membership.name,
        "state": name(STATES, membership.state),
        "role": name(ROLES, membership.role),
        "createTime": time(&membership.create_time),
        "deleteTime": time(&membership.delete_time),
        "affiliation": name(AFFILIATIONS, membership.affiliation),
        "member": user,
        "groupMember": group,
    }))
}

fn without_defaults(json: Value) -> Value {
    let Value::Object(fields) = json else {
        return json;
    };
    let is_default =
        |value: &Value| [Value::Null, json!(""), json!(false), json!([])].contains(value);
    let fields: Map<_, _> = fields
        .into_iter()
        .filter(|(_, value)| !is_default(value))
        .collect();
    Value::Object(fields)
}

fn rfc3339(time: &Time) -> String {
    let time = jiff::Timestamp::new(time.seconds, time.nanos);
    time.expect("a time").to_string()
}

/// Writes the times of a membership with as many digits as they have, as [`send`] does.
#[must_use]
pub fn with_short_times(mut membership: Value) -> Value {
    for name in ["createTime", "deleteTime"] {
        if let Some(time) = membership.get_mut(name) {
            let short = time
                .as_str()
                .and_then(|time| time.parse::<jiff::Timestamp>().ok());
            *time = json!(short.expect("a time").to_string());
        }
    }
    membership
}
