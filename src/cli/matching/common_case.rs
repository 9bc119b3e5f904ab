//! The cell of a record of the usual shape, read in one pass and without the membership.
//!
//! Most records of a dump are alike: one line, keys without escapes, each known one at most once,
//! and strings, but for `isAnonymous`, for its value. Such a record is checked here to the last byte, as
//! JSON and as a membership, and its role and type are picked up on the way, ten times as fast as
//! a [`Membership`](gchat_filter::Membership) is made of it. Whatever else a line is (an
//! escaped key, a key twice, `null` or a number for a known one, an unknown role, anything broken),
//! it is not judged here: [`line`] answers either that the record is valid and has this cell, or
//! nothing at all.

use gchat_filter::{Cell, MemberType, Role};

/// A line that is a record of the usual shape.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Usual {
    /// What a filter sees of it.
    pub(super) cell: Cell,
    /// The length of the record, which begins with the line.
    pub(super) record: usize,
    /// The length of the line, its end included.
    pub(super) line: usize,
}

/// Reads the first line of `bytes`, a record that may be followed by white space; `None` if it is
/// not of the usual shape.
pub(super) fn line(bytes: &[u8]) -> Option<Usual> {
    let mut cursor = Cursor { rest: bytes };
    let cell = cursor.membership()?;
    let record = bytes.len() - cursor.rest.len();
    cursor.line_end()?;
    Some(Usual {
        cell,
        record,
        line: bytes.len() - cursor.rest.len(),
    })
}

/// The cell of `record` if that is a record of the usual shape and nothing else.
pub(super) fn record(record: &[u8]) -> Option<Cell> {
    let mut cursor = Cursor { rest: record };
    let cell = cursor.membership()?;
    cursor.rest.is_empty().then_some(cell)
}

/// The keys that an object has had: a bit for each.
struct Keys(u8);

impl Keys {
    /// Notes a key; `None` if it has been there before.
    #[inline]
    fn once(&mut self, key: u8) -> Option<()> {
        let bit = 1 << key;
        let fresh = self.0 & bit == 0;
        self.0 |= bit;
        fresh.then_some(())
    }
}

