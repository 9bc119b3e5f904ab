//! `lints` and `completions`.

use super::{feed, run};
use gchat_filter::{Level, Method};
use std::process::Command;
use std::process::Stdio;

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
    let readme = include_str!("../../../../README.md");
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
    let bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn();
    let mut bash = bash.expect("requires bash");
    let script = run(["completions", "bash"]).out;
    feed(&mut bash, script.into_bytes()).join().unwrap();
    assert!(bash.wait().unwrap().success());
}
