//! The present state as a seed, adding to it, and going back to the original one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use gchat_filter::members::{Membership, UserType};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::fault::Fault;
use super::identifier::identifier;
use super::parse;
use super::seed::Seed;
use super::seed_items::{Missing, SpaceSeed, UnknownUsers, UserDetails};
use super::service::Shared;
use super::state::{State, user_id};
use super::store::{Content, Store};
use super::{OpenError, SeedError};

/// What a server began with.
pub(super) struct Origin {
    /// The parts of the seed.
    pub(super) seeds: Vec<String>,
    /// The key of the page tokens.
    pub(super) key: [u8; 32],
    /// The file that changes are saved to.
    pub(super) path: Option<PathBuf>,
}

impl Origin {
    /// Returns a key of the page tokens that depends on the seed alone.
    pub(super) fn reproducible_key(&self) -> [u8; 32] {
        *blake3::hash(self.seeds.join("\0").as_bytes()).as_bytes()
    }
}

/// Omits the tokens and the key.
impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Origin")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// A seed, for printing.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Printed<'s> {
    spaces: Vec<Value>,
    memberships: Vec<&'s Membership>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    users: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    callers: Vec<Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    faults: &'s [Fault],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    domains: &'s [String],
    calling_app: String,
    user_details: UserDetails,
    unknown_users: UnknownUsers,
    missing: Missing,
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<String>,
    lenient: bool,
}

impl Shared {
    /// Returns a seed that starts an equal server. Its tokens are placeholders: what the control paths
    /// answer has none.
    pub(super) fn present_seed(&self) -> String {
        let state = self.read();
        let now = self.clock.fixed();
        print(&state, &self.faults(), now, |index, _| {
            format!("token-{}", index + 1)
        })
    }

    /// Adds a seed to the present state.
    ///
    /// # Errors
    ///
    /// If the seed is invalid or contradicts the state, or if it cannot be saved.
    pub(super) fn add_seed(&self, text: &str) -> Result<(), OpenError> {
        // Held until the end, so that no change is lost.
        let mut store = self.lock();
        let now = self.clock.fixed();
        let own = |state: &State, faults: &[Fault], now| {
            print(state, faults, now, |_, token| token.to_owned())
        };
        let present = own(&self.read(), &self.faults(), now);
        let seed = parse(&[&*present, text]).map_err(|error| SeedError { seed: 0, ..error })?;
        let now = seed.now;
        // It is saved as one part, which is valid by itself.
        self.replace(seed, &mut store, |state, faults| {
            vec![own(state, faults, now)]
        })?;
        if let Some(now) = now {
            self.clock.set(now);
        }
        Ok(())
    }

    /// Goes back to the seed that the server began with.
    ///
    /// # Errors
    ///
    /// If that cannot be saved.
    pub(super) fn reset(&self) -> Result<(), OpenError> {
        let mut store = self.lock();
        let seed = parse(&self.origin.seeds)?;
        self.replace(seed, &mut store, |_, _| self.origin.seeds.clone())?;
        self.clock.reset();
        Ok(())
    }

    /// Replaces the state and the faults, after they have been saved.
    fn replace(
        &self,
        mut seed: Seed,
        store: &mut Option<Store>,
        saved_seeds: impl FnOnce(&State, &[Fault]) -> Vec<String>,
    ) -> Result<(), OpenError> {
        let memberships = std::mem::take(&mut seed.memberships);
        let faults = std::mem::take(&mut seed.faults);
        let app = State::calling_app(&memberships);
        let tokens = self.read().tokens.clone();
        let state = State::new(seed, app, memberships, tokens);
        if let (Some(store), Some(path)) = (store, &self.origin.path) {
            let seeds = saved_seeds(&state, &faults);
            let memberships = state.memberships().cloned().collect();
            let content = Content::new(seeds, self.origin.key, memberships);
            *store = Store::replace(path, &content)?;
        }
        *self.write() = state;
        *self.faults() = faults;
        Ok(())
    }
}

/// Prints the state as a seed, with tokens that depend on the index and the token of a caller.
fn print(
    state: &State,
    faults: &[Fault],
    now: Option<Timestamp>,
    token: impl Fn(usize, &str) -> String,
) -> String {
    let seed = &state.seed;
    let callers = seed.callers.iter().enumerate().map(|(index, caller)| {
        without_nulls(json!({
            "token": token(index, &caller.token),
            "user": caller.user,
            "app": caller.app,
            "scopes": caller.scopes,
        }))
    });
    let printed = Printed {
        spaces: seed.spaces.iter().map(space).collect(),
        memberships: state.memberships().collect(),
        users: users(state),
        callers: callers.collect(),
        faults,
        domains: &seed.domains,
        calling_app: format!("users/{}", state.app),
        user_details: seed.user_details,
        unknown_users: seed.unknown_users,
        missing: seed.missing,
        now: now.map(|now| now.to_string()),
        lenient: seed.lenient,
    };
    serde_json::to_string_pretty(&printed).expect("all keys are strings")
}

fn space(space: &SpaceSeed) -> Value {
    let settings = &space.permission_settings;
    let is_discoverable = space.access_settings.is_discoverable();
    without_nulls(json!({
        "name": space.name,
        "spaceType": space.space_type,
        "importMode": space.import_mode,
        "creator": space.creator,
        "permissionSettings": {
            "manageMembersAndGroups": settings.manage_members_and_groups,
            "manageApps": settings.manage_apps,
            "viewSpaceMembership": settings.view_space_membership,
        },
        "accessSettings": is_discoverable.then(|| json!({"accessState": "DISCOVERABLE"})),
        "externalUserAllowed": space.external_user_allowed,
    }))
}

/// Removes the fields of an object that are `null`.
fn without_nulls(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    object
}

/// Returns the people and apps whom the rest of the seed does not identify: those of the seed's `users`,
/// and those who are no longer in any space.
fn users(state: &State) -> Vec<Value> {
    let seed = &state.seed;
    let listed: BTreeSet<&str> = seed
        .users
        .iter()
        .map(|user| identifier(&user.name))
        .collect();
    let members: BTreeSet<&str> = state.memberships().filter_map(user_id).collect();
    let callers = seed
        .callers
        .iter()
        .filter_map(|caller| caller.user.as_deref());
    let callers: BTreeSet<&str> = callers.map(identifier).collect();
    let people: BTreeMap<&str, _> = state.people.iter().collect();
    let is_needed =
        |id: &&str| listed.contains(id) || !members.contains(id) && !callers.contains(id);
    if !people.keys().any(is_needed) {
        return Vec::new();
    }
    // A seed with `users` must have all its callers and creators.
    let known = people
        .iter()
        .filter(|(id, _)| is_needed(id) || !members.contains(*id));
    let known = known.map(|(id, person)| {
        json!({
            "name": format!("users/{id}"),
            "email": person.email,
            "displayName": person.display_name,
            "avatarUrl": person.avatar_url,
            "autoAccept": person.auto_accept,
            "admin": person.administrator,
            "external": person.external,
            "type": if person.user_type == UserType::Bot { "BOT" } else { "HUMAN" },
        })
    });
    let creators = seed
        .spaces
        .iter()
        .filter_map(|space| space.creator.as_deref());
    let is_unknown = |creator: &&str| !state.people.contains(identifier(creator));
    let creators: BTreeSet<&str> = creators.filter(is_unknown).collect();
    let creators = creators.into_iter().map(|name| json!({"name": name}));
    known.chain(creators).collect()
}
