//! Items found in the input, and helpers for the JSON parser.

use serde_json::value::RawValue;

use super::source::{Mark, Position};

/// Item returned by [`Records::next`](super::Records::next).
#[derive(Debug)]
pub(crate) enum Item<'a> {
    /// A record.
    Record(Record<'a>),
    /// A problem.
    Problem(Problem),
}

/// An object in the input that is expected to be a membership.
///
/// Its brackets and strings are balanced, but it may still be invalid JSON.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    /// Bytes from `{` to `}`, as in the input.
    pub(crate) raw: &'a [u8],
    /// Location of the first byte.
    pub(super) mark: Mark,
}

impl Record<'_> {
    /// Returns the position of the first byte.
    #[cfg(test)]
    pub(crate) fn position(&self) -> Position {
        self.mark.position()
    }

    /// Converts an error from parsing [`raw`](Self::raw) to a problem at its position in the input.
    pub(crate) fn problem(&self, error: &serde_json::Error) -> Problem {
        json_problem(self.mark, self.raw, error)
    }
}

/// Malformed input at a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Line number, starting at 1.
    pub(crate) line: u64,
    /// Column number, starting at 1, in characters, or in bytes if the line up to here is not UTF-8.
    pub(crate) column: u64,
    /// Message: one line without a full stop.
    pub(crate) reason: String,
}

impl Problem {
    /// Creates a problem at a position.
    pub(super) fn new(at: Position, reason: impl Into<String>) -> Self {
        Self {
            line: at.line,
            column: at.column,
            reason: reason.into(),
        }
    }
}

/// Converts an error from parsing `raw`, which starts at `mark`, to a problem at its position in the
/// input.
pub(super) fn json_problem(mark: Mark, raw: &[u8], error: &serde_json::Error) -> Problem {
    // Both are 0 for an error without a position.
    let (line, column) = (error.line(), error.column());
    let breaks = raw.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let start = match line {
        0 | 1 => Some(0),
        line => breaks.map(|(at, _)| at + 1).nth(line - 2),
    };
    let at = start.map_or(raw.len(), |start| start + column.saturating_sub(1));
    let position = mark.after(raw.get(..at).unwrap_or(raw)).position();
    let message = error.to_string();
    let suffix = format!(" at line {line} column {column}");
    Problem::new(position, message.strip_suffix(&suffix).unwrap_or(&message))
}

/// Checks that `text` is a JSON value.
pub(super) fn check(text: &[u8]) -> Result<(), serde_json::Error> {
    serde_json::from_slice::<&RawValue>(text).map(|_| ())
}

/// Returns whether the JSON string `quoted`, including its quotes, is `name`.
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
