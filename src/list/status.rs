//! The API's errors: `google.rpc.Status`, as the JSON body of a response.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::method::MembershipMethod;
use super::response::or_default;
use super::violation::{MAX_DESCRIPTION, Violation, Violations, shown};
use crate::named::named;

/// Types of details.
const BAD_REQUEST: &str = "type.googleapis.com/google.rpc.BadRequest";
const ERROR_INFO: &str = "type.googleapis.com/google.rpc.ErrorInfo";

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $code:ident = $http:literal $name:literal,)+) => {
        /// A canonical error code, `google.rpc.Code`, without `OK`.
        ///
        /// `Display` and `FromStr` use the name on the wire, such as `INVALID_ARGUMENT`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum RpcCode {
            $($(#[doc = $doc])+ $code,)+
        }

        impl RpcCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$code,)+];

            /// Returns the name on the wire, such as `INVALID_ARGUMENT`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)+
                }
            }

            /// Returns the corresponding HTTP status code (AIP-193).
            #[must_use]
            pub const fn http(self) -> u16 {
                match self {
                    $(Self::$code => $http,)+
                }
            }
        }
    };
}

codes! {
    /// The request is invalid, regardless of the state of the system.
    InvalidArgument = 400 "INVALID_ARGUMENT",
    /// The state of the system does not allow the request.
    FailedPrecondition = 400 "FAILED_PRECONDITION",
    /// A page or an index is past the end.
    OutOfRange = 400 "OUT_OF_RANGE",
    /// Credentials are missing or invalid.
    Unauthenticated = 401 "UNAUTHENTICATED",
    /// The caller does not have permission.
    PermissionDenied = 403 "PERMISSION_DENIED",
    /// The resource does not exist.
    NotFound = 404 "NOT_FOUND",
    /// A concurrent change conflicts with the request.
    Aborted = 409 "ABORTED",
    /// The resource already exists.
    AlreadyExists = 409 "ALREADY_EXISTS",
    /// There are too many requests, or a quota is exhausted.
    ResourceExhausted = 429 "RESOURCE_EXHAUSTED",
    /// The client canceled the request.
    Cancelled = 499 "CANCELLED",
    /// The server has an internal error.
    Internal = 500 "INTERNAL",
    /// The cause is unknown.
    Unknown = 500 "UNKNOWN",
    /// Data is lost or corrupted beyond recovery.
    DataLoss = 500 "DATA_LOSS",
    /// The server does not support the method.
    Unimplemented = 501 "UNIMPLEMENTED",
    /// The server is temporarily unavailable; the client may retry.
    Unavailable = 503 "UNAVAILABLE",
    /// The request took too long.
    DeadlineExceeded = 504 "DEADLINE_EXCEEDED",
}

named!(RpcCode, "error code", as_str);

/// Machine-readable details of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail {
    /// `google.rpc.BadRequest`: the violations with their fields.
    BadRequest(Vec<Violation>),
    /// `google.rpc.ErrorInfo`: the cause of the error.
    #[non_exhaustive]
    ErrorInfo {
        /// The reason, such as `ACCESS_TOKEN_SCOPE_INSUFFICIENT`.
        reason: Cow<'static, str>,
        /// The domain that defines the reason, such as `googleapis.com`.
        domain: Cow<'static, str>,
        /// The method that was called; `None` if the error does not name one of `spaces.members`.
        method: Option<MembershipMethod>,
    },
}

/// An error response of the API: `google.rpc.Status`.
///
/// It serializes as the full body of the response, `{"error": {"code": 400, …}}`, and a client reads it
/// from that. Details of other types than those of [`Detail`] are ignored.
///
/// ```
/// use gchat_filter::list::{ListMembershipsRequest, Status};
///
/// let request = ListMembershipsRequest {
///     filter: "role = OWNER".to_owned(),
///     ..ListMembershipsRequest::new("spaces/AAAA")
/// };
/// let status = Status::from(request.check().unwrap_err());
/// assert_eq!(status.code.http(), 400);
/// assert_eq!(status.message, "Invalid filter query: role = OWNER");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
#[non_exhaustive]
pub struct Status {
    /// The canonical code.
    pub code: RpcCode,
    /// The message for developers.
    pub message: String,
    /// The machine-readable details.
    pub details: Vec<Detail>,
}

impl Status {
    /// Creates a status without details. In the message, invisible characters are escaped, and it is
    /// truncated to 1000 characters.
    pub fn new(code: RpcCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: shown(&message.into(), MAX_DESCRIPTION),
            details: Vec::new(),
        }
    }

    /// Sets the details.
    #[must_use]
    pub fn with_details(mut self, details: Vec<Detail>) -> Self {
        self.details = details;
        self
    }

    /// Returns the error for a caller whose scopes do not permit the method, with the live
    /// service's message and reason.
    #[must_use]
    pub fn insufficient_scopes(method: MembershipMethod) -> Self {
        let message = "Request had insufficient authentication scopes.";
        Self::new(RpcCode::PermissionDenied, message).with_details(vec![Detail::ErrorInfo {
            reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT".into(),
            domain: "googleapis.com".into(),
            method: Some(method),
        }])
    }

    /// Returns the error for a caller who does not have permission for the resource, with the live
    /// service's message.
    #[must_use]
    pub fn permission_denied() -> Self {
        Self::new(
            RpcCode::PermissionDenied,
            "Permission denied to perform the requested action on the specified resource, or the \
             resource doesn't exist.",
        )
    }

    /// Returns the error for an app whose request requires user authentication, with the live service's
    /// message.
    #[must_use]
    pub fn requires_user() -> Self {
        Self::new(
            RpcCode::PermissionDenied,
            "This method doesn't support app authentication with a service account. Authenticate \
             with a user account.",
        )
    }

    /// Returns the error for a caller who asks for admin access without being an administrator, with
    /// the live service's message.
    #[must_use]
    pub fn requires_administrator() -> Self {
        Self::new(
            RpcCode::PermissionDenied,
            "This method doesn't support non-admin user authentication. Authenticate with an admin \
             account.",
        )
    }

    /// Returns the error for a missing space or membership, with the live service's message.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(RpcCode::NotFound, "Requested entity was not found.")
    }
}

