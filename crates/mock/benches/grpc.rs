//! Benchmark of the mock server over gRPC: the list requests per second and core, and the time per page.
//!
//! `cargo bench -p gchat-filter-mock --features grpc --bench grpc`. As in `pages`, except that the baseline is
//! a handler of tonic, on its own server, that returns a copy of the same message.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark, not a library"
)]

mod common;
#[path = "../tests/messages/mod.rs"]
mod messages;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use common::{cpu_time, median, seed};
use gchat_filter_mock::Mock;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use messages::{List, Page};
use prost::Message;
use tokio::runtime::{Builder, Runtime};
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic_prost::ProstCodec;

const PARENT: &str = "spaces/AAAAqx7Kt0E";

fn main() {
    throughput();
    pages();
}

fn list(page_size: i32, page_token: String) -> List {
    List {
        parent: PARENT.to_owned(),
        page_size,
        page_token,
        filter: "role = \"ROLE_MEMBER\"".to_owned(),
        ..List::default()
    }
}

/// Measures requests for pages of 100 memberships, compared with a handler that returns the same message.
fn throughput() {
    const ROUNDS: usize = 21;
    const REQUESTS: usize = 2_000;

    let server = Mock::from_json(&seed(100_000)).unwrap().serve().unwrap();
    let request = list(100, String::new());
    let mut mock = Client::connect(server.address());
    let page = mock.call(&request);
    let mut baseline = Client::connect(baseline(Page::decode(&page[5..]).unwrap()));
    assert_eq!(baseline.call(&request), page);
    let mut rounds: Vec<(f64, f64)> = Vec::new();
    for _ in 0..ROUNDS {
        let round = |client: &mut Client, thread: &str| {
            let start = cpu_time(thread);
            for _ in 0..REQUESTS {
                client.call(&request);
            }
            REQUESTS as f64 / cpu_time(thread).saturating_sub(start).as_secs_f64()
        };
        let mock = round(&mut mock, "gchat-filter mo");
        rounds.push((mock, round(&mut baseline, "baseline")));
    }
    let median = |key: fn(&(f64, f64)) -> f64| {
        let mut keys: Vec<f64> = rounds.iter().map(key).collect();
        keys.sort_by(f64::total_cmp);
        keys[keys.len() / 2]
    };
    println!(
        "list requests per second and core over gRPC, pages of 100 ({} bytes)",
        page.len()
    );
    println!(
        "mock server {:.0}, the same message from a handler of tonic {:.0}, ratio {:.2}",
        median(|round| round.0),
        median(|round| round.1),
        median(|round| round.0 / round.1)
    );
}

/// Measures the pages of a space, when their memberships are first sent, and later.
fn pages() {
    const MEMBERS: usize = 1_000_000;

    let server = Mock::from_json(&seed(MEMBERS)).unwrap().serve().unwrap();
    let mut client = Client::connect(server.address());
    let (mut tokens, mut first) = (vec![String::new()], Vec::new());
    loop {
        let request = list(1000, tokens.last().unwrap().clone());
        let start = Instant::now();
        let page = client.call(&request);
        first.push(start.elapsed());
        let page = Page::decode(&page[5..]).unwrap();
        if page.next_page_token.is_empty() {
            break;
        }
        tokens.push(page.next_page_token);
    }
    let middle = list(1000, tokens[tokens.len() / 2].clone());
    let later = (0..200).map(|_| {
        let start = Instant::now();
        client.call(&middle);
        start.elapsed()
    });
    println!(
        "milliseconds per page of 1,000 over gRPC, of {MEMBERS} members: {:.3} when they are first sent, \
         {:.3} later",
        median(first) * 1e3,
        median(later.collect()) * 1e3
    );
}

/// A connection of HTTP/2.
struct Client {
    runtime: Runtime,
    sender: http2::SendRequest<Full<Bytes>>,
}

impl Client {
    fn connect(address: SocketAddr) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let sender = runtime.block_on(async {
            let stream = tokio::net::TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut builder = http2::Builder::new(TokioExecutor::new());
            builder
                .initial_stream_window_size(1 << 20)
                .initial_connection_window_size(1 << 24);
            let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.unwrap();
            tokio::spawn(connection);
            sender
        });
        Self { runtime, sender }
    }

    /// Sends a request and returns the body of the response, which must be a success.
    fn call(&mut self, request: &List) -> Bytes {
        let message = request.encode_to_vec();
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        let request = Request::post("http://mock/google.chat.v1.ChatService/ListMemberships")
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(Full::from([&[0], &length[..], &message].concat()))
            .unwrap();
        self.runtime.block_on(async {
            let response = self.sender.send_request(request).await.unwrap();
            let body = response.into_body().collect().await.unwrap();
            assert_eq!(body.trailers().unwrap()["grpc-status"], "0");
            body.to_bytes()
        })
    }
}

/// A handler that always returns the same page.
#[derive(Clone)]
struct Baseline(Arc<Page>);

impl NamedService for Baseline {
    const NAME: &'static str = "google.chat.v1.ChatService";
}

impl Service<Request<Body>> for Baseline {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let handler = self.clone();
        Box::pin(async move {
            let codec = ProstCodec::<Page, List>::default();
            Ok(Grpc::new(codec).unary(handler, request).await)
        })
    }
}

impl UnaryService<List> for Baseline {
    type Response = Page;
    type Future = Ready<Result<tonic::Response<Page>, tonic::Status>>;

    fn call(&mut self, _: tonic::Request<List>) -> Self::Future {
        ready(Ok(tonic::Response::new(Page::clone(&self.0))))
    }
}

/// Starts a server of tonic that always sends the same page.
fn baseline(page: Page) -> SocketAddr {
    let (sender, address) = mpsc::channel();
    let serve = move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            let incoming =
                tonic::transport::server::TcpIncoming::from(listener).with_nodelay(Some(true));
            tonic::transport::Server::builder()
                .add_service(Baseline(Arc::new(page)))
                .serve_with_incoming(incoming)
                .await
                .unwrap();
        });
    };
    std::thread::Builder::new()
        .name("baseline".to_owned())
        .spawn(serve)
        .unwrap();
    address.recv().unwrap()
}
