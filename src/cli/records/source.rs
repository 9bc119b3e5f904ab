//! The input in a buffer, with the line and column of what is read.

use std::io::{self, ErrorKind, Read};

/// A place in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// The line, from 1.
    pub(crate) line: u64,
    /// The column, from 1: in characters or, where the line is not UTF-8 so far, in bytes.
    pub(crate) column: u64,
}

/// A place up to which lines and columns have been counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    /// Line breaks before it.
    lines: u64,
    /// Bytes before it on its line.
    bytes: u64,
    /// Whole characters before it on its line; `None` if the line is not UTF-8.
    characters: Option<u64>,
    /// The first bytes of a character that goes on after it,
    partial: [u8; 4],
    /// and how many these are.
    partial_len: usize,
}

impl Mark {
    /// The beginning of the input.
    const START: Self = Self {
        lines: 0,
        bytes: 0,
        characters: Some(0),
        partial: [0; 4],
        partial_len: 0,
    };

    /// The place as people count it.
    pub(crate) fn position(&self) -> Position {
        // A character cut off here is none: what comes next is a token's first byte.
        let before = self
            .characters
            .filter(|_| self.partial_len == 0)
            .unwrap_or(self.bytes);
        Position {
            line: self.lines + 1,
            column: before + 1,
        }
    }

    /// The place `bytes` later.
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

    /// The number of characters that end in `bytes`; `None` if these are not UTF-8.
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

/// The number of line feeds in `bytes`.
fn line_breaks(bytes: &[u8]) -> u64 {
    // Sums of up to 255 fit a byte, which lets the compiler count many bytes at once.
    let count = |chunk: &[u8]| {
        chunk
            .iter()
            .map(|byte| u8::from(*byte == b'\n'))
            .sum::<u8>()
    };
    bytes.chunks(192).map(|chunk| u64::from(count(chunk))).sum()
}

/// The input: bytes held, bytes read and not yet taken, and the reader of the rest.
#[derive(Debug)]
pub(super) struct Source<R> {
    /// Where the bytes come from.
    reader: R,
    /// Bytes read, up to `end`, and room for more.
    buffer: Vec<u8>,
    /// The first byte held in the buffer.
    start: usize,
    /// The next byte to take.
    next: usize,
    /// The end of the bytes read.
    end: usize,
    /// The size the buffer may grow to.
    most: usize,
    /// The lines and columns before `marked`.
    mark: Mark,
    /// How far these have been counted; not further than `start`.
    marked: usize,
    /// Whether the reader has come to its end.
    ended: bool,
}

impl<R: Read> Source<R> {
    /// An input that has to hold up to `limit` bytes, in a buffer of `size` bytes at first.
    pub(super) fn new(reader: R, limit: usize, size: usize) -> Self {
        Self {
            reader,
            buffer: vec![0; size.max(1)],
            start: 0,
            next: 0,
            end: 0,
            most: limit.saturating_add(1),
            mark: Mark::START,
            marked: 0,
            ended: false,
        }
    }

    /// Takes a byte order mark, if there is one; the column after it is still 1.
    pub(super) fn skip_byte_order_mark(&mut self) -> io::Result<()> {
        const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
        while !self.ahead().starts_with(BYTE_ORDER_MARK) {
            // Nothing more is asked of a reader that has begun otherwise: it may be a terminal.
            if !BYTE_ORDER_MARK.starts_with(self.ahead()) || !self.fill()? {
                return Ok(());
            }
        }
        self.take(BYTE_ORDER_MARK.len());
        self.hold();
        self.marked = self.next;
        Ok(())
    }

    /// Lets lines be counted from `lines` on.
    pub(super) fn begin_after(&mut self, lines: u64) {
        self.mark = Mark {
            lines,
            ..Mark::START
        };
    }

    /// Takes the white space ahead without reading on, and holds nothing; whether that was all.
    pub(super) fn skip_space_ahead(&mut self) -> bool {
        let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let ahead = self.ahead();
        let count = ahead.iter().position(|byte| !space(byte));
        self.take(count.unwrap_or(usize::MAX));
        self.hold();
        count.is_none()
    }

    /// The reader, and the number of lines that end before what is held.
    pub(super) fn reader_and_lines(&mut self) -> (&mut R, u64) {
        let lines = self.mark().lines;
        (&mut self.reader, lines)
    }

    /// The size of the buffer.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.buffer.len()
    }

    /// The bytes read and not yet taken.
    pub(super) fn ahead(&self) -> &[u8] {
        self.buffer.get(self.next..self.end).unwrap_or_default()
    }

    /// The bytes held: those taken since [`hold`](Self::hold).
    pub(super) fn held(&self) -> &[u8] {
        self.buffer.get(self.start..self.next).unwrap_or_default()
    }

    /// Takes `count` of the bytes ahead, or all if there are fewer.
    pub(super) fn take(&mut self, count: usize) {
        self.next = self.end.min(self.next.saturating_add(count));
    }

    /// Lets go of what was held, and holds what is taken from here on.
    pub(super) fn hold(&mut self) {
        self.start = self.next;
    }

    /// Gives back the bytes taken since [`hold`](Self::hold).
    pub(super) fn give_back(&mut self) {
        self.next = self.start;
    }

    /// Reads on, keeping what is held; `false` at the end of the input.
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
            let size = self.end.saturating_mul(2).min(self.most).max(self.end + 1);
            self.buffer.resize(size, 0);
        }
        loop {
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.reader.read(room) {
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

    /// Lets go of what was held and reads on; `false` at the end of the input.
    pub(super) fn refill(&mut self) -> io::Result<bool> {
        self.hold();
        self.fill()
    }

    /// Takes white space: the byte after it, which is not taken, and whether a line ended before
    /// that; `None` at the end of the input. Nothing is held any more.
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

    /// Takes the rest of the line; `false` if the input ends first. Nothing is held any more.
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

    /// The place of the first byte held.
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
    fn positions() {
        // (bytes, the position after them)
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
    fn line_breaks_of_long_texts() {
        assert_eq!(line_breaks(&[b'\n'; 1000]), 1000);
        assert_eq!(line_breaks(&b"a\nb".repeat(1000)), 1000);
    }
}
