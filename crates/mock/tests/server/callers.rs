//! Permissions of callers.

use gchat_filter_mock::{Mock, Server};
use serde_json::{Value, json};

use super::http::Request;
use super::{names, open, seed, serve};

/// A server with callers.
fn guarded() -> Server {
    let mut seed = seed();
    let user = |token: &str, id: &str, scope: &str| json!({"token": token, "user": format!("users/{id}"), "scopes": [scope]});
    let app = |token: &str, id: &str, scope: &str| json!({"token": token, "app": format!("users/{id}"), "scopes": [scope]});
    seed["callers"] = json!([
        user("manager", "1", "chat.memberships"),
        user(
            "member",
            "2",
            "https://www.googleapis.com/auth/chat.memberships"
        ),
        user("reader", "2", "chat.memberships.readonly"),
        user("stranger", "stranger", "chat.memberships"),
        user("other", "2", "https://www.googleapis.com/auth/drive"),
        user("importer", "1", "chat.import"),
        user("own", "2", "chat.memberships.app"),
        user("admin", "1", "chat.admin.memberships"),
        user("no-admin", "2", "chat.admin.memberships"),
        app("bot", "app1", "chat.bot"),
        app("app", "app1", "chat.app.memberships"),
        app("own-app", "app1", "chat.memberships.app"),
        app("foreign", "app9", "chat.bot"),
    ]);
    serve(&seed)
}

