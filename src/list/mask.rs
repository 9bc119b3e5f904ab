//! Field masks: `fields` selects parts of a response, `updateMask` names the fields to change.

use std::collections::BTreeMap;

use thiserror::Error;

use super::query::camel_case;
use crate::diagnostic::Quoted;

/// Maximum nesting depth of a mask.
const MAX_DEPTH: usize = 8;

/// The value of `fields`: the parts of a response to return.
///
/// Paths are separated by commas, the names in a path by `/` or `.`. `a(b,c)` is short for
/// `a/b,a/c`. `*` is every field, and cannot have subfields. Names are in lowerCamelCase or
/// `snake_case`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldMask(BTreeMap<String, FieldMask>);

/// The error for an invalid mask.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct BadMask(String);

impl FieldMask {
    /// Parses a mask. Returns `None` for an empty mask and for `*`, which select everything.
    ///
    /// # Errors
    ///
    /// If the mask is malformed, such as `memberships(`, `a,,b` or `a b`, or nested more than eight
    /// levels deep.
    pub fn parse(text: &str) -> Result<Option<Self>, BadMask> {
        let mut mask = Self::default();
        if text.trim().is_empty() {
            return Ok(None);
        }
        let rest = mask.parse_paths(text, MAX_DEPTH)?;
        if !rest.is_empty() {
            return Err(BadMask(format!("unexpected {} in the mask", Quoted(rest))));
        }
        // Names next to a `*` are kept: the caller still has to check them.
        let is_all = mask.0.is_empty() || mask.is_all() && mask.0.len() == 1;
        Ok((!is_all).then_some(mask))
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
    #[cfg(feature = "mock")]
    pub(crate) fn below(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.0.iter().map(|(name, below)| (name.as_str(), below))
    }

    /// Parses paths up to a closing parenthesis or the end. Returns the rest of the text.
    fn parse_paths<'t>(&mut self, mut text: &'t str, depth: usize) -> Result<&'t str, BadMask> {
        loop {
            text = self.parse_path(text.trim_start(), depth)?.trim_start();
            match text.strip_prefix(',') {
                Some(rest) => text = rest,
                None => return Ok(text),
            }
        }
    }

    fn parse_path<'t>(&mut self, text: &'t str, depth: usize) -> Result<&'t str, BadMask> {
        if depth == 0 {
            let message = format!("the mask is nested more than {MAX_DEPTH} levels deep");
            return Err(BadMask(message));
        }
        let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '*');
        let (name, rest) = text
            .split_at_checked(text.find(ends).unwrap_or(text.len()))
            .unwrap_or((text, ""));
        if name.is_empty() {
            return Err(BadMask("missing field name in the mask".to_owned()));
        }
        if name.contains('*') && (name != "*" || rest.starts_with(['/', '.', '('])) {
            let message = "`*` cannot be part of a name or have subfields";
            return Err(BadMask(message.to_owned()));
        }
        let name = camel_case(name).unwrap_or_else(|| name.to_owned());
        let is_repeated = self.0.contains_key(&name);
        let below = self.0.entry(name).or_default();
        // Subfields do not narrow a field that is selected in full.
        let is_full = is_repeated && below.0.is_empty();
        let rest = if let Some(rest) = rest.strip_prefix(['/', '.']) {
            below.parse_path(rest, depth - 1)?
        } else if let Some(rest) = rest.strip_prefix('(') {
            let rest = below.parse_paths(rest, depth - 1)?;
            let unclosed = || BadMask("missing `)` in the mask".to_owned());
            rest.strip_prefix(')').ok_or_else(unclosed)?
        } else {
            below.0.clear();
            rest
        };
        if is_full {
            below.0.clear();
        }
        Ok(rest)
    }
}

/// The value of a valid `updateMask`: what a patch changes.
///
/// There is only one value, because a membership has only one field that can be changed.
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
    pub fn parse(text: &str) -> Result<Self, BadMask> {
        if text.trim().is_empty() {
            return Err(BadMask(
                "required, and only `role` can be updated".to_owned(),
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
