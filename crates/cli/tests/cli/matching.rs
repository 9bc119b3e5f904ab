//! `match`: records, forms of input, and errors.

use super::{
    HUMAN, LIST_RESPONSES, MANAGER, MEMBER, NOT_BOT, SAMPLE, assert_escaped, assert_output, folder,
    matching, run, run_raw, run_with, sample_path,
};
use gchat_filter::{members::Filter, members::Membership};
use std::ffi::OsStr;
use std::fs;

/// Returns the records that match a filter, one per line, without the reader of the program.
fn matching_records(records: &[&str], filter: Filter) -> String {
    let mut out = String::new();
    for record in records {
        let membership: Membership = serde_json::from_str(record).unwrap();
        if filter.matches(&membership) {
            out.push_str(record);
            out.push('\n');
        }
    }
    out
}

#[test]
fn match_prints_the_matching_records() {
    let records: Vec<&str> = SAMPLE.lines().collect();
    let path = sample_path("memberships.ndjson");
    for text in [
        "",
        MEMBER,
        MANAGER,
        HUMAN,
        NOT_BOT,
        "member.type = \"BOT\"",
        "member.type != \"HUMAN\"",
        "member.type = \"HUMAN\" AND role = \"ROLE_MANAGER\"",
        "member.type != \"HUMAN\" AND member.type != \"BOT\"",
    ] {
        let expected = matching_records(&records, Filter::parse(text).unwrap());
        let code = i32::from(expected.is_empty());
        assert_output(&run(["match", text, &path]), code, &expected, "");
        assert_output(&matching(text, SAMPLE), code, &expected, "");
        assert_output(&run_with(["match", text, "-"], SAMPLE), code, &expected, "");
        let count = format!("{}\n", expected.lines().count());
        assert_output(&run(["match", "--count", text, &path]), code, &count, "");
        assert_output(&run(["match", text, &path, "--count"]), code, &count, "");
    }
}

#[test]
fn first_command_in_the_readme_prints_matches() {
    let text = "member.type = \"HUMAN\" AND role = \"ROLE_MANAGER\"";
    assert!(
        include_str!("../../../../README.md")
            .contains(&format!("match '{text}' tests/data/memberships.ndjson"))
    );
    let output = run(["match", text, &sample_path("memberships.ndjson")]);
    assert!(
        output.code == 0 && output.out.lines().count() > 3,
        "{}",
        output.err
    );
}

#[test]
fn match_invert_prints_the_other_records() {
    let all: Vec<&str> = SAMPLE.lines().collect();
    for text in [
        "",
        MEMBER,
        NOT_BOT,
        "member.type = \"BOT\" OR role = \"ROLE_MANAGER\"",
    ] {
        let [some, others] =
            [&["match", text][..], &["match", "--invert", text]].map(|args| run_with(args, SAMPLE));
        let mut merged: Vec<&str> = some.out.lines().chain(others.out.lines()).collect();
        let mut expected = all.clone();
        merged.sort_unstable();
        expected.sort_unstable();
        assert_eq!(merged, expected, "{text}");
        assert_eq!(others.code, i32::from(others.out.is_empty()), "{text}");
        let count = run_with(["match", "--invert", "--count", text], SAMPLE);
        assert_eq!(count.out, format!("{}\n", others.out.lines().count()));
    }
}

#[test]
fn match_exits_with_1_if_nothing_matches() {
    assert_output(&matching("", ""), 1, "", "");
    assert_output(&matching("", " \r\n\t\n"), 1, "", "");
    assert_output(&matching("", "[]"), 1, "", "");
    assert_output(&matching("", "{\"memberships\":[]}"), 1, "", "");
    assert_output(
        &matching(MANAGER, "{\"role\":\"ROLE_MEMBER\"}\n"),
        1,
        "",
        "",
    );
    assert_output(&run_with(["match", "--count", ""], ""), 1, "0\n", "");
    assert_output(&run_with(["match", "--invert", ""], SAMPLE), 1, "", "");
}

