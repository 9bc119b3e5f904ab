//! Benchmark of the mock server: the time per page, and the list requests per second and core.
//!
//! `cargo bench -p gchat-filter-mock --bench pages`, or with `-- throughput` the requests alone. Times are measured over loopback, from the first
//! byte of the request to the last byte of the response. Requests per second are computed from the
//! CPU time of the server's thread (on Linux; wall-clock time on other systems), so that they
//! exclude the client and other load. The baseline is an axum handler that sends the same bytes
//! from memory. Requests are recorded, unless the server listens on an address that is not a loopback
//! address. All run alternately.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark, not a library"
)]

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use gchat_filter_mock::Mock;
use tokio::net::TcpListener;

use common::{cpu_time, median, seed};

const NEARLY_ALL: &str = "filter=role+%3D+%22ROLE_MEMBER%22&";
const RARE: &str = "filter=role+%3D+%22ROLE_MANAGER%22&";

fn main() {
    if !std::env::args().any(|argument| argument == "throughput") {
        times();
    }
    throughput();
}

/// Measures the time per page.
fn times() {
    println!("milliseconds per page: when its memberships are first sent, and later");
    println!(
        "{:>9} {:>11} {:>5} {:>22} {:>22} {:>22}",
        "members", "filter", "page", "start", "middle", "end"
    );
    for members in [100_000, 1_000_000] {
        let server = Mock::from_json(&seed(members)).unwrap().serve().unwrap();
        let mut connection = Connection::open(server.address());
        for (name, filter, size) in [
            ("nearly all", NEARLY_ALL, 1000),
            ("0.1 %", RARE, 1000),
            ("0.1 %", RARE, 10),
        ] {
            pages(&mut connection, members, name, filter, size);
        }
    }
}

/// Requests all pages once, then three of them repeatedly.
fn pages(connection: &mut Connection, members: usize, name: &str, filter: &str, size: usize) {
    let path = |token: &str| {
        format!("/v1/spaces/AAAAqx7Kt0E/members?{filter}pageSize={size}&pageToken={token}")
    };
    let (mut tokens, mut first) = (vec![String::new()], Vec::new());
    loop {
        let start = Instant::now();
        let body = connection.get(&path(tokens.last().unwrap()));
        first.push(start.elapsed());
        let body = std::str::from_utf8(body).unwrap();
        let Some((_, token)) = body.rsplit_once("\"nextPageToken\": \"") else {
            break;
        };
        tokens.push(token.split_once('"').unwrap().0.to_owned());
    }
    print!("{members:>9} {name:>11} {size:>5}");
    let around = |at: usize| {
        let from = at.saturating_sub(5);
        median(first[from..(from + 10).min(first.len())].to_vec())
    };
    for at in [0, tokens.len() / 2, tokens.len() - 1] {
        let path = path(&tokens[at]);
        let times = (0..200).map(|_| {
            let start = Instant::now();
            connection.get(&path);
            start.elapsed()
        });
        let later = median(times.collect());
        print!("       {:>6.3}, {:>7.3}", around(at) * 1e3, later * 1e3);
    }
    println!("  ({} pages)", tokens.len());
}

/// Measures requests for pages of 100 memberships, with and without the record of requests, compared
/// with a handler that sends the same bytes.
fn throughput() {
    const ROUNDS: usize = 21;
    const REQUESTS: usize = 2_000;

    let path = format!("/v1/spaces/AAAAqx7Kt0E/members?{NEARLY_ALL}pageSize=100");
    let server = Mock::from_json(&seed(100_000)).unwrap().serve().unwrap();
    let mut recorded = Connection::open(server.address());
    let body = Bytes::from(recorded.get(&path).to_vec());
    let mut unrecorded = Connection::open(unrecorded(Mock::from_json(&seed(100_000)).unwrap()));
    let mut baseline = Connection::open(baseline(body.clone()));
    for connection in [&mut unrecorded, &mut baseline] {
        assert_eq!(connection.get(&path).len(), body.len());
    }
    let round = |connection: &mut Connection, thread: &str| {
        let start = cpu_time(thread);
        for _ in 0..REQUESTS {
            connection.get(&path);
        }
        REQUESTS as f64 / cpu_time(thread).saturating_sub(start).as_secs_f64()
    };
    let rounds: Vec<[f64; 3]> = (0..ROUNDS)
        .map(|_| {
            [
                round(&mut recorded, "gchat-filter mo"),
                round(&mut unrecorded, "unrecorded"),
                round(&mut baseline, "baseline"),
            ]
        })
        .collect();
    assert!(server.requests().len() == 1000);
    let median = |key: &dyn Fn(&[f64; 3]) -> f64| {
        let mut keys: Vec<f64> = rounds.iter().map(key).collect();
        keys.sort_by(f64::total_cmp);
        keys[keys.len() / 2]
    };
    println!(
        "\nlist requests per second and core, pages of 100 ({} bytes)",
        body.len()
    );
    println!(
        "the same bytes from memory {:>7.0}",
        median(&|round| round[2])
    );
    for (name, index) in [("with the record", 0), ("without the record", 1)] {
        println!(
            "{name:<26} {:>7.0}, ratio {:.2}",
            median(&|round| round[index]),
            median(&|round| round[index] / round[2])
        );
    }
}

/// Starts a server on an address that is not a loopback address, so that it is neither controlled nor
/// records requests.
fn unrecorded(mock: Mock) -> SocketAddr {
    let port = started("unrecorded", |listener| async {
        let server = gchat_filter_mock::serve(mock, [listener], std::future::pending());
        server.await.unwrap();
    });
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// Starts a comparable server that always sends the same response.
fn baseline(body: Bytes) -> SocketAddr {
    let router = Router::new().fallback(move || async move {
        (
            [(header::CONTENT_TYPE, "application/json; charset=UTF-8")],
            body,
        )
    });
    let port = started("baseline", |listener| async {
        axum::serve(listener, router).await.unwrap();
    });
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// Runs a server on a thread with this name, and returns its port.
fn started<F: Future<Output = ()>>(
    thread: &str,
    serve: impl FnOnce(TcpListener) -> F + Send + 'static,
) -> u16 {
    let (sender, port) = mpsc::channel();
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(async {
            let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
            sender.send(listener.local_addr().unwrap().port()).unwrap();
            serve(listener).await;
        });
    };
    std::thread::Builder::new()
        .name(thread.to_owned())
        .spawn(run)
        .unwrap();
    port.recv().unwrap()
}

/// A keep-alive connection.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: vec![0; 1 << 20],
        }
    }

    /// Sends a request and returns the body of the response, which must have status 200.
    fn get(&mut self, path: &str) -> &[u8] {
        write!(self.stream, "GET {path} HTTP/1.1\r\nhost: mock\r\n\r\n").unwrap();
        let mut length = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[length..]).unwrap();
            assert!(read > 0, "incomplete response");
            length += read;
            let head = &self.buffer[..length.min(1024)];
            let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let text = std::str::from_utf8(&head[..end]).unwrap();
            assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
            let (_, rest) = text.split_once("content-length: ").unwrap();
            let body_length: usize = rest.split("\r\n").next().unwrap().parse().unwrap();
            if length == end + 4 + body_length {
                return &self.buffer[end + 4..length];
            }
        }
    }
}
