//! The baseline: hand-written parsers of the documented filters of each method. In a single pass they
//! check fields, operators, quotes and values, and build a filter that owns what it is compared with.
//! They support only the comparisons of the examples, without escape sequences, and report no errors.

#![allow(
    clippy::option_option,
    reason = "invalid, several groups, or the only group"
)]

use super::comparisons::timestamp;

/// What is special about a method.
pub(crate) trait Method: Default {
    /// Adds a comparison; with `is_or` as an alternative to the previous one. Returns the field's group;
    /// `None` if the comparison is invalid.
    fn add(&mut self, field: &str, operator: &str, value: Value<'_>, is_or: bool) -> Option<u8>;
}

#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    /// Of a keyword or of a call without argument.
    None,
    Quoted(&'a str),
    Unquoted(&'a str),
}

/// Returns the filter of a text; `None` if it is none.
pub(crate) fn parse<M: Method>(text: &str) -> Option<M> {
    let mut parser = Parser {
        rest: text.trim_start(),
        filter: M::default(),
    };
    parser.expression(0)?;
    parser.rest.is_empty().then_some(parser.filter)
}

struct Parser<'a, M> {
    rest: &'a str,
    filter: M,
}

impl<'a, M: Method> Parser<'a, M> {
    /// Parses operands of AND. Returns the group, if there is only one.
    fn expression(&mut self, depth: u8) -> Option<Option<u8>> {
        let mut group = self.factor(depth)?;
        while self.keyword("AND") {
            let other = self.factor(depth)?;
            group = group.filter(|group| Some(*group) == other);
        }
        Some(group)
    }

    /// Parses operands of OR, which must be of one group.
    fn factor(&mut self, depth: u8) -> Option<Option<u8>> {
        let group = self.term(depth, false)?;
        while self.keyword("OR") {
            if group.is_none() || self.term(depth, true)? != group {
                return None;
            }
        }
        Some(group)
    }