#[test]
fn callers_have_the_expected_permissions() {
    const HUMAN: &str = "filter=member.type+%3D+%22HUMAN%22&useAdminAccess=true";
    let role = r#"{"role":"ROLE_MEMBER"}"#;
    let own = r#"{"member":{"name":"users/app","type":"BOT"}}"#;
    let scopes = "Request had insufficient authentication scopes.";
    let denied = "Permission denied to perform";
    let user_only = "This method doesn't support app authentication with a service account. \
                     Authenticate with a user account.";
    let not_admin = "This method doesn't support non-admin user authentication. Authenticate with \
                     an admin account.";
    for (token, method, path, body, expected) in [
        // Reading.
        ("manager", "GET", "A/members", "", ""),
        ("reader", "GET", "A/members", "", ""),
        ("reader", "GET", "A/members/group-g1", "", ""),
        ("reader", "DELETE", "A/members/2", "", scopes),
        (
            "reader",
            "PATCH",
            "A/members/2?updateMask=role",
            role,
            scopes,
        ),
        ("other", "GET", "A/members", "", scopes),
        ("stranger", "GET", "A/members", "", denied),
        ("stranger", "GET", "A/members/1", "", denied),
        (
            "stranger",
            "POST",
            "A/members",
            r#"{"member":{"name":"users/9"}}"#,
            denied,
        ),
        (
            "stranger",
            "GET",
            "X/members",
            "",
            "Requested entity was not found.",
        ),
        ("own", "GET", "A/members", "", scopes),
        // Spaces in import mode.
        ("importer", "GET", "IMPORT/members", "", ""),
        ("importer", "GET", "A/members", "", scopes),
        ("importer", "GET", "IMPORT/members/1", "", scopes),
        (
            "importer",
            "POST",
            "IMPORT/members",
            r#"{"member":{"name":"users/9"}}"#,
            "",
        ),
        // Admin access.
        ("admin", "GET", "A/members", "", scopes),
        ("admin", "GET", &format!("EMPTY/members?{HUMAN}"), "", ""),
        (
            "no-admin",
            "GET",
            &format!("A/members?{HUMAN}"),
            "",
            not_admin,
        ),
        ("manager", "GET", &format!("A/members?{HUMAN}"), "", scopes),
        ("app", "GET", &format!("A/members?{HUMAN}"), "", scopes),
        (
            "admin",
            "DELETE",
            "OURS/members/1?useAdminAccess=true",
            "",
            "",
        ),
        (
            "admin",
            "GET",
            "A/members/app?useAdminAccess=true",
            "",
            denied,
        ),
        ("admin", "GET", "A/members/2?useAdminAccess=true", "", ""),
        // Apps.
        ("bot", "GET", "A/members", "", ""),
        ("bot", "GET", "A/members?showGroups=true", "", user_only),
        ("bot", "GET", "A/members?showInvited=true", "", user_only),
        ("bot", "GET", "A/members/app", "", ""),
        ("bot", "GET", "A/members/group-g1", "", user_only),
        ("bot", "GET", "CHAT/members", "", denied),
        ("foreign", "GET", "A/members", "", denied),
        (
            "bot",
            "POST",
            "A/members",
            r#"{"member":{"name":"users/9"}}"#,
            scopes,
        ),
        ("bot", "DELETE", "A/members/2", "", scopes),
        (
            "app",
            "POST",
            "A/members",
            r#"{"member":{"name":"users/9"}}"#,
            "",
        ),
        (
            "app",
            "POST",
            "A/members",
            r#"{"member":{"name":"users/out"}}"#,
            denied,
        ),
        (
            "app",
            "POST",
            "A/members",
            r#"{"groupMember":{"name":"groups/n"}}"#,
            user_only,
        ),
        ("app", "POST", "OURS/members", own, user_only),
        ("app", "DELETE", "A/members/2", "", ""),
        ("app", "DELETE", "A/members/app", "", scopes),
        ("app", "DELETE", "A/members/app2", "", denied),
        ("app", "DELETE", "A/members/group-g1", "", user_only),
        ("app", "DELETE", "A/members/1", "", denied),
        ("app", "DELETE", "OURS/members/1", "", ""),
        ("app", "PATCH", "OURS/members/1?updateMask=role", role, ""),
        ("app", "PATCH", "A/members/2?updateMask=role", role, denied),
        (
            "bot",
            "PATCH",
            "OURS/members/1?updateMask=role",
            role,
            scopes,
        ),
        // The app's own membership, with the scope for it.
        ("own-app", "DELETE", "A/members/app", "", ""),
        ("own-app", "POST", "CHAT/members", own, scopes),
        ("own-app", "DELETE", "A/members/2", "", scopes),
        ("own", "DELETE", "A/members/app", "", ""),
        ("own", "POST", "CHAT/members", own, ""),
        (
            "own",
            "POST",
            "CHAT/members",
            r#"{"member":{"name":"users/9"}}"#,
            scopes,
        ),
        // Only managers remove managers.
        ("member", "DELETE", "OURS/members/1", "", ""),
        ("member", "DELETE", "A/members/1", "", denied),
        ("member", "DELETE", "A/members/3", "", ""),
        ("manager", "DELETE", "OURS/members/2", "", ""),
    ] {
        // A new server for each, so that they are independent.
        let server = guarded();
        let request = Request::new(method, &format!("/v1/spaces/{path}"))
            .header("authorization", &format!("Bearer {token}"));
        let answer = request.body(body).send(&server);
        let message = answer.json()["error"]["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(
            message.starts_with(expected) && message.is_empty() == expected.is_empty(),
            "{token} {method} {path}: {}",
            answer.body
        );
        if message == scopes {
            let detail = &answer.json()["error"]["details"][0];
            assert_eq!(detail["reason"], "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
            let name = match (method, path.contains("members/")) {
                ("POST", _) => "CreateMembership",
                ("DELETE", _) => "DeleteMembership",
                ("PATCH", _) => "UpdateMembership",
                (_, true) => "GetMembership",
                _ => "ListMemberships",
            };
            let called = format!("google.chat.v1.ChatService.{name}");
            let metadata = json!({"service": "chat.googleapis.com", "method": called});
            assert_eq!(detail["metadata"], metadata);
        }
    }
    // App authentication excludes apps, including the caller.
    let server = guarded();
    let list = Request::get("/v1/spaces/A/members").header("authorization", "Bearer bot");
    assert_eq!(names(&list.send(&server)), ["1", "2"]);
}

/// Not even as the name of a parameter, or in the server's debug output.
#[test]
fn tokens_are_not_echoed() {
    let server = guarded();
    for (query, is_token) in [
        ("manager=1", true),
        ("xmanagerx=1", true),
        ("pageSize=-1&man%61ger", true),
        ("manage=1", false),
    ] {
        let request = Request::get(&format!("/v1/spaces/A/members?{query}"));
        let answer = request
            .header("authorization", "Bearer manager")
            .send(&server);
        assert_eq!(answer.status, 400);
        assert_eq!(answer.body.contains("(token)"), is_token, "{}", answer.body);
        assert!(!answer.body.contains("manager"), "{}", answer.body);
    }
    // A field of the body is not a parameter.
    let body = r#"{"manager":1}"#;
    let request = Request::new("POST", "/v1/spaces/A/members").body(body);
    let answer = request
        .header("authorization", "Bearer manager")
        .send(&server);
    assert!(
        answer.body.contains("Unknown name \\\"manager\\\""),
        "{}",
        answer.body
    );
    let mut seed = seed();
    seed["callers"] = json!([{"token": "SECRET", "app": "users/app9", "scopes": ["chat.bot"]}]);
    let debug = format!("{:?}", Mock::from_json(&seed.to_string()).unwrap());
    assert!(debug.contains("app9") && debug.contains("Bot"), "{debug}");
    assert!(!debug.contains("SECRET"), "{debug}");
}

#[test]
fn requires_token_only_with_callers() {
    let asks = |seed: &Value| {
        Mock::from_json(&seed.to_string())
            .unwrap()
            .asks_for_tokens()
    };
    let mut with_caller = seed();
    with_caller["callers"] = json!([{"token": "t", "user": "users/1"}]);
    assert_eq!((asks(&seed()), asks(&with_caller)), (false, true));
    let path = "/v1/spaces/A/members";
    assert_eq!(Request::get(path).send(&open()).status, 200);
    let server = guarded();
    for request in [
        Request::get(path),
        Request::get(path).header("authorization", "Bearer nobody"),
        Request::get(path).header("authorization", "Basic manager"),
        Request::get("/v1/spaces/A/members?access_token=nobody"),
    ] {
        let answer = request.send(&server);
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json()["error"]["status"], "UNAUTHENTICATED");
        let link = "See https://developers.google.com/identity/sign-in/web/devconsole-project.";
        let message = answer.json()["error"]["message"].clone();
        assert!(message.as_str().unwrap().ends_with(link), "{message}");
        assert!(answer.header("www-authenticate").is_some());
    }
    for query in ["access_token=manager", "oauth_token=manager"] {
        let path = format!("/v1/spaces/A/members?{query}");
        assert_eq!(Request::get(&path).send(&server).status, 200);
    }
    let answer = Request::get(path)
        .header("authorization", "bearer manager")
        .send(&server);
    assert_eq!(answer.status, 200);
}

