//! The people and apps that are known from the seed and from created memberships.

use std::collections::HashMap;

use gchat_filter::list::Reference;
use gchat_filter::members::{
    Affiliation, Membership, MembershipRole, MembershipState, User, UserOrGroup, UserType,
};

use super::identifier::identifier;
use super::seed::Seed;
use super::seed_error::SeedError;
use super::seed_items::UserSeed;

/// A person or an app.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) email: String,
    pub(super) display_name: String,
    pub(super) avatar_url: String,
    pub(super) user_type: UserType,
    pub(super) auto_accept: bool,
    pub(super) administrator: bool,
    /// Whether the person is known to be from outside the organization, regardless of the address.
    pub(super) external: bool,
}

impl Default for Person {
    /// A person or an app that is not in the seed (design decision).
    fn default() -> Self {
        Self {
            email: String::new(),
            display_name: String::new(),
            avatar_url: String::new(),
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
            avatar_url: seed.avatar_url.clone(),
            user_type: seed.user_type.clone(),
            auto_accept: seed.auto_accept,
            administrator: seed.admin,
            external: seed.external,
        }
    }
}

/// Parses a seed in several parts, and completes its memberships.
pub(super) fn parse(parts: &[impl AsRef<str>]) -> Result<Seed, SeedError> {
    let mut seed = Seed::parse(parts)?;
    complete(&mut seed);
    Ok(seed)
}

/// Everyone who is known, and the domains of the organization.
#[derive(Debug, Default)]
pub(super) struct People {
    by_id: HashMap<String, Person>,
    ids_by_email: HashMap<String, String>,
    domains: Vec<String>,
}

impl People {
    /// Returns the people in a seed.
    pub(super) fn of(seed: &Seed) -> Self {
        let mut people = Self {
            domains: seed.domains.clone(),
            ..Self::default()
        };
        for user in &seed.users {
            people.add(identifier(&user.name), Person::from(user));
        }
        for membership in &seed.memberships {
            people.learn_from(membership);
        }
        for caller in seed
            .callers
            .iter()
            .filter_map(|caller| caller.user.as_ref())
        {
            let id = identifier(caller);
            if !people.by_id.contains_key(id) {
                let user_type = UserType::Human;
                people.add(
                    id,
                    Person {
                        user_type,
                        ..Person::default()
                    },
                );
            }
        }
        people
    }

    /// Returns the person or app with this identifier, or the default if they are unknown.
    pub(super) fn get(&self, id: &str) -> Person {
        self.by_id.get(id).cloned().unwrap_or_default()
    }

    /// Returns everyone, with their identifiers, in any order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Person)> {
        self.by_id.iter().map(|(id, person)| (&**id, person))
    }

    /// Returns whether the person or app is known.
    pub(super) fn contains(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// Resolves a reference to an identifier; `None` for an unknown email address.
    pub(super) fn resolve<'w>(&'w self, who: &'w Reference, app: &'w str) -> Option<&'w str> {
        match who {
            Reference::CallingApp => Some(app),
            Reference::Email(email) => self.ids_by_email.get(&email.to_lowercase()).map(|id| &**id),
            Reference::Id(id) => Some(id),
        }
    }

    /// Returns whether a person is from outside the organization: known to be, or with an address of
    /// another domain.
    pub(super) fn is_external(&self, person: &Person) -> bool {
        let is_foreign = |(_, domain): (&str, &str)| {
            let mut own = self.domains.iter();
            !own.any(|own| own.eq_ignore_ascii_case(domain))
        };
        let has_foreign_address =
            !self.domains.is_empty() && person.email.rsplit_once('@').is_some_and(is_foreign);
        person.external || has_foreign_address
    }

    /// Learns from a membership what is not known yet about the person or app.
    pub(super) fn learn_from(&mut self, membership: &Membership) {
        let Some(UserOrGroup::User(user)) = &membership.member else {
            return;
        };
        let id = identifier(&user.name);
        let mut person = self.get(id);
        if person.user_type == UserType::Unspecified {
            person.user_type = user.user_type.clone();
        }
        person.external |= membership.affiliation == Affiliation::External;
        for (known, new) in [
            (&mut person.email, &user.email),
            (&mut person.display_name, &user.display_name),
            (&mut person.avatar_url, &user.avatar_url),
        ] {
            if known.is_empty() {
                known.clone_from(new);
            }
        }
        self.add(id, person);
    }

    fn add(&mut self, id: &str, person: Person) {
        if !person.email.is_empty() {
            self.ids_by_email
                .insert(person.email.to_lowercase(), id.to_owned());
        }
        self.by_id.insert(id.to_owned(), person);
    }
}

/// Adds to a seed's memberships what the service always populates: the state, the role of a person or
/// an app, the affiliation of a person from outside, and what the rest of the seed says about them.
fn complete(seed: &mut Seed) {
    let people = People::of(seed);
    for membership in &mut seed.memberships {
        if membership.state == MembershipState::Unspecified {
            membership.state = MembershipState::Joined;
        }
        let Some(UserOrGroup::User(user)) = &mut membership.member else {
            continue;
        };
        if membership.role == MembershipRole::Unspecified {
            membership.role = MembershipRole::Member;
        }
        let Some(known) = people.by_id.get(identifier(&user.name)) else {
            continue;
        };
        let is_outsider = user.user_type != UserType::Bot && people.is_external(known);
        if is_outsider && membership.affiliation == Affiliation::Unspecified {
            membership.affiliation = Affiliation::External;
        }
        for (field, known) in [
            (&mut user.display_name, &known.display_name),
            (&mut user.email, &known.email),
            (&mut user.avatar_url, &known.avatar_url),
        ] {
            if field.is_empty() {
                field.clone_from(known);
            }
        }
    }
}

/// Returns a membership with only the name and the type of its user.
pub(super) fn without_details(membership: &Membership) -> Membership {
    let member = match &membership.member {
        Some(UserOrGroup::User(user)) => Some(UserOrGroup::User(User {
            name: user.name.clone(),
            user_type: user.user_type.clone(),
            ..User::default()
        })),
        other => other.clone(),
    };
    Membership {
        member,
        ..membership.clone()
    }
}
