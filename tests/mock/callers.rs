//! Permissions of callers.

use gchat_filter::mock::Server;
use serde_json::json;

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
fn callers_have_their_permissions() {
    const HUMAN: &str = "filter=member.type+%3D+%22HUMAN%22&useAdminAccess=true";
    let role = r#"{"role":"ROLE_MEMBER"}"#;
    let own = r#"{"member":{"name":"users/app","type":"BOT"}}"#;
    let scopes = "Request had insufficient authentication scopes.";
    let denied = "Permission denied to perform";
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
        ("no-admin", "GET", &format!("A/members?{HUMAN}"), "", denied),
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
        ("bot", "GET", "A/members?showGroups=true", "", denied),
        ("bot", "GET", "A/members?showInvited=true", "", denied),
        ("bot", "GET", "A/members/app", "", ""),
        ("bot", "GET", "A/members/group-g1", "", denied),
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
            denied,
        ),
        ("app", "POST", "OURS/members", own, denied),
        ("app", "DELETE", "A/members/2", "", ""),
        ("app", "DELETE", "A/members/app", "", scopes),
        ("app", "DELETE", "A/members/app2", "", denied),
        ("app", "DELETE", "A/members/group-g1", "", denied),
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
        }
    }
    // App authentication excludes apps, including the caller.
    let server = guarded();
    let list = Request::get("/v1/spaces/A/members").header("authorization", "Bearer bot");
    assert_eq!(names(&list.send(&server)), ["1", "2"]);
}

#[test]
fn requires_token_only_with_callers() {
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