/// What is left to read. Its methods read one thing each, `None` if something else is there.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl Cursor<'_> {
    /// A membership object.
    #[inline]
    fn membership(&mut self) -> Option<Cell> {
        let mut keys = Keys(0);
        let mut role = Role::Unspecified;
        let mut member_type = MemberType::NoMember;
        self.token(b"{")?;
        loop {
            self.opening_quote()?;
            // The first byte tells the known keys apart.
            let rest = self.rest;
            match rest {
                [b'n', ..] if self.has(b"name\"") => {
                    self.once(&mut keys, 0)?;
                    self.text()?;
                }
                [b's', ..] if self.has(b"state\"") => {
                    self.once(&mut keys, 1)?;
                    self.text()?;
                }
                [b'r', ..] if self.has(b"role\"") => {
                    self.once(&mut keys, 2)?;
                    role = self.role()?;
                }
                [b'c', ..] if self.has(b"createTime\"") => {
                    self.once(&mut keys, 3)?;
                    self.text()?;
                }
                [b'd', ..] if self.has(b"deleteTime\"") => {
                    self.once(&mut keys, 4)?;
                    self.text()?;
                }
                // There may be one of these two.
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
                    self.text()?;
                }
                _ => self.unknown()?,
            }
            if self.object_ends()? {
                return Some(Cell { role, member_type });
            }
        }
    }

    /// A user object: its type.
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
                    self.text()?;
                }
                [b'd', b'i', ..] if self.has(b"displayName\"") => {
                    self.once(&mut keys, 1)?;
                    self.text()?;
                }
                [b'd', b'o', ..] if self.has(b"domainId\"") => {
                    self.once(&mut keys, 2)?;
                    self.text()?;
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
                    self.text()?;
                }
                [b'a', ..] if self.has(b"avatarUrl\"") => {
                    self.once(&mut keys, 6)?;
                    self.text()?;
                }
                _ => self.unknown()?,
            }
            if self.object_ends()? {
                return Some(member_type);
            }
        }
    }

    /// A group object, which has a name and nothing else.
    fn group(&mut self) -> Option<()> {
        self.token(b"{")?;
        self.opening_quote()?;
        self.token(b"name\"")?;
        self.colon()?;
        self.text()?;
        self.object_ends()?.then_some(())
    }

    /// The name of a known role.
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

    /// The name of a known type.
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

    /// `true` or `false`.
    #[inline]
    fn boolean(&mut self) -> Option<()> {
        self.token(b"true").or_else(|| self.token(b"false"))
    }

    /// The bytes of `token`.
    #[inline]
    fn token(&mut self, token: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(token)?;
        Some(())
    }

    /// Blanks, then the quote that opens a key.
    #[inline]
    fn opening_quote(&mut self) -> Option<()> {
        self.blanks();
        self.token(b"\"")
    }

    /// Whether the bytes of `token` come next, which are then read.
    #[inline]
    fn has(&mut self, token: &[u8]) -> bool {
        self.token(token).is_some()
    }

    /// What follows a key that an object may have once.
    #[inline]
    fn once(&mut self, keys: &mut Keys, key: u8) -> Option<()> {
        keys.once(key)?;
        self.colon()
    }

    /// A colon and the blanks around it.
    #[inline]
    fn colon(&mut self) -> Option<()> {
        self.blanks();
        self.token(b":")?;
        self.blanks();
        Some(())
    }

    /// An unknown key behind its opening quote, with a simple value: the API may add fields at any
    /// time, and these are ignored.
    #[inline(never)]
    fn unknown(&mut self) -> Option<()> {
        let quote = self.rest.iter().position(|byte| *byte == b'"')?;
        let (key, rest) = self.rest.split_at_checked(quote)?;
        // With an escape it may be a known key. These two may make the object no record.
        let plain = |byte: &u8| matches!(byte, b' '..=b'~') && *byte != b'\\';
        if !key.iter().all(plain) || key == b"memberships" || key == b"nextPageToken" {
            return None;
        }
        self.rest = rest;
        self.token(b"\"")?;
        self.colon()?;
        match self.rest.first()? {
            b'"' => self.text(),
            b't' | b'f' => self.boolean(),
            b'n' => self.token(b"null"),
            // Of the numbers the plainest.
            b'1'..=b'9' => {
                let digits = self.rest.iter().position(|byte| !byte.is_ascii_digit())?;
                self.rest = self.rest.get(digits..)?;
                Some(())
            }
            b'0' => self.token(b"0"),
            _ => None,
        }
    }

    /// What comes after the value of a key: whether that is the end of the object.
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

    /// Blanks, if there are any. A carriage return within a record is not the usual shape: the
    /// record would not be printed as it is.
    #[inline]
    fn blanks(&mut self) {
        while let [b' ' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// White space up to the end of the line or of the input.
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

    /// A string whose text does not matter.
    #[inline]
    fn text(&mut self) -> Option<()> {
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
            _ => self.text_beyond_ascii(),
        }
    }

    /// The rest of a string from its first byte that is not plain ASCII.
    ///
    /// Apart, so that the usual string stays a short loop.
    #[inline(never)]
    fn text_beyond_ascii(&mut self) -> Option<()> {
        let begin = self.rest;
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
                    let text = begin.get(..begin.len() - self.rest.len())?;
                    self.rest = rest;
                    return str::from_utf8(text).is_ok().then_some(());
                }
                [b'\\', ..] => self.escape()?,
                [byte, rest @ ..] if *byte >= 0x20 => self.rest = rest,
                _ => return None,
            }
        }
    }

    /// An escape, unless it is half of a surrogate pair.
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

/// How many bytes of `word` come before the first one that is special in a string: a quote, a
/// backslash, a control character or, if `ascii` is asked for, a byte beyond ASCII.
#[inline]
fn special(word: [u8; 8], ascii: bool) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let word = u64::from_le_bytes(word);
    // Subtracting a bound from every byte at once sets the high bit of those below it. A borrow
    // spoils the bytes above a special one only, which are not looked at. Swapping the quote with
    // the space puts it, too, just above the control characters.
    let control_or_quote = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslash = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
    let below = control_or_quote | backslash;
    let found = if ascii { below | word } else { below & !word };
    (found & HIGH).trailing_zeros() as usize / 8
}
