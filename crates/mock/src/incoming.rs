//! Requests as they arrive: their path, query, token and body, and how the log shows them.

use bytes::Bytes;
use gchat_filter::list::{MembershipMethod, QueryReader, SystemParameters};
use http::request::Parts;
use http::{HeaderMap, Method, header};
use percent_encoding::percent_decode_str;

use super::callers::Callers;
use super::control::CONTROLS;

/// Maximum length of an identifier in a logged path, in bytes.
const MAX_LOGGED_LEN: usize = 100;

/// The relevant parts of a request.
pub(super) struct Incoming {
    pub(super) method: Method,
    /// Decoded segments after `v1`; `None` if they are not UTF-8 or there is no `v1`.
    pub(super) path: Option<Vec<String>>,
    pub(super) query: String,
    pub(super) token: Option<String>,
    pub(super) body: Bytes,
}

impl Incoming {
    pub(super) fn new(parts: &Parts, body: Bytes) -> Self {
        let mut incoming = Self {
            method: parts.method.clone(),
            path: segments(parts.uri.path()),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            token: bearer(&parts.headers),
            body,
        };
        if incoming.method == Method::HEAD {
            // hyper omits the body of the response.
            incoming.method = Method::GET;
        }
        let overridden = parts.headers.get("x-http-method-override");
        let overridden = overridden
            .and_then(|name| Method::try_from(&*name.as_bytes().to_ascii_uppercase()).ok());
        if let Some(method) = overridden.filter(|_| incoming.method == Method::POST) {
            incoming.method = method;
            if incoming.method == Method::GET {
                // The query was too long for a URL, so it is in the body.
                let form = String::from_utf8_lossy(&incoming.body);
                incoming.query = [&*incoming.query, form.trim()].join("&");
            }
        }
        incoming
    }

    /// Returns the method of the API that the request calls, if any.
    pub(super) fn api_method(&self) -> Option<MembershipMethod> {
        let path: Vec<&str> = self.path.iter().flatten().map(String::as_str).collect();
        match (self.method.as_str(), path.as_slice()) {
            ("GET", ["spaces", _, "members"]) => Some(MembershipMethod::List),
            ("POST", ["spaces", _, "members"]) => Some(MembershipMethod::Create),
            ("GET", ["spaces", _, "members", _]) => Some(MembershipMethod::Get),
            ("DELETE", ["spaces", _, "members", _]) => Some(MembershipMethod::Delete),
            ("PATCH", ["spaces", _, "members", _]) => Some(MembershipMethod::Patch),
            _ => None,
        }
    }

    /// Returns the name of the space in the path of list and create.
    pub(super) fn parent(&self) -> String {
        let resource = self.resource();
        let parent = resource.strip_suffix("/members").unwrap_or(&resource);
        parent.to_owned()
    }

    /// Returns the path of the resource, as in names and in faults.
    pub(super) fn resource(&self) -> String {
        self.path
            .as_ref()
            .map(|path| path.join("/"))
            .unwrap_or_default()
    }

    pub(super) fn system(&self) -> SystemParameters {
        QueryReader::new(&self.query).take_system()
    }
}

/// Returns the decoded segments after `v1`. A base URL with a trailing slash makes it `//v1/…`.
fn segments(path: &str) -> Option<Vec<String>> {
    let mut segments = path.trim_start_matches('/').split('/');
    if segments.next() != Some("v1") {
        return None;
    }
    let decode = |segment| {
        let decoded = percent_decode_str(segment).decode_utf8().ok()?;
        Some(decoded.into_owned())
    };
    segments.map(decode).collect()
}

/// Returns the token in the `Authorization` header.
pub(super) fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

/// Returns the HTTP method if it is a common one. Any other may be a token, sent by mistake.
pub(super) fn common_method(method: &str) -> Option<&str> {
    let is_common = matches!(
        method,
        "GET" | "HEAD" | "POST" | "PATCH" | "DELETE" | "PUT" | "OPTIONS"
    );
    is_common.then_some(method)
}

