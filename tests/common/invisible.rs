//! Characters that must not be in messages, because they are invisible or move other text.

use std::sync::LazyLock;

use regex::Regex;

static INVISIBLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Variation_Selector}]").unwrap());

/// Emoji with the joiners and selectors that they need.
static EMOJI: LazyLock<Regex> = LazyLock::new(|| {
    let emoji = r"\p{Extended_Pictographic}[\u{1f3fb}-\u{1f3ff}\u{fe0e}\u{fe0f}]*";
    Regex::new(&format!(
        r"{emoji}(\u{{200d}}{emoji})*|[0-9#*]\u{{fe0f}}\u{{20e3}}"
    ))
    .unwrap()
});

/// Whether a text has invisible characters, other than those that emoji need.
pub(crate) fn has_invisible(text: &str) -> bool {
    INVISIBLE.is_match(&EMOJI.replace_all(text, ""))
}
