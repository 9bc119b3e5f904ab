//! Chunks of the input and the selected records in their lines.

use std::io::{self, Read};

use gchat_filter::Membership;
use gchat_filter::members::{Cell, Filter};

use super::common_case;
use crate::cli::records::{self, Item, Record, Records};

/// Size limit of a record, in bytes.
pub(super) const RECORD_LIMIT: usize = 16 << 20;

/// A chunk of the input and the results for it. Chunks are reused to save allocations.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// Buffer, filled up to `length`.
    buffer: Vec<u8>,
    length: usize,
    /// Results for the chunk.
    pub(super) found: Found,
}

/// Results for a chunk, up to its first irregular line.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The selected records, one per line.
    pub(super) matches: Vec<u8>,
    /// Number of selected records.
    pub(super) count: u64,
    /// Number of lines read.
    pub(super) lines: u64,
    /// Offset of the first irregular line, if any.
    pub(super) irregular: Option<usize>,
}

impl Chunk {
    /// Creates a chunk that holds up to `size` bytes.
    pub(super) fn new(size: usize) -> Self {
        Self {
            buffer: vec![0; size.max(1)],
            ..Self::default()
        }
    }

    /// Returns the bytes of the chunk.
    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.length).unwrap_or_default()
    }

    /// Returns whether the chunk ends at a line break.
    pub(super) fn ends_line(&self) -> bool {
        self.bytes().ends_with(b"\n")
    }

    /// Fills the chunk with `rest`, the bytes left over from the previous chunk, and then from
    /// `reader` until a read contains a line break or the buffer is full. Bytes after the last line
    /// break become the new `rest`. The chunk is empty only at the end of the input.
    pub(super) fn fill(&mut self, rest: &mut Vec<u8>, reader: &mut impl Read) -> io::Result<()> {
        self.length = rest.len();
        if let Some(buffer) = self.buffer.get_mut(..rest.len()) {
            buffer.copy_from_slice(rest);
        }
        rest.clear();
        while let Some(buffer) = self
            .buffer
            .get_mut(self.length..)
            .filter(|buffer| !buffer.is_empty())
        {
            let count = match reader.read(buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let line_end = buffer.iter().take(count).rposition(|byte| *byte == b'\n');
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

/// Which records to select, and whether to print them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Selection {
    pub(super) filter: Filter,
    /// Whether to select the records that do not match.
    pub(super) invert: bool,
    /// Whether to count the selected records without printing them.
    pub(super) count: bool,
}

impl Selection {
    fn selects(self, cell: Cell) -> bool {
        self.filter.matches(&cell) != self.invert
    }

    /// Returns whether a record is selected.
    ///
    /// # Errors
    ///
    /// Fails if the record is not a membership.
    pub(super) fn selects_record(self, record: &Record<'_>) -> serde_json::Result<bool> {
        if let Some(cell) = common_case::record(record.raw) {
            return Ok(self.selects(cell));
        }
        let membership = serde_json::from_slice::<Membership>(record.raw)?;
        Ok(self.filter.matches(&membership) != self.invert)
    }

    /// Appends a selected record to `matches`.
    pub(super) fn print(self, record: &Record<'_>, matches: &mut Vec<u8>) {
        if !self.count {
            records::compact(record.raw, matches);
            matches.push(b'\n');
        }
    }

    /// Finds the selected records in the lines of `chunk`, up to the first irregular line: one that
    /// contains anything but complete, valid records. No array or object is open at the start or end
    /// of a regular line, so it can be read independently of the lines around it.
    pub(super) fn search(self, chunk: &mut Chunk) {
        let Chunk {
            buffer,
            length,
            found,
        } = chunk;
        found.matches.clear();
        (found.count, found.lines, found.irregular) = (0, 0, None);
        let bytes = buffer.get(..*length).unwrap_or_default();
        if bytes.len() == buffer.len() && !bytes.ends_with(b"\n") {
            // The line continues in the next chunk.
            found.irregular = Some(0);
            return;
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            let length = if let Some(line) = common_case::line(rest) {
                if self.selects(line.cell) {
                    found.count += 1;
                    if !self.count {
                        let record = rest.get(..line.record).unwrap_or_default();
                        found.matches.extend_from_slice(record);
                        found.matches.push(b'\n');
                    }
                }
                line.length
            } else {
                let line_end = rest.iter().position(|byte| *byte == b'\n');
                let length = line_end.map_or(rest.len(), |at| at + 1);
                let line = rest.get(..length).unwrap_or_default();
                let Some(count) = self.search_line(line, &mut found.matches) else {
                    found.irregular = Some(bytes.len() - rest.len());
                    return;
                };
                found.count += count;
                length
            };
            found.lines += 1;
            rest = rest.get(length..).unwrap_or_default();
        }
    }

    /// Appends the selected records in a line to `matches` and returns their number, or `None` if the
    /// line is irregular.
    ///
    /// Not inlined, to keep the loop for the common case short.
    #[inline(never)]
    fn search_line(self, line: &[u8], matches: &mut Vec<u8>) -> Option<u64> {
        let before = matches.len();
        let mut records = Records::of_line(line, RECORD_LIMIT);
        let mut count = 0;
        loop {
            match records.next() {
                Ok(None) => return Some(count),
                Ok(Some(Item::Record(record))) => match self.selects_record(&record) {
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
