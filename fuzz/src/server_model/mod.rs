//! A model of the mock server: a map of memberships for each space. With the [rules](oracle::rules),
//! it predicts the outcome of each [`Operation`].

mod membership;
mod operation;
mod seed;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use self::membership::{completed, facts, standing};
pub use self::membership::{contains, is_manager, representation};
pub use self::operation::Operation;
use self::seed::FAULTS;
pub use self::seed::{ANYONE, CALLERS, Caller, MEMBERS, MemberRef, SPACES, WATCHER, seed};
use oracle::rules::{
    self, Authentication, Kind, Method, Permission, Refusal, Role, SpaceType, Standing, State,
    Target,
};

/// The memberships of a space by key, as they appear in responses.
pub type Members = BTreeMap<String, Value>;

/// The effect of a valid request.
#[derive(Debug)]
pub enum Effect {
    /// Returns a membership.
    Show(Value),
    /// Replaces the membership with a key by this one.
    Put(String, Value),
    /// Adds a membership with these fields.
    Create(Value),
    /// Removes the membership with a key.
    Remove(String),
}

/// A space.
#[derive(Debug)]
pub struct Space {
    rules: rules::Space,
    creator: Option<&'static str>,
    /// Its memberships, except those of people who left.
    pub members: Members,
}

impl Space {
    /// Returns the space as the rules see it.
    fn rules(&self) -> rules::Space {
        let owners = self.members.values().filter(|one| is_manager(one)).count();
        rules::Space {
            owners,
            ..self.rules
        }
    }
}

/// The model.
#[derive(Debug)]
pub struct Model {
    /// Whether requests need a token.
    pub callers: bool,
    /// The spaces by ID.
    pub spaces: BTreeMap<&'static str, Space>,
    /// The known types by user ID.
    types: BTreeMap<String, String>,
    /// User IDs by lower-case email address.
    emails: BTreeMap<String, String>,
    faults: Vec<(&'static str, u16, u32)>,
}

impl Model {
    /// Returns whether there are faults.
    #[must_use]
    pub fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Creates the model of a server with the [`seed`].
    #[must_use]
    pub fn new(callers: bool, faults: bool) -> Self {
        let seed = seed(false, false);
        let mut model = Self {
            callers,
            spaces: BTreeMap::new(),
            types: BTreeMap::new(),
            emails: BTreeMap::new(),
            faults: if faults { FAULTS.to_vec() } else { Vec::new() },
        };
        for id in SPACES.into_iter().filter(|id| *id != "X") {
            let creator = match id {
                "O" => Some("app1"),
                "F" => Some("2"),
                "E" | "D" | "S" => None,
                _ => Some("1"),
            };
            let mut rules = rules::Space::PLAIN;
            match id {
                "C" => rules.kind = SpaceType::GroupChat,
                "D" => rules.kind = SpaceType::DirectMessage,
                "I" => rules.imports = true,
                "S" => {
                    rules.is_discoverable = true;
                    rules.allows_external = false;
                    rules.view_members = Permission(true, true, false);
                    rules.manage_members = Permission(true, true, false);
                    rules.manage_apps = Permission(false, true, false);
                }
                _ => {}
            }
            let space = Space {
                rules,
                creator,
                members: Members::new(),
            };
            model.spaces.insert(id, space);
        }
        for user in seed["users"].as_array().into_iter().flatten() {
            let id = user["name"].as_str().unwrap_or_default();
            model.remember(id, "HUMAN", user["email"].as_str());
        }
        for membership in seed["memberships"].as_array().into_iter().flatten() {
            let name = membership["name"].as_str().unwrap_or_default();
            let (space, key) = (&name[7..8], &name[17..]);
            model.put(space, key, &completed(membership, &seed["users"]));
            if membership["state"] == "NOT_A_MEMBER" {
                model.remove(space, key);
            }
        }
        model
    }

    fn remember(&mut self, name: &str, kind: &str, email: Option<&str>) {
        let id = name.trim_start_matches("users/").to_owned();
        if let Some(email) = email {
            self.emails.insert(email.to_lowercase(), id.clone());
        }
        self.types.entry(id).or_insert_with(|| kind.to_owned());
    }

    /// Puts a membership into a space, and remembers its member.
    pub fn put(&mut self, space: &str, key: &str, membership: &Value) {
        let member = &membership["member"];
        if let (Some(name), Some(kind)) = (member["name"].as_str(), member["type"].as_str()) {
            self.remember(name, kind, member["email"].as_str());
        }
        if let Some(space) = self.spaces.get_mut(space) {
            space.members.insert(key.to_owned(), membership.clone());
        }
    }