    fn term(&mut self, depth: u8, is_or: bool) -> Option<Option<u8>> {
        if let Some(rest) = self.rest.strip_prefix('(') {
            if is_or || depth == 64 {
                return None;
            }
            self.rest = rest.trim_ascii_start();
            let group = self.expression(depth + 1)?;
            self.rest = self.rest.strip_prefix(')')?.trim_ascii_start();
            return Some(group);
        }
        let is_negated = self.keyword("NOT");
        let field = self.word()?;
        if let Some(rest) = self.rest.strip_prefix('(') {
            self.rest = rest;
            let value = if rest.starts_with(')') {
                Value::None
            } else {
                self.value()?
            };
            self.rest = self.rest.strip_prefix(')')?.trim_ascii_start();
            let operator = if is_negated { "NOT" } else { "()" };
            return self.filter.add(field, operator, value, is_or).map(Some);
        }
        self.rest = self.rest.trim_ascii_start();
        let is_operator = |byte: &u8| matches!(byte, b'=' | b'<' | b'>' | b'!' | b':');
        let length = self.rest.bytes().take_while(is_operator).count();
        let (operator, rest) = self.rest.split_at(length);
        self.rest = rest.trim_ascii_start();
        let value = self.value()?;
        self.rest = self.rest.trim_ascii_start();
        let is_valid = !is_negated && !operator.is_empty();
        let group = self.filter.add(field, operator, value, is_or);
        group.filter(|_| is_valid).map(Some)
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let rest = self.rest.strip_prefix(keyword);
        match rest.filter(|rest| rest.starts_with(' ')) {
            Some(rest) => {
                self.rest = rest.trim_ascii_start();
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> Option<&'a str> {
        let is_end = |byte: u8| {
            matches!(
                byte,
                b' ' | b'(' | b')' | b'=' | b'<' | b'>' | b'!' | b':' | b'"' | b'\'' | b'\\' | b','
            )
        };
        let length = self.rest.bytes().position(is_end);
        let (word, rest) = self.rest.split_at(length.unwrap_or(self.rest.len()));
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    fn value(&mut self) -> Option<Value<'a>> {
        let Some(inside) = self.rest.strip_prefix('"') else {
            return self.word().map(Value::Unquoted);
        };
        let length = inside
            .bytes()
            .position(|byte| matches!(byte, b'"' | b'\\'))?;
        let (value, rest) = inside.split_at(length);
        self.rest = rest.strip_prefix('"')?;
        Some(Value::Quoted(value))
    }
}

/// Seconds since 1970-01-01T00:00:00Z and nanoseconds.
type Instant = (i64, u32);

fn instant(value: Value<'_>) -> Option<Instant> {
    match value {
        Value::Quoted(text) if is_in_range(text.as_bytes()) => timestamp(text.as_bytes()),
        _ => None,
    }
}

/// Returns whether a timestamp has digits where they belong, and there is such a day and time.
fn is_in_range(text: &[u8]) -> bool {
    let are_digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    let two = |at: usize| match text[at..at + 2] {
        [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => (a - b'0') * 10 + (b - b'0'),
        _ => u8::MAX,
    };
    if text.len() < 20 || !are_digits(&text[..4]) || text[..4] == *b"0000" {
        return false;
    }
    let is_leap = two(2) % 4 == 0 && (two(2) != 0 || two(0) % 4 == 0);
    let length = match two(5) {
        2 => 28 + u8::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    let is_clock = |at: usize| two(at) < 24 && two(at + 3) < 60;
    let is_zone = |at: usize| match text.len() - at {
        1 => text[at] == b'Z',
        6 => matches!(text[at], b'+' | b'-') && is_clock(at + 1),
        _ => false,
    };
    let fraction = match text[19] {
        b'.' => {
            1 + text[20..]
                .iter()
                .take_while(|own| own.is_ascii_digit())
                .count()
        }
        _ => 0,
    };
    (1..=length).contains(&two(8))
        && is_clock(11)
        && two(17) < 60
        && !matches!(fraction, 1 | 11..)
        && is_zone(19 + fraction)
}

fn quoted(value: Value<'_>) -> Option<&str> {
    match value {
        Value::Quoted(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

fn is_id(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'*' | b'/');
    let is_allowed = |c: char| !matches!(c, '*' | '/') && !c.is_whitespace() && !c.is_control();
    !matches!(id, "" | "-") && (id.bytes().all(is_plain) || id.chars().all(is_allowed))
}

fn user(value: Value<'_>) -> Option<&str> {
    let name = quoted(value)?;
    is_id(name.strip_prefix("users/")?).then_some(name)
}

fn is_alias(name: &str) -> bool {
    matches!(name, "users/me" | "users/app") || name.contains('@')
}

/// The words of a text, in lower case, sorted, without those that others begin with.
fn words(text: &str) -> Option<Vec<String>> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.map(str::to_lowercase).collect();
    words.sort_unstable();
    for at in (1..words.len()).rev() {
        if words[at].starts_with(&words[at - 1]) {
            words.remove(at - 1);
        }
    }
    (!words.is_empty()).then_some(words)
}

#[derive(Default)]
pub(crate) struct Spaces {
    pub(crate) types: u32,
}

impl Method for Spaces {
    fn add(&mut self, field: &str, operator: &str, value: Value<'_>, is_or: bool) -> Option<u8> {
        if !matches!(field, "spaceType" | "space_type") || operator != "=" {
            return None;
        }
        let bit = match quoted(value)? {
            "SPACE" => 1,
            "GROUP_CHAT" => 2,
            "DIRECT_MESSAGE" => 4,
            _ => return None,
        };
        if !is_or && self.types != 0 {
            return None;
        }
        self.types |= bit;
        Some(0)
    }
}

#[derive(Default)]
pub(crate) struct SpacesSearch {
    pub(crate) has_type: bool,
    pub(crate) display_name: Vec<Vec<String>>,
}

impl Method for SpacesSearch {
    fn add(&mut self, field: &str, operator: &str, value: Value<'_>, is_or: bool) -> Option<u8> {
        match (field, operator) {
            ("space_type" | "spaceType", "=") => {
                let is_valid = quoted(value)? == "SPACE" && !self.has_type;
                self.has_type = true;
                is_valid.then_some(0)
            }
            ("display_name" | "displayName", ":") => {
                if !is_or && !self.display_name.is_empty() {
                    return None;
                }
                self.display_name.push(words(quoted(value)?)?);
                Some(1)
            }
            _ => None,
        }
    }
}

#[derive(Default)]
pub(crate) struct Messages {
    pub(crate) after: Option<Instant>,
    pub(crate) before: Option<Instant>,
    pub(crate) thread: Option<String>,
}

impl Method for Messages {
    fn add(&mut self, field: &str, operator: &str, value: Value<'_>, is_or: bool) -> Option<u8> {
        match (field, operator) {
            _ if is_or => None,
            ("create_time" | "createTime", ">") if self.after.is_none() => {
                self.after = Some(instant(value)?);
                self.is_interval().then_some(0)
            }
            ("create_time" | "createTime", "<") if self.before.is_none() => {
                self.before = Some(instant(value)?);
                self.is_interval().then_some(0)
            }
            ("thread.name", "=") if self.thread.is_none() => {
                let (Value::Quoted(name) | Value::Unquoted(name)) = value else {
                    return None;
                };
                let (space, thread) = name.strip_prefix("spaces/")?.split_once("/threads/")?;
                self.thread = Some(name.to_owned());
                (is_id(space) && is_id(thread)).then_some(1)
            }
            _ => None,
        }
    }
}

impl Messages {
    fn is_interval(&self) -> bool {
        match (self.after, self.before) {
            (Some((second, nanos)), Some(before)) => (second, nanos + 1) < before,
            _ => true,
        }
    }
}

#[derive(Default)]
pub(crate) struct MessagesSearch {
    pub(crate) senders: Vec<String>,
    pub(crate) is_unread: bool,
}

impl Method for MessagesSearch {
    fn add(&mut self, field: &str, operator: &str, value: Value<'_>, is_or: bool) -> Option<u8> {
        match (field, operator, value) {
            ("sender.name", "=", value) if is_or || self.senders.is_empty() => {
                self.senders.push(user(value)?.to_owned());
                Some(0)
            }
            ("is_unread", "()", Value::None) => {
                self.is_unread = true;
                Some(1)
            }
            _ => None,
        }
    }
}

#[derive(Default)]
pub(crate) struct Reactions {
    /// Texts, and whether they are of custom emojis.
    pub(crate) emojis: Vec<(bool, String)>,
    pub(crate) users: Vec<String>,
}

impl Method for Reactions {
    fn add(&mut self, field: &str, operator: &str, value: Value<'_>, is_or: bool) -> Option<u8> {
        match (field, operator) {
            ("emoji.unicode" | "emoji.custom_emoji.uid", "=")
                if is_or || self.emojis.is_empty() =>
            {
                let is_custom = field != "emoji.unicode";
                self.emojis.push((is_custom, quoted(value)?.to_owned()));
                Some(0)
            }
            ("user.name", "=") if is_or || self.users.is_empty() => {
                let name = user(value).filter(|name| !is_alias(name))?;
                self.users.push(name.to_owned());
                Some(1)
            }
            _ => None,
        }
    }
}

#[derive(Default)]
pub(crate) struct SpaceEvents {
    pub(crate) start: Option<Instant>,
    pub(crate) types: u32,
}

impl Method for SpaceEvents {
    fn add(&mut self, field: &str, operator: &str, value: Value<'_>, is_or: bool) -> Option<u8> {
        match (field, operator) {
            ("start_time" | "startTime", "=") if !is_or && self.start.is_none() => {
                self.start = Some(instant(value)?);
                Some(0)
            }
            ("event_types" | "eventTypes", ":") if is_or || self.types == 0 => {
                let index = match quoted(value)?.strip_prefix("google.workspace.chat.")? {
                    "message.v1.created" => 0,
                    "message.v1.updated" => 1,
                    "message.v1.deleted" => 2,
                    "membership.v1.created" => 3,
                    "membership.v1.updated" => 4,
                    "membership.v1.deleted" => 5,
                    "reaction.v1.created" => 6,
                    "reaction.v1.deleted" => 7,
                    "space.v1.updated" => 8,
                    _ => return None,
                };
                self.types |= 1 << index;
                Some(1)
            }
            _ => None,
        }
    }
}

#[derive(Default)]
pub(crate) struct CustomEmojis {
    pub(crate) is_of_caller: Option<bool>,
}

impl Method for CustomEmojis {
    fn add(&mut self, field: &str, operator: &str, value: Value<'_>, _: bool) -> Option<u8> {
        if field != "creator" || self.is_of_caller.is_some() || quoted(value)? != "users/me" {
            return None;
        }
        self.is_of_caller = Some(operator == "()");
        matches!(operator, "()" | "NOT").then_some(0)
    }
}

#[derive(Default)]
pub(crate) struct SectionItems {
    pub(crate) space: Option<String>,
}

impl Method for SectionItems {
    fn add(&mut self, field: &str, operator: &str, value: Value<'_>, _: bool) -> Option<u8> {
        let Value::Unquoted(name) = value else {
            return None;
        };
        let is_valid = field == "space" && operator == "=" && self.space.is_none();
        self.space = Some(name.to_owned());
        (is_valid && is_id(name.strip_prefix("spaces/")?)).then_some(0)
    }
}
