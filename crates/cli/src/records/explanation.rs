//! Messages for input that is not JSON: what it looks like, and what is wrong with it.

/// Formats that start with certain bytes, and what to do with them.
const FORMATS: [(&[u8], &str); 9] = [
    (
        b"\x1f\x8b",
        "compressed with gzip; decompress it with `gzip -dc`",
    ),
    (
        b"\x28\xb5\x2f\xfd",
        "compressed with zstd; decompress it with `zstd -dc`",
    ),
    (
        b"\xfd7zX",
        "compressed with xz; decompress it with `xz -dc`",
    ),
    (
        b"BZh",
        "compressed with bzip2; decompress it with `bzip2 -dc`",
    ),
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"\xff\xfe\0\0", "encoded as UTF-32; convert it to UTF-8"),
    (
        b"\xff\xfe",
        "encoded as UTF-16; convert it to UTF-8 with `iconv -f UTF-16 -t UTF-8`",
    ),
    (
        b"\xfe\xff",
        "encoded as UTF-16; convert it to UTF-8 with `iconv -f UTF-16 -t UTF-8`",
    ),
    (b"\0\0\0{", "encoded as UTF-32; convert it to UTF-8"),
];

/// Returns what an input is if its first bytes cannot be text in UTF-8.
pub(super) fn unreadable(start: &[u8]) -> Option<String> {
    let format = FORMATS.iter().find(|(bytes, _)| start.starts_with(bytes));
    let text = match (format, start) {
        (Some((_, text)), _) => text,
        (None, [0, b'{' | b'[', ..] | [b'{' | b'[', 0, ..]) => {
            "encoded as UTF-16; convert it to UTF-8 with `iconv -t UTF-8`"
        }
        (None, _) if start.contains(&0) => return Some(BINARY.to_owned()),
        _ => return None,
    };
    Some(format!("the input is {text}"))
}

pub(super) const BINARY: &str = "the input is binary, not JSON: it contains a NUL byte";
const COMMENT: &str = "comment: JSON has no comments";

/// Maximum length of the part of a line that determines what the line looks like, in bytes.
pub(super) const MAX_LINE: usize = 64;

fn is_comment(bytes: &[u8]) -> bool {
    bytes.starts_with(b"//") || bytes.starts_with(b"/*") || bytes.starts_with(b"#")
}

/// Returns the message for a line, or the rest of one, that does not start with a value.
pub(super) fn not_a_value(line: &[u8], is_first: bool, is_after_value: bool) -> String {
    if line.contains(&0) {
        return BINARY.to_owned();
    }
    if is_comment(line) {
        return COMMENT.to_owned();
    }
    if is_after_value && line.starts_with(b",") {
        return "expected `{` or `[`, found `,`: the input looks like lines of JSON with a comma after each \
                line; remove the commas, or enclose the lines in `[` and `]`"
            .to_owned();
    }
    let format = str::from_utf8(line)
        .ok()
        .and_then(resembles)
        .filter(|_| is_first);
    let format = format.map(|format| format!("; the input looks like {format}, not JSON"));
    format!(
        "expected `{{` or `[`, found {}{}",
        shown(line),
        format.unwrap_or_default()
    )
}

/// Returns what a line looks like that is plainly not JSON, and is the first of its input.
fn resembles(line: &str) -> Option<&'static str> {
    let line = line.trim_end();
    let first_word = line.split([' ', '.', '(', '=']).next().unwrap_or_default();
    let name = line.trim_start_matches(|c: char| c.is_alphanumeric() || "_-\"".contains(c));
    let has_name = name.len() < line.len();
    match first_word {
        "const" | "let" | "var" | "module" | "exports" | "export" | "import" | "function" => {
            return Some("JavaScript");
        }
        "---" | "-" => return Some("YAML"),
        _ if line.starts_with('<') => return Some("XML or HTML"),
        _ => {}
    }
    if has_name && (name == " {" || name == "{" || name == ": {") {
        Some("the protobuf text format")
    } else if has_name && (name == ":" || name.starts_with(": ")) {
        Some("YAML")
    } else if line.contains(',') && !line.contains(['{', '[', ':']) {
        Some("CSV")
    } else if line.contains('\t') && !line.contains(['{', '[', ':']) {
        Some("tab-separated values")
    } else {
        None
    }
}

