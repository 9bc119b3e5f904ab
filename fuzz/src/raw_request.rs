//! HTTP requests as text, and what the router's assertions need to know of them.

use std::fmt;

use crate::server_model::{CALLERS, Caller};

/// An HTTP request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRequest {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Writes the request as a line of text.
impl fmt::Display for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(f, "{} {}\t{body}", self.method, self.target)?;
        self.headers
            .iter()
            .try_for_each(|(name, value)| write!(f, "\t{name}: {value}"))
    }
}

impl RawRequest {
    /// Creates a request without headers and body.
    #[must_use]
    pub fn new(method: &str, target: String) -> Self {
        Self {
            method: method.to_owned(),
            target,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// Adds a caller's token in a header.
    #[must_use]
    pub fn of(mut self, caller: &Caller) -> Self {
        if !caller.token.is_empty() {
            let bearer = format!("Bearer {}", caller.token);
            self.headers.push(("authorization".to_owned(), bearer));
        }
        self
    }

    /// Returns the request with another parameter.
    #[must_use]
    pub fn with(&self, parameter: &str) -> Self {
        let mut request = self.clone();
        if request.body.is_empty() {
            let mark = if request.target.contains('?') {
                '&'
            } else {
                '?'
            };
            request.target = format!("{}{mark}{parameter}", request.target);
        } else {
            request.body.extend(b"&");
            request.body.extend(parameter.as_bytes());
        }
        request
    }

    /// Parses a request from a line; `None` if it is not a request, or not UTF-8 where required.
    #[must_use]
    pub fn read(line: &[u8], callers: bool) -> Option<Self> {
        let mut parts = line.split(|byte| *byte == b'\t');
        let head = str::from_utf8(parts.next()?).ok()?;
        let (method, target) = head.split_once(' ')?;
        let mut request = Self::new(method, target.to_owned());
        request.body = parts.next().unwrap_or_default().to_vec();
        for part in parts {
            let (name, value) = str::from_utf8(part).ok()?.split_once(": ")?;
            request
                .headers
                .push((name.to_lowercase(), value.to_owned()));
        }
        let is_authenticated = request
            .headers
            .iter()
            .any(|(name, _)| name == "authorization");
        if callers && !is_authenticated {
            request = request.of(&CALLERS[0]);
        }
        Some(request)
    }

    /// Returns whether it contains a token where the response may repeat it.
    #[must_use]
    pub fn contains_secret(&self) -> bool {
        let has_secret = |bytes: &[u8]| bytes.windows(6).any(|window| window == b"SECRET");
        let may_be_repeated = |part: &&str| !part.contains("access_token=");
        let target: Vec<&str> = self
            .target
            .split(['?', '&'])
            .filter(may_be_repeated)
            .collect();
        has_secret(target.concat().as_bytes()) || has_secret(&self.body)
    }

    /// Returns its method, or the one in a header.
    fn effective_method(&self) -> String {
        let header = self
            .headers
            .iter()
            .find(|(name, _)| name == "x-http-method-override");
        match header {
            Some((_, method)) if self.method == "POST" => method.to_uppercase(),
            _ => self.method.clone(),
        }
    }

    /// Returns whether its method, or the one in a header, may change something.
    #[must_use]
    pub fn may_change(&self) -> bool {
        !["GET", "HEAD"].contains(&&*self.effective_method())
    }

    /// Returns whether it calls a method of the API: only those have faults.
    #[must_use]
    pub fn calls_method(&self) -> bool {
        // HEAD is GET, but not in a header.
        let method = match &*self.method {
            "HEAD" => "GET".to_owned(),
            _ => self.effective_method(),
        };
        let segments = self.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["spaces", _, "members"] => ["GET", "POST"].contains(&&*method),
            ["spaces", _, "members", member] => {
                !member.is_empty() && ["GET", "PATCH", "DELETE"].contains(&&*method)
            }
            _ => false,
        }
    }

    /// Returns the path after `v1/`, which the patterns of faults match.
    #[must_use]
    pub fn resource(&self) -> String {
        self.segments().join("/")
    }

    /// Returns the decoded segments after `v1/`.
    fn segments(&self) -> Vec<String> {
        let path = self.target.split(['?', '#']).next().unwrap_or_default();
        // An absolute URL starts with a host.
        let path = match path.split_once("://") {
            Some((_, rest)) if !path.starts_with('/') => {
                rest.find('/').map_or("/", |at| &rest[at..])
            }
            _ => path,
        };
        let path = path.trim_start_matches('/');
        let segments = path
            .strip_prefix("v1/")
            .map(|rest| rest.split('/').map(decode));
        let segments = segments.and_then(Iterator::collect::<Option<Vec<_>>>);
        segments.unwrap_or_default()
    }
}

/// Decodes percent encoding in a path segment.
fn decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = segment;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.as_bytes());
        let digits = after
            .get(..2)
            .filter(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if let Some(Ok(byte)) = digits.map(|digits| u8::from_str_radix(digits, 16)) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(b'%');
            rest = after;
        }
    }
    bytes.extend(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

/// Percent-encodes all bytes of a path segment.
#[must_use]
pub fn encode(segment: &str) -> String {
    let bytes = segment.bytes().map(|byte| format!("%{byte:02x}"));
    bytes.collect()
}
