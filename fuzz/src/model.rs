//! A model of the mock server: maps of what is in each space, and the rules of the five methods,
//! read from the reference once more. It knows the outcome of every request that an [`Act`] is.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value, json};

/// The memberships of a space by key, as they are answered.
pub type Members = BTreeMap<String, Value>;

/// The spaces; the last one is not there.
pub const SPACES: [&str; 7] = ["A", "C", "I", "O", "E", "F", "X"];

/// Somebody whom a request names.
#[derive(Debug)]
pub struct Who {
    /// The letter.
    pub letter: u8,
    /// The member in a path.
    path: &'static str,
    /// The `name` in a body.
    name: &'static str,
}

const fn who(letter: u8, path: &'static str, name: &'static str) -> Who {
    Who { letter, path, name }
}

/// People (`3` is invited and `4` left the space `A`, nobody seeded `5` and `6`, `s` does not
/// accept at once, `o` is from outside), the calling app, another one, addresses, groups, and a
/// name that is none.
pub const WHO: [Who; 16] = [
    who(b'1', "1", "users/1"),
    who(b'2', "2", "users/2"),
    who(b'3', "3", "users/3"),
    who(b'4', "4", "users/4"),
    who(b'5', "5", "users/5"),
    who(b'6', "6", "users/6"),
    who(b's', "shy", "users/shy"),
    who(b'o', "out@example.org", "users/out"),
    who(b't', "stranger", "users/stranger"),
    who(b'a', "app", "users/app"),
    who(b'b', "app2", "users/app2"),
    who(b'@', "grace+x@example.com", "users/GRACE+x@example.com"),
    who(b'n', "New@example.com", "users/new@example.com"),
    who(b'g', "group-g1", "groups/g1"),
    who(b'h', "group-h2", "groups/h2"),
    who(b'?', "a b", "users/a b"),
];

/// Somebody who calls.
#[derive(Debug)]
pub struct Caller {
    /// The letter.
    pub letter: u8,
    token: &'static str,
    is_app: bool,
    /// `None` for one to whom everything is open.
    id: Option<&'static str>,
    scopes: &'static [&'static str],
}

const fn user(
    letter: u8,
    token: &'static str,
    id: &'static str,
    scopes: &'static [&'static str],
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
    scopes: &'static [&'static str],
) -> Caller {
    Caller {
        is_app: true,
        ..user(letter, token, id, scopes)
    }
}

/// Who calls if there are no callers.
pub const OPEN: Caller = Caller {
    letter: b'.',
    token: "",
    is_app: false,
    id: None,
    scopes: &[
        "memberships",
        "memberships.readonly",
        "memberships.app",
        "import",
        "admin.memberships",
        "admin.memberships.readonly",
    ],
};

/// Who sees everything: somebody invited to every space.
pub const WATCH: Caller = user(b'w', "SECRET-w", "watch", &["memberships"]);

/// The callers: users 1 (an administrator) and 2, a stranger, apps, a token that nobody has, none.
pub const CALLERS: [Caller; 16] = [
    user(b'1', "SECRET-1", "1", &["memberships", "admin.memberships"]),
    user(b'2', "SECRET-2", "2", &["memberships"]),
    user(b'3', "SECRET-3", "3", &["memberships"]),
    user(b's', "SECRET-s", "stranger", &["memberships"]),
    user(b'r', "SECRET-r", "2", &["memberships.readonly"]),
    user(b'i', "SECRET-i", "1", &["import"]),
    user(b'o', "SECRET-o", "2", &["memberships.app"]),
    user(b'd', "SECRET-d", "1", &["admin.memberships"]),
    user(b'e', "SECRET-e", "2", &["admin.memberships"]),
    user(b'q', "SECRET-q", "1", &["admin.memberships.readonly"]),
    app(b'A', "SECRET-A", "app1", &["app.memberships"]),
    app(b'B', "SECRET-B", "app1", &["bot"]),
    app(b'S', "SECRET-S", "app1", &["memberships.app", "bot"]),
    app(
        b'9',
        "SECRET-9",
        "app9",
        &["app.memberships", "memberships.app"],
    ),
    user(b'x', "SECRET-x", "", &[]),
    user(b'-', "", "", &[]),
];

