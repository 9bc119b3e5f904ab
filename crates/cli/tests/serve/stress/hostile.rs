//! Clients that are greedy or do not speak HTTP: each gets an error or a closed connection, and the
//! server keeps serving others, in bounded memory.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use super::clients::answer;
use crate::http::{Answer, Request};
use crate::program::Program;

/// Longer than any step takes, so that a server that hangs fails the test.
pub(crate) const GUARD: Duration = Duration::from_mins(1);

/// Maximum memory of the program, in KiB. Without connections it uses 10 MiB. A connection holds the
/// head of a request (hyper reads up to 400 KiB), its body (up to 1 MiB), the JSON that is parsed
/// from it (up to 32 bytes for each byte, for one body per thread at a time), and the response.
pub(crate) const MEMORY: u64 = 128 << 10;

pub(crate) const LIST: &str = "/v1/spaces/AAAAsample/members";

/// Starts the program with the sample: its first space has three listed members.
pub(crate) fn program() -> Program {
    Program::start(&[])
}

/// Sends the bytes, and returns what the server sends until either side closes the connection.
fn exchange(address: SocketAddr, sent: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(GUARD)).unwrap();
    // The server may stop reading early.
    let _ = stream.write_all(sent);
    let mut received = Vec::new();
    if let Err(error) = stream.read_to_end(&mut received) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}");
    }
    received
}

/// Parses what the server sent, which must consist of well-formed responses.
pub(crate) fn answers(received: &[u8]) -> Vec<Answer> {
    let mut rest = received;
    let mut answers = Vec::new();
    while !rest.is_empty() {
        let answer = answer(&mut rest);
        answers.push(answer.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(received))));
    }
    answers
}

pub(crate) fn statuses(address: SocketAddr, sent: &[u8]) -> Vec<u16> {
    let answers = answers(&exchange(address, sent));
    answers.iter().map(|answer| answer.status).collect()
}

/// Asserts that the program still works, and that its memory is bounded.
pub(crate) fn assert_unharmed(program: &mut Program) {
    let answer = Request::get(LIST).send_to(program.address);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["memberships"].as_array().unwrap().len(), 3);
    assert!(program.is_running());
    let (now, most) = program.memory();
    println!("memory: {now} KiB now, {most} at most");
    assert!(most < MEMORY, "{most} KiB");
    let log = program.log();
    assert!(!log.contains("panic") && !log.contains("ERROR"), "{log}");
}

/// Asserts that each of these is refused, or its connection closed.
pub(crate) fn assert_all_refused(attacks: &[(&str, Vec<u8>)]) {
    let mut program = program();
    for (name, sent) in attacks {
        assert_refused(&program, name, sent);
    }
    assert_unharmed(&mut program);
}

fn assert_refused(program: &Program, name: &str, sent: &[u8]) {
    let statuses = statuses(program.address, sent);
    println!("{name}: {statuses:?}");
    let is_refused = statuses.iter().all(|status| (400..500).contains(status));
    assert!(is_refused && statuses.len() <= 1, "{name}: {statuses:?}");
}

pub(crate) fn get(more: &str) -> Vec<u8> {
    format!("GET {LIST} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{more}\r\n").into_bytes()
}

pub(crate) fn post(more: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("POST {LIST} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{more}\r\n");
    [head.as_bytes(), body].concat()
}

pub(crate) fn post_json(body: &[u8]) -> Vec<u8> {
    post(&format!("content-length: {}\r\n", body.len()), body)
}

/// The length, type and stream of each frame of HTTP/2.
fn frames(mut received: &[u8]) -> Vec<(usize, u8, u32)> {
    let mut frames = Vec::new();
    while let Some((head, rest)) = received.split_first_chunk::<9>() {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        frames.push((length, head[3], stream));
        received = &rest[length..];
    }
    assert!(received.is_empty(), "{received:?}");
    frames
}

