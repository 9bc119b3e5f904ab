//! Reader of the memberships in a JSON stream.
//!
//! A stream is a sequence of memberships (one per line, pretty-printed or concatenated), JSON arrays
//! of memberships and responses of the API's list method (pages). [`Records`] yields the bytes of
//! each membership. At most one record is held in memory.
//!
//! Malformed input is reported between the records. After a malformed record, reading resumes at the
//! first later line that starts with `{` or `[`, so an error in one line does not affect complete
//! records in later lines.
//!
//! [`scanner`] finds the end of a value, [`source`] buffers the input and counts lines, and [`item`]
//! defines the items. This file implements the grammar of a stream, [`page`] that of a page.
//! [`part`] supports reading an input in parts.

mod item;
mod page;
mod part;
mod scanner;
mod source;

use std::io::{self, Read};

use item::is_key;
pub(crate) use item::{Item, Problem, Record};
use page::{Page, checked};
pub(crate) use scanner::compact;
use scanner::{Fault, Scan, Shown, Step};
pub(crate) use source::Position;
use source::{Mark, Source};

/// Key that marks a page.
const MEMBERSHIPS: &str = "memberships";
/// Only key of a page without memberships.
const NEXT_PAGE_TOKEN: &str = "nextPageToken";
/// Initial size of the buffer, in bytes. It grows if a record requires more.
const BUFFER: usize = 256 * 1024;

/// The records in an input.
#[derive(Debug)]
pub(crate) struct Records<R> {
    /// Buffered input.
    source: Source<R>,
    /// Size limit of a record, in bytes.
    limit: usize,
    /// The open array at the top level.
    array: Option<Array>,
    /// The open page, in `array` or at the top level.
    page: Option<Page>,
    /// The open array of memberships in `page`.
    list: Option<Array>,
    /// Current stage.
    stage: Stage,
}

/// Stage of reading an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Before the first byte.
    Start,
    /// Among the records.
    Middle,
    /// At the end of the input or after a read error.
    End,
}

/// An array of records whose `]` has not been read.
#[derive(Debug, Clone, Copy)]
struct Array {
    /// Start of the array.
    start: Position,
    /// What comes next.
    next: Next,
    /// Whether a missing comma was reported or reading resumed after a malformed element. Further
    /// missing commas are then not reported, as the `]` may be missing.
    uncertain: bool,
}

/// What comes next in an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// An element or `]`.
    First,
    /// `,` or `]`.
    Comma,
    /// An element.
    Element,
}

/// Result of a reading step.
#[derive(Debug)]
enum Found {
    /// No item yet.
    Nothing,
    /// A record, held by the source.
    Record,
    /// A problem.
    Problem(Problem),
    /// The end of the input.
    End,
}

impl Found {
    /// Creates a problem at `mark`.
    fn problem(mark: Mark, reason: impl Into<String>) -> Self {
        Self::Problem(Problem::new(mark.position(), reason))
    }

    /// Creates a problem for a fault in the value `raw`, which starts at `mark`.
    fn fault(mark: Mark, raw: &[u8], fault: Fault) -> Self {
        Self::problem(
            mark.after(raw.get(..fault.at).unwrap_or(raw)),
            fault.to_string(),
        )
    }
}

/// Result of scanning a value.
#[derive(Debug)]
enum Extent {
    /// A complete value, held by the source.
    Complete {
        /// Control character that makes the value invalid.
        control: Option<Fault>,
        /// Whether the value is an object with no key but `nextPageToken`.
        bare: bool,
    },
    /// The start of an object up to its key `memberships`, held by the source.
    Page {
        /// Control character that makes the value invalid.
        control: Option<Fault>,
    },
    /// A value that exceeds the limit. It was skipped up to its end or first fault.
    Large {
        /// First fault, if any.
        broken: Option<Fault>,
    },
    /// A malformed value. The source is back at its start.
    Broken(Fault),
}

impl<R: Read> Records<R> {
    /// Creates a reader of records of at most `limit` bytes.
    pub(crate) fn new(reader: R, limit: usize) -> Self {
        Self::with_buffer(reader, limit, BUFFER)
    }

    /// Like [`new`](Self::new), with an initial buffer of `size` bytes.
    fn with_buffer(reader: R, limit: usize, size: usize) -> Self {
        let source = Source::new(reader, limit, size);
        Self {
            source,
            limit,
            array: None,
            page: None,
            list: None,
            stage: Stage::Start,
        }
    }

