//! Clients that are slow, greedy, or do not speak HTTP: each gets an error or a closed connection,
//! and the server answers others all the while, in bounded memory.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use super::clients::answer;
use super::http::{Answer, Request};
use super::program::Program;

/// Longer than anything takes, so that a server that hangs fails a test.
pub(crate) const GUARD: Duration = Duration::from_secs(60);

/// What the program may take at most after all this, in KiB. It takes 10 MiB by itself. A
/// connection holds its head (hyper reads up to 400 KiB of one), its body (up to 1 MiB, announced
/// or not), what the JSON in it becomes while it is read (up to 32 bytes for each of its bytes,
/// for no more bodies at once than there are threads), and its answer.
pub(crate) const MEMORY: u64 = 128 << 10;

pub(crate) const LIST: &str = "/v1/spaces/AAAAsample/members";

/// A space with three people; one of them is a manager.
pub(crate) fn program() -> Program {
    Program::start(&[])
}

/// What the server sends to a client that sent something, until one of both closes.
fn exchange(address: SocketAddr, sent: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(GUARD)).unwrap();
    // The server may not listen to the end.
    let _ = stream.write_all(sent);
    let mut received = Vec::new();
    if let Err(error) = stream.read_to_end(&mut received) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}");
    }
    received
}

/// The answers in what the server sent: nothing but well-formed ones.
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

/// The program still does what it should, and has not grown.
pub(crate) fn is_unharmed(program: &mut Program) {
    let answer = Request::get(LIST).send_to(program.address);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["memberships"].as_array().unwrap().len(), 3);
    assert!(program.is_running());
    let (now, most) = program.memory();
    println!("{now} KiB now, {most} at most");
    assert!(most < MEMORY, "{most} KiB");
    let log = program.log();
    assert!(!log.contains("panic") && !log.contains("ERROR"), "{log}");
}

/// Every one of these is refused, or the connection closed: no request is made of it.
pub(crate) fn refuses(attacks: &[(&str, Vec<u8>)]) {
    let mut program = program();
    for (name, sent) in attacks {
        is_refused(&program, name, sent);
    }
    is_unharmed(&mut program);
}

