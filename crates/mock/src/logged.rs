//! How the log shows requests: without tokens.

use std::borrow::Cow;

use http::header;
use http::request::Parts;
use percent_encoding::percent_decode_str;

use super::callers::Callers;
use super::control::CONTROLS;
use super::incoming::{bearer, common_method};
use super::redact::Redactor;

/// Maximum length of an identifier in a path of the API, in bytes.
const MAX_IDENTIFIER_LEN: usize = 100;

/// Maximum length of any other path with its query, in characters.
const MAX_URL_LEN: usize = 500;

/// Stands for what may be a token.
const OTHER: &str = "(other)";

/// Returns the method and the path for the log. The query of a known path is omitted, because it may
/// contain a token. An unknown path has its query, with tokens cut out, so that one sees what a client
/// meant.
pub(super) fn logged<'p>(parts: &'p Parts, callers: &Callers) -> (&'p str, Cow<'p, str>) {
    let method = common_method(parts.method.as_str()).unwrap_or(OTHER);
    let own = parts.headers.get(header::AUTHORIZATION);
    let own = own.and_then(|value| bearer(value.to_str().ok()?));
    let own = own.filter(|token| !token.is_empty());
    let has_token =
        |text: &str| callers.has_token(text) || own.is_some_and(|token| text.contains(token));
    let path = parts.uri.path();
    if is_known(path, has_token) {
        return (method, path.into());
    }
    let url = parts.uri.path_and_query().map_or(path, |url| url.as_str());
    let cut = Redactor::new(own, callers).text(url);
    // Short tokens are not cut out.
    let decoded = percent_decode_str(&cut).decode_utf8_lossy();
    if has_token(&cut) || has_token(&decoded) {
        return (method, OTHER.into());
    }
    match cut.char_indices().nth(MAX_URL_LEN) {
        Some((end, _)) => (method, format!("{}…", cut.split_at(end).0).into()),
        None => (method, cut.into()),
    }
}

/// Returns whether a path is one that the server has, without tokens.
fn is_known(path: &str, has_token: impl Fn(&str) -> bool) -> bool {
    // An identifier or an email address, in which `@` and `+` may be encoded.
    let is_identifier = |text: &str| {
        let mut text = Cow::from(text);
        if text.contains('%') {
            text = text.replace("%40", "@").replace("%2B", "+").into();
        }
        let is_valid = |c: char| c.is_ascii_alphanumeric() || "-_.+@".contains(c);
        (1..=MAX_IDENTIFIER_LEN).contains(&text.len())
            && text.chars().all(is_valid)
            && !has_token(&text)
    };
    if path == "/" {
        return true;
    }
    #[cfg(feature = "grpc")]
    if super::grpc::is_method(path) {
        return true;
    }
    let mut segments = path.trim_start_matches('/').split('/');
    match [(); 6].map(|()| segments.next()) {
        [Some("__admin"), Some(control), None, ..] => CONTROLS.contains(&control),
        [
            Some("v1"),
            Some("spaces"),
            Some(space),
            Some("members"),
            None,
            None,
        ] => is_identifier(space),
        [
            Some("v1"),
            Some("spaces"),
            Some(space),
            Some("members"),
            Some(member),
            None,
        ] => is_identifier(space) && is_identifier(member),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "that is how a test fails")]

    use super::super::seed_items::CallerSeed;
    use super::*;

    fn callers() -> Callers {
        let callers = r#"[{"token": "SECRET", "user": "users/1"},
                          {"token": "a+b@c", "user": "users/2"}]"#;
        let callers: Vec<CallerSeed> = serde_json::from_str(callers).unwrap();
        Callers::from(callers.as_slice())
    }

    fn parts(method: &str, path: &str, token: &str) -> Parts {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"));
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn log_has_paths_of_the_api_without_queries() {
        for (method, path) in [
            ("GET", "/v1/spaces/A/members"),
            ("HEAD", "/v1/spaces/A/members/1"),
            ("POST", "//v1/spaces/A-_./members"),
            ("PATCH", "/v1/spaces/A/members/a%40example.com"),
            ("DELETE", "/v1/spaces/A/members/a%2Bx@example.com"),
            ("GET", "/"),
            ("GET", "/__admin/requests"),
        ] {
            let parts = parts(method, &format!("{path}?access_token=x&a=1"), "t");
            assert_eq!(logged(&parts, &callers()), (method, path.into()), "{path}");
        }
        let request = http::Request::builder().method("SECRET");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        assert_eq!(logged(&parts, &callers()), ("(other)", "/".into()));
    }

    #[test]
    fn log_has_other_paths_with_queries_without_tokens() {
        let long = format!("/v1/spaces/{}/members", "x".repeat(101));
        for (path, token, expected) in [
            ("/v1/spaces/A", "", "/v1/spaces/A"),
            (
                "/v2/spaces/A/members?a=1&b",
                "",
                "/v2/spaces/A/members?a=1&b",
            ),
            (&*long, "", &*long),
            ("/v1/spaces//members", "", "/v1/spaces//members"),
            ("/v1/spaces/A/members/", "", "/v1/spaces/A/members/"),
            (
                "/v1/spaces/A/members/x%20y",
                "",
                "/v1/spaces/A/members/x%20y",
            ),
            ("/v1/spaces/A/members/1/x", "", "/v1/spaces/A/members/1/x"),
            ("/?access_token=x&b=1", "", "/"),
            ("/x?access_token=abc&b=1", "", "/x?access_token=(token)&b=1"),
            ("/x?key=ya29.a0-_x&b=1", "", "/x?key=(token)&b=1"),
            // A caller's token, and the request's own.
            (
                "/v1/spaces/A/members/SECRET",
                "",
                "/v1/spaces/A/members/(token)",
            ),
            (
                "/v1/spaces/x%53ECRETx/members",
                "",
                "/v1/spaces/x(token)x/members",
            ),
            (
                "/v1/spaces/A/members/a%2Bb%40c",
                "",
                "/v1/spaces/A/members/(token)",
            ),
            ("/a/long-token", "long-token", "/a/(token)"),
            // Too short to be cut out of other words.
            ("/v1/spaces/A/members/xtx", "t", "(other)"),
            ("/a?b=%74", "t", "(other)"),
        ] {
            let parts = parts("GET", path, token);
            assert_eq!(
                logged(&parts, &callers()),
                ("GET", expected.into()),
                "{path}"
            );
        }
        let longest = format!("/{}", "x".repeat(500));
        let parts = parts("GET", &longest, "");
        let (_, shown) = logged(&parts, &callers());
        assert_eq!(shown.chars().count(), 501);
    }
}
