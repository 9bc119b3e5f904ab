//! Responses that never arrive completely.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use hyper::body::{Body, Frame};
use tokio_util::sync::CancellationToken;

/// The first half of a body, after which the connection is closed.
pub(super) struct Truncated {
    half: Option<Bytes>,
    is_sent: bool,
    /// Closes the connection.
    broken: CancellationToken,
}

/// Announces the length of a body, and keeps half of it.
pub(super) fn truncated(
    response: Response<Bytes>,
    broken: CancellationToken,
) -> Response<Truncated> {
    let (mut parts, mut half) = response.into_parts();
    let length = HeaderValue::from(half.len());
    parts.headers.insert(header::CONTENT_LENGTH, length);
    half.truncate(half.len() / 2);
    let body = Truncated {
        half: Some(half),
        is_sent: false,
        broken,
    };
    Response::from_parts(parts, body)
}

impl Body for Truncated {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(half) = self.half.take() {
            return Poll::Ready(Some(Ok(Frame::data(half))));
        }
        if !self.is_sent {
            // hyper sends what it has only while it waits for more.
            self.is_sent = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.broken.cancel();
        // An error would be sent to the client over HTTP/2.
        Poll::Pending
    }
}
