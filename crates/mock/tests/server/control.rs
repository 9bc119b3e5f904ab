//! Control over HTTP.

use gchat_filter::members::Membership;
use gchat_filter_mock::{Mock, Server};
use serde_json::{Value, json};

use super::http::{Answer, Request};
use super::{names, open, seed, serve};

const LIST: &str = "/v1/spaces/A/members";

fn call(server: &Server, method: &str, path: &str, body: &str) -> Answer {
    let host = server.address().to_string();
    let request = format!("/__admin/{path}");
    Request::with_host(method, &request, &host)
        .body(body)
        .send(server)
}

/// Sends a control request that succeeds.
fn control(server: &Server, method: &str, path: &str, body: &str) -> Value {
    let answer = call(server, method, path, body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

fn requests(server: &Server) -> Vec<Value> {
    let requests = control(server, "GET", "requests", "");
    requests["requests"].as_array().unwrap().clone()
}

#[test]
fn health_needs_no_token() {
    let mut seed = seed();
    seed["callers"] = json!([{"token": "SECRET", "user": "users/1"}]);
    let server = serve(&seed);
    assert_eq!(
        control(&server, "GET", "health", ""),
        json!({"status": "healthy"})
    );
    assert_eq!(call(&server, "GET", "reset", "").status, 404);
    assert_eq!(call(&server, "POST", "health", "").status, 404);
}

#[test]
fn requests_are_recorded_oldest_first() {
    let mut seed = seed();
    seed["faults"] = json!([{"path": "spaces/A/members/2", "status": 503},
                            {"path": "spaces/A/members/3", "connection": "reset"}]);
    let server = serve(&seed);
    Request::get(&format!(
        "{LIST}?pageSize=1&filter=role%20%3D%20%22ROLE_MEMBER%22"
    ))
    .header("X-Test", "a")
    .header("X-Test", "b")
    .send(&server);
    let body = r#"{"member":{"name":"users/new"}}"#;
    Request::new("POST", LIST).body(body).send(&server);
    Request::get(&format!("{LIST}/2")).send(&server);
    let _ = Request::get(&format!("{LIST}/3")).try_send_to(server.address());
    // None of these is a method of the API.
    Request::get("/").send(&server);
    Request::new("OPTIONS", LIST).send(&server);
    control(&server, "GET", "health", "");

    let found = requests(&server);
    let parts = |name: &str| {
        found
            .iter()
            .map(|request| request[name].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(parts("method"), ["GET", "POST", "GET", "GET"]);
    assert_eq!(
        parts("status"),
        [json!(200), json!(200), json!(503), Value::Null]
    );
    assert_eq!(
        parts("fault"),
        [
            Value::Null,
            Value::Null,
            json!("spaces/A/members/2: 503"),
            json!("spaces/A/members/3: reset"),
        ]
    );
    assert_eq!(
        found[0]["url"],
        format!("{LIST}?pageSize=1&filter=role%20%3D%20%22ROLE_MEMBER%22")
    );
    assert_eq!(found[0]["headers"]["x-test"], "a, b");
    assert_eq!(found[1]["body"], body);
    assert!(found[0]["time"].as_str().unwrap().ends_with('Z'));
    // A Rust test sees the same.
    assert_eq!(
        serde_json::to_value(server.requests()).unwrap(),
        json!(found)
    );
    control(&server, "DELETE", "requests", "");
    assert_eq!(requests(&server), [] as [Value; 0]);
}

#[test]
fn record_is_bounded() {
    let server = open();
    for number in 0..1010 {
        Request::get(&format!("{LIST}?quotaUser={number}")).send(&server);
    }
    let record = control(&server, "GET", "requests", "");
    assert_eq!(record["dropped"], 10);
    assert_eq!(record["requests"].as_array().unwrap().len(), 1000);
    assert_eq!(record["requests"][0]["url"], format!("{LIST}?quotaUser=10"));
    let body = "x".repeat(1 << 20);
    for _ in 0..300 {
        Request::new("POST", LIST).body(&body).send(&server);
    }
    let record = control(&server, "GET", "requests", "");
    let kept = record["requests"].as_array().unwrap();
    let bodies: Vec<usize> = kept
        .iter()
        .map(|kept| kept["body"].as_str().unwrap().len())
        .collect();
    assert!(
        bodies.iter().all(|length| *length == 64 << 10),
        "{bodies:?}"
    );
    assert!((200..=256).contains(&kept.len()), "{}", kept.len());
    assert_eq!(record["dropped"], 1310 - kept.len());
}

#[test]
fn answers_have_no_tokens() {
    let mut seed = seed();
    seed["callers"] = json!([
        {"token": "SECRET-1", "user": "users/1", "scopes": ["chat.memberships"]},
        {"token": "SECRET+a@b.c", "app": "users/app1"},
    ]);
    let server = serve(&seed);
    for token in ["SECRET-1", "SECRET+a@b.c", "SECRET-own"] {
        let encoded = token.replace('S', "%53").replace('+', "%2B");
        for query in [
            format!("access_token={encoded}"),
            format!("oauth_token={token}"),
            format!("filter={encoded}"),
            format!("{encoded}=1"),
        ] {
            let bearer = format!("Bearer {token}");
            let request = Request::get(&format!("{LIST}?{query}"));
            let request = request.header("authorization", &bearer);
            let request = request
                .header("x-goog-api-key", token)
                .header("cookie", token);
            request
                .header("referer", &format!("http://a/?{query}"))
                .send(&server);
            let body = format!("{{\"access_token\": \"{token}\", \"a\": \"{token}\"}}");
            let request = Request::new("POST", &format!("{LIST}?{query}"));
            request
                .header("authorization", &bearer)
                .body(&body)
                .send(&server);
        }
        let query = Request::get(&format!("{LIST}?access_token=SECRET-other"));
        query.send(&server);
        let name = format!("{LIST}/{encoded}");
        let request = Request::get(&name).header("authorization", &format!("bearer {token}"));
        request.send(&server);
    }
    for path in ["requests", "seed", "faults"] {
        let answer = call(&server, "GET", path, "");
        assert_eq!(answer.status, 200);
        assert!(!answer.body.contains("SECRET"), "{path}: {}", answer.body);
        assert!(!answer.body.contains("%53ECRET"), "{path}: {}", answer.body);
    }
    assert_eq!(requests(&server).len(), 30);
}

/// A browser can send requests for other sites, or by a name that another site gave this address.
#[test]
fn other_sites_have_no_control() {
    let server = open();
    let port = server.address().port();
    for (host, origin, expected) in [
        (format!("127.0.0.1:{port}"), None, 200),
        (format!("localhost:{port}"), None, 200),
        (
            format!("localhost:{port}"),
            Some(format!("http://localhost:{port}")),
            200,
        ),
        ("example.com".to_owned(), None, 403),
        (format!("rebound.example.com:{port}"), None, 403),
        (
            format!("localhost:{port}"),
            Some("http://example.com".to_owned()),
            403,
        ),
        (format!("localhost:{port}"), Some("null".to_owned()), 403),
        (
            format!("localhost:{port}"),
            Some("http://localhost:1".to_owned()),
            403,
        ),
    ] {
        for (method, path) in [("GET", "health"), ("GET", "seed"), ("POST", "reset")] {
            let mut request = Request::with_host(method, &format!("/__admin/{path}"), &host);
            if let Some(origin) = &origin {
                request = request.header("origin", origin);
            }
            let answer = request.send(&server);
            assert_eq!(answer.status, expected, "{host} {origin:?}");
            assert!(!answer.head.to_lowercase().contains("access-control"));
        }
    }
}

#[test]
fn faults_are_controlled() {
    let server = open();
    let status = || Request::get(LIST).send(&server).status;
    control(
        &server,
        "POST",
        "faults",
        r#"{"path": "*", "status": 429, "times": 2}"#,
    );
    control(
        &server,
        "POST",
        "faults",
        r#"[{"path": "*", "status": "UNAVAILABLE", "times": 1}]"#,
    );
    assert_eq!(status(), 429);
    let found = control(&server, "GET", "faults", "");
    let expected = json!({"faults": [{"path": "*", "status": 429, "times": 1},
                                     {"path": "*", "status": "UNAVAILABLE", "times": 1}]});
    assert_eq!(found, expected);
    assert_eq!([status(), status(), status()], [429, 503, 200]);
    // What GET answers is what PUT takes.
    control(&server, "PUT", "faults", &expected.to_string());
    assert_eq!(status(), 429);
    control(&server, "DELETE", "faults", "");
    assert_eq!(status(), 200);
    for (body, expected) in [
        (
            r#"{"path": "*", "status": 200}"#,
            "line 1, column 1: a fault's `status` must be",
        ),
        (
            "[\n  {\"path\": \"*\", \"sttus\": 1}]",
            "line 2, column 23: unknown field `sttus`",
        ),
        ("", "line 1, column 1: EOF"),
        ("{\"faults\": 1}", "unknown field `faults`"),
    ] {
        let answer = call(&server, "POST", "faults", body);
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.body.contains(expected), "{}", answer.body);
    }
    assert_eq!(control(&server, "GET", "faults", ""), json!({"faults": []}));
}

#[test]
fn seed_adds_to_the_state() {
    let server = open();
    let added = json!({
        "spaces": [{"name": "spaces/NEW"}],
        "memberships": [
            {"name": "spaces/NEW/members/1", "member": {"name": "users/1", "type": "HUMAN"}},
            {"name": "spaces/A/members/9", "member": {"name": "users/9", "type": "HUMAN"}},
        ],
        "faults": [{"path": "spaces/NEW/members/1", "status": 500}],
    });
    control(&server, "POST", "seed", &added.to_string());
    let new = Request::get("/v1/spaces/NEW/members").send(&server);
    assert_eq!(names(&new), ["1"]);
    // What the first seed says of a person is known.
    assert_eq!(new.json()["memberships"][0]["member"]["displayName"], "Ada");
    assert_eq!(Request::get(&format!("{LIST}/9")).send(&server).status, 200);
    assert_eq!(
        Request::get("/v1/spaces/NEW/members/1")
            .send(&server)
            .status,
        500
    );
    let before = control(&server, "GET", "seed", "");
    for (body, expected) in [
        (added.to_string(), "line 1, column"),
        (
            r#"{"memberships": [{"name": "spaces/X/members/1"}]}"#.to_owned(),
            "unknown space `spaces/X`",
        ),
        ("{}}".to_owned(), "line 1, column 3"),
    ] {
        let answer = call(&server, "POST", "seed", &body);
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert!(answer.body.contains(expected), "{}", answer.body);
    }
    assert_eq!(control(&server, "GET", "seed", ""), before);
    // Callers are added, too: from then on a token is needed.
    control(
        &server,
        "POST",
        "seed",
        r#"{"callers": [{"token": "SECRET", "user": "users/1", "scopes": ["chat.memberships"]}]}"#,
    );
    assert_eq!(Request::get(LIST).send(&server).status, 401);
    let request = Request::get(LIST).header("authorization", "Bearer SECRET");
    assert_eq!(request.send(&server).status, 200);
}

/// Makes changes, and returns everything that a client sees.
fn behavior(server: &Server) -> Vec<String> {
    let mut seen = Vec::new();
    for space in ["A", "CHAT", "IMPORT", "OURS", "EMPTY", "X"] {
        let path = format!("/v1/spaces/{space}/members");
        seen.push(
            Request::get(&format!("{path}?showInvited=true&showGroups=true"))
                .send(server)
                .body,
        );
        for id in [
            "1",
            "2",
            "3",
            "4",
            "app",
            "group-g1",
            "2%40x",
            "shy@example.com",
        ] {
            seen.push(Request::get(&format!("{path}/{id}")).send(server).body);
        }
    }
    let times = |body: &str| {
        let mut value: Value = serde_json::from_str(body).unwrap();
        value.as_object_mut().unwrap().remove("createTime");
        value.to_string()
    };
    for body in [
        r#"{"member":{"name":"users/app","type":"BOT"}}"#,
        r#"{"member":{"name":"users/shy@example.com"}}"#,
        r#"{"member":{"name":"users/grace+x@example.com"}}"#,
        r#"{"member":{"name":"users/out"}}"#,
        r#"{"member":{"name":"users/stranger"}}"#,
        r#"{"member":{"name":"users/4"}}"#,
        r#"{"member":{"name":"users/app1","type":"HUMAN"}}"#,
    ] {
        for space in ["A", "CHAT", "OURS", "EMPTY"] {
            let path = format!("/v1/spaces/{space}/members");
            seen.push(times(
                &Request::new("POST", &path).body(body).send(server).body,
            ));
        }
    }
    seen
}

#[test]
fn present_seed_starts_an_equal_server() {
    for refuse in [false, true] {
        let mut seed = seed();
        if refuse {
            seed["unknownUsers"] = "refuse".into();
            seed["missing"] = "403".into();
            seed["domains"] = json!(["example.com"]);
            seed["spaces"][0]["externalUserAllowed"] = false.into();
            seed["spaces"][0]["permissionSettings"] =
                json!({"manageApps": {"managersAllowed": true}});
            seed["spaces"][4]["accessSettings"] = json!({"accessState": "DISCOVERABLE"});
        }
        let server = serve(&seed);
        // The calling app leaves, and so does somebody whom only a membership describes.
        for id in ["app", "2"] {
            let path = format!("{LIST}/{id}");
            assert_eq!(Request::new("DELETE", &path).send(&server).status, 200);
        }
        let present = server.to_seed();
        let copy = Mock::from_json(&present).unwrap();
        assert_eq!(copy.to_seed(), present);
        let copy = copy.serve().unwrap();
        assert_eq!(behavior(&copy), behavior(&server));
    }
}

#[test]
fn reset_goes_back_to_the_seed() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mock.journal");
    let mut seed = seed();
    seed["faults"] = json!([{"path": "spaces/EMPTY/*", "status": 500, "times": 1}]);
    let text = seed.to_string();
    let fresh = Mock::from_json(&text).unwrap().to_seed();
    for saves in [false, true] {
        let mock = || {
            if saves {
                Mock::open(&file, Some(&text)).unwrap()
            } else {
                Mock::from_json(&text).unwrap()
            }
        };
        let server = mock().serve().unwrap();
        let page = Request::get(&format!("{LIST}?pageSize=1"))
            .send(&server)
            .json();
        let new_space = r#"{"spaces": [{"name": "spaces/NEW"}]}"#;
        for (method, path, body) in [
            ("POST", LIST, r#"{"member":{"name":"users/new"}}"#),
            ("DELETE", "/v1/spaces/A/members/2", ""),
            (
                "PATCH",
                "/v1/spaces/OURS/members/2?updateMask=role",
                r#"{"role":"ROLE_MEMBER"}"#,
            ),
        ] {
            let answer = Request::new(method, path).body(body).send(&server);
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
        control(&server, "POST", "seed", new_space);
        Request::get("/v1/spaces/EMPTY/members/1").send(&server);
        assert_ne!(server.to_seed(), fresh);
        control(&server, "POST", "reset", "");
        assert_eq!(server.to_seed(), fresh);
        // Page tokens remain valid.
        let token = page["nextPageToken"].as_str().unwrap();
        let next = Request::get(&format!("{LIST}?pageToken={token}")).send(&server);
        assert_eq!(next.status, 200);
        // A saved change after the reset.
        let body = r#"{"member":{"name":"users/after"}}"#;
        let created = Request::new("POST", LIST).body(body).send(&server);
        let created: Membership = serde_json::from_str(&created.body).unwrap();
        assert_eq!(created.name, "spaces/A/members/after");
        drop(server);
        if saves {
            let server = mock().serve().unwrap();
            assert_eq!(
                Request::get(&format!("{LIST}/after")).send(&server).status,
                200
            );
            assert_eq!(
                Request::get(&format!("{LIST}/new")).send(&server).status,
                404
            );
            assert_eq!(Request::get(&format!("{LIST}/2")).send(&server).status, 200);
        }
    }
}

/// A space that was added while the server ran is in the file.
#[test]
fn added_seed_is_saved() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mock.journal");
    let server = Mock::open(&file, Some(&seed().to_string()))
        .unwrap()
        .serve()
        .unwrap();
    let body = r#"{"spaces": [{"name": "spaces/NEW"}]}"#;
    control(&server, "POST", "seed", body);
    let member = r#"{"member":{"name":"users/1"}}"#;
    let created = Request::new("POST", "/v1/spaces/NEW/members")
        .body(member)
        .send(&server);
    assert_eq!(created.status, 200);
    let present = server.to_seed();
    drop(server);
    assert_eq!(Mock::open(&file, None).unwrap().to_seed(), present);
}

#[test]
fn shutdown_stops_the_server() {
    let server = open();
    control(&server, "POST", "shutdown", "");
    let start = std::time::Instant::now();
    while Request::get(LIST).try_send_to(server.address()).is_ok() {
        assert!(start.elapsed().as_secs() < 10);
    }
}
