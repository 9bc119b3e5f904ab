//! The rules of the five methods, independent of the server's code: one table of scopes, one of
//! roles, and the order in which a request is refused. Property tests, the load test and the router's
//! fuzz target share it.
#![allow(missing_docs, reason = "the names are those of the API")]
#![allow(
    clippy::missing_errors_doc,
    reason = "every function returns the first reason for which a request is refused"
)]

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Create,
    Delete,
    Get,
    List,
    Patch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    User,
    App,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Memberships,
    MembershipsReadonly,
    MembershipsApp,
    Import,
    AppMemberships,
    Bot,
    AdminMemberships,
    AdminMembershipsReadonly,
}

impl Scope {
    pub const ALL: [Self; 8] = [
        Self::Memberships,
        Self::MembershipsReadonly,
        Self::MembershipsApp,
        Self::Import,
        Self::AppMemberships,
        Self::Bot,
        Self::AdminMemberships,
        Self::AdminMembershipsReadonly,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Memberships => "chat.memberships",
            Self::MembershipsReadonly => "chat.memberships.readonly",
            Self::MembershipsApp => "chat.memberships.app",
            Self::Import => "chat.import",
            Self::AppMemberships => "chat.app.memberships",
            Self::Bot => "chat.bot",
            Self::AdminMemberships => "chat.admin.memberships",
            Self::AdminMembershipsReadonly => "chat.admin.memberships.readonly",
        }
    }
}

/// When a scope permits a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Always,
    /// The membership is the calling app's own.
    OwnApp,
    /// The space is in import mode.
    Imports,
}

/// The methods that a scope permits, with one authentication, and with or without admin access.
struct Grant(Scope, Authentication, bool, &'static [Method], Condition);

/// The table of scopes in the reference.
const GRANTS: [Grant; 9] = {
    use Authentication::{App, User};
    use Condition::{Always, Imports, OwnApp};
    use Method::{Create, Delete, Get, List, Patch};
    const ALL: &[Method] = &[Create, Delete, Get, List, Patch];
    const READ: &[Method] = &[Get, List];
    [
        Grant(Scope::Memberships, User, false, ALL, Always),
        Grant(Scope::MembershipsReadonly, User, false, READ, Always),
        Grant(
            Scope::MembershipsApp,
            User,
            false,
            &[Create, Delete],
            OwnApp,
        ),
        Grant(Scope::MembershipsApp, App, false, &[Delete], OwnApp),
        Grant(
            Scope::Import,
            User,
            false,
            &[Create, Delete, List, Patch],
            Imports,
        ),
        Grant(Scope::AppMemberships, App, false, ALL, Always),
        Grant(Scope::Bot, App, false, READ, Always),
        Grant(Scope::AdminMemberships, User, true, ALL, Always),
        Grant(Scope::AdminMembershipsReadonly, User, true, READ, Always),
    ]
};

/// Role of a member; a Google Group has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    None,
    Member,
    AssistantManager,
    Manager,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Member, Self::AssistantManager, Self::Manager];

    /// Returns the name on the wire; empty for no role.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Member => "ROLE_MEMBER",
            Self::AssistantManager => "ROLE_ASSISTANT_MANAGER",
            Self::Manager => "ROLE_MANAGER",
        }
    }

    #[must_use]
    pub fn of(name: &str) -> Self {
        let mut all = Self::ALL.into_iter();
        all.find(|role| role.name() == name).unwrap_or(Self::None)
    }
}

/// Standing of a caller in a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not in the space, and not its creator.
    Outside,
    /// In the space, invited to it, or its creator.
    Member,
    AssistantManager,
    Owner,
}

/// The roles of the members that a caller may remove, and between which they may change roles.
struct Authority(Standing, &'static [Role], &'static [Role]);

/// The table of roles.
const AUTHORITIES: [Authority; 4] = {
    use Role::{AssistantManager, Manager, Member, None};
    const ALL: &[Role] = &[None, Member, AssistantManager, Manager];
    const NO_OWNER: &[Role] = &[None, Member, AssistantManager];
    [
        Authority(Standing::Outside, &[], &[]),
        Authority(Standing::Member, &[None, Member], &[]),
        Authority(Standing::AssistantManager, NO_OWNER, NO_OWNER),
        Authority(Standing::Owner, ALL, ALL),
    ]
};

impl Standing {
    fn authority(self) -> &'static Authority {
        let mut all = AUTHORITIES.iter();
        let found = all.find(|authority| authority.0 == self);
        found.unwrap_or(&AUTHORITIES[0])
    }

    /// Returns the standing of a person or an app with a membership in a space.
    #[must_use]
    pub fn of(kind: Kind, state: State, role: Role) -> Self {
        match (kind, state, role) {
            (_, State::Absent, _) => Self::Outside,
            (Kind::Person, State::Joined, Role::Manager) => Self::Owner,
            (Kind::Person, State::Joined, Role::AssistantManager) => Self::AssistantManager,
            _ => Self::Member,
        }
    }
}

/// The members who have a permission: owners, assistant managers, plain members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission(pub bool, pub bool, pub bool);

