//! `gchat-filter serve`: the program, from its first line to its end.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "that is how a test fails"
)]

mod http;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use http::Request;
use serde_json::json;

/// The program while it serves; killed when it is dropped.
struct Program {
    child: Child,
    address: SocketAddr,
    introduction: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gchat-filter"))
            .arg("serve")
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // What it says of itself ends when it waits, so only so many lines are read.
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
        let introduction: Vec<String> = lines.by_ref().take(24).map(Result::unwrap).collect();
        let url = introduction.first().cloned().unwrap_or_default();
        let Some(address) = url.strip_prefix("http://").and_then(|a| a.parse().ok()) else {
            let mut complaint = String::new();
            child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut complaint)
                .unwrap();
            panic!("it does not serve: {complaint}");
        };
        Self {
            child,
            address,
            introduction: introduction.join("\n"),
        }
    }

    fn saving(file: &Path) -> Self {
        Self::start(&["--listen", "127.0.0.1:0", "--save", file.to_str().unwrap()])
    }

    /// Asks it to stop; how it ended, and what it logged.
    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        Command::new("kill").args([signal, &id]).status().unwrap();
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_says_where_it_is_and_logs_no_secret() {
    for signal in ["-TERM", "-INT"] {
        let program = Program::start(&["--listen", "127.0.0.1:0"]);
        let port = program.address.port();
        for line in [
            format!("client_options={{'api_endpoint': 'http://127.0.0.1:{port}'}}"),
            format!("rootUrl: 'http://127.0.0.1:{port}/'"),
            format!("apiEndpoint: '127.0.0.1', port: {port}"),
        ] {
            assert!(
                program.introduction.contains(&line),
                "{}",
                program.introduction
            );
        }
        let answer =
            Request::get("/v1/spaces/AAAAsample/members?access_token=SECRET&pageToken=SECRET")
                .header("authorization", "Bearer SECRET")
                .try_send_to(program.address)
                .unwrap();
        assert_eq!(answer.status, 400);
        let (code, log) = program.stop(signal);
        assert_eq!(code, Some(0), "{signal}");
        assert!(
            log.contains("method=GET path=\"/v1/spaces/AAAAsample/members\" status=400"),
            "{log}"
        );
        assert!(!log.contains("SECRET"), "{log}");
        assert!(!log.contains("loopback"), "{log}");
    }
}

#[test]
fn it_warns_when_others_can_reach_it() {
    let program = Program::start(&["--listen", "0.0.0.0:0"]);
    let port = program.address.port();
    assert!(
        program
            .introduction
            .contains(&format!("'http://127.0.0.1:{port}'"))
    );
    let (_, log) = program.stop("-TERM");
    assert!(log.contains("is not a loopback address"), "{log}");
}

#[test]
fn its_lines_want_a_token_if_the_seed_has_callers() {
    let directory = tempfile::tempdir().unwrap();
    let seed = directory.path().join("seed.json");
    let text =
        r#"{"spaces": [], "memberships": [], "callers": [{"token": "s3cret", "user": "users/1"}]}"#;
    std::fs::write(&seed, text).unwrap();
    let program = Program::start(&["--listen", "127.0.0.1:0", "--seed", seed.to_str().unwrap()]);
    assert!(
        program
            .introduction
            .contains("Credentials('TOKEN-OF-A-CALLER')")
    );
    assert!(!program.introduction.contains("s3cret") && !program.introduction.contains("'any'"));
    assert!(
        Program::start(&["--listen", "127.0.0.1:0"])
            .introduction
            .contains("Credentials('any')")
    );
}

#[test]
fn it_says_why_it_cannot_serve() {
    let directory = tempfile::tempdir().unwrap();
    let bad = directory.path().join("bad.json");
    std::fs::write(&bad, "{\"spaces\": [],\n \"memberships\": [1]}").unwrap();
    let bad = bad.to_str().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (arguments, expected) in [
        (
            vec!["--seed", "/nowhere.json"],
            "/nowhere.json: No such file".to_owned(),
        ),
        (
            vec!["--seed", bad],
            format!("{bad}: line 2, column 18: expected an object"),
        ),
        (vec!["--save", bad], format!("{bad}: ")),
        (
            vec!["--listen", taken.as_str()],
            format!("cannot listen on {taken}: "),
        ),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_gchat-filter"))
            .arg("serve")
            .args(&arguments)
            .output()
            .unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{complaint}");
        assert!(
            complaint.starts_with(&format!("error: {expected}")),
            "{complaint}"
        );
    }
}

