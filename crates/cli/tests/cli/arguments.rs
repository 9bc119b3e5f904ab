//! Arguments, help and version.

use super::{HUMAN, MANAGER, MEMBER, assert_escaped, assert_output, run, run_raw};
use std::ffi::OsStr;

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
fn help_lists_only_lints_under_their_heading() {
    for command in ["check", "explain", "compare", "match"] {
        for option in ["-h", "--help"] {
            let help = run([command, option]).out;
            let (others, lints) = help.split_once("\nLint options ").unwrap();
            for name in ["--allow", "--warn", "--deny", "--preset"] {
                assert!(lints.contains(&format!("  {name} <")), "{help}");
            }
            for name in ["--method <", "--admin", "--color <", "Arguments:"] {
                assert!(others.contains(name), "{help}");
                assert!(!lints.contains(&format!("\n      {name}")), "{help}");
            }
            if command != "match" {
                assert!(others.contains("--format <"), "{help}");
            }
        }
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
