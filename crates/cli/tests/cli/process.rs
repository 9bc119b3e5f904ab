//! Pipes, memory and terminals.

use super::{MANAGER, MEMBER, NOT_BOT, SAMPLE, feed, folder, program, sample_path};
use std::fs;
use std::io::{Read, Write};
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

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

/// Runs a shell command in a new terminal and returns what it printed.
#[cfg(target_os = "linux")]
fn in_a_terminal(command: &str, environment: &[(&str, &str)]) -> String {
    let version = Command::new("script").arg("--version").output();
    assert!(
        version.is_ok_and(|own| String::from_utf8_lossy(&own.stdout).contains("util-linux")),
        "requires the command `script` of util-linux, in Debian's package bsdutils"
    );
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
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn reports_are_colored_only_in_a_terminal() {
    let color = |command, environment: &[_]| {
        let out = in_a_terminal(command, environment);
        assert!(out.contains("unknown-field") || out.is_empty(), "{out}");
        out.contains('\u{1b}')
    };
    assert!(color("\"$PROGRAM\" check 'x = 1'", &[]));
    // Only standard error has to be a terminal.
    assert!(color("\"$PROGRAM\" check 'x = 1' >/dev/null", &[]));
    assert!(!color("\"$PROGRAM\" check 'x = 1' 2>&1 | cat", &[]));
    for value in ["1", "0", "yes"] {
        let no_color = [("NO_COLOR", value)];
        assert!(!color("\"$PROGRAM\" check 'x = 1'", &no_color), "{value}");
    }
    // <https://no-color.org>: an empty value is ignored.
    assert!(color("\"$PROGRAM\" check 'x = 1'", &[("NO_COLOR", "")]));
    // Standard output is never colored.
    let out = in_a_terminal(
        "\"$PROGRAM\" explain ''; \"$PROGRAM\" check --format json x; \"$PROGRAM\" lints",
        &[],
    );
    assert!(!out.contains('\u{1b}'));
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
        let out = in_a_terminal(command, &[("EVIL", evil), ("NO_COLOR", "1")]);
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
    let bar = in_a_terminal(command, &environment);
    assert!(bar.contains("MiB of"), "{bar:?}");
    let count = format!("{}\n", SAMPLE.lines().count() * 220);
    assert_eq!(fs::read_to_string(&out).unwrap(), count);
    let command = "\"$PROGRAM\" match --count \"\" \"$FILE\" 2>&1 >\"$OUT\" | cat";
    assert_eq!(in_a_terminal(command, &environment), "");
    fs::remove_file(&file).unwrap();
}
