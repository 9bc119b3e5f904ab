//! Character classes: a table for ASCII, and Unicode properties for the rest.

/// The class of a byte outside a string.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteClass {
    /// Part of a TEXT.
    Text,
    /// Part of a TEXT, but not as its first character: the hyphen.
    Hyphen,
    /// Part of a character beyond ASCII, which may be part of a TEXT.
    Wide,
    /// Space, tab, CR or LF.
    Space,
    /// A quote, `"` or `'`.
    Quote,
    /// Anything else: parentheses, operators, controls, a backslash.
    Other,
}

const CLASSES: [ByteClass; 256] = {
    let mut classes = [ByteClass::Text; 256];
    let mut byte = 0;
    while byte < classes.len() {
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        {
            classes[byte] = match byte as u8 {
                b' ' | b'\t' | b'\r' | b'\n' => ByteClass::Space,
                b'"' | b'\'' => ByteClass::Quote,
                b'-' => ByteClass::Hyphen,
                0..=0x1f
                | 0x7f
                | b'\\'
                | b'('
                | b')'
                | b','
                | b'.'
                | b'='
                | b'<'
                | b'>'
                | b'!'
                | b':' => ByteClass::Other,
                0x80.. => ByteClass::Wide,
                _ => ByteClass::Text,
            };
        }
        byte += 1;
    }
    classes
};

/// Returns the class of a byte.
#[inline]
#[expect(clippy::indexing_slicing, reason = "there is a class for each byte")]
pub(crate) fn class(byte: u8) -> ByteClass {
    CLASSES[usize::from(byte)]
}

/// Returns whether a character beyond ASCII can be part of a TEXT.
pub(crate) fn is_wide_text(c: char) -> bool {
    !(is_invisible(c) || is_typographic_quote(c))
}

