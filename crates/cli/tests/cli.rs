//! Tests of the `gchat-filter` program: arguments, input, output and exit status.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use gchat_filter::diagnostic::visible;
use gchat_filter::diagnostic::{Severity, Span};
use gchat_filter::members::Membership;
use gchat_filter::members::{Cell, Filter, MemberType};
use gchat_filter::{Checked, Checker, Level, Lint, Method, Preset};

const MEMBER: &str = r#"role = "ROLE_MEMBER""#;
const MANAGER: &str = r#"role = "ROLE_MANAGER""#;
const HUMAN: &str = r#"member.type = "HUMAN""#;
const NOT_BOT: &str = r#"member.type != "BOT""#;

const SAMPLE: &str = include_str!("../../../tests/data/memberships.ndjson");
const LIST_RESPONSES: &str = include_str!("../../../tests/data/list-responses.json");

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
        .env("CARGO_TERM_COLOR", "never")
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

// Arguments

#[test]
fn help_and_version_go_to_standard_output() {
    for args in [&["--help"][..], &["-h"], &["help"], &["help", "match"]] {
        let output = run(args);
        assert_eq!((output.code, output.err.as_str()), (0, ""), "{args:?}");
        assert!(output.out.contains("Usage: gchat-filter"), "{}", output.out);
    }
    let commands = [
        "check",
        "explain",
        "compare",
        "match",
        "sql",
        "lints",
        "completions",
    ];
    let help = run(["--help"]).out;
    for command in commands {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
        let output = run([command, "--help"]);
        assert_eq!((output.code, output.err.as_str()), (0, ""));
        assert!(
            output
                .out
                .contains(&format!("Usage: gchat-filter {command}"))
        );
    }
    for command in ["check", "explain", "compare", "match", "sql"] {
        let help = run([command, "--help"]).out;
        assert!(help.contains("Exit status: 0"), "{help}");
    }
    for flag in ["--version", "-V"] {
        let version = concat!("gchat-filter ", env!("CARGO_PKG_VERSION"), "\n");
        assert_output(&run([flag]), 0, version, "");
    }
}

