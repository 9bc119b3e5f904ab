//! What is reported about wrong filters.

use std::fmt::Write;

use gchat_filter::diagnostic::Code;
use gchat_filter::{Checker, Context, Level, Method};

/// The examples of the reference, with our verdicts: `valid`, or the stage of the first error.
#[test]
fn documented_examples() {
    let mut count = 0;
    for row in include_str!("../data/documented.tsv").lines() {
        let [method, access, _, expected, text] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{row}");
        };
        let checker = Checker::new().admin_access(access == "admin");
        let checked = checker.check_method(method.parse().unwrap(), text);
        let error = checked.errors().next();
        let verdict = error.map_or("valid", |error| error.stage().as_str());
        assert_eq!(verdict, expected, "{text}: {:?}", checked.diagnostics);
        count += 1;
    }
    assert_eq!(count, 69);
}

/// The table of methods in the README has a valid filter of each.
#[test]
fn the_readme_has_valid_filters() {
    let rows = include_str!("../../README.md").lines();
    let rows = rows.filter_map(|line| {
        let columns: Vec<&str> = line.split(" | ").collect();
        let [_, method, filter] = columns[..] else {
            return None;
        };
        let method = method.trim_matches('`').parse::<Method>().ok()?;
        Some((method, filter.trim_end_matches(" |").trim_matches('`')))
    });
    let mut methods = Vec::new();
    for (method, filter) in rows {
        let checked = Checker::new().check_method(method, filter);
        assert_eq!(checked.diagnostics, [], "{method}: {filter}");
        methods.push(method);
    }
    assert_eq!(methods, Method::ALL);
}

/// Everything that is reported about filters, one after the other.
fn reports(method: Method, texts: &[&str]) -> String {
    reports_of(&Checker::new(), method, texts)
}

fn reports_of(checker: &Checker, method: Method, texts: &[&str]) -> String {
    let mut out = String::new();
    for text in texts {
        writeln!(out, "{text}").unwrap();
        let checked = checker.check_method(method, text);
        for diagnostic in &checked.diagnostics {
            let span = diagnostic.span.of(text).unwrap();
            writeln!(
                out,
                "  {}: {diagnostic} [{span}]",
                diagnostic.severity.as_str()
            )
            .unwrap();
            for label in &diagnostic.labels {
                writeln!(out, "    [{}] {}", label.span.of(text).unwrap(), label.text).unwrap();
            }
            if let Some(help) = &diagnostic.help {
                writeln!(out, "    help: {help}").unwrap();
            }
            if let Some(fix) = &diagnostic.fix {
                let kind = if fix.certain { "fix" } else { "possible fix" };
                writeln!(out, "    {kind}: {}", fix.apply(text).unwrap()).unwrap();
            }
        }
        if let Some(filter) = &checked.filter {
            writeln!(out, "  => {filter}").unwrap();
        }
    }
    out
}

#[test]
fn spaces() {
    let reports = reports(
        Method::SpacesList,
        &[
            r#"spaceType = "SPACE" OR space_type = "GROUP_CHAT""#,
            "spaceType = SPACE",
            r#"space_type = "SPACE_TYPE_UNSPECIFIED""#,
            r#"space_type = "ROOM""#,
            r#"Space_Type = "space""#,
            r#"type = "DM""#,
            r#"space_type != "SPACE""#,
            r#"space_type != "SPACE" AND space_type = "GROUP_CHAT""#,
            r#""SPACE" != space_type"#,
            r#"NOT space_type = "SPACE""#,
            r#"space_type = "SPACE" AND space_type = "GROUP_CHAT""#,
            r#"space_type = "SPACE" OR space_type = "SPACE""#,
            r#"space_type = ("SPACE" OR "GROUP_CHAT")"#,
        ],
    );
    insta::assert_snapshot!(reports);
}

