//! Tolerant reading of tokens: anything that a person would read as a part of a filter.

use super::mistake::Mistake;
use super::names;
use super::words::{self, Connective};
use crate::chars;
use crate::diagnostic::Span;
use crate::schema::Declaration;

/// A token of a text that may not be a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// The word, the value without its quotes, or the operator.
    pub(super) text: String,
    pub(super) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Quoted,
    /// A run of operator characters.
    Operator,
    Connective(Connective),
    Open,
    Close,
}

/// Reads a text as tokens, and notes what is not written as in a filter.
pub(super) fn read(declaration: &'static Declaration, text: &str) -> (Vec<Token>, Vec<Mistake>) {
    let mut reader = Reader {
        declaration,
        text,
        at: 0,
        tokens: Vec::new(),
        mistakes: Vec::new(),
    };
    while reader.step().is_some() {}
    (reader.tokens, reader.mistakes)
}

struct Reader<'a> {
    declaration: &'static Declaration,
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    mistakes: Vec<Mistake>,
}

/// Characters that people use as quotes.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'') || is_mark(c) || chars::is_typographic_quote(c)
}

/// Characters that look like quotes and are none.
fn is_mark(c: char) -> bool {
    matches!(c, '`' | '´' | '′' | '″')
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '*' | '%' | '$' | '@' | '#')
}

fn is_operator(c: char) -> bool {
    matches!(
        c,
        '=' | '<' | '>' | '!' | '~' | ':' | '≠' | '＝' | '：' | '！' | '≤' | '≥'
    )
}

/// Operators with characters that are not in other operators.
const ARROWS: &[&str] = &["->", "<-", "/=", "^="];

/// Brackets, with the parentheses that they stand for.
const BRACKETS: &[(char, char)] = &[
    ('[', '('),
    ('{', '('),
    ('（', '('),
    ('［', '('),
    ('【', '('),
    ('】', ')'),
    ('｛', '('),
    (']', ')'),
    ('}', ')'),
    ('）', ')'),
    ('］', ')'),
    ('｝', ')'),
];

