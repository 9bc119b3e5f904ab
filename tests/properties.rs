//! Properties of arbitrary input and of generated trees.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

#[path = "common/invisible.rs"]
mod invisible;

use std::vec::IntoIter;

use arbitrary::Unstructured;
use gchat_filter::diagnostic::{Diagnostic, Edit, Fix, Severity, Span, Stage};
use gchat_filter::members::Filter;
use gchat_filter::syntax::{self, Expr, ExprKind};
use gchat_filter::{Checked, Checker, Preset};
use oracle::Comparison;
use oracle::cells::matched;
use oracle::strategies::{any_comparison, cases, documented_comparison, filters, trees};
use oracle::writer::{Parens, Style};
use proptest::prelude::*;

use self::invisible::has_invisible;

// ---- Inputs ----

const FRAGMENTS: &[&str] = &[
    "\"",
    "'",
    "“",
    "”",
    "‘",
    "’",
    "„",
    "«",
    "»",
    "״",
    "\u{a0}",
    "\u{3000}",
    "\u{200b}",
    "\u{feff}",
    "\u{200d}",
    "\u{202e}",
    "\0",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    " ",
    "  ",
    "\t",
    "\r\n",
    "\n",
    "AND",
    "OR",
    "NOT",
    "and",
    "Or",
    "not",
    "&&",
    "||",
    "-",
    "--",
    "(",
    ")",
    "((",
    "))",
    "()",
    ",",
    ".",
    "=",
    "==",
    "!=",
    "<>",
    "!",
    "<",
    "<=",
    ">",
    ">=",
    ":",
    "=>",
    "=<",
    "\\",
    "\\\"",
    "\\n",
    "\\x",
    "\\u00e9",
    "\\ud83d",
    "\\ud83d\\ude42",
    "\\U0001F642",
    "\\u12",
    "\\U00110000",
    "é",
    "🙂",
    "a",
    "*",
    "role",
    "member.type",
    "member",
    "type",
    "\"HUMAN\"",
    "HUMAN",
    "'BOT'",
    "\"BOT\"",
    "\"ROLE_MEMBER\"",
    "\"ROLE_MANAGER\"",
    "ROLE_MANAGER",
    "\"OWNER\"",
    "\"human\"",
    "\"\"",
    "\"*\"",
    "\"ROLE_ASSISTANT_MANAGER\"",
    "MEMBER.TYPE",
    "state",
    "\"member\".type",
    "member . type",
    "f(",
    "role = \"ROLE_MEMBER\"",
    "role = \"ROLE_MANAGER\"",
    "member.type = \"HUMAN\"",
    "member.type != \"BOT\"",
    "member.type = \"BOT\"",
    "member.type != \"HUMAN\"",
    "\"HUMAN\" = member.type",
    "member.type = (\"HUMAN\" OR \"BOT\")",
    "role != \"ROLE_MEMBER\"",
    "role \"ROLE_MEMBER\"",
    "role = 'ROLE_MEMBER'",
    "role = ROLE_MEMBER",
    " AND ",
    " OR ",
    " and ",
    "NOT ",
    " = ",
    "role = (",
    "member.type = -",
    "role=",
];

fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => prop::sample::select(FRAGMENTS).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ]
}

/// Mostly valid terms, joined mostly by valid operators.
fn nearly_valid() -> impl Strategy<Value = String> {
    let term = prop_oneof![
        3 => any_comparison().prop_map(Comparison::text),
        1 => prop::sample::select(FRAGMENTS).prop_map(str::to_owned),
        1 => filters(any_comparison(), true, 4).prop_map(|mut part| part.write_text()),
    ];
    let separator = prop::sample::select(&[
        " AND ",
        " OR ",
        " AND ",
        " OR ",
        " ",
        " and ",
        " && ",
        "AND ",
        " OR",
        ") AND (",
        " AND NOT ",
        " OR (",
        ") OR ",
        " not ",
        " AND -",
    ]);
    prop::collection::vec((term, separator), 1..6).prop_map(|terms| {
        let mut text = String::new();
        for (index, (term, separator)) in terms.into_iter().enumerate() {
            if index > 0 {
                text.push_str(separator);
            }
            text.push_str(&term);
        }
        text
    })
}

/// A valid filter with a few fragments inserted and a few characters replaced or deleted.
fn damaged() -> impl Strategy<Value = String> {
    let filter = filters(any_comparison(), true, 6).prop_map(|mut part| part.write_text());
    let damage = (any::<prop::sample::Index>(), 0..4, fragment());
    (filter, prop::collection::vec(damage, 1..4)).prop_map(|(text, damages)| {
        let mut characters: Vec<char> = text.chars().collect();
        for (index, damage, fragment) in damages {
            let at = index.index(characters.len() + 1);
            let end = characters.len().min(if damage > 1 { at + 1 } else { at });
            let fragment = if damage == 3 { String::new() } else { fragment };
            characters.splice(at..end, fragment.chars());
        }
        characters.into_iter().collect()
    })
}

