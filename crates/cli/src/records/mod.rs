//! Reader of the records in a JSON stream: newline-delimited, pretty-printed or concatenated objects,
//! arrays of them, and responses of a list method (pages), in any combination.
//!
//! The complete lines in memory are searched in parallel, each with one call of `serde_json` that reads
//! only the fields that a filter needs. At the first line that is not exactly one record,
//! [`stream`] reads one value with everything that may be in it, and reports what is wrong. Memory is
//! constant: at most one record, and at least [`Options::size`] bytes, are held.
//!
//! After a fault, reading goes on with the next line if the fault is in a line of its own. After a fault
//! in an array, a page or a value of several lines, it goes on with the next line whose first byte is
//! `{` or `[`.

mod description;
mod explanation;
mod found;
mod lines;
pub(crate) mod membership;
mod nesting;
pub(crate) mod resource;
mod stream;
mod window;

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::thread;

use gchat_filter::ResourceList;
use serde::Deserialize;

pub(crate) use self::explanation::of_parser;
pub(crate) use self::stream::Text;
use self::stream::{Stop, Stream};
pub(crate) use self::window::Position;
use self::window::Window;

/// A kind of record, and the records to select.
pub(crate) trait Resource: Sync {
    /// Where a list response has the records.
    const LISTS: &'static [ResourceList];

    /// The fields that a filter needs, borrowed from a record. Deserialization fails for an object
    /// that is not such a record.
    type Fields<'r>: Deserialize<'r>;

    /// Returns whether a record is selected; `None` if that is not known, for which there is a
    /// [remark](Self::remarks).
    fn selects(&self, fields: &Self::Fields<'_>) -> Option<bool>;

    /// Returns whether a record has a [remark](Self::remarks) although it is valid.
    fn is_doubtful(&self, fields: &Self::Fields<'_>) -> bool;

    /// Returns what is wrong with an object that is not selected for sure. `path` is its place in the value
    /// at the top level, as in jq: `.memberships[]`.
    fn remarks(
        &self,
        record: &str,
        fields: Result<&Self::Fields<'_>, &serde_json::Error>,
        path: &str,
    ) -> Vec<Remark>;
}

/// A remark about a record.
#[derive(Debug)]
pub(crate) struct Remark {
    pub(crate) kind: Kind,
    /// Offset in the record.
    pub(crate) at: usize,
    pub(crate) message: String,
}

/// A problem in the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) kind: Kind,
    pub(crate) position: Position,
    /// One line without a full stop.
    pub(crate) message: String,
}

/// Kind of a [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The input is not JSON, or not JSON with records.
    Syntax,
    /// A value is not a record of this kind.
    Other,
    /// A record is invalid.
    Invalid,
    /// It is not known whether a record matches.
    Undecided,
    /// A record is valid, but probably has a mistake.
    Doubtful,
    /// A record is too large.
    Large,
}

/// Receiver of the results, in input order.
pub(crate) trait Sink {
    /// Receives `count` selected records, one per line. `lines` is empty if they are only counted.
    /// Returns whether to continue.
    fn matches(&mut self, lines: &[u8], count: u64) -> io::Result<ControlFlow<()>>;

    /// Receives a problem. Returns whether to continue.
    fn problem(&mut self, problem: &Problem) -> ControlFlow<()>;

    /// Receives the error that ended the input.
    fn failure(&mut self, error: &io::Error);
}

/// How to read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Whether to copy the selected records, not only count them.
    pub(crate) copies: bool,
    /// Maximum number of bytes of a record.
    pub(crate) limit: usize,
    /// Number of bytes to hold in memory if no record is longer.
    pub(crate) size: usize,
    /// Number of threads.
    pub(crate) threads: usize,
}

impl Options {
    /// Creates the options for a large file.
    pub(crate) fn new(copies: bool) -> Self {
        // More threads have nothing to do: reading and writing takes a quarter of the time.
        let threads = thread::available_parallelism()
            .map_or(1, usize::from)
            .min(4);
        Self {
            copies,
            limit: 16 << 20,
            size: threads * (256 << 10),
            threads,
        }
    }
}

/// Searches the input.
///
/// # Errors
///
/// Fails if `sink` fails. An error that ends the input is passed to `sink`.
pub(crate) fn read<R: Read, T: Resource>(
    reader: R,
    resource: &T,
    options: Options,
    sink: &mut impl Sink,
) -> io::Result<()> {
    let mut stream = Stream {
        // One byte more than a record, to know that it is too large.
        window: Window::new(reader, options.size, options.limit.saturating_add(1)),
        resource,
        options,
        sink,
        is_in_rest: false,
        is_after_value: false,
    };
    let result = stream.start().and_then(|()| {
        while stream.read()? {}
        Ok(())
    });
    match (result, stream.window.error) {
        (Err(Stop::Output(error)), _) => return Err(error),
        (_, Some(error)) => sink.failure(&error),
        _ => {}
    }
    Ok(())
}

// Not in the fuzz targets, which include this module.
#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]
mod tests;