impl Permission {
    pub const ALL: Self = Self(true, true, true);

    fn includes(self, standing: Standing) -> bool {
        match standing {
            Standing::Owner => self.0,
            Standing::AssistantManager => self.1,
            Standing::Member => self.2,
            Standing::Outside => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpaceType {
    Space,
    GroupChat,
    DirectMessage,
}

/// What the rules need to know of a space.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "they are independent")]
pub struct Space {
    pub kind: SpaceType,
    pub imports: bool,
    pub is_discoverable: bool,
    pub allows_external: bool,
    pub view_members: Permission,
    pub manage_members: Permission,
    pub manage_apps: Permission,
    /// Number of people who have joined as managers.
    pub owners: usize,
}

impl Space {
    /// A space without settings.
    pub const PLAIN: Self = Self {
        kind: SpaceType::Space,
        imports: false,
        is_discoverable: false,
        allows_external: true,
        view_members: Permission::ALL,
        manage_members: Permission::ALL,
        manage_apps: Permission::ALL,
        owners: 1,
    };
}

/// The caller of a method.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "they are independent")]
pub struct Caller<'a> {
    pub authentication: Authentication,
    pub scopes: &'a [Scope],
    pub is_administrator: bool,
    pub admin_access: bool,
    /// Whether the server has no callers, so that everyone may do everything.
    pub is_unrestricted: bool,
    /// Standing in the space, without admin access.
    pub standing: Standing,
    /// Whether the caller created the space.
    pub is_creator: bool,
    /// Whether the caller is a person from outside the organization.
    pub is_external: bool,
}

impl Caller<'_> {
    /// The caller of a server without callers.
    pub const UNRESTRICTED: Self = Self {
        authentication: Authentication::User,
        scopes: &Scope::ALL,
        is_administrator: true,
        admin_access: false,
        is_unrestricted: true,
        standing: Standing::Owner,
        is_creator: false,
        is_external: false,
    };

    fn is_app(&self) -> bool {
        self.authentication == Authentication::App
    }

    fn standing(&self) -> Standing {
        match self.standing {
            _ if self.is_unrestricted || self.admin_access => Standing::Owner,
            _ if self.is_creator && self.is_app() => Standing::Owner,
            Standing::Outside if self.is_creator => Standing::Member,
            standing => standing,
        }
    }

    fn has(&self, permission: Permission) -> bool {
        self.is_unrestricted || self.admin_access || permission.includes(self.standing())
    }

    fn grants(&self, method: Method) -> impl Iterator<Item = Condition> {
        GRANTS.iter().filter_map(move |grant| {
            let Grant(scope, authentication, admin, methods, condition) = grant;
            let permits = self.scopes.contains(scope)
                && *authentication == self.authentication
                && *admin == self.admin_access
                && methods.contains(&method);
            permits.then_some(*condition)
        })
    }

    /// Whether the scopes permit a method at all. This is checked before the request's arguments.
    pub fn may_call(&self, method: Method) -> Result<(), Refusal> {
        ensure(self.grants(method).next().is_some(), Refusal::Scope)?;
        let is_admin = self.is_administrator || !self.admin_access;
        ensure(is_admin, Refusal::Denied)
    }

    /// Whether the scopes permit a method in a space, after [`may_call`](Self::may_call).
    fn covers(&self, method: Method, space: &Space, own_app: bool) -> Result<(), Refusal> {
        let holds = |condition| match condition {
            Condition::Always => true,
            Condition::OwnApp => own_app,
            Condition::Imports => space.imports,
        };
        ensure(self.grants(method).any(holds), Refusal::Scope)
    }

    /// Whether the caller can access a space.
    pub fn may_access(&self, method: Method, space: &Space, own_app: bool) -> Result<(), Refusal> {
        self.covers(method, space, own_app)?;
        ensure(self.standing() != Standing::Outside, Refusal::Denied)
    }

    /// The calling app is added and removed with its own scope only, and without admin access.
    fn may_manage(&self, method: Method, app: Kind) -> Result<(), Refusal> {
        let is_own = app == Kind::CallingApp;
        ensure(is_own && !self.admin_access, Refusal::Denied)?;
        let mut grants = self.grants(method);
        ensure(grants.any(|c| c == Condition::OwnApp), Refusal::Scope)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Person,
    Group,
    CallingApp,
    OtherApp,
}

impl Kind {
    fn is_app(self) -> bool {
        matches!(self, Self::CallingApp | Self::OtherApp)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Absent,
    Invited,
    Joined,
}

/// The member that a request names.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub kind: Kind,
    pub state: State,
    pub role: Role,
    /// Whether the member is the calling user.
    pub is_self: bool,
    pub is_external: bool,
    /// Whether the request names an app by the alias `app`.
    pub by_alias: bool,
}

impl Target {
    /// A person who has joined, or is not in the space if there is no role.
    #[must_use]
    pub fn person(role: Role) -> Self {
        Self {
            kind: Kind::Person,
            state: match role {
                Role::None => State::Absent,
                _ => State::Joined,
            },
            role,
            is_self: false,
            is_external: false,
            by_alias: false,
        }
    }

    fn is_last_owner(self, space: &Space) -> bool {
        Standing::of(self.kind, self.state, self.role) == Standing::Owner && space.owners == 1
    }
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Invalid,
    Precondition,
    Scope,
    Denied,
    Missing,
    Exists,
}

impl Refusal {
    /// Returns the HTTP status.
    #[must_use]
    pub fn http(self) -> u16 {
        match self {
            Self::Invalid | Self::Precondition => 400,
            Self::Scope | Self::Denied => 403,
            Self::Missing => 404,
            Self::Exists => 409,
        }
    }
}

fn ensure(holds: bool, refusal: Refusal) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(refusal) }
}

