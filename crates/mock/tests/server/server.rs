//! Seeds, faults, saving, starting and stopping.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use gchat_filter_mock::{Mock, Server};
use serde_json::json;

use super::http::Request;
use super::{names, open, seed, serve};

#[test]
fn faults_affect_the_given_number_of_requests() {
    let mut seed = seed();
    seed["faults"] = json!([
        {"path": "spaces/A/members", "status": 429, "times": 2},
        {"path": "spaces/CH*", "status": 503},
        {"path": "spaces/OURS/*", "delayMs": 200, "times": 1},
        {"path": "spaces/EMPTY*", "status": 418, "times": 1},
    ]);
    let server = serve(&seed);
    let status = |path: &str| Request::get(path).send(&server);
    for _ in 0..2 {
        let answer = status("/v1/spaces/A/members?pageSize=1");
        assert_eq!(answer.status, 429);
        assert_eq!(answer.json()["error"]["status"], "RESOURCE_EXHAUSTED");
    }
    assert_eq!(status("/v1/spaces/A/members").status, 200);
    assert_eq!(status("/v1/spaces/A/members/1").status, 200);
    for _ in 0..4 {
        assert_eq!(status("/v1/spaces/CHAT/members/1").status, 503);
    }
    let start = Instant::now();
    assert_eq!(status("/v1/spaces/OURS/members").status, 200);
    assert!(start.elapsed() >= Duration::from_millis(200));
    // The body has the status even if no canonical code has it.
    let answer = status("/v1/spaces/EMPTY/members");
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (418, &json!(418))
    );
}

/// The code in the body is one with the same status or, if there is none, of the same class.
#[test]
fn faults_have_a_code() {
    let mut seed = seed();
    for (status, code) in [
        (400, "INVALID_ARGUMENT"),
        (401, "UNAUTHENTICATED"),
        (409, "ABORTED"),
        (418, "FAILED_PRECONDITION"),
        (498, "FAILED_PRECONDITION"),
        (499, "CANCELLED"),
        (500, "INTERNAL"),
        (502, "INTERNAL"),
        (504, "DEADLINE_EXCEEDED"),
        (599, "INTERNAL"),
    ] {
        seed["faults"] = json!([{"path": "*", "status": status}]);
        let answer = Request::get("/v1/spaces/A/members").send(&serve(&seed));
        assert_eq!(answer.status, status);
        let message = format!("Mock server fault: HTTP {status}.");
        let expected = json!({"error": {"code": status, "status": code, "message": message}});
        assert_eq!(answer.json(), expected);
    }
}

/// The first fault that matches and has `times` left applies, with its delay.
#[test]
fn faults_apply_in_order() {
    let mut seed = seed();
    seed["faults"] = json!([
        {"path": "spaces/A*", "status": 500, "times": 0},
        {"path": "spaces/A/*", "status": 429, "delayMs": 1, "times": 1},
        {"path": "*", "status": 503, "times": 1},
        {"path": "*", "delayMs": 1},
    ]);
    let server = serve(&seed);
    let statuses = (0..4).map(|_| Request::get("/v1/spaces/A/members").send(&server).status);
    assert_eq!(statuses.collect::<Vec<_>>(), [429, 503, 200, 200]);
}

#[test]
fn dropping_a_server_stops_it() {
    let server = open();
    let address = server.address();
    assert!(address.ip().is_loopback());
    assert_eq!(server.url(), format!("http://{address}"));
    drop(server);
    assert!(std::net::TcpListener::bind(address).is_ok());
}

/// Not even a response in progress delays the drop.
#[test]
fn dropping_a_server_closes_its_connections() {
    let mut seed = seed();
    seed["faults"] = json!([{"path": "*", "delayMs": 1000}]);
    let server = serve(&seed);
    let address = server.address();
    let get = move || Request::get("/v1/spaces/A/members").try_send_to(address);
    let client = std::thread::spawn(get);
    std::thread::sleep(Duration::from_millis(300));
    drop(server);
    assert!(client.join().unwrap().is_err());
}