#[test]
fn tells_clients_that_break_http2_to_go_away() {
    const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
    const GO_AWAY: u8 = 7;
    let mut program = program();
    for (name, sent) in [
        ("data before settings", &b"\0\0\0\0\0\0\0\0\x01"[..]),
        (
            "data outside a stream",
            &[SETTINGS, b"\0\0\0\0\0\0\0\0\0"].concat(),
        ),
        (
            "a frame of 16 MiB",
            &[SETTINGS, b"\xff\xff\xff\x01\x04\0\0\0\x01"].concat(),
        ),
        (
            "invalid headers",
            &[SETTINGS, b"\0\0\x01\x01\x05\0\0\0\x01\xff"].concat(),
        ),
    ] {
        let sent = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", sent].concat();
        let frames = frames(&exchange(program.address, &sent));
        println!("{name}: {frames:?}");
        assert!(
            frames.iter().any(|frame| frame.1 == GO_AWAY),
            "{name}: {frames:?}"
        );
    }
    assert_unharmed(&mut program);
}

#[test]
fn rejects_input_that_is_not_http() {
    let tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00";
    assert_all_refused(&[
        ("nothing but a line", b"hello\r\n\r\n".to_vec()),
        ("no version", format!("GET {LIST}\r\n\r\n").into_bytes()),
        (
            "a future version",
            b"GET / HTTP/9.9\r\nhost: a\r\n\r\n".to_vec(),
        ),
        (
            "another protocol",
            b"GET / ICY/1.1\r\nhost: a\r\n\r\n".to_vec(),
        ),
        (
            "half of the preface of HTTP/2, and more",
            b"PRI * HTTP/2.0\r\n\r\nhost: a\r\n\r\n".to_vec(),
        ),
        ("TLS", tls.to_vec()),
        ("NULs", vec![0; 4096]),
        ("noise", (0..=255).cycle().skip(128).take(65536).collect()),
        (
            "a NUL in the path",
            b"GET /v1/\0 HTTP/1.1\r\nhost: a\r\n\r\n".to_vec(),
        ),
        ("a NUL in a header", get("a: b\0c\r\n")),
        (
            "a space in the path",
            b"GET /v1/a b HTTP/1.1\r\nhost: a\r\n\r\n".to_vec(),
        ),
        (
            "no method",
            format!(" {LIST} HTTP/1.1\r\nhost: a\r\n\r\n").into_bytes(),
        ),
        (
            "an invalid method",
            format!("G(T {LIST} HTTP/1.1\r\nhost: a\r\n\r\n").into_bytes(),
        ),
        ("no path", b"GET  HTTP/1.1\r\nhost: a\r\n\r\n".to_vec()),
        (
            "an invalid path",
            b"GET v1 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".to_vec(),
        ),
        (
            "CONNECT",
            b"CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\nconnection: close\r\n\r\n".to_vec(),
        ),
        (
            "OPTIONS",
            b"OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".to_vec(),
        ),
        ("a header without a colon", get("nothing\r\n")),
        ("a header without a name", get(": b\r\n")),
        ("a space after a name", get("a : b\r\n")),
        ("a folded header", get("a: b\r\n c: d\r\n")),
        ("a bare carriage return", get("a: b\rc: d\r\n")),
    ]);
}

#[test]
fn rejects_overlong_heads() {
    let long = "x".repeat(1 << 20);
    let many: Vec<_> = (0..10_000).map(|n| format!("h{n}: x\r\n")).collect();
    assert_all_refused(&[
        ("a long header", get(&format!("a: {long}\r\n"))),
        ("a long name", get(&format!("{long}: a\r\n"))),
        ("many headers", get(&many.concat())),
        ("101 headers", get(&"a: b\r\n".repeat(101))),
        ("a header without an end", get(&"x".repeat(8 << 20))),
        (
            "a long path",
            format!("GET /{long} HTTP/1.1\r\nhost: a\r\n\r\n").into_bytes(),
        ),
        (
            "a long query",
            format!("GET {LIST}?{long} HTTP/1.1\r\nhost: a\r\n\r\n").into_bytes(),
        ),
        (
            "70,000 bytes of path",
            format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "x".repeat(70_000)).into_bytes(),
        ),
        (
            "60,000 bytes of path",
            format!(
                "GET /{} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
                "x".repeat(60_000)
            )
            .into_bytes(),
        ),
        ("a method without an end", long.into_bytes()),
        ("empty lines", "\r\n".repeat(1 << 20).into_bytes()),
    ]);
}