/// A membership can be seen if the caller can access the space; groups only by users.
fn find(method: Method, caller: &Caller<'_>, space: &Space, target: Target) -> Result<(), Refusal> {
    caller.may_access(method, space, target.kind == Kind::CallingApp)?;
    ensure(target.state != State::Absent, Refusal::Missing)?;
    ensure(
        target.kind != Kind::Group || !caller.is_app(),
        Refusal::Denied,
    )
}

pub fn get(caller: &Caller<'_>, space: &Space, target: Target) -> Result<(), Refusal> {
    find(Method::Get, caller, space, target)?;
    ensure(
        !caller.admin_access || !target.kind.is_app(),
        Refusal::Denied,
    )
}

/// Returns whether the members are listed; an app may get an empty list.
pub fn list(caller: &Caller<'_>, space: &Space) -> Result<bool, Refusal> {
    caller.may_access(Method::List, space, false)?;
    let sees = caller.has(space.view_members);
    ensure(sees || caller.is_app(), Refusal::Denied)?;
    Ok(sees)
}

/// Returns the state of the new membership.
pub fn create(
    caller: &Caller<'_>,
    space: &Space,
    target: Target,
    auto_accept: bool,
) -> Result<State, Refusal> {
    let own_app = target.kind == Kind::CallingApp;
    caller.covers(Method::Create, space, own_app)?;
    let is_inside = caller.standing() != Standing::Outside;
    if target.is_self && !caller.admin_access {
        let may_join = space.is_discoverable && !caller.is_external;
        ensure(is_inside || may_join, Refusal::Denied)?;
    } else {
        ensure(is_inside && !caller.is_external, Refusal::Denied)?;
        let is_user = !caller.is_app();
        let permission = match target.kind {
            Kind::Person => {
                let invites = is_user && !caller.admin_access && space.allows_external;
                ensure(invites || !target.is_external, Refusal::Denied)?;
                space.manage_members
            }
            Kind::Group => {
                ensure(is_user, Refusal::Denied)?;
                space.manage_members
            }
            app => {
                ensure(is_user, Refusal::Denied)?;
                caller.may_manage(Method::Create, app)?;
                space.manage_apps
            }
        };
        ensure(caller.has(permission), Refusal::Denied)?;
    }
    let accepts = match target.kind {
        Kind::Group => space.kind == SpaceType::Space,
        _ => space.kind != SpaceType::DirectMessage,
    };
    ensure(accepts, Refusal::Precondition)?;
    let accepts_invitation = target.is_self && target.state == State::Invited;
    let is_new = target.state == State::Absent || accepts_invitation;
    ensure(is_new, Refusal::Exists)?;
    let accepts = auto_accept && !target.is_external;
    let joins = target.kind != Kind::Person || target.is_self || accepts;
    Ok(if joins { State::Joined } else { State::Invited })
}

pub fn delete(caller: &Caller<'_>, space: &Space, target: Target) -> Result<(), Refusal> {
    find(Method::Delete, caller, space, target)?;
    if target.kind.is_app() {
        caller.may_manage(Method::Delete, target.kind)?;
        ensure(target.by_alias, Refusal::Invalid)?;
        let may = caller.is_app() || caller.has(space.manage_apps);
        ensure(may, Refusal::Denied)?;
    } else if !target.is_self {
        let Authority(_, removed, _) = caller.standing().authority();
        let may = removed.contains(&target.role) && caller.has(space.manage_members);
        ensure(may, Refusal::Denied)?;
    }
    ensure(!target.is_last_owner(space), Refusal::Precondition)
}

pub fn patch(
    caller: &Caller<'_>,
    space: &Space,
    target: Target,
    role: Role,
) -> Result<(), Refusal> {
    find(Method::Patch, caller, space, target)?;
    let is_app = target.kind.is_app();
    ensure(!caller.admin_access || !is_app, Refusal::Denied)?;
    let Authority(_, _, roles) = caller.standing().authority();
    let may = roles.contains(&target.role) && roles.contains(&role);
    ensure(may, Refusal::Denied)?;
    ensure(target.kind != Kind::Group, Refusal::Invalid)?;
    let is_plain = role == Role::Member;
    ensure(is_plain || !is_app, Refusal::Invalid)?;
    let has_roles = space.kind == SpaceType::Space;
    ensure(is_plain || has_roles, Refusal::Precondition)?;
    let keeps = role == Role::Manager || !target.is_last_owner(space);
    ensure(keeps, Refusal::Precondition)
}
