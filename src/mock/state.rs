//! What the server knows: spaces with their members, and the people and apps there are.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::answer::Listed;
use super::seed::{Seed, SpaceSeed, UserSeed};
use crate::diagnostic::Quoted;
use crate::list::{
    Class, Code, MembershipIndex, MembershipName, Presence, Reference, Status, Violation,
    parse_user,
};
use crate::{Member, MemberType, Membership, Role, UserType};

/// The calling app's identifier if no seed has a `BOT`.
const DEFAULT_APP: &str = "200000000000000000000";

/// A space.
#[derive(Debug)]
pub(super) struct Space {
    pub(super) has_roles: bool,
    pub(super) import_mode: bool,
    /// The identifier of the user or app that created it.
    pub(super) creator: Option<String>,
    pub(super) members: MembershipIndex<Listed>,
    /// The keys of memberships whose key is not their user's identifier, or `group-` and their
    /// group's, by that.
    keys: HashMap<String, String>,
}

impl Space {
    fn new(seed: &SpaceSeed) -> Self {
        Self {
            has_roles: seed.space_type == "SPACE",
            import_mode: seed.import_mode,
            creator: seed
                .creator
                .as_deref()
                .map(|name| identifier(name).to_owned()),
            members: MembershipIndex::default(),
            keys: HashMap::new(),
        }
    }

    /// The membership under a key, or of the user with this identifier.
    pub(super) fn member(&self, id: &str) -> Option<&Membership> {
        let by_user = || self.members.get(self.keys.get(id)?);
        self.members.get(id).or_else(by_user).map(Borrow::borrow)
    }

    /// How many people have joined as managers.
    pub(super) fn managers(&self) -> usize {
        self.members.count(is_manager)
    }
}

/// Whether members of a class manage their space: people who have joined, never apps (ours).
pub(super) fn is_manager(Class { cell, presence }: Class) -> bool {
    cell.role == Role::Manager
        && presence == Presence::Joined
        && cell.member_type != MemberType::Bot
}

/// What is known of a person or an app.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) email: String,
    pub(super) display_name: String,
    pub(super) user_type: UserType,
    pub(super) auto_accept: bool,
    pub(super) administrator: bool,
    pub(super) external: bool,
}

impl Default for Person {
    /// Somebody whom nobody seeded (ours).
    fn default() -> Self {
        Self {
            email: String::new(),
            display_name: String::new(),
            user_type: UserType::Unspecified,
            auto_accept: true,
            administrator: false,
            external: false,
        }
    }
}

impl From<&UserSeed> for Person {
    fn from(seed: &UserSeed) -> Self {
        Self {
            email: seed.email.clone(),
            display_name: seed.display_name.clone(),
            user_type: UserType::Human,
            auto_accept: seed.auto_accept,
            administrator: seed.admin,
            external: seed.external,
        }
    }
}

/// What a request does to the state.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// A membership is there, as it is now.
    Put(Box<Membership>),
    /// The membership of this name is gone.
    Remove(String),
}

impl Change {
    /// A membership is there, as it is now.
    ///
    /// # Errors
    ///
    /// 500, if its name is not canonical: then it could not be found again, and whoever asked must
    /// not be told that it is there.
    pub(super) fn put(membership: Membership) -> Result<Self, Status> {
        if is_canonical(&membership.name) {
            Ok(Self::Put(Box::new(membership)))
        } else {
            let message = format!("A membership cannot be named {}.", membership.name);
            Err(Status::new(Code::Internal, message))
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Put(membership) => &membership.name,
            Self::Remove(name) => name,
        }
    }
}

/// All of it.
#[derive(Debug)]
pub(super) struct State {
    spaces: BTreeMap<String, Space>,
    people: HashMap<String, Person>,
    by_email: HashMap<String, String>,
    /// The app of callers who are users.
    pub(super) app: String,
}

impl State {
    /// The app of callers who are users: the first of a seed's memberships.
    pub(super) fn calling_app(memberships: &[Membership]) -> String {
        let first = memberships.iter().find_map(|membership| {
            let Some(Member::User(user)) = &membership.member else {
                return None;
            };
            (user.user_type == UserType::Bot).then(|| identifier(&user.name))
        });
        first.unwrap_or(DEFAULT_APP).to_owned()
    }

    /// The state of a seed, with the memberships that there are now. The seed's own are not added:
    /// they tell only who the people are, some of whom may be members no more.
    pub(super) fn new(seed: &Seed, app: String, memberships: Vec<Membership>) -> Self {
        let mut state = Self {
            spaces: BTreeMap::new(),
            people: HashMap::new(),
            by_email: HashMap::new(),
            app,
        };
        for space in &seed.spaces {
            state.spaces.insert(space.name.clone(), Space::new(space));
        }
        for user in &seed.users {
            state.meet(identifier(&user.name), Person::from(user));
        }
        for membership in &seed.memberships {
            state.meet_member(membership);
        }
        for membership in memberships {
            state.apply(Change::Put(Box::new(membership)));
        }
        state
    }

