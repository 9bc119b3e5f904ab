//! The error for an invalid seed, with its line and column.

use thiserror::Error;

/// The error for an invalid seed. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {message}")]
#[non_exhaustive]
pub struct SeedError {
    /// Line of the error.
    pub line: usize,
    /// Column of the error, in characters.
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
            column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
        }
    }
}

impl SeedError {
    /// Converts an error in the part of a text that starts at an offset.
    pub(super) fn json(error: &serde_json::Error, text: &str, offset: usize) -> Self {
        let message = error.to_string();
        let message = message
            .rsplit_once(" at line ")
            .map_or(&*message, |(message, _)| message);
        // The parser's line and column, in bytes, are relative to the part.
        let part = text.get(offset..).unwrap_or_default();
        let lines = part.split_inclusive('\n').take(error.line().max(1) - 1);
        let line_start = offset + lines.map(str::len).sum::<usize>();
        let at = line_start + error.column().saturating_sub(1);
        let at = (line_start..=at)
            .rev()
            .find(|at| text.is_char_boundary(*at));
        Place::of(text, at.unwrap_or(line_start)).error(plain(message))
    }
}

/// Replaces the parser's names of Rust types by those of JSON.
fn plain(message: &str) -> String {
    let mut message = message.to_owned();
    for (rust, json) in [
        ("unknown variant", "unknown value"),
        ("expected variant identifier", "expected a string"),
        ("string or map", "a string"),
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
