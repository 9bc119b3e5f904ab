//! Requests that are carried out even if the client is gone.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// A request that is being answered. Over HTTP/2 it is dropped when the client cancels it or is gone; then
/// it is carried out in the background, as it would be over HTTP/1.
struct CarriedOut<F: Future<Output: Send> + Send + 'static> {
    /// `None` when it is complete.
    future: Option<Pin<Box<F>>>,
    gone: CancellationToken,
}

/// Carries a request out. The token is canceled when the client is gone.
pub(in super::super) fn carried_out<F: Future<Output: Send> + Send + 'static>(
    future: F,
    gone: CancellationToken,
) -> impl Future<Output = F::Output> + Send + 'static {
    CarriedOut {
        future: Some(Box::pin(future)),
        gone,
    }
}

impl<F: Future<Output: Send> + Send + 'static> Future for CarriedOut<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Some(future) = &mut self.future else {
            return Poll::Pending;
        };
        let polled = future.as_mut().poll(context);
        if polled.is_ready() {
            self.future = None;
        }
        polled
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for CarriedOut<F> {
    fn drop(&mut self) {
        if let (Some(future), Ok(runtime)) = (self.future.take(), Handle::try_current()) {
            self.gone.cancel();
            runtime.spawn(future);
        }
    }
}
