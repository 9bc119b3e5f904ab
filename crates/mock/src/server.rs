//! HTTP server with timeouts, and the server on a separate thread.

use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;

use super::Mock;
use super::connection::{Context, serve_connection};
use super::control::Control;

/// Timeouts of a server.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Time to receive the head of a request, from the start of the connection or the last response.
    pub(super) head: Duration,
    /// Time to receive the body, from then on.
    pub(super) body: Duration,
    /// Time to send the next part of the response to the client.
    pub(super) answer: Duration,
    /// Time to receive the rest of a request after the server was asked to stop.
    half_sent: Duration,
    /// Time to finish everything after the server was asked to stop.
    ending: Duration,
}

impl Limits {
    const DEFAULT: Self = Self {
        head: Duration::from_secs(10),
        body: Duration::from_secs(10),
        answer: Duration::from_secs(10),
        half_sent: Duration::from_secs(1),
        ending: Duration::from_secs(5),
    };

    /// For a server that is dropped.
    const IMMEDIATE: Self = Self {
        ending: Duration::ZERO,
        ..Self::DEFAULT
    };
}

/// A mock server that listens on a loopback port until it is dropped.
///
/// It runs on a separate thread, so that a test need not be asynchronous. Dropping it closes every
/// connection, and returns when the port is free again.
#[derive(Debug)]
pub struct Server {
    mock: Mock,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(super) fn start(mock: Mock) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        // Not bound by this runtime: the caller may be in another one, where it must not be entered.
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let served = mock.clone();
        let thread = std::thread::Builder::new()
            .name("gchat-filter mock".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let until = async {
                        let _ = stopped.await;
                    };
                    match TcpListener::from_std(listener) {
                        Ok(listener) => {
                            run(&served, vec![listener], until, Limits::IMMEDIATE).await;
                        }
                        Err(error) => tracing::error!(%error, "the mock server cannot listen"),
                    }
                });
            })?;
        Ok(Self {
            mock,
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Returns the address that the server listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the port that the server listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Stops the server, as dropping it does: when this returns, the port is free.
    pub fn stop(self) {}

    /// Returns the base URL, without a trailing slash: `http://127.0.0.1:{port}`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// The methods of [`Mock`] change the server while it runs.
impl Deref for Server {
    type Target = Mock;

    fn deref(&self) -> &Mock {
        &self.mock
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in a request has already been reported in its response.
            let _ = thread.join();
        }
    }
}

/// Serves on one or more listeners until the future `until` completes.
///
/// Then the server stops accepting connections and closes idle ones. It waits up to five seconds for
/// responses in progress and one second for incomplete requests.
///
/// A connection is closed if it is idle for ten seconds, or if receiving the head of a request or its
/// body, or sending the next part of a response, takes longer than ten seconds. The number of
/// connections is limited only by the number of files that the system lets a process open. Each
/// connection holds at most the head of a request (400 KiB), its body (1 MiB) and one response; over HTTP/2,
/// up to 100 of each. A connection of HTTP/2 stays open while the client answers pings.
///
/// # Errors
///
/// None at present: if the listener fails temporarily, as with too many connections, the server
/// tries again.
pub async fn serve(
    mock: Mock,
    listeners: impl IntoIterator<Item = TcpListener>,
    until: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let listeners = listeners.into_iter().collect();
    run(&mock, listeners, until, Limits::DEFAULT).await;
    Ok(())
}

/// Accepts a connection from any of the listeners.
async fn accept(listeners: &[TcpListener]) -> io::Result<TcpStream> {
    poll_fn(|context| {
        let accepted = listeners
            .iter()
            .map(|listener| listener.poll_accept(context));
        let mut ready = accepted.filter(Poll::is_ready);
        ready.next().unwrap_or(Poll::Pending)
    })
    .await
    .map(|(stream, _)| stream)
}

async fn run(
    mock: &Mock,
    listeners: Vec<TcpListener>,
    until: impl Future<Output = ()>,
    limits: Limits,
) {
    let addresses = listeners.iter().map(TcpListener::local_addr);
    let control = Control::new(addresses.flatten().collect(), mock.admin);
    let graceful = GracefulShutdown::new();
    let answering = TaskTracker::new();
    #[cfg(feature = "grpc")]
    let stopping = tokio_util::sync::CancellationToken::new();
    let context = Arc::new(Context {
        mock: mock.clone(),
        control: control.clone(),
        limits,
        answering: answering.clone(),
        #[cfg(feature = "grpc")]
        stopping: stopping.clone(),
    });
    let mut connections = JoinSet::new();
    let mut until = pin!(until);
    let mut accepts = true;
    let is_controlled = loop {
        let accepted = tokio::select! {
            // In this order, so that `until` is polled before the first connection is accepted: a
            // signal is only received from then on.
            biased;
            () = &mut until => break false,
            () = control.stop.cancelled() => break true,
            // Forget the connections that have ended.
            Some(_) = connections.join_next() => continue,
            accepted = accept(&listeners) => accepted,
        };
        let stream = match accepted {
            Ok(stream) => stream,
            Err(error) => {
                // Log the error once, until the listener accepts again.
                if std::mem::take(&mut accepts) {
                    tracing::error!(%error, "cannot accept connections");
                }
                // Too many connections: do not retry in a busy loop.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        accepts = true;
        // A response of several packets does not wait for the client to acknowledge the first. If
        // this fails, the response is only slower.
        let _ = stream.set_nodelay(true);
        connections.spawn(serve_connection(
            Arc::clone(&context),
            stream,
            graceful.watcher(),
        ));
    };
    drop(listeners);
    #[cfg(feature = "grpc")]
    stopping.cancel();
    let answers = async {
        tokio::time::sleep(limits.half_sent).await;
        answering.close();
        answering.wait().await;
        // The last response has yet to be written.
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    // The client that asked for the end receives its response, even from a server that ends at once.
    let ending = if is_controlled {
        Limits::DEFAULT.ending
    } else {
        limits.ending
    };
    let _ = tokio::time::timeout(ending, async {
        tokio::select! {
            () = graceful.shutdown() => {}
            () = answers => {}
            () = until, if is_controlled => {}
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "that is how a test fails")]

    use std::io::{Read, Write};

    use super::*;

    /// Sends a part of a request, waits, and returns the response.
    fn send_and_wait(sent: &str, limits: Limits) -> String {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = runtime.spawn(async move {
            let until = async { drop(stopped.await) };
            run(&Mock::sample(), vec![listener], until, limits).await;
        });
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.write_all(sent.as_bytes()).unwrap();
        let longest = Some(Duration::from_secs(8));
        stream.set_read_timeout(longest).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        drop(stop);
        runtime.block_on(server).unwrap();
        answer
    }

    #[test]
    fn slow_requests_time_out() {
        let head = "POST /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\n";
        let body = "POST /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{";
        let short = Duration::from_millis(300);
        for (sent, expected) in [
            (head, ""),
            (body, "HTTP/1.1 408 "),
            ("", ""),
            #[cfg(feature = "grpc")]
            ("PRI * HTTP/2.0\r\n\r\n", ""),
        ] {
            let limits = Limits {
                head: short,
                body: short,
                ..Limits::DEFAULT
            };
            let answer = send_and_wait(sent, limits);
            assert!(answer.starts_with(expected), "{answer}");
            assert!(!expected.is_empty() || answer.is_empty(), "{answer}");
            assert!(answer.is_empty() || answer.contains("DEADLINE_EXCEEDED"));
        }
    }
}
