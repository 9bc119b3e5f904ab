//! Fast path for records of the common form: reads the cell in one pass.
//!
//! Most records in a dump have the same form: one line, keys without escape sequences, no known key
//! more than once, and string values except for `isAnonymous`. Such a record is validated in full,
//! as JSON and as a membership, while its role and type are read. This is ten times as fast as
//! parsing a [`Membership`](gchat_filter::Membership). Any other record (with an escaped or
//! duplicate key, `null` or a number for a known key, an unknown role, or invalid JSON) is left to
//! the slow path: [`line`] returns either the cell of a valid record or `None`.

use gchat_filter::members::{Cell, MemberType, Role};

/// A line that consists of a record of the common form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Cell of the record.
    pub(super) cell: Cell,
    /// Length of the record, which starts at the start of the line, in bytes.
    pub(super) record: usize,
    /// Length of the line including its line break, in bytes.
    pub(super) length: usize,
}

/// Reads the first line of `bytes`, a record that may be followed by white space. Returns `None` if
/// the record does not have the common form.
pub(super) fn line(bytes: &[u8]) -> Option<Line> {
    let mut cursor = Cursor { rest: bytes };
    let cell = cursor.membership()?;
    let record = bytes.len() - cursor.rest.len();
    cursor.line_end()?;
    Some(Line {
        cell,
        record,
        length: bytes.len() - cursor.rest.len(),
    })
}

/// Returns the cell of `record`, or `None` if it does not have the common form.
pub(super) fn record(record: &[u8]) -> Option<Cell> {
    let mut cursor = Cursor { rest: record };
    let cell = cursor.membership()?;
    cursor.rest.is_empty().then_some(cell)
}

/// Known keys read so far in an object, one bit each.
struct Keys(u8);

impl Keys {
    /// Adds a key. Returns `None` if it is a duplicate.
    #[inline]
    fn once(&mut self, key: u8) -> Option<()> {
        let bit = 1 << key;
        let fresh = self.0 & bit == 0;
        self.0 |= bit;
        fresh.then_some(())
    }
}

