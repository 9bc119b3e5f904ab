//! The domain of filters: 25 cells, each a combination of a role and a member type.

use super::declaration::ROLE;
use crate::schema::{Field, Value};

/// The role of a membership, as far as filters can distinguish roles.
///
/// The names are those of the API's `MembershipRole`. Any name added later is
/// [`Unknown`](Role::Unknown).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    pub const ALL: [Self; 5] = [
        Self::Unspecified,
        Self::Member,
        Self::Manager,
        Self::AssistantManager,
        Self::Unknown,
    ];

    /// Returns the name in the API and in filters; `None` for [`Role::Unknown`].
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Unspecified => Some("MEMBERSHIP_ROLE_UNSPECIFIED"),
            Self::Member => Some("ROLE_MEMBER"),
            Self::Manager => Some("ROLE_MANAGER"),
            Self::AssistantManager => Some("ROLE_ASSISTANT_MANAGER"),
            Self::Unknown => None,
        }
    }
}

/// The type of a membership's member, as far as filters can distinguish types.
///
/// The names are those of the API's `User.Type`. Any name added later is
/// [`Unknown`](MemberType::Unknown).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    pub const ALL: [Self; 5] = [
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
        match self {
            Self::Unspecified => Some("TYPE_UNSPECIFIED"),
            Self::Human => Some("HUMAN"),
            Self::Bot => Some("BOT"),
            Self::NoMember | Self::Unknown => None,
        }
    }
}

/// A value that filters can be matched against: anything with a role and a member type.
///
/// [`Membership`](crate::Membership) and [`Cell`] implement it. Implement it for your own type to
/// match filters against that type without conversion.
///
/// ```
/// use gchat_filter::{Filter, Matchable, MemberType, Role};
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

impl<T: Matchable + ?Sized> Matchable for &T {
    #[inline]
    fn role(&self) -> Role {
        T::role(self)
    }

    #[inline]
    fn member_type(&self) -> MemberType {
        T::member_type(self)
    }
}

/// A role and a member type: everything that a filter can see of a membership.
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
        Role::ALL.into_iter().flat_map(|role| {
            MemberType::ALL
                .into_iter()
                .map(move |member_type| Self { role, member_type })
        })
    }
}

/// A set of cells, with bit `5 × role + type` for each cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cells(pub(crate) u32);

impl Cells {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self((1 << 25) - 1);

    /// Returns the cells with a role.
    pub(crate) const fn role(role: Role) -> Self {
        Self(0b1_1111 << (5 * role as u32))
    }

    /// Returns the cells with a type.
    pub(crate) const fn member_type(member_type: MemberType) -> Self {
        Self(0b00001_00001_00001_00001_00001 << member_type as u32)
    }

    /// Returns the cells with a value of one of the two fields.
    pub(super) const fn value(field: &Field, value: &Value) -> Self {
        if field.index == ROLE.index {
            Self(Self::role(Role::Unspecified).0 << (5 * value.index))
        } else {
            Self(Self::member_type(MemberType::NoMember).0 << value.index)
        }
    }

    #[inline]
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    #[inline]
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn not(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    #[inline]
    pub(crate) const fn contains(self, role: Role, member_type: MemberType) -> bool {
        self.0 >> (5 * role as u32 + member_type as u32) & 1 == 1
    }

    /// Returns the types of a role, one bit each, in the order of [`MemberType::ALL`].
    pub(crate) const fn types(self, role: Role) -> u32 {
        self.0 >> (5 * role as u32) & 0b1_1111
    }
}
