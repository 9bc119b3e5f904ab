//! The `compare` command: shows how two filters relate.

use std::io::{self, Write};

use gchat_filter::members::{Cell, Filter, MemberType, Role};
use gchat_filter::members::{Group, Membership, MembershipRole, User, UserOrGroup, UserType};
use gchat_filter::{AnyFilter, Checked, Context, FilterRelation};
use serde::Serialize;

use super::filters::Filters;
use super::options::{FilterOptions, Format};
use super::{Outcome, print_error, write_json};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    options: FilterOptions,
    /// Output format.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Exit with the relation: 0 equal, 3 narrower, 4 wider, 5 overlapping, 6 disjoint.
    #[arg(long)]
    exit_code: bool,
    /// First filter.
    a: String,
    /// Second filter.
    b: String,
    /// Parts of filters without quotes.
    #[arg(hide = true)]
    rest: Vec<String>,
}

pub(super) fn run(
    args: &Args,
    matches: &clap::ArgMatches,
    out: &mut impl Write,
) -> io::Result<Outcome> {
    let filters = match args.options.filters(Context::new(), matches) {
        Ok(filters) => filters,
        Err(message) => {
            print_error(message);
            return Ok(Outcome::Failure);
        }
    };
    let (a, b) = (&args.a, &args.b);
    if !args.rest.is_empty() {
        let texts: Vec<&str> = [a, b]
            .into_iter()
            .chain(&args.rest)
            .map(String::as_str)
            .collect();
        report_extra(&filters, &texts);
        return Ok(Outcome::Failure);
    }
    let [a, b] = match args.format {
        Format::Text => [(a, "filter A"), (b, "filter B")].map(|(text, origin)| {
            let checked = filters.check(text);
            filters.report(&checked, Some((origin, 1)));
            checked
        }),
        Format::Json => [a, b].map(|text| filters.check(text)),
    };
    let relation = match (&a.filter, &b.filter) {
        (Some(a), Some(b)) => a.relation(b),
        _ => None,
    };
    match args.format {
        Format::Json => write_json(out, &Comparison::new(&filters, relation, &a, &b))?,
        Format::Text => {
            if let (Some(relation), Some(a), Some(b)) = (relation, &a.filter, &b.filter) {
                print(&filters, relation, a, b, out)?;
            }
        }
    }
    Ok(match relation {
        None => Outcome::Negative,
        Some(relation) if args.exit_code => Outcome::Relation(relation),
        Some(_) => Outcome::Success,
    })
}

/// Reports more than two arguments, which may be two filters that the shell has split.
fn report_extra(filters: &Filters, arguments: &[&str]) {
    let halves = (1..arguments.len()).find_map(|at| {
        let (a, b) = arguments.split_at_checked(at)?;
        let halves = [a, b].map(|half| filters.rejoined(half));
        let mut both = halves.iter();
        both.all(|half| filters.takes(half)).then_some(halves)
    });
    match halves {
        Some(halves) => filters.report_split("compare", &halves, &[]),
        None => print_error(format_args!(
            "expected two filters, found {}; put each filter in single quotes",
            arguments.len()
        )),
    }
}

/// What `--format json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Comparison<'c> {
    method: &'static str,
    /// Null if a filter is invalid.
    relation: Option<&'static str>,
    a: &'c Checked<'c, AnyFilter>,
    b: &'c Checked<'c, AnyFilter>,
    /// Memberships, if the filters are of memberships.
    #[serde(skip_serializing_if = "Option::is_none")]
    examples: Option<Examples>,
}

impl<'c> Comparison<'c> {
    fn new(
        filters: &Filters,
        relation: Option<FilterRelation>,
        a: &'c Checked<'c, AnyFilter>,
        b: &'c Checked<'c, AnyFilter>,
    ) -> Self {
        Self {
            method: filters.method.name(),
            relation: relation.map(FilterRelation::name),
            a,
            b,
            examples: match (&a.filter, &b.filter) {
                (Some(AnyFilter::Members(a)), Some(AnyFilter::Members(b))) => {
                    Some(Examples::new(*a, *b))
                }
                _ => None,
            },
        }
    }
}

/// Memberships that show how two filters differ.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Examples {
    only_a: Option<Membership>,
    only_b: Option<Membership>,
    both: Option<Membership>,
}

impl Examples {
    fn new(a: Filter, b: Filter) -> Self {
        Self {
            only_a: example(|cell| a.matches(cell) && !b.matches(cell)),
            only_b: example(|cell| b.matches(cell) && !a.matches(cell)),
            both: example(|cell| a.matches(cell) && b.matches(cell)),
        }
    }
}

/// Prints how two filters relate.
fn print(
    filters: &Filters,
    relation: FilterRelation,
    a: &AnyFilter,
    b: &AnyFilter,
    out: &mut impl Write,
) -> io::Result<()> {
    let noun = filters.method.resource();
    let examples = match (a, b) {
        (AnyFilter::Members(a), AnyFilter::Members(b)) => Some(Examples::new(*a, *b)),
        _ => None,
    };
    let explanation = match relation {
        FilterRelation::Equal => format!("A and B match the same {noun}s"),
        FilterRelation::Narrower => "B matches everything that A matches, and more".to_owned(),
        FilterRelation::Wider => "A matches everything that B matches, and more".to_owned(),
        FilterRelation::Disjoint => format!("no {noun} matches both"),
        FilterRelation::Overlapping if examples.is_some() => {
            format!("some {noun}s match both, some only A, and some only B")
        }
        FilterRelation::Overlapping => {
            format!("a {noun} may match both, only A, or only B")
        }
    };
    writeln!(out, "{relation}: {explanation}")?;
    if let Some(examples) = &examples {
        for (label, membership) in [
            ("matches only A", &examples.only_a),
            ("matches only B", &examples.only_b),
            ("matches both", &examples.both),
        ] {
            if let Some(membership) = membership {
                writeln!(out, "{label}: {}", serde_json::to_string(&membership)?)?;
            }
        }
    }
    if relation == FilterRelation::Equal {
        writeln!(out, "shortest equivalent: {}", shortest(a))?;
    } else if examples.is_none() {
        writeln!(out, "A: {}\nB: {}", shortest(a), shortest(b))?;
    }
    Ok(())
}

fn shortest(filter: &AnyFilter) -> String {
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
