//! What must hold of every check, whatever the text and the options.

use gchat_filter::diagnostic::{Diagnostic, Span, Stage};
use gchat_filter::syntax::{Arg, Comparable, Expr, ExprKind, Member, Quotes};
use gchat_filter::{Checked, Checker};

/// Asserts that a span is one of the text, on character boundaries.
pub fn span(text: &str, span: Span) {
    assert!(
        span.start <= span.end && text.get(span.start..span.end).is_some(),
        "{span:?} is no span of {text:?}"
    );
}

/// Checks a text, and asserts what must hold of the outcome.
#[must_use]
pub fn check<'a>(checker: &Checker, text: &'a str) -> Checked<'a> {
    let checked = checker.check(text);
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
        "out of order: {text:?}"
    );
    for one in &checked.diagnostics {
        diagnostic(text, one);
    }
    if let Some(tree) = &checked.tree {
        spans(text, tree);
    }
    checked
}

/// Asserts that all that a diagnostic says can be shown, and that its edits can be made.
pub fn diagnostic(text: &str, diagnostic: &Diagnostic) {
    span(text, diagnostic.span);
    line(&diagnostic.message);
    assert!(
        !diagnostic.message.ends_with('.') && !diagnostic.message.starts_with(char::is_uppercase),
        "{:?}",
        diagnostic.message
    );
    for label in &diagnostic.labels {
        span(text, label.span);
        line(&label.text);
    }
    assert!(
        diagnostic.labels.is_sorted_by_key(|label| label.span.start),
        "labels out of order: {text:?}, {diagnostic:#?}"
    );
    if let Some(help) = &diagnostic.help {
        line(help);
    }
    let Some(fix) = &diagnostic.fix else { return };
    assert!(
        !fix.edits.is_empty(),
        "an empty fix: {text:?}, {diagnostic:#?}"
    );
    for edit in &fix.edits {
        span(text, edit.span);
    }
    assert!(
        fix.edits
            .windows(2)
            .all(|pair| { pair[0].span.end <= pair[1].span.start && pair[0].span != pair[1].span }),
        "edits out of order: {text:?}, {diagnostic:#?}"
    );
    // By another way than the crate's: from the last one on, so that offsets stay what they are.
    let mut edited = text.to_owned();
    for edit in fix.edits.iter().rev() {
        edited.replace_range(edit.span.start..edit.span.end, &edit.text);
    }
    assert_eq!(fix.apply(text), edited, "{text:?}, {diagnostic:#?}");
    assert_ne!(edited, text, "a fix that does nothing: {diagnostic:#?}");
}

/// Asserts that a text of ours is one line without anything that cannot be seen.
pub fn line(text: &str) {
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

/// Asserts that the spans of a tree are spans of the text, lie in each other as the tree does, and
/// show what the tree says.
pub fn spans(text: &str, expr: &Expr<'_>) {
    span(text, expr.span);
    span(text, expr.bare_span);
    inside(expr.bare_span, expr.span);
    let bare = expr.bare_span;
    let around = format!(
        "{}{}",
        Span::new(expr.span.start, bare.start).of(text),
        Span::new(bare.end, expr.span.end).of(text)
    );
    let opening = around.matches('(').count();
    assert_eq!(opening, around.matches(')').count(), "{text:?}, {expr:#?}");
    assert_eq!(around.trim_matches([' ', '\t', '\r', '\n', '(', ')']), "");
    assert_eq!(expr.is_parenthesized(), opening > 0);
    match &expr.kind {
        ExprKind::And(operands) | ExprKind::Sequence(operands) | ExprKind::Or(operands) => {
            assert!(operands.len() >= 2);
            in_order(bare, operands.iter().map(|operand| operand.span));
            for operand in operands {
                spans(text, operand);
            }
        }
        ExprKind::Not(_, operand) => {
            inside(operand.span, bare);
            spans(text, operand);
        }
        ExprKind::Restriction(restriction) => {
            inside(restriction.comparable.span(), bare);
            comparable(text, &restriction.comparable);
            if let Some(comparison) = &restriction.comparison {
                let at = comparison.comparator_span;
                span(text, at);
                assert_eq!(at.of(text), comparison.comparator.as_str());
                in_order(
                    bare,
                    [restriction.comparable.span(), at, comparison.arg.span()],
                );
                arg(text, &comparison.arg);
            }
        }
    }
}

fn comparable(text: &str, comparable: &Comparable<'_>) {
    match comparable {
        Comparable::Member(it) => member(text, it),
        Comparable::Function(function) => {
            span(text, function.span);
            inside(function.name.span, function.span);
            member(text, &function.name);
            in_order(function.span, function.args.iter().map(Arg::span));
            for it in &function.args {
                arg(text, it);
            }
        }
    }
}

fn member(text: &str, member: &Member<'_>) {
    span(text, member.span);
    in_order(member.span, member.path.iter().map(|value| value.span));
    assert!(!member.path.is_empty());
    for value in &member.path {
        span(text, value.span);
        let raw = value.span.of(text);
        let encloses = |quote| raw.len() > 1 && raw.starts_with(quote) && raw.ends_with(quote);
        match value.quotes {
            Quotes::None => assert_eq!(raw, value.text),
            Quotes::Single => assert!(encloses('\''), "{raw:?}"),
            Quotes::Double => assert!(encloses('"'), "{raw:?}"),
        }
    }
}

fn arg(text: &str, arg: &Arg<'_>) {
    match arg {
        Arg::Comparable(it) => comparable(text, it),
        Arg::Group(expr) => {
            assert!(expr.is_parenthesized());
            spans(text, expr);
        }
        Arg::Negative(value) => assert_eq!(value.span.of(text), value.text),
    }
}

fn inside(inner: Span, outer: Span) {
    assert!(
        outer.start <= inner.start && inner.end <= outer.end,
        "{inner:?} is not inside {outer:?}"
    );
}

fn in_order(outer: Span, spans: impl IntoIterator<Item = Span>) {
    let mut from = outer.start;
    for span in spans {
        assert!(from <= span.start, "{span:?} out of order in {outer:?}");
        from = span.end;
    }
    assert!(from <= outer.end);
}
