//! Filters of other methods, in all commands.

use super::{MEMBER, assert_output, folder, run, run_with};
use gchat_filter::Method;
use std::fs;

/// A filter of each method.
const FILTERS: &[(&str, &str)] = &[
    ("spaces.members.list", MEMBER),
    ("spaces.list", r#"space_type = "SPACE""#),
    (
        "spaces.search",
        r#"display_name:"Fun" AND space_type = "SPACE""#,
    ),
    (
        "spaces.messages.list",
        r#"create_time > "2026-01-31T12:00:00Z""#,
    ),
    ("spaces.messages.search", r#""pending reports" is_unread()"#),
    ("spaces.messages.reactions.list", r#"emoji.unicode = "🙂""#),
    (
        "spaces.spaceEvents.list",
        r#"event_types:"google.workspace.chat.message.v1.created""#,
    ),
    ("customEmojis.list", r#"NOT creator("users/me")"#),
    ("users.sections.items.list", "space = spaces/AAAA"),
];

#[test]
fn every_command_has_every_method() {
    assert_eq!(FILTERS.len(), Method::ALL.len());
    for (method, filter) in FILTERS {
        for args in [
            &["check", filter][..],
            &["explain", filter],
            &["compare", filter, filter],
            &["lints"],
        ] {
            let output = run([args, &["--method", method]].concat());
            assert_eq!(
                (output.code, output.err.as_str()),
                (0, ""),
                "{method} {args:?}"
            );
        }
        let output = run(["compare", "--method", method, filter, filter]);
        let equal = "equal: A and B match the same ";
        assert!(output.out.starts_with(equal), "{}", output.out);
    }
    for command in ["check", "explain", "match"] {
        let output = run([command, "--method", "spaces.member.list", MEMBER]);
        assert_eq!((output.code, output.out.as_str()), (2, ""));
        assert!(output.err.contains("spaces.members.list"), "{}", output.err);
    }
}

#[test]
fn completions_have_the_methods() {
    // The scripts for other shells have no values of options.
    for shell in ["bash", "fish", "zsh"] {
        let script = run(["completions", shell]).out;
        for (method, _) in FILTERS {
            assert!(script.contains(method), "{shell}: {method}");
        }
    }
}

#[test]
fn lints_are_those_of_the_method() {
    let output = run(["lints", "--method", "users.sections.items.list"]);
    for (text, expected) in [
        ("quoted-value (deny)", true),
        ("single-quotes (deny)", true),
        ("undocumented-value", false),
    ] {
        assert_eq!(output.out.contains(text), expected, "{}", output.out);
    }
}

#[test]
fn invalid_filters_of_other_methods_get_a_hint() {
    let one =
        "help: this is a filter of `spaces.messages.list`: use `--method spaces.messages.list`\n";
    let time = r#"create_time > "2026-01-31T12:00:00Z""#;
    for args in [
        &["check", time][..],
        &["explain", time],
        &["match", time],
        &["compare", MEMBER, time],
    ] {
        let output = run(args);
        assert!(output.err.ends_with(one), "{args:?}: {}", output.err);
    }
    let several = run(["check", r#"create_time > "yesterday""#]).err;
    let methods = "`spaces.search`, `spaces.messages.list` or `spaces.messages.search`\n";
    assert!(several.ends_with(methods), "{several}");
    // Only for a method that was not chosen, and for filters that another one would take.
    for args in [
        &["check", "--method", "spaces.members.list", time][..],
        &["check", "--method", "spaces.list", time],
        &["check", "x = 1"],
        &["check", "HUMAN"],
        &["check", "role = \"OWNER\""],
    ] {
        let output = run(args);
        assert_eq!(output.code, 1);
        assert!(!output.err.contains("--method"), "{args:?}: {}", output.err);
    }
}

#[test]
fn admin_access_requires_a_method_that_has_it() {
    let admin = r#"customer = "customers/my_customer" AND space_type = "SPACE""#;
    let space = r#"{"name": "spaces/A", "spaceType": "SPACE"}"#;
    let search = ["--method", "spaces.search", "--admin", admin];
    for args in [&["check"][..], &["explain"], &["compare", admin]] {
        let output = run([args, &search[..]].concat());
        assert_eq!((output.code, output.err.as_str()), (0, ""), "{args:?}");
    }
    let output = run_with([&["match"], &search[..]].concat(), space);
    assert_output(&output, 0, &format!("{space}\n"), "");
    for command in ["check", "explain", "match"] {
        let output = run([command, "--method", "spaces.list", "--admin", ""]);
        assert_output(
            &output,
            2,
            "",
            "error: `spaces.list` has no admin access; leave out `--admin`\n",
        );
    }
}

#[test]
fn check_uses_the_context() {
    let file = folder("check_context").join("context.json");
    let path = file.to_str().unwrap();
    let check = |context: &str, filter: &str| {
        fs::write(&file, context).unwrap();
        let method = "--method=spaces.messages.list";
        run(["check", method, "--context", path, filter])
    };
    let foreign = "thread.name = spaces/B/threads/C";
    let output = check(r#"{"parent": "spaces/A"}"#, foreign);
    assert_eq!(output.code, 0);
    assert!(
        output.err.starts_with("warning[foreign-thread]"),
        "{}",
        output.err
    );
    assert_eq!(check("{}", foreign).err, "");
    for (context, message) in [
        (
            "{\n  \"parnt\": 1}",
            ":2:9: unknown field `parnt`, expected one of",
        ),
        ("", ":1:0: EOF while parsing a value"),
        (
            r#"{"caller": "dana"}"#,
            "`dana` in `caller` is not a name of the form `users/{user}`\n",
        ),
    ] {
        let output = check(context, foreign);
        assert_eq!((output.code, output.out.as_str()), (2, ""), "{context}");
        let start = format!("error: {path}:");
        assert!(output.err.starts_with(&start), "{}", output.err);
        assert!(output.err.contains(message), "{}", output.err);
    }
    let output = run(["check", "--context", "no such file", MEMBER]);
    assert!(
        output.err.starts_with("error: no such file: "),
        "{}",
        output.err
    );
    assert_eq!(output.code, 2);
}
