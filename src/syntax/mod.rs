//! A complete parser for AIP-160 filters, without field names.
//!
//! [`parse`] turns text into a tree with spans; the tree's `Display` prints text that parses to an
//! equal tree. [`tokens`] splits any text into tokens, for coloring. The grammar is that of [AIP-160](https://google.aip.dev/160):
//!
//! ```text
//! filter      = WS? (expression WS?)? end
//! expression  = sequence (WS "AND" WS sequence)*       binds loosest
//! sequence    = factor (WS factor)*                    an implicit AND
//! factor      = term (WS "OR" WS term)*                OR binds tighter than AND
//! term        = ("NOT" WS | "-")? simple
//! simple      = restriction | "(" WS? expression WS? ")"
//! restriction = comparable (WS? comparator WS? arg)?
//! comparable  = member | function
//! member      = value ("." field)*
//! function    = TEXT ("." name)* "(" WS? (arg (WS? "," WS? arg)*)? WS? ")"
//! comparator  = "<=" | "<" | ">=" | ">" | "!=" | "=" | ":"
//! arg         = comparable | "(" WS? expression WS? ")" | "-" TEXT ("." TEXT)*
//! value       = TEXT | STRING ;  field = value | keyword ;  name = TEXT | keyword
//! keyword     = "AND" | "OR" | "NOT"
//! ```
//!
//! # Design decisions
//!
//! AIP-160 does not define TEXT and STRING. In this crate:
//!
//! - White space is space, tab, CR and LF.
//! - A TEXT is a run of characters other than white space, control characters,
//!   `( ) , . = < > ! : " ' \`, typographic quotes, Unicode white space and format characters. It does
//!   not begin with a hyphen, and is not a keyword.
//! - A STRING is `"…"` or `'…'`, with the escape sequences `\\ \" \' \n \r \t \uHHHH \UHHHHHHHH`.
//! - Keywords are upper case, with white space on both sides.
//! - A keyword is not the name of a function, although AIP-160's EBNF allows it: `NOT(a)` would be a
//!   call.
//! - A filter is at most [`MAX_LENGTH`] bytes long, with at most [`MAX_DEPTH`] nested parentheses.
//!
//! # Limits
//!
//! Parsing takes time linear in the length of the text, does not recurse deeper than the nesting
//! limit, and never panics. A tree can print as text that is longer than `MAX_LENGTH`, which
//! [`parse`] then rejects; see `Display` of [`Expr`].

mod diagnose;
pub(crate) mod grammar;
pub(crate) mod lexical;
mod owned;
mod print;
mod tokens;
mod tree;
mod tree_builder;

pub use self::grammar::{MAX_DEPTH, MAX_LENGTH};
pub use self::tokens::{Token, TokenKind, tokens};
pub use self::tree::{
    Arg, Comparable, Comparator, Comparison, Expr, ExprKind, Function, Member, Negation, Quotes,
    Restriction, Value,
};

use crate::diagnostic::{Code, Diagnostic, Span};

/// The error for text that is not a valid AIP-160 filter.
///
/// `Display` prints one line. The [`diagnostic`](Self::diagnostic) has the code, the span, what was
/// expected, how to fix it, and often the corrected text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{diagnostic}")]
pub struct SyntaxError {
    diagnostic: Box<Diagnostic>,
}

impl SyntaxError {
    /// Returns the diagnostic, which describes the error.
    #[must_use]
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.diagnostic
    }

    /// Converts the error to its diagnostic.
    #[must_use]
    pub fn into_diagnostic(self) -> Diagnostic {
        *self.diagnostic
    }

    /// Returns the kind of error.
    #[must_use]
    pub fn code(&self) -> Code {
        self.diagnostic.code
    }

    /// Returns the position of the error.
    #[must_use]
    pub fn span(&self) -> Span {
        self.diagnostic.span
    }
}

/// Parses a filter. Returns `None` for an empty filter, which matches everything.
///
/// ```
/// use gchat_filter::syntax;
///
/// let tree = syntax::parse("create_time > \"2012-04-21T11:30:00-04:00\" (a OR -b)")?;
/// assert_eq!(
///     tree.map(|tree| tree.to_string()).as_deref(),
///     Some("create_time > \"2012-04-21T11:30:00-04:00\" a OR NOT b"),
/// );
/// # Ok::<(), syntax::SyntaxError>(())
/// ```
///
/// # Errors
///
/// If the text does not follow the grammar, such as `a AND`, `(a`, `a = `, `a == b` or `“a”`, or
/// exceeds a limit. Only the first error is reported.
pub fn parse(text: &str) -> Result<Option<Expr<'_>>, SyntaxError> {
    if text.len() > MAX_LENGTH {
        return Err(error(diagnose::too_long(text)));
    }
    grammar::filter(text.as_bytes(), &tree_builder::TreeBuilder { text })
        .map(|tree| tree.map(|tree| *tree))
        .map_err(|mismatch| error(diagnose::diagnose(text, mismatch)))
}

/// Returns the diagnostic for a filter of more characters than a method allows; `None` if it has no
/// more.
pub(crate) fn too_long(text: &str, limit: usize) -> Option<Diagnostic> {
    let (end, _) = text.char_indices().nth(limit)?;
    Some(diagnose::too_many_characters(text, limit, end))
}

fn error(diagnostic: Diagnostic) -> SyntaxError {
    SyntaxError {
        diagnostic: Box::new(diagnostic),
    }
}