#[test]
fn match_exits_with_2_if_the_filter_is_invalid() {
    let output = matching("x = 1", SAMPLE);
    assert_eq!((output.code, output.out.as_str()), (2, ""));
    assert!(
        output.err.starts_with("error[unknown-field]"),
        "{}",
        output.err
    );
    let output = matching("role = 'ROLE_MEMBER'", "{\"role\":1}");
    assert_eq!((output.code, output.out.as_str()), (0, "{\"role\":1}\n"));
    assert!(
        output.err.starts_with("warning[single-quotes]"),
        "{}",
        output.err
    );
}

/// One-line records with all kinds of content that a copy might alter.
const ONE_LINE: &[&str] = &[
    "{}",
    "{ }",
    "{\t \t}",
    r#"{"role":"ROLE_MEMBER"}"#,
    r#"{  "role"  :   "ROLE_MEMBER"  ,  "name":"a  b" }"#,
    "{\t\"role\"\t:\t2\t}",
    r#"{"\u0072ole":"ROLE\u005fMANAGER","member":{"t\u0079pe":"\u0048UMAN"}}"#,
    r#"{"name":"\\\"{}[]\/\b\f\n\r\t\ud83d\ude42","role":"ROLE_MANAGER"}"#,
    r#"{"member":{"type":"HUMAN","displayName":"Zoë 漢字 👩‍🚀 e\u0301"}}"#,
    "{\"member\":{\"displayName\":\"\u{202e}\u{9b}\u{7f}\u{2028}\u{feff}\",\"type\":\"BOT\"}}",
    r#"{"unknown":[1.0,-0,1e+05,1E5,0.10,{"a":[null,true,false,[[]]]}],"role":"ROLE_MEMBER"}"#,
    r#"{"unknown":12345678901234567890123456789.000,"role":4}"#,
    r#"{"role":null,"member":null,"groupMember":null}"#,
    r#"{"name":"role = \"ROLE_MANAGER\"","groupMember":{"name":"groups/1"}}"#,
];

#[test]
fn match_copies_one_line_records_byte_for_byte() {
    let expected = format!("{}\n", ONE_LINE.join("\n"));
    // Inside a list response only: elsewhere, `{}` is an empty list response.
    for (open, close, separator) in [
        ("{\"memberships\":[", "]}", ","),
        ("{\"memberships\":[\r\n", "\r\n]\r\n}", "\r\n,\r\n"),
        (
            "{\"nextPageToken\":\"x\",\n\"memberships\" : [ ",
            " ] , \"x\" : {} }",
            " , ",
        ),
    ] {
        let input = format!("{open}{}{close}", ONE_LINE.join(separator));
        assert_output(&matching("", input), 0, &expected, "");
    }
    let known = &ONE_LINE[3..];
    let expected = format!("{}\n", known.join("\n"));
    for (open, close, separator) in [
        ("[", "]", ","),
        ("[\n", "\n]\n", ",\n"),
        ("  [\r\n  ", "\r\n  ]\r\n", "\r\n  ,\r\n  "),
    ] {
        let input = format!("{open}{}{close}", known.join(separator));
        assert_output(&matching("", input), 0, &expected, "");
    }
    for separator in ["\n", "\r\n", "\n\n \n", " ", "", "\r\n\t"] {
        assert_output(&matching("", known.join(separator)), 0, &expected, "");
        let ended = format!("\u{feff}{}\n", known.join(separator));
        assert_output(&matching("", ended), 0, &expected, "");
    }
}

