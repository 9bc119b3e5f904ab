//! Settings of a space, and the standing of its members.

use gchat_filter::members::{MemberType, Role};
use serde::{Deserialize, Serialize};

use super::index::{MembershipClass, Presence};

/// Type of a space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum SpaceType {
    /// A space with a name and roles.
    #[default]
    #[serde(alias = "SPACE_TYPE_UNSPECIFIED")]
    Space,
    /// A group chat.
    GroupChat,
    /// A chat of two people, or of a person and an app.
    DirectMessage,
}

/// The members who have a permission in a space: a `PermissionSetting` of the API. As there, a missing
/// flag is `false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(clippy::struct_field_names, reason = "the names are those of the API")]
pub struct Permission {
    /// Owners (`ROLE_MANAGER`).
    #[serde(default)]
    pub managers_allowed: bool,
    /// Assistant managers (`ROLE_ASSISTANT_MANAGER`).
    #[serde(default)]
    pub assistant_managers_allowed: bool,
    /// Other members (`ROLE_MEMBER`).
    #[serde(default)]
    pub members_allowed: bool,
}

impl Default for Permission {
    /// All members (design decision for a setting that is not in the seed).
    fn default() -> Self {
        Self {
            managers_allowed: true,
            assistant_managers_allowed: true,
            members_allowed: true,
        }
    }
}

/// Standing in a space, from the weakest to the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Not in the space.
    Outside,
    /// In the space or invited to it.
    Member,
    /// Joined as `ROLE_ASSISTANT_MANAGER`.
    AssistantManager,
    /// Joined as `ROLE_MANAGER`.
    Owner,
}

impl Standing {
    /// Returns the standing of a class. Only people who have joined have a role's rights, never apps
    /// (design decision).
    pub(super) fn of(MembershipClass { cell, presence }: MembershipClass) -> Self {
        match (presence, cell.role) {
            (Presence::Absent, _) => Self::Outside,
            _ if cell.member_type == MemberType::Bot => Self::Member,
            (Presence::Joined, Role::Manager) => Self::Owner,
            (Presence::Joined, Role::AssistantManager) => Self::AssistantManager,
            _ => Self::Member,
        }
    }
}

impl Permission {
    /// Returns whether members with a standing have the permission.
    pub(super) fn includes(self, standing: Standing) -> bool {
        match standing {
            Standing::Outside => false,
            Standing::Member => self.members_allowed,
            Standing::AssistantManager => self.assistant_managers_allowed,
            Standing::Owner => self.managers_allowed,
        }
    }
}