#[test]
fn messages() {
    let reports = reports(
        Method::SpacesMessagesList,
        &[
            r#"createTime > "2026-01-31T12:00:00+01:00" AND thread.name = "spaces/A/threads/B.C""#,
            "thread.name = spaces/A/threads/B.C",
            r#"create_time >= "2026-01-31T12:00:00Z""#,
            r#"create_time <= "2026-01-31T12:00:00Z""#,
            r#"create_time = "2026-01-31T12:00:00Z""#,
            "create_time > 2026-01-31",
            "create_time > 2026-01-31T12:00:00-04:00",
            "(create_time < 2026-01-31T12:00:00.5Z) AND thread.name = spaces/A/threads/B",
            "create_time>2026-01-31 12:00:00Z",
            "create_time > 2026-01-31T12:00",
            "thread.name = spaces/A:B",
            r#"create_time > "2026-01-31T12:00:00""#,
            r#"create_time > "2026-01-31 12:00:00z""#,
            r#"create_time > "2026-02-30T12:00:00Z""#,
            r#"create_time > "yesterday""#,
            r#"create_time > ("2026-01-31T12:00:00Z")"#,
            "thread.name = spaces/A",
            r#"thread.name = "spaces/A"."threads/B""#,
            "spaces/A/threads/B = thread.name",
            "thread.name spaces/A/threads/B",
            "thread.name:spaces/A/threads/B",
            r#"create_time > "2026-01-02T00:00:00Z" AND create_time < "2026-01-01T00:00:00Z""#,
            r#"create_time > "2026-01-02T00:00:00Z" AND create_time > "2026-01-01T00:00:00Z""#,
            r#"create_time < "0001-01-01T00:00:00Z""#,
            "thread.name = spaces/A/threads/B AND thread.name = spaces/A/threads/B",
            "thread.name = spaces/A/threads/B OR thread.name = spaces/A/threads/C",
            r#"NOT create_time > "2026-01-31T12:00:00Z""#,
            r#"text:"hello""#,
            r#"createdTime > "2026-01-31T12:00:00Z""#,
            r#"create_time > "2026-01-31T12:00:00Z" thread.name = spaces/A/threads/B"#,
        ],
    );
    insta::assert_snapshot!(reports);
}

#[test]
fn reactions() {
    let reports = reports(
        Method::SpacesMessagesReactionsList,
        &[
            r#"(emoji.unicode = "🙂" OR emoji.custom_emoji.uid = "A") AND user.name = "users/1""#,
            "emoji.unicode = 🙂",
            r#"emoji.unicode = """#,
            r#"emoji.customEmoji.uid = "A""#,
            r#"emoji = "🙂""#,
            "user.name = users/123",
            r#"user.name = "users/me""#,
            r#"user.name = "users/a@example.com""#,
            r#"user.name = "123""#,
            r#"emoji.unicode = "🙂" OR user.name = "users/1""#,
            r#"emoji.unicode = "🙂" AND user.name = "users/1" OR user.name = "users/2""#,
            r#"emoji.unicode = "🙂" AND emoji.unicode = "👍""#,
            r#"emoji.unicode = "🙂" AND emoji.custom_emoji.uid = "A""#,
            r#"emoji.unicode = "🙂" AND (emoji.unicode = "🙂" OR emoji.custom_emoji.uid = "A")"#,
            r#"emoji.unicode = "\U0001F642""#,
            r#"emoji.unicode = "a"."b""#,
            r#"emoji.unicode != "🙂""#,
            r#"-emoji.unicode = "🙂""#,
        ],
    );
    insta::assert_snapshot!(reports);
}