#[test]
fn invalid_arguments_exit_with_2() {
    for args in [
        &[][..],
        &["frobnicate"],
        &["check"],
        &["check", "--nonsense", MEMBER],
        &["check", "-x"],
        &["check", "--format", "xml", MEMBER],
        &["check", "--format"],
        &["check", "--preset", "lax", MEMBER],
        &["check", "--allow", "unknown-field", MEMBER],
        &["check", "--deny", "", MEMBER],
        &["check", "--strict", MEMBER],
        &["explain"],
        &["explain", MEMBER, MANAGER],
        &["compare", MEMBER],
        &["compare", MEMBER, MANAGER, HUMAN],
        &["match"],
        &["match", "--admin", MEMBER],
        &["lints", "negation"],
        &["completions"],
        &["completions", "tcsh"],
    ] {
        let output = run(args);
        assert_eq!((output.code, output.out.as_str()), (2, ""), "{args:?}");
        assert!(!output.err.is_empty(), "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn non_utf_8_argument_exits_with_2() {
    use std::os::unix::ffi::OsStrExt;
    let bytes = OsStr::from_bytes(b"role = \"\xff\"");
    for command in ["check", "explain", "match"] {
        let (code, out, err) = run_raw([OsStr::new(command), bytes], b"");
        assert_eq!((code, out.is_empty(), err.is_empty()), (2, true, false));
    }
}

#[test]
fn argument_errors_are_escaped() {
    let evil = "\u{1b}[31mred\u{7}\u{9b}31m\u{202e}bidi\u{2066}\u{200b}";
    let option = format!("--{evil}");
    for args in [
        &[evil][..],
        &["check", "--preset", evil, ""],
        &["check", "--allow", evil, ""],
        &["check", "--format", evil, ""],
        &["check", &option],
        &["compare", "", "", evil],
        &["completions", evil],
    ] {
        let output = run(args);
        assert_eq!((output.code, output.out.as_str()), (2, ""), "{args:?}");
        assert_escaped(&output.err);
    }
}

// check

#[test]
fn check_prints_the_shortest_equivalent_of_each_valid_filter() {
    let output = run(["check", "(role=\"ROLE_MANAGER\") AND member.type=\"HUMAN\""]);
    assert_output(
        &output,
        0,
        "member.type = \"HUMAN\" AND role = \"ROLE_MANAGER\"\n",
        "",
    );
    assert_output(&run(["check", ""]), 0, "\n", "");
    for text in FILTERS.iter().filter(|text| !text.starts_with('-')) {
        let output = run_check(&["check", text]);
        let Some(output) = output else { continue };
        let checked = Filter::check(&Checker::new(), text);
        let shortest = checked.filter.map(|filter| format!("{filter}\n"));
        assert_eq!(output.out, shortest.unwrap_or_default(), "{text:?}");
        assert_eq!(output.code, i32::from(!checked.is_valid()), "{text:?}");
        assert_eq!(output.err.is_empty(), checked.diagnostics.is_empty());
        assert_eq!(
            output.err.matches("error[").count() > 0,
            !checked.is_valid(),
            "{}",
            output.err
        );
    }
}

/// Runs the program, unless an argument contains NUL, which cannot be passed to a program.
fn run_check(args: &[&str]) -> Option<Output> {
    (!args.iter().any(|arg| arg.contains('\0'))).then(|| run(args))
}

#[test]
fn check_continues_after_an_invalid_filter() {
    let output = run(["check", MEMBER, "x = 1", NOT_BOT, "(", ""]);
    assert_eq!(output.code, 1);
    assert_eq!(output.out, format!("{MEMBER}\n{NOT_BOT}\n\n"));
    let codes = ["error[unknown-field]", "error[unexpected-end]"];
    let unclosed =
        output.err.contains(codes[1]) || output.err.contains("error[unclosed-parenthesis]");
    assert!(output.err.contains(codes[0]) && unclosed, "{}", output.err);
    // Each report names its filter.
    assert!(output.err.contains("filter 2:1:1"), "{}", output.err);
    assert!(output.err.contains("filter 4:1:"), "{}", output.err);
}

#[test]
fn check_accepts_a_filter_with_warnings() {
    let output = run(["check", "role = 'ROLE_MEMBER'"]);
    assert_eq!(
        (output.code, output.out.as_str()),
        (0, "role = \"ROLE_MEMBER\"\n")
    );
    assert!(
        output.err.starts_with("warning[single-quotes]"),
        "{}",
        output.err
    );
}

#[test]
fn check_prints_the_report_of_the_library() {
    let text = "role = \"ROLE_MANAGER\" AND role = \"ROLE_MEMBER\"";
    let checked = Filter::check(&Checker::new(), text);
    let report = gchat_filter::Report::from(&checked).to_string();
    assert_eq!(run(["check", text]).err.trim_end(), report.trim_end());
}

#[test]
fn check_reads_standard_input_line_by_line() {
    let input = format!("{MEMBER}\r\n\r\n{NOT_BOT}\n\n  \r\n{HUMAN}");
    let output = run_with(["check", "-"], input);
    assert_output(
        &output,
        0,
        &format!("{MEMBER}\n\n{NOT_BOT}\n\n\n{HUMAN}\n"),
        "",
    );

    assert_output(&run_with(["check", "-"], ""), 0, "", "");
    assert_output(&run_with(["check", "-"], "\n"), 0, "\n", "");
    assert_output(&run_with(["check", "-"], "\r\n"), 0, "\n", "");
    assert_output(&run_with(["check", "-"], "\n\n"), 0, "\n\n", "");

    let output = run_with(["check", "-"], format!("{MEMBER}\nx = 1\n{HUMAN}\n"));
    assert_eq!(
        (output.code, output.out),
        (1, format!("{MEMBER}\n{HUMAN}\n"))
    );
    assert!(output.err.contains("standard input:2:1"), "{}", output.err);
    assert!(output.err.contains("\n2 | x = 1"), "{}", output.err);
}

#[test]
fn check_reads_a_carriage_return_inside_a_line_as_white_space() {
    let output = run_with(["check", "-"], "role\r=\r\"ROLE_MEMBER\"\r\r\n");
    assert_output(&output, 0, &format!("{MEMBER}\n"), "");
}

#[test]
fn check_keeps_the_order_of_arguments_and_standard_input() {
    let output = run_with(["check", MEMBER, "-", NOT_BOT], format!("{HUMAN}\n\n"));
    assert_output(&output, 0, &format!("{MEMBER}\n{HUMAN}\n\n{NOT_BOT}\n"), "");
    let output = run_with(["check", "--", MEMBER, "-"], format!("{HUMAN}\n"));
    assert_output(&output, 0, &format!("{MEMBER}\n{HUMAN}\n"), "");
}

#[test]
fn check_fails_on_a_non_utf_8_line_but_reads_the_others() {
    let (code, out, err) = run_raw(["check", "-"], b"\xc3\xa9\xff\nrole = \"ROLE_MEMBER\"");
    assert_eq!(code, 2);
    assert_eq!(out, format!("{MEMBER}\n").as_bytes());
    let err = String::from_utf8(err).unwrap();
    assert!(err.contains("standard input:1:"), "{err}");
    // Failure takes precedence over an invalid filter.
    let (code, ..) = run_raw(["check", "-", "x = 1"], b"\xff");
    assert_eq!(code, 2);
}

#[test]
fn check_accepts_a_leading_hyphen_after_a_double_dash() {
    let negated = "-role = \"ROLE_MEMBER\"";
    assert_eq!(run(["check", negated]).code, 2);
    let output = run(["check", "--", negated]);
    assert_eq!((output.code, output.out.as_str()), (1, ""));
    assert!(output.err.contains("error[negation]"), "{}", output.err);
    let output = run([
        "check",
        "--allow",
        "negation",
        "--",
        negated,
        "-(role = \"ROLE_MANAGER\")",
    ]);
    let expected = "role != \"ROLE_MEMBER\"\nrole != \"ROLE_MANAGER\"\n";
    assert_eq!((output.code, output.out.as_str()), (0, expected));
    assert!(run(["check", "-x"]).err.contains("-- -x"), "suggests `--`");
    for command in ["explain", "match"] {
        let args = [command, "--preset", "aip160", "--", negated];
        let output = run_with(args, r#"{"role":"ROLE_MANAGER"}"#);
        assert_eq!((output.code, output.err.as_str()), (0, ""), "{command}");
    }
    let output = run(["compare", "--preset=aip160", "--", negated, negated]);
    assert_eq!((output.code, output.err.as_str()), (0, ""));
    assert!(output.out.starts_with("equal"));
}

#[test]
fn last_option_for_a_lint_wins() {
    let single = "role = 'ROLE_MEMBER'";
    // (options, exit status, beginning of the report)
    for (options, code, report) in [
        (&[][..], 0, "warning[single-quotes]"),
        (&["--allow", "single-quotes"], 0, ""),
        (&["--warn", "single-quotes"], 0, "warning[single-quotes]"),
        (&["--deny", "single-quotes"], 1, "error[single-quotes]"),
        (
            &["--deny", "single-quotes", "--allow", "single-quotes"],
            0,
            "",
        ),
        (
            &["--allow", "single-quotes", "--deny", "single-quotes"],
            1,
            "error[single-quotes]",
        ),
        (
            &[
                "--deny=single-quotes",
                "--allow=single-quotes",
                "--warn=single-quotes",
            ],
            0,
            "warning[single-quotes]",
        ),
        (
            &[
                "--deny=single-quotes",
                "--allow=single-quotes",
                "--deny=single-quotes",
            ],
            1,
            "error[single-quotes]",
        ),
        (
            &[
                "--allow",
                "negation",
                "--allow",
                "single-quotes",
                "--deny",
                "negation",
            ],
            0,
            "",
        ),
        (&["--preset", "strict"], 1, "error[single-quotes]"),
        (&["--preset", "aip160"], 0, ""),
        (&["--preset", "default"], 0, "warning[single-quotes]"),
        (&["--preset", "strict", "--allow", "single-quotes"], 0, ""),
        (
            &["--preset", "strict", "--warn", "single-quotes"],
            0,
            "warning[single-quotes]",
        ),
        (
            &["--preset", "aip160", "--deny", "single-quotes"],
            1,
            "error[single-quotes]",
        ),
    ] {
        let output = run(["check"].iter().chain(options).chain(&[single]));
        assert_eq!(output.code, code, "{options:?}");
        assert!(
            output.err.starts_with(report),
            "{options:?}: {}",
            output.err
        );
        assert_eq!(output.err.is_empty(), report.is_empty(), "{options:?}");
        // The options may follow the filter.
        let output = run(["check", single].iter().chain(options));
        assert_eq!(output.code, code, "{options:?} after the filter");
    }
}

#[test]
fn every_lint_supports_levels_and_presets() {
    let triggers = [
        ("unquoted-value", "member.type = HUMAN"),
        ("single-quotes", "member.type = 'HUMAN'"),
        (
            "mixed-operators",
            "member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\"",
        ),
        (
            "implicit-and",
            "member.type = \"HUMAN\" role = \"ROLE_MEMBER\"",
        ),
        ("negation", "NOT member.type = \"HUMAN\""),
        ("undocumented-operator", "role != \"ROLE_MEMBER\""),
        ("undocumented-value", "role = \"ROLE_ASSISTANT_MANAGER\""),
        (
            "redundant-term",
            "role = \"ROLE_MEMBER\" AND role = \"ROLE_MEMBER\"",
        ),
        (
            "always-true",
            "member.type = \"HUMAN\" OR member.type != \"HUMAN\"",
        ),
    ];
    let lints = Method::SpacesMembersList.lints();
    assert!(
        triggers
            .into_iter()
            .map(|(name, _)| name)
            .eq(lints.map(Lint::name))
    );
    for (name, text) in triggers {
        let lint: Lint = name.parse().unwrap();
        let default = lint.default_level().as_str();
        for (option, value, level) in [
            ("--preset", "default", default),
            ("--preset", "strict", "deny"),
            ("--preset", "aip160", "allow"),
            ("--allow", name, "allow"),
            ("--warn", name, "warn"),
            ("--deny", name, "deny"),
        ] {
            let output = run(["check", option, value, text]);
            let (code, report) = match level {
                "allow" => (0, None),
                "warn" => (0, Some(format!("warning[{name}]"))),
                _ => (1, Some(format!("error[{name}]"))),
            };
            assert_eq!(output.code, code, "{option} {value}: {}", output.err);
            match report {
                Some(report) => assert!(output.err.contains(&report), "{}", output.err),
                None => assert_eq!(output.err, ""),
            }
        }
    }
}

#[test]
fn check_with_admin_access() {
    for (text, code) in [
        (HUMAN, 0),
        (NOT_BOT, 0),
        ("member.type != \"BOT\" AND role = \"ROLE_MANAGER\"", 0),
        ("", 1),
        (MANAGER, 1),
        ("member.type = \"BOT\"", 1),
        ("member.type != \"HUMAN\"", 1),
        ("member.type = \"HUMAN\" OR role = \"ROLE_MANAGER\"", 1),
    ] {
        let output = run(["check", "--admin", text]);
        assert_eq!(output.code, code, "{text}");
        assert_eq!(output.out.is_empty(), code == 1, "{text}");
        assert_eq!(
            output.err.contains("error[admin-"),
            code == 1,
            "{}",
            output.err
        );
        assert_eq!(run(["check", text]).code, 0, "{text}");
    }
    let output = run(["check", "--admin", ""]);
    assert!(
        output.err.contains("corrected: member.type != \"BOT\""),
        "{}",
        output.err
    );
}

/// Returns the expected output of `check --format json`, formatted by hand.
fn expected_json(checked: &Checked<'_, Filter>) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let nullable = |text: Option<&str>| text.map_or("null".to_owned(), quoted);
    let mut json = format!(
        "{{\"filter\":{},\"valid\":{}",
        quoted(&checked.text),
        checked.is_valid()
    );
    let diagnostics = checked.diagnostics.iter().map(|diagnostic| {
        let labels = diagnostic.labels.iter().map(|label| {
            let (span, text) = (label.span, quoted(&label.text));
            format!(
                "{{\"start\":{},\"end\":{},\"text\":{text}}}",
                span.start, span.end
            )
        });
        let fix = diagnostic.fix.as_ref().map_or("null".to_owned(), |fix| {
            let text = quoted(&fix.apply(&checked.text).unwrap());
            let edits = fix.edits.iter().map(|edit| {
                let Span { start, end } = edit.span;
                let text = quoted(&edit.text);
                format!("{{\"start\":{start},\"end\":{end},\"text\":{text}}}")
            });
            format!(
                "{{\"certain\":{},\"edits\":[{}],\"text\":{text}}}",
                fix.certain,
                edits.collect::<Vec<_>>().join(",")
            )
        });
        format!(
            "{{\"severity\":\"{}\",\"stage\":\"{}\",\"code\":\"{}\",\"message\":{},\"start\":{},\
             \"end\":{},\"labels\":[{}],\"help\":{},\"fix\":{fix}}}",
            if diagnostic.severity == Severity::Error {
                "error"
            } else {
                "warning"
            },
            diagnostic.stage().as_str(),
            diagnostic.code.as_str(),
            quoted(&diagnostic.message),
            diagnostic.span.start,
            diagnostic.span.end,
            labels.collect::<Vec<_>>().join(","),
            nullable(diagnostic.help.as_deref()),
        )
    });
    let diagnostics: Vec<String> = diagnostics.collect();
    let simplified = checked.filter.map(|filter| filter.to_string());
    write!(
        json,
        ",\"diagnostics\":[{}],\"fixed\":{},\"simplified\":{}",
        diagnostics.join(","),
        nullable(checked.fixed.as_deref()),
        nullable(simplified.as_deref()),
    )
    .unwrap();
    let admits = checked.filter.map_or("null".to_owned(), |filter| {
        let cells = filter.admits().map(|cell| {
            let role = cell.role.name().unwrap_or("*");
            let member_type = match cell.member_type {
                MemberType::NoMember => "null".to_owned(),
                other => quoted(other.name().unwrap_or("*")),
            };
            format!("{{\"role\":\"{role}\",\"type\":{member_type}}}")
        });
        format!("[{}]", cells.collect::<Vec<_>>().join(","))
    });
    write!(json, ",\"admits\":{admits}}}").unwrap();
    json
}

#[test]
fn check_json_has_the_documented_form() {
    let output = run([
        "check",
        "--format",
        "json",
        "member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\"",
    ]);
    assert_output(
        &output,
        0,
        concat!(
            r#"{"filter":"member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\"","valid":true,"#,
            r#""diagnostics":[],"fixed":null,"#,
            r#""simplified":"member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\"","#,
            r#""admits":[{"role":"ROLE_MEMBER","type":"HUMAN"}]}"#,
            "\n"
        ),
        "",
    );
    let output = run([
        "check",
        "--format=json",
        "role = \"ROLE_MEMBER\" AND member.type != \"HUMAN\"",
    ]);
    assert!(
        output.out.ends_with(concat!(
            r#","admits":[{"role":"ROLE_MEMBER","type":null},"#,
            r#"{"role":"ROLE_MEMBER","type":"TYPE_UNSPECIFIED"},"#,
            r#"{"role":"ROLE_MEMBER","type":"BOT"},{"role":"ROLE_MEMBER","type":"*"}]}"#,
            "\n"
        )),
        "{}",
        output.out
    );
    let output = run([
        "check",
        "--format=json",
        "--preset=aip160",
        "NOT (role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\") AND member.type = \"BOT\"",
    ]);
    assert!(
        output.out.contains(concat!(
            r#""admits":[{"role":"MEMBERSHIP_ROLE_UNSPECIFIED","type":"BOT"},"#,
            r#"{"role":"ROLE_ASSISTANT_MANAGER","type":"BOT"},{"role":"*","type":"BOT"}]"#
        )),
        "{}",
        output.out
    );
}

#[test]
fn check_json_describes_an_invalid_filter() {
    // Offsets are in bytes.
    let output = run([
        "check",
        "--format",
        "json",
        "é = \"漢\" AND Role = \"ROLE_MEMBER\"",
    ]);
    assert_eq!((output.code, output.err.as_str()), (1, ""));
    let json: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!(json["valid"], false);
    let diagnostics = json["diagnostics"].as_array().unwrap();
    let spans: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| [&diagnostic["start"], &diagnostic["end"]].map(|at| at.as_u64().unwrap()))
        .collect();
    assert_eq!(spans, [[0, 2], [15, 19]]);
    assert_eq!(diagnostics[0]["code"], "unknown-field");
    assert_eq!(diagnostics[0]["severity"], "error");
    assert_eq!(diagnostics[0]["stage"], "schema");
    assert!(diagnostics[0]["fix"].is_null());
    assert_eq!(diagnostics[1]["fix"]["certain"], true);
    let fixed = "é = \"漢\" AND role = \"ROLE_MEMBER\"";
    assert_eq!(diagnostics[1]["fix"]["text"], fixed);
    assert_eq!(json["fixed"], fixed);
    assert!(json["simplified"].is_null() && json["admits"].is_null());
    assert!(
        output
            .out
            .ends_with(",\"simplified\":null,\"admits\":null}\n")
    );
}

#[test]
fn check_json_agrees_with_the_library() {
    for (preset_name, preset) in [
        ("default", Preset::Default),
        ("strict", Preset::Strict),
        ("aip160", Preset::Aip160),
    ] {
        for admin in [false, true] {
            let checker = Checker::new().preset(preset).admin_access(admin);
            let lines: Vec<&str> = FILTERS
                .iter()
                .copied()
                .filter(|text| !text.contains(['\n', '\r']))
                .collect();
            let mut args = vec!["check", "--format", "json", "--preset", preset_name, "-"];
            args.extend(admin.then_some("--admin"));
            let output = run_with(args, lines.join("\n"));
            let checked: Vec<_> = lines
                .iter()
                .map(|line| Filter::check(&checker, line))
                .collect();
            let expected: Vec<_> = checked.iter().map(expected_json).collect();
            // Compared after parsing, as the program escapes more characters than JSON requires.
            let parsed = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
            let found: Vec<_> = output.out.lines().map(parsed).collect();
            let expected: Vec<_> = expected.iter().map(|line| parsed(line)).collect();
            assert_eq!(found, expected);
            for line in output.out.lines() {
                assert_eq!(visible(line).to_string(), line);
            }
            assert_eq!((output.code, output.err.as_str()), (1, ""));
        }
    }
}

#[test]
fn check_json_prints_one_object_per_filter_in_order() {
    let input = "x\r\n\nrole = \"ROLE_MEMBER\"";
    let args = ["check", "--format", "json", "a\nb", "-", "", "--", "-x"];
    let output = run_with(args, input);
    let filters: Vec<_> = output
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["filter"].clone())
        .collect();
    assert_eq!(
        filters,
        ["a\nb", "x", "", "role = \"ROLE_MEMBER\"", "", "-x"]
    );
    assert_eq!((output.code, output.err.as_str()), (1, ""));
}

#[test]
fn check_json_includes_the_warnings_of_a_valid_filter() {
    let output = run([
        "check",
        "--format",
        "json",
        "role = 'ROLE_MEMBER' AND role = \"ROLE_MEMBER\"",
    ]);
    let json: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!((output.code, &json["valid"]), (0, &true.into()));
    let diagnostics = json["diagnostics"].as_array().unwrap();
    assert!(
        diagnostics
            .iter()
            .all(|diagnostic| diagnostic["severity"] == "warning")
    );
    let codes: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| &diagnostic["code"])
        .collect();
    assert_eq!(codes, ["single-quotes", "redundant-term"]);
    assert_eq!(json["simplified"], "role = \"ROLE_MEMBER\"");
}

