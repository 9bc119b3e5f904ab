//! A seed that is built in Rust.

use gchat_filter::list::Scope;
use gchat_filter::members::{Group, Membership, MembershipRole, User, UserOrGroup, UserType};
use serde::Serialize;

use super::Mock;
use super::fault::Fault;
use super::identifier::identifier;
use super::seed_error::SeedError;
use super::seed_items::{CallerSeed, Missing, SpaceSeed, UnknownUsers, UserDetails, UserSeed};
use super::space_settings::{Permission, SpaceType};

/// A [seed](crate#seed) that is built in Rust, in place of JSON.
///
/// Nothing is checked before [`mock`](Self::mock).
///
/// # Examples
///
/// ```
/// use gchat_filter::members::MembershipRole;
/// use gchat_filter_mock::{Fault, SeedBuilder, SpaceSeed, UserSeed};
///
/// let server = SeedBuilder::new()
///     .space(SpaceSeed::new("spaces/AAAA").discoverable())
///     .person("spaces/AAAA", "users/1", MembershipRole::Manager)
///     .app("spaces/AAAA", "users/2")
///     .group("spaces/AAAA", "groups/team")
///     .user(UserSeed::new("users/1").email("ada@example.com"))
///     .fault(Fault::new("*").http_status(503).times(1))
///     .mock()?
///     .serve()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeedBuilder {
    /// If there are none, they are taken from the memberships.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) spaces: Vec<SpaceSeed>,
    pub(super) memberships: Vec<Membership>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) users: Vec<UserSeed>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) callers: Vec<CallerSeed>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) faults: Vec<Fault>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) domains: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) calling_app: Option<String>,
    pub(super) user_details: UserDetails,
    pub(super) unknown_users: UnknownUsers,
    pub(super) missing: Missing,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) now: Option<String>,
    pub(super) lenient: bool,
}

impl SeedBuilder {
    /// Creates an empty seed.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a space: a [`SpaceSeed`], or the name of one without settings.
    #[must_use]
    pub fn space(mut self, space: impl Into<SpaceSeed>) -> Self {
        self.spaces.push(space.into());
        self
    }

    /// Adds a person, `users/{user}`, to a space.
    #[must_use]
    pub fn person(self, space: &str, user: &str, role: MembershipRole) -> Self {
        self.member(space, user, UserType::Human, role)
    }

    /// Adds an app, `users/{user}`, to a space.
    #[must_use]
    pub fn app(self, space: &str, user: &str) -> Self {
        self.member(space, user, UserType::Bot, MembershipRole::Member)
    }

    /// Adds a Google Group, `groups/{group}`, to a space.
    #[must_use]
    pub fn group(self, space: &str, group: &str) -> Self {
        self.membership(Membership {
            name: format!("{space}/members/group-{}", identifier(group)),
            member: Some(UserOrGroup::Group(Group {
                name: group.to_owned(),
            })),
            ..Membership::default()
        })
    }

    fn member(self, space: &str, user: &str, user_type: UserType, role: MembershipRole) -> Self {
        self.membership(Membership {
            name: format!("{space}/members/{}", identifier(user)),
            role,
            member: Some(UserOrGroup::User(User {
                name: user.to_owned(),
                user_type,
                ..User::default()
            })),
            ..Membership::default()
        })
    }

    /// Adds a membership. What it omits is completed, as in a seed in JSON.
    #[must_use]
    pub fn membership(mut self, membership: Membership) -> Self {
        self.memberships.push(membership);
        self
    }

    /// Adds what the memberships do not say about a person or an app.
    #[must_use]
    pub fn user(mut self, user: UserSeed) -> Self {
        self.users.push(user);
        self
    }

    /// Adds a caller. With one or more, every request needs the token of one of them.
    #[must_use]
    pub fn caller(mut self, caller: CallerSeed) -> Self {
        self.callers.push(caller);
        self
    }

