//! Regression tests.

use gchat_filter::members::Filter;
use gchat_filter::{Checker, Level, Lint};

/// The closing quote and the comparison that admin access requires are both inserted at the end.
#[test]
fn fixes_that_insert_at_the_same_position_are_both_applied() {
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
        assert_eq!(Filter::check(&checker, text).fixed.as_deref(), Some(fixed));
    }
}

/// White space separates the two halves of the operator.
#[test]
fn operator_split_by_white_space_is_fixed_entirely() {
    let fixed = Filter::check(&Checker::new(), r#"member.type ! = "BOT""#).fixed;
    assert_eq!(fixed.as_deref(), Some(r#"member.type != "BOT""#));
}

/// Replacing `not` with the keyword would yield a double negation, which is a syntax error.
#[test]
fn lower_case_not_before_a_negation_is_not_replaced() {
    let checked = Filter::check(
        &Checker::new(),
        r#"role = "ROLE_MEMBER" and not NOT member.type = "BOT""#,
    );
    for diagnostic in &checked.diagnostics {
        if let Some(fix) = diagnostic.fix.as_ref().filter(|fix| fix.certain) {
            let fixed = fix.apply(&checked.text).unwrap();
            assert!(gchat_filter::syntax::parse(&fixed).is_ok(), "{fixed}");
        }
    }
}

#[test]
fn fix_closes_all_open_parentheses() {
    let error = gchat_filter::syntax::parse("((a = b) AND (c").unwrap_err();
    let fix = error.diagnostic().fix.clone().unwrap();
    assert_eq!(fix.apply("((a = b) AND (c").unwrap(), "((a = b) AND (c))");
}

/// U+2065 is unassigned and therefore not a format character, but still invisible.
#[test]
fn invisible_characters_are_escaped_in_messages() {
    for (c, escaped) in [('\u{2065}', r"\u{2065}"), ('\u{3164}', r"\u{3164}")] {
        let text = format!("role{c}");
        assert!(gchat_filter::syntax::parse(&text).is_ok());
        let error = gchat_filter::members::Filter::parse(&text).unwrap_err();
        assert!(error.to_string().contains(escaped), "{error}");
    }
}

/// Neither a parameter's name nor a filter with line breaks adds a line.
#[cfg(feature = "list")]
#[test]
fn violations_are_one_line() {
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

/// Even for a parameter with an empty name, or one that is not UTF-8.
#[cfg(feature = "list")]
#[test]
fn all_violations_name_a_field() {
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

/// The rest of the input is invalid at the same position, so the fix may not be what was intended.
#[test]
fn fix_that_leaves_an_error_at_the_same_position_is_not_certain() {
    for text in ["\u{feff}= b", "\u{200b})"] {
        let error = gchat_filter::syntax::parse(text).unwrap_err();
        let fix = error.diagnostic().fix.clone().unwrap();
        assert!(!fix.certain, "{text:?}");
    }
}

/// Correcting the first of two operators would only make room for the error of the second one.
#[test]
fn operator_before_another_operator_is_not_corrected_without_asking() {
    let checked = Filter::check(&Checker::new(), r#"role== > "ROLE_MEMBER""#);
    assert_eq!(checked.fixed, None);
    assert_eq!(checked.errors().count(), 1);
}
