//! Who may do what in a space. Each test names the reference's statement.

use gchat_filter_mock::Server;
use serde_json::{Value, json};

use super::http::{Answer, Request};
use super::serve;
use oracle::rules::{self, Authentication, Permission, Role, Space, Standing, State, Target};

/// The people of a space, with a caller for each: an owner, an assistant manager, a member, an invited
/// person, a person outside, and an app.
const PEOPLE: [(&str, &str, &str); 5] = [
    ("owner", "ROLE_MANAGER", "JOINED"),
    ("second", "ROLE_MANAGER", "JOINED"),
    ("assistant", "ROLE_ASSISTANT_MANAGER", "JOINED"),
    ("member", "ROLE_MEMBER", "JOINED"),
    ("invited", "ROLE_MEMBER", "INVITED"),
];

fn seed(space: &Value) -> Value {
    let mut space = space.clone();
    space["name"] = json!("spaces/S");
    let has_roles = space["spaceType"].is_null();
    let people = PEOPLE.map(|(id, role, state)| {
        json!({"name": format!("spaces/S/members/{id}"), "state": state,
               "role": if has_roles { role } else { "ROLE_MEMBER" },
               "member": {"name": format!("users/{id}"), "type": "HUMAN"}})
    });
    let mut memberships = people.to_vec();
    memberships.push(
        json!({"name": "spaces/S/members/app1", "role": "ROLE_MEMBER",
                            "member": {"name": "users/app1", "type": "BOT"}}),
    );
    let user = |id: &str, scopes: Value| json!({"token": id, "user": format!("users/{id}"), "scopes": scopes});
    let mut callers: Vec<Value> = PEOPLE
        .iter()
        .map(|(id, ..)| *id)
        .chain(["outside"])
        .map(|id| user(id, json!(["chat.memberships", "chat.memberships.app"])))
        .collect();
    callers.push(user("admin", json!(["chat.admin.memberships"])));
    callers.push(json!({"token": "app1", "app": "users/app1",
                        "scopes": ["chat.app.memberships", "chat.memberships.app"]}));
    json!({
        "spaces": [space, {"name": "spaces/OTHER", "creator": "users/owner"}],
        "memberships": memberships,
        // Those who join by themselves do not need to accept an invitation.
        "users": [{"name": "users/outside", "autoAccept": false},
                  {"name": "users/admin", "admin": true}],
        "callers": callers,
    })
}

