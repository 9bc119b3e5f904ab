//! Incremental scanner that finds the end of a JSON value.
//!
//! The scanner checks only what determines where the value ends: strings, brackets, and whether a
//! value or key may start at a position. It accepts `{"a":,}`, whose end is clear, and leaves the
//! error to the parser. A structural fault is reported immediately, so that a truncated line does not
//! extend over the following lines.

use std::fmt;

/// Nesting limit of objects and arrays in a value.
pub(super) const MAX_DEPTH: u32 = 128;

/// Result of scanning a piece of the input.
#[derive(Debug)]
pub(super) enum Step {
    /// The value continues after the piece.
    More,
    /// The end of a key of the outermost object, with its offsets in the value.
    Key {
        /// The opening quote.
        from: usize,
        /// The byte after the closing quote.
        to: usize,
    },
    /// The value ended with the last byte used.
    End,
    /// The first unused byte is a structural fault.
    Broken(Fault),
}

/// A structural fault in a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    /// Kind of the fault.
    pub(super) kind: FaultKind,
    /// Offset in the value to report: that of the unexpected byte, or the end of the previous token
    /// if that is on an earlier line.
    pub(super) at: usize,
    /// Whether only white space precedes the unexpected byte on its line.
    pub(super) fresh: bool,
}

/// Kind of a [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// An unexpected value, key or closing bracket.
    Expected {
        /// What was expected.
        expected: &'static str,
        /// First byte of what was found.
        found: u8,
    },
    /// A line break inside a string.
    LineBreak,
    /// Another raw control character inside a string.
    Control(u8),
    /// Objects or arrays nested too deeply.
    TooDeep,
    /// The end of the input inside a value.
    Unclosed,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            FaultKind::Expected { expected, found } => {
                write!(f, "expected {expected}, found {}", Shown(found))?;
                f.write_str(if self.fresh { " on a later line" } else { "" })
            }
            FaultKind::LineBreak => f.write_str("line break inside a string"),
            FaultKind::Control(byte) => {
                write!(f, "control character U+{byte:04X} inside a string")
            }
            FaultKind::TooDeep => {
                write!(f, "the value is nested more than {MAX_DEPTH} levels deep")
            }
            FaultKind::Unclosed => {
                f.write_str("the value is not closed before the end of the input")
            }
        }
    }
}

/// Displays a byte in a message.
pub(super) struct Shown(pub(super) u8);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            byte if byte.is_ascii_graphic() => write!(f, "`{}`", char::from(byte)),
            byte => write!(f, "byte 0x{byte:02x}"),
        }
    }
}

/// Token that the current byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lexeme {
    /// None: a token may start.
    None,
    /// A string.
    String,
    /// A string, just after a backslash.
    Escape,
    /// A number or word that is the entire value.
    Scalar,
}

/// The token before the current byte, within the innermost object or array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// `{`, `[` or no token.
    Open,
    /// `,`.
    Comma,
    /// A string that is a key.
    Key,
    /// `:`.
    Colon,
    /// A value.
    Value,
}

/// Scanner of a value.
#[derive(Debug)]
pub(super) struct Scan {
    /// One bit per open object or array, the innermost lowest: 1 for an object.
    objects: u128,
    /// Number of open objects and arrays.
    depth: u32,
    /// The token before the current byte.
    last: Last,
    /// Token that the current byte belongs to.
    lexeme: Lexeme,
    /// Whether to stop after each key of the outermost object.
    keys: bool,
    /// Offset of the current piece in the value.
    base: usize,
    /// Offset of the end of the last token.
    token: usize,
    /// Offset of the last line that started between tokens.
    line: usize,
    /// Offset of the last string.
    quote: usize,
    /// First control character in a string, line breaks excluded.
    control: Option<Fault>,
}

impl Scan {
    /// Creates a scanner of a value that starts with the first byte of the first piece.
    ///
    /// That byte must be neither white space nor one of `,`, `:`, `]`, `}`.
    pub(super) fn new(keys: bool) -> Self {
        Self {
            objects: 0,
            depth: 0,
            last: Last::Open,
            lexeme: Lexeme::None,
            keys,
            base: 0,
            token: 0,
            line: 0,
            quote: 0,
            control: None,
        }
    }

    /// Returns the first control character in a string. It makes the value invalid, but the end of
    /// the value is still known.
    pub(super) fn control(&self) -> Option<Fault> {
        self.control
    }

    /// Stops reporting keys.
    pub(super) fn ignore_keys(&mut self) {
        self.keys = false;
    }