    /// Adds a fault.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Adds a domain of the organization.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domains.push(domain.into());
        self
    }

    /// Sets the app, `users/{app}`, that users call with.
    #[must_use]
    pub fn calling_app(mut self, name: impl Into<String>) -> Self {
        self.calling_app = Some(name.into());
        self
    }

    /// Shows users only the name and the type of other users.
    #[must_use]
    pub fn hide_user_details(mut self) -> Self {
        self.user_details = UserDetails::None;
        self
    }

    /// Refuses to add a person who is not in the seed.
    #[must_use]
    pub fn refuse_unknown_users(mut self) -> Self {
        self.unknown_users = UnknownUsers::Refuse;
        self
    }

    /// Answers requests for a space that does not exist with 403, in place of 404.
    #[must_use]
    pub fn deny_missing(mut self) -> Self {
        self.missing = Missing::PermissionDenied;
        self
    }

    /// Stops the clock at a time, such as `2026-01-01T00:00:00Z`.
    #[must_use]
    pub fn now(mut self, now: impl Into<String>) -> Self {
        self.now = Some(now.into());
        self
    }

    /// Permits enum values that this version does not know, and names of memberships that do not end in
    /// their member's identifier.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// Returns the seed as JSON, for [`Mock::open`] or [`Mock::add_seed`].
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "all keys are strings")]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("all keys are strings")
    }

    /// Creates a server with the seed, in memory.
    ///
    /// # Errors
    ///
    /// As for [`Mock::from_json`]. The line and the column are those in [`to_json`](Self::to_json).
    pub fn mock(&self) -> Result<Mock, SeedError> {
        Mock::from_json(&self.to_json())
    }
}

/// A space without settings.
impl From<&str> for SpaceSeed {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl SpaceSeed {
    /// Creates a space, `spaces/{space}`, of type [`SpaceType::Space`], in which members have all
    /// permissions.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let mut space = Self::default();
        space.name = name.into();
        space
    }

    /// Sets the type.
    #[must_use]
    pub fn space_type(mut self, space_type: SpaceType) -> Self {
        self.space_type = space_type;
        self
    }

    /// Sets that the space is in import mode.
    #[must_use]
    pub fn import_mode(mut self) -> Self {
        self.import_mode = true;
        self
    }

    /// Sets the person or the app, `users/{user}`, that created the space.
    #[must_use]
    pub fn creator(mut self, name: impl Into<String>) -> Self {
        self.creator = Some(name.into());
        self
    }

    /// Permits people to join by themselves.
    #[must_use]
    pub fn discoverable(mut self) -> Self {
        self.access_settings.discover();
        self
    }

    /// Refuses people from outside the organization.
    #[must_use]
    pub fn internal(mut self) -> Self {
        self.external_user_allowed = Some(false);
        self
    }

    /// Sets who adds and removes people and groups.
    #[must_use]
    pub fn manage_members(mut self, permission: Permission) -> Self {
        self.permission_settings.manage_members_and_groups = permission;
        self
    }

    /// Sets who adds and removes apps.
    #[must_use]
    pub fn manage_apps(mut self, permission: Permission) -> Self {
        self.permission_settings.manage_apps = permission;
        self
    }

    /// Sets who can list the members.
    #[must_use]
    pub fn view_members(mut self, permission: Permission) -> Self {
        self.permission_settings.view_space_membership = permission;
        self
    }
}

impl UserSeed {
    /// Creates a person, `users/{user}`, who joins at once when they are added.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            email: String::new(),
            display_name: String::new(),
            avatar_url: String::new(),
            auto_accept: true,
            admin: false,
            external: false,
            user_type: UserType::Human,
        }
    }

    /// Creates an app, `users/{user}`.
    #[must_use]
    pub fn app(name: impl Into<String>) -> Self {
        Self {
            user_type: UserType::Bot,
            ..Self::new(name)
        }
    }

    /// Sets the email address.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = email.into();
        self
    }

    /// Sets the display name.
    #[must_use]
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = name.into();
        self
    }

    /// Sets the URL of the picture.
    #[must_use]
    pub fn avatar_url(mut self, url: impl Into<String>) -> Self {
        self.avatar_url = url.into();
        self
    }

    /// Sets that the person is invited when they are added.
    #[must_use]
    pub fn invited(mut self) -> Self {
        self.auto_accept = false;
        self
    }

    /// Makes the person an administrator.
    #[must_use]
    pub fn admin(mut self) -> Self {
        self.admin = true;
        self
    }

    /// Sets that the person is from outside the organization.
    #[must_use]
    pub fn external(mut self) -> Self {
        self.external = true;
        self
    }
}

impl CallerSeed {
    /// Creates a caller that is a person, `users/{user}`.
    #[must_use]
    pub fn user(
        token: impl Into<String>,
        name: impl Into<String>,
        scopes: impl IntoIterator<Item = Scope>,
    ) -> Self {
        Self {
            token: token.into(),
            user: Some(name.into()),
            app: None,
            scopes: scopes.into_iter().map(|scope| scope.to_string()).collect(),
        }
    }

    /// Creates a caller that is an app, `users/{app}`.
    #[must_use]
    pub fn app(
        token: impl Into<String>,
        name: impl Into<String>,
        scopes: impl IntoIterator<Item = Scope>,
    ) -> Self {
        Self {
            token: token.into(),
            user: None,
            app: Some(name.into()),
            scopes: scopes.into_iter().map(|scope| scope.to_string()).collect(),
        }
    }
}
