//! `check`.

use super::{
    FILTERS, HUMAN, MANAGER, MEMBER, NOT_BOT, Output, assert_escaped, assert_output, run, run_raw,
    run_with,
};
use gchat_filter::{Checker, Lint, Method, members::Filter};

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
    let note = "note: `negation` is a lint; `--allow negation` turns it off";
    assert!(output.err.contains(note), "{}", output.err);
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

#[test]
fn check_takes_the_filters_of_a_method() {
    let text = r#"create_time > "2026-01-31T12:00:00Z""#;
    let output = run(["check", "--method", "spaces.messages.list", text]);
    assert_output(&output, 0, &format!("{text}\n"), "");
    let output = run([
        "check",
        "--method=spaces.search",
        "--admin",
        "--format=json",
        r#"space_type = "SPACE""#,
    ]);
    assert_eq!(output.code, 1);
    let json: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!(json["diagnostics"][0]["code"], "missing-conjunct");
    let output = run([
        "check",
        "--method",
        "spaces.members",
        "role = \"ROLE_MEMBER\"",
    ]);
    assert_eq!((output.code, &*output.out), (2, ""));
    assert!(output.err.contains("spaces.members.list"), "{}", output.err);
}
