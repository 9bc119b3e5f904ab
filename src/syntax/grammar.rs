//! The grammar: one function a rule, generic over what it builds.
//!
//! The text is read as bytes, each once. Every rule hands what it reads to a [`Builder`], so the
//! same grammar makes a tree or a filter's cells. What joins a term to the next one is read once,
//! behind the term, and handed up to the rule that it belongs to; so nothing is ever read twice
//! to find out which rule applies.
//!
//! A rule that fails says where, and what it expected there; [`super::diagnose`] says the rest.

#![cfg_attr(
    not(debug_assertions),
    expect(
        clippy::inline_always,
        reason = "the rules between two parentheses are one function, as a hand-written parser has \
                  it: that halves the time; but unoptimised its stack frame would be huge"
    )
)]

use nom::Err;
use nom::error::{ErrorKind, ParseError};

use super::chars::{self, Class};
use super::lexical::{
    Expected, Fault, Input, Parsed, Token, before, behind, ends_word, fail, is_keyword, space,
    text, value,
};
use super::tree::{Comparator, Negation, Quotes};
use crate::steps;

/// The longest text that is read, in bytes.
pub const MAX_LENGTH: usize = 16_384;

/// The deepest nesting of parentheses that is read, those of groups and calls together.
pub const MAX_DEPTH: u8 = 64;

/// What the grammar builds. Places are given as the number of bytes left there.
pub(crate) trait Builder<'a> {
    type Member;
    type Comparable;
    type Arg;
    /// The arguments of a call.
    type Args: Default;
    type Expr;

    /// A value, the first of a member.
    fn value(&mut self, token: Token<'a>) -> Self::Member;
    /// A further field of a member; `raw` is the whole member so far.
    fn field(&mut self, member: Self::Member, token: Token<'a>, raw: &'a [u8]) -> Self::Member;
    /// A whole member.
    fn member(&mut self, member: Self::Member) -> Self::Comparable;
    /// A further argument.
    fn push_arg(&mut self, args: &mut Self::Args, arg: Self::Arg);
    /// A call, which ends where `left` bytes are left.
    fn call(&mut self, name: Self::Member, args: Self::Args, left: usize) -> Self::Comparable;
    /// A comparable as an argument.
    fn arg(&mut self, comparable: Self::Comparable) -> Self::Arg;
    /// A group as an argument, with where its parentheses begin and end.
    fn group_arg(&mut self, expr: Self::Expr, start: usize, end: usize) -> Self::Arg;
    /// A negative literal.
    fn negative(&mut self, token: Token<'a>) -> Self::Arg;
    /// A comparable on its own.
    fn bare(&mut self, comparable: Self::Comparable) -> Self::Expr;
    /// A comparison, with where its comparator begins.
    fn comparison(
        &mut self,
        comparable: Self::Comparable,
        comparator: Comparator,
        start: usize,
        arg: Self::Arg,
    ) -> Self::Expr;
    /// A parenthesised expression, with where its parentheses begin and end.
    fn group(&mut self, expr: Self::Expr, start: usize, end: usize) -> Self::Expr;
    /// A negation, with where it begins.
    fn not(&mut self, negation: Negation, operand: Self::Expr, start: usize) -> Self::Expr;
    /// The operands so far of an AND, with a further one.
    fn and(&mut self, before: Self::Expr, operand: Self::Expr) -> Self::Expr;
    /// The operands so far of a sequence, with a further one.
    fn sequence(&mut self, before: Self::Expr, operand: Self::Expr) -> Self::Expr;
    /// The operands so far of an OR, with a further one.
    fn or(&mut self, before: Self::Expr, operand: Self::Expr) -> Self::Expr;
}

/// What stands behind a term.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joint {
    And,
    Sequence,
    Or,
    /// `)`, which is left to the group.
    Close,
    End,
}

