//! Filters of memberships: `spaces.members.list`.
//!
//! A filter sees two properties of a membership, its role and the type of its member. A checked
//! filter is therefore a set of the 25 [cells](Cell) that these form, and every question about it
//! has an exact answer: matching tests one bit, and filters with the same meaning are equal.

mod admin;
mod cell;
mod cells;
mod cells_builder;
mod declaration;
mod meaning;
mod shortest;

pub use self::cell::{Cell, Matchable, MemberType, Role};
pub use crate::membership::{
    Affiliation, Group, Member, Membership, MembershipRole, MembershipState, UnknownValue, User,
    UserType,
};

use self::cells::Cells;
use self::declaration::DECLARATION;
use self::meaning::NonEmptyCells;
use crate::analysis::lower::Part;
use crate::diagnostic::Diagnostic;
use crate::filter::Language;
use crate::schema::Declaration;
use crate::syntax::Expr;

/// The filter language of `spaces.members.list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Members {}

impl Language for Members {
    const DECLARATION: &'static Declaration = &DECLARATION;

    type Meaning = NonEmptyCells;

    fn check_admin_access(
        text: &str,
        filter: Option<(&Expr<'_>, &Part<'_>)>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        admin::check(text, filter, diagnostics);
    }
}

/// A filter of memberships: the non-empty set of [cells](Cell) that it matches.
///
/// It and an `Option` of it are four bytes each.
pub type Filter = crate::Filter<Members>;

impl Filter {
    /// Creates the filter of a set of cells; `None` if the set is empty.
    #[inline]
    const fn from_cells(cells: Cells) -> Option<Self> {
        match NonEmptyCells::new(cells) {
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
        self.0.cells()
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
        shortest::is_documented(self.cells())
    }

    /// Returns whether this meaning can be written so that `useAdminAccess` accepts it: all
    /// `member.type` comparisons are `= "HUMAN"` or `!= "BOT"`, and the filter matches no app.
    #[must_use]
    pub fn allows_admin_access(self) -> bool {
        admin::allows(self.cells())
    }
}
