//! The rules of get, create, delete and patch: what a request changes, or why it is rejected.
//!
//! The rules are those of the API reference; the others are marked as design decisions.

use super::state::{
    Change, Person, Space, State, check_length, identifier, is_manager, parse_member_name,
};
use crate::diagnostic::Quoted;
use crate::list::{
    Authentication, Caller, Class, Code, Condition, MembershipName, Method, Reference, SpaceName,
    Status, UpdateMask, Violation, parse_group,
};
use crate::{
    Affiliation, Group, Member, Membership, MembershipRole, MembershipState, User, UserType,
};

/// The caller of a request: privileges and identity.
#[derive(Clone, Debug)]
pub(super) struct Requester {
    pub(super) caller: Caller,
    /// The caller's identifier; `None` for the unrestricted caller, who manages every space.
    pub(super) id: Option<String>,
    /// Identifier of the calling app.
    pub(super) app: String,
}

impl Requester {
    fn is_app(&self) -> bool {
        self.caller.authentication == Authentication::App
    }
}

/// A call of a method: the caller, and their privileges.
pub(super) struct Call<'w> {
    state: &'w State,
    who: &'w Requester,
    admin: bool,
    conditions: Vec<Condition>,
}

impl<'w> Call<'w> {
    /// Creates a call that the caller's scopes permit, at least in some spaces.
    ///
    /// # Errors
    ///
    /// 403, as in [`Caller::authorize`].
    pub(super) fn new(
        state: &'w State,
        who: &'w Requester,
        method: Method,
        admin: bool,
    ) -> Result<Self, Status> {
        let conditions = who.caller.authorize(method, admin)?;
        Ok(Self {
            state,
            who,
            admin,
            conditions,
        })
    }

