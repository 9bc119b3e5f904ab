//! Field masks: `fields`, which parts of an answer to send, and `updateMask`, what to change.

use std::collections::BTreeMap;

use thiserror::Error;

use super::query::camel_case;
use crate::diagnostic::Quoted;

/// How deeply a mask may nest.
const DEPTH: usize = 8;

/// The parts of an answer that a caller wants: the value of `fields`.
///
/// Paths are joined by commas, steps of a path by `/` or `.`, and `a(b,c)` is `a/b,a/c`; `*` is
/// every field. Nothing stands below a `*`. Names are in lowerCamelCase or `snake_case`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldMask(BTreeMap<String, FieldMask>);

/// A mask that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct BadMask(String);

impl FieldMask {
    /// Reads a mask; `None` for an empty one and for `*`, which ask for everything.
    ///
    /// # Errors
    ///
    /// If it is no mask: `memberships(`, `a,,b`, `a b`, or one that is nested more than eight
    /// deep.
    pub fn parse(text: &str) -> Result<Option<Self>, BadMask> {
        let mut mask = Self::default();
        if text.trim().is_empty() {
            return Ok(None);
        }
        let rest = mask.read(text, DEPTH)?;
        if !rest.is_empty() {
            return Err(BadMask(format!("unexpected {} in the mask", Quoted(rest))));
        }
        // What stands beside a `*` is kept, for it may be wrong.
        let is_all = mask.0.is_empty() || mask.is_all() && mask.0.len() == 1;
        Ok((!is_all).then_some(mask))
    }

    /// Whether it asks for every field.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.0.is_empty() || self.0.contains_key("*")
    }

    /// What it asks for below a field; `None` if it does not ask for the field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Self> {
        static ALL: FieldMask = FieldMask(BTreeMap::new());
        if self.is_all() {
            return Some(&ALL);
        }
        self.0.get(name)
    }

    /// The names that it has at its top, in lowerCamelCase; there may be some beside a `*`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The names that it has at its top, each with what it asks for below it.
    #[cfg(feature = "mock")]
    pub(crate) fn below(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.0.iter().map(|(name, below)| (name.as_str(), below))
    }

    /// Reads paths up to a closing parenthesis or the end; returns what is behind them.
    fn read<'t>(&mut self, mut text: &'t str, depth: usize) -> Result<&'t str, BadMask> {
        loop {
            text = self.read_path(text.trim_start(), depth)?.trim_start();
            match text.strip_prefix(',') {
                Some(rest) => text = rest,
                None => return Ok(text),
            }
        }
    }

    fn read_path<'t>(&mut self, text: &'t str, depth: usize) -> Result<&'t str, BadMask> {
        if depth == 0 {
            return Err(BadMask(format!("nested more than {DEPTH} deep")));
        }
        let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '*');
        let (name, rest) = text
            .split_at_checked(text.find(ends).unwrap_or(text.len()))
            .unwrap_or((text, ""));
        if name.is_empty() {
            return Err(BadMask("a field name is missing in the mask".to_owned()));
        }
        if name.contains('*') && (name != "*" || rest.starts_with(['/', '.', '('])) {
            let message = "a `*` stands alone in the mask, with nothing below it";
            return Err(BadMask(message.to_owned()));
        }
        let name = camel_case(name).unwrap_or_else(|| name.to_owned());
        let known = self.0.contains_key(&name);
        let below = self.0.entry(name).or_default();
        // A field that was asked for as a whole stays so.
        let whole = known && below.0.is_empty();
        let rest = if let Some(rest) = rest.strip_prefix(['/', '.']) {
            below.read_path(rest, depth - 1)?
        } else if let Some(rest) = rest.strip_prefix('(') {
            let rest = below.read(rest, depth - 1)?;
            let unclosed = || BadMask("a `)` is missing in the mask".to_owned());
            rest.strip_prefix(')').ok_or_else(unclosed)?
        } else {
            below.0.clear();
            rest
        };
        if whole {
            below.0.clear();
        }
        Ok(rest)
    }
}

/// What a patch changes: the value of `updateMask`, once it is known to be a good one.
///
/// A membership has one field that can be changed, so there is one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UpdateMask {
    /// `role`, or `*`, which is the same here.
    Role,
}

impl UpdateMask {
    /// Reads a mask, in lowerCamelCase or `snake_case`.
    ///
    /// # Errors
    ///
    /// If it is empty, or has a path other than `role` and `*`: `state`, `role,member.name`.
    pub fn parse(text: &str) -> Result<Self, BadMask> {
        if text.trim().is_empty() {
            return Err(BadMask(
                "required: `role` is the field that can be updated".to_owned(),
            ));
        }
        for path in text.split(',').map(str::trim) {
            if path != "role" && path != "*" {
                return Err(BadMask(format!(
                    "expected `role` or `*`, found {}",
                    Quoted(path)
                )));
            }
        }
        Ok(Self::Role)
    }
}
