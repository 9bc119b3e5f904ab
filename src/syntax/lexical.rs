//! The leaves of the grammar (TEXT, STRING, white space, escapes), and how a rule fails.
//!
//! TEXT, STRING and white space are hand-written, and read each byte once; the rest is nom's.

#![expect(
    clippy::inline_always,
    reason = "the loops over the bytes are faster where the rules that use them can see them"
)]

use nom::branch::alt;
use nom::bytes::complete::take;
use nom::character::complete::{char, one_of};
use nom::combinator::{all_consuming, map_opt, map_parser, value as to, verify};
use nom::error::{ErrorKind, ParseError};
use nom::number::complete::hex_u32;
use nom::sequence::preceded;
use nom::{Err, IResult, Parser};

use crate::chars::{self, ByteClass};

pub(crate) type Input<'a> = &'a [u8];
pub(crate) type Parsed<'a, O> = IResult<Input<'a>, O, Mismatch>;

/// Where a rule failed, and what it expected there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// Number of bytes left.
    pub(crate) left: usize,
    /// Number of enclosing parentheses.
    pub(crate) depth: u8,
    pub(crate) expected: Expected,
}

/// What a rule expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// A term.
    Term,
    /// A term, after an opening parenthesis.
    GroupBody,
    /// The operand of `NOT` or `-`.
    Operand,
    /// The right side of a comparison, or an argument.
    Arg,
    /// A field, after a dot.
    Field,
    /// The digits of a negative literal, or of its fraction.
    Literal,
    /// `AND`, `OR`, another term, or the end.
    Connective,
    /// `,` or `)`.
    ArgEnd,
    /// A comparator instead of a lone `!`.
    Comparator,
    /// White space after the keyword that begins here.
    SpaceAfter,
    /// The end of the string that begins here.
    StringEnd,
    /// A valid escape sequence.
    Escape,
    /// The end of the group or call that begins here.
    Closing,
    /// The end instead of a closing parenthesis.
    End,
    /// Less nesting than with the parenthesis that opens here.
    Shallower,
}

