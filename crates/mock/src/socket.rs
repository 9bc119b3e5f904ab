//! A connection whose socket is shared with the requests on it, so that they notice when it closes.

use std::io::{self, ErrorKind, IoSlice};
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
#[cfg(feature = "grpc")]
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

#[derive(Clone)]
pub(super) struct Socket(Arc<TcpStream>);

impl From<TcpStream> for Socket {
    fn from(stream: TcpStream) -> Self {
        Self(Arc::new(stream))
    }
}

impl Socket {
    /// Completes when the client has closed the connection, or its half of it. A client that has
    /// already sent its next request is not noticed.
    pub(super) async fn closed(&self) {
        if let Ok(1..) = self.0.peek(&mut [0]).await {
            std::future::pending::<()>().await;
        }
    }

    /// Returns whether the client starts HTTP/2 with prior knowledge: with its preface, not with a request.
    /// Waits until enough has arrived to tell.
    #[cfg(feature = "grpc")]
    pub(super) async fn starts_http2(&self) -> io::Result<bool> {
        const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        let mut start = [0; PREFACE.len()];
        let mut pause = Duration::from_millis(5);
        loop {
            let length = self.0.peek(&mut start).await?;
            let start = start.get(..length).unwrap_or_default();
            if length == 0 || !PREFACE.starts_with(start) {
                return Ok(false);
            }
            if length == PREFACE.len() {
                return Ok(true);
            }
            // What is there already remains readable: do not wait for more in a busy loop.
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(Duration::from_millis(500));
        }
    }

    /// Reads what has arrived of a preface, because closing the connection would reset it otherwise.
    #[cfg(feature = "grpc")]
    pub(super) fn discard_start(&self) {
        // If there is nothing, the connection is not reset.
        let _ = self.0.try_read(&mut [0; 24]);
    }

    /// Makes closing the connection reset it.
    pub(super) fn reset_when_closed(&self) {
        // If this fails, the connection closes without a response nevertheless.
        let _ = self.0.set_zero_linger();
    }

    fn write_with(
        &self,
        context: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.0.poll_write_ready(context))?;
            match write(&self.0) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.0.poll_read_ready(context))?;
            match self.0.try_read_buf(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                read => return Poll::Ready(read.map(drop)),
            }
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write_with(context, |stream| stream.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write_with(context, |stream| stream.try_write_vectored(parts))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&*self.0).shutdown(Shutdown::Write))
    }
}
