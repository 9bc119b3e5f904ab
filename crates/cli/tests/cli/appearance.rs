//! Reports: colors, width, positions.

use super::{run, run_in, run_with};

const INVALID: &str = "member.type = HUMAN";

#[test]
fn colors_are_chosen_by_option_and_environment() {
    for (variables, options, is_colored) in [
        // Standard error is not a terminal.
        (&[][..], &[][..], false),
        (&[], &["--color", "always"], true),
        (&[], &["--color=never"], false),
        (&[("CLICOLOR_FORCE", "1")], &[], true),
        (&[("CLICOLOR_FORCE", "1")], &["--color", "auto"], true),
        (&[("CLICOLOR_FORCE", "1")], &["--color", "never"], false),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[], false),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], &[], true),
        (&[("NO_COLOR", "1")], &["--color", "always"], true),
        (&[("TERM", "dumb"), ("CLICOLOR", "1")], &[], false),
    ] {
        for is_first in [true, false] {
            let (before, after) = if is_first {
                (options, &[][..])
            } else {
                (&[][..], options)
            };
            let args = [before, &["check", INVALID], after].concat();
            let output = run_in(variables, args);
            assert_eq!(output.code, 1, "{}", output.err);
            let found = output.err.contains("\u{1b}[");
            assert_eq!(
                found, is_colored,
                "{variables:?} {options:?}: {}",
                output.err
            );
        }
    }
    assert_eq!(run(["check", "--color", "sometimes", INVALID]).code, 2);
}

#[test]
fn reports_have_the_width_of_the_environment() {
    let text = format!("role = \"{}\"", "X".repeat(300));
    let width = |variables: &[(&str, &str)]| {
        let report = run_in(variables, ["check", text.as_str()]).err;
        let source = report.lines().find(|line| line.starts_with("1 |")).unwrap();
        source.chars().count()
    };
    let (narrow, default) = (width(&[("COLUMNS", "60")]), width(&[]));
    assert!(narrow < default && default < 120, "{narrow} {default}");
    for nonsense in ["0", "", "wide", "-5"] {
        assert_eq!(width(&[("COLUMNS", nonsense)]), default, "{nonsense}");
    }
    assert!(width(&[("COLUMNS", "500")]) > 300);
}

#[test]
fn positions_are_those_in_the_whole_line() {
    let line = format!("role = \"{}\" AND x = 1", "é".repeat(300));
    let output = run_with(["check", "-"], format!("\n{line}\n"));
    let position = "--> standard input:2:315\n";
    assert!(output.err.contains(position), "{}", output.err);
}

#[test]
fn corrected_filter_of_several_lines_can_be_copied() {
    let output = run([
        "check",
        "(role = ROLE_MEMBER\n OR\trole = \"ROLE_MANAGER\")",
    ]);
    let (_, copied) = output.err.split_once("corrected:\n").unwrap();
    let lines: Vec<&str> = copied.lines().map(str::trim_start).collect();
    assert_eq!(
        lines,
        ["(role = \"ROLE_MEMBER\"", "OR role = \"ROLE_MANAGER\")", ""],
        "{}",
        output.err
    );
}
