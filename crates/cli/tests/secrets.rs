//! Access tokens are never logged, at any log level and wherever a client sends them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../../mock/tests/http/mod.rs"]
mod http;
mod program;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use gchat_filter_mock::Mock;
use http::Request;
use program::{Program, Starting};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

/// The prefix of all tokens.
const SECRET: &str = "SECRET";

const LIST: &str = "/v1/spaces/A/members";

fn seed() -> String {
    let seed = json!({
        "spaces": [{"name": "spaces/A"}],
        "memberships": [{"name": "spaces/A/members/1", "role": "ROLE_MANAGER",
                         "member": {"name": "users/1", "type": "HUMAN"}}],
        "callers": [
            {"token": "SECRET-user", "user": "users/1", "scopes": ["chat.memberships"]},
            {"token": "SECRET-app", "app": "users/2", "scopes": ["chat.bot"]},
            {"token": "SECRET+a@b.c", "user": "users/1", "scopes": []},
        ],
        "faults": [{"path": "spaces/A/members/fault*", "status": 503}],
    });
    seed.to_string()
}

/// Sends tokens as credentials, in valid and invalid places. No response may contain one.
fn send_credentials(address: SocketAddr) {
    let member = format!("{LIST}/1");
    for token in ["SECRET-user", "SECRET-app", "SECRET-nobody", "SECRET+a@b.c"] {
        let bearer = format!("Bearer {token}");
        for (name, value) in [
            ("authorization", &*bearer),
            ("authorization", &bearer.to_lowercase()),
            ("authorization", &format!("bearer  {token} ")),
            ("authorization", &format!("Bearer{token}")),
            ("authorization", &format!("Bearer {token} {token}")),
            ("authorization", &format!("Basic {token}")),
            ("authorization", &format!("Token token=\"{token}\"")),
            ("authorization", token),
            ("authorization", &format!("Bearer \u{fc}{token}")),
            ("proxy-authorization", &bearer),
            ("x-authorization", &bearer),
            ("x-goog-api-key", token),
            ("cookie", &format!("token={token}")),
            ("user-agent", token),
            ("referer", &format!("http://a/?access_token={token}")),
            ("x-http-method-override", token),
        ] {
            for (method, path, body) in [
                ("GET", LIST, ""),
                ("GET", &member, ""),
                ("GET", "/v1/spaces/A/members/fault", ""),
                ("GET", "/v1/spaces/X/members", ""),
                ("POST", LIST, "{\"member\":{}}"),
                ("PATCH", &member, "{}"),
                ("DELETE", &member, ""),
                ("PUT", LIST, ""),
            ] {
                let request = Request::new(method, path).header(name, value).body(body);
                assert_no_token(&request.send_to(address).body, token);
            }
        }
        let encoded = token.replace('S', "%53").replace('+', "%2B");
        for query in [
            format!("access_token={encoded}"),
            format!("oauth_token={encoded}"),
            format!("access_token={encoded}&access_token={encoded}"),
            format!("access_token={encoded}&pageSize=-1&filter=x"),
            format!("access_token={encoded}&fields=nothing"),
            format!("accessToken={token}"),
            format!("token={token}"),
            format!("authorization=Bearer+{token}"),
            format!("key={token}&quotaUser={token}&callback={token}"),
            format!("pageToken={token}"),
            format!("{encoded}=1"),
            encoded.clone(),
            format!("x{encoded}x=1&pageSize=-1"),
        ] {
            let get = Request::get(&format!("{LIST}?{query}"));
            let delete = Request::new("DELETE", &format!("{member}?{query}"));
            let form = Request::new("POST", LIST)
                .header("x-http-method-override", "GET")
                .body(&query);
            for request in [get, delete, form] {
                assert_no_token(&request.send_to(address).body, token);
            }
        }
    }
}

fn assert_no_token(body: &str, token: &str) {
    assert!(!body.contains(SECRET), "{token}: {body}");
}

