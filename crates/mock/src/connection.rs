//! A connection: its version of HTTP, and the requests on it.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, Version, header};
use http_body_util::{BodyExt, Either, LengthLimitError, Limited};
use hyper::body::Body;
#[cfg(feature = "grpc")]
use hyper::body::Incoming;
use hyper::server::conn::http1;
#[cfg(feature = "grpc")]
use hyper::server::conn::http2;
use hyper::service::service_fn;
#[cfg(feature = "grpc")]
use hyper_util::rt::TokioExecutor;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutWriter;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Mock;
use super::control::Control;
use super::fault::ConnectionFault;
#[cfg(feature = "grpc")]
use super::grpc;
use super::layers::{RequestBody, layered};
use super::server::Limits;
use super::service::{self, BodyError, MAX_BODY_LEN};
use super::socket::Socket;
use super::truncated::{Truncated, truncated};

/// Maximum length of what is read of a body after its limit, in bytes.
const MAX_IGNORED_LEN: usize = 64 << 20;

/// Longest pause in a body that is ignored, after which the connection is closed.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a connection may be idle, as clients that keep connections want to know it.
const KEEP_ALIVE: &str = "timeout=10";

/// Maximum number of simultaneous requests on a connection of HTTP/2.
#[cfg(feature = "grpc")]
const MAX_STREAMS: u32 = 100;

/// Body of a complete response.
#[cfg(feature = "grpc")]
type Complete = Either<String, grpc::TonicBody>;
#[cfg(not(feature = "grpc"))]
type Complete = String;

/// Body of a response, before it is compressed.
type AnswerBody = Either<Complete, Truncated>;

/// A connection that is being served.
type Serving = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What the connections of a server have in common.
pub(super) struct Context {
    pub(super) mock: Mock,
    pub(super) control: Control,
    pub(super) limits: Limits,
    /// Counts the requests that are being answered.
    pub(super) answering: TaskTracker,
    /// Canceled when the server was asked to stop.
    #[cfg(feature = "grpc")]
    pub(super) stopping: CancellationToken,
}

/// Serves a connection until it is closed.
pub(super) async fn serve_connection(context: Arc<Context>, stream: TcpStream, watcher: Watcher) {
    let socket = Socket::from(stream);
    #[cfg(feature = "grpc")]
    {
        let starts_http2 = tokio::select! {
            biased;
            start = tokio::time::timeout(context.limits.head, socket.starts_http2()) => start,
            () = context.stopping.cancelled() => return,
        };
        match starts_http2 {
            Ok(Ok(true)) => return serve_http2(context, socket, watcher).await,
            Ok(Ok(false)) => {}
            Ok(Err(_)) => return,
            Err(_) => return socket.discard_start(),
        }
    }
    serve_http1(context, socket, watcher).await;
}

/// Returns the connection for hyper, which times out clients that do not receive their response.
fn io(socket: &Socket, limits: Limits) -> TokioIo<Pin<Box<TimeoutWriter<Socket>>>> {
    let mut stream = TimeoutWriter::new(socket.clone());
    stream.set_timeout(Some(limits.answer));
    TokioIo::new(Box::pin(stream))
}

fn serve_http1(context: Arc<Context>, socket: Socket, watcher: Watcher) -> Serving {
    let mut http = http1::Builder::new();
    // A client may close its half of the connection and still wait for the response, as `nc -N` does.
    http.half_close(true)
        .timer(TokioTimer::new())
        .header_read_timeout(context.limits.head);
    let io = io(&socket, context.limits);
    let broken = CancellationToken::new();
    let closed = broken.clone();
    let service = service_fn(move |request| {
        let (context, socket, broken) = (Arc::clone(&context), socket.clone(), broken.clone());
        layered(request, async move |request| {
            or_lost(context.answer(request, &socket, &broken, None)).await
        })
    });
    let connection = watcher.watch(http.serve_connection(io, service));
    Box::pin(until_broken(connection, closed))
}