#[test]
fn filters_are_escaped() {
    let characters = "\u{1b}[31m\u{7}\u{8}\u{9b}31m\u{9d}\u{202e}\u{2066}\u{2028}\u{2029}\u{feff}\u{200b}\u{7f}\u{e0041}";
    let texts = [
        characters.to_owned(),
        format!("role = \"{characters}\""),
        format!("role = '{characters}' AND x = \"{characters}\""),
        format!("a{characters}b = 1"),
        format!("role = \"ROLE_MEMBER\" {characters}"),
        format!("\"{characters}"),
        format!("f({characters})"),
        format!("\"{characters}\"(x)"),
        format!("\"{characters}\" = role"),
        "role = \"\\u001b[31m\\u202e\"".to_owned(),
        "\"\\u001b[31m\".\"\\u202e\" = 1".to_owned(),
        "role = \"a\tb\rc\nd\"".to_owned(),
    ];
    for text in &texts {
        for preset in ["default", "strict", "aip160"] {
            for args in [
                &["check", "--preset", preset, text][..],
                &["check", "--preset", preset, "--admin", MEMBER, text],
                &["explain", "--preset", preset, text],
                &["compare", "--preset", preset, text, text],
                &["match", "--preset", preset, text],
            ] {
                let output = run(args);
                assert_escaped(&output.err);
                assert_escaped(&output.out);
            }
        }
    }
}

#[test]
fn valid_filters_are_escaped() {
    let text = "role\t=\r\n\"\\u0052OLE_MEMBER\"\r\tAND\tmember.type = \"HUMAN\"\t\r\n";
    for args in [
        &["check", text][..],
        &["check", "--preset=strict", "--admin", text],
        &["explain", text],
        &["compare", text, text],
    ] {
        let output = run(args);
        assert_eq!((output.code, output.err.as_str()), (0, ""));
        assert_escaped(&output.out);
    }
}

// explain

/// Parses the table printed by `explain`: whether each role and type matches.
fn grid(out: &str) -> Vec<Vec<bool>> {
    let lines = out.lines().skip_while(|line| !line.contains("no member"));
    let rows = lines.skip(1).take(5).map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let marks = &words[words.len() - 5..];
        assert!(marks.iter().all(|mark| ["●", "·"].contains(mark)), "{line}");
        marks.iter().map(|mark| *mark == "●").collect()
    });
    rows.collect()
}

#[test]
fn explain_prints_the_tree_the_shortest_equivalent_and_the_table() {
    let text = "(role=\"ROLE_MANAGER\" OR role=\"ROLE_MEMBER\") AND member.type=\"HUMAN\"";
    let output = run(["explain", text]);
    assert_eq!((output.code, output.err.as_str()), (0, ""));
    let expected = [
        "  AND",
        "  ├─ OR",
        "  │  ├─ role = \"ROLE_MANAGER\"",
        "  │  └─ role = \"ROLE_MEMBER\"",
        "  └─ member.type = \"HUMAN\"",
    ];
    assert!(output.out.contains(&expected.join("\n")), "{}", output.out);
    let shortest = Filter::parse(text).unwrap().to_string();
    assert!(
        output.out.contains(&format!("\n  {shortest}\n")),
        "{}",
        output.out
    );
    let header = output
        .out
        .lines()
        .find(|line| line.contains("no member"))
        .unwrap();
    let columns: Vec<&str> = header
        .split("  ")
        .map(str::trim)
        .filter(|c| !c.is_empty())
        .collect();
    assert_eq!(
        columns,
        [
            "no member",
            "TYPE_UNSPECIFIED",
            "HUMAN",
            "BOT",
            "other type"
        ]
    );
    let first_words: Vec<&str> = output
        .out
        .lines()
        .skip_while(|line| !line.contains("no member"))
        .skip(1)
        .take(5)
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .find(|c| !c.is_empty())
                .unwrap()
        })
        .collect();
    assert_eq!(
        first_words,
        [
            "MEMBERSHIP_ROLE_UNSPECIFIED",
            "ROLE_MEMBER",
            "ROLE_MANAGER",
            "ROLE_ASSISTANT_MANAGER",
            "other role"
        ]
    );
}

