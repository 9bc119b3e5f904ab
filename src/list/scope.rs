//! Who calls, and what the scopes of the call permit.

use super::status::Status;

/// The five methods of `spaces.members`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// `POST v1/{parent=spaces/*}/members`.
    Create,
    /// `DELETE v1/{name=spaces/*/members/*}`.
    Delete,
    /// `GET v1/{name=spaces/*/members/*}`.
    Get,
    /// `GET v1/{parent=spaces/*}/members`.
    List,
    /// `PATCH v1/{name=spaces/*/members/*}`.
    Patch,
}

/// How a caller is authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Authentication {
    /// As a person, who has let an app act for them.
    User,
    /// As a Chat app.
    App,
}

/// What a scope wants of the request before it permits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Nothing more.
    Always,
    /// The membership is the calling app's own.
    OwnApp,
    /// The space is in import mode.
    ImportMode,
}

/// What every scope here begins with on the wire.
const PREFIX: &str = "https://www.googleapis.com/auth/";

macro_rules! scopes {
    ($($(#[doc = $doc:literal])+ $scope:ident = $name:literal,)+) => {
        /// An authorization scope that has to do with memberships (documented).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Scope {
            $($(#[doc = $doc])+ #[doc = concat!("\n\n`", $name, "`.")] $scope,)+
        }

        impl Scope {
            /// Every scope.
            pub const ALL: &[Self] = &[$(Self::$scope,)+];

            /// The name without the prefix, such as `chat.memberships`.
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
    /// A user: everything, without admin access.
    Memberships = "chat.memberships",
    /// A user: get and list.
    MembershipsReadonly = "chat.memberships.readonly",
    /// A user or an app: add or remove the calling app itself. The reference contradicts itself
    /// on who may use it; both may (ours).
    MembershipsApp = "chat.memberships.app",
    /// A user: everything but get, in spaces in import mode.
    Import = "chat.import",
    /// An app, with an administrator's approval: everything.
    AppMemberships = "chat.app.memberships",
    /// An app: get and list.
    Bot = "chat.bot",
    /// An administrator: everything, with admin access.
    AdminMemberships = "chat.admin.memberships",
    /// An administrator: get and list, with admin access.
    AdminMembershipsReadonly = "chat.admin.memberships.readonly",
}

impl Scope {
    /// The scope of this name, with or without `https://www.googleapis.com/auth/`; `None` for any
    /// other scope: there are many that have nothing to do with memberships.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.strip_prefix(PREFIX).unwrap_or(name);
        Self::ALL.iter().copied().find(|scope| scope.name() == name)
    }

    /// The name on the wire.
    #[must_use]
    pub fn url(self) -> String {
        format!("{PREFIX}{}", self.name())
    }

    /// Under what condition the scope permits a method; `None` if it does not.
    #[must_use]
    pub fn permits(
        self,
        method: Method,
        authentication: Authentication,
        admin_access: bool,
    ) -> Option<Condition> {
        use Authentication::{App, User};
        use Method::{Create, Delete, Get, List, Patch};

        let (methods, authentications, admin, condition): (&[Method], &[_], _, _) = match self {
            Self::Memberships => (
                &[Create, Delete, Get, List, Patch],
                &[User],
                false,
                Condition::Always,
            ),
            Self::MembershipsReadonly => (&[Get, List], &[User], false, Condition::Always),
            Self::MembershipsApp => (&[Create, Delete], &[User, App], false, Condition::OwnApp),
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

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// As what they are authenticated.
    pub authentication: Authentication,
    /// Whether they are an administrator of the organisation; an app never is.
    pub administrator: bool,
    /// The scopes that they were granted.
    pub scopes: Vec<Scope>,
}

impl Caller {
    /// The conditions under which the caller's scopes permit a method, each enough by itself.
    ///
    /// # Errors
    ///
    /// 403 `PERMISSION_DENIED` if no scope permits it, and if a caller who asks for admin access
    /// is no administrator.
    pub fn authorize(&self, method: Method, admin_access: bool) -> Result<Vec<Condition>, Status> {
        let permits = |scope: &Scope| scope.permits(method, self.authentication, admin_access);
        let conditions: Vec<Condition> = self.scopes.iter().filter_map(permits).collect();
        if conditions.is_empty() {
            return Err(Status::insufficient_scopes());
        }
        if admin_access && !self.administrator {
            return Err(Status::permission_denied());
        }
        Ok(conditions)
    }
}
