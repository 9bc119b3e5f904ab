//! Field masks: `fields` selects parts of a response, `updateMask` names the fields to change.

use std::collections::BTreeMap;

use nom::branch::alt;
use nom::bytes::complete::{take_while, take_while1};
use nom::character::complete::{char, one_of};
use nom::combinator::{opt, peek};
use nom::error::{ErrorKind, ParseError};
use nom::multi::separated_list1;
use nom::sequence::{delimited, preceded};
use nom::{Finish, IResult, Parser};
use serde_json::{Map, Value};
use thiserror::Error;

use super::case::camel_case;
use crate::diagnostic::Quoted;

/// Maximum length of a mask, in bytes (design decision): many short names would take far more memory
/// than the mask.
const MAX_LEN: usize = 4096;

/// Maximum nesting depth of a mask.
const MAX_DEPTH: usize = 8;

/// The value of `fields`: the parts of a response to return.
///
/// Paths are separated by commas, the names in a path by `/` or `.`. `a(b,c)` is short for
/// `a/b,a/c`. `*` is every field, and cannot have subfields. Names are in lowerCamelCase or
/// `snake_case`.
///
/// ```
/// use gchat_filter::list::FieldMask;
/// use serde_json::json;
///
/// let mut page = json!({
///     "memberships": [{"name": "spaces/A/members/1", "role": "ROLE_MEMBER"}],
///     "nextPageToken": "…",
/// });
/// if let Some(mask) = FieldMask::parse("memberships/name")? {
///     mask.apply(&mut page);
/// }
/// assert_eq!(page, json!({"memberships": [{"name": "spaces/A/members/1"}]}));
/// # Ok::<(), gchat_filter::list::InvalidMask>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldMask(BTreeMap<String, FieldMask>);

/// The error for an invalid mask.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct InvalidMask(String);

impl FieldMask {
    /// Parses a mask. Returns `None` for an empty mask and for `*`, which select everything.
    ///
    /// # Errors
    ///
    /// If the mask is malformed, such as `memberships(`, `a,,b` or `a b`, longer than 4096 bytes, or
    /// nested more than eight levels deep.
    pub fn parse(text: &str) -> Result<Option<Self>, InvalidMask> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        if text.len() > MAX_LEN {
            return Err(InvalidMask(format!(
                "the mask is {} bytes long, but the limit is {MAX_LEN} bytes",
                text.len()
            )));
        }
        let parsed = paths(MAX_DEPTH, text).finish();
        let (rest, paths) = parsed.map_err(|error| InvalidMask(error.to_string()))?;
        if !rest.is_empty() {
            return Err(InvalidMask(format!(
                "unexpected {} in the mask",
                Quoted(rest)
            )));
        }
        let mut mask = Self::default();
        mask.insert(paths);
        // Names next to a `*` are kept: the caller still has to check them.
        let is_all = mask.is_all() && mask.0.len() == 1;
        Ok((!is_all).then_some(mask))
    }

    /// Adds paths. Subfields do not narrow a field that is selected in full.
    fn insert(&mut self, paths: Vec<Path<'_>>) {
        for Path { name, subfields } in paths {
            let name = camel_case(name).unwrap_or_else(|| name.to_owned());
            let is_full = self.0.get(&name).is_some_and(|mask| mask.0.is_empty());
            let mask = self.0.entry(name).or_default();
            if is_full || subfields.is_empty() {
                mask.0.clear();
            } else {
                mask.insert(subfields);
            }
        }
    }

    /// Returns whether the mask selects every field.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.0.is_empty() || self.0.contains_key("*")
    }

    /// Returns the mask for the subfields of a field; `None` if the field is not selected.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Self> {
        static ALL: FieldMask = FieldMask(BTreeMap::new());
        if self.is_all() {
            return Some(&ALL);
        }
        self.0.get(name)
    }

    /// Returns the top-level names in lowerCamelCase. There may be others next to a `*`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns the top-level names with the masks for their subfields.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.0.iter().map(|(name, below)| (name.as_str(), below))
    }

    /// Removes the fields of a message that the mask does not select. In an array, the mask applies to
    /// each item. Fields that are or become empty messages are removed too.
    pub fn apply(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => fields.retain(|name, value| {
                let Some(below) = self.field(name) else {
                    return false;
                };
                below.apply(value);
                !value.as_object().is_some_and(Map::is_empty)
            }),
            Value::Array(items) => items.iter_mut().for_each(|item| self.apply(item)),
            _ => {}
        }
    }
}

