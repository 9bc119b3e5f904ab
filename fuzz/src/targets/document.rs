//! Documents in the reader of dumps: any bytes. The reader agrees with `&RawValue` on what is JSON and
//! where records are, with the same checks of UTF-8 and of the nesting, however the input arrives.
//! Memberships have the role and the type that the library reads.

use std::fmt;
use std::io::{self, Read};
use std::ops::ControlFlow;

use gchat_filter::ResourceList;
use gchat_filter::members::Membership;
use gchat_filter::members::{Filter, Matchable};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Value, from_str};

use crate::records::membership::{Fields, Memberships};
use crate::records::{Options, Problem, Remark, Resource, Sink, read};

/// Maximum length of an input, in bytes.
const MAX_LENGTH: usize = 4096;

/// Key of the objects in a list response.
const LIST: &str = "memberships";

/// Runs the target.
pub fn run(bytes: &[u8]) {
    let bytes = &bytes[..bytes.len().min(MAX_LENGTH)];
    let found = read_as(&Objects, bytes);
    check(bytes, &found);
    let memberships = Memberships {
        filter: Filter::default(),
        invert: false,
    };
    let memberships = read_as(&memberships, bytes);
    if found.problems == 0 {
        let mut records = found.records.iter();
        for membership in &memberships.records {
            assert!(records.any(|record| record == membership));
            check_membership(membership);
        }
    }
}

/// Checks that the library reads the same role and type of a member.
fn check_membership(record: &str) {
    let fields = from_str::<Fields>(record).expect("a membership");
    // A field that no filter reads may have a value of another type.
    if let Ok(membership) = from_str::<Membership>(record) {
        let cell = fields.cell();
        assert_eq!(cell.role, Matchable::role(&membership), "{record}");
        assert_eq!(cell.member_type, membership.member_type(), "{record}");
    }
}

/// Reads the input in several ways, which must not change the results.
fn read_as<T: Resource>(resource: &T, bytes: &[u8]) -> Found {
    let mut results = [(usize::MAX, 1 << 16, 1), (1, 1, 1), (7, 64, 2)].map(|way| {
        let (piece, size, threads) = way;
        let options = Options {
            copies: true,
            limit: 1 << 16,
            size,
            threads,
        };
        let mut found = Found::default();
        let reader = Pieces { rest: bytes, piece };
        read(reader, resource, options, &mut found).expect("the sink does not fail");
        found
    });
    let [first, others @ ..] = &mut results;
    for other in others {
        assert_eq!(first, other, "{}", String::from_utf8_lossy(bytes));
    }
    std::mem::take(first)
}

/// A reader that returns at most `piece` bytes at a time.
struct Pieces<'b> {
    rest: &'b [u8],
    piece: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.piece.min(buffer.len());
        self.rest.read(&mut buffer[..length])
    }
}

/// What the reader found.
#[derive(Debug, Default, PartialEq)]
struct Found {
    records: Vec<String>,
    problems: usize,
    messages: Vec<String>,
}

impl Sink for Found {
    fn matches(&mut self, lines: &[u8], count: u64) -> io::Result<ControlFlow<()>> {
        let lines = str::from_utf8(lines).expect("records are UTF-8");
        let before = self.records.len();
        self.records.extend(lines.lines().map(str::to_owned));
        assert_eq!(
            self.records.len() - before,
            usize::try_from(count).expect("a small number")
        );
        Ok(ControlFlow::Continue(()))
    }

    fn problem(&mut self, problem: &Problem) -> ControlFlow<()> {
        let position = problem.position;
        assert!(position.line > 0 && position.column > 0, "{problem:?}");
        self.problems += 1;
        self.messages
            .push(format!("{position:?}: {}", problem.message));
        ControlFlow::Continue(())
    }

    fn failure(&mut self, error: &io::Error) {
        panic!("{error}");
    }
}

/// All objects as records.
struct Objects;

impl Resource for Objects {
    const LISTS: &'static [ResourceList] = &[ResourceList {
        key: LIST,
        item: None,
    }];
    type Fields<'r> = Object;

    fn selects(&self, _: &Object) -> Option<bool> {
        Some(true)
    }

    fn is_doubtful(&self, object: &Object) -> bool {
        object.is_empty
    }

    fn remarks(&self, _: &str, _: Result<&Object, &serde_json::Error>, _: &str) -> Vec<Remark> {
        Vec::new()
    }
}

/// An object that is not a page.
struct Object {
    is_empty: bool,
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Entries(entries) = Entries::deserialize(deserializer)?;
        let is_empty = entries.is_empty();
        if !is_empty && is_page(&entries) {
            return Err(D::Error::custom("a page"));
        }
        Ok(Self { is_empty })
    }
}

/// The keys of an object.
struct Entries(Vec<String>);

