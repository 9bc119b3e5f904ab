//! The effects of the methods, including the scenarios of Google's guides.

use serde_json::{Value, json};

use super::http::Request;
use super::{names, open, seed, serve};

#[test]
fn create_follows_the_reference() {
    let server = open();
    let create = |space: &str, body: Value| {
        let path = format!("/v1/spaces/{space}/members");
        Request::new("POST", &path)
            .body(&body.to_string())
            .send(&server)
    };
    let human = |name: &str| json!({"member": {"name": name, "type": "HUMAN"}});
    let made = create("A", human("users/9")).json();
    assert_eq!(made["name"], "spaces/A/members/9");
    assert_eq!(
        (&made["state"], &made["role"]),
        (&json!("JOINED"), &json!("ROLE_MEMBER"))
    );
    assert_eq!(made["affiliation"], "INTERNAL");
    assert!(made["createTime"].as_str().unwrap().ends_with('Z'));
    assert_eq!(made["member"], json!({"name": "users/9", "type": "HUMAN"}));
    // A role or a state in the body is ignored.
    let body = json!({"role": "ROLE_MANAGER", "state": "INVITED", "member": {"name": "users/10"}});
    let made = create("A", body).json();
    assert_eq!(
        (&made["state"], &made["role"]),
        (&json!("JOINED"), &json!("ROLE_MEMBER"))
    );
    assert_eq!(made["member"]["type"], "HUMAN");
    // Without auto-accept, a person is invited.
    let made = create("A", human("users/shy@example.com")).json();
    assert_eq!(
        (&made["name"], &made["state"]),
        (&json!("spaces/A/members/shy"), &json!("INVITED"))
    );
    assert_eq!(
        create("A", human("users/out")).json()["affiliation"],
        "EXTERNAL"
    );
    // A person of whom only the email address is known keeps their identifier.
    let made = create("A", human("users/New.One@example.com")).json();
    let path = format!("/v1/{}", made["name"].as_str().unwrap());
    let found = Request::get("/v1/spaces/A/members/new.one@example.com").send(&server);
    assert_eq!(found.json()["name"], made["name"]);
    assert_eq!(Request::get(&path).send(&server).status, 200);
    // Groups have no role.
    let made = create("A", json!({"groupMember": {"name": "groups/new"}})).json();
    assert_eq!(made["name"], "spaces/A/members/group-new");
    assert_eq!(made["groupMember"], json!({"name": "groups/new"}));
    assert_eq!(made["createTime"].as_str().unwrap().len(), 27);
    assert_eq!(
        (&made["state"], &made["role"]),
        (&json!("JOINED"), &Value::Null)
    );
    // The calling app can be added, by its alias. Other apps cannot.
    let made = create(
        "CHAT",
        json!({"member": {"name": "users/app", "type": "BOT"}}),
    )
    .json();
    assert_eq!(made["name"], "spaces/CHAT/members/app1");
    let other = create(
        "CHAT",
        json!({"member": {"name": "users/app2", "type": "BOT"}}),
    );
    assert_eq!(other.status, 403);
    // Members and invited people already have a membership.
    for name in ["users/1", "users/3", "users/ada@example.com", "users/app"] {
        let answer = create("A", json!({"member": {"name": name}}));
        assert_eq!(answer.status, 409, "{name}");
        assert_eq!(answer.json()["error"]["status"], "ALREADY_EXISTS");
    }
    let made = create("A", human("users/4")).json();
    assert_eq!(made["state"], "JOINED");
    // Times are input only in import mode.
    let past = json!({"member": {"name": "users/2"}, "createTime": "2020-01-01T00:00:00Z",
                      "deleteTime": "2021-01-01T00:00:00Z"});
    let made = create("IMPORT", past.clone()).json();
    assert_eq!(made["createTime"], "2020-01-01T00:00:00Z");
    assert_eq!(made["deleteTime"], "2021-01-01T00:00:00Z");
    let made = create(
        "OURS",
        json!({"member": {"name": "users/5"}, "createTime": "x"}),
    )
    .json();
    assert_ne!(made["createTime"], "x");
    // With admin access, no apps and no people from outside can be added.
    let admin = |body: Value| {
        let path = "/v1/spaces/OURS/members?useAdminAccess=true";
        Request::new("POST", path)
            .body(&body.to_string())
            .send(&server)
            .status
    };
    assert_eq!(admin(human("users/6")), 200);
    assert_eq!(admin(human("users/out")), 403);
    assert_eq!(
        admin(json!({"member": {"name": "users/app", "type": "BOT"}})),
        403
    );
}

