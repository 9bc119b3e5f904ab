//! Requests and responses on the wire.

use serde_json::json;

use super::http::Request;
use super::{names, open, serve};

#[test]
fn responses_are_indented_json_without_absent_fields() {
    let server = open();
    let answer = Request::get("/v1/spaces/A/members/1").send(&server);
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("application/json")
    );
    assert_eq!(
        answer.body,
        "{\n  \"name\": \"spaces/A/members/1\",\n  \"state\": \"JOINED\",\n  \"role\": \
         \"ROLE_MANAGER\",\n  \"member\": {\n    \"name\": \"users/1\",\n    \"displayName\": \
         \"Ada\",\n    \"type\": \"HUMAN\",\n    \"email\": \"ada@example.com\"\n  }\n}\n"
    );
    let answer = Request::get("/v1/spaces/EMPTY/members").send(&server);
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}\n"));
}

#[test]
fn list_honors_its_parameters() {
    let server = open();
    for (query, expected) in [
        ("", vec!["1", "2", "app1", "app2"]),
        ("?filter=", vec!["1", "2", "app1", "app2"]),
        (
            "?showGroups=true",
            vec!["1", "2", "app1", "app2", "group-g1"],
        ),
        ("?showInvited=true", vec!["1", "2", "3", "app1", "app2"]),
        ("?filter=role+%3D+%22ROLE_MANAGER%22", vec!["1"]),
        (
            "?filter=role%20=%20%22ROLE_MANAGER%22&showGroups=true",
            vec!["1"],
        ),
        (
            "?filter=member.type+!%3D+%22BOT%22&showGroups=true",
            vec!["1", "2", "group-g1"],
        ),
        (
            "?filter=member.type+!%3D+%22BOT%22&useAdminAccess=true",
            vec!["1", "2"],
        ),
        ("?page_size=3&show_groups=true", vec!["1", "2", "app1"]),
        (
            "?pageSize=5000&$.xgafv=2&key=k&quotaUser=q&callback=&upload_protocol=raw",
            vec!["1", "2", "app1", "app2"],
        ),
    ] {
        let answer = Request::get(&format!("/v1/spaces/A/members{query}")).send(&server);
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        assert_eq!(names(&answer), expected, "{query}");
    }
}

