//! The tokens of any text, valid or not, for coloring.

use super::lexical;
use crate::diagnostic::Span;

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// Kind of the token.
    pub kind: TokenKind,
    /// The part of the text.
    pub span: Span,
}

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// `AND`, `OR` or `NOT`.
    Keyword,
    /// Any other word: a part of a field's name, or a value without quotes.
    Word,
    /// A string with its quotes. Without a closing quote, it extends to the end of the text.
    String,
    /// `=`, `!=`, `<`, `<=`, `>`, `>=`, `:`, or a hyphen that is not part of a word.
    Operator,
    /// A parenthesis, a dot or a comma.
    Punctuation,
    /// A character that is not allowed outside a string.
    Invalid,
}

impl TokenKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::Keyword,
        Self::Word,
        Self::String,
        Self::Operator,
        Self::Punctuation,
        Self::Invalid,
    ];

    /// Returns the kind in lower case, such as `keyword`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Word => "word",
            Self::String => "string",
            Self::Operator => "operator",
            Self::Punctuation => "punctuation",
            Self::Invalid => "invalid",
        }
    }
}

/// Returns the tokens of a text, in order. Only white space is not part of a token.
///
/// The text need not be a filter. Like the parser, it takes time linear in the length of the text.
///
/// ```
/// use gchat_filter::syntax::{TokenKind, tokens};
///
/// let text = r#"role = "ROLE"#;
/// let found: Vec<_> = tokens(text).map(|token| (token.kind, token.span.of(text))).collect();
/// assert_eq!(found, [
///     (TokenKind::Word, Some("role")),
///     (TokenKind::Operator, Some("=")),
///     (TokenKind::String, Some(r#""ROLE"#)),
/// ]);
/// ```
pub fn tokens(text: &str) -> impl Iterator<Item = Token> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let start = text.len() - rest.len();
        let (kind, length) = first(rest)?;
        rest = rest.get(length..)?;
        let span = Span::new(start, start + length);
        Some(Token { kind, span })
    })
}

/// Returns the kind and the length of the first token of a text without leading white space.
fn first(text: &str) -> Option<(TokenKind, usize)> {
    let bytes = text.as_bytes();
    if let Ok((_, word)) = lexical::text(bytes) {
        let kind = if lexical::is_keyword(word) {
            TokenKind::Keyword
        } else {
            TokenKind::Word
        };
        return Some((kind, word.len()));
    }
    if ["!=", "<=", ">="].iter().any(|two| text.starts_with(two)) {
        return Some((TokenKind::Operator, 2));
    }
    let c = text.chars().next()?;
    Some(match c {
        '"' | '\'' => (TokenKind::String, string_length(text, c)),
        '=' | '<' | '>' | ':' | '-' => (TokenKind::Operator, 1),
        '(' | ')' | '.' | ',' => (TokenKind::Punctuation, 1),
        _ => (TokenKind::Invalid, c.len_utf8()),
    })
}

/// Returns the length of the string that a text begins with, with its quotes.
fn string_length(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let is_end = *c == quote && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        is_end
    });
    end.map_or(text.len(), |(end, _)| end + 1)
}