    /// Handles the end of the input. Returns `None` if it ends the value.
    pub(super) fn finish(&self) -> Option<Fault> {
        let unclosed = Fault {
            kind: FaultKind::Unclosed,
            at: 0,
            fresh: false,
        };
        (self.lexeme != Lexeme::Scalar).then_some(unclosed)
    }

    /// Scans the next piece of the input. Returns the number of bytes used and the result.
    pub(super) fn run(&mut self, piece: &[u8]) -> (usize, Step) {
        let mut at = 0;
        let step = self.advance(piece, &mut at).unwrap_or(Step::More);
        self.base += at;
        (at, step)
    }

    /// Advances `at` to where the scan stops. Returns `None` at the end of the piece.
    fn advance(&mut self, piece: &[u8], at: &mut usize) -> Option<Step> {
        loop {
            match self.lexeme {
                Lexeme::None => {}
                Lexeme::String | Lexeme::Escape => {
                    if let Err(fault) = self.string(piece, at)? {
                        return Some(Step::Broken(fault));
                    }
                    if let Some(step) = self.string_ended(self.base + *at) {
                        return Some(step);
                    }
                }
                Lexeme::Scalar => {
                    let rest = piece.get(*at..)?;
                    let end = rest
                        .iter()
                        .position(|byte| b" \t\r\n,:\"{}[]".contains(byte));
                    *at += end.unwrap_or(rest.len());
                    return end.map(|_| Step::End);
                }
            }
            let byte = *piece.get(*at)?;
            match byte {
                b' ' | b'\t' | b'\r' => {
                    *at += 1;
                    continue;
                }
                b'\n' => {
                    *at += 1;
                    self.line = self.base + *at;
                    continue;
                }
                b'"' => {
                    if let Some(expected) = self.expected_instead_of(byte) {
                        return Some(self.broken(expected, byte, *at));
                    }
                    self.quote = self.base + *at;
                    self.lexeme = Lexeme::String;
                }
                b'{' | b'[' => {
                    if let Some(expected) = self.expected_instead_of(byte) {
                        return Some(self.broken(expected, byte, *at));
                    }
                    if self.depth == MAX_DEPTH {
                        let at = self.base + *at;
                        return Some(Step::Broken(Fault {
                            kind: FaultKind::TooDeep,
                            at,
                            fresh: false,
                        }));
                    }
                    self.objects = self.objects << 1 | u128::from(byte == b'{');
                    self.depth += 1;
                    self.last = Last::Open;
                }
                b'}' | b']' => {
                    if self.in_object() != (byte == b'}') {
                        return Some(self.broken(self.expected(), byte, *at));
                    }
                    self.objects >>= 1;
                    self.depth -= 1;
                    self.last = Last::Value;
                    if self.depth == 0 {
                        *at += 1;
                        return Some(Step::End);
                    }
                }
                b',' => self.last = Last::Comma,
                b':' => self.last = Last::Colon,
                _ if self.depth == 0 => self.lexeme = Lexeme::Scalar,
                _ => self.last = Last::Value,
            }
            *at += 1;
            self.token = self.base + *at;
        }
    }

    /// Advances `at` past the end of a string or to a fault. Returns `None` if the piece ends first.
    fn string(&mut self, piece: &[u8], at: &mut usize) -> Option<Result<(), Fault>> {
        loop {
            if self.lexeme == Lexeme::String {
                *at += ordinary(piece.get(*at..)?);
            }
            let byte = *piece.get(*at)?;
            match byte {
                b'\n' => {
                    let at = self.base + *at;
                    return Some(Err(Fault {
                        kind: FaultKind::LineBreak,
                        at,
                        fresh: false,
                    }));
                }
                ..0x20 if self.control.is_none() => {
                    let at = self.base + *at;
                    self.control = Some(Fault {
                        kind: FaultKind::Control(byte),
                        at,
                        fresh: false,
                    });
                }
                _ => {}
            }
            *at += 1;
            match (self.lexeme, byte) {
                (Lexeme::String, b'"') => return Some(Ok(())),
                (Lexeme::String, b'\\') => self.lexeme = Lexeme::Escape,
                _ => self.lexeme = Lexeme::String,
            }
        }
    }

    /// Handles the end of a string at the offset `end`.
    fn string_ended(&mut self, end: usize) -> Option<Step> {
        self.lexeme = Lexeme::None;
        self.token = end;
        if self.depth == 0 {
            return Some(Step::End);
        }
        if !self.in_object() || self.last == Last::Colon {
            self.last = Last::Value;
            return None;
        }
        self.last = Last::Key;
        (self.keys && self.depth == 1).then_some(Step::Key {
            from: self.quote,
            to: end,
        })
    }

