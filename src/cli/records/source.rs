//! Buffered input with line and column positions.

use std::io::{self, ErrorKind, Read};

/// Position in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// Line number, starting at 1.
    pub(crate) line: u64,
    /// Column number, starting at 1, in characters, or in bytes if the line up to here is not UTF-8.
    pub(crate) column: u64,
}

/// Location up to which lines and columns have been counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    /// Number of line breaks before it.
    lines: u64,
    /// Number of bytes before it on its line.
    bytes: u64,
    /// Number of complete characters before it on its line; `None` if the line is not UTF-8.
    characters: Option<u64>,
    /// First bytes of a character that continues after it.
    partial: [u8; 4],
    /// Number of bytes in `partial`.
    partial_len: usize,
}

impl Mark {
    /// Start of the input.
    const START: Self = Self {
        lines: 0,
        bytes: 0,
        characters: Some(0),
        partial: [0; 4],
        partial_len: 0,
    };

    /// Returns the line and column.
    pub(crate) fn position(&self) -> Position {
        // A partial character is invalid UTF-8, as the next byte starts a token.
        let before = self
            .characters
            .filter(|_| self.partial_len == 0)
            .unwrap_or(self.bytes);
        Position {
            line: self.lines + 1,
            column: before + 1,
        }
    }

    /// Returns the location after `bytes`.
    pub(crate) fn after(mut self, bytes: &[u8]) -> Self {
        let breaks = line_breaks(bytes);
        let mut line = bytes;
        if breaks > 0 {
            line = bytes
                .rsplit(|byte| *byte == b'\n')
                .next()
                .unwrap_or_default();
            self = Self {
                lines: self.lines + breaks,
                ..Self::START
            };
        }
        self.bytes += line.len() as u64;
        if let Some(before) = self.characters {
            self.characters = self.characters(line).map(|more| before + more);
        }
        self
    }

    /// Returns the number of characters that end in `bytes`, or `None` if they are not UTF-8.
    fn characters(&mut self, mut bytes: &[u8]) -> Option<u64> {
        let mut count = 0;
        while self.partial_len > 0
            && let Some((first, rest)) = bytes.split_first()
        {
            bytes = rest;
            *self.partial.get_mut(self.partial_len)? = *first;
            self.partial_len += 1;
            match str::from_utf8(self.partial.get(..self.partial_len)?) {
                Ok(_) => {
                    self.partial_len = 0;
                    count = 1;
                }
                Err(error) if error.error_len().is_some() => return None,
                Err(_) => {}
            }
        }
        let error = match str::from_utf8(bytes) {
            Ok(text) => return Some(count + text.chars().count() as u64),
            Err(error) => error,
        };
        if error.error_len().is_some() {
            return None;
        }
        let (text, partial) = bytes.split_at_checked(error.valid_up_to())?;
        self.partial
            .get_mut(..partial.len())?
            .copy_from_slice(partial);
        self.partial_len = partial.len();
        Some(count + str::from_utf8(text).ok()?.chars().count() as u64)
    }
}

/// Returns the number of line feeds in `bytes`.
fn line_breaks(bytes: &[u8]) -> u64 {
    // Sums of up to 255 fit in a byte, which allows the compiler to vectorize the loop.
    let count = |chunk: &[u8]| {
        chunk
            .iter()
            .map(|byte| u8::from(*byte == b'\n'))
            .sum::<u8>()
    };
    bytes.chunks(192).map(|chunk| u64::from(count(chunk))).sum()
}

/// Buffered input. Bytes are read ahead from the reader, then taken, and held until released.
#[derive(Debug)]
pub(super) struct Source<R> {
    /// Underlying reader.
    reader: R,
    /// Buffer, filled up to `end`.
    buffer: Vec<u8>,
    /// Offset of the first byte held.
    start: usize,
    /// Offset of the next byte to take.
    next: usize,
    /// Offset of the end of the bytes read.
    end: usize,
    /// Maximum size of the buffer.
    max_size: usize,
    /// Location of the offset `marked`.
    mark: Mark,
    /// Offset up to which lines and columns have been counted, at most `start`.
    marked: usize,
    /// Whether the reader has reached its end.
    ended: bool,
}

impl<R: Read> Source<R> {
    /// Creates an input that can hold up to `limit` bytes, with an initial buffer of `size` bytes.
    pub(super) fn new(reader: R, limit: usize, size: usize) -> Self {
        Self {
            reader,
            buffer: vec![0; size.max(1)],
            start: 0,
            next: 0,
            end: 0,
            max_size: limit.saturating_add(1),
            mark: Mark::START,
            marked: 0,
            ended: false,
        }
    }

    /// Skips a byte order mark, if any. The column after it is still 1.
    pub(super) fn skip_byte_order_mark(&mut self) -> io::Result<()> {
        const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
        while !self.ahead().starts_with(BYTE_ORDER_MARK) {
            // Do not wait for more input if it starts differently: the reader may be a terminal.
            if !BYTE_ORDER_MARK.starts_with(self.ahead()) || !self.fill()? {
                return Ok(());
            }
        }
        self.take(BYTE_ORDER_MARK.len());
        self.hold();
        self.marked = self.next;
        Ok(())
    }

