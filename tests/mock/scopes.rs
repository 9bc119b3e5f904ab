//! The reference's table of scopes, cell by cell: every method, with every kind of caller and each
//! single scope.
//!
//! The tables are written by hand, with one line per scope. Their columns are the requests:
//!
//! 1. create a person's membership
//! 2. create the calling app's own
//! 3. delete a person's
//! 4. delete the calling app's own
//! 5. get
//! 6. list
//! 7. patch
//!
//! `x` is success, `s` is 403 for a missing scope, `d` is 403 for another reason, `t` is 401.

use serde_json::{Value, json};

use super::http::{Answer, Request};
use super::serve;

/// A caller, and whether they use admin access.
#[derive(Clone, Copy, Debug)]
enum Caller {
    /// A member who manages the space.
    User,
    /// A member from outside the organization.
    Outsider,
    /// A person who is not in the space.
    Stranger,
    /// An administrator.
    Administrator { admin_access: bool },
    /// A member who uses admin access without being an administrator.
    Pretender,
    /// The app that created the space.
    App { admin_access: bool },
    /// An app in a space that a person created.
    Guest,
    /// A client with an unknown token or none.
    Unauthenticated { has_token: bool },
}

/// The scopes in the order of the tables' lines; the last line is for no scope.
const SCOPES: [&str; 10] = [
    "chat.memberships",
    "chat.memberships.readonly",
    "chat.memberships.app",
    "chat.import",
    "chat.app.memberships",
    "chat.bot",
    "chat.admin.memberships",
    "chat.admin.memberships.readonly",
    "https://www.googleapis.com/auth/drive",
    "",
];

/// A seed with two spaces: the app is in `WITH`, but not in `WITHOUT`.
fn seed(caller: Caller, scope: &str, imports: bool) -> Value {
    let member = |space: &str, id: &str, role: &str, kind: &str| {
        json!({"name": format!("spaces/{space}/members/{id}"), "role": role, "state": "JOINED",
               "member": {"name": format!("users/{id}"), "type": kind}})
    };
    let creator = match caller {
        Caller::App { .. } => "users/app1",
        _ => "users/manager",
    };
    let space = |name: &str| json!({"name": name, "importMode": imports, "creator": creator});
    let mut memberships = Vec::new();
    for space in ["WITH", "WITHOUT"] {
        memberships.extend([
            member(space, "manager", "ROLE_MANAGER", "HUMAN"),
            member(space, "plain", "ROLE_MEMBER", "HUMAN"),
            member(space, "outsider", "ROLE_MEMBER", "HUMAN"),
        ]);
    }
    memberships.push(member("WITH", "app1", "ROLE_MEMBER", "BOT"));
    let scopes: Vec<&str> = Some(scope)
        .filter(|scope| !scope.is_empty())
        .into_iter()
        .collect();
    let mut caller = match caller {
        Caller::User | Caller::Unauthenticated { .. } => json!({"user": "users/manager"}),
        Caller::Pretender => json!({"user": "users/plain"}),
        Caller::Outsider => json!({"user": "users/outsider"}),
        Caller::Stranger => json!({"user": "users/stranger"}),
        Caller::Administrator { .. } => json!({"user": "users/admin"}),
        Caller::App { .. } | Caller::Guest => json!({"app": "users/app1"}),
    };
    caller["token"] = json!("token");
    caller["scopes"] = json!(scopes);
    json!({
        "spaces": [space("spaces/WITH"), space("spaces/WITHOUT")],
        "memberships": memberships,
        "users": [
            {"name": "users/admin", "admin": true},
            {"name": "users/outsider", "external": true},
            {"name": "users/stranger"},
            {"name": "users/new"},
        ],
        "callers": [caller],
    })
}

