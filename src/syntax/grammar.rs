//! The grammar of AIP-160: one function per rule, generic over what it builds.
//!
//! The rules are compositions of nom's combinators over the leaves in [`super::lexical`]. A rule
//! that may be skipped mismatches with `Err::Error`; where only one rule can follow, [`expect`]
//! turns the mismatch into an `Err::Failure` that says what was expected, for [`super::diagnose`] to
//! explain. No rule is parsed and then discarded: only white space and keywords are read again. What
//! follows a term is parsed with the term, and handed up to the rule whose operator it is.

#![expect(
    clippy::inline_always,
    reason = "`chain` and its uses become one nest of loops, which makes valid filters faster by a \
              third; `restriction` is not inlined, because it would double the stack frames of \
              unoptimized builds"
)]

use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::char;
use nom::combinator::{eof, not, opt, peek, recognize, value as to};
use nom::multi::{many0_count, separated_list1};
use nom::sequence::{delimited, preceded, terminated};
use nom::{Finish, Parser};

use super::lexical::{
    Expected, Input, Mismatch, Parsed, before, end_of_word, expect, failure, field, literal,
    term_start, value, ws, ws1,
};
use super::tree::{Comparator, Negation};

/// Maximum length of a filter, in bytes.
pub const MAX_LENGTH: usize = 16_384;

/// Maximum nesting of parentheses, counting those of groups and calls together.
pub const MAX_DEPTH: u8 = 64;

/// The source of a TEXT, a STRING or a negative literal.
#[derive(Clone, Copy)]
pub(crate) struct Token<'a> {
    /// Its bytes, including quotes.
    pub(crate) raw: &'a [u8],
    /// Number of bytes left after it.
    pub(crate) left: usize,
}

impl<'a> Token<'a> {
    fn new(raw: &'a [u8], rest: Input<'a>) -> Self {
        Self {
            raw,
            left: rest.len(),
        }
    }

    fn is_quoted(self) -> bool {
        matches!(self.raw, [b'"' | b'\'', ..])
    }
}

/// What the grammar builds: a tree, or directly what a filter means.
///
/// A builder is never modified: everything it learns about a part of the filter is in the value that
/// it returns for that part. Positions are given as the number of bytes left there.
pub(crate) trait Builder<'a> {
    type Member;
    type Comparable;
    type Arg;
    type Expr;

    /// The first value of a member.
    fn value(&self, token: Token<'a>) -> Self::Member;
    /// A member with a further field; `raw` is the source of both.
    fn field(&self, member: Self::Member, token: Token<'a>, raw: &'a [u8]) -> Self::Member;
    /// A complete member.
    fn member(&self, member: Self::Member) -> Self::Comparable;
    /// A call that ends at `end`.
    fn call(&self, name: Self::Member, args: Vec<Self::Arg>, end: usize) -> Self::Comparable;
    /// A comparable as an argument.
    fn arg(&self, comparable: Self::Comparable) -> Self::Arg;
    /// A group as an argument, with the positions of its parentheses.
    fn group_arg(&self, expr: Self::Expr, start: usize, end: usize) -> Self::Arg;
    /// A negative literal.
    fn negative(&self, token: Token<'a>) -> Self::Arg;
    /// A comparable without a comparison.
    fn bare(&self, comparable: Self::Comparable) -> Self::Expr;
    /// A comparison whose comparator is at `start`.
    fn comparison(
        &self,
        comparable: Self::Comparable,
        comparator: Comparator,
        start: usize,
        arg: Self::Arg,
    ) -> Self::Expr;
    /// A parenthesized expression, with the positions of its parentheses.
    fn group(&self, expr: Self::Expr, start: usize, end: usize) -> Self::Expr;
    /// A negation that begins at `start`.
    fn not(&self, negation: Negation, operand: Self::Expr, start: usize) -> Self::Expr;
    /// An AND with a further operand.
    fn and(&self, left: Self::Expr, operand: Self::Expr) -> Self::Expr;
    /// A sequence with a further operand.
    fn sequence(&self, left: Self::Expr, operand: Self::Expr) -> Self::Expr;
    /// An OR with a further operand.
    fn or(&self, left: Self::Expr, operand: Self::Expr) -> Self::Expr;
}

/// What every rule is given besides its input.
pub(super) struct Context<'b, B> {
    pub(super) builder: &'b B,
    /// Number of enclosing parentheses.
    pub(super) depth: u8,
    /// What is expected where the rule begins.
    pub(super) expected: Expected,
}

