//! The name that was probably meant by an unknown one.

/// Returns the known name that is most similar to an unknown one, if any is similar.
pub(super) fn nearest<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let text = text.to_lowercase();
    let most = (text.chars().count() / 3).max(1);
    let ranked = names.filter_map(|name| {
        let lower = name.to_lowercase();
        // Names of enum values have prefixes, as in `ROLE_MANAGER`.
        let is_suffix = lower
            .strip_suffix(&text)
            .is_some_and(|prefix| prefix.ends_with('_'));
        let distance = if is_suffix {
            0
        } else {
            strsim::osa_distance(&lower, &text)
        };
        (distance <= most).then_some((distance, name.len(), name))
    });
    ranked.min().map(|(.., name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn similar_names_are_found() {
        let names = || {
            [
                "ROLE_MEMBER",
                "ROLE_MANAGER",
                "ROLE_ASSISTANT_MANAGER",
                "HUMAN",
                "member",
            ]
        };
        for (text, expected) in [
            ("MANAGER", Some("ROLE_MANAGER")),
            ("role_member", Some("ROLE_MEMBER")),
            ("human", Some("HUMAN")),
            ("HUMNA", Some("HUMAN")),
            ("memeber", Some("member")),
            ("ROLE_MNAGR", Some("ROLE_MANAGER")),
            ("AGER", None),
            ("OWNER", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, names().into_iter()), expected, "{text}");
        }
    }
}
