//! State of the server: spaces with their members, and people and apps.

use std::borrow::{Borrow, Cow};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use gchat_filter::list::{MembershipName, PageTokens, Reference, RpcCode, Status};
use gchat_filter::members::{Membership, UserOrGroup, UserType};

use super::answer::Listed;
use super::callers::Callers;
use super::identifier::identifier;
use super::index::MembershipIndex;
use super::people::People;
use super::seed::Seed;
use super::seed_items::{Missing, SpaceSeed, UnknownUsers, UserDetails};
use super::space_settings::{Permission, SpaceType, Standing};

/// Identifier of the calling app if the seed has no `BOT`.
const DEFAULT_APP: &str = "200000000000000000000";

/// A space.
#[derive(Debug)]
pub(super) struct Space {
    pub(super) kind: SpaceType,
    pub(super) import_mode: bool,
    /// Whether people can join by themselves.
    pub(super) is_discoverable: bool,
    /// Whether people from outside the organization can be added.
    pub(super) allows_external: bool,
    /// Who can list the members.
    pub(super) view_members: Permission,
    /// Who adds and removes people and groups.
    pub(super) manage_members: Permission,
    /// Who adds and removes apps.
    pub(super) manage_apps: Permission,
    /// Identifier of the user or app that created the space.
    pub(super) creator: Option<String>,
    pub(super) members: MembershipIndex<Listed>,
    /// Membership keys by member identifier (of a group, with `group-`), where the two differ.
    keys: HashMap<String, String>,
}

impl Space {
    fn new(seed: &SpaceSeed) -> Self {
        let settings = &seed.permission_settings;
        Self {
            kind: seed.space_type,
            import_mode: seed.import_mode,
            is_discoverable: seed.access_settings.is_discoverable(),
            allows_external: seed.external_user_allowed.unwrap_or(true),
            view_members: settings.view_space_membership,
            manage_members: settings.manage_members_and_groups,
            manage_apps: settings.manage_apps,
            creator: seed
                .creator
                .as_deref()
                .map(|name| identifier(name).to_owned()),
            members: MembershipIndex::default(),
            keys: HashMap::new(),
        }
    }

    /// Returns whether members can have roles other than `ROLE_MEMBER`.
    pub(super) fn has_roles(&self) -> bool {
        self.kind == SpaceType::Space
    }

    /// Returns the membership of a user.
    pub(super) fn of_user(&self, id: &str) -> Option<&Membership> {
        self.of_member(id)
    }

    /// Returns the membership of a group; the identifier includes `group-`.
    pub(super) fn of_group(&self, id: &str) -> Option<&Membership> {
        self.of_member(id)
    }

    fn of_member(&self, id: &str) -> Option<&Membership> {
        let key = self.keys.get(id).map_or(id, |key| key);
        let membership: &Membership = self.members.get(key)?.borrow();
        (member_id(membership).as_deref() == Some(id)).then_some(membership)
    }

    /// Returns the membership of the member with this identifier or, if none, with this key.
    pub(super) fn member(&self, id: &str) -> Option<&Membership> {
        let by_key = || self.members.get(id).map(Borrow::borrow);
        self.of_member(id).or_else(by_key)
    }

    /// Returns whether a membership has this key.
    pub(super) fn has_key(&self, key: &str) -> bool {
        self.members.get(key).is_some()
    }

    /// Returns the number of owners: people who have joined as managers.
    pub(super) fn owners(&self) -> usize {
        self.members
            .count(|class| Standing::of(class) == Standing::Owner)
    }
}

/// Returns the identifier of a membership's member; of a group, with `group-`.
fn member_id(membership: &Membership) -> Option<Cow<'_, str>> {
    match membership.member.as_ref()? {
        UserOrGroup::User(user) => Some(identifier(&user.name).into()),
        UserOrGroup::Group(group) => Some(format!("group-{}", identifier(&group.name)).into()),
    }
}

/// Returns the identifier of a membership's user or app.
pub(super) fn user_id(membership: &Membership) -> Option<&str> {
    match &membership.member {
        Some(UserOrGroup::User(user)) => Some(identifier(&user.name)),
        _ => None,
    }
}

/// Change of the state by a request.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// Adds or replaces a membership.
    Put(Box<Membership>),
    /// Removes the membership with this name.
    Remove(String),
}

impl Change {
    /// Adds or replaces a membership.
    ///
    /// # Errors
    ///
    /// 500 if its name is not canonical: it could not be found again, so it must not be
    /// acknowledged.
    pub(super) fn put(membership: Membership) -> Result<Self, Status> {
        if is_canonical(&membership.name) {
            Ok(Self::Put(Box::new(membership)))
        } else {
            let message = format!("The membership name {} is not canonical.", membership.name);
            Err(Status::new(RpcCode::Internal, message))
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Put(membership) => &membership.name,
            Self::Remove(name) => name,
        }
    }
}

/// The entire state.
#[derive(Debug)]
pub(super) struct State {
    spaces: BTreeMap<String, Space>,
    pub(super) people: People,
    /// Shared with the record of requests, which outlives a reset.
    pub(super) callers: Arc<Callers>,
    pub(super) tokens: PageTokens,
    /// What the seed says, without its memberships and faults.
    pub(super) seed: Seed,
    /// Whether a missing space is 403, like an inaccessible one.
    denies_missing: bool,
    /// Whether people who are not known cannot be added.
    pub(super) refuses_unknown: bool,
    /// Whether users see only the name and the type of other users.
    pub(super) hides_details: bool,
    /// Identifier of the calling app of users.
    pub(super) app: String,
}

