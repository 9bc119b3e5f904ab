//! The spaces that clients contend for, and the interpretation of responses about them.

use std::collections::HashMap;
use std::net::SocketAddr;

use serde_json::{Value, json};

use super::model::{ANY, Standing, State, TOGETHER};
use crate::http::{Answer, Request};

/// Spaces whose manager never leaves.
pub(crate) const STABLE: [&str; 6] = ["P0", "P1", "P2", "P3", "P4", "P5"];

/// Number of changing members in each of them.
pub(crate) const MEMBERS: usize = 16;

/// Number of permanent members in each of them, sorted between the others.
pub(crate) const STAYERS: usize = 10;

/// Spaces with up to [`TOGETHER`] members, all of whom may become managers.
pub(crate) const MANAGED: [&str; 8] = ["M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7"];

/// A space to which no member can be added, because of a permanent fault.
pub(crate) const DOWN: &str = "DOWN";

/// Identifier of a changing member. It is odd, so that permanent members are between them.
pub(crate) fn member(number: usize) -> String {
    format!("{:02}", 2 * number + 1)
}

pub(crate) fn stayer(number: usize) -> String {
    format!("{:02}", 4 * number)
}

/// Email address of a member. Requests with it succeed for a third of them, and fail for the others.
pub(crate) fn email(number: usize) -> String {
    let domain = ["good.example", "429.example", "503.example"][number % 3];
    format!("m{number}@{domain}")
}

/// The seed with these spaces; `times` is the number of requests that each temporary fault affects.
pub(crate) fn seed(times: usize) -> Value {
    let membership = |space: &str, id: &str, role: &str| {
        json!({"name": format!("spaces/{space}/members/{id}"), "role": role, "state": "JOINED",
               "member": {"name": format!("users/{id}"), "type": "HUMAN"}})
    };
    let mut memberships = Vec::new();
    for space in STABLE {
        memberships.push(membership(space, "boss", "ROLE_MANAGER"));
        let stayers = (0..STAYERS).map(stayer);
        memberships.extend(stayers.map(|id| membership(space, &id, "ROLE_MEMBER")));
        let half = (0..MEMBERS).step_by(2);
        memberships.extend(half.map(|number| membership(space, &member(number), "ROLE_MEMBER")));
    }
    for space in MANAGED {
        memberships.push(membership(space, &member(0), "ROLE_MANAGER"));
        memberships.push(membership(space, &member(1), "ROLE_MEMBER"));
    }
    let spaces = STABLE.iter().chain(&MANAGED).chain([&DOWN]);
    let spaces: Vec<_> = spaces
        .map(|space| json!({"name": format!("spaces/{space}")}))
        .collect();
    let known = (0..MEMBERS)
        .map(|number| json!({"name": format!("users/{}", member(number)), "email": email(number)}));
    json!({
        "spaces": spaces,
        "memberships": memberships,
        "users": known.collect::<Vec<_>>(),
        "faults": [
            {"path": "*@429.example", "status": 429},
            {"path": "*@503.example", "status": 503, "delayMs": 1},
            {"path": format!("spaces/{DOWN}/members"), "status": 500},
            {"path": "spaces/P0/members", "status": 503, "times": times},
            {"path": "spaces/P1/members/*", "status": 500, "times": times},
            {"path": "spaces/M0/*", "status": 429, "times": times, "delayMs": 2},
            {"path": "spaces/P2/members", "status": 418, "times": times},
            {"path": "spaces/P3/*", "delayMs": 3, "times": times},
        ],
    })
}