/// Makes the request of a column, on a new server.
fn ask(caller: Caller, scope: &str, imports: bool, column: usize) -> Answer {
    let server = serve(&seed(caller, scope, imports));
    let admin = match caller {
        Caller::Administrator { admin_access: true } | Caller::Pretender => true,
        Caller::App { admin_access } => admin_access,
        _ => false,
    };
    let human = r#"{"member":{"name":"users/new","type":"HUMAN"}}"#;
    let own = r#"{"member":{"name":"users/app","type":"BOT"}}"#;
    let (method, path, query, body) = match column {
        0 => ("POST", "WITH/members", "", human),
        1 => ("POST", "WITHOUT/members", "", own),
        2 => ("DELETE", "WITH/members/plain", "", ""),
        3 => ("DELETE", "WITH/members/app", "", ""),
        4 => ("GET", "WITH/members/plain", "", ""),
        // With admin access, the filter must exclude apps.
        5 if admin => (
            "GET",
            "WITH/members",
            "filter=member.type+%3D+%22HUMAN%22",
            "",
        ),
        5 => ("GET", "WITH/members", "", ""),
        _ => (
            "PATCH",
            "WITH/members/plain",
            "updateMask=role",
            r#"{"role":"ROLE_ASSISTANT_MANAGER"}"#,
        ),
    };
    let admin = if admin { "&useAdminAccess=true" } else { "" };
    let request = Request::new(method, &format!("/v1/spaces/{path}?{query}{admin}")).body(body);
    let request = match caller {
        Caller::Unauthenticated { has_token: false } => request,
        Caller::Unauthenticated { has_token: true } => {
            request.header("authorization", "Bearer unknown")
        }
        _ => request.header("authorization", "Bearer token"),
    };
    request.send(&server)
}

