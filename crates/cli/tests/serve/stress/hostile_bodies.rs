//! JSON, field masks and filters that are deep or wide, and input that is not UTF-8.

use super::hostile::{
    LIST, assert_all_refused, assert_unharmed, get, post, post_json, program, statuses,
};

#[test]
fn rejects_deep_and_wide_input() {
    const LEVELS: usize = 100_000;
    let deep = |open: &str, close: &str| {
        let body = [open.repeat(LEVELS), close.repeat(LEVELS)].concat();
        post_json(body.as_bytes())
    };
    let within = |body: &str| {
        let body = format!("{{\"member\":{{\"name\":\"users/1\",\"x\":{body}}}}}");
        post_json(body.as_bytes())
    };
    let form = |text: &str| {
        post(
            &format!(
                "x-http-method-override: GET\r\ncontent-length: {}\r\n",
                text.len()
            ),
            text.as_bytes(),
        )
    };
    assert_all_refused(&[
        ("arrays", deep("[", "]")),
        ("arrays without an end", deep("[", "")),
        ("objects", deep("{\"a\":", "}")),
        ("objects without an end", deep("{\"a\":", "")),
        (
            "members",
            post_json("{\"member\":".repeat(LEVELS).as_bytes()),
        ),
        ("both", deep("[{\"a\":", "}]")),
        (
            "within a member",
            within(&["[".repeat(LEVELS), "]".repeat(LEVELS)].concat()),
        ),
        (
            "many numbers",
            within(&format!("[{}0]", "0,".repeat(500_000))),
        ),
        (
            "many arrays",
            within(&format!("[{}0]", "[],".repeat(300_000))),
        ),
        (
            "a role of many numbers",
            post_json(format!("{{\"role\":[{}0]}}", "0,".repeat(500_000)).as_bytes()),
        ),
        ("a long number", within(&"9".repeat(1_000_000))),
        (
            "a long fraction",
            within(&format!("0.{}", "9".repeat(1_000_000))),
        ),
        (
            "many escapes",
            within(&format!("\"{}\"", "\\u0041".repeat(150_000))),
        ),
        ("half a surrogate pair", within(r#""\ud800""#)),
        (
            "a mask of parentheses",
            form(&format!("fields={}", "a(".repeat(LEVELS))),
        ),
        (
            "a mask of slashes",
            form(&format!("fields={}a", "a/".repeat(LEVELS))),
        ),
        (
            "a mask of commas",
            form(&format!("fields={}a", "a,".repeat(LEVELS))),
        ),
        (
            "a filter of parentheses",
            form(&format!("filter={}", "(".repeat(LEVELS))),
        ),
        (
            "a filter of terms",
            form(&format!(
                "filter=role=1{}",
                "+AND+role=1".repeat(LEVELS / 2)
            )),
        ),
        (
            "a filter of NOTs",
            form(&format!("filter={}a", "NOT+".repeat(LEVELS))),
        ),
        (
            "a filter of dots",
            form(&format!("filter={}a", "a.".repeat(LEVELS))),
        ),
    ]);
}

#[test]
fn rejects_input_that_is_not_utf_8() {
    let list = |more: &[u8]| {
        let end = b" HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        [b"GET ", more, end].concat()
    };
    let path = |member: &[u8]| list(&[LIST.as_bytes(), b"/", member].concat());
    let query = |query: &[u8]| list(&[LIST.as_bytes(), b"?", query].concat());
    let body =
        |name: &[u8]| post_json(&[b"{\"member\":{\"name\":\"users/", name, b"\"}}"].concat());
    let form = |text: &[u8]| {
        post(
            &format!(
                "x-http-method-override: GET\r\ncontent-length: {}\r\n",
                text.len()
            ),
            text,
        )
    };
    let mut attacks = vec![
        ("a form", form(b"filter=\xff")),
        ("an encoded form", form(b"filter=%ff")),
        ("a method override", [&b"POST "[..], LIST.as_bytes(), b" HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-http-method-override: \xff\r\n\r\n"].concat()),
        ("a UTF-16 byte order mark", post_json(b"\xff\xfe{\0}\0")),
        ("a UTF-8 byte order mark", post_json(b"\xef\xbb\xbf{}")),
    ];
    for invalid in [
        &b"\xff"[..],
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
    ] {
        let encoded: Vec<_> = invalid.iter().map(|byte| format!("%{byte:02X}")).collect();
        let encoded = encoded.concat();
        attacks.extend([
            ("a path", path(invalid)),
            ("an encoded path", path(encoded.as_bytes())),
            ("a query", query(&[b"filter=", invalid].concat())),
            (
                "an encoded query",
                query(format!("filter={encoded}").as_bytes()),
            ),
            ("a parameter", query(format!("{encoded}=1").as_bytes())),
            ("a body", body(invalid)),
        ]);
    }
    for invalid in [
        "%", "%f", "%zz", "%00", "%2F", "a%2Fb", "%0d%0a", "..", "%2e%2e",
    ] {
        attacks.push(("an invalid path", path(invalid.as_bytes())));
    }
    assert_all_refused(&attacks);
    // Headers that are not used may have any value that HTTP permits.
    let mut program = program();
    let header = [
        &get("")[..get("").len() - 2],
        b"x-any: \xff\xc0\xaf\r\n\r\n",
    ]
    .concat();
    assert_eq!(statuses(program.address, &header), [200]);
    let header = [
        &get("")[..get("").len() - 2],
        b"authorization: Bearer \xff\r\n\r\n",
    ]
    .concat();
    assert_eq!(statuses(program.address, &header), [200]);
    assert_unharmed(&mut program);
}
