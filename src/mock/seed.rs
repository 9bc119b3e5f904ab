//! Seed: the initial state of a mock server, in JSON. Errors have a line and a column.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use thiserror::Error;

use super::people::complete;
use super::state::{Permission, SpaceType, check_length, check_user, identifier};
use crate::list::{MembershipName, Reference, Scope, SpaceName, parse_group, parse_user};
use crate::{Member, Membership, MembershipRole};

/// The error for an invalid seed. Lines and columns count from 1, columns in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {message}")]
#[non_exhaustive]
pub struct SeedError {
    /// Line of the error.
    pub line: usize,
    /// Column of the error, in bytes.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// A space in a seed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SpaceSeed {
    pub(super) name: String,
    #[serde(default)]
    pub(super) space_type: SpaceType,
    #[serde(default)]
    #[allow(
        dead_code,
        reason = "for readers of the seed; no method of `spaces.members` returns it"
    )]
    display_name: String,
    #[serde(default)]
    pub(super) import_mode: bool,
    /// Name of a person or an app, `users/{user}`.
    pub(super) creator: Option<String>,
    #[serde(default)]
    pub(super) permission_settings: PermissionSettings,
    #[serde(default)]
    pub(super) access_settings: AccessSettings,
    /// Whether people from outside the organization can be added.
    pub(super) external_user_allowed: Option<bool>,
    /// Who can list the members.
    #[serde(default)]
    pub(super) members_visible_to: Visibility,
}

/// The permission settings of a space that the server uses.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PermissionSettings {
    pub(super) manage_members_and_groups: Option<Permission>,
    pub(super) manage_apps: Option<Permission>,
}

/// Who finds a space and can join it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AccessSettings {
    #[serde(default)]
    access_state: AccessState,
    /// Name of a target audience, `audiences/{audience}`.
    #[serde(default)]
    audience: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum AccessState {
    #[default]
    #[serde(rename = "ACCESS_STATE_UNSPECIFIED")]
    Unspecified,
    Private,
    Discoverable,
}

impl AccessSettings {
    pub(super) fn is_discoverable(&self) -> bool {
        self.access_state == AccessState::Discoverable || !self.audience.is_empty()
    }
}

/// Who can list the members of a space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Visibility {
    #[default]
    Members,
    /// Managers and owners.
    Managers,
}

/// A person in a seed: what their memberships do not say.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct UserSeed {
    pub(super) name: String,
    #[serde(default)]
    pub(super) email: String,
    #[serde(default)]
    pub(super) display_name: String,
    #[serde(default)]
    pub(super) avatar_url: String,
    /// Whether the person joins at once when added; if not, they are invited.
    #[serde(default = "default_auto_accept")]
    pub(super) auto_accept: bool,
    #[serde(default)]
    pub(super) admin: bool,
    /// Whether the person is from outside the organization.
    #[serde(default)]
    pub(super) external: bool,
}

fn default_auto_accept() -> bool {
    true
}

/// A caller in a seed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CallerSeed {
    pub(super) token: String,
    pub(super) user: Option<String>,
    pub(super) app: Option<String>,
    #[serde(default)]
    pub(super) scopes: Vec<String>,
}

/// A fault in a seed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FaultSeed {
    /// Request path after `v1/`, where `*` matches any text.
    pub(super) path: String,
    /// HTTP status of the response; `None` if the request is only delayed.
    pub(super) status: Option<u16>,
    /// Number of requests affected; `None` if the fault lasts indefinitely.
    pub(super) times: Option<u64>,
    /// Delay before the response, in milliseconds.
    #[serde(default)]
    pub(super) delay_ms: u64,
}

/// What users see of other users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum UserDetails {
    #[default]
    All,
    /// Only the name and the type.
    None,
}

/// What happens when a person who is not in the seed is added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum UnknownUsers {
    #[default]
    Create,
    /// The request fails.
    Refuse,
}