/// Notations for the items of a list, with the dot after them.
const INDEXES: &[&str] = &["[].", "[*].", "[0]."];

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn before(&self) -> Option<char> {
        self.text.get(..self.at)?.chars().next_back()
    }

    /// Adds the token of the next `length` bytes.
    fn push(&mut self, kind: Kind, text: impl Into<String>, length: usize) {
        let span = Span::new(self.at, self.at + length);
        self.at += length;
        self.tokens.push(Token {
            kind,
            text: text.into(),
            span,
        });
    }

    /// Reads one token, or leaves out one character. `None` at the end.
    fn step(&mut self) -> Option<()> {
        let rest = self.rest();
        let c = rest.chars().next()?;
        let length = c.len_utf8();
        let span = Span::new(self.at, self.at + length);
        if c.is_whitespace() || chars::is_invisible(c) || matches!(c, '\\' | '?' | '+') {
            self.at += length;
        } else if let Some(mark) = self.markup(rest) {
            let span = Span::new(self.at, self.at + mark);
            let found = rest.get(..mark).unwrap_or_default();
            self.mistakes.push(Mistake::markup(span, found.trim()));
            self.at += mark;
        } else if is_quote(c) {
            self.quote(c);
        } else if matches!(c, '(' | ')') {
            let kind = if c == '(' { Kind::Open } else { Kind::Close };
            self.push(kind, c, length);
        } else if let Some((_, meant)) = BRACKETS.iter().find(|(bracket, _)| *bracket == c) {
            let kind = if *meant == '(' {
                Kind::Open
            } else {
                Kind::Close
            };
            self.mistakes
                .push(Mistake::bracket(span, &c.to_string(), *meant));
            self.push(kind, c, length);
        } else if matches!(c, ',' | ';' | '，' | '；' | '、') {
            self.push(Kind::Connective(Connective::List), c, length);
        } else if matches!(c, '&' | '|') {
            let run = rest.len() - rest.trim_start_matches(c).len();
            let connective = if c == '&' {
                Connective::And
            } else {
                Connective::Or
            };
            let found = rest.get(..run).unwrap_or_default();
            self.push(Kind::Connective(connective), found, run);
        } else if let Some(connective) =
            words::connective(c.encode_utf8(&mut [0; 4])).filter(|_| !c.is_alphabetic())
        {
            self.push(Kind::Connective(connective), c, length);
        } else if is_operator(c) || ARROWS.iter().any(|arrow| rest.starts_with(arrow)) {
            self.operator(rest);
        } else {
            self.word(rest);
        }
        Some(())
    }

    /// Returns the length of a mark of Markdown at the start of `rest`.
    fn markup(&self, rest: &str) -> Option<usize> {
        for mark in ["```", "~~", "**", "__", "##", "#"] {
            if rest.starts_with(mark) {
                return Some(mark.len());
            }
        }
        let before = self.text.get(..self.at)?.trim_end_matches([' ', '\t']);
        if !(before.is_empty() || before.ends_with('\n')) {
            return None;
        }
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let bullets: &[char] = if digits > 0 {
            &['.', ')']
        } else {
            &['-', '*', '•', '>', '+', '–', '·']
        };
        let mut after = rest.get(digits..)?.chars();
        let bullet = after.next().filter(|c| bullets.contains(c))?;
        let is_spaced = after.next().is_some_and(char::is_whitespace);
        is_spaced.then_some(digits + bullet.len_utf8() + 1)
    }

    /// Reads a quoted value, or leaves out a quote that encloses none.
    fn quote(&mut self, quote: char) {
        let span = Span::new(self.at, self.at + quote.len_utf8());
        let closes_word = self.before().is_some_and(|c| is_word(c) || is_quote(c));
        let rest = self.text.get(span.end..).unwrap_or_default();
        let closing = rest.char_indices().find(|(_, c)| is_quote(*c));
        let Some((end, closing)) = closing.filter(|_| !closes_word) else {
            return self.stray_quote(span);
        };
        let content = rest.get(..end).unwrap_or_default();
        let inner = content.trim_end_matches('\\');
        let after = rest.get(end + closing.len_utf8()..).unwrap_or_default();
        let next = after.chars().next();
        let is_glued = next.is_some_and(|c| c.is_alphanumeric() || is_quote(c));
        let has_operator = inner
            .trim()
            .chars()
            .skip(1)
            .any(|c| matches!(c, '=' | '<' | '>' | '~' | '≠'));
        if has_operator || content.trim().is_empty() && is_glued {
            return self.stray_quote(span);
        }
        if is_mark(quote) {
            self.mistakes.push(Mistake::quote(span, quote));
        }
        let length = span.end + end + closing.len_utf8() - self.at;
        match self.tokens.last_mut() {
            Some(Token {
                kind: Kind::Word,
                text,
                ..
            }) if text.ends_with('.') => {
                text.push_str(inner);
                self.at += length;
            }
            _ => self.push(Kind::Quoted, inner, length),
        }
    }

    fn stray_quote(&mut self, span: Span) {
        self.mistakes.push(Mistake::stray_quote(span));
        self.at = span.end;
    }

    fn operator(&mut self, rest: &str) {
        let length = if ARROWS.iter().any(|arrow| rest.starts_with(arrow)) {
            2
        } else {
            rest.len() - rest.trim_start_matches(is_operator).len()
        };
        let mut run = rest.get(..length).unwrap_or_default().to_owned();
        for (wide, narrow) in words::WIDE_OPERATORS {
            run = run.replace(wide, narrow);
        }
        match self.tokens.last_mut() {
            // Parts of one operator, such as `! =`.
            Some(Token {
                kind: Kind::Operator,
                text,
                span,
            }) => {
                text.push_str(&run);
                self.at += length;
                span.end = self.at;
            }
            _ => self.push(Kind::Operator, run, length),
        }
    }

    fn word(&mut self, rest: &str) {
        let is_time = rest.get(..5).is_some_and(|start| {
            start.ends_with('-') && start.starts_with(|c: char| c.is_ascii_digit())
        });
        let mut word = String::new();
        let mut length = 0;
        let mut chars = rest.chars().peekable();
        while let Some(c) = chars.next() {
            let next = chars.peek().copied();
            let after = rest.get(length + c.len_utf8()..).unwrap_or_default();
            let is_apostrophe = matches!(c, '\'' | '’')
                && word.ends_with('n')
                && after
                    .strip_prefix('t')
                    .is_some_and(|rest| !rest.starts_with(is_word));
            let is_arrow = c == '-' && next == Some('>');
            let is_emphasis = matches!(c, '*' | '_') && next == Some(c);
            let is_part = is_word(c) && !is_arrow && !is_emphasis;
            if let Some(index) = INDEXES.iter().find(|index| {
                c == '['
                    && rest
                        .get(length..)
                        .is_some_and(|rest| rest.starts_with(**index))
            }) {
                // Any item of a list.
                length += index.len();
                word.push('.');
                chars.nth(index.len() - 2);
                continue;
            }
            if is_part || is_time && matches!(c, ':' | '+') {
                word.push(chars::lookalike(c).unwrap_or(c));
            } else if !(is_apostrophe || chars::is_invisible(c) && !c.is_whitespace()) {
                if word.is_empty() {
                    // A character that no word has.
                    word.push(c);
                    length += c.len_utf8();
                }
                break;
            }
            length += c.len_utf8();
        }
        let start = self.at;
        let follows_operator = self
            .tokens
            .last()
            .is_some_and(|token| token.kind == Kind::Operator);
        if !follows_operator && word.starts_with(['*', '_']) {
            // Emphasis around a whole text.
            let span = Span::new(start, start + 1);
            let found = word.remove(0).to_string();
            self.mistakes.push(Mistake::markup(span, &found));
        }
        if word.is_empty() {
            self.at += length;
            return;
        }
        match self.tokens.last_mut() {
            // A dot with white space around it, or between quoted names.
            Some(Token {
                kind: Kind::Word,
                text,
                span,
            }) if text.ends_with('.') || word.starts_with('.') => {
                text.push_str(&word);
                self.at += length;
                span.end = self.at;
            }
            Some(Token { kind, text, span })
                if *kind == Kind::Quoted && word.starts_with('.') && word.len() > 1 =>
            {
                text.push_str(&word);
                *kind = Kind::Word;
                self.at += length;
                span.end = self.at;
            }
            _ => self.split(word, length),
        }
    }

    /// Adds a word, or a keyword that touches the name of a field and the name.
    fn split(&mut self, word: String, length: usize) {
        let keyword = ["AND", "OR", "NOT", "and", "or", "not"]
            .into_iter()
            .find(|keyword| {
                let name = word.strip_prefix(keyword);
                name.is_some_and(|name| names::is_field(self.declaration, name))
            });
        match keyword {
            Some(keyword) => {
                let span = Span::new(self.at, self.at + keyword.len());
                self.mistakes.push(Mistake::glued(span, keyword));
                self.push(Kind::Word, keyword, keyword.len());
                let name = word.strip_prefix(keyword).unwrap_or_default();
                self.push(Kind::Word, name, length - keyword.len());
            }
            None => self.push(Kind::Word, word, length),
        }
    }
}
