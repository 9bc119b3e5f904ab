//! The Google Chat API's `Membership` resource, as `spaces.members` sends and accepts it.
//!
//! Field names and semantics follow the API reference. The JSON representation follows the proto3
//! JSON mapping, with the exceptions described at [`Membership`].

mod json;
mod time;
mod values;

pub use crate::methods::open_enum::UnknownValue;
pub use values::{Affiliation, MembershipRole, MembershipState, UserType};

use serde::Serialize;

use super::cell::{Cell, Matchable, MemberType, Role};

/// A membership of a user, a Chat app or a Google Group in a space: the API's `Membership`.
///
/// ```
/// use gchat_filter::members::{UserOrGroup, Membership, MembershipRole};
/// use gchat_filter::members::{Matchable, MemberType, Role};
///
/// let membership: Membership = serde_json::from_str(
///     r#"{
///         "name": "spaces/AAAAqx7Kt0E/members/104829375610293847561",
///         "state": "JOINED",
///         "role": "ROLE_MANAGER",
///         "createTime": "2024-05-03T09:21:47.318079Z",
///         "member": {"name": "users/104829375610293847561", "type": "HUMAN"}
///     }"#,
/// )?;
/// assert_eq!(membership.role, MembershipRole::Manager);
/// assert!(matches!(&membership.member, Some(UserOrGroup::User(user)) if user.email.is_empty()));
///
/// // The two properties that a filter matches.
/// assert_eq!(Matchable::role(&membership), Role::Manager);
/// assert_eq!(membership.member_type(), MemberType::Human);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Building a membership with some of its fields:
///
/// ```
/// use gchat_filter::members::{Group, UserOrGroup, Membership, MembershipState};
///
/// let membership = Membership {
///     name: "spaces/AAAAqx7Kt0E/members/group-01k7mq9t3xw2b5c".to_owned(),
///     state: MembershipState::Joined,
///     member: Some(UserOrGroup::Group(Group { name: "groups/01k7mq9t3xw2b5c".to_owned() })),
///     ..Membership::default()
/// };
/// assert_eq!(
///     serde_json::to_string(&membership)?,
///     concat!(
///         r#"{"name":"spaces/AAAAqx7Kt0E/members/group-01k7mq9t3xw2b5c","state":"JOINED","#,
///         r#""groupMember":{"name":"groups/01k7mq9t3xw2b5c"}}"#,
///     ),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # JSON
///
/// As in the proto3 JSON mapping:
///
/// - Keys are read in lowerCamelCase or `snake_case`, and written in lowerCamelCase. A key that is absent
///   or `null` means the field's default, and defaults are not written.
/// - Enums are read from their names or integers, and written as names.
///
/// Specific to this crate:
///
/// - The forms that Google's clients print are read, too: `type_` for `type` (google-apps-chat for
///   Python), and times as objects, `{"seconds": "1767225600", "nanos": 0}`, whose `seconds` are text, a
///   number or an object with `low` and `high` (protobuf.js). They are written as the API's JSON.
/// - Unknown keys are ignored, with any value. An empty string is the default of an enum.
/// - Unknown enum values, both names and integers, survive a round trip; see [`UnknownValue`].
/// - Resource names and times are not validated or normalized.
///
/// The same rules apply to [`User`] and [`Group`]. Other self-describing serde formats work too;
/// formats that are not self-describing, such as bincode, cannot be read.
///
/// # Errors
///
/// Deserialization fails, with a message that says what was expected, for
///
/// - anything but an object, including arrays: `[]`, `"spaces/AAAAqx7Kt0E"`;
/// - a value of the wrong type: `{"name": 1}`, `{"member": "users/1"}`, `{"role": 1.5}`;
/// - an enum integer that does not fit in 32 bits: `{"state": 2147483648}`;
/// - a duplicate known key, even with `null`: `{"role": null, "role": "ROLE_MEMBER"}`;
/// - a key in both spellings: `{"createTime": null, "create_time": null}`;
/// - both kinds of member, even if one is empty: `{"member": {}, "groupMember": {}}`. One of them may be
///   `null`. The error is at the second key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Membership {
    /// The resource name, `spaces/{space}/members/{member}`; empty if absent.
    ///
    /// Canonical in responses. In requests, `{member}` may also be the user's email address, or
    /// `app` for the calling app.
    pub name: String,
    /// State of the membership; [`MembershipState::Unspecified`] if absent. Output only.
    pub state: MembershipState,
    /// The member's role in the space; [`MembershipRole::Unspecified`] if absent, which it always
    /// is for a Google Group.
    pub role: MembershipRole,
    /// Creation time in RFC 3339 format; `None` if absent.
    ///
    /// Output only, except in a space in import mode.
    pub create_time: Option<String>,
    /// Deletion time in RFC 3339 format; `None` if absent.
    ///
    /// Output only, except in a space in import mode.
    pub delete_time: Option<String>,
    /// The user's relation to the organization that owns the space;
    /// [`Affiliation::Unspecified`] if absent. Output only.
    ///
    /// In a space that a consumer account owns, all users are [`Affiliation::External`].
    pub affiliation: Affiliation,
    /// The member; `None` if both `member` and `groupMember` are absent.
    pub member: Option<UserOrGroup>,
}