/// Characters that look like ASCII ones, with their names in Unicode.
const LOOKALIKES: &[(char, char, &str)] = &[
    ('ı', 'i', "LATIN SMALL LETTER DOTLESS I"),
    ('ɡ', 'g', "LATIN SMALL LETTER SCRIPT G"),
    ('Α', 'A', "GREEK CAPITAL LETTER ALPHA"),
    ('Β', 'B', "GREEK CAPITAL LETTER BETA"),
    ('Ε', 'E', "GREEK CAPITAL LETTER EPSILON"),
    ('Ζ', 'Z', "GREEK CAPITAL LETTER ZETA"),
    ('Η', 'H', "GREEK CAPITAL LETTER ETA"),
    ('Ι', 'I', "GREEK CAPITAL LETTER IOTA"),
    ('Κ', 'K', "GREEK CAPITAL LETTER KAPPA"),
    ('Μ', 'M', "GREEK CAPITAL LETTER MU"),
    ('Ν', 'N', "GREEK CAPITAL LETTER NU"),
    ('Ο', 'O', "GREEK CAPITAL LETTER OMICRON"),
    ('Ρ', 'P', "GREEK CAPITAL LETTER RHO"),
    ('Τ', 'T', "GREEK CAPITAL LETTER TAU"),
    ('Υ', 'Y', "GREEK CAPITAL LETTER UPSILON"),
    ('Χ', 'X', "GREEK CAPITAL LETTER CHI"),
    ('γ', 'y', "GREEK SMALL LETTER GAMMA"),
    ('ι', 'i', "GREEK SMALL LETTER IOTA"),
    ('κ', 'k', "GREEK SMALL LETTER KAPPA"),
    ('ν', 'v', "GREEK SMALL LETTER NU"),
    ('ο', 'o', "GREEK SMALL LETTER OMICRON"),
    ('ρ', 'p', "GREEK SMALL LETTER RHO"),
    ('τ', 't', "GREEK SMALL LETTER TAU"),
    ('χ', 'x', "GREEK SMALL LETTER CHI"),
    ('Ѕ', 'S', "CYRILLIC CAPITAL LETTER DZE"),
    ('І', 'I', "CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I"),
    ('Ј', 'J', "CYRILLIC CAPITAL LETTER JE"),
    ('А', 'A', "CYRILLIC CAPITAL LETTER A"),
    ('В', 'B', "CYRILLIC CAPITAL LETTER VE"),
    ('Е', 'E', "CYRILLIC CAPITAL LETTER IE"),
    ('К', 'K', "CYRILLIC CAPITAL LETTER KA"),
    ('М', 'M', "CYRILLIC CAPITAL LETTER EM"),
    ('Н', 'H', "CYRILLIC CAPITAL LETTER EN"),
    ('О', 'O', "CYRILLIC CAPITAL LETTER O"),
    ('Р', 'P', "CYRILLIC CAPITAL LETTER ER"),
    ('С', 'C', "CYRILLIC CAPITAL LETTER ES"),
    ('Т', 'T', "CYRILLIC CAPITAL LETTER TE"),
    ('У', 'Y', "CYRILLIC CAPITAL LETTER U"),
    ('Х', 'X', "CYRILLIC CAPITAL LETTER HA"),
    ('а', 'a', "CYRILLIC SMALL LETTER A"),
    ('е', 'e', "CYRILLIC SMALL LETTER IE"),
    ('о', 'o', "CYRILLIC SMALL LETTER O"),
    ('р', 'p', "CYRILLIC SMALL LETTER ER"),
    ('с', 'c', "CYRILLIC SMALL LETTER ES"),
    ('у', 'y', "CYRILLIC SMALL LETTER U"),
    ('х', 'x', "CYRILLIC SMALL LETTER HA"),
    ('ѕ', 's', "CYRILLIC SMALL LETTER DZE"),
    ('і', 'i', "CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I"),
    ('ј', 'j', "CYRILLIC SMALL LETTER JE"),
    ('һ', 'h', "CYRILLIC SMALL LETTER SHHA"),
    ('ԁ', 'd', "CYRILLIC SMALL LETTER KOMI DE"),
    ('Ԍ', 'G', "CYRILLIC CAPITAL LETTER KOMI SJE"),
    ('Ԛ', 'Q', "CYRILLIC CAPITAL LETTER QA"),
    ('ԛ', 'q', "CYRILLIC SMALL LETTER QA"),
    ('Ԝ', 'W', "CYRILLIC CAPITAL LETTER WE"),
    ('ԝ', 'w', "CYRILLIC SMALL LETTER WE"),
    ('ո', 'n', "ARMENIAN SMALL LETTER VO"),
    ('ս', 'u', "ARMENIAN SMALL LETTER SEH"),
    ('օ', 'o', "ARMENIAN SMALL LETTER OH"),
    ('ⅼ', 'l', "SMALL ROMAN NUMERAL FIFTY"),
];

/// Returns the ASCII character that a character looks like.
pub(crate) fn lookalike(c: char) -> Option<char> {
    // The fullwidth forms of ASCII.
    if let '\u{ff01}'..='\u{ff5e}' = c {
        return char::from_u32(u32::from(c) - 0xff01 + 0x21);
    }
    let found = LOOKALIKES.iter().find(|(own, ..)| *own == c)?;
    Some(found.1)
}

/// Returns the first character of a text that looks like an ASCII one, described.
pub(crate) fn described_lookalike(text: &str) -> Option<String> {
    text.chars().find_map(|c| {
        let narrow = lookalike(c)?;
        let name = LOOKALIKES
            .iter()
            .find(|(own, ..)| *own == c)
            .map_or("a fullwidth character", |(.., name)| name);
        let code = u32::from(c);
        Some(format!("`{c}` is U+{code:04X} {name}, not `{narrow}`"))
    })
}

/// Returns whether a character is neither part of a word nor a quote, a space or a control.
pub(crate) fn is_punctuation(c: char) -> bool {
    let is_word = c.is_alphanumeric() || matches!(c, '_' | '-' | '"' | '\'');
    !(is_word || is_invisible(c) || is_typographic_quote(c))
}

/// Returns whether a character is invisible: a control, white space or a format character.
///
/// Other than the grammar's white space, these are not allowed outside a string.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control() || c.is_whitespace() || is_format(c)
}

/// Returns whether messages escape the character wherever it is, because it is invisible or would
/// move others.
fn is_always_escaped(c: char) -> bool {
    c != ' ' && (is_invisible(c) || is_ignorable(c))
}