/// Converts violations to a 400 `INVALID_ARGUMENT` with one field violation for each.
///
/// The message is the live service's `Invalid filter query: …` if the filter is invalid. If not, it
/// lists all violations.
impl From<Violations> for Status {
    fn from(violations: Violations) -> Self {
        let filter = violations.as_slice().iter().find_map(|v| v.filter.as_ref());
        let status = match filter {
            Some(error) => {
                let message = format!("Invalid filter query: {}", error.text());
                Self::new(RpcCode::InvalidArgument, message)
            }
            // Violations are escaped and truncated already.
            None => Self {
                message: violations.message(),
                ..Self::new(RpcCode::InvalidArgument, "")
            },
        };
        status.with_details(vec![Detail::BadRequest(violations.into_iter().collect())])
    }
}

impl From<Violation> for Status {
    fn from(violation: Violation) -> Self {
        Violations::from(violation).into()
    }
}

impl From<crate::Error> for Status {
    fn from(error: crate::Error) -> Self {
        Violation::from(error).into()
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Error<'a> {
            code: u16,
            message: &'a str,
            status: &'static str,
            #[serde(skip_serializing_if = "<[Detail]>::is_empty")]
            details: &'a [Detail],
        }
        let mut body = serializer.serialize_map(Some(1))?;
        body.serialize_entry(
            "error",
            &Error {
                code: self.code.http(),
                message: &self.message,
                status: self.code.as_str(),
                details: &self.details,
            },
        )?;
        body.end()
    }
}

/// An error without a status that is known has the code of its HTTP status, if there is one.
impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(expecting = "an object with an `error`")]
        struct Body {
            error: Error,
        }
        #[derive(Deserialize)]
        #[serde(expecting = "an object")]
        struct Error {
            code: u16,
            #[serde(default, deserialize_with = "or_default")]
            message: String,
            #[serde(default, deserialize_with = "or_default")]
            status: String,
            #[serde(default, deserialize_with = "or_default")]
            details: Vec<Value>,
        }
        let Body { error } = Body::deserialize(deserializer)?;
        let of_http = || {
            let mut codes = RpcCode::ALL.iter().copied();
            codes.find(|code| code.http() == error.code)
        };
        let code = error.status.parse().ok().or_else(of_http);
        let details = error.details.into_iter().filter_map(known);
        Ok(Self {
            code: code.unwrap_or(RpcCode::Unknown),
            message: error.message,
            details: details.collect(),
        })
    }
}

/// A detail of any type.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, expecting = "an object")]
struct AnyDetail {
    #[serde(rename = "@type")]
    kind: String,
    field_violations: Vec<AnyViolation>,
    reason: String,
    domain: String,
    metadata: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "an object")]
struct AnyViolation {
    field: String,
    description: String,
}

/// Returns a detail if it is of a type that [`Detail`] has.
fn known(detail: Value) -> Option<Detail> {
    let detail = AnyDetail::deserialize(detail).ok()?;
    match &*detail.kind {
        BAD_REQUEST => {
            let violations = detail.field_violations.into_iter().map(|own| Violation {
                field: own.field.into(),
                description: own.description,
                filter: None,
            });
            Some(Detail::BadRequest(violations.collect()))
        }
        ERROR_INFO => Some(Detail::ErrorInfo {
            reason: detail.reason.into(),
            domain: detail.domain.into(),
            method: detail
                .metadata
                .get("method")
                .and_then(|name| name.parse().ok()),
        }),
        _ => None,
    }
}

impl Serialize for Detail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct FieldViolation<'a> {
            field: &'a str,
            description: &'a str,
        }
        #[derive(Serialize)]
        struct Metadata {
            service: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            method: Option<&'static str>,
        }
        let mut detail = serializer.serialize_map(None)?;
        match self {
            Self::BadRequest(violations) => {
                let violations = violations.iter().map(|violation| FieldViolation {
                    field: &violation.field,
                    description: &violation.description,
                });
                detail.serialize_entry("@type", BAD_REQUEST)?;
                detail.serialize_entry("fieldViolations", &violations.collect::<Vec<_>>())?;
            }
            Self::ErrorInfo {
                reason,
                domain,
                method,
            } => {
                detail.serialize_entry("@type", ERROR_INFO)?;
                detail.serialize_entry("reason", reason)?;
                detail.serialize_entry("domain", domain)?;
                let metadata = Metadata {
                    service: "chat.googleapis.com",
                    method: method.map(MembershipMethod::rpc),
                };
                detail.serialize_entry("metadata", &metadata)?;
            }
        }
        detail.end()
    }
}
