//! Characters that are not allowed outside a string.

use crate::chars;
use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Span, visible};

use super::{Place, is_space, starts_value};

impl Place<'_> {
    /// Returns the diagnostic for a character that is not allowed outside a string; `None` if it is
    /// allowed.
    pub(super) fn unexpected_character(&self, at: usize, c: char) -> Option<Diagnostic> {
        if chars::is_typographic_quote(c) {
            return Some(self.typographic_quote(at, c));
        }
        let span = Self::span(at, c.len_utf8());
        if c == '\\' {
            let message = "unexpected `\\` outside a string";
            return Some(
                Diagnostic::error(Code::UnexpectedCharacter, span, message)
                    .label(span, "escape sequences are only allowed in strings")
                    .help("remove it, or put the value in double quotes"),
            );
        }
        if is_space(c) || !chars::is_invisible(c) {
            return None;
        }
        let run = self.from(at);
        let run = &run.trim_start_matches(|c| !is_space(c) && chars::is_invisible(c));
        let run = Span::new(at, self.text.len() - run.len());
        // Removing it would join a keyword and a word.
        let separates = self.ends_with_keyword(run.start) || self.starts_with_keyword(run.end);
        let (what, instead) = if separates || run.within(self.text).contains(char::is_whitespace) {
            ("replace it with a space", " ")
        } else {
            ("remove it", "")
        };
        let kind = match c {
            c if c.is_whitespace() => "white space",
            c if c.is_control() => "control character",
            _ => "invisible character",
        };
        Some(
            Diagnostic::error(
                Code::UnexpectedCharacter,
                span,
                format!("unexpected {kind} `{}`", visible(&c.to_string())),
            )
            .label(span, name(c))
            .help(format!(
                "{what}; such characters often come with copied text"
            ))
            .fix(Fix::certain(vec![Edit::new(run, instead)])),
        )
    }

    /// Returns the diagnostic for a typographic quote; the fix replaces both quotes of the string.
    pub(super) fn typographic_quote(&self, at: usize, c: char) -> Diagnostic {
        let span = Self::span(at, c.len_utf8());
        let diagnostic = Diagnostic::error(
            Code::TypographicQuote,
            span,
            format!("unexpected typographic quote `{c}`"),
        );
        let Some(end) = self.closing_quote(span, chars::is_single_quote(c)) else {
            return diagnostic
                .label(span, "expected `\"`")
                .help("use straight double quotes, `\"`");
        };
        let content = Span::new(span.end, end.start).within(self.text);
        let (quote, help) = if content.contains('"') {
            (
                '\'',
                "use straight single quotes, `'`, for a string that contains `\"`",
            )
        } else {
            ('"', "use straight double quotes, `\"`")
        };
        let diagnostic = diagnostic
            .label(span, format!("expected `{quote}`"))
            .label(end, "closing quote");
        if content.contains([quote, '\\']) {
            let escape = format!("{help}, and escape each `{quote}` and `\\` inside with `\\`");
            return diagnostic.help(escape);
        }
        let mut edits = self.straight(span, end, quote);
        self.correct_later_quotes(end.end, &mut edits);
        diagnostic.help(help).fix(Fix::certain(edits))
    }

    /// Returns the edits that make both quotes of a string straight.
    fn straight(&self, start: Span, end: Span, quote: char) -> Vec<Edit> {
        let mut edits = vec![Edit::new(start, quote)];
        if end.within(self.text) != quote.to_string() {
            edits.push(Edit::new(end, quote));
        }
        edits
    }

    /// Adds the edits for the typographic quotes from an offset on, up to the first string that needs
    /// more than other quotes. Strings with straight quotes are skipped.
    fn correct_later_quotes(&self, mut at: usize, edits: &mut Vec<Edit>) {
        while let Some((offset, c)) = self
            .from(at)
            .char_indices()
            .find(|(_, c)| matches!(c, '"' | '\'') || chars::is_typographic_quote(*c))
        {
            let span = Self::span(at + offset, c.len_utf8());
            let rest = self.from(span.end);
            if matches!(c, '"' | '\'') {
                let Some(end) = rest.find(c) else { return };
                at = span.end + end + 1;
                continue;
            }
            let Some(end) = self.closing_quote(span, chars::is_single_quote(c)) else {
                return;
            };
            let content = Span::new(span.end, end.start).within(self.text);
            let quote = if content.contains('"') { '\'' } else { '"' };
            if content.contains([quote, '\\']) {
                return;
            }
            edits.extend(self.straight(span, end, quote));
            at = end.end;
        }
    }

    /// Finds the closing quote of the string that the typographic quote at `opening` opens: the
    /// first quote of its kind that is not followed by a value.
    ///
    /// A quote within a word is part of the string. If another string opens first, there is no
    /// closing quote.
    fn closing_quote(&self, opening: Span, is_single: bool) -> Option<Span> {
        let rest = self.from(opening.end);
        let mut before = None;
        for (offset, c) in rest.char_indices() {
            let is_quote = if is_single {
                c == '\'' || chars::is_single_quote(c)
            } else {
                c == '"' || chars::is_double_quote(c)
            };
            let end = Self::span(opening.end + offset, c.len_utf8());
            if is_quote {
                let next = self.text.get(end.end..)?.chars().next();
                let is_quote_next =
                    next.is_some_and(|c| "\"'".contains(c) || chars::is_typographic_quote(c));
                if !(is_quote_next || next.is_some_and(starts_value)) {
                    return Some(end);
                }
                before.filter(|c| starts_value(*c))?;
                if is_quote_next {
                    return Some(end);
                }
            }
            before = Some(c);
        }
        None
    }
}

/// Returns the name of a character, for a label.
fn name(c: char) -> String {
    let name = match c {
        '\u{a0}' => "no-break space",
        '\u{200b}' => "zero-width space",
        '\u{feff}' => "byte order mark",
        '\u{ad}' => "soft hyphen",
        '\u{202f}' => "narrow no-break space",
        '\u{3000}' => "ideographic space",
        '\u{2028}' => "line separator",
        '\u{2029}' => "paragraph separator",
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "bidirectional control character"
        }
        _ => return format!("U+{:04X}", u32::from(c)),
    };
    format!("{name} (U+{:04X})", u32::from(c))
}
