//! What a Rust test does with a server of its own.

use gchat_filter::list::{ListMembershipsResponse, RpcCode, Scope, Status};
use gchat_filter::members::{Membership, MembershipRole, User, UserOrGroup, UserType};
use gchat_filter_mock::{
    CallerSeed, Fault, Mock, Permission, SeedBuilder, Server, SpaceSeed, SpaceType, UserSeed,
};
use serde_json::{Value, json};

use super::http::Request;
use super::{open, seed, serve};

const LIST: &str = "/v1/spaces/A/members";

fn ids(server: &Server) -> Vec<String> {
    super::names(&Request::get(LIST).send(server))
}

/// A seed from the builder, and what one would write as JSON, start equal servers.
#[test]
fn built_seeds_are_those_in_json() {
    let managers = Permission {
        managers_allowed: true,
        assistant_managers_allowed: false,
        members_allowed: false,
    };
    let built = SeedBuilder::new()
        .space(
            SpaceSeed::new("spaces/A")
                .creator("users/1")
                .discoverable()
                .internal()
                .manage_members(managers)
                .manage_apps(managers)
                .view_members(Permission::default()),
        )
        .space(SpaceSeed::new("spaces/CHAT").space_type(SpaceType::GroupChat))
        .space(SpaceSeed::new("spaces/IMPORT").import_mode())
        .person("spaces/A", "users/1", MembershipRole::Manager)
        .app("spaces/A", "users/app1")
        .group("spaces/A", "groups/g1")
        .user(
            UserSeed::new("users/1")
                .email("ada@example.com")
                .display_name("Ada")
                .avatar_url("https://example.com/ada.png")
                .admin(),
        )
        .user(UserSeed::new("users/2").invited().external())
        .user(UserSeed::app("users/app1"))
        .caller(CallerSeed::user("t1", "users/1", [Scope::Memberships]))
        .caller(CallerSeed::app("t2", "users/app1", [Scope::Bot]))
        .fault(Fault::new("spaces/SLOW").http_status(503))
        .domain("example.com")
        .calling_app("users/app1")
        .hide_user_details()
        .refuse_unknown_users()
        .deny_missing()
        .now("2026-01-01T00:00:00Z");
    let only_managers = json!({"managersAllowed": true});
    let written = json!({
        "spaces": [
            {"name": "spaces/A", "creator": "users/1", "externalUserAllowed": false,
             "accessSettings": {"accessState": "DISCOVERABLE"},
             "permissionSettings": {"manageMembersAndGroups": only_managers,
                                    "manageApps": only_managers}},
            {"name": "spaces/CHAT", "spaceType": "GROUP_CHAT"},
            {"name": "spaces/IMPORT", "importMode": true},
        ],
        "memberships": [
            {"name": "spaces/A/members/1", "role": "ROLE_MANAGER",
             "member": {"name": "users/1", "type": "HUMAN"}},
            {"name": "spaces/A/members/app1", "role": "ROLE_MEMBER",
             "member": {"name": "users/app1", "type": "BOT"}},
            {"name": "spaces/A/members/group-g1", "groupMember": {"name": "groups/g1"}},
        ],
        "users": [
            {"name": "users/1", "email": "ada@example.com", "displayName": "Ada",
             "avatarUrl": "https://example.com/ada.png", "admin": true},
            {"name": "users/2", "autoAccept": false, "external": true},
            {"name": "users/app1", "type": "BOT"},
        ],
        "callers": [
            {"token": "t1", "user": "users/1", "scopes": ["https://www.googleapis.com/auth/chat.memberships"]},
            {"token": "t2", "app": "users/app1", "scopes": ["https://www.googleapis.com/auth/chat.bot"]},
        ],
        "faults": [{"path": "spaces/SLOW", "status": 503}],
        "domains": ["example.com"],
        "callingApp": "users/app1",
        "userDetails": "none",
        "unknownUsers": "refuse",
        "missing": "403",
        "now": "2026-01-01T00:00:00Z",
    });
    let built = built.mock().unwrap();
    let written = Mock::from_json(&written.to_string()).unwrap();
    assert_eq!(built.to_seed(), written.to_seed());
    // Without spaces, they are taken from the memberships.
    let server = SeedBuilder::new().person("spaces/A", "users/1", MembershipRole::Manager);
    assert_eq!(ids(&server.mock().unwrap().serve().unwrap()), ["1"]);
    assert!(SeedBuilder::new().mock().is_ok());
}

