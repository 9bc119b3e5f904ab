//! `compare`: how the meanings of two filters relate.

use std::io::{self, Write};

use gchat_filter::{
    Cell, Filter, Group, Member, MemberType, Membership, MembershipRole, Role, User, UserType,
};

use super::Status;
use super::options::{self, LintOptions};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    lints: LintOptions,
    /// A filter.
    a: String,
    /// Another filter.
    b: String,
}

pub(super) fn run(
    args: &Args,
    matches: &clap::ArgMatches,
    out: &mut impl Write,
) -> io::Result<Status> {
    let checker = args.lints.checker(matches);
    let filters = [("filter A", &args.a), ("filter B", &args.b)]
        .map(|(origin, text)| options::required_from(Some(origin), checker, text));
    let [Some((_, a)), Some((_, b))] = filters else {
        return Ok(Status::Negative);
    };
    let relation = match (a.implies(b), b.implies(a), a.intersection(b)) {
        (true, true, _) => "equal: both admit the same",
        (true, false, _) => "narrower: B admits all that A admits, and more",
        (false, true, _) => "wider: A admits all that B admits, and more",
        (false, false, None) => "disjoint: nothing is admitted by both",
        (false, false, Some(_)) => "overlapping: each admits something that the other does not",
    };
    writeln!(out, "{relation}")?;
    let cases = [
        (
            "only A admits",
            example(|cell| a.matches(cell) && !b.matches(cell)),
        ),
        (
            "only B admits",
            example(|cell| b.matches(cell) && !a.matches(cell)),
        ),
        (
            "both admit",
            example(|cell| a.matches(cell) && b.matches(cell)),
        ),
    ];
    for (what, membership) in cases {
        if let Some(membership) = membership {
            writeln!(out, "{what} {}", serde_json::to_string(&membership)?)?;
        }
    }
    if a == b {
        writeln!(out, "the shortest text of both: {}", shortest(a))?;
    }
    Ok(Status::Success)
}

fn shortest(filter: Filter) -> String {
    match filter.to_string() {
        text if text.is_empty() => "the empty filter".to_owned(),
        text => text,
    }
}

/// A membership in a cell of that kind, the most usual one.
fn example(is_such: impl Fn(&Cell) -> bool) -> Option<Membership> {
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
    cells.find(is_such).map(membership)
}

fn membership(cell: Cell) -> Membership {
    let user = |user_type| {
        Some(Member::User(User {
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
            MemberType::NoMember => Some(Member::Group(Group {
                name: "groups/1".to_owned(),
            })),
            MemberType::Unspecified => user(UserType::Unspecified),
            MemberType::Human => user(UserType::Human),
            MemberType::Bot => user(UserType::Bot),
            MemberType::Unknown => user(UserType::from("TYPE_OF_THE_FUTURE")),
        },
        ..Membership::default()
    }
}
