//! What proxies, browsers and other clients send: compressed bodies, CORS, and spellings of parameters.

use std::io::{Read, Write};
use std::net::TcpStream;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use gchat_filter_mock::{ConnectionFault, Fault, Server};
use serde_json::{Value, json};

use super::http::{Answer, Request};
use super::{names, open};

const LIST: &str = "/v1/spaces/A/members";
const ALL: [&str; 4] = ["1", "2", "app1", "app2"];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Sends bytes after the head of a create, and returns the response.
fn create(server: &Server, headers: &str, body: &[u8]) -> (u16, Value) {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head = format!(
        "POST {LIST} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}

#[test]
fn compressed_request_bodies_are_read() {
    let server = open();
    let encoding = "content-encoding: gzip\r\n";
    let body = br#"{"member":{"name":"users/9","type":"HUMAN"}}"#;
    let (status, created) = create(&server, encoding, &gzip(body));
    assert_eq!(
        (status, &created["name"]),
        (200, &json!("spaces/A/members/9"))
    );
    // The record has what was sent, decompressed.
    assert_eq!(server.requests()[0].body.as_bytes(), body);
    let (status, _) = create(&server, "content-encoding: identity\r\n", body);
    assert_eq!(status, 409);
    // The limit is on the decompressed size.
    let mut large = body.to_vec();
    large.resize((1 << 20) + 1, b' ');
    let compressed = gzip(&large);
    assert!(compressed.len() < 5000);
    let (status, error) = create(&server, encoding, &compressed);
    assert_eq!((status, &error["error"]["code"]), (413, &json!(413)));
    large.pop();
    assert_eq!(create(&server, encoding, &gzip(&large)).0, 409);
    for (headers, body, expected, message) in [
        (
            encoding,
            &body[..],
            400,
            "The request body is not valid gzip.",
        ),
        (
            encoding,
            &gzip(body)[..20],
            400,
            "The request body is not valid gzip.",
        ),
        (
            "content-encoding: br\r\n",
            body,
            415,
            "The content encoding of the request body is not supported: use `gzip` or none.",
        ),
    ] {
        let (status, error) = create(&server, headers, body);
        assert_eq!(
            (status, &error["error"]["message"]),
            (expected, &json!(message))
        );
    }
    assert_eq!(names(&Request::get(LIST).send(&server)).len(), 5);
}

/// Sends a request whose response may be compressed: returns its head and its body.
fn exchange(server: &Server, path: &str, accept: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    // Over HTTP/1.0, a body without a length ends with the connection.
    let head = format!("GET {path} HTTP/1.0\r\nhost: a\r\naccept-encoding: {accept}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let body = answer.split_off(end + 4);
    (String::from_utf8(answer).unwrap().to_lowercase(), body)
}

#[test]
fn responses_are_compressed_where_accepted() {
    let server = open();
    let plain = Request::get(LIST).send(&server).body;
    for accept in ["gzip", "gzip, deflate", "deflate, gzip;q=0.5, *;q=0"] {
        let (head, body) = exchange(&server, LIST, accept);
        assert!(head.contains("content-encoding: gzip"), "{head}");
        let mut text = String::new();
        GzDecoder::new(&body[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, plain);
    }
    for accept in ["identity", "br", "gzip;q=0"] {
        let (head, body) = exchange(&server, LIST, accept);
        assert!(!head.contains("content-encoding"), "{head}");
        assert_eq!(body, plain.as_bytes());
    }
    // Half of a body whose length was announced is not compressed.
    let truncated = Fault::new("*").connection(ConnectionFault::Truncated);
    server.add_fault(truncated).unwrap();
    let (head, body) = exchange(&server, LIST, "gzip");
    assert!(
        head.contains(&format!("content-length: {}", plain.len())),
        "{head}"
    );
    assert_eq!(body, &plain.as_bytes()[..plain.len() / 2]);
}

/// Returns the headers of CORS.
fn cors(answer: &Answer) -> Vec<(String, String)> {
    let lines = answer.head.lines().filter_map(|line| line.split_once(": "));
    let mut found: Vec<_> = lines
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .filter(|(name, _)| name.starts_with("access-control-"))
        .collect();
    found.sort();
    found
}

#[test]
fn pages_of_other_sites_call_the_api() {
    let server = open();
    let preflight = Request::new("OPTIONS", LIST)
        .header("origin", "https://app.example.com")
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        )
        .send(&server);
    assert_eq!(preflight.status, 200);
    let expected = [
        ("access-control-allow-headers", "authorization,content-type"),
        ("access-control-allow-methods", "POST"),
        ("access-control-allow-origin", "*"),
        ("access-control-max-age", "3600"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(cors(&preflight), expected);
    // Responses have the headers, too, whatever their status.
    server
        .add_fault(Fault::new("spaces/A/members/2").http_status(503))
        .unwrap();
    for (path, status) in [
        (LIST, 200),
        ("/v1/spaces/X/members", 404),
        ("/v1/spaces/A/members/2", 503),
        ("/v1/rooms", 404),
    ] {
        let request = Request::get(path).header("origin", "https://app.example.com");
        let answer = request.send(&server);
        assert_eq!(answer.status, status);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("*"),
            "{path}"
        );
        assert_eq!(answer.header("access-control-expose-headers"), Some("*"));
    }
    // Without a page, there are none.
    assert_eq!(cors(&Request::get(LIST).send(&server)), []);
    let options = Request::new("OPTIONS", LIST)
        .header("origin", "https://a")
        .send(&server);
    assert_eq!((options.status, cors(&options)), (404, vec![]));
    // Preflights are neither recorded nor affected by faults.
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn pages_of_other_sites_do_not_control_the_server() {
    let server = open();
    let host = server.address().to_string();
    for path in ["health", "seed", "reset", "shutdown"] {
        for method in ["OPTIONS", "GET", "POST"] {
            let request = Request::with_host(method, &format!("/__admin/{path}"), &host);
            let answer = request
                .header("origin", "https://app.example.com")
                .header("access-control-request-method", "POST")
                .send(&server);
            assert_eq!(
                (answer.status, cors(&answer)),
                (403, vec![]),
                "{method} {path}"
            );
        }
    }
}

#[test]
fn parameters_have_the_spellings_of_other_clients() {
    let server = open();
    let with_group = ["1", "2", "app1", "app2", "group-g1"];
    for (value, expected) in [
        ("true", &with_group[..]),
        ("True", &with_group),
        ("TRUE", &with_group),
        ("1", &with_group),
        ("t", &with_group),
        ("yes", &with_group),
        ("Y", &with_group),
        ("false", &ALL),
        ("False", &ALL),
        ("0", &ALL),
        ("f", &ALL),
        ("no", &ALL),
        ("n", &ALL),
    ] {
        let answer = Request::get(&format!("{LIST}?showGroups={value}")).send(&server);
        assert_eq!(names(&answer), expected, "{value}");
    }
    let query = "$fields=memberships/name&$prettyPrint=0&$key=k&$userProject=p&$apiVersion=v1&$ct=c\
                 &$alt=json&$.xgafv=1&pageSize=1&$quotaUser=q";
    let answer = Request::get(&format!("{LIST}?{query}")).send(&server);
    assert_eq!(
        answer.body,
        r#"{"memberships":[{"name":"spaces/A/members/1"}]}"#
    );
    for query in ["fields=*&$fields=*", "key=a&$key=b"] {
        let answer = Request::get(&format!("{LIST}?{query}")).send(&server);
        assert_eq!(answer.status, 400, "{query}");
    }
}

#[test]
fn field_mask_may_be_a_header() {
    let server = open();
    let get = |query: &str, mask: &str| {
        let path = format!("{LIST}/1{query}");
        Request::get(&path)
            .header("x-goog-fieldmask", mask)
            .send(&server)
    };
    assert_eq!(
        get("", "name,member.type").json(),
        json!({"name": "spaces/A/members/1", "member": {"type": "HUMAN"}})
    );
    // The query has priority.
    for query in [
        "?fields=role",
        "?$fields=role",
        "?%24fields=role",
        "?key=a&fields=role",
    ] {
        assert_eq!(
            get(query, "name").json(),
            json!({"role": "ROLE_MANAGER"}),
            "{query}"
        );
    }
    assert!(get("?key=a", "*").json()["state"].is_string());
    let error = get("", "nme").json();
    assert_eq!(
        error["error"]["details"][0]["fieldViolations"][0]["field"],
        "fields"
    );
    // It does not add a parameter to the query.
    assert_eq!(get("", "name&pageSize=1").status, 400);
}

#[test]
fn requests_in_the_query_have_no_body() {
    let server = open();
    for path in [LIST, "/v1/spaces/A/members/1"] {
        let answer = Request::get(path).body("{}").send(&server);
        let error = &answer.json()["error"];
        assert_eq!(
            (answer.status, &error["status"]),
            (400, &json!("INVALID_ARGUMENT"))
        );
        assert_eq!(error["message"], "The request body must be empty.");
        let answer = Request::get(path)
            .header("content-length", "0")
            .send(&server);
        assert_eq!(answer.status, 200);
    }
}

#[test]
fn trailing_slashes_are_not_found() {
    let server = open();
    for (method, path) in [
        ("GET", "/v1/spaces/A/members/"),
        ("POST", "/v1/spaces/A/members/"),
        ("DELETE", "/v1/spaces/A/members/"),
        ("GET", "/v1/spaces/A/members/1/"),
    ] {
        let answer = Request::new(method, path).send(&server);
        assert_eq!(answer.status, 404, "{method} {path}");
    }
    assert_eq!(names(&Request::get(LIST).send(&server)), ALL);
}

#[test]
fn bodies_are_json_by_their_content_type() {
    let server = open();
    let body = r#"{"member":{"name":"users/9"},"role":"ROLE_MEMBER"}"#;
    for (media_type, found) in [
        ("text/plain", "`text/plain`"),
        (
            "application/x-www-form-urlencoded; charset=utf-8",
            "`application/x-www-form-urlencoded`",
        ),
        ("application/x-protobuf", "`application/x-protobuf`"),
        ("json", "`json`"),
    ] {
        for (method, path) in [
            ("POST", LIST),
            ("PATCH", "/v1/spaces/A/members/2?updateMask=role"),
        ] {
            let request = Request::new(method, path).header("content-type", media_type);
            let answer = request.body(body).send(&server);
            let message = format!(
                "The content type of the request body must be `application/json`, found {found}."
            );
            assert_eq!(answer.status, 400);
            assert_eq!(answer.json()["error"]["message"], message);
        }
    }
    for media_type in [
        "application/json",
        "Application/JSON; charset=UTF-8",
        "application/a+json",
    ] {
        let request = Request::new("PATCH", "/v1/spaces/A/members/2?updateMask=role");
        let request = request
            .header("content-type", media_type)
            .body(r#"{"role":1}"#);
        assert_eq!(request.send(&server).status, 200, "{media_type}");
    }
    assert_eq!(names(&Request::get(LIST).send(&server)), ALL);
}
