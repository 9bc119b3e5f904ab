//! Contradictions, redundancy and lints of random filters, checked against naive implementations
//! of their definitions.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::cell::Cell;

use gchat_filter::diagnostic::{Code, Diagnostic, Severity, Span, Stage};
use gchat_filter::members::Filter;
use gchat_filter::{Checked, Checker, Level, Lint, Preset, syntax};
use oracle::cells::{APPS, EVERYTHING, matched};
use oracle::strategies::{any_comparison, cases, documented_comparison, filters};
use oracle::{Comparison, Connective, Kind, Part};
use proptest::test_runner::TestRunner;

/// Runs a test on random filters of all constructs, and on documented ones. The test returns
/// whether the filter exercised it, which must be so for at least one in `one_in` filters.
fn run(one_in: u32, test: impl Fn(Part, String) -> bool) {
    let [all, exercised] = [Cell::new(0), Cell::new(0)];
    let count = |mut part: Part| {
        let text = part.write_text();
        all.set(all.get() + 1);
        exercised.set(exercised.get() + u32::from(test(part, text)));
        Ok(())
    };
    let runner = || TestRunner::new(cases(5));
    let runs = [
        runner().run(&filters(any_comparison(), true, 40), count),
        runner().run(&filters(documented_comparison(), false, 40), count),
    ];
    for run in runs {
        run.unwrap_or_else(|error| panic!("{error}"));
    }
    let [all, exercised] = [all.get(), exercised.get()];
    assert!(
        exercised > 0 && all / exercised <= one_in,
        "{exercised} of {all}"
    );
}

fn aip160() -> Checker {
    Checker::new().preset(Preset::Aip160)
}

fn spans(diagnostics: &[Diagnostic], code: Code) -> Vec<Span> {
    let found = diagnostics.iter().filter(|d| d.code == code);
    found.map(|d| d.span).collect()
}

