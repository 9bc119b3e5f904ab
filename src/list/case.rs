//! Names in `snake_case`, which Google's services accept for those in lowerCamelCase.

/// Returns whether `snake` is `camel` in `snake_case`: `page_size` for `pageSize`. Both may start with `$`.
pub(super) fn is_snake_case_of(snake: &str, camel: &str) -> bool {
    let (snake, camel) = match (snake.strip_prefix('$'), camel.strip_prefix('$')) {
        (Some(snake), Some(camel)) => (snake, camel),
        _ => (snake, camel),
    };
    camel_case(snake).is_some_and(|text| text == camel)
}

/// Converts a `snake_case` name of a field to lowerCamelCase. Google's services accept both.
///
/// Returns `None` if the name has no underscore, or is not the canonical `snake_case` form of a
/// lowerCamelCase name: `page__size`, `role_`, `page_Size`.
///
/// ```
/// use gchat_filter::list::camel_case;
///
/// assert_eq!(camel_case("create_time").as_deref(), Some("createTime"));
/// assert_eq!(camel_case("name"), None);
/// ```
#[must_use]
pub fn camel_case(snake: &str) -> Option<String> {
    let mut words = snake.split('_');
    let mut camel = words.next()?.to_owned();
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && !word.contains(|c: char| c.is_ascii_uppercase())
    };
    if !snake.contains('_') || !is_word(&camel) {
        return None;
    }
    for word in words {
        if !is_word(word) {
            return None;
        }
        let (first, rest) = word.split_at_checked(1)?;
        camel.push_str(&first.to_ascii_uppercase());
        camel.push_str(rest);
    }
    Some(camel)
}
