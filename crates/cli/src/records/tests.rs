//! Tables of inputs and what is read from them, random streams and random corruption. The size of the
//! window, the number of threads and the pieces that the input arrives in never change the results.

use gchat_filter::members::Membership;
use gchat_filter::members::{Cell, Filter, Matchable};
use gchat_filter::{Context, Method, messages_search};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::membership::{Fields, Memberships};
use super::resource::Resources;
use super::*;

const RECORDS: &str = include_str!("../../../../tests/data/memberships.ndjson");

/// Any objects, except lists and empty ones.
struct Anything;

struct Object {
    is_empty: bool,
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;

        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Object;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let (mut is_empty, mut is_page) = (true, true);
                while let Some(Text(key)) = map.next_key()? {
                    is_empty = false;
                    is_page = is_page && matches!(&*key, "nextPageToken" | "next_page_token");
                    if key == "memberships" || key == "bad" {
                        return Err(A::Error::custom("a bad key"));
                    }
                    map.next_value::<IgnoredAny>()?;
                }
                if is_page && !is_empty {
                    return Err(A::Error::custom("a page"));
                }
                Ok(Object { is_empty })
            }
        }

        deserializer.deserialize_map(ObjectVisitor)
    }
}

impl Resource for Anything {
    const LISTS: &'static [ResourceList] = &[ResourceList {
        key: "memberships",
        item: None,
    }];
    type Fields<'r> = Object;

    fn selects(&self, _: &Object) -> Option<bool> {
        Some(true)
    }

    fn is_doubtful(&self, object: &Object) -> bool {
        object.is_empty
    }

    fn remarks(
        &self,
        record: &str,
        fields: Result<&Object, &serde_json::Error>,
        path: &str,
    ) -> Vec<Remark> {
        let Err(error) = fields else {
            return Vec::new();
        };
        let (at, message) = of_parser(record.as_bytes(), error);
        vec![Remark {
            kind: Kind::Invalid,
            at,
            message: format!("{message} at {path}"),
        }]
    }
}

/// Results in input order: records, and problems as `line:column! message`.
#[derive(Debug, Default, PartialEq)]
struct Collected {
    items: Vec<String>,
    count: u64,
    is_strict: bool,
}

impl Sink for Collected {
    fn matches(&mut self, lines: &[u8], count: u64) -> io::Result<ControlFlow<()>> {
        self.count += count;
        let lines = str::from_utf8(lines).unwrap();
        self.items.extend(lines.lines().map(str::to_owned));
        Ok(ControlFlow::Continue(()))
    }

    fn problem(&mut self, problem: &Problem) -> ControlFlow<()> {
        let Position { line, column } = problem.position;
        self.items
            .push(format!("{line}:{column}! {}", problem.message));
        if self.is_strict {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn failure(&mut self, error: &io::Error) {
        self.items.push(format!("! {error}"));
    }
}

/// A reader that returns at most `piece` bytes at a time, with interruptions, and possibly an error at
/// the end.
struct Pieces<'a> {
    rest: &'a [u8],
    piece: usize,
    is_interrupted: bool,
    fails: bool,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.is_interrupted = !self.is_interrupted;
        if self.is_interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.fails && self.rest.is_empty() {
            return Err(io::Error::other("disk failure"));
        }
        let count = self.piece.min(buffer.len());
        self.rest.read(&mut buffer[..count])
    }
}

fn options(limit: usize, size: usize, threads: usize) -> Options {
    Options {
        copies: true,
        limit,
        size,
        threads,
    }
}

/// Reads the input in several ways, which must not change the results.
fn read_as<T: Resource>(
    resource: &T,
    input: impl AsRef<[u8]>,
    limit: usize,
    fails: bool,
) -> Vec<String> {
    let input = input.as_ref();
    let mut results: Option<Collected> = None;
    for (piece, size, threads) in [
        (usize::MAX, 1 << 20, 1),
        (usize::MAX, 1 << 20, 3),
        (1, 1, 1),
        (1, 1 << 20, 1),
        (7, 10, 2),
        (usize::MAX, 1, 1),
        (usize::MAX, 40, 4),
        (usize::MAX, 400, 2),
    ] {
        let reader = Pieces {
            rest: input,
            piece,
            is_interrupted: false,
            fails,
        };
        let mut collected = Collected::default();
        read(
            reader,
            resource,
            options(limit, size, threads),
            &mut collected,
        )
        .unwrap();
        let expected = results.get_or_insert_with(|| Collected {
            items: collected.items.clone(),
            ..collected
        });
        let text = String::from_utf8_lossy(input);
        assert_eq!(
            collected.items, expected.items,
            "pieces of {piece}, a window of {size}, {threads} threads: {text}"
        );
    }
    results.unwrap().items
}

