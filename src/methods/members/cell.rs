//! The domain of filters: 25 cells, each a combination of a role and a member type.

use super::declaration::{MEMBER_TYPE_FIELD as MEMBER_TYPE, ROLE_FIELD as ROLE};
use crate::schema::Field;

/// The role of a membership, as far as filters can distinguish roles.
///
/// The names are those of the API's `MembershipRole`. Any name added later is
/// [`Unknown`](Role::Unknown).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// `MEMBERSHIP_ROLE_UNSPECIFIED`, or no role, as in the membership of a Google Group.
    #[default]
    Unspecified,
    /// `ROLE_MEMBER`.
    Member,
    /// `ROLE_MANAGER`, which the Chat user interface calls an owner.
    Manager,
    /// `ROLE_ASSISTANT_MANAGER`, which the Chat user interface calls a manager.
    AssistantManager,
    /// Any other role.
    Unknown,
}

impl Role {
    /// Every role, in declaration order.
    pub const ALL: &'static [Self] = &[
        Self::Unspecified,
        Self::Member,
        Self::Manager,
        Self::AssistantManager,
        Self::Unknown,
    ];

    /// Returns the name in the API and in filters; `None` for [`Role::Unknown`].
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        name(&ROLE, self.value())
    }

    /// Returns the role with the given name in the API; `None` for any other name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|own| own.name() == Some(name))
    }

    /// Returns the index of the value in the declaration; the number of values if it is none.
    pub(super) const fn value(self) -> usize {
        self as usize
    }
}

/// The type of a membership's member, as far as filters can distinguish types.
///
/// The names are those of the API's `User.Type`. Any name added later is
/// [`Unknown`](MemberType::Unknown).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MemberType {
    /// No `member`: the membership of a Google Group.
    #[default]
    NoMember,
    /// `TYPE_UNSPECIFIED`, or a member without a type.
    Unspecified,
    /// `HUMAN`.
    Human,
    /// `BOT`, a Chat app.
    Bot,
    /// Any other type.
    Unknown,
}

impl MemberType {
    /// Every type, in declaration order.
    pub const ALL: &'static [Self] = &[
        Self::NoMember,
        Self::Unspecified,
        Self::Human,
        Self::Bot,
        Self::Unknown,
    ];

    /// Returns the name in the API and in filters; `None` for [`MemberType::NoMember`] and
    /// [`MemberType::Unknown`].
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        name(&MEMBER_TYPE, self.value())
    }

    /// Returns the type with the given name in the API; `None` for any other name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|own| own.name() == Some(name))
    }

    /// Returns the index of the value in the declaration; the number of values if it is none.
    pub(super) const fn value(self) -> usize {
        match (self as usize).checked_sub(1) {
            Some(value) => value,
            None => MEMBER_TYPE.enum_values().len(),
        }
    }
}

/// Returns the name of a field's value.
#[expect(clippy::indexing_slicing, reason = "the index is checked")]
const fn name(field: &Field, value: usize) -> Option<&'static str> {
    let values = field.enum_values();
    if value < values.len() {
        Some(values[value].name)
    } else {
        None
    }
}

// The variants are in the order of the declaration, before `Unknown`, and after `NoMember`.
const _: () = {
    assert!(Role::ALL.len() == ROLE.enum_values().len() + 1);
    assert!(MemberType::ALL.len() == MEMBER_TYPE.enum_values().len() + 2);
    assert!(Role::Unknown as usize == Role::ALL.len() - 1);
    assert!(MemberType::Unknown as usize == MemberType::ALL.len() - 1);
};

/// A value that filters can be matched against: anything with a role and a member type.
///
/// [`Membership`](super::Membership) and [`Cell`] implement it. Implement it for your own type to
/// match filters against that type without conversion.
///
/// ```
/// use gchat_filter::members::{Filter, Matchable, MemberType, Role};
///
/// struct Row { owner: bool }
///
/// impl Matchable for Row {
///     fn role(&self) -> Role {
///         if self.owner { Role::Manager } else { Role::Member }
///     }
///     fn member_type(&self) -> MemberType {
///         MemberType::Human
///     }
/// }
///
/// let filter: Filter = r#"role = "ROLE_MANAGER""#.parse()?;
/// assert!(filter.matches(&Row { owner: true }));
/// assert!(!filter.matches(&Row { owner: false }));
/// # Ok::<(), gchat_filter::Error>(())
/// ```
pub trait Matchable {
    /// Returns the membership's role; [`Role::Unspecified`] if it has none.
    fn role(&self) -> Role;

    /// Returns the type of the membership's member; [`MemberType::NoMember`] if it has no member.
    fn member_type(&self) -> MemberType;
}

forward_matchable! {
    fn role(&self) -> Role;
    fn member_type(&self) -> MemberType;
}

/// A role and a member type: everything that a filter can see of a membership.
///
/// It can be read from the JSON of a [`Membership`](super::Membership), by the same rules, without the rest
/// of it: all other keys are ignored, also `groupMember` beside a `member`, which a membership refuses.
///
/// ```
/// use gchat_filter::members::{Cell, MemberType, Role};
///
/// let json = r#"{"role": "ROLE_MANAGER", "member": {"name": "users/1", "type": "HUMAN"}}"#;
/// let cell: Cell = serde_json::from_str(json)?;
/// assert_eq!(cell, Cell { role: Role::Manager, member_type: MemberType::Human });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// Role of the membership.
    pub role: Role,
    /// Type of its member.
    pub member_type: MemberType,
}

impl Matchable for Cell {
    #[inline]
    fn role(&self) -> Role {
        self.role
    }

    #[inline]
    fn member_type(&self) -> MemberType {
        self.member_type
    }
}

impl Cell {
    /// Returns all 25 cells, role by role.
    pub fn all() -> impl Iterator<Item = Self> {
        Role::ALL.iter().flat_map(|&role| {
            let types = MemberType::ALL.iter();
            types.map(move |&member_type| Self { role, member_type })
        })
    }
}
