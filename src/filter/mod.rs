//! Filters, generic over the language.

mod check;
mod checked;
mod error;
mod expected;
mod fixes;
mod json;
mod language;
mod relation;
mod repaired;
mod serialize;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

pub use self::check::Checker;
pub use self::checked::Checked;
pub use self::error::Error;
pub(crate) use self::expected::appended;
pub(crate) use self::json::Summary;
pub(crate) use self::language::{AdmittedCell, Meaning, Unparsed};
pub use self::language::{Language, OptionalFilter};
pub use self::relation::FilterRelation;

use crate::analysis::condition::Condition;
use crate::analysis::conjunction::Conjunction;
use crate::analysis::summary::GroupMeaning;
use crate::schema::Declaration;
use crate::syntax::MAX_LENGTH;

/// A valid filter of a language: what it matches.
///
/// Each method's module has a name for the type with its language, such as
/// [`members::Filter`](crate::members::Filter). Filters with the same meaning are equal, however
/// they were written. `Display` prints the shortest documented text with the filter's meaning. The
/// default filter, whose text is empty, matches everything. Serde represents a filter as a string:
/// its text.
///
/// ```
/// use gchat_filter::members::{Cell, Filter, MemberType, Role};
///
/// let filter: Filter = r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#.parse()?;
/// assert!(filter.matches(&Cell { role: Role::Manager, member_type: MemberType::Human }));
/// assert!(filter.implies(Filter::role_is_manager()));
/// assert_eq!(filter.to_string(), r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#);
/// # Ok::<(), gchat_filter::Error>(())
/// ```
pub struct Filter<L: Language>(pub(crate) L::Meaning);

impl<L: Language> Filter<L> {
    /// Parses and checks a filter, with every lint at its default level and without admin access.
    ///
    /// For other settings, or to get warnings too, use [`check`](Self::check).
    ///
    /// # Errors
    ///
    /// If the text is not an AIP-160 filter (`role =`), has an unknown or unsupported part
    /// (`role = "OWNER"`), or has a part that nothing can match
    /// (`role = "ROLE_MANAGER" AND role = "ROLE_MEMBER"`).
    pub fn parse(text: &str) -> Result<Self, Error> {
        let limit = L::DECLARATION.max_length.unwrap_or(MAX_LENGTH);
        // A character has at least one byte.
        if text.len() > limit {
            return Checker::new().check::<L>(text).into_result();
        }
        match L::Meaning::parse(L::DECLARATION, text) {
            Ok(meaning) => Ok(Self(meaning)),
            Err(Unparsed::Invalid) => Err(Error::unexplained::<L>(text)),
            Err(Unparsed::Undecided) => Checker::new().check::<L>(text).into_result(),
        }
    }

    /// Checks a filter and reports all errors and warnings.
    ///
    /// It never fails: for an invalid filter, the [`Checked`] contains errors. Time is linear in the
    /// length of the text, except that sets of timestamps and texts take a bit for each that occurs.
    ///
    /// ```
    /// use gchat_filter::{Checker, Level, Lint, diagnostic::Code, members::Filter};
    ///
    /// let checker = Checker::new().level(Lint::SingleQuotes, Level::Deny);
    /// let checked = Filter::check(&checker, "role = 'ROLE_MANAGER'");
    /// assert_eq!(checked.diagnostics[0].code, Code::SingleQuotes);
    /// assert_eq!(checked.fixed.as_deref(), Some("role = \"ROLE_MANAGER\""));
    /// ```
    #[must_use]
    pub fn check<'a>(checker: &Checker, text: &'a str) -> Checked<'a, Self> {
        checker.check::<L>(text)
    }

    /// Returns the conditions of [`Meaning::boxes`], with the declaration that they refer to.
    pub(crate) fn boxes(&self) -> (&'static Declaration, Vec<Vec<Condition<'_>>>) {
        (L::DECLARATION, self.0.boxes(L::DECLARATION))
    }
}

impl<L: Language<Meaning = Conjunction<'static>>> Filter<L> {
    /// Returns what the filter matches of each group of fields. Groups that it does not restrict are
    /// left out.
    #[must_use]
    pub fn meaning(&self) -> Vec<GroupMeaning> {
        self.0.summary(L::DECLARATION)
    }

    /// Returns whether `other` matches everything that this filter matches.
    #[must_use]
    pub fn implies(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// Returns whether nothing matches both filters, whoever their aliases of users stand for.
    #[must_use]
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.0.is_disjoint(L::DECLARATION, &other.0)
    }

    /// Returns the filter that matches what both filters match: `self AND other`.
    ///
    /// # Errors
    ///
    /// - [`IntersectionError::Empty`] if nothing matches both.
    /// - [`IntersectionError::NotExpressible`] if no filter matches just that: its text would mix AND
    ///   and OR where the language does not allow it, or would be too long; or one filter has an alias
    ///   of a user, such as `users/me`, and the other may name the same user.
    pub fn intersection(&self, other: &Self) -> Result<Self, IntersectionError> {
        Meaning::intersection(&self.0, L::DECLARATION, &other.0).map(Self)
    }
}

/// The reason why two filters have no intersection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum IntersectionError {
    /// Nothing matches both filters.
    #[error("nothing matches both filters")]
    Empty,
    /// The language cannot express what matches both filters.
    #[error("the filter language cannot express what matches both filters")]
    NotExpressible,
    /// They are filters of different methods.
    #[error("the filters are of different methods")]
    DifferentMethods,
}

impl<L: Language> Clone for Filter<L> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<L: Language<Meaning: Copy>> Copy for Filter<L> {}

impl<L: Language> PartialEq for Filter<L> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<L: Language> Eq for Filter<L> {}

/// An arbitrary order, in which equal filters are equal, for sorted collections.
impl<L: Language> PartialOrd for Filter<L> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<L: Language> Ord for Filter<L> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<L: Language> Hash for Filter<L> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// The filter that matches everything, like the empty text.
impl<L: OptionalFilter> Default for Filter<L> {
    fn default() -> Self {
        Self(L::Meaning::all())
    }
}

/// Prints the shortest documented text with the filter's meaning; nothing if it matches everything.
///
/// If documented text cannot express the meaning, prints text with the meaning that the preset
/// [`Aip160`](crate::Preset::Aip160) accepts. Equal filters print the same text, except that words of a
/// display name stay in the comparisons in which they were written.
impl<L: Language> fmt::Display for Filter<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.width().is_none() && f.precision().is_none() {
            return self.0.print(L::DECLARATION, f);
        }
        let text = fmt::from_fn(|f| self.0.print(L::DECLARATION, f));
        f.pad(&text.to_string())
    }
}

impl<L: Language> fmt::Debug for Filter<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Filter({self})")
    }
}

impl<L: Language> FromStr for Filter<L> {
    type Err = Error;

    /// # Errors
    ///
    /// As for [`Filter::parse`].
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl<L: Language> TryFrom<String> for Filter<L> {
    type Error = Error;

    /// # Errors
    ///
    /// As for [`Filter::parse`].
    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse(&text)
    }
}

impl<L: Language> TryFrom<&str> for Filter<L> {
    type Error = Error;

    /// # Errors
    ///
    /// As for [`Filter::parse`].
    fn try_from(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}
