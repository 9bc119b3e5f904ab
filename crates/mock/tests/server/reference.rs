//! The API reference, statement by statement, and tests of statements that no other test shows.
//!
//! `reference.tsv` has every statement that revision 20261107 of the discovery document makes about the
//! five methods and their messages, except links and headings. A statement is `honored`, and tests show
//! it; or `not applicable` to a mock server, for a reason; or `contradicted` by another statement, which
//! the server follows instead.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::http::{Answer, Request};
use super::{names, open, serve};

const STATEMENTS: &str = include_str!("reference.tsv");

/// Returns the names of all tests in a directory.
fn tests_in(directory: &Path) -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests.extend(tests_in(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.replace("#[tokio::test]", "#[test]");
            let functions = text.split("#[test]").skip(1);
            tests.extend(functions.filter_map(|function| {
                let (_, rest) = function.split_once("fn ")?;
                let (name, _) = rest.split_once('(')?;
                Some(name.to_owned())
            }));
        }
    }
    tests
}

/// Every test that the table names exists, and every statement has tests or a reason.
#[test]
fn every_statement_has_a_test_or_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = tests_in(&root.join("../../tests"));
    tests.extend(tests_in(&root.join("..")));
    assert!(tests.contains("every_statement_has_a_test_or_a_reason"));
    let mut found = BTreeSet::new();
    for line in STATEMENTS.lines().skip(1) {
        let &[part, statement, status, shown_by] = &*line.split('\t').collect::<Vec<_>>() else {
            panic!("{line}");
        };
        assert!(
            !statement.is_empty() && found.insert((part, statement)),
            "{line}"
        );
        let is_name = |word: &&str| word.contains('_') && !word.contains('`');
        let words = || {
            shown_by
                .split(|c: char| c.is_whitespace() || "()".contains(c))
                .filter(|word| !word.is_empty())
        };
        let named = words().filter(is_name).count();
        assert!(
            words().filter(is_name).all(|name| tests.contains(name)),
            "{line}"
        );
        match status {
            "honored" => assert!(named > 0 && named == words().count(), "{line}"),
            "contradicted" => assert!(named > 0 && named < words().count(), "{line}"),
            "not applicable" => assert!(named < words().count(), "{line}"),
            _ => panic!("{line}"),
        }
    }
    for (part, least) in [
        ("list", 50),
        ("get", 20),
        ("create", 20),
        ("patch", 19),
        ("delete", 25),
        ("Membership", 60),
    ] {
        let of_part = |&&(name, _): &&(&str, &str)| name.split('.').next() == Some(part);
        let count = found.iter().filter(of_part).count();
        assert!(count >= least, "{part}: {count}");
    }
}

fn list(query: &str) -> Answer {
    Request::get(&format!("/v1/spaces/A/members?{query}")).send(&open())
}

/// Percent-encodes a filter.
fn filter(filter: &str) -> String {
    format!("filter={}", filter.replace(' ', "%20").replace('"', "%22"))
}

