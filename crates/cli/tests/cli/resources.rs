//! `match`: resources of other methods, contexts, and the short options.

use super::{HUMAN, MANAGER, MEMBER, SAMPLE, assert_output, folder, run_with};
use std::fs;

/// Runs `match` for a method, with a context if there is one.
#[track_caller]
fn matching(method: &str, context: &str, filter: &str, input: &str) -> super::Output {
    let mut args = vec!["match", "--method", method, filter];
    let file = folder(&format!("context_{method}")).join("context.json");
    if !context.is_empty() {
        fs::write(&file, context).unwrap();
        args.extend(["--context", file.to_str().unwrap()]);
    }
    run_with(args, input)
}

#[test]
fn match_reads_the_resources_and_responses_of_every_method() {
    let event = r#"event_types:"google.workspace.chat.message.v1.created""#;
    for (method, filter, key, [yes, no]) in [
        (
            "spaces.list",
            r#"space_type = "SPACE""#,
            "spaces",
            [
                r#"{"name":"spaces/A","spaceType":"SPACE","displayName":"é"}"#,
                r#"{"name":"spaces/B","spaceType":"GROUP_CHAT"}"#,
            ],
        ),
        (
            "spaces.messages.list",
            r#"create_time > "2026-01-31T12:00:00Z""#,
            "messages",
            [
                r#"{"name":"spaces/A/messages/B","createTime":"2026-01-31T12:00:00.000001Z"}"#,
                r#"{"name":"spaces/A/messages/C","createTime":"2026-01-31T12:00:00Z"}"#,
            ],
        ),
        (
            "spaces.messages.reactions.list",
            r#"emoji.unicode = "🙂""#,
            "reactions",
            [
                r#"{"name":"spaces/A/messages/B/reactions/C","emoji":{"unicode":"🙂"}}"#,
                r#"{"name":"spaces/A/messages/B/reactions/D","emoji":{"custom_emoji":{"uid":"x"}}}"#,
            ],
        ),
        (
            "spaces.spaceEvents.list",
            event,
            "spaceEvents",
            [
                r#"{"name":"spaces/A/spaceEvents/B","eventType":"google.workspace.chat.message.v1.batchCreated"}"#,
                r#"{"name":"spaces/A/spaceEvents/C","event_type":"google.workspace.chat.message.v1.deleted"}"#,
            ],
        ),
        (
            "users.sections.items.list",
            "space = spaces/A",
            "sectionItems",
            [
                r#"{"name":"users/1/sections/2/items/3","space":"spaces/A"}"#,
                r#"{"name":"users/1/sections/2/items/4"}"#,
            ],
        ),
    ] {
        let pretty = yes.replace(',', ",\n  ").replace('{', "{\n ");
        for input in [
            format!("{yes}\n{no}\n"),
            format!("[{no},{yes}]"),
            format!(r#"{{"{key}":[{yes},{no}],"nextPageToken":"x"}}"#),
            format!(r#"{{"{key}":[{no}]}}{{"{key}":[{yes}]}}"#),
            format!(r#"[{{"{key}":[{no},{yes}]}},{{}}]"#),
            format!("{{}}\n{{\"nextPageToken\":\"\"}}\n{pretty}"),
        ] {
            let output = matching(method, "", filter, &input);
            assert_output(&output, 0, &format!("{yes}\n"), "");
        }
        let output = matching(method, "", filter, no);
        assert_output(&output, 1, "", "");
    }
}

#[test]
fn match_reads_the_results_of_searches() {
    let space = r#"{"name":"spaces/A","spaceType":"SPACE","displayName":"Fun event"}"#;
    let message = r#"{"name":"spaces/A/messages/B","text":"All pending reports"}"#;
    for (method, filter, key, resource) in [
        (
            "spaces.search",
            r#"display_name:"fun" AND space_type = "SPACE""#,
            "space",
            space,
        ),
        (
            "spaces.messages.search",
            r#""pending reports""#,
            "message",
            message,
        ),
    ] {
        let other = resource.replace("pending", "done").replace("Fun", "Dull");
        let results = format!(
            "{{\"totalSize\": 2, \"results\": [ {{ \"{key}\" : {resource} }} ,\n{{\"x\":[1],\"{key}\":{other}, \"y\": {{}}}}]}}"
        );
        for input in [results.clone(), format!("[{results}]"), resource.to_owned()] {
            let output = matching(method, "", filter, &input);
            assert_output(&output, 0, &format!("{resource}\n"), "");
        }
        let output = matching(method, "", filter, "{\"results\":[{\"other\":{}}, 7]}");
        let message = format!("expected an object with the key `{key}`");
        assert_eq!((output.code, output.out.as_str()), (2, ""));
        assert!(
            output
                .err
                .starts_with(&format!("error: standard input:1:13: {message}\n")),
            "{}",
            output.err
        );
    }
    // A response to an administrator has each space twice.
    let both = format!(r#"{{"results":[{{"space":{space}}}],"spaces":[{space}]}}"#);
    let filter = r#"display_name:"fun" AND space_type = "SPACE""#;
    let output = matching("spaces.search", "", filter, &both);
    assert_output(&output, 0, &format!("{space}\n"), "");
}

#[test]
fn match_uses_the_context() {
    let context = r#"{"caller": "users/1", "aliases": {"users/dana@example.com": "users/2"},
        "unread": ["spaces/A/messages/1"], "creators": {"customEmojis/1": "users/1", "customEmojis/2": "users/2"},
        "spaces": [{"name": "spaces/A", "displayName": "Project Tasks"}]}"#;
    let message = |id: &str, sender: &str| {
        format!(
            "{{\"name\":\"spaces/A/messages/{id}\",\"sender\":{{\"name\":\"users/{sender}\"}}}}\n"
        )
    };
    let input = message("1", "1") + &message("2", "2") + &message("3", "3");
    for (filter, expected) in [
        ("is_unread()", message("1", "1")),
        (r#"sender.name = "users/me""#, message("1", "1")),
        (
            r#"sender.name = "users/dana@example.com""#,
            message("2", "2"),
        ),
        ("space.display_name:task", input.clone()),
    ] {
        let output = matching("spaces.messages.search", context, filter, &input);
        assert_output(&output, 0, &expected, "");
    }
    let input = "{\"name\":\"customEmojis/1\"}\n{\"name\":\"customEmojis/2\"}\n";
    let (yes, no) = input.split_at(input.len() / 2);
    for (filter, expected) in [
        (r#"creator("users/me")"#, yes),
        (r#"NOT creator("users/me")"#, no),
        ("", input),
    ] {
        let output = matching("customEmojis.list", context, filter, input);
        assert_output(&output, 0, expected, "");
    }
}

#[test]
fn match_without_what_a_filter_depends_on_is_an_error() {
    for (method, filter, what, key) in [
        (
            "spaces.messages.search",
            "is_unread()",
            "what is unread",
            "unread",
        ),
        (
            "spaces.messages.search",
            r#"sender.name = "users/me""#,
            "the caller",
            "caller",
        ),
        (
            "customEmojis.list",
            r#"creator("users/me")"#,
            "the caller",
            "caller",
        ),
    ] {
        for context in ["", "{}"] {
            let output = matching(method, context, filter, "{}");
            let expected = format!(
                "error: the filter depends on {what}, which the context does not have; \
                 put `{key}` in a JSON file and use `--context FILE`\n"
            );
            assert_output(&output, 2, "", &expected);
        }
    }
    // Each emoji has a creator of its own.
    let input = "{\"name\":\"customEmojis/1\"}\n\n {\"name\":\"customEmojis/2\"}\n";
    let context = r#"{"caller": "users/1", "creators": {"customEmojis/1": "users/1"}}"#;
    let output = matching(
        "customEmojis.list",
        context,
        r#"creator("users/me")"#,
        input,
    );
    assert_output(
        &output,
        2,
        "{\"name\":\"customEmojis/1\"}\n",
        "error: standard input:3:2: the filter depends on the creator of `customEmojis/2`, \
         which the context does not have\n",
    );
}

#[test]
fn match_reports_what_is_not_a_resource_of_the_method() {
    let time = r#"create_time > "2026-01-31T12:00:00Z""#;
    for (input, message) in [
        (
            r#"{"name":"spaces/A/members/B","createTime":"2026-02-01T00:00:00Z"}"#,
            "1:1: expected a message, found a membership",
        ),
        (
            r#"{"a":1}"#,
            "1:1: expected a message, found an object with the key `a`",
        ),
        (
            r#"{"x":{"list":[{"name":"spaces/A/messages/B"}]}}"#,
            "1:1: expected a message, found an object with the key `x`; \
             messages are in `x.list[]`, take them out with: jq -c '.x.list[]'",
        ),
        (
            r#"{"name":"spaces/A/messages/B","createTime":"yesterday"}"#,
            "1:54: invalid time \"yesterday\": ",
        ),
        (
            r#"{"memberships":[]}"#,
            "1:1: expected a message, found an object with the key `memberships`",
        ),
    ] {
        for invert in [&[][..], &["--invert"]] {
            let args = ["match", "--method", "spaces.messages.list", time];
            let output = run_with([&args, invert].concat(), input);
            assert_eq!((output.code, output.out.as_str()), (2, ""), "{input}");
            let expected = format!("error: standard input:{message}");
            assert!(output.err.starts_with(&expected), "{}", output.err);
        }
    }
    // As in a response with a field mask.
    let message = r#"{"createTime":"2026-02-01T00:00:00Z"}"#;
    let input = format!(r#"{{"messages":[{{}},{message}]}}"#);
    let output = matching("spaces.messages.list", "", time, &input);
    assert_output(&output, 0, &format!("{message}\n"), "");
}

#[test]
fn match_has_short_options() {
    let count = SAMPLE.matches("ROLE_MANAGER").count();
    let output = run_with(["match", "-c", MANAGER], SAMPLE);
    assert_output(&output, 0, &format!("{count}\n"), "");
    let long = run_with(["match", "--invert", MANAGER], SAMPLE);
    let short = run_with(["match", "-v", MANAGER], SAMPLE);
    assert_eq!((short.code, &short.out), (0, &long.out));
    let both = run_with(["match", "-vc", MANAGER], SAMPLE);
    let others = SAMPLE.lines().count() - count;
    assert_output(&both, 0, &format!("{others}\n"), "");
}

#[test]
fn quiet_match_prints_nothing_and_stops_at_the_first_match() {
    for option in ["-q", "--quiet"] {
        let output = run_with(["match", option, HUMAN], SAMPLE);
        assert_output(&output, 0, "", "");
    }
    let manager = "{\"role\":\"ROLE_MANAGER\"}\n";
    // What follows the match is not read.
    for (input, code, has_error) in [
        (format!("{manager}not JSON\n"), 0, false),
        (format!("not JSON\n{manager}"), 0, true),
        ("not JSON\n".to_owned(), 2, true),
        (String::new(), 1, false),
    ] {
        let output = run_with(["match", "-q", MANAGER], &input);
        assert_eq!((output.code, output.out.as_str()), (code, ""), "{input}");
        assert_eq!(!output.err.is_empty(), has_error, "{}", output.err);
    }
    let output = run_with(["match", "-q", MANAGER, "no such file"], "");
    assert_eq!(output.code, 2);
    let output = run_with(["match", "-q", "-c", MEMBER], "");
    assert_eq!((output.code, output.out.as_str()), (2, ""));
}