#[test]
fn reads_the_results_of_a_search() {
    let context = Context::new();
    let method = Method::SpacesMessagesSearch;
    let filter = messages_search::Filter::parse("report").unwrap();
    let messages = Resources::new(method, filter, &context, false).unwrap();
    let message = r#"{"text":"a report"}"#;
    let large = format!("{{\"message\": {{\"text\": \"{}\"}}}}", "x".repeat(200));
    for (input, expected) in [
        (format!(r#"{{"results": []}} {message}"#), vec![message]),
        (
            format!(
                "{{\"a\": 1, \"results\": [\n{{ \"message\" : {message}, \"x\": [{{}}] }} , {{\"message\":{{}}}}, {{\"message\":{message}}}]}}"
            ),
            vec![message, message],
        ),
        (
            format!(
                r#"{{"results": [{{"text": "report"}}, 7, {{"message": 7}}, {{"message": {message}}}]}}"#
            ),
            vec![
                "1:14! expected an object with the key `message`",
                "1:34! expected an object, found `7`",
                "1:37! expected an object with the key `message`",
                message,
            ],
        ),
        (
            format!(r#"{{"results": [{large}, {{"message": {message}}}]}}"#),
            vec!["1:14! the record exceeds the limit of 100 bytes", message],
        ),
        (
            format!("{{\"results\": 7}}\n{{\"results\": null}}\n{message}"),
            vec!["1:13! `results` is not an array", message],
        ),
        (
            format!("{{\"results\": [{{\"message\": {{]}}\n{message}"),
            vec![
                "1:27! expected a key in double quotes, found `]`; reading goes on at line 2",
                message,
            ],
        ),
    ] {
        assert_eq!(read_as(&messages, &input, 100, false), expected, "{input}");
    }
}

fn read_all(input: impl AsRef<[u8]>) -> Vec<String> {
    read_as(&Anything, input, 1 << 20, false)
}

/// Checks a table of inputs and their results.
fn check_table(table: &[(&str, &[&str])]) {
    for (input, expected) in table {
        assert_eq!(read_all(input), *expected, "{input}");
    }
}

#[test]
fn inputs_without_records() {
    for input in [
        "",
        " \r\n\t\n",
        "\u{feff}",
        "\u{feff} \n",
        "\u{1e}\n\u{1e}",
        "{}",
        "{ }\n{\n}",
        "[]",
        "[ ][\n]\n",
        r#"{"nextPageToken":"x"}"#,
        r#"{"next_page_token":"x"}"#,
        r#"{"next\u0050ageToken" : null }"#,
        r#"{"memberships":[]}"#,
        r#"{"memberships":null}"#,
        r#"{ "memberships" : [ ] , "nextPageToken" : "x" } {"memberships":[]}"#,
        r#"[{"memberships":[]},{},{"nextPageToken":""}]"#,
    ] {
        assert_eq!(read_all(input), Vec::<String>::new(), "{input}");
    }
}

#[test]
fn records_arrays_and_pages_in_any_order() {
    let (a, b) = (r#"{"a":1}"#, r#"{"b":{"c":[2]}}"#);
    for input in [
        "A\nB\n",
        "A\r\n\r\n B",
        "AB",
        "A B",
        "\u{feff}AB",
        "\u{feff}A\n\u{feff}B",
        "\u{1e}A\n\u{1e}B\n",
        "\u{1e}A\u{1e}B",
        "[A,B]",
        " [ A ,\n B ]\n",
        "[A][B]",
        "[A]\nB",
        r#"{"memberships":[A,B]}"#,
        r#"{"m\u0065mberships":[A]}B"#,
        "{\n\"x\": [{}, \"memberships\"],\n\"memberships\": [\nA,\nB\n]\n}",
        "{\"memberships\":[A],\"nextPageToken\":\"x\"}\n{ \"memberships\":[B]}",
        r#"{"memberships":[A],"x":{"memberships":[{}]},"y":-1.5e3,"z":[true]}B"#,
        r#"[{"memberships":[A]},B,{"memberships":null}]"#,
        "A\n[{\"memberships\":[B]}]",
        "A{}\n{\"nextPageToken\":\"{\"}B",
    ] {
        let input = input.replace('A', a).replace('B', b);
        assert_eq!(read_all(&input), [a, b], "{input}");
    }
    // An empty object is a record only in a page.
    assert_eq!(read_all("{\"memberships\":[{},{\"a\":1}]}{}"), ["{}", a]);
    // Of several lines, without the white space between tokens.
    assert_eq!(
        read_all("{\n \"a\" :\r\n 1}{\"b b\":\n\"c  {\\\" d\"}"),
        [a, r#"{"b b":"c  {\" d"}"#]
    );
}

#[test]
fn a_broken_line_costs_that_line() {
    let valid = r#"{"g":1}"#;
    for (line, problem) in [
        (
            "{",
            "1:2! expected a key in double quotes, found `{` on a later line",
        ),
        ("{\"a", "1:4! line break inside a string"),
        ("{\"a\":\"x\\", "1:9! line break inside a string"),
        (
            "{\"a\":1",
            "1:7! expected `,` or `}`, found `{` on a later line",
        ),
        (
            "{\"a\":1, \r",
            "1:8! expected a key in double quotes, found `{` on a later line",
        ),
        ("{\"a\" {}}", "1:6! expected `:`, found `{`"),
        ("{\"a\":1]", "1:7! expected `,` or `}`, found `]`"),
        ("{\"a\":[1}", "1:8! expected `,` or `]`, found `}`"),
        ("{\"a\":[1 \"b\"]}", "1:9! expected `,` or `]`, found `\"`"),
        (
            "{\"a\":\"\u{1}\"}",
            "1:7! control character U+0001 inside a string",
        ),
        (
            "{\"a\":1,}",
            "1:7! trailing comma: JSON has no comma before `}`",
        ),
        (
            "{\"a\":[1,]}",
            "1:8! trailing comma: JSON has no comma before `]`",
        ),
        ("{\"a\":tru}", "1:9! expected ident"),
        ("{\"a\":01}", "1:7! invalid number"),
        ("{\"a\":1 // one}", "1:8! comment: JSON has no comments"),
        ("{\"a\":1} # one", "1:9! comment: JSON has no comments"),
        ("{a:1}", "1:2! expected a key in double quotes, found `a`"),
        ("{'é':1}", "1:2! expected a key in double quotes, found `'`"),
        ("xyz", "1:1! expected `{` or `[`, found `x`"),
        ("é", "1:1! expected `{` or `[`, found `é`"),
        ("]", "1:1! expected `{` or `[`, found `]`"),
        ("\"{\"x\":1}", "1:1! expected `{` or `[`, found `\"`"),
        ("// {", "1:1! comment: JSON has no comments"),
        ("/* {\n{ */", "1:1! comment: JSON has no comments"),
    ] {
        for next in [
            "{\"g\":1}",
            "  {\"g\":1}",
            "\u{1e}{\"g\":1}",
            "\u{feff}{\"g\":1}",
        ] {
            let indent = if next.starts_with(' ') { "  " } else { "" };
            let expected = problem.split_once('!').map(|(position, message)| {
                let (line, column) = position.split_once(':').unwrap();
                let column = column.parse::<usize>().unwrap() + indent.len();
                format!("{line}:{column}!{message}")
            });
            let is_first = line.starts_with("{\"a\":1} ");
            let input = format!("{indent}{line}\n{next}\n{indent}{valid}");
            let mut expected = vec![expected.unwrap(), valid.to_owned(), valid.to_owned()];
            if is_first {
                expected.insert(0, "{\"a\":1}".to_owned());
            }
            assert_eq!(read_all(&input), expected, "{input}");
        }
    }
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn a_broken_value_of_several_lines_is_reported_once() {
    check_table(&[
        (
            "{\n\"a\":1\n\"b\":2\n}\n{\"c\":3}",
            &[
                "2:6! expected `,` or `}`, found `\"` on a later line; reading goes on at line 5",
                r#"{"c":3}"#,
            ],
        ),
        (
            "{\"a\":[\n  {\"b\" 1},\n  {\"c\":1}\n]}\n",
            &["2:8! expected `:`, found `1`; the rest of the input is skipped"],
        ),
        (
            "[{\"a\":1},{\"b\" \"c\"},{\"d\":1}]\n{\"e\":1}",
            &[
                r#"{"a":1}"#,
                "1:15! expected `:`, found `\"`; reading goes on at line 2",
                r#"{"e":1}"#,
            ],
        ),
        // The rest of an array is not reported again.
        (
            "[\n{\"a\":1},\n{\"b\":\"\n},\n{\"c\":1}\n,{\"d\":1}\n]\n{\"e\":1}",
            &[
                r#"{"a":1}"#,
                "3:7! line break inside a string; reading goes on at line 5",
                r#"{"c":1}"#,
                r#"{"d":1}"#,
                r#"{"e":1}"#,
            ],
        ),
        (
            "{\"memberships\":[\n{\"a\":1} x,\n{\"b\":1}\n],\n\"x\":1\n}\n{\"c\":1}\nx",
            &[
                r#"{"a":1}"#,
                "2:9! expected `,` or `]`, found `x`; reading goes on at line 3",
                r#"{"b":1}"#,
                r#"{"c":1}"#,
                "8:1! expected `{` or `[`, found `x`",
            ],
        ),
        (
            "[{\"a\":1}\n{\"b\":1}\n{\"c\":1}\n",
            &[
                r#"{"a":1}"#,
                "1:9! expected `,` or `]`, found `{` on a later line; reading goes on at line 2",
                r#"{"b":1}"#,
                r#"{"c":1}"#,
            ],
        ),
        (
            "[2026-01-01] done\n{\"a\":1}\n",
            &[
                "1:6! invalid number or word; reading goes on at line 2",
                r#"{"a":1}"#,
            ],
        ),
        (
            "[done]\n{\"a\":1}\n",
            &[
                "1:2! expected a value, found `d`; reading goes on at line 2",
                r#"{"a":1}"#,
            ],
        ),
        (
            " [{\"a\":1},\n",
            &[
                r#"{"a":1}"#,
                "1:2! the value is not closed before the end of the input",
            ],
        ),
        (
            "{\"a\":1}\n{\"a",
            &[
                r#"{"a":1}"#,
                "2:1! the value is not closed before the end of the input",
            ],
        ),
        (
            "{\"memberships\":[{\"a\":1}],\"memberships\":[]}",
            &[
                r#"{"a":1}"#,
                "1:26! duplicate key `memberships`; the rest of the input is skipped",
            ],
        ),
        (
            "[{\"a\":1},]{\"b\":1}\n{\"c\":1}",
            &[
                r#"{"a":1}"#,
                "1:9! trailing comma: JSON has no comma before `]`; reading goes on at line 2",
                r#"{"c":1}"#,
            ],
        ),
        (
            "[{\"a\":1}, // one\n{\"b\":1}]",
            &[
                r#"{"a":1}"#,
                "1:11! comment: JSON has no comments; reading goes on at line 2",
                r#"{"b":1}"#,
            ],
        ),
    ]);
}

#[test]
fn a_well_formed_element_costs_only_itself() {
    check_table(&[
        (
            "[1,{\"a\":1},\"x\",null,[{\"b\":1}],{\"bad\":1},{\"c\":1}]{\"d\":1}",
            &[
                "1:2! expected an object, found `1`",
                r#"{"a":1}"#,
                "1:12! expected an object, found `\"`",
                "1:16! expected an object, found `n`",
                "1:21! expected an object, found `[`",
                "1:36! a bad key at .[]",
                r#"{"c":1}"#,
                r#"{"d":1}"#,
            ],
        ),
        (
            "{\"memberships\":[{\"bad\":1},{\"c\":1}]}{\"bad\":1}",
            &[
                "1:22! a bad key at .memberships[]",
                r#"{"c":1}"#,
                "1:41! a bad key at ",
            ],
        ),
        (
            "[{\"memberships\":[{\"bad\":1}]}]",
            &["1:23! a bad key at .[].memberships[]"],
        ),
        (
            r#"{"memberships":{"b":[{"a":1}]}}{"a":1}"#,
            &["1:16! `memberships` is not an array", r#"{"a":1}"#],
        ),
    ]);
}

#[test]
fn skipped_fields_must_be_valid_json_in_utf_8() {
    for prefix in ["", "[", "{\"memberships\":["] {
        let close = match prefix {
            "" => "",
            "[" => "]",
            _ => "]}",
        };
        let column = prefix.len() + 1;
        let input = [
            prefix.as_bytes(),
            b"{\"x\":\"\xff\"}",
            close.as_bytes(),
            b"\n{\"a\":1}",
        ]
        .concat();
        assert_eq!(
            read_all(&input),
            [&format!("1:{}! invalid UTF-8", column + 6), r#"{"a":1}"#]
        );
        // Numbers and escape sequences are JSON, whatever they mean.
        let input = format!("{prefix}{{\"x\":[1e999,\"\\ud800\"]}}{close}");
        assert_eq!(read_all(&input), [r#"{"x":[1e999,"\ud800"]}"#]);
        for (depth, is_valid) in [(127, true), (128, false), (300, false)] {
            let deep = format!("{{\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
            let found = read_all(format!("{prefix}{deep}{close}\n{{\"a\":1}}"));
            let problem = format!("1:{}! nested more than 128 levels deep", column + 132);
            let expected = if is_valid { deep } else { problem };
            assert_eq!(found, [expected.as_str(), r#"{"a":1}"#]);
        }
        let many = format!("{{\"x\":[{}1]}}", "[1],".repeat(200));
        assert_eq!(read_all(format!("{prefix}{many}{close}")), [many]);
    }
}

#[test]
fn columns_count_characters() {
    for (input, position) in [
        ("{\"é€😀\":x}", "1:8"),
        ("{\"é\":1}{\"a\":x}", "1:13"),
        ("\n\n  {\"a\":x}", "3:8"),
        ("\u{feff}{\"a\":x}", "1:6"),
        ("{\"a\":1}\n\u{feff}{\"a\":x}", "2:7"),
        ("{\n\"é€\":\n\"é\", x}", "3:6"),
        ("[\r\n{\"é\":1},\r\nx]", "3:1"),
    ] {
        let found = read_all(input);
        let last = found.last().unwrap();
        assert!(
            last.starts_with(&format!("{position}! ")),
            "{input}: {last}"
        );
    }
    // A byte that is not UTF-8 is one character.
    assert_eq!(
        read_all(b"\xff\xc3\xa9\n\xff{")[1],
        "2:1! expected `{` or `[`, found byte 0xff"
    );
    assert_eq!(
        read_all(b"{\"a\":\"\xff\xc3\xa9\" x}"),
        ["1:11! expected `,` or `}`, found `x`"]
    );
}

#[test]
fn other_formats_are_named_once() {
    for (input, expected) in [
        (&b"\x1f\x8b\x08\0\0\n{}"[..], "compressed with gzip"),
        (b"\x28\xb5\x2f\xfd\x04\n{\"a\":1}\n", "compressed with zstd"),
        (b"BZh91AY&SY", "compressed with bzip2"),
        (b"\xfd7zXZ\0", "compressed with xz"),
        (b"PK\x03\x04\x14\0", "a zip archive"),
        (b"\xff\xfe{\0}\0\n\0", "encoded as UTF-16"),
        (b"\xfe\xff\0{\0}\0\n", "encoded as UTF-16"),
        (b"{\0\"\0a\0\n\0x\0\n\0", "encoded as UTF-16"),
        (b"\0{\0\"", "encoded as UTF-16"),
        (b"\x7fELF\x02\x01\0\n\0\n", "binary"),
        (b"\0\0\0\0\n\0", "binary"),
    ] {
        let found = read_all(input);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(expected), "{found:?}");
    }
    // Also after records.
    let found = read_all(b"{\"a\":1}\n\0\0\0\n{\"a\":1}");
    assert_eq!(
        found,
        [
            r#"{"a":1}"#,
            "2:1! the input is binary, not JSON: it contains a NUL byte"
        ]
    );
    for (input, expected) in [
        ("space.name,name\nspaces/A,spaces/A/members/1\n", "CSV"),
        ("name\trole\n", "tab-separated values"),
        ("memberships:\n- name: x\n", "YAML"),
        ("---\n- name: x\n", "YAML"),
        (
            "memberships {\n  name: \"x\"\n}\n",
            "the protobuf text format",
        ),
        ("module.exports = [\n", "JavaScript"),
        ("const members = [\n", "JavaScript"),
        ("<html>\n", "XML or HTML"),
    ] {
        let found = read_all(input);
        let expected = format!("; the input looks like {expected}, not JSON");
        assert!(found[0].ends_with(&expected), "{found:?}");
        assert!(
            found[1..].iter().all(|line| !line.contains("looks like")),
            "{found:?}"
        );
    }
    for input in [
        "xyz\n",
        "2026-01-01T10:00:00Z started, 12 tasks: ok\n",
        "\"a\"\n",
    ] {
        assert!(!read_all(input)[0].contains("looks like"), "{input}");
    }
    let found = read_all("{\"a\":1},\n{\"b\":1},\n");
    assert_eq!(
        (found[0].as_str(), found[2].as_str()),
        (r#"{"a":1}"#, r#"{"b":1}"#)
    );
    assert!(found[1].contains("a comma after each line"), "{found:?}");
}

#[test]
fn records_over_the_limit_are_skipped() {
    let large = "the record exceeds the limit of 20 bytes";
    let long = "x".repeat(100);
    for (input, expected) in [
        (
            r#"{"a":"012345678901"}"#.to_owned(),
            vec![r#"{"a":"012345678901"}"#.to_owned()],
        ),
        (
            r#"{"a":"0123456789012"}"#.to_owned(),
            vec![format!("1:1! {large}")],
        ),
        (
            format!(
                "{{\"a\":1}} {{\"a\":\"{long}\"}} {{\"b\":{{\n\n}},\n\"{long}\":[[]]}}\n{{\"c\":1}}"
            ),
            vec![
                r#"{"a":1}"#.to_owned(),
                format!("1:9! {large}"),
                format!("1:118! {large}"),
                r#"{"c":1}"#.to_owned(),
            ],
        ),
        (
            format!(
                "[{{\"a\":\"{long}\"}},{{\"c\":1}}]\n{{\"memberships\":[{{\"a\":\"{long}\"}},{{\"d\":1}}]}}"
            ),
            vec![
                format!("1:2! {large}"),
                r#"{"c":1}"#.to_owned(),
                format!("2:17! {large}"),
                r#"{"d":1}"#.to_owned(),
            ],
        ),
        // The limit does not apply to a whole page.
        (
            format!(
                "{{\"memberships\":[{}{{\"b\":1}}]}}",
                "{\"a\":1}, ".repeat(2)
            ),
            vec![
                r#"{"a":1}"#.to_owned(),
                r#"{"a":1}"#.to_owned(),
                r#"{"b":1}"#.to_owned(),
            ],
        ),
    ] {
        assert_eq!(read_as(&Anything, &input, 20, false), expected, "{input}");
    }
}

#[test]
fn memory_is_constant() {
    let part = "{\"a\":1},\n".repeat(1 << 10);
    for (head, part, tail, count) in [
        ("[", &part, "{\"b\":1}]", 10 << 10 | 1),
        ("{\"memberships\":[", &part, "{\"b\":1}]}", 10 << 10 | 1),
        ("{\"a\":\"", &"x".repeat(9000), "\"}", 0),
        ("{\"a\":1}", &" \n".repeat(5000), "", 1),
        ("xyz", &"xyz ".repeat(2000), "", 0),
    ] {
        let mut input: Box<dyn Read> = Box::new(head.as_bytes());
        for _ in 0..10 {
            input = Box::new(input.chain(part.as_bytes()));
        }
        let mut collected = Collected::default();
        let mut stream = Stream {
            window: Window::new(input.chain(tail.as_bytes()), 1000, 1001),
            resource: &Anything,
            options: options(1000, 1000, 1),
            sink: &mut collected,
            is_in_rest: false,
            is_after_value: false,
        };
        while stream.read().unwrap() {}
        assert!(stream.window.capacity() <= 1001);
        assert_eq!(collected.count, count, "{head}");
    }
}

#[test]
fn read_errors_end_the_records() {
    for (input, expected) in [
        ("{\"a\":1}\n{\"b\"", &[r#"{"a":1}"#, "! disk failure"][..]),
        (
            "{\"a\":1}{\"b\":1}",
            &[r#"{"a":1}"#, r#"{"b":1}"#, "! disk failure"],
        ),
        ("[{\"a\":1},", &[r#"{"a":1}"#, "! disk failure"]),
        ("", &["! disk failure"]),
    ] {
        assert_eq!(read_as(&Anything, input, 100, true), expected, "{input}");
    }
}

#[test]
fn errors_of_the_sink_stop_reading() {
    struct Full;
    impl Sink for Full {
        fn matches(&mut self, _: &[u8], _: u64) -> io::Result<ControlFlow<()>> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn problem(&mut self, _: &Problem) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
        fn failure(&mut self, _: &io::Error) {}
    }
    let endless = (&b"{\"a\":1}\n"[..]).chain(io::repeat(b'\n'));
    let error = read(endless, &Anything, Options::new(true), &mut Full).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    let mut strict = Collected {
        is_strict: true,
        ..Collected::default()
    };
    let endless = (&b"{\"a\":1}\nx\n"[..]).chain(io::repeat(b'\n'));
    read(endless, &Anything, Options::new(true), &mut strict).unwrap();
    assert_eq!(
        strict.items,
        [r#"{"a":1}"#, "2:1! expected `{` or `[`, found `x`"]
    );
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

/// Blank lines do not make a comma one that follows a value, wherever the input is split.
#[test]
fn blank_lines_are_not_values() {
    check_table(&[(
        "}\n \n,",
        &[
            "1:1! expected `{` or `[`, found `}`",
            "3:1! expected `{` or `[`, found `,`",
        ],
    )]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Also compares the ways of reading.
    #[test]
    fn streams_of_lines(
        lines in prop::collection::vec(stream_line(), 0..12),
        end: bool,
        (fails, invert) in (prop::bool::weighted(0.1), any::<bool>()),
        limit in prop_oneof![Just(100_usize), Just(1 << 20)],
    ) {
        let mut input = lines.join(&b'\n');
        if end {
            input.push(b'\n');
        }
        let memberships = Memberships { filter: Filter::type_is_human(), invert };
        read_as(&memberships, input, limit, fails);
    }

    #[test]
    fn a_damaged_line_does_not_affect_others(
        lines in prop::collection::vec(line(), 2..6),
        at in any::<Index>(),
        damage in prop::collection::vec(damage(), 1..3),
    ) {
        let at = at.index(lines.len());
        let mut damaged = lines.clone();
        for damage in &damage {
            apply(&mut damaged[at], damage);
        }
        // A quote may be open at its end, or a bracket that starts the next line may close it.
        let memberships = Memberships { filter: Filter::default(), invert: false };
        let found = read_as(&memberships, damaged.join(&b'\n'), 1 << 20, false);
        let is_binary = damaged[at].contains(&0);
        for (index, line) in lines.iter().enumerate().filter(|(index, _)| *index != at) {
            let line = str::from_utf8(line).unwrap();
            let is_found = found.iter().any(|found| found == line);
            prop_assert!(is_found || is_binary && index > at, "{line}: {found:#?}");
        }
    }

    #[test]
    fn fields_agree_with_memberships(record in object()) {
        let fields = serde_json::from_str::<Fields>(&record).ok().map(|fields| fields.cell());
        if let Ok(membership) = serde_json::from_str::<Membership>(&record) {
            let cell = Cell {
                role: Matchable::role(&membership),
                member_type: membership.member_type(),
            };
            let is_other = serde_json::from_str::<Fields>(&record)
                .is_err_and(|error| error.to_string().starts_with("not a membership"));
            prop_assert!(fields == Some(cell) || is_other, "{record}");
        }
    }
}

#[test]
fn the_test_data_are_memberships() {
    for line in RECORDS.lines() {
        let fields: Fields = serde_json::from_str(line).unwrap();
        let membership: Membership = serde_json::from_str(line).unwrap();
        let cell = fields.cell();
        assert_eq!(cell.role, Matchable::role(&membership));
        assert_eq!(cell.member_type, membership.member_type());
    }
}

/// A reader that counts how often it is read.
struct Counted<'a> {
    rest: &'a [u8],
    count: &'a mut usize,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        *self.count += 1;
        self.rest.read(buffer)
    }
}

/// Each time, most of what is in memory is moved, so that more reads would take quadratic time.
#[test]
fn input_without_line_breaks_is_read_in_large_pieces() {
    const SIZE: usize = 10_000;
    for separator in ["", " ", "\u{1e}"] {
        let input = ["{\"role\":1}", separator].concat().repeat(50_000);
        let (mut collected, mut count) = (Collected::default(), 0);
        let reader = Counted {
            rest: input.as_bytes(),
            count: &mut count,
        };
        let options = options(SIZE, SIZE, 1);
        read(reader, &Anything, options, &mut collected).unwrap();
        assert_eq!(collected.count, 50_000);
        assert!(count < 4 * input.len() / SIZE, "{count} reads");
    }
}