/// Returns the name of the character or byte that `bytes` start with.
pub(super) fn shown(bytes: &[u8]) -> String {
    let Some(&byte) = bytes.first() else {
        return "the end of the input".to_owned();
    };
    let character = bytes.get(..4).unwrap_or(bytes);
    let text = character
        .utf8_chunks()
        .next()
        .map_or("", |chunk| chunk.valid());
    match text.chars().next() {
        Some('\0') | None => format!("byte 0x{byte:02x}"),
        Some('\n' | '\r') => "the end of the line".to_owned(),
        Some('`') => "a backquote".to_owned(),
        Some(c) => format!("`{c}`"),
    }
}

/// Returns the message for a fault at the byte `at`, given that of the parser, and the offset to report:
/// that of a trailing comma, or of the end of the previous token if that is on an earlier line.
pub(super) fn describe(bytes: &[u8], at: usize, message: &str) -> (usize, String) {
    let (before, rest) = bytes.split_at_checked(at).unwrap_or((bytes, &[]));
    let mut last = before;
    while let [rest @ .., b' ' | b'\t' | b'\r' | b'\n' | 0x1e] | [rest @ .., 0xef, 0xbb, 0xbf] =
        last
    {
        last = rest;
    }
    let is_later = before
        .get(last.len()..)
        .unwrap_or_default()
        .contains(&b'\n');
    match rest.first() {
        Some(0) if !message.starts_with("control character") => return (at, BINARY.to_owned()),
        _ if is_comment(rest) => return (at, COMMENT.to_owned()),
        Some(b'}' | b']') if last.ends_with(b",") => {
            let message = format!("trailing comma: JSON has no comma before {}", shown(rest));
            return (last.len() - 1, message);
        }
        Some(b'\n') if message == "invalid escape" => {
            return (at, "line break inside a string".to_owned());
        }
        Some(byte) if message.starts_with("control character") => {
            // The parser's position is that of the character before it.
            let (at, byte) = match rest.get(1) {
                Some(next) if *byte >= b' ' => (at + 1, next),
                _ => (at, byte),
            };
            return match byte {
                b'\n' | b'\r' => (at, "line break inside a string".to_owned()),
                _ => (
                    at,
                    format!("control character U+{byte:04X} inside a string"),
                ),
            };
        }
        _ => {}
    }
    let expected = match message {
        "key must be a string" => "expected a key in double quotes",
        "expected value" => "expected a value",
        "trailing characters" => return (at, "invalid number or word".to_owned()),
        message if message.starts_with("expected `") => message,
        _ => return (at, message.to_owned()),
    };
    let found = shown(rest);
    // Probably the next record or key.
    if is_later && matches!(rest.first(), Some(b'{' | b'[' | b'"')) {
        (
            last.len(),
            format!("{expected}, found {found} on a later line"),
        )
    } else {
        (at, format!("{expected}, found {found}"))
    }
}

/// Returns the offset in `bytes` of an error of the parser, and its message without the position.
pub(crate) fn of_parser(bytes: &[u8], error: &serde_json::Error) -> (usize, String) {
    // Both are 0 for an error without a position.
    let (line, column) = (error.line(), error.column());
    let line_start = match line {
        0 | 1 => Some(0),
        line => memchr::memchr_iter(b'\n', bytes)
            .nth(line - 2)
            .map(|at| at + 1),
    };
    let at = line_start.map_or(bytes.len(), |start| (start + column).saturating_sub(1));
    let message = error.to_string();
    let suffix = format!(" at line {line} column {column}");
    let message = message.strip_suffix(&suffix).unwrap_or(&message).to_owned();
    (at, message)
}
