//! A model of the mock server: a map of memberships for each space. With the [rules](crate::rules),
//! it predicts the outcome of each [`Operation`].

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::raw_request::{RawRequest, encode};
use crate::rules::{
    self, Authentication, Kind, Method, Permission, Refusal, Role, Scope, SpaceType, Standing,
    State, Target,
};

/// The memberships of a space by key, as they appear in responses.
pub type Members = BTreeMap<String, Value>;

/// The spaces; the last one does not exist.
pub const SPACES: [&str; 9] = ["A", "C", "I", "O", "E", "F", "D", "S", "X"];

/// A member that a request names.
#[derive(Debug)]
pub struct MemberRef {
    /// The letter.
    pub letter: u8,
    /// The member in a path.
    path: &'static str,
    /// The `name` in a body.
    name: &'static str,
}

const fn member_ref(letter: u8, path: &'static str, name: &'static str) -> MemberRef {
    MemberRef { letter, path, name }
}

/// People (`3` is invited to space `A`, `4` left it, `5` and `6` are not in the seed, `s` does not
/// accept invitations automatically, `o` is external), the calling app, another app, email
/// addresses, groups, and an invalid name.
pub const MEMBERS: [MemberRef; 16] = [
    member_ref(b'1', "1", "users/1"),
    member_ref(b'2', "2", "users/2"),
    member_ref(b'3', "3", "users/3"),
    member_ref(b'4', "4", "users/4"),
    member_ref(b'5', "5", "users/5"),
    member_ref(b'6', "6", "users/6"),
    member_ref(b's', "shy", "users/shy"),
    member_ref(b'o', "out@example.org", "users/out"),
    member_ref(b't', "stranger", "users/stranger"),
    member_ref(b'a', "app", "users/app"),
    member_ref(b'b', "app2", "users/app2"),
    member_ref(b'@', "grace+x@example.com", "users/GRACE+x@example.com"),
    member_ref(b'n', "New@example.com", "users/new@example.com"),
    member_ref(b'g', "group-g1", "groups/g1"),
    member_ref(b'h', "group-h2", "groups/h2"),
    member_ref(b'?', "a b", "users/a b"),
];

/// A caller.
#[derive(Debug)]
pub struct Caller {
    /// The letter.
    pub letter: u8,
    pub(crate) token: &'static str,
    is_app: bool,
    /// `None` for a caller without restrictions.
    id: Option<&'static str>,
    scopes: &'static [Scope],
}

const fn user(
    letter: u8,
    token: &'static str,
    id: &'static str,
    scopes: &'static [Scope],
) -> Caller {
    Caller {
        letter,
        token,
        is_app: false,
        id: Some(id),
        scopes,
    }
}

const fn app(
    letter: u8,
    token: &'static str,
    id: &'static str,
    scopes: &'static [Scope],
) -> Caller {
    Caller {
        is_app: true,
        ..user(letter, token, id, scopes)
    }
}

/// The caller if the server has no callers.
pub const ANYONE: Caller = Caller {
    letter: b'.',
    token: "",
    is_app: false,
    id: None,
    scopes: &[
        Scope::Memberships,
        Scope::MembershipsReadonly,
        Scope::MembershipsApp,
        Scope::Import,
        Scope::AdminMemberships,
        Scope::AdminMembershipsReadonly,
    ],
};

/// A caller that can observe everything: it is invited to all spaces, and a
/// manager of the one whose members only managers see.
pub const WATCHER: Caller = user(b'w', "SECRET-w", "watch", &[Scope::Memberships]);