    /// Returns whether the innermost open bracket is `{`.
    fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }

    /// Returns what is expected instead of a value or key that starts with `byte`, or `None` if it is
    /// allowed.
    fn expected_instead_of(&self, byte: u8) -> Option<&'static str> {
        let allowed = match self.last {
            Last::Open | Last::Comma => byte == b'"' || !self.in_object(),
            Last::Colon => self.in_object(),
            Last::Key | Last::Value => false,
        };
        (!allowed).then(|| self.expected())
    }

    /// Returns what is expected here.
    fn expected(&self) -> &'static str {
        match (self.in_object(), self.last) {
            (true, Last::Open) => "a key or `}`",
            (true, Last::Comma) => "a key",
            (true, Last::Key) => "`:`",
            (true, Last::Colon) | (false, Last::Comma) => "a value",
            (true, Last::Value) => "`,` or `}`",
            (false, Last::Open) => "a value or `]`",
            (false, _) => "`,` or `]`",
        }
    }

    /// Creates a fault for the unexpected byte `found` at the offset `at` in the piece.
    fn broken(&self, expected: &'static str, found: u8, at: usize) -> Step {
        let fresh = self.line > self.token;
        let at = if fresh { self.token } else { self.base + at };
        Step::Broken(Fault {
            kind: FaultKind::Expected { expected, found },
            at,
            fresh,
        })
    }
}