/// `filter = WS? (expression WS?)? end`
pub(crate) fn filter<'a, B: Builder<'a>>(
    i: Input<'a>,
    b: &mut B,
) -> Result<Option<B::Expr>, Fault> {
    let start = space(i);
    if start.is_empty() {
        return Ok(None);
    }
    match expression(start, b, 0, Expected::Term) {
        Ok((_, (expr, Joint::End))) => Ok(Some(expr)),
        Ok((i, _)) => Err(Fault {
            left: i.len(),
            depth: 0,
            expected: Expected::End,
        }),
        Err(Err::Failure(fault) | Err::Error(fault)) => Err(fault),
        // Only streaming parsers are ever incomplete.
        Err(Err::Incomplete(_)) => Err(Fault::from_error_kind(i, ErrorKind::Fail)),
    }
}

/// `expression = sequence (WS "AND" WS sequence)*`
fn expression<'a, B: Builder<'a>>(
    mut i: Input<'a>,
    b: &mut B,
    depth: u8,
    mut expected: Expected,
) -> Parsed<'a, (B::Expr, Joint)> {
    let mut before = None;
    loop {
        let (rest, (operand, joint)) = sequence(i, b, depth, expected)?;
        let expr = match before {
            None => operand,
            Some(before) => b.and(before, operand),
        };
        if joint != Joint::And {
            return Ok((rest, (expr, joint)));
        }
        before = Some(expr);
        (i, expected) = (rest, Expected::Term);
    }
}

/// `sequence = factor (WS factor)*`
#[cfg_attr(not(debug_assertions), inline(always))]
fn sequence<'a, B: Builder<'a>>(
    mut i: Input<'a>,
    b: &mut B,
    depth: u8,
    mut expected: Expected,
) -> Parsed<'a, (B::Expr, Joint)> {
    let mut before = None;
    loop {
        let (rest, (operand, joint)) = factor(i, b, depth, expected)?;
        let expr = match before {
            None => operand,
            Some(before) => b.sequence(before, operand),
        };
        if joint != Joint::Sequence {
            return Ok((rest, (expr, joint)));
        }
        before = Some(expr);
        (i, expected) = (rest, Expected::Term);
    }
}

/// `factor = term (WS "OR" WS term)*`
#[cfg_attr(not(debug_assertions), inline(always))]
fn factor<'a, B: Builder<'a>>(
    mut i: Input<'a>,
    b: &mut B,
    depth: u8,
    mut expected: Expected,
) -> Parsed<'a, (B::Expr, Joint)> {
    let mut before = None;
    loop {
        let (rest, operand) = term(i, b, depth, expected)?;
        let expr = match before {
            None => operand,
            Some(before) => b.or(before, operand),
        };
        let (rest, joint) = behind_term(rest, depth)?;
        if joint != Joint::Or {
            return Ok((rest, (expr, joint)));
        }
        before = Some(expr);
        (i, expected) = (rest, Expected::Term);
    }
}

