//! Connections that say nothing, and more of them than the server may have files open.

use std::io::{BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use super::clients::answer;
use super::http::Request;
use super::program::Program;

/// Longer than anything takes, so that a server that hangs fails a test.
const GUARD: Duration = Duration::from_secs(60);

const LIST: &str = "/v1/spaces/AAAAsample/members";

/// How many files the test itself and its neighbours have open besides.
const OTHERS: usize = 500;

/// How many files this process may have open: at first, and at most.
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

fn is_served(address: SocketAddr) -> Duration {
    let start = Instant::now();
    assert_eq!(Request::get(LIST).send_to(address).status, 200);
    start.elapsed()
}

/// Half of them have never said anything, half have been answered once.
#[test]
fn ten_thousand_idle_connections() {
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
    let count = WANTED.min(soft.saturating_sub(OTHERS));
    if count < WANTED {
        println!("only {count} connections: no more than {hard} files may be open");
    }
    let mut program = Program::limited(count + 100, &[]);
    let address = program.address;
    is_served(address);
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
            }
            stream
        })
        .collect();
    let opened = start.elapsed();
    let open = program.files();
    let longest = (0..100).map(|_| is_served(address)).max().unwrap();
    let (during, _) = program.memory();
    let each = during.saturating_sub(before) * 1024 / count as u64;
    // The server closes them all, whether they were ever answered or not.
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
    is_served(address);
    let (after, most) = program.memory();
    println!(
        "{count} connections opened in {opened:.1?}, {open} files open then; 100 others served in \
         at most {longest:.1?} each; all closed after {closed:.1?}; {before} KiB before, {during} \
         with them ({each} bytes each), {after} after, {most} at most"
    );
    assert!(longest < GUARD / 6, "{longest:?}");
    // Unless the machine is so slow that the first were closed before the last were opened.
    assert!(open >= count || opened > Duration::from_secs(9), "{open}");
    assert!(each < 32 << 10, "{each} bytes");
    assert!(program.is_running());
}

/// Without a file for one more connection it waits, and goes on once there is one.
#[test]
fn no_more_files() {
    let mut program = Program::limited(64, &[]);
    let address = program.address;
    is_served(address);
    // More than the server can accept, and no more than the system keeps for it.
    let streams: Vec<_> = (0..120)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let start = Instant::now();
    while program.files() < 64 {
        assert!(start.elapsed() < GUARD);
        std::thread::sleep(Duration::from_millis(10));
    }
    let (start, before) = (Instant::now(), processor_time(&program));
    std::thread::sleep(Duration::from_secs(1));
    let used = processor_time(&program).saturating_sub(before);
    let took = start.elapsed();
    println!("{used:?} of processor time in {took:?}");
    assert!(used < took / 2, "{used:?} in {took:?}");
    drop(streams);
    is_served(address);
    assert!(program.is_running());
    let log = program.log();
    let told = log.matches("connections are not accepted").count();
    assert!((1..10).contains(&told), "{log}");
    // It can be stopped in that state, too.
    let _streams: Vec<_> = (0..120)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let (code, _) = program.stop("-TERM");
    assert_eq!(code, Some(0));
}

/// How long a process has used a processor.
fn processor_time(program: &Program) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", program.id())).unwrap();
    // Behind the name, which may have anything in it, in hundredths of a second.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks: u64 = fields[11..13]
        .iter()
        .map(|ticks| ticks.parse::<u64>().unwrap())
        .sum();
    Duration::from_millis(10 * ticks)
}
