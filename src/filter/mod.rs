//! What a filter means: which memberships it admits.
//!
//! A filter sees two facts of a membership, its role and its member's type, so a checked filter
//! *is* a set of the 25 [cells](Cell) that they span. That makes every question about it exact:
//! matching is a test of one bit, equality of filters is equality of meaning.

mod admin;
mod cells;
mod cells_builder;
mod check;
mod fields;
mod lint;
mod lower;
mod meaning;
mod schema;
mod serialize;
mod shortest;
mod suggest;

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

pub use self::cells::{Cell, Matchable, MemberType, Role};
pub use self::check::{Checked, Checker, Error};
pub use self::lint::{Level, Lint, Preset, UnknownLint};

use self::cells::Cells;
use self::cells_builder::CellsBuilder;
use crate::syntax::{MAX_LENGTH, grammar};

/// A valid filter: the non-empty set of [cells](Cell) that it admits.
///
/// Two filters are equal when they mean the same, however they were written. It takes four bytes,
/// and so does `Option<Filter>`. `Display` prints the shortest documented text with its meaning;
/// the default filter, whose text is empty, admits everything. With serde it is its text.
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
    /// Parses and checks a filter, with every lint at its default level and without admin access;
    /// a [`Checker`] has other settings, and tells of warnings too.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the text: that it is no AIP-160 filter (`role =`), that it
    /// names what is not there (`role = "OWNER"`), or that no membership can match a part of it
    /// (`role = "ROLE_MANAGER" AND role = "ROLE_MEMBER"`).
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_LENGTH {
            return Checker::new().check(text).into_result();
        }
        let mut builder = CellsBuilder::default();
        match grammar::filter(text.as_bytes(), &mut builder) {
            Ok(None) => Ok(Self::default()),
            Ok(Some(cells)) if !builder.is_invalid && !builder.is_undecided => {
                Ok(Self::of(Cells(cells)))
            }
            Ok(Some(_)) if !builder.is_invalid => Checker::new().check(text).into_result(),
            _ => Err(Error::unexplained(text)),
        }
    }

    /// `None` for the empty set.
    #[inline]
    const fn from_cells(cells: Cells) -> Option<Self> {
        match NonZeroU32::new(cells.0) {
            Some(cells) => Some(Self(cells)),
            None => None,
        }
    }

    /// The filter of a set that is known not to be empty.
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

    /// The filter `role = "ROLE_MEMBER"`.
    #[must_use]
    pub const fn role_is_member() -> Self {
        Self::of(Cells::role(Role::Member))
    }

    /// The filter `role = "ROLE_MANAGER"`.
    #[must_use]
    pub const fn role_is_manager() -> Self {
        Self::of(Cells::role(Role::Manager))
    }

    /// The filter `member.type = "HUMAN"`.
    #[must_use]
    pub const fn type_is_human() -> Self {
        Self::of(Cells::member_type(MemberType::Human))
    }

    /// The filter `member.type = "BOT"`.
    #[must_use]
    pub const fn type_is_bot() -> Self {
        Self::of(Cells::member_type(MemberType::Bot))
    }

    /// The filter `member.type != "HUMAN"`, which admits Google Groups too.
    #[must_use]
    pub const fn type_is_not_human() -> Self {
        Self::of(Cells::member_type(MemberType::Human).not())
    }

    /// The filter `member.type != "BOT"`, which admits Google Groups too.
    #[must_use]
    pub const fn type_is_not_bot() -> Self {
        Self::of(Cells::member_type(MemberType::Bot).not())
    }

    /// Whether the filter admits a membership.
    #[inline]
    #[must_use]
    pub fn matches<M: Matchable + ?Sized>(self, membership: &M) -> bool {
        self.cells()
            .contains(membership.role(), membership.member_type())
    }

    /// The cells that the filter admits, role by role; at least one.
    pub fn admits(self) -> impl Iterator<Item = Cell> {
        Cell::all().filter(move |cell| self.matches(cell))
    }

    /// Whether everything that this filter admits, `other` admits too.
    #[must_use]
    pub const fn implies(self, other: Self) -> bool {
        self.cells().is_subset(other.cells())
    }

    /// The filter that admits what either admits: `self OR other`.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self::of(self.cells().or(other.cells()))
    }

    /// The filter that admits what both admit: `self AND other`; `None` if there is nothing, which
    /// is a contradiction and no filter.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Option<Self> {
        Self::from_cells(self.cells().and(other.cells()))
    }

    /// Whether documented text has this meaning: comparisons of `role` with `=` and of
    /// `member.type` with `=` or `!=`, combined by AND, OR and parentheses.
    ///
    /// There are 124 such meanings.
    #[must_use]
    pub fn is_documented(self) -> bool {
        shortest::is_documented(self)
    }

    /// Whether there is a text of this meaning that the method takes with `useAdminAccess`: one
    /// whose every `member.type` comparison is `= "HUMAN"` or `!= "BOT"`, and that admits no app.
    #[must_use]
    pub fn allows_admin_access(self) -> bool {
        admin::allows(self)
    }
}

/// Admits everything, as the empty text does.
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
    /// As [`Filter::parse`].
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl TryFrom<&str> for Filter {
    type Error = Error;

    /// # Errors
    ///
    /// As [`Filter::parse`].
    fn try_from(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}
