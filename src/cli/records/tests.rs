//! Tables of inputs and their items, random streams and random corruption.

use super::*;

/// A reader that returns at most `piece` bytes at a time, with interruptions.
struct Pieces<'a> {
    rest: &'a [u8],
    piece: usize,
    interrupt: bool,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupt = !self.interrupt;
        if self.interrupt {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = self.piece.min(self.rest.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&self.rest[..count]);
        self.rest = &self.rest[count..];
        Ok(count)
    }
}

/// Reads `input` in pieces. Returns records as `line:column record`, problems as
/// `line:column! reason`.
fn read_in_pieces(input: &[u8], limit: usize, piece: usize, size: usize) -> Vec<String> {
    let reader = Pieces {
        rest: input,
        piece,
        interrupt: false,
    };
    let mut records = Records::with_buffer(reader, limit, size);
    let mut items = Vec::new();
    while let Some(item) = records.next().expect("only interruptions") {
        items.push(match item {
            Item::Record(record) => {
                let Position { line, column } = record.position();
                assert!(record.raw.len() <= limit);
                format!("{line}:{column} {}", String::from_utf8_lossy(record.raw))
            }
            Item::Problem(Problem {
                line,
                column,
                reason,
            }) => {
                format!("{line}:{column}! {reason}")
            }
        });
        // Detects a step that makes no progress.
        assert!(
            items.len() <= 2 * input.len() + 2,
            "infinite loop: {input:?}"
        );
    }
    assert!(records.next().expect("the end again").is_none());
    assert!(records.source.capacity() <= size.max(limit + 1).max(3));
    items
}

/// Reads `input` with several piece and buffer sizes, which must not change the items.
fn read_limited(input: impl AsRef<[u8]>, limit: usize) -> Vec<String> {
    let input = input.as_ref();
    let items = read_in_pieces(input, limit, usize::MAX, BUFFER);
    for (piece, size) in [
        (1, 1),
        (1, BUFFER),
        (7, 10),
        (usize::MAX, 1),
        (usize::MAX, 33),
    ] {
        let other_items = read_in_pieces(input, limit, piece, size);
        let text = String::from_utf8_lossy(input);
        assert_eq!(
            other_items, items,
            "pieces of {piece}, a buffer of {size}: {text}"
        );
    }
    items
}

fn read(input: impl AsRef<[u8]>) -> Vec<String> {
    read_limited(input, 1 << 20)
}

/// Checks a table of inputs and their items.
fn check_table(table: &[(&str, &[&str])]) {
    for (input, expected) in table {
        assert_eq!(read(input), *expected, "{input}");
    }
}

