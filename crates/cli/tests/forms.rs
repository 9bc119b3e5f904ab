//! `gchat-filter match` on files as people have them: what Google's clients print, what other tools
//! export, and what is nearly JSON.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::Write;
use std::process::{Command, Stdio};

const MANAGER: &str = r#"role = "ROLE_MANAGER""#;
const NOT_BOT: &str = r#"member.type != "BOT""#;

/// Runs `match --count` on an input. Returns the count, the exit status and the messages, without
/// `standard input:`.
fn count(args: &[&str], filter: &str, input: impl AsRef<[u8]>) -> (u64, i32, Vec<String>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gchat-filter"))
        .args(["match", "--count"])
        .args(args)
        .arg(filter)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may stop reading early.
    let _ = child.stdin.take().unwrap().write_all(input.as_ref());
    let output = child.wait_with_output().unwrap();
    let messages = String::from_utf8(output.stderr).unwrap();
    let messages = messages
        .lines()
        .map(|line| line.replace("standard input:", ""));
    (
        String::from_utf8(output.stdout)
            .unwrap()
            .trim()
            .parse()
            .unwrap(),
        output.status.code().unwrap(),
        messages.collect(),
    )
}

/// Checks how many managers and how many members other than apps are counted in an input, and the
/// starts of the messages.
#[track_caller]
fn check(input: &str, managers: u64, not_bots: u64, messages: &[&str]) {
    let has_errors = messages.iter().any(|message| message.starts_with("error"));
    for (filter, expected) in [(MANAGER, managers), (NOT_BOT, not_bots)] {
        let (count, status, found) = count(&[], filter, input);
        let expected_status = if has_errors {
            2
        } else {
            i32::from(expected == 0)
        };
        assert_eq!(
            (count, status),
            (expected, expected_status),
            "{input}: {found:#?}"
        );
        assert_eq!(found.len(), messages.len(), "{input}: {found:#?}");
        for (found, expected) in found.iter().zip(messages) {
            assert!(found.starts_with(expected), "{input}: {found}\n{expected}");
        }
    }
}

