//! `compare`.

use super::{HUMAN, MANAGER, MEMBER, NOT_BOT, assert_output, run};
use gchat_filter::{Checker, Preset, members::Filter, members::Membership};

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

#[test]
fn compare_exits_with_the_relation() {
    for (a, b, code) in [
        (MEMBER, "(role=\"ROLE_MEMBER\")", 0),
        (MEMBER, "", 3),
        ("", MEMBER, 4),
        (MEMBER, HUMAN, 5),
        (MEMBER, MANAGER, 6),
        (MEMBER, "x = 1", 1),
    ] {
        let output = run(["compare", "--exit-code", a, b]);
        assert_eq!(output.code, code, "{a} | {b}");
        let output = run(["compare", a, b]);
        assert_eq!(output.code, i32::from(code == 1), "{a} | {b}");
        let output = run(["compare", "--exit-code", "--format", "json", a, b]);
        assert_eq!((output.code, output.err.as_str()), (code, ""), "{a} | {b}");
    }
    assert_eq!(run(["compare", "--exit-code", MEMBER]).code, 2);
}

#[test]
fn compare_json_has_the_relation_and_both_checks() {
    let output = run(["compare", "--format", "json", MEMBER, NOT_BOT]);
    let json: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!(json["relation"], "overlapping");
    assert_eq!(json["method"], "spaces.members.list");
    assert_eq!(json["a"]["filter"], MEMBER);
    assert_eq!(json["b"]["filter"], NOT_BOT);
    let filters = [MEMBER, NOT_BOT].map(|text| Filter::parse(text).unwrap());
    for (key, expected) in [
        ("onlyA", [true, false]),
        ("onlyB", [false, true]),
        ("both", [true, true]),
    ] {
        let example: Membership = serde_json::from_value(json["examples"][key].clone()).unwrap();
        let found = filters.map(|filter| filter.matches(&example));
        assert_eq!(found, expected, "{key}");
    }
    let output = run(["compare", "--format", "json", MEMBER, "x = 1"]);
    let json: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!(output.code, 1);
    assert_eq!(json["relation"], serde_json::Value::Null);
    assert_eq!(json["b"]["diagnostics"][0]["code"], "unknown-field");
}

#[test]
fn compare_has_admin_access_and_other_methods() {
    let output = run(["compare", "--admin", MANAGER, HUMAN]);
    assert_eq!((output.code, output.out.as_str()), (1, ""));
    let [a, b] = ["02", "01"].map(|day| format!("create_time > \"2026-01-{day}T00:00:00Z\""));
    let output = run(["compare", "--method", "spaces.messages.list", &a, &b]);
    let expected =
        format!("narrower: B matches everything that A matches, and more\nA: {a}\nB: {b}\n");
    assert_output(&output, 0, &expected, "");
    let [a, b] = ["me", "1"].map(|user| format!("sender.name = \"users/{user}\""));
    let output = run(["compare", "--method", "spaces.messages.search", &a, &b]);
    let relation = "overlapping: a message may match both, only A, or only B\n";
    assert!(output.out.starts_with(relation), "{}", output.out);
}
