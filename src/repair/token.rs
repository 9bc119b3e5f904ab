//! Tolerant reading of tokens: anything that a person would read as a part of a filter.

use super::mistake::Mistake;
use super::names;
use super::words::{self, Connective};
use crate::chars;
use crate::diagnostic::Span;
use crate::schema::Declaration;
use crate::syntax::{self, Comparable, ExprKind};

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
    let mut wide = words::WIDE_OPERATORS.iter();
    matches!(c, '=' | '<' | '>' | '!' | '~' | ':') || wide.any(|(wide, _)| wide.starts_with(c))
}

/// Operators with characters that are not in other operators.
const ARROWS: &[&str] = &["->", "<-", "/=", "^=", "~*"];

/// Connectives of several characters that words or other tokens could begin with.
const SIGNS: &[(&str, Connective)] = &[("/\\", Connective::And), ("\\/", Connective::Or)];

/// Keywords that may touch what is next to them.
const KEYWORDS: &[&str] = &["AND", "OR", "NOT", "and", "or", "not"];

/// Escape sequences for white space, outside of strings.
const SPACES: &[&str] = &["\\r", "\\n", "\\t"];

/// Names of HTML tags that may be around a filter or its parts.
const TAGS: &[&str] = &[
    "br", "p", "code", "pre", "b", "i", "em", "strong", "tt", "kbd", "div", "span", "li", "filter",
    "query",
];

/// Letters before a string that some languages have.
pub(super) const PREFIXES: &[&str] = &["r", "f", "b", "u", "rb", "br", "N", "E", "$", "@"];

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

/// Returns the length of a tag of HTML at the start of a text: `<br>`, `</p>`, `<br />`.
pub(super) fn tag(text: &str) -> Option<usize> {
    let (name, _) = text.strip_prefix('<')?.split_once('>')?;
    let length = name.len() + 2;
    let name = words::lower(name.trim_matches(['/', ' ']));
    TAGS.contains(&&*name).then_some(length)
}

/// Returns the value and the length of a string with escape sequences at the start of a text, if it is
/// one in a filter. Quotes that are escaped all over the text are not.
fn escaped_string(text: &str) -> Option<(String, usize)> {
    let quote = text.chars().next()?;
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == quote && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        ends
    })?;
    let length = end.0 + quote.len_utf8();
    let source = text.get(..length)?;
    let follows = text.get(length..)?.chars().next();
    if !source.contains('\\')
        || source.contains(['=', '<', '>'])
        || follows.is_some_and(char::is_alphanumeric)
    {
        return None;
    }
    let tree = syntax::parse(source).ok()??;
    let ExprKind::Restriction(restriction) = tree.kind else {
        return None;
    };
    let Comparable::Member(member) = restriction.comparable else {
        return None;
    };
    let value = member.path.into_iter().next()?;
    Some((value.text.into_owned(), length))
}

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
        if let Some((sign, connective)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            self.push(Kind::Connective(*connective), *sign, sign.len());
        } else if let Some(space) = SPACES.iter().find(|space| rest.starts_with(**space)) {
            self.at += space.len();
        } else if c.is_whitespace()
            || chars::is_invisible(c)
            || matches!(c, '\\' | '?' | '+' | '↵')
            || rest.starts_with("&.")
        {
            self.at += length;
        } else if let Some(prefix) = self.prefix(rest) {
            self.at += prefix;
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
        } else if matches!(c, '&' | '|' | '＆' | '｜') {
            let run = rest.len() - rest.trim_start_matches(c).len();
            let connective = if matches!(c, '&' | '＆') {
                Connective::And
            } else {
                Connective::Or
            };
            let found = rest.get(..run).unwrap_or_default();
            self.push(Kind::Connective(connective), found, run);
        } else if let Some(connective) =
            words::connective(c.encode_utf8(&mut [0; 4])).filter(|_| !c.is_alphabetic() && c != '/')
        {
            self.push(Kind::Connective(connective), c, length);
        } else if is_operator(c) || ARROWS.iter().any(|arrow| rest.starts_with(arrow)) {
            self.operator(rest);
        } else {
            self.word(rest);
        }
        Some(())
    }

    /// Returns the length of the letters at the start of `rest`, if a string with a prefix begins there.
    fn prefix(&self, rest: &str) -> Option<usize> {
        if self.before().is_some_and(|c| is_word(c) || is_quote(c)) {
            return None;
        }
        let found = PREFIXES.iter().find(|prefix| {
            let string = rest.strip_prefix(**prefix);
            string.is_some_and(|string| string.starts_with(['"', '\'']))
        });
        found.map(|prefix| prefix.len())
    }

    /// Returns the length of a mark of Markdown or a tag of HTML at the start of `rest`.
    fn markup(&self, rest: &str) -> Option<usize> {
        if let Some(length) = tag(rest) {
            return Some(length);
        }
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
        if let Some((text, length)) = escaped_string(self.rest()) {
            return self.push(Kind::Quoted, text, length);
        }
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
        // A quote that is missing: the closing one opens the next string.
        let first: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
        let opens_next = next.is_some_and(char::is_alphanumeric)
            && inner.trim().contains(char::is_whitespace)
            && words::connective(&first).is_none();
        if has_operator || opens_next || content.trim().is_empty() && is_glued {
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
                word.push(c);
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
            _ => self.split(&word, length),
        }
    }

    /// Adds a word, or a keyword that touches names on one side or on both, and the names.
    fn split(&mut self, word: &str, length: usize) {
        let Some((before, keyword, after)) = self.glued(word).filter(|_| word.len() == length)
        else {
            return self.push(Kind::Word, word, length);
        };
        let start = self.at + before.len();
        let span = Span::new(start, start + keyword.len());
        self.mistakes.push(Mistake::glued(span, keyword));
        for part in [before, keyword, after] {
            if !part.is_empty() {
                self.push(Kind::Word, part, part.len());
            }
        }
    }

    /// Returns the name before a keyword in a word, the keyword, and the name after it.
    fn glued<'w>(&self, word: &'w str) -> Option<(&'w str, &'w str, &'w str)> {
        let is_name = |name: &str| {
            names::is_field(self.declaration, name)
                || names::owner(self.declaration, name).is_some()
        };
        let is_name_or_value = |text: &str| {
            let mut fields = self.declaration.fields();
            let is_value = |field| names::sure_value(self.declaration, field, text).is_some();
            is_name(text) || fields.any(is_value)
        };
        let mut found = KEYWORDS.iter().flat_map(|keyword| {
            let all = word.match_indices(keyword);
            all.filter_map(|(at, keyword)| {
                let before = word.get(..at)?;
                let after = word.get(at + keyword.len()..)?;
                // The second of two keywords.
                let after_is_name = is_name(after) || after == "NOT";
                let is_glued = match (before, after) {
                    ("", _) => after_is_name,
                    (_, "") => is_name_or_value(before) && !words::is_not(keyword),
                    _ => is_name_or_value(before) && after_is_name,
                };
                is_glued.then_some((before, keyword, after))
            })
        });
        found.next()
    }
}
