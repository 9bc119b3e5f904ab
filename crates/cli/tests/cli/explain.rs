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
