//! The seed of the server: spaces, members, callers and faults, and the filters of requests.

use serde_json::{Value, json};

use oracle::rules::Scope;

/// The spaces; the last one does not exist.
pub const SPACES: [&str; 9] = ["A", "C", "I", "O", "E", "F", "D", "S", "X"];

/// A member that a request names.
#[derive(Debug)]
pub struct MemberRef {
    /// The letter.
    pub letter: u8,
    /// The member in a path.
    pub(super) path: &'static str,
    /// The `name` in a body.
    pub(super) name: &'static str,
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
    pub(super) is_app: bool,
    /// `None` for a caller without restrictions.
    pub(super) id: Option<&'static str>,
    pub(super) scopes: &'static [Scope],
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
pub(super) const FAULTS: [(&str, u16, u32); 4] = [
    ("spaces/F/members/1", 429, 3),
    ("spaces/F*", 503, 2),
    ("*/members/2", 409, 2),
    ("spaces/X*", 400, 1),
];

/// A filter: its letter, its encoded text, and whether it matches a membership.
pub(super) type EncodedFilter = (u8, &'static str, fn(&Value) -> bool);

/// The filters; the last one is invalid.
pub(super) const FILTERS: [EncodedFilter; 8] = [
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
