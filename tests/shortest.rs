//! Printed filters, compared with an exhaustive search: the shortest documented text, or for other
//! meanings some text that parses back. Also which meanings are documented, and which admin access
//! accepts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use gchat_filter::members::Filter;
use gchat_filter::{Checker, Preset};
use oracle::cells::{APPS, Set, matched};
use oracle::shortest::{search, shortest};
use oracle::{Comparison, Connective, DOCUMENTED, Part, VALUES};

#[test]
fn documented_meanings_print_as_the_shortest_text() {
    let shortest = shortest(&DOCUMENTED);
    assert_eq!(shortest.len(), 124);
    assert_eq!(
        shortest.values().map(|text| text.comparisons).max(),
        Some(6)
    );
    for (set, text) in &shortest {
        let text = &text.text;
        let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(matched(filter), *set, "{text}");
        assert_eq!(filter.to_string(), *text);
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
    // Equal to one of a field's values, or not equal to any of them.
    let clauses = |is_role| {
        let values = VALUES.iter().filter(move |value| value.is_role == is_role);
        let names: Vec<&str> = values.map(|value| value.name).collect();
        let equal = names.iter().map(|name| vec![Comparison::equal(name)]);
        let other = names.iter().map(|name| Comparison::not_equal(name));
        equal.chain([other.collect()]).collect::<Vec<_>>()
    };
    let mut atoms = Vec::new();
    for role in clauses(true) {
        for member_type in clauses(false) {
            let comparisons = [&*role, &*member_type].concat();
            let operands = comparisons.into_iter().map(Part::comparison).collect();
            let mut part = Part::joined(Connective::And, operands);
            let text = part.write_text();
            let checked = Filter::check(&Checker::new().preset(Preset::Aip160), &text);
            atoms.push((checked.filter.unwrap(), part.set()));
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
    let accepted: Vec<Comparison> = DOCUMENTED
        .into_iter()
        .filter(|comparison| comparison.allows_admin_access())
        .collect();
    assert_eq!(accepted.len(), 4);
    let mut for_admin = search(&accepted);
    for_admin.retain(|(set, _), _| set & APPS == 0);
    // The checker accepts the filters that the definition accepts.
    for ((set, _), text) in &for_admin {
        let text = &text.text;
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
