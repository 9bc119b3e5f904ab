//! The rules of create.

use std::fmt;

use gchat_filter::diagnostic::quoted;
use gchat_filter::list::{
    Detail, Reference, RpcCode, SpaceName, Status, Violation, parse_group, parse_user,
};
use gchat_filter::members::{
    Affiliation, Group, Membership, MembershipRole, MembershipState, User, UserOrGroup, UserType,
};

use super::call::{Call, allowed};
use super::identifier::{check_length, check_user, identifier};
use super::people::Person;
use super::space_settings::SpaceType;
use super::state::{Change, Space};

/// Field of the violation for a user's name.
const MEMBER_NAME: &str = "membership.member.name";

/// The live service's message about a user's name that is malformed or does not resolve.
const UNRESOLVED: &str = "Missing or malformed user resource name in the request. Human user \
    resource name must follow this format: users/{user}. App user resource name must be set as \
    users/app.";

impl Call<'_> {
    /// Adds a member.
    pub(super) fn create(
        &self,
        parent: &SpaceName,
        body: &Membership,
        now: String,
    ) -> Result<Change, Status> {
        match &body.member {
            Some(UserOrGroup::User(user)) => self.create_user(parent, body, user, now),
            Some(UserOrGroup::Group(group)) => self.create_group(parent, body, group, now),
            None => Err(Violation::new(
                "membership.member",
                "required: either `member` with its `name` and `type`, or `groupMember` with its \
                 `name`",
            )
            .into()),
        }
    }

    fn create_user(
        &self,
        parent: &SpaceName,
        body: &Membership,
        requested: &User,
        now: String,
    ) -> Result<Change, Status> {
        let reference = parse_member_name(&requested.name)?;
        let people = &self.state.people;
        let id = match (people.resolve(&reference, &self.who.app), &reference) {
            (Some(id), _) => id.to_owned(),
            (None, Reference::Email(email)) => id_from_email(email),
            (None, _) => return Err(Status::not_found()),
        };
        let own_app = id == self.who.app;
        let mut person = people.get(&id);
        if let Reference::Email(email) = &reference {
            person.email.clone_from(email);
        }
        let user_type = resolve_type(&person, own_app, &requested.user_type)?;
        let is_app = user_type == UserType::Bot;
        if self.state.refuses_unknown && !is_app && !people.contains(&id) {
            return Err(unresolved_user(UNRESOLVED));
        }
        person.external = !is_app && people.is_external(&person);
        let is_self = self.is_self(Some(&id));
        let space = self.scoped_space(parent, own_app)?;
        if is_self && !self.admin {
            // A person outside the space may join it if it is discoverable, unless they are from
            // outside the organization.
            let may_join = space.is_discoverable && !person.external;
            allowed(may_join || self.check_access(space).is_ok())?;
        } else {
            self.check_access(space)?;
            self.check_user(space, is_app, own_app, &person)?;
        }
        check_not_direct_message(space)?;
        let (create_time, delete_time) = import_times(space, body, now)?;
        if let Some(invitation) = space.of_user(&id)
            && is_self
            && invitation.state == MembershipState::Invited
        {
            // An invited person accepts the invitation.
            return Change::put(Membership {
                state: MembershipState::Joined,
                ..invitation.clone()
            });
        }
        let accepts = person.auto_accept && !person.external;
        let state = if is_app || is_self || accepts {
            MembershipState::Joined
        } else {
            MembershipState::Invited
        };
        let affiliation = match (is_app, person.external) {
            (true, _) => Affiliation::Unspecified,
            (false, true) => Affiliation::External,
            (false, false) => Affiliation::Internal,
        };
        let key = available_key(space, space.of_user(&id), &id)?;
        Change::put(Membership {
            name: parent.member(&key),
            state,
            role: MembershipRole::Member,
            create_time: Some(create_time),
            delete_time,
            affiliation,
            member: Some(UserOrGroup::User(User {
                name: format!("users/{id}"),
                display_name: person.display_name,
                user_type,
                email: person.email,
                avatar_url: person.avatar_url,
                ..User::default()
            })),
        })
    }

    /// Checks that the caller may add another person, or an app.
    fn check_user(
        &self,
        space: &Space,
        is_app: bool,
        own_app: bool,
        person: &Person,
    ) -> Result<(), Status> {
        allowed(!self.is_external())?;
        if is_app {
            // Only the calling app can be added, and only with user authentication.
            self.check_user_authentication()?;
            self.check_own_app(own_app)?;
            self.check_permission(space, space.manage_apps)
        } else {
            let invites = !self.admin && !self.who.is_app() && space.allows_external;
            allowed(!person.external || invites)?;
            self.check_permission(space, space.manage_members)
        }
    }

    fn create_group(
        &self,
        parent: &SpaceName,
        body: &Membership,
        group: &Group,
        now: String,
    ) -> Result<Change, Status> {
        let id = parse_group(&group.name)
            .map_err(|error| Violation::new("membership.groupMember.name", error))?;
        let key = format!("group-{id}");
        check_length(&key).map_err(|error| Violation::new("membership.groupMember.name", error))?;
        let space = self.space(parent, false)?;
        self.check_user_authentication()?;
        allowed(!self.is_external())?;
        self.check_permission(space, space.manage_members)?;
        check_not_direct_message(space)?;
        if space.kind != SpaceType::Space {
            return Err(Status::new(
                RpcCode::FailedPrecondition,
                "A Google Group can be added only to a space whose `spaceType` is `SPACE`.",
            ));
        }
        let (create_time, delete_time) = import_times(space, body, now)?;
        let key = available_key(space, space.of_group(&key), &key)?;
        Change::put(Membership {
            name: parent.member(&key),
            state: MembershipState::Joined,
            create_time: Some(create_time),
            delete_time,
            member: Some(UserOrGroup::Group(group.clone())),
            ..Membership::default()
        })
    }
}

