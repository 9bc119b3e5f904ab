//! The reference's table of scopes, cell by cell: every method, by every kind of caller, with each
//! scope alone.
//!
//! The tables are written by hand, one line for a scope. Their columns are what is asked:
//!
//! 1. create a person's membership
//! 2. create the calling app's own
//! 3. delete a person's
//! 4. delete the calling app's own
//! 5. get
//! 6. list
//! 7. patch
//!
//! `x` is done, `s` is 403 for want of a scope, `d` is 403 for another reason, `t` is 401.

use serde_json::{Value, json};

use super::http::{Answer, Request};
use super::serve;

/// Who asks, and how.
#[derive(Clone, Copy, Debug)]
enum Caller {
    /// A member who manages the space.
    User,
    /// A member from outside the organisation.
    Outsider,
    /// Somebody who is not in the space.
    Stranger,
    /// An administrator, with or without saying so.
    Administrator { says_so: bool },
    /// A member who says that they are an administrator.
    Pretender,
    /// The app that created the space.
    App { says_administrator: bool },
    /// An app that is in the space, which a person created.
    Guest,
    /// Nobody: no token, or one that is not known.
    Nobody { has_token: bool },
}

/// The scopes in the order of the tables' lines; the last is none at all.
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

/// With the app in the first space of a kind, and without it in the second.
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
        Caller::User | Caller::Nobody { .. } => json!({"user": "users/manager"}),
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

/// Asks for the n-th of what is asked, on a server of its own.
fn ask(caller: Caller, scope: &str, imports: bool, column: usize) -> Answer {
    let server = serve(&seed(caller, scope, imports));
    let admin = match caller {
        Caller::Administrator { says_so: true } | Caller::Pretender => true,
        Caller::App { says_administrator } => says_administrator,
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
        // With admin access a list must leave the apps out.
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
        Caller::Nobody { has_token: false } => request,
        Caller::Nobody { has_token: true } => request.header("authorization", "Bearer unknown"),
        _ => request.header("authorization", "Bearer token"),
    };
    request.send(&server)
}

/// What an answer comes to, as a table has it.
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
fn people() {
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

/// Who is not in the space may do nothing there, but is told of a missing scope first.
#[test]
fn strangers() {
    let callers = [Caller::Stranger, Caller::Administrator { says_so: false }];
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
fn administrators() {
    let administrator = [Caller::Administrator { says_so: true }];
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
fn apps() {
    let app = Caller::App {
        says_administrator: false,
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
    // Import mode is nothing to an app.
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
    // Roles are changed only in spaces that the app created.
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
    // No scope of an app goes with admin access.
    let pretender = Caller::App {
        says_administrator: true,
    };
    check(&[pretender], false, ["sssssss"; 10]);
}

#[test]
fn nobody() {
    let callers = [
        Caller::Nobody { has_token: false },
        Caller::Nobody { has_token: true },
    ];
    check(&callers, false, ["ttttttt"; 10]);
}

/// Several scopes permit what any of them does.
#[test]
fn two_scopes() {
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
