//! Faults like those of a real service.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use gchat_filter::list::{MembershipMethod, RpcCode};
use gchat_filter_mock::{ConnectionFault, Fault, Mock, Server};
use serde_json::{Value, json};

use super::http::Request;
use super::{names, open, seed, serve};

const LIST: &str = "/v1/spaces/A/members";

fn with_fault(fault: &Value) -> Server {
    let mut seed = seed();
    seed["faults"] = json!([fault]);
    serve(&seed)
}

/// Sends a list request on its own connection, and returns what arrives before the connection ends.
fn receive(server: &Server, method: &str, body: &str) -> (String, Option<ErrorKind>) {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let length = body.len();
    let request =
        format!("{method} {LIST} HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).unwrap();
    let mut received = Vec::new();
    let end = stream.read_to_end(&mut received);
    let received = String::from_utf8(received).unwrap();
    (received, end.err().map(|error| error.kind()))
}

#[test]
fn methods_and_skip_choose_the_requests() {
    let server = with_fault(&json!({
        "path": "spaces/A*", "methods": ["get", "delete"], "skip": 1, "times": 2, "status": 500,
    }));
    let status = |method: &str, path: &str| Request::new(method, path).send(&server).status;
    let member = "/v1/spaces/A/members/2";
    assert_eq!(status("GET", LIST), 200);
    assert_eq!(status("GET", member), 200);
    assert_eq!(status("GET", LIST), 200);
    assert_eq!(status("DELETE", member), 500);
    assert_eq!(status("GET", member), 500);
    assert_eq!(status("GET", member), 200);
}

#[test]
fn status_is_a_number_or_a_name() {
    for status in [json!(429), json!("RESOURCE_EXHAUSTED")] {
        let server = with_fault(&json!({"path": "*", "status": status,
                                        "headers": {"Retry-After": "7"}}));
        let answer = Request::get(LIST).send(&server);
        assert_eq!(
            (answer.status, answer.header("retry-after")),
            (429, Some("7"))
        );
        let error = &answer.json()["error"];
        assert_eq!(error["status"], "RESOURCE_EXHAUSTED");
        let message = error["message"].as_str().unwrap();
        assert!(
            message.starts_with("Quota exceeded for quota metric "),
            "{message}"
        );
        assert_eq!(error["details"][0]["reason"], "RATE_LIMIT_EXCEEDED");
    }
    let server = with_fault(&json!({"path": "*", "status": 503}));
    let expected = json!({"error": {"code": 503, "status": "UNAVAILABLE",
                                    "message": "The service is currently unavailable."}});
    assert_eq!(Request::get(LIST).send(&server).json(), expected);
    // Two codes have this HTTP status.
    let server = with_fault(&json!({"path": "*", "status": "ALREADY_EXISTS"}));
    assert_eq!(
        Request::get(LIST).send(&server).json()["error"]["status"],
        "ALREADY_EXISTS"
    );
}

#[test]
fn errors_have_any_message_details_headers_and_body() {
    let details =
        json!([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3s"}]);
    let server = with_fault(&json!({
        "path": "*", "status": 429, "message": "Slow down.", "details": details,
    }));
    let expected = json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED",
                                    "message": "Slow down.", "details": details}});
    assert_eq!(Request::get(LIST).send(&server).json(), expected);

    let html = "<html>502 Bad Gateway</html>";
    let server = with_fault(&json!({
        "path": "*", "status": 502, "body": html, "headers": {"content-type": "text/html"},
    }));
    let answer = Request::get(LIST).send(&server);
    assert_eq!((answer.status, &*answer.body), (502, html));
    assert_eq!(answer.header("Content-Type"), Some("text/html"));

    let server = with_fault(&json!({"path": "*", "body": {"memberships": 1}}));
    let answer = Request::get(LIST).send(&server);
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({"memberships": 1}))
    );

    let server = with_fault(&json!({"path": "*", "headers": {"x-served-by": "cache"}}));
    let answer = Request::get(LIST).send(&server);
    assert_eq!(
        (answer.status, answer.header("x-served-by")),
        (200, Some("cache"))
    );
    assert_eq!(names(&answer).len(), 4);
}

/// A create that is retried after its answer was lost meets its own member.
#[test]
fn applied_faults_carry_the_request_out() {
    for effect in [json!({"status": 503}), json!({"connection": "reset"})] {
        let mut fault = json!({"path": "*", "methods": ["create"], "times": 1, "applied": true});
        for (name, value) in effect.as_object().unwrap() {
            fault[name] = value.clone();
        }
        let server = with_fault(&fault);
        let body = r#"{"member":{"name":"users/new"}}"#;
        let (first, error) = receive(&server, "POST", body);
        assert!(first.starts_with("HTTP/1.1 503 ") || error == Some(ErrorKind::ConnectionReset));
        let retried = Request::new("POST", LIST).body(body).send(&server);
        assert_eq!(retried.status, 409);
        let found = Request::get(&format!("{LIST}/new")).send(&server);
        assert_eq!(found.status, 200);
    }
}

