//! `gchat-filter serve`: introduction, log, errors and exit status.

use std::process::Command;

use super::http::Request;
use super::program::Program;

#[test]
fn prints_its_url_and_logs_no_secrets() {
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

/// A malformed path may contain a secret.
#[test]
fn log_omits_secrets_in_paths() {
    let program = Program::start(&[]);
    for (method, path) in [
        ("GET", "/v1/spaces/A/members%3Faccess_token=SECRET"),
        ("GET", "/v1/spaces/A;access_token=SECRET/members"),
        ("GET", "/v1/spaces/A/members/1%3Faccess_token%3DSECRET"),
        ("GET", "/v2/spaces/A/members?access_token=SECRET&a=1"),
        ("SECRET", "/v1/spaces/A/members"),
        ("GET", "//v1/spaces/A/members/a%40example.com"),
    ] {
        Request::new(method, path)
            .try_send_to(program.address)
            .unwrap();
    }
    let (_, log) = program.stop("-TERM");
    assert!(!log.contains("SECRET"), "{log}");
    // Unknown paths are logged with their query.
    for path in [
        "/v1/spaces/A/members?access_token=(token)",
        "/v1/spaces/A;access_token=(token)",
        "/v1/spaces/A/members/1?access_token=(token)",
        "/v2/spaces/A/members?access_token=(token)&a=1",
    ] {
        assert!(log.contains(&format!("path=\"{path}\" status=")), "{log}");
    }
    assert_eq!(log.matches("method=(other)").count(), 1, "{log}");
    let known = "path=\"//v1/spaces/A/members/a%40example.com\" status=404";
    assert!(log.contains(known), "{log}");
}

/// The manual and the program show the same code, up to white space and trailing commas.
#[test]
fn snippets_match_the_manual() {
    let code = |text: &str| {
        let text: String = text.split_whitespace().collect();
        text.replace(",}", "}")
    };
    let manual = code(include_str!("../../../mock/src/manual.md"));
    let program = Program::start(&[]);
    let port = program.address.port().to_string();
    let introduction = program.introduction.replace(&port, "8080");
    let snippets: Vec<String> = introduction
        .split("\n\n")
        .skip(1)
        .map(|snippet| code(snippet.split_once('\n').unwrap().1))
        .collect();
    assert_eq!(snippets.len(), 6);
    for snippet in snippets {
        assert!(manual.contains(&snippet), "{snippet}");
    }
}

#[test]
fn warns_about_addresses_that_are_not_loopback() {
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
fn snippets_ask_for_a_token_if_the_seed_has_callers() {
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
fn reports_why_it_cannot_start() {
    let directory = tempfile::tempdir().unwrap();
    let invalid = directory.path().join("invalid.json");
    std::fs::write(&invalid, "{\"spaces\": [],\n \"memberships\": [1]}").unwrap();
    let invalid = invalid.to_str().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (arguments, expected) in [
        (
            vec!["--seed", "/nowhere.json"],
            "/nowhere.json: No such file".to_owned(),
        ),
        (
            vec!["--seed", invalid],
            format!("{invalid}: line 2, column 18: expected an object"),
        ),
        (vec!["--save", invalid], format!("{invalid}: ")),
        (
            vec!["--listen", taken.as_str()],
            format!("cannot listen on http://{taken}: "),
        ),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_gchat-filter"))
            .arg("serve")
            .args(&arguments)
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(
            message.starts_with(&format!("error: {expected}")),
            "{message}"
        );
    }
}

#[test]
fn damaged_files_are_reported_in_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mock.journal");
    Program::saving(&file).stop("-TERM");
    let original = std::fs::read(&file).unwrap();
    let inverted = |from: usize, to: usize| {
        let mut bytes = original.clone();
        for byte in &mut bytes[from..to] {
            *byte = !*byte;
        }
        bytes
    };
    for (what, bytes) in [
        ("half", original[..original.len() / 2].to_vec()),
        ("100 bytes", original[..100].to_vec()),
        ("all inverted", inverted(0, original.len())),
        ("start inverted", inverted(9, 320)),
        (
            "end inverted",
            inverted(original.len() / 2, original.len() - 1),
        ),
        ("another file", b"SQLite format 3\0".to_vec()),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_gchat-filter"))
            .args(["serve", "--listen", "127.0.0.1:0", "--save"])
            .arg(&file)
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{what}: {message}");
        assert_eq!(message.lines().count(), 1, "{what}: {message}");
        let start = format!("error: {}: ", file.display());
        assert!(message.starts_with(&start), "{what}: {message}");
        eprintln!("{what}: {message}");
    }
}

/// `--seed` several times, and `--seed -` for standard input.
#[test]
fn seeds_are_read_from_several_files_and_standard_input() {
    use std::io::{BufRead, BufReader, Write};
    use std::process::Stdio;

    let directory = tempfile::tempdir().unwrap();
    let first = directory.path().join("first.json");
    // A byte order mark is ignored.
    std::fs::write(&first, "\u{feff}{\"spaces\": [{\"name\": \"spaces/A\"}]}").unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_gchat-filter"))
        .args(["serve", "--listen", "127.0.0.1:0", "--seed", "-", "--seed"])
        .arg(&first)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let list =
        r#"{"memberships": [{"name": "spaces/A/members/1", "member": {"name": "users/1"}}]}"#;
    program
        .stdin
        .take()
        .unwrap()
        .write_all(list.as_bytes())
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let url = lines.next().unwrap().unwrap();
    let address = url.strip_prefix("http://").unwrap().parse().unwrap();
    let answer = Request::get("/v1/spaces/A/members")
        .try_send_to(address)
        .unwrap();
    program.kill().unwrap();
    program.wait().unwrap();
    assert_eq!(
        answer.json()["memberships"][0]["name"],
        "spaces/A/members/1"
    );
}

#[test]
fn unreadable_seeds_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seed.json");
    let valid = directory.path().join("valid.json");
    std::fs::write(&valid, r#"{"spaces": []}"#).unwrap();
    let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, expected) in [
        (b"\x1f\x8b\x08\x00".to_vec(), "compressed with gzip"),
        (
            [b"\xff\xfe".to_vec(), utf16.clone()].concat(),
            "encoded as UTF-16",
        ),
        (utf16, "encoded as UTF-16"),
        (b"{\"a\": \"\xe4\"}".to_vec(), "not UTF-8 at byte 7"),
        (
            b"{\"spaces\": [{}]}".to_vec(),
            "line 1, column 14: missing field `name`",
        ),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_gchat-filter"))
            .args(["serve", "--listen", "127.0.0.1:0", "--seed"])
            .args([&valid, std::path::Path::new("--seed"), &path])
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(
            message.contains(&format!("seed.json: {expected}")),
            "{message}"
        );
    }
}
