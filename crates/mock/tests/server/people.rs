//! Who people are: what is known of them, people from outside, and names of nobody.

use gchat_filter_mock::Server;
use serde_json::{Value, json};

use super::http::{Answer, Request};
use super::serve;

/// A seed with the organization `example.com` and a caller of each kind.
fn seed(extra: &Value) -> Value {
    let member = |space: &str, id: &str| {
        json!({"name": format!("spaces/{space}/members/{id}"),
               "member": {"name": format!("users/{id}"), "type": "HUMAN"}})
    };
    let user = |id: &str| {
        json!({"token": id, "user": format!("users/{id}"),
               "scopes": ["chat.memberships", "chat.admin.memberships"]})
    };
    let mut manager = member("S", "1");
    manager["role"] = json!("ROLE_MANAGER");
    let mut seed = json!({
        "spaces": [
            {"name": "spaces/S"},
            {"name": "spaces/INTERNAL", "externalUserAllowed": false},
            {"name": "spaces/FOUND", "accessSettings": {"accessState": "DISCOVERABLE"}},
        ],
        "memberships": [
            manager,
            member("S", "2"),
            member("S", "guest"),
            {"name": "spaces/S/members/app1", "member": {"name": "users/app1", "type": "BOT"}},
            {"name": "spaces/S/members/group-g", "groupMember": {"name": "groups/g"}},
            member("INTERNAL", "1"),
        ],
        "users": [
            {"name": "users/1", "email": "ada@example.com", "displayName": "Ada",
             "avatarUrl": "https://example.com/ada.png", "admin": true},
            {"name": "users/2", "displayName": "Grace"},
            {"name": "users/guest", "email": "guest@example.org"},
            {"name": "users/partner", "external": true},
            {"name": "users/new", "email": "new@example.com", "displayName": "New",
             "avatarUrl": "https://example.com/new.png"},
        ],
        "domains": ["example.com"],
        "callers": [
            user("1"), user("2"), user("guest"),
            {"token": "app1", "app": "users/app1", "scopes": ["chat.app.memberships"]},
        ],
    });
    for (name, value) in extra.as_object().unwrap() {
        seed[name] = value.clone();
    }
    seed
}

fn organization() -> Server {
    serve(&seed(&json!({})))
}

fn send(server: &Server, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    Request::new(method, &format!("/v1/spaces/{path}"))
        .header("authorization", &format!("Bearer {token}"))
        .body(&body)
        .send(server)
}

fn add(server: &Server, token: &str, space: &str, name: &str) -> Answer {
    let body = json!({"member": {"name": name}});
    send(server, token, "POST", &format!("{space}/members"), &body)
}

fn get(server: &Server, token: &str, member: &str) -> Value {
    let path = format!("S/members/{member}");
    send(server, token, "GET", &path, &Value::Null).json()
}

/// "displayName … always populated for requests made with app authentication", "email … populated";
/// `state` and `role` are never unspecified for a member.
#[test]
fn seeded_users_complete_the_memberships() {
    let server = organization();
    for token in ["1", "app1"] {
        let ada = get(&server, token, "1");
        assert_eq!(ada["state"], "JOINED");
        assert_eq!(ada["role"], "ROLE_MANAGER");
        let expected = json!({"name": "users/1", "type": "HUMAN", "displayName": "Ada",
                              "email": "ada@example.com",
                              "avatarUrl": "https://example.com/ada.png"});
        assert_eq!(ada["member"], expected);
        assert_eq!(get(&server, token, "2")["role"], "ROLE_MEMBER");
        assert_eq!(get(&server, token, "app1")["role"], "ROLE_MEMBER");
    }
    let group = get(&server, "1", "group-g");
    assert_eq!(
        (&group["state"], &group["role"]),
        (&json!("JOINED"), &Value::Null)
    );
    let new = add(&server, "1", "S", "users/new").json();
    assert_eq!(new["member"]["displayName"], "New");
    assert_eq!(new["member"]["avatarUrl"], "https://example.com/new.png");
    // What the membership says about a person is kept.
    let mut seed = seed(&json!({}));
    seed["memberships"][0]["member"]["displayName"] = json!("Countess");
    assert_eq!(
        get(&serve(&seed), "1", "1")["member"]["displayName"],
        "Countess"
    );
}

