//! The nesting of JSON, byte by byte: how deep a value is, and which white space is between tokens.

/// Maximum nesting of objects and arrays in a record.
pub(super) const MAX_DEPTH: u32 = 128;

/// The state between two bytes of JSON.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    depth: u32,
    in_string: bool,
    is_escaped: bool,
}

impl Nesting {
    fn add(&mut self, byte: u8) {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = self.in_string,
            b'"' => self.in_string = !self.in_string,
            _ if self.in_string => {}
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    /// Adds bytes up to the end of the outermost object or array. Returns the offset of its end.
    pub(super) fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut bytes = bytes.iter();
        let end = bytes.position(|byte| {
            self.add(*byte);
            self.depth == 0
        });
        end.map(|at| at + 1)
    }
}

/// Returns the offset of the first bracket in a JSON value that is nested too deep.
pub(super) fn too_deep(value: &str) -> Option<usize> {
    // Most values have few brackets. Sums of up to 128 fit in a byte, which the compiler vectorizes.
    let count = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| u8::from(byte | 0x20 == b'{'))
            .sum::<u8>()
    };
    let chunks = value.as_bytes().chunks(128);
    if chunks.map(|chunk| u32::from(count(chunk))).sum::<u32>() <= MAX_DEPTH {
        return None;
    }
    let mut nesting = Nesting::default();
    value.bytes().position(|byte| {
        nesting.add(byte);
        nesting.depth > MAX_DEPTH
    })
}

/// Appends a record to `out` as one line: as it is, or without the white space between its tokens if it
/// has several lines.
pub(super) fn print(record: &str, out: &mut Vec<u8>) {
    if memchr::memchr2(b'\n', b'\r', record.as_bytes()).is_some() {
        let mut nesting = Nesting::default();
        out.extend(record.bytes().filter(|byte| {
            nesting.add(*byte);
            nesting.in_string || !byte.is_ascii_whitespace()
        }));
    } else {
        out.extend_from_slice(record.as_bytes());
    }
    out.push(b'\n');
}