#[test]
fn invalid_seeds_are_reported_with_line_and_column() {
    let space = r#"{"name": "spaces/A"}"#;
    let member = r#"{"name":"spaces/A/members/1","member":{"name":"users/1","type":"HUMAN"}}"#;
    let with = |more: &str| {
        format!("{{\n\"spaces\": [{space}],\n\"memberships\": [\n{member}],\n{more}}}")
    };
    for (seed, expected) in [
        (String::new(), "line 1, column 1: EOF while parsing a value"),
        ("{}".into(), "line 1, column 2: missing field `spaces`"),
        (
            "{\"spaces\": [], \"memberships\": [],\n  \"foo\": 1}".into(),
            "line 2, column 7: unknown field `foo`",
        ),
        (
            "{\"spaces\": [{\"name\": \"A\"}], \"memberships\": []}".into(),
            "line 1, column 13: space name: expected `spaces/{space}`, found `A`",
        ),
        (
            "{\"spaces\": [\n {\"name\": \"spaces/A\", \"tpye\": 1}], \"memberships\": []}".into(),
            "line 2, column 28: unknown field `tpye`",
        ),
        (
            "{\"spaces\": [],\n\"memberships\": [\n  {\"name\": \"spaces/B/members/1\"}]}".into(),
            "line 3, column 3: unknown space `spaces/B`",
        ),
        (
            with(r#""users": [{"name": "users/2"}, {"name": "users/2"}]"#),
            "line 5, column 32: duplicate user `users/2`",
        ),
        (
            with(r#""users": [{"name": "users/2", "email": "x"}]"#),
            "line 5, column 11: an email address must contain `@`",
        ),
        (
            with(
                r#""users": [{"name": "users/2"}], "callers": [{"token": "t", "user": "users/3"}]"#,
            ),
            "line 5, column 45: unknown user `users/3`",
        ),
        (
            with(r#""callers": [{"token": "t"}]"#),
            "line 5, column 13: a caller must have either a `user` or an `app`",
        ),
        (
            with(r#""callers": [{"token": "", "user": "users/1"}]"#),
            "line 5, column 13: a caller must have a unique, non-empty `token`",
        ),
        (
            with(
                r#""callers": [{"token": "t", "user": "users/1"}, {"token": "t", "app": "users/2"}]"#,
            ),
            "line 5, column 48: a caller must have a unique, non-empty `token`",
        ),
        (
            with(r#""callers": [{"token": "t", "user": "users/1", "app": "users/2"}]"#),
            "line 5, column 13: a caller must have either a `user` or an `app`",
        ),
        (
            with(r#""faults": [{"path": "*", "status": 429, "fault": "app-not-found"}]"#),
            "line 5, column 12: a fault must have either a `status` or a `fault`",
        ),
        (
            with(r#""faults": [{"path": "*", "times": 1}]"#),
            "line 5, column 12: a fault must have a `status`, a `fault` or a `delayMs`",
        ),
        (
            with(r#""faults": [{"path": "*", "delayMs": 0}]"#),
            "line 5, column 12: a fault must have a `status`, a `fault` or a `delayMs`",
        ),
        (
            with(r#""faults": [{"path": "*", "status": 200}]"#),
            "line 5, column 12: a fault's `status` must be from 400 to 599, found 200",
        ),
        (
            with(r#""users": []"#)
                .replace(
                    r#"{"name": "spaces/A"}"#,
                    r#"{"name": "spaces/A", "spaceType": "GROUP_CHAT"}"#,
                )
                .replace(r#","member""#, r#","role":"ROLE_MANAGER","member""#),
            "line 4, column 1: `ROLE_MANAGER` is allowed only in spaces whose `spaceType` is `SPACE`",
        ),
        (
            "[]".into(),
            "line 1, column 1: expected an object with `spaces`",
        ),
        (
            "\n [[],[],[],[],[]]".into(),
            "line 2, column 2: expected an object with `spaces`",
        ),
        (
            r#"{"spaces": [["spaces/A","SPACE","",false,null]], "memberships": []}"#.into(),
            "line 1, column 13: expected an object with a `name`",
        ),
        (
            with(r#""faults": [["*", 429, 1, 0]]"#),
            "line 5, column 12: expected an object with a `path`",
        ),
        (
            with(r#""faults": [{"path": "/v1/spaces/A", "status": 429}]"#),
            "line 5, column 12: a fault's `path` must not start with `/` or `v1/`: write `spaces/A` instead",
        ),
        (
            with(r#""faults": [{"path": "v1/*", "status": 429}]"#),
            "line 5, column 12: a fault's `path` must not start with `/` or `v1/`: write `*` instead of `v1/*`",
        ),
        (
            with(r#""users": [{"name": "users/2"}]"#)
                .replace(r#""spaces/A"}"#, r#""spaces/A", "creator": "users/3"}"#),
            "line 2, column 12: `creator`: unknown user `users/3`",
        ),
        (
            with(r#""users": []"#).replace(
                member,
                &format!("{member},\n{}", member.replace("members/1", "members/x")),
            ),
            "line 5, column 1: `users/1` has two memberships in `spaces/A`",
        ),
        (
            with(r#""users": [{"name": "users/group-9"}]"#),
            "line 5, column 11: `name`: a user's identifier cannot start with `group-`, found `group-9`",
        ),
        (
            with(r#""users": [{"name": "users/LONG"}]"#).replace("LONG", &"x".repeat(129)),
            "line 5, column 11: `name`: the identifier or email address is 129 bytes long, but the limit is 128 bytes",
        ),
        (
            with(r#""users": [{"name": "users/2", "email": "LONG@x"}]"#)
                .replace("LONG", &"x".repeat(127)),
            "line 5, column 11: the identifier or email address is 129 bytes long, but the limit is 128",
        ),
        (
            with(r#""users": []"#).replace("spaces/A", &format!("spaces/{}", "x".repeat(129))),
            "line 2, column 12: space name: the identifier or email address is 129 bytes",
        ),
        (
            with(r#""users": []"#).replace("members/1", &format!("members/{}", "x".repeat(129))),
            "line 4, column 1: membership name: the identifier or email address is 129",
        ),
        (
            with(r#""users": []"#).replace("members/1", "members/group-1"),
            "line 4, column 1: membership name: a user's identifier cannot start with `group-`",
        ),
    ] {
        let error = Mock::from_json(&seed).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}\n{seed}");
    }
    for valid in [
        r#""users": []"#,
        r#""faults": [{"path": "*", "delayMs": 1}, {"path": "*", "fault": "app-not-found"},
                      {"path": "*", "status": 400}, {"path": "*", "status": 599, "delayMs": 1}]"#,
    ] {
        let error = Mock::from_json(&with(valid)).map(drop);
        assert_eq!(error, Ok(()));
    }
    // A creator may be an app that is only a caller.
    let seed = with(
        r#""users": [{"name": "users/2"}], "callers": [{"token": "t", "app": "users/3",
                       "scopes": ["https://www.googleapis.com/auth/drive"]}]"#,
    );
    let seed = seed.replace(r#""spaces/A"}"#, r#""spaces/A", "creator": "users/3"}"#);
    assert!(Mock::from_json(&seed).is_ok());
}

#[test]
fn serves_the_built_in_sample() {
    let server = Mock::sample().serve().unwrap();
    let answer = Request::get("/v1/spaces/AAAAsample/members?showGroups=true").send(&server);
    assert_eq!(names(&answer).len(), 4);
    assert_eq!(
        Request::get("/v1/spaces/AAAAsample/members/app")
            .send(&server)
            .status,
        200
    );
}

#[test]
fn saved_changes_survive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mock.journal");
    let seed = seed().to_string();
    let open = |seed: Option<&str>| Mock::open(&file, seed).unwrap().serve().unwrap();
    let server = open(Some(&seed));
    let list = |server: &Server, query: &str| {
        Request::get(&format!("/v1/spaces/A/members?{query}")).send(server)
    };
    let token = list(&server, "pageSize=2").json()["nextPageToken"]
        .as_str()
        .unwrap()
        .to_owned();
    let body = r#"{"member":{"name":"users/new@example.com"}}"#;
    let request = Request::new("POST", "/v1/spaces/A/members").body(body);
    assert_eq!(request.send(&server).status, 200);
    assert_eq!(
        Request::new("DELETE", "/v1/spaces/A/members/app")
            .send(&server)
            .status,
        200
    );
    let before = list(&server, "").body;
    assert!(Mock::open(&file, None).is_err(), "the file is in use");
    drop(server);

    let server = open(None);
    assert_eq!(list(&server, "").body, before);
    assert_eq!(
        Request::get("/v1/spaces/A/members/new@example.com")
            .send(&server)
            .status,
        200
    );
    // Page tokens remain valid, and the calling app is the same.
    assert_eq!(
        list(&server, &format!("pageSize=2&pageToken={token}")).status,
        200
    );
    let body = r#"{"member":{"name":"users/app","type":"BOT"}}"#;
    let made = Request::new("POST", "/v1/spaces/A/members")
        .body(body)
        .send(&server);
    assert_eq!(made.json()["name"], "spaces/A/members/app1");
    drop(server);

    drop(open(Some(&seed)));
    let other = Mock::open(&file, Some(r#"{"spaces":[],"memberships":[]}"#));
    assert!(other.unwrap_err().to_string().contains("a different seed"));
}

/// Only what is saved must be the same: not the layout, nor the callers and the faults.
#[test]
fn seeds_of_a_file_are_compared_by_what_they_say() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mock.journal");
    let seed = |space: &str, name: &str, rest: &str| {
        format!(
            r#"{{"spaces": [{{"name": "spaces/{space}"}}], "users": [{{"name": "users/1",
                "displayName": "{name}"}}]{rest}}}"#
        )
    };
    let open = |seed: &str| Mock::open(&file, Some(seed));
    let original = seed("A", "Ada", "");
    drop(open(&original).unwrap());
    drop(open(&original.replace(' ', "\r\n")).unwrap());
    let caller = r#", "callers": [{"token": "t", "user": "users/1"}]"#;
    assert!(open(&seed("A", "Ada", caller)).unwrap().asks_for_tokens());
    assert!(!Mock::open(&file, None).unwrap().asks_for_tokens());
    let suffix = "the seed that created the file; omit the seed to continue with the saved data, or \
                  delete the file to start over";
    for (seed, difference) in [
        (seed("B", "Ada", ""), "the space `spaces/B` is not in"),
        (seed("A", "Eve", ""), "the user `users/1` differs from"),
        (
            r#"{"spaces": [{"name": "spaces/A"}]}"#.to_owned(),
            "the user `users/1` is only in",
        ),
        (
            seed(
                "A",
                "Ada",
                r#", "memberships": [{"name": "spaces/A/members/1", "member": {"name": "users/1"}}]"#,
            ),
            "the membership `spaces/A/members/1` is not in",
        ),
    ] {
        let error = open(&seed).unwrap_err().to_string();
        let expected = format!("the file was created from a different seed: {difference} {suffix}");
        assert_eq!(error, expected);
    }
}

/// A process that is killed while it creates its file leaves an incomplete `.new` file.
#[test]
fn incomplete_files_are_recreated() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mock.journal");
    let unfinished = directory.path().join("mock.journal.new");
    // An empty file is treated as missing.
    for exists in [false, true] {
        if exists {
            std::fs::write(&file, "").unwrap();
        }
        std::fs::write(&unfinished, vec![0; 100_000]).unwrap();
        let mock = Mock::open(&file, None).unwrap();
        assert!(!unfinished.exists());
        assert!(Mock::open(&file, None).is_err(), "the file is in use");
        drop(mock);
        drop(Mock::open(&file, None).unwrap());
        std::fs::remove_file(&file).unwrap();
    }
}

/// The key is random, unless it is saved.
#[test]
fn page_tokens_are_valid_on_one_server_only() {
    let [first, second] = [open(), open()];
    let answer = Request::get("/v1/spaces/A/members?pageSize=1").send(&first);
    let token = answer.json()["nextPageToken"].as_str().unwrap().to_owned();
    let path = format!("/v1/spaces/A/members?pageSize=1&pageToken={token}");
    assert_eq!(Request::get(&path).send(&first).status, 200);
    let answer = Request::get(&path).send(&second);
    assert_eq!(answer.status, 400, "{}", answer.body);
}

/// Even people who are known only from the seed's memberships.
#[test]
fn people_are_remembered_across_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mock.journal");
    let seed = json!({
        "spaces": [{"name": "spaces/A"}, {"name": "spaces/B"}],
        "memberships": [
            {"name": "spaces/A/members/7", "member": {"name": "users/7", "type": "HUMAN",
             "displayName": "Seven", "email": "seven@example.com"}},
            {"name": "spaces/A/members/8", "member": {"name": "users/8", "type": "BOT"}},
            {"name": "spaces/A/members/9", "member": {"name": "users/9", "type": "BOT"}},
        ],
    });
    let open = |seed: Option<&str>| Mock::open(&file, seed).unwrap().serve().unwrap();
    let create = |server: &Server, space: &str, body: &str| {
        let path = format!("/v1/spaces/{space}/members");
        Request::new("POST", &path).body(body).send(server)
    };
    let by_email = r#"{"member":{"name":"users/seven@example.com"}}"#;
    let other_app = r#"{"member":{"name":"users/9","type":"HUMAN"}}"#;
    let server = open(Some(&seed.to_string()));
    for id in ["7", "app"] {
        let path = format!("/v1/spaces/A/members/{id}");
        assert_eq!(Request::new("DELETE", &path).send(&server).status, 200);
    }
    let before = create(&server, "B", by_email).json();
    assert_eq!(before["member"]["displayName"], "Seven");
    assert_eq!(before["member"]["name"], "users/7");
    assert_eq!(create(&server, "B", other_app).status, 400);
    let path = "/v1/spaces/B/members/7";
    assert_eq!(Request::new("DELETE", path).send(&server).status, 200);
    drop(server);

    let server = open(None);
    assert_eq!(
        Request::get("/v1/spaces/A/members/7").send(&server).status,
        404
    );
    let after = create(&server, "B", by_email).json();
    assert_eq!(after["member"], before["member"]);
    assert_eq!(create(&server, "B", other_app).status, 400);
}

/// Without a connection or a runtime.
#[test]
fn requests_are_handled_without_a_server() {
    let mock = Mock::from_json(&seed().to_string()).unwrap();
    let handle = |method: &str, uri: &str, body: Vec<u8>| {
        let request = ::http::Request::builder().method(method).uri(uri);
        let request = request.body(body).unwrap();
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(response) = pin!(mock.handle(request)).poll(&mut context) else {
            panic!("the response is not delayed");
        };
        let body: serde_json::Value = serde_json::from_str(response.body()).unwrap();
        (response.status().as_u16(), body)
    };
    let (status, page) = handle("GET", "/v1/spaces/A/members", Vec::new());
    assert_eq!(status, 200);
    assert_eq!(page["memberships"].as_array().unwrap().len(), 4);
    let path = "/v1/spaces/A/members/2";
    assert_eq!(handle("DELETE", path, Vec::new()).0, 200);
    assert_eq!(handle("GET", path, Vec::new()).0, 404);
    let (status, error) = handle("POST", "/v1/spaces/A/members", vec![b' '; (1 << 20) + 1]);
    assert_eq!(
        (status, &error["error"]["status"]),
        (413, &"INVALID_ARGUMENT".into())
    );
}

#[tokio::test]
async fn server_starts_within_a_runtime() {
    // A server on a separate thread.
    let server = open();
    let get = move || {
        (
            Request::get("/v1/spaces/A/members").send(&server),
            drop(server),
        )
    };
    let (answer, ()) = tokio::task::spawn_blocking(get).await.unwrap();
    assert_eq!(answer.status, 200);
    drop(open());
}
