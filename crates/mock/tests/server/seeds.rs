//! Seeds: strict checks with what was meant, responses of the service, several parts, warnings.

use gchat_filter_mock::Mock;
use serde_json::{Value, json};

use super::http::Request;
use super::{names, serve};

const CORRECT: &str = r#"{
  "spaces": [{"name": "spaces/A"}],
  "memberships": [
    {"name": "spaces/A/members/1", "role": "ROLE_MANAGER", "state": "JOINED",
     "member": {"name": "users/1", "displayName": "Ada", "type": "HUMAN"}},
    {"name": "spaces/A/members/group-g", "groupMember": {"name": "groups/g"}}
  ]
}"#;

fn error(seed: &str) -> String {
    Mock::from_json(seed).unwrap_err().to_string()
}

#[test]
fn mistakes_in_memberships_are_reported_with_what_was_meant() {
    assert!(Mock::from_json(CORRECT).is_ok());
    for (correct, wrong, expected) in [
        (
            r#""ROLE_MANAGER""#,
            r#""MANAGER""#,
            "line 4, column 44: unknown value of `role` `MANAGER`; did you mean `ROLE_MANAGER`?",
        ),
        (
            r#""ROLE_MANAGER""#,
            "3",
            "line 4, column 44: unknown value of `role` `3`, expected one of ROLE_MEMBER, ",
        ),
        (
            r#""JOINED""#,
            r#""JOIND""#,
            "line 4, column 69: unknown value of `state` `JOIND`; did you mean `JOINED`?",
        ),
        (
            r#""HUMAN""#,
            r#""human""#,
            "line 5, column 66: unknown value of `type` `human`; did you mean `HUMAN`?",
        ),
        (
            "displayName",
            "dispalyName",
            "line 5, column 51: unknown field `dispalyName`; did you mean `displayName`?",
        ),
        (
            r#""member":"#,
            r#""memeber":"#,
            "line 5, column 17: unknown field `memeber`; did you mean `member`?",
        ),
        (
            "members/1",
            "members/2",
            "line 4, column 5: the name of the membership of `users/1` must be `spaces/A/members/1`",
        ),
        (
            "members/group-g",
            "members/g",
            "line 6, column 5: the name of the membership of `groups/g` must be \
             `spaces/A/members/group-g`",
        ),
    ] {
        let seed = CORRECT.replace(correct, wrong);
        let found = error(&seed);
        assert!(found.starts_with(expected), "{found}\n{expected}");
        // Values that this version does not know stay possible.
        let lenient = seed.replacen('{', r#"{"lenient": true,"#, 1);
        let is_member = wrong.contains("memeber");
        assert_eq!(Mock::from_json(&lenient).is_ok(), !is_member, "{wrong}");
    }
    for number in ["1", "2", "4"] {
        let seed = CORRECT.replace(r#""ROLE_MANAGER""#, number);
        assert!(Mock::from_json(&seed).is_ok());
    }
}

#[test]
fn messages_have_no_rust_types() {
    let space = |field: &str| format!(r#"{{"spaces": [{{"name": "spaces/A", {field}}}]}}"#);
    let fault = |field: &str| format!(r#"{{"spaces": [], "faults": [{{"path": "*", {field}}}]}}"#);
    for (seed, expected) in [
        (
            space(r#""accessSettings": 1"#),
            "invalid type: integer `1`, expected an object",
        ),
        (space(r#""permissionSettings": []"#), "expected an object"),
        // An array of the fields is not an object.
        (
            space(r#""permissionSettings": [{"managersAllowed": true}]"#),
            "column 55: invalid type: array, expected an object",
        ),
        (
            space(r#""permissionSettings": {"manageApps": [true, true, true]}"#),
            "column 70: invalid type: array, expected an object",
        ),
        (
            space(r#""accessSettings": ["DISCOVERABLE"]"#),
            "column 51: invalid type: array, expected an object",
        ),
        (
            space(r#""spaceType": "ROOM""#),
            "unknown value `ROOM`, expected one of `SPACE`, ",
        ),
        (
            space(r#""spaceType": 1"#),
            "column 47: invalid type: integer `1`, expected a string",
        ),
        (
            space(r#""spaceType": {"SPACE": null}"#),
            "invalid type: object, expected a string",
        ),
        (
            space(r#""accessSettings": {"accessState": 2}"#),
            "invalid type: integer `2`, expected a string",
        ),
        (
            r#"{"spaces": [], "missing": 403}"#.to_owned(),
            "invalid type: integer `403`, expected a string",
        ),
        (
            r#"{"spaces": [], "missing": "402"}"#.to_owned(),
            "unknown value `402`, expected `404` or `403`",
        ),
        (
            r#"{"spaces": [], "userDetails": true}"#.to_owned(),
            "invalid type: boolean `true`, expected a string",
        ),
        (
            r#"{"spaces": [], "unknownUsers": []}"#.to_owned(),
            "invalid type: array, expected a string",
        ),
        (
            r#"{"spaces": [], "users": {}}"#.to_owned(),
            "invalid type: object, expected an array",
        ),
        (
            fault(r#""fault": 1"#),
            "invalid type: integer `1`, expected a string",
        ),
        (
            fault(r#""status": -1"#),
            "expected an integer from 0 to 65535",
        ),
        (fault(r#""times": "x""#), "expected a non-negative integer"),
        (
            r#"{"spaces": 1}"#.to_owned(),
            "invalid type: integer `1`, expected an array",
        ),
        (
            r#"{"spaces": [], "memberships": [{"name": 1}]}"#.to_owned(),
            "invalid type: integer `1`, expected a string",
        ),
    ] {
        let found = error(&seed);
        assert!(found.contains(expected), "{found}\n{expected}");
        for rust in [
            "struct", "enum", "Seed", "u16", "u64", "variant", "sequence", "map",
        ] {
            assert!(!found.contains(rust), "{found}");
        }
    }
}

/// All fields of the API's `Space`, and its list responses.
#[test]
fn responses_of_the_service_are_seeds() {
    let setting =
        json!({"managersAllowed": true, "assistantManagersAllowed": true, "membersAllowed": true});
    let space = json!({
        "name": "spaces/A", "type": "ROOM", "spaceType": "SPACE", "singleUserBotDm": false,
        "threaded": true, "displayName": "Plans", "externalUserAllowed": true,
        "spaceThreadingState": "THREADED_MESSAGES",
        "spaceDetails": {"description": "d", "guidelines": "g"},
        "spaceHistoryState": "HISTORY_ON", "importMode": false,
        "createTime": "2024-05-03T09:21:47.318079Z", "lastActiveTime": "2024-05-03T09:21:47Z",
        "adminInstalled": false, "membershipCount": {"joinedDirectHumanUserCount": 2},
        "accessSettings": {
            "accessState": "PRIVATE",
            "accessPermissionSettings": {"joinSpaceSetting": {"principals": []}},
        },
        "spaceUri": "https://chat.google.com/room/A",
        "predefinedPermissionSettings": "COLLABORATION_SPACE",
        "permissionSettings": {
            "manageMembersAndGroups": setting, "modifySpaceDetails": setting,
            "toggleHistory": setting, "useAtMentionAll": setting, "manageApps": setting,
            "manageWebhooks": setting, "postMessages": setting, "replyMessages": setting,
            "viewSpaceMembership": setting,
        },
        "importModeExpireTime": "2024-05-03T09:21:47Z", "customer": "customers/C1",
    });
    let spaces = json!({"spaces": [space], "nextPageToken": "token"});
    let membership = |id: &str| {
        json!({"name": format!("spaces/A/members/{id}"), "state": "JOINED", "role": "ROLE_MEMBER",
               "createTime": "2024-05-03T09:21:47.318079Z",
               "member": {"name": format!("users/{id}"), "type": "HUMAN", "domainId": "d"}})
    };
    let list = json!({"memberships": [membership("1"), membership("2")], "nextPageToken": "token"});
    let array = json!([membership("3")]);
    let listed = |server: gchat_filter_mock::Server| {
        names(&Request::get("/v1/spaces/A/members").send(&server))
    };
    assert_eq!(listed(serve(&spaces)), Vec::<String>::new());
    assert_eq!(listed(serve(&list)), ["1", "2"]);
    assert_eq!(listed(serve(&array)), ["3"]);
    let parts: Vec<String> = [&spaces, &list, &array].map(Value::to_string).to_vec();
    let mock = Mock::from_seeds(&parts).unwrap();
    assert_eq!(listed(mock.serve().unwrap()), ["1", "2", "3"]);
    // The parts agree on spaces and users, and the error has the index of its part.
    let other = json!([{"name": "spaces/B/members/1", "member": {"name": "users/1"}}]);
    let error = Mock::from_seeds(&[spaces.to_string(), other.to_string()]).unwrap_err();
    assert_eq!((error.seed, error.line, error.column), (1, 1, 2));
    assert_eq!(error.message, "unknown space `spaces/B`");
    for (invalid, expected) in [
        ("{\"spaces\": [],\n \"x\": 1}", (1, 2, 4)),
        ("\n{\"spaces\": 1}", (1, 2, 12)),
        ("\n  1", (1, 2, 3)),
        ("{\"users\": [{}]}", (1, 1, 13)),
        ("{\"callers\": [{}]}", (1, 1, 15)),
        ("{\"faults\": [{}]}", (1, 1, 14)),
        ("{\"spaces\": [{}]}", (1, 1, 14)),
        (
            r#"{"users": [{"name": "users/1"}], "spaces": [{"name": "spaces/C", "creator": "users/2"}]}"#,
            (1, 1, 45),
        ),
    ] {
        let error = Mock::from_seeds(&[&*spaces.to_string(), invalid]).unwrap_err();
        assert_eq!((error.seed, error.line, error.column), expected, "{error}");
    }
}

#[test]
fn parts_of_a_seed_are_saved() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mock.save");
    let parts = [
        r#"[{"name": "spaces/A/members/1", "member": {"name": "users/1", "type": "HUMAN"}}]"#,
        r#"{"memberships": [], "domains": ["example.com"]}"#,
    ];
    drop(Mock::open_seeds(&file, &parts).unwrap());
    drop(Mock::open_seeds(&file, &parts).unwrap());
    let server = Mock::open(&file, None).unwrap().serve().unwrap();
    let body = r#"{"member": {"name": "users/x@gmail.com"}}"#;
    let request = Request::new("POST", "/v1/spaces/A/members").body(body);
    assert_eq!(request.send(&server).json()["state"], "INVITED");
    drop(server);
    assert!(Mock::open_seeds(&file, &parts[..1]).is_err());
}

/// Real tokens carry `openid`, `chat.spaces` and `chat.messages`.
#[test]
fn any_scope_is_accepted_and_misspelled_ones_are_warnings() {
    let warnings = |scope: &str| {
        let mut seed: Value = serde_json::from_str(CORRECT).unwrap();
        seed["callers"] = json!([{"token": "t", "user": "users/1", "scopes": [scope]}]);
        Mock::from_json(&seed.to_string())
            .unwrap()
            .warnings()
            .to_vec()
    };
    for scope in [
        "openid",
        "email",
        "chat.spaces",
        "https://www.googleapis.com/auth/chat.messages",
        "https://www.googleapis.com/auth/drive",
        "chat.memberships",
        "https://www.googleapis.com/auth/chat.admin.memberships.readonly",
    ] {
        assert_eq!(warnings(scope), Vec::<String>::new(), "{scope}");
    }
    for (scope, expected) in [
        (
            "chat.membership",
            "unknown Chat scope `chat.membership`; did you mean `chat.memberships`?",
        ),
        (
            "https://www.googleapis.com/auth/chat.memberships.readnly",
            "unknown Chat scope `chat.memberships.readnly`; did you mean `chat.memberships.readonly`?",
        ),
    ] {
        assert_eq!(warnings(scope), [expected]);
    }
}

/// Memberships as Google's clients print them are seeds, and the server returns the API's JSON.
#[test]
fn forms_of_googles_clients_are_seeds() {
    let member = |fields: &str| format!(r#"{{"name": "spaces/A/members/1", {fields}}}"#);
    let expected = json!([{"name": "spaces/A/members/1", "state": "JOINED", "role": "ROLE_MANAGER",
        "createTime": "2026-01-01T00:00:00Z",
        "member": {"name": "users/1", "type": "HUMAN", "displayName": "Ada", "domainId": "d"}}]);
    for fields in [
        r#""state": "JOINED", "role": "ROLE_MANAGER", "createTime": "2026-01-01T00:00:00Z",
           "member": {"name": "users/1", "type": "HUMAN", "displayName": "Ada", "domainId": "d"}"#,
        r#""state": 1, "role": 2, "create_time": "2026-01-01T00:00:00Z", "delete_time": null,
           "member": {"name": "users/1", "type_": 1, "display_name": "Ada", "domain_id": "d",
           "is_anonymous": false, "avatar_url": "", "email": ""}, "affiliation": 0"#,
        r#""state": "JOINED", "role": 2, "createTime": {"seconds": "1767225600", "nanos": 0},
           "deleteTime": null, "group_member": null,
           "member": {"name": "users/1", "type": 1, "displayName": "Ada", "domainId": "d"}"#,
    ] {
        for (start, end) in [
            (
                r#"{"spaces": [{"name": "spaces/A"}], "memberships": ["#,
                "]}",
            ),
            (
                "\u{feff}{\"memberships\": [",
                r#"], "next_page_token": ""}"#,
            ),
            ("\u{feff}[", "]"),
        ] {
            let seed = format!("{start}{}{end}", member(fields));
            let server = Mock::from_json(&seed).unwrap().serve().unwrap();
            let listed = Request::get("/v1/spaces/A/members").send(&server).json();
            assert_eq!(listed["memberships"], expected, "{seed}");
        }
    }
    let group = r#"[{"name": "spaces/A/members/group-g", "group_member": {"name": "groups/g"}}]"#;
    assert!(Mock::from_json(group).is_ok());
}

#[test]
fn invalid_times_and_both_kinds_of_member_are_errors_at_their_place() {
    let seed = |fields: &str| {
        format!(
            "[{{\"name\": \"spaces/A/members/1\",\n {fields},\n \"member\": {{\"name\": \"users/1\"}}}}]"
        )
    };
    for time in [
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00.123456789+05:30",
    ] {
        assert!(
            Mock::from_json(&seed(&format!(r#""createTime": "{time}""#))).is_ok(),
            "{time}"
        );
    }
    for time in [
        "",
        "yesterday",
        "2026-01-01",
        "2026-01-01T10:00:00",
        "2026-01-01T10:00:00.123456",
        "2026-02-30T10:00:00Z",
        "2026-01-01T25:00:00Z",
        "2026-01-01 10:00:00Z",
        "20260101T100000Z",
        "2026-01-01T10:00:00Z[UTC]",
    ] {
        for lenient in [false, true] {
            let seed = seed(&format!(r#""delete_time": "{time}""#));
            let seed = format!(r#"{{"lenient": {lenient}, "memberships": {seed}}}"#);
            let expected = format!(
                "line 2, column 17: `deleteTime` must be a time with an offset, such as \
                 `2026-01-01T00:00:00Z`, found `{time}`"
            );
            assert_eq!(error(&seed), expected);
        }
    }
    let found = error(&seed(r#""createTime": {"nanos": 1}"#));
    assert!(
        found.starts_with("line 2, ") && found.contains("missing field `seconds`"),
        "{found}"
    );
    let found = error(&seed(r#""groupMember": {}"#));
    let expected = "expected at most one of `member` and `groupMember`, found both";
    assert!(
        found.starts_with("line 3, column ") && found.ends_with(expected),
        "{found}"
    );
    let found = error(&seed(r#""rol": "ROLE_MANAGER""#));
    assert_eq!(
        found,
        "line 2, column 9: unknown field `rol`; did you mean `role`?"
    );
}

#[test]
fn columns_count_characters() {
    let member = r#""member": {"name": "users/1", "displayName": "Ä€😀"}"#;
    for (field, value) in [
        ("rol", "5"),
        ("role", r#""OWNER""#),
        ("createTime", r#""""#),
    ] {
        let before = format!(
            "\"memberships\": [{{\"name\": \"spaces/A/members/1\", {member}, \"{field}\": "
        );
        let found = error(&format!("{{\n{before}{value}}}]}}"));
        let expected = format!("line 2, column {}: ", before.chars().count() + 1);
        assert!(found.starts_with(&expected), "{found}\n{expected}");
    }
    // An error of the parser.
    let before = format!("[{{\"name\": \"spaces/A/members/1\", {member}, \"role\": ");
    let found = error(&format!("{before}true}}]"));
    let columns =
        [0, 3].map(|more| format!("line 1, column {}: ", before.chars().count() + 1 + more));
    assert!(
        columns.iter().any(|expected| found.starts_with(expected)),
        "{found}"
    );
}
