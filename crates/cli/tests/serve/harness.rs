//! How test suites and containers start `gchat-filter serve`, find it, and stop it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::http::Request;
use super::program::Program;

const LIST: &str = "/v1/spaces/AAAAsample/members";

/// A program that is killed when this is dropped.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn gchat_filter(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gchat-filter"));
    command.args(arguments).stderr(Stdio::null());
    command
}

/// Starts the program, and reads the URLs on its first lines.
fn start(command: &mut Command) -> (Killed, Vec<SocketAddr>) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let addresses = lines
        .map_while(|line| line.unwrap().strip_prefix("http://")?.parse().ok())
        .collect();
    (Killed(child), addresses)
}

/// Waits for the end of the program, and returns its exit status.
fn end(program: &mut Killed) -> Option<i32> {
    let start = Instant::now();
    loop {
        if let Some(status) = program.0.try_wait().unwrap() {
            return status.code();
        }
        assert!(start.elapsed() < Duration::from_secs(20), "still running");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn environment_variables_replace_options() {
    let directory = tempfile::tempdir().unwrap();
    let [seed, file] = ["seed.json", "mock.journal"].map(|name| directory.path().join(name));
    std::fs::write(&seed, r#"{"spaces": [{"name": "spaces/ENV"}]}"#).unwrap();
    let command = || {
        let mut command = gchat_filter(&["serve"]);
        command
            .env("GCHAT_FILTER_LISTEN", "127.0.0.1:0,127.0.0.1:0")
            .env("GCHAT_FILTER_SEED", &seed)
            .env("GCHAT_FILTER_SAVE", &file);
        command
    };
    let (program, addresses) = start(&mut command());
    assert_eq!(addresses.len(), 2);
    for address in &addresses {
        let list = Request::get("/v1/spaces/ENV/members").send_to(*address);
        assert_eq!(list.status, 200);
    }
    assert!(file.exists());
    drop(program);
    // An option counts more than a variable, and an empty variable is none.
    let mut command = command();
    command
        .args(["--listen", "127.0.0.1:0"])
        .env("GCHAT_FILTER_SEED", "")
        .env("GCHAT_FILTER_SAVE", "");
    let (_program, addresses) = start(&mut command);
    assert_eq!(addresses.len(), 1);
    assert_eq!(Request::get(LIST).send_to(addresses[0]).status, 200);
    let help = gchat_filter(&["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for name in ["LISTEN", "SEED", "SAVE"] {
        assert!(
            help.contains(&format!("[env: GCHAT_FILTER_{name}=")),
            "{help}"
        );
    }
}

#[test]
fn listens_on_several_addresses() {
    let has_ipv6 = std::net::TcpListener::bind("[::1]:0").is_ok();
    let loopbacks = 1 + usize::from(has_ipv6);
    for (arguments, expected) in [
        (&["--listen", "localhost:0"][..], loopbacks),
        (&["--listen", "localhost", "--port", "0"], loopbacks),
        (&["--listen", "127.0.0.1:0", "--listen", "127.0.0.2:0"], 2),
        (&["--listen", ":0"], 1),
        (&["--listen", "0"], 1),
        (&["--port", "0"], 1),
    ] {
        let mut command = gchat_filter(&["serve"]);
        let (_program, addresses) = start(command.args(arguments));
        assert_eq!(addresses.len(), expected, "{arguments:?}");
        for address in &addresses {
            assert!(address.ip().is_loopback(), "{arguments:?}");
            assert_eq!(Request::get(LIST).send_to(*address).status, 200);
            let host = format!("localhost:{}", address.port());
            let control = Request::with_host("GET", "/__admin/seed", &host);
            assert_eq!(control.send_to(*address).status, 200);
        }
        if arguments[1].starts_with("localhost") {
            assert!(
                addresses
                    .iter()
                    .all(|own| own.port() == addresses[0].port())
            );
        }
    }
    // One address that others can reach closes the control paths on all.
    if cfg!(unix) {
        let mut command = gchat_filter(&["serve", "--listen", "127.0.0.1:0,0.0.0.0:0"]);
        let (_program, addresses) = start(&mut command);
        for address in addresses {
            let control = Request::with_host("GET", "/__admin/seed", "localhost");
            assert_eq!(control.send_to(address).status, 403);
        }
    }
    for address in ["a b", "1:2:3", "65536", "http://", ""] {
        let output = Program::command(&["--listen", address]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{address}");
    }
}

#[test]
fn ends_when_standard_input_closes() {
    let mut command = gchat_filter(&["serve", "--port", "0", "--exit-on-stdin-close"]);
    let (mut program, addresses) = start(command.stdin(Stdio::piped()));
    let mut input = program.0.stdin.take().unwrap();
    // What arrives is ignored.
    std::io::Write::write_all(&mut input, b"quit\n").unwrap();
    assert_eq!(Request::get(LIST).send_to(addresses[0]).status, 200);
    drop(input);
    assert_eq!(end(&mut program), Some(0));
    // Without the option it goes on.
    let mut command = gchat_filter(&["serve", "--port", "0"]);
    let (mut program, addresses) = start(command.stdin(Stdio::null()));
    assert_eq!(Request::get(LIST).send_to(addresses[0]).status, 200);
    assert!(program.0.try_wait().unwrap().is_none());
    let both = ["serve", "--exit-on-stdin-close", "--seed", "-"];
    let output = gchat_filter(&both).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.starts_with("error: standard input cannot be both"),
        "{message}"
    );
}

/// The runner is another process, which holds the other end of the pipe.
#[cfg(unix)]
#[test]
fn ends_when_the_test_runner_is_killed() {
    let (reader, writer) = std::io::pipe().unwrap();
    let runner = Command::new("sleep").arg("1000").stdout(writer).spawn();
    let runner = Killed(runner.unwrap());
    let mut command = gchat_filter(&["serve", "--port", "0", "--exit-on-stdin-close"]);
    let (mut program, addresses) = start(command.stdin(reader));
    assert_eq!(Request::get(LIST).send_to(addresses[0]).status, 200);
    // With SIGKILL.
    drop(runner);
    assert_eq!(end(&mut program), Some(0));
}

fn health(arguments: &[&str], variable: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gchat-filter"));
    command.arg("health").args(arguments);
    if let Some(value) = variable {
        command.env("GCHAT_FILTER_LISTEN", value);
    }
    command.output().unwrap()
}

#[test]
fn health_is_an_exit_status() {
    let program = Program::listening("0.0.0.0:0", &[]);
    let port = program.address.port();
    for (arguments, variable) in [
        (vec![format!("http://127.0.0.1:{port}")], None),
        (vec![format!("http://localhost:{port}/")], None),
        (vec![format!("{port}")], None),
        (vec![], Some(format!("0.0.0.0:{port},[::1]:{port}"))),
    ] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = health(&arguments, variable.as_deref());
        assert_eq!(output.status.code(), Some(0), "{arguments:?} {output:?}");
        assert_eq!(output.stdout, b"healthy\n");
    }
    program.stop("-TERM");
    let url = format!("http://127.0.0.1:{port}");
    let output = health(&[&url], None);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with(&format!("error: {url}: ")), "{message}");
    assert_eq!(health(&["https://a"], None).status.code(), Some(2));
    // Another server.
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let answer = std::thread::spawn(move || {
        let (mut stream, _) = other.accept().unwrap();
        std::io::Write::write_all(&mut stream, b"HTTP/1.1 404 Not Found\r\n\r\n").unwrap();
    });
    let output = health(&[&address], None);
    answer.join().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("unexpected response: HTTP/1.1 404"),
        "{message}"
    );
}

/// A seed with a fault and a misspelled scope.
fn seed() -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("seed.json");
    let text = r#"{"spaces": [{"name": "spaces/A"}],
                   "callers": [{"token": "SECRET", "user": "users/1", "scopes": ["chat.membership"]}],
                   "faults": [{"path": "spaces/A/members", "status": 503, "delayMs": 1}]}"#;
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap().to_owned();
    (directory, file)
}

