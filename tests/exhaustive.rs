//! All filters of up to three comparisons, checked against a naive implementation of the
//! specification.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use gchat_filter::diagnostic::{Code, Diagnostic, Severity, Span};
use gchat_filter::members::Filter;
use gchat_filter::{Checker, Preset};
use oracle::cells::{APPS, EVERYTHING, Set, matched};
use oracle::shortest::Text;
use oracle::{Comparison, Connective, DOCUMENTED, Kind, Part};

/// All ways to write `count` as an ordered sum of two or more positive integers.
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

/// The Cartesian product.
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

/// Single comparisons, or parenthesized groups of this many comparisons.
fn simple_terms(count: usize) -> Vec<Part> {
    match count {
        1 => vec![Part::comparison(DOCUMENTED[0])],
        _ => groups(count)
            .into_iter()
            .map(|part| part.in_parens(1))
            .collect(),
    }
}

/// Disjunctions of this many comparisons.
fn ors(count: usize) -> Vec<Part> {
    let choices =
        |sum: Vec<usize>| products(&sum.into_iter().map(simple_terms).collect::<Vec<_>>());
    sums(count)
        .into_iter()
        .flat_map(choices)
        .map(|operands| Part::joined(Connective::Or, operands))
        .collect()
}

/// The shapes of filters of this many comparisons, without parentheses around the entire filter or
/// a single comparison.
fn groups(count: usize) -> Vec<Part> {
    let factors = |count| {
        let mut factors = simple_terms(count);
        // OR binds tighter than AND, so these need no parentheses.
        factors.extend(ors(count));
        factors
    };
    let choices = |sum: Vec<usize>| products(&sum.into_iter().map(factors).collect::<Vec<_>>());
    let ands = sums(count)
        .into_iter()
        .flat_map(choices)
        .map(|operands| Part::joined(Connective::And, operands));
    ands.chain(ors(count)).collect()
}

/// Replaces the comparisons by those given, each with its number of pairs of parentheses.
fn fill(part: &mut Part, leaves: &mut impl Iterator<Item = (Comparison, usize)>) {
    if part.operands().is_empty() {
        let (comparison, parens) = leaves.next().unwrap();
        *part = Part::comparison(comparison).in_parens(parens);
    }
    for operand in part.operands_mut() {
        fill(operand, leaves);
    }
}

/// Adds a second pair of parentheses to each parenthesized group.
fn double_parens(part: &mut Part) {
    for operand in part.operands_mut() {
        if operand.parens > 0 && !operand.operands().is_empty() {
            operand.parens += 1;
        }
        double_parens(operand);
    }
}

type Found = (Span, Code, Severity);

/// The findings, sorted by span and code. Asserts that they are reported in order of their spans.
fn found(diagnostics: &[Diagnostic]) -> Vec<Found> {
    let found = |d: &Diagnostic| (d.span, d.code, d.severity);
    assert!(diagnostics.is_sorted_by_key(|d| d.span), "{diagnostics:?}");
    sorted(diagnostics.iter().map(found).collect())
}

fn sorted(mut expected: Vec<Found>) -> Vec<Found> {
    expected.sort_by_key(|(span, code, _)| (*span, code.as_str()));
    expected
}

/// The expected diagnostics, with lints at the given severity.
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

/// The expected errors of the access stage, for a filter without other errors.
fn expected_access(part: &Part) -> Vec<Found> {
    let rejected = part.rejected_for_admin_access().into_iter();
    let mut expected: Vec<Found> = rejected
        .map(|span| (span, Code::AdminTypeComparison, Severity::Error))
        .collect();
    if expected.is_empty() && part.set() & APPS != 0 {
        expected.push((part.span, Code::AdminRequiresType, Severity::Error));
    }
    expected
}

