//! The record of the last requests, for tests to assert on.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::Response;
use http::request::Parts;
use serde::Serialize;

use super::fault::{ConnectionFault, Fault};
use super::redact::Redactor;
use super::service::Shared;

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

impl RecordedRequest {
    fn len(&self) -> usize {
        let headers = self.headers.iter();
        let headers: usize = headers.map(|(name, value)| name.len() + value.len()).sum();
        self.url.len() + headers + self.body.len()
    }
}

#[derive(Debug, Default)]
pub(super) struct Requests(Mutex<Recorded>);

#[derive(Debug, Default)]
struct Recorded {
    requests: VecDeque<RecordedRequest>,
    /// Length of all requests together.
    len: usize,
    /// Number of requests that had to go.
    dropped: u64,
}

impl Requests {
    /// Returns the requests, oldest first, and the number of older ones.
    pub(super) fn all(&self) -> (Vec<RecordedRequest>, u64) {
        let recorded = self.lock();
        (
            recorded.requests.iter().cloned().collect(),
            recorded.dropped,
        )
    }

    pub(super) fn clear(&self) {
        *self.lock() = Recorded::default();
    }

    fn add(&self, request: RecordedRequest) {
        let mut recorded = self.lock();
        recorded.len += request.len();
        recorded.requests.push_back(request);
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

impl Shared {
    pub(super) fn record(&self, parts: &Parts, body: &Bytes, response: &Response<String>) {
        let state = self.read();
        let redactor = Redactor::new(parts, &state.callers);
        let mut headers = BTreeMap::<_, String>::new();
        for (name, value) in &parts.headers {
            let value = redactor.header(name, &String::from_utf8_lossy(value.as_bytes()));
            headers
                .entry(name.as_str().to_owned())
                .and_modify(|values| {
                    values.push_str(", ");
                    values.push_str(&value);
                })
                .or_insert(value);
        }
        let body = body.get(..MAX_BODY_LEN).unwrap_or(body);
        let extensions = response.extensions();
        let is_lost = matches!(
            extensions.get(),
            Some(ConnectionFault::Reset | ConnectionFault::Empty)
        );
        let url = parts.uri.path_and_query().map_or("", |url| url.as_str());
        let fault = extensions.get::<Arc<Fault>>();
        let request = RecordedRequest {
            method: parts.method.as_str().to_owned(),
            url: redactor.text(url),
            headers,
            body: redactor.text(&String::from_utf8_lossy(body)),
            status: (!is_lost).then(|| response.status().as_u16()),
            fault: fault.map(|fault| redactor.text(&fault.to_string())),
            time: format!("{:.3}", self.clock.now()),
        };
        drop(state);
        self.requests.add(request);
    }
}