/// The faults: what stands behind `v1/`, the HTTP status, how often.
const FAULTS: [(&str, u16, u32); 4] = [
    ("spaces/F/members/1", 429, 3),
    ("spaces/F*", 503, 2),
    ("*/members/2", 409, 2),
    ("spaces/X*", 400, 1),
];

/// A filter: its letter, how it is sent, and what it admits.
type FilterOf = (u8, &'static str, fn(&Value) -> bool);

/// The filters; the last one is wrong.
const FILTERS: [FilterOf; 8] = [
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

/// What the server starts with.
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
    ];
    for space in SPACES.iter().filter(|space| **space != "X") {
        memberships.push(person(space, "watch", "ROLE_MEMBER", "INVITED"));
    }
    let mut seed = json!({
        "spaces": [
            {"name": "spaces/A", "spaceType": "SPACE", "creator": "users/1"},
            {"name": "spaces/C", "spaceType": "GROUP_CHAT", "creator": "users/1"},
            {"name": "spaces/I", "importMode": true, "creator": "users/1"},
            {"name": "spaces/O", "creator": "users/app1"},
            {"name": "spaces/E"},
            {"name": "spaces/F", "creator": "users/2"},
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
            .chain([&WATCH])
            .filter(|caller| !caller.scopes.is_empty());
        let callers = known.map(|caller| {
            let kind = if caller.is_app { "app" } else { "user" };
            let scopes = caller.scopes.iter().map(|scope| format!("chat.{scope}"));
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

/// A request of letters.
#[derive(Debug)]
pub struct Act {
    /// `c`, `d`, `g`, `l` or `p`.
    pub method: u8,
    /// The space.
    pub space: &'static str,
    /// The member; nobody for `l`.
    pub who: &'static Who,
    /// The letters of the method's choices.
    pub chosen: [u8; 3],
    /// The letter of the way to ask.
    pub way: u8,
    /// Who asks.
    pub caller: &'static Caller,
}

/// A request as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// As a line of text.
impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(f, "{} {}\t{body}", self.method, self.target)?;
        self.headers
            .iter()
            .try_for_each(|(name, value)| write!(f, "\t{name}: {value}"))
    }
}

impl Asked {
    /// A request without headers and body.
    #[must_use]
    pub fn new(method: &str, target: String) -> Self {
        Self {
            method: method.to_owned(),
            target,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// With the token of a caller in a header.
    #[must_use]
    pub fn of(mut self, caller: &Caller) -> Self {
        if !caller.token.is_empty() {
            let bearer = format!("Bearer {}", caller.token);
            self.headers.push(("authorization".to_owned(), bearer));
        }
        self
    }

    /// With one parameter more.
    #[must_use]
    pub fn with(&self, parameter: &str) -> Self {
        let mut asked = self.clone();
        if asked.body.is_empty() {
            let mark = if asked.target.contains('?') { '&' } else { '?' };
            asked.target = format!("{}{mark}{parameter}", asked.target);
        } else {
            asked.body.extend(b"&");
            asked.body.extend(parameter.as_bytes());
        }
        asked
    }

    /// The request that a line is; `None` if it is none, or not UTF-8 where it must be.
    #[must_use]
    pub fn read(line: &[u8], callers: bool) -> Option<Self> {
        let mut parts = line.split(|byte| *byte == b'\t');
        let head = str::from_utf8(parts.next()?).ok()?;
        let (method, target) = head.split_once(' ')?;
        let mut asked = Self::new(method, target.to_owned());
        asked.body = parts.next().unwrap_or_default().to_vec();
        for part in parts {
            let (name, value) = str::from_utf8(part).ok()?.split_once(": ")?;
            asked.headers.push((name.to_lowercase(), value.to_owned()));
        }
        let is_signed = asked
            .headers
            .iter()
            .any(|(name, _)| name == "authorization");
        if callers && !is_signed {
            asked = asked.of(&CALLERS[0]);
        }
        Some(asked)
    }

    /// Whether it says a token where an answer may repeat it.
    #[must_use]
    pub fn says_secret(&self) -> bool {
        let says = |bytes: &[u8]| bytes.windows(6).any(|window| window == b"SECRET");
        let is_known = |part: &&str| !part.contains("access_token=");
        let target: Vec<&str> = self.target.split(['?', '&']).filter(is_known).collect();
        says(target.concat().as_bytes()) || says(&self.body)
    }

    /// Whether its method, or the one in a header, is one that changes something.
    #[must_use]
    pub fn may_change(&self) -> bool {
        let header = self
            .headers
            .iter()
            .find(|(name, _)| name == "x-http-method-override");
        let method = match header {
            Some((_, method)) if self.method == "POST" => method.to_uppercase(),
            _ => self.method.clone(),
        };
        !["GET", "HEAD"].contains(&&*method)
    }

    /// What stands behind `v1/` in its path, as faults know it.
    #[must_use]
    pub fn resource(&self) -> String {
        let path = self.target.split(['?', '#']).next().unwrap_or_default();
        // An absolute address has a host in front.
        let path = match path.split_once("://") {
            Some((_, rest)) if !path.starts_with('/') => {
                rest.find('/').map_or("/", |at| &rest[at..])
            }
            _ => path,
        };
        let path = path.trim_start_matches('/');
        let segments = path
            .strip_prefix("v1/")
            .map(|rest| rest.split('/').map(plain));
        let segments = segments.and_then(Iterator::collect::<Option<Vec<_>>>);
        segments.unwrap_or_default().join("/")
    }
}

/// A segment of a path without percent encoding.
fn plain(segment: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = segment;
    while let Some((before, behind)) = rest.split_once('%') {
        bytes.extend(before.as_bytes());
        let digits = behind
            .get(..2)
            .filter(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if let Some(Ok(byte)) = digits.map(|digits| u8::from_str_radix(digits, 16)) {
            bytes.push(byte);
            rest = &behind[2..];
        } else {
            bytes.push(b'%');
            rest = behind;
        }
    }
    bytes.extend(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

/// A segment of a path with all of it percent-encoded.
#[must_use]
pub fn encoded(segment: &str) -> String {
    let bytes = segment.bytes().map(|byte| format!("%{byte:02x}"));
    bytes.collect()
}

impl Act {
    /// How many memberships a page has at most.
    #[must_use]
    pub fn page_size(&self) -> usize {
        match self.chosen[2] {
            digit @ b'1'..=b'9' => usize::from(digit - b'0'),
            _ => 100,
        }
    }

    fn is_admin(&self) -> bool {
        self.way == b'm'
    }

    fn shows_groups(&self) -> bool {
        matches!(self.chosen[1], b'g' | b'e')
    }

    fn shows_invited(&self) -> bool {
        matches!(self.chosen[1], b'i' | b'e')
    }

    fn filter(&self) -> FilterOf {
        let filter = FILTERS
            .iter()
            .find(|(letter, ..)| *letter == self.chosen[0]);
        filter.copied().unwrap_or(FILTERS[0])
    }

    /// The request.
    #[must_use]
    pub fn asked(&self) -> Asked {
        let mut path = vec!["spaces", self.space, "members"];
        if matches!(self.method, b'd' | b'g' | b'p') {
            path.push(self.who.path);
        }
        let path: Vec<String> = match self.way {
            b'%' => path.into_iter().map(encoded).collect(),
            _ => path
                .into_iter()
                .map(|segment| segment.replace(' ', "%20"))
                .collect(),
        };
        let slashes = if self.way == b'/' { "//" } else { "/" };
        let mut query: Vec<String> = Vec::new();
        let mut body = Vec::new();
        let method = match self.method {
            b'c' => {
                body = self.created();
                "POST"
            }
            b'd' => "DELETE",
            b'p' => {
                let mask = match self.chosen[1] {
                    b'*' => "updateMask=*",
                    b'R' => "update_mask=role,*",
                    b's' => "updateMask=state",
                    b'-' => "",
                    _ => "updateMask=role",
                };
                query.push(mask.to_owned());
                body = self.patched();
                "PATCH"
            }
            b'l' => {
                query.push(format!("filter={}", self.filter().1));
                let size = self.chosen[2] - b'0';
                query.push(format!("pageSize={size}"));
                query.extend(self.shows_groups().then(|| "showGroups=true".to_owned()));
                query.extend(self.shows_invited().then(|| "show_invited=true".to_owned()));
                "GET"
            }
            _ => "GET",
        };
        match self.way {
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
        let mut asked = if self.way == b'h' {
            let mut asked = Asked::new("POST", target);
            let header = ("x-http-method-override".to_owned(), method.to_lowercase());
            asked.headers.push(header);
            if method == "GET" {
                body = query.into_bytes();
            } else if !query.is_empty() {
                asked.target = format!("{}?{query}", asked.target);
            }
            asked
        } else {
            let mark = if query.is_empty() { "" } else { "?" };
            Asked::new(method, format!("{target}{mark}{query}"))
        };
        asked.body = body;
        if self.way == b't' {
            asked
        } else {
            asked.of(self.caller)
        }
    }

    fn created(&self) -> Vec<u8> {
        let mut body = Map::new();
        if self.who.name.starts_with("groups/") {
            body.insert("group_member".to_owned(), json!({"name": self.who.name}));
        } else {
            let mut member = json!({"name": self.who.name});
            match self.chosen[0] {
                b'H' | b'+' | b'x' => member["type"] = json!("HUMAN"),
                b'B' => member["type"] = json!("BOT"),
                b'1' => member["type"] = json!(1),
                b'2' => member["type"] = json!(2),
                _ => {}
            }
            body.insert("member".to_owned(), member);
        }
        match self.chosen[0] {
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

    /// The type that a body of create tells.
    fn told(&self) -> Option<&'static str> {
        match self.chosen[0] {
            b'H' | b'+' | b'x' | b'1' => Some("HUMAN"),
            b'B' | b'2' => Some("BOT"),
            _ => None,
        }
    }

    fn patched(&self) -> Vec<u8> {
        let role = match self.chosen[0] {
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

    /// The role that a patch wants, if it is one.
    fn role(&self) -> Option<&'static str> {
        match self.chosen[0] {
            b'M' | b'-' => Some("ROLE_MEMBER"),
            b'G' | b'2' => Some("ROLE_MANAGER"),
            b'A' => Some("ROLE_ASSISTANT_MANAGER"),
            _ => None,
        }
    }
}

/// What is answered for a membership in a way to ask.
#[must_use]
pub fn shown(membership: &Value, way: u8) -> Value {
    let mut shown = membership.clone();
    match way {
        b'f' => {
            let mut some = json!({"name": membership["name"]});
            if let Some(kind) = membership["member"].get("type") {
                some["member"] = json!({"type": kind});
            }
            shown = some;
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
                if let Some(value) = shown.pointer_mut(pointer) {
                    let number = NUMBERS.iter().find(|(name, _)| value == name);
                    *value = number.map_or(Value::Null, |(_, number)| json!(number));
                }
            }
        }
        _ => {}
    }
    shown
}

/// Whether a value has all of another one: each of its fields, as it has it.
#[must_use]
pub fn has(whole: &Value, part: &Value) -> bool {
    match part {
        Value::Object(fields) => fields.iter().all(|(name, part)| {
            let whole = whole.get(name);
            whole.is_some_and(|whole| has(whole, part))
        }),
        part => whole == part,
    }
}

/// Whether a membership is that of somebody who manages the space.
#[must_use]
pub fn manages(membership: &Value) -> bool {
    membership["role"] == "ROLE_MANAGER"
        && !matches!(
            membership["state"].as_str(),
            Some("INVITED" | "NOT_A_MEMBER")
        )
        && membership["member"]["type"] == "HUMAN"
}

/// What a good request does, and answers.
#[derive(Debug)]
pub enum Effect {
    /// It shows a membership.
    Shows(Value),
    /// It puts a membership under a key, as it is told here.
    Puts(String, Value),
    /// It adds a membership of which this is known.
    Creates(Value),
    /// It removes the membership under a key.
    Removes(String),
}

/// A space.
#[derive(Debug)]
pub struct Space {
    has_roles: bool,
    imports: bool,
    creator: Option<&'static str>,
    /// Its memberships, but for those of people who left.
    pub members: Members,
}

impl Space {
    fn is_last_manager(&self, key: &str) -> bool {
        let managers = self.members.iter().filter(|(_, one)| manages(one));
        managers.map(|(key, _)| key).eq([key])
    }
}

/// The model.
#[derive(Debug)]
pub struct Model {
    /// Whether requests need a token.
    pub callers: bool,
    /// The spaces by their identifier.
    pub spaces: BTreeMap<&'static str, Space>,
    /// The type of everybody of whom it is known.
    types: BTreeMap<String, String>,
    /// The identifier of everybody of whom an address is known, by that in small letters.
    emails: BTreeMap<String, String>,
    faults: Vec<(&'static str, u16, u32)>,
}

impl Model {
    /// The model of the server that starts with a [`seed`].
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
                "E" => None,
                _ => Some("1"),
            };
            let space = Space {
                has_roles: id != "C",
                imports: id == "I",
                creator,
                members: Members::new(),
            };
            model.spaces.insert(id, space);
        }
        for user in seed["users"].as_array().into_iter().flatten() {
            let id = user["name"].as_str().unwrap_or_default();
            model.meet(id, "HUMAN", user["email"].as_str());
        }
        for membership in seed["memberships"].as_array().into_iter().flatten() {
            let name = membership["name"].as_str().unwrap_or_default();
            let (space, key) = (&name[7..8], &name[17..]);
            model.put(space, key, membership);
            if membership["state"] == "NOT_A_MEMBER" {
                model.remove(space, key);
            }
        }
        model
    }

    fn meet(&mut self, name: &str, kind: &str, email: Option<&str>) {
        let id = name.trim_start_matches("users/").to_owned();
        if let Some(email) = email {
            self.emails.insert(email.to_lowercase(), id.clone());
        }
        self.types.entry(id).or_insert_with(|| kind.to_owned());
    }

    /// Puts a membership into a space, and remembers who it is.
    pub fn put(&mut self, space: &str, key: &str, membership: &Value) {
        let member = &membership["member"];
        if let (Some(name), Some(kind)) = (member["name"].as_str(), member["type"].as_str()) {
            self.meet(name, kind, member["email"].as_str());
        }
        if let Some(space) = self.spaces.get_mut(space) {
            space.members.insert(key.to_owned(), membership.clone());
        }
    }

    /// Takes a membership out of a space.
    pub fn remove(&mut self, space: &str, key: &str) {
        if let Some(space) = self.spaces.get_mut(space) {
            space.members.remove(key);
        }
    }

    /// The fault that a request for a resource meets now.
    pub fn fault(&mut self, resource: &str) -> Option<u16> {
        let fits = |pattern: &str| match pattern.split_once('*') {
            None => resource == pattern,
            Some((before, behind)) => {
                resource.len() >= before.len() + behind.len()
                    && resource.starts_with(before)
                    && resource.ends_with(behind)
            }
        };
        let mut faults = self.faults.iter_mut();
        let (_, status, left) = faults.find(|(pattern, _, left)| *left > 0 && fits(pattern))?;
        *left -= 1;
        Some(*status)
    }

    /// The conditions under which a caller may use a method: `always`, `own`, `import`.
    ///
    /// # Errors
    ///
    /// 401 and 403.
    fn conditions(&self, act: &Act) -> Result<Vec<&'static str>, u16> {
        let Caller {
            is_app, id, scopes, ..
        } = act.caller;
        if self.callers && scopes.is_empty() {
            return Err(401);
        }
        let writes = act.method != b'g' && act.method != b'l';
        let condition = |scope: &&str| {
            let (holds, condition) = match *scope {
                "memberships" => (!is_app && !act.is_admin(), "always"),
                "memberships.readonly" => (!is_app && !act.is_admin() && !writes, "always"),
                "memberships.app" => (!act.is_admin() && matches!(act.method, b'c' | b'd'), "own"),
                "import" => (!is_app && !act.is_admin() && act.method != b'g', "import"),
                "app.memberships" => (*is_app && !act.is_admin(), "always"),
                "bot" => (*is_app && !act.is_admin() && !writes, "always"),
                "admin.memberships" => (!is_app && act.is_admin(), "always"),
                _ => (!is_app && act.is_admin() && !writes, "always"),
            };
            holds.then_some(condition)
        };
        let conditions: Vec<&str> = scopes.iter().filter_map(condition).collect();
        let is_administrator = matches!(id, None | Some("1"));
        if conditions.is_empty() || act.is_admin() && !is_administrator {
            return Err(403);
        }
        Ok(conditions)
    }

    /// The calling app's identifier.
    fn app(act: &Act) -> &'static str {
        match act.caller.id {
            Some(id) if act.caller.is_app => id,
            _ => "app1",
        }
    }

    /// The space, if it is there and the caller's.
    fn space(&self, act: &Act, conditions: &[&str], own_app: bool) -> Result<&Space, u16> {
        let space = self.spaces.get(act.space).ok_or(404_u16)?;
        let holds = |condition: &&str| match *condition {
            "own" => own_app,
            "import" => space.imports,
            _ => true,
        };
        let is_theirs = |id: &str| space.creator == Some(id) || space.members.contains_key(id);
        let is_open = act.is_admin() || own_app && act.caller.is_app;
        if conditions.iter().any(holds) && (is_open || act.caller.id.is_none_or(is_theirs)) {
            Ok(space)
        } else {
            Err(403)
        }
    }

    /// The identifier of whom a request names; `None` for an address that nobody has.
    fn resolve(&self, act: &Act, name: &str) -> Option<String> {
        match name {
            "app" => Some(Self::app(act).to_owned()),
            _ if name.contains('@') => self.emails.get(&name.to_lowercase()).cloned(),
            _ => Some(name.to_owned()),
        }
    }

    /// What a request other than list does.
    ///
    /// # Errors
    ///
    /// The HTTP status of the answer.
    pub fn judge(&self, act: &Act) -> Result<Effect, u16> {
        let conditions = self.conditions(act)?;
        if act.method == b'c' {
            return self.create(act, &conditions);
        }
        if act.who.letter == b'?' {
            return Err(400);
        }
        let is_mask = matches!(act.chosen[1], b'r' | b'*' | b'R');
        if act.method == b'p' && (act.role().is_none() || !is_mask) {
            return Err(400);
        }
        let id = self.resolve(act, act.who.path);
        let own_app = id.as_deref() == Some(Self::app(act));
        let space = self.space(act, &conditions, own_app)?;
        let key = id.ok_or(404_u16)?;
        let member = space.members.get(&key).ok_or(404_u16)?;
        let (is_app, is_group) = (
            member["member"]["type"] == "BOT",
            member.get("groupMember").is_some(),
        );
        if act.caller.is_app && is_group {
            return Err(403);
        }
        let created = act.caller.id.is_none() || act.caller.id == space.creator;
        match act.method {
            b'g' if act.is_admin() && is_app => Err(403),
            b'g' => Ok(Effect::Shows(member.clone())),
            b'd' => {
                let with_own_scope = !act.caller.is_app || conditions.contains(&"own");
                if is_app && (!own_app || act.is_admin() || !with_own_scope) {
                    return Err(403);
                }
                let is_manager = |id: &str| space.members.get(id).is_some_and(manages);
                let may = if act.caller.is_app {
                    created
                } else {
                    act.is_admin() || act.caller.id.is_none_or(is_manager)
                };
                if member["role"] == "ROLE_MANAGER" && !may {
                    return Err(403);
                }
                if space.is_last_manager(&key) {
                    return Err(400);
                }
                Ok(Effect::Removes(key))
            }
            _ => {
                if act.caller.is_app && !created {
                    return Err(403);
                }
                let role = act.role().unwrap_or_default();
                let has_no_roles = is_app || !space.has_roles;
                if is_group || has_no_roles && role != "ROLE_MEMBER" {
                    return Err(400);
                }
                if role != "ROLE_MANAGER" && space.is_last_manager(&key) {
                    return Err(400);
                }
                let mut patched = member.clone();
                patched["role"] = json!(role);
                Ok(Effect::Puts(key, patched))
            }
        }
    }

    fn create(&self, act: &Act, conditions: &[&str]) -> Result<Effect, u16> {
        let name = act.who.name;
        if act.chosen[0] == b'?' || act.who.letter == b'?' {
            return Err(400);
        }
        let Some(told) = name.strip_prefix("users/") else {
            let space = self.space(act, conditions, false)?;
            if act.caller.is_app {
                return Err(403);
            }
            let key = format!("group-{}", name.trim_start_matches("groups/"));
            if space.imports && act.chosen[0] == b'x' {
                return Err(400);
            }
            if space.members.contains_key(&key) {
                return Err(409);
            }
            let name = format!("spaces/{}/members/{key}", act.space);
            let group = json!({"name": act.who.name});
            let created = json!({"name": name, "state": "JOINED", "groupMember": group});
            return Ok(Effect::Creates(Self::timed(space, act, created)));
        };
        let id = self.resolve(act, told);
        let own_app = id.as_deref() == Some(Self::app(act));
        let known = match &id {
            Some(_) if own_app => Some("BOT"),
            Some(id) => self.types.get(id).map(String::as_str),
            None => None,
        };
        let kind = match (known, act.told()) {
            (Some(known), Some(told)) if known != told => return Err(400),
            (known, told) => known.or(told).unwrap_or("HUMAN"),
        };
        let space = self.space(act, conditions, own_app)?;
        let by_app = act.caller.is_app;
        let is_external = id.as_deref() == Some("out");
        let is_denied = if kind == "BOT" {
            !own_app || act.is_admin() || by_app && !conditions.contains(&"own")
        } else {
            is_external && (act.is_admin() || by_app)
        };
        if is_denied {
            return Err(403);
        }
        if space.imports && act.chosen[0] == b'x' {
            return Err(400);
        }
        if id.as_ref().is_some_and(|id| space.members.contains_key(id)) {
            return Err(409);
        }
        let invited = id.as_deref() == Some("shy");
        let mut created = json!({
            "member": {"type": kind},
            "state": if invited { "INVITED" } else { "JOINED" },
            "role": "ROLE_MEMBER",
        });
        if kind == "HUMAN" {
            created["affiliation"] = json!(if is_external { "EXTERNAL" } else { "INTERNAL" });
        }
        if let Some(id) = id {
            created["name"] = json!(format!("spaces/{}/members/{id}", act.space));
            created["member"]["name"] = json!(format!("users/{id}"));
        }
        Ok(Effect::Creates(Self::timed(space, act, created)))
    }

    /// The time counts in import mode only.
    fn timed(space: &Space, act: &Act, mut created: Value) -> Value {
        if space.imports && act.chosen[0] == b'+' {
            created["createTime"] = json!("2020-01-01T00:00:00Z");
        }
        created
    }

    /// What a list request lists, on all its pages.
    ///
    /// # Errors
    ///
    /// The HTTP status of the answer.
    pub fn list(&self, act: &Act) -> Result<Vec<Value>, u16> {
        let conditions = self.conditions(act)?;
        let (letter, _, admits) = act.filter();
        if letter == b'x' || act.is_admin() && !matches!(letter, b'H' | b'b') {
            return Err(400);
        }
        if act.caller.is_app && (act.shows_groups() || act.shows_invited()) {
            return Err(403);
        }
        let space = self.space(act, &conditions, false)?;
        let is_listed = |one: &&Value| {
            admits(one)
                && (act.shows_groups() || one.get("groupMember").is_none())
                && (act.shows_invited() || one["state"] != "INVITED")
                && !(act.caller.is_app && one["member"]["type"] == "BOT")
        };
        Ok(space.members.values().filter(is_listed).cloned().collect())
    }
}
