//! Memory that a request uses.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use allocation_counter::measure;
use gchat_filter_mock::Mock;

/// Returns the HTTP status of a request and its peak heap size, which includes the body.
fn measure_request(mock: &Mock, as_get: bool, body: &str) -> (u16, u64) {
    // Everything runs on this thread.
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.build().unwrap();
    let mut status = 0;
    let info = measure(|| {
        let mut request = http::Request::post("/v1/spaces/AAAAsample/members");
        if as_get {
            request = request.header("x-http-method-override", "GET");
        }
        let request = request.body(body.to_owned());
        let response = runtime.block_on(mock.handle(request.unwrap()));
        status = response.status().as_u16();
    });
    (status, info.bytes_max)
}

/// Of a body with JSON, and of one with the query of a GET.
#[test]
fn heap_use_of_a_request_is_at_most_ten_times_its_body() {
    let mock = Mock::sample();
    for length in [20_000, 300_000] {
        let repeat = |before: &str, unit: &str, after: &str| {
            let count = (length - before.len() - after.len()) / unit.len();
            [before, &unit.repeat(count), after].concat()
        };
        // An object with many different fields.
        let fields = |unit: &str| {
            let count = length / (unit.len() + 12);
            let fields = (0..count).map(|number| format!("\"{unit}{number}\":{{}}"));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        };
        let bodies = [
            ("white space", repeat("", " ", "")),
            ("arrays", repeat("", "[", &"]".repeat(length / 2))),
            ("arrays without an end", repeat("", "[", "")),
            ("objects without an end", repeat("", "{\"a\":", "")),
            ("members without an end", repeat("", "{\"member\":", "")),
            ("short fields", fields("")),
            ("long fields", fields(&"k".repeat(length / 120))),
            ("hidden fields", fields(&"\u{202e}".repeat(length / 400))),
            (
                "duplicate fields",
                repeat("{", "\"role\":1,", "\"role\":1}"),
            ),
            ("a role of arrays", repeat("{\"role\":[", "[],", "0]}")),
            (
                "a role of objects",
                repeat("{\"role\":[", "{\"a\":0},", "0]}"),
            ),
            ("a role of quotes", repeat("{\"role\":\"", "\\\"", "\"}")),
            ("a role of digits", repeat("{\"role\":", "9", "}")),
            (
                "a name of numbers",
                repeat("{\"member\":{\"name\":[", "0,", "0]}}"),
            ),
            (
                "a name of letters",
                repeat("{\"member\":{\"name\":\"users/", "a", "\"}}"),
            ),
            (
                "a name of hyphens",
                repeat("{\"member\":{\"name\":\"", "\u{ad}", "\"}}"),
            ),
            (
                "a name of line breaks",
                repeat("{\"member\":{\"name\":\"", "\\n", "\"}}"),
            ),
            (
                "a name of a group",
                repeat("{\"groupMember\":{\"name\":\"", "\u{200b}", "\"}}"),
            ),
            ("an unknown field", repeat("{\"", "a", "\":0}")),
            (
                "an unknown field of escapes",
                repeat("{\"", "\\u001b", "\":0}"),
            ),
            (
                "a string without an end",
                repeat("{\"role\":\"", "\u{7f}", ""),
            ),
        ];
        let queries = [
            ("parameters", repeat("", "&a", "")),
            ("a hidden parameter", repeat("", "\u{202e}", "")),
            ("a filter of terms", repeat("filter=role", "+AND+a", "")),
            ("a filter of parentheses", repeat("filter=", "(", "")),
            ("a hidden filter", repeat("filter=", "\u{202e}", "")),
            ("an encoded filter", repeat("filter=", "%01", "")),
            ("a mask of names", repeat("fields=", "a,", "a")),
            ("a mask of parentheses", repeat("fields=", "a(", "a")),
            ("a token", repeat("pageToken=", "A", "")),
        ];
        let bodies = bodies.into_iter().map(|(name, text)| (false, name, text));
        let queries = queries.into_iter().map(|(name, text)| (true, name, text));
        for (as_get, name, text) in bodies.chain(queries) {
            let (status, peak) = measure_request(&mock, as_get, &text);
            assert_eq!(status, 400, "{name}");
            let most = 10 * text.len() as u64;
            assert!(
                peak <= most,
                "{name}: {peak} bytes for {} bytes",
                text.len()
            );
        }
    }
}