/// Returns the characters of a text with their offsets, and whether messages escape them.
///
/// A zero-width joiner is only shown as it is between two emoji, and the variation selectors for
/// text and emoji only after an emoji or in a keycap. Anywhere else they would be invisible.
pub(crate) fn with_escapes(text: &str) -> impl Iterator<Item = (usize, char, bool)> {
    let mut characters = text.char_indices().peekable();
    // Whether an emoji, with its modifiers, is before the character.
    let mut is_after_emoji = false;
    let mut before = None;
    std::iter::from_fn(move || {
        let (at, c) = characters.next()?;
        let after = characters.peek().map(|(_, c)| *c);
        let is_escaped = match c {
            '\u{200d}' => !(is_after_emoji && after.is_some_and(is_emoji)),
            '\u{fe0e}' | '\u{fe0f}' => {
                let is_keycap =
                    matches!(before, Some('0'..='9' | '#' | '*')) && after == Some('\u{20e3}');
                !(is_after_emoji || is_keycap)
            }
            c => is_variation_selector(c) || is_always_escaped(c),
        };
        is_after_emoji = match c {
            // The modifiers of the skin's color, and the selectors.
            '\u{1f3fb}'..='\u{1f3ff}' | '\u{fe0e}' | '\u{fe0f}' => is_after_emoji,
            c => is_emoji(c),
        };
        before = Some(c);
        Some((at, c, is_escaped))
    })
}

/// Returns a text that has been cut, without the joiners and selectors that lost their emoji. All
/// other invisible characters have been escaped before.
pub(crate) fn without_lost_joiners(text: &str) -> String {
    let kept = with_escapes(text).filter(|(.., is_escaped)| !is_escaped);
    kept.map(|(_, c, _)| c).collect()
}

/// General category Cf, except the zero-width joiner, which emoji need.
pub(crate) fn is_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{180e}' | '\u{200b}'..='\u{200c}'
        | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{110bd}'
        | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}')
}

/// The property `Variation_Selector`.
fn is_variation_selector(c: char) -> bool {
    matches!(c,
        '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// The property `Extended_Pictographic`.
#[rustfmt::skip]
pub(crate) fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2194}'..='\u{2199}' | '\u{21a9}'..='\u{21aa}' | '\u{231a}'..='\u{231b}'
        | '\u{2328}' | '\u{2388}' | '\u{23cf}' | '\u{23e9}'..='\u{23f3}'
        | '\u{23f8}'..='\u{23fa}' | '\u{24c2}' | '\u{25aa}'..='\u{25ab}' | '\u{25b6}'
        | '\u{25c0}' | '\u{25fb}'..='\u{25fe}' | '\u{2600}'..='\u{2605}'
        | '\u{2607}'..='\u{2612}' | '\u{2614}'..='\u{2685}' | '\u{2690}'..='\u{2705}'
        | '\u{2708}'..='\u{2712}' | '\u{2714}' | '\u{2716}' | '\u{271d}' | '\u{2721}'
        | '\u{2728}' | '\u{2733}'..='\u{2734}' | '\u{2744}' | '\u{2747}' | '\u{274c}'
        | '\u{274e}' | '\u{2753}'..='\u{2755}' | '\u{2757}' | '\u{2763}'..='\u{2767}'
        | '\u{2795}'..='\u{2797}' | '\u{27a1}' | '\u{27b0}' | '\u{27bf}'
        | '\u{2934}'..='\u{2935}' | '\u{2b05}'..='\u{2b07}' | '\u{2b1b}'..='\u{2b1c}'
        | '\u{2b50}' | '\u{2b55}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{1f000}'..='\u{1f0ff}' | '\u{1f10d}'..='\u{1f10f}' | '\u{1f12f}'
        | '\u{1f16c}'..='\u{1f171}' | '\u{1f17e}'..='\u{1f17f}' | '\u{1f18e}'
        | '\u{1f191}'..='\u{1f19a}' | '\u{1f1ad}'..='\u{1f1e5}' | '\u{1f201}'..='\u{1f20f}'
        | '\u{1f21a}' | '\u{1f22f}' | '\u{1f232}'..='\u{1f23a}' | '\u{1f23c}'..='\u{1f23f}'
        | '\u{1f249}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1f53d}' | '\u{1f546}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}' | '\u{1f774}'..='\u{1f77f}' | '\u{1f7d5}'..='\u{1f7ff}'
        | '\u{1f80c}'..='\u{1f80f}' | '\u{1f848}'..='\u{1f84f}' | '\u{1f85a}'..='\u{1f85f}'
        | '\u{1f888}'..='\u{1f88f}' | '\u{1f8ae}'..='\u{1f8ff}' | '\u{1f90c}'..='\u{1f93a}'
        | '\u{1f93c}'..='\u{1f945}' | '\u{1f947}'..='\u{1faff}' | '\u{1fc00}'..='\u{1fffd}')
}