#[test]
fn explain_prints_every_construct() {
    let text = "-(role = ROLE_MEMBER OR NOT role != 'ROLE_MANAGER') member.type = \"BOT\"";
    let output = run(["explain", "--preset", "aip160", "--", text]);
    assert_eq!((output.code, output.err.as_str()), (0, ""));
    let expected = [
        "  AND (implicit)",
        "  ├─ NOT",
        "  │  └─ OR",
        "  │     ├─ role = ROLE_MEMBER",
        "  │     └─ NOT",
        "  │        └─ role != \"ROLE_MANAGER\"",
        "  └─ member.type = \"BOT\"",
    ];
    assert!(output.out.contains(&expected.join("\n")), "{}", output.out);
}

#[test]
fn explain_marks_what_the_filter_matches() {
    let undocumented = [
        "role != \"ROLE_MEMBER\" AND member.type = \"TYPE_UNSPECIFIED\"",
        "NOT role = \"ROLE_ASSISTANT_MANAGER\"",
        "(role = \"ROLE_MEMBER\" member.type = HUMAN) OR role = \"MEMBERSHIP_ROLE_UNSPECIFIED\"",
    ];
    let documented = [
        "",
        MEMBER,
        HUMAN,
        NOT_BOT,
        "member.type != \"HUMAN\" AND member.type != \"BOT\"",
        "role = \"ROLE_MEMBER\" OR (role = \"ROLE_MANAGER\" AND member.type = \"BOT\")",
    ];
    let checker = Checker::new().preset(Preset::Aip160);
    for text in documented.iter().chain(&undocumented) {
        let output = run(["explain", "--preset", "aip160", text]);
        assert_eq!((output.code, output.err.as_str()), (0, ""), "{text}");
        let filter = Filter::check(&checker, text).filter.unwrap();
        let cells: Vec<Cell> = Cell::all().collect();
        let rows = cells.chunks(MemberType::ALL.len());
        let expected: Vec<Vec<bool>> = rows
            .map(|row| row.iter().map(|cell| filter.matches(cell)).collect())
            .collect();
        assert_eq!(grid(&output.out), expected, "{text}\n{}", output.out);
        let noted = output.out.contains("no documented filter");
        assert_eq!(noted, undocumented.contains(text), "{}", output.out);
    }
}

#[test]
fn explain_reports_admin_access() {
    for (text, accepted) in [
        (HUMAN, true),
        ("member.type != \"BOT\" AND role = \"ROLE_MANAGER\"", true),
        ("", false),
        (MANAGER, false),
        ("member.type = \"BOT\"", false),
        ("member.type != \"HUMAN\"", false),
    ] {
        let output = run(["explain", text]);
        assert_eq!((output.code, output.err.as_str()), (0, ""), "{text}");
        let (_, admin) = output.out.split_once("With admin access\n").unwrap();
        assert_eq!(
            admin.contains("accepted") && !admin.contains("rejected"),
            accepted,
            "{admin}"
        );
        assert_eq!(admin.contains("rejected: "), !accepted, "{admin}");
    }
    let output = run(["explain", MANAGER]);
    let fixed = "corrected: role = \"ROLE_MANAGER\" AND member.type != \"BOT\"";
    assert!(output.out.contains(fixed), "{}", output.out);
}

#[test]
fn explain_reports_errors_and_warnings() {
    let output = run(["explain", "x = 1"]);
    assert_eq!((output.code, output.out.as_str()), (1, ""));
    assert!(
        output.err.starts_with("error[unknown-field]"),
        "{}",
        output.err
    );
    let output = run(["explain", "role = 'ROLE_MEMBER'"]);
    assert_eq!(output.code, 0);
    assert!(
        output.err.starts_with("warning[single-quotes]"),
        "{}",
        output.err
    );
}

// compare

/// Parses the example memberships printed by `compare`: the label of each, and whether A and B match
/// it.
fn examples(out: &str, a: Filter, b: Filter) -> Vec<(String, bool, bool)> {
    let lines = out.lines().filter_map(|line| {
        let (label, json) = line.split_once(": {")?;
        let membership: Membership = serde_json::from_str(&format!("{{{json}")).unwrap();
        let matches = [a, b].map(|filter| filter.matches(&membership));
        Some((label.to_owned(), matches[0], matches[1]))
    });
    lines.collect()
}

#[test]
fn compare_prints_the_relation_and_examples() {
    let both = "role = \"ROLE_MANAGER\" AND member.type = \"HUMAN\"";
    for (a, b, relation) in [
        (MEMBER, "(role=\"ROLE_MEMBER\")", "equal"),
        ("", "", "equal"),
        (
            "",
            "member.type = \"BOT\" OR member.type != \"BOT\"",
            "equal",
        ),
        (both, MANAGER, "narrower"),
        (MANAGER, "", "narrower"),
        (HUMAN, NOT_BOT, "narrower"),
        (MANAGER, both, "wider"),
        ("", MANAGER, "wider"),
        (MEMBER, MANAGER, "disjoint"),
        (HUMAN, "member.type = \"BOT\"", "disjoint"),
        (MEMBER, HUMAN, "overlapping"),
        (NOT_BOT, "member.type != \"HUMAN\"", "overlapping"),
    ] {
        let output = run(["compare", a, b]);
        assert_eq!(output.code, 0, "{a} | {b}");
        let first = output.out.lines().next().unwrap();
        assert!(first.starts_with(relation), "{a} | {b}: {first}");
        let [a_filter, b_filter] = [a, b].map(|text| Filter::parse(text).unwrap());
        let found = examples(&output.out, a_filter, b_filter);
        for (label, by_a, by_b) in &found {
            let expected = match label.as_str() {
                "matches only A" => (true, false),
                "matches only B" => (false, true),
                "matches both" => (true, true),
                other => panic!("{other}"),
            };
            assert_eq!((*by_a, *by_b), expected, "{a} | {b}: {label}");
        }
        let labels: Vec<&str> = found.iter().map(|(label, ..)| label.as_str()).collect();
        let expected: &[&str] = match relation {
            "equal" => &["matches both"],
            "narrower" => &["matches only B", "matches both"],
            "wider" => &["matches only A", "matches both"],
            "disjoint" => &["matches only A", "matches only B"],
            _ => &["matches only A", "matches only B", "matches both"],
        };
        assert_eq!(labels, expected, "{a} | {b}");
    }
}

#[test]
fn compare_finds_an_example_in_every_cell() {
    let mut all: Vec<String> = Vec::new();
    for role in [
        "ROLE_MEMBER",
        "ROLE_MANAGER",
        "ROLE_ASSISTANT_MANAGER",
        "MEMBERSHIP_ROLE_UNSPECIFIED",
    ] {
        for member_type in ["HUMAN", "BOT", "TYPE_UNSPECIFIED"] {
            all.push(format!(
                "(role = \"{role}\" AND member.type = \"{member_type}\")"
            ));
        }
    }
    let known = "(role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\" OR role = \"ROLE_ASSISTANT_MANAGER\" OR role = \"MEMBERSHIP_ROLE_UNSPECIFIED\")";
    let known_type =
        "(member.type = \"HUMAN\" OR member.type = \"BOT\" OR member.type = \"TYPE_UNSPECIFIED\")";
    all.push(format!("(NOT {known} AND member.type = \"BOT\")"));
    all.push(format!("(role = \"ROLE_MEMBER\" AND NOT {known_type})"));
    all.push(format!("(NOT {known} AND NOT {known_type})"));
    let checker = Checker::new().preset(Preset::Aip160);
    for a in &all {
        let b = format!("NOT {a}");
        let output = run(["compare", "--preset", "aip160", a, &b]);
        assert_eq!((output.code, output.err.as_str()), (0, ""), "{a}");
        let [a, b] = [a, &b].map(|text| Filter::check(&checker, text).filter.unwrap());
        assert!(output.out.starts_with("disjoint"), "{}", output.out);
        let found = examples(&output.out, a, b);
        let expected = [
            ("matches only A", true, false),
            ("matches only B", false, true),
        ];
        assert_eq!(
            found
                .iter()
                .map(|(label, a, b)| (label.as_str(), *a, *b))
                .collect::<Vec<_>>(),
            expected
        );
    }
}

#[test]
fn compare_reports_the_errors_of_both_filters() {
    let output = run(["compare", "x = 1", "role ="]);
    assert_eq!((output.code, output.out.as_str()), (1, ""));
    assert!(
        output.err.contains("error[unknown-field]"),
        "{}",
        output.err
    );
    assert!(
        output.err.contains("error[unexpected-end]"),
        "{}",
        output.err
    );
    assert_eq!(run(["compare", MEMBER, "x = 1"]).code, 1);
}

// match

/// Returns the records that match a filter, one per line, without the reader of the program.
fn matching_records(records: &[&str], filter: Filter) -> String {
    let mut out = String::new();
    for record in records {
        let membership: Membership = serde_json::from_str(record).unwrap();
        if filter.matches(&membership) {
            out.push_str(record);
            out.push('\n');
        }
    }
    out
}