#[test]
fn built_seeds_are_checked() {
    for (seed, expected) in [
        (
            SeedBuilder::new().space("A"),
            "space name: expected `spaces/{space}`",
        ),
        (
            SeedBuilder::new()
                .space("spaces/A")
                .app("spaces/B", "users/1"),
            "unknown space `spaces/B`",
        ),
        (
            SeedBuilder::new().fault(Fault::new("*")),
            "a fault must have a `status`",
        ),
    ] {
        let error = seed.mock().unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn memberships_come_and_go_while_it_runs() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mock.journal");
    let server = Mock::open(&file, Some(&seed().to_string()))
        .unwrap()
        .serve()
        .unwrap();
    let member = |id: &str| Membership {
        name: format!("spaces/A/members/{id}"),
        member: Some(UserOrGroup::User(User {
            name: format!("users/{id}"),
            user_type: UserType::Human,
            ..User::default()
        })),
        ..Membership::default()
    };
    server.add_membership(member("9")).unwrap();
    assert_eq!(ids(&server), ["1", "2", "9", "app1", "app2"]);
    let added = Request::get(&format!("{LIST}/9")).send(&server).json();
    assert_eq!(
        (&added["state"], &added["role"]),
        (&json!("JOINED"), &json!("ROLE_MEMBER"))
    );
    for (membership, expected) in [
        (member("9"), "duplicate membership `spaces/A/members/9`"),
        (
            Membership {
                name: "spaces/X/members/8".to_owned(),
                ..member("8")
            },
            "unknown space `spaces/X`",
        ),
        (Membership::default(), "membership name: "),
    ] {
        let error = server.add_membership(membership).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    // Not even the only manager's permission is needed.
    assert!(server.remove_membership("spaces/A/members/1").unwrap());
    for name in ["spaces/A/members/1", "spaces/X/members/1", "1", ""] {
        assert!(!server.remove_membership(name).unwrap(), "{name}");
    }
    assert_eq!(ids(&server), ["2", "9", "app1", "app2"]);
    server.stop();
    let server = Mock::open(&file, None).unwrap().serve().unwrap();
    assert_eq!(ids(&server), ["2", "9", "app1", "app2"]);
}

#[test]
fn faults_are_removed_by_their_path() {
    let server = open();
    let status = || Request::get(LIST).send(&server).status;
    server
        .add_fault(Fault::new("spaces/A/*").http_status(500))
        .unwrap();
    server
        .add_fault(Fault::new("spaces/A/*").http_status(503))
        .unwrap();
    server
        .add_fault(Fault::new("*").status(RpcCode::ResourceExhausted))
        .unwrap();
    assert_eq!(status(), 500);
    assert_eq!(server.remove_faults("spaces/A/members"), 0);
    assert_eq!(server.remove_faults("spaces/A/*"), 2);
    assert_eq!(status(), 429);
    assert_eq!(server.remove_faults("*"), 1);
    assert_eq!(status(), 200);
}

#[test]
fn stopped_servers_free_their_port() {
    let server = open();
    let address = server.address();
    assert_eq!(server.port(), address.port());
    server.stop();
    assert!(std::net::TcpListener::bind(address).is_ok());
}

#[test]
fn clients_read_responses_as_types() {
    let server = open();
    let answer = Request::get(&format!("{LIST}?pageSize=1")).send(&server);
    let page: ListMembershipsResponse = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(page.memberships[0].role, MembershipRole::Manager);
    assert!(!page.next_page_token.is_empty());
    server
        .add_fault(Fault::new("*").http_status(429).times(1))
        .unwrap();
    let answer = Request::get(LIST).send(&server);
    let status: Status = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(status.code, RpcCode::ResourceExhausted);
    let answer = Request::get(&format!("{LIST}?pageSize=-1")).send(&server);
    let status: Status = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(status.code, RpcCode::InvalidArgument);
    assert_eq!(serde_json::to_value(&status).unwrap(), answer.json());
}

/// The page at `/` says what is served, and its links work.
#[test]
fn front_page_links_to_what_is_served() {
    let server = open();
    let host = server.address().to_string();
    let page = Request::get("/").send(&server);
    assert_eq!(page.status, 200);
    assert!(
        page.header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    let links: Vec<&str> = page.body.split("href=\"/").skip(1).collect();
    assert_eq!(links.len(), 10, "{}", page.body);
    for link in links {
        let path = format!("/{}", link.split_once('"').unwrap().0);
        let answer = Request::with_host("GET", &path, &host).send(&server);
        assert_eq!(answer.status, 200, "{path}");
    }
    let mut guarded = seed();
    guarded["callers"] = json!([{"token": "SECRET", "user": "users/1"}]);
    let page = Request::get("/").send(&serve(&guarded));
    assert!(!page.body.contains("spaces/A") && !page.body.contains("SECRET"));
    // No fault applies to it, and there is no other page.
    server.add_fault(Fault::new("*").http_status(503)).unwrap();
    assert_eq!(Request::get("/").send(&server).status, 200);
    assert_eq!(Request::get("/favicon.ico").send(&server).status, 404);
    assert_eq!(Request::new("POST", "/").send(&server).status, 404);
    // Those of the links to the members of spaces.
    assert_eq!(server.requests().len(), 5);
    // At most 20 spaces are listed.
    let spaces: Vec<Value> = (0..30)
        .map(|n| json!({"name": format!("spaces/{n}")}))
        .collect();
    let page = Request::get("/").send(&serve(&json!({"spaces": spaces})));
    assert_eq!(page.body.matches("/members\"").count(), 20);
}
