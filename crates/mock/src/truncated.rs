//! Responses that never arrive completely.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use hyper::body::{Body, Frame};
use thiserror::Error;

/// The error that makes hyper close a connection.
#[derive(Clone, Copy, Debug, Error)]
#[error("the response is lost because of a fault")]
pub(super) struct Lost;

/// The first half of a body, and then an error.
pub(super) struct Truncated {
    half: Option<Bytes>,
    is_sent: bool,
}

/// Announces the length of a body, and keeps half of it.
pub(super) fn truncated(response: Response<String>) -> Response<Truncated> {
    let (mut parts, body) = response.into_parts();
    let length = HeaderValue::from(body.len());
    parts.headers.insert(header::CONTENT_LENGTH, length);
    let mut half = Bytes::from(body);
    half.truncate(half.len() / 2);
    let body = Truncated {
        half: Some(half),
        is_sent: false,
    };
    Response::from_parts(parts, body)
}

impl Body for Truncated {
    type Data = Bytes;
    type Error = Lost;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Lost>>> {
        if let Some(half) = self.half.take() {
            return Poll::Ready(Some(Ok(Frame::data(half))));
        }
        if !self.is_sent {
            // hyper sends what it has only while it waits for more.
            self.is_sent = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(Lost)))
    }
}
