//! The record of the last requests, for tests to assert on.
//!
//! Requests are recorded as they were received, which is cheap. Tokens are cut out when the record is
//! read.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, Method, Response, header};
use jiff::Timestamp;
use serde::Serialize;

use super::callers::Callers;
use super::fault::{ConnectionFault, Fault};
use super::incoming::bearer;
use super::redact::Redactor;

/// Maximum number of requests.
const MAX_REQUESTS: usize = 1000;

/// Maximum length of all requests together, in bytes.
const MAX_LEN: usize = 16 << 20;

/// Maximum length of a body, in bytes.
const MAX_BODY_LEN: usize = 64 << 10;

/// A request that a server received, and its response. Access tokens are replaced by `(token)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The HTTP method.
    pub method: String,
    /// The path and the query.
    pub url: String,
    /// The headers. Several with one name are joined by commas.
    pub headers: BTreeMap<String, String>,
    /// The body, up to 64 KiB of it.
    pub body: String,
    /// The status of the response; `None` if the connection ended without one.
    pub status: Option<u16>,
    /// The fault that affected the request: its path and effects.
    pub fault: Option<String>,
    /// When the response was ready, in RFC 3339.
    pub time: String,
}

/// A request with its tokens.
struct Received {
    method: Method,
    /// The path and the query in the first line, then a line for each header.
    head: Vec<u8>,
    body: Vec<u8>,
    status: Option<u16>,
    fault: Option<Arc<Fault>>,
    time: Timestamp,
    /// The callers at the time, whose tokens must not be shown.
    callers: Arc<Callers>,
}

/// Omits the tokens.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Received {
    /// Copies the request: what hyper received belongs to a buffer that may be much larger.
    fn new<B>(
        parts: &Parts,
        body: &[u8],
        response: &Response<B>,
        callers: Arc<Callers>,
        time: Timestamp,
    ) -> Self {
        let url = parts.uri.path_and_query().map_or("", |url| url.as_str());
        let lines = parts.headers.iter();
        let length: usize = lines
            .map(|(name, value)| name.as_str().len() + value.len() + 3)
            .sum();
        let mut head = Vec::with_capacity(url.len() + length);
        head.extend(url.as_bytes());
        for (name, value) in &parts.headers {
            head.push(b'\n');
            head.extend(name.as_str().as_bytes());
            head.extend(b": ");
            head.extend(value.as_bytes());
        }
        let extensions = response.extensions();
        let is_lost = matches!(
            extensions.get(),
            Some(ConnectionFault::Reset | ConnectionFault::Empty)
        );
        Self {
            method: parts.method.clone(),
            head,
            body: body.get(..MAX_BODY_LEN).unwrap_or(body).to_vec(),
            status: (!is_lost).then(|| response.status().as_u16()),
            fault: extensions.get().cloned(),
            time,
            callers,
        }
    }

    fn len(&self) -> usize {
        self.head.len() + self.body.len()
    }

    /// Returns the request without tokens.
    fn redacted(&self) -> RecordedRequest {
        let mut lines = self
            .head
            .split(|byte| *byte == b'\n')
            .map(String::from_utf8_lossy);
        let url = lines.next().unwrap_or_default();
        // A header's name has no colon.
        let headers: Vec<_> = lines
            .filter_map(|line| {
                let (name, value) = line.split_once(": ")?;
                Some((name.parse::<HeaderName>().ok()?, value.to_owned()))
            })
            .collect();
        let own = headers
            .iter()
            .find(|(name, _)| *name == header::AUTHORIZATION);
        let own = own.and_then(|(_, value)| bearer(value));
        let redactor = Redactor::new(own, &self.callers);
        let mut shown = BTreeMap::<_, String>::new();
        for (name, value) in &headers {
            let value = redactor.header(name, value);
            shown
                .entry(name.as_str().to_owned())
                .and_modify(|values| {
                    values.push_str(", ");
                    values.push_str(&value);
                })
                .or_insert(value);
        }
        let fault = self.fault.as_ref();
        RecordedRequest {
            method: self.method.to_string(),
            url: redactor.text(&url),
            headers: shown,
            body: redactor.text(&String::from_utf8_lossy(&self.body)),
            status: self.status,
            fault: fault.map(|fault| redactor.text(&fault.to_string())),
            time: format!("{:.3}", self.time),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Requests(Mutex<Recorded>);

#[derive(Debug, Default)]
struct Recorded {
    requests: VecDeque<Arc<Received>>,
    /// Length of all requests together.
    len: usize,
    /// Number of requests that had to go.
    dropped: u64,
}

impl Requests {
    /// Returns the requests, oldest first, and the number of older ones.
    pub(super) fn all(&self) -> (Vec<RecordedRequest>, u64) {
        let (received, dropped) = {
            let recorded = self.lock();
            (recorded.requests.clone(), recorded.dropped)
        };
        let requests = received.iter().map(|request| request.redacted());
        (requests.collect(), dropped)
    }

    pub(super) fn clear(&self) {
        *self.lock() = Recorded::default();
    }

    /// Records a request and its response, at a time.
    pub(super) fn add<B>(
        &self,
        parts: &Parts,
        body: &Bytes,
        response: &Response<B>,
        callers: Arc<Callers>,
        time: Timestamp,
    ) {
        let request = Received::new(parts, body, response, callers, time);
        let mut recorded = self.lock();
        recorded.len += request.len();
        recorded.requests.push_back(Arc::new(request));
        while recorded.requests.len() > MAX_REQUESTS || recorded.len > MAX_LEN {
            let oldest = recorded.requests.pop_front();
            recorded.len -= oldest.map_or(0, |oldest| oldest.len());
            recorded.dropped += 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
