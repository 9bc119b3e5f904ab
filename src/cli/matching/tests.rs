//! Compares the fast path with `serde_json`, and reading in chunks with the sequential reader.

use std::io::{self, Read};

use gchat_filter::Membership;
use gchat_filter::members::{Cell, Filter, Matchable};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::chunk::{RECORD_LIMIT, Selection};
use super::{common_case, dump};
use crate::cli::records::{Item, Problem, Records};

const RECORDS: &str = include_str!("../../../tests/data/memberships.ndjson");

/// Returns the cell of `record` as parsed by `serde_json`, or `None` if it is not a membership.
fn parsed_cell(record: &[u8]) -> Option<Cell> {
    let membership = serde_json::from_slice::<Membership>(record).ok()?;
    Some(Cell {
        role: Matchable::role(&membership),
        member_type: membership.member_type(),
    })
}

/// Returns the record in `line` as found by the sequential reader, or `None` if the line contains
/// anything else.
fn only_record(line: &[u8]) -> Option<Vec<u8>> {
    let mut records = Records::new(line, RECORD_LIMIT);
    let Ok(Some(Item::Record(record))) = records.next() else {
        return None;
    };
    let raw = record.raw.to_vec();
    matches!(records.next(), Ok(None)).then_some(raw)
}

/// Checks that the fast path either declines a line or agrees with `serde_json`. Returns whether it
/// accepted the line.
fn check_line(line: &[u8]) -> bool {
    let display = String::from_utf8_lossy(line);
    if let Some(cell) = common_case::record(line) {
        assert_eq!(parsed_cell(line), Some(cell), "{display}");
    }
    let Some(accepted) = common_case::line(line) else {
        return false;
    };
    let first = line.split_inclusive(|byte| *byte == b'\n').next().unwrap();
    assert_eq!(accepted.length, first.len(), "{display}");
    let record = &line[..accepted.record];
    assert_eq!(only_record(first).as_deref(), Some(record), "{display}");
    assert_eq!(parsed_cell(record), Some(accepted.cell), "{display}");
    true
}

#[test]
fn fast_path_accepts_common_records() {
    for line in RECORDS.split_inclusive('\n') {
        assert!(check_line(line.as_bytes()), "{line}");
        assert!(common_case::record(line.trim_end().as_bytes()).is_some());
        let cut = &line.as_bytes()[..line.len() - 1];
        assert!(check_line(cut), "without a line break: {line}");
    }
    let user = r#""member": {"name": "users/1", "type": "BOT"}"#;
    for line in [
        r#"{"role":"ROLE_MANAGER"}"#,
        r#"{ "role" : "ROLE_MEMBER" , "member" : { "type" : "HUMAN" } } "#,
        &format!("{{\"name\": \"spaces/A/members/1\", {user}}}\t\r\n"),
        &format!("{{{user}, \"state\": \"NO_STATE_KNOWN_YET\", \"affiliation\": \"\"}}"),
        r#"{"member":{"displayName":"{\"role\":\"ROLE_MANAGER\"}","isAnonymous":false}}"#,
        r#"{"member":{"displayName":"\u00e9\/\b\f\n\r\t\\ é髙","email":"","avatarUrl":"/"}}"#,
        r#"{"groupMember":{"name":"groups/1"},"role":"MEMBERSHIP_ROLE_UNSPECIFIED"}"#,
        r#"{"createTime":"","deleteTime":"","role":"ROLE_ASSISTANT_MANAGER"}"#,
        r#"{"new":1,"nickname":"é","roles":null,"rol":0,"":false,"member":{"types":true,"di":12}}"#,
        r#"{"new":1}"#,
        r#"{"member":{"domainId":"\ud7ff\uE000","type":"TYPE_UNSPECIFIED"}}"#,
    ] {
        assert!(check_line(line.as_bytes()), "{line}");
    }
}

