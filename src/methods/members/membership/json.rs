//! JSON representations that `derive` cannot express.

use serde::ser::{Serialize, Serializer};

use super::time::Time;
use super::{
    Affiliation, Cell, Group, MemberType, Membership, MembershipRole, MembershipState, Role, User,
    UserOrGroup,
};
use crate::methods::object::read_object;

read_object!(
    Membership,
    "a membership object",
    {
        "name" => name,
        "state" => state,
        "role" => role,
        "createTime" | "create_time" => create_time,
        "deleteTime" | "delete_time" => delete_time,
        "member" => member unless group_member(
            "expected at most one of `member` and `groupMember`, found both"
        ),
        "groupMember" | "group_member" => group_member unless member(
            "expected at most one of `member` and `groupMember`, found both"
        ),
        "affiliation" => affiliation,
    },
    Membership {
        name: name.unwrap_or_default(),
        state: state.unwrap_or_default(),
        role: role.unwrap_or_default(),
        create_time: create_time.map(|Time(time)| time),
        delete_time: delete_time.map(|Time(time)| time),
        affiliation: affiliation.unwrap_or_default(),
        member: member.map(UserOrGroup::User).or(group_member.map(UserOrGroup::Group)),
    },
);

read_object!(
    Cell,
    "a membership object",
    { "role" => role, "member" => member, },
    Cell {
        role: Role::from(&role.unwrap_or_default()),
        member_type: member.map_or(MemberType::NoMember, |Member(member_type)| member_type),
    },
);

/// What filters see of a user.
struct Member(MemberType);

read_object!(
    Member,
    "a user object",
    { "type" | "type_" => user_type, },
    Member(MemberType::from(&user_type.unwrap_or_default())),
);

read_object!(
    User,
    "a user object",
    {
        "name" => name,
        "displayName" | "display_name" => display_name,
        "domainId" | "domain_id" => domain_id,
        "type" | "type_" => user_type,
        "isAnonymous" | "is_anonymous" => is_anonymous,
        "email" => email,
        "avatarUrl" | "avatar_url" => avatar_url,
    },
    User {
        name: name.unwrap_or_default(),
        display_name: display_name.unwrap_or_default(),
        domain_id: domain_id.unwrap_or_default(),
        user_type: user_type.unwrap_or_default(),
        is_anonymous: is_anonymous.unwrap_or_default(),
        email: email.unwrap_or_default(),
        avatar_url: avatar_url.unwrap_or_default(),
    },
);

read_object!(
    Group,
    "a group object",
    { "name" => name, },
    Group { name: name.unwrap_or_default() },
);

impl Serialize for Membership {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// The JSON object, with its keys in output order.
        #[derive(serde::Serialize)]
        #[serde(rename = "Membership", rename_all = "camelCase")]
        struct Object<'a> {
            #[serde(skip_serializing_if = "str::is_empty")]
            name: &'a str,
            #[serde(skip_serializing_if = "MembershipState::is_unspecified")]
            state: &'a MembershipState,
            #[serde(skip_serializing_if = "MembershipRole::is_unspecified")]
            role: &'a MembershipRole,
            #[serde(skip_serializing_if = "Option::is_none")]
            create_time: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            delete_time: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            member: Option<&'a User>,
            #[serde(skip_serializing_if = "Option::is_none")]
            group_member: Option<&'a Group>,
            #[serde(skip_serializing_if = "Affiliation::is_unspecified")]
            affiliation: &'a Affiliation,
        }

        // Without `..`, so that a new field causes a compile error here.
        let Self {
            name,
            state,
            role,
            create_time,
            delete_time,
            affiliation,
            member,
        } = self;
        let (member, group_member) = match member {
            Some(UserOrGroup::User(user)) => (Some(user), None),
            Some(UserOrGroup::Group(group)) => (None, Some(group)),
            None => (None, None),
        };
        Object {
            name,
            state,
            role,
            create_time: create_time.as_deref(),
            delete_time: delete_time.as_deref(),
            member,
            group_member,
            affiliation,
        }
        .serialize(serializer)
    }
}
