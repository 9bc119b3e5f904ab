//! Sets of cells.

use super::cell::{MemberType, Role};
use super::declaration::ROLE;

/// Number of types.
const TYPES: usize = MemberType::ALL.len();

/// Number of cells.
const LENGTH: usize = Role::ALL.len() * TYPES;

// The cells builder uses the two highest bits.
const _: () = assert!(LENGTH <= 30);

/// A set of cells, with a bit for each, role by role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cells(pub(super) u32);

impl Cells {
    pub(super) const NONE: Self = Self(0);
    pub(super) const ALL: Self = Self((1 << LENGTH) - 1);

    const fn bit(role: Role, member_type: MemberType) -> u32 {
        1 << (role as usize * TYPES + member_type as usize)
    }

    /// Returns the set of one cell.
    pub(super) const fn one(role: Role, member_type: MemberType) -> Self {
        Self(Self::bit(role, member_type))
    }

    /// Returns the cells with a role.
    #[expect(clippy::indexing_slicing, reason = "the index is checked")]
    pub(super) const fn role(role: Role) -> Self {
        let mut cells = 0;
        let mut index = 0;
        while index < MemberType::ALL.len() {
            cells |= Self::bit(role, MemberType::ALL[index]);
            index += 1;
        }
        Self(cells)
    }

    /// Returns the cells with a type.
    #[expect(clippy::indexing_slicing, reason = "the index is checked")]
    pub(super) const fn member_type(member_type: MemberType) -> Self {
        let mut cells = 0;
        let mut index = 0;
        while index < Role::ALL.len() {
            cells |= Self::bit(Role::ALL[index], member_type);
            index += 1;
        }
        Self(cells)
    }

    /// Returns the cells with a value of a group's field, by their indexes in the declaration.
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
    pub(super) const fn value(group: usize, value: usize) -> Self {
        match group {
            ROLE => Self::role(Role::ALL[value]),
            // The first type is that of a membership without a member.
            _ => Self::member_type(MemberType::ALL[value + 1]),
        }
    }

    #[inline]
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    #[inline]
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn not(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }

    pub(super) const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    #[inline]
    pub(super) const fn contains(self, role: Role, member_type: MemberType) -> bool {
        self.0 & Self::bit(role, member_type) != 0
    }

    /// Returns the types of a role, one bit each, in the order of [`MemberType::ALL`].
    pub(super) const fn types(self, role: Role) -> u32 {
        self.0 >> (role as usize * TYPES) & ((1 << TYPES) - 1)
    }
}