#[test]
fn match_removes_only_white_space_between_tokens_from_multi_line_records() {
    for end in ["\n", "\r\n"] {
        let record = [
            "{",
            "\t\"name\" : \"a  b\\n \\\" { c\" ,",
            "  \"x\": [ 1.50 , -0 , true , { } , [ ] , \" : , \" ] ,",
            "  \"\\u0072ole\"",
            "  :",
            "  \"ROLE_MANAGER\" , \"member\" : {",
            "    \"displayName\": \"漢  字\u{a0}\u{2028}👩\u{200d}🚀\",",
            "",
            "    \"type\":\"HUMAN\" }",
            "}",
        ]
        .join(end);
        let expected = concat!(
            "{\"name\":\"a  b\\n \\\" { c\",\"x\":[1.50,-0,true,{},[],\" : , \"],",
            "\"\\u0072ole\":\"ROLE_MANAGER\",\"member\":{",
            "\"displayName\":\"漢  字\u{a0}\u{2028}👩\u{200d}🚀\",\"type\":\"HUMAN\"}}\n"
        );
        let filter = "role = \"ROLE_MANAGER\" AND member.type = \"HUMAN\"";
        for input in [
            record.clone(),
            format!("[{record}]"),
            format!("{{\"memberships\":{end}[{end}{record}{end}]{end}}}{end}"),
        ] {
            assert_output(&matching(filter, input), 0, expected, "");
        }
    }
}

#[test]
fn match_supports_every_kind_of_input() {
    let records: Vec<&str> = SAMPLE.lines().collect();
    let values: Vec<serde_json::Value> = records
        .iter()
        .map(|record| serde_json::from_str(record).unwrap())
        .collect();
    let pretty: Vec<String> = values
        .iter()
        .map(|value| serde_json::to_string_pretty(value).unwrap())
        .collect();
    let page = |records: &[&str], token: &str| {
        format!(
            "{{\"memberships\": [{}], \"nextPageToken\": \"{token}\"}}",
            records.join(", ")
        )
    };
    let pages: Vec<String> = records
        .chunks(100)
        .map(|records| page(records, "t"))
        .collect();
    let inputs = [
        format!("[{}]", records.join(",")),
        format!("[\n{}\n]\n", records.join(",\n")),
        format!("{{\"memberships\":[{}]}}", records.join(",")),
        pages.join("\n"),
        pages.concat(),
        format!("[{}]", pages.join(",")),
        format!(
            "{}\n[{}]{}\n{}",
            records[..50].join("\n"),
            records[50..90].join(","),
            page(&records[90..200], ""),
            records[200..].join(" "),
        ),
        format!("{{}}\n{}\n{{\"nextPageToken\":\"\"}}", pages.join("\n{}\n")),
    ];
    for text in [
        "",
        MANAGER,
        NOT_BOT,
        "member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\"",
    ] {
        let expected = matching_records(&records, Filter::parse(text).unwrap());
        for input in &inputs {
            assert_output(&matching(text, input), 0, &expected, "");
        }
        let output = matching(text, pretty.join("\n"));
        assert_eq!((output.code, output.err.as_str()), (0, ""));
        assert_eq!(
            output.out.lines().count(),
            expected.lines().count(),
            "{text}"
        );
        for (got, expected) in output.out.lines().zip(expected.lines()) {
            let [got, expected] = [got, expected]
                .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
            assert_eq!(got, expected);
        }
    }
}

#[test]
fn match_reads_list_responses_of_the_api() {
    let mut expected = [0, 0];
    let pages = serde_json::Deserializer::from_str(LIST_RESPONSES).into_iter::<serde_json::Value>();
    let mut keys = Vec::new();
    for page in pages {
        let page = page.unwrap();
        for membership in page["memberships"].as_array().into_iter().flatten() {
            let membership: Membership = serde_json::from_value(membership.clone()).unwrap();
            expected[usize::from(Filter::type_is_human().matches(&membership))] += 1;
            keys.push(membership);
        }
    }
    let path = sample_path("list-responses.json");
    for (args, count) in [
        (["match", HUMAN], expected[1]),
        (["match", "--invert"], expected[0]),
    ] {
        let mut args = args.to_vec();
        if args[1] == "--invert" {
            args.push(HUMAN);
        }
        args.push(&path);
        let output = run(&args);
        assert_eq!((output.code, output.err.as_str()), (0, ""));
        assert_eq!(output.out.lines().count(), count);
    }
    let all: Vec<Membership> = run(["match", "", &path])
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(all, keys);
}