fn space(settings: &Value) -> Server {
    serve(&seed(settings))
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

fn add(server: &Server, token: &str, id: &str) -> Answer {
    let body = json!({"member": {"name": format!("users/{id}")}});
    send(server, token, "POST", "S/members", &body)
}

fn remove(server: &Server, token: &str, id: &str) -> Answer {
    let path = format!("S/members/{id}");
    send(server, token, "DELETE", &path, &Value::Null)
}

/// "`ROLE_MANAGER` … Change the role of other members in the space", "`ROLE_ASSISTANT_MANAGER` … all
/// the permissions of an owner except … Make another space member an owner. Change an owner's role".
#[test]
fn roles_are_changed_by_owners_and_in_part_by_assistant_managers() {
    let standing = |role: &str| match role {
        "ROLE_MANAGER" => Standing::Owner,
        "ROLE_ASSISTANT_MANAGER" => Standing::AssistantManager,
        _ => Standing::Member,
    };
    let mut done = 0;
    for (token, own, _) in PEOPLE {
        for (id, old, state) in PEOPLE {
            for new in Role::ALL {
                let server = space(&json!({}));
                let path = format!("S/members/{id}?updateMask=role");
                let answer = send(&server, token, "PATCH", &path, &json!({"role": new.name()}));
                let caller = rules::Caller {
                    authentication: Authentication::User,
                    scopes: &[rules::Scope::Memberships],
                    is_administrator: false,
                    admin_access: false,
                    is_unrestricted: false,
                    standing: standing(own),
                    is_creator: false,
                    is_external: false,
                };
                let target = Target {
                    state: if state == "INVITED" {
                        State::Invited
                    } else {
                        State::Joined
                    },
                    ..Target::person(Role::of(old))
                };
                let two_owners = Space {
                    owners: 2,
                    ..Space::PLAIN
                };
                let expected = rules::patch(&caller, &two_owners, target, new);
                let status = expected.map_or_else(rules::Refusal::http, |()| 200);
                assert_eq!(
                    answer.status, status,
                    "{token} {id} {new:?}: {}",
                    answer.body
                );
                done += usize::from(status == 200);
            }
        }
    }
    // Two owners change all roles of five people; the assistant manager two roles of three.
    assert_eq!(done, 2 * 15 + 6);
    let server = space(&json!({}));
    let path = "S/members/owner?updateMask=role&useAdminAccess=true";
    let answer = send(
        &server,
        "admin",
        "PATCH",
        path,
        &json!({"role": "ROLE_MEMBER"}),
    );
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// "To delete memberships for space managers, the requester must be a space manager."
#[test]
fn managers_are_removed_by_managers() {
    for (token, id, expected) in [
        ("owner", "second", 200),
        ("owner", "assistant", 200),
        ("owner", "member", 200),
        ("assistant", "owner", 403),
        ("assistant", "member", 200),
        ("member", "owner", 403),
        ("member", "assistant", 403),
        ("member", "invited", 200),
        ("outside", "member", 403),
        // An app that did not create the space is treated as a plain member.
        ("app1", "assistant", 403),
        ("app1", "member", 200),
        // One may always remove oneself.
        ("owner", "owner", 200),
        ("assistant", "assistant", 200),
        ("member", "member", 200),
        ("invited", "invited", 200),
    ] {
        let answer = remove(&space(&json!({})), token, id);
        assert_eq!(answer.status, expected, "{token} {id}: {}", answer.body);
    }
}

/// `permissionSettings.manageMembersAndGroups`: `managersAllowed`, `assistantManagersAllowed`,
/// `membersAllowed`.
#[test]
fn settings_of_a_space_decide_who_adds_and_removes() {
    for bits in 0..8 {
        let allowed = [bits & 1 > 0, bits & 2 > 0, bits & 4 > 0];
        let setting = json!({"managersAllowed": allowed[0], "assistantManagersAllowed": allowed[1],
                             "membersAllowed": allowed[2]});
        let members = json!({"permissionSettings": {"manageMembersAndGroups": setting}});
        let apps = json!({"permissionSettings": {"manageApps": setting}});
        for (token, is_allowed) in ["owner", "assistant", "member"].into_iter().zip(allowed) {
            let expected = if is_allowed { 200 } else { 403 };
            assert_eq!(add(&space(&members), token, "new").status, expected);
            let group = json!({"groupMember": {"name": "groups/g"}});
            let answer = send(&space(&members), token, "POST", "S/members", &group);
            assert_eq!(answer.status, expected);
            assert_eq!(remove(&space(&members), token, "invited").status, expected);
            assert_eq!(remove(&space(&members), token, token).status, 200);
            let server = space(&apps);
            assert_eq!(add(&server, token, "new").status, 200);
            assert_eq!(remove(&server, token, "app").status, expected);
            assert_eq!(remove(&space(&apps), "app1", "app").status, 200);
        }
        let path = "S/members?useAdminAccess=true";
        let body = json!({"member": {"name": "users/new"}});
        let answer = send(&space(&members), "admin", "POST", path, &body);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(Permission::ALL, Permission(true, true, true));
    }
}

/// "When deleting an app membership, requires the `chat.memberships.app` scope and
/// `spaces/{space}/members/app` format." To create a membership for itself, the app "must authenticate
/// as a user".
#[test]
fn calling_app_is_added_by_users_and_removed_by_alias() {
    let server = space(&json!({}));
    let answer = remove(&server, "owner", "app1");
    assert_eq!(answer.status, 400, "{}", answer.body);
    let violation = &answer.json()["error"]["details"][0]["fieldViolations"][0];
    assert_eq!(violation["field"], "name");
    assert_eq!(remove(&server, "app1", "app1").status, 400);
    assert_eq!(remove(&server, "app1", "app").status, 200);
    let own = json!({"member": {"name": "users/app", "type": "BOT"}});
    let create = |token: &str, space: &str| {
        let path = format!("{space}/members");
        send(&server, token, "POST", &path, &own).status
    };
    assert_eq!(create("app1", "S"), 403);
    assert_eq!(create("app1", "OTHER"), 403);
    assert_eq!(create("outside", "S"), 403);
    assert_eq!(create("member", "S"), 200);
    // Admin access never reaches apps.
    for (method, body) in [
        ("GET", Value::Null),
        ("DELETE", Value::Null),
        ("PATCH", json!({"role": "ROLE_MEMBER"})),
    ] {
        let mask = if method == "PATCH" {
            "&updateMask=role"
        } else {
            ""
        };
        let path = format!("S/members/app1?useAdminAccess=true{mask}");
        let answer = send(&server, "admin", method, &path, &body);
        assert_eq!(answer.status, 403, "{method}: {}", answer.body);
    }
}

/// A group can be added to a space of type `SPACE` only (guide on creating members).
#[test]
fn groups_and_direct_messages_accept_few_members() {
    let group = json!({"groupMember": {"name": "groups/g"}});
    for (kind, expected) in [
        ("GROUP_CHAT", [200, 400, 200]),
        ("DIRECT_MESSAGE", [400; 3]),
    ] {
        let server = space(&json!({ "spaceType": kind }));
        let answers = [
            add(&server, "member", "new"),
            send(&server, "member", "POST", "S/members", &group),
            add(&server, "invited", "invited"),
        ];
        for (answer, expected) in answers.iter().zip(expected) {
            assert_eq!(answer.status, expected, "{kind}: {}", answer.body);
            if expected == 400 {
                assert_eq!(answer.json()["error"]["status"], "FAILED_PRECONDITION");
            }
        }
    }
    let answer = send(&space(&json!({})), "member", "POST", "S/members", &group);
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// A person joins a space that they can discover, and no private one.
#[test]
fn people_join_discoverable_spaces() {
    let discoverable = json!({"accessSettings": {"accessState": "DISCOVERABLE"}});
    let audience = json!({"accessSettings": {"audience": "audiences/default"}});
    let private = json!({"accessSettings": {"accessState": "PRIVATE"}});
    // Who manages the members makes no difference.
    let mut closed = discoverable.clone();
    closed["permissionSettings"] = json!({"manageMembersAndGroups": {}});
    for (settings, expected) in [
        (&discoverable, 200),
        (&audience, 200),
        (&closed, 200),
        (&private, 403),
        (&json!({}), 403),
    ] {
        let server = space(settings);
        let answer = add(&server, "outside", "outside");
        assert_eq!(answer.status, expected, "{settings}: {}", answer.body);
        if expected == 200 {
            assert_eq!(answer.json()["state"], "JOINED");
            assert_eq!(add(&server, "outside", "outside").status, 409);
        }
        // It does not permit them to add others.
        assert_eq!(add(&space(settings), "outside", "new").status, 403);
        // An invited person accepts the invitation.
        let server = space(settings);
        let answer = add(&server, "invited", "invited");
        assert_eq!(answer.json()["state"], "JOINED", "{}", answer.body);
        assert_eq!(add(&server, "invited", "invited").status, 409);
    }
    // Others cannot accept it.
    assert_eq!(add(&space(&discoverable), "owner", "invited").status, 409);
}

/// "Space owners and managers can restrict who can see the member list."
#[test]
fn member_list_can_be_restricted_to_managers() {
    let managers = json!({"managersAllowed": true, "assistantManagersAllowed": true});
    let server = space(&json!({"permissionSettings": {"viewSpaceMembership": managers}}));
    let list = |token: &str| send(&server, token, "GET", "S/members", &Value::Null);
    for (token, expected) in [
        ("owner", 200),
        ("assistant", 200),
        ("member", 403),
        ("invited", 403),
        ("outside", 403),
    ] {
        let answer = list(token);
        assert_eq!(answer.status, expected, "{token}: {}", answer.body);
    }
    let answer = list("app1");
    assert_eq!((answer.status, answer.json()), (200, json!({})));
    let path = "S/members?useAdminAccess=true&filter=member.type+%3D+%22HUMAN%22";
    let answer = send(&server, "admin", "GET", path, &Value::Null);
    assert_eq!(
        answer.json()["memberships"].as_array().map(Vec::len),
        Some(4)
    );
    // Each role has its own flag.
    for (flag, expected) in [
        ("managersAllowed", [200, 403, 403]),
        ("assistantManagersAllowed", [403, 200, 403]),
        ("membersAllowed", [403, 403, 200]),
    ] {
        let setting = json!({"viewSpaceMembership": {flag: true}});
        let server = space(&json!({ "permissionSettings": setting }));
        for (token, expected) in ["owner", "assistant", "member"].into_iter().zip(expected) {
            let answer = send(&server, token, "GET", "S/members", &Value::Null);
            assert_eq!(answer.status, expected, "{flag} {token}: {}", answer.body);
        }
    }
}

/// A caller is found by their name. The key of a membership says nothing about who it is.
#[test]
fn members_are_found_by_name_before_key() {
    let member = |key: &str, id: &str, role: &str| {
        json!({"name": format!("spaces/S/members/{key}"), "role": role, "state": "JOINED",
               "member": {"name": format!("users/{id}"), "type": "HUMAN"}})
    };
    let caller = |id: &str| json!({"token": id, "user": format!("users/{id}"), "scopes": ["chat.memberships"]});
    let seed = json!({
        "lenient": true,
        "spaces": [{"name": "spaces/S"}],
        "memberships": [
            member("7", "8", "ROLE_MANAGER"),
            member("8", "7", "ROLE_MEMBER"),
            member("x", "9", "ROLE_MEMBER"),
        ],
        "callers": [caller("7"), caller("8")],
    });
    let server = serve(&seed);
    let role = json!({"role": "ROLE_ASSISTANT_MANAGER"});
    let patch = |token: &str| {
        send(
            &server,
            token,
            "PATCH",
            "S/members/9?updateMask=role",
            &role,
        )
    };
    assert_eq!(patch("7").status, 403);
    assert_eq!(patch("8").status, 200);
    for (asked, user) in [
        ("7", "users/7"),
        ("8", "users/8"),
        ("9", "users/9"),
        ("x", "users/9"),
    ] {
        let path = format!("S/members/{asked}");
        let found = send(&server, "7", "GET", &path, &Value::Null).json();
        assert_eq!(found["member"]["name"], user);
    }
    assert_eq!(add(&server, "8", "9").status, 409);
    // Another user cannot get the key of a membership that exists.
    assert_eq!(add(&server, "8", "x").status, 409);
    // The others are still found after one has left and joined again, with a key of its own.
    assert_eq!(remove(&server, "8", "9").status, 200);
    assert_eq!(add(&server, "8", "x").status, 200);
    assert_eq!(add(&server, "8", "9").json()["name"], "spaces/S/members/9");
    for id in ["7", "8", "9", "x"] {
        let path = format!("S/members/{id}");
        let found = send(&server, "7", "GET", &path, &Value::Null).json();
        assert_eq!(found["member"]["name"], format!("users/{id}"));
    }
}