/// Returns the method and the path for the log. The query is omitted because it may contain a token.
/// A path that the API does not have is omitted too: it may contain a token by mistake.
pub(super) fn logged<'p>(parts: &'p Parts, callers: &Callers) -> (&'p str, &'p str) {
    const OTHER: &str = "(other)";
    let method = common_method(parts.method.as_str()).unwrap_or(OTHER);
    let own_token = bearer(&parts.headers).filter(|token| !token.is_empty());
    // An identifier or an email address, in which `@` and `+` may be encoded.
    let is_identifier = |text: &str| {
        let text = text.replace("%40", "@").replace("%2B", "+");
        let is_valid = |c: char| c.is_ascii_alphanumeric() || "-_.+@".contains(c);
        (1..=MAX_LOGGED_LEN).contains(&text.len())
            && text.chars().all(is_valid)
            && !callers.has_token(&text)
            && own_token
                .as_ref()
                .is_none_or(|token| !text.contains(&**token))
    };
    let path = parts.uri.path();
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let is_known = match segments.as_slice() {
        ["v1", "spaces", space, "members"] => is_identifier(space),
        ["__admin", control] => CONTROLS.contains(control),
        ["v1", "spaces", space, "members", member] => is_identifier(space) && is_identifier(member),
        _ => false,
    };
    (method, if is_known { path } else { OTHER })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "that is how a test fails")]

    use super::*;

    #[test]
    fn log_has_only_paths_of_the_api_without_tokens() {
        let callers = r#"[{"token": "SECRET", "user": "users/1"},
                          {"token": "a+b@c", "user": "users/2"}]"#;
        let callers: Vec<super::super::seed_items::CallerSeed> =
            serde_json::from_str(callers).unwrap();
        let callers = Callers::from(callers.as_slice());
        let long = |length: usize| format!("/v1/spaces/{}/members", "x".repeat(length));
        for (method, path, token, shown) in [
            ("GET", "/v1/spaces/A/members", "", true),
            ("HEAD", "/v1/spaces/A/members/1", "", true),
            ("POST", "//v1/spaces/A-_./members", "t", true),
            ("PATCH", "/v1/spaces/A/members/a%40example.com", "t", true),
            (
                "DELETE",
                "/v1/spaces/A/members/a%2Bb@example.com",
                "t",
                true,
            ),
            ("PUT", &long(100), "", true),
            ("OPTIONS", &long(101), "", false),
            ("GET", "/v1/spaces//members", "", false),
            ("GET", "/v1/spaces/A/members/", "", false),
            ("GET", "/v1/spaces/A/members/x%20y", "", false),
            ("GET", "/v1/spaces/A%3Bx/members/1", "", false),
            ("GET", "/v1/spaces/A", "", false),
            ("GET", "/v2/spaces/A/members", "", false),
            ("GET", "/v1/rooms/A/members", "", false),
            ("GET", "/v1/spaces/A/members/1/x", "", false),
            // A caller's token, and the request's own.
            ("GET", "/v1/spaces/A/members/SECRET", "", false),
            ("GET", "/v1/spaces/xSECRETx/members/1", "", false),
            ("GET", "/v1/spaces/A/members/a%2Bb%40c", "", false),
            ("GET", "/v1/spaces/A/members/xtx", "t", false),
            ("GET", "/v1/spaces/t/members", "t", false),
        ] {
            let request = http::Request::builder()
                .method(method)
                .uri(path)
                .header("authorization", format!("Bearer {token}"));
            let (parts, ()) = request.body(()).unwrap().into_parts();
            let expected = if shown { path } else { "(other)" };
            assert_eq!(logged(&parts, &callers), (method, expected), "{path}");
        }
        let request = http::Request::builder().method("SECRET");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        assert_eq!(logged(&parts, &callers), ("(other)", "(other)"));
    }
}
