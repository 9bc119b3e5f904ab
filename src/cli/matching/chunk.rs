//! A chunk of an input, and the matches among its lines.

use std::io::{self, Read};

use gchat_filter::{Cell, Filter, Membership};

use super::common_case;
use crate::cli::records::{self, Item, Record, Records};

/// The largest record that is read, in bytes.
pub(super) const LARGEST: usize = 16 << 20;

/// A part of an input, with what was found in it. It is used again and again, for its memory.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// Room for the bytes, which are its first `length`.
    room: Vec<u8>,
    length: usize,
    /// What was found.
    pub(super) found: Found,
}

/// What was found in a chunk, up to the first line that is not plain.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The matches, each a line.
    pub(super) matches: Vec<u8>,
    /// How many these are.
    pub(super) count: u64,
    /// How many lines were read.
    pub(super) lines: u64,
    /// Where the first line begins that is not plain, if there is one.
    pub(super) odd: Option<usize>,
}

impl Chunk {
    /// A chunk with room for `size` bytes.
    pub(super) fn new(size: usize) -> Self {
        Self {
            room: vec![0; size.max(1)],
            ..Self::default()
        }
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        self.room.get(..self.length).unwrap_or_default()
    }

    /// Whether the next chunk begins with a line.
    pub(super) fn ends_line(&self) -> bool {
        self.bytes().ends_with(b"\n")
    }

    /// Fills the chunk with `rest`, the bytes that the one before could not use, and what `reader`
    /// gives at once. What comes after the last line end is the new rest, unless that is all there
    /// is and no more fits. Without bytes in it afterwards, the input has ended.
    pub(super) fn fill(&mut self, rest: &mut Vec<u8>, reader: &mut impl Read) -> io::Result<()> {
        self.length = rest.len();
        if let Some(room) = self.room.get_mut(..rest.len()) {
            room.copy_from_slice(rest);
        }
        rest.clear();
        while let Some(room) = self.room.get_mut(self.length..).filter(|r| !r.is_empty()) {
            let count = match reader.read(room) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let line_end = room.iter().take(count).rposition(|byte| *byte == b'\n');
            let before = self.length;
            self.length += count;
            if let Some(at) = line_end {
                let cut = before + at + 1;
                rest.extend_from_slice(self.bytes().get(cut..).unwrap_or_default());
                self.length = cut;
                break;
            }
        }
        Ok(())
    }
}

/// What is looked for in a dump.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sieve {
    pub(super) filter: Filter,
    /// Whether to find what the filter does not admit.
    pub(super) invert: bool,
    /// Whether to count the matches and no more.
    pub(super) count: bool,
}

impl Sieve {
    fn passes(self, cell: Cell) -> bool {
        self.filter.matches(&cell) != self.invert
    }

    /// Whether a record passes.
    ///
    /// # Errors
    ///
    /// The parser's, if it is not a membership.
    pub(super) fn passes_record(self, record: &Record<'_>) -> serde_json::Result<bool> {
        if let Some(cell) = common_case::record(record.raw) {
            return Ok(self.passes(cell));
        }
        let membership = serde_json::from_slice::<Membership>(record.raw)?;
        Ok(self.filter.matches(&membership) != self.invert)
    }

    /// Appends a match to `matches`.
    pub(super) fn print(self, record: &Record<'_>, matches: &mut Vec<u8>) {
        if !self.count {
            records::compact(record.raw, matches);
            matches.push(b'\n');
        }
    }

    /// Finds the matches in the lines of `chunk`, up to the first line that is not plain: one that
    /// has anything but whole records, or something wrong in it. As nothing is open where a plain
    /// line begins or ends, it means the same by itself as in its place among other lines.
    pub(super) fn sift(self, chunk: &mut Chunk) {
        let Chunk {
            room,
            length,
            found,
        } = chunk;
        found.matches.clear();
        (found.count, found.lines, found.odd) = (0, 0, None);
        let bytes = room.get(..*length).unwrap_or_default();
        if bytes.len() == room.len() && !bytes.ends_with(b"\n") {
            // The last line goes on in the next chunk.
            found.odd = Some(0);
            return;
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            let length = if let Some(usual) = common_case::line(rest) {
                if self.passes(usual.cell) {
                    found.count += 1;
                    if !self.count {
                        let record = rest.get(..usual.record).unwrap_or_default();
                        found.matches.extend_from_slice(record);
                        found.matches.push(b'\n');
                    }
                }
                usual.line
            } else {
                let line_end = rest.iter().position(|byte| *byte == b'\n');
                let length = line_end.map_or(rest.len(), |at| at + 1);
                let line = rest.get(..length).unwrap_or_default();
                let Some(count) = self.sift_line(line, &mut found.matches) else {
                    found.odd = Some(bytes.len() - rest.len());
                    return;
                };
                found.count += count;
                length
            };
            found.lines += 1;
            rest = rest.get(length..).unwrap_or_default();
        }
    }

    /// Appends the matches in a line to `matches`, and counts them; `None` if it is not plain.
    ///
    /// Apart, so that the loop over usual lines stays short.
    #[inline(never)]
    fn sift_line(self, line: &[u8], matches: &mut Vec<u8>) -> Option<u64> {
        let before = matches.len();
        let mut records = Records::of_line(line, LARGEST);
        let mut count = 0;
        loop {
            match records.next() {
                Ok(None) => return Some(count),
                Ok(Some(Item::Record(record))) => match self.passes_record(&record) {
                    Ok(false) => continue,
                    Ok(true) => {
                        count += 1;
                        self.print(&record, matches);
                        continue;
                    }
                    Err(_) => {}
                },
                Ok(Some(Item::Problem(_))) | Err(_) => {}
            }
            matches.truncate(before);
            return None;
        }
    }
}