/// A mismatch: another rule may still match. What was expected is known to [`expect`] only, so `depth`
/// and `expected` are placeholders here.
impl ParseError<Input<'_>> for Mismatch {
    #[inline]
    fn from_error_kind(input: Input<'_>, _: ErrorKind) -> Self {
        Self {
            left: input.len(),
            depth: 0,
            expected: Expected::Escape,
        }
    }

    #[inline]
    fn append(_: Input<'_>, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// An error that ends the parse, because no other rule can match.
#[cold]
pub(super) fn failure(at: Input<'_>, depth: u8, expected: Expected) -> Err<Mismatch> {
    Err::Failure(Mismatch {
        left: at.len(),
        depth,
        expected,
    })
}

/// An error after which another rule may still match.
#[inline]
fn mismatch<O>(i: Input<'_>) -> Parsed<'_, O> {
    Err(Err::Error(Mismatch::from_error_kind(i, ErrorKind::Fail)))
}

/// Parses what must follow: a mismatch becomes a failure at `at`. Like nom's `cut`, with a reason.
#[inline]
pub(super) fn expect<'a, O>(
    at: Input<'a>,
    depth: u8,
    expected: Expected,
    mut rule: impl Parser<Input<'a>, Output = O, Error = Mismatch>,
) -> impl FnMut(Input<'a>) -> Parsed<'a, O> {
    move |i| match rule.parse(i) {
        Err(Err::Error(_)) => Err(failure(at, depth, expected)),
        parsed => parsed,
    }
}

/// `field = TEXT | STRING | keyword`
#[inline(always)]
pub(super) fn field(i: Input<'_>, depth: u8, expected: Expected) -> Parsed<'_, &[u8]> {
    match i {
        [quote @ (b'"' | b'\''), body @ ..] => string(i, *quote, body, depth),
        _ => text(i).map_err(|_| failure(i, depth, expected)),
    }
}

/// `value = TEXT | STRING`
#[inline(always)]
pub(super) fn value(i: Input<'_>, depth: u8, expected: Expected) -> Parsed<'_, &[u8]> {
    match field(i, depth, expected) {
        Ok((_, raw)) if is_keyword(raw) => Err(failure(i, depth, expected)),
        parsed => parsed,
    }
}

/// TEXT, or a keyword
#[inline(always)]
pub(super) fn text(i: Input<'_>) -> Parsed<'_, &[u8]> {
    let length = i
        .iter()
        .position(|byte| !matches!(chars::class(*byte), ByteClass::Text | ByteClass::Hyphen))
        .unwrap_or(i.len());
    let (raw, rest) = i.split_at(length);
    match (raw, rest) {
        ([b'-', ..], _) => mismatch(i),
        (_, [byte, ..]) if chars::class(*byte) == ByteClass::Wide => wide_text(i, rest),
        ([], _) => mismatch(i),
        _ => Ok((rest, raw)),
    }
}

/// The slow path of [`text`], where a character at `rest` is not ASCII.
#[cold]
fn wide_text<'a>(i: Input<'a>, mut rest: Input<'a>) -> Parsed<'a, &'a [u8]> {
    while let Some(c) = text_character(rest) {
        (_, rest) = rest.split_at(c.len_utf8());
    }
    match before(i, rest) {
        [] => mismatch(i),
        raw => Ok((rest, raw)),
    }
}

/// The first character, if it can continue a TEXT.
fn text_character(i: Input<'_>) -> Option<char> {
    let start = i.get(..4).unwrap_or(i);
    let c = start.utf8_chunks().next()?.valid().chars().next()?;
    let is_text = match u8::try_from(c).map(chars::class) {
        Ok(ByteClass::Text | ByteClass::Hyphen) => true,
        Ok(ByteClass::Space | ByteClass::Quote | ByteClass::Other) => false,
        Ok(ByteClass::Wide) | Err(_) => chars::is_wide_text(c),
    };
    is_text.then_some(c)
}

/// Returns whether a text is a member without strings: `TEXT ("." (TEXT | keyword))*`.
pub(crate) fn is_plain_member(plain: &str) -> bool {
    let mut values = plain.split('.');
    let is_text = |value: &str| text(value.as_bytes()).is_ok_and(|(rest, _)| rest.is_empty());
    let first = values.next().unwrap_or_default();
    is_text(first) && !is_keyword(first.as_bytes()) && values.all(is_text)
}

/// The end of a word, consuming nothing
#[inline]
pub(super) fn end_of_word(i: Input<'_>) -> Parsed<'_, ()> {
    let ends = match i.first().map(|byte| chars::class(*byte)) {
        Some(ByteClass::Text | ByteClass::Hyphen) => false,
        Some(ByteClass::Wide) => text_character(i).is_none(),
        _ => true,
    };
    if ends { Ok((i, ())) } else { mismatch(i) }
}

/// What a term can begin with, or a character beyond ASCII
#[inline]
pub(super) fn term_start(i: Input<'_>) -> Parsed<'_, ()> {
    match i {
        [byte, ..]
            if *byte == b'('
                || !matches!(chars::class(*byte), ByteClass::Space | ByteClass::Other) =>
        {
            Ok((i, ()))
        }
        _ => mismatch(i),
    }
}

/// TEXT that is not a keyword
pub(super) fn literal(i: Input<'_>) -> Parsed<'_, &[u8]> {
    verify(text, |text: &[u8]| !is_keyword(text)).parse(i)
}

/// `STRING = '"' … '"' | "'" … "'"`
#[inline(always)]
fn string<'a>(i: Input<'a>, quote: u8, body: Input<'a>, depth: u8) -> Parsed<'a, &'a [u8]> {
    let end = body
        .iter()
        .position(|byte| *byte == quote || *byte == b'\\');
    match end.and_then(|end| body.get(end..)) {
        Some(rest @ [b'\\', ..]) => escaped_string(i, quote, rest, depth),
        Some([_, rest @ ..]) => Ok((rest, before(i, rest))),
        _ => Err(failure(i, depth, Expected::StringEnd)),
    }
}

/// The slow path of [`string`], for one with escapes.
#[cold]
fn escaped_string<'a>(
    i: Input<'a>,
    quote: u8,
    mut body: Input<'a>,
    depth: u8,
) -> Parsed<'a, &'a [u8]> {
    loop {
        match body {
            [] | [b'\\'] => return Err(failure(i, depth, Expected::StringEnd)),
            [b'\\', ..] => {
                (body, _) = expect(body, depth, Expected::Escape, escape).parse(body)?;
            }
            [byte, rest @ ..] if *byte == quote => {
                return Ok((rest, before(i, rest)));
            }
            [_, rest @ ..] => body = rest,
        }
    }
}

/// `escape = "\" ( "\" | '"' | "'" | "n" | "r" | "t" | "u" HEX{4} | "U" HEX{8} )`
pub(super) fn escape(i: Input<'_>) -> Parsed<'_, char> {
    let escaped = alt((
        one_of("\\\"'"),
        to('\n', char('n')),
        to('\r', char('r')),
        to('\t', char('t')),
        preceded(char('u'), scalar(4)),
        preceded(char('U'), scalar(8)),
    ));
    preceded(char('\\'), escaped).parse(i)
}

/// A Unicode scalar value in hexadecimal digits
fn scalar<'a>(digits: usize) -> impl Parser<Input<'a>, Output = char, Error = Mismatch> {
    let number = map_parser(take(digits), all_consuming(hex_u32));
    map_opt(number, char::from_u32)
}

/// `WS?`: spaces, tabs, carriage returns and line feeds
#[inline(always)]
#[expect(clippy::unnecessary_wraps, reason = "a parser")]
pub(super) fn ws(i: Input<'_>) -> Parsed<'_, &[u8]> {
    let mut rest = i;
    while let [b' ' | b'\t' | b'\r' | b'\n', after @ ..] = rest {
        rest = after;
    }
    Ok((rest, before(i, rest)))
}

/// `WS`
#[inline]
pub(super) fn ws1(i: Input<'_>) -> Parsed<'_, &[u8]> {
    verify(ws, |space: &[u8]| !space.is_empty()).parse(i)
}

/// `keyword = "AND" | "OR" | "NOT"`
#[inline]
pub(super) fn is_keyword(word: &[u8]) -> bool {
    matches!(word, b"AND" | b"OR" | b"NOT")
}

/// The part of `i` before its end `rest`.
#[inline]
pub(super) fn before<'a>(i: Input<'a>, rest: Input<'a>) -> &'a [u8] {
    i.split_at(i.len() - rest.len()).0
}