/// The callers: users 1 (an administrator), 2, 3 and 4, a stranger, an
/// external user, apps, an unknown token, and no
/// token.
pub const CALLERS: [Caller; 18] = [
    user(
        b'1',
        "SECRET-1",
        "1",
        &[Scope::Memberships, Scope::AdminMemberships],
    ),
    user(b'2', "SECRET-2", "2", &[Scope::Memberships]),
    user(b'3', "SECRET-3", "3", &[Scope::Memberships]),
    user(b's', "SECRET-s", "stranger", &[Scope::Memberships]),
    user(
        b'p',
        "SECRET-p",
        "4",
        &[Scope::Memberships, Scope::MembershipsApp],
    ),
    user(b'u', "SECRET-u", "out", &[Scope::Memberships]),
    user(b'r', "SECRET-r", "2", &[Scope::MembershipsReadonly]),
    user(b'i', "SECRET-i", "1", &[Scope::Import]),
    user(b'o', "SECRET-o", "2", &[Scope::MembershipsApp]),
    user(b'd', "SECRET-d", "1", &[Scope::AdminMemberships]),
    user(b'e', "SECRET-e", "2", &[Scope::AdminMemberships]),
    user(b'q', "SECRET-q", "1", &[Scope::AdminMembershipsReadonly]),
    app(b'A', "SECRET-A", "app1", &[Scope::AppMemberships]),
    app(b'B', "SECRET-B", "app1", &[Scope::Bot]),
    app(
        b'S',
        "SECRET-S",
        "app1",
        &[Scope::MembershipsApp, Scope::Bot],
    ),
    app(
        b'9',
        "SECRET-9",
        "app9",
        &[Scope::AppMemberships, Scope::MembershipsApp],
    ),
    user(b'x', "SECRET-x", "", &[]),
    user(b'-', "", "", &[]),
];

/// The faults: a pattern for the path after `v1/`, the HTTP status, and the number of times.
const FAULTS: [(&str, u16, u32); 4] = [
    ("spaces/F/members/1", 429, 3),
    ("spaces/F*", 503, 2),
    ("*/members/2", 409, 2),
    ("spaces/X*", 400, 1),
];