impl<B> Clone for Context<'_, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B> Copy for Context<'_, B> {}

impl<B> Context<'_, B> {
    fn expecting(self, expected: Expected) -> Self {
        Self { expected, ..self }
    }

    /// The context after the parenthesis at `open`.
    fn nested(self, open: Input<'_>, expected: Expected) -> Result<Self, nom::Err<Mismatch>> {
        if self.depth == MAX_DEPTH {
            return Err(failure(open, self.depth, Expected::Shallower));
        }
        Ok(Self {
            depth: self.depth + 1,
            expected,
            ..self
        })
    }
}

/// `filter = WS? (expression WS?)? end`
pub(crate) fn filter<'a, B: Builder<'a>>(
    i: Input<'a>,
    builder: &B,
) -> Result<Option<B::Expr>, Mismatch> {
    let cx = Context {
        builder,
        depth: 0,
        expected: Expected::Term,
    };
    let body = preceded(not(eof), |i| expression(cx, i));
    let end = |i| expect(i, cx.depth, Expected::End, eof).parse(i);
    let mut filter = terminated(preceded(ws, opt(body)), end);
    let (_, expr) = filter.parse(i).finish()?;
    Ok(expr.map(|(expr, _)| expr))
}

/// What follows a term, and which rule it belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Connective {
    And,
    Sequence,
    Or,
    /// None: the expression ends here.
    End,
}

/// An operand, and the connective after it.
type Operand<E> = (E, Connective);

/// `expression = sequence (WS "AND" WS sequence)*`
fn expression<'a, B: Builder<'a>>(
    cx: Context<'_, B>,
    i: Input<'a>,
) -> Parsed<'a, Operand<B::Expr>> {
    let join = |left, right| cx.builder.and(left, right);
    chain(cx, i, sequence, Connective::And, join)
}

/// `sequence = factor (WS factor)*`
#[inline(always)]
fn sequence<'a, B: Builder<'a>>(cx: Context<'_, B>, i: Input<'a>) -> Parsed<'a, Operand<B::Expr>> {
    let join = |left, right| cx.builder.sequence(left, right);
    chain(cx, i, factor, Connective::Sequence, join)
}

/// `factor = term (WS "OR" WS term)*`
#[inline(always)]
fn factor<'a, B: Builder<'a>>(cx: Context<'_, B>, i: Input<'a>) -> Parsed<'a, Operand<B::Expr>> {
    let operand = |cx: Context<'_, B>, i| {
        let (i, expr) = term(cx, i)?;
        let (i, after) = connective(cx.depth, i)?;
        Ok((i, (expr, after)))
    };
    let join = |left, right| cx.builder.or(left, right);
    chain(cx, i, operand, Connective::Or, join)
}

/// `operand (separator operand)*`, joined from the left
#[inline(always)]
fn chain<'a, 'b, B, E>(
    mut cx: Context<'b, B>,
    mut i: Input<'a>,
    operand: impl Fn(Context<'b, B>, Input<'a>) -> Parsed<'a, Operand<E>>,
    separator: Connective,
    join: impl Fn(E, E) -> E,
) -> Parsed<'a, Operand<E>> {
    let mut left = None;
    loop {
        let (rest, (right, after)) = operand(cx, i)?;
        let expr = match left {
            None => right,
            Some(left) => join(left, right),
        };
        if after != separator {
            return Ok((rest, (expr, after)));
        }
        (i, left) = (rest, Some(expr));
        cx.expected = Expected::Term;
    }
}

