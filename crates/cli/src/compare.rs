//! The `compare` command: shows how two filters relate.

use std::io::{self, Write};

use gchat_filter::members::{Cell, Filter, MemberType, Role};
use gchat_filter::members::{Group, Membership, MembershipRole, User, UserOrGroup, UserType};

use super::Outcome;
use super::options::{self, LintOptions};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    lints: LintOptions,
    /// First filter.
    a: String,
    /// Second filter.
    b: String,
}

pub(super) fn run(
    args: &Args,
    matches: &clap::ArgMatches,
    out: &mut impl Write,
) -> io::Result<Outcome> {
    let checker = args.lints.checker(matches);
    let filters = [("filter A", &args.a), ("filter B", &args.b)]
        .map(|(origin, text)| options::required_from(Some(origin), &checker, text));
    let [Some((_, a)), Some((_, b))] = filters else {
        return Ok(Outcome::Negative);
    };
    let relation = match (a.implies(b), b.implies(a), a.intersection(b)) {
        (true, true, _) => "equal: A and B match the same memberships",
        (true, false, _) => "narrower: B matches everything that A matches, and more",
        (false, true, _) => "wider: A matches everything that B matches, and more",
        (false, false, Err(_)) => "disjoint: no membership matches both",
        (false, false, Ok(_)) => {
            "overlapping: some memberships match both, some only A, and some only B"
        }
    };
    writeln!(out, "{relation}")?;
    let cases = [
        (
            "matches only A",
            example(|cell| a.matches(cell) && !b.matches(cell)),
        ),
        (
            "matches only B",
            example(|cell| b.matches(cell) && !a.matches(cell)),
        ),
        (
            "matches both",
            example(|cell| a.matches(cell) && b.matches(cell)),
        ),
    ];
    for (label, membership) in cases {
        if let Some(membership) = membership {
            writeln!(out, "{label}: {}", serde_json::to_string(&membership)?)?;
        }
    }
    if a == b {
        writeln!(out, "shortest equivalent: {}", shortest(a))?;
    }
    Ok(Outcome::Success)
}

fn shortest(filter: Filter) -> String {
    match filter.to_string() {
        text if text.is_empty() => "the empty filter".to_owned(),
        text => text,
    }
}

/// Returns a membership in a cell that satisfies the predicate, preferring common roles and types.
fn example(predicate: impl Fn(&Cell) -> bool) -> Option<Membership> {
    let roles = [
        Role::Member,
        Role::Manager,
        Role::AssistantManager,
        Role::Unspecified,
        Role::Unknown,
    ];
    let types = [
        MemberType::Human,
        MemberType::Bot,
        MemberType::NoMember,
        MemberType::Unspecified,
        MemberType::Unknown,
    ];
    let mut cells = roles
        .into_iter()
        .flat_map(|role| types.map(|member_type| Cell { role, member_type }));
    cells.find(predicate).map(membership)
}

fn membership(cell: Cell) -> Membership {
    let user = |user_type| {
        Some(UserOrGroup::User(User {
            name: "users/1".to_owned(),
            user_type,
            ..User::default()
        }))
    };
    Membership {
        role: match cell.role.name() {
            None => MembershipRole::from("ROLE_OF_THE_FUTURE"),
            Some(name) => MembershipRole::from(name),
        },
        member: match cell.member_type {
            MemberType::NoMember => Some(UserOrGroup::Group(Group {
                name: "groups/1".to_owned(),
            })),
            MemberType::Unspecified => user(UserType::Unspecified),
            MemberType::Human => user(UserType::Human),
            MemberType::Bot => user(UserType::Bot),
            _ => user(UserType::from("TYPE_OF_THE_FUTURE")),
        },
        ..Membership::default()
    }
}
