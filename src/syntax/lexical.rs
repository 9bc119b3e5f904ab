//! The grammar's words: TEXT, STRING, white space; and how a rule fails.

#![cfg_attr(
    not(debug_assertions),
    expect(
        clippy::inline_always,
        reason = "the rules between two parentheses are one function, as a hand-written parser has \
                  it: that halves the time; but unoptimised its stack frame would be huge"
    )
)]

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n};
use nom::character::complete::one_of;
use nom::combinator::{map_opt, map_res};
use nom::error::{ErrorKind, ParseError};
use nom::sequence::preceded;
use nom::{Err, IResult, Parser};

use super::chars::{self, Class};
use super::tree::Quotes;
use crate::steps;

pub(crate) type Input<'a> = &'a [u8];
pub(crate) type Parsed<'a, O> = IResult<Input<'a>, O, Fault>;

/// Where a rule failed, and what it expected there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// How many bytes were left.
    pub(crate) left: usize,
    /// How many parentheses were open.
    pub(crate) depth: u8,
    pub(crate) expected: Expected,
}

/// What a rule expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// A term.
    Term,
    /// A term, behind an opening parenthesis.
    GroupBody,
    /// What `NOT` or `-` negates.
    Operand,
    /// The right side of a comparison, or an argument.
    Arg,
    /// A field, behind a dot.
    Field,
    /// The digits of a negative literal, or of its fraction.
    Literal,
    /// `AND`, `OR`, a further term, or the end.
    Joint,
    /// `,` or `)`.
    ArgEnd,
    /// A comparator, where a lone `!` stands.
    Comparator,
    /// White space behind the keyword that stands here.
    SpaceBehind,
    /// The end of the string that opens here.
    StringEnd,
    /// An escape that exists.
    Escape,
    /// The end of the group or call that opens here.
    Closing,
    /// The end, where a closing parenthesis stands.
    End,
    /// Less nesting than with the parenthesis that opens here.
    Shallower,
}

impl ParseError<Input<'_>> for Fault {
    fn from_error_kind(input: Input<'_>, _: ErrorKind) -> Self {
        Self {
            left: input.len(),
            depth: 0,
            expected: Expected::Escape,
        }
    }

    fn append(_: Input<'_>, _: ErrorKind, other: Self) -> Self {
        other
    }
}

impl<E> nom::error::FromExternalError<Input<'_>, E> for Fault {
    fn from_external_error(input: Input<'_>, kind: ErrorKind, _: E) -> Self {
        Self::from_error_kind(input, kind)
    }
}

#[cold]
pub(super) fn fail<O>(i: Input<'_>, depth: u8, expected: Expected) -> Parsed<'_, O> {
    Err(Err::Failure(Fault {
        left: i.len(),
        depth,
        expected,
    }))
}

/// A TEXT or a STRING as it stands.
#[derive(Clone, Copy)]
pub(crate) struct Token<'a> {
    /// Its bytes, with the quotation marks.
    pub(crate) raw: &'a [u8],
    /// How many bytes are left behind it.
    pub(crate) left: usize,
    pub(crate) quotes: Quotes,
    /// Whether it is a string with escapes.
    pub(crate) escaped: bool,
}

/// Whether what stands before `rest` is a whole word.
#[inline]
pub(super) fn ends_word(rest: Input<'_>) -> bool {
    match rest.first().map(|byte| chars::class(*byte)) {
        Some(Class::Text | Class::Hyphen) => false,
        Some(Class::Wide) => wide_text(rest).len() == rest.len(),
        _ => true,
    }
}

/// `value = TEXT | STRING`, and the keywords, which the caller tells apart
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn value(i: Input<'_>, depth: u8, expected: Expected) -> Parsed<'_, Token<'_>> {
    match i {
        [quote @ (b'"' | b'\''), body @ ..] => string(i, *quote, body, depth),
        [b'-', ..] => fail(i, depth, expected),
        _ => {
            let token = text(i);
            if token.raw.is_empty() {
                return fail(i, depth, expected);
            }
            Ok((behind(i, token), token))
        }
    }
}

/// A TEXT; empty if there is none.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn text(i: Input<'_>) -> Token<'_> {
    let length = i
        .iter()
        .position(|byte| !matches!(chars::class(*byte), Class::Text | Class::Hyphen))
        .unwrap_or(i.len());
    steps::count(length);
    let (mut raw, mut rest) = i.split_at_checked(length).unwrap_or((i, &[]));
    if rest
        .first()
        .is_some_and(|byte| chars::class(*byte) == Class::Wide)
    {
        rest = wide_text(rest);
        raw = before(i, rest);
    }
    Token {
        raw,
        left: rest.len(),
        quotes: Quotes::None,
        escaped: false,
    }
}

