//! The present state as a seed, adding to it, and going back to the original one.

use std::collections::{BTreeMap, BTreeSet};

use gchat_filter::members::UserType;
use jiff::Timestamp;

use super::builder::SeedBuilder;
use super::fault::Fault;
use super::identifier::identifier;
use super::open_error::OpenError;
use super::people::parse;
use super::seed::Seed;
use super::seed_error::SeedError;
use super::seed_items::{CallerSeed, UserSeed};
use super::shared::Shared;
use super::state::{Change, State, user_id};
use super::store::{Content, Store, StoreError};

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

    /// Removes the membership with this name. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// If that cannot be saved.
    pub(super) fn remove_membership(&self, name: &str) -> Result<bool, StoreError> {
        let mut store = self.lock();
        if !self.read().has_membership(name) {
            return Ok(false);
        }
        let change = Change::Remove(name.to_owned());
        if let Some(store) = &mut *store {
            store.save(&change)?;
        }
        self.write().apply(change);
        Ok(true)
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
    let callers = seed
        .callers
        .iter()
        .enumerate()
        .map(|(index, caller)| CallerSeed {
            token: token(index, &caller.token),
            ..caller.clone()
        });
    let present = SeedBuilder {
        spaces: seed.spaces.clone(),
        memberships: state.memberships().cloned().collect(),
        users: users(state),
        callers: callers.collect(),
        faults: faults.to_vec(),
        domains: seed.domains.clone(),
        calling_app: Some(format!("users/{}", state.app)),
        user_details: seed.user_details,
        unknown_users: seed.unknown_users,
        missing: seed.missing,
        now: now.map(|now| now.to_string()),
        lenient: seed.lenient,
    };
    present.to_json()
}

/// Returns the people and apps whom the rest of the seed does not identify: those of the seed's `users`,
/// and those who are no longer in any space.
fn users(state: &State) -> Vec<UserSeed> {
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
    let known = known.map(|(id, person)| UserSeed {
        name: format!("users/{id}"),
        email: person.email.clone(),
        display_name: person.display_name.clone(),
        avatar_url: person.avatar_url.clone(),
        auto_accept: person.auto_accept,
        admin: person.administrator,
        external: person.external,
        user_type: if person.user_type == UserType::Bot {
            UserType::Bot
        } else {
            UserType::Human
        },
    });
    let creators = seed
        .spaces
        .iter()
        .filter_map(|space| space.creator.as_deref());
    let is_unknown = |creator: &&str| !state.people.contains(identifier(creator));
    let creators: BTreeSet<&str> = creators.filter(is_unknown).collect();
    let creators = creators.into_iter().map(UserSeed::new);
    known.chain(creators).collect()
}
