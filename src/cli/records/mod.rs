//! The memberships in a stream of JSON, one after the other.
//!
//! A stream is any sequence of memberships (one a line, pretty-printed or back to back), JSON
//! arrays of them and responses of the API's list method; [`Records`] yields the bytes of each
//! membership, whichever it came in. At most one record is held in memory.
//!
//! What is wrong with the input is yielded between the records, and reading goes on where it can:
//! after a broken record, with the first line below the one it begins on that begins with `{`.
//! Lines therefore survive whatever happens in the lines before them.
//!
//! [`scanner`] finds where a value ends, [`source`] buffers the input and counts lines, [`item`] is
//! what is yielded; this file knows how values follow each other, [`page`] how they do in a page.
//! [`part`] is for whoever reads an input by parts.

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

/// The key that makes an object a page.
const MEMBERSHIPS: &str = "memberships";
/// The only key of a page without memberships.
const NEXT_PAGE_TOKEN: &str = "nextPageToken";
/// The size of the buffer, in bytes, until a record needs a larger one.
const BUFFER: usize = 256 * 1024;

/// The records of an input.
#[derive(Debug)]
pub(crate) struct Records<R> {
    /// The input.
    source: Source<R>,
    /// The size of the largest record, in bytes.
    limit: usize,
    /// The array at the top level that is being read,
    array: Option<Array>,
    /// the page in it or at the top level,
    page: Option<Page>,
    /// and the array of memberships in that.
    list: Option<Array>,
    /// How far the reading has come.
    stage: Stage,
}

/// How far the reading of an input has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Before the first byte.
    Start,
    /// Among the records.
    Middle,
    /// At the end of the input, or at an error of the reader.
    End,
}

/// An array of records whose `]` has not been read.
#[derive(Debug, Clone, Copy)]
struct Array {
    /// Where it begins.
    begins: Position,
    /// What is next.
    next: Next,
    /// Whether a comma has been reported missing or reading went on after a broken element; commas
    /// may then be missing, as the array may have ended without its `]`.
    doubtful: bool,
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

/// What a step of the reading has found.
#[derive(Debug)]
enum Found {
    /// Nothing to yield.
    Nothing,
    /// A record: the bytes that the source holds.
    Record,
    /// A problem.
    Problem(Problem),
    /// The end of the input.
    End,
}

impl Found {
    /// A problem at `mark`.
    fn problem(mark: Mark, reason: impl Into<String>) -> Self {
        Self::Problem(Problem::new(mark.position(), reason))
    }

    /// The fault of a value that begins at `mark` with `raw`.
    fn fault(mark: Mark, raw: &[u8], fault: Fault) -> Self {
        Self::problem(
            mark.after(raw.get(..fault.at).unwrap_or(raw)),
            fault.to_string(),
        )
    }
}

/// How the scan of a value has ended.
#[derive(Debug)]
enum Extent {
    /// The source holds the value.
    Whole {
        /// A control character that makes it invalid.
        control: Option<Fault>,
        /// Whether it is an object with no key but `nextPageToken`.
        bare: bool,
    },
    /// The source holds the beginning of an object up to its key `memberships`.
    Page {
        /// A control character that makes it invalid.
        control: Option<Fault>,
    },
    /// It was larger than the limit and has been skipped, to its end or to where it breaks.
    Large {
        /// Where it breaks, if it does.
        broken: Option<Fault>,
    },
    /// It breaks, and has been given back.
    Broken(Fault),
}

impl<R: Read> Records<R> {
    /// The records of what `reader` reads, each of at most `limit` bytes.
    pub(crate) fn new(reader: R, limit: usize) -> Self {
        Self::with_buffer(reader, limit, BUFFER)
    }

    /// The same with a buffer of `size` bytes at first.
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

    /// The next record or problem; `None` at the end of the input.
    ///
    /// # Errors
    ///
    /// An error of the reader other than an interruption. It ends the records.
    pub(crate) fn next(&mut self) -> io::Result<Option<Item<'_>>> {
        if self.stage == Stage::End {
            return Ok(None);
        }
        // An error below is the last that is read.
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