/// What is left behind the rest of a TEXT that has characters beyond ASCII.
#[cold]
fn wide_text(i: Input<'_>) -> Input<'_> {
    let mut rest = i;
    while let Some(c) = character(rest) {
        let is_text = match rest.first().map(|byte| chars::class(*byte)) {
            Some(Class::Wide) => chars::is_wide_text(c),
            class => matches!(class, Some(Class::Text | Class::Hyphen)),
        };
        if !is_text {
            break;
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    steps::count(i.len() - rest.len());
    rest
}

/// The first character of a text's bytes.
fn character(i: Input<'_>) -> Option<char> {
    let start = i.get(..4).unwrap_or(i);
    start.utf8_chunks().next()?.valid().chars().next()
}

/// A STRING: `"…"` or `'…'`
#[cfg_attr(not(debug_assertions), inline(always))]
fn string<'a>(i: Input<'a>, quote: u8, body: Input<'a>, depth: u8) -> Parsed<'a, Token<'a>> {
    let end = body
        .iter()
        .position(|byte| *byte == quote || *byte == b'\\');
    steps::count(end.unwrap_or(body.len()));
    match end.and_then(|end| body.get(end..)) {
        Some([b'\\', ..]) => escaped_string(i, quote, body, depth),
        Some([_, rest @ ..]) => Ok((rest, quoted(i, rest, quote, false))),
        _ => fail(i, depth, Expected::StringEnd),
    }
}

/// A STRING that has escapes.
#[cold]
fn escaped_string<'a>(
    i: Input<'a>,
    quote: u8,
    body: Input<'a>,
    depth: u8,
) -> Parsed<'a, Token<'a>> {
    let mut rest = body;
    loop {
        steps::count(1);
        match rest {
            [] | [b'\\'] => return fail(i, depth, Expected::StringEnd),
            [b'\\', ..] => match escape(rest) {
                Ok((behind, _)) => rest = behind,
                Err(_) => return fail(rest, depth, Expected::Escape),
            },
            [byte, behind @ ..] => {
                rest = behind;
                if *byte == quote {
                    return Ok((rest, quoted(i, rest, quote, true)));
                }
            }
        }
    }
}

fn quoted<'a>(i: Input<'a>, rest: Input<'a>, quote: u8, escaped: bool) -> Token<'a> {
    Token {
        raw: before(i, rest),
        left: rest.len(),
        quotes: if quote == b'"' {
            Quotes::Double
        } else {
            Quotes::Single
        },
        escaped,
    }
}

/// `escape = "\" ( "\" | '"' | "'" | "n" | "r" | "t" | "u" HEX{4} | "U" HEX{8} )`
pub(super) fn escape(i: Input<'_>) -> Parsed<'_, char> {
    preceded(
        tag(&b"\\"[..]),
        alt((
            one_of("\\\"'"),
            one_of("nrt").map(|c| match c {
                'n' => '\n',
                'r' => '\r',
                _ => '\t',
            }),
            preceded(tag(&b"u"[..]), scalar(4)),
            preceded(tag(&b"U"[..]), scalar(8)),
        )),
    )
    .parse_complete(i)
}

/// A Unicode scalar value of so many hexadecimal digits.
fn scalar<'a>(digits: usize) -> impl Parser<Input<'a>, Output = char, Error = Fault> {
    let number = map_res(
        take_while_m_n(digits, digits, |byte: u8| byte.is_ascii_hexdigit()),
        |digits| std::str::from_utf8(digits).map(|digits| u32::from_str_radix(digits, 16)),
    );
    map_opt(number, |value| value.ok().and_then(char::from_u32))
}

/// `WS?`, a run of space, tab, CR, LF
#[inline]
pub(super) fn space(i: Input<'_>) -> Input<'_> {
    let mut rest = i;
    while let [b' ' | b'\t' | b'\r' | b'\n', behind @ ..] = rest {
        rest = behind;
    }
    steps::count(i.len() - rest.len());
    rest
}

/// `AND`, `OR` or `NOT`, in upper case
#[inline]
pub(super) fn is_keyword(word: &[u8]) -> bool {
    matches!(word, b"AND" | b"OR" | b"NOT")
}

/// What of `i` stands before `rest`, its end.
#[inline]
pub(super) fn before<'a>(i: Input<'a>, rest: Input<'a>) -> &'a [u8] {
    i.get(..i.len() - rest.len()).unwrap_or_default()
}

/// What stands behind the token with which `i` begins.
#[inline]
pub(super) fn behind<'a>(i: Input<'a>, token: Token<'a>) -> Input<'a> {
    i.get(token.raw.len()..).unwrap_or_default()
}
