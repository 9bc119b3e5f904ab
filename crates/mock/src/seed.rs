//! Seed: the initial state of a mock server, in JSON. Errors have a line and a column.

use std::collections::BTreeMap;

use gchat_filter::members::Membership;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::clock::parse_time;
use super::fault::Fault;
use super::message_types::MEMBERSHIP;
use super::seed_check::{Check, canonical_id, is_object, quoted};
use super::seed_error::{Place, SeedError};
use super::seed_items::{
    CallerSeed, Missing, SpaceSeed, UnknownUsers, UserDetails, UserSeed, name,
};

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
        let mut check = Check::default();
        check.makes_up_spaces = outlines.iter().all(|outline| outline.spaces.is_none());
        check.lenient = outlines.iter().any(|outline| outline.lenient);
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
        let mut check = Check::default();
        check.text = text;
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
