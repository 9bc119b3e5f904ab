//! The part of an input that is in memory, with its position.

use std::io::{self, ErrorKind, Read};

/// A position in an input. Lines and columns count from 1, columns in characters; a byte that is not
/// part of a character counts as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: u64,
    pub(crate) column: u64,
}

impl Position {
    fn after(self, bytes: &[u8]) -> Self {
        let starts_character = |byte: &&u8| **byte & 0b1100_0000 != 0b1000_0000;
        let count = |bytes: &[u8]| bytes.iter().filter(starts_character).count() as u64;
        match memchr::memrchr(b'\n', bytes) {
            None => Self {
                column: self.column + count(bytes),
                ..self
            },
            Some(at) => Self {
                line: self.line + memchr::memchr_iter(b'\n', bytes).count() as u64,
                column: count(bytes.get(at..).unwrap_or_default()),
            },
        }
    }
}

/// The bytes that have been read from an input and not released.
#[derive(Debug)]
pub(super) struct Window<R> {
    reader: R,
    buffer: Vec<u8>,
    /// The bytes are `buffer[start..end]`.
    start: usize,
    end: usize,
    /// Offset in the input, and position, of the first byte.
    pub(super) offset: u64,
    pub(super) position: Position,
    /// Maximum size of the buffer.
    limit: usize,
    pub(super) has_ended: bool,
    /// The error that ended the input.
    pub(super) error: Option<io::Error>,
}

impl<R: Read> Window<R> {
    pub(super) fn new(reader: R, size: usize, limit: usize) -> Self {
        Self {
            reader,
            buffer: vec![0; size.clamp(1, limit)],
            start: 0,
            end: 0,
            offset: 0,
            position: Position { line: 1, column: 1 },
            limit,
            has_ended: false,
            error: None,
        }
    }

    /// Returns the size of the buffer.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.buffer.len()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Returns the bytes from `at`.
    pub(super) fn from(&self, at: usize) -> &[u8] {
        self.bytes().get(at..).unwrap_or_default()
    }

    /// Returns the bytes before `at`.
    pub(super) fn to(&self, at: usize) -> &[u8] {
        self.bytes().get(..at).unwrap_or(self.bytes())
    }

    /// Returns the position of the byte `at`.
    pub(super) fn position(&self, at: usize) -> Position {
        self.position.after(self.to(at))
    }

    /// Releases the first `count` bytes.
    pub(super) fn advance(&mut self, count: usize) {
        self.position = self.position(count);
        self.skip(count);
    }

    /// Releases the first `count` bytes without changing the position.
    pub(super) fn skip(&mut self, count: usize) {
        let count = count.min(self.bytes().len());
        (self.offset, self.start) = (self.offset + count as u64, self.start + count);
    }

    /// Reads more bytes. Returns `false` at the end of the input, or if the window is full.
    pub(super) fn fill(&mut self) -> bool {
        if self.start > 0 && self.end > self.buffer.len() / 2 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.resize((2 * self.end).min(self.limit), 0);
        }
        while !self.has_ended && self.end < self.buffer.len() {
            match self
                .reader
                .read(self.buffer.get_mut(self.end..).unwrap_or_default())
            {
                Ok(0) => self.has_ended = true,
                Ok(count) => {
                    self.end += count;
                    return true;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => (self.has_ended, self.error) = (true, Some(error)),
            }
        }
        false
    }

    /// Reads until the bytes contain a line break or are at least `size`. Returns the length of the
    /// complete lines, at the end of the input of all bytes.
    pub(super) fn lines(&mut self, size: usize) -> usize {
        let mut searched = 0;
        loop {
            if let Some(at) = memchr::memrchr(b'\n', self.from(searched)) {
                return searched + at + 1;
            }
            searched = self.bytes().len();
            if searched >= size.min(self.limit) {
                return 0;
            }
            if !self.fill() {
                return searched;
            }
        }
    }
}
