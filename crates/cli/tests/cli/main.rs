//! Tests of the `gchat-filter` program: arguments, input, output and exit status.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod appearance;
mod arguments;
mod check;
mod check_json;
mod compare;
mod explain;
mod lists;
mod matching;
mod methods;
mod process;
mod quotes;
mod resources;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

const MEMBER: &str = r#"role = "ROLE_MEMBER""#;
const MANAGER: &str = r#"role = "ROLE_MANAGER""#;
const HUMAN: &str = r#"member.type = "HUMAN""#;
const NOT_BOT: &str = r#"member.type != "BOT""#;

const SAMPLE: &str = include_str!("../../../../tests/data/memberships.ndjson");
const LIST_RESPONSES: &str = include_str!("../../../../tests/data/list-responses.json");

/// Filters that are valid or fail at each stage, with all kinds of characters.
const FILTERS: &[&str] = &[
    "",
    "  \t ",
    MEMBER,
    NOT_BOT,
    "member.type=\"HUMAN\" AND(role=\"ROLE_MANAGER\")",
    "role = 'ROLE_MEMBER' OR role = 'ROLE_MEMBER'",
    "member.type = \"HUMAN\" OR member.type != \"HUMAN\"",
    "role = \"ROLE_MANAGER\" AND member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\"",
    "(role = \"ROLE_MEMBER\" AND member.type = \"HUMAN\" OR role = \"ROLE_MANAGER\")",
    "x = 1 AND ROLE = \"ROLE_MEMBER\" AND type = BOT",
    "role < \"ROLE_MEMBER\" and \"HUMAN\" = member.type",
    "NOT role = \"ROLE_MEMBER\" role != \"ROLE_MANAGER\"",
    "role = \"ROLE_ASSISTANT_MANAGER\" AND member.type = \"TYPE_UNSPECIFIED\"",
    "role = (\"ROLE_MEMBER\" OR \"ROLE_MANAGER\")",
    "f(x) AND \"member\".type = \"HUMAN\"",
    "role = \"漢字 é🙂\" AND \u{e9} = \"👩\u{200d}🚀\"",
    "role = “ROLE_MEMBER”",
    "role = \"ROLE_MEMBER",
    "role == \"ROLE_MEMBER\"",
    "(a",
    "a)",
    "()",
    "role =",
    "\u{1b}[31m\u{7}\u{9b}31m\u{202e}\u{2028}\u{feff}\u{7f}\u{0}",
    "role = \"\u{1b}[31m\u{7}\u{9b}31m\u{202e}\u{2028}\u{feff}\u{7f}\r\n\t\"",
];

/// Exit status, standard output and standard error of the program.
struct Output {
    code: i32,
    out: String,
    err: String,
}

fn program<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gchat-filter"));
    command
        .args(args)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("COLUMNS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Writes the standard input of the child from another thread. The child may stop reading early.
fn feed(child: &mut Child, input: Vec<u8>) -> thread::JoinHandle<()> {
    let mut stdin = child.stdin.take().unwrap();
    thread::spawn(move || drop(stdin.write_all(&input)))
}

fn run_raw<A: AsRef<OsStr>>(
    args: impl IntoIterator<Item = A>,
    input: &[u8],
) -> (i32, Vec<u8>, Vec<u8>) {
    let mut child = program(args).spawn().unwrap();
    let feeder = feed(&mut child, input.to_vec());
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    let code = output.status.code().expect("not terminated by a signal");
    (code, output.stdout, output.stderr)
}

fn run_with<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>, input: impl AsRef<[u8]>) -> Output {
    let (code, out, err) = run_raw(args, input.as_ref());
    Output {
        code,
        out: String::from_utf8(out).unwrap(),
        err: String::from_utf8(err).unwrap(),
    }
}

fn run<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Output {
    run_with(args, "")
}

/// Runs the program with environment variables.
fn run_in<'a>(variables: &[(&str, &str)], args: impl IntoIterator<Item = &'a str>) -> Output {
    let mut command = program(args);
    let output = command.envs(variables.iter().copied()).output().unwrap();
    Output {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs `match` on an input.
#[track_caller]
fn matching(filter: &str, input: impl AsRef<[u8]>) -> Output {
    run_with(["match", filter], input)
}

#[track_caller]
fn assert_output(output: &Output, code: i32, out: &str, err: &str) {
    assert_eq!(
        (output.code, output.out.as_str(), output.err.as_str()),
        (code, out, err)
    );
}

/// Creates an empty folder for a test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("cli")
        .join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn sample_path(name: &str) -> String {
    format!("{}/../../tests/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Fails if the text contains a control or format character other than a line feed.
#[track_caller]
fn assert_escaped(text: &str) {
    let raw = regex::Regex::new(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}--\n]").unwrap();
    assert!(!raw.is_match(text), "{text:?}");
}