    /// Returns the next record or problem, or `None` at the end of the input.
    ///
    /// # Errors
    ///
    /// Fails if reading fails. Interrupted reads are retried; other errors end the records.
    pub(crate) fn next(&mut self) -> io::Result<Option<Item<'_>>> {
        if self.stage == Stage::End {
            return Ok(None);
        }
        // An error below ends the records.
        let fresh = std::mem::replace(&mut self.stage, Stage::End) == Stage::Start;
        if fresh {
            self.source.skip_byte_order_mark()?;
        }
        loop {
            match self.step()? {
                Found::Nothing => {}
                Found::End => return Ok(None),
                Found::Problem(problem) => {
                    self.stage = Stage::Middle;
                    return Ok(Some(Item::Problem(problem)));
                }
                Found::Record => {
                    self.stage = Stage::Middle;
                    let mark = self.source.mark();
                    return Ok(Some(Item::Record(Record {
                        raw: self.source.held(),
                        mark,
                    })));
                }
            }
        }
    }

    /// Reads up to the next item or a part of the way there.
    fn step(&mut self) -> io::Result<Found> {
        match (self.list, self.page, self.array) {
            (Some(array), _, _) | (None, None, Some(array)) => self.in_array(array),
            (None, Some(page), _) => self.in_page(page),
            (None, None, None) => self.at_top(),
        }
    }

    /// Reads at the top level.
    fn at_top(&mut self) -> io::Result<Found> {
        match self.source.skip_space()? {
            None => Ok(Found::End),
            Some((b'{', _)) => self.object(),
            Some((b'[', _)) => {
                self.start_array();
                Ok(Found::Nothing)
            }
            Some((byte, _)) => {
                let mark = self.source.mark();
                self.source.skip_line()?;
                Ok(Found::problem(
                    mark,
                    format!("expected `{{` or `[`, found {}", Shown(byte)),
                ))
            }
        }
    }

    /// Reads in an array.
    fn in_array(&mut self, mut array: Array) -> io::Result<Found> {
        let Some((byte, _)) = self.source.skip_space()? else {
            self.leave_all();
            let reason = "the array is not closed before the end of the input";
            return Ok(Found::Problem(Problem::new(array.start, reason)));
        };
        let mark = self.source.mark();
        let unexpected = |expected| format!("expected {expected}, found {}", Shown(byte));
        match (array.next, byte) {
            (next, b']') => {
                self.source.take(1);
                self.leave_array();
                if next == Next::Element {
                    return Ok(Found::problem(mark, "trailing comma in an array"));
                }
            }
            (next, b',') => {
                self.source.take(1);
                self.stay(Array {
                    next: Next::Element,
                    ..array
                });
                if next != Next::Comma {
                    return Ok(Found::problem(mark, unexpected("an object")));
                }
            }
            (Next::Comma, b'[') => {
                // Probably the next array: arrays are not nested.
                self.leave_all();
                let reason = format!(
                    "the array that starts on line {} is not closed before the next one",
                    array.start.line
                );
                return Ok(Found::problem(mark, reason));
            }
            (Next::Comma, b'{') => {
                let reported = array.uncertain;
                array.uncertain = true;
                self.stay(Array {
                    next: Next::Element,
                    ..array
                });
                if !reported {
                    return Ok(Found::problem(mark, unexpected("`,` or `]`")));
                }
            }
            (next, b'}' | b':') => {
                let expected = if next == Next::Comma {
                    "`,` or `]`"
                } else {
                    "an object"
                };
                return self.recover(Problem::new(mark.position(), unexpected(expected)), false);
            }
            (_, b'{') => {
                self.stay(Array {
                    next: Next::Comma,
                    ..array
                });
                return self.object();
            }
            (next, _) => {
                self.stay(Array {
                    next: Next::Comma,
                    ..array
                });
                let expected = if next == Next::Comma {
                    "`,` or `]`"
                } else {
                    "an object"
                };
                return match self.value(false)? {
                    Extent::Broken(fault) => self.recover_from(mark, fault),
                    Extent::Large {
                        broken: Some(fault),
                    } => {
                        let problem = Problem::new(mark.position(), unexpected(expected));
                        self.recover(problem, fault.fresh)
                    }
                    _ => Ok(Found::problem(mark, unexpected(expected))),
                };
            }
        }
        Ok(Found::Nothing)
    }

    /// Reads a record, a page or the start of a page.
    fn object(&mut self) -> io::Result<Found> {
        let mark = self.source.mark();
        match self.value(true)? {
            Extent::Complete {
                control,
                bare: true,
            } if self.list.is_none() => Ok(checked(mark, self.source.held(), control)),
            Extent::Complete {
                control: Some(fault),
                ..
            } => Ok(Found::fault(mark, self.source.held(), fault)),
            Extent::Complete { control: None, .. } => Ok(Found::Record),
            Extent::Page { control } => Ok(self.start_page(mark, control)),
            Extent::Large { broken } => self.too_large(mark, broken),
            Extent::Broken(fault) => self.recover_from(mark, fault),
        }
    }

    /// Reads a value. If `object` is set, stops after the key that marks a page.
    fn value(&mut self, object: bool) -> io::Result<Extent> {
        let mut scan = Scan::new(object);
        let mut bare = object;
        self.source.hold();
        loop {
            let left = self.limit.saturating_sub(self.source.held().len());
            let ahead = self.source.ahead();
            let (used, step) = scan.run(ahead.get(..left).unwrap_or(ahead));
            self.source.take(used);
            match step {
                Step::End => {
                    return Ok(Extent::Complete {
                        control: scan.control(),
                        bare,
                    });
                }
                Step::Key { from, to } => {
                    let key = self.source.held().get(from..to).unwrap_or_default();
                    if is_key(key, MEMBERSHIPS) {
                        return Ok(Extent::Page {
                            control: scan.control(),
                        });
                    }
                    bare = bare && is_key(key, NEXT_PAGE_TOKEN);
                }
                Step::Broken(fault) => {
                    self.source.rewind();
                    return Ok(Extent::Broken(fault));
                }
                Step::More if !self.source.ahead().is_empty() => {
                    return Ok(Extent::Large {
                        broken: self.skip(scan)?,
                    });
                }
                Step::More => {
                    if !self.source.fill()? {
                        let Some(fault) = scan.finish() else {
                            return Ok(Extent::Complete {
                                control: scan.control(),
                                bare,
                            });
                        };
                        self.source.rewind();
                        return Ok(Extent::Broken(fault));
                    }
                }
            }
        }
    }

    /// Skips the rest of a value without holding it. Returns its first fault, if any.
    fn skip(&mut self, mut scan: Scan) -> io::Result<Option<Fault>> {
        scan.ignore_keys();
        loop {
            let (used, step) = scan.run(self.source.ahead());
            self.source.take(used);
            self.source.hold();
            match step {
                Step::End => return Ok(None),
                Step::Broken(fault) => return Ok(Some(fault)),
                Step::Key { .. } => {}
                Step::More => {
                    if !self.source.refill()? {
                        return Ok(scan.finish());
                    }
                }
            }
        }
    }

    /// Reports a value that starts at `mark` and exceeds the limit. Recovers if it is also malformed.
    fn too_large(&mut self, mark: Mark, broken: Option<Fault>) -> io::Result<Found> {
        let reason = format!("the value exceeds the limit of {} bytes", self.limit);
        let problem = Problem::new(mark.position(), reason);
        match broken {
            None => Ok(Found::Problem(problem)),
            Some(fault) => self.recover(problem, fault.fresh),
        }
    }

    /// Reports a fault in a value that starts at `mark`, and recovers. The source is at the start of
    /// the value.
    fn recover_from(&mut self, mark: Mark, fault: Fault) -> io::Result<Found> {
        let at = mark
            .after(self.source.ahead().get(..fault.at).unwrap_or_default())
            .position();
        let mut reason = fault.to_string();
        let start = mark.position().line;
        if at.line > start {
            reason = format!("{reason}, in the value that starts on line {start}");
        }
        self.recover(Problem::new(at, reason), false)
    }

    /// Reports `problem` and skips to the next line that starts with a bracket at which reading can
    /// resume. This may be the current line if it is `fresh`: only white space has been read from it.
    fn recover(&mut self, mut problem: Problem, mut fresh: bool) -> io::Result<Found> {
        let array = self.list.or(self.array);
        let bracket = loop {
            if !fresh && !self.source.skip_line()? {
                break None;
            }
            fresh = false;
            match self.source.skip_space()? {
                Some((byte @ (b'{' | b'['), _)) => break Some(byte),
                Some((b']', _)) if array.is_some() => break Some(b']'),
                Some(_) => {}
                None => break None,
            }
        };
        let Some(array) = array else {
            return Ok(Found::Problem(problem));
        };
        if let Some(b'{' | b']') = bracket {
            self.stay(Array {
                next: Next::First,
                uncertain: true,
                ..array
            });
            let line = self.source.mark().position().line;
            problem.reason = format!("{}; resuming at line {line}", problem.reason);
        } else {
            // Probably the next array: arrays are not nested.
            self.leave_all();
            problem.reason = format!("{}; the rest of the array is skipped", problem.reason);
        }
        Ok(Found::Problem(problem))
    }

    /// Starts a top-level array at the next bracket.
    fn start_array(&mut self) {
        let start = self.source.mark().position();
        self.source.take(1);
        self.array = Some(Array {
            start,
            next: Next::First,
            uncertain: false,
        });
    }

    /// Sets the state of the innermost array.
    fn stay(&mut self, array: Array) {
        if self.list.is_some() {
            self.list = Some(array);
        } else {
            self.array = Some(array);
        }
    }

    /// Ends the innermost array.
    fn leave_array(&mut self) {
        if self.list.take().is_none() {
            self.array = None;
        }
    }

    /// Ends all open arrays and pages.
    fn leave_all(&mut self) {
        (self.array, self.page, self.list) = (None, None, None);
    }
}

#[cfg(test)]
#[allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "a test may panic, and a table is as long as its cases"
)]
mod tests;
