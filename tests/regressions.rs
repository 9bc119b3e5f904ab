//! What went wrong once.

use gchat_filter::{Checker, Level, Lint};

/// The closing quote and what admin access adds are both inserted at the end of the text.
#[test]
fn fixes_that_insert_at_one_place_are_both_applied() {
    let checker = Checker::new()
        .admin_access(true)
        .level(Lint::UnquotedValue, Level::Warn);
    for (text, fixed) in [
        (
            "role = ROLE_MEMBER",
            r#"role = "ROLE_MEMBER" AND member.type != "BOT""#,
        ),
        (
            "role = ROLE_MANAGER OR role = ROLE_MEMBER",
            r#"(role = "ROLE_MANAGER" OR role = "ROLE_MEMBER") AND member.type != "BOT""#,
        ),
    ] {
        assert_eq!(checker.check(text).fixed.as_deref(), Some(fixed));
    }
}

/// The rest of the operator stands behind white space.
#[test]
fn an_operator_with_a_gap_is_mended_whole() {
    let fixed = Checker::new().check(r#"member.type ! = "BOT""#).fixed;
    assert_eq!(fixed.as_deref(), Some(r#"member.type != "BOT""#));
}

/// The keyword for a word before a negation would negate twice, which is no filter.
#[test]
fn a_word_before_a_negation_stays() {
    let checked = Checker::new().check(r#"role = "ROLE_MEMBER" and not NOT member.type = "BOT""#);
    for diagnostic in &checked.diagnostics {
        if let Some(fix) = diagnostic.fix.as_ref().filter(|fix| fix.certain) {
            let mended = fix.apply(checked.text);
            assert!(gchat_filter::syntax::parse(&mended).is_ok(), "{mended}");
        }
    }
}

/// As many parentheses are closed as are open.
#[test]
fn every_open_parenthesis_is_closed() {
    let error = gchat_filter::syntax::parse("((a = b) AND (c").unwrap_err();
    let fix = error.diagnostic().fix.clone().unwrap();
    assert_eq!(fix.apply("((a = b) AND (c"), "((a = b) AND (c))");
}

/// U+2065 is not assigned, hence no format character, and is drawn as nothing all the same.
#[test]
fn what_is_drawn_as_nothing_is_escaped_in_a_message() {
    for (c, shown) in [('\u{2065}', r"\u{2065}"), ('\u{3164}', r"\u{3164}")] {
        let text = format!("role{c}");
        assert!(gchat_filter::syntax::parse(&text).is_ok());
        let error = gchat_filter::Filter::parse(&text).unwrap_err();
        assert!(error.to_string().contains(shown), "{error}");
    }
}

/// A violation is one line, whatever was sent: the name of a parameter, a filter of several lines.
#[cfg(feature = "list")]
#[test]
fn a_violation_is_one_line() {
    use gchat_filter::list::ListMembershipsRequest;

    let query = "a%0Ab=1&c%1B%5B31m=1&d%E2%80%AE=1";
    let violations = ListMembershipsRequest::from_query("spaces/A", query).unwrap_err();
    let fields: Vec<&str> = violations.as_slice().iter().map(|v| &*v.field).collect();
    assert_eq!(fields, [r"a\nb", r"c\u{1b}[31m", r"d\u{202e}"]);

    let request = ListMembershipsRequest {
        filter: "role = \"ROLE_MEMBER\"\r\n\tand member.type = \"HUMAN\"".to_owned(),
        ..ListMembershipsRequest::new("spaces/A")
    };
    let line = request.check().unwrap_err().to_string();
    let corrected = r#"corrected: role = "ROLE_MEMBER"   AND member.type = "HUMAN""#;
    assert!(line.ends_with(corrected), "{line}");
}

/// A parameter without a name, whose value is not UTF-8, has a field all the same.
#[cfg(feature = "list")]
#[test]
fn every_violation_has_a_field() {
    use gchat_filter::list::ListMembershipsRequest;

    for query in ["=1", "=%FF", "=", "%FF=1"] {
        let violations = ListMembershipsRequest::from_query("spaces/A", query).unwrap_err();
        let [violation] = violations.as_slice() else {
            unreachable!("{query}: {violations}");
        };
        let field = if query.starts_with('=') {
            "(empty)"
        } else {
            "`%FF=1`"
        };
        assert_eq!(violation.field, field, "{query}");
    }
}

/// What is left is wrong at the same place, so it is not certain that the rest was meant.
#[test]
fn a_fix_that_leaves_an_error_where_it_was_is_not_certain() {
    for text in ["\u{feff}= b", "\u{200b})"] {
        let error = gchat_filter::syntax::parse(text).unwrap_err();
        let fix = error.diagnostic().fix.clone().unwrap();
        assert!(!fix.certain, "{text:?}");
    }
}
