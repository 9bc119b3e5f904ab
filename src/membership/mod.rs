//! The Google Chat API's `Membership` resource, as `spaces.members` sends and takes it.
//!
//! What the fields are called and mean is the API reference's; how they look in JSON is the
//! proto3 JSON mapping's, as far as [`Membership`] says.

mod json;
mod values;

pub use values::{Affiliation, MembershipRole, MembershipState, UnknownValue, UserType};

use serde::Serialize;

use crate::filter::{Matchable, MemberType, Role};

/// A membership of a user, a Chat app or a Google Group in a space: the API's `Membership`.
///
/// ```
/// use gchat_filter::{Matchable, Member, MemberType, Membership, MembershipRole, Role};
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
/// assert!(matches!(&membership.member, Some(Member::User(user)) if user.email.is_empty()));
///
/// // What a filter looks at.
/// assert_eq!(Matchable::role(&membership), Role::Manager);
/// assert_eq!(membership.member_type(), MemberType::Human);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// One that is built rather than read names the fields that it has:
///
/// ```
/// use gchat_filter::{Group, Member, Membership, MembershipState};
///
/// let membership = Membership {
///     name: "spaces/AAAAqx7Kt0E/members/group-01k7mq9t3xw2b5c".to_owned(),
///     state: MembershipState::Joined,
///     member: Some(Member::Group(Group { name: "groups/01k7mq9t3xw2b5c".to_owned() })),
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
/// By the proto3 JSON mapping:
///
/// - Keys are in lowerCamelCase. A key that is absent or `null` means the field's default, and
///   a default is not written.
/// - Enums are read from their names and from their integers, and written as names.
///
/// Beyond it:
///
/// - Only the lowerCamelCase keys are known, not the `snake_case` ones that the mapping lets a
///   parser accept too. Unknown keys are ignored, whatever their values are.
/// - Names and integers of enums that are not known yet survive a round trip; see
///   [`UnknownValue`].
/// - Resource names and times are kept as they are, unchecked.
///
/// The same holds for [`User`] and [`Group`]. Other self-describing formats of serde's do as
/// well; those that are not, such as bincode, cannot be read.
///
/// # Errors
///
/// Reading fails, with a message that says what was expected, on
///
/// - anything but an object, an array included: `[]`, `"spaces/AAAAqx7Kt0E"`;
/// - a value of the wrong type: `{"name": 1}`, `{"member": "users/1"}`, `{"role": 1.5}`;
/// - an enum's integer beyond 32 bits: `{"state": 2147483648}`;
/// - a known key that comes twice, even with `null`: `{"role": null, "role": "ROLE_MEMBER"}`;
/// - both kinds of members at once: `{"member": {}, "groupMember": {}}`. One of them may be
///   `null`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Membership {
    /// The resource name, `spaces/{space}/members/{member}`; empty if absent.
    ///
    /// In the API's answers it is canonical; in requests `{member}` may also be the user's
    /// e-mail address, or `app` for the calling app.
    pub name: String,
    /// Whether the member has joined: output only; [`MembershipState::Unspecified`] if absent.
    pub state: MembershipState,
    /// What the member may do in the space; [`MembershipRole::Unspecified`] if absent, as it is
    /// for a Google Group.
    pub role: MembershipRole,
    /// When the membership was created, in RFC 3339; `None` if absent.
    ///
    /// Output only, except as input in a space in import mode.
    pub create_time: Option<String>,
    /// When the membership was deleted, in RFC 3339; `None` if absent.
    ///
    /// Output only, except as input in a space in import mode.
    pub delete_time: Option<String>,
    /// How the user is related to the organisation that owns the space: output only;
    /// [`Affiliation::Unspecified`] if absent.
    ///
    /// In a space that a consumer account owns, everybody is [`Affiliation::External`].
    pub affiliation: Affiliation,
    /// Who the member is; `None` if neither `member` nor `groupMember` is there.
    pub member: Option<Member>,
}

/// The member of a membership: the API's union field `memberType`, which holds at most one of
/// `member` and `groupMember`.
///
/// It has no JSON form of its own: the key in the [`Membership`] tells which one it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Member {
    /// A person or a Chat app, under the key `member`.
    User(User),
    /// A Google Group, under the key `groupMember`.
    Group(Group),
}

/// A person or a Chat app: the API's `User`.
///
/// Its JSON keys are its fields' names in lowerCamelCase, but for [`user_type`](Self::user_type).
/// Reading and writing follow the rules of [`Membership`], errors included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The resource name, `users/{user}`, or `users/app` for the calling app; empty if absent.
    ///
    /// In requests a person's e-mail address may stand for `{user}`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The name to show: output only; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    /// The identifier of the user's Google Workspace domain; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub domain_id: String,
    /// Whether it is a person or a Chat app, under the key `type`; [`UserType::Unspecified`] if
    /// absent.
    #[serde(rename = "type", skip_serializing_if = "UserType::is_unspecified")]
    pub user_type: UserType,
    /// Whether the user is deleted or their profile is not visible: output only; `false` if
    /// absent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_anonymous: bool,
    /// The e-mail address; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// The address of the user's picture; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub avatar_url: String,
}

/// A Google Group: the API's `Group`.
///
/// Reading and writing follow the rules of [`Membership`], errors included.
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

    /// The [`User`]'s type; a [`Group`] is not the API's `member`, so it counts as no member.
    #[inline]
    fn member_type(&self) -> MemberType {
        match &self.member {
            Some(Member::User(user)) => MemberType::from(&user.user_type),
            Some(Member::Group(_)) | None => MemberType::NoMember,
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