/// A filter: its letter, its encoded text, and whether it matches a membership.
type EncodedFilter = (u8, &'static str, fn(&Value) -> bool);

/// The filters; the last one is invalid.
const FILTERS: [EncodedFilter; 8] = [
    (b'-', "", |_| true),
    (b'M', "role+%3D+%22ROLE_MEMBER%22", |m| {
        m["role"] == "ROLE_MEMBER"
    }),
    (b'G', "role%20=%20%22ROLE_MANAGER%22", |m| {
        m["role"] == "ROLE_MANAGER"
    }),
    (b'H', "member.type%3D%22HUMAN%22", |m| {
        m["member"]["type"] == "HUMAN"
    }),
    (b'B', "member.type+=+%22BOT%22", |m| {
        m["member"]["type"] == "BOT"
    }),
    (b'h', "member.type+!=+%22HUMAN%22", |m| {
        m["member"]["type"] != "HUMAN"
    }),
    (b'b', "member.type+!%3D+%22BOT%22", |m| {
        m["member"]["type"] != "BOT"
    }),
    (b'x', "role+%3D+OWNER", |_| false),
];

/// Returns the server's seed.
#[must_use]
pub fn seed(callers: bool, faults: bool) -> Value {
    let person = |space: &str, id: &str, role: &str, state: &str| {
        json!({"name": format!("spaces/{space}/members/{id}"), "role": role, "state": state,
               "member": {"name": format!("users/{id}"), "type": "HUMAN"}})
    };
    let app = |space: &str, id: &str| {
        json!({"name": format!("spaces/{space}/members/{id}"), "role": "ROLE_MEMBER",
               "state": "JOINED", "member": {"name": format!("users/{id}"), "type": "BOT"}})
    };
    let mut memberships = vec![
        person("A", "1", "ROLE_MANAGER", "JOINED"),
        person("A", "2", "ROLE_MEMBER", "JOINED"),
        person("A", "3", "ROLE_MANAGER", "INVITED"),
        person("A", "4", "ROLE_MANAGER", "NOT_A_MEMBER"),
        app("A", "app1"),
        app("A", "app2"),
        json!({"name": "spaces/A/members/group-g1", "groupMember": {"name": "groups/g1"}}),
        person("C", "1", "ROLE_MEMBER", "JOINED"),
        person("C", "2", "ROLE_MEMBER", "JOINED"),
        person("I", "1", "ROLE_MANAGER", "JOINED"),
        person("O", "1", "ROLE_MANAGER", "JOINED"),
        person("O", "2", "ROLE_MANAGER", "JOINED"),
        person("F", "1", "ROLE_MANAGER", "JOINED"),
        person("F", "2", "ROLE_ASSISTANT_MANAGER", "JOINED"),
        person("D", "1", "ROLE_MEMBER", "JOINED"),
        person("D", "2", "ROLE_MEMBER", "INVITED"),
        person("S", "1", "ROLE_MANAGER", "JOINED"),
        person("S", "2", "ROLE_ASSISTANT_MANAGER", "JOINED"),
        person("S", "3", "ROLE_MEMBER", "JOINED"),
        person("S", "4", "ROLE_MEMBER", "INVITED"),
        app("S", "app1"),
    ];
    for space in SPACES.iter().filter(|space| **space != "X") {
        memberships.push(match *space {
            "S" => person(space, "watch", "ROLE_ASSISTANT_MANAGER", "JOINED"),
            _ => person(space, "watch", "ROLE_MEMBER", "INVITED"),
        });
    }
    let mut seed = json!({
        "spaces": [
            {"name": "spaces/A", "spaceType": "SPACE", "creator": "users/1"},
            {"name": "spaces/C", "spaceType": "GROUP_CHAT", "creator": "users/1"},
            {"name": "spaces/I", "importMode": true, "creator": "users/1"},
            {"name": "spaces/O", "creator": "users/app1"},
            {"name": "spaces/E"},
            {"name": "spaces/F", "creator": "users/2"},
            {"name": "spaces/D", "spaceType": "DIRECT_MESSAGE"},
            {"name": "spaces/S",
             "permissionSettings": {
                 "manageMembersAndGroups": {"managersAllowed": true,
                                            "assistantManagersAllowed": true},
                 "manageApps": {"assistantManagersAllowed": true},
                 "viewSpaceMembership": {"managersAllowed": true,
                                         "assistantManagersAllowed": true}},
             "accessSettings": {"accessState": "DISCOVERABLE"},
             "externalUserAllowed": false},
        ],
        "memberships": memberships,
        "users": [
            {"name": "users/1", "email": "ada@example.com", "displayName": "Ada", "admin": true},
            {"name": "users/2", "email": "Grace+x@Example.com"},
            {"name": "users/shy", "email": "shy@example.com", "autoAccept": false},
            {"name": "users/out", "email": "out@example.org", "external": true},
            {"name": "users/stranger"},
        ],
    });
    if callers {
        let known = CALLERS
            .iter()
            .chain([&WATCHER])
            .filter(|caller| !caller.scopes.is_empty());
        let callers = known.map(|caller| {
            let kind = if caller.is_app { "app" } else { "user" };
            let scopes = caller.scopes.iter().map(|scope| scope.name());
            json!({"token": caller.token, kind: format!("users/{}", caller.id.unwrap_or_default()),
                   "scopes": scopes.collect::<Vec<_>>()})
        });
        seed["callers"] = callers.collect();
    }
    if faults {
        let faults = FAULTS
            .iter()
            .map(|(path, status, times)| json!({"path": path, "status": status, "times": times}));
        seed["faults"] = faults.collect();
    }
    seed
}

/// A request encoded in letters.
#[derive(Debug)]
pub struct Operation {
    /// `c`, `d`, `g`, `l` or `p`.
    pub method: u8,
    /// The space.
    pub space: &'static str,
    /// The member; unused for `l`.
    pub member: &'static MemberRef,
    /// The letters of the method's options.
    pub options: [u8; 3],
    /// The letter of the variant.
    pub variant: u8,
    /// The caller.
    pub caller: &'static Caller,
}

impl Operation {
    /// Returns the maximum number of memberships on a page.
    #[must_use]
    pub fn page_size(&self) -> usize {
        match self.options[2] {
            digit @ b'1'..=b'9' => usize::from(digit - b'0'),
            _ => 100,
        }
    }

    fn is_admin(&self) -> bool {
        self.variant == b'm'
    }

    fn shows_groups(&self) -> bool {
        matches!(self.options[1], b'g' | b'e')
    }

    fn shows_invited(&self) -> bool {
        matches!(self.options[1], b'i' | b'e')
    }

    fn filter(&self) -> EncodedFilter {
        let filter = FILTERS
            .iter()
            .find(|(letter, ..)| *letter == self.options[0]);
        filter.copied().unwrap_or(FILTERS[0])
    }

    /// Returns the HTTP request.
    #[must_use]
    pub fn request(&self) -> RawRequest {
        let mut path = vec!["spaces", self.space, "members"];
        if matches!(self.method, b'd' | b'g' | b'p') {
            path.push(self.member.path);
        }
        let path: Vec<String> = match self.variant {
            b'%' => path.into_iter().map(encode).collect(),
            _ => path
                .into_iter()
                .map(|segment| segment.replace(' ', "%20"))
                .collect(),
        };
        let slashes = if self.variant == b'/' { "//" } else { "/" };
        let mut query: Vec<String> = Vec::new();
        let mut body = Vec::new();
        let method = match self.method {
            b'c' => {
                body = self.create_body();
                "POST"
            }
            b'd' => "DELETE",
            b'p' => {
                let mask = match self.options[1] {
                    b'*' => "updateMask=*",
                    b'R' => "update_mask=role,*",
                    b's' => "updateMask=state",
                    b'-' => "",
                    _ => "updateMask=role",
                };
                query.push(mask.to_owned());
                body = self.patch_body();
                "PATCH"
            }
            b'l' => {
                query.push(format!("filter={}", self.filter().1));
                let size = self.options[2] - b'0';
                query.push(format!("pageSize={size}"));
                query.extend(self.shows_groups().then(|| "showGroups=true".to_owned()));
                query.extend(self.shows_invited().then(|| "show_invited=true".to_owned()));
                "GET"
            }
            _ => "GET",
        };
        match self.variant {
            b'm' => query.push("useAdminAccess=true".to_owned()),
            b'i' => query.push("$alt=json;enum-encoding=int".to_owned()),
            b'p' => query.push("prettyPrint=false".to_owned()),
            b'f' if self.method == b'l' => {
                query.push("fields=memberships(name,member/type),nextPageToken".to_owned());
            }
            b'f' => query.push("fields=name,member.type".to_owned()),
            b't' if !self.caller.token.is_empty() => {
                query.push(format!("access_token={}", self.caller.token));
            }
            _ => {}
        }
        let query = query.join("&");
        let target = format!("{slashes}v1/{}", path.join("/"));
        let mut request = if self.variant == b'h' {
            let mut request = RawRequest::new("POST", target);
            let header = ("x-http-method-override".to_owned(), method.to_lowercase());
            request.headers.push(header);
            if method == "GET" {
                body = query.into_bytes();
            } else if !query.is_empty() {
                request.target = format!("{}?{query}", request.target);
            }
            request
        } else {
            let mark = if query.is_empty() { "" } else { "?" };
            RawRequest::new(method, format!("{target}{mark}{query}"))
        };
        request.body = body;
        if self.variant == b't' {
            request
        } else {
            request.of(self.caller)
        }
    }

    fn create_body(&self) -> Vec<u8> {
        let mut body = Map::new();
        if self.member.name.starts_with("groups/") {
            body.insert("group_member".to_owned(), json!({"name": self.member.name}));
        } else {
            let mut member = json!({"name": self.member.name});
            match self.options[0] {
                b'H' | b'+' | b'x' => member["type"] = json!("HUMAN"),
                b'B' => member["type"] = json!("BOT"),
                b'1' => member["type"] = json!(1),
                b'2' => member["type"] = json!(2),
                _ => {}
            }
            body.insert("member".to_owned(), member);
        }
        match self.options[0] {
            b'+' => {
                body.insert("role".to_owned(), json!("ROLE_MANAGER"));
                body.insert("state".to_owned(), json!(2));
                body.insert("createTime".to_owned(), json!("2020-01-01T01:00:00+01:00"));
            }
            b'x' => drop(body.insert("create_time".to_owned(), json!("yesterday"))),
            b'?' => drop(body.insert("unknown".to_owned(), json!({}))),
            _ => {}
        }
        Value::Object(body).to_string().into_bytes()
    }

    /// Returns the type in the body of a create request.
    fn given_type(&self) -> Option<&'static str> {
        match self.options[0] {
            b'H' | b'+' | b'x' | b'1' => Some("HUMAN"),
            b'B' | b'2' => Some("BOT"),
            _ => None,
        }
    }

    fn patch_body(&self) -> Vec<u8> {
        let role = match self.options[0] {
            b'G' => json!("ROLE_MANAGER"),
            b'A' => json!("ROLE_ASSISTANT_MANAGER"),
            b'2' => json!(2),
            b'0' => json!(0),
            b'3' => json!(3),
            b'?' => json!("OWNER"),
            _ => json!("ROLE_MEMBER"),
        };
        json!({ "role": role }).to_string().into_bytes()
    }

    /// Returns the role in the body of a patch request, if it is valid.
    fn role(&self) -> Option<Role> {
        match self.options[0] {
            b'M' | b'-' => Some(Role::Member),
            b'G' | b'2' => Some(Role::Manager),
            b'A' => Some(Role::AssistantManager),
            _ => None,
        }
    }

    fn method(&self) -> Method {
        match self.method {
            b'c' => Method::Create,
            b'd' => Method::Delete,
            b'p' => Method::Patch,
            b'l' => Method::List,
            _ => Method::Get,
        }
    }
}

