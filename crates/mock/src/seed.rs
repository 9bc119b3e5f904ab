//! Seed: the initial state of a mock server, in JSON. Errors have a line and a column.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use gchat_filter::list::{MembershipName, Reference, SpaceName, parse_group, parse_user};
use gchat_filter::members::{Membership, MembershipRole, UserOrGroup, UserType};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::clock::parse_time;
use super::fault::Fault;
use super::identifier::{check_length, check_user, identifier};
use super::message_types::{MEMBERSHIP, Message};
use super::scope_warning::scope_warning;
use super::seed_error::{Place, SeedError};
use super::seed_items::{
    CallerSeed, Missing, SpaceSeed, UnknownUsers, UserDetails, UserSeed, name,
};
use super::space_settings::SpaceType;
use super::strict;

/// A valid seed.
#[derive(Clone, Debug, Default)]
pub(super) struct Seed {
    pub(super) spaces: Vec<SpaceSeed>,
    pub(super) memberships: Vec<Membership>,
    pub(super) users: Vec<UserSeed>,
    pub(super) callers: Vec<CallerSeed>,
    pub(super) faults: Vec<Fault>,
    pub(super) domains: Vec<String>,
    pub(super) user_details: UserDetails,
    pub(super) unknown_users: UnknownUsers,
    pub(super) missing: Missing,
    /// Identifier of the calling app of users, if it is not the first app among the memberships.
    pub(super) calling_app: Option<String>,
    pub(super) lenient: bool,
    /// Where the clock stands still.
    pub(super) now: Option<jiff::Timestamp>,
    /// Probable mistakes that are not errors.
    pub(super) warnings: Vec<String>,
}

/// The outermost object. Its items are parsed separately, so that errors have their place in the
/// seed.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Outline<'s> {
    #[serde(borrow)]
    spaces: Option<Vec<&'s RawValue>>,
    #[serde(borrow)]
    memberships: Option<Vec<&'s RawValue>>,
    #[serde(borrow, default)]
    users: Vec<&'s RawValue>,
    #[serde(borrow, default)]
    callers: Vec<&'s RawValue>,
    #[serde(borrow, default)]
    faults: Vec<&'s RawValue>,
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default, deserialize_with = "name")]
    user_details: UserDetails,
    #[serde(default, deserialize_with = "name")]
    unknown_users: UnknownUsers,
    #[serde(default, deserialize_with = "name")]
    missing: Missing,
    calling_app: Option<String>,
    now: Option<String>,
    #[serde(default)]
    lenient: bool,
    /// In a response of the service.
    #[serde(default, rename = "nextPageToken", alias = "next_page_token")]
    _next_page_token: IgnoredAny,
}

impl<'s> Outline<'s> {
    /// Parses the outermost object, or an array of memberships.
    fn parse(text: &'s str) -> Result<Self, SeedError> {
        let start = text.len() - text.trim_start().len();
        let json = |error| SeedError::json(&error, text, 0);
        let mut tokens = text.chars().filter(|c| !c.is_whitespace());
        if (tokens.next(), tokens.next()) == (Some('['), Some('{')) {
            let memberships = serde_json::from_str(text).map_err(json)?;
            return Ok(Self {
                memberships: Some(memberships),
                ..Self::default()
            });
        }
        is_object(text, "`spaces` and `memberships`")
            .map_err(|message| Place::of(text, start).error(message))?;
        serde_json::from_str(text).map_err(json)
    }
}

impl Seed {
    /// Parses the parts of a seed, and checks that they agree.
    ///
    /// # Errors
    ///
    /// The first error.
    pub(super) fn parse<S: AsRef<str>>(texts: &[S]) -> Result<Self, SeedError> {
        // Without byte order marks, as editors on Windows write them.
        let texts: Vec<&str> = texts
            .iter()
            .map(|text| text.as_ref().trim_start_matches('\u{feff}'))
            .collect();
        let outlines = texts.iter().enumerate().map(|(index, text)| {
            let outline = Outline::parse(text);
            outline.map_err(|error| SeedError {
                seed: index,
                ..error
            })
        });
        let outlines = outlines.collect::<Result<Vec<_>, _>>()?;
        let is_empty =
            |outline: &Outline<'_>| outline.spaces.is_none() && outline.memberships.is_none();
        if let Some(text) = texts.last().filter(|_| outlines.iter().all(is_empty)) {
            let end = Place::of(text, text.trim_end().len().saturating_sub(1));
            return Err(end.error("missing field `spaces` or `memberships`".to_owned()));
        }
        let mut seed = Self::default();
        let mut check = Check {
            makes_up_spaces: outlines.iter().all(|outline| outline.spaces.is_none()),
            lenient: outlines.iter().any(|outline| outline.lenient),
            ..Check::default()
        };
        let parts = || outlines.iter().zip(&texts).enumerate();
        for (index, (outline, text)) in parts() {
            (check.seed, check.text) = (index, *text);
            let spaces = outline.spaces.as_deref().unwrap_or_default();
            seed.spaces
                .extend(check.items(spaces, "a `name`", None, Check::space)?);
        }
        for (index, (outline, text)) in parts() {
            (check.seed, check.text) = (index, *text);
            let users = check.items(&outline.users, "a `name`", None, Check::user)?;
            seed.users.extend(users);
        }
        for (index, (outline, text)) in parts() {
            (check.seed, check.text) = (index, *text);
            let memberships = outline.memberships.as_deref().unwrap_or_default();
            let with = "a `name` and a `member`";
            let schema = Some(&MEMBERSHIP);
            let memberships = check.items(memberships, with, schema, Check::membership)?;
            seed.memberships.extend(memberships);
        }
        for (index, (outline, text)) in parts() {
            (check.seed, check.text) = (index, *text);
            let callers = check.items(&outline.callers, "a `token`", None, Check::caller)?;
            seed.callers.extend(callers);
            let faults = check.faults(&outline.faults)?;
            seed.faults.extend(faults);
        }
        // Only now are all users and callers known.
        let mut spaces = seed.spaces.iter();
        for (index, (outline, text)) in parts() {
            (check.seed, check.text) = (index, *text);
            for (raw, space) in outline.spaces.iter().flatten().zip(spaces.by_ref()) {
                check
                    .creator(space, &seed.callers)
                    .map_err(|message| check.place(raw).error(message))
                    .map_err(|error| SeedError {
                        seed: index,
                        ..error
                    })?;
            }
        }
        for (index, outline) in outlines.into_iter().enumerate() {
            let at_start = |message| SeedError {
                seed: index,
                ..Place { line: 1, column: 1 }.error(message)
            };
            if let Some(app) = &outline.calling_app {
                seed.calling_app = Some(canonical_id(app, "callingApp").map_err(at_start)?);
            }
            if let Some(now) = &outline.now {
                seed.now = Some(parse_time("now", now).map_err(at_start)?);
            }
            seed.domains.extend(outline.domains);
            if outline.user_details != UserDetails::default() {
                seed.user_details = outline.user_details;
            }
            if outline.unknown_users != UnknownUsers::default() {
                seed.unknown_users = outline.unknown_users;
            }
            if outline.missing != Missing::default() {
                seed.missing = outline.missing;
            }
        }
        if check.makes_up_spaces {
            seed.spaces = check.spaces.keys().map(SpaceSeed::new).collect();
        }
        seed.warnings = check.warnings;
        seed.lenient = check.lenient;
        Ok(seed)
    }