#[test]
fn fast_path_declines_other_records() {
    for line in [
        "",
        "\n",
        "{}",
        "[]",
        " {\"role\":\"ROLE_MEMBER\"}",
        r#"{"nextPageToken":"x"}"#,
        r#"{"memberships":[],"role":"ROLE_MEMBER"}"#,
        r#"{"role":"ROLE_MEMBER","role":"ROLE_MEMBER"}"#,
        r#"{"role":"ROLE_MEMBER","r\u006fle":"ROLE_MANAGER"}"#,
        r#"{"role":"ROLE_\u004dEMBER"}"#,
        r#"{"role":"ROLE_NEW"}"#,
        r#"{"role":1}"#,
        r#"{"new":01}"#,
        r#"{"new":1.5}"#,
        r#"{"new":-1}"#,
        r#"{"new":nullx}"#,
        r#"{"new":[]}"#,
        r#"{"new":{}}"#,
        r#"{"new":}"#,
        r#"{"new"}"#,
        r#"{"new\n":1,"role":"ROLE_MEMBER"}"#,
        "{\"new\u{7f}\":1}",
        "{\"é\":1}",
        r#"{"new":1,"memberships":null}"#,
        r#"{"role":null}"#,
        r#"{"role":"ROLE_MEMBER",}"#,
        r#"{"role":"ROLE_MEMBER" "name":""}"#,
        r#"{"role":"ROLE_MEMBER"}}"#,
        r#"{"role":"ROLE_MEMBER"}{"role":"ROLE_MEMBER"}"#,
        r#"{"role":"ROLE_MEMBER"}x"#,
        "{\"role\":\r\"ROLE_MEMBER\"}",
        "{\"role\":\n\"ROLE_MEMBER\"}",
        r#"{"member":{"type":"HUMAN"},"groupMember":{"name":""}}"#,
        r#"{"member":{"type":"HUMAN"},"member":{"type":"BOT"}}"#,
        r#"{"member":{"type":"HUMAN","type":"HUMAN"}}"#,
        r#"{"member":{"isAnonymous":"true"}}"#,
        r#"{"member":{"isAnonymous":truefalse}}"#,
        r#"{"member":null}"#,
        r#"{"member":{}}"#,
        r#"{"member":[]}"#,
        r#"{"member":{"name":{"type":"BOT"}}}"#,
        r#"{"groupMember":{"name":"","name":""}}"#,
        r#"{"name":"\ud83d\ude00"}"#,
        r#"{"name":"\ud83d"}"#,
        r#"{"name":"\u00g0"}"#,
        r#"{"name":"\x"}"#,
        r#"{"name":"\"}"#,
        "{\"name\":\"a\x01\"}",
        "{\"name\":\"é\x1f\"}",
        "{\"name\":\"a\nb\"}",
        r#"{"name":"#,
        r#"{"name":""#,
    ] {
        assert_eq!(common_case::line(line.as_bytes()), None, "{line}");
        assert_eq!(common_case::record(line.as_bytes()), None, "{line}");
    }
    for text in [
        &b"\xff"[..],
        b"\xc3",
        b"\xed\xa0\x80",
        b"abcdefghijk\xf5",
        b"\xc3\\n",
    ] {
        let line = [b"{\"name\":\"", text, b"\"}\n"].concat();
        assert_eq!(common_case::line(&line), None, "{text:?}");
    }
}

#[test]
fn fast_path_agrees_on_every_single_byte_change() {
    let line = concat!(
        r#"{"name":"é/1","role":"ROLE_MANAGER","member":{"name":"a\u00e9bcdefghi","type":"BOT","#,
        r#""isAnonymous":true},"state":"JOINED"}"#,
        "\n",
    );
    let mut accepted = 0;
    for at in 0..line.len() {
        for byte in 0..=255 {
            let mut changed = line.as_bytes().to_vec();
            changed[at] = byte;
            accepted += usize::from(check_line(&changed));
        }
        for end in at..line.len() {
            check_line(&[&line.as_bytes()[..at], &line.as_bytes()[end..]].concat());
        }
    }
    assert!(accepted > 1500, "{accepted}");
}

/// Generates a key and a value, not necessarily valid in a record.
fn pair() -> impl Strategy<Value = String> {
    let key = select(vec![
        "name",
        "state",
        "role",
        "createTime",
        "deleteTime",
        "member",
        "groupMember",
        "affiliation",
        "type",
        "displayName",
        "domainId",
        "isAnonymous",
        "email",
        "avatarUrl",
        "r\\u006fle",
        "memberships",
        "nextPageToken",
        "new",
        "ROLE",
        "",
    ]);
    let text = select(vec![
        "\"\"",
        "\"x\"",
        "\"\\\"role\\\":\\\"ROLE_MANAGER\\\"\"",
        "\"\\u00e9\"",
        "\"é髙𠮷\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"a longer text than a word\"",
        "\"\u{1}\"",
        "\"ROLE_MEMBER\"",
        "\"ROLE_MANAGER\"",
        "\"ROLE_ASSISTANT_MANAGER\"",
        "\"ROLE_NEW\"",
        "\"HUMAN\"",
        "\"BOT\"",
        "\"CYBORG\"",
        "\"JOINED\"",
        "true",
        "false",
        "null",
        "0",
        "1",
        "1.5",
        "-",
        "01",
        "1e400",
        "2147483648",
        "[]",
        "{}",
        "[{\"role\":1}]",
        "",
    ]);
    (key, text).prop_map(|(key, value)| format!("\"{key}\":{value}"))
}

