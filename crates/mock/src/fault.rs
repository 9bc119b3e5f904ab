//! Faults: requests that fail or are delayed on purpose, so that retry code can be tested.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use gchat_filter::diagnostic::quoted;
use gchat_filter::list::{MembershipMethod, RpcCode};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use thiserror::Error;

use super::seed_items::name;

/// A fault: what happens to requests that match it. See the [manual](crate#faults).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use gchat_filter::list::{MembershipMethod, RpcCode};
/// use gchat_filter_mock::{ConnectionFault, Fault, Mock};
///
/// let server = Mock::sample().serve()?;
/// // The first two lists fail.
/// let busy = Fault::new("spaces/*/members").methods([MembershipMethod::List]).times(2);
/// server.add_fault(busy.status(RpcCode::ResourceExhausted).header("Retry-After", "1"))?;
/// // A member is added, but the client never learns of it.
/// let lost = Fault::new("*").methods([MembershipMethod::Create]).times(1).applied();
/// server.add_fault(lost.connection(ConnectionFault::Reset))?;
/// server.add_fault(Fault::new("spaces/SLOW*").delay(Duration::from_millis(50)))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub struct Fault {
    /// Request path after `v1/`, where `*` matches any text.
    path: String,
    /// The methods that are affected; all if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    methods: Vec<Affected>,
    /// Number of matching requests that pass first.
    #[serde(default, skip_serializing_if = "is_default")]
    skip: u64,
    /// Number of requests affected; `None` if the fault lasts indefinitely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    /// Delay before the response, in milliseconds.
    #[serde(default, skip_serializing_if = "is_default")]
    delay_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<FaultStatus>,
    /// A response of the live service, in place of a status.
    #[serde(
        default,
        rename = "fault",
        deserialize_with = "some_name",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) ready: Option<ReadyFault>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) details: Option<Vec<Value>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) headers: BTreeMap<String, String>,
    /// Text, or any other JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<Value>,
    /// Whether the request is carried out.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) applied: bool,
    #[serde(
        default,
        deserialize_with = "some_name",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) connection: Option<ConnectionFault>,
    /// Maximum number of members on a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) page_size: Option<usize>,
}

/// What happens to the connection instead of a complete response.
///
/// [`Mock::handle`](crate::Mock::handle) has no connection: it puts this into the response's
/// extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ConnectionFault {
    /// It is reset.
    Reset,
    /// It is closed without a response.
    Empty,
    /// It is closed after half of a body whose length was announced.
    Truncated,
}

/// The error for a fault that cannot be added.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct FaultError(pub(super) String);

/// A fault with a response of the live service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ReadyFault {
    /// The project has no configured Chat app.
    AppNotFound,
}

/// Status of a fault's response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum FaultStatus {
    Http(u16),
    #[serde(serialize_with = "serialize_display")]
    Code(RpcCode),
}

/// A method that a fault affects. In JSON, it has the name of the API reference, such as `list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Affected(MembershipMethod);