/// The requirements of a part's comparisons: the span, the value, and whether any other value is
/// required instead.
fn requirements(part: &Part, negated: bool, found: &mut Vec<(Span, &'static str, bool)>) {
    if let Kind::Comparison(comparison) = part.kind {
        found.push((
            part.bare,
            comparison.value.name,
            comparison.equal == negated,
        ));
    }
    let negated = negated != matches!(part.kind, Kind::Not(..));
    for operand in part.operands() {
        requirements(operand, negated, found);
    }
}

fn assert_conflict(part: &Part, diagnostic: &Diagnostic, text: &str) {
    let labelled: Vec<Span> = diagnostic.labels.iter().map(|label| label.span).collect();
    let context = format!("{text}: {:?} has {labelled:?}", part.span.of(text).unwrap());
    assert!(labelled.is_sorted_by(|a, b| a < b), "{context}");
    part.assert_minimal_conflict(&labelled, text);
    let mut required = Vec::new();
    requirements(part, false, &mut required);
    for label in &diagnostic.labels {
        let requirement = required.iter().find(|(span, ..)| *span == label.span);
        let (_, value, is_not) = requirement.unwrap();
        assert!(label.text.contains(value), "{context}: {label:?}");
        assert_eq!(
            label.text.contains(" not "),
            *is_not,
            "{context}: {label:?}"
        );
    }
}

#[test]
fn contradictions_label_a_minimal_conflict() {
    run(5, |part, text| {
        let checked = Filter::check(&aip160(), &text);
        let expected: Vec<&Part> = part.contradictions();
        let expected_spans: Vec<Span> = expected.iter().map(|part| part.span).collect();
        let found = spans(&checked.diagnostics, Code::Contradiction);
        assert_eq!(found, expected_spans, "{text}");
        assert_eq!(checked.diagnostics.len(), found.len(), "{text}");
        assert_eq!(
            checked.filter.map_or(0, matched),
            if found.is_empty() { part.set() } else { 0 }
        );
        for (part, diagnostic) in expected.into_iter().zip(&checked.diagnostics) {
            assert_conflict(part, diagnostic, &text);
        }
        !found.is_empty()
    });
}

/// Three or more comparisons can conflict even if no two of them do.
#[test]
fn conflicts_of_more_than_two_comparisons() {
    let member = Comparison::equal("ROLE_MEMBER");
    let manager = Comparison::equal("ROLE_MANAGER");
    let human = Comparison::equal("HUMAN");
    let bot = Comparison::equal("BOT");
    let either = |a, b| {
        let operands = [a, b].map(Part::comparison);
        Part::joined(Connective::Or, operands.into())
    };
    let both = |parts| Part::joined(Connective::And, parts);
    for (mut part, labels) in [
        // The two types conflict on their own.
        (
            both(vec![
                either(member, manager),
                Part::comparison(human),
                Part::comparison(bot),
            ]),
            2,
        ),
        // Both sides of the OR are needed: an unconstrained one would match everything.
        (
            both(vec![
                either(member, human),
                Part::comparison(manager),
                Part::comparison(bot),
            ]),
            4,
        ),
        (
            both(vec![
                either(member, member),
                Part::comparison(human),
                Part::comparison(manager),
            ]),
            3,
        ),
        (
            both(vec![
                either(human, bot),
                Part::comparison(Comparison::not_equal("BOT")),
                Part::comparison(Comparison::not_equal("HUMAN")),
            ]),
            4,
        ),
    ] {
        let text = part.write_text();
        let checked = Filter::check(&Checker::new(), &text);
        let errors: Vec<&Diagnostic> = checked.errors().collect();
        assert_eq!(errors.len(), 1, "{text}");
        assert_eq!(
            (errors[0].code, errors[0].span),
            (Code::Contradiction, part.span),
            "{text}"
        );
        assert_conflict(&part, errors[0], &text);
        assert_eq!(errors[0].labels.len(), labels, "{text}");
    }
}

/// The specification's example.
#[test]
fn first_and_third_comparison_conflict() {
    let text = r#"role = "ROLE_MANAGER" AND member.type = "HUMAN" AND role = "ROLE_MEMBER""#;
    let checked = Filter::check(&Checker::new(), text);
    let labels = checked.diagnostics[0].labels.iter();
    let labels: Vec<&str> = labels.map(|label| label.span.of(text).unwrap()).collect();
    assert_eq!(
        labels,
        [r#"role = "ROLE_MANAGER""#, r#"role = "ROLE_MEMBER""#]
    );
    // A repeated comparison is not a contradiction.
    assert!(Filter::parse(r#"role = "ROLE_MANAGER" AND role = "ROLE_MANAGER""#).is_ok());
}

#[test]
fn redundant_terms_follow_the_definition() {
    let checker = aip160()
        .level(Lint::RedundantTerm, Level::Warn)
        .level(Lint::AlwaysTrue, Level::Warn);
    let without_always_true = checker.clone().level(Lint::AlwaysTrue, Level::Allow);
    run(4, |part, text| {
        let checked = Filter::check(&checker, &text);
        if !part.contradictions().is_empty() {
            assert!(checked.warnings().next().is_none(), "{text}");
            return false;
        }
        if part.set() == EVERYTHING {
            let found: Vec<_> = checked
                .diagnostics
                .iter()
                .map(|d| (d.code, d.span))
                .collect();
            assert_eq!(found, [(Code::AlwaysTrue, part.span)], "{text}");
            let fix = checked.diagnostics[0].fix.as_ref().unwrap();
            assert_eq!(
                Filter::check(&aip160(), &fix.apply(&text).unwrap()).filter,
                checked.filter,
                "{text}"
            );
            assert_redundant(&part, &text, &Filter::check(&without_always_true, &text));
            return false;
        }
        assert_redundant(&part, &text, &checked);
        !part.redundant().is_empty()
    });
}

/// Asserts which parts are redundant. Those that can be removed on their own have a fix, which keeps the
/// meaning.
fn assert_redundant(part: &Part, text: &str, checked: &Checked<'_, Filter>) {
    let expected = part.redundant();
    assert_eq!(
        spans(&checked.diagnostics, Code::RedundantTerm),
        expected,
        "{text}"
    );
    assert_eq!(checked.diagnostics.len(), expected.len(), "{text}");
    for diagnostic in &checked.diagnostics {
        let removable = part.set_without(&[diagnostic.span]) == Some(part.set());
        assert_eq!(
            diagnostic.fix.is_some(),
            removable,
            "{text}: {diagnostic:?}"
        );
        if let Some(fix) = &diagnostic.fix {
            let without = fix.apply(text).unwrap();
            let after = Filter::check(&aip160(), &without).filter;
            assert_eq!(after, checked.filter, "{text} became {without}");
        }
    }
}

/// The first term of a part, which ends at the first operator outside parentheses.
fn first_term(part: &Part) -> &Part {
    match &part.kind {
        Kind::Joined(_, operands) if !part.is_parenthesized() => first_term(&operands[0]),
        _ => part,
    }
}

/// The expected findings of the schema stage for a filter of known fields and values.
fn schema_lints(root: &Part) -> Vec<(Span, Code)> {
    let mut expected = Vec::new();
    for span in root.mixed() {
        expected.push((span, Code::MixedOperators));
    }
    for part in root.parts() {
        match &part.kind {
            Kind::Joined(Connective::Sequence, operands) => {
                for operand in &operands[1..] {
                    expected.push((first_term(operand).span, Code::ImplicitAnd));
                }
            }
            Kind::Not(..) => expected.push((part.bare, Code::Negation)),
            Kind::Comparison(comparison) => {
                let value = comparison.value;
                if comparison.is_undocumented_operator() {
                    let comparator = part.bare.start + "role ".len();
                    expected.push((
                        Span::new(comparator, comparator + 2),
                        Code::UndocumentedOperator,
                    ));
                }
                if !value.is_documented {
                    let start = part.bare.end - value.name.len() - 2;
                    expected.push((Span::new(start, part.bare.end), Code::UndocumentedValue));
                }
            }
            Kind::Joined(..) | Kind::Mistake(_) => {}
        }
    }
    expected.sort_by_key(|(span, code)| (*span, code.as_str()));
    expected
}

#[test]
fn lints_have_the_expected_spans() {
    // Warnings do not suppress later stages, so that all lints are reported.
    let warn_all = Lint::ALL
        .iter()
        .fold(aip160(), |checker, lint| checker.level(*lint, Level::Warn));
    run(2, |part, text| {
        let expected = schema_lints(&part);
        let mut found: Vec<_> = Filter::check(&warn_all, &text).diagnostics;
        found.retain(|d| d.stage() == Stage::Schema);
        assert!(found.iter().all(|d| d.severity == Severity::Warning));
        let mut found: Vec<_> = found.iter().map(|d| (d.span, d.code)).collect();
        found.sort_by_key(|(span, code)| (*span, code.as_str()));
        assert_eq!(found, expected, "{text}");

        // The default preset denies all of them except `mixed-operators`.
        let denied = expected
            .iter()
            .any(|(_, code)| *code != Code::MixedOperators);
        let valid = !denied && part.contradictions().is_empty();
        let checked = Filter::check(&Checker::new(), &text);
        assert_eq!(checked.is_valid(), valid, "{text}");
        assert_eq!(
            checked.filter.map(matched),
            valid.then(|| part.set()),
            "{text}"
        );
        !expected.is_empty()
    });
}

/// Certain fixes keep the meaning, except the one for admin access, which only excludes apps. All
/// fixes leave valid syntax.
#[test]
fn certain_fixes_keep_the_meaning() {
    run(3, |part, text| {
        let mut any_fix = false;
        let before = Filter::check(&aip160(), &text).filter;
        for preset in [Preset::Default, Preset::Strict] {
            for admin in [false, true] {
                let checker = Checker::new().preset(preset).admin_access(admin);
                let checked = Filter::check(&checker, &text);
                for diagnostic in &checked.diagnostics {
                    let Some(fix) = &diagnostic.fix else { continue };
                    any_fix = true;
                    let fixed = fix.apply(&text).unwrap();
                    let parsed = syntax::parse(&fixed);
                    assert!(parsed.is_ok(), "{text} became {fixed}");
                    if diagnostic.code == Code::MixedOperators {
                        assert_eq!(parsed.unwrap(), checked.tree, "{text} became {fixed}");
                        let after = Filter::check(&checker, &fixed).diagnostics;
                        let same = |d: &&Diagnostic| {
                            d.code == Code::MixedOperators && d.span.start == diagnostic.span.start
                        };
                        assert_eq!(after.iter().find(same), None, "{text} became {fixed}");
                    }
                }
                if let Some(fixed) = &checked.fixed {
                    let after = Filter::check(&aip160(), fixed).filter;
                    let adds = checked
                        .diagnostics
                        .iter()
                        .any(|d| d.code == Code::AdminRequiresType);
                    if adds {
                        assert_eq!(
                            after.map_or(0, matched),
                            part.set() & !APPS,
                            "{text} became {fixed}"
                        );
                    } else {
                        assert_eq!(after, before, "{text} became {fixed}");
                    }
                }
            }
        }
        any_fix
    });
}

/// Admin access accepts certain comparisons, none of them negated, and requires that no app
/// matches.
#[test]
fn admin_access_follows_the_definition() {
    run(2, |part, text| {
        let checked = Filter::check(&aip160().admin_access(true), &text);
        if !part.contradictions().is_empty() {
            assert!(
                checked
                    .diagnostics
                    .iter()
                    .all(|d| d.code == Code::Contradiction)
            );
            return false;
        }
        let expected = part.rejected_for_admin_access();
        assert_eq!(
            spans(&checked.diagnostics, Code::AdminTypeComparison),
            expected,
            "{text}"
        );
        let requires = spans(&checked.diagnostics, Code::AdminRequiresType);
        let matches_apps = part.set() & APPS != 0;
        if expected.is_empty() && matches_apps {
            assert_eq!(requires, [part.span], "{text}");
        } else {
            assert_eq!(requires, [], "{text}");
        }
        assert_eq!(
            checked.is_valid(),
            expected.is_empty() && !matches_apps,
            "{text}"
        );
        if let Some(filter) = checked.filter.filter(|filter| filter.is_documented()) {
            assert!(filter.allows_admin_access(), "{text}");
        }
        !checked.is_valid()
    });
}