/// A valid seed.
#[derive(Clone, Debug, Default)]
pub(super) struct Seed {
    pub(super) spaces: Vec<SpaceSeed>,
    pub(super) memberships: Vec<Membership>,
    pub(super) users: Vec<UserSeed>,
    pub(super) callers: Vec<CallerSeed>,
    pub(super) faults: Vec<FaultSeed>,
    pub(super) domains: Vec<String>,
    pub(super) user_details: UserDetails,
    pub(super) unknown_users: UnknownUsers,
}

/// The outermost object. Its items are parsed separately, so that errors have their place in the
/// seed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Outline<'s> {
    #[serde(borrow)]
    spaces: Vec<&'s RawValue>,
    #[serde(borrow)]
    memberships: Vec<&'s RawValue>,
    #[serde(borrow, default)]
    users: Vec<&'s RawValue>,
    #[serde(borrow, default)]
    callers: Vec<&'s RawValue>,
    #[serde(borrow, default)]
    faults: Vec<&'s RawValue>,
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default)]
    user_details: UserDetails,
    #[serde(default)]
    unknown_users: UnknownUsers,
}

impl Seed {
    /// Parses a seed, and checks that its parts agree.
    ///
    /// # Errors
    ///
    /// The first error in the seed.
    pub(super) fn parse(text: &str) -> Result<Self, SeedError> {
        let start = text.len() - text.trim_start().len();
        is_object(text, "`spaces` and `memberships`")
            .map_err(|m| Place::of(text, start).error(m))?;
        let outline: Outline<'_> = serde_json::from_str(text)
            .map_err(|error| SeedError::json(&error, Place { line: 1, column: 1 }))?;
        let mut check = Check {
            text,
            ..Check::default()
        };
        let mut seed = Self {
            spaces: check.items(&outline.spaces, "a `name`", Check::space)?,
            users: check.items(&outline.users, "a `name`", Check::user)?,
            memberships: check.items(
                &outline.memberships,
                "a `name` and a `member`",
                Check::membership,
            )?,
            callers: check.items(&outline.callers, "a `token`", Check::caller)?,
            faults: check.items(&outline.faults, "a `path`", Check::fault)?,
            domains: outline.domains,
            user_details: outline.user_details,
            unknown_users: outline.unknown_users,
        };
        // Only now are all users and callers known.
        for (space, raw) in seed.spaces.iter().zip(&outline.spaces) {
            check
                .creator(space, &seed.callers)
                .map_err(|message| check.place(raw).error(message))?;
        }
        complete(&mut seed.memberships, &seed.users);
        Ok(seed)
    }
}

/// What has been parsed of a seed, for the checks of later parts.
#[derive(Default)]
struct Check<'s> {
    text: &'s str,
    /// By name of the space, whether it has roles.
    spaces: BTreeMap<String, bool>,
    memberships: BTreeSet<String>,
    /// Space and user or group of every membership.
    members: BTreeSet<(String, String)>,
    users: BTreeSet<String>,
    has_users: bool,
    emails: BTreeSet<String>,
    tokens: BTreeSet<String>,
}