/// Cursor over the unread bytes. Its methods return `None` if the input does not match.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl Cursor<'_> {
    /// Reads a membership object.
    #[inline]
    fn membership(&mut self) -> Option<Cell> {
        let mut keys = Keys(0);
        let mut role = Role::Unspecified;
        let mut member_type = MemberType::NoMember;
        self.token(b"{")?;
        loop {
            self.opening_quote()?;
            // Known keys differ in their first byte.
            let rest = self.rest;
            match rest {
                [b'n', ..] if self.has(b"name\"") => {
                    self.once(&mut keys, 0)?;
                    self.string()?;
                }
                [b's', ..] if self.has(b"state\"") => {
                    self.once(&mut keys, 1)?;
                    self.string()?;
                }
                [b'r', ..] if self.has(b"role\"") => {
                    self.once(&mut keys, 2)?;
                    role = self.role()?;
                }
                [b'c', ..] if self.has(b"createTime\"") => {
                    self.once(&mut keys, 3)?;
                    self.string()?;
                }
                [b'd', ..] if self.has(b"deleteTime\"") => {
                    self.once(&mut keys, 4)?;
                    self.string()?;
                }
                // These two exclude each other.
                [b'm', ..] if self.has(b"member\"") => {
                    self.once(&mut keys, 5)?;
                    member_type = self.user()?;
                }
                [b'g', ..] if self.has(b"groupMember\"") => {
                    self.once(&mut keys, 5)?;
                    self.group()?;
                }
                [b'a', ..] if self.has(b"affiliation\"") => {
                    self.once(&mut keys, 6)?;
                    self.string()?;
                }
                _ => self.unknown()?,
            }
            if self.object_ends()? {
                return Some(Cell { role, member_type });
            }
        }
    }

    /// Reads a user object and returns its type.
    #[inline]
    fn user(&mut self) -> Option<MemberType> {
        let mut keys = Keys(0);
        let mut member_type = MemberType::Unspecified;
        self.token(b"{")?;
        loop {
            self.opening_quote()?;
            let rest = self.rest;
            match rest {
                [b'n', ..] if self.has(b"name\"") => {
                    self.once(&mut keys, 0)?;
                    self.string()?;
                }
                [b'd', b'i', ..] if self.has(b"displayName\"") => {
                    self.once(&mut keys, 1)?;
                    self.string()?;
                }
                [b'd', b'o', ..] if self.has(b"domainId\"") => {
                    self.once(&mut keys, 2)?;
                    self.string()?;
                }
                [b't', ..] if self.has(b"type\"") => {
                    self.once(&mut keys, 3)?;
                    member_type = self.member_type()?;
                }
                [b'i', ..] if self.has(b"isAnonymous\"") => {
                    self.once(&mut keys, 4)?;
                    self.boolean()?;
                }
                [b'e', ..] if self.has(b"email\"") => {
                    self.once(&mut keys, 5)?;
                    self.string()?;
                }
                [b'a', ..] if self.has(b"avatarUrl\"") => {
                    self.once(&mut keys, 6)?;
                    self.string()?;
                }
                _ => self.unknown()?,
            }
            if self.object_ends()? {
                return Some(member_type);
            }
        }
    }

    /// Reads a group object, which has only a name.
    fn group(&mut self) -> Option<()> {
        self.token(b"{")?;
        self.opening_quote()?;
        self.token(b"name\"")?;
        self.colon()?;
        self.string()?;
        self.object_ends()?.then_some(())
    }

    /// Reads a known role.
    #[inline]
    fn role(&mut self) -> Option<Role> {
        let values: [(&[u8], Role); 4] = [
            (b"\"ROLE_MEMBER\"", Role::Member),
            (b"\"ROLE_MANAGER\"", Role::Manager),
            (b"\"ROLE_ASSISTANT_MANAGER\"", Role::AssistantManager),
            (b"\"MEMBERSHIP_ROLE_UNSPECIFIED\"", Role::Unspecified),
        ];
        let mut values = values.into_iter();
        values.find_map(|(name, role)| self.token(name).map(|()| role))
    }

    /// Reads a known type.
    #[inline]
    fn member_type(&mut self) -> Option<MemberType> {
        let values: [(&[u8], MemberType); 3] = [
            (b"\"HUMAN\"", MemberType::Human),
            (b"\"BOT\"", MemberType::Bot),
            (b"\"TYPE_UNSPECIFIED\"", MemberType::Unspecified),
        ];
        let mut values = values.into_iter();
        values.find_map(|(name, member_type)| self.token(name).map(|()| member_type))
    }

    /// Reads `true` or `false`.
    #[inline]
    fn boolean(&mut self) -> Option<()> {
        self.token(b"true").or_else(|| self.token(b"false"))
    }

    /// Reads `token`.
    #[inline]
    fn token(&mut self, token: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(token)?;
        Some(())
    }

    /// Skips blanks and reads the opening quote of a key.
    #[inline]
    fn opening_quote(&mut self) -> Option<()> {
        self.blanks();
        self.token(b"\"")
    }

    /// Reads `token` if it is next, and returns whether it was.
    #[inline]
    fn has(&mut self, token: &[u8]) -> bool {
        self.token(token).is_some()
    }

    /// Adds a key that must not be repeated, and reads the colon after it.
    #[inline]
    fn once(&mut self, keys: &mut Keys, key: u8) -> Option<()> {
        keys.once(key)?;
        self.colon()
    }

    /// Reads a colon and the blanks around it.
    #[inline]
    fn colon(&mut self) -> Option<()> {
        self.blanks();
        self.token(b":")?;
        self.blanks();
        Some(())
    }

    /// Reads an unknown key after its opening quote, and a simple value. Unknown fields are ignored,
    /// because the API may add fields.
    #[inline(never)]
    fn unknown(&mut self) -> Option<()> {
        let quote = self.rest.iter().position(|byte| *byte == b'"')?;
        let (key, rest) = self.rest.split_at_checked(quote)?;
        // An escaped key may be a known one. The last two keys may mark a list response.
        let unescaped = |byte: &u8| matches!(byte, b' '..=b'~') && *byte != b'\\';
        if !key.iter().all(unescaped) || key == b"memberships" || key == b"nextPageToken" {
            return None;
        }
        self.rest = rest;
        self.token(b"\"")?;
        self.colon()?;
        match self.rest.first()? {
            b'"' => self.string(),
            b't' | b'f' => self.boolean(),
            b'n' => self.token(b"null"),
            // Nonnegative integers only.
            b'1'..=b'9' => {
                let digits = self.rest.iter().position(|byte| !byte.is_ascii_digit())?;
                self.rest = self.rest.get(digits..)?;
                Some(())
            }
            b'0' => self.token(b"0"),
            _ => None,
        }
    }

    /// Reads `,` or `}` after a value. Returns whether the object ends.
    #[inline]
    fn object_ends(&mut self) -> Option<bool> {
        self.blanks();
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        match byte {
            b',' => Some(false),
            b'}' => Some(true),
            _ => None,
        }
    }

    /// Skips blanks. Carriage returns are excluded: a record with one is not printed verbatim.
    #[inline]
    fn blanks(&mut self) {
        while let [b' ' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// Reads white space up to the end of the line or the input.
    #[inline]
    fn line_end(&mut self) -> Option<()> {
        while let Some((byte, rest)) = self.rest.split_first() {
            match byte {
                b'\n' => {
                    self.rest = rest;
                    return Some(());
                }
                b' ' | b'\t' | b'\r' => self.rest = rest,
                _ => return None,
            }
        }
        Some(())
    }

    /// Reads any string.
    #[inline]
    fn string(&mut self) -> Option<()> {
        self.token(b"\"")?;
        while let Some((word, rest)) = self.rest.split_first_chunk() {
            let special = special(*word, true);
            if special == 8 {
                self.rest = rest;
                continue;
            }
            self.rest = self.rest.get(special..)?;
            break;
        }
        match self.rest {
            [b'"', rest @ ..] => {
                self.rest = rest;
                Some(())
            }
            _ => self.string_slow_path(),
        }
    }

    /// Reads the rest of a string from its first special or non-ASCII byte.
    ///
    /// Not inlined, to keep the loop for the common case short.
    #[inline(never)]
    fn string_slow_path(&mut self) -> Option<()> {
        let start = self.rest;
        loop {
            while let Some((word, rest)) = self.rest.split_first_chunk() {
                let special = special(*word, false);
                if special < 8 {
                    self.rest = self.rest.get(special..)?;
                    break;
                }
                self.rest = rest;
            }
            match self.rest {
                [b'"', rest @ ..] => {
                    let text = start.get(..start.len() - self.rest.len())?;
                    self.rest = rest;
                    return str::from_utf8(text).is_ok().then_some(());
                }
                [b'\\', ..] => self.escape()?,
                [byte, rest @ ..] if *byte >= 0x20 => self.rest = rest,
                _ => return None,
            }
        }
    }

    /// Reads an escape sequence other than a surrogate.
    fn escape(&mut self) -> Option<()> {
        match self.rest {
            [
                b'\\',
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't',
                rest @ ..,
            ] => {
                self.rest = rest;
                Some(())
            }
            [b'\\', b'u', first, second, third, fourth, rest @ ..]
                if [first, second, third, fourth]
                    .iter()
                    .all(|digit| digit.is_ascii_hexdigit())
                    && (!matches!(first, b'd' | b'D') || matches!(second, b'0'..=b'7')) =>
            {
                self.rest = rest;
                Some(())
            }
            _ => None,
        }
    }
}

/// Returns the number of bytes in `word` before the first special byte of a string: a quote, a
/// backslash, a control character or, if `ascii` is set, a non-ASCII byte.
#[inline]
fn special(word: [u8; 8], ascii: bool) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let word = u64::from_le_bytes(word);
    // Subtracting a bound from all bytes at once sets the high bit of those below it. A borrow can
    // only affect bytes after the first special one, which are ignored. The XOR swaps the quote
    // (0x22) with the space (0x20), so that one bound covers it and the control characters.
    let control_or_quote = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslash = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
    let below = control_or_quote | backslash;
    let found = if ascii { below | word } else { below & !word };
    (found & HIGH).trailing_zeros() as usize / 8
}
