//! Names of resources, such as `spaces/AAAA/threads/BBBB`.

/// Returns whether a text is a name of the pattern, such as `spaces/{space}/threads/{thread}`.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    // Bytes, because a search for a character is slow in a short text.
    let mut segments = pattern.as_bytes().split(|byte| *byte == b'/');
    let rest = segments
        .next()
        .and_then(|first| after(text.as_bytes(), first));
    let rest = segments.try_fold(rest, |rest, segment| {
        Some(after(rest?.strip_prefix(b"/")?, segment))
    });
    rest.flatten().is_some_and(<[u8]>::is_empty)
}

/// Returns what is after the segment at the start of a name, if it is the expected one.
fn after<'a>(name: &'a [u8], expected: &[u8]) -> Option<&'a [u8]> {
    if !expected.starts_with(b"{") {
        return name.strip_prefix(expected);
    }
    let slash = name.iter().position(|byte| *byte == b'/');
    let (id, rest) = name.split_at(slash.unwrap_or(name.len()));
    is_id(id).then_some(rest)
}

/// Returns whether a segment of a name is an ID. A hyphen alone is a wildcard in the API's names.
/// Braces are allowed, because the reference has placeholders in its examples.
fn is_id(segment: &[u8]) -> bool {
    let is_allowed = |c: char| c != '*' && !c.is_whitespace() && !c.is_control();
    let is_plain = |byte: &u8| byte.is_ascii_graphic() && *byte != b'*';
    let are_allowed = |segment| {
        std::str::from_utf8(segment).is_ok_and(|segment: &str| segment.chars().all(is_allowed))
    };
    !matches!(segment, b"" | b"-") && (segment.iter().all(is_plain) || are_allowed(segment))
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