impl Check<'_> {
    fn items<T: for<'de> Deserialize<'de>>(
        &mut self,
        items: &[&RawValue],
        with: &str,
        check: impl Fn(&mut Self, &T) -> Result<(), String>,
    ) -> Result<Vec<T>, SeedError> {
        let mut read = Vec::with_capacity(items.len());
        for raw in items {
            is_object(raw.get(), with).map_err(|message| self.place(raw).error(message))?;
            let item: T = serde_json::from_str(raw.get())
                .map_err(|error| SeedError::json(&error, self.place(raw)))?;
            check(self, &item).map_err(|message| self.place(raw).error(message))?;
            read.push(item);
        }
        Ok(read)
    }

    /// Returns the place of an item. It borrows from the text, so the difference of their addresses
    /// is its offset.
    fn place(&self, raw: &RawValue) -> Place {
        let offset = raw.get().as_ptr().addr() - self.text.as_ptr().addr();
        Place::of(self.text, offset)
    }

    /// Checks that a creator is a known user or a calling app, if the seed has `users`.
    fn creator(&self, space: &SpaceSeed, callers: &[CallerSeed]) -> Result<(), String> {
        let Some(creator) = space.creator.as_deref().filter(|_| self.has_users) else {
            return Ok(());
        };
        let calls = |caller: &CallerSeed| caller.app.as_deref() == Some(creator);
        if self.users.contains(identifier(creator)) || callers.iter().any(calls) {
            Ok(())
        } else {
            Err(format!("`creator`: unknown user {}", quoted(creator)))
        }
    }

    fn space(&mut self, space: &SpaceSeed) -> Result<(), String> {
        SpaceName::parse(&space.name).map_err(|error| format!("space name: {error}"))?;
        check_length(identifier(&space.name)).map_err(|error| format!("space name: {error}"))?;
        if let Some(creator) = &space.creator {
            canonical_id(creator, "creator")?;
        }
        let has_roles = space.space_type == SpaceType::Space;
        let before = self.spaces.insert(space.name.clone(), has_roles);
        if before.is_some() {
            return Err(format!("duplicate space {}", quoted(&space.name)));
        }
        Ok(())
    }

    fn user(&mut self, user: &UserSeed) -> Result<(), String> {
        self.has_users = true;
        let id = canonical_id(&user.name, "name")?;
        if !self.users.insert(id) {
            return Err(format!("duplicate user {}", quoted(&user.name)));
        }
        if !user.email.is_empty() {
            if !user.email.contains('@') {
                let email = quoted(&user.email);
                return Err(format!("an email address must contain `@`, found {email}"));
            }
            check_length(&user.email)?;
            if !self.emails.insert(user.email.to_lowercase()) {
                let email = quoted(&user.email);
                return Err(format!("two users have the email address {email}"));
            }
        }
        Ok(())
    }

    fn membership(&mut self, membership: &Membership) -> Result<(), String> {
        let name = MembershipName::parse(&membership.name)
            .map_err(|error| format!("membership name: {error}"))?;
        if !matches!(name.member, Reference::Id(_)) {
            return Err(format!(
                "a membership name in a seed must be canonical, without aliases, found {}",
                quoted(&membership.name)
            ));
        }
        check_length(identifier(&membership.name))
            .map_err(|error| format!("membership name: {error}"))?;
        let Some(&has_roles) = self.spaces.get(name.space.as_str()) else {
            return Err(format!("unknown space {}", quoted(name.space.as_str())));
        };
        if !self.memberships.insert(membership.name.clone()) {
            let name = quoted(&membership.name);
            return Err(format!("duplicate membership {name}"));
        }
        let is_role = matches!(
            membership.role,
            MembershipRole::Manager | MembershipRole::AssistantManager
        );
        match &membership.member {
            _ if !has_roles && is_role => {
                return Err(format!(
                    "`{}` is allowed only in spaces whose `spaceType` is `SPACE`",
                    membership.role
                ));
            }
            None => return Err("a membership must have a `member` or a `groupMember`".to_owned()),
            Some(Member::Group(group)) => {
                let id = parse_group(&group.name)
                    .map_err(|error| format!("`groupMember.name`: {error}"))?;
                check_length(&format!("group-{id}"))
                    .map_err(|error| format!("`groupMember.name`: {error}"))?;
                self.check_once(&name, &group.name)?;
            }
            Some(Member::User(user)) => {
                let id = canonical_id(&user.name, "member.name")?;
                check_user(&name.member).map_err(|error| format!("membership name: {error}"))?;
                check_length(&user.email)?;
                self.check_once(&name, &user.name)?;
                self.users.insert(id);
            }
        }
        Ok(())
    }

    /// Checks that a user or a group has only one membership in a space.
    fn check_once(&mut self, name: &MembershipName, member: &str) -> Result<(), String> {
        let space = name.space.as_str();
        if self.members.insert((space.to_owned(), member.to_owned())) {
            Ok(())
        } else {
            let (member, space) = (quoted(member), quoted(space));
            Err(format!("{member} has two memberships in {space}"))
        }
    }

    fn caller(&mut self, caller: &CallerSeed) -> Result<(), String> {
        if caller.token.is_empty() || !self.tokens.insert(caller.token.clone()) {
            return Err("a caller must have a unique, non-empty `token`".to_owned());
        }
        match (&caller.user, &caller.app) {
            (Some(user), None) => {
                let id = canonical_id(user, "user")?;
                if self.has_users && !self.users.contains(&id) {
                    return Err(format!("unknown user {}", quoted(user)));
                }
            }
            (None, Some(app)) => drop(canonical_id(app, "app")?),
            _ => return Err("a caller must have either a `user` or an `app`".to_owned()),
        }
        for scope in &caller.scopes {
            let is_other_api = scope.starts_with("https://") && !scope.contains("/auth/chat.");
            if Scope::from_name(scope).is_none() && !is_other_api {
                let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.name()).collect();
                return Err(format!(
                    "unknown scope {}, expected one of {}, or the URL of a scope of another API",
                    quoted(scope),
                    known.join(", ")
                ));
            }
        }
        Ok(())
    }

    #[allow(
        clippy::unused_self,
        reason = "it has the signature of the other checks"
    )]
    fn fault(&mut self, fault: &FaultSeed) -> Result<(), String> {
        let path = fault.path.trim_start_matches('/');
        let path = path.strip_prefix("v1/").unwrap_or(path);
        if path != fault.path {
            return Err(format!(
                "a fault's `path` starts after `/v1/`: write {} instead of {}",
                quoted(path),
                quoted(&fault.path)
            ));
        }
        match fault.status {
            Some(status) if !(400..600).contains(&status) => Err(format!(
                "a fault's `status` must be from 400 to 599, found {status}"
            )),
            None if fault.delay_ms == 0 => {
                Err("a fault must have a `status` or a `delayMs`".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// Checks that a JSON value is an object, because the parser would also accept an array of the
/// fields. Invalid JSON passes, because the parser has the better message.
fn is_object(text: &str, with: &str) -> Result<(), String> {
    if text.trim_start().starts_with('{') || serde_json::from_str::<IgnoredAny>(text).is_err() {
        Ok(())
    } else {
        Err(format!("expected an object with {with}"))
    }
}

/// Returns the identifier in `users/{user}`, which must not be an alias.
fn canonical_id(name: &str, field: &str) -> Result<String, String> {
    match parse_user(name) {
        Ok(Reference::Id(id)) => match check_user(&Reference::Id(id.clone())) {
            Ok(()) => Ok(id),
            Err(error) => Err(format!("`{field}`: {error}")),
        },
        Ok(_) => Err(format!(
            "`{field}` must be canonical in a seed, found {}",
            quoted(name)
        )),
        Err(error) => Err(format!("`{field}`: {error}")),
    }
}

fn quoted(text: &str) -> impl fmt::Display {
    crate::diagnostic::Quoted(text).to_string()
}

/// A place in a text; line and column count from 1.
#[derive(Clone, Copy)]
struct Place {
    line: usize,
    column: usize,
}

impl Place {
    fn error(self, message: String) -> SeedError {
        let Self { line, column } = self;
        SeedError {
            line,
            column,
            message,
        }
    }

    fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column: offset - before.rfind('\n').map_or(0, |newline| newline + 1) + 1,
        }
    }
}

impl SeedError {
    /// Converts an error in an item that starts at a place.
    fn json(error: &serde_json::Error, start: Place) -> Self {
        let message = error.to_string();
        // The place in the parser's message is relative to the item.
        let message = message
            .rsplit_once(" at line ")
            .map_or(&*message, |(message, _)| message);
        let column = error.column().max(1);
        Self {
            line: start.line + error.line().max(1) - 1,
            column: if error.line() <= 1 {
                start.column + column - 1
            } else {
                column
            },
            message: message.to_owned(),
        }
    }
}
