//! The grammar of a stream, and what happens after a fault.

use std::borrow::Cow;
use std::io::{self, Read};

use gchat_filter::ResourceList;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::found::Found;
use super::nesting::{MAX_DEPTH, Nesting, too_deep};
use super::window::{Position, Window};
use super::{Kind, Options, Problem, Remark, Resource, Sink, description, explanation};

/// A stream of records.
pub(super) struct Stream<'s, R, T, S> {
    pub(super) window: Window<R>,
    pub(super) resource: &'s T,
    pub(super) options: Options,
    pub(super) sink: &'s mut S,
    /// Whether an array or a page was left early, so that its rest may follow.
    pub(super) is_in_rest: bool,
    /// Whether the last value at the top level was read.
    pub(super) is_after_value: bool,
}

/// What the elements of an array are.
#[derive(Clone, Copy)]
enum Elements {
    /// Records or pages.
    Any,
    Records,
    /// Objects with a record under this key.
    Results(&'static str),
}

/// Why a value or the stream is not read to its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The sink failed.
    Output(io::Error),
    /// The sink does not want to continue, or the input is binary.
    Quiet,
    /// A fault in the value.
    Invalid(Position, String),
    /// The input ends in the value.
    Unclosed,
    /// The value exceeds the limit.
    Large,
}

