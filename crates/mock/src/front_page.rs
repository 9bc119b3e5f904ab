//! The page at `/`: what is served.

use std::fmt::Write as _;

use http::request::Parts;
use http::{HeaderValue, Method, Response, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::state::State;

/// Maximum number of spaces on the page.
const MAX_SPACES: usize = 20;

/// What is escaped in a path.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'/');

/// Returns whether a request is for the page.
pub(super) fn is_front_page(parts: &Parts) -> bool {
    parts.uri.path() == "/" && matches!(parts.method, Method::GET | Method::HEAD)
}

/// Returns the page. It has links to the control paths if they are served.
pub(super) fn front_page(state: &State, is_controlled: bool) -> Response<String> {
    let mut page = format!(
        "<!DOCTYPE html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Mock of the Google Chat API</title>
<h1>Mock of the Google Chat API</h1>
<p>gchat-filter-mock {}, a server for tests: <a href=\"https://docs.rs/gchat-filter-mock\">manual</a>.</p>
<h2>Methods of spaces.members</h2>
<ul>
<li><code>GET /v1/spaces/{{space}}/members</code> (list)</li>
<li><code>POST /v1/spaces/{{space}}/members</code> (create)</li>
<li><code>GET /v1/spaces/{{space}}/members/{{member}}</code> (get)</li>
<li><code>PATCH /v1/spaces/{{space}}/members/{{member}}</code> (patch)</li>
<li><code>DELETE /v1/spaces/{{space}}/members/{{member}}</code> (delete)</li>
</ul>
<h2>Spaces</h2>
",
        env!("CARGO_PKG_VERSION")
    );
    if state.callers.is_empty() {
        let spaces: Vec<_> = state.space_names().take(MAX_SPACES + 1).collect();
        let items = spaces.iter().take(MAX_SPACES).map(|name| {
            let path = utf8_percent_encode(name, ESCAPED);
            (format!("/v1/{path}/members"), escaped(name))
        });
        list(&mut page, items);
        if spaces.len() > MAX_SPACES {
            page.push_str("<p>These are the first; there are more.</p>\n");
        }
    } else {
        page.push_str("<p>A request needs the token of a caller.</p>\n");
    }
    page.push_str("<h2>Control</h2>\n");
    if is_controlled {
        let controls = ["health", "requests", "seed", "faults", "clock"];
        let items = controls.map(|name| (format!("/__admin/{name}"), name.to_owned()));
        list(&mut page, items.into_iter());
    } else {
        page.push_str("<p>The control paths are not served.</p>\n");
    }
    let mut response = Response::new(page);
    let html = HeaderValue::from_static("text/html; charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

/// Writes a list of links: their address and text.
fn list(page: &mut String, items: impl Iterator<Item = (String, String)>) {
    page.push_str("<ul>\n");
    for (address, text) in items {
        // Writing to a string does not fail.
        let _ = writeln!(page, "<li><a href=\"{address}\">{text}</a></li>");
    }
    page.push_str("</ul>\n");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