/// Generates an object, possibly with nested objects.
fn object() -> impl Strategy<Value = String> {
    let key = select(vec!["member", "groupMember", "name", "new"]);
    let pairs = || prop::collection::vec(pair(), 0..4);
    let inner =
        (key, pairs()).prop_map(|(key, pairs)| format!("\"{key}\":{{{}}}", pairs.join(",")));
    let part = prop_oneof![3 => pair(), 1 => inner];
    let separator = select(vec![",", ",", ",", ", ", " , ", ",,", " "]);
    (prop::collection::vec(part, 0..5), separator)
        .prop_map(|(parts, separator)| format!("{{{}}}", parts.join(separator)))
}

/// Generates an edit and its position.
fn damage() -> impl Strategy<Value = (Index, Edit)> {
    let piece = select(vec![
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        " ",
        "\r",
        "\n",
        "\t",
        "\0",
        "é",
        "null",
        "1",
        "\"role\":\"ROLE_MANAGER\",",
        "\"role\":\"ROLE_MEMBER\",",
        "\"type\":\"BOT\",",
        "\\u0022",
        "\\ud800",
        "\"memberships\":[],",
        "\u{feff}",
    ]);
    let edit = prop_oneof![
        any::<u8>().prop_map(Edit::Set),
        (1..9_usize).prop_map(Edit::Remove),
        piece.prop_map(|piece| Edit::Insert(piece.as_bytes().to_vec())),
        any::<u8>().prop_map(|byte| Edit::Insert(vec![byte])),
        (1..40_usize).prop_map(Edit::Repeat),
    ];
    (any::<Index>(), edit)
}

#[derive(Debug, Clone)]
enum Edit {
    Set(u8),
    Remove(usize),
    Insert(Vec<u8>),
    /// Repeats a number of bytes.
    Repeat(usize),
}

fn apply(text: &mut Vec<u8>, (at, edit): &(Index, Edit)) {
    let at = at.index(text.len() + 1);
    let end = |length: usize| text.len().min(at + length);
    match edit {
        Edit::Set(byte) => {
            text.splice(at..end(1), [*byte]);
        }
        Edit::Remove(length) => {
            text.drain(at..end(*length));
        }
        Edit::Insert(piece) => {
            text.splice(at..at, piece.iter().copied());
        }
        Edit::Repeat(length) => {
            let again = text[at..end(*length)].to_vec();
            text.splice(at..at, again);
        }
    }
}

/// Selects a record of the test data.
fn line() -> impl Strategy<Value = Vec<u8>> {
    select(RECORDS.lines().collect::<Vec<_>>()).prop_map(|line| line.as_bytes().to_vec())
}

/// Generates a line of a stream: usually a record, sometimes a different value or malformed input.
fn stream_line() -> impl Strategy<Value = Vec<u8>> {
    let page = prop::collection::vec(line(), 0..3).prop_map(|records| {
        [
            b"{\"memberships\":[",
            records.join(&b",\n"[..]).as_slice(),
            b"],\"x\":1}",
        ]
        .concat()
    });
    let array = prop::collection::vec(line(), 0..3)
        .prop_map(|records| [b"[", records.join(&b"\n,"[..]).as_slice(), b"]"].concat());
    let broken = (line(), prop::collection::vec(damage(), 1..3)).prop_map(|(mut line, damage)| {
        for damage in &damage {
            apply(&mut line, damage);
        }
        line
    });
    let pretty = line().prop_map(|line| {
        let value: serde_json::Value = serde_json::from_slice(&line).unwrap();
        serde_json::to_vec_pretty(&value).unwrap()
    });
    let two = (line(), line()).prop_map(|(one, two)| [one, two].concat());
    let piece = select(vec![
        "",
        " ",
        "\r",
        "[",
        "]",
        "{",
        "}",
        ",",
        "{}",
        "[{",
        "x",
        "\u{feff}",
        "{\"memberships\":[",
        "{\"role\":2}",
        " {\"role\":\"ROLE_MEMBER\"}",
        "{\"nextPageToken\":\"\"}",
    ]);
    prop_oneof![
        12 => line(),
        2 => object().prop_map(String::into_bytes),
        2 => broken,
        1 => page,
        1 => array,
        1 => pretty,
        1 => two,
        2 => piece.prop_map(|piece| piece.as_bytes().to_vec()),
    ]
}

/// A sink that collects the results.
#[derive(Debug, Default, PartialEq)]
struct Collected {
    lines: Vec<u8>,
    count: u64,
    /// Problems, each with the number of matches before it.
    problems: Vec<(u64, Problem)>,
    failure: Option<String>,
    strict: bool,
}

impl dump::Sink for Collected {
    fn matches(&mut self, lines: &[u8], count: u64) -> io::Result<()> {
        self.lines.extend_from_slice(lines);
        self.count += count;
        Ok(())
    }

    fn problem(&mut self, problem: &Problem) -> bool {
        self.problems.push((self.count, problem.clone()));
        !self.strict
    }

    fn failure(&mut self, error: &io::Error) {
        self.failure = Some(error.to_string());
    }
}