#[test]
fn rejects_bodies_that_are_overlong_or_have_the_wrong_length() {
    let long = vec![b' '; (1 << 20) + 1];
    let chunks: Vec<u8> = b"1\r\n \r\n".repeat(100_000);
    let te = "transfer-encoding: chunked\r\n";
    assert_all_refused(&[
        (
            "announced too long",
            post("content-length: 1048577\r\n", b""),
        ),
        ("announced and sent too long", post_json(&long)),
        (
            "announced with the maximum length",
            post("content-length: 18446744073709551615\r\n", b""),
        ),
        (
            "announced longer than the maximum",
            post("content-length: 18446744073709551616\r\n", b""),
        ),
        (
            "announced far longer",
            post(&format!("content-length: {}\r\n", "9".repeat(400)), b""),
        ),
        ("of negative length", post("content-length: -1\r\n", b"{}")),
        (
            "of a length with a sign",
            post("content-length: +2\r\n", b"{}"),
        ),
        (
            "of two lengths",
            post("content-length: 2\r\ncontent-length: 3\r\n", b"{} "),
        ),
        (
            "of a list of lengths",
            post("content-length: 2, 2\r\n", b"{}"),
        ),
        ("of no length", post("content-length: \r\n", b"{}")),
        (
            "of a length in hexadecimal",
            post("content-length: 0x2\r\n", b"{}"),
        ),
        (
            "many chunks",
            post(te, &[&chunks, &b"0\r\n\r\n"[..]].concat()),
        ),
        (
            "a chunk that is too long",
            post(te, &[b"100001\r\n", &long[..]].concat()),
        ),
        (
            "a chunk longer than the maximum",
            post(te, b"10000000000000000\r\n{}"),
        ),
        (
            "a chunk of many digits",
            post(
                te,
                &[&b"0".repeat(1 << 20), &b"2\r\n{}\r\n0\r\n\r\n"[..]].concat(),
            ),
        ),
        ("a chunk of no length", post(te, b"\r\n{}\r\n0\r\n\r\n")),
        (
            "a chunk of negative length",
            post(te, b"-2\r\n{}\r\n0\r\n\r\n"),
        ),
        (
            "a chunk longer than announced",
            post(te, b"1\r\n{}\r\n0\r\n\r\n"),
        ),
        (
            "a long extension",
            post(te, &[b"2;", &long[..], b"\r\n{}\r\n0\r\n\r\n"].concat()),
        ),
        (
            "long trailers",
            post(
                te,
                &[b"2\r\n{}\r\n0\r\na: ", &long[..], b"\r\n\r\n"].concat(),
            ),
        ),
        (
            "many trailers",
            post(
                te,
                &[
                    b"2\r\n{}\r\n0\r\n",
                    &b"a: b\r\n".repeat(100_000)[..],
                    b"\r\n",
                ]
                .concat(),
            ),
        ),
    ]);
}

