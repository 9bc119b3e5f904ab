//! Every filter of up to three comparisons, against a naive reading of the specification.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "that is how a test fails"
)]

mod common;

use std::collections::BTreeSet;

use common::{Compare, DOCUMENTED, EVERYTHING, Kind, Part, Set, apps, comparisons_in, matched};
use gchat_filter::diagnostic::{Code, Diagnostic, Severity, Span};
use gchat_filter::{Checker, Filter, Preset};

/// The ways to write `count` as a sum of two or more numbers, in any order.
fn sums(count: usize) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    for first in 1..count {
        all.push(vec![first, count - first]);
        all.extend(sums(count - first).into_iter().map(|mut rest| {
            rest.insert(0, first);
            rest
        }));
    }
    all
}

fn products(choices: &[Vec<Part>]) -> Vec<Vec<Part>> {
    let Some((first, rest)) = choices.split_first() else {
        return vec![Vec::new()];
    };
    let rest = products(rest);
    let mut all = Vec::new();
    for part in first {
        for rest in &rest {
            all.push([std::slice::from_ref(part), rest].concat());
        }
    }
    all
}

/// One comparison, or more in parentheses.
fn simples(count: usize) -> Vec<Part> {
    match count {
        1 => vec![Part::leaf(DOCUMENTED[0])],
        _ => groups(count)
            .into_iter()
            .map(|part| part.in_parens(1))
            .collect(),
    }
}

fn ors(count: usize) -> Vec<Part> {
    let choices = |sum: Vec<usize>| products(&sum.into_iter().map(simples).collect::<Vec<_>>());
    sums(count)
        .into_iter()
        .flat_map(choices)
        .map(Kind::Or)
        .map(Part::new)
        .collect()
}

/// The shapes of so many comparisons, without parentheses around the whole or a single one.
fn groups(count: usize) -> Vec<Part> {
    let factors = |count| {
        let mut factors = simples(count);
        // OR binds tighter than AND, so these need no parentheses.
        factors.extend(ors(count));
        factors
    };
    let choices = |sum: Vec<usize>| products(&sum.into_iter().map(factors).collect::<Vec<_>>());
    let ands = sums(count)
        .into_iter()
        .flat_map(choices)
        .map(Kind::And)
        .map(Part::new);
    ands.chain(ors(count)).collect()
}

/// Makes the comparisons those whose numbers are given, in parentheses where told.
fn fill(part: &mut Part, leaves: &mut impl Iterator<Item = (Compare, usize)>) {
    if part.children().is_empty() {
        let (compare, parens) = leaves.next().unwrap();
        *part = Part::leaf(compare).in_parens(parens);
    }
    for child in part.children_mut() {
        fill(child, leaves);
    }
}

/// Adds a pair of parentheses to each group that has one.
fn double(part: &mut Part) {
    for child in part.children_mut() {
        if child.parens > 0 && !child.children().is_empty() {
            child.parens += 1;
        }
        double(child);
    }
}

type Found = (Span, Code, Severity);

/// What was found: in the order of the text, and at one place in that of the codes' names.
fn found(diagnostics: &[Diagnostic]) -> Vec<Found> {
    let found = |d: &Diagnostic| (d.span, d.code, d.severity);
    assert!(diagnostics.is_sorted_by_key(|d| d.span), "{diagnostics:?}");
    sorted(diagnostics.iter().map(found).collect())
}

fn sorted(mut expected: Vec<Found>) -> Vec<Found> {
    expected.sort_by_key(|(span, code, _)| (*span, code.as_str()));
    expected
}

/// The diagnostics that a filter must get, with lints at the severity given.
fn expected(part: &Part, lints: Severity) -> Vec<Found> {
    let mut expected = Vec::new();
    for span in part.mixed() {
        expected.push((span, Code::MixedOperators, lints));
    }
    if !expected.is_empty() && lints == Severity::Error {
        return sorted(expected);
    }
    let contradictions = part.contradictions();
    if !contradictions.is_empty() {
        for part in contradictions {
            expected.push((part.span, Code::Contradiction, Severity::Error));
        }
    } else if part.set() == EVERYTHING {
        expected.push((part.span, Code::AlwaysTrue, lints));
    } else {
        for span in part.redundant() {
            expected.push((span, Code::RedundantTerm, lints));
        }
    }
    sorted(expected)
}

/// The admin stage's errors, for a filter without others.
fn expected_admin(part: &Part) -> Vec<Found> {
    let mut expected = Vec::new();
    for part in part.comparisons() {
        let Kind::Compare(compare) = part.kind else {
            unreachable!()
        };
        let accepted = [
            Compare::member_type(true, "HUMAN"),
            Compare::member_type(false, "BOT"),
        ];
        if !compare.is_role && !accepted.contains(&compare) {
            expected.push((part.bare, Code::AdminTypeComparison, Severity::Error));
        }
    }
    if expected.is_empty() && part.set() & apps() != 0 {
        expected.push((part.span, Code::AdminRequiresType, Severity::Error));
    }
    expected
}

