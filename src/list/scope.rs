//! Callers and the methods that their scopes permit.

use std::fmt;
use std::str::FromStr;

use super::method::MembershipMethod;
use super::status::Status;
use crate::UnknownName;

/// How a caller is authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Authentication {
    /// As a user who has authorized an app to act on their behalf.
    User,
    /// As a Chat app.
    App,
}

/// A condition that a request must meet for a scope to permit it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// No condition.
    Always,
    /// The membership is the calling app's own.
    OwnApp,
    /// The space is in import mode.
    ImportMode,
}

/// Prefix of every scope on the wire.
const PREFIX: &str = "https://www.googleapis.com/auth/";

macro_rules! scopes {
    ($($(#[doc = $doc:literal])+ $scope:ident = $name:literal,)+) => {
        /// An authorization scope for memberships (documented).
        ///
        /// `Display` writes the full name, and `FromStr` reads it with or without
        /// `https://www.googleapis.com/auth/`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Scope {
            $($(#[doc = $doc])+ #[doc = concat!("\n\n`", $name, "`.")] $scope,)+
        }

        impl Scope {
            /// Every scope.
            pub const ALL: &[Self] = &[$(Self::$scope,)+];

            /// Returns the name without the prefix, such as `chat.memberships`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$scope => $name,)+
                }
            }
        }
    };
}

scopes! {
    /// A user: all methods, without admin access.
    Memberships = "chat.memberships",
    /// A user: get and list.
    MembershipsReadonly = "chat.memberships.readonly",
    /// A user: create and delete the calling app's own membership. An app: delete it. The reference
    /// is inconsistent about deleting as an app, so it is accepted (design decision).
    MembershipsApp = "chat.memberships.app",
    /// A user: all methods but get, in spaces in import mode.
    Import = "chat.import",
    /// An app with an administrator's approval: all methods.
    AppMemberships = "chat.app.memberships",
    /// An app: get and list.
    Bot = "chat.bot",
    /// An administrator: all methods, with admin access.
    AdminMemberships = "chat.admin.memberships",
    /// An administrator: get and list, with admin access.
    AdminMembershipsReadonly = "chat.admin.memberships.readonly",
}

impl Scope {
    /// Returns the scope with the given name, with or without `https://www.googleapis.com/auth/`.
    ///
    /// Returns `None` for scopes that are not for memberships.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.strip_prefix(PREFIX).unwrap_or(name);
        Self::ALL.iter().copied().find(|scope| scope.name() == name)
    }

    /// Returns the full name on the wire.
    #[must_use]
    pub fn url(self) -> String {
        format!("{PREFIX}{}", self.name())
    }

    /// Returns the condition under which the scope permits a method; `None` if it does not.
    #[must_use]
    pub fn permits(
        self,
        method: MembershipMethod,
        authentication: Authentication,
        admin_access: bool,
    ) -> Option<Condition> {
        use Authentication::{App, User};
        use MembershipMethod::{Create, Delete, Get, List, Patch};

        let (methods, authentications, admin, condition): (&[MembershipMethod], &[_], _, _) =
            match self {
                Self::Memberships => (
                    &[Create, Delete, Get, List, Patch],
                    &[User],
                    false,
                    Condition::Always,
                ),
                Self::MembershipsReadonly => (&[Get, List], &[User], false, Condition::Always),
                // An app "must authenticate as a user" to create a membership for itself.
                Self::MembershipsApp if method == Create => {
                    (&[Create], &[User], false, Condition::OwnApp)
                }
                Self::MembershipsApp => (&[Delete], &[User, App], false, Condition::OwnApp),
                Self::Import => (
                    &[Create, Delete, List, Patch],
                    &[User],
                    false,
                    Condition::ImportMode,
                ),
                Self::AppMemberships => (
                    &[Create, Delete, Get, List, Patch],
                    &[App],
                    false,
                    Condition::Always,
                ),
                Self::Bot => (&[Get, List], &[App], false, Condition::Always),
                Self::AdminMemberships => (
                    &[Create, Delete, Get, List, Patch],
                    &[User],
                    true,
                    Condition::Always,
                ),
                Self::AdminMembershipsReadonly => (&[Get, List], &[User], true, Condition::Always),
            };
        (methods.contains(&method)
            && authentications.contains(&authentication)
            && admin == admin_access)
            .then_some(condition)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.url())
    }
}

impl FromStr for Scope {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::from_name(name).ok_or_else(|| UnknownName {
            kind: "scope for memberships",
            name: name.to_owned(),
            expected: Self::ALL.iter().map(|scope| scope.name()).collect(),
        })
    }
}

/// The caller of a method.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Caller {
    /// How the caller is authenticated.
    pub authentication: Authentication,
    /// Whether the caller is an administrator of the organization; an app never is.
    pub administrator: bool,
    /// The scopes that the caller was granted.
    pub scopes: Vec<Scope>,
}

impl Caller {
    /// Creates a caller who is not an administrator.
    pub fn new(authentication: Authentication, scopes: impl Into<Vec<Scope>>) -> Self {
        Self {
            authentication,
            administrator: false,
            scopes: scopes.into(),
        }
    }

    /// Sets whether the caller is an administrator of the organization.
    #[must_use]
    pub fn administrator(mut self, administrator: bool) -> Self {
        self.administrator = administrator;
        self
    }

    /// Returns the conditions under which the caller's scopes permit a method. It is enough to meet
    /// one of them.
    ///
    /// # Errors
    ///
    /// 403 `PERMISSION_DENIED` if no scope permits the method, or if a caller who is not an
    /// administrator asks for admin access.
    pub fn authorize(
        &self,
        method: MembershipMethod,
        admin_access: bool,
    ) -> Result<Vec<Condition>, Status> {
        let permits = |scope: &Scope| scope.permits(method, self.authentication, admin_access);
        let conditions: Vec<Condition> = self.scopes.iter().filter_map(permits).collect();
        if conditions.is_empty() {
            return Err(Status::insufficient_scopes(method));
        }
        if admin_access && !self.administrator {
            return Err(Status::requires_administrator());
        }
        Ok(conditions)
    }
}
