//! Filters of memberships: `spaces.members.list`.
//!
//! A filter sees two properties of a membership, its role and the type of its member. A checked
//! filter is therefore a set of the 25 [cells](Cell) that these form, and every question about it
//! has an exact answer: matching tests one bit, and filters with the same meaning are equal.

mod admin;
mod boxes;
mod cell;
mod cells;
mod cells_builder;
mod declaration;
mod meaning;
mod membership;
mod shortest;

use std::ops::BitOr;

pub use self::cell::{Cell, Matchable, MemberType, Role};
pub use self::membership::{
    Affiliation, Group, Membership, MembershipRole, MembershipState, UnknownValue, User,
    UserOrGroup, UserType,
};

use self::cells::Cells;
use self::declaration::DECLARATION;
use self::meaning::NonEmptyCells;
use super::evaluation::method_language;
use crate::analysis::lower::Part;
use crate::diagnostic::Diagnostic;
use crate::filter::{IntersectionError, Language, OptionalFilter};
use crate::schema::Declaration;
use crate::syntax::Expr;

/// The filter language of `spaces.members.list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Members {}

impl Language for Members {
    const DECLARATION: &'static Declaration = &DECLARATION;

    const HAS_ADMIN_ACCESS: bool = true;

    type Meaning = NonEmptyCells;

    fn check_admin_access(
        text: &str,
        filter: Option<(&Expr<'_>, &Part<'_>)>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        admin::check(text, filter, diagnostics);
    }
}

impl OptionalFilter for Members {}

method_language!(
    Members,
    Membership,
    ["memberships"],
    |filter, membership, _| Ok(filter.matches(membership)),
);

/// A filter of memberships: the non-empty set of [cells](Cell) that it matches.
///
/// It and an `Option` of it are four bytes each.
pub type Filter = crate::Filter<Members>;

impl Filter {
    /// Creates the filter of a set of cells; `None` if the set is empty.
    #[inline]
    const fn of_cells(cells: Cells) -> Option<Self> {
        match NonEmptyCells::new(cells) {
            Some(cells) => Some(Self(cells)),
            None => None,
        }
    }

    /// Creates the filter of a set that is known not to be empty.
    const fn of(cells: Cells) -> Self {
        match Self::of_cells(cells) {
            Some(filter) => filter,
            None => unreachable!(),
        }
    }

    #[inline]
    const fn cells(self) -> Cells {
        self.0.cells()
    }

    /// Returns the filter that matches the memberships with a role.
    ///
    /// [`Role::Unknown`] stands for all roles that this version does not know.
    #[must_use]
    pub const fn role_is(role: Role) -> Self {
        Self::of(Cells::role(role))
    }

    /// Returns the filter that matches the memberships of members with a type.
    ///
    /// [`MemberType::Unknown`] stands for all types that this version does not know.
    #[must_use]
    pub const fn type_is(member_type: MemberType) -> Self {
        Self::of(Cells::member_type(member_type))
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

    /// Returns the filter that matches what both filters match: `self AND other`.
    ///
    /// # Errors
    ///
    /// [`IntersectionError::Empty`] if nothing matches both, which would be a contradiction.
    pub const fn intersection(self, other: Self) -> Result<Self, IntersectionError> {
        match Self::of_cells(self.cells().and(other.cells())) {
            Some(both) => Ok(both),
            None => Err(IntersectionError::Empty),
        }
    }

    /// Returns whether nothing matches both filters.
    #[must_use]
    pub const fn is_disjoint(self, other: Self) -> bool {
        self.intersection(other).is_err()
    }

    /// Returns the filter that matches what this filter matches and `other` does not; `None` if there
    /// is nothing.
    #[must_use]
    pub const fn difference(self, other: Self) -> Option<Self> {
        Self::of_cells(self.cells().and(other.cells().not()))
    }

    /// Returns the filter that matches what this filter does not match; `None` if this filter matches
    /// everything.
    #[must_use]
    pub const fn complement(self) -> Option<Self> {
        Self::of_cells(self.cells().not())
    }

    /// Creates the filter that matches the given cells; `None` if there are none.
    #[must_use]
    pub fn from_cells(cells: impl IntoIterator<Item = Cell>) -> Option<Self> {
        let cells = cells.into_iter();
        Self::of_cells(cells.fold(Cells::NONE, |all, cell| {
            all.or(Cells::one(cell.role, cell.member_type))
        }))
    }

    /// Returns a bit for each cell that the filter matches, at `5 × role + type`, where both are
    /// indexes in `ALL`.
    #[must_use]
    pub const fn to_bits(self) -> u32 {
        self.cells().0
    }

    /// Creates a filter from the result of [`to_bits`](Self::to_bits); `None` if there is no bit, or
    /// one that is not the bit of a cell.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Option<Self> {
        if Cells(bits).is_subset(Cells::ALL) {
            Self::of_cells(Cells(bits))
        } else {
            None
        }
    }

    /// Returns whether the documented syntax can express this meaning.
    ///
    /// It compares `role` with `=` and `member.type` with `=` or `!=`, and combines comparisons with
    /// AND, OR and parentheses. It can express 124 different meanings.
    #[must_use]
    pub fn is_documented(self) -> bool {
        shortest::is_documented(self.cells())
    }

    /// Returns whether this meaning can be written so that `useAdminAccess` accepts it: all
    /// `member.type` comparisons are `= "HUMAN"` or `!= "BOT"`, and the filter matches no app.
    #[must_use]
    pub fn allows_admin_access(self) -> bool {
        admin::allows(self.cells())
    }
}

/// The filter that matches what either filter matches.
impl BitOr for Filter {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}
