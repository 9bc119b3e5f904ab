//! `gchat-filter serve`: the program, from its first line to its end.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "that is how a test fails"
)]

mod http;
mod program;

use std::process::Command;

use http::Request;
use program::Program;

#[test]
fn it_says_where_it_is_and_logs_no_secret() {
    for signal in ["-TERM", "-INT"] {
        let program = Program::start(&[]);
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
    let program = Program::listening("0.0.0.0:0", &[]);
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
    let program = Program::start(&["--seed", seed.to_str().unwrap()]);
    assert!(
        program
            .introduction
            .contains("Credentials('TOKEN-OF-A-CALLER')")
    );
    assert!(!program.introduction.contains("s3cret") && !program.introduction.contains("'any'"));
    assert!(
        Program::start(&[])
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
