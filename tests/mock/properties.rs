//! Properties that hold for any requests.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::http::Request;
use super::{open, seed, serve};

/// A change of the space `A` by a client.
#[derive(Clone, Debug)]
enum Act {
    Create(String),
    Patch(String, &'static str),
    Delete(String),
}

fn any_act() -> impl Strategy<Value = Act> {
    let member = || prop_oneof![Just("1"), Just("2"), Just("5"), Just("6")].prop_map(str::to_owned);
    let role = prop_oneof![
        Just("ROLE_MEMBER"),
        Just("ROLE_MANAGER"),
        Just("ROLE_ASSISTANT_MANAGER")
    ];
    prop_oneof![
        member().prop_map(Act::Create),
        (member(), role).prop_map(|(member, role)| Act::Patch(member, role)),
        member().prop_map(Act::Delete),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The members and their roles are those that were acknowledged, and one is always a manager.
    #[test]
    fn acknowledged_changes_determine_the_space(acts in prop::collection::vec(any_act(), 1..24)) {
        let server = open();
        let mut members: BTreeMap<String, String> = BTreeMap::new();
        members.insert("1".to_owned(), "ROLE_MANAGER".to_owned());
        members.insert("2".to_owned(), "ROLE_MEMBER".to_owned());
        for act in acts {
            let managers = members.values().filter(|role| *role == "ROLE_MANAGER").count();
            let is_last = |member: &String| members[member] == "ROLE_MANAGER" && managers == 1;
            let (request, expected) = match &act {
                Act::Create(member) => (
                    Request::new("POST", "/v1/spaces/A/members")
                        .body(&json!({"member": {"name": format!("users/{member}")}}).to_string()),
                    if members.contains_key(member) { 409 } else { 200 },
                ),
                Act::Patch(member, role) => (
                    Request::new("PATCH", &format!("/v1/spaces/A/members/{member}?updateMask=role"))
                        .body(&json!({ "role": role }).to_string()),
                    match members.contains_key(member) {
                        false => 404,
                        true if is_last(member) && *role != "ROLE_MANAGER" => 400,
                        true => 200,
                    },
                ),
                Act::Delete(member) => (
                    Request::new("DELETE", &format!("/v1/spaces/A/members/{member}")),
                    match members.contains_key(member) {
                        false => 404,
                        true if is_last(member) => 400,
                        true => 200,
                    },
                ),
            };
            let answer = request.send(&server);
            prop_assert_eq!(answer.status, expected, "{:?}: {}", &act, &answer.body);
            if expected == 200 {
                match act {
                    Act::Create(member) => {
                        members.insert(member, "ROLE_MEMBER".to_owned());
                    }
                    Act::Patch(member, role) => {
                        members.insert(member, role.to_owned());
                    }
                    Act::Delete(member) => {
                        members.remove(&member);
                    }
                }
            }
            let people = "/v1/spaces/A/members?filter=member.type+%3D+%22HUMAN%22";
            let listed = Request::get(people).send(&server).json();
            let listed = listed["memberships"].as_array().unwrap().iter().map(|membership| {
                let name = membership["name"].as_str().unwrap();
                let id = name.rsplit('/').next().unwrap().to_owned();
                (id, membership["role"].as_str().unwrap().to_owned())
            });
            prop_assert_eq!(listed.collect::<BTreeMap<_, _>>(), members.clone());
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
        let answer = request.try_send_to(server.address());
        // hyper rejects an invalid URI, without a body.
        if let Ok(answer) = answer && !answer.body.is_empty() {
            let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            prop_assert!(answer.status < 500, "{}", answer.body);
            prop_assert_eq!(answer.status >= 400, json["error"]["code"] == answer.status);
            prop_assert!(answer.header("content-type").unwrap().starts_with("application/json"));
        }
    }
}
