//! Encodings of a whole text.

use crate::diagnostic::Span;

/// HTML entities, with their characters.
const ENTITIES: &[(&str, char)] = &[
    ("&quot;", '"'),
    ("&apos;", '\''),
    ("&ldquo;", '"'),
    ("&rdquo;", '"'),
    ("&lsquo;", '\''),
    ("&rsquo;", '\''),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&amp;", '&'),
    ("&nbsp;", ' '),
    ("&equals;", '='),
    ("&num;", '#'),
    ("&excl;", '!'),
];

/// A decoded text, and the span from the first to the last thing that was decoded.
type Decoded = (String, Span);

/// Replaces what `decode` recognizes at the start of a text, which returns a character and the length
/// of its source. `None` if there is nothing to replace.
fn decoded(text: &str, decode: impl Fn(&str) -> Option<(char, usize)>) -> Option<Decoded> {
    let mut out = String::with_capacity(text.len());
    let mut found: Option<Span> = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let at = text.len() - rest.len();
        let (c, length) = if let Some((c, length)) = decode(rest) {
            let start = found.map_or(at, |span| span.start);
            found = Some(Span::new(start, at + length));
            (c, length)
        } else {
            (c, c.len_utf8())
        };
        out.push(c);
        rest = rest.get(length..)?;
    }
    Some((out, found?))
}

/// Decodes HTML entities.
pub(super) fn entities(text: &str) -> Option<Decoded> {
    decoded(text, |rest| {
        if let Some((entity, c)) = ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity)) {
            return Some((*c, entity.len()));
        }
        let number = rest.strip_prefix("&#")?;
        let (number, end) = number
            .split_once(';')
            .map(|(number, _)| (number, number.len()))?;
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        let c = char::from_u32(code)?;
        Some((if c == '\u{a0}' { ' ' } else { c }, end + 3))
    })
}

/// Decodes percent-encoding, and `+` if there is no white space. `None` if it is not UTF-8.
pub(super) fn percent(text: &str) -> Option<Decoded> {
    let has_spaces = text.trim().contains(char::is_whitespace);
    let byte = |rest: &str| {
        let digits = rest.strip_prefix('%')?.get(..2)?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)
    };
    let has_encoded = text.match_indices('%').any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        byte(rest).is_some()
    });
    if !has_encoded {
        return None;
    }
    decoded(text, |rest| {
        if rest.starts_with('+') && !has_spaces {
            return Some((' ', 1));
        }
        // The bytes of one character.
        let first = byte(rest)?;
        let length = match first {
            0..0x80 => 1,
            0x80..0xe0 => 2,
            0xe0..0xf0 => 3,
            0xf0.. => 4,
        };
        let bytes: Option<Vec<u8>> = (0..length)
            .map(|index| byte(rest.get(3 * index..)?))
            .collect();
        let c = String::from_utf8(bytes?).ok()?.chars().next()?;
        Some((c, 3 * length))
    })
}

/// Decodes escape sequences such as `\u0022`.
pub(super) fn escapes(text: &str) -> Option<Decoded> {
    decoded(text, |rest| {
        let digits = rest
            .strip_prefix("\\u")
            .or_else(|| rest.strip_prefix("\\U"))
            .or_else(|| rest.strip_prefix("\\x").and_then(|rest| rest.get(..2)))?;
        let digits = digits.get(..4).unwrap_or(digits);
        let code = u32::from_str_radix(digits, 16).ok()?;
        Some((char::from_u32(code)?, 2 + digits.len()))
    })
}