    /// Removes a membership from a space.
    pub fn remove(&mut self, space: &str, key: &str) {
        if let Some(space) = self.spaces.get_mut(space) {
            space.members.remove(key);
        }
    }

    /// Returns the HTTP status of the next fault that applies to a resource, and uses it up.
    pub fn fault(&mut self, resource: &str) -> Option<u16> {
        let matches = |pattern: &str| match pattern.split_once('*') {
            None => resource == pattern,
            Some((before, after)) => {
                resource.len() >= before.len() + after.len()
                    && resource.starts_with(before)
                    && resource.ends_with(after)
            }
        };
        let mut faults = self.faults.iter_mut();
        let (_, status, left) = faults.find(|(pattern, _, left)| *left > 0 && matches(pattern))?;
        *left -= 1;
        Some(*status)
    }

    /// Returns the caller as the rules see it, in a space.
    fn caller(&self, operation: &Operation, space: Option<&Space>) -> rules::Caller<'static> {
        let Caller {
            is_app, id, scopes, ..
        } = *operation.caller;
        let membership = space.and_then(|space| space.members.get(id?));
        rules::Caller {
            authentication: if is_app {
                Authentication::App
            } else {
                Authentication::User
            },
            scopes,
            is_administrator: matches!(id, None | Some("1")),
            admin_access: operation.is_admin(),
            is_unrestricted: !self.callers,
            standing: membership.map_or(Standing::Outside, standing),
            is_external: id == Some("out"),
            is_creator: id.is_some() && space.is_some_and(|space| space.creator == id),
        }
    }

    /// Checks the token and the scopes, before anything else.
    fn check_caller(&self, operation: &Operation) -> Result<(), u16> {
        if self.callers && operation.caller.scopes.is_empty() {
            return Err(401);
        }
        let caller = self.caller(operation, None);
        caller.may_call(operation.method()).map_err(Refusal::http)
    }

