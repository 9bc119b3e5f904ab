//! Checking of filters, stage by stage.

use std::fmt;
use std::sync::OnceLock;

use super::cells::Cells;
use super::declaration::DECLARATION;
use super::{Filter, admin, lower, meaning};
use crate::diagnostic::{self, Code, Diagnostic, Severity, Stage};
use crate::schema::{self, Level, Levels, Lint, Preset};
use crate::syntax::{self, Expr, MAX_LENGTH};

/// A configurable filter checker, with or without admin access and with a level for each lint.
///
/// ```
/// use gchat_filter::{Checker, Level, Lint, diagnostic::Code};
///
/// let checker = Checker::new().admin_access(true).level(Lint::SingleQuotes, Level::Deny);
/// let checked = checker.check("role = 'ROLE_MANAGER'");
/// assert_eq!(checked.diagnostics[0].code, Code::SingleQuotes);
/// assert_eq!(checked.fixed.as_deref(), Some("role = \"ROLE_MANAGER\""));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Checker {
    admin_access: bool,
    levels: Levels,
}

impl Default for Checker {
    fn default() -> Self {
        Self::new()
    }
}

impl Checker {
    /// Creates a checker with every lint at its default level and without admin access.
    #[must_use]
    pub fn new() -> Self {
        Self {
            admin_access: false,
            levels: Levels::new(Preset::Default),
        }
    }

    /// Sets whether filters are for requests with `useAdminAccess`.
    #[must_use]
    pub fn admin_access(mut self, admin_access: bool) -> Self {
        self.admin_access = admin_access;
        self
    }

    /// Sets the level of a lint.
    #[must_use]
    pub fn level(mut self, lint: Lint, level: Level) -> Self {
        self.levels.set(lint, level);
        self
    }

    /// Sets the levels of all lints.
    #[must_use]
    pub fn preset(mut self, preset: Preset) -> Self {
        self.levels = Levels::new(preset);
        self
    }

    /// Returns the level of a lint.
    #[must_use]
    pub fn level_of(&self, lint: Lint) -> Level {
        self.levels.of(lint)
    }

    /// Checks a filter and reports all errors and warnings.
    ///
    /// It never fails: for an invalid filter, the [`Checked`] contains errors. Time is linear in the
    /// length of the text.
    #[must_use]
    pub fn check<'a>(&self, text: &'a str) -> Checked<'a> {
        let mut checked = self.check_once(text);
        if let Some(fixed) = diagnostic::apply_certain(text, &checked.diagnostics) {
            // A fix is only reported as certain if it has been verified.
            if checked.is_improved_by(&self.check_once(&fixed)) {
                checked.fixed = Some(fixed);
            } else {
                let diagnostics = checked.diagnostics.iter_mut();
                for fix in diagnostics.filter_map(|diagnostic| diagnostic.fix.as_mut()) {
                    fix.certain = false;
                }
            }
        }
        checked
    }

    /// Runs the stages in order, up to the first one that finds an error.
    fn check_once<'a>(&self, text: &'a str) -> Checked<'a> {
        let mut checked = Checked {
            text,
            tree: None,
            filter: None,
            diagnostics: Vec::new(),
            fixed: None,
        };
        match syntax::parse(text) {
            Ok(tree) => checked.tree = tree,
            Err(error) => {
                checked.diagnostics.push(error.into_diagnostic());
                return checked;
            }
        }
        let diagnostics = &mut checked.diagnostics;
        let cells = match &checked.tree {
            None => {
                if self.admin_access {
                    admin::check(text, None, diagnostics);
                }
                Cells::ALL
            }
            Some(tree) => {
                schema::check(&DECLARATION, &self.levels, text, tree, diagnostics);
                let part = lower::lower(tree).filter(|_| !has_error(diagnostics));
                if let Some(part) = &part {
                    meaning::check(&self.levels, text, part, diagnostics);
                    if self.admin_access && !has_error(diagnostics) {
                        admin::check(text, Some((tree, part)), diagnostics);
                    }
                }
                part.map_or(Cells::NONE, |part| part.cells)
            }
        };
        diagnostics.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.code));
        if !has_error(diagnostics) {
            checked.filter = Filter::from_cells(cells);
        }
        checked
    }
}

fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked<'a> {
    /// The text that was checked.
    pub text: &'a str,
    /// The syntax tree; `None` if the filter is empty or has a syntax error.
    pub tree: Option<Expr<'a>>,
    /// The filter; `None` if it is invalid.
    pub filter: Option<Filter>,
    /// Errors and warnings, in the order of the text. All errors are of the same stage.
    pub diagnostics: Vec<Diagnostic>,
    /// The text with all certain fixes applied; `None` if there are no certain fixes.
    pub fixed: Option<String>,
}

impl Checked<'_> {
    /// Returns whether the filter is valid. A valid filter can have warnings.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.filter.is_some()
    }

    /// Returns the diagnostics that make the filter invalid.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.with_severity(Severity::Error)
    }

    /// Returns the diagnostics that do not make the filter invalid.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.with_severity(Severity::Warning)
    }

    fn with_severity(&self, severity: Severity) -> impl Iterator<Item = &Diagnostic> {
        let diagnostics = self.diagnostics.iter();
        diagnostics.filter(move |diagnostic| diagnostic.severity == severity)
    }

    /// Returns the filter, or an error with all diagnostics.
    ///
    /// # Errors
    ///
    /// If the filter is invalid, such as `role =` or `role = "OWNER"`.
    pub fn into_result(self) -> Result<Filter, Error> {
        self.filter.ok_or_else(|| Error {
            text: truncated(self.text).into(),
            explanation: OnceLock::from(Explanation {
                diagnostics: self.diagnostics,
                fixed: self.fixed,
            }),
        })
    }

    /// Whether certain fixes, which led to `after`, kept their guarantee: the filter is valid, or
    /// its errors are of a later stage, or there are fewer, or (in the syntax stage) the first error
    /// is further right.
    fn is_improved_by(&self, after: &Checked<'_>) -> bool {
        let Some(error) = self.errors().next() else {
            return after.is_valid();
        };
        after.errors().next().is_none_or(|other| {
            other.stage() > error.stage()
                || other.stage() == error.stage()
                    && if error.stage() == Stage::Syntax {
                        other.span.start > error.span.start
                    } else {
                        after.errors().count() < self.errors().count()
                    }
        })
    }
}

/// The error for an invalid filter.
///
/// `Display` prints one line: the first error, and the number of further errors. The
/// [diagnostics](Self::diagnostics) have the details; the feature `report` renders them.
/// An error from [`Filter::parse`] computes its diagnostics on first use, so that rejecting a
/// filter is cheap.
#[derive(Clone, thiserror::Error)]
#[error("{}", self.explanation())]
pub struct Error {
    text: Box<str>,
    explanation: OnceLock<Explanation>,
}

#[derive(Clone, Debug)]
struct Explanation {
    diagnostics: Vec<Diagnostic>,
    fixed: Option<String>,
}

impl Error {
    /// Creates the error for a filter that a [`Checker`] with default settings rejects.
    #[cold]
    pub(super) fn unexplained(text: &str) -> Self {
        debug_assert!(
            text.len() <= MAX_LENGTH,
            "its length is part of the explanation"
        );
        Self {
            text: text.into(),
            explanation: OnceLock::new(),
        }
    }

    fn explanation(&self) -> &Explanation {
        self.explanation.get_or_init(|| {
            let checked = Checker::new().check(&self.text);
            Explanation {
                diagnostics: checked.diagnostics,
                fixed: checked.fixed,
            }
        })
    }

    /// Returns the filter's text, truncated to [`MAX_LENGTH`](crate::syntax::MAX_LENGTH) bytes.
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
    pub fn first(&self) -> Option<&Diagnostic> {
        self.diagnostics().iter().find(|d| d.is_error())
    }

    /// Returns the code of the first error.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        self.first().map(|diagnostic| diagnostic.code)
    }

    /// Returns the text with all certain fixes applied; `None` if there are no certain fixes.
    #[must_use]
    pub fn fixed(&self) -> Option<&str> {
        self.explanation().fixed.as_deref()
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
        let mut errors = self.diagnostics.iter().filter(|d| d.is_error());
        if let Some(first) = errors.next() {
            write!(f, "{first} (at byte {})", first.span.start)?;
        }
        match errors.count() {
            0 => Ok(()),
            1 => f.write_str(", and 1 more error"),
            more => write!(f, ", and {more} more errors"),
        }
    }
}