#[test]
fn match_prints_the_matching_records() {
    let records: Vec<&str> = SAMPLE.lines().collect();
    let path = sample_path("memberships.ndjson");
    for text in [
        "",
        MEMBER,
        MANAGER,
        HUMAN,
        NOT_BOT,
        "member.type = \"BOT\"",
        "member.type != \"HUMAN\"",
        "member.type = \"HUMAN\" AND role = \"ROLE_MANAGER\"",
        "member.type != \"HUMAN\" AND member.type != \"BOT\"",
    ] {
        let expected = matching_records(&records, Filter::parse(text).unwrap());
        let code = i32::from(expected.is_empty());
        assert_output(&run(["match", text, &path]), code, &expected, "");
        assert_output(&matching(text, SAMPLE), code, &expected, "");
        assert_output(&run_with(["match", text, "-"], SAMPLE), code, &expected, "");
        let count = format!("{}\n", expected.lines().count());
        assert_output(&run(["match", "--count", text, &path]), code, &count, "");
        assert_output(&run(["match", text, &path, "--count"]), code, &count, "");
    }
}

#[test]
fn first_command_in_the_readme_prints_matches() {
    let text = "member.type = \"HUMAN\" AND role = \"ROLE_MANAGER\"";
    assert!(
        include_str!("../../../README.md")
            .contains(&format!("match '{text}' tests/data/memberships.ndjson"))
    );
    let output = run(["match", text, &sample_path("memberships.ndjson")]);
    assert!(
        output.code == 0 && output.out.lines().count() > 3,
        "{}",
        output.err
    );
}

#[test]
fn match_invert_prints_the_other_records() {
    let all: Vec<&str> = SAMPLE.lines().collect();
    for text in [
        "",
        MEMBER,
        NOT_BOT,
        "member.type = \"BOT\" OR role = \"ROLE_MANAGER\"",
    ] {
        let [some, others] =
            [&["match", text][..], &["match", "--invert", text]].map(|args| run_with(args, SAMPLE));
        let mut merged: Vec<&str> = some.out.lines().chain(others.out.lines()).collect();
        let mut expected = all.clone();
        merged.sort_unstable();
        expected.sort_unstable();
        assert_eq!(merged, expected, "{text}");
        assert_eq!(others.code, i32::from(others.out.is_empty()), "{text}");
        let count = run_with(["match", "--invert", "--count", text], SAMPLE);
        assert_eq!(count.out, format!("{}\n", others.out.lines().count()));
    }
}

#[test]
fn match_exits_with_1_if_nothing_matches() {
    assert_output(&matching("", ""), 1, "", "");
    assert_output(&matching("", " \r\n\t\n"), 1, "", "");
    assert_output(&matching("", "[]"), 1, "", "");
    assert_output(&matching("", "{\"memberships\":[]}"), 1, "", "");
    assert_output(
        &matching(MANAGER, "{\"role\":\"ROLE_MEMBER\"}\n"),
        1,
        "",
        "",
    );
    assert_output(&run_with(["match", "--count", ""], ""), 1, "0\n", "");
    assert_output(&run_with(["match", "--invert", ""], SAMPLE), 1, "", "");
}

#[test]
fn match_exits_with_2_if_the_filter_is_invalid() {
    let output = matching("x = 1", SAMPLE);
    assert_eq!((output.code, output.out.as_str()), (2, ""));
    assert!(
        output.err.starts_with("error[unknown-field]"),
        "{}",
        output.err
    );
    let output = matching("role = 'ROLE_MEMBER'", "{\"role\":1}");
    assert_eq!((output.code, output.out.as_str()), (0, "{\"role\":1}\n"));
    assert!(
        output.err.starts_with("warning[single-quotes]"),
        "{}",
        output.err
    );
}

/// One-line records with all kinds of content that a copy might alter.
const ONE_LINE: &[&str] = &[
    "{}",
    "{ }",
    "{\t \t}",
    r#"{"role":"ROLE_MEMBER"}"#,
    r#"{  "role"  :   "ROLE_MEMBER"  ,  "name":"a  b" }"#,
    "{\t\"role\"\t:\t2\t}",
    r#"{"\u0072ole":"ROLE\u005fMANAGER","member":{"t\u0079pe":"\u0048UMAN"}}"#,
    r#"{"name":"\\\"{}[]\/\b\f\n\r\t\ud83d\ude42","role":"ROLE_MANAGER"}"#,
    r#"{"member":{"type":"HUMAN","displayName":"Zoë 漢字 👩‍🚀 e\u0301"}}"#,
    "{\"member\":{\"displayName\":\"\u{202e}\u{9b}\u{7f}\u{2028}\u{feff}\",\"type\":\"BOT\"}}",
    r#"{"unknown":[1.0,-0,1e+05,1E5,0.10,{"a":[null,true,false,[[]]]}],"role":"ROLE_MEMBER"}"#,
    r#"{"unknown":12345678901234567890123456789.000,"role":4}"#,
    r#"{"role":null,"member":null,"groupMember":null}"#,
    r#"{"name":"role = \"ROLE_MANAGER\"","groupMember":{"name":"groups/1"}}"#,
];

#[test]
fn match_copies_one_line_records_byte_for_byte() {
    let expected = format!("{}\n", ONE_LINE.join("\n"));
    // Inside a list response only: elsewhere, `{}` is an empty list response.
    for (open, close, separator) in [
        ("{\"memberships\":[", "]}", ","),
        ("{\"memberships\":[\r\n", "\r\n]\r\n}", "\r\n,\r\n"),
        (
            "{\"nextPageToken\":\"x\",\n\"memberships\" : [ ",
            " ] , \"x\" : {} }",
            " , ",
        ),
    ] {
        let input = format!("{open}{}{close}", ONE_LINE.join(separator));
        assert_output(&matching("", input), 0, &expected, "");
    }
    let known = &ONE_LINE[3..];
    let expected = format!("{}\n", known.join("\n"));
    for (open, close, separator) in [
        ("[", "]", ","),
        ("[\n", "\n]\n", ",\n"),
        ("  [\r\n  ", "\r\n  ]\r\n", "\r\n  ,\r\n  "),
    ] {
        let input = format!("{open}{}{close}", known.join(separator));
        assert_output(&matching("", input), 0, &expected, "");
    }
    for separator in ["\n", "\r\n", "\n\n \n", " ", "", "\r\n\t"] {
        assert_output(&matching("", known.join(separator)), 0, &expected, "");
        let ended = format!("\u{feff}{}\n", known.join(separator));
        assert_output(&matching("", ended), 0, &expected, "");
    }
}

#[test]
fn match_removes_only_white_space_between_tokens_from_multi_line_records() {
    for end in ["\n", "\r\n"] {
        let record = [
            "{",
            "\t\"name\" : \"a  b\\n \\\" { c\" ,",
            "  \"x\": [ 1.50 , -0 , true , { } , [ ] , \" : , \" ] ,",
            "  \"\\u0072ole\"",
            "  :",
            "  \"ROLE_MANAGER\" , \"member\" : {",
            "    \"displayName\": \"漢  字\u{a0}\u{2028}👩\u{200d}🚀\",",
            "",
            "    \"type\":\"HUMAN\" }",
            "}",
        ]
        .join(end);
        let expected = concat!(
            "{\"name\":\"a  b\\n \\\" { c\",\"x\":[1.50,-0,true,{},[],\" : , \"],",
            "\"\\u0072ole\":\"ROLE_MANAGER\",\"member\":{",
            "\"displayName\":\"漢  字\u{a0}\u{2028}👩\u{200d}🚀\",\"type\":\"HUMAN\"}}\n"
        );
        let filter = "role = \"ROLE_MANAGER\" AND member.type = \"HUMAN\"";
        for input in [
            record.clone(),
            format!("[{record}]"),
            format!("{{\"memberships\":{end}[{end}{record}{end}]{end}}}{end}"),
        ] {
            assert_output(&matching(filter, input), 0, expected, "");
        }
    }
}

#[test]
fn match_supports_every_kind_of_input() {
    let records: Vec<&str> = SAMPLE.lines().collect();
    let values: Vec<serde_json::Value> = records
        .iter()
        .map(|record| serde_json::from_str(record).unwrap())
        .collect();
    let pretty: Vec<String> = values
        .iter()
        .map(|value| serde_json::to_string_pretty(value).unwrap())
        .collect();
    let page = |records: &[&str], token: &str| {
        format!(
            "{{\"memberships\": [{}], \"nextPageToken\": \"{token}\"}}",
            records.join(", ")
        )
    };
    let pages: Vec<String> = records
        .chunks(100)
        .map(|records| page(records, "t"))
        .collect();
    let inputs = [
        format!("[{}]", records.join(",")),
        format!("[\n{}\n]\n", records.join(",\n")),
        format!("{{\"memberships\":[{}]}}", records.join(",")),
        pages.join("\n"),
        pages.concat(),
        format!("[{}]", pages.join(",")),
        format!(
            "{}\n[{}]{}\n{}",
            records[..50].join("\n"),
            records[50..90].join(","),
            page(&records[90..200], ""),
            records[200..].join(" "),
        ),
        format!("{{}}\n{}\n{{\"nextPageToken\":\"\"}}", pages.join("\n{}\n")),
    ];
    for text in [
        "",
        MANAGER,
        NOT_BOT,
        "member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\"",
    ] {
        let expected = matching_records(&records, Filter::parse(text).unwrap());
        for input in &inputs {
            assert_output(&matching(text, input), 0, &expected, "");
        }
        let output = matching(text, pretty.join("\n"));
        assert_eq!((output.code, output.err.as_str()), (0, ""));
        assert_eq!(
            output.out.lines().count(),
            expected.lines().count(),
            "{text}"
        );
        for (got, expected) in output.out.lines().zip(expected.lines()) {
            let [got, expected] = [got, expected]
                .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
            assert_eq!(got, expected);
        }
    }
}

