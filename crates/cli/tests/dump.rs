//! Compares `gchat-filter match` with `serde_json` on a dump of many chunks.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use gchat_filter::members::Filter;
use gchat_filter::members::Membership;

const FILTER: &str = r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#;

/// Minimum size of the dump, in bytes: more than the chunks of four threads hold.
const MIN_SIZE: usize = 5 << 20;

/// Repeats the records of the test data.
fn long_dump() -> String {
    let records = include_str!("../../../tests/data/memberships.ndjson");
    records.repeat(MIN_SIZE / records.len() + 1)
}

/// Returns the lines that are memberships and match `filter`.
fn matching_lines(dump: &str, filter: &str) -> String {
    let filter: Filter = filter.parse().unwrap();
    let matches = |line: &&str| {
        serde_json::from_str::<Membership>(line).is_ok_and(|membership| filter.matches(&membership))
    };
    dump.split_inclusive('\n').filter(matches).collect()
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gchat-filter"));
    command.arg("match").args(args);
    command
}

/// Runs `match` on `input`.
fn run(args: &[&str], input: &str) -> Output {
    let mut child = command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // The program may stop reading early.
        scope.spawn(move || stdin.write_all(input.as_bytes()));
        child.wait_with_output().unwrap()
    })
}

/// Checks the exit status, standard output and standard error.
#[track_caller]
fn check(output: &Output, status: i32, results: &str, messages: &str) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(errors, messages);
    assert!(
        output.stdout == results.as_bytes(),
        "{} bytes of results, expected {}",
        output.stdout.len(),
        results.len()
    );
    assert_eq!(output.status.code(), Some(status));
}

/// A file that is removed when it is dropped.
struct TemporaryFile(PathBuf);

impl TemporaryFile {
    fn new(name: &str, text: &str) -> Self {
        let name = format!("{}-{name}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn matches_are_printed_in_input_order() {
    let dump = long_dump();
    let file = TemporaryFile::new("plain.ndjson", &dump);
    for filter in [
        FILTER,
        r#"member.type != "BOT""#,
        r#"role = "ROLE_MEMBER""#,
        "",
    ] {
        let expected = matching_lines(&dump, filter);
        assert!(!expected.is_empty());
        check(&run(&[filter], &dump), 0, &expected, "");
        let output = command(&[filter, file.path()]).output().unwrap();
        check(&output, 0, &expected, "");
    }
    let expected = matching_lines(&dump, FILTER);
    let count = format!("{}\n", expected.lines().count());
    check(&run(&["--count", FILTER], &dump), 0, &count, "");
    let all = dump.lines().count();
    let count = format!("{}\n", all - expected.lines().count());
    let output = command(&["--count", "--invert", FILTER, file.path()])
        .output()
        .unwrap();
    check(&output, 0, &count, "");
    let output = command(&["--count", "", file.path(), file.path()])
        .output()
        .unwrap();
    check(&output, 0, &format!("{}\n", 2 * all), "");
}

#[test]
fn arrays_and_list_responses_have_the_same_matches() {
    let dump = long_dump();
    let expected = matching_lines(&dump, FILTER);
    let lines: Vec<&str> = dump.lines().collect();
    let page = |lines: &[&str]| {
        let records = lines.join(",");
        format!("{{\"memberships\":[{records}],\"nextPageToken\":\"x\"}}\n")
    };
    for input in [
        format!("[{}]", lines.join(",")),
        format!("[\n{}\n]\n", lines.join(",\n")),
        lines.concat(),
        lines.join(" \r\n\n\t"),
        lines.chunks(100).map(page).collect(),
        page(&lines),
        format!("\u{feff}{dump}"),
    ] {
        check(&run(&[FILTER], &input), 0, &expected, "");
    }
}

#[test]
fn malformed_lines_are_reported_at_their_positions() {
    let dump = long_dump();
    let mut lines: Vec<&str> = dump.lines().collect();
    let malformed = [
        (
            0,
            r#"{"role":"ROLE_MANAGER","role":"ROLE_MANAGER"}"#,
            "29: duplicate field `role`",
        ),
        (
            9,
            r#"{"role":"ROLE_MANAGER","member":{"type":"HUMAN"},}"#,
            "49: trailing comma: JSON has no comma before `}`",
        ),
        (
            7000,
            r#"{"member":{"displayName":"é","type":"HUMAN","type":"BOT"}}"#,
            "50: duplicate field `type`",
        ),
        (
            7001,
            r#"{"member":{"type":"HUMAN"},"groupMember":{"name":"groups/1"}}"#,
            "28: expected at most one of `member` and `groupMember`, found both",
        ),
        (
            12000,
            r#"{"name":"\ud800","role":"ROLE_MANAGER"}"#,
            "16: unexpected end of hex escape",
        ),
    ];
    for (at, line, _) in malformed {
        lines[at] = line;
    }
    // Valid, with an escaped key.
    let tricky = r#"{"r\u006fle":"ROLE_MANAGER","member":{"displayName":"\"role\":1","type":1}}"#;
    lines[5000] = tricky;
    let input = lines.join("\n");
    let expected = matching_lines(&format!("{input}\n"), FILTER);
    assert!(expected.contains(tricky));
    let messages: Vec<String> = malformed
        .iter()
        .map(|(at, _, message)| format!("error: standard input:{}:{message}\n", at + 1))
        .collect();
    check(&run(&[FILTER], &input), 2, &expected, &messages.concat());

    check(&run(&["--strict", FILTER], &input), 2, "", &messages[0]);
}

#[test]
fn unreadable_files_are_reported() {
    let directory = env!("CARGO_TARGET_TMPDIR");
    for path in [directory, "no/such/file"] {
        let output = command(&["", path]).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(errors.starts_with(&format!("error: {path}: ")), "{errors}");
        assert_eq!(output.status.code(), Some(2));
    }
    check(&run(&[FILTER], ""), 1, "", "");
    check(&run(&[FILTER], "\n"), 1, "", "");
}

#[test]
fn closed_output_is_not_an_error() {
    let dump = long_dump();
    let file = TemporaryFile::new("stops.ndjson", &dump);
    let mut child = command(&["", file.path()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    check(&output, 0, "", "");
}

#[test]
fn strict_exits_without_waiting_for_more_input() {
    let mut child = command(&["--strict", ""])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"{\"role\":[]}\n").unwrap();
    // The input stays open.
    assert_eq!(child.wait().unwrap().code(), Some(2));
    drop(stdin);
}