/// "EXTERNAL: An account external to the Google Workspace organization that owns the space". What the
/// membership says is kept.
#[test]
fn seeded_people_from_outside_are_external() {
    let affiliation =
        |server: &Server, member: &str| get(server, "1", member)["affiliation"].clone();
    let server = organization();
    assert_eq!(affiliation(&server, "guest"), "EXTERNAL");
    for member in ["1", "2", "app1", "group-g"] {
        assert_eq!(affiliation(&server, member), Value::Null, "{member}");
    }
    let mut managed = seed(&json!({}));
    managed["memberships"][2]["affiliation"] = json!("MANAGED_EXTERNAL");
    assert_eq!(affiliation(&serve(&managed), "guest"), "MANAGED_EXTERNAL");
    // An app has no affiliation.
    let mut app = seed(&json!({}));
    app["memberships"][3]["member"]["email"] = json!("app@example.org");
    assert_eq!(affiliation(&serve(&app), "app1"), Value::Null);
    let domains = seed(&json!({"domains": []}));
    assert_eq!(affiliation(&serve(&domains), "guest"), Value::Null);
}

/// Several clients have seen only `name` and `type` with user authentication.
#[test]
fn details_of_users_can_be_hidden_from_users() {
    let server = serve(&seed(&json!({"userDetails": "none"})));
    let only = |id: &str| json!({"name": format!("users/{id}"), "type": "HUMAN"});
    assert_eq!(get(&server, "1", "1")["member"], only("1"));
    let page = send(
        &server,
        "1",
        "GET",
        "S/members?showGroups=true",
        &Value::Null,
    )
    .json();
    assert_eq!(page["memberships"][0]["member"], only("1"));
    assert_eq!(page["memberships"].as_array().map(Vec::len), Some(5));
    assert_eq!(
        add(&server, "1", "S", "users/new").json()["member"],
        only("new")
    );
    let role = json!({"role": "ROLE_MEMBER"});
    let patched = send(
        &server,
        "1",
        "PATCH",
        "S/members/new?updateMask=role",
        &role,
    );
    assert_eq!(patched.json()["member"], only("new"));
    assert_eq!(get(&server, "app1", "1")["member"]["displayName"], "Ada");
    let page = send(&server, "app1", "GET", "S/members", &Value::Null).json();
    assert_eq!(page["memberships"][0]["member"]["email"], "ada@example.com");
}

/// People from outside are invited, not added (help page on external chat).
#[test]
fn people_from_outside_are_invited() {
    let server = organization();
    for name in [
        "users/partner",
        "users/someone@gmail.com",
        "users/a@sub.example.com",
    ] {
        let made = add(&server, "1", "S", name).json();
        assert_eq!(
            (&made["state"], &made["affiliation"]),
            (&json!("INVITED"), &json!("EXTERNAL"))
        );
    }
    let made = add(&server, "1", "S", "users/someone@EXAMPLE.com").json();
    assert_eq!(
        (&made["state"], &made["affiliation"]),
        (&json!("JOINED"), &json!("INTERNAL"))
    );
    // Neither an app nor an administrator with admin access adds them, and no space that is for the
    // organization only.
    for (token, space, expected) in [("app1", "S", 403), ("1", "INTERNAL", 403), ("2", "S", 200)] {
        let answer = add(&organization(), token, space, "users/x@gmail.com");
        assert_eq!(answer.status, expected, "{token} {space}: {}", answer.body);
    }
    assert_eq!(
        add(&organization(), "1", "INTERNAL", "users/new").status,
        200
    );
    let body = json!({"member": {"name": "users/x@gmail.com"}});
    let answer = send(&server, "1", "POST", "S/members?useAdminAccess=true", &body);
    assert_eq!(answer.status, 403, "{}", answer.body);
    // Without domains, only those who are seeded so are from outside.
    let server = serve(&seed(&json!({"domains": []})));
    let made = add(&server, "1", "S", "users/someone@gmail.com").json();
    assert_eq!(
        (&made["state"], &made["affiliation"]),
        (&json!("JOINED"), &json!("INTERNAL"))
    );
    assert_eq!(
        add(&server, "1", "S", "users/partner").json()["affiliation"],
        "EXTERNAL"
    );
}