#[test]
fn documented_filters_select_memberships() {
    for (text, expected) in [
        (
            r#"role = "ROLE_MANAGER" OR role = "ROLE_MEMBER""#,
            vec!["1", "2", "app1", "app2"],
        ),
        (
            r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#,
            vec!["1"],
        ),
        (r#"member.type != "BOT""#, vec!["1", "2"]),
        (r#"role = "ROLE_MANAGER""#, vec!["1"]),
        (r#"role = "ROLE_MEMBER""#, vec!["2", "app1", "app2"]),
        (r#"member.type = "HUMAN""#, vec!["1", "2"]),
        (r#"member.type = "BOT""#, vec!["app1", "app2"]),
        (
            r#"member.type = "BOT" OR role = "ROLE_MANAGER""#,
            vec!["1", "app1", "app2"],
        ),
    ] {
        assert_eq!(names(&list(&filter(text))), expected, "{text}");
    }
    for text in [
        r#"member.type = "HUMAN" AND member.type = "BOT""#,
        r#"role = "ROLE_MANAGER" AND role = "ROLE_MEMBER""#,
    ] {
        let answer = list(&filter(text));
        assert_eq!(
            (answer.status, &answer.json()["error"]["status"]),
            (400, &json!("INVALID_ARGUMENT"))
        );
    }
}

#[test]
fn admin_access_lists_only_people() {
    for (text, expected) in [
        (r#"member.type = "HUMAN""#, Some(vec!["1", "2"])),
        (r#"member.type != "BOT""#, Some(vec!["1", "2"])),
        (
            r#"member.type = "HUMAN" AND role = "ROLE_MEMBER""#,
            Some(vec!["2"]),
        ),
        (r#"member.type = "BOT""#, None),
        (r#"member.type != "HUMAN""#, None),
        (r#"role = "ROLE_MANAGER""#, None),
        ("", None),
    ] {
        let answer = list(&format!("{}&useAdminAccess=true", filter(text)));
        match expected {
            Some(expected) => assert_eq!(names(&answer), expected, "{text}"),
            None => assert_eq!(
                answer.json()["error"]["status"],
                "INVALID_ARGUMENT",
                "{text}"
            ),
        }
    }
}

#[test]
fn groups_and_invited_members_must_match_the_filter() {
    let member = filter(r#"role = "ROLE_MEMBER""#);
    let manager = filter(r#"role = "ROLE_MANAGER""#);
    for (flag, text, expected) in [
        ("showGroups", &member, vec!["2", "app1", "app2"]),
        ("showInvited", &member, vec!["2", "3", "app1", "app2"]),
        ("showInvited", &manager, vec!["1"]),
    ] {
        assert_eq!(
            names(&list(&format!("{text}&{flag}=true"))),
            expected,
            "{flag} {text}"
        );
    }
}

#[test]
fn pages_have_100_members_by_default_and_1000_at_most() {
    let members: Vec<Value> = (0..1100)
        .map(|id| {
            json!({"name": format!("spaces/A/members/{id}"),
                   "member": {"name": format!("users/{id}"), "type": "HUMAN"}})
        })
        .collect();
    let server = serve(&json!({ "memberships": members }));
    for (query, expected) in [
        ("", 100),
        ("?pageSize=0", 100),
        ("?pageSize=1", 1),
        ("?pageSize=101", 101),
        ("?pageSize=1000", 1000),
        ("?pageSize=1001", 1000),
        ("?pageSize=2147483647", 1000),
    ] {
        let answer = Request::get(&format!("/v1/spaces/A/members{query}")).send(&server);
        assert_eq!(names(&answer).len(), expected, "{query}");
        assert!(answer.json()["nextPageToken"].is_string());
    }
    for query in ["?pageSize=-1", "?pageSize=-2147483648"] {
        let answer = Request::get(&format!("/v1/spaces/A/members{query}")).send(&server);
        assert_eq!(
            answer.json()["error"]["status"],
            "INVALID_ARGUMENT",
            "{query}"
        );
    }
}

#[test]
fn names_follow_the_patterns() {
    let server = open();
    for (method, path, field) in [
        ("GET", "spaces//members", "parent"),
        ("GET", "spaces/A%2FB/members", "parent"),
        ("POST", "spaces//members", "parent"),
        ("POST", "spaces/A%2FB/members", "parent"),
        ("GET", "spaces//members/1", "name"),
        ("GET", "spaces/A/members/a%2Fb", "name"),
        ("PATCH", "spaces/A/members/a%2Fb", "name"),
        ("DELETE", "spaces/A/members/a%2Fb", "name"),
    ] {
        let query = if method == "PATCH" {
            "?updateMask=role"
        } else {
            ""
        };
        let request = Request::new(method, &format!("/v1/{path}{query}"));
        let body = if method == "GET" || method == "DELETE" {
            ""
        } else {
            r#"{"role":"ROLE_MEMBER"}"#
        };
        let answer = request.body(body).send(&server);
        assert_eq!(answer.status, 400, "{method} {path}: {}", answer.body);
        let violation = &answer.json()["error"]["details"][0]["fieldViolations"][0];
        assert_eq!(violation["field"], field, "{method} {path}");
    }
    for (method, path) in [
        ("GET", "spaces/A/members/"),
        ("PATCH", "spaces/A/members/"),
        ("DELETE", "spaces/A/members/"),
        ("GET", "spaces/A/members/1/x"),
        ("GET", "spaces/A/B/members"),
        ("POST", "spaces/A/members/1"),
        ("PATCH", "spaces/A/members"),
        ("DELETE", "spaces/A/members"),
        ("GET", "rooms/A/members"),
        ("GET", "spaces/A/people/1"),
    ] {
        let answer = Request::new(method, &format!("/v1/{path}")).send(&server);
        assert_eq!(answer.status, 404, "{method} {path}: {}", answer.body);
    }
}

/// Responses have canonical names only.
#[test]
fn emails_are_aliases_of_people() {
    let server = open();
    for (method, query, body) in [
        ("GET", "", ""),
        (
            "PATCH",
            "?updateMask=role",
            r#"{"role":"ROLE_ASSISTANT_MANAGER"}"#,
        ),
        ("DELETE", "", ""),
    ] {
        let path = format!("/v1/spaces/A/members/grace+x@example.com{query}");
        let answer = Request::new(method, &path).body(body).send(&server).json();
        assert_eq!(answer["name"], "spaces/A/members/2", "{method}");
        if method != "DELETE" {
            assert_eq!(answer["member"]["name"], "users/2", "{method}");
        }
    }
    let body = r#"{"member":{"name":"users/grace+x@example.com"}}"#;
    let answer = Request::new("POST", "/v1/spaces/A/members")
        .body(body)
        .send(&server)
        .json();
    assert_eq!(
        (&answer["name"], &answer["member"]["name"]),
        (&json!("spaces/A/members/2"), &json!("users/2"))
    );
}

#[test]
fn output_only_fields_are_ignored() {
    let body = json!({
        "name": "spaces/CHAT/members/5", "state": "INVITED", "affiliation": "EXTERNAL",
        "createTime": "2020-01-01T00:00:00Z", "deleteTime": "2020-01-01T00:00:00Z",
        "member": {"name": "users/77", "type": "HUMAN", "displayName": "Eve", "email": "eve@example.com",
                   "avatarUrl": "https://example.com/eve.png", "isAnonymous": true},
    });
    let request = Request::new("POST", "/v1/spaces/A/members").body(&body.to_string());
    let made = request.send(&open()).json();
    assert_eq!(made["name"], "spaces/A/members/77");
    assert_eq!(
        (&made["state"], &made["affiliation"]),
        (&json!("JOINED"), &json!("INTERNAL"))
    );
    assert_ne!(made["createTime"], body["createTime"]);
    assert_eq!(made["deleteTime"], Value::Null);
    assert_eq!(made["member"], json!({"name": "users/77", "type": "HUMAN"}));
}

/// "displayName … always populated for requests made with app authentication" is true of people who are
/// in the seed. Of others, nothing is known.
#[test]
fn made_up_people_have_no_display_name() {
    let body = r#"{"member":{"name":"users/made.up@example.com"}}"#;
    let answer = Request::new("POST", "/v1/spaces/A/members")
        .body(body)
        .send(&open());
    let mut member = answer.json()["member"].clone();
    assert!(member["name"].take().is_string());
    assert_eq!(
        member,
        json!({"name": null, "type": "HUMAN", "email": "made.up@example.com"})
    );
}

#[test]
fn times_do_not_change() {
    let server = open();
    let body = r#"{"member":{"name":"users/9"}}"#;
    let made = Request::new("POST", "/v1/spaces/IMPORT/members")
        .body(body)
        .send(&server)
        .json();
    let path = "/v1/spaces/IMPORT/members/9";
    let body = r#"{"role":"ROLE_MANAGER","createTime":"2020-01-01T00:00:00Z","deleteTime":"2021-01-01T00:00:00Z"}"#;
    let patched = Request::new("PATCH", &format!("{path}?updateMask=*"))
        .body(body)
        .send(&server)
        .json();
    assert_eq!(patched["role"], "ROLE_MANAGER");
    let found = Request::get(path).send(&server).json();
    for membership in [patched, found] {
        assert_eq!(membership["createTime"], made["createTime"]);
        assert_eq!(membership["deleteTime"], Value::Null);
    }
}