/// Characters outside Cf that are also invisible: the property `Default_Ignorable_Code_Point`
/// without the format characters, the zero-width joiner, and the variation selectors, which change
/// how the character before them is displayed.
pub(crate) fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{2065}' | '\u{3164}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}' | '\u{e0002}'..='\u{e001f}'
        | '\u{e0080}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

/// The property `Quotation_Mark` and the Hebrew gershayim, except `"` and `'`.
pub(crate) fn is_typographic_quote(c: char) -> bool {
    is_double_quote(c) || is_single_quote(c)
}

/// The typographic quotes that are used like `"`.
pub(crate) fn is_double_quote(c: char) -> bool {
    matches!(c,
        '«' | '»' | '\u{201c}'..='\u{201f}' | '\u{2e42}' | '\u{300c}'..='\u{300f}'
        | '\u{301d}'..='\u{301f}' | '\u{fe41}'..='\u{fe44}' | '\u{ff02}' | '\u{ff62}' | '\u{ff63}'
        | '\u{5f4}')
}

/// The typographic quotes that are used like `'`.
pub(crate) fn is_single_quote(c: char) -> bool {
    matches!(
        c,
        '\u{2018}'..='\u{201b}' | '\u{2039}' | '\u{203a}' | '\u{ff07}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the tables with the Unicode database of the regex crate.
    #[test]
    fn tables_agree_with_unicode() {
        let property = |name: &str| regex::Regex::new(&format!("^{name}$")).unwrap();
        let (format, quote) = (property(r"\p{Cf}"), property(r"\p{Quotation_Mark}"));
        let (emoji, selector) = (
            property(r"\p{Extended_Pictographic}"),
            property(r"\p{Variation_Selector}"),
        );
        let ignorable = property(r"[\p{Default_Ignorable_Code_Point}--\p{Variation_Selector}]");
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            let typographic = quote.is_match(&text) && c != '"' && c != '\'' || c == '\u{5f4}';
            assert_eq!(is_typographic_quote(c), typographic, "{c:?}");
            assert_eq!(
                is_format(c),
                format.is_match(&text) && c != '\u{200d}',
                "{c:?}"
            );
            assert_eq!(
                is_ignorable(c),
                ignorable.is_match(&text) && !format.is_match(&text),
                "{c:?}"
            );
            assert!(!(is_double_quote(c) && is_single_quote(c)), "{c:?}");
            assert_eq!(is_emoji(c), emoji.is_match(&text), "{c:?}");
            assert_eq!(is_variation_selector(c), selector.is_match(&text), "{c:?}");
        }
    }

    #[test]
    fn joiners_and_selectors_are_shown_only_with_emoji() {
        for (text, escaped) in [
            ("👩\u{200d}🚀", 0),
            ("👩🏽\u{200d}🚀", 0),
            ("❤\u{fe0f}\u{200d}🔥", 0),
            ("1\u{fe0f}\u{20e3}", 0),
            ("role\u{200d}", 1),
            ("\u{200d}role", 1),
            ("👩\u{200d}role", 1),
            ("👩\u{200d}\u{200d}🚀", 2),
            ("role\u{fe0f}", 1),
            ("1\u{fe0f}", 1),
            ("1\u{fe0f}\u{200d}🚀", 2),
            ("葛\u{e0100}", 1),
            ("👩\u{e0100}", 1),
            ("a\u{fe00}", 1),
        ] {
            let found = with_escapes(text).filter(|(.., is_escaped)| *is_escaped);
            assert_eq!(found.count(), escaped, "{text:?}");
        }
    }
}
