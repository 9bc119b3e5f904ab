//! The error for an invalid seed, with its line and column.

use thiserror::Error;

/// The error for an invalid seed. Lines and columns count from 1, columns in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {message}")]
#[non_exhaustive]
pub struct SeedError {
    /// Line of the error.
    pub line: usize,
    /// Column of the error, in bytes.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// Index of the seed with the error, if there are several.
    pub seed: usize,
}

/// A position in the seed; line and column count from 1.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Place {
    pub(super) fn error(self, message: String) -> SeedError {
        let Self { line, column } = self;
        SeedError {
            line,
            column,
            message,
            seed: 0,
        }
    }

    pub(super) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column: offset - before.rfind('\n').map_or(0, |newline| newline + 1) + 1,
        }
    }
}

impl SeedError {
    /// Converts an error in an item that starts at a place.
    pub(super) fn json(error: &serde_json::Error, start: Place) -> Self {
        let message = error.to_string();
        // The place in the parser's message is relative to the item.
        let message = message
            .rsplit_once(" at line ")
            .map_or(&*message, |(message, _)| message);
        let column = error.column().max(1);
        Self {
            line: start.line + error.line().max(1) - 1,
            column: if error.line() <= 1 {
                start.column + column - 1
            } else {
                column
            },
            message: plain(message),
            seed: 0,
        }
    }
}

/// Replaces the parser's names of Rust types by those of JSON.
fn plain(message: &str) -> String {
    let mut message = message.to_owned();
    for (rust, json) in [
        ("unknown variant", "unknown value"),
        ("a sequence", "an array"),
        ("sequence", "array"),
        ("a map", "an object"),
        ("invalid type: map", "invalid type: object"),
        ("expected u16", "expected an integer from 0 to 65535"),
        ("expected u64", "expected a non-negative integer"),
    ] {
        message = message.replace(rust, json);
    }
    message
}
