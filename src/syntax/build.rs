//! The builder of trees.

use std::borrow::Cow;

use crate::diagnostic::Span;

use super::grammar::Builder;
use super::lexical::{self, Token};
use super::tree::{
    Arg, Comparable, Comparator, Comparison, Expr, ExprKind, Function, Member, Negation, Quotes,
    Restriction, Value,
};

/// Builds the tree of a text.
pub(super) struct Tree<'a> {
    pub(super) text: &'a str,
}

impl<'a> Tree<'a> {
    /// The span between two places, given as the number of bytes left there.
    fn span(&self, start: usize, end: usize) -> Span {
        let length = self.text.len();
        Span::new(length - start, length - end)
    }

    fn token(&self, token: Token<'a>) -> Value<'a> {
        let span = self.span(token.left + token.raw.len(), token.left);
        let text = match token.quotes {
            Quotes::None => span.of(self.text),
            Quotes::Single | Quotes::Double => {
                Span::new(span.start + 1, span.end - 1).of(self.text)
            }
        };
        Value {
            span,
            text: if token.escaped {
                Cow::Owned(unescape(text))
            } else {
                Cow::Borrowed(text)
            },
            quotes: token.quotes,
        }
    }
}

/// The content of a string that has escapes, all of them good.
fn unescape(text: &str) -> String {
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
    out
}

fn restriction<'a>(
    span: Span,
    comparable: Comparable<'a>,
    comparison: Option<Comparison<'a>>,
) -> Expr<'a> {
    Expr {
        span,
        bare_span: span,
        kind: ExprKind::Restriction(Restriction {
            comparable,
            comparison,
        }),
    }
}

/// The operands of an n-ary expression so far with a further one; `operands`
/// gives those of an expression of that kind.
fn join<'a>(
    mut before: Expr<'a>,
    operand: Expr<'a>,
    kind: fn(Vec<Expr<'a>>) -> ExprKind<'a>,
    operands: for<'k> fn(&'k mut ExprKind<'a>) -> Option<&'k mut Vec<Expr<'a>>>,
) -> Expr<'a> {
    let span = before.span.to(operand.span);
    let extend = !before.is_parenthesized();
    match operands(&mut before.kind) {
        Some(operands) if extend => {
            operands.push(operand);
            before.span = span;
            before.bare_span = span;
            before
        }
        _ => Expr {
            span,
            bare_span: span,
            kind: kind(vec![before, operand]),
        },
    }
}

impl<'a> Builder<'a> for Tree<'a> {
    type Member = Member<'a>;
    type Comparable = Comparable<'a>;
    type Arg = Arg<'a>;
    type Args = Vec<Arg<'a>>;
    type Expr = Expr<'a>;

    fn value(&mut self, token: Token<'a>) -> Member<'a> {
        let value = self.token(token);
        Member {
            span: value.span,
            path: vec![value],
        }
    }

    fn field(&mut self, mut member: Member<'a>, token: Token<'a>, _: &'a [u8]) -> Member<'a> {
        let value = self.token(token);
        member.span.end = value.span.end;
        member.path.push(value);
        member
    }

    fn member(&mut self, member: Member<'a>) -> Comparable<'a> {
        Comparable::Member(member)
    }

    fn push_arg(&mut self, args: &mut Vec<Arg<'a>>, arg: Arg<'a>) {
        args.push(arg);
    }

    fn call(&mut self, name: Member<'a>, args: Vec<Arg<'a>>, left: usize) -> Comparable<'a> {
        Comparable::Function(Function {
            span: Span::new(name.span.start, self.text.len() - left),
            name,
            args,
        })
    }

    fn arg(&mut self, comparable: Comparable<'a>) -> Arg<'a> {
        Arg::Comparable(comparable)
    }

    fn group_arg(&mut self, expr: Expr<'a>, start: usize, end: usize) -> Arg<'a> {
        Arg::Group(Box::new(self.group(expr, start, end)))
    }

    fn negative(&mut self, token: Token<'a>) -> Arg<'a> {
        Arg::Negative(self.token(token))
    }

    fn bare(&mut self, comparable: Comparable<'a>) -> Expr<'a> {
        let span = comparable.span();
        restriction(span, comparable, None)
    }

    fn comparison(
        &mut self,
        comparable: Comparable<'a>,
        comparator: Comparator,
        start: usize,
        arg: Arg<'a>,
    ) -> Expr<'a> {
        let start = self.text.len() - start;
        let comparison = Comparison {
            comparator,
            comparator_span: Span::new(start, start + comparator.as_str().len()),
            arg,
        };
        let span = comparable.span().to(comparison.arg.span());
        restriction(span, comparable, Some(comparison))
    }

    fn group(&mut self, expr: Expr<'a>, start: usize, end: usize) -> Expr<'a> {
        Expr {
            span: self.span(start, end),
            ..expr
        }
    }

    fn not(&mut self, negation: Negation, operand: Expr<'a>, start: usize) -> Expr<'a> {
        let span = Span::new(self.text.len() - start, operand.span.end);
        Expr {
            span,
            bare_span: span,
            kind: ExprKind::Not(negation, Box::new(operand)),
        }
    }

    fn and(&mut self, before: Expr<'a>, operand: Expr<'a>) -> Expr<'a> {
        join(before, operand, ExprKind::And, |kind| match kind {
            ExprKind::And(operands) => Some(operands),
            _ => None,
        })
    }

    fn sequence(&mut self, before: Expr<'a>, operand: Expr<'a>) -> Expr<'a> {
        join(before, operand, ExprKind::Sequence, |kind| match kind {
            ExprKind::Sequence(operands) => Some(operands),
            _ => None,
        })
    }

    fn or(&mut self, before: Expr<'a>, operand: Expr<'a>) -> Expr<'a> {
        join(before, operand, ExprKind::Or, |kind| match kind {
            ExprKind::Or(operands) => Some(operands),
            _ => None,
        })
    }
}