#[test]
fn match_reads_several_files_and_standard_input() {
    let folder = folder("several");
    let [a, b] = ["a.ndjson", "b.json"].map(|name| folder.join(name).display().to_string());
    fs::write(&a, "{\"name\":\"a\"}\n{\"name\":\"b\"}").unwrap();
    fs::write(&b, "[{\"name\":\"c\"}]").unwrap();
    let [one, two, three, four] =
        ["a", "b", "c", "d"].map(|name| format!("{{\"name\":\"{name}\"}}\n"));
    let output = run_with(["match", "", &a, "-", &b], &four);
    assert_output(&output, 0, &format!("{one}{two}{four}{three}"), "");
    let output = run_with(["match", "--count", "", &b, "-", &a, &b], &four);
    assert_output(&output, 0, "5\n", "");
    // Standard input is not read unless requested.
    assert_output(&run_with(["match", "", &b], &four), 0, &three, "");
}

#[test]
fn match_reports_an_unreadable_file_and_reads_the_others() {
    let folder = folder("missing");
    let [missing, here] =
        ["missing.json", "here.json"].map(|name| folder.join(name).display().to_string());
    fs::write(&here, "{\"name\":\"a\"}").unwrap();
    for unreadable in [missing, folder.display().to_string()] {
        let output = run(["match", "", &unreadable, &here]);
        assert_eq!(
            (output.code, output.out.as_str()),
            (2, "{\"name\":\"a\"}\n"),
            "{unreadable}"
        );
        assert!(
            output.err.contains(&unreadable) && output.err.lines().count() == 1,
            "{}",
            output.err
        );
        let output = run(["match", "--count", "", &unreadable]);
        assert_eq!(
            (output.code, output.out.as_str()),
            (2, "0\n"),
            "{unreadable}"
        );
    }
}

#[test]
fn match_reports_the_position_of_a_malformed_record() {
    let valid = "{\"name\":\"good\"}";
    // (record, line of the problem in it, acceptable columns, part of the message)
    for (malformed, line, columns, reason) in [
        ("{\"role\":1.5}", 1, 9..=11, "membership role"),
        ("{\"role\":[]}", 1, 9..=10, "membership role"),
        (
            "{\"name\":\"é漢🙂\",\"member\":1}",
            1,
            24..=24,
            "user object",
        ),
        (
            "{\n  \"name\": \"x\",\n  \"member\": {\"type\": true}\n}",
            3,
            22..=25,
            "user type",
        ),
        (
            "{\"member\":{},\"groupMember\":{}}",
            1,
            14..=26,
            "expected at most one of `member` and `groupMember`, found both",
        ),
        (
            "{\"role\":1,\"role\":1}",
            1,
            11..=16,
            "duplicate field `role`",
        ),
        (
            "{\"role\":1,\"\\u0072ole\":null}",
            1,
            11..=21,
            "duplicate field `role`",
        ),
        ("{\"name\":tru}", 1, 9..=12, "expected"),
        ("{\"name\":\"\u{1}\"}", 1, 10..=10, "control character"),
        ("{\"name\":\"\\x\"}", 1, 10..=11, "escape"),
        ("{\"name\" \"x\"}", 1, 9..=9, "expected `:`"),
        ("{\"name\":\"x\",}", 1, 12..=13, "trailing comma"),
    ] {
        for before in ["", "\n\n", "{\"name\":\"good\"}\r\n"] {
            let input = format!("{before}{malformed}\n{valid}\n");
            let output = matching("", &input);
            let valid_count = 1 + before.matches("good").count();
            assert_eq!(output.code, 2, "{input}");
            assert_eq!(
                output.out,
                format!("{valid}\n").repeat(valid_count),
                "{input}\n{}",
                output.err
            );
            assert_eq!(output.err.lines().count(), 1, "{input}\n{}", output.err);
            let prefix = format!(
                "error: standard input:{}:",
                line + before.matches('\n').count()
            );
            let rest = output.err.strip_prefix(&prefix);
            let (column, rest) = rest
                .and_then(|rest| rest.split_once(": "))
                .unwrap_or_else(|| {
                    panic!("{prefix} {}", output.err);
                });
            assert!(
                columns.contains(&column.parse().unwrap()),
                "{input}\n{}",
                output.err
            );
            assert!(rest.contains(reason), "{rest}");
        }
    }
}