#[test]
fn inputs_without_records() {
    check_table(&[
        ("", &[]),
        (" \r\n\t\n", &[]),
        ("\u{feff}", &[]),
        ("\u{feff} \n", &[]),
        ("{}", &[]),
        ("{ }\n{\n}", &[]),
        ("[]", &[]),
        ("[ ][\n]\n", &[]),
        (r#"{"nextPageToken":"x"}"#, &[]),
        (r#"{"next\u0050ageToken" : null }"#, &[]),
        (r#"{"memberships":[]}"#, &[]),
        (r#"{"memberships":null}"#, &[]),
        (
            r#"{ "memberships" : [ ] , "nextPageToken" : "x" } {"memberships":[]}"#,
            &[],
        ),
        (r#"[{"memberships":[]},{},{"nextPageToken":""}]"#, &[]),
    ]);
}

#[test]
fn records_at_the_top() {
    check_table(&[
        (r#"{"a":1}"#, &[r#"1:1 {"a":1}"#]),
        (
            "{\"a\":1}\n{\"b\":2}\n",
            &["1:1 {\"a\":1}", "2:1 {\"b\":2}"],
        ),
        (
            "{\"a\":1}\r\n\r\n {\"b\":2}\r\n",
            &["1:1 {\"a\":1}", "3:2 {\"b\":2}"],
        ),
        (
            r#"{"a":1}{"b":2} {"c":3}"#,
            &[r#"1:1 {"a":1}"#, r#"1:8 {"b":2}"#, r#"1:16 {"c":3}"#],
        ),
        (
            "\u{feff}{\"a\":1}{\"b\":2}",
            &["1:1 {\"a\":1}", "1:8 {\"b\":2}"],
        ),
        (
            "{\"é€😀\":1}{\"b\":2}",
            &["1:1 {\"é€😀\":1}", "1:10 {\"b\":2}"],
        ),
        (
            "\n{\n \"a\": {\n  \"b\": []\n }\n}\n{\"c\":\n3}",
            &["2:1 {\n \"a\": {\n  \"b\": []\n }\n}", "7:1 {\"c\":\n3}"],
        ),
        (
            r#"{"nextPageToken":"","a":1}"#,
            &[r#"1:1 {"nextPageToken":"","a":1}"#],
        ),
        (
            r#"{"a":{"memberships":[{}]}}"#,
            &[r#"1:1 {"a":{"memberships":[{}]}}"#],
        ),
        (r#"{"a":"memberships"}"#, &[r#"1:1 {"a":"memberships"}"#]),
        (r#"{"membershipS":[]}"#, &[r#"1:1 {"membershipS":[]}"#]),
        // Invalid JSON that is left to the parser.
        (
            r#"{"a":tru}{"b"}{"c",}"#,
            &[r#"1:1 {"a":tru}"#, r#"1:10 {"b"}"#, r#"1:15 {"c",}"#],
        ),
    ]);
}

#[test]
fn columns_after_invalid_utf_8_are_counted_in_bytes() {
    let items = read(b"{\"\xff\xc3\xa9\":1}{\"b\":2}\n\xc3\xa9");
    let found = "2:1! expected `{` or `[`, found byte 0xc3";
    assert_eq!(items, ["1:1 {\"\u{fffd}é\":1}", "1:10 {\"b\":2}", found]);
}

#[test]
fn arrays_and_pages() {
    let records = [
        ("A", r#"{"a":1}"#),
        ("B", r#"{"b":{"c":[2]}}"#),
        ("C", "{}"),
    ];
    let expand = |text: &str| {
        records
            .iter()
            .fold(text.to_owned(), |text, (letter, record)| {
                text.replace(letter, record)
            })
    };
    // (input with letters for records, expected items)
    for (input, expected) in [
        ("[A,B]", &["1:2 A", "1:10 B"][..]),
        (" [ A ,\n B ]\n", &["1:4 A", "2:2 B"]),
        ("[A][B]A", &["1:2 A", "1:11 B", "1:27 A"]),
        ("A\n[A,B]\nA", &["1:1 A", "2:2 A", "2:10 B", "3:1 A"]),
        (
            r#"{"memberships":[A,B,C]}"#,
            &["1:17 A", "1:25 B", "1:41 C"],
        ),
        (r#"{"m\u0065mberships":[A]}"#, &["1:22 A"]),
        (
            "{\n\"x\": [{}, \"memberships\"],\n\"memberships\": [\nA,\nB\n]\n}",
            &["4:1 A", "5:1 B"],
        ),
        (
            "{\"memberships\":[A],\"nextPageToken\":\"x\"}\n{ \"memberships\":[B]}A",
            &["1:17 A", "2:18 B", "2:35 A"],
        ),
        (
            r#"{"memberships":[A],"x":{"memberships":[{}]},"y":-1.5e3,"z":[true]}A"#,
            &["1:17 A", "1:73 A"],
        ),
        (
            r#"[{"memberships":[A]},A,{"memberships":null}]"#,
            &["1:18 A", "1:28 A"],
        ),
    ] {
        let expected: Vec<String> = expected.iter().map(|item| expand(item)).collect();
        assert_eq!(read(expand(input)), expected, "{input}");
    }
}

#[test]
fn garbage_at_the_top() {
    let (one, two) = (r#"{"a":1}"#, r#"{"b":2}"#);
    for garbage in [
        "xyz",
        "]",
        ",",
        "}",
        "\"",
        ":[",
        "\"{\"x\":1}",
        "], {\"x\":1} \t",
    ] {
        let first = &garbage[..1];
        let problem = format!("expected `{{` or `[`, found `{first}`");
        assert_eq!(
            read(format!("{one}\n{garbage}\n{two}\n")),
            [
                format!("1:1 {one}"),
                format!("2:1! {problem}"),
                format!("3:1 {two}")
            ],
            "{garbage}"
        );
        assert_eq!(
            read(format!("{one} {garbage}\n \n {two} \n")),
            [
                format!("1:1 {one}"),
                format!("1:9! {problem}"),
                format!("3:2 {two}")
            ],
            "{garbage}"
        );
        assert_eq!(
            read(format!("{garbage}\n{garbage}")),
            [format!("1:1! {problem}"), format!("2:1! {problem}")],
            "{garbage}"
        );
    }
}

#[test]
fn malformed_records_at_the_top() {
    let deep = format!("{{\"a\":{}", "[".repeat(200));
    // (malformed record, problem); a valid line follows
    for (malformed, problem) in [
        ("{", "1:2! expected a key or `}`, found `{` on a later line"),
        ("{\"a", "1:4! line break inside a string"),
        ("{\"a\":\"x\\", "1:9! line break inside a string"),
        (
            "{\"a\":1",
            "1:7! expected `,` or `}`, found `{` on a later line",
        ),
        (
            "{\"a\":1, \r",
            "1:8! expected a key, found `{` on a later line",
        ),
        (
            "{\"a\":{\"b\":1}\n\n",
            "1:13! expected `,` or `}`, found `{` on a later line",
        ),
        ("{\"a\" {}}", "1:6! expected `:`, found `{`"),
        ("{\"a\":1]", "1:7! expected `,` or `}`, found `]`"),
        ("{\"a\":[1}", "1:8! expected `,` or `]`, found `}`"),
        ("{\"a\":[1 \"b\"]}", "1:9! expected `,` or `]`, found `\"`"),
        (
            "{\n\"a\":1\n\"b\":2\n}",
            "2:6! expected `,` or `}`, found `\"` on a later line, in the value that starts on line 1",
        ),
        (
            "{\"a\":\"\u{1}\"}",
            "1:7! control character U+0001 inside a string",
        ),
        (
            &deep,
            "1:133! the value is nested more than 128 levels deep",
        ),
    ] {
        let line = malformed.matches('\n').count() + 2;
        for valid in ["{\"g\":1}", "[{\"g\":1}]", "{\"memberships\":[{\"g\":1}]}"] {
            let column = valid.find("{\"g").expect("a record") + 1;
            let found = format!("found `{}` on a later line", &valid[..1]);
            let problem = problem.replace("found `{` on a later line", &found);
            let input = format!("{malformed}\n{valid}\n");
            assert_eq!(
                read(&input),
                [problem.as_str(), &format!("{line}:{column} {{\"g\":1}}")],
                "{input}"
            );
        }
    }
}

#[test]
fn lines_after_a_malformed_record_are_read() {
    check_table(&[
        // The second line could have been an element.
        (
            "{\"a\":[\n{\"b\":1}\n{\"c\":1}\n",
            &[
                "2:8! expected `,` or `]`, found `{` on a later line, in the value that starts on line 1",
                "2:1 {\"b\":1}",
                "3:1 {\"c\":1}",
            ],
        ),
        (
            "{\"a\":\n  {\"b\":1}\n",
            &[
                "1:1! the value is not closed before the end of the input",
                "2:3 {\"b\":1}",
            ],
        ),
        (
            "{\"a\":1,\n",
            &["1:1! the value is not closed before the end of the input"],
        ),
        (
            "{\"a\":1}\n{\"a",
            &[
                "1:1 {\"a\":1}",
                "2:1! the value is not closed before the end of the input",
            ],
        ),
        // Lines of the malformed record that start with anything else are skipped.
        (
            "{\"a\":\n1\n\"b\"\n},\nxyz\n{\"c\":1}",
            &[
                "2:2! expected `,` or `}`, found `\"` on a later line, in the value that starts on line 1",
                "6:1 {\"c\":1}",
            ],
        ),
    ]);
}

#[test]
fn malformed_arrays() {
    check_table(&[
        // Elements that are not objects.
        (
            "[1,{\"a\":1},\"x\",null,[{\"b\":1}],{\"c\":1}]{\"d\":1}",
            &[
                "1:2! expected an object, found `1`",
                "1:4 {\"a\":1}",
                "1:12! expected an object, found `\"`",
                "1:16! expected an object, found `n`",
                "1:21! expected an object, found `[`",
                "1:31 {\"c\":1}",
                "1:39 {\"d\":1}",
            ],
        ),
        // Extra or missing commas.
        (
            "[,{\"a\":1},,{\"b\":1},]{\"c\":1}",
            &[
                "1:2! expected an object, found `,`",
                "1:3 {\"a\":1}",
                "1:11! expected an object, found `,`",
                "1:12 {\"b\":1}",
                "1:20! trailing comma in an array",
                "1:21 {\"c\":1}",
            ],
        ),
        (
            "[{\"a\":1} {\"b\":1} {\"c\":1} x, {\"d\":1}]",
            &[
                "1:2 {\"a\":1}",
                "1:10! expected `,` or `]`, found `{`",
                "1:10 {\"b\":1}",
                "1:18 {\"c\":1}",
                "1:26! expected `,` or `]`, found `x`",
                "1:29 {\"d\":1}",
            ],
        ),
        // Unclosed arrays.
        (
            "[",
            &["1:1! the array is not closed before the end of the input"],
        ),
        (
            " [{\"a\":1},\n",
            &[
                "1:3 {\"a\":1}",
                "1:2! the array is not closed before the end of the input",
            ],
        ),
        (
            "[{\"a\":1}\n[{\"b\":1}]",
            &[
                "1:2 {\"a\":1}",
                "2:1! the array that starts on line 1 is not closed before the next one",
                "2:2 {\"b\":1}",
            ],
        ),
        (
            "[{\"a\":1}\n{\"b\":1}\n{\"c\":1}\n",
            &[
                "1:2 {\"a\":1}",
                "2:1! expected `,` or `]`, found `{`",
                "2:1 {\"b\":1}",
                "3:1 {\"c\":1}",
                "1:1! the array is not closed before the end of the input",
            ],
        ),
        // Malformed elements on one line.
        (
            r#"[{"a":1},{"b" "c"},{"d":1}]"#,
            &[
                r#"1:2 {"a":1}"#,
                "1:15! expected `:`, found `\"`; the rest of the array is skipped",
            ],
        ),
        (
            r#"[{"a":1}},{"b":1}]"#,
            &[
                r#"1:2 {"a":1}"#,
                "1:9! expected `,` or `]`, found `}`; the rest of the array is skipped",
            ],
        ),
        (
            r#"[:{"b":1}]"#,
            &["1:2! expected an object, found `:`; the rest of the array is skipped"],
        ),
        (
            r#"[{"a":1},{"b"#,
            &[
                r#"1:2 {"a":1}"#,
                "1:10! the value is not closed before the end of the input; the rest of the array is skipped",
            ],
        ),
        (
            r#"[1, ""#,
            &[
                "1:2! expected an object, found `1`",
                "1:5! the value is not closed before the end of the input; the rest of the array is skipped",
            ],
        ),
        // Malformed elements on several lines.
        (
            "[\n{\"a\":1},\n{\"b\":\"\n},\n{\"c\":1}\n]\n{\"d\":1}",
            &[
                "2:1 {\"a\":1}",
                "3:7! line break inside a string; resuming at line 5",
                "5:1 {\"c\":1}",
                "7:1 {\"d\":1}",
            ],
        ),
        (
            "[\n{\"a\":1},\n{\"b\":\"\n}\n]\n{\"d\":1}",
            &[
                "2:1 {\"a\":1}",
                "3:7! line break inside a string; resuming at line 5",
                "6:1 {\"d\":1}",
            ],
        ),
        (
            "[{\"a\" \"b\"},{\"c\":1}]\n[{\"d\":1}]",
            &[
                "1:7! expected `:`, found `\"`; the rest of the array is skipped",
                "2:2 {\"d\":1}",
            ],
        ),
        // An unclosed element, whose lines are read again.
        (
            "[\n[\n{\"a\":1}\n{\"b\":1}\n]",
            &[
                "3:8! expected `,` or `]`, found `{` on a later line, in the value that starts on line 2; \
                 resuming at line 3",
                "3:1 {\"a\":1}",
                "4:1 {\"b\":1}",
            ],
        ),
    ]);
}

#[test]
fn malformed_pages() {
    let one = "{\"a\":1}";
    let item = |position: &str| format!("{position} {one}");
    let duplicate = "duplicate key `memberships`; only the first one is read";
    // (malformed page with `A` for a record, expected items)
    for (page, expected) in [
        (
            r#"{"memberships":5}"#,
            vec!["1:16! `memberships` is not an array".to_owned()],
        ),
        (
            r#"{"memberships":{"b":[A]}}"#,
            vec!["1:16! `memberships` is not an array".into()],
        ),
        (
            r#"{"memberships":nul}"#,
            vec!["1:16! `memberships` is not an array".into()],
        ),
        (
            r#"{"memberships":[A],"memberships":[A]}"#,
            vec![item("1:17"), format!("1:26! {duplicate}")],
        ),
        (
            r#"{"memberships":[A],"membershi\u0070s":7}"#,
            vec![item("1:17"), format!("1:26! {duplicate}")],
        ),
        // Invalid JSON in the rest of a page.
        (
            r#"{"b":tru,"memberships":[A]}"#,
            vec!["1:9! expected ident".into(), item("1:25")],
        ),
        (
            r#"{"b":1,,"memberships":[A]}"#,
            vec!["1:8! key must be a string".into(), item("1:24")],
        ),
        (
            "{\"b\":\"\u{2}\",\n\"memberships\":[A]}",
            vec![
                "1:7! control character U+0002 inside a string".into(),
                item("2:16"),
            ],
        ),
        (
            r#"{"memberships" [A]}"#,
            vec!["1:16! expected `:`, found `[`".into(), item("1:17")],
        ),
        (
            r#"{"memberships"}"#,
            vec!["1:15! expected `:`, found `}`".into()],
        ),
        (
            r#"{"memberships":}"#,
            vec!["1:16! expected a value, found `}`".into()],
        ),
        (
            r#"{"memberships":,"b":1}"#,
            vec!["1:16! expected a value, found `,`".into()],
        ),
        (
            r#"{"memberships":[A],}"#,
            vec![item("1:17"), "1:26! trailing comma in an object".into()],
        ),
        (
            r#"{"memberships":[A] "b":1}"#,
            vec![item("1:17"), "1:26! expected `,` or `}`, found `\"`".into()],
        ),
        (
            r#"{"memberships":[A],"b" 01}"#,
            vec![
                item("1:17"),
                "1:30! expected `:`, found `0`".into(),
                "1:31! invalid number".into(),
            ],
        ),
        (
            r#"{"memberships":[A],"\x":1}"#,
            vec![item("1:17"), "1:28! invalid escape".into()],
        ),
        (
            r#"{"memberships":[A],"b":[1,]}"#,
            vec![item("1:17"), "1:33! expected value".into()],
        ),
        (
            r#"{"memberships":[A],"b":}"#,
            vec![item("1:17"), "1:30! expected a value, found `}`".into()],
        ),
        (
            "{\"memberships\":[A],\"b\":\"\t\"}",
            vec![
                item("1:17"),
                "1:31! control character U+0009 inside a string".into(),
            ],
        ),
        (r"{,}", vec!["1:2! key must be a string".into()]),
        (
            r#"{"nextPageToken":tru}"#,
            vec!["1:21! expected ident".into()],
        ),
        // The rest of the page cannot be read.
        (
            r#"{"memberships":]}"#,
            vec!["1:16! expected a value, found `]`".into()],
        ),
        (
            r#"{"memberships"]}"#,
            vec!["1:15! expected `:`, found `]`".into()],
        ),
        (
            r#"{"memberships":[A],5:1}"#,
            vec![item("1:17"), "1:26! expected a key, found `5`".into()],
        ),
        (
            r#"{"memberships":[A]]"#,
            vec![item("1:17"), "1:25! expected `,` or `}`, found `]`".into()],
        ),
        (
            r#"{"memberships":[A]"#,
            vec![item("1:17"), "2:1! expected `,` or `}`, found `{`".into()],
        ),
        (
            r#"{"memberships":[A],"b":[[}"#,
            vec![
                item("1:17"),
                "1:32! expected a value or `]`, found `}`".into(),
            ],
        ),
        (
            r#"{"memberships":[A],"b"#,
            vec![item("1:17"), "1:28! line break inside a string".into()],
        ),
    ] {
        let page = page.replace('A', one);
        let line = page.matches('\n').count() + 2;
        let mut expected = expected;
        expected.push(format!("{line}:17 {{\"c\":1}}"));
        let input = format!("{page}\n{{\"memberships\":[{{\"c\":1}}]}}");
        assert_eq!(read(&input), expected, "{input}");
    }
}

#[test]
fn unclosed_pages() {
    check_table(&[
        (
            "{\"memberships\":[{\"a\":1}\n",
            &[
                "1:17 {\"a\":1}",
                "1:16! the array is not closed before the end of the input",
            ],
        ),
        (
            "{\"memberships\":[{\"a\":1}]\n",
            &[
                "1:17 {\"a\":1}",
                "1:1! the list response is not closed before the end of the input",
            ],
        ),
        (
            "{\"memberships\":[{\"a\":1},\n{\"memberships\":[{\"b\":1}]}\n{\"c\":1}",
            &[
                "1:17 {\"a\":1}",
                "2:1! the array that starts on line 1 is not closed before this list response",
                "2:17 {\"b\":1}",
                "3:1 {\"c\":1}",
            ],
        ),
        // Reported already.
        (
            "{\"memberships\":[{\"a\" {\"b\":1}]}\n{\"memberships\":[{\"b\":1}]}\n{\"c\":1}",
            &[
                "1:22! expected `:`, found `{`; resuming at line 2",
                "2:17 {\"b\":1}",
                "3:1 {\"c\":1}",
            ],
        ),
        // Pretty-printed, with a malformed element.
        (
            "{\n  \"memberships\": [\n    {\n      \"a\": \"x\n    },\n    {\n      \"b\": 1\n    }\n  ],\n  \
             \"nextPageToken\": \"\"\n}\n{\"c\":1}",
            &[
                "4:14! line break inside a string, in the value that starts on line 3; resuming at line 6",
                "6:5 {\n      \"b\": 1\n    }",
                "12:1 {\"c\":1}",
            ],
        ),
        // In an array that continues.
        (
            "[{\"memberships\":[{\"a\":1}],5},\n{\"b\":1}\n]{\"c\":1}",
            &[
                "1:18 {\"a\":1}",
                "1:27! expected a key, found `5`; resuming at line 2",
                "2:1 {\"b\":1}",
                "3:2 {\"c\":1}",
            ],
        ),
    ]);
}

#[test]
fn values_over_the_limit_are_skipped() {
    let large = "the value exceeds the limit of 20 bytes";
    let long = "x".repeat(100);
    for (input, expected) in [
        // Exactly the limit.
        (
            r#"{"a":"012345678901"}"#.into(),
            vec![r#"1:1 {"a":"012345678901"}"#.to_owned()],
        ),
        (
            r#"{"a":"0123456789012"}"#.into(),
            vec![format!("1:1! {large}")],
        ),
        (
            r#"{"a":"012345678901"#.into(),
            vec!["1:1! the value is not closed before the end of the input".into()],
        ),
        (
            format!(
                "{{\"a\":1}} {{\"a\":\"{long}\"}} {{\"b\":{{\n\n}},\n\"{long}\":[[]]}}\n{{\"c\":1}}"
            ),
            vec![
                "1:1 {\"a\":1}".into(),
                format!("1:9! {large}"),
                format!("1:118! {large}"),
                "5:1 {\"c\":1}".into(),
            ],
        ),
        (
            format!("[{{\"a\":\"{long}\"}},{{\"c\":1}},\"{long}\",{long},{{\"d\":1}}]"),
            vec![
                format!("1:2! {large}"),
                "1:111 {\"c\":1}".into(),
                "1:119! expected an object, found `\"`".into(),
                "1:222! expected an object, found `x`".into(),
                "1:323 {\"d\":1}".into(),
            ],
        ),
        // The limit applies to what precedes the array of a page, but not to the array.
        (
            format!("{{\"memberships\":[{}{{}}]}}", "{\"a\":1}, ".repeat(2)),
            vec![
                "1:17 {\"a\":1}".into(),
                "1:26 {\"a\":1}".into(),
                "1:35 {}".into(),
            ],
        ),
        (
            "{\"b\":\"\",\"memberships\":[{}]}{\"a\":1}".into(),
            vec![format!("1:1! {large}"), "1:28 {\"a\":1}".into()],
        ),
        (
            format!("{{\"memberships\":null,\"b\":\"{long}\",\"{long}\":2}}{{\"a\":1}}"),
            vec![
                format!("1:25! {large}"),
                format!("1:128! {large}"),
                "1:233 {\"a\":1}".into(),
            ],
        ),
        (
            format!("{{\"memberships\":\"{long}\"}}"),
            vec!["1:16! `memberships` is not an array".into()],
        ),
        // Too large and malformed.
        (
            format!("{{\"a\":\"{long}\n{{\"b\":1}}\n"),
            vec![format!("1:1! {large}"), "2:1 {\"b\":1}".into()],
        ),
        (
            format!("{{\"a\":\"{long}\"\n{{\"b\":1}}\n"),
            vec![format!("1:1! {large}"), "2:1 {\"b\":1}".into()],
        ),
        (
            format!("{{\"a\":\"{long}\" {{\"b\":1}}\n{{\"b\":1}}\n"),
            vec![format!("1:1! {large}"), "2:1 {\"b\":1}".into()],
        ),
        (
            format!("{{\"a\":\"{long}\"\n \n"),
            vec![format!("1:1! {large}")],
        ),
        (
            format!("[{{\"a\":\"{long}\",\n\n {{\"b\":1}}]\n"),
            vec![
                format!("1:2! {large}; resuming at line 3"),
                "3:2 {\"b\":1}".into(),
            ],
        ),
        (
            format!("{{\"memberships\":null,\"{long}\n{{\"a\":1}}"),
            vec![format!("1:21! {large}"), "2:1 {\"a\":1}".into()],
        ),
        (
            format!("{{\"memberships\":null,\"b\":[\"{long}\n{{\"a\":1}}"),
            vec![format!("1:25! {large}"), "2:1 {\"a\":1}".into()],
        ),
    ] {
        assert_eq!(read_limited(&input, 20), expected, "{input}");
    }
}

#[test]
fn memory_is_constant() {
    // Records, white space and a string that must not be kept in memory.
    let part = "{\"a\":1},\n".repeat(1 << 10);
    for (head, part, tail, count) in [
        ("[", &part, "{}]", 1 << 10),
        ("{\"memberships\":[", &part, "{}]}", 1 << 10),
        ("{\"a\":\"", &part.replace(|char| char < '#', "x"), "\"}", 0),
        ("{\"a\":1}", &" \n".repeat(5000), "", 1),
        ("xyz", &"xyz ".repeat(2000), "", 0),
    ] {
        let mut input: Box<dyn Read> = Box::new(head.as_bytes());
        for _ in 0..10 {
            input = Box::new(input.chain(part.as_bytes()));
        }
        let mut records = Records::with_buffer(input.chain(tail.as_bytes()), 1000, 1000);
        let mut found = 0;
        while let Some(item) = records.next().expect("no error") {
            found += usize::from(matches!(item, Item::Record(record) if record.raw != b"{}"));
        }
        let expected = if count > 1 { count * 10 } else { count };
        assert_eq!(found, expected, "{head}");
        assert!(records.source.capacity() <= 1001);
    }
}

#[test]
fn read_errors_end_the_records() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disk failure"))
        }
    }
    let mut records = Records::new(b"{\"a\":1}{\"b\"".chain(Fails), 100);
    assert!(matches!(records.next(), Ok(Some(Item::Record(_)))));
    assert_eq!(
        records.next().expect_err("the error").to_string(),
        "disk failure"
    );
    assert!(records.next().expect("the end").is_none());
}

#[test]
fn parser_errors_have_positions_in_the_input() {
    // (input before the record, record, line and column of the error, message)
    for (before, raw, line, column, message) in [
        ("", r#"{"a":tru}"#, 1, 9, "expected ident"),
        ("", r#"{"a":x}"#, 1, 6, "expected value"),
        ("\n\n  ", r#"{"a":x}"#, 3, 8, "expected value"),
        ("{}é", "", 1, 3, ""),
        ("[", r#"{"é€":x}"#, 1, 8, "expected value"),
        ("\n[", "{\n\"é€\":\n\"é\", }", 4, 6, "trailing comma"),
        ("", "{\"a\":1,\n}", 2, 1, "trailing comma"),
        ("", "{\"a\"\n\n}", 3, 1, "expected `:`"),
    ] {
        let input = format!("{before}{raw}");
        let mut records = Records::new(input.as_bytes(), 1000);
        let problem = match records.next().expect("no error").expect(raw) {
            Item::Problem(problem) => {
                assert!(raw.is_empty());
                assert_eq!((problem.line, problem.column), (line, column));
                continue;
            }
            Item::Record(record) => {
                assert_eq!(record.raw, raw.as_bytes());
                let error = serde_json::from_slice::<serde_json::Value>(record.raw);
                record.problem(&error.expect_err(raw))
            }
        };
        assert_eq!(
            (problem.line, problem.column),
            (line, column),
            "{input}: {problem:?}"
        );
        assert_eq!(problem.reason, message, "{input}");
    }
    let mut records = Records::new(&b" {}{\"a\":{}}"[..], 1000);
    let Ok(Some(Item::Record(record))) = records.next() else {
        unreachable!("a record")
    };
    let error = serde_json::from_value::<String>(serde_json::Value::Null).expect_err("no string");
    let problem = record.problem(&error);
    assert_eq!((problem.line, problem.column), (1, 4));
    assert_eq!(problem.reason, "invalid type: null, expected a string");
}

/// Number of random inputs per test.
const SEEDS: u64 = 2000;

/// Pseudorandom numbers: the high bits of a linear congruential generator.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    /// Returns white space: none if `level` is 0, without line breaks if it is 1.
    fn space(&mut self, level: usize) -> &'static str {
        match level {
            0 => "",
            1 => self.pick(&["", "", " ", "\t", "  "]),
            _ => self.pick(&["", " ", "\n", "\r\n", "\n\n", "\n    ", "\t\n "]),
        }
    }

    fn value(&mut self, depth: usize, level: usize) -> String {
        match self.below(if depth == 0 { 2 } else { 4 }) {
            0 => self
                .pick(&["null", "true", "-1.5e+10", "0", "12345"])
                .to_owned(),
            1 => self.string(),
            2 => self.object(depth - 1, level, false),
            _ => {
                let count = self.below(3);
                self.sequence(count, level, ['[', ']'], |random| {
                    random.value(depth - 1, level)
                })
            }
        }
    }

    fn string(&mut self) -> String {
        let mut text = "\"".to_owned();
        for _ in 0..self.below(6) {
            text.push_str(self.pick(&[
                "a",
                "name",
                "é",
                "😀",
                "€€",
                "{",
                "}",
                "[",
                "]",
                ",",
                ":",
                r"\n",
                r#"\""#,
                r"\\",
                r"\u0022",
                " ",
                "memberships ",
                "a longer run of text",
            ]));
        }
        text.push('"');
        text
    }

    fn object(&mut self, depth: usize, level: usize, named: bool) -> String {
        let count = self.below(4) + usize::from(named);
        let mut first = named;
        self.sequence(count, level, ['{', '}'], |random| {
            let key = if first {
                "\"name\"".to_owned()
            } else {
                random.string()
            };
            first = false;
            let (before, after) = (random.space(level), random.space(level));
            format!("{key}{before}:{after}{}", random.value(depth, level))
        })
    }

    fn sequence(
        &mut self,
        count: usize,
        level: usize,
        brackets: [char; 2],
        mut item: impl FnMut(&mut Self) -> String,
    ) -> String {
        let mut text = String::from(brackets[0]);
        for index in 0..count {
            if index > 0 {
                text.push(',');
            }
            text += self.space(level);
            text += &item(self);
            text += self.space(level);
        }
        text += self.space(level);
        text.push(brackets[1]);
        text
    }
}

/// Returns the line and column of the byte `at` in `text`.
fn position(text: &str, at: usize) -> String {
    let line = text[..at].matches('\n').count() + 1;
    let column = text[..at]
        .rsplit('\n')
        .next()
        .map_or(0, |line| line.chars().count())
        + 1;
    format!("{line}:{column}")
}

#[test]
fn random_streams() {
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let level = random.below(3);
        let mut text = String::new();
        let mut expected = Vec::new();
        // Appends a record to `text`, and its offset to `expected`.
        let record =
            |random: &mut Random, text: &mut String, expected: &mut Vec<(usize, String)>| {
                let record = random.object(3, level, true);
                expected.push((text.len(), record.clone()));
                text.push_str(&record);
            };
        let array = |random: &mut Random, text: &mut String, expected: &mut Vec<_>| {
            text.push('[');
            for index in 0..random.below(4) {
                text.push_str(if index > 0 { "," } else { "" });
                text.push_str(random.space(level));
                record(random, text, expected);
                text.push_str(random.space(level));
            }
            text.push(']');
        };
        for _ in 0..random.below(6) {
            text.push_str(random.space(level));
            match random.below(4) {
                0 => array(&mut random, &mut text, &mut expected),
                1 => {
                    text.push('{');
                    for _ in 0..random.below(3) {
                        let (space, value) = (random.space(level), random.value(2, level));
                        text.extend([space, "\"x\":", &value, ","]);
                    }
                    text += random.space(level);
                    text += random.pick(&["\"memberships\"", r#""m\u0065mberships""#]);
                    text += random.space(level);
                    text.push(':');
                    text += random.space(level);
                    array(&mut random, &mut text, &mut expected);
                    for _ in 0..random.below(3) {
                        let (space, value) = (random.space(level), random.value(2, level));
                        text.extend([space, ",\"nextPageToken\"", space, ":", &value, space]);
                    }
                    text.push('}');
                }
                2 => text += random.pick(&["{}", "[]", "{ \"nextPageToken\": \"{\"}"]),
                _ => record(&mut random, &mut text, &mut expected),
            }
        }
        let expected: Vec<String> = expected
            .iter()
            .map(|(at, raw)| format!("{} {raw}", position(&text, *at)))
            .collect();
        assert_eq!(read(&text), expected, "seed {seed}: {text}");

        for item in &expected {
            let raw = item.split_once(' ').expect("a position").1;
            let mut line = Vec::new();
            compact(raw.as_bytes(), &mut line);
            assert!(!line.contains(&b'\n') && !line.contains(&b'\r'));
            let parse = serde_json::from_slice::<serde_json::Value>;
            assert_eq!(parse(&line).expect(raw), parse(raw.as_bytes()).expect(raw));
        }
    }
}

/// Replaces, deletes or inserts a byte of `text`. Returns the range of the original bytes affected.
fn corrupt(random: &mut Random, text: &mut Vec<u8>) -> std::ops::Range<usize> {
    let bytes = b"{}[]\",:\\\n\r\t x0\x00\xff\xc3";
    let at = random.below(text.len());
    let byte = match random.below(3) {
        0 => bytes[random.below(bytes.len())],
        1 => text[at] ^ (1 << random.below(8)),
        _ => u8::try_from(random.below(256)).expect("a byte"),
    };
    match random.below(3) {
        0 => text[at] = byte,
        1 => drop(text.remove(at)),
        _ => {
            text.insert(at, byte);
            return at..at;
        }
    }
    at..at + 1
}

#[test]
fn random_corruption_of_lines() {
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let lines: Vec<String> = (0..6)
            .map(|index| format!("{{\"id\":{index},\"x\":{}}}", random.value(3, 1)))
            .collect();
        let mut text: Vec<u8> = lines
            .iter()
            .flat_map(|line| format!("{line}\n").into_bytes())
            .collect();
        let touched = corrupt(&mut random, &mut text);

        let items = read_limited(&text, 1 << 20);
        let mut start = 0;
        for line in &lines {
            let end = start + line.len();
            let intact = if touched.is_empty() {
                touched.start < start || touched.start > end
            } else {
                // The line breaks on both sides are part of the line.
                touched.end < start || touched.start > end
            };
            start = end + 1;
            if intact {
                assert!(
                    items
                        .iter()
                        .any(|item| item.split_once(' ').is_some_and(|(_, raw)| raw == line)),
                    "seed {seed}: {line} in {}: {items:#?}",
                    String::from_utf8_lossy(&text)
                );
            }
        }
    }
}

#[test]
fn random_corruption_of_everything() {
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let level = random.below(3);
        let mut text = Vec::new();
        for _ in 0..3 {
            let records: Vec<String> = (0..random.below(4))
                .map(|_| random.object(2, level, true))
                .collect();
            let records = records.join(random.pick(&[",", ", ", ",\n", "\n,"]));
            text.extend_from_slice(
                match random.below(3) {
                    0 => format!("[{records}]\n"),
                    1 => format!("{{\"memberships\":[\n{records}],\"nextPageToken\":\"x\"}}"),
                    _ => format!("{{\"x\": 1, \"memberships\" : [{records}]\n}}\n"),
                }
                .as_bytes(),
            );
        }
        for _ in 0..=random.below(4) {
            corrupt(&mut random, &mut text);
        }
        let limit = [1 << 20, 100, 30][random.below(3)];
        read_limited(&text, limit);
    }
}
