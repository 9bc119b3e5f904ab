//! Memberships as messages of gRPC.

use gchat_filter::list::FieldMask;
use gchat_filter::members::{
    Affiliation, Group as GroupResource, Membership as Resource, MembershipRole, MembershipState,
    User as UserResource, UserOrGroup, UserType,
};
use prost_types::Timestamp;

use super::generated::membership::MemberType;
use super::generated::{Group, Membership, User};

/// An enum value without a number, which only a lenient seed has, becomes the unspecified one.
impl From<&Resource> for Membership {
    fn from(resource: &Resource) -> Self {
        Self {
            name: resource.name.clone(),
            state: resource.state.number().unwrap_or_default(),
            role: resource.role.number().unwrap_or_default(),
            create_time: time(resource.create_time.as_deref()),
            delete_time: time(resource.delete_time.as_deref()),
            affiliation: resource.affiliation.number().unwrap_or_default(),
            member_type: resource.member.as_ref().map(MemberType::from),
        }
    }
}

impl From<&UserOrGroup> for MemberType {
    fn from(member: &UserOrGroup) -> Self {
        match member {
            UserOrGroup::User(user) => Self::Member(User {
                name: user.name.clone(),
                display_name: user.display_name.clone(),
                avatar_url: user.avatar_url.clone(),
                email: user.email.clone(),
                domain_id: user.domain_id.clone(),
                r#type: user.user_type.number().unwrap_or_default(),
                is_anonymous: user.is_anonymous,
            }),
            UserOrGroup::Group(group) => Self::GroupMember(Group {
                name: group.name.clone(),
            }),
        }
    }
}

impl From<&Membership> for Resource {
    fn from(message: &Membership) -> Self {
        Self {
            name: message.name.clone(),
            state: MembershipState::from(message.state),
            role: MembershipRole::from(message.role),
            create_time: message.create_time.as_ref().map(text),
            delete_time: message.delete_time.as_ref().map(text),
            affiliation: Affiliation::from(message.affiliation),
            member: message.member_type.as_ref().map(UserOrGroup::from),
        }
    }
}

impl From<&MemberType> for UserOrGroup {
    fn from(member: &MemberType) -> Self {
        match member {
            MemberType::Member(user) => Self::User(UserResource {
                name: user.name.clone(),
                display_name: user.display_name.clone(),
                domain_id: user.domain_id.clone(),
                user_type: UserType::from(user.r#type),
                is_anonymous: user.is_anonymous,
                email: user.email.clone(),
                avatar_url: user.avatar_url.clone(),
            }),
            MemberType::GroupMember(group) => Self::Group(GroupResource {
                name: group.name.clone(),
            }),
        }
    }
}

fn time(text: Option<&str>) -> Option<Timestamp> {
    let time: jiff::Timestamp = text?.parse().ok()?;
    // Before 1970 too, nanoseconds count forward from the second.
    let nanos = time.as_nanosecond();
    Some(Timestamp {
        seconds: i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?,
        nanos: i32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?,
    })
}

/// Returns a time in RFC 3339. One that is out of range becomes a text that is not, which the rules of the
/// method refuse where they read it.
fn text(time: &Timestamp) -> String {
    let Timestamp { seconds, nanos } = *time;
    let is_valid = (0..1_000_000_000).contains(&nanos);
    match jiff::Timestamp::new(seconds, nanos)
        .ok()
        .filter(|_| is_valid)
    {
        Some(time) => time.to_string(),
        None => format!("{seconds} s and {nanos} ns"),
    }
}

/// Returns a membership with only the fields that a mask selects.
pub(super) fn selected(resource: &Resource, mask: &FieldMask) -> Membership {
    let mut message = Membership::from(resource);
    let is_missing = |name: &str| mask.field(name).is_none();
    if is_missing("name") {
        message.name.clear();
    }
    for (name, value) in [
        ("state", &mut message.state),
        ("role", &mut message.role),
        ("affiliation", &mut message.affiliation),
    ] {
        if is_missing(name) {
            *value = 0;
        }
    }
    for (name, time) in [
        ("createTime", &mut message.create_time),
        ("deleteTime", &mut message.delete_time),
    ] {
        if is_missing(name) {
            *time = None;
        }
    }
    match &mut message.member_type {
        Some(MemberType::Member(user)) => match mask.field("member") {
            Some(mask) => select_user(user, mask),
            None => message.member_type = None,
        },
        Some(MemberType::GroupMember(_)) if is_missing("groupMember") => {
            message.member_type = None;
        }
        _ => {}
    }
    message
}

fn select_user(user: &mut User, mask: &FieldMask) {
    let is_missing = |name: &str| mask.field(name).is_none();
    for (name, text) in [
        ("name", &mut user.name),
        ("displayName", &mut user.display_name),
        ("avatarUrl", &mut user.avatar_url),
        ("email", &mut user.email),
        ("domainId", &mut user.domain_id),
    ] {
        if is_missing(name) {
            text.clear();
        }
    }
    if is_missing("type") {
        user.r#type = 0;
    }
    user.is_anonymous &= !is_missing("isAnonymous");
}
