//! The fields of the filter and their values, from the API reference.

use super::cells::{Cells, MemberType, Role};

/// A field of the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Role,
    MemberType,
}

/// A value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FieldValue {
    pub(crate) name: &'static str,
    /// The cells with the value.
    pub(crate) cells: Cells,
    /// Whether the filter documentation lists the value; if not, only the API does.
    pub(crate) is_documented: bool,
}

const fn role(role: Role, is_documented: bool) -> FieldValue {
    FieldValue {
        name: match role.name() {
            Some(name) => name,
            None => "",
        },
        cells: Cells::role(role),
        is_documented,
    }
}

const fn member_type(member_type: MemberType, is_documented: bool) -> FieldValue {
    FieldValue {
        name: match member_type.name() {
            Some(name) => name,
            None => "",
        },
        cells: Cells::member_type(member_type),
        is_documented,
    }
}

const ROLES: &[FieldValue] = &[
    role(Role::Member, true),
    role(Role::Manager, true),
    role(Role::AssistantManager, false),
    role(Role::Unspecified, false),
];

const MEMBER_TYPES: &[FieldValue] = &[
    member_type(MemberType::Human, true),
    member_type(MemberType::Bot, true),
    member_type(MemberType::Unspecified, false),
];

impl Field {
    pub(crate) const ALL: [Self; 2] = [Self::Role, Self::MemberType];

    /// Returns the name in a filter's text.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::MemberType => "member.type",
        }
    }

    /// Returns the values, the documented ones first.
    pub(crate) const fn values(self) -> &'static [FieldValue] {
        match self {
            Self::Role => ROLES,
            Self::MemberType => MEMBER_TYPES,
        }
    }

    /// Returns the value with the given name.
    pub(crate) fn value(self, name: &str) -> Option<&'static FieldValue> {
        self.values().iter().find(|value| value.name == name)
    }

    /// Returns the other field.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Role => Self::MemberType,
            Self::MemberType => Self::Role,
        }
    }
}