/// What is checked as a unit: a member of a space, or a managed space (with number 0).
pub(crate) type Place = (&'static str, usize);

/// Returns the state in the seed.
pub(crate) fn start(place: Place) -> State {
    use Standing::{Absent, Manager, Member};
    match place {
        (space, _) if MANAGED.contains(&space) => [Manager, Member, Absent, Absent],
        (DOWN, _) => [Absent, Absent, Absent, Manager],
        // The last element is the permanent manager.
        (_, number) if number % 2 == 0 => [Member, Absent, Absent, Manager],
        _ => [Absent, Absent, Absent, Manager],
    }
}

/// Returns the place of a member, and their index in it.
pub(crate) fn place(space: &'static str, number: usize) -> (Place, usize) {
    if MANAGED.contains(&space) {
        ((space, 0), number)
    } else {
        ((space, number), 0)
    }
}

pub(crate) fn members_of(space: &str) -> usize {
    if MANAGED.contains(&space) {
        TOGETHER
    } else {
        MEMBERS
    }
}

/// Returns the state of the server, from a list of all members or, in the space that cannot be listed,
/// from each member.
pub(crate) fn server_state(address: SocketAddr) -> HashMap<Place, State> {
    let mut states = HashMap::new();
    let get = |path: &str| {
        let answers = std::iter::repeat_with(|| Request::get(path).try_send_to(address).unwrap());
        // After a restart, temporary faults happen again.
        let mut answers = answers.take(1000).filter(|answer| !is_fault(answer));
        answers.next().unwrap()
    };
    for space in STABLE.into_iter().chain(MANAGED).chain([DOWN]) {
        let path = format!("/v1/spaces/{space}/members");
        let mut found: HashMap<String, Standing> = if space == DOWN {
            let missing = (0..MEMBERS).filter(|n| {
                let answer = get(&format!("{path}/{}", member(*n)));
                refused_or_found(&answer) == Standing::Absent
            });
            assert_eq!(missing.count(), MEMBERS);
            HashMap::new()
        } else {
            let answer = get(&format!("{path}?pageSize=1000")).json();
            listed(space, &answer).into_iter().collect()
        };
        for number in 0..members_of(space) {
            let (place, index) = place(space, number);
            let state = states.entry(place).or_insert_with(|| start(place));
            let standing = found.remove(&member(number));
            state[index] = standing.unwrap_or(Standing::Absent);
        }
        let others = if STABLE.contains(&space) {
            STAYERS + 1
        } else {
            0
        };
        assert_eq!(found.len(), others, "{space}: {found:?}");
    }
    states
}

pub(crate) fn is_fault(answer: &Answer) -> bool {
    // The server itself never answers with the first two.
    matches!(answer.status, 429 | 503) || answer.body.contains("Mock server fault: ")
}

/// Returns the meaning of a refusal, which must have this status.
pub(crate) fn refused<T>(answer: &Answer, status: u16, meaning: T) -> T {
    assert_eq!(answer.status, status, "{}", answer.body);
    meaning
}

/// Returns what a response to get says about the member.
pub(crate) fn refused_or_found(answer: &Answer) -> Standing {
    match answer.status {
        200 => Standing::of(answer.json()["role"].as_str().unwrap()),
        _ => refused(answer, 404, Standing::Absent),
    }
}

/// Returns the members on a page.
pub(crate) fn listed(space: &str, page: &Value) -> Vec<(String, Standing)> {
    let page = page["memberships"].as_array();
    let page = page.into_iter().flatten().map(|membership| {
        let name = membership["name"].as_str().unwrap();
        let id = name.strip_prefix(&format!("spaces/{space}/members/"));
        let id = id.unwrap().to_owned();
        (id, Standing::of(membership["role"].as_str().unwrap()))
    });
    page.collect()
}

/// Returns what a list says about each changing member, as a set of standings.
pub(crate) fn sets(
    space: &str,
    role: Option<Standing>,
    listed: &[(String, Standing)],
) -> Vec<(usize, u8)> {
    let set = |number: usize| {
        let id = member(number);
        let found = listed.iter().find(|(listed, _)| *listed == id);
        match (found, role) {
            (Some((_, standing)), _) => standing.only(),
            (None, None) => Standing::Absent.only(),
            (None, Some(role)) => ANY & !role.only(),
        }
    };
    (0..members_of(space)).map(|n| (n, set(n))).collect()
}

/// Returns how many permanent members are missing from a list.
pub(crate) fn skipped(space: &str, role: Option<Standing>, listed: &[(String, Standing)]) -> u64 {
    if !STABLE.contains(&space) {
        return 0;
    }
    let stayers = (0..STAYERS)
        .map(stayer)
        .filter(|_| role != Some(Standing::Manager));
    let boss = (role != Some(Standing::Member)).then(|| "boss".to_owned());
    let wanted = stayers.chain(boss);
    let missing = wanted.filter(|wanted| listed.iter().all(|(id, _)| id != wanted));
    missing.count() as u64
}