    /// Returns the space if it exists, the scopes cover it, and the caller can access it: they are in
    /// it, use admin access, or created it (design decision).
    ///
    /// # Errors
    ///
    /// 404 if there is no such space, 403 if the caller cannot access it.
    pub(super) fn space(&self, name: &SpaceName, own_app: bool) -> Result<&'w Space, Status> {
        let space = self.state.space(name.as_str())?;
        let holds = |condition: &Condition| match condition {
            Condition::Always => true,
            Condition::OwnApp => own_app,
            Condition::ImportMode => space.import_mode,
        };
        if !self.conditions.iter().any(holds) {
            return Err(Status::insufficient_scopes());
        }
        let is_accessible = |id: &String| {
            let is_member = |member: &Membership| member.state != MembershipState::NotAMember;
            space.creator.as_ref() == Some(id) || space.member(id).is_some_and(is_member)
        };
        // An app that adds itself is not in the space yet.
        let adds_itself = own_app && self.who.is_app();
        if self.admin || adds_itself || self.who.id.as_ref().is_none_or(is_accessible) {
            Ok(space)
        } else {
            Err(Status::permission_denied())
        }
    }

    /// Returns whether the caller created the space.
    fn created(&self, space: &Space) -> bool {
        self.who.id.is_none() || self.who.id == space.creator
    }

    /// Returns whether the caller manages the space, or has a manager's rights.
    fn manages(&self, space: &Space) -> bool {
        let manages = |id: &String| {
            let member = space.member(id);
            member.is_some_and(|member| is_manager(Class::of(member)))
        };
        self.admin || self.who.id.as_ref().is_none_or(manages)
    }

    /// Returns the space and the membership of a name.
    fn existing(&self, name: &MembershipName) -> Result<(&'w Space, &'w Membership), Status> {
        let id = self.state.resolve(&name.member, &self.who.app);
        let own_app = id == Some(&*self.who.app);
        let space = self.space(&name.space, own_app)?;
        let member = id.and_then(|id| space.member(id));
        // A former member is treated as missing (design decision).
        let member = member
            .filter(|member| member.state != MembershipState::NotAMember)
            .ok_or_else(Status::not_found)?;
        // Groups require user authentication, even for reading.
        if self.who.is_app() && is_group(member) {
            return Err(Status::permission_denied());
        }
        Ok((space, member))
    }

    /// Returns a membership.
    pub(super) fn get(&self, name: &MembershipName) -> Result<Membership, Status> {
        let (_, member) = self.existing(name)?;
        if self.admin && is_app(member) {
            return Err(Status::permission_denied());
        }
        Ok(member.clone())
    }

    /// Adds a member.
    pub(super) fn create(
        &self,
        parent: &SpaceName,
        body: &Membership,
        now: String,
    ) -> Result<Change, Status> {
        match &body.member {
            Some(Member::User(user)) => self.create_user(parent, body, user, now),
            Some(Member::Group(group)) => self.create_group(parent, body, group, now),
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
        let id = match (self.state.resolve(&reference, &self.who.app), &reference) {
            (Some(id), _) => id.to_owned(),
            (None, Reference::Email(email)) => id_from_email(email),
            (None, _) => return Err(Status::not_found()),
        };
        let own_app = id == self.who.app;
        let mut person = self.state.person(&id);
        if let Reference::Email(email) = &reference {
            person.email.clone_from(email);
        }
        let user_type = resolve_type(&person, own_app, &requested.user_type)?;
        let space = self.space(parent, own_app)?;
        let is_app = user_type == UserType::Bot;
        if is_app {
            // Only the calling app can be added, but not with admin access. With app
            // authentication it needs the scope for that.
            let with_own_scope = self.conditions.contains(&Condition::OwnApp);
            if !own_app || self.admin || self.who.is_app() && !with_own_scope {
                return Err(Status::permission_denied());
            }
        } else if person.external && (self.admin || self.who.is_app()) {
            return Err(Status::permission_denied());
        }
        let state = if is_app || person.auto_accept {
            MembershipState::Joined
        } else {
            MembershipState::Invited
        };
        let affiliation = match (is_app, person.external) {
            (true, _) => Affiliation::Unspecified,
            (false, true) => Affiliation::External,
            (false, false) => Affiliation::Internal,
        };
        let (create_time, delete_time) = import_times(space, body, now)?;
        let key = available_key(space, &id)?;
        Change::put(Membership {
            name: parent.member(&key),
            state,
            role: MembershipRole::Member,
            create_time: Some(create_time),
            delete_time,
            affiliation,
            member: Some(Member::User(User {
                name: format!("users/{id}"),
                display_name: person.display_name,
                user_type,
                email: person.email,
                ..User::default()
            })),
        })
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
        if self.who.is_app() {
            return Err(Status::permission_denied());
        }
        let (create_time, delete_time) = import_times(space, body, now)?;
        let key = available_key(space, &key)?;
        Change::put(Membership {
            name: parent.member(&key),
            state: MembershipState::Joined,
            create_time: Some(create_time),
            delete_time,
            member: Some(Member::Group(group.clone())),
            ..Membership::default()
        })
    }

    /// Removes a member.
    pub(super) fn delete(&self, name: &MembershipName) -> Result<Change, Status> {
        let (space, member) = self.existing(name)?;
        if is_app(member) {
            let own = user_id(member) == Some(&*self.who.app);
            let with_own_scope = self.conditions.contains(&Condition::OwnApp);
            if !own || self.admin || self.who.is_app() && !with_own_scope {
                return Err(Status::permission_denied());
            }
        }
        if member.role == MembershipRole::Manager {
            let may = if self.who.is_app() {
                self.created(space)
            } else {
                self.manages(space)
            };
            if !may {
                return Err(Status::permission_denied());
            }
            check_manager_remains(space, member, "removed")?;
        }
        Ok(Change::Remove(member.name.clone()))
    }

    /// Changes a member's role.
    pub(super) fn patch(
        &self,
        name: &MembershipName,
        update_mask: &str,
        body: &Membership,
    ) -> Result<Change, Status> {
        let mut violations = Vec::new();
        if let Err(error) = UpdateMask::parse(update_mask) {
            violations.push(Violation::new("updateMask", error));
        }
        if !matches!(
            body.role,
            MembershipRole::Member | MembershipRole::Manager | MembershipRole::AssistantManager
        ) {
            let description = "required: `ROLE_MEMBER`, `ROLE_MANAGER` or `ROLE_ASSISTANT_MANAGER`";
            violations.push(Violation::new("membership.role", description));
        }
        if !violations.is_empty() {
            return Err(crate::list::Violations::of(violations).into());
        }
        let (space, member) = self.existing(name)?;
        if self.who.is_app() && !self.created(space) {
            return Err(Status::permission_denied());
        }
        if is_group(member) {
            let description = "the role of a Google Group cannot be changed";
            return Err(Violation::new("name", description).into());
        }
        if is_app(member) && body.role != MembershipRole::Member {
            let description = "an app cannot manage a space: its role must be `ROLE_MEMBER`";
            return Err(Violation::new("membership.role", description).into());
        }
        if !space.has_roles && body.role != MembershipRole::Member {
            return Err(Status::new(
                Code::FailedPrecondition,
                format!(
                    "`{}` is allowed only in spaces whose `spaceType` is `SPACE`; in other spaces \
                     the role must be `ROLE_MEMBER`.",
                    body.role
                ),
            ));
        }
        if body.role != MembershipRole::Manager {
            check_manager_remains(space, member, "demoted")?;
        }
        Change::put(Membership {
            role: body.role.clone(),
            ..member.clone()
        })
    }
}

fn is_group(member: &Membership) -> bool {
    matches!(member.member, Some(Member::Group(_)))
}

fn is_app(member: &Membership) -> bool {
    matches!(&member.member, Some(Member::User(user)) if user.user_type == UserType::Bot)
}

fn user_id(member: &Membership) -> Option<&str> {
    match &member.member {
        Some(Member::User(user)) => Some(identifier(&user.name)),
        _ => None,
    }
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
fn available_key(space: &Space, id: &str) -> Result<String, Status> {
    match space.member(id) {
        None => Ok(id.to_owned()),
        Some(member) if member.state == MembershipState::NotAMember => {
            Ok(identifier(&member.name).to_owned())
        }
        Some(member) => Err(Status::new(
            Code::AlreadyExists,
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
    let found = Quoted(time);
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

/// Checks that the member is not the only manager who has joined the space.
///
/// # Errors
///
/// 400 `FAILED_PRECONDITION` if they are.
fn check_manager_remains(space: &Space, member: &Membership, what: &str) -> Result<(), Status> {
    if is_manager(Class::of(member)) && space.managers() == 1 {
        return Err(Status::new(
            Code::FailedPrecondition,
            format!(
                "The only space manager cannot be {what}: make another member a manager first."
            ),
        ));
    }
    Ok(())
}

/// Derives the identifier of a user of whom only an email address is known.
fn id_from_email(email: &str) -> String {
    let hash = blake3::hash(email.to_lowercase().as_bytes());
    let number = hash
        .as_bytes()
        .first_chunk()
        .copied()
        .map_or(0, u64::from_le_bytes);
    format!("1{number:020}")
}
