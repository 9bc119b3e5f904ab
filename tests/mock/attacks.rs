//! Clients that are slow, greedy, careless or hostile.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use gchat_filter::mock::Mock;

use super::http::Request;
use super::{open, seed, serve};

/// `nc -N` sends its request, says that it sends no more, and waits for the answer.
#[test]
fn a_client_that_closes_its_half_is_answered() {
    let mut seed = seed();
    // So that the server sees the end before it has the answer.
    seed["faults"] = serde_json::json!([{"path": "*", "delayMs": 100}]);
    let server = serve(&seed);
    for _ in 0..3 {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let request = b"GET /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\n\r\n";
        stream.write_all(request).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
}

/// The client sends nothing of the body that it announced.
#[test]
fn a_body_that_is_announced_too_long_is_refused_at_once() {
    let server = open();
    let answer = Request::new("POST", "/v1/spaces/A/members")
        .header("content-length", "1048577")
        .send(&server);
    assert_eq!(answer.status, 413);
    let error = &answer.json()["error"];
    assert_eq!(
        (&error["code"], &error["status"]),
        (&413.into(), &"INVALID_ARGUMENT".into())
    );
    // One whose length is not announced is refused once it is too long.
    let chunked = format!("100001\r\n{}", " ".repeat(0x0010_0001));
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head =
        "POST /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    // Once it has its answer, the server may not listen to the end.
    let _ = stream.write_all(chunked.as_bytes());
    let mut start = [0; 12];
    stream.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 413");
}

/// Half a head or half a body does not hold up the end; an answer that is on its way does.
#[tokio::test]
async fn a_stop_waits_for_answers_only() {
    let mut seed = seed();
    seed["faults"] = serde_json::json!([{"path": "spaces/A/members", "delayMs": 2000}]);
    for (sent, least, most) in [
        ("GET /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\n", 0, 1500),
        (
            "POST /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{",
            0,
            1500,
        ),
        (
            "GET /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\n\r\n",
            1500,
            3000,
        ),
    ] {
        let mock = Mock::from_json(&seed.to_string()).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let until = async move { drop(stopped.await) };
        let server = tokio::spawn(gchat_filter::mock::serve(mock, listener, until));
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(sent.as_bytes()).unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        let start = Instant::now();
        drop(stop);
        server.await.unwrap().unwrap();
        let took = start.elapsed();
        assert!(
            took >= Duration::from_millis(least) && took < Duration::from_millis(most),
            "{sent}: {took:?}"
        );
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert_eq!(answer.starts_with("HTTP/1.1 200"), least > 0, "{answer}");
    }
}

/// Many mistakes, or long ones, do not make a long answer.
#[test]
fn an_error_does_not_grow_with_the_request() {
    let server = open();
    let many = "a&".repeat(400_000);
    let answer = Request::new("POST", "/v1/spaces/A/members")
        .header("x-http-method-override", "GET")
        .body(&many)
        .send(&server);
    assert_eq!(answer.status, 400);
    assert!(answer.body.len() < 10_000, "{}", answer.body.len());
    let violations = &answer.json()["error"]["details"][0]["fieldViolations"];
    assert_eq!(violations.as_array().unwrap().len(), 21);
    assert_eq!(violations[20]["description"], "and 399980 more");

    let keys: Vec<String> = (0..60_000).map(|key| format!(r#""k{key}":1"#)).collect();
    let long = "x".repeat(500_000);
    for body in [
        format!("{{{}}}", keys.join(",")),
        format!(r#"{{"{long}": 1}}"#),
        format!(r#"{{"state": "{long}"}}"#),
        format!(r#"{{"role": ["{long}"]}}"#),
        format!(r#"{{"member": {{"name": "{long}"}}}}"#),
        format!(r#"{{"{long}": 1, "{long}": 1}}"#),
    ] {
        let answer = Request::new("POST", "/v1/spaces/A/members")
            .body(&body)
            .send(&server);
        let start: String = body.chars().take(40).collect();
        assert_eq!(answer.status, 400, "{start}");
        assert!(answer.body.len() < 10_000, "{start}: {}", answer.body.len());
    }
    for query in [
        format!("{long}=1"),
        format!("alt={long}"),
        format!("pageSize={long}"),
        format!("showGroups={long}"),
        format!("pageToken={long}"),
        format!("fields={long}"),
    ] {
        let answer = Request::new("POST", "/v1/spaces/A/members")
            .header("x-http-method-override", "GET")
            .body(&query)
            .send(&server);
        let start: String = query.chars().take(40).collect();
        assert_eq!(answer.status, 400, "{start}");
        assert!(answer.body.len() < 10_000, "{start}: {}", answer.body.len());
    }
    let method = "X".repeat(5000);
    let answer = Request::new(&method, "/v1/spaces/A/members").send(&server);
    assert!(answer.status == 404 && answer.body.len() < 1000);
    // The filter is told whole.
    let filter = format!(r#"role = "{}""#, "x".repeat(4000));
    let answer = Request::new("POST", "/v1/spaces/A/members")
        .header("x-http-method-override", "GET")
        .body(&format!("filter={filter}"))
        .send(&server);
    let expected = format!("Invalid filter query: {filter}");
    assert_eq!(answer.json()["error"]["message"], expected);
}

/// What is written where a path should be may be a secret.
#[cfg(feature = "cli")]
#[test]
fn the_log_has_no_secret_from_a_path() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let mut program = Command::new(env!("CARGO_BIN_EXE_gchat-filter"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let url = lines.next().unwrap().unwrap();
    let address = url.strip_prefix("http://").unwrap().parse().unwrap();
    for (method, path) in [
        ("GET", "/v1/spaces/A/members%3Faccess_token=SECRET"),
        ("GET", "/v1/spaces/A;access_token=SECRET/members"),
        ("GET", "/v1/spaces/A/members/1%3Faccess_token%3DSECRET"),
        ("GET", "/SECRET"),
        ("SECRET", "/v1/spaces/A/members"),
        ("GET", "//v1/spaces/A/members/a%40example.com"),
    ] {
        Request::new(method, path).send_to(address);
    }
    program.kill().unwrap();
    let mut log = String::new();
    program
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut log)
        .unwrap();
    program.wait().unwrap();
    assert!(!log.contains("SECRET"), "{log}");
    assert_eq!(log.matches("path=\"(other)\"").count(), 4, "{log}");
    assert_eq!(log.matches("method=(other)").count(), 1, "{log}");
    let known = "path=\"//v1/spaces/A/members/a%40example.com\" status=404";
    assert!(log.contains(known), "{log}");
}

/// The field of the first violation; `None` if all is well.
fn field(answer: &super::http::Answer) -> Option<String> {
    let violation = &answer.json()["error"]["details"][0]["fieldViolations"][0];
    (answer.status == 400).then(|| violation["field"].as_str().unwrap().to_owned())
}

#[test]
fn names_are_known_in_two_forms_only() {
    let server = open();
    for (query, expected) in [
        ("pageSize=1", None),
        ("page_size=1", None),
        ("uploadProtocol=x&pretty_print=true", None),
        ("upload_protocol=x", None),
        ("pageSize_=1", Some("pageSize_")),
        ("page__size=1", Some("page__size")),
        ("_page_size=1", Some("_page_size")),
        ("page_Size=1", Some("page_Size")),
        ("pagesize=1", Some("pagesize")),
        ("page_size=1&pageSize=1&page_size=1", Some("pageSize")),
        ("=1", Some("(empty)")),
        ("alt=", None),
        ("%24alt=", None),
        ("fields=memberships/group__member", Some("fields")),
    ] {
        let answer = Request::get(&format!("/v1/spaces/A/members?{query}")).send(&server);
        assert_eq!(field(&answer).as_deref(), expected, "{query}");
    }
}

#[test]
fn nothing_stands_below_a_star() {
    let server = open();
    for (fields, is_good) in [
        ("*", true),
        ("memberships/*", true),
        ("memberships(*),nextPageToken", true),
        ("*,memberships", true),
        ("*,memberships/member/name", true),
        ("*,bogus", false),
        ("bogus,*", false),
        ("memberships(*,bogus)", false),
        ("*/name", false),
        ("memberships/*/type", false),
        ("*(name)", false),
        ("**", false),
        ("memberships/na*", false),
    ] {
        let answer = Request::get(&format!("/v1/spaces/A/members?fields={fields}")).send(&server);
        assert_eq!(field(&answer).is_none(), is_good, "{fields}");
        if is_good {
            assert_eq!(answer.json()["memberships"][0]["role"], "ROLE_MANAGER");
        }
    }
}

#[test]
fn methods_in_any_case_and_head() {
    let server = open();
    for method in ["get", "Get", "GET"] {
        let answer = Request::new("POST", "/v1/spaces/A/members")
            .header("x-http-method-override", method)
            .body("pageSize=1")
            .send(&server);
        assert_eq!(super::names(&answer), ["1"], "{method}");
    }
    let length = Request::get("/v1/spaces/A/members")
        .send(&server)
        .body
        .len();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head = b"HEAD /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    stream.write_all(head).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains(&format!("content-length: {length}\r\n")));
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[test]
fn a_field_is_there_once() {
    let server = open();
    for (body, expected) in [
        (r#"{"role":"ROLE_MEMBER"}"#, None),
        (
            r#"{"role":"ROLE_MEMBER","role":"ROLE_MANAGER"}"#,
            Some("\"role\" is there twice"),
        ),
        (
            r#"{"role":"ROLE_MEMBER","create_time":"a","createTime":"b"}"#,
            Some("twice"),
        ),
        (
            r#"{"role":"ROLE_MEMBER","member":{"name":"users/1","name":"users/2"}}"#,
            Some("twice"),
        ),
        (
            r#"{"role":"ROLE_MEMBER","role_":"ROLE_MEMBER"}"#,
            Some("Unknown name \"role_\""),
        ),
        (
            r#"{"role":"ROLE_MEMBER","foo_bar":1}"#,
            Some("Unknown name \"foo_bar\""),
        ),
    ] {
        let answer = Request::new("PATCH", "/v1/spaces/A/members/2?updateMask=role")
            .body(body)
            .send(&server);
        match expected {
            None => assert_eq!(answer.status, 200, "{body}"),
            Some(expected) => {
                let message = answer.json()["error"]["message"].clone();
                let message = message.as_str().unwrap();
                assert!(
                    answer.status == 400 && message.contains(expected),
                    "{message}"
                );
            }
        }
    }
}