/// `WS "AND" WS | WS "OR" WS | WS | (WS? before ")" or the end)`
#[inline(always)]
fn connective(depth: u8, i: Input<'_>) -> Parsed<'_, Connective> {
    alt((
        to(Connective::End, eof),
        to(Connective::End, peek(char(')'))),
        to(Connective::And, (tag(" AND "), ws)),
        to(Connective::Or, (tag(" OR "), ws)),
        |i| spaced_connective(depth, i),
    ))
    .parse(i)
}

/// The slow path of [`connective`]: any white space, and every way to fail.
#[inline(never)]
fn spaced_connective(depth: u8, i: Input<'_>) -> Parsed<'_, Connective> {
    let (next, space) = ws(i)?;
    let end = alt((eof, peek(tag(")"))));
    if let (next, Some(_)) = opt(end).parse(next)? {
        return Ok((next, Connective::End));
    }
    if space.is_empty() {
        return Err(failure(i, depth, Expected::Connective));
    }
    let found = alt((
        to(Connective::And, |i| keyword("AND", depth, i)),
        to(Connective::Or, |i| keyword("OR", depth, i)),
        to(Connective::Sequence, peek(term_start)),
    ));
    expect(next, depth, Expected::Connective, found).parse(next)
}

/// A keyword, which requires white space after it
fn keyword<'a>(word: &'static str, depth: u8, i: Input<'a>) -> Parsed<'a, &'a [u8]> {
    let (rest, word) = terminated(tag(word), end_of_word).parse(i)?;
    let (rest, _) = expect(i, depth, Expected::SpaceAfter, ws1).parse(rest)?;
    Ok((rest, word))
}

/// `term = ("NOT" WS | "-")? simple`
pub(super) fn term<'a, B: Builder<'a>>(cx: Context<'_, B>, i: Input<'a>) -> Parsed<'a, B::Expr> {
    match i {
        [b'-', ..] => negated(cx, Negation::Minus, tag("-"), i),
        [b'N', b'O', b'T', rest @ ..] if end_of_word(rest).is_ok() => {
            negated(cx, Negation::Keyword, |i| keyword("NOT", cx.depth, i), i)
        }
        _ => simple(cx, i),
    }
}

/// A simple term after the sign that negates it
fn negated<'a, B: Builder<'a>>(
    cx: Context<'_, B>,
    negation: Negation,
    sign: impl Parser<Input<'a>, Error = Mismatch>,
    i: Input<'a>,
) -> Parsed<'a, B::Expr> {
    let operand = |i| simple(cx.expecting(Expected::Operand), i);
    preceded(sign, operand)
        .map(|operand| cx.builder.not(negation, operand, i.len()))
        .parse(i)
}

/// `simple = restriction | group`
fn simple<'a, B: Builder<'a>>(cx: Context<'_, B>, i: Input<'a>) -> Parsed<'a, B::Expr> {
    match i {
        [b'(', ..] => {
            let (rest, expr) = group(cx, i)?;
            Ok((rest, cx.builder.group(expr, i.len(), rest.len())))
        }
        _ => restriction(cx, i),
    }
}

/// `group = "(" WS? expression WS? ")"`
fn group<'a, B: Builder<'a>>(cx: Context<'_, B>, i: Input<'a>) -> Parsed<'a, B::Expr> {
    let inside = cx.nested(i, Expected::GroupBody)?;
    let close = expect(i, cx.depth, Expected::Closing, char(')'));
    let (rest, (expr, _)) =
        delimited((char('('), ws), |i| expression(inside, i), close).parse(i)?;
    Ok((rest, expr))
}

/// `restriction = comparable (WS? comparator WS? arg)?`
#[inline(never)]
fn restriction<'a, B: Builder<'a>>(cx: Context<'_, B>, i: Input<'a>) -> Parsed<'a, B::Expr> {
    let (i, left) = comparable(cx, i)?;
    let (next, _) = ws(i)?;
    match opt(|i| comparator(cx.depth, i)).parse(next)? {
        (_, None) => Ok((i, cx.builder.bare(left))),
        (i, Some(comparator)) => {
            let (i, _) = ws(i)?;
            let (i, right) = arg(cx.expecting(Expected::Arg), i)?;
            Ok((
                i,
                cx.builder.comparison(left, comparator, next.len(), right),
            ))
        }
    }
}

