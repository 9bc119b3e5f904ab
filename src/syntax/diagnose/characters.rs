//! Characters that have no place outside a string.

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Span, Visible};
use crate::syntax::chars;

use super::{Place, is_space, starts_value};

impl Place<'_> {
    /// A character that has no place outside a string.
    pub(super) fn bad_character(&self, at: usize, c: char) -> Option<Diagnostic> {
        if chars::is_typographic_quote(c) {
            return Some(self.typographic_quote(at, c));
        }
        let span = Self::span(at, c.len_utf8());
        if c == '\\' {
            let message = "unexpected `\\` outside a string";
            return Some(
                Diagnostic::error(Code::UnexpectedCharacter, span, message)
                    .label(span, "escapes are for strings")
                    .help("remove it, or put the value in double quotes"),
            );
        }
        if is_space(c) || !chars::is_stray(c) {
            return None;
        }
        let run = self.from(at);
        let run = &run.trim_start_matches(|c| !is_space(c) && chars::is_stray(c));
        let run = Span::new(at, self.text.len() - run.len());
        let (what, instead) = if run.of(self.text).contains(char::is_whitespace) {
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
                format!("unexpected {kind} `{}`", Visible(c)),
            )
            .label(span, format!("{} stands here", name(c)))
            .help(format!(
                "{what}; such characters come along when text is copied"
            ))
            .fix(Fix::certain(vec![Edit::new(run, instead)])),
        )
    }

    /// A typographic quotation mark; the fix replaces both ends.
    pub(super) fn typographic_quote(&self, at: usize, c: char) -> Diagnostic {
        let span = Self::span(at, c.len_utf8());
        let diagnostic = Diagnostic::error(
            Code::TypographicQuote,
            span,
            format!("typographic quotation mark `{c}`"),
        );
        let Some(end) = self.other_end(span, chars::is_single_quote(c)) else {
            return diagnostic
                .label(span, "expected `\"`")
                .help("write strings in plain double quotes, `\"`");
        };
        let content = Span::new(span.end, end.start).of(self.text);
        let (quote, help) = if content.contains('"') {
            (
                '\'',
                "write strings that hold `\"` in plain single quotes, `'`",
            )
        } else {
            ('"', "write strings in plain double quotes, `\"`")
        };
        let diagnostic = diagnostic
            .label(span, format!("expected `{quote}`"))
            .label(end, "this is its other end");
        if content.contains([quote, '\\']) {
            let escape = format!("{help}, with a `\\` before each `{quote}` and `\\` inside");
            return diagnostic.help(escape);
        }
        let mut edits = vec![Edit::new(span, quote)];
        if end.of(self.text) != quote.to_string() {
            edits.push(Edit::new(end, quote));
        }
        diagnostic.help(help).fix(Fix::certain(edits))
    }

    /// The other end of the string that the typographic mark at `opening` opens: the first mark of
    /// its kind that no value follows. One within a word is part of the string; where another
    /// string opens, the end was lost.
    fn other_end(&self, opening: Span, is_single: bool) -> Option<Span> {
        let rest = self.from(opening.end);
        let mut before = None;
        for (offset, c) in rest.char_indices() {
            let is_mark = if is_single {
                c == '\'' || chars::is_single_quote(c)
            } else {
                c == '"' || chars::is_double_quote(c)
            };
            let end = Self::span(opening.end + offset, c.len_utf8());
            if is_mark {
                let behind = self.text.get(end.end..)?.chars().next();
                let is_mark_behind =
                    behind.is_some_and(|c| "\"'".contains(c) || chars::is_typographic_quote(c));
                if !(is_mark_behind || behind.is_some_and(starts_value)) {
                    return Some(end);
                }
                before.filter(|c| starts_value(*c))?;
                if is_mark_behind {
                    return Some(end);
                }
            }
            before = Some(c);
        }
        None
    }
}

/// What a character is called in a label.
fn name(c: char) -> String {
    let name = match c {
        '\u{a0}' => "a no-break space",
        '\u{200b}' => "a zero-width space",
        '\u{feff}' => "a byte order mark",
        '\u{ad}' => "a soft hyphen",
        '\u{202f}' => "a narrow no-break space",
        '\u{3000}' => "an ideographic space",
        '\u{2028}' => "a line separator",
        '\u{2029}' => "a paragraph separator",
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a control of the writing direction"
        }
        _ => return format!("U+{:04X}", u32::from(c)),
    };
    format!("{name} (U+{:04X})", u32::from(c))
}