fn is_page(keys: &[String]) -> bool {
    let is_token = |key: &String| key == "nextPageToken" || key == "next_page_token";
    keys.iter().any(|key| key == LIST) || keys.iter().all(is_token)
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;

        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut keys = Vec::new();
                while let Some(key) = map.next_key()? {
                    map.next_value::<IgnoredAny>()?;
                    keys.push(key);
                }
                Ok(Entries(keys))
            }
        }

        deserializer.deserialize_map(EntriesVisitor)
    }
}

/// Values of the keys `memberships` of an object.
struct Lists<'d>(Vec<&'d RawValue>);

impl<'de> Deserialize<'de> for Lists<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListsVisitor;

        impl<'de> Visitor<'de> for ListsVisitor {
            type Value = Lists<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Lists<'de>, A::Error> {
                let mut lists = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
                    if key == LIST {
                        lists.push(value);
                    }
                }
                Ok(Lists(lists))
            }
        }

        deserializer.deserialize_map(ListsVisitor)
    }
}

/// What `&RawValue` says about an input.
#[derive(Default)]
struct Expected<'d> {
    records: Vec<&'d str>,
    /// Whether a value is not a record, or too deep.
    has_problem: bool,
    /// Whether the input has a key that is not Unicode, or something at which the reader skips more.
    is_unclear: bool,
}

impl<'d> Expected<'d> {
    fn value(&mut self, value: &'d RawValue, is_in_array: bool) {
        match value.get().as_bytes()[0] {
            b'{' => self.object(value, true),
            b'[' if !is_in_array => {
                for element in from_str::<Vec<&RawValue>>(value.get()).expect("an array") {
                    self.value(element, true);
                }
            }
            _ => {
                self.has_problem = true;
                // At the top level, its line is skipped.
                self.is_unclear |= !is_in_array;
            }
        }
    }

    fn object(&mut self, value: &'d RawValue, may_be_page: bool) {
        let keys = from_str::<Entries>(value.get());
        let Ok(Entries(keys)) = keys else {
            // A lone surrogate in a key.
            self.is_unclear = true;
            return;
        };
        let is_page = is_page(&keys);
        if !may_be_page || !is_page {
            if depth(value.get()) > 128 {
                self.has_problem = true;
            } else if !is_page || keys.is_empty() {
                self.records.push(value.get());
            }
            return;
        }
        // Parts of a page are checked separately.
        self.is_unclear |= depth(value.get()) > 127;
        let Lists(lists) = from_str(value.get()).expect("an object");
        self.is_unclear |= lists.len() > 1;
        for list in lists {
            match from_str::<Vec<&RawValue>>(list.get()) {
                Ok(elements) => {
                    for element in elements {
                        if element.get().starts_with('{') {
                            self.object(element, false);
                        } else {
                            self.has_problem = true;
                        }
                    }
                }
                Err(_) => self.has_problem |= list.get() != "null",
            }
        }
    }
}

/// Returns how deep a value is nested.
fn depth(value: &str) -> usize {
    let (mut depth, mut max, mut in_string) = (0_usize, 0, false);
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                max = max.max(depth);
            }
            b'}' | b']' if !in_string => depth -= 1,
            _ => {}
        }
    }
    max
}

/// Checks what the reader found.
fn check(bytes: &[u8], found: &Found) {
    let shown = String::from_utf8_lossy(bytes);
    // White space between records, but not in JSON.
    let has_marks = shown.contains(['\u{feff}', '\u{1e}']);
    let mut expected = Expected::default();
    let mut is_json = str::from_utf8(bytes).is_ok();
    for value in serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>() {
        let Ok(value) = value else {
            is_json = false;
            break;
        };
        expected.value(value, false);
    }
    if is_json && !expected.is_unclear {
        assert_eq!(
            found.problems > 0,
            expected.has_problem,
            "{shown}: {found:?}"
        );
        assert_eq!(
            found.records.len(),
            expected.records.len(),
            "{shown}: {found:?}"
        );
        for (found, expected) in found.records.iter().zip(expected.records) {
            check_copy(found, expected);
        }
    } else if !is_json && !has_marks {
        assert!(found.problems > 0, "{shown}");
    }
}

/// Checks that a record is copied as it is, or as one line.
fn check_copy(found: &str, expected: &str) {
    if !expected.contains(['\n', '\r']) {
        assert_eq!(found, expected);
        return;
    }
    assert!(from_str::<&RawValue>(found).is_ok(), "{found}");
    let tokens = |text: &str| text.replace([' ', '\t', '\n', '\r'], "");
    assert_eq!(tokens(found), tokens(expected));
    if let (Ok(found), Ok(expected)) = (from_str::<Value>(found), from_str::<Value>(expected)) {
        assert_eq!(found, expected);
    }
}
