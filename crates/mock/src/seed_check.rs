//! The checks of the parts of a seed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use gchat_filter::list::{MembershipName, Reference, SpaceName, parse_group, parse_user};
use gchat_filter::members::{Membership, MembershipRole, UserOrGroup, UserType};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::fault::Fault;
use super::identifier::{check_length, check_user, identifier};
use super::message_types::Message;
use super::scope_warning::scope_warning;
use super::seed_error::{Place, SeedError};
use super::seed_items::{CallerSeed, SpaceSeed, UserSeed};
use super::space_settings::SpaceType;
use super::strict;

/// The parts of a seed that have been parsed, for the checks of later parts.
#[derive(Default)]
pub(super) struct Check<'s> {
    /// Index and text of the current part.
    pub(super) seed: usize,
    pub(super) text: &'s str,
    /// Whether no part has `spaces`, so that they are taken from the memberships.
    pub(super) makes_up_spaces: bool,
    /// Whether unknown fields, unknown enum values and unusual membership names are valid.
    pub(super) lenient: bool,
    pub(super) warnings: Vec<String>,
    /// By name of the space, whether it has roles.
    pub(super) spaces: BTreeMap<String, bool>,
    memberships: BTreeSet<String>,
    /// Space and user or group of every membership.
    members: BTreeSet<(String, String)>,
    users: BTreeSet<String>,
    has_users: bool,
    emails: BTreeSet<String>,
    tokens: BTreeSet<String>,
}

impl Check<'_> {
    /// Parses and checks items. Those with a schema have no other fields and enum values, and valid times.
    pub(super) fn items<T: for<'de> Deserialize<'de>>(
        &mut self,
        items: &[&RawValue],
        with: &str,
        schema: Option<&Message>,
        check: impl Fn(&mut Self, &T) -> Result<(), String>,
    ) -> Result<Vec<T>, SeedError> {
        let read = items.iter().map(|raw| {
            is_object(raw.get(), with).map_err(|message| self.place(raw).error(message))?;
            if let Some(schema) = schema {
                strict::check(raw, schema, self.lenient)
                    .map_err(|problem| self.place(problem.value).error(problem.message))?;
            }
            let item: T = serde_json::from_str(raw.get())
                .map_err(|error| SeedError::json(&error, self.text, self.offset(raw)))?;
            check(self, &item).map_err(|message| self.place(raw).error(message))?;
            Ok(item)
        });
        let read: Result<_, SeedError> = read.collect();
        let seed = self.seed;
        read.map_err(|error| SeedError { seed, ..error })
    }

    pub(super) fn faults(&mut self, faults: &[&RawValue]) -> Result<Vec<Fault>, SeedError> {
        self.items(faults, "a `path`", None, |_, fault: &Fault| {
            fault.check().map_err(|error| error.to_string())
        })
    }

    /// Returns the offset of an item. It borrows from the text, so it is the difference of their
    /// addresses.
    fn offset(&self, raw: &RawValue) -> usize {
        raw.get().as_ptr().addr() - self.text.as_ptr().addr()
    }

    pub(super) fn place(&self, raw: &RawValue) -> Place {
        Place::of(self.text, self.offset(raw))
    }

    /// Checks that a creator is a known user or a calling app, if the seed has `users`.
    pub(super) fn creator(&self, space: &SpaceSeed, callers: &[CallerSeed]) -> Result<(), String> {
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

    pub(super) fn space(&mut self, space: &SpaceSeed) -> Result<(), String> {
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

    pub(super) fn user(&mut self, user: &UserSeed) -> Result<(), String> {
        self.has_users = true;
        let id = canonical_id(&user.name, "name")?;
        if !matches!(user.user_type, UserType::Human | UserType::Bot) {
            let found = user.user_type.to_string();
            let found = quoted(&found);
            return Err(format!(
                "a user's `type` must be `HUMAN` or `BOT`, found {found}"
            ));
        }
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

    pub(super) fn membership(&mut self, membership: &Membership) -> Result<(), String> {
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
        let has_roles = match self.spaces.get(name.space.as_str()) {
            Some(&has_roles) => has_roles,
            None if self.makes_up_spaces => {
                self.spaces.insert(name.space.as_str().to_owned(), true);
                true
            }
            None => return Err(format!("unknown space {}", quoted(name.space.as_str()))),
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
            Some(UserOrGroup::Group(group)) => {
                let id = parse_group(&group.name)
                    .map_err(|error| format!("`groupMember.name`: {error}"))?;
                check_length(&format!("group-{id}"))
                    .map_err(|error| format!("`groupMember.name`: {error}"))?;
                self.check_once(&name, &group.name)?;
                self.check_key(&name, &format!("group-{id}"), &group.name)?;
            }
            Some(UserOrGroup::User(user)) => {
                let id = canonical_id(&user.name, "member.name")?;
                check_user(&name.member).map_err(|error| format!("membership name: {error}"))?;
                check_length(&user.email)?;
                self.check_once(&name, &user.name)?;
                self.check_key(&name, &id, &user.name)?;
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

    /// Checks that a membership's name ends in its member's identifier.
    fn check_key(&self, name: &MembershipName, id: &str, member: &str) -> Result<(), String> {
        if self.lenient || name.member == Reference::Id(id.to_owned()) {
            return Ok(());
        }
        Err(format!(
            "the name of the membership of {} must be {}",
            quoted(member),
            quoted(&name.space.member(id))
        ))
    }

    pub(super) fn caller(&mut self, caller: &CallerSeed) -> Result<(), String> {
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
        self.warnings.extend(
            caller
                .scopes
                .iter()
                .filter_map(|scope| scope_warning(scope)),
        );
        Ok(())
    }
}

/// Checks that a JSON value is an object, because the parser would also accept an array of the
/// fields. Invalid JSON passes, because the parser has the better message.
pub(super) fn is_object(text: &str, with: &str) -> Result<(), String> {
    if text.trim_start().starts_with('{') || serde_json::from_str::<IgnoredAny>(text).is_err() {
        Ok(())
    } else {
        Err(format!("expected an object with {with}"))
    }
}

/// Returns the identifier in `users/{user}`, which must not be an alias.
pub(super) fn canonical_id(name: &str, field: &str) -> Result<String, String> {
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

pub(super) fn quoted(text: &str) -> impl fmt::Display {
    gchat_filter::diagnostic::quoted(text).to_string()
}