#[test]
fn google_apps_chat_for_python() {
    // `Membership.to_dict` and `ListMembershipsResponse.to_dict`.
    let human = r#"{"name": "spaces/S/members/7", "state": 1, "member": {"name": "users/7", "type_": 1, "display_name": "", "avatar_url": "", "email": "", "domain_id": "", "is_anonymous": false}, "role": 2, "affiliation": 0, "create_time": "2026-03-01T00:00:00Z", "delete_time": null}"#;
    let app = r#"{"name": "spaces/S/members/8", "state": 1, "role": 1, "member": {"name": "users/8", "type_": 2}}"#;
    let group = r#"{"name": "spaces/S/members/group-x", "state": 1, "role": 0, "group_member": {"name": "groups/x"}}"#;
    check(&format!("{human}\n{app}\n"), 1, 1, &[]);
    check(
        &format!(
            "{{\"memberships\": [\n {human},\n {app},\n {group}\n], \"next_page_token\": \"\"}}"
        ),
        1,
        2,
        &[],
    );
    check(r#"{"memberships": [], "next_page_token": ""}"#, 0, 0, &[]);
    check(r#"{"next_page_token": ""}"#, 0, 0, &[]);
}

#[test]
fn google_apps_chat_for_node() {
    let human = r#"{"name":"spaces/S/members/7","state":"JOINED","createTime":{"seconds":"1772323200","nanos":5000000},"role":"ROLE_MANAGER","deleteTime":null,"member":{"name":"users/7","displayName":"","type":"HUMAN","domainId":"","isAnonymous":false},"memberType":"member"}"#;
    let app = r#"{"name":"spaces/S/members/8","state":"JOINED","createTime":null,"role":"ROLE_MEMBER","deleteTime":null,"member":{"name":"users/8","displayName":"","type":"BOT","domainId":"","isAnonymous":false},"memberType":"member"}"#;
    check(&format!("{human}\n{app}\n"), 1, 1, &[]);
    let long = human.replace(
        "\"1772323200\"",
        r#"{"low":1772323200,"high":0,"unsigned":false}"#,
    );
    check(&long, 1, 1, &[]);
}

#[test]
fn rows_of_a_simulator() {
    let rows = r#"[
  {"name": "spaces/S/members/U7", "role": "ROLE_MEMBER",
   "member": {"name": "users/U7", "type": "HUMAN"},
   "groupMember": {}, "createTime": "", "deleteTime": ""},
  {"name": "", "state": "", "role": "", "groupMember": {}, "member": {"name": "", "type": ""}},
  {"name": "spaces/S/members/users/U8", "state": "INVITED", "role": "ROLE_MANAGER",
   "member": {"name": "users/U8", "type": "HUMAN"}, "deleteTime": null}
]"#;
    let both = "expected at most one of `member` and `groupMember`, found both";
    check(
        rows,
        1,
        1,
        &[
            &format!("error: 4:4: {both}"),
            &format!("error: 5:60: {both}"),
        ],
    );
    // Only the empty strings: values that are not specified.
    let row = r#"{"name": "", "state": "", "role": "", "member": {"name": "", "type": ""}, "createTime": ""}"#;
    check(row, 0, 1, &[]);
    let tables = r#"{"User": [{"name": "users/U7", "type": "HUMAN"}], "Membership": [{"name": "spaces/S/members/U7", "groupMember": {}}], "SpaceEvent": [{"name": ""}]}"#;
    check(
        tables,
        0,
        0,
        &[
            "error: 1:1: expected a membership, found an object with the keys `User`, `Membership`, `SpaceEvent`; \
           memberships are in `Membership[]`, take them out with: jq -c '.Membership[]'",
        ],
    );
}

#[test]
fn misspelled_values_are_read_as_they_are_with_one_warning_each() {
    check(
        "{\n  \"name\": \"spaces/S/members/7\",\n  \"role\": \"MANAGER\",\n  \"member\": {\"type\": \"Human\"}\n}",
        0,
        1,
        &[
            "warning: 3:11: `role` has the unknown value `MANAGER`; did you mean `ROLE_MANAGER`?",
            "warning: 4:22: `member.type` has the unknown value `Human`; did you mean `HUMAN`?",
        ],
    );
    let lines = r#"{"role":"role_manager","member":{"type_":"human"}}
{"role":"Assistant_Manager","member":{"type":"Bot"}}
{"role":"role_manager","member":{"type":"human"}}
{"role":"ROLE_OWNER","member":{"type":"PERSON"}}
"#;
    check(
        lines,
        0,
        4,
        &[
            "warning: 1:9: `role` has the unknown value `role_manager`; did you mean `ROLE_MANAGER`?",
            "warning: 1:42: `member.type` has the unknown value `human`; did you mean `HUMAN`?",
            "warning: 2:9: `role` has the unknown value `Assistant_Manager`; did you mean `ROLE_ASSISTANT_MANAGER`?",
            "warning: 2:46: `member.type` has the unknown value `Bot`; did you mean `BOT`?",
        ],
    );
    let many = "{\"role\":\"manager\"}\n".repeat(1000);
    assert_eq!(count(&["--invert"], MANAGER, many).2.len(), 1);
}

#[test]
fn other_resources_are_errors() {
    let check_one = |object: &str, expected: &str| {
        let message = format!("error: 1:1: expected a membership, found {expected}");
        check(object, 0, 0, &[&message]);
        check(
            &format!("[{object}]"),
            0,
            0,
            &[&message.replace("1:1", "1:2")],
        );
        let page = format!("{{\"memberships\":[{object}]}}\n{{\"role\":\"ROLE_MANAGER\"}}");
        check(&page, 1, 1, &[&message.replace("1:1", "1:17")]);
    };
    for (name, expected) in [
        ("spaces/S", "a space"),
        ("spaces/S/messages/M.M", "a message"),
        ("spaces/S/threads/T", "a thread"),
        ("spaces/S/spaceEvents/E", "a space event"),
        ("users/7", "a user"),
        ("groups/g", "a group"),
        (
            "groups/g/memberships/7",
            "a membership of a group in Cloud Identity",
        ),
    ] {
        check_one(
            &format!(r#"{{"name": "{name}", "type": "HUMAN", "createTime": ""}}"#),
            expected,
        );
    }
    check_one(
        r#"{"error": {"code": 404, "message": "no such space", "status": "NOT_FOUND"}}"#,
        "an error of the API, NOT_FOUND",
    );
    check_one(
        r#"{"name": "Room", "members": [{"name": "Ann", "user_type": "Human"}]}"#,
        "a list of members, as of a group in Google Takeout",
    );
    check_one(
        r#"{"etag": 1, "x": 2}"#,
        "an object with the keys `etag`, `x`",
    );
    // A name alone is a membership, of whatever form it is.
    check(r#"{"name":"spaces/S/members/4"}"#, 0, 1, &[]);
    check(r#"{"name":"Ann"}"#, 0, 1, &[]);
}

#[test]
fn messages_say_where_memberships_are() {
    let membership =
        r#"{"name":"spaces/S/members/7","role":"ROLE_MANAGER","member":{"type":"HUMAN"}}"#;
    for (input, path, jq) in [
        (r#"{"membership": M, "at": 1}"#, "membership", ".membership"),
        (
            r#"[{"json": M, "pairedItem": {"item": 0}}]"#,
            "json",
            ".[].json",
        ),
        (
            r#"{"specversion": "1.0", "data": {"membership": M}}"#,
            "data.membership",
            ".data.membership",
        ),
        (
            r#"{"name": "spaces/S/spaceEvents/E", "membershipCreatedEventData": {"membership": M}}"#,
            "membershipCreatedEventData.membership",
            ".membershipCreatedEventData.membership",
        ),
        (
            r#"{"memberships": [{"membership": M}]}"#,
            "membership",
            ".memberships[].membership",
        ),
        (
            r#"{"severity": "INFO", "jsonPayload": {"memberships": [M]}}"#,
            "jsonPayload.memberships[]",
            ".jsonPayload.memberships[]",
        ),
        (
            r#"{"some-key": [1, M]}"#,
            r#"["some-key"][]"#,
            r#".["some-key"][]"#,
        ),
    ] {
        let (count, status, messages) = count(&[], "", input.replace('M', membership));
        assert_eq!((count, status, messages.len()), (0, 2, 1), "{messages:?}");
        let hint = format!("; memberships are in `{path}`, take them out with: jq -c '{jq}'");
        assert!(messages[0].ends_with(&hint), "{input}: {messages:?}");
    }
}

const A: &str = r#"{"name":"spaces/S/members/7","role":"ROLE_MANAGER"}"#;

#[test]
fn marks_between_records_are_white_space() {
    check(&format!("\u{feff}{A}\r\n\u{feff}{A}\r\n"), 2, 2, &[]);
    check(&format!("{A}\n{A}{A}\n\u{1e}\u{1e}{A}\n"), 4, 4, &[]);
    check(&format!("\u{1e}{A}\n\u{1e}[{A}]\n\u{1e}\n"), 2, 2, &[]);
}

#[test]
fn comments_and_trailing_commas_are_one_error_each() {
    let comment = "comment: JSON has no comments";
    check(
        "{\n  // the owner\n  \"name\": \"x\",\n  \"role\": 2\n}\n",
        0,
        0,
        &[&format!("error: 2:3: {comment}")],
    );
    check(
        &format!("{{\"memberships\": [\n  {A}, // ann\n  {A}\n]}}\n{A}"),
        2,
        2,
        &[&format!(
            "error: 2:56: {comment}; reading goes on at line 5"
        )],
    );
    check(
        &format!("[\n{A} /* ann */,\n{A}, # bob\n{A}\n]\n{A}\n"),
        4,
        4,
        &[
            &format!("error: 2:53: {comment}; reading goes on at line 3"),
            &format!("error: 3:54: {comment}"),
        ],
    );
    check(
        &format!("// ann\n{A} // bob\n# x\n{A}\n/* {A}\n{A} */\n{A}"),
        3,
        3,
        &[
            "error: 1:1: c",
            "error: 2:53: c",
            "error: 3:1: c",
            "error: 5:1: c",
        ],
    );
    check(
        &format!("[\n  {A},\n  {{\"role\": 2,}},\n]\n"),
        1,
        1,
        &[
            "error: 3:13: trailing comma: JSON has no comma before `}`; the rest of the input is skipped",
        ],
    );
    check(
        &format!("{{\"memberships\": [\n  {A},\n ],\n}}\n"),
        1,
        1,
        &[
            "error: 2:54: trailing comma: JSON has no comma before `]`; the rest of the input is skipped",
        ],
    );
    check(
        "// members\n{\n  memberships: [{role: 'ROLE_MANAGER'},],\n}\n",
        0,
        0,
        &[
            &format!("error: 1:1: {comment}"),
            "error: 3:3: expected a key in double quotes, found `m`",
        ],
    );
}

#[test]
fn the_first_message_says_what_the_input_looks_like() {
    for (input, expected) in [
        (
            "space.name,name,JSON\nspaces/S,spaces/S/members/7,\"{\"\"role\"\": 2}\"\n",
            "CSV",
        ),
        ("memberships:\n- name: spaces/S/members/7\n", "YAML"),
        (
            "memberships {\n  role: ROLE_MANAGER\n}\n",
            "the protobuf text format",
        ),
        ("export const members = [\n", "JavaScript"),
    ] {
        let (_, status, messages) = count(&[], "", input);
        assert_eq!(status, 2);
        let expected = format!("; the input looks like {expected}, not JSON");
        assert!(
            messages[0].starts_with("error: 1:1: ") && messages[0].ends_with(&expected),
            "{messages:?}"
        );
    }
    let commas = format!("{A},\n{A},\n");
    let (found, _, messages) = count(&[], MANAGER, commas);
    assert_eq!(found, 2);
    assert!(
        messages[0].contains("1:52: ") && messages[0].contains("a comma after each line"),
        "{messages:?}"
    );
    check(
        &format!("[2026-01-01T00:00:00Z] done\n{A}\n"),
        1,
        1,
        &["error: 1:6: "],
    );
    for input in [
        &b"\x1f\x8b\x08\x00rest\n\n\n"[..],
        b"\x28\xb5\x2f\xfd\n\n",
        b"\xff\xfe{\0}\0\n\0",
        b"{}\n\0\0\n\0",
    ] {
        let (found, status, messages) = count(&[], "", input);
        assert_eq!((found, status, messages.len()), (0, 2, 1), "{messages:?}");
    }
}

#[test]
fn at_most_twenty_errors_of_a_file_are_printed() {
    let input = format!("{}{}{A}\n", "{\"name\":1}\n".repeat(30), "x\n".repeat(500));
    let (found, status, messages) = count(&[], MANAGER, &input);
    assert_eq!((found, status, messages.len()), (1, 2, 21));
    assert!(messages[19].starts_with("error: 20:9: "), "{messages:?}");
    assert_eq!(
        messages[20],
        "error: standard input: 510 more errors, not printed without `--errors all`: \
         500 of invalid JSON, 10 of invalid memberships"
            .replace("standard input:", "")
    );
    assert_eq!(count(&["--errors", "all"], MANAGER, &input).2.len(), 530);
    assert_eq!(count(&["--errors", "3"], MANAGER, &input).2.len(), 4);
    assert_eq!(count(&["--strict"], MANAGER, &input).2.len(), 1);
    // Messages are clipped.
    let long = format!("{{\"member\":\"{}\"}}", "é".repeat(100_000));
    let messages = count(&[], "", long).2;
    assert!(
        messages[0].ends_with('…') && messages[0].len() < 1000,
        "{messages:?}"
    );
}
