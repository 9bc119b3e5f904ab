//! What does without the heap, as promised.

#![allow(clippy::unwrap_used, reason = "that is how a test fails")]

use allocation_counter::measure;
use gchat_filter::{Cell, Filter, Membership};

/// Valid filters of every documented form.
fn texts() -> Vec<String> {
    let clause = r#"(member.type = "HUMAN" AND role = "ROLE_MANAGER")"#;
    let mut texts: Vec<String> = [
        "",
        "  ",
        r#"member.type = "HUMAN""#,
        r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#,
        r#"role = "ROLE_MANAGER" OR role = 'ROLE_MEMBER'"#,
        r#"member.type != "BOT""#,
        r#"(role = "ROLE_MANAGER" OR role = "ROLE_MEMBER") AND member.type != "BOT""#,
    ]
    .map(str::to_owned)
    .into();
    texts.push(vec![clause; 64].join(" OR "));
    texts.push(format!("{}{clause}{}", "(".repeat(60), ")".repeat(60)));
    texts
}

#[test]
fn parsing_a_valid_filter() {
    for text in texts() {
        let info = measure(|| {
            assert!(Filter::parse(&text).is_ok());
        });
        assert_eq!(info.count_total, 0, "{text}");
    }
}

#[test]
fn rejecting_a_filter_copies_its_text() {
    for text in [
        r#"role = "OWNER""#,
        r#"role = "ROLE_MEMBER" and x"#,
        "role =",
    ] {
        let mut error = None;
        let info = measure(|| error = Filter::parse(text).err());
        assert!(error.is_some());
        assert_eq!((info.count_total, info.bytes_total), (1, text.len() as u64));
    }
}

#[test]
fn matching() {
    let records = include_str!("data/memberships.ndjson").lines();
    let memberships: Vec<Membership> = records
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut matched = 0;
    for text in texts() {
        let filter: Filter = text.parse().unwrap();
        let info = measure(|| {
            matched += memberships.iter().filter(|m| filter.matches(*m)).count();
            matched += Cell::all().filter(|cell| filter.matches(cell)).count();
            matched += filter.admits().count();
        });
        assert_eq!(info.count_total, 0, "{text}");
    }
    assert!(matched > 0);
}