    /// Parses faults: `{"faults": […]}`, an array, or one fault.
    ///
    /// # Errors
    ///
    /// The first error.
    pub(super) fn parse_faults(text: &str) -> Result<Vec<Fault>, SeedError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Faults<'s> {
            #[serde(borrow)]
            faults: Vec<&'s RawValue>,
        }
        let items = if let Ok(Faults { faults }) = serde_json::from_str(text) {
            faults
        } else if text.trim_start().starts_with('[') {
            serde_json::from_str(text).map_err(|error| SeedError::json(&error, text, 0))?
        } else {
            let fault = serde_json::from_str(text);
            vec![fault.map_err(|error| SeedError::json(&error, text, 0))?]
        };
        let mut check = Check {
            text,
            ..Check::default()
        };
        check.faults(&items)
    }

    /// Returns the first difference from the seed that created a file, in what a file saves or
    /// depends on: spaces, users, memberships and domains, in any order.
    pub(super) fn difference(&self, original: &Self) -> Option<String> {
        difference("space", &self.spaces, &original.spaces, |space| &space.name)
            .or_else(|| difference("user", &self.users, &original.users, |user| &user.name))
            .or_else(|| {
                let [new, old] = [self, original].map(|seed| &*seed.memberships);
                difference("membership", new, old, |membership| &membership.name)
            })
            .or_else(|| difference("domain", &self.domains, &original.domains, |domain| domain))
    }
}

/// Returns the first difference between the items of a seed and of the seed that created a file.
fn difference<T: PartialEq>(
    kind: &str,
    new: &[T],
    original: &[T],
    name: impl Fn(&T) -> &str,
) -> Option<String> {
    let by_name =
        |items| -> BTreeMap<_, &T> { <[T]>::iter(items).map(|item| (name(item), item)).collect() };
    let (new, original) = (by_name(new), by_name(original));
    let added = new.iter().find_map(|(name, item)| {
        let what = match original.get(name) {
            None => "is not in",
            Some(before) if before != item => "differs from",
            Some(_) => return None,
        };
        let name = quoted(name);
        Some(format!(
            "the {kind} {name} {what} the seed that created the file"
        ))
    });
    added.or_else(|| {
        let name = original.keys().find(|name| !new.contains_key(*name))?;
        let name = quoted(name);
        Some(format!(
            "the {kind} {name} is only in the seed that created the file"
        ))
    })
}

/// The parts of a seed that have been parsed, for the checks of later parts.
#[derive(Default)]
struct Check<'s> {
    /// Index and text of the current part.
    seed: usize,
    text: &'s str,
    /// Whether no part has `spaces`, so that they are taken from the memberships.
    makes_up_spaces: bool,
    /// Whether unknown fields, unknown enum values and unusual membership names are valid.
    lenient: bool,
    warnings: Vec<String>,
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
    /// Parses and checks items. Those with a schema have no other fields and enum values, and valid times.
    fn items<T: for<'de> Deserialize<'de>>(
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

    fn faults(&mut self, faults: &[&RawValue]) -> Result<Vec<Fault>, SeedError> {
        self.items(faults, "a `path`", None, |_, fault: &Fault| {
            fault.check().map_err(|error| error.to_string())
        })
    }

    /// Returns the offset of an item. It borrows from the text, so it is the difference of their
    /// addresses.
    fn offset(&self, raw: &RawValue) -> usize {
        raw.get().as_ptr().addr() - self.text.as_ptr().addr()
    }

    fn place(&self, raw: &RawValue) -> Place {
        Place::of(self.text, self.offset(raw))
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
    gchat_filter::diagnostic::quoted(text).to_string()
}