fn is_refused(program: &Program, name: &str, sent: &[u8]) {
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

#[test]
fn what_is_no_http() {
    let tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00";
    refuses(&[
        ("nothing but a line", b"hello\r\n\r\n".to_vec()),
        ("no version", format!("GET {LIST}\r\n\r\n").into_bytes()),
        (
            "a version to come",
            b"GET / HTTP/9.9\r\nhost: a\r\n\r\n".to_vec(),
        ),
        (
            "another protocol",
            b"GET / ICY/1.1\r\nhost: a\r\n\r\n".to_vec(),
        ),
        (
            "HTTP/2",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec(),
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
            "a bad method",
            format!("G(T {LIST} HTTP/1.1\r\nhost: a\r\n\r\n").into_bytes(),
        ),
        ("no path", b"GET  HTTP/1.1\r\nhost: a\r\n\r\n".to_vec()),
        (
            "a path that is none",
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
        ("a space behind a name", get("a : b\r\n")),
        ("a folded header", get("a: b\r\n c: d\r\n")),
        ("a bare carriage return", get("a: b\rc: d\r\n")),
    ]);
}

#[test]
fn heads_that_are_too_long() {
    let long = "x".repeat(1 << 20);
    let many: Vec<_> = (0..10_000).map(|n| format!("h{n}: x\r\n")).collect();
    refuses(&[
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
fn bodies_that_are_too_long_or_lie() {
    let long = vec![b' '; (1 << 20) + 1];
    let chunks: Vec<u8> = b"1\r\n \r\n".repeat(100_000);
    let te = "transfer-encoding: chunked\r\n";
    refuses(&[
        (
            "announced too long",
            post("content-length: 1048577\r\n", b""),
        ),
        ("announced and sent too long", post_json(&long)),
        (
            "announced as long as can be",
            post("content-length: 18446744073709551615\r\n", b""),
        ),
        (
            "longer than can be",
            post("content-length: 18446744073709551616\r\n", b""),
        ),
        (
            "far longer",
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
            "a chunk longer than can be",
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
            "a chunk that is longer than it says",
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

/// Who puts a server behind another, and has both tell requests apart differently, could smuggle one
/// past the other.
#[test]
fn smuggled_requests() {
    let gone = "/v1/spaces/AAAAsample/members/100000000000000000002";
    let smuggled = format!("DELETE {gone} HTTP/1.1\r\nhost: a\r\n\r\n");
    let post = |more: &str, body: &str| {
        format!("POST {LIST} HTTP/1.1\r\nhost: a\r\n{more}\r\n{body}").into_bytes()
    };
    let te = "transfer-encoding: chunked\r\n";
    let behind = format!("0\r\n\r\n{smuggled}");
    let length = format!("content-length: {}\r\n", behind.len());
    let within = format!("{:x}\r\n{smuggled}\r\n0\r\n\r\n", smuggled.len());
    for (name, sent) in [
        (
            "both, the length first",
            post(&format!("{length}{te}"), &behind),
        ),
        (
            "both, the length last",
            post(&format!("{te}{length}"), &behind),
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
            post(&format!("{te}transfer-encoding: identity\r\n"), &behind),
        ),
        (
            "chunked, not last",
            post("transfer-encoding: chunked, x\r\n", &behind),
        ),
        (
            "a cloaked encoding",
            post("transfer-encoding: xchunked\r\n", &behind),
        ),
        (
            "a space before the colon",
            post(&format!("transfer-encoding : chunked\r\n{length}"), &behind),
        ),
        (
            "a folded encoding",
            post(
                &format!("transfer-encoding:\r\n chunked\r\n{length}"),
                &behind,
            ),
        ),
        (
            "two lengths",
            post(&format!("content-length: 0\r\n{length}"), &behind),
        ),
        (
            "HTTP/1.0",
            format!(
                "POST {LIST} HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n{te}\r\n{behind}"
            )
            .into_bytes(),
        ),
    ] {
        let mut program = program();
        is_refused(&program, name, &sent);
        is_unharmed(&mut program);
    }
}

/// A client that says that it sends no more is answered, if it has asked for something.
#[test]
fn half_closed_connections() {
    let mut program = program();
    let whole = get("");
    let first = format!("GET {LIST} HTTP/1.1\r\nhost: a\r\n\r\n").into_bytes();
    let body =
        b"POST /v1/spaces/AAAAsample/members HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\n{";
    let chunks = b"POST /v1/spaces/AAAAsample/members HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{";
    for (name, sent, expected) in [
        ("nothing", &b""[..], &[][..]),
        ("half a line", &whole[..9], &[]),
        ("half a head", &whole[..whole.len() - 2], &[]),
        ("a request", &whole, &[200]),
        ("two requests", &[&first[..], &whole].concat(), &[200, 200]),
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
        // Of half a head it may be told that it is none.
        let is_expected = statuses == expected || expected.is_empty() && statuses == [400];
        assert!(is_expected, "{name}: {statuses:?}");
    }
    is_unharmed(&mut program);
}

/// Requests that do not wait for the answer to the one before are answered in their order, up to
/// the first that is none.
#[test]
fn requests_in_a_row_with_garbage_behind_them() {
    let mut program = program();
    let good = format!("GET {LIST}/100000000000000000001 HTTP/1.1\r\nhost: a\r\n\r\n");
    let missing = format!("GET {LIST}/9 HTTP/1.1\r\nhost: a\r\n\r\n");
    for garbage in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"{}\r\n\r\n",
        b"\xff\xfe\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ] {
        let row = [good.repeat(500), missing.repeat(500)].concat();
        let sent = [row.as_bytes(), garbage].concat();
        let mut stream = TcpStream::connect(program.address).unwrap();
        stream.set_read_timeout(Some(GUARD)).unwrap();
        let mut receiving = stream.try_clone().unwrap();
        // Nobody could write so much without reading.
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
    is_unharmed(&mut program);
}