/// Parses `member.name` in a body.
///
/// # Errors
///
/// 400 if it is not a valid name of a user: also for the name of a contact, `users/c123`, an alias that
/// the method does not support, `users/me`, and an address without a domain.
fn parse_member_name(name: &str) -> Result<Reference, Status> {
    let reference = parse_user(name).map_err(unresolved_user)?;
    check_user(&reference).map_err(|error| Violation::new(MEMBER_NAME, error))?;
    let is_resolvable = match &reference {
        Reference::CallingApp => true,
        Reference::Email(email) => !email.ends_with('@'),
        Reference::Id(id) => {
            let digits = id.strip_prefix('c').unwrap_or_default();
            let is_contact = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            id != "me" && !is_contact
        }
    };
    if is_resolvable {
        Ok(reference)
    } else {
        Err(unresolved_user(UNRESOLVED))
    }
}

/// Returns the error for a user's name that is malformed or does not resolve, with the live service's
/// message.
fn unresolved_user(description: impl fmt::Display) -> Status {
    let violation = Violation::new(MEMBER_NAME, description);
    Status::new(RpcCode::InvalidArgument, UNRESOLVED)
        .with_details(vec![Detail::BadRequest(vec![violation])])
}

/// Checks that a space is not a direct message, to which no one can be added (design decision).
///
/// # Errors
///
/// 400 `FAILED_PRECONDITION` if it is one.
fn check_not_direct_message(space: &Space) -> Result<(), Status> {
    if space.kind == SpaceType::DirectMessage {
        return Err(Status::new(
            RpcCode::FailedPrecondition,
            "Members cannot be added to a space whose `spaceType` is `DIRECT_MESSAGE`.",
        ));
    }
    Ok(())
}

/// Returns the type of a user to add: the known type, or else the requested one, or else a person
/// (design decision).
///
/// # Errors
///
/// 400 if the requested type is invalid or contradicts the known one.
fn resolve_type(person: &Person, own_app: bool, requested: &UserType) -> Result<UserType, Status> {
    let known = if own_app {
        UserType::Bot
    } else {
        person.user_type.clone()
    };
    match (known, requested) {
        (UserType::Unspecified, UserType::Unspecified) => Ok(UserType::Human),
        (UserType::Unspecified, UserType::Human | UserType::Bot) => Ok(requested.clone()),
        (known, _) if known == *requested || *requested == UserType::Unspecified => Ok(known),
        (known, _) => {
            let description = match known {
                UserType::Unspecified => format!("expected `HUMAN` or `BOT`, found `{requested}`"),
                known => format!("this user is `{known}`, not `{requested}`"),
            };
            Err(Violation::new("membership.member.type", description).into())
        }
    }
}

/// Returns the key for a new member; a former member keeps theirs.
///
/// # Errors
///
/// 409 if the member is already in the space.
fn available_key(space: &Space, member: Option<&Membership>, id: &str) -> Result<String, Status> {
    match member {
        None if space.has_key(id) => Err(Status::new(
            RpcCode::AlreadyExists,
            format!("The key {id} belongs to the membership of another member."),
        )),
        None => Ok(id.to_owned()),
        Some(member) if member.state == MembershipState::NotAMember => {
            Ok(identifier(&member.name).to_owned())
        }
        Some(member) => Err(Status::new(
            RpcCode::AlreadyExists,
            format!("The membership {} already exists.", member.name),
        )),
    }
}

/// Returns the times of a new membership. The body's times are input only in import mode; in other
/// spaces they are ignored (design decision).
///
/// # Errors
///
/// 400 if a time is invalid.
fn import_times(
    space: &Space,
    body: &Membership,
    now: String,
) -> Result<(String, Option<String>), Status> {
    if !space.import_mode {
        return Ok((now, None));
    }
    let read = |field, time: &Option<String>| {
        let time = time.as_deref().filter(|time| !time.is_empty()).map(to_utc);
        time.transpose()
            .map_err(|error| Status::from(Violation::new(field, error)))
    };
    let create_time = read("membership.createTime", &body.create_time)?;
    let delete_time = read("membership.deleteTime", &body.delete_time)?;
    Ok((create_time.unwrap_or(now), delete_time))
}

/// Converts a time in RFC 3339 to UTC. It checks the format first, because the parser is more
/// lenient.
fn to_utc(time: &str) -> Result<String, String> {
    let shape: String = time
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    let is_offset = |offset: &str| matches!(offset, "Z" | "+00:00" | "-00:00");
    let is_rfc3339 = shape
        .strip_prefix("0000-00-00T00:00:00")
        .is_some_and(|rest| {
            let fraction = rest.strip_prefix('.').unwrap_or_default();
            let offset = fraction.trim_start_matches('0');
            match fraction.len() - offset.len() {
                0 => is_offset(rest),
                1..=9 => is_offset(offset),
                _ => false,
            }
        });
    let found = quoted(time);
    if !is_rfc3339 {
        return Err(format!(
            "expected an RFC 3339 time, such as `2026-01-05T09:00:00Z`, found {found}"
        ));
    }
    let time: jiff::Timestamp = time
        .parse()
        .map_err(|error| format!("expected an RFC 3339 time, found {found}: {error}"))?;
    Ok(time.to_string())
}

/// Derives the identifier of a user of whom only an email address is known.
fn id_from_email(email: &str) -> String {
    let hash = blake3::hash(email.to_lowercase().as_bytes());
    let start = hash.as_bytes().first_chunk().expect("32 bytes");
    format!("1{:020}", u64::from_le_bytes(*start))
}
