//! The builder of trees.

use std::borrow::Cow;

use crate::diagnostic::Span;

use super::grammar::{Builder, Token};
use super::lexical;
use super::tree::{
    Arg, Comparable, Comparator, Comparison, Expr, ExprKind, Function, Member, Negation, Quotes,
    Restriction, Value,
};

/// Builds the tree of a text.
///
/// Expressions and arguments are boxed, so that the stack frames of nested rules stay small.
pub(super) struct TreeBuilder<'a> {
    pub(super) text: &'a str,
}

impl<'a> TreeBuilder<'a> {
    /// Returns the span between two positions, given as the number of bytes left there.
    fn span(&self, start: usize, end: usize) -> Span {
        let length = self.text.len();
        Span::new(length - start, length - end)
    }

    fn token(&self, token: Token<'a>) -> Value<'a> {
        let span = self.span(token.left + token.raw.len(), token.left);
        let quotes = match token.raw {
            [b'"', ..] => Quotes::Double,
            [b'\'', ..] => Quotes::Single,
            _ => Quotes::None,
        };
        let text = match quotes {
            Quotes::None => Cow::Borrowed(span.within(self.text)),
            _ => unescape(Span::new(span.start + 1, span.end - 1).within(self.text)),
        };
        Value { span, text, quotes }
    }
}

/// Returns the content of a string whose escape sequences are valid.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (plain, escape) = rest.split_at(at);
        out.push_str(plain);
        let (left, c) = lexical::escape(escape.as_bytes()).expect("the escapes are valid");
        out.push(c);
        (_, rest) = escape.split_at(escape.len() - left.len());
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn restriction<'a>(
    span: Span,
    comparable: Comparable<'a>,
    comparison: Option<Comparison<'a>>,
) -> Box<Expr<'a>> {
    expr(
        span,
        ExprKind::Restriction(Restriction {
            comparable,
            comparison,
        }),
    )
}

fn expr(span: Span, kind: ExprKind<'_>) -> Box<Expr<'_>> {
    Box::new(Expr {
        span,
        bare_span: span,
        kind,
    })
}

/// Adds an operand to an n-ary expression; `operands` returns those of an expression of its kind.
fn join<'a>(
    mut left: Box<Expr<'a>>,
    operand: Box<Expr<'a>>,
    kind: fn(Vec<Expr<'a>>) -> ExprKind<'a>,
    operands: for<'k> fn(&'k mut ExprKind<'a>) -> Option<&'k mut Vec<Expr<'a>>>,
) -> Box<Expr<'a>> {
    let span = left.span.to(operand.span);
    let extend = !left.is_parenthesized();
    match operands(&mut left.kind) {
        Some(operands) if extend => {
            operands.push(*operand);
            left.span = span;
            left.bare_span = span;
            left
        }
        _ => expr(span, kind(vec![*left, *operand])),
    }
}

impl<'a> Builder<'a> for TreeBuilder<'a> {
    type Member = Member<'a>;
    type Comparable = Comparable<'a>;
    type Arg = Box<Arg<'a>>;
    type Expr = Box<Expr<'a>>;

    fn value(&self, token: Token<'a>) -> Member<'a> {
        let value = self.token(token);
        Member {
            span: value.span,
            path: vec![value],
        }
    }

    fn field(&self, mut member: Member<'a>, token: Token<'a>, _: &'a [u8]) -> Member<'a> {
        let value = self.token(token);
        member.span.end = value.span.end;
        member.path.push(value);
        member
    }

    fn member(&self, member: Member<'a>) -> Comparable<'a> {
        Comparable::Member(member)
    }

    fn call(&self, name: Member<'a>, args: Vec<Box<Arg<'a>>>, left: usize) -> Comparable<'a> {
        Comparable::Function(Function {
            span: Span::new(name.span.start, self.text.len() - left),
            name,
            args: args.into_iter().map(|arg| *arg).collect(),
        })
    }

    fn arg(&self, comparable: Comparable<'a>) -> Box<Arg<'a>> {
        Box::new(Arg::Comparable(comparable))
    }

    fn group_arg(&self, expr: Box<Expr<'a>>, start: usize, end: usize) -> Box<Arg<'a>> {
        Box::new(Arg::Group(self.group(expr, start, end)))
    }

    fn negative(&self, token: Token<'a>) -> Box<Arg<'a>> {
        Box::new(Arg::Negative(self.token(token)))
    }

    fn bare(&self, comparable: Comparable<'a>) -> Box<Expr<'a>> {
        let span = comparable.span();
        restriction(span, comparable, None)
    }

    fn comparison(
        &self,
        comparable: Comparable<'a>,
        comparator: Comparator,
        start: usize,
        arg: Box<Arg<'a>>,
    ) -> Box<Expr<'a>> {
        let start = self.text.len() - start;
        let comparison = Comparison {
            comparator,
            comparator_span: Span::new(start, start + comparator.as_str().len()),
            arg: *arg,
        };
        let span = comparable.span().to(comparison.arg.span());
        restriction(span, comparable, Some(comparison))
    }

    fn group(&self, mut expr: Box<Expr<'a>>, start: usize, end: usize) -> Box<Expr<'a>> {
        expr.span = self.span(start, end);
        expr
    }

    fn not(&self, negation: Negation, operand: Box<Expr<'a>>, start: usize) -> Box<Expr<'a>> {
        let span = Span::new(self.text.len() - start, operand.span.end);
        expr(span, ExprKind::Not(negation, operand))
    }

    fn and(&self, left: Box<Expr<'a>>, operand: Box<Expr<'a>>) -> Box<Expr<'a>> {
        join(left, operand, ExprKind::And, |kind| match kind {
            ExprKind::And(operands) => Some(operands),
            _ => None,
        })
    }

    fn sequence(&self, left: Box<Expr<'a>>, operand: Box<Expr<'a>>) -> Box<Expr<'a>> {
        join(left, operand, ExprKind::Sequence, |kind| match kind {
            ExprKind::Sequence(operands) => Some(operands),
            _ => None,
        })
    }

    fn or(&self, left: Box<Expr<'a>>, operand: Box<Expr<'a>>) -> Box<Expr<'a>> {
        join(left, operand, ExprKind::Or, |kind| match kind {
            ExprKind::Or(operands) => Some(operands),
            _ => None,
        })
    }
}