/// Returns the representation of a membership in the response to a variant.
#[must_use]
pub fn representation(membership: &Value, variant: u8) -> Value {
    let mut representation = membership.clone();
    match variant {
        b'f' => {
            let mut some = json!({"name": membership["name"]});
            if let Some(kind) = membership["member"].get("type") {
                some["member"] = json!({"type": kind});
            }
            representation = some;
        }
        b'i' => {
            const NUMBERS: [(&str, i32); 11] = [
                ("JOINED", 1),
                ("INVITED", 2),
                ("NOT_A_MEMBER", 3),
                ("ROLE_MEMBER", 1),
                ("ROLE_MANAGER", 2),
                ("ROLE_ASSISTANT_MANAGER", 4),
                ("HUMAN", 1),
                ("BOT", 2),
                ("INTERNAL", 1),
                ("EXTERNAL", 2),
                ("MANAGED_EXTERNAL", 3),
            ];
            for pointer in ["/state", "/role", "/affiliation", "/member/type"] {
                if let Some(value) = representation.pointer_mut(pointer) {
                    let number = NUMBERS.iter().find(|(name, _)| value == name);
                    *value = number.map_or(Value::Null, |(_, number)| json!(number));
                }
            }
        }
        _ => {}
    }
    representation
}

/// Returns whether a value has all fields of another, recursively.
#[must_use]
pub fn contains(value: &Value, part: &Value) -> bool {
    match part {
        Value::Object(fields) => fields.iter().all(|(name, part)| {
            let field = value.get(name);
            field.is_some_and(|field| contains(field, part))
        }),
        part => value == part,
    }
}

