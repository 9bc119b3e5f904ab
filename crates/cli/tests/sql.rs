//! Tests of the command `sql`.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::process::Command;

const NOT_BOT: &str = r#"member.type != "BOT""#;

/// The exit status, the output and the errors.
fn sql(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gchat-filter"))
        .arg("sql")
        .args(args)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

#[test]
fn prints_a_predicate() {
    let event = r#"start_time = "2026-01-31T12:00:00Z" AND event_types:"google.workspace.chat.space.v1.updated""#;
    for (args, expected) in [
        (
            &["--dialect", "duckdb", NOT_BOT][..],
            "(member_type <> 'BOT' OR member_type IS NULL)",
        ),
        (
            &["--dialect", "spark", "--layout", "nested", NOT_BOT],
            "(member.type <> 'BOT' OR member.type IS NULL)",
        ),
        (
            &[
                "--dialect",
                "sqlite",
                "--layout",
                "json",
                "--document",
                "j",
                "--value",
                NOT_BOT,
            ],
            "COALESCE(((j ->> '$.member.type') <> 'BOT' OR (j ->> '$.member.type') IS NULL), FALSE)",
        ),
        (
            &[
                "--dialect",
                "postgres",
                "--admin",
                "--column",
                "member.type=m.kind",
                "--column",
                "role=a = b",
                NOT_BOT,
            ],
            "(m.kind <> 'BOT' OR m.kind IS NULL)",
        ),
        (
            &[
                "--dialect",
                "bigquery",
                "--method",
                "spaces.spaceEvents.list",
                event,
            ],
            "event_type IN ('google.workspace.chat.space.v1.updated', \
             'google.workspace.chat.space.v1.batchUpdated') \
             AND event_time > TIMESTAMP '2026-01-31T12:00:00Z'",
        ),
        (
            &[
                "--dialect",
                "duckdb",
                "--method",
                "customEmojis.list",
                "--caller",
                "users/1",
                r#"creator("users/me")"#,
            ],
            "creator = 'users/1'",
        ),
        (&["--dialect", "duckdb", ""], "TRUE"),
    ] {
        assert_eq!(
            sql(args),
            (0, format!("{expected}\n"), String::new()),
            "{args:?}"
        );
    }
}

#[test]
fn reports_invalid_filters() {
    for args in [
        &["--dialect", "duckdb", "role = OWNER"][..],
        &["--dialect", "duckdb", "--admin", r#"role = "ROLE_MANAGER""#],
        &["--dialect", "duckdb", "--method", "spaces.list", NOT_BOT],
    ] {
        let (code, out, err) = sql(args);
        assert_eq!((code, out.as_str()), (1, ""), "{args:?}");
        assert!(err.starts_with("error["), "{err}");
    }
}

#[test]
fn reports_what_the_columns_do_not_have() {
    for (args, message) in [
        (
            &["--dialect", "sqlite", "--layout", "nested", NOT_BOT][..],
            "error: `sqlite` has no structs; use flat columns or JSON\n",
        ),
        (
            &["--dialect", "duckdb", "--column", "kind=x", NOT_BOT],
            "error: unknown property `kind`, expected one of `role`, `member.type`, `member`\n",
        ),
    ] {
        assert_eq!(sql(args), (2, String::new(), message.to_owned()));
    }
}

#[test]
fn invalid_arguments_exit_with_2() {
    for args in [
        &[NOT_BOT][..],
        &["--dialect", "mysql", NOT_BOT],
        &["--dialect", "duckdb"],
        &["--dialect", "duckdb", "--layout", "wide", NOT_BOT],
        &["--dialect", "duckdb", "--method", "spaces", NOT_BOT],
        &["--dialect", "duckdb", "--column", "role", NOT_BOT],
    ] {
        let (code, out, err) = sql(args);
        assert_eq!(
            (code, out.as_str(), err.is_empty()),
            (2, "", false),
            "{args:?}"
        );
    }
}
