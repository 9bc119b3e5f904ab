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
pub(crate) fn class(byte: u8) -> ByteClass {
    CLASSES
        .get(usize::from(byte))
        .copied()
        .unwrap_or(ByteClass::Other)
}

/// Returns whether a character beyond ASCII can be part of a TEXT.
pub(crate) fn is_wide_text(c: char) -> bool {
    !(is_invisible(c) || is_typographic_quote(c))
}

/// Returns whether a character is invisible: a control, white space or a format character.
///
/// Other than the grammar's white space, these are not allowed outside a string.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control() || c.is_whitespace() || is_format(c)
}

/// Returns whether messages escape the character, because it is invisible or would move others.
pub(crate) fn needs_escape(c: char) -> bool {
    c != ' ' && (is_invisible(c) || is_ignorable(c))
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
        }
    }
}
