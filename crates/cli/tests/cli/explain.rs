//! `explain`.

use super::{HUMAN, MANAGER, MEMBER, NOT_BOT, run};
use gchat_filter::{Checker, Preset, members::Cell, members::Filter, members::MemberType};

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

/// Returns what `explain` prints about what a filter of a method matches.
#[track_caller]
fn matches_of(method: &str, filter: &str) -> String {
    let output = run(["explain", "--method", method, filter]);
    assert_eq!(output.code, 0, "{}", output.err);
    output.out.split_once("\nMatches\n").unwrap().1.to_owned()
}

#[test]
fn explain_draws_intervals_on_a_line_of_time() {
    let messages = matches_of(
        "spaces.messages.list",
        r#"create_time > "2026-01-31T12:00:00Z" AND thread.name = spaces/A/threads/B"#,
    );
    assert_eq!(
        messages,
        "  create_time
    ─────────○━━━━━━━━━▶
             └ 2026-01-31T12:00:00Z, excluded
  thread.name: spaces/A/threads/B
"
    );
    let intervals = r#"space_type = "SPACE" AND customer = "customers/my_customer" AND
        (create_time < "2026-01-01T00:00:00Z" OR create_time = "2026-01-02T00:00:00Z" OR
        create_time >= "2026-01-03T00:00:00Z")"#;
    let output = run(["explain", "--method=spaces.search", "--admin", intervals]);
    assert_eq!(output.code, 0, "{}", output.err);
    assert!(
        output.out.ends_with(
            "  create_time
    ━━━━━━━━━○─────────●─────────●━━━━━━━━━▶
             │         │         └ 2026-01-03T00:00:00Z, included
             │         └ 2026-01-02T00:00:00Z, included
             └ 2026-01-01T00:00:00Z, excluded
"
        ),
        "{}",
        output.out
    );
    let nothing =
        r#"create_time > "2026-01-31T12:00:00Z" AND create_time < "2026-01-01T00:00:00Z""#;
    assert_eq!(
        matches_of("spaces.messages.list", nothing),
        "  nothing: the filter has an interval without a timestamp\n"
    );
}

#[test]
fn explain_lists_sets() {
    for (method, filter, expected) in [
        (
            "spaces.list",
            r#"space_type = "SPACE" OR space_type = "GROUP_CHAT""#,
            "  space_type: SPACE or GROUP_CHAT\n",
        ),
        ("spaces.list", "", "  every space\n"),
        (
            "spaces.messages.reactions.list",
            r#"(emoji.unicode = "🙂" OR emoji.custom_emoji.uid = "x") AND user.name = "users/1""#,
            "  emoji.unicode = 🙂 or emoji.custom_emoji.uid = x\n  user.name: users/1\n",
        ),
        (
            "customEmojis.list",
            r#"NOT creator("users/me")"#,
            "  creator: does not hold\n",
        ),
        (
            "spaces.search",
            "space_type = \"SPACE\" AND (display_name:\"a b\" OR display_name:\"c\")",
            "  space_type: SPACE\n  display_name: (`a` and `b`) or `c`\n\nWith admin access\n",
        ),
        (
            "spaces.messages.search",
            "\"things to do\" urgent is_unread()",
            "  keyword: `things to do` and `urgent`\n  is_unread: holds\n",
        ),
    ] {
        let matches = matches_of(method, filter);
        assert!(matches.starts_with(expected), "{method}: {matches}");
    }
}

#[test]
fn explain_json_has_the_check_and_the_tree() {
    let text = "role = 'ROLE_MEMBER' OR NOT (role = \"ROLE_MANAGER\")";
    let options = ["--format", "json", "--preset", "aip160", text];
    let output = run([&["explain"], &options[..]].concat());
    assert_eq!((output.code, output.err.as_str()), (0, ""));
    let json: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!(json["method"], "spaces.members.list");
    let check = run([&["check"], &options[..]].concat()).out;
    let check: serde_json::Value = serde_json::from_str(&check).unwrap();
    for (key, value) in check.as_object().unwrap() {
        assert_eq!(&json[key], value, "{key}");
    }
    assert_eq!(
        json["tree"],
        serde_json::json!({"kind": "or", "start": 0, "end": 51, "operands": [
            {"kind": "restriction", "start": 0, "end": 20, "text": "role = \"ROLE_MEMBER\""},
            {"kind": "not", "start": 24, "end": 51, "operands": [
                {"kind": "restriction", "start": 29, "end": 50, "text": "role = \"ROLE_MANAGER\""},
            ]},
        ]})
    );
    assert_eq!(json["adminAccess"]["valid"], false);
    let output = run(["explain", "--format", "json", "x = 1"]);
    assert_eq!((output.code, output.err.as_str()), (1, ""));
    let json: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!(json["diagnostics"][0]["code"], "unknown-field");
    let output = run(["explain", "--format=json", "--method=spaces.list", ""]);
    let end = r#""meaning":[],"tree":null,"adminAccess":null}"#;
    assert!(output.out.trim_end().ends_with(end), "{}", output.out);
}

#[test]
fn explain_applies_the_rules_of_admin_access() {
    let output = run(["explain", "--admin", HUMAN]);
    assert_eq!((output.code, output.err.as_str()), (0, ""));
    assert!(!output.out.contains("With admin access"), "{}", output.out);
    let output = run(["explain", "--admin", MANAGER]);
    assert_eq!((output.code, output.out.as_str()), (1, ""));
    assert!(output.err.contains("admin access"), "{}", output.err);
    let space = "space_type = \"SPACE\"";
    let output = run(["explain", "--method", "spaces.search", space]);
    let (_, admin) = output.out.split_once("With admin access\n").unwrap();
    let corrected = format!("corrected: {space} AND customer = ");
    assert!(admin.contains(&corrected), "{admin}");
}