#[test]
fn match_continues_after_malformed_input() {
    let valid = "{\"name\":\"good\"}";
    for malformed in [
        "null",
        "1",
        "\"x\"",
        "nonsense",
        "}",
        "]",
        ",",
        "{\"name\":\"x\"",
        "{\"name\":\"x",
        "{\"a\":[1}",
        "{\"memberships\":[",
        "{\"memberships\":1}",
        "\\",
    ] {
        let input = format!("{valid}\n{malformed}\n{valid}\n{valid}\n");
        let output = matching("", &input);
        assert_eq!(output.code, 2, "{malformed}: {}", output.err);
        assert_eq!(
            output.out,
            format!("{valid}\n").repeat(3),
            "{malformed}: {}",
            output.err
        );
        assert!(
            output
                .err
                .lines()
                .all(|line| line.starts_with("error: standard input:")),
            "{}",
            output.err
        );
        assert!(
            output.err.contains("input:2:") || output.err.contains("input:3:"),
            "{malformed}: {}",
            output.err
        );
    }
    for malformed in [
        "null",
        "1",
        "\"x\"",
        "[]",
        "[1,2]",
        "{\"role\":1.5}",
        "{\"a\" 1}",
    ] {
        for (open, close) in [("[", "]"), ("{\"memberships\":[", "]}")] {
            let input = format!("{open}{valid},\n{malformed},\n{valid}\n,{valid}{close}\n{valid}");
            let output = matching("", &input);
            assert_eq!(output.code, 2, "{input}");
            assert_eq!(
                output.out,
                format!("{valid}\n").repeat(4),
                "{input}: {}",
                output.err
            );
        }
    }
}

#[test]
fn match_names_the_file_of_a_malformed_record() {
    let folder = folder("malformed");
    let [a, b] = ["a.ndjson", "b.ndjson"].map(|name| folder.join(name).display().to_string());
    fs::write(&a, "{\"name\":\"a\"}\n{\"name\":1}\n{\"name\":\"b\"}\n").unwrap();
    fs::write(&b, "{\"name\":\"c\"}\n\n  {\"name\":\"d\",\"role\":true}").unwrap();
    let output = run(["match", "", &a, &b]);
    assert_eq!(output.code, 2);
    assert_eq!(
        output.out,
        "{\"name\":\"a\"}\n{\"name\":\"b\"}\n{\"name\":\"c\"}\n"
    );
    let lines: Vec<&str> = output.err.lines().collect();
    assert_eq!(lines.len(), 2, "{}", output.err);
    assert!(
        lines[0].starts_with(&format!("error: {a}:2:9: ")),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].starts_with(&format!("error: {b}:3:2")),
        "{}",
        lines[1]
    );

    // Strict stops at the first, and reads no other file.
    let output = run(["match", "--strict", "", &a, &b]);
    assert_eq!(
        (output.code, output.out.as_str()),
        (2, "{\"name\":\"a\"}\n")
    );
    assert_eq!(output.err.lines().count(), 1, "{}", output.err);
    let output = run(["match", "--strict", "--count", "", &a, &b]);
    assert_eq!((output.code, output.out.as_str()), (2, "1\n"));
    let output = run(["match", "--strict", "--invert", MANAGER, &b]);
    assert_eq!(
        (output.code, output.out.as_str()),
        (2, "{\"name\":\"c\"}\n")
    );
}