fn send_requests(address: SocketAddr) {
    for path in [
        "/v1/spaces/A/members",
        "/v1/spaces/B/members",
        "/v1/rooms?access_token=SECRET&b=1",
    ] {
        Request::get(path).send_to(address);
    }
}

#[test]
fn log_says_which_fault_and_which_unknown_path() {
    let (_directory, seed) = seed();
    let program = Program::start(&["--seed", &seed]);
    send_requests(program.address);
    let (_, log) = program.stop("-TERM");
    for expected in [
        "path=\"/v1/spaces/A/members\" status=503 fault=spaces/A/members: delayed 1 ms 503 micros=",
        "path=\"/v1/spaces/B/members\" status=401 micros=",
        "path=\"/v1/rooms?access_token=(token)&b=1\" status=404",
    ] {
        assert!(log.contains(expected), "{log}");
    }
}

#[test]
fn quiet_log_has_warnings_only() {
    let (_directory, seed) = seed();
    let program = Program::start(&["--seed", &seed, "--quiet"]);
    send_requests(program.address);
    let (code, log) = program.stop("-TERM");
    assert_eq!(code, Some(0));
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(
        log.starts_with("warning: ") && log.contains("chat.membership"),
        "{log}"
    );
}

#[test]
fn log_is_json_a_line() {
    let (_directory, seed) = seed();
    let program = Program::start(&["--seed", &seed, "--log-format", "json"]);
    send_requests(program.address);
    let (_, log) = program.stop("-TERM");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let field = |name: &str| {
        lines
            .iter()
            .map(|line| line[name].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        field("level"),
        ["WARN", "INFO", "INFO", "INFO", "INFO"],
        "{log}"
    );
    assert_eq!(
        field("message")[1..],
        ["request", "request", "request", "stopped"]
    );
    assert!(
        field("timestamp")
            .iter()
            .all(|time| time.as_str().unwrap().ends_with('Z'))
    );
    let first = &lines[1];
    assert_eq!(first["path"], "/v1/spaces/A/members");
    assert_eq!(first["status"], 503);
    assert_eq!(first["fault"], "spaces/A/members: delayed 1 ms 503");
}
