//! What is reported about wrong filters.

use std::fmt::Write;

use gchat_filter::{Checker, Method};

/// The examples of the reference, with our verdicts: `valid`, or the stage of the first error.
#[test]
fn documented_examples() {
    let mut count = 0;
    for row in include_str!("../data/documented.tsv").lines() {
        let [method, _, _, expected, text] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{row}");
        };
        let checked = Checker::new().check_method(method.parse().unwrap(), text);
        let error = checked.errors().next();
        let verdict = error.map_or("valid", |error| error.stage().as_str());
        assert_eq!(verdict, expected, "{text}: {:?}", checked.diagnostics);
        count += 1;
    }
    assert_eq!(count, 20);
}

/// Everything that is reported about filters, one after the other.
fn reports(method: Method, texts: &[&str]) -> String {
    let mut out = String::new();
    for text in texts {
        writeln!(out, "{text}").unwrap();
        let checked = Checker::new().check_method(method, text);
        for diagnostic in &checked.diagnostics {
            let span = diagnostic.span.of(text).unwrap();
            writeln!(
                out,
                "  {}: {diagnostic} [{span}]",
                diagnostic.severity.as_str()
            )
            .unwrap();
            for label in &diagnostic.labels {
                writeln!(out, "    [{}] {}", label.span.of(text).unwrap(), label.text).unwrap();
            }
            if let Some(help) = &diagnostic.help {
                writeln!(out, "    help: {help}").unwrap();
            }
            if let Some(fix) = &diagnostic.fix {
                let kind = if fix.certain { "fix" } else { "possible fix" };
                writeln!(out, "    {kind}: {}", fix.apply(text).unwrap()).unwrap();
            }
        }
        if let Some(filter) = &checked.filter {
            writeln!(out, "  => {filter}").unwrap();
        }
    }
    out
}

#[test]
fn spaces() {
    let reports = reports(
        Method::SpacesList,
        &[
            r#"spaceType = "SPACE" OR space_type = "GROUP_CHAT""#,
            "spaceType = SPACE",
            r#"space_type = "SPACE_TYPE_UNSPECIFIED""#,
            r#"space_type = "ROOM""#,
            r#"Space_Type = "space""#,
            r#"type = "DM""#,
            r#"space_type != "SPACE""#,
            r#"NOT space_type = "SPACE""#,
            r#"space_type = "SPACE" AND space_type = "GROUP_CHAT""#,
            r#"space_type = "SPACE" OR space_type = "SPACE""#,
            r#"space_type = ("SPACE" OR "GROUP_CHAT")"#,
        ],
    );
    insta::assert_snapshot!(reports);
}

#[test]
fn messages() {
    let reports = reports(
        Method::SpacesMessagesList,
        &[
            r#"createTime > "2026-01-31T12:00:00+01:00" AND thread.name = "spaces/A/threads/B.C""#,
            "thread.name = spaces/A/threads/B.C",
            r#"create_time >= "2026-01-31T12:00:00Z""#,
            r#"create_time <= "2026-01-31T12:00:00Z""#,
            r#"create_time = "2026-01-31T12:00:00Z""#,
            "create_time > 2026-01-31",
            r#"create_time > "2026-01-31T12:00:00""#,
            r#"create_time > "2026-01-31 12:00:00z""#,
            r#"create_time > "2026-02-30T12:00:00Z""#,
            r#"create_time > "yesterday""#,
            r#"create_time > ("2026-01-31T12:00:00Z")"#,
            "thread.name = spaces/A",
            r#"thread.name = "spaces/A"."threads/B""#,
            "spaces/A/threads/B = thread.name",
            "thread.name spaces/A/threads/B",
            "thread.name:spaces/A/threads/B",
            r#"create_time > "2026-01-02T00:00:00Z" AND create_time < "2026-01-01T00:00:00Z""#,
            r#"create_time > "2026-01-02T00:00:00Z" AND create_time > "2026-01-01T00:00:00Z""#,
            r#"create_time < "0001-01-01T00:00:00Z""#,
            "thread.name = spaces/A/threads/B AND thread.name = spaces/A/threads/B",
            "thread.name = spaces/A/threads/B OR thread.name = spaces/A/threads/C",
            r#"NOT create_time > "2026-01-31T12:00:00Z""#,
            r#"text:"hello""#,
            r#"createdTime > "2026-01-31T12:00:00Z""#,
            r#"create_time > "2026-01-31T12:00:00Z" thread.name = spaces/A/threads/B"#,
        ],
    );
    insta::assert_snapshot!(reports);
}

#[test]
fn reactions() {
    let reports = reports(
        Method::SpacesMessagesReactionsList,
        &[
            r#"(emoji.unicode = "🙂" OR emoji.custom_emoji.uid = "A") AND user.name = "users/1""#,
            "emoji.unicode = 🙂",
            r#"emoji.unicode = """#,
            r#"emoji.customEmoji.uid = "A""#,
            r#"emoji = "🙂""#,
            "user.name = users/123",
            r#"user.name = "users/me""#,
            r#"user.name = "users/a@example.com""#,
            r#"user.name = "123""#,
            r#"emoji.unicode = "🙂" OR user.name = "users/1""#,
            r#"emoji.unicode = "🙂" AND user.name = "users/1" OR user.name = "users/2""#,
            r#"emoji.unicode = "🙂" AND emoji.unicode = "👍""#,
            r#"emoji.unicode = "🙂" AND emoji.custom_emoji.uid = "A""#,
            r#"emoji.unicode = "🙂" AND (emoji.unicode = "🙂" OR emoji.custom_emoji.uid = "A")"#,
            r#"emoji.unicode = "\U0001F642""#,
            r#"emoji.unicode = "a"."b""#,
            r#"emoji.unicode != "🙂""#,
            r#"-emoji.unicode = "🙂""#,
        ],
    );
    insta::assert_snapshot!(reports);
}