/// A reader that returns at most `piece` bytes at a time, with interruptions and possibly an error
/// at the end.
struct Pieces {
    rest: io::Cursor<Vec<u8>>,
    piece: usize,
    interrupt: bool,
    fails: bool,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupt = !self.interrupt;
        if self.interrupt {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let length = self.piece.min(buffer.len());
        match self.rest.read(&mut buffer[..length])? {
            0 if self.fails && length > 0 => Err(io::Error::other("disk failure")),
            count => Ok(count),
        }
    }
}

/// Returns the results of the sequential reader alone.
fn sequential(reader: Pieces, selection: Selection, strict: bool) -> Collected {
    let mut collected = Collected {
        strict,
        ..Collected::default()
    };
    let mut records = Records::new(reader, RECORD_LIMIT);
    loop {
        let problem = match records.next() {
            Ok(None) => return collected,
            Err(error) => {
                collected.failure = Some(error.to_string());
                return collected;
            }
            Ok(Some(Item::Problem(problem))) => problem,
            Ok(Some(Item::Record(record))) => {
                match serde_json::from_slice::<Membership>(record.raw) {
                    Ok(membership) => {
                        if selection.filter.matches(&membership) != selection.invert {
                            collected.count += 1;
                            selection.print(&record, &mut collected.lines);
                        }
                        continue;
                    }
                    Err(error) => record.problem(&error),
                }
            }
        };
        collected.problems.push((collected.count, problem));
        if strict {
            return collected;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn fast_path_agrees_on_damaged_records(
        mut line in line(),
        damage in prop::collection::vec(damage(), 1..4),
        more in line(),
    ) {
        for damage in &damage {
            apply(&mut line, damage);
        }
        check_line(&line);
        line.push(b'\n');
        check_line(&line);
        line.extend(more);
        check_line(&line);
    }

    #[test]
    fn fast_path_agrees_on_generated_records(record in object()) {
        check_line(record.as_bytes());
    }

    #[test]
    fn chunks_do_not_change_the_results(
        lines in prop::collection::vec(stream_line(), 0..12),
        end in any::<bool>(),
        size in prop_oneof![1..40_usize, 100..2000_usize],
        threads in 1..4_usize,
        piece in prop_oneof![1..20_usize, Just(usize::MAX)],
        fails: bool,
        (strict, invert, count) in (prop::bool::weighted(0.2), any::<bool>(), any::<bool>()),
    ) {
        let mut input = lines.join(&b'\n');
        if end {
            input.push(b'\n');
        }
        let reader = || Pieces {
            rest: io::Cursor::new(input.clone()),
            piece,
            interrupt: false,
            fails,
        };
        let selection = Selection { filter: Filter::type_is_human(), invert, count };
        let expected = sequential(reader(), selection, strict);
        let mut collected = Collected { strict, ..Collected::default() };
        dump::read_in_chunks(reader(), selection, &mut collected, size, threads).unwrap();
        prop_assert_eq!(&collected, &expected, "{}", String::from_utf8_lossy(&input));
    }
}

/// Returns the results of reading in chunks of `size` bytes and of the sequential reader.
fn both_ways(input: &[u8], selection: Selection, size: usize) -> (Collected, Collected) {
    let reader = || Pieces {
        rest: io::Cursor::new(input.to_vec()),
        piece: usize::MAX,
        interrupt: false,
        fails: false,
    };
    let mut collected = Collected::default();
    dump::read_in_chunks(reader(), selection, &mut collected, size, 2).unwrap();
    (collected, sequential(reader(), selection, false))
}

#[test]
fn lines_may_be_longer_than_chunks() {
    let selection = Selection {
        filter: Filter::role_is_member(),
        invert: false,
        count: false,
    };
    let record = r#"{"role":"ROLE_MEMBER"}"#;
    for input in [
        format!("{record} {record}  {record}{{\"role\":[]}}\n{record} x"),
        format!("  \t{record}\n\n   {{\"role\":[]}}\n"),
        format!("\u{feff}{record}{record}\n[{record},{record} ]x\n{record} {{\n"),
    ] {
        for size in 1..input.len() + 2 {
            let (collected, expected) = both_ways(input.as_bytes(), selection, size);
            assert_eq!(collected, expected, "{size} {input}");
            assert!(!collected.problems.is_empty());
        }
    }
}

#[test]
fn sink_error_stops_reading() {
    struct Full;
    impl dump::Sink for Full {
        fn matches(&mut self, _: &[u8], _: u64) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn problem(&mut self, _: &Problem) -> bool {
            true
        }
        fn failure(&mut self, _: &io::Error) {}
    }
    let selection = Selection {
        filter: Filter::default(),
        invert: false,
        count: false,
    };
    let endless = io::repeat(b'\n');
    let error = dump::read(endless, selection, &mut Full).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}