/// Returns the table's letter for a response.
fn cell(answer: &Answer) -> char {
    let json = answer.json();
    let message = json["error"]["message"].as_str().unwrap_or_default();
    match answer.status {
        200 => 'x',
        401 if json["error"]["status"] == "UNAUTHENTICATED" => 't',
        403 if message == "Request had insufficient authentication scopes." => {
            let reason = &json["error"]["details"][0]["reason"];
            assert_eq!(reason, "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
            's'
        }
        403 if message.starts_with("Permission denied to perform the requested action") => 'd',
        _ => '?',
    }
}

fn check(callers: &[Caller], imports: bool, table: [&str; 10]) {
    for &caller in callers {
        for (scope, expected) in SCOPES.into_iter().zip(table) {
            let answers = (0..7).map(|column| ask(caller, scope, imports, column));
            let found: String = answers.map(|answer| cell(&answer)).collect();
            assert_eq!(found, expected, "{caller:?}, {scope}, imports: {imports}");
        }
    }
}

#[test]
fn user_scopes_match_the_reference() {
    let callers = [Caller::User, Caller::Outsider];
    check(
        &callers,
        false,
        [
            "xxxxxxx", // chat.memberships
            "ssssxxs", // chat.memberships.readonly
            "sxsxsss", // chat.memberships.app
            "sssssss", // chat.import
            "sssssss", // chat.app.memberships
            "sssssss", // chat.bot
            "sssssss", // chat.admin.memberships
            "sssssss", // chat.admin.memberships.readonly
            "sssssss", // drive
            "sssssss", // none
        ],
    );
    check(
        &callers[..1],
        true,
        [
            "xxxxxxx", // chat.memberships
            "ssssxxs", // chat.memberships.readonly
            "sxsxsss", // chat.memberships.app
            "xxxxsxx", // chat.import
            "sssssss", // chat.app.memberships
            "sssssss", // chat.bot
            "sssssss", // chat.admin.memberships
            "sssssss", // chat.admin.memberships.readonly
            "sssssss", // drive
            "sssssss", // none
        ],
    );
}

/// A missing scope is reported first.
#[test]
fn people_outside_the_space_are_denied() {
    let callers = [
        Caller::Stranger,
        Caller::Administrator {
            admin_access: false,
        },
    ];
    check(
        &callers,
        false,
        [
            "ddddddd", // chat.memberships
            "ssssdds", // chat.memberships.readonly
            "sdsdsss", // chat.memberships.app
            "sssssss", // chat.import
            "sssssss", // chat.app.memberships
            "sssssss", // chat.bot
            "sssssss", // chat.admin.memberships
            "sssssss", // chat.admin.memberships.readonly
            "sssssss", // drive
            "sssssss", // none
        ],
    );
}

#[test]
fn administrator_scopes_match_the_reference() {
    let administrator = [Caller::Administrator { admin_access: true }];
    check(
        &administrator,
        false,
        [
            "sssssss", // chat.memberships
            "sssssss", // chat.memberships.readonly
            "sssssss", // chat.memberships.app
            "sssssss", // chat.import
            "sssssss", // chat.app.memberships
            "sssssss", // chat.bot
            "xdxdxxx", // chat.admin.memberships
            "ssssxxs", // chat.admin.memberships.readonly
            "sssssss", // drive
            "sssssss", // none
        ],
    );
    check(
        &[Caller::Pretender],
        false,
        [
            "sssssss", // chat.memberships
            "sssssss", // chat.memberships.readonly
            "sssssss", // chat.memberships.app
            "sssssss", // chat.import
            "sssssss", // chat.app.memberships
            "sssssss", // chat.bot
            "ddddddd", // chat.admin.memberships
            "ssssdds", // chat.admin.memberships.readonly
            "sssssss", // drive
            "sssssss", // none
        ],
    );
}

#[test]
fn app_scopes_match_the_reference() {
    let app = Caller::App {
        admin_access: false,
    };
    check(
        &[app],
        false,
        [
            "sssssss", // chat.memberships
            "sssssss", // chat.memberships.readonly
            "sxsxsss", // chat.memberships.app
            "sssssss", // chat.import
            "xdxdxxx", // chat.app.memberships
            "ssssxxs", // chat.bot
            "sssssss", // chat.admin.memberships
            "sssssss", // chat.admin.memberships.readonly
            "sssssss", // drive
            "sssssss", // none
        ],
    );
    // Import mode makes no difference to an app.
    check(
        &[app],
        true,
        [
            "sssssss", // chat.memberships
            "sssssss", // chat.memberships.readonly
            "sxsxsss", // chat.memberships.app
            "sssssss", // chat.import
            "xdxdxxx", // chat.app.memberships
            "ssssxxs", // chat.bot
            "sssssss", // chat.admin.memberships
            "sssssss", // chat.admin.memberships.readonly
            "sssssss", // drive
            "sssssss", // none
        ],
    );
    // An app changes roles only in spaces that it created.
    check(
        &[Caller::Guest],
        false,
        [
            "sssssss", // chat.memberships
            "sssssss", // chat.memberships.readonly
            "sxsxsss", // chat.memberships.app
            "sssssss", // chat.import
            "xdxdxxd", // chat.app.memberships
            "ssssxxs", // chat.bot
            "sssssss", // chat.admin.memberships
            "sssssss", // chat.admin.memberships.readonly
            "sssssss", // drive
            "sssssss", // none
        ],
    );
    // No scope permits admin access to an app.
    let pretender = Caller::App { admin_access: true };
    check(&[pretender], false, ["sssssss"; 10]);
}

#[test]
fn unauthenticated_clients_get_401() {
    let callers = [
        Caller::Unauthenticated { has_token: false },
        Caller::Unauthenticated { has_token: true },
    ];
    check(&callers, false, ["ttttttt"; 10]);
}

#[test]
fn scopes_are_combined() {
    let mut seed = seed(Caller::User, "chat.memberships.readonly", false);
    seed["callers"][0]["scopes"] = json!(["chat.memberships.readonly", "chat.memberships.app"]);
    let status = |method: &str, path: &str| {
        let request = Request::new(method, &format!("/v1/spaces/WITH/members{path}"));
        let request = request.header("authorization", "Bearer token");
        request.send(&serve(&seed)).status
    };
    assert_eq!(status("GET", ""), 200);
    assert_eq!(status("GET", "/plain"), 200);
    assert_eq!(status("DELETE", "/app"), 200);
    assert_eq!(status("DELETE", "/plain"), 403);
}
