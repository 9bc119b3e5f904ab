//! Idle connections, and more connections than the server may have open files.

use std::io::{BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use super::clients::answer;
use crate::http::Request;
use crate::program::Program;

/// Longer than any step takes, so that a server that hangs fails the test.
const GUARD: Duration = Duration::from_mins(1);

const LIST: &str = "/v1/spaces/AAAAsample/members";

/// Number of files that this process has open for this and other tests.
const OTHERS: usize = 500;

/// Returns the soft and the hard limit of this process's open files.
fn limits() -> (usize, usize) {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let mut numbers = line
        .unwrap()
        .split_whitespace()
        .map(|number| number.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap())
}

fn request_time(address: SocketAddr) -> Duration {
    let start = Instant::now();
    assert_eq!(Request::get(LIST).send_to(address).status, 200);
    start.elapsed()
}

/// Half of them have had one response; the others have sent nothing, or half of the preface of HTTP/2.
#[test]
fn ten_thousand_idle_connections_do_not_block_others() {
    const WANTED: usize = 10_000;
    let id = std::process::id().to_string();
    let (soft, hard) = limits();
    if soft < WANTED + OTHERS {
        let limit = format!("--nofile={hard}:{hard}");
        let _ = Command::new("prlimit")
            .args(["--pid", &id, &limit])
            .status();
    }
    let (soft, hard) = limits();
    assert!(
        soft >= WANTED + OTHERS,
        "requires {} open files, and `prlimit` of util-linux; the hard limit is {hard}",
        WANTED + OTHERS
    );
    let count = WANTED;
    let mut program = Program::limited(count + 100, &[]);
    let address = program.address;
    request_time(address);
    let (before, _) = program.memory();
    let start = Instant::now();
    let mut streams: Vec<_> = (0..count)
        .map(|number| {
            let mut stream = BufReader::new(TcpStream::connect(address).unwrap());
            stream.get_ref().set_read_timeout(Some(GUARD)).unwrap();
            if number % 2 == 0 {
                let request = format!("GET {LIST} HTTP/1.1\r\nhost: a\r\n\r\n");
                stream.get_mut().write_all(request.as_bytes()).unwrap();
                assert_eq!(answer(&mut stream).unwrap().status, 200);
            } else if number % 4 == 1 {
                stream.get_mut().write_all(b"PRI * HTTP/2").unwrap();
            }
            stream
        })
        .collect();
    let opened = start.elapsed();
    let open = program.files();
    let longest = (0..100).map(|_| request_time(address)).max().unwrap();
    let (during, _) = program.memory();
    let each = during.saturating_sub(before) * 1024 / count as u64;
    // The server closes them all.
    while program.files() > 100 {
        assert!(start.elapsed() < GUARD, "{} are open", program.files());
        std::thread::sleep(Duration::from_millis(100));
    }
    let closed = start.elapsed();
    for stream in &mut streams {
        match stream.read(&mut [0]) {
            Ok(read) => assert_eq!(read, 0),
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
        }
    }
    request_time(address);
    let (after, most) = program.memory();
    println!(
        "{count} connections opened in {opened:.1?}, with {open} open files; 100 other requests \
         took at most {longest:.1?} each; all closed after {closed:.1?}; memory: {before} KiB \
         before, {during} with them ({each} bytes each), {after} after, {most} at most"
    );
    assert!(longest < GUARD / 6, "{longest:?}");
    // On a slow machine the first may be closed before the last are opened.
    assert!(open >= count || opened > Duration::from_secs(9), "{open}");
    assert!(each < 32 << 10, "{each} bytes");
    assert!(program.is_running());
}

/// It waits until a file is available, without a busy loop.
#[test]
fn recovers_from_file_exhaustion() {
    let mut program = Program::limited(64, &[]);
    let address = program.address;
    request_time(address);
    // More than the server can accept, but few enough for the listener's queue.
    let streams: Vec<_> = (0..120)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let start = Instant::now();
    while program.files() < 64 {
        assert!(start.elapsed() < GUARD);
        std::thread::sleep(Duration::from_millis(10));
    }
    let (start, before) = (Instant::now(), cpu_time(&program));
    std::thread::sleep(Duration::from_secs(1));
    let used = cpu_time(&program).saturating_sub(before);
    let took = start.elapsed();
    println!("{used:?} of CPU time in {took:?}");
    assert!(used < took / 2, "{used:?} in {took:?}");
    drop(streams);
    request_time(address);
    assert!(program.is_running());
    let log = program.log();
    let errors = log.matches("cannot accept connections").count();
    assert!((1..10).contains(&errors), "{log}");
    // It can be stopped in that state.
    let _streams: Vec<_> = (0..120)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let (code, _) = program.stop("-TERM");
    assert_eq!(code, Some(0));
}

/// Returns the CPU time of a process.
fn cpu_time(program: &Program) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", program.id())).unwrap();
    // The times are after the name, which may contain any character, in hundredths of a second.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks: u64 = fields[11..13]
        .iter()
        .map(|ticks| ticks.parse::<u64>().unwrap())
        .sum();
    Duration::from_millis(10 * ticks)
}
