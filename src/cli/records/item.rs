//! What the reading of an input yields, and its use of the JSON parser.

use serde_json::value::RawValue;

use super::source::{Mark, Position};

/// What [`Records::next`](super::Records::next) finds.
#[derive(Debug)]
pub(crate) enum Item<'a> {
    /// An object that should be a membership.
    Record(Record<'a>),
    /// A part of the input that cannot be read.
    Problem(Problem),
}

/// An object of the input that should be a membership.
///
/// Its brackets and strings are balanced; whether it is JSON otherwise is not checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    /// Its bytes, from `{` to `}`, as they are in the input.
    pub(crate) raw: &'a [u8],
    /// The place of its first byte.
    pub(super) mark: Mark,
}

impl Record<'_> {
    /// The position of its first byte.
    #[cfg(test)]
    pub(crate) fn position(&self) -> Position {
        self.mark.position()
    }

    /// The error of parsing [`raw`](Self::raw), with its place in the input.
    pub(crate) fn problem(&self, error: &serde_json::Error) -> Problem {
        json_problem(self.mark, self.raw, error)
    }
}

/// A part of the input that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The line, from 1.
    pub(crate) line: u64,
    /// The column, from 1: in characters or, where the line is not UTF-8 so far, in bytes.
    pub(crate) column: u64,
    /// What is wrong: one line without a full stop.
    pub(crate) reason: String,
}

impl Problem {
    /// A problem at `at`.
    pub(super) fn new(at: Position, reason: impl Into<String>) -> Self {
        Self {
            line: at.line,
            column: at.column,
            reason: reason.into(),
        }
    }
}

/// An error of parsing `raw`, which begins at `mark`, with its place in the input.
pub(super) fn json_problem(mark: Mark, raw: &[u8], error: &serde_json::Error) -> Problem {
    // Both are 0 for an error without a place.
    let (line, column) = (error.line(), error.column());
    let breaks = raw.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let begins = match line {
        0 | 1 => Some(0),
        line => breaks.map(|(at, _)| at + 1).nth(line - 2),
    };
    let at = begins.map_or(raw.len(), |begins| begins + column.saturating_sub(1));
    let position = mark.after(raw.get(..at).unwrap_or(raw)).position();
    let message = error.to_string();
    let place = format!(" at line {line} column {column}");
    Problem::new(position, message.strip_suffix(&place).unwrap_or(&message))
}

/// Checks that `text` is one JSON value.
pub(super) fn check(text: &[u8]) -> Result<(), serde_json::Error> {
    serde_json::from_slice::<&RawValue>(text).map(|_| ())
}

/// Whether the JSON string `quoted` is `name`.
pub(super) fn is_key(quoted: &[u8], name: &str) -> bool {
    if quoted.contains(&b'\\') {
        serde_json::from_slice::<String>(quoted).is_ok_and(|key| key == name)
    } else {
        quoted
            .strip_prefix(b"\"")
            .and_then(|key| key.strip_suffix(b"\""))
            == Some(name.as_bytes())
    }
}
