//! Printed filters, compared with an exhaustive search: the shortest documented text, or for other
//! meanings some text that parses back. Also which meanings are documented, and which admin access
//! accepts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Compare, DOCUMENTED, EVERYTHING, Set, apps, count_comparisons, matched, set_of};
use gchat_filter::members::Filter;
use gchat_filter::{Checker, Preset};

/// The root of a filter's tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Root {
    Comparison,
    And,
    Or,
}

/// A filter's number of comparisons, length in bytes, and text. The shortest is the least.
type Text = (usize, usize, String);

/// Joins two filters by the root's operator. Only a side joined by the other operator is
/// parenthesized.
fn join(root: Root, sides: [(Root, &Text); 2]) -> Text {
    let sides = sides.map(|(inner, (count, _, text))| {
        let needs_parens = inner != root && inner != Root::Comparison;
        (
            count,
            if needs_parens {
                format!("({text})")
            } else {
                text.clone()
            },
        )
    });
    let operator = if root == Root::And { " AND " } else { " OR " };
    let text = [&*sides[0].1, operator, &*sides[1].1].concat();
    (sides[0].0 + sides[1].0, text.len(), text)
}

/// The shortest text of each meaning and root: joins all filters with all others until none becomes
/// shorter. No part may match nothing.
fn search(comparisons: &[Compare]) -> BTreeMap<(Set, Root), Text> {
    let mut best: BTreeMap<(Set, Root), Text> = BTreeMap::new();
    let mut fresh = Vec::new();
    for comparison in comparisons {
        let text = comparison.text();
        let key = (comparison.set(), Root::Comparison);
        best.insert(key, (1, text.len(), text));
        fresh.push(key);
    }
    while !fresh.is_empty() {
        let mut better: BTreeMap<(Set, Root), Text> = BTreeMap::new();
        for (a, first) in &best {
            for (b, second) in &best {
                if !fresh.contains(a) && !fresh.contains(b) {
                    continue;
                }
                for (root, set) in [(Root::And, a.0 & b.0), (Root::Or, a.0 | b.0)] {
                    let key = (set, root);
                    let known = better.get(&key).or_else(|| best.get(&key));
                    let count = first.0 + second.0;
                    if set == 0 || known.is_some_and(|known| known.0 < count) {
                        continue;
                    }
                    let text = join(root, [(a.1, first), (b.1, second)]);
                    if known.is_none_or(|known| text < *known) {
                        better.insert(key, text);
                    }
                }
            }
        }
        fresh = better.keys().copied().collect();
        best.extend(better);
    }
    best
}

/// The shortest text of each meaning.
fn shortest(comparisons: &[Compare]) -> BTreeMap<Set, Text> {
    let mut shortest: BTreeMap<Set, Text> = BTreeMap::new();
    for ((set, _), text) in search(comparisons) {
        let known = shortest.entry(set).or_insert_with(|| text.clone());
        if text < *known {
            *known = text;
        }
    }
    shortest.insert(EVERYTHING, (0, 0, String::new()));
    shortest
}

#[test]
fn documented_meanings_print_as_the_shortest_text() {
    let shortest = shortest(&DOCUMENTED);
    assert_eq!(shortest.len(), 124);
    assert_eq!(shortest.values().map(|text| text.0).max(), Some(6));
    for (set, (count, _, text)) in &shortest {
        let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(matched(filter), *set, "{text}");
        assert_eq!(filter.to_string(), *text);
        assert_eq!(count_comparisons(text), *count);
        assert!(filter.is_documented(), "{text}");
        let strict = Filter::check(&Checker::new().preset(Preset::Strict), text);
        assert_eq!(
            (strict.diagnostics, strict.filter),
            (Vec::new(), Some(filter)),
            "{text}"
        );
    }
}