impl State {
    /// Returns the calling app of users: the first app among the seed's memberships.
    pub(super) fn calling_app(memberships: &[Membership]) -> String {
        let first = memberships.iter().find_map(|membership| {
            let Some(UserOrGroup::User(user)) = &membership.member else {
                return None;
            };
            (user.user_type == UserType::Bot).then(|| identifier(&user.name))
        });
        first.unwrap_or(DEFAULT_APP).to_owned()
    }

    /// Creates the state of a seed with the current memberships. The seed's own
    /// memberships are only used to identify people, because some may have been removed since.
    pub(super) fn new(
        mut seed: Seed,
        app: String,
        memberships: Vec<Membership>,
        tokens: PageTokens,
    ) -> Self {
        let people = People::of(&seed);
        seed.memberships = Vec::new();
        let mut state = Self {
            spaces: BTreeMap::new(),
            people,
            callers: Arc::new(seed.callers.as_slice().into()),
            tokens,
            denies_missing: seed.missing == Missing::PermissionDenied,
            refuses_unknown: seed.unknown_users == UnknownUsers::Refuse,
            hides_details: seed.user_details == UserDetails::None,
            app: seed.calling_app.clone().unwrap_or(app),
            seed,
        };
        for space in &state.seed.spaces {
            state.spaces.insert(space.name.clone(), Space::new(space));
        }
        for membership in memberships {
            state.apply(Change::Put(Box::new(membership)));
        }
        state
    }

    /// Returns whether there is a membership with this name.
    pub(super) fn has_membership(&self, name: &str) -> bool {
        let (space, key) = name.split_once("/members/").unwrap_or_default();
        self.spaces
            .get(space)
            .is_some_and(|space| space.has_key(key))
    }

    /// Returns the names of all spaces.
    pub(super) fn space_names(&self) -> impl Iterator<Item = &str> {
        self.spaces.keys().map(String::as_str)
    }

    /// Returns all memberships, by space.
    pub(super) fn memberships(&self) -> impl Iterator<Item = &Membership> {
        let members = self
            .spaces
            .values()
            .flat_map(|space| space.members.after(None, |_| true));
        members.map(|(_, listed)| listed.borrow())
    }

    /// Returns the space with this name.
    ///
    /// # Errors
    ///
    /// 404 `NOT_FOUND` if there is none, or 403 if the seed says so.
    pub(super) fn space(&self, name: &str) -> Result<&Space, Status> {
        self.spaces.get(name).ok_or_else(|| {
            if self.denies_missing {
                Status::permission_denied()
            } else {
                Status::not_found()
            }
        })
    }

    /// Applies a change to a space that exists.
    pub(super) fn apply(&mut self, change: Change) {
        // `Change::put` or `check_saved_name` has checked the name.
        let (space, key) = split_name(change.name());
        let (space, key) = (space.to_owned(), key.to_owned());
        if let Change::Put(membership) = &change {
            self.people.learn_from(membership);
        }
        let Some(space) = self.spaces.get_mut(&space) else {
            tracing::error!(space, key, "change to an unknown space");
            return;
        };
        match change {
            Change::Put(membership) => {
                if let Some(id) = member_id(&membership)
                    && id != key
                {
                    space.keys.insert(id.into_owned(), key.clone());
                }
                space.members.insert(&key, Listed::from(*membership));
            }
            Change::Remove(_) => {
                space.keys.retain(|_, other| *other != key);
                space.members.remove(&key);
            }
        }
    }
}

/// Returns whether a membership name is valid and has no alias.
fn is_canonical(name: &str) -> bool {
    MembershipName::parse(name).is_ok_and(|name| matches!(name.member, Reference::Id(_)))
}

/// Splits the valid name of a membership into the space's name and the key.
fn split_name(name: &str) -> (&str, &str) {
    name.split_once("/members/").expect("a valid name")
}

/// Checks that the name of a saved membership is valid for the spaces of a seed.
///
/// # Errors
///
/// If the name is not canonical, or there is no such space.
pub(super) fn check_saved_name(
    spaces: &HashSet<&str>,
    membership: &Membership,
) -> Result<(), &'static str> {
    if !is_canonical(&membership.name) {
        Err("the name is not canonical")
    } else if !spaces.contains(split_name(&membership.name).0) {
        Err("the space is unknown")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Membership {
        Membership {
            name: name.to_owned(),
            ..Membership::default()
        }
    }

    /// A membership could not be found again by any other name.
    #[test]
    fn only_canonical_names_are_saved() {
        let spaces = HashSet::from(["spaces/A"]);
        for (name, expected) in [
            ("spaces/A/members/1", Ok(())),
            ("spaces/A/members/group-1", Ok(())),
            ("spaces/B/members/1", Err("the space is unknown")),
            ("spaces/A/members/app", Err("the name is not canonical")),
            ("spaces/A/members/a@b", Err("the name is not canonical")),
            ("spaces/A/members/", Err("the name is not canonical")),
            ("spaces/A", Err("the name is not canonical")),
            ("", Err("the name is not canonical")),
        ] {
            assert_eq!(check_saved_name(&spaces, &named(name)), expected, "{name}");
            let is_canonical = expected != Err("the name is not canonical");
            assert_eq!(Change::put(named(name)).is_ok(), is_canonical, "{name}");
        }
    }
}