/// In a capture of a sibling method, a missing space is 403.
#[test]
fn missing_spaces_can_be_denied() {
    let mut seed = seed();
    for (missing, expected) in [("404", 404), ("403", 403)] {
        seed["missing"] = json!(missing);
        let server = serve(&seed);
        for path in ["X/members", "X/members/1"] {
            let answer = Request::get(&format!("/v1/spaces/{path}")).send(&server);
            assert_eq!(answer.status, expected, "{path}: {}", answer.body);
        }
        let answer = Request::get("/v1/spaces/A/members/9").send(&server);
        assert_eq!(answer.status, 404);
    }
}

/// The response to a project without a configured Chat app.
#[test]
fn chat_app_can_be_missing() {
    let mut seed = seed();
    seed["faults"] = json!([{"path": "*", "fault": "app-not-found", "times": 1}]);
    let server = serve(&seed);
    let answer = Request::get("/v1/spaces/A/members").send(&server);
    assert_eq!(answer.status, 404);
    let error = &answer.json()["error"];
    assert_eq!(error["status"], "NOT_FOUND");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.starts_with("Google Chat app not found. "),
        "{message}"
    );
    assert_eq!(
        Request::get("/v1/spaces/A/members").send(&server).status,
        200
    );
}

/// Unknown parameters and invalid enum values have the live service's messages.
#[test]
fn messages_are_those_of_the_service() {
    let server = open();
    let answer = Request::get("/v1/spaces/A/members?foo=1").send(&server);
    assert_eq!(
        answer.json()["error"]["message"],
        "Invalid JSON payload received. Unknown name \"foo\": Cannot bind query parameter. Field \
         'foo' could not be found in request message."
    );
    let request = Request::new("PATCH", "/v1/spaces/A/members/2?updateMask=role");
    let answer = request.body(r#"{"role":"X"}"#).send(&server);
    assert_eq!(
        answer.json()["error"]["message"],
        "Invalid value at 'membership.role' \
         (type.googleapis.com/google.chat.v1.Membership.MembershipRole), \"X\""
    );
}