/// All filters, with the cells that each must match: the unions of the 20 smallest filters. There
/// are 20 because filter text cannot distinguish an unknown type from no member.
fn all_filters() -> (Vec<Option<Filter>>, Vec<Set>) {
    const ROLES: [&str; 4] = [
        "ROLE_MEMBER",
        "ROLE_MANAGER",
        "ROLE_ASSISTANT_MANAGER",
        "MEMBERSHIP_ROLE_UNSPECIFIED",
    ];
    const TYPES: [&str; 3] = ["HUMAN", "BOT", "TYPE_UNSPECIFIED"];
    let clause = |field: &str, names: &[&str], index: usize| {
        if let Some(name) = names.get(index) {
            return format!("{field} = \"{name}\"");
        }
        let others = names.iter().map(|name| format!("{field} != \"{name}\""));
        others.collect::<Vec<_>>().join(" AND ")
    };
    let mut atoms = Vec::new();
    for role in 0..=ROLES.len() {
        for member_type in 0..=TYPES.len() {
            let text = [
                clause("role", &ROLES, role),
                clause("member.type", &TYPES, member_type),
            ]
            .join(" AND ");
            let filter = Filter::check(&Checker::new().preset(Preset::Aip160), &text)
                .filter
                .unwrap();
            let set = set_of(|r, t| {
                r == ROLES.get(role).copied().unwrap_or_default()
                    && t == TYPES.get(member_type).copied().unwrap_or_default()
            });
            atoms.push((filter, set));
        }
    }
    assert_eq!(atoms.len(), 20);
    let mut filters = vec![None; 1 << 20];
    let mut sets = vec![0; 1 << 20];
    for mask in 1..1_usize << 20 {
        let (atom, set) = atoms[mask.trailing_zeros() as usize];
        let rest = mask & (mask - 1);
        filters[mask] = Some(filters[rest].map_or(atom, |rest| atom.union(rest)));
        sets[mask] = sets[rest] | set;
    }
    (filters, sets)
}

/// Covers all 2²⁰ − 1 meanings that filter text can have.
#[test]
fn recognizes_documented_meanings_and_those_for_admin_access() {
    let documented: BTreeSet<Set> = shortest(&DOCUMENTED).into_keys().collect();
    let accepted: Vec<Compare> = DOCUMENTED
        .into_iter()
        .filter(|comparison| {
            comparison.is_role
                || *comparison == Compare::member_type(true, "HUMAN")
                || *comparison == Compare::member_type(false, "BOT")
        })
        .collect();
    assert_eq!(accepted.len(), 4);
    let mut for_admin = search(&accepted);
    for_admin.retain(|(set, _), _| set & apps() == 0);
    // The checker accepts the filters that the definition accepts.
    for ((set, _), (_, _, text)) in &for_admin {
        let checked = Filter::check(&Checker::new().admin_access(true), text);
        assert_eq!(checked.filter.map(matched), Some(*set), "{text}");
    }
    let for_admin: BTreeSet<Set> = for_admin.into_keys().map(|(set, _)| set).collect();
    // Each role matches no one, people, or all but apps. Roles without a documented comparison
    // match at most what each of the others does: 9 + 4 + 1, less the one that matches nothing.
    assert_eq!(for_admin.len(), 13);

    let (filters, sets) = all_filters();
    let mut counts = [0; 2];
    for (filter, set) in filters.into_iter().zip(sets).skip(1) {
        let filter = filter.unwrap();
        let expected = [documented.contains(&set), for_admin.contains(&set)];
        let found = [filter.is_documented(), filter.allows_admin_access()];
        assert_eq!(found, expected, "{filter}");
        counts = [
            counts[0] + usize::from(found[0]),
            counts[1] + usize::from(found[1]),
        ];
    }
    assert_eq!(counts, [124, for_admin.len()]);
}

/// Undocumented meanings print as text that the AIP-160 preset accepts.
#[test]
fn undocumented_meanings_round_trip_through_display() {
    let (filters, sets) = all_filters();
    let checker = Checker::new().preset(Preset::Aip160);
    let (mut count, mut longest) = (0, 0);
    // The stride is coprime to 2²⁰, so that the sample mixes all bits.
    for index in (1..filters.len()).step_by(47) {
        let filter = filters[index].unwrap();
        if filter.is_documented() {
            continue;
        }
        let text = filter.to_string();
        let checked = Filter::check(&checker, &text);
        assert_eq!(checked.diagnostics, [], "{text}");
        assert_eq!(checked.filter, Some(filter), "{text}");
        assert_eq!(matched(filter), sets[index], "{text}");
        // The text does not depend on how the filter was built.
        let rest = filters[filters.len() - 1 - index];
        let again = filter.union(rest.unwrap()).intersection(filter).unwrap();
        assert_eq!((again, again.to_string()), (filter, text.clone()));
        count += 1;
        longest = longest.max(text.len());
    }
    assert!(count > 20_000, "{count}");
    assert!(longest < 4096, "{longest} bytes");
}