#[cfg(feature = "grpc")]
fn serve_http2(context: Arc<Context>, socket: Socket, watcher: Watcher) -> Serving {
    let mut http = http2::Builder::new(TokioExecutor::new());
    // A client that is silent but there may keep its connection, as gRPC expects.
    http.timer(TokioTimer::new())
        .keep_alive_interval(Some(context.limits.head))
        .keep_alive_timeout(context.limits.answer)
        .max_concurrent_streams(MAX_STREAMS);
    let io = io(&socket, context.limits);
    let broken = CancellationToken::new();
    let closed = broken.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let (context, socket, broken) = (Arc::clone(&context), socket.clone(), broken.clone());
        let answer = async move |request: Request<RequestBody>| {
            let gone = CancellationToken::new();
            let canceled = Some(gone.clone());
            let answer = async move { context.answer(request, &socket, &broken, canceled).await };
            or_lost(grpc::carried_out(answer, gone)).await
        };
        async move {
            if grpc::is_grpc(&request) {
                let response = answer(request.map(Either::Right)).await?;
                Ok(response.map(Either::Right))
            } else {
                layered(request, answer).await
            }
        }
    });
    let connection = watcher.watch(http.serve_connection(io, service));
    Box::pin(until_broken(connection, closed))
}

/// Serves a connection until it ends, or until a fault breaks it. What has been written is sent first.
async fn until_broken<T>(connection: impl Future<Output = T>, broken: CancellationToken) {
    tokio::select! {
        biased;
        // It fails because the client is gone or does not speak HTTP.
        _ = connection => {}
        () = broken.cancelled() => {}
    }
}

/// Returns the response. If a fault loses it, waits for the end of the connection: an error would be sent to
/// the client over HTTP/2.
async fn or_lost<B>(
    response: impl Future<Output = Option<Response<B>>>,
) -> Result<Response<B>, Infallible> {
    match response.await {
        Some(response) => Ok(response),
        None => std::future::pending().await,
    }
}

impl Context {
    /// Answers a request, unless a fault breaks the connection. Over HTTP/2, `canceled` says that the client
    /// is gone.
    async fn answer(
        &self,
        request: Request<RequestBody>,
        socket: &Socket,
        broken: &CancellationToken,
        canceled: Option<CancellationToken>,
    ) -> Option<Response<AnswerBody>> {
        let start = Instant::now();
        let keeps_alive = keeps_alive(&request);
        let request = receive(request, self.limits.body).await;
        let _answering = self.answering.token();
        let mut response = self.respond(request, start, socket, canceled).await;
        if let Some(date) = self.mock.shared.clock.date() {
            response.headers_mut().insert(header::DATE, date);
        }
        if keeps_alive && !response.headers().contains_key(header::CONNECTION) {
            let idle = HeaderValue::from_static(KEEP_ALIVE);
            response.headers_mut().insert("keep-alive", idle);
        }
        match response.extensions().get::<ConnectionFault>() {
            Some(ConnectionFault::Reset) => {
                socket.reset_when_closed();
                broken.cancel();
                None
            }
            Some(ConnectionFault::Empty) => {
                broken.cancel();
                None
            }
            Some(ConnectionFault::Truncated) => {
                let (parts, body) = response.into_parts();
                let body = body.collect().await.ok()?.to_bytes();
                let response = Response::from_parts(parts, body);
                Some(truncated(response, broken.clone()).map(Either::Right))
            }
            None => Some(response.map(Either::Left)),
        }
    }

    #[cfg(feature = "grpc")]
    async fn respond(
        &self,
        request: Request<Result<Bytes, BodyError>>,
        start: Instant,
        socket: &Socket,
        canceled: Option<CancellationToken>,
    ) -> Response<Complete> {
        let (shared, control) = (&self.mock.shared, Some(&self.control));
        match canceled {
            Some(gone) if grpc::is_grpc(&request) => {
                let response = grpc::handle(shared, request, start, gone, control).await;
                response.map(Either::Right)
            }
            Some(gone) => {
                let response = service::handle(shared, request, start, gone.cancelled(), control);
                response.await.map(Either::Left)
            }
            None => {
                let response = service::handle(shared, request, start, socket.closed(), control);
                response.await.map(Either::Left)
            }
        }
    }

    #[cfg(not(feature = "grpc"))]
    async fn respond(
        &self,
        request: Request<Result<Bytes, BodyError>>,
        start: Instant,
        socket: &Socket,
        _: Option<CancellationToken>,
    ) -> Response<Complete> {
        let (shared, control) = (&self.mock.shared, Some(&self.control));
        service::handle(shared, request, start, socket.closed(), control).await
    }
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
