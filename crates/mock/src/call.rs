//! A call of a method: the caller, what their scopes permit, and their standing in the space.

use gchat_filter::list::{
    Authentication, Caller, Condition, MembershipMethod, RpcCode, Scope, SpaceName, Status,
    SystemParameters,
};
use gchat_filter::members::Membership;

use super::index::MembershipClass;
use super::space_settings::{Permission, Standing};
use super::state::{Space, State, user_id};

/// The caller of a request: privileges and identity.
#[derive(Clone, Debug)]
pub(super) struct Requester {
    pub(super) caller: Caller,
    /// The caller's identifier; `None` for the unrestricted caller, who owns every space.
    pub(super) id: Option<String>,
    /// Identifier of the calling app.
    pub(super) app: String,
}

impl Requester {
    /// Identifies the requester by the token in the header or, if it has none, in the query.
    ///
    /// # Errors
    ///
    /// 401 `UNAUTHENTICATED` for a missing or unknown token, but only if there are callers: Google's
    /// Python clients fail obscurely on an unexpected 401.
    pub(super) fn identify(
        state: &State,
        token: Option<&str>,
        system: impl FnOnce() -> SystemParameters,
    ) -> Result<Self, Status> {
        if state.callers.is_empty() {
            return Ok(Self {
                caller: Caller::new(Authentication::User, Scope::ALL).administrator(true),
                id: None,
                app: state.app.clone(),
            });
        }
        let token = token.map(str::to_owned).or_else(|| system().access_token);
        let Some(token) = token else {
            return Err(Status::new(
                RpcCode::Unauthenticated,
                "Request is missing required authentication credential. Expected OAuth 2 access \
                 token, login cookie or other valid authentication credential. See \
                 https://developers.google.com/identity/sign-in/web/devconsole-project.",
            ));
        };
        let Some(known) = state.callers.get(&token) else {
            return Err(Status::new(
                RpcCode::Unauthenticated,
                "Request had invalid authentication credentials. Expected OAuth 2 access token, \
                 login cookie or other valid authentication credential. See \
                 https://developers.google.com/identity/sign-in/web/devconsole-project.",
            ));
        };
        let is_app = known.authentication == Authentication::App;
        Ok(Self {
            caller: Caller::new(known.authentication, &*known.scopes)
                .administrator(!is_app && state.people.get(&known.id).administrator),
            app: if is_app { &known.id } else { &state.app }.clone(),
            id: Some(known.id.clone()),
        })
    }

    pub(super) fn is_app(&self) -> bool {
        self.caller.authentication == Authentication::App
    }
}

/// A call of a method: the caller, and their privileges.
pub(super) struct Call<'w> {
    pub(super) state: &'w State,
    pub(super) who: &'w Requester,
    pub(super) admin: bool,
    method: MembershipMethod,
    conditions: Vec<Condition>,
}

impl<'w> Call<'w> {
    /// Creates a call that the caller's scopes permit, at least in some spaces.
    ///
    /// # Errors
    ///
    /// 403, as in [`Caller::authorize`].
    pub(super) fn new(
        state: &'w State,
        who: &'w Requester,
        method: MembershipMethod,
        admin: bool,
    ) -> Result<Self, Status> {
        let conditions = who.caller.authorize(method, admin)?;
        Ok(Self {
            state,
            who,
            admin,
            method,
            conditions,
        })
    }

    /// Returns the space if it exists, the scopes cover it, and the caller can access it.
    ///
    /// # Errors
    ///
    /// As for [`scoped_space`](Self::scoped_space), and 403 if the caller cannot access it.
    pub(super) fn space(&self, name: &SpaceName, own_app: bool) -> Result<&'w Space, Status> {
        let space = self.scoped_space(name, own_app)?;
        self.check_access(space)?;
        Ok(space)
    }

    /// Returns the space if it exists and the scopes cover it.
    ///
    /// # Errors
    ///
    /// 404 if there is no such space, 403 if the scopes do not cover it.
    pub(super) fn scoped_space(
        &self,
        name: &SpaceName,
        own_app: bool,
    ) -> Result<&'w Space, Status> {
        let space = self.state.space(name.as_str())?;
        let holds = |condition: &Condition| match condition {
            Condition::Always => true,
            Condition::OwnApp => own_app,
            Condition::ImportMode => space.import_mode,
        };
        if self.conditions.iter().any(holds) {
            Ok(space)
        } else {
            Err(Status::insufficient_scopes(self.method))
        }
    }

    /// Checks that the caller can access a space: they are in it, use admin access, or created it
    /// (design decision).
    pub(super) fn check_access(&self, space: &Space) -> Result<(), Status> {
        allowed(self.standing(space) > Standing::Outside)
    }

    /// Checks that the caller may add or remove the calling app: without admin access, and with the
    /// scope for it.
    pub(super) fn check_own_app(&self, own: bool) -> Result<(), Status> {
        allowed(own && !self.admin)?;
        if self.conditions.contains(&Condition::OwnApp) {
            Ok(())
        } else {
            Err(Status::insufficient_scopes(self.method))
        }
    }

    /// Checks that a space grants the caller a permission.
    pub(super) fn check_permission(
        &self,
        space: &Space,
        permission: Permission,
    ) -> Result<(), Status> {
        allowed(self.has_permission(space, permission))
    }

    /// Returns whether a space grants the caller a permission. Settings do not restrict administrators
    /// with admin access, nor the unrestricted caller.
    pub(super) fn has_permission(&self, space: &Space, permission: Permission) -> bool {
        let is_exempt = self.admin || self.who.id.is_none();
        is_exempt || permission.includes(self.standing(space))
    }

    /// Checks that the caller is authenticated as a user.
    pub(super) fn check_user_authentication(&self) -> Result<(), Status> {
        if self.who.is_app() {
            return Err(Status::requires_user());
        }
        Ok(())
    }

    /// Returns whether the calling user is from outside the organization.
    pub(super) fn is_external(&self) -> bool {
        let id = self.who.id.as_deref().filter(|_| !self.who.is_app());
        let people = &self.state.people;
        id.is_some_and(|id| people.is_external(&people.get(id)))
    }

    /// Returns whether the caller sees only the name and the type of users.
    pub(super) fn misses_details(&self) -> bool {
        self.state.hides_details && !self.who.is_app()
    }

    /// Returns whether an identifier is the calling user's own.
    pub(super) fn is_self(&self, id: Option<&str>) -> bool {
        !self.who.is_app() && self.who.id.is_some() && self.who.id.as_deref() == id
    }

    /// Returns the caller's standing in a space. An administrator with admin access is treated as an
    /// owner. So is an app in a space that it created, while a person who created it only keeps
    /// access (design decision).
    pub(super) fn standing(&self, space: &Space) -> Standing {
        let Some(id) = self.who.id.as_deref().filter(|_| !self.admin) else {
            return Standing::Owner;
        };
        let joined = space.of_user(id).map(MembershipClass::of).map(Standing::of);
        let joined = joined.unwrap_or(Standing::Outside);
        match space.creator.as_deref() == Some(id) {
            true if self.who.is_app() => Standing::Owner,
            true => joined.max(Standing::Member),
            false => joined,
        }
    }
}

/// Returns 403 unless the caller is allowed to do something.
pub(super) fn allowed(is_allowed: bool) -> Result<(), Status> {
    if is_allowed {
        Ok(())
    } else {
        Err(Status::permission_denied())
    }
}

/// Returns whether a membership is the calling user's.
pub(super) fn is_own(call: &Call<'_>, member: &Membership) -> bool {
    call.is_self(user_id(member))
}