#[test]
fn space_events() {
    let reports = reports(
        Method::SpacesSpaceEventsList,
        &[
            r#"eventTypes:"google.workspace.chat.message.v1.created" AND startTime="2026-07-01T00:00:00Z" AND end_time="2026-07-02T00:00:00Z""#,
            "",
            " ",
            r#"start_time="2023-08-23T19:20:33+00:00" AND end_time="2023-08-23T19:21:54+00:00""#,
            r#"start_time="2023-08-23T19:20:33Z" OR end_time="2023-08-23T19:21:54Z""#,
            r#"event_types:"google.workspace.chat.space.v1.updated" AND event_types:"google.workspace.chat.message.v1.created""#,
            r#"event_types:"google.workspace.chat.space.v1.updated" OR start_time="2023-08-23T19:20:33Z""#,
            r#"event_types:"google.workspace.chat.message.v1.batchCreated""#,
            r#"event_types:"google.workspace.chat.message.v1.*""#,
            r#"event_types:"google.workspace.chat.space.v1.deleted""#,
            r#"event_types:"google.workspace.chat.message.v1.create""#,
            r#"event_types:"google.workspace.chat.message.v1.Created""#,
            r#"event_types:"message.created""#,
            "event_types:google.workspace.chat.message.v1.created",
            r#"event_types="google.workspace.chat.message.v1.created""#,
            r#"event_type:"google.workspace.chat.message.v1.created""#,
            r#"event_types:("google.workspace.chat.message.v1.created" OR "google.workspace.chat.space.v1.updated")"#,
            r#"event_types "google.workspace.chat.message.v1.created""#,
            r#""google.workspace.chat.message.v1.created""#,
            r#"start_time > "2026-07-01T00:00:00Z""#,
            r#"start_time >= "2026-07-01T00:00:00Z""#,
            r#"start_time < "2026-07-01T00:00:00Z""#,
            r#"end_time <= "2026-07-01T00:00:00Z""#,
            r#"end_time < "2026-07-01T00:00:00Z""#,
            r#"end_time:"2026-07-01T00:00:00Z""#,
            r#"start_time = "2026-07-01T00:00:00Z" AND start_time = "2026-07-01T00:00:00Z""#,
            r#"start_time = "2026-07-02T00:00:00Z" AND end_time = "2026-07-02T00:00:00Z""#,
            r#"NOT event_types:"google.workspace.chat.message.v1.created""#,
            r#"end_time="2024-03-3100:00:00+00:00"event_types:"google.workspace.chat.message.v1.created""#,
        ],
    );
    insta::assert_snapshot!(reports);
}

#[test]
fn custom_emojis() {
    let reports = reports(
        Method::CustomEmojisList,
        &[
            r#"creator("users/me")"#,
            r#"NOT creator("users/me")"#,
            r#"-creator("users/me")"#,
            r#"(NOT (creator("users/me")))"#,
            "creator('users/me')",
            "creator(users/me)",
            r#"creator("users/123")"#,
            r#"creator("users/a@example.com")"#,
            "creator()",
            r#"creator("users/me", "users/me")"#,
            r#"creator("users/me"."x")"#,
            r#"creator(("users/me"))"#,
            "creator(-1)",
            r#"creator(creator("users/me"))"#,
            r#"creator = "users/me""#,
            "creator:users/me",
            r#"creator != "users/me""#,
            r#"creator = "users/1""#,
            r#"creator = ("users/me")"#,
            "creator",
            r#"creator "users/me""#,
            r#"Creator("users/me")"#,
            r#"owner("users/me")"#,
            r#"not creator("users/me")"#,
            r#"creator("users/me") = "x""#,
            r#"creator("users/me") AND NOT creator("users/me")"#,
            r#"creator("users/me") OR NOT creator("users/me")"#,
            r#"creator("users/me") AND creator("users/me")"#,
            r#"NOT (creator("users/me") OR NOT creator("users/me"))"#,
            r#"creator("users/me") creator("users/me")"#,
            r#"emojiName = "x""#,
        ],
    );
    insta::assert_snapshot!(reports);
}

#[test]
fn section_items() {
    let reports = reports(
        Method::UsersSectionsItemsList,
        &[
            "space = spaces/{space}",
            "space=spaces/A.B",
            r#"space = "spaces/A""#,
            "space = 'spaces/A'",
            r#"space = "spaces/\u0041""#,
            r#"space = "A""#,
            "space = A",
            "space = spaces/-",
            "space:spaces/A",
            "space != spaces/A",
            "Space = spaces/A",
            r#""space" = spaces/A"#,
            "spaces/A = space",
            "space spaces/A",
            "space = (spaces/A OR spaces/B)",
            "space = spaces/A OR space = spaces/B",
            "space = spaces/A AND space = spaces/B",
            "space = spaces/A AND space = spaces/A",
            "NOT space = spaces/A",
        ],
    );
    insta::assert_snapshot!(reports);
}

