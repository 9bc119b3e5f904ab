//! A model of the mock server: a map of memberships for each space, and an independent
//! implementation of the rules of the five methods. It predicts the outcome of each [`Operation`].

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value, json};

/// The memberships of a space by key, as they appear in responses.
pub type Members = BTreeMap<String, Value>;

/// The spaces; the last one does not exist.
pub const SPACES: [&str; 7] = ["A", "C", "I", "O", "E", "F", "X"];

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
    token: &'static str,
    is_app: bool,
    /// `None` for a caller without restrictions.
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

/// The caller if the server has no callers.
pub const ANYONE: Caller = Caller {
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

/// A caller that can observe everything: it is invited to all spaces.
pub const WATCHER: Caller = user(b'w', "SECRET-w", "watch", &["memberships"]);

/// The callers: users 1 (an administrator), 2 and 3, a stranger, apps, an unknown token, and no
/// token.
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
            .chain([&WATCHER])
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

/// An HTTP request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRequest {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Writes the request as a line of text.
impl fmt::Display for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(f, "{} {}\t{body}", self.method, self.target)?;
        self.headers
            .iter()
            .try_for_each(|(name, value)| write!(f, "\t{name}: {value}"))
    }
}

impl RawRequest {
    /// Creates a request without headers and body.
    #[must_use]
    pub fn new(method: &str, target: String) -> Self {
        Self {
            method: method.to_owned(),
            target,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// Adds a caller's token in a header.
    #[must_use]
    pub fn of(mut self, caller: &Caller) -> Self {
        if !caller.token.is_empty() {
            let bearer = format!("Bearer {}", caller.token);
            self.headers.push(("authorization".to_owned(), bearer));
        }
        self
    }

    /// Returns the request with another parameter.
    #[must_use]
    pub fn with(&self, parameter: &str) -> Self {
        let mut request = self.clone();
        if request.body.is_empty() {
            let mark = if request.target.contains('?') {
                '&'
            } else {
                '?'
            };
            request.target = format!("{}{mark}{parameter}", request.target);
        } else {
            request.body.extend(b"&");
            request.body.extend(parameter.as_bytes());
        }
        request
    }

    /// Parses a request from a line; `None` if it is not a request, or not UTF-8 where required.
    #[must_use]
    pub fn read(line: &[u8], callers: bool) -> Option<Self> {
        let mut parts = line.split(|byte| *byte == b'\t');
        let head = str::from_utf8(parts.next()?).ok()?;
        let (method, target) = head.split_once(' ')?;
        let mut request = Self::new(method, target.to_owned());
        request.body = parts.next().unwrap_or_default().to_vec();
        for part in parts {
            let (name, value) = str::from_utf8(part).ok()?.split_once(": ")?;
            request
                .headers
                .push((name.to_lowercase(), value.to_owned()));
        }
        let is_authenticated = request
            .headers
            .iter()
            .any(|(name, _)| name == "authorization");
        if callers && !is_authenticated {
            request = request.of(&CALLERS[0]);
        }
        Some(request)
    }

    /// Returns whether it contains a token where the response may repeat it.
    #[must_use]
    pub fn contains_secret(&self) -> bool {
        let has_secret = |bytes: &[u8]| bytes.windows(6).any(|window| window == b"SECRET");
        let may_be_repeated = |part: &&str| !part.contains("access_token=");
        let target: Vec<&str> = self
            .target
            .split(['?', '&'])
            .filter(may_be_repeated)
            .collect();
        has_secret(target.concat().as_bytes()) || has_secret(&self.body)
    }

    /// Returns whether its method, or the one in a header, may change something.
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

    /// Returns the path after `v1/`, which the patterns of faults match.
    #[must_use]
    pub fn resource(&self) -> String {
        let path = self.target.split(['?', '#']).next().unwrap_or_default();
        // An absolute URL starts with a host.
        let path = match path.split_once("://") {
            Some((_, rest)) if !path.starts_with('/') => {
                rest.find('/').map_or("/", |at| &rest[at..])
            }
            _ => path,
        };
        let path = path.trim_start_matches('/');
        let segments = path
            .strip_prefix("v1/")
            .map(|rest| rest.split('/').map(decode));
        let segments = segments.and_then(Iterator::collect::<Option<Vec<_>>>);
        segments.unwrap_or_default().join("/")
    }
}

/// Decodes percent encoding in a path segment.
fn decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = segment;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.as_bytes());
        let digits = after
            .get(..2)
            .filter(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if let Some(Ok(byte)) = digits.map(|digits| u8::from_str_radix(digits, 16)) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(b'%');
            rest = after;
        }
    }
    bytes.extend(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

/// Percent-encodes all bytes of a path segment.
#[must_use]
pub fn encode(segment: &str) -> String {
    let bytes = segment.bytes().map(|byte| format!("%{byte:02x}"));
    bytes.collect()
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
    fn role(&self) -> Option<&'static str> {
        match self.options[0] {
            b'M' | b'-' => Some("ROLE_MEMBER"),
            b'G' | b'2' => Some("ROLE_MANAGER"),
            b'A' => Some("ROLE_ASSISTANT_MANAGER"),
            _ => None,
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
    membership["role"] == "ROLE_MANAGER"
        && !matches!(
            membership["state"].as_str(),
            Some("INVITED" | "NOT_A_MEMBER")
        )
        && membership["member"]["type"] == "HUMAN"
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
    has_roles: bool,
    imports: bool,
    creator: Option<&'static str>,
    /// Its memberships, except those of people who left.
    pub members: Members,
}

impl Space {
    fn is_last_manager(&self, key: &str) -> bool {
        let managers = self.members.iter().filter(|(_, one)| is_manager(one));
        managers.map(|(key, _)| key).eq([key])
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
            model.remember(id, "HUMAN", user["email"].as_str());
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

    /// Returns the conditions under which a caller may use a method: `always`, `own`, `import`.
    ///
    /// # Errors
    ///
    /// The HTTP status 401 or 403.
    fn conditions(&self, operation: &Operation) -> Result<Vec<&'static str>, u16> {
        let Caller {
            is_app, id, scopes, ..
        } = operation.caller;
        if self.callers && scopes.is_empty() {
            return Err(401);
        }
        let writes = operation.method != b'g' && operation.method != b'l';
        let condition = |scope: &&str| {
            let (holds, condition) = match *scope {
                "memberships" => (!is_app && !operation.is_admin(), "always"),
                "memberships.readonly" => (!is_app && !operation.is_admin() && !writes, "always"),
                "memberships.app" => (
                    !operation.is_admin() && matches!(operation.method, b'c' | b'd'),
                    "own",
                ),
                "import" => (
                    !is_app && !operation.is_admin() && operation.method != b'g',
                    "import",
                ),
                "app.memberships" => (*is_app && !operation.is_admin(), "always"),
                "bot" => (*is_app && !operation.is_admin() && !writes, "always"),
                "admin.memberships" => (!is_app && operation.is_admin(), "always"),
                _ => (!is_app && operation.is_admin() && !writes, "always"),
            };
            holds.then_some(condition)
        };
        let conditions: Vec<&str> = scopes.iter().filter_map(condition).collect();
        let is_administrator = matches!(id, None | Some("1"));
        if conditions.is_empty() || operation.is_admin() && !is_administrator {
            return Err(403);
        }
        Ok(conditions)
    }

    /// Returns the ID of the calling app.
    fn app(operation: &Operation) -> &'static str {
        match operation.caller.id {
            Some(id) if operation.caller.is_app => id,
            _ => "app1",
        }
    }

    /// Returns the space, if it exists and the caller may access it.
    fn space(
        &self,
        operation: &Operation,
        conditions: &[&str],
        own_app: bool,
    ) -> Result<&Space, u16> {
        let space = self.spaces.get(operation.space).ok_or(404_u16)?;
        let holds = |condition: &&str| match *condition {
            "own" => own_app,
            "import" => space.imports,
            _ => true,
        };
        let has_access = |id: &str| space.creator == Some(id) || space.members.contains_key(id);
        let is_exempt = operation.is_admin() || own_app && operation.caller.is_app;
        if conditions.iter().any(holds) && (is_exempt || operation.caller.id.is_none_or(has_access))
        {
            Ok(space)
        } else {
            Err(403)
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

    /// Returns the effect of a request other than list.
    ///
    /// # Errors
    ///
    /// The HTTP status of the response.
    pub fn outcome(&self, operation: &Operation) -> Result<Effect, u16> {
        let conditions = self.conditions(operation)?;
        if operation.method == b'c' {
            return self.create(operation, &conditions);
        }
        if operation.member.letter == b'?' {
            return Err(400);
        }
        let is_mask = matches!(operation.options[1], b'r' | b'*' | b'R');
        if operation.method == b'p' && (operation.role().is_none() || !is_mask) {
            return Err(400);
        }
        let id = self.resolve(operation, operation.member.path);
        let own_app = id.as_deref() == Some(Self::app(operation));
        let space = self.space(operation, &conditions, own_app)?;
        let key = id.ok_or(404_u16)?;
        let member = space.members.get(&key).ok_or(404_u16)?;
        let (is_app, is_group) = (
            member["member"]["type"] == "BOT",
            member.get("groupMember").is_some(),
        );
        if operation.caller.is_app && is_group {
            return Err(403);
        }
        let created = operation.caller.id.is_none() || operation.caller.id == space.creator;
        match operation.method {
            b'g' if operation.is_admin() && is_app => Err(403),
            b'g' => Ok(Effect::Show(member.clone())),
            b'd' => {
                let with_own_scope = !operation.caller.is_app || conditions.contains(&"own");
                if is_app && (!own_app || operation.is_admin() || !with_own_scope) {
                    return Err(403);
                }
                let is_manager = |id: &str| space.members.get(id).is_some_and(is_manager);
                let is_allowed = if operation.caller.is_app {
                    created
                } else {
                    operation.is_admin() || operation.caller.id.is_none_or(is_manager)
                };
                if member["role"] == "ROLE_MANAGER" && !is_allowed {
                    return Err(403);
                }
                if space.is_last_manager(&key) {
                    return Err(400);
                }
                Ok(Effect::Remove(key))
            }
            _ => {
                if operation.caller.is_app && !created {
                    return Err(403);
                }
                let role = operation.role().unwrap_or_default();
                let has_no_roles = is_app || !space.has_roles;
                if is_group || has_no_roles && role != "ROLE_MEMBER" {
                    return Err(400);
                }
                if role != "ROLE_MANAGER" && space.is_last_manager(&key) {
                    return Err(400);
                }
                let mut patched = member.clone();
                patched["role"] = json!(role);
                Ok(Effect::Put(key, patched))
            }
        }
    }

    fn create(&self, operation: &Operation, conditions: &[&str]) -> Result<Effect, u16> {
        let name = operation.member.name;
        if operation.options[0] == b'?' || operation.member.letter == b'?' {
            return Err(400);
        }
        let Some(user) = name.strip_prefix("users/") else {
            let space = self.space(operation, conditions, false)?;
            if operation.caller.is_app {
                return Err(403);
            }
            let key = format!("group-{}", name.trim_start_matches("groups/"));
            if space.imports && operation.options[0] == b'x' {
                return Err(400);
            }
            if space.members.contains_key(&key) {
                return Err(409);
            }
            let name = format!("spaces/{}/members/{key}", operation.space);
            let group = json!({"name": operation.member.name});
            let created = json!({"name": name, "state": "JOINED", "groupMember": group});
            return Ok(Effect::Create(Self::with_time(space, operation, created)));
        };
        let id = self.resolve(operation, user);
        let own_app = id.as_deref() == Some(Self::app(operation));
        let known = match &id {
            Some(_) if own_app => Some("BOT"),
            Some(id) => self.types.get(id).map(String::as_str),
            None => None,
        };
        let kind = match (known, operation.given_type()) {
            (Some(known), Some(given)) if known != given => return Err(400),
            (known, given) => known.or(given).unwrap_or("HUMAN"),
        };
        let space = self.space(operation, conditions, own_app)?;
        let by_app = operation.caller.is_app;
        let is_external = id.as_deref() == Some("out");
        let is_denied = if kind == "BOT" {
            !own_app || operation.is_admin() || by_app && !conditions.contains(&"own")
        } else {
            is_external && (operation.is_admin() || by_app)
        };
        if is_denied {
            return Err(403);
        }
        if space.imports && operation.options[0] == b'x' {
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
            created["name"] = json!(format!("spaces/{}/members/{id}", operation.space));
            created["member"]["name"] = json!(format!("users/{id}"));
        }
        Ok(Effect::Create(Self::with_time(space, operation, created)))
    }

    /// Adds the creation time, which is only used in import mode.
    fn with_time(space: &Space, operation: &Operation, mut created: Value) -> Value {
        if space.imports && operation.options[0] == b'+' {
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
        let conditions = self.conditions(operation)?;
        let (letter, _, matches) = operation.filter();
        if letter == b'x' || operation.is_admin() && !matches!(letter, b'H' | b'b') {
            return Err(400);
        }
        if operation.caller.is_app && (operation.shows_groups() || operation.shows_invited()) {
            return Err(403);
        }
        let space = self.space(operation, &conditions, false)?;
        let is_listed = |one: &&Value| {
            matches(one)
                && (operation.shows_groups() || one.get("groupMember").is_none())
                && (operation.shows_invited() || one["state"] != "INVITED")
                && !(operation.caller.is_app && one["member"]["type"] == "BOT")
        };
        Ok(space.members.values().filter(is_listed).cloned().collect())
    }
}