fn any_input() -> impl Strategy<Value = String> {
    let characters = prop::collection::vec(any::<char>(), 0..24);
    prop_oneof![
        1 => characters.prop_map(|characters| characters.into_iter().collect::<String>()),
        3 => prop::collection::vec(fragment(), 0..16).prop_map(|fragments| fragments.concat()),
        2 => prop::collection::vec(fragment(), 0..12).prop_map(|fragments| fragments.join(" ")),
        4 => nearly_valid(),
        4 => damaged(),
    ]
}

// ---- Assertions ----

fn checkers() -> [(&'static str, Checker); 6] {
    let new = Checker::new;
    [
        ("default", new()),
        ("strict", new().preset(Preset::Strict)),
        ("aip160", new().preset(Preset::Aip160)),
        ("admin", new().admin_access(true)),
        (
            "strict admin",
            new().preset(Preset::Strict).admin_access(true),
        ),
        (
            "aip160 admin",
            new().preset(Preset::Aip160).admin_access(true),
        ),
    ]
}

fn assert_span(span: Span, text: &str) {
    assert!(span.start <= span.end, "{span:?}");
    assert!(
        text.get(span.start..span.end).is_some(),
        "{span:?} of {text:?}"
    );
}

fn assert_edits(fix: &Fix, text: &str) {
    assert!(!fix.edits.is_empty());
    let mut expected = String::new();
    let mut end = 0;
    for edit in &fix.edits {
        assert_span(edit.span, text);
        assert!(end <= edit.span.start, "overlapping edits: {fix:?}");
        expected.push_str(&text[end..edit.span.start]);
        expected.push_str(&edit.text);
        end = edit.span.end;
    }
    expected.push_str(&text[end..]);
    assert_eq!(fix.apply(text).unwrap(), expected);
    assert_ne!(expected, text, "the fix has no effect");
}

/// Asserts that the message is one lower-case line without a full stop, that no line contains
/// invisible characters, and that all spans are within the input.
fn assert_presentable(diagnostic: &Diagnostic, text: &str) {
    assert_span(diagnostic.span, text);
    let message = &diagnostic.message;
    assert!(!message.is_empty() && !message.ends_with('.'), "{message}");
    assert!(!message.starts_with(char::is_uppercase), "{message}");
    assert_eq!(diagnostic.to_string(), *message);
    let labels = diagnostic.labels.iter();
    let lines = labels.map(|label| &label.text).chain(&diagnostic.help);
    for line in lines.chain([message]) {
        assert!(!line.is_empty());
        assert!(!has_invisible(line), "{line:?}");
    }
    for label in &diagnostic.labels {
        assert_span(label.span, text);
    }
    assert!(
        diagnostic.labels.is_sorted_by_key(|label| label.span.start),
        "{diagnostic:?}"
    );
    if let Some(fix) = &diagnostic.fix {
        assert_edits(fix, text);
    }
    assert!(
        !diagnostic.labels.is_empty() || diagnostic.help.is_some(),
        "neither labels nor help: {diagnostic:?}"
    );
}

/// The edits of all certain fixes; `None` if any two of them overlap or are adjacent.
fn separate_certain_edits(checked: &Checked<'_, Filter>) -> Option<Vec<Edit>> {
    let fixes = checked.diagnostics.iter().filter_map(|d| d.fix.as_ref());
    let certain = fixes.filter(|fix| fix.certain);
    let mut edits: Vec<Edit> = certain.flat_map(|fix| fix.edits.iter().cloned()).collect();
    edits.sort_by_key(|edit| edit.span);
    let separate = edits.is_sorted_by(|a, b| a.span.end < b.span.start);
    separate.then_some(edits)
}

/// How close the input is to being valid: the stage of its errors, then where the grammar stumbles, or
/// fewer errors in a later stage. `None` if it is valid.
fn progress(checked: &Checked<'_, Filter>) -> Option<(Stage, usize)> {
    let first = checked.errors().next()?;
    Some(match first.stage() {
        // The error that is reported may explain more, from further left.
        Stage::Syntax => {
            let error = syntax::parse(&checked.text).unwrap_err();
            (Stage::Syntax, error.diagnostic().span.start)
        }
        stage => (stage, usize::MAX - checked.errors().count()),
    })
}

/// Asserts that `fixed` is present if there are certain fixes, applies them, and brings the input
/// closer to being valid.
fn assert_fixed(checked: &Checked<'_, Filter>, checker: &Checker) {
    let is_certain = |d: &Diagnostic| d.fix.as_ref().is_some_and(|fix| fix.certain);
    let any_certain = checked.diagnostics.iter().any(is_certain);
    assert_eq!(checked.fixed.is_some(), any_certain, "{checked:?}");
    let Some(fixed) = &checked.fixed else {
        return;
    };
    assert_ne!(*fixed, *checked.text);
    if let Some(edits) = separate_certain_edits(checked) {
        let fix = Fix {
            edits,
            certain: true,
        };
        assert_eq!(*fixed, fix.apply(&checked.text).unwrap());
    }
    let after = Filter::check(checker, fixed);
    match (progress(checked), progress(&after)) {
        (_, None) => assert!(after.is_valid()),
        (Some(before), Some(after)) => assert!(after > before, "{before:?} {after:?} {fixed}"),
        (None, Some(_)) => panic!("valid input became invalid: {fixed}"),
    }
}

fn assert_consistent(text: &str) {
    let mut parsed = syntax::parse(text);
    for (name, checker) in checkers() {
        let checked = Filter::check(&checker, text);
        let context = format!("{name}: {text:?}: {checked:?}");
        assert_eq!(checked.text, text);
        for diagnostic in &checked.diagnostics {
            assert_presentable(diagnostic, text);
        }
        assert!(
            checked.diagnostics.is_sorted_by_key(|d| d.span),
            "{context}"
        );
        let errors: Vec<&Diagnostic> = checked.errors().collect();
        assert_eq!(checked.is_valid(), errors.is_empty(), "{context}");
        assert_eq!(checked.is_valid(), checked.filter.is_some(), "{context}");
        assert!(errors.iter().all(|error| error.severity == Severity::Error));
        assert!(
            errors.iter().all(|e| e.stage() == errors[0].stage()),
            "{context}"
        );
        match &mut parsed {
            Ok(tree) => {
                assert_eq!(*tree, checked.tree, "{context}");
                assert!(
                    errors.iter().all(|error| error.stage() != Stage::Syntax),
                    "{context}"
                );
            }
            Err(error) => {
                assert_eq!(checked.diagnostics.len(), 1, "{context}");
                assert_eq!(checked.diagnostics[0].stage(), Stage::Syntax, "{context}");
                // It is the parser's, or its fix is the filter that was meant.
                if checked.diagnostics[0] != *error.diagnostic() {
                    let fix = checked.diagnostics[0].fix.as_ref().unwrap();
                    let meant = fix.apply(&checked.text).unwrap();
                    assert!(Filter::check(&checker, &meant).is_valid(), "{context}");
                }
            }
        }
        assert_fixed(&checked, &checker);
        assert_eq!(checked.clone().into_result().ok(), checked.filter);
    }
    // `Filter::parse` agrees with `Checker::check`.
    let checked = Filter::check(&Checker::new(), text);
    match Filter::parse(text) {
        Ok(filter) => assert_eq!(checked.filter, Some(filter), "{text:?}"),
        Err(error) => {
            assert_eq!(error.diagnostics(), checked.diagnostics, "{text:?}");
            assert!(!checked.is_valid(), "{text:?}");
            assert_eq!(error.fixed(), checked.fixed.as_deref());
            assert_eq!(error.text(), text);
        }
    }
}

/// Asserts that each expression's span is within its parent's, and that the text at the span
/// parses to the same expression.
fn assert_spans(expr: &Expr<'_>, text: &str) {
    assert_span(expr.span, text);
    assert_span(expr.bare_span, text);
    assert_eq!(
        expr.is_parenthesized(),
        expr.span.of(text).unwrap().starts_with('(') && expr.span != expr.bare_span
    );
    for span in [expr.span, expr.bare_span] {
        let reparsed = syntax::parse(span.of(text).unwrap()).unwrap();
        assert_eq!(reparsed.as_ref(), Some(expr), "{}", span.of(text).unwrap());
    }
    let children: &[Expr<'_>] = match &expr.kind {
        ExprKind::And(operands) | ExprKind::Sequence(operands) | ExprKind::Or(operands) => operands,
        ExprKind::Not(_, operand) => std::slice::from_ref(operand),
        ExprKind::Restriction(_) => &[],
    };
    for child in children {
        assert!(expr.bare_span.start <= child.span.start && child.span.end <= expr.bare_span.end);
        assert_spans(child, text);
    }
}

/// The filter's parentheses, with white space wherever the bytes choose it.
struct Spaced<'u> {
    parens: Parens<IntoIter<usize>>,
    spaces: Unstructured<'u>,
}

