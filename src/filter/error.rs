//! The error for an invalid filter.

use std::fmt;
use std::sync::OnceLock;

use super::Checker;
use super::language::Language;
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::syntax::MAX_LENGTH;

/// The error for an invalid filter.
///
/// `Display` prints one line: the first error, and the number of further errors. The
/// [diagnostics](Self::diagnostics) have the details; the feature `report` renders them.
/// An error from [`Filter::parse`](super::Filter::parse) computes its diagnostics on first use, so that rejecting a
/// filter is cheap.
#[derive(Clone, thiserror::Error)]
#[error("{}", self.explanation())]
pub struct Error {
    text: Box<str>,
    explanation: OnceLock<Explanation>,
    /// Computes the explanation, if there is none yet.
    explain: fn(&str) -> Explanation,
}

#[derive(Clone, Debug, Default)]
struct Explanation {
    diagnostics: Vec<Diagnostic>,
    fixed: Option<String>,
    is_fixed: bool,
}

impl Explanation {
    fn of<L: Language>(text: &str) -> Self {
        let checked = Checker::new().check::<L>(text);
        Self {
            diagnostics: checked.diagnostics,
            fixed: checked.fixed,
            is_fixed: checked.is_fixed,
        }
    }

    /// Returns the first error with its position, and the number of further errors, on one line.
    fn line(&self, position: impl FnOnce(Span) -> String) -> String {
        let mut errors = self.diagnostics.iter().filter(|d| d.is_error());
        let first = errors.next().map(|first| {
            let position = position(first.span);
            format!("{first} ({position})")
        });
        let first = first.unwrap_or_default();
        match errors.count() {
            0 => first,
            1 => first + ", and 1 more error",
            more => format!("{first}, and {more} more errors"),
        }
    }
}

impl Error {
    /// Creates the error for a filter that a [`Checker`] with default settings rejects.
    #[cold]
    pub(super) fn unexplained<L: Language>(text: &str) -> Self {
        debug_assert!(
            text.len() <= MAX_LENGTH,
            "its length is part of the explanation"
        );
        Self {
            text: text.into(),
            explanation: OnceLock::new(),
            explain: Explanation::of::<L>,
        }
    }

    /// Creates the error for a filter that has been checked.
    pub(super) fn explained(
        text: &str,
        diagnostics: Vec<Diagnostic>,
        fixed: Option<String>,
        is_fixed: bool,
    ) -> Self {
        Self {
            text: truncated(text).into(),
            explanation: OnceLock::from(Explanation {
                diagnostics,
                fixed,
                is_fixed,
            }),
            explain: |_| Explanation::default(),
        }
    }

    fn explanation(&self) -> &Explanation {
        self.explanation.get_or_init(|| (self.explain)(&self.text))
    }

    /// Returns the filter's text, truncated to [`MAX_LENGTH`] bytes.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the errors and warnings, in the order of the text. At least one is an error.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.explanation().diagnostics
    }

    /// Returns the first error.
    #[must_use]
    pub fn first(&self) -> &Diagnostic {
        let mut diagnostics = self.diagnostics().iter();
        let first = diagnostics.find(|diagnostic| diagnostic.is_error());
        first.unwrap_or_else(|| unreachable!("an invalid filter has an error"))
    }

    /// Returns the code of the first error.
    #[must_use]
    pub fn code(&self) -> Code {
        self.first().code
    }

    /// Returns the line that `Display` prints, with another position than `at byte 14`, for users who count
    /// differently.
    ///
    /// ```
    /// use gchat_filter::members::Filter;
    ///
    /// let text = r#"role = "Ä" AND role"#;
    /// let error = Filter::parse(text).unwrap_err();
    /// let line = error.line_with(|span| match span.to_utf16(text) {
    ///     Some(span) => format!("at index {}", span.start),
    ///     None => "beyond the end".to_owned(),
    /// });
    /// assert!(line.ends_with("(at index 7), and 1 more error"));
    /// ```
    #[must_use]
    pub fn line_with(&self, position: impl FnOnce(Span) -> String) -> String {
        self.explanation().line(position)
    }

    /// Returns the text with all certain fixes applied; `None` if there are no certain fixes.
    #[must_use]
    pub fn fixed(&self) -> Option<&str> {
        self.explanation().fixed.as_deref()
    }

    /// Returns whether the text with all certain fixes applied is a valid filter.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.explanation().is_fixed
    }
}

/// The errors and warnings, in the order of the text.
#[expect(
    clippy::into_iter_without_iter,
    reason = "`diagnostics` returns the slice"
)]
impl<'e> IntoIterator for &'e Error {
    type Item = &'e Diagnostic;
    type IntoIter = std::slice::Iter<'e, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.diagnostics().iter()
    }
}

/// Truncates text to [`MAX_LENGTH`] bytes, on a character boundary.
fn truncated(text: &str) -> &str {
    let end = (0..=MAX_LENGTH.min(text.len())).rev();
    let end = end.into_iter().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// Compares the text and the diagnostics, which are computed if necessary.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.diagnostics() == other.diagnostics()
    }
}

impl Eq for Error {}

#[expect(
    clippy::missing_fields_in_debug,
    reason = "`explain` says nothing about the error"
)]
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("text", &self.text)
            .field("explanation", self.explanation())
            .finish()
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line(|span| format!("at byte {}", span.start)))
    }
}
