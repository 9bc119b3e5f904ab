//! Invariants of all checks, for any input and any options.

use gchat_filter::diagnostic::{Diagnostic, Span, Stage};
use gchat_filter::members::Filter;
use gchat_filter::syntax::{Arg, Comparable, Expr, ExprKind, Member, Quotes};
use gchat_filter::{AnyFilter, Checked, Checker, Method};

/// Asserts that a span is within the text and on character boundaries.
pub fn assert_span(text: &str, span: Span) {
    assert!(
        span.start <= span.end && text.get(span.start..span.end).is_some(),
        "{span:?} is not a span of {text:?}"
    );
}

/// Checks a filter of memberships and asserts the invariants of the result.
#[must_use]
pub fn check<'a>(checker: &Checker, text: &'a str) -> Checked<'a, Filter> {
    let checked = Filter::check(checker, text);
    assert_checked(text, &checked);
    checked
}

/// Checks a filter of a method and asserts the invariants of the result.
#[must_use]
pub fn check_method<'a>(
    checker: &Checker,
    method: Method,
    text: &'a str,
) -> Checked<'a, AnyFilter> {
    let checked = checker.check_method(method, text);
    assert_checked(text, &checked);
    checked
}

fn assert_checked<F>(text: &str, checked: &Checked<'_, F>) {
    assert_eq!(checked.text, text);
    let stages: Vec<Stage> = checked.errors().map(Diagnostic::stage).collect();
    assert!(
        stages.windows(2).all(|pair| pair[0] == pair[1]),
        "{text:?}: {stages:?}"
    );
    assert_eq!(checked.is_valid(), stages.is_empty(), "{text:?}");
    assert_eq!(checked.filter.is_some(), checked.is_valid());
    if stages.first() == Some(&Stage::Syntax) {
        assert_eq!(checked.diagnostics.len(), 1, "{text:?}");
        assert_eq!(checked.tree, None, "{text:?}");
    }
    assert!(
        checked
            .diagnostics
            .is_sorted_by_key(|diagnostic| diagnostic.span.start),
        "diagnostics out of order: {text:?}"
    );
    for one in &checked.diagnostics {
        assert_diagnostic(text, one);
    }
    if let Some(tree) = &checked.tree {
        assert_tree(text, tree);
    }
}

/// Asserts that the messages of a diagnostic are presentable and that its edits can be applied.
pub fn assert_diagnostic(text: &str, diagnostic: &Diagnostic) {
    assert_span(text, diagnostic.span);
    assert_line(&diagnostic.message);
    assert!(
        !diagnostic.message.ends_with('.') && !diagnostic.message.starts_with(char::is_uppercase),
        "{:?}",
        diagnostic.message
    );
    for label in &diagnostic.labels {
        assert_span(text, label.span);
        assert_line(&label.text);
    }
    assert!(
        diagnostic.labels.is_sorted_by_key(|label| label.span.start),
        "labels out of order: {text:?}, {diagnostic:#?}"
    );
    if let Some(help) = &diagnostic.help {
        assert_line(help);
    }
    let Some(fix) = &diagnostic.fix else { return };
    assert!(
        !fix.edits.is_empty(),
        "empty fix: {text:?}, {diagnostic:#?}"
    );
    for edit in &fix.edits {
        assert_span(text, edit.span);
    }
    assert!(
        fix.edits
            .windows(2)
            .all(|pair| { pair[0].span.end <= pair[1].span.start && pair[0].span != pair[1].span }),
        "edits out of order: {text:?}, {diagnostic:#?}"
    );
    // Unlike the crate, applies the edits from last to first, so that offsets stay valid.
    let mut edited = text.to_owned();
    for edit in fix.edits.iter().rev() {
        edited.replace_range(edit.span.start..edit.span.end, &edit.text);
    }
    assert_eq!(
        fix.apply(text).unwrap(),
        edited,
        "{text:?}, {diagnostic:#?}"
    );
    assert_ne!(edited, text, "the fix has no effect: {diagnostic:#?}");
}