/// Scenario of the guides.
#[test]
fn patch_promotes_and_demotes_a_member() {
    let server = open();
    let patch = |id: &str, query: &str, role: Value| {
        let path = format!("/v1/spaces/A/members/{id}?{query}");
        let body = json!({ "role": role }).to_string();
        Request::new("PATCH", &path).body(&body).send(&server)
    };
    let answer = patch("2", "updateMask=role", json!("ROLE_MANAGER"));
    assert_eq!(
        (answer.status, &answer.json()["role"]),
        (200, &json!("ROLE_MANAGER"))
    );
    assert_eq!(answer.json()["name"], "spaces/A/members/2");
    let managers = "/v1/spaces/A/members?filter=role+%3D+%22ROLE_MANAGER%22";
    assert_eq!(names(&Request::get(managers).send(&server)), ["1", "2"]);
    let answer = patch("2", "updateMask=*", json!(4));
    assert_eq!(answer.json()["role"], "ROLE_ASSISTANT_MANAGER");
    let answer = patch("grace+x@example.com", "update_mask=role", json!(1));
    assert_eq!(answer.json()["role"], "ROLE_MEMBER");
    assert_eq!(names(&Request::get(managers).send(&server)), ["1"]);
    // Other spaces have no managers.
    let path = "/v1/spaces/CHAT/members/2?updateMask=role";
    let answer = Request::new("PATCH", path)
        .body(r#"{"role":2}"#)
        .send(&server);
    assert_eq!(answer.json()["error"]["status"], "FAILED_PRECONDITION");
    assert_eq!(
        Request::new("PATCH", path)
            .body(r#"{"role":1}"#)
            .send(&server)
            .status,
        200
    );
}

/// Scenario of the guides.
#[test]
fn delete_returns_not_a_member() {
    let server = open();
    let answer = Request::new("DELETE", "/v1/spaces/A/members/2").send(&server);
    assert_eq!(
        (answer.status, answer.json()),
        (
            200,
            json!({"name": "spaces/A/members/2", "state": "NOT_A_MEMBER"})
        )
    );
    assert_eq!(
        Request::get("/v1/spaces/A/members/2").send(&server).status,
        404
    );
    assert_eq!(
        Request::new("DELETE", "/v1/spaces/A/members/2")
            .send(&server)
            .status,
        404
    );
    let left = Request::get("/v1/spaces/A/members").send(&server);
    assert_eq!(names(&left), ["1", "app1", "app2"]);
}

/// Scenario of the guides.
#[test]
fn only_manager_cannot_be_removed_or_demoted() {
    let server = open();
    let delete = || Request::new("DELETE", "/v1/spaces/A/members/1").send(&server);
    let patch = |id: &str, role: &str| {
        let path = format!("/v1/spaces/A/members/{id}?updateMask=role");
        Request::new("PATCH", &path)
            .body(&json!({ "role": role }).to_string())
            .send(&server)
    };
    for answer in [
        delete(),
        patch("1", "ROLE_MEMBER"),
        patch("1", "ROLE_ASSISTANT_MANAGER"),
    ] {
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["error"]["status"], "FAILED_PRECONDITION");
    }
    assert_eq!(patch("1", "ROLE_MANAGER").status, 200);
    // A person who is only invited is not a manager yet.
    assert_eq!(patch("3", "ROLE_MANAGER").status, 200);
    assert_eq!(delete().status, 400);
    assert_eq!(patch("2", "ROLE_MANAGER").status, 200);
    assert_eq!(delete().status, 200);
    assert_eq!(patch("2", "ROLE_MEMBER").status, 400);
}

/// Scenario of the guides.
#[test]
fn calling_app_can_be_removed_by_alias() {
    let server = open();
    let answer = Request::get("/v1/spaces/A/members/app").send(&server);
    assert_eq!(answer.json()["name"], "spaces/A/members/app1");
    let answer = Request::new("DELETE", "/v1/spaces/A/members/app").send(&server);
    assert_eq!(
        answer.json(),
        json!({"name": "spaces/A/members/app1", "state": "NOT_A_MEMBER"})
    );
    assert_eq!(
        Request::get("/v1/spaces/A/members/app")
            .send(&server)
            .status,
        404
    );
    // Other apps cannot be removed, and with admin access no app can.
    assert_eq!(
        Request::new("DELETE", "/v1/spaces/A/members/app2")
            .send(&server)
            .status,
        403
    );
    let path = "/v1/spaces/A/members/app2?useAdminAccess=true";
    assert_eq!(Request::new("DELETE", path).send(&server).status, 403);
    assert_eq!(Request::get(path).send(&server).status, 403);
}

/// Every created group can be found again: names that look like email addresses are rejected.
#[test]
fn create_rejects_invalid_group_identifiers() {
    let server = open();
    let create = |name: &str| {
        let body = json!({"groupMember": {"name": name}}).to_string();
        let request = Request::new("POST", "/v1/spaces/A/members").body(&body);
        request.send(&server)
    };
    for name in [
        "groups/team@example.com",
        "groups/a%b",
        "groups/a?b",
        "groups/é",
    ] {
        let answer = create(name);
        assert_eq!(answer.status, 400, "{name}");
        let violation = &answer.json()["error"]["details"][0]["fieldViolations"][0];
        assert_eq!(violation["field"], "membership.groupMember.name");
        let description = violation["description"].as_str().unwrap();
        assert!(description.contains("letters, digits"), "{description}");
    }
    for name in ["groups/03whwml4-A_b.c", "groups/9"] {
        let made = create(name).json();
        let path = format!("/v1/{}", made["name"].as_str().unwrap());
        assert_eq!(Request::get(&path).send(&server).json(), made);
    }
}

/// Identifiers must be short enough for page tokens, and a user's cannot look like a group's.
#[test]
fn create_rejects_long_and_ambiguous_identifiers() {
    let server = open();
    let create = |kind: &str, name: &str| {
        let body = json!({kind: {"name": name}}).to_string();
        let request = Request::new("POST", "/v1/spaces/A/members").body(&body);
        request.send(&server)
    };
    for (kind, prefix, longest) in [
        ("member", "users/", 128),
        ("member", "users/@", 127),
        ("groupMember", "groups/", 122),
    ] {
        let name = |length| format!("{prefix}{}", "x".repeat(length));
        assert_eq!(create(kind, &name(longest)).status, 200);
        let answer = create(kind, &name(longest + 1));
        assert_eq!(answer.status, 400, "{}", answer.body);
        let violation = &answer.json()["error"]["details"][0]["fieldViolations"][0];
        assert_eq!(violation["field"], format!("membership.{kind}.name"));
    }
    // Page tokens work with identifiers of maximum length.
    let first = Request::get("/v1/spaces/A/members?pageSize=4")
        .send(&server)
        .json();
    let token = first["nextPageToken"].as_str().unwrap();
    let path = format!("/v1/spaces/A/members?pageSize=4&pageToken={token}");
    assert_eq!(Request::get(&path).send(&server).status, 200);
    // This user's membership would have the name of the group `9`'s.
    let answer = create("member", "users/group-9");
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(create("groupMember", "groups/9").status, 200);
}

#[test]
fn former_members_are_missing_until_added_again() {
    let server = open();
    let path = "/v1/spaces/A/members/4";
    for (method, query, body) in [
        ("GET", "", ""),
        ("PATCH", "?updateMask=role", r#"{"role":"ROLE_MANAGER"}"#),
        ("DELETE", "", ""),
    ] {
        let request = Request::new(method, &format!("{path}{query}")).body(body);
        let answer = request.send(&server);
        assert_eq!(answer.status, 404, "{method}: {}", answer.body);
    }
    let request = Request::new("POST", "/v1/spaces/A/members");
    let answer = request
        .body(r#"{"member":{"name":"users/4"}}"#)
        .send(&server);
    assert_eq!(answer.status, 200);
    assert_eq!(Request::get(path).send(&server).json()["state"], "JOINED");
    assert_eq!(Request::new("DELETE", path).send(&server).status, 200);
}

/// Invited and former members and apps are not managers, whatever their role.
#[test]
fn only_people_who_have_joined_are_managers() {
    let mut seed = seed();
    let member = |id: &str, state: &str, kind: &str| {
        json!({"name": format!("spaces/EMPTY/members/{id}"), "role": "ROLE_MANAGER", "state": state,
               "member": {"name": format!("users/{id}"), "type": kind}})
    };
    let memberships = seed["memberships"].as_array_mut().unwrap();
    memberships.extend([
        member("1", "JOINED", "HUMAN"),
        member("2", "JOINED", "HUMAN"),
        member("invited", "INVITED", "HUMAN"),
        member("left", "NOT_A_MEMBER", "HUMAN"),
        member("app1", "JOINED", "BOT"),
    ]);
    seed["spaces"].as_array_mut().unwrap().last_mut().unwrap()["creator"] = json!("users/left");
    let caller = |id: &str| json!({"token": id, "user": format!("users/{id}"), "scopes": ["chat.memberships"]});
    seed["callers"] = json!([caller("1"), caller("invited"), caller("left"), caller("4")]);
    let server = serve(&seed);
    // A person who has left is outside, unless they created the space.
    let list = Request::get("/v1/spaces/A/members").header("authorization", "Bearer 4");
    assert_eq!(list.send(&server).status, 403);
    let list = Request::get("/v1/spaces/EMPTY/members").header("authorization", "Bearer left");
    assert_eq!(list.send(&server).status, 200);
    let send = |token: &str, method: &str, path: &str, body: &str| {
        let path = format!("/v1/spaces/EMPTY/members/{path}");
        let request = Request::new(method, &path).body(body);
        let request = request.header("authorization", &format!("Bearer {token}"));
        request.send(&server).status
    };
    assert_eq!(send("invited", "DELETE", "2", ""), 403);
    assert_eq!(send("left", "DELETE", "2", ""), 403);
    for role in ["ROLE_MANAGER", "ROLE_ASSISTANT_MANAGER"] {
        let body = json!({ "role": role }).to_string();
        assert_eq!(send("1", "PATCH", "app1?updateMask=role", &body), 400);
    }
    assert_eq!(send("1", "DELETE", "2", ""), 200);
    // The app is a manager in the seed, but does not count.
    assert_eq!(send("1", "DELETE", "1", ""), 400);
    let role = r#"{"role":"ROLE_MEMBER"}"#;
    assert_eq!(send("1", "PATCH", "app1?updateMask=role", role), 200);
}

/// They must be strict RFC 3339, for people and groups, and are returned in UTC.
#[test]
fn import_times_are_parsed_strictly() {
    let server = open();
    let create = |member: &str, times: [&str; 2]| {
        let mut body = json!({"createTime": times[0], "deleteTime": times[1]});
        match member.split_once('/') {
            Some(("groups", _)) => body["groupMember"] = json!({"name": member}),
            _ => body["member"] = json!({"name": member}),
        }
        let request = Request::new("POST", "/v1/spaces/IMPORT/members");
        request.body(&body.to_string()).send(&server)
    };
    let valid = "2020-01-01T00:00:00Z";
    for invalid in [
        "2020-01-01",
        "2020-01-01 00:00:00Z",
        "2020-01-01t00:00:00z",
        "20200101T000000Z",
        "2020-01-01T00:00Z",
        "2020-01-01T00:00:00",
        "2020-01-01T00:00:00+01",
        "2020-01-01T00:00:00+0100",
        "2020-01-01T00:00:00.Z",
        "2020-01-01T00:00:00,5Z",
        "2020-01-01T00:00:00.1234567890Z",
        "2020-01-01T00:00:00Z[UTC]",
        "2020-13-01T00:00:00Z",
        "+002020-01-01T00:00:00Z",
    ] {
        for (field, times) in [
            ("createTime", [invalid, valid]),
            ("deleteTime", [valid, invalid]),
        ] {
            for member in ["users/7", "groups/7"] {
                let answer = create(member, times);
                assert_eq!(answer.status, 400, "{invalid}: {}", answer.body);
                let violation = &answer.json()["error"]["details"][0]["fieldViolations"][0];
                assert_eq!(violation["field"], format!("membership.{field}"));
            }
        }
    }
    for (member, sent, expected) in [
        (
            "users/7",
            "2020-01-01T00:30:00.5+01:00",
            "2019-12-31T23:30:00.5Z",
        ),
        (
            "groups/7",
            "2020-01-01T00:00:00-05:30",
            "2020-01-01T05:30:00Z",
        ),
    ] {
        let made = create(member, [sent, valid]).json();
        assert_eq!(made["createTime"], expected);
        assert_eq!(made["deleteTime"], valid);
    }
}

/// Even if the group's membership has another key in the seed.
#[test]
fn create_rejects_a_group_that_is_in_the_space() {
    let mut seed = seed();
    let group = json!({"name": "spaces/A/members/x", "groupMember": {"name": "groups/gx"}});
    seed["memberships"].as_array_mut().unwrap().push(group);
    seed["lenient"] = json!(true);
    let server = serve(&seed);
    let request = Request::new("POST", "/v1/spaces/A/members");
    let answer = request
        .body(r#"{"groupMember":{"name":"groups/gx"}}"#)
        .send(&server);
    assert_eq!(answer.status, 409, "{}", answer.body);
}