/// A field, and the subfields to select; none selects all of it.
struct Path<'a> {
    name: &'a str,
    subfields: Vec<Path<'a>>,
}

/// Why a mask is malformed.
#[derive(Clone, Copy, Debug, Error)]
enum MaskError {
    #[error("missing field name in the mask")]
    MissingName,
    #[error("`*` cannot be part of a name or have subfields")]
    Wildcard,
    #[error("missing `)` in the mask")]
    Unclosed,
    #[error("the mask is nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
}

impl MaskError {
    /// Parses what must follow: a mismatch becomes a failure.
    fn expect<'a, O>(
        self,
        mut rule: impl Parser<&'a str, Output = O, Error = Self>,
    ) -> impl FnMut(&'a str) -> IResult<&'a str, O, Self> {
        move |i| match rule.parse(i) {
            Err(nom::Err::Error(_)) => Err(nom::Err::Failure(self)),
            parsed => parsed,
        }
    }
}

/// A mismatch, which another rule or [`MaskError::expect`] replaces.
impl ParseError<&str> for MaskError {
    fn from_error_kind(_: &str, _: ErrorKind) -> Self {
        Self::MissingName
    }

    fn append(_: &str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// `paths = WS? path WS? ("," WS? path WS?)*`
fn paths(depth: usize, i: &str) -> IResult<&str, Vec<Path<'_>>, MaskError> {
    let space = || take_while(char::is_whitespace);
    separated_list1(char(','), delimited(space(), |i| path(depth, i), space())).parse(i)
}

/// `path = name (("/" | ".") path | "(" paths ")")?`
fn path(depth: usize, i: &str) -> IResult<&str, Path<'_>, MaskError> {
    let Some(below) = depth.checked_sub(1) else {
        return Err(nom::Err::Failure(MaskError::TooDeep));
    };
    let (rest, name) = MaskError::MissingName
        .expect(take_while1(is_name))
        .parse(i)?;
    let has_subfields = peek(one_of::<_, _, MaskError>("/.(")).parse(rest).is_ok();
    if name.contains('*') && (name != "*" || has_subfields) {
        return Err(nom::Err::Failure(MaskError::Wildcard));
    }
    let single = preceded(one_of("/."), |i| path(below, i)).map(|path| vec![path]);
    let close = MaskError::Unclosed.expect(char(')'));
    let group = delimited(char('('), |i| paths(below, i), close);
    let (rest, subfields) = opt(alt((single, group))).parse(rest)?;
    let subfields = subfields.unwrap_or_default();
    Ok((rest, Path { name, subfields }))
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '*'
}

/// The field that a patch changes: the value of a valid `updateMask`.
///
/// There is only one variant, because only one field of a membership can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UpdateMask {
    /// `role`, or `*`, which is equivalent.
    Role,
}

impl UpdateMask {
    /// Parses a mask.
    ///
    /// # Errors
    ///
    /// If the mask is empty, or has a path other than `role` and `*`, such as `state` or
    /// `role,member.name`.
    pub fn parse(text: &str) -> Result<Self, InvalidMask> {
        if text.trim().is_empty() {
            return Err(InvalidMask("required: `role` or `*`".to_owned()));
        }
        for path in text.split(',').map(str::trim) {
            if path != "role" && path != "*" {
                return Err(InvalidMask(format!(
                    "expected `role` or `*`, found {}",
                    Quoted(path)
                )));
            }
        }
        Ok(Self::Role)
    }
}