/// From a membership in another space.
#[test]
fn people_who_were_seeded_as_external_are_invited() {
    let mut seed = seed(&json!({"domains": []}));
    let server = serve(&seed);
    let add_guest = |server: &Server| add(server, "2", "FOUND", "users/guest").json();
    assert_eq!(add(&server, "2", "FOUND", "users/2").status, 200);
    assert_eq!(add_guest(&server)["state"], "JOINED");
    seed["memberships"][2]["affiliation"] = json!("EXTERNAL");
    let server = serve(&seed);
    assert_eq!(add(&server, "2", "FOUND", "users/2").status, 200);
    let made = add_guest(&server);
    assert_eq!(
        (&made["state"], &made["affiliation"]),
        (&json!("INVITED"), &json!("EXTERNAL"))
    );
}

/// The type of a user cannot contradict what is known: a caller is a person, and memberships have a type.
#[test]
fn known_types_cannot_be_contradicted() {
    let mut seed = seed(&json!({}));
    let stranger = json!({"token": "3", "user": "users/3", "scopes": []});
    seed["callers"].as_array_mut().unwrap().push(stranger);
    seed["users"]
        .as_array_mut()
        .unwrap()
        .push(json!({"name": "users/3"}));
    for has_users in [true, false] {
        if !has_users {
            seed["users"] = json!([]);
        }
        let server = serve(&seed);
        for (id, kind, expected) in [
            ("3", "BOT", 400),
            ("3", "HUMAN", 200),
            ("app1", "HUMAN", 400),
            ("2", "BOT", 400),
            ("unknown", "HUMAN", 200),
            // It has just become a person.
            ("unknown", "BOT", 400),
        ] {
            let body = json!({"member": {"name": format!("users/{id}"), "type": kind}});
            let answer = send(&server, "1", "POST", "INTERNAL/members", &body);
            assert_eq!(answer.status, expected, "{id} {kind}: {}", answer.body);
        }
    }
}

/// A person from outside adds nobody, not even themselves.
#[test]
fn people_from_outside_add_nobody() {
    let server = organization();
    assert_eq!(add(&server, "guest", "S", "users/new").status, 403);
    let group = json!({"groupMember": {"name": "groups/new"}});
    assert_eq!(
        send(&server, "guest", "POST", "S/members", &group).status,
        403
    );
    assert_eq!(add(&server, "guest", "FOUND", "users/guest").status, 403);
    assert_eq!(add(&server, "2", "FOUND", "users/2").status, 200);
    // They accept an invitation.
    assert_eq!(
        add(&server, "2", "FOUND", "users/guest").json()["state"],
        "INVITED"
    );
    assert_eq!(
        add(&server, "guest", "FOUND", "users/guest").json()["state"],
        "JOINED"
    );
}

/// "Missing or malformed user resource name in the request", as for sibling methods.
#[test]
fn names_of_nobody_are_rejected() {
    const MESSAGE: &str = "Missing or malformed user resource name in the request. Human user \
        resource name must follow this format: users/{user}. App user resource name must be set as \
        users/app.";
    for unknown in ["create", "refuse"] {
        let server = serve(&seed(&json!({"unknownUsers": unknown, "domains": []})));
        for (name, is_seeded) in [
            ("users/c1234567890", None),
            ("users/ada@", None),
            ("users/me", None),
            ("77", None),
            ("users/", None),
            ("", None),
            ("people/77", None),
            ("users/77", Some(false)),
            ("users/nobody@example.com", Some(false)),
            ("users/chris", Some(false)),
            ("users/new", Some(true)),
            ("users/GUEST@example.org", Some(true)),
        ] {
            let answer = add(&server, "1", "INTERNAL", name);
            let expected = is_seeded.unwrap_or(false) || is_seeded.is_some() && unknown == "create";
            if expected {
                assert!(
                    matches!(answer.status, 200 | 409),
                    "{name}: {}",
                    answer.body
                );
            } else {
                assert_eq!(answer.status, 400, "{unknown} {name}: {}", answer.body);
                let error = &answer.json()["error"];
                assert_eq!(error["message"], MESSAGE);
                let field = &error["details"][0]["fieldViolations"][0]["field"];
                assert_eq!(field, "membership.member.name");
            }
        }
        // Groups and the calling app are not people.
        let group = json!({"groupMember": {"name": "groups/new"}});
        assert_eq!(send(&server, "1", "POST", "S/members", &group).status, 200);
    }
}