#[test]
fn match_reads_list_responses_of_the_api() {
    let mut expected = [0, 0];
    let pages = serde_json::Deserializer::from_str(LIST_RESPONSES).into_iter::<serde_json::Value>();
    let mut keys = Vec::new();
    for page in pages {
        let page = page.unwrap();
        for membership in page["memberships"].as_array().into_iter().flatten() {
            let membership: Membership = serde_json::from_value(membership.clone()).unwrap();
            expected[usize::from(Filter::type_is_human().matches(&membership))] += 1;
            keys.push(membership);
        }
    }
    let path = sample_path("list-responses.json");
    for (args, count) in [
        (["match", HUMAN], expected[1]),
        (["match", "--invert"], expected[0]),
    ] {
        let mut args = args.to_vec();
        if args[1] == "--invert" {
            args.push(HUMAN);
        }
        args.push(&path);
        let output = run(&args);
        assert_eq!((output.code, output.err.as_str()), (0, ""));
        assert_eq!(output.out.lines().count(), count);
    }
    let all: Vec<Membership> = run(["match", "", &path])
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(all, keys);
}

#[test]
fn match_reads_several_files_and_standard_input() {
    let folder = folder("several");
    let [a, b] = ["a.ndjson", "b.json"].map(|name| folder.join(name).display().to_string());
    fs::write(&a, "{\"name\":\"a\"}\n{\"name\":\"b\"}").unwrap();
    fs::write(&b, "[{\"name\":\"c\"}]").unwrap();
    let [one, two, three, four] =
        ["a", "b", "c", "d"].map(|name| format!("{{\"name\":\"{name}\"}}\n"));
    let output = run_with(["match", "", &a, "-", &b], &four);
    assert_output(&output, 0, &format!("{one}{two}{four}{three}"), "");
    let output = run_with(["match", "--count", "", &b, "-", &a, &b], &four);
    assert_output(&output, 0, "5\n", "");
    // Standard input is not read unless requested.
    assert_output(&run_with(["match", "", &b], &four), 0, &three, "");
}

#[test]
fn match_reports_an_unreadable_file_and_reads_the_others() {
    let folder = folder("missing");
    let [missing, here] =
        ["missing.json", "here.json"].map(|name| folder.join(name).display().to_string());
    fs::write(&here, "{\"name\":\"a\"}").unwrap();
    for unreadable in [missing, folder.display().to_string()] {
        let output = run(["match", "", &unreadable, &here]);
        assert_eq!(
            (output.code, output.out.as_str()),
            (2, "{\"name\":\"a\"}\n"),
            "{unreadable}"
        );
        assert!(
            output.err.contains(&unreadable) && output.err.lines().count() == 1,
            "{}",
            output.err
        );
        let output = run(["match", "--count", "", &unreadable]);
        assert_eq!(
            (output.code, output.out.as_str()),
            (2, "0\n"),
            "{unreadable}"
        );
    }
}

#[test]
fn match_reports_the_position_of_a_malformed_record() {
    let valid = "{\"name\":\"good\"}";
    // (record, line of the problem in it, acceptable columns, part of the message)
    for (malformed, line, columns, reason) in [
        ("{\"role\":1.5}", 1, 9..=11, "membership role"),
        ("{\"role\":[]}", 1, 9..=10, "membership role"),
        (
            "{\"name\":\"é漢🙂\",\"member\":1}",
            1,
            24..=24,
            "user object",
        ),
        (
            "{\n  \"name\": \"x\",\n  \"member\": {\"type\": true}\n}",
            3,
            22..=25,
            "user type",
        ),
        (
            "{\"member\":{},\"groupMember\":{}}",
            1,
            14..=26,
            "expected at most one of `member` and `groupMember`, found both",
        ),
        (
            "{\"role\":1,\"role\":1}",
            1,
            11..=16,
            "duplicate field `role`",
        ),
        (
            "{\"role\":1,\"\\u0072ole\":null}",
            1,
            11..=21,
            "duplicate field `role`",
        ),
        ("{\"name\":tru}", 1, 9..=12, "expected"),
        ("{\"name\":\"\u{1}\"}", 1, 10..=10, "control character"),
        ("{\"name\":\"\\x\"}", 1, 10..=11, "escape"),
        ("{\"name\" \"x\"}", 1, 9..=9, "expected `:`"),
        ("{\"name\":\"x\",}", 1, 12..=13, "trailing comma"),
    ] {
        for before in ["", "\n\n", "{\"name\":\"good\"}\r\n"] {
            let input = format!("{before}{malformed}\n{valid}\n");
            let output = matching("", &input);
            let valid_count = 1 + before.matches("good").count();
            assert_eq!(output.code, 2, "{input}");
            assert_eq!(
                output.out,
                format!("{valid}\n").repeat(valid_count),
                "{input}\n{}",
                output.err
            );
            assert_eq!(output.err.lines().count(), 1, "{input}\n{}", output.err);
            let prefix = format!(
                "error: standard input:{}:",
                line + before.matches('\n').count()
            );
            let rest = output.err.strip_prefix(&prefix);
            let (column, rest) = rest
                .and_then(|rest| rest.split_once(": "))
                .unwrap_or_else(|| {
                    panic!("{prefix} {}", output.err);
                });
            assert!(
                columns.contains(&column.parse().unwrap()),
                "{input}\n{}",
                output.err
            );
            assert!(rest.contains(reason), "{rest}");
        }
    }
}

#[test]
fn match_continues_after_malformed_input() {
    let valid = "{\"name\":\"good\"}";
    for malformed in [
        "null",
        "1",
        "\"x\"",
        "nonsense",
        "}",
        "]",
        ",",
        "{\"name\":\"x\"",
        "{\"name\":\"x",
        "{\"a\":[1}",
        "{\"memberships\":[",
        "{\"memberships\":1}",
        "\\",
    ] {
        let input = format!("{valid}\n{malformed}\n{valid}\n{valid}\n");
        let output = matching("", &input);
        assert_eq!(output.code, 2, "{malformed}: {}", output.err);
        assert_eq!(
            output.out,
            format!("{valid}\n").repeat(3),
            "{malformed}: {}",
            output.err
        );
        assert!(
            output
                .err
                .lines()
                .all(|line| line.starts_with("error: standard input:")),
            "{}",
            output.err
        );
        assert!(
            output.err.contains("input:2:") || output.err.contains("input:3:"),
            "{malformed}: {}",
            output.err
        );
    }
    for malformed in [
        "null",
        "1",
        "\"x\"",
        "[]",
        "[1,2]",
        "{\"role\":1.5}",
        "{\"a\" 1}",
    ] {
        for (open, close) in [("[", "]"), ("{\"memberships\":[", "]}")] {
            let input = format!("{open}{valid},\n{malformed},\n{valid}\n,{valid}{close}\n{valid}");
            let output = matching("", &input);
            assert_eq!(output.code, 2, "{input}");
            assert_eq!(
                output.out,
                format!("{valid}\n").repeat(4),
                "{input}: {}",
                output.err
            );
        }
    }
}

#[test]
fn match_names_the_file_of_a_malformed_record() {
    let folder = folder("malformed");
    let [a, b] = ["a.ndjson", "b.ndjson"].map(|name| folder.join(name).display().to_string());
    fs::write(&a, "{\"name\":\"a\"}\n{\"name\":1}\n{\"name\":\"b\"}\n").unwrap();
    fs::write(&b, "{\"name\":\"c\"}\n\n  {\"name\":\"d\",\"role\":true}").unwrap();
    let output = run(["match", "", &a, &b]);
    assert_eq!(output.code, 2);
    assert_eq!(
        output.out,
        "{\"name\":\"a\"}\n{\"name\":\"b\"}\n{\"name\":\"c\"}\n"
    );
    let lines: Vec<&str> = output.err.lines().collect();
    assert_eq!(lines.len(), 2, "{}", output.err);
    assert!(
        lines[0].starts_with(&format!("error: {a}:2:9: ")),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].starts_with(&format!("error: {b}:3:2")),
        "{}",
        lines[1]
    );

    // Strict stops at the first, and reads no other file.
    let output = run(["match", "--strict", "", &a, &b]);
    assert_eq!(
        (output.code, output.out.as_str()),
        (2, "{\"name\":\"a\"}\n")
    );
    assert_eq!(output.err.lines().count(), 1, "{}", output.err);
    let output = run(["match", "--strict", "--count", "", &a, &b]);
    assert_eq!((output.code, output.out.as_str()), (2, "1\n"));
    let output = run(["match", "--strict", "--invert", MANAGER, &b]);
    assert_eq!(
        (output.code, output.out.as_str()),
        (2, "{\"name\":\"c\"}\n")
    );
}

