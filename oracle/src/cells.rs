//! The meaning of a filter: the set of the cells that it matches. A cell is a role with a type.

use gchat_filter::members::{Cell, Filter, MemberType, Role};

/// A set of cells, in which a cell is the bit `5 × role + type`, in the order of [`ROLES`] and
/// [`TYPES`].
pub type Set = u32;

/// The set of all cells.
pub const EVERYTHING: Set = (1 << 25) - 1;

/// The cells of apps.
pub const APPS: Set = with_type(3);

/// The roles. The last is any role that the API may add.
pub const ROLES: [Role; 5] = [
    Role::Unspecified,
    Role::Member,
    Role::Manager,
    Role::AssistantManager,
    Role::Unknown,
];

/// The types. The first is that of no member, and the last is any type that the API
/// may add.
pub const TYPES: [MemberType; 5] = [
    MemberType::NoMember,
    MemberType::Unspecified,
    MemberType::Human,
    MemberType::Bot,
    MemberType::Unknown,
];

/// Returns the cells of a role.
pub(crate) const fn with_role(role: usize) -> Set {
    0b11111 << (5 * role)
}

/// Returns the cells of a type.
pub(crate) const fn with_type(member_type: usize) -> Set {
    0b00001_00001_00001_00001_00001 << member_type
}

/// Returns the cells that a filter of the crate matches. Asserts that it lists the same number.
#[must_use]
pub fn matched(filter: Filter) -> Set {
    let mut set = 0;
    for (row, role) in ROLES.into_iter().enumerate() {
        for (column, member_type) in TYPES.into_iter().enumerate() {
            let matches = filter.matches(&Cell { role, member_type });
            set |= Set::from(matches) << (5 * row + column);
        }
    }
    assert_eq!(filter.admits().count(), set.count_ones() as usize);
    set
}