fn check(part: &mut Part) {
    let text = part.write_text();
    let set = part.set();
    let contradicts = !part.contradictions().is_empty();

    let checked = Filter::check(&Checker::new(), &text);
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
            check_shortest(filter, set, Text::new(text.clone()).comparisons, &text);
        }
        (Err(error), None) => {
            assert_eq!(error.diagnostics(), checked.diagnostics, "{text}");
        }
        (parsed, filter) => panic!("{text}: parse returned {parsed:?}, check {filter:?}"),
    }

    let strict = Filter::check(&Checker::new().preset(Preset::Strict), &text);
    assert_eq!(
        found(&strict.diagnostics),
        expected(part, Severity::Error),
        "{text}"
    );

    let admin = Filter::check(&Checker::new().admin_access(true), &text);
    let mut all = expected(part, Severity::Warning);
    let errors = if contradicts {
        Vec::new()
    } else {
        expected_access(part)
    };
    all.extend(&errors);
    assert_eq!(found(&admin.diagnostics), sorted(all), "{text}");
    assert_eq!(
        admin.is_valid(),
        !contradicts && errors.is_empty(),
        "{text}"
    );
    let fixable = errors
        .first()
        .is_some_and(|error| error.1 == Code::AdminRequiresType);
    assert_eq!(admin.fixed.is_some(), fixable, "{text}");
    if let Some(fixed) = admin.fixed {
        let added = r#" AND member.type != "BOT""#;
        let is_or = matches!(part.kind, Kind::Joined(Connective::Or, _))
            || part.mixed().contains(&part.bare);
        let is_or = is_or && part.parens == 0;
        let before = if is_or {
            format!("({text})")
        } else {
            text.clone()
        };
        assert_eq!(fixed, before + added);
        let checked = Filter::check(&Checker::new().admin_access(true), &fixed);
        assert_eq!(checked.filter.map(matched), Some(set & !APPS), "{fixed}");
    }
}

/// Asserts that the printed filter has at most `max_comparisons` comparisons, no diagnostics under
/// the strict preset, and the same meaning.
fn check_shortest(filter: Filter, set: Set, max_comparisons: usize, text: &str) {
    let shortest = filter.to_string();
    assert!(
        Text::new(shortest.clone()).comparisons <= max_comparisons,
        "{text} became {shortest}"
    );
    let checked = Filter::check(&Checker::new().preset(Preset::Strict), &shortest);
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

/// All combinations of up to three documented comparisons by AND, OR and parentheses, with and
/// without redundant parentheses around single comparisons, around groups, and around the entire
/// filter.
#[test]
fn all_filters_of_up_to_three_comparisons() {
    let mut counts = [0_usize; 4];
    let mut texts = BTreeSet::new();
    for count in 1..=3_u32 {
        let shapes = match count {
            1 => simple_terms(1),
            _ => groups(count as usize),
        };
        for shape in shapes {
            // Each comparison is one of six, with or without parentheses.
            for code in 0..12_usize.pow(count) {
                let leaf = |place| {
                    let choice = code / 12_usize.pow(place) % 12;
                    (DOCUMENTED[choice % 6], choice / 6)
                };
                let mut part = shape.clone();
                fill(&mut part, &mut (0..count).map(leaf));
                let mut doubled = part.clone();
                double_parens(&mut doubled);
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
    // Two: AND or OR; each comparison is one of 6, with or without parentheses, and the entire
    // filter is too.
    // Three: in 2 shapes, a single AND or OR joins all three. In the others, a group of two is on
    // the left or on the right: AND or OR with a parenthesized AND or OR, whose parentheses may be
    // doubled, or AND with an OR without parentheses.
    let expected = [
        0,
        6 * 3,
        2 * 12_usize.pow(2) * 2,
        (2 + 2 * (2 + 2) * 2 + 2) * 12_usize.pow(3) * 2,
    ];
    assert_eq!(counts, expected);
}

#[test]
fn empty_filter() {
    for text in ["", " ", "\r\n\t "] {
        let checked = Filter::check(&Checker::new().preset(Preset::Strict), text);
        assert_eq!(checked.diagnostics, []);
        assert_eq!(checked.filter.map(matched), Some(EVERYTHING));
        assert_eq!(Filter::parse(text), Ok(Filter::default()));
        assert_eq!(Filter::default().to_string(), "");

        let checked = Filter::check(&Checker::new().admin_access(true), text);
        let span = Span::new(0, text.len());
        assert_eq!(
            found(&checked.diagnostics),
            [(span, Code::AdminRequiresType, Severity::Error)]
        );
        assert_eq!(checked.fixed.as_deref(), Some(r#"member.type != "BOT""#));
    }
}
