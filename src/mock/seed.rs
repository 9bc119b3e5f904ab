//! What a mock server starts with: a JSON text, read with the place of every mistake.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use thiserror::Error;

use super::state::{identifier, is_fit, is_short};
use crate::list::{MembershipName, Reference, Scope, SpaceName, parse_group, parse_user};
use crate::{Member, Membership, MembershipRole};

/// A seed that cannot be used: where, and why. Lines and columns count from 1, columns in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {message}")]
#[non_exhaustive]
pub struct SeedError {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

/// A space.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SpaceSeed {
    pub(super) name: String,
    /// As the API has it: `SPACE`, `GROUP_CHAT` or `DIRECT_MESSAGE`.
    #[serde(default = "space_type")]
    pub(super) space_type: String,
    #[serde(default)]
    #[allow(
        dead_code,
        reason = "for whoever reads the seed; no method of members shows it"
    )]
    display_name: String,
    #[serde(default)]
    pub(super) import_mode: bool,
    /// `users/{user}`: a person or an app.
    pub(super) creator: Option<String>,
}

fn space_type() -> String {
    "SPACE".to_owned()
}

/// A person, as far as a membership does not tell it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct UserSeed {
    pub(super) name: String,
    #[serde(default)]
    pub(super) email: String,
    #[serde(default)]
    pub(super) display_name: String,
    /// Whether somebody who is added has joined at once; otherwise they are invited.
    #[serde(default = "yes")]
    pub(super) auto_accept: bool,
    #[serde(default)]
    pub(super) admin: bool,
    /// Whether they are from outside the organisation.
    #[serde(default)]
    pub(super) external: bool,
}

fn yes() -> bool {
    true
}

/// Who may call, and with which token.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CallerSeed {
    pub(super) token: String,
    pub(super) user: Option<String>,
    pub(super) app: Option<String>,
    #[serde(default)]
    pub(super) scopes: Vec<String>,
}

/// Requests that fail, or wait, on purpose.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FaultSeed {
    /// What stands behind `v1/`; `*` is any text.
    pub(super) path: String,
    /// The HTTP status to answer; without one the request is only delayed.
    pub(super) status: Option<u16>,
    /// How often; without it, always.
    pub(super) times: Option<u64>,
    /// How long to wait first, in milliseconds.
    #[serde(default)]
    pub(super) delay_ms: u64,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Seed {
    pub(super) spaces: Vec<SpaceSeed>,
    pub(super) memberships: Vec<Membership>,
    pub(super) users: Vec<UserSeed>,
    pub(super) callers: Vec<CallerSeed>,
    pub(super) faults: Vec<FaultSeed>,
}

/// The outermost object: its lists' items stay text until their places are known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
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
}

impl Seed {
    /// Reads a seed, and checks what one part says of another.
    ///
    /// # Errors
    ///
    /// At the first mistake.
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
        let seed = Self {
            spaces: check.items(&outline.spaces, "a `name`", Check::space)?,
            users: check.items(&outline.users, "a `name`", Check::user)?,
            memberships: check.items(
                &outline.memberships,
                "a `name` and a `member`",
                Check::membership,
            )?,
            callers: check.items(&outline.callers, "a `token`", Check::caller)?,
            faults: check.items(&outline.faults, "a `path`", Check::fault)?,
        };
        // Everybody is known only now.
        for (space, raw) in seed.spaces.iter().zip(&outline.spaces) {
            check
                .creator(space, &seed.callers)
                .map_err(|message| check.place(raw).error(message))?;
        }
        Ok(seed)
    }
}