impl Style for Spaced<'_> {
    fn parens(&mut self, required: usize) -> usize {
        self.parens.parens(required)
    }

    fn space(&mut self, usual: &'static str) -> &'static str {
        self.spaces.space(usual)
    }

    fn gap(&mut self) -> &'static str {
        self.spaces.gap()
    }
}

proptest! {
    #![proptest_config(cases(2))]

    #[test]
    fn trees_round_trip_through_display(tree in trees()) {
        let printed = tree.to_string();
        let parsed = syntax::parse(&printed);
        let parsed = parsed.unwrap_or_else(|error| panic!("{printed:?}: {error}")).unwrap();
        prop_assert_eq!(&parsed, &tree, "{}", printed);
        prop_assert_eq!(parsed.to_string(), printed.as_str());
        assert_spans(&parsed, &printed);
    }
}

proptest! {
    #![proptest_config(cases(8))]

    #[test]
    fn checks_are_consistent(text in any_input()) {
        assert_consistent(&text);
    }

    #[test]
    fn parsed_input_round_trips_through_display(text in any_input()) {
        if let Ok(Some(tree)) = syntax::parse(&text) {
            assert_spans(&tree, &text);
            let printed = tree.to_string();
            let again = syntax::parse(&printed).unwrap();
            prop_assert_eq!(again.as_ref(), Some(&tree), "{}", printed);
            prop_assert_eq!(again.unwrap().to_string(), printed);
        }
    }

    #[test]
    fn white_space_does_not_change_the_meaning(
        part in filters(any_comparison(), true, 6),
        spaces in prop::collection::vec(6..12_u8, 0..120),
    ) {
        let mut part = part;
        let text = part.write_text();
        let spaces = Unstructured::new(&spaces);
        let (_, spaced) = part.write(&mut Spaced { parens: part.usual_style(), spaces });
        for (name, checker) in checkers() {
            let [before, after] = [&text, &spaced].map(|text| Filter::check(&checker, text));
            prop_assert_eq!(before.filter, after.filter, "{}: {:?}", name, spaced);
            prop_assert_eq!(&before.tree, &after.tree, "{}: {:?}", name, spaced);
            let codes = |checked: &Checked<'_, Filter>| checked.diagnostics.iter().map(|d| d.code).collect::<Vec<_>>();
            prop_assert_eq!(codes(&before), codes(&after), "{}: {:?}", name, spaced);
        }
        prop_assert_eq!(Filter::parse(&text).ok(), Filter::parse(&spaced).ok());
    }

    #[test]
    fn redundant_parentheses_do_not_change_the_meaning(
        part in filters(any_comparison(), true, 6),
        parens in prop::collection::vec(0..3_usize, 1..12),
    ) {
        let mut part = part;
        let text = part.write_text();
        part.add_parens(&mut parens.into_iter());
        let parenthesized = part.write_text();
        for (name, checker) in checkers() {
            let [before, after] = [&text, &parenthesized].map(|text| Filter::check(&checker, text));
            // Parentheses may make a filter valid for the strict preset.
            if before.is_valid() {
                prop_assert_eq!(before.filter, after.filter, "{}: {}", name, after.text);
            }
            prop_assert_eq!(before.tree, after.tree, "{}: {}", name, after.text);
        }
        prop_assert_eq!(Filter::parse(&text).ok(), Filter::parse(&parenthesized).ok());
    }

    #[test]
    fn filters_are_sets_of_cells(
        a in filters(documented_comparison(), false, 6),
        b in filters(documented_comparison(), false, 6),
    ) {
        let [mut a, mut b] = [a, b];
        let [parsed_a, parsed_b] = [a.write_text(), b.write_text()].map(|text| Filter::parse(&text));
        prop_assert_eq!(parsed_a.is_ok(), a.contradictions().is_empty(), "{:?}", parsed_a);
        prop_assert_eq!(parsed_b.is_ok(), b.contradictions().is_empty(), "{:?}", parsed_b);
        if let (Ok(x), Ok(y)) = (parsed_a, parsed_b) {
            let [a, b] = [a.set(), b.set()];
            prop_assert_eq!([matched(x), matched(y)], [a, b]);
            prop_assert_eq!(x == y, a == b);
            prop_assert_eq!(x.implies(y), a & !b == 0);
            prop_assert_eq!(matched(x.union(y)), a | b);
            prop_assert_eq!(x.intersection(y).map_or(0, matched), a & b);
            prop_assert_eq!(x.admits().count(), a.count_ones() as usize);
            prop_assert!(x.admits().all(|cell| x.matches(&cell)));
        }
    }
}