/// Sends tokens in place of names and values. The responses may contain them: like Google's
/// services, they quote the invalid part of the request.
fn send_misplaced_tokens(address: SocketAddr) {
    for token in ["SECRET-user", "SECRET-app", "SECRET+a@b.c"] {
        let bearer = "Bearer SECRET-user";
        let encoded = token.replace('+', "%2B").replace('@', "%40");
        for path in [
            format!("/{token}"),
            format!("/v1/{token}"),
            format!("/v1/spaces/{token}/members"),
            format!("/v1/spaces/{encoded}/members/1"),
            format!("{LIST}/{token}"),
            format!("{LIST}/{encoded}"),
            format!("{LIST}/1;access_token={token}"),
            format!("{LIST}/1%3Faccess_token={token}"),
            format!("{LIST}/1%3Faccess_token%3D{token}"),
            format!("{LIST}/1/{token}"),
            format!("{LIST}/Bearer+{token}"),
            format!("{LIST}/{token}."),
            format!("/v1/spaces/x{token}x/members"),
            format!("http://{token}@a{LIST}"),
        ] {
            for method in ["GET", "DELETE", "PATCH", token] {
                let request = Request::new(method, &path).header("authorization", bearer);
                // Some tokens have characters that a method must not have.
                let _ = request.try_send_to(address);
            }
        }
        for body in [
            token.to_owned(),
            format!("access_token={token}"),
            format!("{{\"access_token\": \"{token}\"}}"),
            format!("{{\"{token}\": 1}}"),
            format!("{{\"role\": \"{token}\"}}"),
            format!("{{\"member\": {{\"name\": \"{token}\"}}}}"),
            format!("{{\"member\": {{\"name\": \"users/{token}\", \"type\": \"{token}\"}}}}"),
        ] {
            let request = Request::new("POST", LIST).header("authorization", bearer);
            assert_eq!(request.body(&body).send_to(address).status, 400, "{body}");
        }
    }
}

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[test]
fn embedded_server_logs_no_token() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .init();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mock.save");
    for mock in [
        Mock::from_json(&seed()).unwrap(),
        Mock::open(&file, Some(&seed())).unwrap(),
    ] {
        assert!(!format!("{mock:?}").contains(SECRET));
        let server = mock.serve().unwrap();
        send_credentials(server.address());
        send_misplaced_tokens(server.address());
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let requests = log.matches(" request ").count();
    println!("{requests} requests, {} bytes logged", log.len());
    assert!(requests > 1000, "{log}");
    assert_log_has_no_token(&log);
}

#[test]
fn program_logs_no_token() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("seed.json");
    std::fs::write(&file, seed()).unwrap();
    let mut command = Program::command(&["--seed", file.to_str().unwrap()]);
    command
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "full");
    let program = Starting::new(command).serving();
    send_credentials(program.address);
    send_misplaced_tokens(program.address);
    assert!(!program.introduction.contains(SECRET));
    let (code, log) = program.stop("-TERM");
    assert_eq!(code, Some(0));
    assert!(log.contains("status=401") && log.contains("status=503"));
    assert_log_has_no_token(&log);
}

#[test]
fn seed_errors_contain_no_token() {
    let caller = r#"{"token": "SECRET", "user": "users/1"}"#;
    for callers in [
        format!("{caller}, {caller}"),
        r#"{"token": "SECRET"}"#.to_owned(),
        r#"{"token": "SECRET", "user": "users/1", "app": "users/2"}"#.to_owned(),
        r#"{"token": "SECRET", "user": "users/nobody"}"#.to_owned(),
        r#"{"token": "SECRET", "user": "users/1", "scopes": [1]}"#.to_owned(),
        r#"{"token": "SECRET", "user": 1}"#.to_owned(),
        r#"{"token": ["SECRET"], "user": "users/1"}"#.to_owned(),
        r#"{"token": "SECRET", "tokens": 1}"#.to_owned(),
    ] {
        let seed = format!(
            r#"{{"spaces": [], "memberships": [], "users": [{{"name": "users/1"}}],
                "callers": [{callers}]}}"#
        );
        let error = Mock::from_json(&seed).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error}");
    }
}

fn assert_log_has_no_token(log: &str) {
    let line = log.lines().find(|line| line.contains(SECRET));
    assert!(line.is_none(), "{}", line.unwrap_or_default());
}