impl Fault {
    /// Creates a fault for requests with this path after `v1/`, where `*` matches any text. It needs at
    /// least one effect.
    #[must_use]
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            ..Self::default()
        }
    }

    /// Affects only these methods.
    #[must_use]
    pub fn methods(mut self, methods: impl IntoIterator<Item = MembershipMethod>) -> Self {
        self.methods = methods.into_iter().map(Affected).collect();
        self
    }

    /// Lets this number of matching requests pass first.
    #[must_use]
    pub fn skip(mut self, requests: u64) -> Self {
        self.skip = requests;
        self
    }

    /// Affects only this number of requests.
    #[must_use]
    pub fn times(mut self, requests: u64) -> Self {
        self.times = Some(requests);
        self
    }

    /// Delays the request.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// Answers with an error.
    #[must_use]
    pub fn status(mut self, code: RpcCode) -> Self {
        self.status = Some(FaultStatus::Code(code));
        self
    }

    /// Answers with an HTTP status, from 400 to 599.
    #[must_use]
    pub fn http_status(mut self, status: u16) -> Self {
        self.status = Some(FaultStatus::Http(status));
        self
    }

    /// Sets the message of the error.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Sets the details of the error.
    #[must_use]
    pub fn details(mut self, details: Vec<Value>) -> Self {
        self.details = Some(details);
        self
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Answers with this body instead of the API's.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(Value::String(body.into()));
        self
    }

    /// Carries the request out before the fault answers.
    #[must_use]
    pub fn applied(mut self) -> Self {
        self.applied = true;
        self
    }

    /// Breaks the connection.
    #[must_use]
    pub fn connection(mut self, fault: ConnectionFault) -> Self {
        self.connection = Some(fault);
        self
    }

    /// Limits the number of members on a page; 0 is an empty page with a token for the next.
    #[must_use]
    pub fn page_size(mut self, members: usize) -> Self {
        self.page_size = Some(members);
        self
    }

    pub(super) fn has_path(&self, path: &str) -> bool {
        self.path == path
    }

    pub(super) fn waiting_time(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    /// Counts a request if the fault matches it, and returns whether it is affected.
    pub(super) fn take(&mut self, method: MembershipMethod, path: &str) -> bool {
        let has_method = self.methods.is_empty() || self.methods.contains(&Affected(method));
        if !has_method || self.times == Some(0) || !matches(&self.path, path) {
            return false;
        }
        if let Some(skip) = self.skip.checked_sub(1) {
            self.skip = skip;
            return false;
        }
        self.times = self.times.map(|times| times - 1);
        true
    }

    /// Checks what the types do not.
    pub(super) fn check(&self) -> Result<(), FaultError> {
        self.find_error()
            .map_or(Ok(()), |error| Err(FaultError(error)))
    }

    fn find_error(&self) -> Option<String> {
        let path = self.path.trim_start_matches('/');
        let path = path.strip_prefix("v1/").unwrap_or(path);
        if path != self.path {
            return Some(format!(
                "a fault's `path` must not start with `/` or `v1/`: write {} instead of {}",
                quoted(path),
                quoted(&self.path)
            ));
        }
        if let Some(FaultStatus::Http(status)) = self.status
            && !(400..600).contains(&status)
        {
            return Some(format!(
                "a fault's `status` must be from 400 to 599, found {status}"
            ));
        }
        if self.status.is_some() && self.ready.is_some() {
            return Some("a fault must have either a `status` or a `fault`".to_owned());
        }
        if self.status.is_none() && (self.message.is_some() || self.details.is_some()) {
            return Some("a fault's `message` and `details` need a `status`".to_owned());
        }
        if self.body.is_some() && (self.message.is_some() || self.details.is_some()) {
            return Some(
                "a fault must have either a `body` or a `message` and `details`".to_owned(),
            );
        }
        for (name, value) in &self.headers {
            if name.parse::<HeaderName>().is_err() || HeaderValue::from_str(value).is_err() {
                return Some(format!("a fault's header {} is invalid", quoted(name)));
            }
            if ["content-length", "transfer-encoding"].contains(&&*name.to_ascii_lowercase()) {
                return Some(format!("a fault cannot set the header {}", quoted(name)));
            }
        }
        if !self.replaces_response()
            && self.delay_ms == 0
            && self.connection.is_none()
            && self.headers.is_empty()
            && self.page_size.is_none()
        {
            return Some(
                "a fault must have a `status`, a `fault` or a `delayMs`, or another effect: `headers`, \
                 `body`, `connection` or `pageSize`"
                    .to_owned(),
            );
        }
        if self.applied && !self.replaces_response() && self.connection.is_none() {
            return Some(
                "a fault that is `applied` needs a `status`, a `fault`, a `body` or a `connection`"
                    .to_owned(),
            );
        }
        None
    }

    /// Returns whether the response is the fault's own.
    pub(super) fn replaces_response(&self) -> bool {
        self.status.is_some() || self.ready.is_some() || self.body.is_some()
    }

    /// Returns whether the API's method is called.
    pub(super) fn calls_method(&self) -> bool {
        let is_lost = matches!(
            self.connection,
            Some(ConnectionFault::Reset | ConnectionFault::Empty)
        );
        self.applied || !(self.replaces_response() || is_lost)
    }
}

