//! A complete parser for AIP-160 filters, without any field names.
//!
//! [`parse`] reads a text into a tree with spans; a tree's `Display` prints text that parses to an
//! equal tree. The grammar is that of [AIP-160](https://google.aip.dev/160):
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
//! AIP-160 leaves open what a TEXT and a STRING are. Here (a decision of this crate):
//!
//! - white space is space, tab, CR and LF;
//! - a TEXT is a run of characters other than white space, controls, `( ) , . = < > ! : " ' \`,
//!   typographic quotation marks, Unicode white space and format characters; it does not begin
//!   with a hyphen, and is not a keyword;
//! - a STRING is `"…"` or `'…'`, with the escapes `\\ \" \' \n \r \t \uHHHH \UHHHHHHHH`;
//! - keywords are upper case, with white space on both sides;
//! - a text is at most [`MAX_LENGTH`] bytes long, with at most [`MAX_DEPTH`] nested parentheses.
//!
//! Parsing takes time linear in the length of the text, never recurses deeper than the nesting
//! limit, and never panics.

pub(crate) mod chars;
mod diagnose;
pub(crate) mod grammar;
pub(crate) mod lexical;
mod print;
mod tree;
mod tree_builder;

pub use self::grammar::{MAX_DEPTH, MAX_LENGTH};
pub use self::tree::{
    Arg, Comparable, Comparator, Comparison, Expr, ExprKind, Function, Member, Negation, Quotes,
    Restriction, Value,
};

use crate::diagnostic::{Code, Diagnostic, Span};

/// What is wrong with a text that is no AIP-160 filter: the first error in it.
///
/// `Display` is one line; [`diagnostic`](Self::diagnostic) has the code, the span, what was
/// expected there, what to do, and often the corrected text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{diagnostic}")]
pub struct SyntaxError {
    diagnostic: Box<Diagnostic>,
}

impl SyntaxError {
    /// Everything there is to say.
    #[must_use]
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.diagnostic
    }

    /// The same, owned.
    #[must_use]
    pub fn into_diagnostic(self) -> Diagnostic {
        *self.diagnostic
    }

    /// What kind of error it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.diagnostic.code
    }

    /// Where the error is.
    #[must_use]
    pub fn span(&self) -> Span {
        self.diagnostic.span
    }
}

/// Parses a filter; `None` is the empty filter, which admits everything.
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
/// The first error of a text that does not follow the grammar, such as `a AND`, `(a`, `a = `,
/// `a == b`, `“a”`, or one past a limit.
pub fn parse(text: &str) -> Result<Option<Expr<'_>>, SyntaxError> {
    if text.len() > MAX_LENGTH {
        return Err(error(diagnose::too_long(text)));
    }
    grammar::filter(text.as_bytes(), &tree_builder::TreeBuilder { text })
        .map(|tree| tree.map(|tree| *tree))
        .map_err(|fault| error(diagnose::diagnose(text, fault)))
}

fn error(diagnostic: Diagnostic) -> SyntaxError {
    SyntaxError {
        diagnostic: Box::new(diagnostic),
    }
}
