//! The same filters in the languages of the peers, and their evaluation on memberships.

use aip_160::{Arg, Comparator, Expression};
use cfg_expr::Predicate;
use gchat_filter::members::Membership;
use gchat_filter::members::{Cell, Matchable};
use wirefilter::{ExecutionContext, Scheme};

/// A filter in all languages.
pub(crate) struct Query {
    pub(crate) filter: String,
    pub(crate) wirefilter: String,
    pub(crate) cfg: String,
    pub(crate) cel: String,
}

pub(crate) fn queries() -> Vec<Query> {
    let query = |filter: &str, wirefilter: &str, cfg: &str| Query {
        filter: filter.to_owned(),
        wirefilter: wirefilter.to_owned(),
        cfg: cfg.to_owned(),
        cel: wirefilter.replace("member.type", "member_type"),
    };
    let mut queries = vec![
        query(
            r#"member.type = "HUMAN""#,
            r#"member.type == "HUMAN""#,
            r#"member_type = "HUMAN""#,
        ),
        query(
            r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#,
            r#"member.type == "HUMAN" && role == "ROLE_MANAGER""#,
            r#"all(member_type = "HUMAN", role = "ROLE_MANAGER")"#,
        ),
        query(
            r#"role = "ROLE_MANAGER" OR role = "ROLE_MEMBER""#,
            r#"role == "ROLE_MANAGER" || role == "ROLE_MEMBER""#,
            r#"any(role = "ROLE_MANAGER", role = "ROLE_MEMBER")"#,
        ),
        query(
            r#"member.type != "BOT""#,
            r#"member.type != "BOT""#,
            r#"not(member_type = "BOT")"#,
        ),
        query(
            r#"(role = "ROLE_MANAGER" OR role = "ROLE_MEMBER") AND member.type != "BOT""#,
            r#"(role == "ROLE_MANAGER" || role == "ROLE_MEMBER") && member.type != "BOT""#,
            r#"all(any(role = "ROLE_MANAGER", role = "ROLE_MEMBER"), not(member_type = "BOT"))"#,
        ),
    ];
    let clause = &queries[1];
    let many = |clause: &str, separator: &str| vec![clause; 64].join(separator);
    queries.push(query(
        &many(&format!("({})", clause.filter), " OR "),
        &many(&format!("({})", clause.wirefilter), " || "),
        &format!("any({})", many(&clause.cfg, ", ")),
    ));
    queries
}

/// Names of the role and of the type; the type is empty if there is no member.
pub(crate) type Facts = (&'static str, &'static str);

pub(crate) fn facts(cell: Cell) -> Facts {
    let member_type = match cell.member_type {
        gchat_filter::members::MemberType::NoMember => "",
        other => other.name().unwrap_or("NEW"),
    };
    (cell.role.name().unwrap_or("NEW"), member_type)
}

pub(crate) fn facts_of(membership: &Membership) -> Facts {
    facts(Cell {
        role: membership.role(),
        member_type: membership.member_type(),
    })
}

/// Evaluates a tree of `aip-160` by walking it, as its users do.
pub(crate) fn walk(expression: Option<&Expression>, facts: Facts) -> bool {
    let walk = |expression| self::walk(Some(expression), facts);
    match expression {
        None => true,
        Some(Expression::And(parts)) => parts.iter().all(walk),
        Some(Expression::Or(parts)) => parts.iter().any(walk),
        Some(Expression::Restriction(restriction)) => {
            let aip_160::Comparable::Member(member) = &restriction.comparable else {
                unreachable!("no query calls a function");
            };
            let actual = match (member.value.as_str(), member.fields.as_slice()) {
                ("role", []) => facts.0,
                ("member", [field]) if field.as_str() == "type" => facts.1,
                _ => unreachable!("no query has other fields"),
            };
            let Arg::Comparable(aip_160::Comparable::Member(value)) = &restriction.arg else {
                unreachable!("all arguments are values");
            };
            let equal = value.value.as_str() == actual;
            equal == (restriction.comparator == Comparator::Equal)
        }
        Some(_) => unreachable!("no query has other expressions"),
    }
}

pub(crate) fn scheme() -> Scheme {
    wirefilter::Scheme! { member.type: Bytes, role: Bytes }
}

/// Returns whether a filter of `wirefilter-engine` matches a membership.
pub(crate) fn matches<'s>(
    filter: &wirefilter::Filter<'s>,
    scheme: &'s Scheme,
    (role, member_type): Facts,
) -> bool {
    let mut context = ExecutionContext::new(scheme);
    context.set_field_value("role", role).unwrap();
    context.set_field_value("member.type", member_type).unwrap();
    filter.execute(&context).unwrap()
}

/// Returns whether a predicate of `cfg-expr` holds.
pub(crate) fn holds(predicate: &Predicate<'_>, (role, member_type): Facts) -> bool {
    match predicate {
        Predicate::KeyValue { key: "role", val } => *val == role,
        Predicate::KeyValue {
            key: "member_type",
            val,
        } => *val == member_type,
        _ => unreachable!("no query has other predicates"),
    }
}

/// Returns a `cel` context with the variables of a membership.
pub(crate) fn cel_context<'c>(
    functions: &'c cel::Context<'_, '_>,
    (role, member_type): Facts,
) -> cel::Context<'c, 'c> {
    let mut context = functions.new_inner_scope();
    context.add_variable_from_value("role", role);
    context.add_variable_from_value("member_type", member_type);
    context
}