#[test]
fn match_considers_only_the_role_and_the_type_of_the_member() {
    let manager = "role = \"ROLE_MANAGER\" AND member.type = \"HUMAN\"";
    for (record, matches) in [
        (r#"{"role":"ROLE_MANAGER","member":{"type":"HUMAN"}}"#, true),
        (r#"{"member":{"type":"HUMAN"},"role":"ROLE_MANAGER"}"#, true),
        (
            r#"{"r\u006fle":"ROLE_MANAGER","m\u0065mber":{"type":"HUM\u0041N"}}"#,
            true,
        ),
        (r#"{"role":2,"member":{"type":1}}"#, true),
        (
            r#"{"member":{"displayName":"\"role\":\"ROLE_MANAGER\"","type":"HUMAN"}}"#,
            false,
        ),
        (
            r#"{"x":{"role":"ROLE_MANAGER"},"member":{"type":"HUMAN"}}"#,
            false,
        ),
        (
            r#"{"member":{"type":"HUMAN","role":"ROLE_MANAGER"}}"#,
            false,
        ),
        (r#"{"role":"ROLE_MANAGER","type":"HUMAN"}"#, false),
        (
            r#"{"role":"ROLE_MANAGER","member":{"x":{"type":"HUMAN"}}}"#,
            false,
        ),
        (r#"{"role":"ROLE_MANAGER","user":{"type":"HUMAN"}}"#, false),
        (
            r#"{"role":"ROLE_MANAGER","groupMember":{"type":"HUMAN"}}"#,
            false,
        ),
        (
            r#"{"role":"ROLE_MANAGER","groupMember":null,"member":{"type":"HUMAN"}}"#,
            true,
        ),
        (r#"{"role":"ROLE_OWNER","member":{"type":"HUMAN"}}"#, false),
        (
            r#"{"Role":"ROLE_MANAGER","member":{"type":"HUMAN"}}"#,
            false,
        ),
        (
            r#"{"role":"ROLE_MANAGER","member":{"type":"HUMAN","x":[[[{"type":"BOT"}]]]}}"#,
            true,
        ),
        (r#"{"role":"2","member":{"type":"1"}}"#, false),
    ] {
        let line = format!("{record}\n");
        let (some, none) = if matches { (&*line, "") } else { ("", &*line) };
        assert_output(&matching(manager, record), i32::from(!matches), some, "");
        let inverted = run_with(["match", "--invert", manager], record);
        assert_output(&inverted, i32::from(matches), none, "");
    }
}

#[test]
fn match_recognizes_a_list_response_by_its_key() {
    // `memberships` as a value, nested or escaped.
    let record = r#"{"name":"memberships","x":{"memberships":[{"name":"no"}]}}"#;
    assert_output(&matching("", record), 0, &format!("{record}\n"), "");
    let page = r#"{"\u006demberships":[{"name":"yes"}]}"#;
    assert_output(&matching("", page), 0, "{\"name\":\"yes\"}\n", "");
    let page = r#"{"unreachable":["x"],"memberships":[{"name":"yes"}],"x":[{"name":"no"}]}"#;
    assert_output(&matching("", page), 0, "{\"name\":\"yes\"}\n", "");
}

#[test]
fn match_reports_a_record_over_the_limit_and_continues() {
    const LIMIT: usize = 16 << 20;
    let record = |length: usize| {
        let (open, close) = ("{\"name\":\"", "\"}");
        format!(
            "{open}{}{close}",
            "x".repeat(length - open.len() - close.len())
        )
    };
    let [fits, large] = [record(LIMIT), record(LIMIT + 1)];
    let valid = "{\"name\":\"good\"}";
    let output = matching("", format!("{valid}\n{fits}\n{valid}"));
    assert_eq!((output.code, output.err.as_str()), (0, ""));
    assert!(output.out == format!("{valid}\n{fits}\n{valid}\n"));
    for (input, line) in [
        (format!("{valid}\n{large}\n{valid}"), 2),
        (
            format!("{{\"memberships\":[\n{valid},\n{large},{valid}]}}"),
            3,
        ),
    ] {
        let output = matching("", input);
        assert_eq!(
            (output.code, output.out),
            (2, format!("{valid}\n{valid}\n"))
        );
        let prefix = format!("error: standard input:{line}:1: ");
        assert!(
            output.err.starts_with(&prefix) && output.err.contains("16777216"),
            "{}",
            output.err
        );
        assert_eq!(output.err.lines().count(), 1, "{}", output.err);
    }
}

#[test]
fn match_handles_deep_nesting() {
    let deep = format!("{{\"x\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let output = matching("", format!("{deep}\n{{\"name\":\"good\"}}\n"));
    assert!([0, 2].contains(&output.code), "{}", output.err);
    assert!(output.out.ends_with("{\"name\":\"good\"}\n"));
}

#[test]
fn malformed_records_are_escaped() {
    let evil = "\u{1b}[31m\u{7}\u{9b}31m\u{202e}\u{2066}\u{2028}\u{200b}\u{7f}";
    let tame = "\u{9b}31m\u{202e}\u{2066}\u{2028}\u{200b}\u{7f}";
    let inputs = [
        evil.to_owned(),
        format!("{{\"role\":\"{evil}\"}}"),
        format!("{{\"{evil}\":1}}"),
        format!("{{{evil}"),
        format!("[{evil}]"),
        format!("{{\"member\":\"{tame}\"}}"),
        format!("{{\"member\":{{\"type\":[\"{tame}\"]}}}}"),
        format!("{{\"{tame}\" 1}}"),
        format!("{{\"{tame}\":1,\"role\":{tame}}}"),
        format!("{{\"memberships\":\"{tame}\"}}"),
        format!("{{\"memberships\":[\"{tame}\"]}}"),
        format!("{{\"memberships\":[],\"{tame}\" \"{tame}\"}}"),
        "{\"member\":\"\\u001b[31m\\u202e\\u009b\"}".to_owned(),
    ];
    for input in inputs {
        let output = matching("", &input);
        assert_eq!((output.code, output.out.as_str()), (2, ""), "{input:?}");
        assert!(!output.err.is_empty());
        assert_escaped(&output.err);
    }
    let (code, out, err) = run_raw(
        ["match", ""],
        b"{\"role\":\"\xff\xfe\"}\n\xff\n{\"\xff\":1}",
    );
    assert_eq!((code, out.is_empty()), (2, true));
    assert_escaped(&String::from_utf8(err).unwrap());
}

#[cfg(unix)]
#[test]
fn file_names_are_escaped() {
    let folder = folder("names");
    let evil = folder.join("\u{1b}[31mred\u{7}\u{9b}31m\u{202e}bidi\nnew\tline\r");
    let missing = evil.display().to_string();
    let output = run(["match", "", &missing]);
    assert_eq!(output.code, 2);
    assert_escaped(&output.err);
    assert_eq!(output.err.lines().count(), 1, "{}", output.err);
    fs::write(&evil, "{\"role\":true}").unwrap();
    let output = run(["match", "", &missing]);
    assert_eq!(output.code, 2);
    assert_escaped(&output.err);
    assert_eq!(output.err.lines().count(), 1, "{}", output.err);
}

#[cfg(unix)]
#[test]
fn match_reads_a_file_with_a_non_utf_8_name() {
    use std::os::unix::ffi::OsStrExt;
    let file = folder("bytes").join(OsStr::from_bytes(b"\xff.json"));
    fs::write(&file, "{\"name\":\"a\"}").unwrap();
    let output = run([OsStr::new("match"), OsStr::new(""), file.as_os_str()]);
    assert_output(&output, 0, "{\"name\":\"a\"}\n", "");
}

// Pipes, memory and colors

/// Threads have 2 MiB of stack by default, so every filter must fit in less.
#[cfg(target_os = "linux")]
#[test]
fn deepest_filter_fits_in_a_thread_stack() {
    let deepest = format!("{}{MEMBER}{}", "(".repeat(64), ")".repeat(64));
    for (text, code) in [
        (deepest.clone(), 0),
        (format!("NOT ({deepest})"), 1),
        ("(".repeat(64), 1),
        ("(a OR ".repeat(64), 1),
        ("(a\nAND ".repeat(64), 1),
        ("f(".repeat(64), 1),
        ("a = (".repeat(64), 1),
    ] {
        let status = Command::new("sh")
            .args(["-c", "ulimit -s 1536 && exec \"$0\" check \"$1\""])
            .args([env!("CARGO_BIN_EXE_gchat-filter"), &text])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(code), "{text:.40?}");
    }
}

/// Runs the program on `input` and closes its standard output after `lines` lines. Returns its exit
/// status and standard error.
fn with_closed_pipe(args: &[&str], lines: usize, input: String) -> (i32, String) {
    let mut child = program(args).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let feeder = if lines == 0 {
        drop(out);
        feed(&mut child, input.into_bytes())
    } else {
        let feeder = feed(&mut child, input.into_bytes());
        let (mut read, mut byte) = (0, [0]);
        while read < lines && out.read(&mut byte).unwrap() == 1 {
            read += usize::from(byte[0] == b'\n');
        }
        assert_eq!(read, lines, "not enough lines");
        drop(out);
        feeder
    };
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn closed_pipe_is_not_an_error() {
    let long = SAMPLE.repeat(40);
    assert_eq!(
        with_closed_pipe(&["match", ""], 1, long.clone()),
        (0, String::new())
    );
    assert_eq!(
        with_closed_pipe(&["match", ""], 0, long),
        (0, String::new())
    );
    assert_eq!(
        with_closed_pipe(&["match", "--count", ""], 0, SAMPLE.to_owned()),
        (0, String::new())
    );
    let filters = format!("{MEMBER}\n").repeat(20_000);
    assert_eq!(
        with_closed_pipe(&["check", "-"], 1, filters.clone()),
        (0, String::new())
    );
    assert_eq!(
        with_closed_pipe(&["check", "--format=json", "-"], 0, filters),
        (0, String::new())
    );
}

#[test]
fn closed_pipe_does_not_hide_an_invalid_filter() {
    let filters = format!("x = 1\n{MEMBER}\n");
    let (code, _) = with_closed_pipe(&["check", "-"], 0, filters);
    assert_eq!(code, 1);
}

#[cfg(target_os = "linux")]
#[test]
fn failed_writes_are_errors() {
    let sample = sample_path("memberships.ndjson");
    for args in [
        &["check", MEMBER][..],
        &["check", "--format", "json", "x = 1"],
        &["explain", MEMBER],
        &["compare", MEMBER, MANAGER],
        &["match", "", &sample],
        &["match", "--count", "", &sample],
        &["lints"],
        &["completions", "bash"],
    ] {
        let full = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = program(args).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stderr.starts_with(b"error: "), "{args:?}");
    }
}

/// Returns the peak memory of a process, in bytes.
#[cfg(target_os = "linux")]
fn peak(child: &Child) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim()
        .trim_end_matches(" kB")
        .parse::<usize>()
        .unwrap()
        * 1024
}

/// Memory is measured before the end of the input, when anything accumulated is still allocated. A
/// debug build reads about 20 MB per second, so its input is smaller.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_input() {
    const LENGTH: usize = if cfg!(debug_assertions) {
        64 << 20
    } else {
        200 << 20
    };
    let records: Vec<&str> = SAMPLE.lines().collect();
    let long_record = format!("{{\"name\":\"{}\",\"role\":1}}\n", "x".repeat(200_000));
    let page = format!(
        "{{\"memberships\":[{}],\"nextPageToken\":\"x\"}}\n",
        records.join(",")
    );
    // (start of the input, repeated block, length of the input)
    for (start, block, length) in [
        ("", SAMPLE.repeat(4), LENGTH),
        ("", long_record, LENGTH / 4),
        ("[", records.join(",") + ",", LENGTH / 8),
        ("", page, LENGTH / 8),
        // An unclosed page, a record over the limit, and a line of white space.
        (
            "{\"memberships\":[",
            "{ \"role\"\n : 1 },".repeat(1000),
            LENGTH / 16,
        ),
        ("{\"name\":\"", "x".repeat(1 << 20), LENGTH),
        ("", " ".repeat(1 << 20), LENGTH / 2),
    ] {
        let mut child = program(["match", "--count", NOT_BOT]).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(start.as_bytes()).unwrap();
        for _ in 0..length / block.len() {
            stdin.write_all(block.as_bytes()).unwrap();
        }
        let peak = peak(&child);
        drop(stdin);
        child.wait().unwrap();
        // A record of up to 16 MiB is held in memory, and copied when the buffer grows. Without one,
        // memory is used by the program itself and a fixed number of chunks per core.
        let limit = if start.ends_with('"') {
            48 << 20
        } else {
            24 << 20
        };
        assert!(peak < limit, "{} KiB of memory after {start:?}", peak >> 10);
    }
}

/// Runs a shell command in a new terminal and returns what it printed. Returns `None` if there is no
/// suitable `script` command.
#[cfg(target_os = "linux")]
fn in_a_terminal(command: &str, environment: &[(&str, &str)]) -> Option<String> {
    let version = Command::new("script").arg("--version").output().ok()?;
    if !String::from_utf8_lossy(&version.stdout).contains("util-linux") {
        return None;
    }
    let output = Command::new("script")
        .args(["-qec", command, "/dev/null"])
        .env_remove("NO_COLOR")
        .env("SHELL", "/bin/sh")
        .env("TERM", "xterm")
        .env("PROGRAM", env!("CARGO_BIN_EXE_gchat-filter"))
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn reports_are_colored_only_in_a_terminal() {
    let color = |command, environment: &[_]| {
        in_a_terminal(command, environment).map(|out| {
            assert!(out.contains("unknown-field") || out.is_empty(), "{out}");
            out.contains('\u{1b}')
        })
    };
    let Some(colored) = color("\"$PROGRAM\" check 'x = 1'", &[]) else {
        return;
    };
    assert!(colored);
    // Only standard error has to be a terminal.
    assert_eq!(
        color("\"$PROGRAM\" check 'x = 1' >/dev/null", &[]),
        Some(true)
    );
    assert_eq!(
        color("\"$PROGRAM\" check 'x = 1' 2>&1 | cat", &[]),
        Some(false)
    );
    for value in ["1", "0", "yes"] {
        let no_color = [("NO_COLOR", value)];
        assert_eq!(
            color("\"$PROGRAM\" check 'x = 1'", &no_color),
            Some(false),
            "{value}"
        );
    }
    // <https://no-color.org>: an empty value is ignored.
    assert_eq!(
        color("\"$PROGRAM\" check 'x = 1'", &[("NO_COLOR", "")]),
        Some(true)
    );
    // Standard output is never colored.
    let out = in_a_terminal(
        "\"$PROGRAM\" explain ''; \"$PROGRAM\" check --format json x; \"$PROGRAM\" lints",
        &[],
    );
    assert!(!out.unwrap().contains('\u{1b}'));
}

#[cfg(target_os = "linux")]
#[test]
fn arguments_are_escaped_in_a_terminal() {
    let raw = regex::Regex::new(r"[\x07\u{9b}\u{202e}]|\x1b\]").unwrap();
    let evil = "\u{7}\u{9b}31m\u{202e}\u{1b}]0;title\u{1b}\\";
    for command in [
        "\"$PROGRAM\" match '' \"/$EVIL\" 2>&1",
        "\"$PROGRAM\" check --preset \"$EVIL\" ''",
        "\"$PROGRAM\" \"$EVIL\"",
        "\"$PROGRAM\" check \"x = 1 AND $EVIL\"",
    ] {
        let Some(out) = in_a_terminal(command, &[("EVIL", evil), ("NO_COLOR", "1")]) else {
            return;
        };
        assert!(!raw.is_match(&out), "{command}: {out:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn progress_bar_is_shown_only_for_a_long_file_in_a_terminal() {
    let folder = folder("progress");
    let file = folder.join("long.ndjson").display().to_string();
    fs::write(&file, SAMPLE.repeat(220)).unwrap();
    let out = folder.join("out").display().to_string();
    let environment = [("FILE", file.as_str()), ("OUT", out.as_str())];
    let command = "\"$PROGRAM\" match --count \"\" \"$FILE\" >\"$OUT\"";
    let Some(bar) = in_a_terminal(command, &environment) else {
        return;
    };
    assert!(bar.contains("MiB of"), "{bar:?}");
    let count = format!("{}\n", SAMPLE.lines().count() * 220);
    assert_eq!(fs::read_to_string(&out).unwrap(), count);
    let command = "\"$PROGRAM\" match --count \"\" \"$FILE\" 2>&1 >\"$OUT\" | cat";
    assert_eq!(in_a_terminal(command, &environment), Some(String::new()));
    fs::remove_file(&file).unwrap();
}

// lints, completions

#[test]
fn lints_prints_levels_summaries_and_reasons() {
    let output = run(["lints"]);
    assert_eq!((output.code, output.err.as_str()), (0, ""));
    let mut rest = output.out.as_str();
    for lint in Method::SpacesMembersList.lints() {
        let level = match lint.default_level() {
            Level::Allow => "allow",
            Level::Warn => "warn",
            Level::Deny => "deny",
        };
        let (_, after) = rest
            .split_once(lint.name())
            .unwrap_or_else(|| panic!("{lint}"));
        rest = after;
        assert!(rest.lines().next().unwrap().contains(level), "{lint}");
        assert!(
            rest.contains(lint.summary()) && rest.contains(lint.reason()),
            "{lint}"
        );
    }
}

#[test]
fn readme_lists_the_lints() {
    let readme = include_str!("../../../README.md");
    for lint in Method::SpacesMembersList.lints() {
        let row = readme
            .lines()
            .find(|line| line.starts_with(&format!("| `{lint}` |")))
            .unwrap_or_else(|| panic!("{lint}"));
        assert!(
            row.contains(&format!("| {} |", lint.default_level().as_str())),
            "{row}"
        );
    }
}

#[test]
fn completions_support_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(["completions", shell]);
        assert_eq!((output.code, output.err.as_str()), (0, ""), "{shell}");
        for word in [
            "gchat-filter",
            "check",
            "explain",
            "compare",
            "match",
            "lints",
            "completions",
        ] {
            assert!(output.out.contains(word), "{shell}: {word}");
        }
        assert!(
            output.out.contains("preset") && output.out.contains("invert"),
            "{shell}"
        );
    }
}

#[cfg(unix)]
#[test]
fn bash_completion_script_is_valid() {
    let Ok(mut bash) = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn() else {
        return;
    };
    let script = run(["completions", "bash"]).out;
    feed(&mut bash, script.into_bytes()).join().unwrap();
    assert!(bash.wait().unwrap().success());
}