fn check(part: &mut Part) {
    let text = part.write_text();
    let set = part.set();
    let contradicts = !part.contradictions().is_empty();

    let checked = Checker::new().check(&text);
    assert_eq!(
        found(&checked.diagnostics),
        expected(part, Severity::Warning),
        "{text}"
    );
    assert_eq!(checked.is_valid(), !contradicts, "{text}");
    assert_eq!(checked.fixed, None, "{text}");
    match (Filter::parse(&text), checked.filter) {
        (Ok(parsed), Some(filter)) => {
            assert_eq!(parsed, filter, "{text}");
            assert_eq!(matched(filter), set, "{text}");
            check_shortest(filter, set, comparisons_in(&text), &text);
        }
        (Err(error), None) => {
            assert_eq!(error.diagnostics(), checked.diagnostics, "{text}");
        }
        (parsed, filter) => panic!("{text}: parse gives {parsed:?}, check {filter:?}"),
    }

    let strict = Checker::new().preset(Preset::Strict).check(&text);
    assert_eq!(
        found(&strict.diagnostics),
        expected(part, Severity::Error),
        "{text}"
    );

    let admin = Checker::new().admin_access(true).check(&text);
    let mut all = expected(part, Severity::Warning);
    let errors = if contradicts {
        Vec::new()
    } else {
        expected_admin(part)
    };
    all.extend(&errors);
    assert_eq!(found(&admin.diagnostics), sorted(all), "{text}");
    assert_eq!(
        admin.is_valid(),
        !contradicts && errors.is_empty(),
        "{text}"
    );
    let mendable = errors
        .first()
        .is_some_and(|error| error.1 == Code::AdminRequiresType);
    assert_eq!(admin.fixed.is_some(), mendable, "{text}");
    if let Some(fixed) = admin.fixed {
        let added = r#" AND member.type != "BOT""#;
        let is_or = matches!(part.kind, Kind::Or(_)) || part.mixed().contains(&part.bare);
        let is_or = is_or && part.parens == 0;
        let before = if is_or {
            format!("({text})")
        } else {
            text.clone()
        };
        assert_eq!(fixed, before + added);
        let checked = Checker::new().admin_access(true).check(&fixed);
        assert_eq!(checked.filter.map(matched), Some(set & !apps()), "{fixed}");
    }
}

/// What a filter prints as: short, silent even where every lint is denied, and of the same
/// meaning.
fn check_shortest(filter: Filter, set: Set, most: usize, text: &str) {
    let shortest = filter.to_string();
    assert!(
        comparisons_in(&shortest) <= most,
        "{text} became {shortest}"
    );
    let checked = Checker::new().preset(Preset::Strict).check(&shortest);
    assert_eq!(checked.diagnostics, [], "{shortest}");
    assert_eq!(checked.filter, Some(filter), "{text} became {shortest}");
    assert_eq!(Filter::parse(&shortest), Ok(filter));
    assert!(filter.is_documented(), "{text}");
    assert_eq!(
        checked.filter.map(matched),
        Some(set),
        "{text} became {shortest}"
    );
}

/// Every filter of up to three documented comparisons: all that AND, OR and parentheses can make
/// of them, with and without needless parentheses around single comparisons, around the whole, and
/// doubled around groups.
#[test]
fn every_filter_of_up_to_three_comparisons() {
    let mut counts = [0_usize; 4];
    let mut texts = BTreeSet::new();
    for count in 1..=3_u32 {
        let shapes = match count {
            1 => simples(1),
            _ => groups(count as usize),
        };
        for shape in shapes {
            // Each comparison is one of six, in parentheses or not.
            for code in 0..12_usize.pow(count) {
                let leaf = |place| {
                    let choice = code / 12_usize.pow(place) % 12;
                    (DOCUMENTED[choice % 6], choice / 6)
                };
                let mut part = shape.clone();
                fill(&mut part, &mut (0..count).map(leaf));
                let mut doubled = part.clone();
                double(&mut doubled);
                for part in [
                    part.clone(),
                    part.in_parens(1),
                    doubled.clone(),
                    doubled.in_parens(1),
                ] {
                    let mut part = part;
                    if texts.insert(part.write_text()) {
                        check(&mut part);
                        counts[count as usize] += 1;
                    }
                }
            }
        }
    }
    println!("{counts:?} filters");
    // One comparison: 6, with zero to two pairs of parentheses.
    // Two: AND or OR; 12 comparisons with and without parentheses, twice; the whole likewise.
    // Three: with one operator 2 shapes. With two, the group of two stands left or right: OR with
    // a group of AND or OR, AND with one of AND or OR, each twice as it may be doubled; and AND
    // with an OR without parentheses, which may not.
    let expected = [
        0,
        6 * 3,
        2 * 12_usize.pow(2) * 2,
        (2 + 2 * (2 + 2) * 2 + 2) * 12_usize.pow(3) * 2,
    ];
    assert_eq!(counts, expected);
}

#[test]
fn the_empty_filter() {
    for text in ["", " ", "\r\n\t "] {
        let checked = Checker::new().preset(Preset::Strict).check(text);
        assert_eq!(checked.diagnostics, []);
        assert_eq!(checked.filter.map(matched), Some(EVERYTHING));
        assert_eq!(Filter::parse(text), Ok(Filter::default()));
        assert_eq!(Filter::default().to_string(), "");

        let checked = Checker::new().admin_access(true).check(text);
        let whole = Span::new(0, text.len());
        assert_eq!(
            found(&checked.diagnostics),
            [(whole, Code::AdminRequiresType, Severity::Error)]
        );
        assert_eq!(checked.fixed.as_deref(), Some(r#"member.type != "BOT""#));
    }
}