#[test]
fn match_considers_only_the_role_and_the_type_of_the_member() {
    let manager = "role = \"ROLE_MANAGER\" AND member.type = \"HUMAN\"";
    for (record, matches) in [
        (r#"{"role":"ROLE_MANAGER","member":{"type":"HUMAN"}}"#, true),
        (r#"{"member":{"type":"HUMAN"},"role":"ROLE_MANAGER"}"#, true),
        (
            r#"{"r\u006fle":"ROLE_MANAGER","m\u0065mber":{"type":"HUM\u0041N"}}"#,
            true,
        ),
        (r#"{"role":2,"member":{"type":1}}"#, true),
        (
            r#"{"member":{"displayName":"\"role\":\"ROLE_MANAGER\"","type":"HUMAN"}}"#,
            false,
        ),
        (
            r#"{"x":{"role":"ROLE_MANAGER"},"member":{"type":"HUMAN"}}"#,
            false,
        ),
        (
            r#"{"member":{"type":"HUMAN","role":"ROLE_MANAGER"}}"#,
            false,
        ),
        (r#"{"role":"ROLE_MANAGER","type":"HUMAN"}"#, false),
        (
            r#"{"role":"ROLE_MANAGER","member":{"x":{"type":"HUMAN"}}}"#,
            false,
        ),
        (r#"{"role":"ROLE_MANAGER","user":{"type":"HUMAN"}}"#, false),
        (
            r#"{"role":"ROLE_MANAGER","groupMember":{"type":"HUMAN"}}"#,
            false,
        ),
        (
            r#"{"role":"ROLE_MANAGER","groupMember":null,"member":{"type":"HUMAN"}}"#,
            true,
        ),
        (r#"{"role":"ROLE_OWNER","member":{"type":"HUMAN"}}"#, false),
        (
            r#"{"Role":"ROLE_MANAGER","member":{"type":"HUMAN"}}"#,
            false,
        ),
        (
            r#"{"role":"ROLE_MANAGER","member":{"type":"HUMAN","x":[[[{"type":"BOT"}]]]}}"#,
            true,
        ),
        (r#"{"role":"2","member":{"type":"1"}}"#, false),
    ] {
        let line = format!("{record}\n");
        let (some, none) = if matches { (&*line, "") } else { ("", &*line) };
        assert_output(&matching(manager, record), i32::from(!matches), some, "");
        let inverted = run_with(["match", "--invert", manager], record);
        assert_output(&inverted, i32::from(matches), none, "");
    }
}

#[test]
fn match_recognizes_a_list_response_by_its_key() {
    // `memberships` as a value, nested or escaped.
    let record = r#"{"name":"memberships","x":{"memberships":[{"name":"no"}]}}"#;
    assert_output(&matching("", record), 0, &format!("{record}\n"), "");
    let page = r#"{"\u006demberships":[{"name":"yes"}]}"#;
    assert_output(&matching("", page), 0, "{\"name\":\"yes\"}\n", "");
    let page = r#"{"unreachable":["x"],"memberships":[{"name":"yes"}],"x":[{"name":"no"}]}"#;
    assert_output(&matching("", page), 0, "{\"name\":\"yes\"}\n", "");
}

#[test]
fn match_reports_a_record_over_the_limit_and_continues() {
    const LIMIT: usize = 16 << 20;
    let record = |length: usize| {
        let (open, close) = ("{\"name\":\"", "\"}");
        format!(
            "{open}{}{close}",
            "x".repeat(length - open.len() - close.len())
        )
    };
    let [fits, large] = [record(LIMIT), record(LIMIT + 1)];
    let valid = "{\"name\":\"good\"}";
    let output = matching("", format!("{valid}\n{fits}\n{valid}"));
    assert_eq!((output.code, output.err.as_str()), (0, ""));
    assert!(output.out == format!("{valid}\n{fits}\n{valid}\n"));
    for (input, line) in [
        (format!("{valid}\n{large}\n{valid}"), 2),
        (
            format!("{{\"memberships\":[\n{valid},\n{large},{valid}]}}"),
            3,
        ),
    ] {
        let output = matching("", input);
        assert_eq!(
            (output.code, output.out),
            (2, format!("{valid}\n{valid}\n"))
        );
        let prefix = format!("error: standard input:{line}:1: ");
        assert!(
            output.err.starts_with(&prefix) && output.err.contains("16777216"),
            "{}",
            output.err
        );
        assert_eq!(output.err.lines().count(), 1, "{}", output.err);
    }
}

#[test]
fn match_handles_deep_nesting() {
    let deep = format!("{{\"x\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let output = matching("", format!("{deep}\n{{\"name\":\"good\"}}\n"));
    assert!([0, 2].contains(&output.code), "{}", output.err);
    assert!(output.out.ends_with("{\"name\":\"good\"}\n"));
}

#[test]
fn malformed_records_are_escaped() {
    let evil = "\u{1b}[31m\u{7}\u{9b}31m\u{202e}\u{2066}\u{2028}\u{200b}\u{7f}";
    let tame = "\u{9b}31m\u{202e}\u{2066}\u{2028}\u{200b}\u{7f}";
    let inputs = [
        evil.to_owned(),
        format!("{{\"role\":\"{evil}\"}}"),
        format!("{{\"{evil}\":1}}"),
        format!("{{{evil}"),
        format!("[{evil}]"),
        format!("{{\"member\":\"{tame}\"}}"),
        format!("{{\"member\":{{\"type\":[\"{tame}\"]}}}}"),
        format!("{{\"{tame}\" 1}}"),
        format!("{{\"{tame}\":1,\"role\":{tame}}}"),
        format!("{{\"memberships\":\"{tame}\"}}"),
        format!("{{\"memberships\":[\"{tame}\"]}}"),
        format!("{{\"memberships\":[],\"{tame}\" \"{tame}\"}}"),
        "{\"member\":\"\\u001b[31m\\u202e\\u009b\"}".to_owned(),
    ];
    for input in inputs {
        let output = matching("", &input);
        assert_eq!((output.code, output.out.as_str()), (2, ""), "{input:?}");
        assert!(!output.err.is_empty());
        assert_escaped(&output.err);
    }
    let (code, out, err) = run_raw(
        ["match", ""],
        b"{\"role\":\"\xff\xfe\"}\n\xff\n{\"\xff\":1}",
    );
    assert_eq!((code, out.is_empty()), (2, true));
    assert_escaped(&String::from_utf8(err).unwrap());
}

#[cfg(unix)]
#[test]
fn file_names_are_escaped() {
    let folder = folder("names");
    let evil = folder.join("\u{1b}[31mred\u{7}\u{9b}31m\u{202e}bidi\nnew\tline\r");
    let missing = evil.display().to_string();
    let output = run(["match", "", &missing]);
    assert_eq!(output.code, 2);
    assert_escaped(&output.err);
    assert_eq!(output.err.lines().count(), 1, "{}", output.err);
    fs::write(&evil, "{\"role\":true}").unwrap();
    let output = run(["match", "", &missing]);
    assert_eq!(output.code, 2);
    assert_escaped(&output.err);
    assert_eq!(output.err.lines().count(), 1, "{}", output.err);
}

#[cfg(unix)]
#[test]
fn match_reads_a_file_with_a_non_utf_8_name() {
    use std::os::unix::ffi::OsStrExt;
    let file = folder("bytes").join(OsStr::from_bytes(b"\xff.json"));
    fs::write(&file, "{\"name\":\"a\"}").unwrap();
    let output = run([OsStr::new("match"), OsStr::new(""), file.as_os_str()]);
    assert_output(&output, 0, "{\"name\":\"a\"}\n", "");
}