/// Asserts that a message is one line without invisible characters.
pub fn assert_line(text: &str) {
    let invisible = |c: char| {
        c.is_control()
            || c != ' ' && c.is_whitespace()
            || matches!(
                c,
                '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            )
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
            || matches!(
                c,
                '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
            )
            || matches!(c, '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
    };
    assert!(!text.is_empty() && !text.contains(invisible), "{text:?}");
}

/// Asserts that the spans of a tree are within the text, nest like the tree, and contain the text
/// of its values and comparators.
pub fn assert_tree(text: &str, expr: &Expr<'_>) {
    assert_span(text, expr.span);
    assert_span(text, expr.bare_span);
    assert_inside(expr.bare_span, expr.span);
    let bare = expr.bare_span;
    let around = format!(
        "{}{}",
        Span::new(expr.span.start, bare.start).of(text).unwrap(),
        Span::new(bare.end, expr.span.end).of(text).unwrap()
    );
    let opening = around.matches('(').count();
    assert_eq!(opening, around.matches(')').count(), "{text:?}, {expr:#?}");
    assert_eq!(around.trim_matches([' ', '\t', '\r', '\n', '(', ')']), "");
    assert_eq!(expr.is_parenthesized(), opening > 0);
    match &expr.kind {
        ExprKind::And(operands) | ExprKind::Sequence(operands) | ExprKind::Or(operands) => {
            assert!(operands.len() >= 2);
            assert_in_order(bare, operands.iter().map(|operand| operand.span));
            for operand in operands {
                assert_tree(text, operand);
            }
        }
        ExprKind::Not(_, operand) => {
            assert_inside(operand.span, bare);
            assert_tree(text, operand);
        }
        ExprKind::Restriction(restriction) => {
            assert_inside(restriction.comparable.span(), bare);
            assert_comparable(text, &restriction.comparable);
            if let Some(comparison) = &restriction.comparison {
                let at = comparison.comparator_span;
                assert_span(text, at);
                assert_eq!(at.of(text).unwrap(), comparison.comparator.as_str());
                assert_in_order(
                    bare,
                    [restriction.comparable.span(), at, comparison.arg.span()],
                );
                assert_arg(text, &comparison.arg);
            }
        }
    }
}

fn assert_comparable(text: &str, comparable: &Comparable<'_>) {
    match comparable {
        Comparable::Member(it) => assert_member(text, it),
        Comparable::Function(function) => {
            assert_span(text, function.span);
            assert_inside(function.name.span, function.span);
            assert_member(text, &function.name);
            assert_in_order(function.span, function.args.iter().map(Arg::span));
            for it in &function.args {
                assert_arg(text, it);
            }
        }
    }
}

fn assert_member(text: &str, member: &Member<'_>) {
    assert_span(text, member.span);
    assert_in_order(member.span, member.path.iter().map(|value| value.span));
    assert!(!member.path.is_empty());
    for value in &member.path {
        assert_span(text, value.span);
        let raw = value.span.of(text).unwrap();
        let encloses = |quote| raw.len() > 1 && raw.starts_with(quote) && raw.ends_with(quote);
        match value.quotes {
            Quotes::None => assert_eq!(raw, value.text),
            Quotes::Single => assert!(encloses('\''), "{raw:?}"),
            Quotes::Double => assert!(encloses('"'), "{raw:?}"),
        }
    }
}

fn assert_arg(text: &str, arg: &Arg<'_>) {
    match arg {
        Arg::Comparable(it) => assert_comparable(text, it),
        Arg::Group(expr) => {
            assert!(expr.is_parenthesized());
            assert_tree(text, expr);
        }
        Arg::Negative(value) => assert_eq!(value.span.of(text).unwrap(), value.text),
    }
}

fn assert_inside(inner: Span, outer: Span) {
    assert!(
        outer.start <= inner.start && inner.end <= outer.end,
        "{inner:?} is not inside {outer:?}"
    );
}

fn assert_in_order(outer: Span, spans: impl IntoIterator<Item = Span>) {
    let mut from = outer.start;
    for span in spans {
        assert!(from <= span.start, "{span:?} out of order in {outer:?}");
        from = span.end;
    }
    assert!(from <= outer.end);
}
