//! HTTP server with timeouts, and the server on a separate thread.

use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::pin::pin;
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderValue, Request, Version, header};
use http_body_util::{BodyExt, Either, LengthLimitError, Limited};
use hyper::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutWriter;
use tokio_util::task::TaskTracker;

use super::Mock;
use super::control::Control;
use super::fault::ConnectionFault;
use super::layers::{RequestBody, layered};
use super::service::{self, BodyError, MAX_BODY_LEN};
use super::socket::Socket;
use super::truncated::{Lost, truncated};

/// Maximum length of what is read of a body after its limit, in bytes.
const MAX_IGNORED_LEN: usize = 64 << 20;

/// Longest pause in a body that is ignored, after which the connection is closed.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a connection may be idle, as clients that keep connections want to know it.
const KEEP_ALIVE: &str = "timeout=10";

/// Timeouts of a server.
#[derive(Clone, Copy)]
struct Limits {
    /// Time to receive the head of a request, from the start of the connection or the last response.
    head: Duration,
    /// Time to receive the body, from then on.
    body: Duration,
    /// Time to send the next part of the response to the client.
    answer: Duration,
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
/// connection holds at most the head of a request (400 KiB), its body (1 MiB) and one response.
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
    let mut http = http1::Builder::new();
    // A client may close its half of the connection and still wait for the response, as `nc -N` does.
    http.half_close(true)
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head);
    let addresses = listeners.iter().map(TcpListener::local_addr);
    let control = Control::new(addresses.flatten().collect(), mock.admin);
    let graceful = GracefulShutdown::new();
    let answering = TaskTracker::new();
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
        let socket = Socket::from(stream);
        let mut stream = TimeoutWriter::new(socket.clone());
        stream.set_timeout(Some(limits.answer));
        let stream = TokioIo::new(Box::pin(stream));
        let (mock, answering, control) = (mock.clone(), answering.clone(), control.clone());
        let service = service_fn(move |request| {
            let (mock, answering, control) = (mock.clone(), answering.clone(), control.clone());
            let socket = socket.clone();
            layered(request, async move |request| {
                let start = Instant::now();
                let keeps_alive = keeps_alive(&request);
                let request = receive(request, limits.body).await;
                let _answering = answering.token();
                let gone = socket.closed();
                let mut response =
                    service::handle(&mock.shared, request, start, gone, Some(&control)).await;
                if let Some(date) = mock.shared.clock.date() {
                    response.headers_mut().insert(header::DATE, date);
                }
                if keeps_alive && !response.headers().contains_key(header::CONNECTION) {
                    let idle = HeaderValue::from_static(KEEP_ALIVE);
                    response.headers_mut().insert("keep-alive", idle);
                }
                match response.extensions().get::<ConnectionFault>() {
                    Some(ConnectionFault::Reset) => {
                        socket.reset_when_closed();
                        Err(Lost)
                    }
                    Some(ConnectionFault::Empty) => Err(Lost),
                    Some(ConnectionFault::Truncated) => Ok(truncated(response).map(Either::Right)),
                    None => Ok(response.map(Either::Left)),
                }
            })
        });
        let connection = graceful.watch(http.serve_connection(stream, service));
        connections.spawn(async move {
            // A connection fails because the client is gone or does not speak HTTP.
            let _ = connection.await;
        });
    };
    drop(listeners);
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

/// Returns whether the connection stays open after the response, unless that says otherwise.
fn keeps_alive<B>(request: &Request<B>) -> bool {
    let close = request.headers().get(header::CONNECTION);
    request.version() == Version::HTTP_11
        && close.is_none_or(|value| !value.as_bytes().eq_ignore_ascii_case(b"close"))
}

/// Receives the body of a request. If it is over the limit, the rest is read and ignored while the
/// response is sent: many clients write the entire body before they read.
async fn receive(
    request: Request<RequestBody>,
    time: Duration,
) -> Request<Result<Bytes, BodyError>> {
    let (parts, mut body) = request.into_parts();
    let encoding = parts.headers.get(header::CONTENT_ENCODING);
    let received = if encoding.is_some_and(|encoding| encoding != "identity") {
        Err(BodyError::unknown_encoding())
    } else if body.size_hint().lower() > MAX_BODY_LEN as u64 {
        Err(BodyError::too_long())
    } else {
        match tokio::time::timeout(time, Limited::new(&mut body, MAX_BODY_LEN).collect()).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::too_long()),
            Ok(Err(error)) if error.is::<io::Error>() => Err(BodyError::not_gzip()),
            Ok(Err(_)) => Err(BodyError::incomplete()),
            Err(_) => Err(BodyError::timed_out()),
        }
    };
    // A client that asks before it sends the body is not told to go on.
    let is_sent = !parts.headers.contains_key(header::EXPECT);
    if is_sent && received.as_ref().is_err_and(BodyError::is_too_long) {
        tokio::spawn(tokio::time::timeout(time, ignore(body)));
    }
    Request::from_parts(parts, received)
}

/// Reads a body to its end, without decompressing it, up to a limit, or until the client pauses.
async fn ignore(mut body: RequestBody) {
    let mut left = MAX_IGNORED_LEN;
    let body = match &mut body {
        Either::Left(body) => body.get_mut(),
        Either::Right(body) => body,
    };
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(PAUSE, body.frame()).await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return,
        }
    }
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
        for (sent, expected) in [(head, ""), (body, "HTTP/1.1 408 "), ("", "")] {
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