/// `comparator = "<=" | "<" | ">=" | ">" | "!=" | "=" | ":"`
#[inline]
fn comparator(depth: u8, i: Input<'_>) -> Parsed<'_, Comparator> {
    let equals = expect(i, depth, Expected::Comparator, char('='));
    alt((
        to(Comparator::Equal, char('=')),
        to(Comparator::NotEqual, (char('!'), equals)),
        to(Comparator::Has, char(':')),
        to(Comparator::LessOrEqual, tag("<=")),
        to(Comparator::Less, char('<')),
        to(Comparator::GreaterOrEqual, tag(">=")),
        to(Comparator::Greater, char('>')),
    ))
    .parse(i)
}

/// `arg = comparable | group | negative`
#[inline(always)]
fn arg<'a, B: Builder<'a>>(cx: Context<'_, B>, i: Input<'a>) -> Parsed<'a, B::Arg> {
    match i {
        [b'(', ..] => {
            let (rest, expr) = group(cx, i)?;
            Ok((rest, cx.builder.group_arg(expr, i.len(), rest.len())))
        }
        [b'-', ..] => negative(cx, i),
        _ => {
            let (rest, comparable) = comparable(cx, i)?;
            Ok((rest, cx.builder.arg(comparable)))
        }
    }
}

/// `negative = "-" TEXT ("." TEXT)*`
#[cold]
fn negative<'a, B: Builder<'a>>(cx: Context<'_, B>, i: Input<'a>) -> Parsed<'a, B::Arg> {
    let digits = |i| expect(i, cx.depth, Expected::Literal, literal).parse(i);
    let number = (char('-'), digits, many0_count((char('.'), digits)));
    let (rest, raw) = recognize(number).parse(i)?;
    let token = Token::new(raw, rest);
    Ok((rest, cx.builder.negative(token)))
}

/// ```text
/// comparable = member | function
/// member     = value ("." field)*
/// function   = TEXT ("." name)* "(" WS? (arg (WS? "," WS? arg)*)? WS? ")"
/// ```
fn comparable<'a, B: Builder<'a>>(cx: Context<'_, B>, i: Input<'a>) -> Parsed<'a, B::Comparable> {
    let (mut rest, raw) = value(i, cx.depth, cx.expected)?;
    let token = Token::new(raw, rest);
    let mut is_name = !token.is_quoted();
    let mut member = cx.builder.value(token);
    while let (after_dot, Some(_)) = opt(char('.')).parse(rest)? {
        let raw;
        (rest, raw) = field(after_dot, cx.depth, Expected::Field)?;
        let token = Token::new(raw, rest);
        is_name &= !token.is_quoted();
        member = cx.builder.field(member, token, before(i, rest));
    }
    match opt(peek(char('('))).parse(rest)? {
        (_, Some(_)) if is_name => call(cx, member, rest),
        _ => Ok((rest, cx.builder.member(member))),
    }
}

/// The parentheses of a call, after the function's name
#[inline(never)]
fn call<'a, B: Builder<'a>>(
    cx: Context<'_, B>,
    name: B::Member,
    i: Input<'a>,
) -> Parsed<'a, B::Comparable> {
    let inside = cx.nested(i, Expected::Arg)?;
    let before_end = |rest| expect(i, cx.depth, Expected::Closing, not(eof)).parse(rest);
    let next_arg = preceded(before_end, |i| arg(inside, i));
    let args = separated_list1((ws, char(','), ws), next_arg);
    let no_args = peek(char(')')).map(|_| Vec::new());
    let (rest, args) = delimited((char('('), ws), alt((no_args, args)), ws).parse(i)?;
    let (rest, ()) = before_end(rest)?;
    let (rest, _) = expect(rest, inside.depth, Expected::ArgEnd, char(')')).parse(rest)?;
    Ok((rest, cx.builder.call(name, args, rest.len())))
}