/// Prints the path and the effects, for the log: `spaces/*: 503 reset`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.path)?;
        if self.delay_ms > 0 {
            write!(f, " delayed {} ms", self.delay_ms)?;
        }
        if self.applied {
            f.write_str(" applied")?;
        }
        match self.status {
            Some(FaultStatus::Http(status)) => write!(f, " {status}")?,
            Some(FaultStatus::Code(code)) => write!(f, " {code}")?,
            None => {}
        }
        for (is_set, what) in [
            (self.ready.is_some(), "app-not-found"),
            (self.body.is_some(), "body"),
            (!self.headers.is_empty(), "headers"),
        ] {
            if is_set {
                write!(f, " {what}")?;
            }
        }
        match self.connection {
            Some(ConnectionFault::Reset) => f.write_str(" reset")?,
            Some(ConnectionFault::Empty) => f.write_str(" empty")?,
            Some(ConnectionFault::Truncated) => f.write_str(" truncated")?,
            None => {}
        }
        match self.page_size {
            Some(size) => write!(f, " pages of {size}"),
            None => Ok(()),
        }
    }
}

impl FaultStatus {
    pub(super) fn http(self) -> StatusCode {
        let status = match self {
            Self::Http(status) => status,
            Self::Code(code) => code.http(),
        };
        StatusCode::from_u16(status).expect("the fault was checked")
    }

    /// Returns the code; of an HTTP status that no code has, one of the same class.
    pub(super) fn code(self) -> RpcCode {
        let status = match self {
            Self::Http(status) => status,
            Self::Code(code) => return code,
        };
        let mut codes = RpcCode::ALL.iter().copied();
        let fallback = if status < 500 {
            RpcCode::FailedPrecondition
        } else {
            RpcCode::Internal
        };
        codes.find(|code| code.http() == status).unwrap_or(fallback)
    }
}

impl<'de> Deserialize<'de> for FaultStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(name) => name
                .parse()
                .map(Self::Code)
                .map_err(serde::de::Error::custom),
            // Whether it is a status is checked later.
            Value::Number(number) => u16::deserialize(number)
                .map(Self::Http)
                .map_err(serde::de::Error::custom),
            _ => Err(serde::de::Error::custom(
                "expected a status: a number from 400 to 599, or a name such as `UNAVAILABLE`",
            )),
        }
    }
}

impl Affected {
    fn name(self) -> &'static str {
        match self.0 {
            MembershipMethod::List => "list",
            MembershipMethod::Get => "get",
            MembershipMethod::Create => "create",
            MembershipMethod::Delete => "delete",
            MembershipMethod::Patch => "patch",
            // The server implements no other.
            _ => "",
        }
    }
}

impl Serialize for Affected {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Affected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let mut all = MembershipMethod::ALL.iter().copied().map(Self);
        all.find(|method| method.name() == name).ok_or_else(|| {
            let found = quoted(&name);
            serde::de::Error::custom(format_args!(
                "unknown method {found}, expected `list`, `get`, `create`, `delete` or `patch`"
            ))
        })
    }
}

fn some_name<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    name(deserializer).map(Some)
}

fn serialize_display<S: Serializer>(
    value: &impl fmt::Display,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Returns whether a path matches a pattern, in which `*` matches any text.
fn matches(pattern: &str, path: &str) -> bool {
    let Some((start, parts)) = pattern.split_once('*') else {
        return pattern == path;
    };
    let Some(mut rest) = path.strip_prefix(start) else {
        return false;
    };
    let mut parts = parts.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn star_matches_any_text() {
        for (pattern, path, expected) in [
            ("spaces/A", "spaces/A", true),
            ("spaces/A", "spaces/A/members", false),
            ("spaces/SLOW*", "spaces/SLOW1/members/1", true),
            ("spaces/SLOW*", "spaces/FAST/members", false),
            ("*", "spaces/A/members", true),
            ("spaces/*/members", "spaces/A/members", true),
            ("spaces/*/members", "spaces/A/members/1", false),
            ("*members*1", "spaces/A/members/11", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