/// If two servers in a chain delimit requests differently, a client can smuggle a request past the
/// first.
#[test]
fn rejects_smuggled_requests() {
    let gone = "/v1/spaces/AAAAsample/members/100000000000000000002";
    let smuggled = format!("DELETE {gone} HTTP/1.1\r\nhost: a\r\n\r\n");
    let post = |more: &str, body: &str| {
        format!("POST {LIST} HTTP/1.1\r\nhost: a\r\n{more}\r\n{body}").into_bytes()
    };
    let te = "transfer-encoding: chunked\r\n";
    let after = format!("0\r\n\r\n{smuggled}");
    let length = format!("content-length: {}\r\n", after.len());
    let within = format!("{:x}\r\n{smuggled}\r\n0\r\n\r\n", smuggled.len());
    for (name, sent) in [
        (
            "both, the length first",
            post(&format!("{length}{te}"), &after),
        ),
        (
            "both, the length last",
            post(&format!("{te}{length}"), &after),
        ),
        (
            "both, the length short",
            post(&format!("content-length: 4\r\n{te}"), &within),
        ),
        (
            "an unknown encoding",
            post("transfer-encoding: x\r\n", &smuggled),
        ),
        (
            "an encoding twice",
            post(&format!("{te}transfer-encoding: identity\r\n"), &after),
        ),
        (
            "chunked, not last",
            post("transfer-encoding: chunked, x\r\n", &after),
        ),
        (
            "a cloaked encoding",
            post("transfer-encoding: xchunked\r\n", &after),
        ),
        (
            "a space before the colon",
            post(&format!("transfer-encoding : chunked\r\n{length}"), &after),
        ),
        (
            "a folded encoding",
            post(
                &format!("transfer-encoding:\r\n chunked\r\n{length}"),
                &after,
            ),
        ),
        (
            "two lengths",
            post(&format!("content-length: 0\r\n{length}"), &after),
        ),
        (
            "HTTP/1.0",
            format!("POST {LIST} HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n{te}\r\n{after}")
                .into_bytes(),
        ),
    ] {
        let mut program = program();
        assert_refused(&program, name, &sent);
        assert_unharmed(&mut program);
    }
}

/// A complete request on one gets a response.
#[test]
fn half_closed_connections_are_served() {
    let mut program = program();
    let request = get("");
    let first = format!("GET {LIST} HTTP/1.1\r\nhost: a\r\n\r\n").into_bytes();
    let body =
        b"POST /v1/spaces/AAAAsample/members HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\n{";
    let chunks = b"POST /v1/spaces/AAAAsample/members HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{";
    for (name, sent, expected) in [
        ("nothing", &b""[..], &[][..]),
        ("half a line", &request[..9], &[]),
        ("half a head", &request[..request.len() - 2], &[]),
        ("a request", &request, &[200]),
        (
            "two requests",
            &[&first[..], &request].concat(),
            &[200, 200],
        ),
        ("half a body", body, &[400]),
        ("half a chunk", chunks, &[400]),
    ] {
        let mut stream = TcpStream::connect(program.address).unwrap();
        stream.set_read_timeout(Some(GUARD)).unwrap();
        stream.write_all(sent).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut received = Vec::new();
        stream.read_to_end(&mut received).unwrap();
        let answers = answers(&received);
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        // An incomplete head may get a 400.
        let is_expected = statuses == expected || expected.is_empty() && statuses == [400];
        assert!(is_expected, "{name}: {statuses:?}");
    }
    assert_unharmed(&mut program);
}

/// Responses have the order of the requests, up to the first invalid one.
#[test]
fn pipelined_requests_are_served_until_an_invalid_one() {
    let mut program = program();
    let found = format!("GET {LIST}/100000000000000000001 HTTP/1.1\r\nhost: a\r\n\r\n");
    let missing = format!("GET {LIST}/9 HTTP/1.1\r\nhost: a\r\n\r\n");
    for garbage in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"{}\r\n\r\n",
        b"\xff\xfe\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ] {
        let row = [found.repeat(500), missing.repeat(500)].concat();
        let sent = [row.as_bytes(), garbage].concat();
        let mut stream = TcpStream::connect(program.address).unwrap();
        stream.set_read_timeout(Some(GUARD)).unwrap();
        let mut receiving = stream.try_clone().unwrap();
        // Writing so much would block without reading.
        let received = std::thread::spawn(move || {
            let mut received = Vec::new();
            let _ = receiving.read_to_end(&mut received);
            received
        });
        stream.write_all(&sent).unwrap();
        let statuses: Vec<u16> = answers(&received.join().unwrap())
            .iter()
            .map(|answer| answer.status)
            .collect();
        assert_eq!(statuses.len(), 1001);
        assert!(statuses[..500].iter().all(|status| *status == 200));
        assert!(statuses[500..1000].iter().all(|status| *status == 404));
        assert_eq!(statuses[1000], 400);
    }
    assert_unharmed(&mut program);
}
