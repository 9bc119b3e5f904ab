//! Slow, greedy, careless and hostile clients.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use gchat_filter_mock::Mock;

use super::http::Request;
use super::{open, seed, serve};

/// `nc -N` does this: it sends its request, shuts down its half of the connection, and waits.
#[test]
fn half_closed_connections_get_a_response() {
    let mut seed = seed();
    // With the delay, the server sees the end of the input before it has a response.
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

/// The client announces the body but sends none of it.
#[test]
fn overlong_bodies_are_rejected_immediately() {
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
    // One byte less is read.
    let answer = Request::new("POST", "/v1/spaces/A/members")
        .body(&" ".repeat(1 << 20))
        .send(&server);
    assert_eq!(answer.status, 400, "{}", answer.body);
    // A body whose length is not announced is rejected when it gets too long.
    let chunked = format!("100001\r\n{}", " ".repeat(0x0010_0001));
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head =
        "POST /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    // The server may stop reading after its response.
    let _ = stream.write_all(chunked.as_bytes());
    let mut start = [0; 12];
    stream.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 413");
}

/// An incomplete head or body does not delay the end, but a response in progress does.
#[tokio::test]
async fn stopping_waits_only_for_responses() {
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
        let server = tokio::spawn(gchat_filter_mock::serve(mock, [listener], until));
        // A response that was sent is no longer in progress.
        let get = move || Request::get("/v1/spaces/CHAT/members").send_to(address);
        let answer = tokio::task::spawn_blocking(get).await.unwrap();
        assert_eq!(answer.status, 200);
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

/// Neither many errors nor long input make a long response.
#[test]
fn errors_do_not_grow_with_the_request() {
    let server = open();
    let many = "a&".repeat(90);
    let answer = Request::new("POST", "/v1/spaces/A/members")
        .header("x-http-method-override", "GET")
        .body(&many)
        .send(&server);
    assert_eq!(answer.status, 400);
    assert!(answer.body.len() < 10_000, "{}", answer.body.len());
    let violations = &answer.json()["error"]["details"][0]["fieldViolations"];
    assert_eq!(violations.as_array().unwrap().len(), 21);
    assert_eq!(violations[20]["description"], "and 70 more");

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
    // The filter is echoed in part.
    let filter = format!(r#"role = "{}""#, "x".repeat(4000));
    let answer = Request::new("POST", "/v1/spaces/A/members")
        .header("x-http-method-override", "GET")
        .body(&format!("filter={filter}"))
        .send(&server);
    let expected: String = format!("Invalid filter query: {filter}")
        .chars()
        .take(1000)
        .collect();
    assert_eq!(answer.json()["error"]["message"], format!("{expected}…"));
}

/// Returns the field of the first violation; `None` if the request succeeded.
fn field(answer: &super::http::Answer) -> Option<String> {
    let violation = &answer.json()["error"]["details"][0]["fieldViolations"][0];
    (answer.status == 400).then(|| violation["field"].as_str().unwrap().to_owned())
}

#[test]
fn parameter_names_have_only_two_spellings() {
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
fn wildcard_cannot_have_subfields() {
    let server = open();
    for (fields, is_valid) in [
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
        ("memberships/name/x", false),
        ("memberships/member/name/x", false),
        ("nextPageToken/x", false),
        ("memberships/x", false),
    ] {
        let answer = Request::get(&format!("/v1/spaces/A/members?fields={fields}")).send(&server);
        assert_eq!(field(&answer).is_none(), is_valid, "{fields}");
        if is_valid {
            assert_eq!(answer.json()["memberships"][0]["role"], "ROLE_MANAGER");
        }
    }
}

#[test]
fn accepts_head_and_method_overrides_in_any_case() {
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
fn duplicate_fields_are_rejected() {
    let server = open();
    for (body, expected) in [
        (r#"{"role":"ROLE_MEMBER"}"#, None),
        (
            r#"{"role":"ROLE_MEMBER","role":"ROLE_MANAGER"}"#,
            Some("duplicate field \"role\""),
        ),
        (
            r#"{"role":"ROLE_MEMBER","create_time":"a","createTime":"b"}"#,
            Some("duplicate field"),
        ),
        (
            r#"{"role":"ROLE_MEMBER","member":{"name":"users/1","name":"users/2"}}"#,
            Some("duplicate field"),
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

/// More would take far more memory than the body.
#[test]
fn queries_and_bodies_have_at_most_100_names() {
    let server = open();
    let query = |count: usize| {
        let answer = Request::new("POST", "/v1/spaces/A/members")
            .header("x-http-method-override", "GET")
            .body(&"&a".repeat(count))
            .send(&server);
        assert_eq!(answer.status, 400);
        answer.json()["error"]["details"][0]["fieldViolations"].clone()
    };
    assert_eq!(query(100)[0]["field"], "a");
    for count in [101, 524_000] {
        let violations = query(count);
        assert_eq!(violations.as_array().unwrap().len(), 1);
        assert_eq!(
            violations[0]["description"],
            "more than 100 query parameters"
        );
    }
    let fields = |count: usize, open: &str, close: &str| {
        let fields: Vec<String> = (0..count)
            .map(|n| format!("\"k{n}\":{open}0{close}"))
            .collect();
        let body = format!("{{{}}}", fields.join(","));
        let request = Request::new("POST", "/v1/spaces/A/members").body(&body);
        let answer = request.send(&server);
        assert_eq!(answer.status, 400);
        answer.json()["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(fields(100, "", "").contains("Unknown name \"k0\""));
    assert!(fields(101, "", "").contains("more than 100 fields"));
    assert!(fields(50, "{\"a\":", "}").contains("Unknown name \"k0\""));
    assert!(fields(51, "{\"a\":", "}").contains("more than 100 fields"));
    // Elements of arrays are not kept.
    let body = format!(r#"{{"role":[{}0]}}"#, "[],".repeat(300_000));
    let answer = Request::new("POST", "/v1/spaces/A/members")
        .body(&body)
        .send(&server);
    let message = answer.json()["error"]["message"].clone();
    assert!(
        message.as_str().unwrap().ends_with("MembershipRole), […]"),
        "{message}"
    );
}

/// As Python's http.client sends: the entire body, before it reads.
#[test]
fn clients_that_write_first_receive_413() {
    let server = open();
    let body = vec![b' '; 16 << 20];
    let head = format!(
        "POST /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let chunked = [
        &b"POST /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"[..],
        format!("{:x}\r\n", body.len()).as_bytes(),
    ]
    .concat();
    for head in [head.as_bytes(), &chunked] {
        for _ in 0..20 {
            let mut stream = TcpStream::connect(server.address()).unwrap();
            stream.write_all(head).unwrap();
            stream.write_all(&body).unwrap();
            if head == chunked {
                stream.write_all(b"\r\n0\r\n\r\n").unwrap();
            }
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        }
    }
}

/// A client knows how long it may reuse a connection.
#[test]
fn answers_say_how_long_a_connection_may_be_idle() {
    let server = open();
    for (version, connection, expected) in [
        ("1.1", "", true),
        ("1.1", "connection: keep-alive\r\n", true),
        ("1.1", "connection: close\r\n", false),
        ("1.0", "", false),
    ] {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let path = "/v1/spaces/A/members";
        let request = format!("GET {path} HTTP/{version}\r\nhost: a\r\n{connection}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = vec![0; 1 << 14];
        let length = stream.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]).to_lowercase();
        assert_eq!(
            answer.contains("\r\nkeep-alive: timeout=10\r\n"),
            expected,
            "{answer}"
        );
    }
}