    /// Reads up to the next thing that can be yielded, or a part of the way.
    fn step(&mut self) -> io::Result<Found> {
        match (self.list, self.page, self.array) {
            (Some(array), _, _) | (None, None, Some(array)) => self.in_array(array),
            (None, Some(page), _) => self.in_page(page),
            (None, None, None) => self.at_top(),
        }
    }

    /// Reads between the top-level values.
    fn at_top(&mut self) -> io::Result<Found> {
        match self.source.skip_space()? {
            None => Ok(Found::End),
            Some((b'{', _)) => self.object(),
            Some((b'[', _)) => {
                self.begin_array();
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
            return Ok(Found::Problem(Problem::new(array.begins, reason)));
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
                // What would be an array in an array is more likely the next array.
                self.leave_all();
                let reason = format!(
                    "the array that begins on line {} is not closed before the next one",
                    array.begins.line
                );
                return Ok(Found::problem(mark, reason));
            }
            (Next::Comma, b'{') => {
                let reported = array.doubtful;
                array.doubtful = true;
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

    /// Reads an object that is a record, a page or the beginning of a page.
    fn object(&mut self) -> io::Result<Found> {
        let mark = self.source.mark();
        match self.value(true)? {
            Extent::Whole {
                control,
                bare: true,
            } if self.list.is_none() => Ok(checked(mark, self.source.held(), control)),
            Extent::Whole {
                control: Some(fault),
                ..
            } => Ok(Found::fault(mark, self.source.held(), fault)),
            Extent::Whole { control: None, .. } => Ok(Found::Record),
            Extent::Page { control } => Ok(self.begin_page(mark, control)),
            Extent::Large { broken } => self.too_large(mark, broken),
            Extent::Broken(fault) => self.recover_from(mark, fault),
        }
    }

    /// Reads one value, an `object` perhaps with a stop at the key that makes it a page.
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
                    return Ok(Extent::Whole {
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
                    self.source.give_back();
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
                            return Ok(Extent::Whole {
                                control: scan.control(),
                                bare,
                            });
                        };
                        self.source.give_back();
                        return Ok(Extent::Broken(fault));
                    }
                }
            }
        }
    }

    /// Takes the rest of a value, holding nothing; where it breaks, if it does.
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

    /// Reports a value that begins at `mark` and is larger than the limit, and finds where reading
    /// goes on if it is `broken` as well.
    fn too_large(&mut self, mark: Mark, broken: Option<Fault>) -> io::Result<Found> {
        let reason = format!("larger than the limit of {} bytes", self.limit);
        let problem = Problem::new(mark.position(), reason);
        match broken {
            None => Ok(Found::Problem(problem)),
            Some(fault) => self.recover(problem, fault.fresh),
        }
    }

    /// Reports the break of a value that begins at `mark` and has been given back, and finds where
    /// reading goes on.
    fn recover_from(&mut self, mark: Mark, fault: Fault) -> io::Result<Found> {
        let at = mark
            .after(self.source.ahead().get(..fault.at).unwrap_or_default())
            .position();
        let mut reason = fault.to_string();
        let begins = mark.position().line;
        if at.line > begins {
            reason = format!("{reason}, in what begins on line {begins}");
        }
        self.recover(Problem::new(at, reason), false)
    }

    /// Reports `problem` and takes what comes before the next line that begins with a bracket with
    /// which reading can go on; this may be the current line if that is `fresh`, with nothing but
    /// white space taken.
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
                doubtful: true,
                ..array
            });
            let line = self.source.mark().position().line;
            problem.reason = format!("{}; reading goes on with line {line}", problem.reason);
        } else {
            // An array in an array is no place for records: this is the next array.
            self.leave_all();
            problem.reason = format!(
                "{}; the rest of the array could not be read",
                problem.reason
            );
        }
        Ok(Found::Problem(problem))
    }

    /// Begins a top-level array with the bracket that is next.
    fn begin_array(&mut self) {
        let begins = self.source.mark().position();
        self.source.take(1);
        self.array = Some(Array {
            begins,
            next: Next::First,
            doubtful: false,
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

    /// Ends everything that is open.
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