impl<R: Read, T: Resource, S: Sink> Stream<'_, R, T, S> {
    /// Checks that the input is text, and skips a byte order mark. The next column is still 1.
    pub(super) fn start(&mut self) -> Result<(), Stop> {
        let window = &mut self.window;
        while window.bytes().len() < 4 && !window.bytes().contains(&b'\n') && window.fill() {}
        let start = window.to(4).split_inclusive(|byte| *byte == b'\n').next();
        if let Some(message) = explanation::unreadable(start.unwrap_or_default()) {
            return self.problem(Kind::Syntax, 0, message).and(Err(Stop::Quiet));
        }
        if window.bytes().starts_with(BYTE_ORDER_MARK) {
            window.skip(BYTE_ORDER_MARK.len());
        }
        Ok(())
    }

    /// Reads a value at the top level, or anything else there. Returns `false` at the end of the input.
    pub(super) fn value_at_top(&mut self) -> Result<bool, Stop> {
        let Some(first) = self.space() else {
            return Ok(false);
        };
        let start = self.window.position;
        let result = match first {
            b'{' => self.object("", true),
            b'[' => self.array(".", Elements::Any),
            _ => return self.not_a_value(first).map(|()| true),
        };
        self.is_after_value = result.is_ok();
        let fault = match result {
            Err(Stop::Invalid(position, message)) => Some((position, message)),
            Err(Stop::Large) => Some((self.window.position, self.too_large())),
            // The error that ended the input is reported instead.
            Err(Stop::Unclosed) if self.window.error.is_some() => {
                self.window.advance(self.window.bytes().len());
                None
            }
            Err(Stop::Unclosed) => Some((
                start,
                "the value is not closed before the end of the input".to_owned(),
            )),
            result => result.map(|()| None)?,
        };
        if let Some((position, message)) = fault {
            self.recover(start, position, message)?;
        }
        Ok(true)
    }

    /// Reports what does not start a value, and skips its line.
    fn not_a_value(&mut self, first: u8) -> Result<(), Stop> {
        if self.is_in_rest && first == b',' {
            self.window.advance(1);
            return Ok(());
        }
        if self.is_in_rest && matches!(first, b']' | b'}') {
            self.is_in_rest = false;
            self.next_bracket(0);
            return Ok(());
        }
        while self.window.bytes().len() < explanation::MAX_LINE
            && !self.window.bytes().contains(&b'\n')
            && self.window.fill()
        {}
        let mut lines = self
            .window
            .to(explanation::MAX_LINE)
            .split(|byte| *byte == b'\n');
        let line = lines.next().unwrap_or_default();
        let is_first = self.window.position.line == 1;
        let message = explanation::not_a_value(line, is_first, self.is_after_value);
        let (is_binary, is_block) = (line.contains(&0), line.starts_with(b"/*"));
        self.is_after_value = false;
        self.problem(Kind::Syntax, 0, message)?;
        let end: &[u8] = match (is_binary, is_block) {
            (true, _) => return Err(Stop::Quiet),
            (_, true) => b"*/",
            _ => b"\n",
        };
        while !self.window.bytes().is_empty() {
            if let Some(at) = memchr::memmem::find(self.window.bytes(), end) {
                self.window.advance(at + end.len());
                break;
            }
            // The end may be split.
            self.window.advance(self.window.bytes().len() - 1);
            if !self.window.fill() {
                self.window.advance(1);
            }
        }
        Ok(())
    }

    /// Reads an array of records, or of objects with them.
    fn array(&mut self, path: &str, elements: Elements) -> Result<(), Stop> {
        let path = format!("{path}[]");
        let mut at = self.token(1)?;
        while !self.window.from(at).starts_with(b"]") {
            self.window.advance(at);
            let mut other = None;
            if self.window.bytes().starts_with(b"{") {
                match elements {
                    Elements::Any => self.object(&path, true)?,
                    Elements::Records => self.object(&path, false)?,
                    Elements::Results(key) => self.result(&path, key)?,
                }
            } else {
                let found = explanation::shown(self.window.bytes());
                let message = format!("expected an object, found {found}");
                other = Some((self.window.position, message));
                let end = self.value(0)?;
                self.window.advance(end);
            }
            at = self.token(0)?;
            match self.window.from(at).first() {
                Some(b',') => {
                    at = self.token(at + 1)?;
                    if self.window.from(at).starts_with(b"]") {
                        return Err(self.invalid(at, "expected value"));
                    }
                }
                Some(b']') => {}
                _ => return Err(self.invalid(at, "expected `,` or `]`")),
            }
            // A line that is not JSON may start like an array.
            if let Some((position, message)) = other {
                self.report(Kind::Other, position, message)?;
            }
        }
        self.window.advance(at + 1);
        Ok(())
    }

    /// Reads a record, or a page if it may be one.
    fn object(&mut self, path: &str, may_be_page: bool) -> Result<(), Stop> {
        let mut is_page = false;
        let result = match self.record_length() {
            Some(length) => self.record(length, path),
            None if may_be_page => self.members(path, &mut is_page),
            None => self.value(0).and_then(|end| self.record(end, path)),
        };
        match result {
            Err(Stop::Large) if !is_page => self.skip_large(),
            result => result,
        }
    }

    /// Reads an object that has a record under a key.
    fn result(&mut self, path: &str, key: &str) -> Result<(), Stop> {
        let end = match self.value(0) {
            Err(Stop::Large) => return self.skip_large(),
            end => end?,
        };
        if !self.check(end)? {
            self.window.advance(end);
            return Ok(());
        }
        let object = serde_json::from_slice(self.window.to(end)).ok();
        let record = object.and_then(|object| description::value(object, key));
        let Some((start, length)) = record else {
            let message = format!("expected an object with the key `{key}`");
            self.problem(Kind::Other, 0, message)?;
            return self.release(end);
        };
        self.release(start)?;
        self.record(length, &format!("{path}.{key}"))?;
        self.release(end - start - length)
    }

    /// Returns the length of the record at the start, if it is in memory and has no remarks.
    fn record_length(&self) -> Option<usize> {
        let parser = serde_json::Deserializer::from_slice(self.window.bytes());
        let mut records = parser.into_iter::<T::Fields<'_>>();
        let fields = records.next()?.ok()?;
        (!self.resource.is_doubtful(&fields)).then(|| records.byte_offset())
    }

    /// Reads an object by its fields: a page, which need not be in memory, or a record.
    fn members(&mut self, path: &str, is_page: &mut bool) -> Result<(), Stop> {
        // Whether the only keys are those of an empty page.
        let mut is_empty = true;
        let mut list: Option<&ResourceList> = None;
        let mut at = self.token(1)?;
        while !self.window.from(at).starts_with(b"}") {
            if !self.window.from(at).starts_with(b"\"") {
                return Err(self.invalid(at, "key must be a string"));
            }
            let key_end = self.value(at)?;
            let key = serde_json::from_slice(self.window.to(key_end).get(at..).unwrap_or_default());
            let key = key.map_or(Cow::Borrowed(""), |Text(key)| key);
            let own = T::LISTS.iter().find(|own| own.key == key);
            // A response may have the same records in two lists.
            let own = own.filter(|own| list.is_none_or(|list| list.key == own.key));
            is_empty &= matches!(&*key, "nextPageToken" | "next_page_token");
            let colon = self.token(key_end)?;
            if !self.window.from(colon).starts_with(b":") {
                return Err(self.invalid(colon, "expected `:`"));
            }
            if let Some(own) = own
                && *is_page
            {
                return Err(self.invalid(at, &format!("duplicate key `{}`", own.key)));
            }
            at = self.token(colon + 1)?;
            if own.is_some() {
                list = own;
                *is_page = true;
                self.release(at)?;
                at = 0;
            }
            if let Some(own) = own
                && self.window.bytes().starts_with(b"[")
            {
                let elements = own.item.map_or(Elements::Records, Elements::Results);
                self.array(&format!("{path}.{}", own.key), elements)?;
            } else {
                let end = self.value(at)?;
                let is_null = self.window.to(end).get(at..) == Some(b"null");
                at = end;
                if let Some(own) = own
                    && !is_null
                {
                    self.problem(Kind::Other, 0, format!("`{}` is not an array", own.key))?;
                }
            }
            if *is_page {
                self.release(at)?;
                at = 0;
            }
            at = self.token(at)?;
            match self.window.from(at).first() {
                Some(b',') => {
                    at = self.token(at + 1)?;
                    if self.window.from(at).starts_with(b"}") {
                        return Err(self.invalid(at, "key must be a string"));
                    }
                }
                Some(b'}') => break,
                _ => return Err(self.invalid(at, "expected `,` or `}`")),
            }
        }
        if *is_page || is_empty {
            self.release(at + 1)
        } else {
            self.record(at + 1, path)
        }
    }

    /// Reads the record in the first `length` bytes.
    fn record(&mut self, length: usize, path: &str) -> Result<(), Stop> {
        if length > self.options.limit {
            return Err(Stop::Large);
        }
        if !self.check(length)? {
            self.window.advance(length);
            return Ok(());
        }
        let (mut found, mut remarks) = (Found::default(), Vec::new());
        let record = str::from_utf8(self.window.to(length)).unwrap_or_default();
        let fields = serde_json::from_str::<T::Fields<'_>>(record);
        let is_plain = fields.as_ref().is_ok_and(|fields| {
            !self.resource.is_doubtful(fields) && self.resource.selects(fields).is_some()
        });
        if !is_plain {
            remarks = self.resource.remarks(record, fields.as_ref(), path);
        }
        let is_selected = fields.is_ok_and(|fields| self.resource.selects(&fields) == Some(true));
        // A doubtful record is a record.
        if is_selected && remarks.iter().all(|remark| remark.kind == Kind::Doubtful) {
            found.add(record, self.options);
        }
        for Remark { kind, at, message } in remarks {
            self.problem(kind, at, message)?;
        }
        self.window.advance(length);
        self.take(&found)
    }

    /// Releases the first `length` bytes, a part of a page.
    fn release(&mut self, length: usize) -> Result<(), Stop> {
        self.check(length)?;
        self.window.advance(length);
        Ok(())
    }

    /// Reports the first `length` bytes if they are not UTF-8 or nested too deep, which the parser does
    /// not check in what it skips. Returns whether they are valid.
    fn check(&mut self, length: usize) -> Result<bool, Stop> {
        let (at, message) = match str::from_utf8(self.window.to(length)).map(too_deep) {
            Ok(None) => return Ok(true),
            Ok(Some(at)) => (at, format!("nested more than {MAX_DEPTH} levels deep")),
            Err(error) => (error.valid_up_to(), "invalid UTF-8".to_owned()),
        };
        self.problem(Kind::Syntax, at, message).and(Ok(false))
    }

    /// Returns the end of the value at `at`.
    fn value(&mut self, at: usize) -> Result<usize, Stop> {
        loop {
            let bytes = self.window.from(at);
            let is_delimited = matches!(bytes.first(), Some(b'{' | b'[' | b'"'));
            let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
            let value = values.next();
            let length = values.byte_offset();
            match value {
                // A number may go on after the window.
                Some(Ok(_)) if is_delimited || length < bytes.len() || self.window.has_ended => {
                    return Ok(at + length);
                }
                Some(Err(error)) if !error.is_eof() => {
                    let (error_at, message) = explanation::of_parser(bytes, &error);
                    // A number may go on here, too.
                    let is_last = error_at + 1 >= bytes.len();
                    match is_last.then(|| self.more()) {
                        None | Some(Err(Stop::Unclosed)) => {
                            return Err(self.invalid(at + error_at, &message));
                        }
                        Some(more) => more?,
                    }
                }
                _ => self.more()?,
            }
        }
    }

    /// Returns the offset of the token at or after `at`.
    fn token(&mut self, mut at: usize) -> Result<usize, Stop> {
        loop {
            at += space(self.window.from(at));
            if !is_partial(self.window.from(at)) {
                return Ok(at);
            }
            self.more()?;
        }
    }

    /// Reads more of a value, as much again if it is long, so that the time to parse it is linear.
    fn more(&mut self) -> Result<(), Stop> {
        let length = self.window.bytes().len();
        let enough = if length < 64 << 10 {
            length + 1
        } else {
            2 * length
        };
        while self.window.bytes().len() < enough && self.window.fill() {}
        match self.window.bytes().len() {
            more if more > length => Ok(()),
            _ if self.window.has_ended => Err(Stop::Unclosed),
            _ => Err(Stop::Large),
        }
    }

    /// Skips white space between values. Returns the byte after it.
    fn space(&mut self) -> Option<u8> {
        loop {
            self.window.advance(space(self.window.bytes()));
            if !is_partial(self.window.bytes()) || !self.window.fill() {
                return self.window.bytes().first().copied();
            }
        }
    }

    /// Reports a record that exceeds the limit, and skips it.
    fn skip_large(&mut self) -> Result<(), Stop> {
        self.problem(Kind::Large, 0, self.too_large())?;
        let mut nesting = Nesting::default();
        loop {
            let end = nesting.end(self.window.bytes());
            self.window
                .advance(end.unwrap_or(self.window.bytes().len()));
            if end.is_some() {
                return Ok(());
            }
            if !self.window.fill() {
                return Err(Stop::Unclosed);
            }
        }
    }

    fn too_large(&self) -> String {
        format!(
            "the record exceeds the limit of {} bytes",
            self.options.limit
        )
    }

    /// Creates a fault at the byte `at`.
    fn invalid(&mut self, at: usize, message: &str) -> Stop {
        // The start of a comment or a character may be split.
        while matches!(self.window.from(at), [b'/' | 0x80.., rest @ ..] if rest.len() < 3)
            && self.window.fill()
        {}
        let (at, message) = explanation::describe(self.window.bytes(), at, message);
        Stop::Invalid(self.window.position(at), message)
    }

    /// Reports a fault in the value at the top level that starts at `start`, and skips the value.
    fn recover(
        &mut self,
        start: Position,
        position: Position,
        mut message: String,
    ) -> Result<(), Stop> {
        let was_in_container = start != self.window.position;
        self.is_in_rest |= was_in_container;
        let goes_on = self.next_bracket(start.column);
        let line = self.window.position.line;
        if was_in_container || line > position.line + 1 {
            if goes_on {
                message = format!("{message}; reading goes on at line {line}");
            } else if position != start {
                message += "; the rest of the input is skipped";
            }
        }
        let is_binary = message.starts_with(explanation::BINARY);
        self.report(Kind::Syntax, position, message)?;
        if is_binary { Err(Stop::Quiet) } else { Ok(()) }
    }

    /// Skips to the next line that starts with `{` or `[`, possibly indented to `column`. Returns whether
    /// there is one.
    fn next_bracket(&mut self, column: u64) -> bool {
        loop {
            let end = memchr::memchr(b'\n', self.window.bytes());
            self.window
                .advance(end.map_or(self.window.bytes().len(), |at| at + 1));
            let mut at = 0;
            while end.is_some() {
                match self.window.from(at) {
                    start if is_partial(start) => {
                        if !self.window.fill() {
                            break;
                        }
                    }
                    [b' ' | b'\t' | 0x1e, ..] => at += 1,
                    [0xef, 0xbb, 0xbf, ..] => at += 3,
                    [b'{' | b'[', ..] => {
                        let is_indented = self.window.to(at).contains(&b' ');
                        if !is_indented || self.window.position(at).column == column {
                            return true;
                        }
                        break;
                    }
                    _ => break,
                }
            }
            if self.window.bytes().is_empty() && !self.window.fill() {
                return false;
            }
        }
    }

    /// Reports a problem at the byte `at`.
    fn problem(&mut self, kind: Kind, at: usize, message: String) -> Result<(), Stop> {
        self.report(kind, self.window.position(at), message)
    }

    fn report(&mut self, kind: Kind, position: Position, message: String) -> Result<(), Stop> {
        let problem = Problem {
            kind,
            position,
            message,
        };
        if self.sink.problem(&problem).is_break() {
            return Err(Stop::Quiet);
        }
        Ok(())
    }
}

/// A text, borrowed if it has no escape sequences.
#[derive(Deserialize)]
pub(crate) struct Text<'r>(#[serde(borrow)] pub(crate) Cow<'r, str>);

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether there is no byte, or only the start of a byte order mark.
fn is_partial(bytes: &[u8]) -> bool {
    bytes.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(bytes)
}

/// Returns the length of the white space at the start: that of JSON, byte order marks (of joined files)
/// and record separators (of `jq --seq`).
fn space(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    loop {
        rest = match rest {
            [b' ' | b'\t' | b'\r' | b'\n' | 0x1e, rest @ ..] | [0xef, 0xbb, 0xbf, rest @ ..] => {
                rest
            }
            _ => return bytes.len() - rest.len(),
        }
    }
}
