//! Checking of filters, stage by stage.

use std::borrow::Cow;

use super::fixes::Check;
use super::language::{Language, Meaning};
use super::{Checked, Error, Filter, expected, fixes, repaired};
use crate::analysis::cells::Partition;
use crate::analysis::request::{self, Request};
use crate::analysis::{lower, meaning};
use crate::diagnostic::Diagnostic;
use crate::schema::{self, Level, Levels, Lint, Preset};
use crate::syntax::{self, Expr};

/// The settings of a check: with or without admin access, and a level for each lint.
///
/// It serves the filters of all methods.
///
/// ```
/// use gchat_filter::{Checker, Level, Lint, Method};
///
/// let checker = Checker::new().level(Lint::SingleQuotes, Level::Deny);
/// let checked = checker.check_method(Method::SpacesMembersList, "role = 'ROLE_MANAGER'");
/// assert_eq!(checked.fixed.as_deref(), Some("role = \"ROLE_MANAGER\""));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

    /// Parses and checks a filter with these settings. The type of the result determines the method.
    ///
    /// ```
    /// use gchat_filter::{Checker, Preset, members};
    ///
    /// let checker = Checker::new().preset(Preset::Aip160);
    /// let filter: members::Filter = checker.parse("NOT member.type = BOT")?;
    /// assert_eq!(filter, members::Filter::type_is_not_bot());
    /// # Ok::<(), gchat_filter::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the filter is invalid with these settings.
    pub fn parse<L: Language>(&self, text: &str) -> Result<Filter<L>, Error> {
        self.check::<L>(text).into_result()
    }

    /// Checks a filter, applies the certain fixes, and suggests what an invalid text was meant to be.
    pub(crate) fn check<'a, L: Language>(&self, text: &'a str) -> Checked<'a, Filter<L>> {
        self.check_in(Request::default(), text)
    }

    /// Checks a filter of a request, applies the certain fixes, and suggests what an invalid text was
    /// meant to be.
    pub(crate) fn check_in<'a, L: Language>(
        &self,
        request: Request<'_>,
        text: &'a str,
    ) -> Checked<'a, Filter<L>> {
        let mut checked = self.check_once::<L>(request, text);
        if checked.diagnostics.is_empty() {
            return checked;
        }
        let filter = checked.filter.take();
        let is_valid = filter.is_some();
        // The rest is the same code for all languages.
        let check: &Check<'_> = &|text| {
            let checked = self.check_once::<L>(request, text);
            let text = checked.filter.as_ref().map(Filter::to_string);
            checked.with(text)
        };
        let mut checked = checked.with(is_valid.then(String::new));
        fixes::verify(L::DECLARATION, check, &mut checked);
        if !is_valid {
            repaired::repair(L::DECLARATION, check, &mut checked);
        }
        checked.with(filter)
    }

    /// Runs the stages in order, up to the first one that finds an error.
    fn check_once<'a, L: Language>(
        &self,
        request: Request<'_>,
        text: &'a str,
    ) -> Checked<'a, Filter<L>> {
        let mut checked = Checked {
            text: Cow::Borrowed(text),
            tree: None,
            filter: None,
            diagnostics: Vec::new(),
            fixed: None,
            is_fixed: false,
        };
        if let Some(limit) = L::DECLARATION.max_length
            && let Some(error) = syntax::too_long(text, limit)
        {
            checked.diagnostics.push(error);
            return checked;
        }
        match syntax::parse(text) {
            Ok(tree) => checked.tree = tree,
            Err(error) => {
                checked.diagnostics.push(error.into_diagnostic());
                return checked;
            }
        }
        let diagnostics = &mut checked.diagnostics;
        let meaning = match &checked.tree {
            None if L::DECLARATION.is_required => {
                diagnostics.push(expected::missing_filter(L::DECLARATION, text));
                None
            }
            None => {
                if self.admin_access {
                    L::check_admin_access(text, None, diagnostics);
                }
                Some(L::Meaning::all())
            }
            Some(tree) => self.meaning::<L>(request, text, tree, diagnostics),
        };
        sort(diagnostics);
        if !has_error(diagnostics) {
            checked.filter = meaning.map(Filter);
        }
        checked
    }

    /// Runs the stages after the syntax stage. Returns what the filter matches, if it is valid.
    fn meaning<L: Language>(
        &self,
        request: Request<'_>,
        text: &str,
        tree: &Expr<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<L::Meaning> {
        let declaration = L::DECLARATION;
        let levels = declaration.levels(self.levels);
        schema::check(declaration, &levels, text, tree, diagnostics);
        if has_error(diagnostics) {
            return None;
        }
        let mut predicates = Vec::new();
        lower::predicates(declaration, tree, &mut predicates)?;
        let partition = Partition::new(declaration, predicates.iter());
        let part = lower::lower(&partition, tree, &mut predicates.iter())?;
        meaning::check(declaration, &levels, text, &part, diagnostics);
        if !has_error(diagnostics) {
            request::check(declaration, &levels, request, &part, diagnostics);
        }
        if !has_error(diagnostics) {
            expected::check(
                declaration,
                &levels,
                self.admin_access,
                tree,
                &part,
                diagnostics,
            );
            if self.admin_access {
                L::check_admin_access(text, Some((tree, &part)), diagnostics);
            }
        }
        L::Meaning::of(declaration, &part)
    }
}

/// Sorts diagnostics by their place in the text. A function of its own, so that it is compiled once and
/// not for each language.
fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.code));
}

fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}