    /// Starts counting after `lines` lines.
    pub(super) fn start_after(&mut self, lines: u64) {
        self.mark = Mark {
            lines,
            ..Mark::START
        };
    }

    /// Skips buffered white space without reading more. Returns whether the buffer is now empty.
    pub(super) fn skip_space_ahead(&mut self) -> bool {
        let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let ahead = self.ahead();
        let count = ahead.iter().position(|byte| !space(byte));
        self.take(count.unwrap_or(usize::MAX));
        self.hold();
        count.is_none()
    }

    /// Returns the reader and the number of lines that end before the bytes held.
    pub(super) fn reader_and_lines(&mut self) -> (&mut R, u64) {
        let lines = self.mark().lines;
        (&mut self.reader, lines)
    }

    /// Returns the size of the buffer.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.buffer.len()
    }

    /// Returns the bytes read but not yet taken.
    pub(super) fn ahead(&self) -> &[u8] {
        self.buffer.get(self.next..self.end).unwrap_or_default()
    }

    /// Returns the bytes held: those taken since [`hold`](Self::hold).
    pub(super) fn held(&self) -> &[u8] {
        self.buffer.get(self.start..self.next).unwrap_or_default()
    }

    /// Takes up to `count` of the bytes ahead.
    pub(super) fn take(&mut self, count: usize) {
        self.next = self.end.min(self.next.saturating_add(count));
    }

    /// Releases the bytes held and holds those taken from here on.
    pub(super) fn hold(&mut self) {
        self.start = self.next;
    }

    /// Moves back to the first byte held.
    pub(super) fn rewind(&mut self) {
        self.next = self.start;
    }

    /// Reads more bytes and keeps the bytes held. Returns `false` at the end of the input.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.end == self.buffer.len() || self.start == self.end {
            self.mark();
            self.buffer.copy_within(self.start..self.end, 0);
            self.next -= self.start;
            self.end -= self.start;
            (self.start, self.marked) = (0, 0);
        }
        if self.end == self.buffer.len() {
            let size = self
                .end
                .saturating_mul(2)
                .min(self.max_size)
                .max(self.end + 1);
            self.buffer.resize(size, 0);
        }
        loop {
            let free = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.reader.read(free) {
                Ok(count) => {
                    self.end = self.buffer.len().min(self.end + count);
                    self.ended = count == 0;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Releases the bytes held and reads more. Returns `false` at the end of the input.
    pub(super) fn refill(&mut self) -> io::Result<bool> {
        self.hold();
        self.fill()
    }

    /// Skips white space and releases the bytes held. Returns the byte after the white space, which is
    /// not taken, and whether the white space contained a line break, or `None` at the end of the
    /// input.
    pub(super) fn skip_space(&mut self) -> io::Result<Option<(u8, bool)>> {
        let mut fresh = false;
        loop {
            let mut space = 0;
            for byte in self.ahead() {
                match byte {
                    b'\n' => fresh = true,
                    b' ' | b'\t' | b'\r' => {}
                    byte => {
                        let byte = *byte;
                        self.take(space);
                        self.hold();
                        return Ok(Some((byte, fresh)));
                    }
                }
                space += 1;
            }
            self.take(space);
            if !self.refill()? {
                return Ok(None);
            }
        }
    }

    /// Skips the rest of the line and releases the bytes held. Returns `false` if the input ends first.
    pub(super) fn skip_line(&mut self) -> io::Result<bool> {
        loop {
            let line_end = self.ahead().iter().position(|byte| *byte == b'\n');
            self.take(line_end.map_or(usize::MAX, |at| at + 1));
            if line_end.is_some() {
                self.hold();
                return Ok(true);
            }
            if !self.refill()? {
                return Ok(false);
            }
        }
    }

    /// Returns the location of the first byte held.
    pub(super) fn mark(&mut self) -> Mark {
        self.mark = self
            .mark
            .after(self.buffer.get(self.marked..self.start).unwrap_or_default());
        self.marked = self.start;
        self.mark
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_columns() {
        // (bytes, line and column after them)
        for (bytes, line, column) in [
            (&b""[..], 1, 1),
            (b"a", 1, 2),
            (b"\n", 2, 1),
            (b"a\r\n\n b", 3, 3),
            ("é€😀".as_bytes(), 1, 4),
            ("é\n€😀x".as_bytes(), 2, 4),
            (b"\xff\xc3\xa9", 1, 4),
            (b"\xc3\xa9\xff\xc3\xa9", 1, 6),
            (b"\xff\n\xc3\xa9", 2, 2),
            (b"\xc3", 1, 2),
            (b"\xc3\xa9\xe2\x82", 1, 5),
            (b"\xf0\x9fx", 1, 4),
        ] {
            for cut in 0..=bytes.len() {
                for cut2 in cut..=bytes.len() {
                    let mark = Mark::START.after(&bytes[..cut]).after(&bytes[cut..cut2]);
                    let position = mark.after(&bytes[cut2..]).position();
                    assert_eq!(
                        position,
                        Position { line, column },
                        "{bytes:?} {cut} {cut2}"
                    );
                }
            }
        }
    }

    #[test]
    fn counts_line_breaks_in_long_inputs() {
        assert_eq!(line_breaks(&[b'\n'; 1000]), 1000);
        assert_eq!(line_breaks(&b"a\nb".repeat(1000)), 1000);
    }
}
