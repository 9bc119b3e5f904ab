//! Hostile text in requests.

use super::http::Request;
use super::open;

/// Sends hostile text in every place of a request, and walks all messages.
#[test]
fn messages_escape_and_truncate_hostile_text() {
    fn strings(json: &serde_json::Value) -> Vec<&str> {
        match json {
            serde_json::Value::String(text) => vec![text],
            serde_json::Value::Array(items) => items.iter().flat_map(strings).collect(),
            serde_json::Value::Object(fields) => fields.values().flat_map(strings).collect(),
            _ => Vec::new(),
        }
    }
    let server = open();
    let encode = |text: &str| {
        let bytes = text.bytes().map(|byte| format!("%{byte:02X}"));
        bytes.collect::<Vec<_>>().concat()
    };
    let mut errors = 0;
    for hostile in [
        "\u{1b}[31m",
        "\u{7}",
        "a\u{202e}b",
        "a\u{200b}b",
        "\u{feff}",
        "\u{ad}x\u{2028}",
        "a\r\nb\0",
        &"x\u{1b}".repeat(3000),
    ] {
        let encoded = encode(hostile);
        let mut requests = Vec::new();
        if encoded.len() < 1000 {
            for path in [
                format!("/v1/spaces/{encoded}/members"),
                format!("/v1/spaces/A/members/{encoded}"),
                format!("/v1/{encoded}"),
                format!("/{encoded}"),
            ] {
                for method in ["GET", "POST", "PATCH", "DELETE", "PUT"] {
                    requests.push(Request::new(method, &path).body("{}"));
                }
            }
        }
        for name in [
            "pageSize",
            "pageToken",
            "filter",
            "showGroups",
            "showInvited",
            "useAdminAccess",
            "updateMask",
            "fields",
            "alt",
            "$alt",
            "prettyPrint",
            "access_token",
            "parent",
        ] {
            let query = format!("{name}={encoded}");
            let form = Request::new("POST", "/v1/spaces/A/members");
            requests.push(form.header("x-http-method-override", "GET").body(&query));
            let form = Request::new("POST", "/v1/spaces/A/members");
            let twice = format!("{encoded}={encoded}&{encoded}=1&filter=role+%3D+{encoded}");
            requests.push(form.header("x-http-method-override", "GET").body(&twice));
            if encoded.len() < 1000 {
                let path = format!("/v1/spaces/A/members/2?{query}&{encoded}");
                requests.push(Request::new("PATCH", &path).body(r#"{"role":1}"#));
                requests.push(Request::new("DELETE", &path));
                requests.push(Request::get(&path));
            }
        }
        let text = serde_json::json!(hostile).to_string();
        // The rest of a string that has begun.
        let rest = text.strip_prefix('"').unwrap();
        for body in [
            text.clone(),
            format!("{{{text}:1}}"),
            format!("{{{text}:1,{text}:1}}"),
            format!(r#"{{"role":{text}}}"#),
            format!(r#"{{"state":{{{text}:1}}}}"#),
            format!(r#"{{"createTime":{text},"member":{{"name":"users/7"}}}}"#),
            format!(r#"{{"member":{{"name":{text}}}}}"#),
            format!(r#"{{"member":{{"name":"users/{rest}}}}}"#),
            format!(r#"{{"member":{{"name":"users/7","type":{text}}}}}"#),
            format!(r#"{{"member":{{{text}:1}}}}"#),
            format!(r#"{{"groupMember":{{"name":"groups/{rest}}}}}"#),
            format!("{{{hostile}"),
        ] {
            for path in ["/v1/spaces/IMPORT/members", "/v1/spaces/A/members"] {
                requests.push(Request::new("POST", path).body(&body));
                // In the second request the member exists.
                requests.push(Request::new("POST", path).body(&body));
            }
            let path = "/v1/spaces/A/members/2?updateMask=role";
            requests.push(Request::new("PATCH", path).body(&body));
        }
        for request in requests {
            let answer = request.send(&server);
            if answer.status == 200 {
                continue;
            }
            errors += 1;
            assert!(
                answer.status < 500 && answer.body.len() < 30_000,
                "{}",
                answer.body
            );
            for text in strings(&answer.json()) {
                // The messages of several problems with a body are on separate lines.
                let is_visible = |c: char| {
                    c == '\n'
                        || !c.is_control() && !"\u{202e}\u{200b}\u{feff}\u{ad}\u{2028}".contains(c)
                };
                assert!(text.chars().all(is_visible), "{text:?}");
            }
        }
    }
    assert!(errors > 500, "{errors}");
}