    /// Returns the ID of the calling app.
    fn app(operation: &Operation) -> &'static str {
        match operation.caller.id {
            Some(id) if operation.caller.is_app => id,
            _ => "app1",
        }
    }

    /// Returns the ID of a member named in a request; `None` for an unknown email address.
    fn resolve(&self, operation: &Operation, name: &str) -> Option<String> {
        match name {
            "app" => Some(Self::app(operation).to_owned()),
            _ if name.contains('@') => self.emails.get(&name.to_lowercase()).cloned(),
            _ => Some(name.to_owned()),
        }
    }

    /// Returns the member that a request names, as the rules see it.
    fn target(operation: &Operation, space: &Space, id: Option<&str>, kind: Kind) -> Target {
        let membership = id.and_then(|id| space.members.get(id));
        let app = Self::app(operation);
        let known = membership.map(|membership| facts(membership, app));
        let (kind, state, role) = known.unwrap_or((kind, State::Absent, Role::None));
        let caller = operation.caller;
        Target {
            kind,
            state,
            role,
            is_self: !caller.is_app && id.is_some() && caller.id == id,
            is_external: id == Some("out"),
            by_alias: operation.member.letter == b'a',
        }
    }

    /// Returns the effect of a request other than list.
    ///
    /// # Errors
    ///
    /// The HTTP status of the response.
    pub fn outcome(&self, operation: &Operation) -> Result<Effect, u16> {
        self.check_caller(operation)?;
        if operation.method == b'c' {
            return self.create(operation);
        }
        if operation.member.letter == b'?' {
            return Err(400);
        }
        let is_mask = matches!(operation.options[1], b'r' | b'*' | b'R');
        if operation.method == b'p' && (operation.role().is_none() || !is_mask) {
            return Err(400);
        }
        let space = self.spaces.get(operation.space).ok_or(404_u16)?;
        let id = self.resolve(operation, operation.member.path);
        let own_app = id.as_deref() == Some(Self::app(operation));
        let kind = if own_app {
            Kind::CallingApp
        } else {
            Kind::Person
        };
        let target = Self::target(operation, space, id.as_deref(), kind);
        let (caller, rules) = (self.caller(operation, Some(space)), space.rules());
        let role = operation.role().unwrap_or(Role::None);
        match operation.method() {
            Method::Delete => rules::delete(&caller, &rules, target),
            Method::Patch => rules::patch(&caller, &rules, target, role),
            _ => rules::get(&caller, &rules, target),
        }
        .map_err(Refusal::http)?;
        let key = id.ok_or(404_u16)?;
        let member = space.members.get(&key).ok_or(404_u16)?;
        Ok(match operation.method() {
            Method::Delete => Effect::Remove(key),
            Method::Patch => {
                let mut patched = member.clone();
                patched["role"] = json!(role.name());
                Effect::Put(key, patched)
            }
            _ => Effect::Show(member.clone()),
        })
    }

    fn create(&self, operation: &Operation) -> Result<Effect, u16> {
        let name = operation.member.name;
        if operation.options[0] == b'?' || operation.member.letter == b'?' {
            return Err(400);
        }
        let (id, kind) = match name.strip_prefix("users/") {
            None => {
                let key = format!("group-{}", name.trim_start_matches("groups/"));
                (Some(key), Kind::Group)
            }
            Some(user) => {
                let id = self.resolve(operation, user);
                let kind = self.created_kind(operation, id.as_deref())?;
                (id, kind)
            }
        };
        let space = self.spaces.get(operation.space).ok_or(404_u16)?;
        let target = Self::target(operation, space, id.as_deref(), kind);
        let caller = self.caller(operation, Some(space));
        let auto_accept = id.as_deref() != Some("shy");
        let outcome = rules::create(&caller, &space.rules(), target, auto_accept);
        // An invalid time is reported before an existing membership.
        let state = match outcome {
            Ok(_) | Err(Refusal::Exists) if space.rules.imports && operation.options[0] == b'x' => {
                return Err(400);
            }
            outcome => outcome.map_err(Refusal::http)?,
        };
        if let Some(id) = &id
            && let Some(invitation) = space.members.get(id)
        {
            let mut joined = invitation.clone();
            joined["state"] = json!("JOINED");
            return Ok(Effect::Put(id.clone(), joined));
        }
        let state = if state == State::Joined {
            "JOINED"
        } else {
            "INVITED"
        };
        let mut created = json!({"state": state});
        if let Some(id) = &id {
            created["name"] = json!(format!("spaces/{}/members/{id}", operation.space));
        }
        if kind == Kind::Group {
            created["groupMember"] = json!({"name": name});
        } else {
            created["role"] = json!("ROLE_MEMBER");
            created["member"] = json!({"type": "BOT"});
            if kind == Kind::Person {
                let is_external = target.is_external;
                created["member"]["type"] = json!("HUMAN");
                created["affiliation"] = json!(if is_external { "EXTERNAL" } else { "INTERNAL" });
            }
            if let Some(id) = &id {
                created["member"]["name"] = json!(format!("users/{id}"));
            }
        }
        Ok(Effect::Create(Self::with_time(space, operation, created)))
    }

    /// Returns whether a user to add is a person or an app.
    ///
    /// # Errors
    ///
    /// 400 if the type in the request contradicts the known one.
    fn created_kind(&self, operation: &Operation, id: Option<&str>) -> Result<Kind, u16> {
        let own_app = id == Some(Self::app(operation));
        let known = match id {
            Some(_) if own_app => Some("BOT"),
            Some(id) => self.types.get(id).map(String::as_str),
            None => None,
        };
        match (known, operation.given_type()) {
            (Some(known), Some(given)) if known != given => Err(400),
            _ if own_app => Ok(Kind::CallingApp),
            (known, given) if known.or(given) == Some("BOT") => Ok(Kind::OtherApp),
            _ => Ok(Kind::Person),
        }
    }

    /// Adds the creation time, which is only used in import mode.
    fn with_time(space: &Space, operation: &Operation, mut created: Value) -> Value {
        if space.rules.imports && operation.options[0] == b'+' {
            created["createTime"] = json!("2020-01-01T00:00:00Z");
        }
        created
    }

    /// Returns the memberships on all pages of a list request.
    ///
    /// # Errors
    ///
    /// The HTTP status of the response.
    pub fn list(&self, operation: &Operation) -> Result<Vec<Value>, u16> {
        self.check_caller(operation)?;
        let (letter, _, matches) = operation.filter();
        if letter == b'x' || operation.is_admin() && !matches!(letter, b'H' | b'b') {
            return Err(400);
        }
        if operation.caller.is_app && (operation.shows_groups() || operation.shows_invited()) {
            return Err(403);
        }
        let space = self.spaces.get(operation.space).ok_or(404_u16)?;
        let caller = self.caller(operation, Some(space));
        let sees = rules::list(&caller, &space.rules()).map_err(Refusal::http)?;
        let is_listed = |one: &&Value| {
            sees && matches(one)
                && (operation.shows_groups() || one.get("groupMember").is_none())
                && (operation.shows_invited() || one["state"] != "INVITED")
                && !(operation.caller.is_app && one["member"]["type"] == "BOT")
        };
        Ok(space.members.values().filter(is_listed).cloned().collect())
    }
}
