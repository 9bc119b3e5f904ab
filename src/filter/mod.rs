//! The meaning of filters: which memberships they match.
//!
//! A filter sees two properties of a membership, its role and the type of its member. A checked
//! filter is therefore a set of the 25 [cells](Cell) that these form, and every question about it
//! has an exact answer: matching tests one bit, and filters with the same meaning are equal.

mod admin;
mod cells;
mod cells_builder;
mod check;
mod declaration;
mod lower;
mod meaning;
mod serialize;
mod shortest;

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

pub use self::cells::{Cell, Matchable, MemberType, Role};
pub use self::check::{Checked, Checker, Error};

use self::cells::Cells;
use self::cells_builder::{CellsBuilder, Part};
use crate::syntax::{MAX_LENGTH, grammar};

/// A valid filter: the non-empty set of [cells](Cell) that it matches.
///
/// Filters with the same meaning are equal, however they were written. A `Filter` and an
/// `Option<Filter>` are four bytes each. `Display` prints the shortest documented text with the
/// filter's meaning. The default filter, whose text is empty, matches everything. Serde represents
/// a filter as a string: its text.
///
/// ```
/// use gchat_filter::{Cell, Filter, MemberType, Role};
///
/// let filter: Filter = r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#.parse()?;
/// assert!(filter.matches(&Cell { role: Role::Manager, member_type: MemberType::Human }));
/// assert!(filter.implies(Filter::role_is_manager()));
/// assert_eq!(filter.to_string(), r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#);
/// # Ok::<(), gchat_filter::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Filter(NonZeroU32);

impl Filter {
    /// Parses and checks a filter, with every lint at its default level and without admin access.
    ///
    /// For other settings, or to get warnings too, use a [`Checker`].
    ///
    /// # Errors
    ///
    /// If the text is not an AIP-160 filter (`role =`), has an unknown or unsupported part
    /// (`role = "OWNER"`), or has a part that no membership can match
    /// (`role = "ROLE_MANAGER" AND role = "ROLE_MEMBER"`).
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_LENGTH {
            return Checker::new().check(text).into_result();
        }
        let Ok(part) = grammar::filter(text.as_bytes(), &CellsBuilder) else {
            return Err(Error::unexplained(text));
        };
        match part.map(Part::cells) {
            None => Ok(Self::default()),
            Some(Ok(Some(cells))) => Ok(Self::of(cells)),
            Some(Ok(None)) => Checker::new().check(text).into_result(),
            Some(Err(_)) => Err(Error::unexplained(text)),
        }
    }

    /// Creates the filter of a set of cells; `None` if the set is empty.
    #[inline]
    const fn from_cells(cells: Cells) -> Option<Self> {
        match NonZeroU32::new(cells.0) {
            Some(cells) => Some(Self(cells)),
            None => None,
        }
    }

    /// Creates the filter of a set that is known not to be empty.
    const fn of(cells: Cells) -> Self {
        match Self::from_cells(cells) {
            Some(filter) => filter,
            None => unreachable!(),
        }
    }

    #[inline]
    const fn cells(self) -> Cells {
        Cells(self.0.get())
    }

    /// Returns the filter `role = "ROLE_MEMBER"`.
    #[must_use]
    pub const fn role_is_member() -> Self {
        Self::of(Cells::role(Role::Member))
    }

    /// Returns the filter `role = "ROLE_MANAGER"`.
    #[must_use]
    pub const fn role_is_manager() -> Self {
        Self::of(Cells::role(Role::Manager))
    }

    /// Returns the filter `member.type = "HUMAN"`.
    #[must_use]
    pub const fn type_is_human() -> Self {
        Self::of(Cells::member_type(MemberType::Human))
    }

    /// Returns the filter `member.type = "BOT"`.
    #[must_use]
    pub const fn type_is_bot() -> Self {
        Self::of(Cells::member_type(MemberType::Bot))
    }

    /// Returns the filter `member.type != "HUMAN"`, which also matches Google Groups.
    #[must_use]
    pub const fn type_is_not_human() -> Self {
        Self::of(Cells::member_type(MemberType::Human).not())
    }

    /// Returns the filter `member.type != "BOT"`, which also matches Google Groups.
    #[must_use]
    pub const fn type_is_not_bot() -> Self {
        Self::of(Cells::member_type(MemberType::Bot).not())
    }

    /// Returns whether the filter matches a membership.
    #[inline]
    #[must_use]
    pub fn matches<M: Matchable + ?Sized>(self, membership: &M) -> bool {
        self.cells()
            .contains(membership.role(), membership.member_type())
    }

    /// Returns the cells that the filter matches, role by role; at least one.
    pub fn admits(self) -> impl Iterator<Item = Cell> {
        Cell::all().filter(move |cell| self.matches(cell))
    }

    /// Returns whether `other` matches everything that this filter matches.
    #[must_use]
    pub const fn implies(self, other: Self) -> bool {
        self.cells().is_subset(other.cells())
    }

    /// Returns the filter that matches what either filter matches: `self OR other`.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self::of(self.cells().or(other.cells()))
    }

    /// Returns the filter that matches what both filters match: `self AND other`; `None` if they have
    /// nothing in common, which would be a contradiction.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Option<Self> {
        Self::from_cells(self.cells().and(other.cells()))
    }

    /// Returns whether the documented syntax can express this meaning.
    ///
    /// It compares `role` with `=` and `member.type` with `=` or `!=`, and combines comparisons with
    /// AND, OR and parentheses. It can express 124 different meanings.
    #[must_use]
    pub fn is_documented(self) -> bool {
        shortest::is_documented(self)
    }

    /// Returns whether this meaning can be written so that `useAdminAccess` accepts it: all
    /// `member.type` comparisons are `= "HUMAN"` or `!= "BOT"`, and the filter matches no app.
    #[must_use]
    pub fn allows_admin_access(self) -> bool {
        admin::allows(self)
    }
}

/// The filter that matches everything, like the empty text.
impl Default for Filter {
    fn default() -> Self {
        Self::of(Cells::ALL)
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Filter({self})")
    }
}

impl FromStr for Filter {
    type Err = Error;

    /// # Errors
    ///
    /// As for [`Filter::parse`].
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl TryFrom<&str> for Filter {
    type Error = Error;

    /// # Errors
    ///
    /// As for [`Filter::parse`].
    fn try_from(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}
