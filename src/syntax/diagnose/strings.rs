//! Unterminated strings and invalid escape sequences.

use crate::chars;
use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Span, visible};

use super::{Place, is_space, starts_value};

impl Place<'_> {
    pub(super) fn unterminated_string(&self, at: usize) -> Diagnostic {
        let span = Span::new(at, self.text.len());
        let quote = self.from(at).chars().next().unwrap_or('"');
        let before = self.up_to(at).chars().next_back();
        if span.within(self.text).trim_end().len() == 1
            && let Some(c) = before.filter(|c| starts_value(*c))
        {
            return self.unmatched_quote(at, c);
        }
        let diagnostic = Diagnostic::error(
            Code::UnterminatedString,
            span,
            format!("unterminated string: expected a closing `{quote}`"),
        )
        .label(Self::span(at, 1), "opened here");
        let end = span.within(self.text).trim_end_matches(is_space);
        let last = end.char_indices().next_back();
        match last {
            Some((offset, c))
                if offset > 0
                    && c != quote
                    && (c == '"' || c == '\'' || chars::is_typographic_quote(c)) =>
            {
                diagnostic
                    .help(format!("close the string with `{quote}` instead of `{c}`"))
                    .fix(Fix::suggestion(vec![Edit::new(
                        Self::span(at + offset, c.len_utf8()),
                        quote,
                    )]))
            }
            Some((_, '\\')) => {
                diagnostic.help("write a backslash as `\\\\`, then close the string")
            }
            // An empty string would not help.
            Some((0, _)) => diagnostic.help(format!("close the string with `{quote}`")),
            _ => diagnostic
                .help(format!("close the string with `{quote}`"))
                .fix(Fix::suggestion(vec![Edit::new(
                    Span::at(at + end.len()),
                    quote,
                )])),
        }
    }

    /// Returns the diagnostic for a quote at `at`, directly after `before` and at the end of the text.
    fn unmatched_quote(&self, at: usize, before: char) -> Diagnostic {
        let span = Self::span(at, 1);
        let quote = span.within(self.text);
        let diagnostic = Diagnostic::error(
            Code::UnterminatedString,
            span,
            format!("unmatched quote `{quote}`"),
        )
        .label(span, "no opening quote");
        let value = self.up_to(at).trim_end_matches(starts_value).len();
        if matches!(before, '"' | '\'') || value == at {
            return diagnostic
                .help("remove it")
                .fix(Fix::suggestion(vec![Edit::new(span, "")]));
        }
        diagnostic
            .help(format!("add `{quote}` before the value"))
            .fix(Fix::suggestion(vec![Edit::new(Span::at(value), quote)]))
    }

    pub(super) fn invalid_escape(&self, at: usize) -> Diagnostic {
        let rest = self.from(at + 1);
        let digits = match rest.chars().next() {
            Some('u') => Some(4),
            Some('U') => Some(8),
            _ => None,
        };
        let Some(digits) = digits else {
            let c = rest.chars().next().unwrap_or('\\');
            let span = Self::span(at, 1 + c.len_utf8());
            return Diagnostic::error(
                Code::InvalidEscape,
                span,
                format!("unknown escape sequence `\\{}`", visible(&c.to_string())),
            )
            .label(
                span,
                r#"expected one of `\\`, `\"`, `\'`, `\n`, `\r`, `\t`, `\uHHHH`, `\UHHHHHHHH`"#,
            )
            .help("write a backslash as `\\\\`")
            .fix(Fix::suggestion(vec![Edit::new(Span::at(at), "\\")]));
        };
        let found = hex_digits(rest, digits);
        let span = Self::span(at, 2 + found.len());
        let message = format!("invalid escape sequence `{}`", span.within(self.text));
        let diagnostic = Diagnostic::error(Code::InvalidEscape, span, message);
        let value = u32::from_str_radix(found, 16).unwrap_or_default();
        if found.len() < digits {
            return diagnostic
                .label(span, format!("expected {digits} hexadecimal digits"))
                .help(if digits == 4 {
                    "pad with leading zeros, as in `\\u00E9`"
                } else {
                    "pad with leading zeros, as in `\\U000000E9`"
                });
        }
        if value > u32::from(char::MAX) {
            return diagnostic
                .label(span, "expected a value up to `10FFFF`")
                .help("write the character itself");
        }
        let diagnostic = diagnostic.label(span, "half of a surrogate pair, not a character");
        match self.surrogate_pair(value, span.end) {
            Some((c, end)) => diagnostic
                .help("write the character itself, or use `\\U` with eight digits")
                .fix(Fix::certain(vec![Edit::new(
                    Span::new(at, end),
                    format!("\\U{:08X}", u32::from(c)),
                )])),
            None => diagnostic.help("write the character itself"),
        }
    }

    /// Returns the character of the surrogate pair of `high` and the escape sequence at `at`, with
    /// the offset after that; `None` if they are not a pair.
    fn surrogate_pair(&self, high: u32, at: usize) -> Option<(char, usize)> {
        let rest = self.from(at).strip_prefix('\\')?;
        let digits = rest.starts_with('u').then(|| hex_digits(rest, 4))?;
        let halves = [high, u32::from_str_radix(digits, 16).ok()?];
        let halves = halves.map(|half| u16::try_from(half).unwrap_or_default());
        let c = char::decode_utf16(halves).next()?.ok()?;
        (digits.len() == 4).then_some((c, at + 2 + digits.len()))
    }
}

/// Returns up to `max` hexadecimal digits after the first character.
fn hex_digits(rest: &str, max: usize) -> &str {
    let digits = rest.get(1..).unwrap_or_default();
    let length = digits
        .bytes()
        .take(max)
        .take_while(u8::is_ascii_hexdigit)
        .count();
    digits.get(..length).unwrap_or_default()
}
