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
