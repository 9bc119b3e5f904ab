//! The mock server over HTTP: behavior that a client of `spaces.members` can observe.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "tests fail by panicking, and their tables are long"
)]

mod attacks;
mod callers;
mod clock;
mod control;
mod embedded;
mod faults;
#[cfg(feature = "grpc")]
mod grpc;
mod hostile;
#[path = "../http/mod.rs"]
mod http;
mod manual;
#[cfg(feature = "grpc")]
#[path = "../messages/mod.rs"]
mod messages;
mod methods;
mod people;
mod permissions;
mod properties;
mod reference;
mod scopes;
mod seeds;
mod server;
mod web;
mod wire;

use gchat_filter_mock::{Mock, Server};
use http::{Answer, Request};
use serde_json::{Value, json};

impl Request {
    fn send(self, server: &Server) -> Answer {
        self.send_to(server.address())
    }
}

/// A seed with several spaces. `spaces/A` has a manager, a member, an invited and a former member,
/// two apps and a group.
fn seed() -> Value {
    let person = |space: &str, id: &str, role: &str, state: &str| {
        json!({"name": format!("spaces/{space}/members/{id}"), "role": role, "state": state,
               "member": {"name": format!("users/{id}"), "type": "HUMAN"}})
    };
    let app = |space: &str, id: &str| {
        json!({"name": format!("spaces/{space}/members/{id}"), "role": "ROLE_MEMBER",
               "member": {"name": format!("users/{id}"), "type": "BOT"}})
    };
    let group = json!({"name": "spaces/A/members/group-g1", "groupMember": {"name": "groups/g1"}});
    json!({
        "spaces": [
            {"name": "spaces/A", "spaceType": "SPACE", "creator": "users/1"},
            {"name": "spaces/CHAT", "spaceType": "GROUP_CHAT", "creator": "users/1"},
            {"name": "spaces/IMPORT", "importMode": true, "creator": "users/1"},
            {"name": "spaces/OURS", "creator": "users/app1"},
            {"name": "spaces/EMPTY"},
        ],
        "memberships": [
            person("A", "1", "ROLE_MANAGER", "JOINED"),
            person("A", "2", "ROLE_MEMBER", "JOINED"),
            person("A", "3", "ROLE_MEMBER", "INVITED"),
            person("A", "4", "ROLE_MEMBER", "NOT_A_MEMBER"),
            app("A", "app1"),
            app("A", "app2"),
            group,
            person("CHAT", "1", "ROLE_MEMBER", "JOINED"),
            person("CHAT", "2", "ROLE_MEMBER", "JOINED"),
            person("IMPORT", "1", "ROLE_MANAGER", "JOINED"),
            person("OURS", "1", "ROLE_MANAGER", "JOINED"),
            person("OURS", "2", "ROLE_MANAGER", "JOINED"),
        ],
        "users": [
            {"name": "users/1", "email": "ada@example.com", "displayName": "Ada", "admin": true},
            {"name": "users/2", "email": "Grace+x@Example.com"},
            {"name": "users/shy", "email": "shy@example.com", "autoAccept": false},
            {"name": "users/out", "email": "out@example.org", "external": true},
            {"name": "users/stranger"},
        ],
    })
}

fn serve(seed: &Value) -> Server {
    Mock::from_json(&seed.to_string()).unwrap().serve().unwrap()
}

/// A server without callers, which permits every request.
fn open() -> Server {
    serve(&seed())
}

fn names(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let memberships = json["memberships"].as_array().cloned().unwrap_or_default();
    let names = memberships
        .iter()
        .map(|m| m["name"].as_str().unwrap().to_owned());
    names
        .map(|name| name.rsplit('/').next().unwrap().to_owned())
        .collect()
}