#[test]
fn connections_break() {
    let fault =
        |connection: &str| with_fault(&json!({"path": "*", "connection": connection, "times": 1}));
    let body = r#"{"member":{"name":"users/new"}}"#;
    for (connection, expected) in [("reset", Some(ErrorKind::ConnectionReset)), ("empty", None)] {
        let server = fault(connection);
        assert_eq!(receive(&server, "POST", body), (String::new(), expected));
        // It was not carried out.
        assert_eq!(
            Request::new("POST", LIST).body(body).send(&server).status,
            200
        );
    }
    let server = fault("truncated");
    let (truncated, error) = receive(&server, "GET", "");
    let whole = Request::get(LIST).send(&server);
    let (head, half) = truncated.split_once("\r\n\r\n").unwrap();
    assert!(
        head.contains(&format!("content-length: {}", whole.body.len())),
        "{head}"
    );
    assert_eq!(half.len(), whole.body.len() / 2);
    assert!(whole.body.starts_with(half));
    assert_eq!(error, None);
}

/// However short a page is, a walk over all of them meets everybody once.
#[test]
fn pages_are_short() {
    let everyone = names(&Request::get(LIST).send(&open()));
    for fault in [
        json!({"path": "*", "pageSize": 1}),
        json!({"path": "*", "pageSize": 0, "times": 1}),
        json!({"path": "*", "pageSize": 0, "skip": 1, "times": 2}),
        json!({"path": "*", "pageSize": 100}),
    ] {
        let server = with_fault(&fault);
        let (mut met, mut lengths, mut token) = (Vec::new(), Vec::new(), String::new());
        loop {
            let path = format!("{LIST}?pageSize=2&pageToken={token}");
            let answer = Request::get(&path).send(&server);
            let page = names(&answer);
            lengths.push(page.len());
            met.extend(page);
            match answer.json()["nextPageToken"].as_str() {
                Some(next) => next.clone_into(&mut token),
                None => break,
            }
        }
        assert_eq!(met, everyone, "{fault}");
        let expected: &[usize] = match (fault["pageSize"].as_u64(), fault["skip"].as_u64()) {
            (Some(1), _) => &[1, 1, 1, 1],
            (Some(0), None) => &[0, 2, 2],
            (Some(0), _) => &[2, 0, 0, 2],
            _ => &[2, 2],
        };
        assert_eq!(lengths, expected, "{fault}");
    }
}

/// A fault that has everything fail spares what a harness asks for.
#[test]
fn only_methods_of_the_api_fail() {
    let server = with_fault(&json!({"path": "*", "status": 503, "times": 1}));
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/favicon.ico"),
        ("GET", "/v1/spaces/A"),
        ("OPTIONS", LIST),
        ("PUT", LIST),
    ] {
        assert_ne!(
            Request::new(method, path).send(&server).status,
            503,
            "{method} {path}"
        );
    }
    assert_eq!(Request::get(LIST).send(&server).status, 503);
}

#[test]
fn faults_are_added_while_the_server_runs() {
    let server = open();
    let busy = Fault::new("spaces/*/members")
        .methods([MembershipMethod::List])
        .times(2);
    server
        .add_fault(busy.status(RpcCode::Unavailable).message("Later."))
        .unwrap();
    let answer = Request::get(LIST).send(&server);
    assert_eq!(answer.json()["error"]["message"], "Later.");
    assert_eq!(
        serde_json::to_value(server.faults()).unwrap(),
        json!([{"path": "spaces/*/members", "methods": ["list"], "times": 1,
                "status": "UNAVAILABLE", "message": "Later."}])
    );
    server.clear_faults();
    assert_eq!(Request::get(LIST).send(&server).status, 200);
    for invalid in [
        Fault::new("*"),
        Fault::new("/v1/*").http_status(500),
        Fault::new("*").http_status(399),
        Fault::new("*").applied().delay(Duration::from_millis(1)),
        Fault::new("*").header("a b", "c"),
        Fault::new("*").header("Content-Length", "1"),
        Fault::new("*").message("a").delay(Duration::from_millis(1)),
    ] {
        assert!(server.add_fault(invalid.clone()).is_err(), "{invalid:?}");
    }
}

#[test]
fn invalid_faults_in_a_seed_are_reported() {
    for (fault, expected) in [
        (
            json!({"path": "*", "status": "BUSY"}),
            "unknown error code `BUSY`, expected one of",
        ),
        (
            json!({"path": "*", "status": 999}),
            "must be from 400 to 599, found 999",
        ),
        (
            json!({"path": "*", "status": 500, "methods": ["put"]}),
            "unknown method `put`, expected `list`",
        ),
        (
            json!({"path": "*", "connection": "slow"}),
            "unknown value `slow`",
        ),
        (
            json!({"path": "*", "status": 500, "message": "a", "body": "b"}),
            "either a `body` or a `message`",
        ),
        (json!({"path": "*", "message": "a"}), "need a `status`"),
    ] {
        let mut seed = seed();
        seed["faults"] = json!([fault]);
        let error = Mock::from_json(&seed.to_string()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

/// Without a connection, the response says what would happen to it.
#[tokio::test]
async fn faults_of_the_connection_are_extensions_of_the_response() {
    let mock = Mock::sample();
    let reset = Fault::new("*").connection(ConnectionFault::Reset);
    mock.add_fault(reset).unwrap();
    let request = ::http::Request::get("/v1/spaces/AAAAsample/members")
        .body("")
        .unwrap();
    let response = mock.handle(request).await;
    let fault = response.extensions().get::<ConnectionFault>();
    assert_eq!(fault, Some(&ConnectionFault::Reset));
}
