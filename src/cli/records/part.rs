//! Reading of parts of an input. No array or page is open at the start of a part.

use std::io::Read;

use super::{BUFFER, Records, Stage};

impl<'a> Records<&'a [u8]> {
    /// Creates a reader of the records in a line other than the first one. Positions are relative to
    /// the line.
    pub(crate) fn of_line(line: &'a [u8], limit: usize) -> Self {
        let mut records = Self::with_buffer(line, limit, line.len().min(BUFFER));
        // A byte order mark is only skipped at the start of an input.
        records.stage = Stage::Middle;
        records
    }
}

impl<R: Read> Records<R> {
    /// Creates a reader of the records after the first `lines` lines of the input.
    pub(crate) fn after_lines(reader: R, limit: usize, lines: u64) -> Self {
        let mut records = Self::new(reader, limit);
        records.source.start_after(lines);
        records.stage = Stage::Middle;
        records
    }

    /// Returns the underlying reader and the number of lines read, if no array or page is open and the
    /// buffer contains only white space.
    pub(crate) fn rests(&mut self) -> Option<(&mut R, u64)> {
        let open = self.list.is_some() || self.page.is_some() || self.array.is_some();
        (!open && self.source.skip_space_ahead()).then(|| self.source.reader_and_lines())
    }
}
