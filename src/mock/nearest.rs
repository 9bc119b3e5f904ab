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
            .is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('_') && !text.is_empty());
        let distance = if is_suffix {
            0
        } else {
            distance(&lower, &text)
        };
        (distance <= most).then_some((distance, name.len(), name))
    });
    ranked.min().map(|(.., name)| name)
}

/// Returns the number of characters to insert, delete, replace or swap with their neighbor.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut last = None;
    for (index, a) in a.chars().enumerate() {
        let mut next = vec![index + 1];
        for (column, &other) in b.iter().enumerate() {
            let cell =
                |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
            let mut least = (cell(&row, column) + usize::from(a != other))
                .min(cell(&row, column + 1) + 1)
                .min(cell(&next, column) + 1);
            let previous = column.checked_sub(1);
            if let Some(previous) = previous
                && last == Some(other)
                && b.get(previous) == Some(&a)
                && let Some(swapped) = before.get(previous)
            {
                least = least.min(swapped + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(a);
    }
    row.last().copied().unwrap_or_default()
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
            ("OWNER", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, names().into_iter()), expected, "{text}");
        }
    }
}