/// A damaged file is an error in one line, not a panic of the embedded store.
#[test]
fn a_damaged_file_is_told_in_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mock.redb");
    Program::saving(&file).stop("-TERM");
    let whole = std::fs::read(&file).unwrap();
    let inverted = |from: usize, to: usize| {
        let mut bytes = whole.clone();
        for byte in &mut bytes[from..to] {
            *byte = !*byte;
        }
        bytes
    };
    for (what, bytes) in [
        ("half", whole[..whole.len() / 2].to_vec()),
        ("5,000 bytes", whole[..5_000].to_vec()),
        ("100 bytes", whole[..100].to_vec()),
        ("all inverted", inverted(0, whole.len())),
        ("header inverted", inverted(9, 320)),
        ("pages inverted", inverted(4096, whole.len())),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_gchat-filter"))
            .args(["serve", "--listen", "127.0.0.1:0", "--save"])
            .arg(&file)
            .output()
            .unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{what}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{what}: {complaint}");
        let start = format!("error: {}: ", file.display());
        assert!(complaint.starts_with(&start), "{what}: {complaint}");
        eprintln!("{what}: {complaint}");
    }
}

/// Killed at any moment, it loses nothing that it acknowledged.
///
/// Several writers add, change and remove members until the program is killed; then what is there
/// after a restart is compared with what was acknowledged. Of a change that was under way nobody
/// knows whether it was made: either is right. `KILL_ROUNDS` says how often.
#[test]
fn a_kill_loses_nothing_acknowledged() {
    const WRITERS: usize = 3;
    let rounds = std::env::var("KILL_ROUNDS").map_or(6, |rounds| rounds.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mock.redb");
    // What each member's role must be, or that they must be gone; none or several: either is right.
    let expected: Mutex<BTreeMap<String, Vec<Option<&str>>>> = Mutex::default();
    let (mut acknowledged, mut lost) = (0, 0);
    for round in 0..rounds {
        let program = Program::saving(&file);
        let address = program.address;
        acknowledged += std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let expected = &expected;
                    scope.spawn(move || {
                        write_until_gone(address, round * WRITERS + writer, expected)
                    })
                })
                .collect();
            // A different moment in every round.
            std::thread::sleep(Duration::from_millis(60 + 37 * (round as u64 % 11)));
            program.stop("-KILL");
            writers
                .into_iter()
                .map(|writer| writer.join().unwrap())
                .sum::<usize>()
        });
        let program = Program::saving(&file);
        let there = everybody(program.address);
        for (id, right) in expected.lock().unwrap().iter() {
            let role = there.get(id).map(String::as_str);
            if !right.contains(&role) {
                eprintln!("{id}: {role:?}, expected one of {right:?}");
                lost += 1;
            }
        }
    }
    println!("{rounds} rounds, {acknowledged} changes acknowledged, {lost} lost");
    assert_eq!(lost, 0);
    assert!(
        acknowledged >= rounds,
        "the test must have written something"
    );
}

/// The role of every member.
fn everybody(address: SocketAddr) -> BTreeMap<String, String> {
    let (mut roles, mut token) = (BTreeMap::new(), String::new());
    loop {
        let path = format!("/v1/spaces/AAAAsample/members?pageSize=1000&pageToken={token}");
        let page = Request::get(&path).try_send_to(address).unwrap().json();
        for member in page["memberships"].as_array().unwrap() {
            let name = member["name"].as_str().unwrap().rsplit('/').next().unwrap();
            roles.insert(name.to_owned(), member["role"].as_str().unwrap().to_owned());
        }
        match page["nextPageToken"].as_str() {
            Some(next) => next.clone_into(&mut token),
            None => return roles,
        }
    }
}

/// Adds members one after the other; makes some managers again, removes some. How many changes were
/// acknowledged.
fn write_until_gone(
    address: SocketAddr,
    writer: usize,
    expected: &Mutex<BTreeMap<String, Vec<Option<&str>>>>,
) -> usize {
    let mut acknowledged = 0;
    for number in 0.. {
        let id = format!("{writer:05}{number:05}");
        let mut is_role: Option<&str> = None;
        let create = json!({"member": {"name": format!("users/{id}"), "type": "HUMAN"}});
        let member = format!("/v1/spaces/AAAAsample/members/{id}");
        let patch = format!("{member}?updateMask=role");
        let steps = [
            (
                "POST",
                "/v1/spaces/AAAAsample/members",
                create.to_string(),
                Some("ROLE_MEMBER"),
            ),
            (
                "PATCH",
                &*patch,
                r#"{"role":"ROLE_ASSISTANT_MANAGER"}"#.to_owned(),
                Some("ROLE_ASSISTANT_MANAGER"),
            ),
            ("DELETE", &*member, String::new(), None),
        ];
        for (method, path, body, becomes) in steps.into_iter().take(1 + number % 3) {
            let before = vec![is_role, becomes];
            expected.lock().unwrap().insert(id.clone(), before);
            match Request::new(method, path).body(&body).try_send_to(address) {
                Ok(answer) => assert_eq!(answer.status, 200, "{}", answer.body),
                Err(_) => return acknowledged,
            }
            acknowledged += 1;
            is_role = becomes;
            expected.lock().unwrap().insert(id.clone(), vec![becomes]);
        }
    }
    acknowledged
}