/// What stands behind a term, read up to where the next one begins.
#[cfg_attr(not(debug_assertions), inline(always))]
fn behind_term(i: Input<'_>, depth: u8) -> Parsed<'_, Joint> {
    match i {
        [] => Ok((i, Joint::End)),
        [b')', ..] => Ok((i, Joint::Close)),
        [b' ', b'A', b'N', b'D', b' ', rest @ ..] => Ok((space(rest), Joint::And)),
        [b' ', b'O', b'R', b' ', rest @ ..] => Ok((space(rest), Joint::Or)),
        _ => behind_term_spaced(i, depth),
    }
}

/// The same, for anything that is not the usual.
#[inline(never)]
fn behind_term_spaced(i: Input<'_>, depth: u8) -> Parsed<'_, Joint> {
    let next = space(i);
    if next.len() == i.len() && !next.is_empty() {
        return fail(i, depth, Expected::Joint);
    }
    match next {
        [] => Ok((next, Joint::End)),
        [b')', ..] => Ok((next, Joint::Close)),
        [b'A', b'N', b'D', rest @ ..] if ends_word(rest) => keyword(next, rest, Joint::And, depth),
        [b'O', b'R', rest @ ..] if ends_word(rest) => keyword(next, rest, Joint::Or, depth),
        [b'(', ..] => Ok((next, Joint::Sequence)),
        [byte, ..] => match chars::class(*byte) {
            Class::Space | Class::Other => fail(next, depth, Expected::Joint),
            _ => Ok((next, Joint::Sequence)),
        },
    }
}

/// White space behind the keyword at `i`.
fn keyword<'a>(i: Input<'a>, rest: Input<'a>, joint: Joint, depth: u8) -> Parsed<'a, Joint> {
    match space(rest) {
        next if next.len() < rest.len() => Ok((next, joint)),
        _ => fail(i, depth, Expected::SpaceBehind),
    }
}

/// `term = ("NOT" WS | "-")? simple`
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn term<'a, B: Builder<'a>>(
    i: Input<'a>,
    b: &mut B,
    depth: u8,
    expected: Expected,
) -> Parsed<'a, B::Expr> {
    steps::count(1);
    match i {
        [b'-', rest @ ..] => {
            let (rest, operand) = simple(rest, b, depth, Expected::Operand)?;
            Ok((rest, b.not(Negation::Minus, operand, i.len())))
        }
        [b'N', b'O', b'T', rest @ ..] if ends_word(rest) => {
            let (rest, _) = keyword(i, rest, Joint::Sequence, depth)?;
            let (rest, operand) = simple(rest, b, depth, Expected::Operand)?;
            Ok((rest, b.not(Negation::Keyword, operand, i.len())))
        }
        _ => simple(i, b, depth, expected),
    }
}

/// `simple = restriction | "(" WS? expression WS? ")"`
#[cfg_attr(not(debug_assertions), inline(always))]
fn simple<'a, B: Builder<'a>>(
    i: Input<'a>,
    b: &mut B,
    depth: u8,
    expected: Expected,
) -> Parsed<'a, B::Expr> {
    match i {
        [b'(', ..] => {
            let (rest, expr) = parentheses(i, b, depth)?;
            Ok((rest, b.group(expr, i.len(), rest.len())))
        }
        _ => restriction(i, b, depth, expected),
    }
}

/// `"(" WS? expression WS? ")"`
fn parentheses<'a, B: Builder<'a>>(i: Input<'a>, b: &mut B, depth: u8) -> Parsed<'a, B::Expr> {
    let [_, body @ ..] = i else {
        return fail(i, depth, Expected::GroupBody);
    };
    let inside = deeper(i, depth)?;
    match expression(space(body), b, inside, Expected::GroupBody)? {
        ([_, rest @ ..], (expr, Joint::Close)) => Ok((rest, expr)),
        _ => fail(i, depth, Expected::Closing),
    }
}

/// The depth inside the parenthesis at `i`.
fn deeper(i: Input<'_>, depth: u8) -> Result<u8, Err<Fault>> {
    if depth < MAX_DEPTH {
        return Ok(depth + 1);
    }
    fail::<()>(i, depth, Expected::Shallower).map(|_| depth)
}

/// `restriction = comparable (WS? comparator WS? arg)?`
#[cfg_attr(not(debug_assertions), inline(always))]
fn restriction<'a, B: Builder<'a>>(
    i: Input<'a>,
    b: &mut B,
    depth: u8,
    expected: Expected,
) -> Parsed<'a, B::Expr> {
    let (rest, comparable) = comparable(i, b, depth, expected)?;
    let next = space(rest);
    let (comparator, behind) = match next {
        [b'=', behind @ ..] => (Comparator::Equal, behind),
        [b'!', b'=', behind @ ..] => (Comparator::NotEqual, behind),
        [b':', behind @ ..] => (Comparator::Has, behind),
        [b'<', b'=', behind @ ..] => (Comparator::LessOrEqual, behind),
        [b'<', behind @ ..] => (Comparator::Less, behind),
        [b'>', b'=', behind @ ..] => (Comparator::GreaterOrEqual, behind),
        [b'>', behind @ ..] => (Comparator::Greater, behind),
        [b'!', ..] => return fail(next, depth, Expected::Comparator),
        _ => return Ok((rest, b.bare(comparable))),
    };
    let (rest, arg) = arg(space(behind), b, depth)?;
    Ok((rest, b.comparison(comparable, comparator, next.len(), arg)))
}

