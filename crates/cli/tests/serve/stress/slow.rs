//! Slow clients, and many clients with long bodies.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use super::hostile::{GUARD, LIST, MEMORY, answers, post_json, program};
use crate::http::Request;
use crate::program::Program;

/// Their memory is released afterwards.
#[test]
fn many_long_bodies_take_bounded_memory() {
    const CLIENTS: u64 = 64;
    let mut program = program();
    let (before, _) = program.memory();
    let body = format!("{{\"x\":{}1}}", " ".repeat((1 << 20) - 10));
    let sent = post_json(body.as_bytes());
    let (last, most) = sent.split_last().unwrap();
    let mut streams: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let mut stream = TcpStream::connect(program.address).unwrap();
            stream.set_read_timeout(Some(GUARD)).unwrap();
            stream.write_all(most).unwrap();
            stream
        })
        .collect();
    let answer = Request::get(LIST).send_to(program.address);
    assert_eq!(answer.status, 200);
    let (held, _) = program.memory();
    for stream in &mut streams {
        stream.write_all(&[*last]).unwrap();
    }
    for stream in &mut streams {
        let mut received = Vec::new();
        stream.read_to_end(&mut received).unwrap();
        assert_eq!(answers(&received)[0].status, 400);
    }
    let (after, most) = program.memory();
    println!(
        "memory: {before} KiB before, {held} with {CLIENTS} bodies, {most} at most, {after} after"
    );
    // A buffer that grows by doubling may be twice as long as its content.
    assert!(most < MEMORY + 2 * 1024 * CLIENTS, "{most} KiB");
    assert!(program.is_running());
}

/// Clients that send a byte from time to time, stop in the preface of HTTP/2, or do not read the response, are
/// disconnected after ten seconds; those that do not answer pings, after twenty.
#[test]
fn slow_clients_do_not_block_others() {
    let member = |n: usize| {
        json!({"name": format!("spaces/AAAAsample/members/{n}"), "role": "ROLE_MEMBER",
               "member": {"name": format!("users/{n}"), "type": "HUMAN"}})
    };
    let members: Vec<_> = (1..=1000).map(member).collect();
    let seed = json!({"spaces": [{"name": "spaces/AAAAsample"}], "memberships": members});
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("seed.json");
    std::fs::write(&file, seed.to_string()).unwrap();
    let mut program = Program::start(&["--seed", file.to_str().unwrap()]);
    let address = program.address;
    let connect = |sent: &[u8]| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(GUARD)).unwrap();
        stream.write_all(sent).unwrap();
        stream
    };
    let before = program.files();
    let every_page = format!("GET {LIST}?pageSize=1000 HTTP/1.1\r\nhost: a\r\n\r\n");
    let page = Request::get(&format!("{LIST}?pageSize=1000")).send_to(address);
    let head = format!("GET {LIST} HTTP/1.1\r\nhost: a\r\nx: ");
    let post = format!("POST {LIST} HTTP/1.1\r\nhost: a\r\n");
    let start = Instant::now();
    let mut slow: Vec<_> = (0..100).map(|_| connect(head.as_bytes())).collect();
    let length = format!("{post}content-length: 1000\r\n\r\n");
    slow.extend((0..100).map(|_| connect(length.as_bytes())));
    let chunked = format!("{post}transfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n");
    slow.extend((0..20).map(|_| connect(chunked.as_bytes())));
    let readers: Vec<_> = (0..20)
        .map(|_| connect(every_page.repeat(100).as_bytes()))
        .collect();
    // They wait after half of the preface of HTTP/2, or after all of it and their settings.
    let half = b"PRI * HTTP/2.0\r\n\r\n";
    let mut silent: Vec<_> = (0..100).map(|_| connect(half)).collect();
    let settings = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    silent.extend((0..20).map(|_| connect(settings)));
    let (mut longest, mut served) = (Duration::ZERO, 0);
    let mut is_open = vec![true; slow.len()];
    while is_open.contains(&true) {
        assert!(start.elapsed() < GUARD);
        for (stream, is_open) in slow.iter_mut().zip(&mut is_open) {
            *is_open &= stream.write_all(b" ").is_ok();
        }
        let sent = Instant::now();
        let answer = Request::get(&format!("{LIST}/1")).send_to(address);
        assert_eq!(answer.status, 200);
        longest = longest.max(sent.elapsed());
        served += 1;
        std::thread::sleep(Duration::from_millis(100));
    }
    let took = start.elapsed();
    assert!(longest < GUARD / 6, "{longest:?}");
    // The server also disconnects the clients that do not read.
    while program.files() > before {
        assert!(start.elapsed() < GUARD);
        std::thread::sleep(Duration::from_millis(100));
    }
    for mut stream in silent {
        let mut received = Vec::new();
        let _ = stream.read_to_end(&mut received);
        assert!(received.len() < 1000, "{}", received.len());
    }
    for mut stream in readers {
        let mut received = Vec::new();
        let _ = stream.read_to_end(&mut received);
        assert!(received.len() < 100 * page.body.len(), "{}", received.len());
    }
    let (now, most) = program.memory();
    println!(
        "closed after {took:.1?}; {served} other requests took at most {longest:.1?} each; memory: \
         {now} KiB now, {most} at most"
    );
    assert!(most < MEMORY, "{most} KiB");
    assert!(program.is_running());
}
