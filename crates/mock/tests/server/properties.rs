//! Properties that hold for any requests.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::http::Request;
use super::{seed, serve};
use oracle::rules::{self, Authentication, Caller, Refusal, Role, Scope, Space, Standing, Target};

/// A change of a space by one of its members.
#[derive(Clone, Debug)]
enum Act {
    Create(String),
    Patch(String, Role),
    Delete(String),
}

const PEOPLE: [&str; 5] = ["1", "2", "3", "4", "5"];

fn any_act() -> impl Strategy<Value = Act> {
    let member = || prop::sample::select(&PEOPLE[..]).prop_map(str::to_owned);
    prop_oneof![
        member().prop_map(Act::Create),
        (member(), prop::sample::select(&Role::ALL[..]))
            .prop_map(|(member, role)| Act::Patch(member, role)),
        member().prop_map(Act::Delete),
    ]
}

/// A seed in which every person is a caller, and two are in the space.
fn seed_of_callers() -> serde_json::Value {
    let member = |id: &str, role: Role| {
        json!({"name": format!("spaces/A/members/{id}"), "role": role.name(), "state": "JOINED",
               "member": {"name": format!("users/{id}"), "type": "HUMAN"}})
    };
    let caller = |id: &&str| {
        json!({"token": id, "user": format!("users/{id}"),
               "scopes": ["chat.memberships", "chat.admin.memberships"]})
    };
    let callers: Vec<_> = PEOPLE.iter().chain(&["admin"]).map(caller).collect();
    let users: Vec<_> = PEOPLE
        .iter()
        .map(|id| json!({"name": format!("users/{id}")}))
        .collect();
    let mut seed = json!({
        "spaces": [{"name": "spaces/A"}],
        "memberships": [member("1", Role::Manager), member("2", Role::Member)],
        "users": users,
        "callers": callers,
    });
    let admin = json!({"name": "users/admin", "admin": true});
    seed["users"].as_array_mut().unwrap().push(admin);
    seed
}

/// Returns the standing of a person with a role.
fn standing(role: Option<&Role>) -> Standing {
    let target = Target::person(role.copied().unwrap_or(Role::None));
    Standing::of(target.kind, target.state, target.role)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The rules predict every response. The members and their roles are those that were
    /// acknowledged, and one is always a manager.
    #[test]
    fn rules_predict_every_change(
        acts in prop::collection::vec((prop::sample::select(&PEOPLE[..]), any_act()), 1..32),
    ) {
        let server = serve(&seed_of_callers());
        let mut members = BTreeMap::from([
            ("1".to_owned(), Role::Manager),
            ("2".to_owned(), Role::Member),
        ]);
        for (who, act) in acts {
            let caller = Caller {
                authentication: Authentication::User,
                scopes: &[Scope::Memberships],
                is_administrator: false,
                admin_access: false,
                is_unrestricted: false,
                standing: standing(members.get(who)),
                is_creator: false,
                is_external: false,
            };
            let space = Space {
                owners: members.values().filter(|role| **role == Role::Manager).count(),
                ..Space::PLAIN
            };
            let target = |member: &String| Target {
                is_self: member == who,
                ..Target::person(members.get(member).copied().unwrap_or(Role::None))
            };
            let path = |member: &String| format!("/v1/spaces/A/members/{member}");
            let (request, expected) = match &act {
                Act::Create(member) => (
                    Request::new("POST", "/v1/spaces/A/members")
                        .body(&json!({"member": {"name": format!("users/{member}")}}).to_string()),
                    rules::create(&caller, &space, target(member), true).map(drop),
                ),
                Act::Patch(member, role) => (
                    Request::new("PATCH", &format!("{}?updateMask=role", path(member)))
                        .body(&json!({ "role": role.name() }).to_string()),
                    rules::patch(&caller, &space, target(member), *role),
                ),
                Act::Delete(member) => (
                    Request::new("DELETE", &path(member)),
                    rules::delete(&caller, &space, target(member)),
                ),
            };
            let request = request.header("authorization", &format!("Bearer {who}"));
            let answer = request.send(&server);
            let status = expected.map_or_else(Refusal::http, |()| 200);
            prop_assert_eq!(answer.status, status, "{} {:?}: {}", who, &act, &answer.body);
            if expected.is_ok() {
                match act {
                    Act::Create(member) => {
                        members.insert(member, Role::Member);
                    }
                    Act::Patch(member, role) => {
                        members.insert(member, role);
                    }
                    Act::Delete(member) => {
                        members.remove(&member);
                    }
                }
            }
            let people =
                "/v1/spaces/A/members?filter=member.type+%3D+%22HUMAN%22&useAdminAccess=true";
            let listed = Request::get(people).header("authorization", "Bearer admin");
            let listed = listed.send(&server).json();
            let listed = listed["memberships"].as_array().unwrap().iter().map(|membership| {
                let name = membership["name"].as_str().unwrap();
                let id = name.rsplit('/').next().unwrap().to_owned();
                (id, Role::of(membership["role"].as_str().unwrap()))
            });
            prop_assert_eq!(listed.collect::<BTreeMap<_, _>>(), members.clone());
            prop_assert!(members.values().any(|role| *role == Role::Manager));
        }
    }

    /// Every response is JSON, and none is a server error.
    #[test]
    fn every_request_gets_a_response(
        method in prop_oneof![Just("GET"), Just("POST"), Just("PATCH"), Just("DELETE"), Just("PUT")],
        path in prop_oneof![
            "/v1/spaces/A/members(/[!-~&&[^#? ]]{0,8})?",
            "/v1(/[a-zA-Z0-9%+.@-]{0,6}){0,6}",
            "[!-~&&[^#? ]]{0,16}",
        ],
        query in "(([a-zA-Z$.]{0,8}|pageSize|filter|updateMask|fields|alt)=[!-~&&[^#]]{0,12}&){0,4}",
        body in prop_oneof![
            ".{0,24}",
            r#"\{"(member|role|groupMember|state|x)":("[a-zA-Z/]{0,9}"|[0-9]{1,12}|null|\{"name":"users/[a-z1-9@]{0,4}"\})\}"#,
        ],
        override_ in prop::option::of(prop_oneof![Just("GET"), Just("PATCH"), Just("B@D"), Just("")]),
    ) {
        let server = serve(&seed());
        let mut request = Request::new(method, &format!("/{path}?{query}")).body(&body);
        if let Some(name) = override_ {
            request = request.header("x-http-method-override", name);
        }
        // If a handler panics, the connection is closed without a response.
        let answer = request.try_send_to(server.address());
        let answer = answer.map_err(|error| TestCaseError::fail(error.to_string()))?;
        let is_page = answer
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html"));
        prop_assert!(!is_page || path.is_empty(), "{path}");
        // hyper rejects an invalid URI, without a body.
        if !(is_page || answer.body.is_empty()) {
            let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            prop_assert!(answer.status < 500, "{}", answer.body);
            prop_assert_eq!(answer.status >= 400, json["error"]["code"] == answer.status);
            prop_assert!(answer.header("content-type").unwrap().starts_with("application/json"));
        }
    }
}