/// `arg = comparable | "(" WS? expression WS? ")" | "-" TEXT ("." TEXT)*`
#[cfg_attr(not(debug_assertions), inline(always))]
fn arg<'a, B: Builder<'a>>(i: Input<'a>, b: &mut B, depth: u8) -> Parsed<'a, B::Arg> {
    steps::count(1);
    match i {
        [b'(', ..] => {
            let (rest, expr) = parentheses(i, b, depth)?;
            Ok((rest, b.group_arg(expr, i.len(), rest.len())))
        }
        [b'-', ..] => negative(i, b, depth),
        _ => {
            let (rest, comparable) = comparable(i, b, depth, Expected::Arg)?;
            Ok((rest, b.arg(comparable)))
        }
    }
}

/// `"-" TEXT ("." TEXT)*`
#[cold]
fn negative<'a, B: Builder<'a>>(i: Input<'a>, b: &mut B, depth: u8) -> Parsed<'a, B::Arg> {
    let mut rest = i;
    while let [b'-' | b'.', digits @ ..] = rest {
        let token = text(digits);
        if matches!(token.raw, [] | [b'-', ..]) || is_keyword(token.raw) {
            return fail(digits, depth, Expected::Literal);
        }
        rest = behind(digits, token);
    }
    let token = Token {
        raw: before(i, rest),
        left: rest.len(),
        quotes: Quotes::None,
        escaped: false,
    };
    Ok((rest, b.negative(token)))
}

/// ```text
/// comparable = member | function
/// member     = value ("." field)*
/// function   = TEXT ("." name)* "(" WS? (arg (WS? "," WS? arg)*)? WS? ")"
/// ```
#[cfg_attr(not(debug_assertions), inline(always))]
fn comparable<'a, B: Builder<'a>>(
    i: Input<'a>,
    b: &mut B,
    depth: u8,
    expected: Expected,
) -> Parsed<'a, B::Comparable> {
    let (mut rest, token) = value(i, depth, expected)?;
    if token.raw.len() <= 3 && is_keyword(token.raw) {
        return fail(i, depth, expected);
    }
    let mut callable = token.quotes == Quotes::None;
    let mut member = b.value(token);
    while let [b'.', field @ ..] = rest {
        let token;
        steps::count(1);
        (rest, token) = value(field, depth, Expected::Field)?;
        callable &= token.quotes == Quotes::None;
        member = b.field(member, token, before(i, rest));
    }
    match rest {
        [b'(', ..] if callable => call(rest, member, b, depth),
        _ => Ok((rest, b.member(member))),
    }
}

/// `"(" WS? (arg (WS? "," WS? arg)*)? WS? ")"`, behind the function's name
#[cold]
fn call<'a, B: Builder<'a>>(
    i: Input<'a>,
    name: B::Member,
    b: &mut B,
    depth: u8,
) -> Parsed<'a, B::Comparable> {
    let inside = deeper(i, depth)?;
    let mut args = B::Args::default();
    let mut next = space(i.get(1..).unwrap_or_default());
    if let [b')', rest @ ..] = next {
        return Ok((rest, b.call(name, args, rest.len())));
    }
    loop {
        if next.is_empty() {
            return fail(i, depth, Expected::Closing);
        }
        let (rest, operand) = arg(next, b, inside)?;
        b.push_arg(&mut args, operand);
        match space(rest) {
            [b',', rest @ ..] => next = space(rest),
            [b')', rest @ ..] => return Ok((rest, b.call(name, args, rest.len()))),
            [] => return fail(i, depth, Expected::Closing),
            rest => return fail(rest, inside, Expected::ArgEnd),
        }
    }
}
