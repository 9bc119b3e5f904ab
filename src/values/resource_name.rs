//! Names of resources, such as `spaces/AAAA/threads/BBBB`.

/// Returns whether a text is a name of the pattern, such as `spaces/{space}/threads/{thread}`.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let mut segments = text.split('/');
    pattern.split('/').all(|expected| {
        segments.next().is_some_and(|segment| {
            if expected.starts_with('{') {
                is_id(segment)
            } else {
                segment == expected
            }
        })
    }) && segments.next().is_none()
}

/// Returns whether a segment of a name is an ID. A hyphen alone is a wildcard in the API's names.
/// Braces are allowed, because the reference has placeholders in its examples.
fn is_id(segment: &str) -> bool {
    let is_allowed = |c: char| c != '*' && !c.is_whitespace() && !c.is_control();
    !matches!(segment, "" | "-") && segment.chars().all(is_allowed)
}

/// Returns whether the name of a user is an alias, which the service resolves: `users/me`,
/// `users/app`, or an email address.
pub(crate) fn is_user_alias(name: &str) -> bool {
    name.strip_prefix("users/")
        .is_some_and(|id| matches!(id, "me" | "app") || id.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::{is_user_alias, matches};

    #[test]
    fn matches_patterns() {
        let pattern = "spaces/{space}/threads/{thread}";
        for text in [
            "spaces/AAAA/threads/BBBB",
            "spaces/A.B/threads/-b",
            "spaces/{space}/threads/é",
        ] {
            assert!(matches(pattern, text), "{text}");
        }
        for text in [
            "",
            "spaces/AAAA",
            "spaces/AAAA/threads",
            "spaces/AAAA/threads/",
            "spaces/-/threads/B",
            "spaces//threads/B",
            "spaces/A/threads/B/",
            "spaces/A/threads/B/C",
            "spaces/A/messages/B",
            "Spaces/A/threads/B",
            "spaces/A B/threads/C",
            "spaces/*/threads/C",
            "spaces/A/threads/\u{7}",
        ] {
            assert!(!matches(pattern, text), "{text}");
        }
    }

    #[test]
    fn recognizes_aliases() {
        for (name, expected) in [
            ("users/me", true),
            ("users/app", true),
            ("users/a@example.com", true),
            ("users/123", false),
            ("users/mean", false),
            ("spaces/a@b/threads/c", false),
        ] {
            assert_eq!(is_user_alias(name), expected, "{name}");
        }
    }
}