/// Returns whether a membership is that of a person who has joined as a manager.
#[must_use]
pub fn is_manager(membership: &Value) -> bool {
    standing(membership) == Standing::Owner
}

fn standing(membership: &Value) -> Standing {
    let (kind, state, role) = facts(membership, "");
    Standing::of(kind, state, role)
}

/// Returns what the rules need to know of a membership.
fn facts(membership: &Value, app: &str) -> (Kind, State, Role) {
    let member = &membership["member"];
    let kind = if membership.get("groupMember").is_some() {
        Kind::Group
    } else if member["type"] == "BOT" {
        let name = member["name"].as_str().unwrap_or_default();
        match name.strip_prefix("users/") {
            Some(id) if id == app => Kind::CallingApp,
            _ => Kind::OtherApp,
        }
    } else {
        Kind::Person
    };
    let state = match membership["state"].as_str() {
        Some("INVITED") => State::Invited,
        Some("NOT_A_MEMBER") => State::Absent,
        _ => State::Joined,
    };
    let role = Role::of(membership["role"].as_str().unwrap_or_default());
    (kind, state, role)
}

/// Returns a membership of the seed as it appears in responses: with what the seed says about the user,
/// and the state that it has by default.
fn completed(membership: &Value, users: &Value) -> Value {
    let mut completed = membership.clone();
    if completed.get("state").is_none() {
        completed["state"] = json!("JOINED");
    }
    let name = &membership["member"]["name"];
    let user = users.as_array().into_iter().flatten();
    if let Some(user) = user.into_iter().find(|user| user["name"] == *name) {
        for field in ["email", "displayName"] {
            if let Some(value) = user.get(field) {
                completed["member"][field] = value.clone();
            }
        }
    }
    completed
}

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
