//! Filters from public code and the reference, with their verdicts, and invalid filters with their
//! fixed text.

use gchat_filter::Checker;
use gchat_filter::members::Filter;

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).map(|row| row.split('\t').collect())
}

/// `accept`, or the stage of the first error.
fn verdict(checker: &Checker, text: &str) -> &'static str {
    let checked = Filter::check(checker, text);
    let verdict = checked
        .errors()
        .next()
        .map_or("accept", |error| error.stage().as_str());
    assert_eq!(checked.is_valid(), verdict == "accept", "{text}");
    verdict
}

#[test]
fn verdicts() {
    let mut count = 0;
    for row in rows(include_str!("data/verdicts.tsv")) {
        let [text, default, admin] = row[..] else {
            panic!("{row:?}");
        };
        assert_eq!(verdict(&Checker::new(), text), default, "{text}");
        let checker = Checker::new().admin_access(true);
        assert_eq!(verdict(&checker, text), admin, "with admin access: {text}");
        assert_eq!(Filter::parse(text).is_ok(), default == "accept", "{text}");
        count += 1;
    }
    assert_eq!(count, 35);
}

#[test]
fn fixes() {
    let mut count = 0;
    for row in rows(include_str!("data/fixes.tsv")) {
        let [text, fixed] = row[..] else {
            panic!("{row:?}");
        };
        let (text, checker) = match text.strip_prefix("ADMIN ") {
            Some(text) => (text, Checker::new().admin_access(true)),
            None => (text, Checker::new()),
        };
        assert_eq!(
            Filter::check(&checker, text).fixed.as_deref(),
            Some(fixed),
            "{text}"
        );
        assert!(Filter::check(&checker, fixed).is_valid(), "{fixed}");
        count += 1;
    }
    assert_eq!(count, 22);
}