/// The member of a membership: the API's union field `memberType`, which holds at most one of
/// `member` and `groupMember`.
///
/// It has no JSON representation of its own: the key in the [`Membership`] determines the variant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UserOrGroup {
    /// A person or a Chat app, under the key `member`.
    User(User),
    /// A Google Group, under the key `groupMember`.
    Group(Group),
}

/// A person or a Chat app: the API's `User`.
///
/// The JSON keys are the field names in lowerCamelCase, except for
/// [`user_type`](Self::user_type). Serialization and deserialization follow the rules of
/// [`Membership`], including its errors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The resource name, `users/{user}`, or `users/app` for the calling app; empty if absent.
    ///
    /// In requests, `{user}` may also be a person's email address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The display name; empty if absent. Output only.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    /// The ID of the user's Google Workspace domain; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub domain_id: String,
    /// Person or Chat app, under the key `type`; [`UserType::Unspecified`] if absent.
    #[serde(rename = "type", skip_serializing_if = "UserType::is_unspecified")]
    pub user_type: UserType,
    /// Whether the user is deleted or their profile is not visible; `false` if absent. Output only.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_anonymous: bool,
    /// The email address; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// The URL of the user's picture; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub avatar_url: String,
}

/// A Google Group: the API's `Group`.
///
/// Serialization and deserialization follow the rules of [`Membership`], including its errors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Group {
    /// The resource name, `groups/{group}`; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
}

impl Matchable for Membership {
    #[inline]
    fn role(&self) -> Role {
        Role::from(&self.role)
    }

    /// Returns the type of a [`User`], and [`MemberType::NoMember`] for a [`Group`], because it is
    /// not the API's `member`.
    #[inline]
    fn member_type(&self) -> MemberType {
        match &self.member {
            Some(UserOrGroup::User(user)) => MemberType::from(&user.user_type),
            Some(UserOrGroup::Group(_)) | None => MemberType::NoMember,
        }
    }
}

impl From<&MembershipRole> for Role {
    #[inline]
    fn from(role: &MembershipRole) -> Self {
        match role {
            MembershipRole::Unspecified => Self::Unspecified,
            MembershipRole::Member => Self::Member,
            MembershipRole::Manager => Self::Manager,
            MembershipRole::AssistantManager => Self::AssistantManager,
            MembershipRole::Unknown(_) => Self::Unknown,
        }
    }
}

impl From<&UserType> for MemberType {
    #[inline]
    fn from(user_type: &UserType) -> Self {
        match user_type {
            UserType::Unspecified => Self::Unspecified,
            UserType::Human => Self::Human,
            UserType::Bot => Self::Bot,
            UserType::Unknown(_) => Self::Unknown,
        }
    }
}