#[test]
fn pages_cover_all_memberships() {
    let server = open();
    let (mut seen, mut token) = (Vec::new(), String::new());
    for turn in 0.. {
        // Clients reorder parameters between pages.
        let query = if turn % 2 == 0 {
            format!("pageToken={token}&pageSize=2&filter=role+%3D+%22ROLE_MEMBER%22")
        } else {
            format!("filter=role%20%3D%20%22ROLE_MEMBER%22&pageSize=2&pageToken={token}")
        };
        let answer = Request::get(&format!("/v1/spaces/A/members?{query}")).send(&server);
        assert_eq!(answer.status, 200, "{}", answer.body);
        seen.extend(names(&answer));
        match answer.json()["nextPageToken"].as_str() {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, ["2", "app1", "app2"]);
}

#[test]
fn errors_name_the_invalid_field() {
    let server = open();
    for (method, path, body, field) in [
        ("GET", "/v1/spaces/A/members?pageSize=-1", "", "pageSize"),
        ("GET", "/v1/spaces/A/members?pageToken=x", "", "pageToken"),
        (
            "GET",
            "/v1/spaces/A/members?filter=role+%3D+OWNER",
            "",
            "filter",
        ),
        (
            "GET",
            "/v1/spaces/A/members?useAdminAccess=true",
            "",
            "filter",
        ),
        ("GET", "/v1/spaces/A/members?orderBy=name", "", "orderBy"),
        ("GET", "/v1/spaces/A/members?alt=media", "", "alt"),
        ("GET", "/v1/spaces/A/members?alt=proto", "", "alt"),
        ("GET", "/v1/spaces/A/members?callback=c", "", "callback"),
        ("GET", "/v1/spaces/A/members?$callback=c", "", "callback"),
        ("GET", "/v1/spaces/A/members?$.xgafv=3", "", "$.xgafv"),
        ("GET", "/v1/spaces/A/members?$fields=name", "", "fields"),
        (
            "GET",
            "/v1/spaces/A/members?showGroups=maybe",
            "",
            "showGroups",
        ),
        ("GET", "/v1/spaces/A/members?fields=members", "", "fields"),
        (
            "GET",
            "/v1/spaces/A/members?fields=memberships/nme",
            "",
            "fields",
        ),
        ("GET", "/v1/spaces/A/members/1?pageSize=1", "", "pageSize"),
        ("GET", "/v1/spaces/A/members/1?fields=nme", "", "fields"),
        // No change is made.
        ("DELETE", "/v1/spaces/A/members/2?fields=nme", "", "fields"),
        (
            "PATCH",
            "/v1/spaces/A/members/2?updateMask=role&fields=member/nme",
            r#"{"role":"ROLE_MANAGER"}"#,
            "fields",
        ),
        (
            "POST",
            "/v1/spaces/A/members?fields=memberships",
            r#"{"member":{"name":"users/9"}}"#,
            "fields",
        ),
        ("GET", "/v1/spaces/A%20B/members", "", "parent"),
        ("GET", "/v1/spaces/%2E%2E/members", "", "parent"),
        (
            "GET",
            "/v1/spaces/A%3FuseAdminAccess=true%23/members",
            "",
            "parent",
        ),
        ("POST", "/v1/spaces/A%25/members", "{}", "parent"),
        ("GET", "/v1/spaces/A/members/a%2Fb", "", "name"),
        ("DELETE", "/v1/spaces/A/members/a%3Fb", "", "name"),
        (
            "POST",
            "/v1/spaces/A/members",
            r#"{"member":{"name":"users/.."}}"#,
            "membership.member.name",
        ),
        (
            "PATCH",
            "/v1/spaces/A/members/2",
            r#"{"role":"ROLE_MEMBER"}"#,
            "updateMask",
        ),
        (
            "PATCH",
            "/v1/spaces/A/members/2?updateMask=state",
            r#"{"role":1}"#,
            "updateMask",
        ),
        (
            "PATCH",
            "/v1/spaces/A/members/2?updateMask=role",
            "{}",
            "membership.role",
        ),
        (
            "PATCH",
            "/v1/spaces/A/members/2?updateMask=role",
            r#"{"role":3}"#,
            "membership.role",
        ),
        (
            "PATCH",
            "/v1/spaces/A/members/group-g1?updateMask=role",
            r#"{"role":1}"#,
            "name",
        ),
        ("POST", "/v1/spaces/A/members", "", "membership.member"),
        (
            "POST",
            "/v1/spaces/A/members",
            r#"{"member":{"name":"9"}}"#,
            "membership.member.name",
        ),
        (
            "POST",
            "/v1/spaces/A/members",
            r#"{"member":{"name":"users/shy","type":"BOT"}}"#,
            "membership.member.type",
        ),
        (
            "POST",
            "/v1/spaces/IMPORT/members",
            r#"{"member":{"name":"users/9"},"createTime":"yesterday"}"#,
            "membership.createTime",
        ),
        (
            "POST",
            "/v1/spaces/A/members",
            r#"{"groupMember":{"name":"g"}}"#,
            "membership.groupMember.name",
        ),
    ] {
        let answer = Request::new(method, path).body(body).send(&server);
        let error = &answer.json()["error"];
        assert_eq!(answer.status, 400, "{method} {path}: {}", answer.body);
        assert_eq!(error["status"], "INVALID_ARGUMENT");
        assert_eq!(error["code"], 400);
        let detail = &error["details"][0];
        assert_eq!(detail["@type"], "type.googleapis.com/google.rpc.BadRequest");
        assert_eq!(
            detail["fieldViolations"][0]["field"], field,
            "{method} {path}"
        );
    }
    assert_eq!(
        names(&Request::get("/v1/spaces/A/members").send(&server)),
        ["1", "2", "app1", "app2"]
    );
    let answer = Request::get("/v1/spaces/A/members?filter=role+%3D+OWNER").send(&server);
    assert_eq!(
        answer.json()["error"]["message"],
        "Invalid filter query: role = OWNER"
    );
}

#[test]
fn bodies_are_parsed_like_googles_transcoding() {
    for (body, expected) in [
        (r#"{"member":{"name":"users/9","type":"HUMAN"}}"#, ""),
        (
            r#"{"member":{"name":"users/9","type":1},"role":2,"state":7}"#,
            "",
        ),
        (
            r#"{"member":{"name":"users/9","type":"1"},"role":"-2"}"#,
            "",
        ),
        (
            r#"{"role":"2147483648"}"#,
            "google.chat.v1.Membership.MembershipRole), \"2147483648\"",
        ),
        (r#"{"group_member":{"name":"groups/9"}}"#, ""),
        (
            r#"{"member":{"name":"users/9","displayName":null},"groupMember":null}"#,
            "",
        ),
        (
            r#"{"member":{"name":"users/9"},"foo":1}"#,
            "Unknown name \"foo\" at 'membership'",
        ),
        (
            r#"{"member":{"name":"users/9","typ":1}}"#,
            "Unknown name \"typ\" at 'membership.member'",
        ),
        (
            r#"{"member":{"name":"users/9","type":"ROBOT"}}"#,
            "Invalid value at",
        ),
        (r#"{"role":"OWNER"}"#, "Invalid value at 'membership.role'"),
        (
            r#"{"member":{"name":9}}"#,
            "Invalid value at 'membership.member.name'",
        ),
        (
            r#"{"member":"users/9"}"#,
            "Invalid value at 'membership.member'",
        ),
        (
            r#"{"member":{"name":-9}}"#,
            "Invalid value at 'membership.member.name' (TYPE_STRING), -9",
        ),
        (
            r#"{"member":{"name":[9]}}"#,
            "Invalid value at 'membership.member.name' (TYPE_STRING), […]",
        ),
        (
            r#"{"role":true}"#,
            "Invalid value at 'membership.role' \
             (type.googleapis.com/google.chat.v1.Membership.MembershipRole), true",
        ),
        (
            r#"{"role":1.5}"#,
            "google.chat.v1.Membership.MembershipRole), 1.5",
        ),
        (
            r#"{"role":2147483648}"#,
            "google.chat.v1.Membership.MembershipRole), 2147483648",
        ),
        (
            r#"{"state":"x"}"#,
            "(type.googleapis.com/google.chat.v1.Membership.MembershipState), \"x\"",
        ),
        (
            r#"{"affiliation":"x"}"#,
            "(type.googleapis.com/google.chat.v1.Membership.Affiliation), \"x\"",
        ),
        (
            r#"{"member":{"type":"x"}}"#,
            "'membership.member.type' (type.googleapis.com/google.chat.v1.User.Type), \"x\"",
        ),
        (
            r#"{"member":{"isAnonymous":"true"}}"#,
            "'membership.member.isAnonymous' (TYPE_BOOL), \"true\"",
        ),
        (
            r#"{"groupMember":null,"group_member":{"name":1}}"#,
            "duplicate field \"group_member\"",
        ),
        (
            r#"{"member":{"name":"users/9"},"groupMember":{"name":"groups/9"}}"#,
            "oneof",
        ),
        ("[]", "Invalid value at 'membership'"),
        ("{", "EOF"),
        ("{}{}", "trailing"),
    ] {
        let server = open();
        let answer = Request::new("POST", "/v1/spaces/A/members")
            .body(body)
            .send(&server);
        if expected.is_empty() {
            assert_eq!(answer.status, 200, "{body}: {}", answer.body);
        } else {
            assert_eq!(answer.status, 400, "{body}");
            let message = answer.json()["error"]["message"]
                .to_string()
                .replace("\\\"", "\"");
            assert!(
                message.contains("Invalid JSON payload received. ")
                    || message.contains("Invalid value at "),
                "{message}"
            );
            assert!(message.contains(expected), "{body}: {message}");
        }
    }
}

#[test]
fn accepts_requests_as_google_clients_send_them() {
    let server = open();
    // A base URL with a trailing slash, unknown headers, and a content type without a body.
    let answer = Request::get("//v1/spaces/A/members")
        .header("content-type", "application/json")
        .header("content-length", "0")
        .header("x-goog-api-client", "gl-python/3.11")
        .header("x-goog-request-params", "parent=spaces/A")
        .send(&server);
    assert_eq!(names(&answer).len(), 4);
    // A GET whose query was too long for a URL. It is not a create.
    let answer = Request::new("POST", "/v1/spaces/A/members")
        .header("x-http-method-override", "GET")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("filter=role+%3D+%22ROLE_MANAGER%22&alt=json")
        .send(&server);
    assert_eq!((answer.status, names(&answer)), (200, vec!["1".to_owned()]));
    // Enums as integers, in both spellings of the parameter.
    for alt in [
        "$alt=json;enum-encoding=int",
        "%24alt=json%3Benum-encoding%3Dint",
    ] {
        let answer = Request::get(&format!("/v1/spaces/A/members/1?{alt}")).send(&server);
        let json = answer.json();
        assert_eq!(json["role"], 2, "{alt}");
        assert_eq!(json["state"], 1);
        assert_eq!(json["member"]["type"], 1);
        let answer = Request::get(&format!("/v1/spaces/A/members?{alt}")).send(&server);
        assert_eq!(answer.json()["memberships"][2]["member"]["type"], 2);
    }
    // Field masks, and no indentation.
    let answer = Request::get(
        "/v1/spaces/A/members?fields=memberships(name,member.type),next_page_token\
         &prettyPrint=false&pageSize=1",
    )
    .send(&server);
    let json = answer.json();
    let first = json!({"name": "spaces/A/members/1", "member": {"type": "HUMAN"}});
    assert_eq!(json["memberships"][0], first);
    assert!(json["nextPageToken"].is_string());
    assert!(!answer.body.contains('\n'));
    let answer = Request::get("/v1/spaces/A/members?fields=nextPageToken").send(&server);
    assert_eq!(answer.json(), json!({}));
    let answer = Request::get("/v1/spaces/X/members?prettyPrint=false&fields=name").send(&server);
    assert!(answer.status == 400 && !answer.body.contains('\n'));
    // In a path, a plus is itself. An email address may be encoded, and its case does not matter.
    for path in ["grace+x@example.com", "Grace%2Bx%40example.com", "2"] {
        let answer = Request::get(&format!("/v1/spaces/A/members/{path}")).send(&server);
        assert_eq!(answer.json()["name"], "spaces/A/members/2", "{path}");
    }
    let answer = Request::new("DELETE", "/v1/spaces/A/members/2")
        .header("content-type", "application/json")
        .header("content-length", "0")
        .send(&server);
    assert_eq!(answer.status, 200);
    for (method, path, named) in [
        ("POST", "/", "POST"),
        ("GET", "/v2/spaces/A/members", "GET"),
        ("PUT", "/v1/spaces/A/members/1", "PUT"),
        ("GET", "/v1/spaces/A", "GET"),
        ("COPY", "/v1/spaces/A/members", "this HTTP method"),
    ] {
        let answer = Request::new(method, path).send(&server);
        let error = &answer.json()["error"];
        assert_eq!(error["status"], "NOT_FOUND", "{method} {path}");
        let message = format!("spaces.members has no method for {named} at this path.");
        assert_eq!(error["message"], message);
    }
}

#[test]
fn missing_spaces_and_members_are_not_found() {
    let server = open();
    for (method, path, body) in [
        ("GET", "/v1/spaces/X/members", ""),
        ("GET", "/v1/spaces/X/members/1", ""),
        ("GET", "/v1/spaces/A/members/9", ""),
        ("GET", "/v1/spaces/A/members/nobody@example.com", ""),
        ("GET", "/v1/spaces/CHAT/members/app", ""),
        ("DELETE", "/v1/spaces/A/members/9", ""),
        (
            "PATCH",
            "/v1/spaces/A/members/9?updateMask=role",
            r#"{"role":"ROLE_MEMBER"}"#,
        ),
        (
            "POST",
            "/v1/spaces/X/members",
            r#"{"member":{"name":"users/9"}}"#,
        ),
    ] {
        let answer = Request::new(method, path).body(body).send(&server);
        assert_eq!(answer.status, 404, "{method} {path}");
        assert_eq!(
            answer.json(),
            json!({"error": {"code": 404, "status": "NOT_FOUND",
                             "message": "Requested entity was not found."}})
        );
    }
}

/// Nothing is added but the state and the role, and nothing is lost, not even unknown enum values.
#[test]
fn memberships_are_returned_as_seeded() {
    let memberships = json!([
        {"name": "spaces/S/members/1", "member": {"name": "users/1"}},
        {"name": "spaces/S/members/2", "state": "JOINED", "role": "ROLE_KING", "affiliation": 7,
         "createTime": "2024-05-03T09:21:47.318079Z", "deleteTime": "2024-05-04T00:00:00Z",
         "member": {"name": "users/2", "displayName": "\u{9ad9}\"\n", "domainId": "d",
                    "type": "CYBORG", "isAnonymous": true, "email": "a@b", "avatarUrl": "u"}},
        {"name": "spaces/S/members/3", "role": "ROLE_MEMBER", "member": {"name": "users/3"}},
    ]);
    let server = serve(&json!({"lenient": true, "spaces": [{"name": "spaces/S"}],
                               "memberships": memberships}));
    let mut memberships = memberships;
    for index in [0, 2] {
        memberships[index]["state"] = json!("JOINED");
        memberships[index]["role"] = json!("ROLE_MEMBER");
    }
    // The second response uses the JSON that was kept from the first.
    for _ in 0..2 {
        let answer = Request::get("/v1/spaces/S/members").send(&server);
        assert_eq!(answer.json(), json!({ "memberships": memberships }));
    }
    let compact = Request::get("/v1/spaces/S/members?prettyPrint=false").send(&server);
    assert_eq!(compact.json(), json!({ "memberships": memberships }));
    let one = Request::get("/v1/spaces/S/members/2").send(&server);
    assert_eq!(one.json(), memberships[1]);
    // An unknown name has no number.
    let numbers = Request::get("/v1/spaces/S/members/2?$alt=json;enum-encoding=int").send(&server);
    let numbers = numbers.json();
    assert_eq!(
        (&numbers["state"], &numbers["role"]),
        (&json!(1), &json!("ROLE_KING"))
    );
    let members = "/v1/spaces/S/members?filter=role+%3D+%22ROLE_MEMBER%22";
    assert_eq!(names(&Request::get(members).send(&server)), ["1", "3"]);
}
