//! The result of a check.

use std::borrow::Cow;

use super::Error;
use crate::diagnostic::{Diagnostic, Severity, Stage};
use crate::schema::{Declaration, is_shape};
use crate::syntax::Expr;

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked<'a, F> {
    /// The text that was checked.
    pub text: Cow<'a, str>,
    /// The syntax tree; `None` if the filter is empty or has a syntax error.
    pub tree: Option<Expr<'a>>,
    /// The filter; `None` if it is invalid.
    pub filter: Option<F>,
    /// Errors and warnings, in the order of the text. All errors are of the same stage.
    pub diagnostics: Vec<Diagnostic>,
    /// The text with all certain fixes applied; `None` if there are no certain fixes.
    pub fixed: Option<String>,
    /// Whether `fixed` is a valid filter. If not, checking it reports what is still wrong.
    pub is_fixed: bool,
}

impl<'a, F> Checked<'a, F> {
    /// Converts the filter.
    pub(crate) fn map<G>(mut self, convert: impl FnOnce(F) -> G) -> Checked<'a, G> {
        let filter = self.filter.take();
        self.with(filter.map(convert))
    }

    /// Replaces the filter.
    pub(super) fn with<G>(self, filter: Option<G>) -> Checked<'a, G> {
        Checked {
            text: self.text,
            tree: self.tree,
            filter,
            diagnostics: self.diagnostics,
            fixed: self.fixed,
            is_fixed: self.is_fixed,
        }
    }

    /// Converts the result into one that does not borrow from the text.
    #[must_use]
    pub fn into_owned(self) -> Checked<'static, F> {
        Checked {
            text: Cow::Owned(self.text.into_owned()),
            tree: self.tree.map(Expr::into_owned),
            filter: self.filter,
            diagnostics: self.diagnostics,
            fixed: self.fixed,
            is_fixed: self.is_fixed,
        }
    }

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

    /// Whether certain fixes, which led to `after`, kept their guarantee: the filter is valid, or
    /// its errors are of a later stage, or there are fewer, or (in the syntax stage) the first error
    /// is further right.
    pub(super) fn is_improved_by(
        &self,
        after: &Checked<'_, F>,
        declaration: &'static Declaration,
    ) -> bool {
        match (self.progress(declaration), after.progress(declaration)) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(before), Some(after)) => before < after,
        }
    }

    /// How close the filter is to being valid: the stage of its errors, then the position of a syntax
    /// error, or fewer errors in a later stage. `None` if it is valid.
    fn progress(&self, declaration: &'static Declaration) -> Option<(Stage, bool, usize)> {
        let error = self.errors().next()?;
        let stage = error.stage();
        let progress = match stage {
            Stage::Syntax => error.span.start,
            _ => usize::MAX - self.errors().count(),
        };
        Some((stage, is_shape(declaration, error.code), progress))
    }

    /// Returns the filter, or an error with all diagnostics.
    ///
    /// # Errors
    ///
    /// If the filter is invalid, such as `role =` or `role = "OWNER"`.
    pub fn into_result(self) -> Result<F, Error> {
        self.filter.ok_or_else(|| {
            Error::explained(&self.text, self.diagnostics, self.fixed, self.is_fixed)
        })
    }
}
