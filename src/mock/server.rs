//! The server on a thread of its own.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Extension;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutWriter;

use super::Mock;
use super::http::Connection;

/// How long things may take.
#[derive(Clone, Copy)]
struct Limits {
    /// Until a request's head is there, counted from the connection's begin or the last answer.
    head: Duration,
    /// From then until its body is there.
    body: Duration,
    /// Until the client takes some more of its answer.
    answer: Duration,
    /// Until half a request is given up, once the server is asked to stop.
    half_sent: Duration,
    /// Until what is being answered is given up, once the server is asked to stop.
    answering: Duration,
}

impl Limits {
    const USUAL: Self = Self {
        head: Duration::from_secs(10),
        body: Duration::from_secs(10),
        answer: Duration::from_secs(10),
        half_sent: Duration::from_secs(1),
        answering: Duration::from_secs(5),
    };

    /// For a server that is dropped.
    const AT_ONCE: Self = Self {
        half_sent: Duration::ZERO,
        answering: Duration::ZERO,
        ..Self::USUAL
    };
}

/// A mock server that answers on a loopback port until it is dropped.
///
/// It has a thread of its own, so that a test need not be asynchronous. Dropping it closes every
/// connection and returns when the port is free again.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(super) fn start(mock: Mock) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        // Not bound by the runtime: the caller may be on one, where no other can be waited for.
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("gchat-filter mock".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let until = async {
                        let _ = stopped.await;
                    };
                    match TcpListener::from_std(listener) {
                        Ok(listener) => run(&mock, listener, until, Limits::AT_ONCE).await,
                        Err(error) => tracing::error!(%error, "the mock server cannot listen"),
                    }
                });
            })?;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL, without a slash at its end: `http://127.0.0.1:{port}`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to tell: what a request broke, its answer told.
            let _ = thread.join();
        }
    }
}

/// Answers on a listener until something happens; then what is being answered is answered, for at
/// most five seconds. Half a request is waited for one second then.
///
/// A connection that has nothing to say for ten seconds, or takes longer than that for a request's
/// head, for its body or for taking some more of its answer, is closed. There may be as many
/// connections as the system lets a process have files open; each holds at most a request's head of
/// 400 KiB, its body of 1 MiB, and one answer.
///
/// # Errors
///
/// None at present: a listener that breaks for a while, as when there are too many connections, is
/// tried again.
pub async fn serve(
    mock: Mock,
    listener: TcpListener,
    until: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    run(&mock, listener, until, Limits::USUAL).await;
    Ok(())
}

async fn run(mock: &Mock, listener: TcpListener, until: impl Future<Output = ()>, limits: Limits) {
    let mut http = http1::Builder::new();
    // A client may say that it sends no more, and still wait for its answer: `nc -N` does.
    http.half_close(true)
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head);
    let known = Connection::new(limits.body);
    let service = TowerToHyperService::new(mock.router().layer(Extension(known.clone())));
    let (stop, stopping) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut until = pin!(until);
    let mut accepts = true;
    loop {
        let accepted = tokio::select! {
            () = &mut until => break,
            // So that those that ended are forgotten.
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Told once, until it is over.
                if std::mem::take(&mut accepts) {
                    tracing::error!(%error, "connections are not accepted");
                }
                // If there are too many, it would be tried again and again.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        accepts = true;
        // An answer that takes more than one packet does not wait for the client's word on the
        // first. Without it, it is only slower.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutWriter::new(stream);
        stream.set_timeout(Some(limits.answer));
        let stream = TokioIo::new(Box::pin(stream));
        let connection = http.serve_connection(stream, service.clone());
        let mut stopping = stopping.clone();
        connections.spawn(async move {
            let mut connection = pin!(connection);
            // What goes wrong on a connection is the client's: it is gone, or does not talk HTTP.
            tokio::select! {
                _ = connection.as_mut() => return,
                _ = stopping.changed() => {}
            }
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        });
    }
    drop(listener);
    drop(stop);
    let ended = async { while connections.join_next().await.is_some() {} };
    let half_sent = async {
        tokio::time::sleep(limits.half_sent).await;
        let moment = Duration::from_millis(50);
        while known.is_answering() {
            tokio::time::sleep(moment).await;
        }
        // The last answer is to be written yet.
        tokio::time::sleep(moment).await;
    };
    let _ = tokio::time::timeout(limits.answering, async {
        tokio::select! {
            () = ended => {}
            () = half_sent => {}
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "that is how a test fails")]

    use std::io::{Read, Write};

    use super::*;

    /// What a client gets that sent something and waits.
    fn slow(sent: &str, limits: Limits) -> String {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = runtime.spawn(async move {
            let until = async { drop(stopped.await) };
            run(&Mock::sample(), listener, until, limits).await;
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
    fn slow_requests_end() {
        let head = "POST /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\n";
        let body = "POST /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{";
        let short = Duration::from_millis(300);
        for (sent, expected) in [(head, ""), (body, "HTTP/1.1 408 "), ("", "")] {
            let limits = Limits {
                head: short,
                body: short,
                ..Limits::USUAL
            };
            let answer = slow(sent, limits);
            assert!(answer.starts_with(expected), "{answer}");
            assert!(!expected.is_empty() || answer.is_empty(), "{answer}");
            assert!(answer.is_empty() || answer.contains("DEADLINE_EXCEEDED"));
        }
    }
}