/// Returns the number of bytes before the first special byte of a string: a quote, a backslash or a
/// control character.
fn ordinary(bytes: &[u8]) -> usize {
    // Eight bytes at a time: `below` sets the high bit of each byte below the bound. A borrow can only
    // affect bytes after the first one found, which are ignored.
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let below = |word: u64, bound: u64| word.wrapping_sub(ONES * bound) & !word & HIGH;
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
        let special = quote | backslash | below(word, 0x20);
        if special != 0 {
            return index * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| matches!(byte, ..0x20 | b'"' | b'\\');
    words.len() * 8 + rest.iter().position(special).unwrap_or(rest.len())
}

/// Appends the record `raw`, which must be valid JSON, to `out` as one line without a line break.
///
/// A record on one line is copied byte for byte. A record on several lines loses the white space
/// between its tokens.
pub(crate) fn compact(raw: &[u8], out: &mut Vec<u8>) {
    if !raw.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        out.extend_from_slice(raw);
        return;
    }
    let mut lexeme = Lexeme::None;
    for &byte in raw {
        lexeme = match (lexeme, byte) {
            (Lexeme::String, b'\\') => Lexeme::Escape,
            (Lexeme::String, b'"') => Lexeme::None,
            (Lexeme::String | Lexeme::Escape, _) | (_, b'"') => Lexeme::String,
            (_, b' ' | b'\t' | b'\r' | b'\n') => continue,
            _ => Lexeme::None,
        };
        out.push(byte);
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test may panic")]
mod tests {
    use super::*;

    /// Scans `text` in pieces of `size` bytes.
    fn scan(text: &str, size: usize) -> Result<usize, Option<Fault>> {
        let mut scan = Scan::new(false);
        let mut total = 0;
        for piece in text.as_bytes().chunks(size) {
            let (used, step) = scan.run(piece);
            total += used;
            match step {
                Step::More => assert_eq!(used, piece.len()),
                Step::End => return Ok(total),
                Step::Broken(fault) => return Err(Some(fault)),
                Step::Key { .. } => unreachable!("keys were not requested"),
            }
        }
        scan.finish().map_or(Ok(total), |_| Err(None))
    }

    #[test]
    fn finds_the_end_of_a_value() {
        // (value, what follows it)
        let deep = "[".repeat(128) + &"]".repeat(128);
        for (value, rest) in [
            ("{}", ""),
            ("{}", "{}"),
            (r#"{ "a" : [1,{"b":"}"}] }"#, " "),
            (r#"{"a":"\"}\\"}"#, ""),
            (r#"{"a":"\\\\\\\\\\\\\\\\\\"}"#, "{"),
            (r#""a""#, "b"),
            ("12", ","),
            ("null", ""),
            ("true", "]"),
            ("[[],[]]", "]"),
            // Balanced brackets and strings, but otherwise invalid; left to the parser.
            (r#"{"a":}"#, ""),
            (r#"{"a",1}"#, ""),
            ("{,:,}", ""),
            (r#"{"a":tru 1 2}"#, ""),
            ("{\"\u{e9}\":\"\t\"}", ""),
            (&deep, ""),
        ] {
            let text = format!("{value}{rest}");
            for size in [1, 2, 3, 7, 8, 9, 1000] {
                assert_eq!(
                    scan(&text, size),
                    Ok(value.len()),
                    "{text} in pieces of {size}"
                );
            }
        }
    }

    #[test]
    fn reports_faults() {
        // (text, offset of the fault, message)
        let deep = "[".repeat(129);
        for (text, at, message) in [
            ("{{", 1, "expected a key or `}`, found `{`"),
            ("{[", 1, "expected a key or `}`, found `[`"),
            ("{]", 1, "expected a key or `}`, found `]`"),
            ("[}", 1, "expected a value or `]`, found `}`"),
            ("[1,}", 3, "expected a value, found `}`"),
            ("{\"a\":]", 5, "expected a value, found `]`"),
            ("{\"a\"]", 4, "expected `:`, found `]`"),
            ("{\"a\" \"b\"", 5, "expected `:`, found `\"`"),
            ("{\"a\":1 \"b\"", 7, "expected `,` or `}`, found `\"`"),
            ("{\"a\":1,{", 7, "expected a key, found `{`"),
            ("{\"a\":[1 {", 8, "expected `,` or `]`, found `{`"),
            ("[1:{", 3, "expected `,` or `]`, found `{`"),
            ("{\"a\":\"b\n", 7, "line break inside a string"),
            ("{\"a\":\"b\\\n", 8, "line break inside a string"),
            (
                "{\"a\":1 \r\n {",
                6,
                "expected `,` or `}`, found `{` on a later line",
            ),
            ("{\"a\":1\n , {", 10, "expected a key, found `{`"),
            ("{\"a\":\n1 {", 8, "expected `,` or `}`, found `{`"),
            (&deep, 128, "the value is nested more than 128 levels deep"),
        ] {
            for size in [1, 2, 3, 7, 8, 9, 1000] {
                let fault = scan(text, size).expect_err(text).expect(text);
                assert_eq!(
                    (fault.at, fault.to_string().as_str()),
                    (at, message),
                    "{text}, {size}"
                );
            }
        }
        for text in ["{", "{\"", "{\"\\", "{\"a\":1", "[1,", "[[]", "\"a"] {
            assert_eq!(scan(text, 2), Err(None), "{text}");
        }
    }

    #[test]
    fn records_control_characters() {
        let mut scan = Scan::new(false);
        assert!(matches!(scan.run(b"{\"a\":\"\x01\\\t\"}"), (11, Step::End)));
        let fault = scan.control().expect("the control character");
        assert_eq!((fault.at, fault.kind), (6, FaultKind::Control(1)));
    }

    #[test]
    fn reports_outermost_keys() {
        let text = br#"{"a":"x", "b\"" :{"c":1},"d" :["e"]}"#;
        let mut scan = Scan::new(true);
        let (mut at, mut keys) = (0, Vec::new());
        loop {
            let (used, step) = scan.run(&text[at..]);
            at += used;
            match step {
                Step::Key { from, to } => keys.push(&text[from..to]),
                Step::End => break,
                step => unreachable!("{step:?}"),
            }
        }
        assert_eq!(keys, [&b"\"a\""[..], b"\"b\\\"\"", b"\"d\""]);
    }

    #[test]
    fn ordinary_stops_at_each_special_byte() {
        for length in 0..40 {
            for special in 0..=255_u8 {
                let mut bytes = vec![b'a'; length];
                bytes.push(special);
                bytes.extend(b"\xff\"\\\x00");
                let stops = special < 0x20 || special == b'"' || special == b'\\';
                let expected = if stops { length } else { length + 2 };
                assert_eq!(ordinary(&bytes), expected, "{length} {special}");
            }
        }
    }

    #[test]
    fn compacts_records() {
        for (raw, line) in [
            (r#"{ "a" : 1 }"#, r#"{ "a" : 1 }"#),
            ("{\t\"a\"  :\t1 }", "{\t\"a\"  :\t1 }"),
            (
                "{\n  \"a\" : [ 1 ,\r\n2 ],\t\"b\":{ }\n}",
                r#"{"a":[1,2],"b":{}}"#,
            ),
            (
                "{\"a b\\\" c\" :\r\" \\\\\" , \"d\" : \" } \"}",
                r#"{"a b\" c":" \\","d":" } "}"#,
            ),
        ] {
            let mut out = b">".to_vec();
            compact(raw.as_bytes(), &mut out);
            assert_eq!(String::from_utf8_lossy(&out), format!(">{line}"), "{raw}");
        }
    }
}