/// The lints that depend on the request.
/// A fix changes what is wrong, and leaves values as they are.
#[test]
fn fixes_keep_what_is_right() {
    for (method, text, expected) in [
        (
            Method::SpacesSearch,
            r#"display_name:"\u0041 \"b\"" AND space_type = "SPACE" AND space_type = "SPACE""#,
            Some(r#"display_name:"A \"b\"" AND space_type = "SPACE""#),
        ),
        (
            Method::SpacesMessagesReactionsList,
            r#"emoji.unicodes = "\U0001F642""#,
            Some(r#"emoji.unicode = "\U0001F642""#),
        ),
        (
            Method::SpacesMessagesSearch,
            "space.display_names = Москва",
            Some("space.display_name:\"Москва\""),
        ),
        // There is no other value.
        (
            Method::SpacesSearch,
            r#"space_type != "SPACE" AND space_type = "SPACE""#,
            None,
        ),
        // Words and names may be next to marks of comments.
        (
            Method::SpacesMessagesSearch,
            "tasks // x AND is_unread()",
            None,
        ),
        (Method::SpacesMessagesSearch, "space.name = spaces/*", None),
        (
            Method::SpacesMessagesSearch,
            r#"create_time >= 2023-01-01T00:00:00Z" AND "x""#,
            Some(r#"create_time >= "2023-01-01T00:00:00Z" AND "x""#),
        ),
        (Method::CustomEmojisList, r#"creator ("users/me")"#, None),
        (
            Method::SpacesSearch,
            r#"displayName: * AND space_type = "SPACE""#,
            None,
        ),
    ] {
        let checked = Checker::new().check_method(method, text);
        let fix = checked.errors().find_map(|error| error.fix.as_ref());
        let fixed = fix.map(|fix| fix.apply(text).unwrap());
        assert_eq!(fixed.as_deref(), expected, "{text}");
    }
}

#[test]
fn requests() {
    let now = "2026-02-01T00:00:00Z".parse().unwrap();
    let context = Context::new().parent("spaces/A").now(now);
    let checker = Checker::new();
    for (method, text, code, span) in [
        (
            Method::SpacesMessagesList,
            "thread.name = spaces/B/threads/C",
            Some(Code::ForeignThread),
            "thread.name = spaces/B/threads/C",
        ),
        (
            Method::SpacesMessagesList,
            r#"create_time > "2020-01-01T00:00:00Z" AND (thread.name = spaces/AB/threads/C)"#,
            Some(Code::ForeignThread),
            "thread.name = spaces/AB/threads/C",
        ),
        (
            Method::SpacesMessagesList,
            "thread.name = spaces/A/threads/C",
            None,
            "",
        ),
        (
            Method::SpacesSpaceEventsList,
            r#"event_types:"google.workspace.chat.space.v1.updated" AND start_time = "2026-01-03T23:59:59Z""#,
            Some(Code::OutsideWindow),
            r#"start_time = "2026-01-03T23:59:59Z""#,
        ),
        (
            Method::SpacesSpaceEventsList,
            r#"event_types:"google.workspace.chat.space.v1.updated" AND end_time = "2026-02-01T00:00:00.1Z""#,
            Some(Code::OutsideWindow),
            r#"end_time = "2026-02-01T00:00:00.1Z""#,
        ),
        (
            Method::SpacesSpaceEventsList,
            r#"event_types:"google.workspace.chat.space.v1.updated" AND start_time = "2026-01-04T00:00:00Z" AND end_time = "2026-02-01T00:00:00Z""#,
            None,
            "",
        ),
    ] {
        let checked = checker.check_method_in(&context, method, text);
        let found = checked.diagnostics.iter();
        let found: Vec<_> = found
            .map(|own| (own.code, own.span.of(text).unwrap()))
            .collect();
        assert_eq!(
            found,
            Vec::from_iter(code.map(|code| (code, span))),
            "{text}"
        );
        assert!(checked.is_valid(), "{text}");
        assert_eq!(checker.check_method(method, text).diagnostics, [], "{text}");
        if let Some(code) = code {
            let lint = code.as_str().parse().unwrap();
            let checker = checker.clone().level(lint, Level::Deny);
            assert!(
                !checker.check_method_in(&context, method, text).is_valid(),
                "{text}"
            );
        }
    }
}

#[test]
fn spaces_search() {
    let reports = reports(
        Method::SpacesSearch,
        &[
            r#"space_type = "SPACE" AND displayName:"Hello, World""#,
            "",
            r#"display_name:"Hello""#,
            r#"display_name:"a" OR display_name:"b""#,
            r#"space_type = "SPACE""#,
            r#"space_type = "SPACE" AND display_name:"a" OR display_name:"b""#,
            r#"space_type = "GROUP_CHAT" AND display_name:"a""#,
            r#"space_type = "SPACE" AND space_type = "SPACE" AND display_name:"a""#,
            r#"space_type = "SPACE" OR space_type = "SPACE""#,
            r#"space_type = "SPACE" OR display_name:"a""#,
            r#"(display_name:"a" OR display_name:"b") AND display_name:"c" AND space_type = "SPACE""#,
            r#"space_type = "SPACE" AND display_name = "Hello""#,
            r#"space_type = "SPACE" AND display_name:Hello"#,
            r#"space_type = "SPACE" AND display_name:"""#,
            r#"space_type = "SPACE" AND display_name:"!!""#,
            r#"space_type = "SPACE" AND display_name:*"#,
            r#"space_type = "SPACE" AND (display_name:"Hello" OR display_name:"hel")"#,
            r#"space_type = "SPACE" AND display_name:"a" AND external_user_allowed = true"#,
            r#"space_type = "SPACE" AND display_name:"a" AND external_user_allowed = "True""#,
            r#"space_type = "SPACE" AND display_name:"a" AND (external_user_allowed = "true" OR external_user_allowed = "false")"#,
            r#"space_type = "SPACE" AND display_name:"a" AND create_time > "2026-01-01T00:00:00Z""#,
            r#"customer = "customers/my_customer" AND space_type = "SPACE" AND display_name:"a""#,
        ],
    );
    insta::assert_snapshot!(reports);
}

#[test]
fn spaces_search_with_admin_access() {
    let reports = reports_of(
        &Checker::new().admin_access(true),
        Method::SpacesSearch,
        &[
            r#"customer = "customers/my_customer" AND spaceType = "SPACE""#,
            r#"display_name:"a" OR display_name:"b""#,
            r#"space_type = "SPACE" AND display_name:"a""#,
            r#"customer = "customers/C123" AND space_type = "SPACE""#,
            r#"customer = "customers/my_customer" AND customer = "customers/my_customer" AND space_type = "SPACE""#,
            r#"customer = "customers/my_customer" AND space_type = "SPACE" AND last_active_time < "2022-01-01T00:00:00+00:00" AND last_active_time > "2023-01-01T00:00:00+00:00""#,
            r#"customer = "customers/my_customer" AND space_type = "SPACE" AND create_time > "2022-01-01T00:00:00Z" AND create_time > "2023-01-01T00:00:00Z""#,
            r#"customer = "customers/my_customer" AND space_type = "SPACE" AND create_time = "2022-01-01T00:00:00Z" AND create_time < "2023-01-01T00:00:00Z""#,
            r#"customer = "customers/my_customer" AND space_type = "SPACE" AND ((create_time > "2020-01-01T00:00:00Z" AND create_time < "2021-01-01T00:00:00Z") OR create_time >= "2022-01-01T00:00:00Z")"#,
            r#"customer = "customers/my_customer" AND space_type = "SPACE" AND create_time >= 2022-01-01T00:00:00Z"#,
            r#"customer = "customers/my_customer" AND space_type = "SPACE" AND space_history_state = "HISTORY_STATE_UNSPECIFIED""#,
            r#"customer = "customers/my_customer" AND space_type = "SPACE" AND space_history_state = "on""#,
        ],
    );
    insta::assert_snapshot!(reports);
}

/// The limit counts characters, not bytes, with white space.
#[test]
fn length_limits() {
    for (length, is_valid) in [(1_000, true), (1_001, false)] {
        let filter = r#"space_type = "SPACE" AND display_name:"é""#;
        let text = format!("{filter}{}", " ".repeat(length - filter.chars().count()));
        let checked = Checker::new().check_method(Method::SpacesSearch, &text);
        assert_eq!(checked.is_valid(), is_valid, "{length}");
        assert_eq!(
            gchat_filter::spaces_search::Filter::parse(&text).is_ok(),
            is_valid,
            "{length}"
        );
        if let Some(error) = checked.errors().next() {
            assert_eq!(error.code, Code::TooLong);
            assert_eq!((error.span.start, error.span.end), (1_001, 1_001));
        }
    }
    // A fix that exceeds the limit is not certain.
    let filter = r#"display_name:"a""#;
    let text = format!("{filter}{}", " ".repeat(990 - filter.len()));
    let checked = Checker::new().check_method(Method::SpacesSearch, &text);
    assert_eq!(checked.fixed, None);
    assert!(
        checked
            .diagnostics
            .iter()
            .all(|one| one.fix.as_ref().is_none_or(|fix| !fix.certain))
    );
}

#[test]
fn messages_search() {
    let reports = reports(
        Method::SpacesMessagesSearch,
        &[
            r#""Pending reports" AND create_time >= "2023-01-01T00:00:00Z""#,
            r#""things to do" "urgent""#,
            "space.display_name:Project tasks",
            "annotations.user_mentions.user.name:users/me",
            r#"sender.name = "users/alice@example.com" AND deploy failed"#,
            "node.js AND Tasks",
            "create_time attachment is_unread",
            "",
            "&& ||",
            "*",
            r#""""#,
            r#""🙂""#,
            "'single quotes'",
            r#""foo".bar"#,
            "a and b",
            "or",
            r#""a" not b"#,
            "-word",
            "NOT word",
            "a OR b",
            "a OR is_unread()",
            "has_link() OR is_unread()",
            "has_link() OR has_link()",
            "has_link() AND has_link()",
            r#""things to do" AND Things"#,
            r#"tasks AND "tasks""#,
            r#"(sender.name = "users/1" OR sender.name = "users/2") tasks"#,
            r#"sender.name = "users/1" OR sender.name = "users/2" tasks"#,
            r#"sender.name = "users/1" AND sender.name = "users/1""#,
            r#"sender.name "users/1""#,
            "sender.name = users/a.b@example.com",
            "space.name = spaces/A",
            "space.name:spaces/A",
            "(space.display_name:a OR space.display_name:b) AND space.display_name:c",
            "space.display_name:a OR (space.display_name:b AND space.display_name:c)",
            "space.display_name:a AND space.display_name:b",
            r#"space.displayName:"Hello World""#,
            r#"space.display_name:"!!""#,
            r#"createTime >= "2026-01-01T00:00:00Z""#,
            r#"create_time > "2026-01-01T00:00:00Z""#,
            r#"create_time <= "2026-01-01T00:00:00Z""#,
            r#"create_time = "2026-01-01T00:00:00Z""#,
            r#"create_time >= "2026-01-01T00:00:00Z" create_time < "2026-01-01T00:00:00Z""#,
            r#"create_time < "2026-01-01T00:00:00Z" OR create_time < "2026-01-01T00:00:00Z""#,
            r#"attachment:"*""#,
            "attachment:pdf",
            "attachment = *",
            "sender.name:*",
            "space.space_type = SPACE",
            r#"annotations.user_mentions.user.name = "users/1""#,
            r#"has_link("x")"#,
            "has_link",
            "Has_Link()",
            "is_unread() = true",
            "is_starred()",
            r#"text:"hello""#,
            r#"space.display_name:Foo" OR a"#,
        ],
    );
    insta::assert_snapshot!(reports);
}

/// The meanings of filters in the JSON format.
#[test]
fn meanings_as_json() {
    let mut out = String::new();
    for (method, text) in [
        (
            Method::SpacesList,
            r#"space_type = "SPACE" OR space_type = "GROUP_CHAT""#,
        ),
        (
            Method::SpacesMessagesList,
            r#"create_time > "2026-01-01T00:00:00Z" AND create_time < "2026-01-02T00:00:00.000000001Z" AND thread.name = spaces/A/threads/B"#,
        ),
        (
            Method::SpacesMessagesSearch,
            r#""to do" has_link() space.display_name:"Hello World""#,
        ),
        (
            Method::SpacesMessagesReactionsList,
            r#"emoji.unicode = "a" OR emoji.custom_emoji.uid = "b""#,
        ),
        (Method::CustomEmojisList, r#"NOT creator("users/me")"#),
        (Method::CustomEmojisList, ""),
        (Method::SpacesMembersList, r#"role = "ROLE_MANAGER""#),
        (Method::SpacesList, "x"),
    ] {
        let checked = Checker::new().check_method(method, text);
        let json = serde_json::to_value(&checked).unwrap();
        writeln!(out, "{text}\n  {}", json["meaning"]).unwrap();
    }
    insta::assert_snapshot!(out);
}
