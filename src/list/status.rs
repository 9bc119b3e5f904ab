//! The API's errors: `google.rpc.Status`, as the JSON body of an answer.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::violation::{Violation, Violations};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $code:ident = $http:literal $name:literal,)+) => {
        /// A canonical error code, `google.rpc.Code`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $code,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$code,)+];

            /// The name on the wire, such as `INVALID_ARGUMENT`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)+
                }
            }

            /// The HTTP status code that goes with it (AIP-193).
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
    /// The request is wrong whatever the state of the system.
    InvalidArgument = 400 "INVALID_ARGUMENT",
    /// The state of the system does not allow the request.
    FailedPrecondition = 400 "FAILED_PRECONDITION",
    /// A page or an index past the end.
    OutOfRange = 400 "OUT_OF_RANGE",
    /// Credentials are missing or unknown.
    Unauthenticated = 401 "UNAUTHENTICATED",
    /// The caller may not do this.
    PermissionDenied = 403 "PERMISSION_DENIED",
    /// There is no such resource.
    NotFound = 404 "NOT_FOUND",
    /// A concurrent change came in between.
    Aborted = 409 "ABORTED",
    /// There is such a resource already.
    AlreadyExists = 409 "ALREADY_EXISTS",
    /// Too many requests, or a quota is used up.
    ResourceExhausted = 429 "RESOURCE_EXHAUSTED",
    /// The client gave up.
    Cancelled = 499 "CANCELLED",
    /// The server is broken.
    Internal = 500 "INTERNAL",
    /// Nobody knows what happened.
    Unknown = 500 "UNKNOWN",
    /// Data is lost for good.
    DataLoss = 500 "DATA_LOSS",
    /// The server does not know the method.
    Unimplemented = 501 "UNIMPLEMENTED",
    /// The server cannot answer now; try again.
    Unavailable = 503 "UNAVAILABLE",
    /// It took too long.
    DeadlineExceeded = 504 "DEADLINE_EXCEEDED",
}

/// What an error tells besides its message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail {
    /// `google.rpc.BadRequest`: each violation with its field.
    BadRequest(Vec<Violation>),
    /// `google.rpc.ErrorInfo`: a reason for programs.
    ErrorInfo {
        /// The reason, such as `ACCESS_TOKEN_SCOPE_INSUFFICIENT`.
        reason: &'static str,
        /// Whose reason it is, such as `googleapis.com`.
        domain: &'static str,
    },
}

/// An error as the API answers it: `google.rpc.Status`.
///
/// With serde it is the whole body, `{"error": {"code": 400, …}}`.
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
#[error("{}: {message}", code.as_str())]
pub struct Status {
    /// The canonical code.
    pub code: Code,
    /// What went wrong, for a developer.
    pub message: String,
    /// More, for programs.
    pub details: Vec<Detail>,
}

impl Status {
    /// A status without details.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: Vec::new(),
        }
    }

    /// No scope of the caller's permits the method: the live service's message and reason (seen
    /// live).
    #[must_use]
    pub fn insufficient_scopes() -> Self {
        Self {
            details: vec![Detail::ErrorInfo {
                reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                domain: "googleapis.com",
            }],
            ..Self::new(
                Code::PermissionDenied,
                "Request had insufficient authentication scopes.",
            )
        }
    }

    /// The caller may not do this to what exists: the live service's message (seen live).
    #[must_use]
    pub fn permission_denied() -> Self {
        Self::new(
            Code::PermissionDenied,
            "Permission denied to perform the requested action on the specified resource, or the \
             resource doesn't exist.",
        )
    }

    /// There is no such space or membership: the live service's message (seen live).
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "Requested entity was not found.")
    }
}

/// The message is the live service's `Invalid filter query: …` if the filter is wrong, else all
/// descriptions; each violation is one of the details.
impl From<Violations> for Status {
    fn from(violations: Violations) -> Self {
        let filter = violations.as_slice().iter().find_map(|v| v.filter.as_ref());
        let message = match filter {
            Some(error) => format!("Invalid filter query: {}", error.text()),
            None => violations.to_string(),
        };
        let details = vec![Detail::BadRequest(violations.as_slice().to_vec())];
        Self {
            details,
            ..Self::new(Code::InvalidArgument, message)
        }
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

impl Serialize for Detail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct FieldViolation<'a> {
            field: &'a str,
            description: &'a str,
        }
        let mut detail = serializer.serialize_map(None)?;
        match self {
            Self::BadRequest(violations) => {
                let violations = violations.iter().map(|violation| FieldViolation {
                    field: &violation.field,
                    description: &violation.description,
                });
                detail.serialize_entry("@type", "type.googleapis.com/google.rpc.BadRequest")?;
                detail.serialize_entry("fieldViolations", &violations.collect::<Vec<_>>())?;
            }
            Self::ErrorInfo { reason, domain } => {
                detail.serialize_entry("@type", "type.googleapis.com/google.rpc.ErrorInfo")?;
                detail.serialize_entry("reason", reason)?;
                detail.serialize_entry("domain", domain)?;
            }
        }
        detail.end()
    }
}
