//! `gchat-filter serve` as a harness runs it: nothing that happens to its streams stops it.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::http::Request;
use super::program::Program;

/// More requests than lines of the log fit into a pipe.
const MANY: usize = 3_000;

const LIST: &str = "/v1/spaces/AAAAsample/members";

fn signal(id: u32, name: &str) {
    let id = id.to_string();
    let status = Command::new("kill").args([name, &id]).status().unwrap();
    assert!(status.success());
}

/// Reads the URL, the first line of standard output.
fn address(child: &mut Child) -> SocketAddr {
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    line.trim()
        .strip_prefix("http://")
        .unwrap()
        .parse()
        .unwrap()
}

fn request_many(address: SocketAddr) {
    for _ in 0..MANY {
        assert_eq!(Request::get(LIST).send_to(address).status, 200);
    }
    let leave = Request::new("DELETE", &format!("{LIST}/app"));
    assert_eq!(leave.send_to(address).status, 200);
}

/// The pipe is full after a few hundred lines.
#[test]
fn log_that_nobody_reads_stops_nothing() {
    let mut child = Program::command(&[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let address = address(&mut child);
    let mut log = child.stderr.take().unwrap();
    request_many(address);
    signal(child.id(), "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut text = String::new();
    log.read_to_string(&mut text).unwrap();
    assert!(text.contains("status=200"), "{text}");
}

/// A reader that comes late is told how many lines it missed.
#[test]
fn log_counts_what_it_dropped() {
    let mut child = Program::command(&[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let address = address(&mut child);
    let log = child.stderr.take().unwrap();
    let request = format!("GET {LIST}/app HTTP/1.1\r\nhost: a\r\n\r\n");
    let sent = 10_000;
    let mut stream = TcpStream::connect(address).unwrap();
    let mut answers = stream.try_clone().unwrap();
    let writer = std::thread::spawn(move || {
        stream
            .write_all(request.repeat(sent - 1).as_bytes())
            .unwrap();
        let last = format!("GET {LIST}/app HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        stream.write_all(last.as_bytes()).unwrap();
    });
    let mut received = String::new();
    answers.read_to_string(&mut received).unwrap();
    writer.join().unwrap();
    assert_eq!(received.matches("HTTP/1.1 200 OK").count(), sent);
    let (mut lines, mut dropped) = (0, None);
    for line in BufReader::new(log).lines() {
        let line = line.unwrap();
        lines += usize::from(line.contains("status=200"));
        if let Some(note) = line.strip_prefix("warning: ") {
            dropped = note
                .split(' ')
                .next()
                .map(|count| count.parse::<usize>().unwrap());
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(lines > 0);
    assert!(dropped.is_some_and(|dropped| dropped > 0 && lines + dropped <= sent));
}

#[test]
fn log_whose_reader_is_gone_stops_nothing() {
    let mut child = Program::command(&[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    request_many(address(&mut child));
    signal(child.id(), "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn log_on_a_full_disk_stops_nothing() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut child = Program::command(&[])
        .stdout(Stdio::piped())
        .stderr(full)
        .spawn()
        .unwrap();
    request_many(address(&mut child));
    signal(child.id(), "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// It serves on, and says where.
#[test]
fn closed_standard_output_stops_nothing() {
    let mut outputs = vec![{
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    }];
    if cfg!(target_os = "linux") {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        outputs.push(full.into());
    }
    for output in outputs {
        let mut child = Program::command(&[])
            .stdout(output)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        log.read_line(&mut line).unwrap();
        let start = "warning: cannot write to standard output (";
        assert!(line.starts_with(start), "{line}");
        let (_, address) = line.trim().rsplit_once("; listening on http://").unwrap();
        assert_eq!(
            Request::get(LIST).send_to(address.parse().unwrap()).status,
            200
        );
        signal(child.id(), "-TERM");
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

/// Starts a program that delays every answer by a minute, and sends a request whose answer is waited
/// for.
fn delaying() -> (Program, TcpStream) {
    let directory = tempfile::tempdir().unwrap();
    let seed = directory.path().join("seed.json");
    let text = r#"{"spaces": [{"name": "spaces/A"}], "faults": [{"path": "*", "delayMs": 60000}]}"#;
    std::fs::write(&seed, text).unwrap();
    let program = Program::start(&["--seed", seed.to_str().unwrap()]);
    let mut stream = TcpStream::connect(program.address).unwrap();
    let request = b"GET /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\n\r\n";
    stream.write_all(request).unwrap();
    (program, stream)
}

/// Waits until the log has a text.
fn wait_for(program: &mut Program, text: &str) {
    let start = Instant::now();
    while !program.log().contains(text) {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "{}",
            program.log()
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn client_that_leaves_ends_its_delay() {
    let (mut program, stream) = delaying();
    drop(stream);
    wait_for(&mut program, "status=200");
    let (code, _) = program.stop("-TERM");
    assert_eq!(code, Some(0));
}

/// The first waits for the answer that is delayed.
#[test]
fn second_signal_ends_the_program_at_once() {
    let (mut program, stream) = delaying();
    let id = program.id();
    let start = Instant::now();
    signal(id, "-TERM");
    // The listener closes, and then the server waits for the answer.
    while TcpStream::connect(program.address).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(4));
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(program.is_running());
    let (code, log) = program.stop("-INT");
    let took = start.elapsed();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(4), "{took:?}");
    assert!(log.contains("stopped") && !log.contains("status="), "{log}");
    drop(stream);
}

/// Sends a control request.
fn control(address: SocketAddr, method: &str, path: &str) -> u16 {
    let path = format!("/__admin/{path}");
    let host = format!("localhost:{}", address.port());
    let request = Request::with_host(method, &path, &host);
    request.send_to(address).status
}

/// On addresses that others can reach, only the health is served by default.
#[test]
fn control_is_for_loopback_addresses() {
    for (listen, arguments, expected) in [
        ("127.0.0.1:0", &[][..], 200),
        ("0.0.0.0:0", &[], 403),
        ("0.0.0.0:0", &["--admin"], 200),
    ] {
        let program = Program::listening(listen, arguments);
        for (method, path) in [("GET", "requests"), ("GET", "seed"), ("POST", "reset")] {
            assert_eq!(control(program.address, method, path), expected, "{listen}");
        }
        assert_eq!(control(program.address, "GET", "health"), 200);
    }
}

#[test]
fn control_resets_and_stops_the_program() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mock.journal");
    let mut program = Program::saving(&file);
    let address = program.address;
    let member = format!("{LIST}/app");
    assert_eq!(Request::new("DELETE", &member).send_to(address).status, 200);
    assert_eq!(control(address, "POST", "reset"), 200);
    assert_eq!(Request::get(&member).send_to(address).status, 200);
    assert_eq!(control(address, "POST", "shutdown"), 200);
    let start = Instant::now();
    while program.is_running() {
        assert!(start.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(program.stop("-0").0, Some(0));
    let program = Program::saving(&file);
    assert_eq!(Request::get(&member).send_to(program.address).status, 200);
}

#[test]
fn two_runs_with_a_fixed_clock_answer_alike() {
    let run = || {
        let program = Program::start(&["--now", "2026-01-01T00:00:00Z"]);
        let body = r#"{"member":{"name":"users/new@example.com"}}"#;
        let created = Request::new("POST", LIST)
            .body(body)
            .send_to(program.address);
        assert_eq!(created.json()["createTime"], "2026-01-01T00:00:00.000000Z");
        let page = Request::get(&format!("{LIST}?pageSize=1")).send_to(program.address);
        assert!(page.json()["nextPageToken"].is_string());
        [created.head, created.body, page.head, page.body]
    };
    assert_eq!(run(), run());
    let output = Program::command(&["--now", "soon"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.starts_with("error: `now` must be a time with an offset"),
        "{message}"
    );
}
