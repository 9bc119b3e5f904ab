//! Filters that the shell has split into several arguments.

use super::{HUMAN, MANAGER, MEMBER, assert_output, folder, run};
use std::fs;

/// Fails unless the output is one report that shows how to quote a filter.
#[track_caller]
fn assert_split(args: &[&str], code: i32, command: &str) {
    let output = run(args);
    assert_eq!((output.code, output.out.as_str()), (code, ""), "{args:?}");
    let lines: Vec<&str> = output.err.lines().collect();
    let [error, help] = lines[..] else {
        panic!("{args:?}: {}", output.err)
    };
    assert!(
        error.starts_with("error: the shell has split the filter"),
        "{error}"
    );
    assert!(help.starts_with("help: put "), "{help}");
    assert!(help.ends_with(command), "{help}");
}

#[test]
fn check_reports_a_split_filter_once() {
    let quoted = r#"gchat-filter check 'member.type = "HUMAN"'"#;
    assert_split(&["check", "member.type", "=", "HUMAN"], 1, quoted);
    assert_split(&["check", "member.type", "= HUMAN"], 1, quoted);
    assert_split(
        &["check", "role=ROLE_MEMBER", "AND", "member.type!=BOT"],
        1,
        r#"gchat-filter check 'role="ROLE_MEMBER" AND member.type!="BOT"'"#,
    );
    // What is wrong with it is reported when it is quoted.
    assert_split(
        &["check", "role", "=", "OWNER"],
        1,
        "gchat-filter check 'role = OWNER'",
    );
    assert_split(
        &["check", "--method=spaces.list", "space_type", "=", "SPACE"],
        1,
        r#"gchat-filter check --method spaces.list 'space_type = "SPACE"'"#,
    );
    assert_split(
        &["check", "role", "=", "\"it's\""],
        1,
        "gchat-filter check 'role = \"it'\\''s\"'",
    );
}

#[test]
fn several_filters_are_not_a_split_one() {
    for filters in [
        &[MEMBER, HUMAN][..],
        &["role = ROLE_MEMBER", "member.type = BOT"],
        &["role =", MEMBER],
        &["x = 1", "y"],
        &["a)", "(b"],
    ] {
        let output = run([&["check"], filters].concat());
        assert!(!output.err.contains("shell"), "{filters:?}: {}", output.err);
    }
    // Each object is for one argument.
    let output = run(["check", "--format", "json", "role", "=", "OWNER"]);
    assert_eq!((output.code, output.out.lines().count()), (1, 3));
}

#[test]
fn other_commands_report_split_filters() {
    let filter = r#"'role = "ROLE_MANAGER"'"#;
    let parts = ["role", "=", "ROLE_MANAGER"];
    assert_split(
        &[&["explain"], &parts[..]].concat(),
        2,
        &format!("gchat-filter explain {filter}"),
    );
    assert_split(
        &[&["compare"], &parts[..], &["role=ROLE_MEMBER"]].concat(),
        2,
        &format!(r#"gchat-filter compare {filter} 'role="ROLE_MEMBER"'"#),
    );
    let file = folder("split_filters").join("members.ndjson");
    let record = "{\"role\": \"ROLE_MANAGER\"}\n";
    fs::write(&file, record).unwrap();
    let file = file.to_str().unwrap();
    assert_split(
        &[&["match"], &parts[..], &[file]].concat(),
        2,
        &format!("gchat-filter match {filter} {file}"),
    );
    assert_output(&run(["match", MANAGER, file]), 0, record, "");
    let output = run(["match", MANAGER, "no such file"]);
    assert!(
        output.err.starts_with("error: no such file"),
        "{}",
        output.err
    );
    for (args, expected) in [
        (
            &["explain", MEMBER, HUMAN][..],
            "expected one filter, found 2",
        ),
        (
            &["compare", MEMBER, HUMAN, "x = 1"],
            "expected two filters, found 3",
        ),
    ] {
        let output = run(args);
        assert_eq!((output.code, output.out.as_str()), (2, ""));
        assert!(output.err.contains(expected), "{}", output.err);
    }
}