/// What has been seen of a seed, for the parts that speak of it.
#[derive(Default)]
struct Check<'s> {
    text: &'s str,
    /// Whether a space has roles, by its name.
    spaces: BTreeMap<String, bool>,
    memberships: BTreeSet<String>,
    /// The space and the user or group of every membership.
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

    /// Where an item is: it borrows from the text, so their addresses tell its offset.
    fn place(&self, raw: &RawValue) -> Place {
        let offset = raw.get().as_ptr().addr() - self.text.as_ptr().addr();
        Place::of(self.text, offset)
    }

    /// A creator is somebody known, if the seed tells who there is, or a calling app.
    fn creator(&self, space: &SpaceSeed, callers: &[CallerSeed]) -> Result<(), String> {
        let Some(creator) = space.creator.as_deref().filter(|_| self.has_users) else {
            return Ok(());
        };
        let calls = |caller: &CallerSeed| caller.app.as_deref() == Some(creator);
        if self.users.contains(identifier(creator)) || callers.iter().any(calls) {
            Ok(())
        } else {
            Err(format!("`creator`: there is no user {}", quoted(creator)))
        }
    }

    fn space(&mut self, space: &SpaceSeed) -> Result<(), String> {
        SpaceName::parse(&space.name).map_err(|error| format!("a space's name: {error}"))?;
        is_short(identifier(&space.name)).map_err(|error| format!("a space's name: {error}"))?;
        if !["SPACE", "GROUP_CHAT", "DIRECT_MESSAGE"].contains(&space.space_type.as_str()) {
            return Err(format!(
                "`spaceType` is `SPACE`, `GROUP_CHAT` or `DIRECT_MESSAGE`, found {}",
                quoted(&space.space_type)
            ));
        }
        if let Some(creator) = &space.creator {
            id(creator, "creator")?;
        }
        let has_roles = space.space_type == "SPACE";
        let before = self.spaces.insert(space.name.clone(), has_roles);
        if before.is_some() {
            return Err(format!("the space {} is there twice", quoted(&space.name)));
        }
        Ok(())
    }

    fn user(&mut self, user: &UserSeed) -> Result<(), String> {
        self.has_users = true;
        let id = id(&user.name, "name")?;
        if !self.users.insert(id) {
            return Err(format!("the user {} is there twice", quoted(&user.name)));
        }
        if !user.email.is_empty() {
            if !user.email.contains('@') {
                let email = quoted(&user.email);
                return Err(format!("an e-mail address has an `@`, found {email}"));
            }
            is_short(&user.email)?;
            if !self.emails.insert(user.email.to_lowercase()) {
                let email = quoted(&user.email);
                return Err(format!("two users have the e-mail address {email}"));
            }
        }
        Ok(())
    }

    fn membership(&mut self, membership: &Membership) -> Result<(), String> {
        let name = MembershipName::parse(&membership.name)
            .map_err(|error| format!("a membership's name: {error}"))?;
        if !matches!(name.member, Reference::Id(_)) {
            return Err(format!(
                "the name of a membership in a seed is canonical, without aliases, found {}",
                quoted(&membership.name)
            ));
        }
        is_short(identifier(&membership.name))
            .map_err(|error| format!("a membership's name: {error}"))?;
        let Some(&has_roles) = self.spaces.get(name.space.as_str()) else {
            return Err(format!("there is no space {}", quoted(name.space.as_str())));
        };
        if !self.memberships.insert(membership.name.clone()) {
            let name = quoted(&membership.name);
            return Err(format!("the membership {name} is there twice"));
        }
        let is_role = matches!(
            membership.role,
            MembershipRole::Manager | MembershipRole::AssistantManager
        );
        match &membership.member {
            _ if !has_roles && is_role => {
                return Err(format!(
                    "`{}` is only for spaces whose `spaceType` is `SPACE`",
                    membership.role
                ));
            }
            None => return Err("a membership has a `member` or a `groupMember`".to_owned()),
            Some(Member::Group(group)) => {
                let id = parse_group(&group.name)
                    .map_err(|error| format!("`groupMember.name`: {error}"))?;
                is_short(&format!("group-{id}"))
                    .map_err(|error| format!("`groupMember.name`: {error}"))?;
                self.once(&name, &group.name)?;
            }
            Some(Member::User(user)) => {
                let id = id(&user.name, "member.name")?;
                is_fit(&name.member).map_err(|error| format!("a membership's name: {error}"))?;
                is_short(&user.email)?;
                self.once(&name, &user.name)?;
                self.users.insert(id);
            }
        }
        Ok(())
    }

    /// Whoever is in a space is in it once.
    fn once(&mut self, name: &MembershipName, who: &str) -> Result<(), String> {
        let space = name.space.as_str();
        if self.members.insert((space.to_owned(), who.to_owned())) {
            Ok(())
        } else {
            let (who, space) = (quoted(who), quoted(space));
            Err(format!("{who} is in the space {space} twice"))
        }
    }

    fn caller(&mut self, caller: &CallerSeed) -> Result<(), String> {
        if caller.token.is_empty() || !self.tokens.insert(caller.token.clone()) {
            return Err("a caller has a token that no other has".to_owned());
        }
        match (&caller.user, &caller.app) {
            (Some(user), None) => {
                let id = id(user, "user")?;
                if self.has_users && !self.users.contains(&id) {
                    return Err(format!("there is no user {}", quoted(user)));
                }
            }
            (None, Some(app)) => drop(id(app, "app")?),
            _ => return Err("a caller has either a `user` or an `app`".to_owned()),
        }
        for scope in &caller.scopes {
            let is_others = scope.starts_with("https://") && !scope.contains("/auth/chat.");
            if Scope::from_name(scope).is_none() && !is_others {
                let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.name()).collect();
                return Err(format!(
                    "the scopes of memberships are {}, found {}",
                    known.join(", "),
                    quoted(scope)
                ));
            }
        }
        Ok(())
    }

    #[allow(clippy::unused_self, reason = "it is called as the others are")]
    fn fault(&mut self, fault: &FaultSeed) -> Result<(), String> {
        let path = fault.path.trim_start_matches('/');
        let path = path.strip_prefix("v1/").unwrap_or(path);
        if path != fault.path {
            return Err(format!(
                "a fault's path is what stands behind `/v1/`: {} instead of {}",
                quoted(path),
                quoted(&fault.path)
            ));
        }
        match fault.status {
            Some(status) if !(400..600).contains(&status) => Err(format!(
                "a fault's status is from 400 to 599, found {status}"
            )),
            None if fault.delay_ms == 0 => Err("a fault has a `status` or a `delayMs`".to_owned()),
            _ => Ok(()),
        }
    }
}

/// Whether a JSON text is an object, or none at all, which the parser tells better: the parser itself
/// takes an array of its fields for one.
fn is_object(text: &str, with: &str) -> Result<(), String> {
    if text.trim_start().starts_with('{') || serde_json::from_str::<IgnoredAny>(text).is_err() {
        Ok(())
    } else {
        Err(format!("expected an object with {with}"))
    }
}

/// The identifier in `users/{user}`, which is no alias.
fn id(name: &str, field: &str) -> Result<String, String> {
    match parse_user(name) {
        Ok(Reference::Id(id)) => match is_fit(&Reference::Id(id.clone())) {
            Ok(()) => Ok(id),
            Err(error) => Err(format!("`{field}`: {error}")),
        },
        Ok(_) => Err(format!(
            "`{field}` is canonical in a seed, found {}",
            quoted(name)
        )),
        Err(error) => Err(format!("`{field}`: {error}")),
    }
}

fn quoted(text: &str) -> impl fmt::Display {
    crate::diagnostic::Quoted(text).to_string()
}

/// A place in a text, both from 1.
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
    /// An error in a part of a text that begins at a place.
    fn json(error: &serde_json::Error, start: Place) -> Self {
        let message = error.to_string();
        // The parser's own place is within the part.
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
