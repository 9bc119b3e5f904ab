//! What a method's module tells the engine about its filter language.

use std::fmt::{self, Debug};
use std::hash::Hash;

use super::IntersectionError;
use crate::analysis::condition::Condition;
use crate::analysis::conjunction::{Conjunction, Intersection};
use crate::analysis::lower::Part;
use crate::analysis::summary::GroupMeaning;
use crate::diagnostic::Diagnostic;
use crate::schema::Declaration;
use crate::syntax::Expr;

/// The filter language of a method of the API.
///
/// The types that implement it have no values; they only name a language, as in
/// `Filter<Members>`. No other types can implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a filter language",
    label = "expected a language, such as `gchat_filter::members::Members`"
)]
pub trait Language: Sized + 'static {
    #[doc(hidden)]
    const DECLARATION: &'static Declaration;

    /// Whether requests can have `useAdminAccess`.
    #[doc(hidden)]
    const HAS_ADMIN_ACCESS: bool = false;

    #[doc(hidden)]
    type Meaning: Meaning;

    /// Reports what a request with admin access does not allow.
    #[doc(hidden)]
    fn check_admin_access(
        _text: &str,
        _filter: Option<(&Expr<'_>, &Part<'_>)>,
        _diagnostics: &mut Vec<Diagnostic>,
    ) {
    }
}

/// A language of which the empty text is a filter, which matches everything.
pub trait OptionalFilter: Language {}

/// What a filter matches.
pub trait Meaning: Clone + Debug + Ord + Hash + Send + Sync + Sized {
    /// Returns the meaning of the empty filter.
    fn all() -> Self;

    /// Returns the meaning of a filter, which matches something unless the language has filters that
    /// match nothing.
    fn of(declaration: &'static Declaration, part: &Part<'_>) -> Option<Self>;

    /// Returns the meaning of a valid filter without building a tree.
    ///
    /// # Errors
    ///
    /// If the filter is invalid, or the tree is needed to find out.
    fn parse(declaration: &'static Declaration, text: &str) -> Result<Self, Unparsed>;

    /// Returns whether `other` has everything that this meaning has.
    fn is_subset(&self, other: &Self) -> bool;

    /// Returns what both meanings have.
    ///
    /// # Errors
    ///
    /// If that is nothing, or if the language cannot express it.
    fn intersection(
        &self,
        declaration: &'static Declaration,
        other: &Self,
    ) -> Result<Self, IntersectionError>;

    /// Returns whether the meanings have nothing in common.
    fn is_disjoint(&self, declaration: &'static Declaration, other: &Self) -> bool {
        self.intersection(declaration, other) == Err(IntersectionError::Empty)
    }

    /// Returns the cells of the meaning, if it has any.
    fn admits(&self) -> Option<Vec<AdmittedCell>> {
        None
    }

    /// Returns the sets of the meaning, if it is made of one for each group.
    fn sets(&self, _: &'static Declaration) -> Option<Vec<GroupMeaning>> {
        None
    }

    /// Returns the fewest conjunctions of conditions such that a resource matches if it meets all
    /// conditions of any of them.
    fn boxes(&self, declaration: &'static Declaration) -> Vec<Vec<Condition<'_>>>;

    /// Prints the shortest text with the meaning.
    fn print(&self, declaration: &'static Declaration, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// A cell that a filter matches.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct AdmittedCell {
    pub(crate) role: &'static str,
    #[serde(rename = "type")]
    pub(crate) member_type: Option<&'static str>,
}

/// Why a meaning cannot be had without a tree.
#[derive(Clone, Copy, Debug)]
pub enum Unparsed {
    /// The filter is invalid.
    Invalid,
    /// It is not known whether the filter is valid.
    Undecided,
}

impl Meaning for Conjunction<'static> {
    fn all() -> Self {
        Conjunction::all()
    }

    fn of(declaration: &'static Declaration, part: &Part<'_>) -> Option<Self> {
        Conjunction::of(declaration, part)
    }

    fn sets(&self, declaration: &'static Declaration) -> Option<Vec<GroupMeaning>> {
        Some(self.summary(declaration))
    }

    fn parse(declaration: &'static Declaration, text: &str) -> Result<Self, Unparsed> {
        Conjunction::parse(declaration, text).ok_or(Unparsed::Undecided)
    }

    fn is_subset(&self, other: &Self) -> bool {
        self.is_subset(other)
    }

    fn intersection(
        &self,
        declaration: &'static Declaration,
        other: &Self,
    ) -> Result<Self, IntersectionError> {
        match Conjunction::intersection(self, declaration, other) {
            Intersection::Expressible(both) => Ok(both),
            Intersection::Empty => Err(IntersectionError::Empty),
            Intersection::NotExpressible => Err(IntersectionError::NotExpressible),
        }
    }

    fn boxes(&self, declaration: &'static Declaration) -> Vec<Vec<Condition<'_>>> {
        if self.is_empty() {
            return Vec::new();
        }
        vec![self.conditions(declaration)]
    }

    fn print(&self, declaration: &'static Declaration, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.print(declaration, f)
    }
}