    /// A space.
    ///
    /// # Errors
    ///
    /// 404 `NOT_FOUND`.
    pub(super) fn space(&self, name: &str) -> Result<&Space, Status> {
        self.spaces.get(name).ok_or_else(Status::not_found)
    }

    /// What is known of a person or an app; the default for whom nobody has met.
    pub(super) fn person(&self, id: &str) -> Person {
        self.people.get(id).cloned().unwrap_or_default()
    }

    /// Whom an alias stands for; `None` for an e-mail address that nobody has.
    pub(super) fn resolve<'w>(&'w self, who: &'w Reference, app: &'w str) -> Option<&'w str> {
        match who {
            Reference::CallingApp => Some(app),
            Reference::Email(email) => self.by_email.get(&email.to_lowercase()).map(|id| &**id),
            Reference::Id(id) => Some(id),
        }
    }

    /// Makes a change, to a space that exists.
    pub(super) fn apply(&mut self, change: Change) {
        // Before it was saved, `Change::put` or `has_place` saw to it that it fits.
        let (space, key) = place(change.name());
        let (space, key) = (space.to_owned(), key.to_owned());
        if let Change::Put(membership) = &change {
            self.meet_member(membership);
        }
        let Some(space) = self.spaces.get_mut(&space) else {
            tracing::error!(space, key, "a change to a space that is not there");
            return;
        };
        match change {
            Change::Put(membership) => {
                let id = match &membership.member {
                    Some(Member::User(user)) => identifier(&user.name).to_owned(),
                    Some(Member::Group(group)) => format!("group-{}", identifier(&group.name)),
                    None => key.clone(),
                };
                if id != key {
                    space.keys.insert(id, key.clone());
                }
                space.members.insert(&key, Listed::from(*membership));
            }
            Change::Remove(_) => {
                space.keys.retain(|_, other| *other != key);
                space.members.remove(&key);
            }
        }
    }

    /// Learns from a membership what is not known yet of the person or app.
    fn meet_member(&mut self, membership: &Membership) {
        let Some(Member::User(user)) = &membership.member else {
            return;
        };
        let id = identifier(&user.name);
        let mut person = self.person(id);
        if person.user_type == UserType::Unspecified {
            person.user_type = user.user_type.clone();
        }
        for (known, told) in [
            (&mut person.email, &user.email),
            (&mut person.display_name, &user.display_name),
        ] {
            if known.is_empty() {
                known.clone_from(told);
            }
        }
        self.meet(id, person);
    }

    fn meet(&mut self, id: &str, person: Person) {
        if !person.email.is_empty() {
            self.by_email
                .insert(person.email.to_lowercase(), id.to_owned());
        }
        self.people.insert(id.to_owned(), person);
    }
}

/// Whether a membership's name has no alias in it.
fn is_canonical(name: &str) -> bool {
    MembershipName::parse(name).is_ok_and(|name| matches!(name.member, Reference::Id(_)))
}

/// The space and the key in the name of a membership that was checked before.
fn place(name: &str) -> (&str, &str) {
    name.split_once("/members/").unwrap_or((name, ""))
}

/// Why a membership that was saved has no place in the spaces of a seed.
///
/// # Errors
///
/// If its name is not canonical, or there is no such space.
pub(super) fn has_place(
    spaces: &HashSet<&str>,
    membership: &Membership,
) -> Result<(), &'static str> {
    let (name, _) = place(&membership.name);
    if !is_canonical(&membership.name) {
        Err("its name is not canonical")
    } else if !spaces.contains(name) {
        Err("there is no such space")
    } else {
        Ok(())
    }
}

/// The identifier in a name that was checked before: what stands behind the last slash.
pub(super) fn identifier(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, id)| id)
}

/// Whom a body's `member.name` means.
pub(super) fn user(name: &str) -> Result<Reference, Status> {
    const FIELD: &str = "membership.member.name";
    let who = parse_user(name).map_err(|error| Violation::new(FIELD, error))?;
    is_fit(&who).map_err(|error| Violation::new(FIELD, error))?;
    Ok(who)
}

/// How long an identifier or an e-mail address may be, in bytes (ours): page tokens hold one, and
/// must fit into a URL.
const LONGEST: usize = 128;

/// Whether an identifier or an e-mail address is not too long.
///
/// # Errors
///
/// Otherwise, for a message.
pub(super) fn is_short(id: &str) -> Result<(), String> {
    match id.len() {
        ..=LONGEST => Ok(()),
        long => Err(format!(
            "an identifier or e-mail address has at most {LONGEST} bytes, found {long}"
        )),
    }
}

/// Whether a user may be called this: the identifiers with `group-` are those of the memberships of
/// Google Groups.
///
/// # Errors
///
/// Otherwise, for a message.
pub(super) fn is_fit(who: &Reference) -> Result<(), String> {
    match who {
        Reference::Id(id) if id.starts_with("group-") => Err(format!(
            "`group-…` is the identifier of a Google Group's membership, found {}",
            Quoted(id)
        )),
        Reference::Id(id) | Reference::Email(id) => is_short(id),
        Reference::CallingApp => Ok(()),
    }
}
