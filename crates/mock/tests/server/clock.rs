//! A clock that stands still, and responses that are the same in every run.

use std::time::Duration;

use gchat_filter_mock::{Mock, Server};
use serde_json::{Value, json};

use super::http::{Answer, Request};
use super::{open, seed, serve};

const LIST: &str = "/v1/spaces/A/members";

fn create(server: &Server, id: &str) -> Answer {
    let body = format!("{{\"member\":{{\"name\":\"users/{id}\"}}}}");
    Request::new("POST", LIST).body(&body).send(server)
}

fn set(server: &Server, body: &str) -> Answer {
    let host = server.address().to_string();
    Request::with_host("POST", "/__admin/clock", &host)
        .body(body)
        .send(server)
}

#[test]
fn times_follow_the_clock() {
    let mut seed = seed();
    seed["now"] = "2026-01-01T02:00:00+02:00".into();
    let server = serve(&seed);
    let time = |id: &str| create(&server, id).json()["createTime"].clone();
    assert_eq!(time("a"), "2026-01-01T00:00:00.000000Z");
    assert_eq!(time("b"), "2026-01-01T00:00:00.000000Z");
    server.advance(Duration::from_millis(1500));
    assert_eq!(time("c"), "2026-01-01T00:00:01.500000Z");
    assert_eq!(
        set(&server, r#"{"advance": "3600s"}"#).json()["now"],
        "2026-01-01T01:00:01.5Z"
    );
    assert_eq!(time("d"), "2026-01-01T01:00:01.500000Z");
    assert_eq!(
        set(&server, r#"{"now": "2027-06-01T00:00:00Z"}"#).status,
        200
    );
    let answer = create(&server, "e");
    assert_eq!(answer.json()["createTime"], "2027-06-01T00:00:00.000000Z");
    assert_eq!(answer.header("date"), Some("Tue, 01 Jun 2027 00:00:00 GMT"));
    assert_eq!(server.requests()[0].time, "2026-01-01T00:00:00.000Z");
    let present: Value = serde_json::from_str(&server.to_seed()).unwrap();
    assert_eq!(present["now"], "2027-06-01T00:00:00Z");
    server.reset().unwrap();
    assert_eq!(time("a"), "2026-01-01T00:00:00.000000Z");
    for body in [
        "",
        "{}",
        r#"{"now": "soon"}"#,
        r#"{"advance": "soon"}"#,
        r#"{"advance": 1}"#,
    ] {
        assert_eq!(set(&server, body).status, 400, "{body}");
    }
}

/// A clock that goes is moved, too.
#[test]
fn running_clock_is_advanced() {
    let server = open();
    let before = create(&server, "a").json()["createTime"].clone();
    server.advance(Duration::from_secs(1_000_000_000));
    let after = create(&server, "b").json()["createTime"].clone();
    let year = |time: &Value| {
        time.as_str()
            .unwrap()
            .split('-')
            .next()
            .unwrap()
            .parse::<u32>()
            .unwrap()
    };
    assert!((31..=32).contains(&(year(&after) - year(&before))));
}

/// Makes requests of all methods, and returns the entire responses.
fn run(server: &Server) -> Vec<String> {
    let mut seen = Vec::new();
    let mut note = |answer: Answer| {
        seen.push(format!("{}\r\n\r\n{}", answer.head, answer.body));
        answer
    };
    for id in ["new", "new@example.com", "2"] {
        note(create(server, id));
    }
    let mut token = String::new();
    loop {
        let path = format!("{LIST}?pageSize=1&pageToken={token}");
        let answer = note(Request::get(&path).send(server));
        match answer.json()["nextPageToken"].as_str() {
            Some(next) => next.clone_into(&mut token),
            None => break,
        }
    }
    let member = format!("{LIST}/2");
    let patch = Request::new("PATCH", &format!("{member}?updateMask=role"));
    note(patch.body(r#"{"role":"ROLE_MANAGER"}"#).send(server));
    note(Request::new("DELETE", &member).send(server));
    note(Request::get(&member).send(server));
    seen
}

#[test]
fn two_runs_answer_alike() {
    let mut fixed = seed();
    fixed["now"] = "2026-01-01T00:00:00Z".into();
    assert_eq!(run(&serve(&fixed)), run(&serve(&fixed)));
    let with_now = || {
        let mock = Mock::from_json(&seed().to_string()).unwrap();
        mock.with_now("2026-01-01T00:00:00Z")
            .unwrap()
            .serve()
            .unwrap()
    };
    assert_eq!(run(&with_now()), run(&with_now()));
}

#[test]
fn invalid_times_are_reported() {
    for now in ["", "soon", "2026-01-01", "2026-01-01T00:00:00"] {
        let mut seed = seed();
        seed["now"] = json!(now);
        let error = Mock::from_json(&seed.to_string()).unwrap_err().to_string();
        assert!(
            error.contains("`now` must be a time with an offset"),
            "{error}"
        );
        let error = Mock::sample().with_now(now).unwrap_err().to_string();
        assert!(
            error.starts_with("`now` must be a time with an offset"),
            "{error}"
        );
    }
}
