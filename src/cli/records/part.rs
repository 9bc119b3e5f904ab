//! Parts of an input that can be read by themselves, as nothing is open where they begin.

use std::io::Read;

use super::{BUFFER, Records, Stage};

impl<'a> Records<&'a [u8]> {
    /// The records of a line that is not the first one, without its place in the input.
    pub(crate) fn of_line(line: &'a [u8], limit: usize) -> Self {
        let mut records = Self::with_buffer(line, limit, line.len().min(BUFFER));
        // A byte order mark here is none.
        records.stage = Stage::Middle;
        records
    }
}

impl<R: Read> Records<R> {
    /// The records of what `reader` reads after `lines` lines of the input.
    pub(crate) fn after_lines(reader: R, limit: usize, lines: u64) -> Self {
        let mut records = Self::new(reader, limit);
        records.source.begin_after(lines);
        records.stage = Stage::Middle;
        records
    }

    /// The reader and the number of lines before what it gives next, if nothing is open and there
    /// is nothing left of what it has given.
    pub(crate) fn rests(&mut self) -> Option<(&mut R, u64)> {
        let open = self.list.is_some() || self.page.is_some() || self.array.is_some();
        (!open && self.source.skip_space_ahead()).then(|| self.source.reader_and_lines())
    }
}
