//! The baseline: a hand-written recursive descent parser that computes the cells of a filter in a
//! single pass. It supports only the documented language, and reports no errors.

use std::ops::Range;

/// Returns the cells that a filter matches; `None` if it does not consist of documented
/// comparisons, or if some part matches nothing.
pub(crate) fn parse(text: &str) -> Option<u32> {
    let mut parser = Parser {
        bytes: text.as_bytes(),
        at: 0,
    };
    parser.space();
    if parser.at == parser.bytes.len() {
        return Some(ALL);
    }
    let cells = parser.expression(0)?;
    (parser.at == parser.bytes.len()).then_some(cells)
}

const ALL: u32 = (1 << 25) - 1;
const MEMBER: u32 = 0b1_1111 << 5;
const MANAGER: u32 = 0b1_1111 << 10;
const HUMAN: u32 = 0b00001_00001_00001_00001_00001 << 2;
const BOT: u32 = HUMAN << 1;

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Skips white space; returns whether there was any.
    fn space(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        self.at > start
    }

    fn literal(&mut self, literal: &[u8]) -> bool {
        let found = self.bytes[self.at..].starts_with(literal);
        if found {
            self.at += literal.len();
        }
        found
    }

    /// Skips a keyword and the white space after it; returns whether both are there.
    fn keyword(&mut self, keyword: &[u8]) -> bool {
        let start = self.at;
        if self.literal(keyword) && self.space() {
            return true;
        }
        self.at = start;
        false
    }

    fn expression(&mut self, depth: u8) -> Option<u32> {
        let mut cells = self.factor(depth)?;
        while self.keyword(b"AND") {
            cells &= self.factor(depth)?;
        }
        (cells != 0).then_some(cells)
    }

    fn factor(&mut self, depth: u8) -> Option<u32> {
        let mut cells = self.term(depth)?;
        while self.keyword(b"OR") {
            cells |= self.term(depth)?;
        }
        Some(cells)
    }

    /// Parses a term and the white space after it, which is required before a keyword.
    fn term(&mut self, depth: u8) -> Option<u32> {
        let cells = match self.peek()? {
            b'(' if depth < 64 => {
                self.at += 1;
                self.space();
                let cells = self.expression(depth + 1)?;
                if self.peek() != Some(b')') {
                    return None;
                }
                self.at += 1;
                cells
            }
            b'a'..=b'z' => self.comparison()?,
            _ => return None,
        };
        let spaced = self.space();
        (spaced || matches!(self.peek(), None | Some(b')'))).then_some(cells)
    }

    fn comparison(&mut self) -> Option<u32> {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.')
        ) {
            self.at += 1;
        }
        let field = start..self.at;
        self.space();
        let negated = self.literal(b"!");
        if !self.literal(b"=") {
            return None;
        }
        let value = self.string()?;
        match (&self.bytes[field], negated, &self.bytes[value]) {
            (b"member.type", false, b"HUMAN") => Some(HUMAN),
            (b"member.type", false, b"BOT") => Some(BOT),
            (b"member.type", true, b"HUMAN") => Some(ALL & !HUMAN),
            (b"member.type", true, b"BOT") => Some(ALL & !BOT),
            (b"role", false, b"ROLE_MEMBER") => Some(MEMBER),
            (b"role", false, b"ROLE_MANAGER") => Some(MANAGER),
            _ => None,
        }
    }

    fn string(&mut self) -> Option<Range<usize>> {
        self.space();
        let quote = self.peek().filter(|quote| matches!(quote, b'"' | b'\''))?;
        let start = self.at + 1;
        let length = self.bytes[start..].iter().position(|byte| *byte == quote)?;
        self.at = start + length + 1;
        Some(start..start + length)
    }
}
