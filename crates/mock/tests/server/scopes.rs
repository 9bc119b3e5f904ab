//! The reference's table of scopes, cell by cell: every method, with every kind of caller and each
//! single scope. The expected responses are those of the shared rules.
//!
//! The columns are the requests:
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

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::http::{Answer, Request};
use super::serve;
use oracle::rules::{
    self, Authentication, Kind, Method, Refusal, Role, Scope, Space, Standing, State, Target,
};

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

impl Caller {
    fn uses_admin_access(self) -> bool {
        match self {
            Self::Administrator { admin_access } | Self::App { admin_access } => admin_access,
            Self::Pretender => true,
            _ => false,
        }
    }
}

/// The scopes; the last one is none.
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
    let admin = caller.uses_admin_access();
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
        403 if message.starts_with("This method doesn't support ") => 'd',
        _ => '?',
    }
}

/// Returns the letter that the rules give to the request of a column.
fn expected(caller: Caller, scope: &str, imports: bool, column: usize) -> char {
    if matches!(caller, Caller::Unauthenticated { .. }) {
        return 't';
    }
    let scopes: Vec<Scope> = Scope::ALL
        .into_iter()
        .filter(|s| s.name() == scope)
        .collect();
    let is_app = matches!(caller, Caller::App { .. } | Caller::Guest);
    let rules_caller = rules::Caller {
        authentication: if is_app {
            Authentication::App
        } else {
            Authentication::User
        },
        scopes: &scopes,
        is_administrator: matches!(caller, Caller::Administrator { .. }),
        admin_access: caller.uses_admin_access(),
        is_unrestricted: false,
        standing: match caller {
            Caller::User => Standing::Owner,
            Caller::Outsider | Caller::Pretender => Standing::Member,
            // The app is in one of the spaces only.
            Caller::App { .. } | Caller::Guest if column != 1 => Standing::Member,
            _ => Standing::Outside,
        },
        is_creator: matches!(caller, Caller::App { .. }),
        is_external: matches!(caller, Caller::Outsider),
    };
    let space = Space {
        imports,
        ..Space::PLAIN
    };
    let plain = Target {
        is_self: matches!(caller, Caller::Pretender),
        ..Target::person(Role::Member)
    };
    let app = |state| Target {
        kind: Kind::CallingApp,
        state,
        role: Role::Member,
        by_alias: true,
        ..Target::person(Role::Member)
    };
    let method = match column {
        0 | 1 => Method::Create,
        2 | 3 => Method::Delete,
        4 => Method::Get,
        5 => Method::List,
        _ => Method::Patch,
    };
    let (c, s) = (&rules_caller, &space);
    let result = c.may_call(method).and_then(|()| match column {
        0 => rules::create(c, s, Target::person(Role::None), true).map(drop),
        1 => rules::create(c, s, app(State::Absent), true).map(drop),
        2 => rules::delete(c, s, plain),
        3 => rules::delete(c, s, app(State::Joined)),
        4 => rules::get(c, s, plain),
        5 => rules::list(c, s).map(drop),
        _ => rules::patch(c, s, plain, Role::AssistantManager),
    });
    match result {
        Ok(()) => 'x',
        Err(Refusal::Scope) => 's',
        Err(Refusal::Denied) => 'd',
        Err(_) => '?',
    }
}

const CALLERS: [Caller; 11] = [
    Caller::User,
    Caller::Outsider,
    Caller::Stranger,
    Caller::Administrator {
        admin_access: false,
    },
    Caller::Administrator { admin_access: true },
    Caller::Pretender,
    Caller::App {
        admin_access: false,
    },
    Caller::App { admin_access: true },
    Caller::Guest,
    Caller::Unauthenticated { has_token: false },
    Caller::Unauthenticated { has_token: true },
];

/// Every method, caller and single scope, in ordinary spaces and in import mode.
#[test]
fn callers_have_the_scopes_of_the_reference() {
    let mut found_letters = BTreeSet::new();
    for (caller, scope) in CALLERS.into_iter().flat_map(|c| SCOPES.map(|s| (c, s))) {
        for imports in [false, true] {
            let answers = (0..7).map(|column| ask(caller, scope, imports, column));
            let found: String = answers.map(|answer| cell(&answer)).collect();
            let expected = (0..7).map(|column| expected(caller, scope, imports, column));
            let expected: String = expected.collect();
            assert_eq!(found, expected, "{caller:?}, {scope}, imports: {imports}");
            found_letters.extend(found.chars());
        }
    }
    assert_eq!(found_letters, BTreeSet::from(['d', 's', 't', 'x']));
}

/// A few cells of the reference's table, by hand, so that an error in the shared rules is noticed.
#[test]
fn shared_rules_agree_with_the_reference() {
    let administrator = Caller::Administrator { admin_access: true };
    let app = Caller::App {
        admin_access: false,
    };
    for (caller, scope, row) in [
        (Caller::User, "chat.memberships", "xsxsxxx"),
        (Caller::User, "chat.memberships.readonly", "ssssxxs"),
        (Caller::User, "chat.memberships.app", "sxsxsss"),
        (Caller::User, "chat.app.memberships", "sssssss"),
        (Caller::Outsider, "chat.memberships", "ddxsxxd"),
        (Caller::Stranger, "chat.memberships", "ddddddd"),
        (Caller::Stranger, "chat.memberships.readonly", "ssssdds"),
        (administrator, "chat.admin.memberships", "xdxdxxx"),
        (administrator, "chat.admin.memberships.readonly", "ssssxxs"),
        (administrator, "chat.memberships", "sssssss"),
        (Caller::Pretender, "chat.admin.memberships", "ddddddd"),
        (app, "chat.app.memberships", "xdxsxxx"),
        (app, "chat.memberships.app", "sssxsss"),
        (app, "chat.bot", "ssssxxs"),
        (Caller::Guest, "chat.app.memberships", "xdxsxxd"),
        (Caller::Guest, "chat.memberships", "sssssss"),
    ] {
        let found: String = (0..7)
            .map(|column| expected(caller, scope, false, column))
            .collect();
        assert_eq!(found, row, "{caller:?}, {scope}");
    }
    let found: String = (0..7)
        .map(|column| expected(Caller::User, "chat.import", true, column))
        .collect();
    assert_eq!(found, "xsxssxx");
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
