//! Generates AIP-160 syntax trees: all trees that the grammar can produce, and no others.

use arbitrary::Unstructured;
use gchat_filter::diagnostic::Span;
use gchat_filter::syntax::{
    Arg, Comparable, Comparator, Comparison, Expr, ExprKind, Function, MAX_DEPTH, Member, Negation,
    Quotes, Restriction, Value,
};

use crate::below;

/// Generates a tree that needs at most [`MAX_DEPTH`] nested parentheses, without spans.
#[must_use]
pub fn tree(u: &mut Unstructured<'_>) -> Expr<'static> {
    expr(u, usize::from(MAX_DEPTH))
}

/// Returns an expression without spans.
#[must_use]
pub fn of_kind(kind: ExprKind<'static>) -> Expr<'static> {
    Expr {
        span: Span::default(),
        bare_span: Span::default(),
        kind,
    }
}

/// Returns a value without a span.
#[must_use]
pub fn value(text: impl Into<String>, quotes: Quotes) -> Value<'static> {
    Value {
        span: Span::default(),
        text: text.into().into(),
        quotes,
    }
}

/// Returns a member without a span.
#[must_use]
pub fn member(path: Vec<Value<'static>>) -> Member<'static> {
    Member {
        span: Span::default(),
        path,
    }
}

/// Returns a comparison, or a comparable without a comparison, without spans.
#[must_use]
pub fn restriction(
    comparable: Comparable<'static>,
    comparison: Option<(Comparator, Arg<'static>)>,
) -> Expr<'static> {
    let comparison = comparison.map(|(comparator, arg)| Comparison {
        comparator,
        comparator_span: Span::default(),
        arg,
    });
    of_kind(ExprKind::Restriction(Restriction {
        comparable,
        comparison,
    }))
}

/// An expression that needs at most `depth` nested parentheses.
fn expr(u: &mut Unstructured<'_>, depth: usize) -> Expr<'static> {
    let choice = if depth == 0 { 0 } else { below(u, 8) };
    if choice < 4 {
        return comparison(u, depth);
    }
    let inner = depth - 1;
    if choice == 4 {
        let negation = [Negation::Keyword, Negation::Minus][usize::from(below(u, 2))];
        return of_kind(ExprKind::Not(negation, Box::new(expr(u, inner))));
    }
    let operands = (0..below(u, 3) + 2).map(|_| expr(u, inner)).collect();
    of_kind(match choice {
        5 => ExprKind::And(operands),
        6 => ExprKind::Or(operands),
        _ => ExprKind::Sequence(operands),
    })
}

fn comparison(u: &mut Unstructured<'_>, depth: usize) -> Expr<'static> {
    let left = comparable(u, depth);
    let comparator = match below(u, 9) {
        0 => Comparator::Equal,
        1 => Comparator::NotEqual,
        2 => Comparator::Less,
        3 => Comparator::LessOrEqual,
        4 => Comparator::Greater,
        5 => Comparator::GreaterOrEqual,
        6 => Comparator::Has,
        _ => return restriction(left, None),
    };
    restriction(left, Some((comparator, arg(u, depth))))
}

fn comparable(u: &mut Unstructured<'_>, depth: usize) -> Comparable<'static> {
    let choice = below(u, 6);
    if choice == 5 && depth > 0 {
        let mut path = vec![value(word(u), Quotes::None)];
        for _ in 0..below(u, 3) {
            path.push(value(text(u), Quotes::None));
        }
        return Comparable::Function(Function {
            span: Span::default(),
            name: member(path),
            args: (0..below(u, 4)).map(|_| arg(u, depth - 1)).collect(),
        });
    }
    let mut path = vec![match quotes(u) {
        Quotes::None => value(word(u), Quotes::None),
        quotes => value(string(u), quotes),
    }];
    for _ in 0..choice.saturating_sub(2) {
        path.push(match quotes(u) {
            Quotes::None => value(text(u), Quotes::None),
            quotes => value(string(u), quotes),
        });
    }
    Comparable::Member(member(path))
}

fn arg(u: &mut Unstructured<'_>, depth: usize) -> Arg<'static> {
    match below(u, 6) {
        4 => {
            let mut literal = format!("-{}", word(u));
            for _ in 0..below(u, 3) {
                literal.push('.');
                literal.push_str(&word(u));
            }
            Arg::Negative(value(literal, Quotes::None))
        }
        5 if depth > 0 => Arg::Group(Box::new(expr(u, depth - 1))),
        _ => Arg::Comparable(comparable(u, depth)),
    }
}

fn quotes(u: &mut Unstructured<'_>) -> Quotes {
    match below(u, 3) {
        0 => Quotes::None,
        1 => Quotes::Single,
        _ => Quotes::Double,
    }
}

/// A TEXT that is not a keyword.
fn word(u: &mut Unstructured<'_>) -> String {
    let text = text(u);
    match text.as_str() {
        "AND" | "OR" | "NOT" => text + "x",
        _ => text,
    }
}

/// A TEXT, or a keyword.
fn text(u: &mut Unstructured<'_>) -> String {
    const WORDS: [&str; 16] = [
        "a",
        "role",
        "member",
        "type",
        "HUMAN",
        "ROLE_MEMBER",
        "AND",
        "OR",
        "NOT",
        "and",
        "ANDROID",
        "&&",
        "2024-01-01",
        "spaces/A/threads/1",
        "*",
        "👩‍🚀",
    ];
    const CHARACTERS: [char; 32] = [
        'a', 'z', 'A', 'Z', 'D', 'N', 'O', 'R', 'T', '0', '9', '_', '/', '*', '&', '|', '+', '#',
        '$', '%', ';', '?', '[', '`', '{', '~', 'é', 'ж', '中', '🙂', '\u{200d}', '\u{301}',
    ];
    if let Some(word) = WORDS.get(usize::from(below(u, 24))) {
        return (*word).to_owned();
    }
    let character = |u: &mut Unstructured<'_>| CHARACTERS[usize::from(below(u, 32))];
    let mut text = character(u).to_string();
    for _ in 0..below(u, 8) {
        text.push(match below(u, 4) {
            3 => '-',
            _ => character(u),
        });
    }
    text
}

/// The contents of a STRING, with arbitrary characters.
fn string(u: &mut Unstructured<'_>) -> String {
    const CHARACTERS: [char; 24] = [
        'a',
        'u',
        'U',
        '0',
        'é',
        '🙂',
        ' ',
        '\t',
        '\n',
        '\r',
        '"',
        '\'',
        '\\',
        '\0',
        '\u{7f}',
        '\u{85}',
        '\u{a0}',
        '“',
        '\u{200b}',
        '\u{202e}',
        '\u{feff}',
        '(',
        ')',
        '\u{10ffff}',
    ];
    (0..below(u, 6))
        .map(|_| match CHARACTERS.get(usize::from(below(u, 26))) {
            Some(c) => *c,
            None => u.arbitrary().unwrap_or('a'),
        })
        .collect()
}
