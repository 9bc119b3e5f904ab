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
/// What goes up through the rules is boxed, so that the rules' stack frames, which pile up with the
/// nesting, stay small.
pub(super) struct TreeBuilder<'a> {
    pub(super) text: &'a str,
}

impl<'a> TreeBuilder<'a> {
    /// The span between two places, given as the number of bytes left there.
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
            Quotes::None => Cow::Borrowed(span.of(self.text)),
            _ => unescape(Span::new(span.start + 1, span.end - 1).of(self.text)),
        };
        Value { span, text, quotes }
    }
}

/// The content of a string that has escapes, all of them good.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (plain, escape) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        rest = match lexical::escape(escape.as_bytes()) {
            Ok((left, c)) => {
                out.push(c);
                escape.get(escape.len() - left.len()..).unwrap_or_default()
            }
            Err(_) => "",
        };
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

/// The operands of an n-ary expression so far with a further one; `operands`
/// gives those of an expression of that kind.
fn join<'a>(
    mut before: Box<Expr<'a>>,
    operand: Box<Expr<'a>>,
    kind: fn(Vec<Expr<'a>>) -> ExprKind<'a>,
    operands: for<'k> fn(&'k mut ExprKind<'a>) -> Option<&'k mut Vec<Expr<'a>>>,
) -> Box<Expr<'a>> {
    let span = before.span.to(operand.span);
    let extend = !before.is_parenthesized();
    match operands(&mut before.kind) {
        Some(operands) if extend => {
            operands.push(*operand);
            before.span = span;
            before.bare_span = span;
            before
        }
        _ => expr(span, kind(vec![*before, *operand])),
    }
}

impl<'a> Builder<'a> for TreeBuilder<'a> {
    type Member = Box<Member<'a>>;
    type Comparable = Box<Comparable<'a>>;
    type Arg = Box<Arg<'a>>;
    type Expr = Box<Expr<'a>>;

    fn value(&self, token: Token<'a>) -> Box<Member<'a>> {
        let value = self.token(token);
        Box::new(Member {
            span: value.span,
            path: vec![value],
        })
    }

    fn field(&self, mut member: Box<Member<'a>>, token: Token<'a>, _: &'a [u8]) -> Box<Member<'a>> {
        let value = self.token(token);
        member.span.end = value.span.end;
        member.path.push(value);
        member
    }

    fn member(&self, member: Box<Member<'a>>) -> Box<Comparable<'a>> {
        Box::new(Comparable::Member(*member))
    }

    fn call(
        &self,
        name: Box<Member<'a>>,
        args: Vec<Box<Arg<'a>>>,
        left: usize,
    ) -> Box<Comparable<'a>> {
        Box::new(Comparable::Function(Function {
            span: Span::new(name.span.start, self.text.len() - left),
            name: *name,
            args: args.into_iter().map(|arg| *arg).collect(),
        }))
    }

    fn arg(&self, comparable: Box<Comparable<'a>>) -> Box<Arg<'a>> {
        Box::new(Arg::Comparable(*comparable))
    }

    fn group_arg(&self, expr: Box<Expr<'a>>, start: usize, end: usize) -> Box<Arg<'a>> {
        Box::new(Arg::Group(self.group(expr, start, end)))
    }

    fn negative(&self, token: Token<'a>) -> Box<Arg<'a>> {
        Box::new(Arg::Negative(self.token(token)))
    }

    fn bare(&self, comparable: Box<Comparable<'a>>) -> Box<Expr<'a>> {
        let span = comparable.span();
        restriction(span, *comparable, None)
    }

    fn comparison(
        &self,
        comparable: Box<Comparable<'a>>,
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
        restriction(span, *comparable, Some(comparison))
    }

    fn group(&self, mut expr: Box<Expr<'a>>, start: usize, end: usize) -> Box<Expr<'a>> {
        expr.span = self.span(start, end);
        expr
    }

    fn not(&self, negation: Negation, operand: Box<Expr<'a>>, start: usize) -> Box<Expr<'a>> {
        let span = Span::new(self.text.len() - start, operand.span.end);
        expr(span, ExprKind::Not(negation, operand))
    }

    fn and(&self, before: Box<Expr<'a>>, operand: Box<Expr<'a>>) -> Box<Expr<'a>> {
        join(before, operand, ExprKind::And, |kind| match kind {
            ExprKind::And(operands) => Some(operands),
            _ => None,
        })
    }

    fn sequence(&self, before: Box<Expr<'a>>, operand: Box<Expr<'a>>) -> Box<Expr<'a>> {
        join(before, operand, ExprKind::Sequence, |kind| match kind {
            ExprKind::Sequence(operands) => Some(operands),
            _ => None,
        })
    }

    fn or(&self, before: Box<Expr<'a>>, operand: Box<Expr<'a>>) -> Box<Expr<'a>> {
        join(before, operand, ExprKind::Or, |kind| match kind {
            ExprKind::Or(operands) => Some(operands),
            _ => None,
        })
    }
}
