//! Requests as they arrive: their path, query, token and body.

use std::borrow::Cow;

use bytes::Bytes;
use gchat_filter::diagnostic::quoted;
use gchat_filter::list::{MembershipMethod, QueryReader, RpcCode, Status, SystemParameters};
use http::request::Parts;
use http::{HeaderMap, Method, header};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, percent_encode};

/// Maximum length of a media type in an error, in characters.
const MAX_MEDIA_TYPE_LEN: usize = 100;

/// The relevant parts of a request.
pub(super) struct Incoming {
    pub(super) method: Method,
    /// The method of the API that the request calls, if any.
    pub(super) api_method: Option<MembershipMethod>,
    /// The decoded path after `v1`, as in names and in faults; empty if there is none.
    pub(super) resource: String,
    pub(super) query: String,
    pub(super) token: Option<String>,
    /// Empty if the query was in the body.
    pub(super) body: Bytes,
    /// The media type of the body, without parameters, if it was sent.
    media_type: Option<String>,
}

impl Incoming {
    pub(super) fn new(parts: &Parts, body: Bytes) -> Self {
        let path = segments(parts.uri.path()).unwrap_or_default();
        let mut incoming = Self {
            method: parts.method.clone(),
            api_method: None,
            resource: path.join("/"),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            token: token(&parts.headers),
            body,
            media_type: media_type(&parts.headers),
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
                incoming.body = Bytes::new();
            }
        }
        if let Some(mask) = parts.headers.get("x-goog-fieldmask")
            && !has_field_mask(&incoming.query)
        {
            let mask = percent_encode(mask.as_bytes(), NON_ALPHANUMERIC);
            incoming.query = format!("{}&fields={mask}", incoming.query);
        }
        incoming.api_method = api_method(&incoming.method, &path);
        incoming
    }

    /// Returns the name of the space in the path of list and create.
    pub(super) fn parent(&self) -> &str {
        let resource = &self.resource;
        resource.strip_suffix("/members").unwrap_or(resource)
    }

    /// Checks that there is no body.
    ///
    /// # Errors
    ///
    /// 400, as in Google's services, for methods whose request is in the query alone.
    pub(super) fn check_no_body(&self) -> Result<(), Status> {
        if self.body.is_empty() {
            return Ok(());
        }
        let message = "The request body must be empty.";
        Err(Status::new(RpcCode::InvalidArgument, message))
    }

    /// Returns the body, which must be JSON.
    ///
    /// # Errors
    ///
    /// 400 for another media type.
    pub(super) fn json_body(&self) -> Result<&[u8], Status> {
        let is_json = |name: &str| {
            name == "application/json" || name == "text/json" || name.ends_with("+json")
        };
        match &self.media_type {
            Some(name) if !self.body.is_empty() && !is_json(&name.to_ascii_lowercase()) => {
                let name = quoted(name);
                let message = format!(
                    "The content type of the request body must be `application/json`, found {name}."
                );
                Err(Status::new(RpcCode::InvalidArgument, message))
            }
            _ => Ok(&self.body),
        }
    }

    pub(super) fn system(&self) -> SystemParameters {
        QueryReader::new(&self.query).take_system()
    }
}

/// Returns the media type of the body, without parameters and up to a length.
fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = String::from_utf8_lossy(headers.get(header::CONTENT_TYPE)?.as_bytes());
    let name = value.split(';').next().unwrap_or_default().trim();
    Some(name.chars().take(MAX_MEDIA_TYPE_LEN).collect())
}

/// Returns whether a query has a field mask, which has priority over that in a header.
fn has_field_mask(query: &str) -> bool {
    let names = query.split('&').filter_map(|pair| pair.split('=').next());
    let mut names = names.map(|name| percent_decode_str(name).decode_utf8_lossy());
    names.any(|name| name == "fields" || name == "$fields")
}

/// Returns the method of the API that an HTTP method and a path call, if any.
fn api_method(method: &Method, path: &[Cow<'_, str>]) -> Option<MembershipMethod> {
    let is_one = match path {
        [spaces, _, members] if spaces == "spaces" && members == "members" => false,
        // Not with a trailing slash.
        [spaces, _, members, member]
            if spaces == "spaces" && members == "members" && !member.is_empty() =>
        {
            true
        }
        _ => return None,
    };
    match (method.as_str(), is_one) {
        ("GET", false) => Some(MembershipMethod::List),
        ("POST", false) => Some(MembershipMethod::Create),
        ("GET", true) => Some(MembershipMethod::Get),
        ("DELETE", true) => Some(MembershipMethod::Delete),
        ("PATCH", true) => Some(MembershipMethod::Patch),
        _ => None,
    }
}

/// Returns the decoded segments after `v1`; `None` if they are not UTF-8 or there is no `v1`. A base URL
/// with a trailing slash makes it `//v1/…`.
fn segments(path: &str) -> Option<Vec<Cow<'_, str>>> {
    let mut segments = path.trim_start_matches('/').split('/');
    if segments.next() != Some("v1") {
        return None;
    }
    segments
        .map(|segment| percent_decode_str(segment).decode_utf8().ok())
        .collect()
}

/// Returns the token in the `Authorization` header.
pub(super) fn token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    bearer(value).map(str::to_owned)
}

/// Returns the token in the value of an `Authorization` header.
pub(super) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// Returns the HTTP method if it is a common one. Any other may be a token, sent by mistake.
pub(super) fn common_method(method: &str) -> Option<&str> {
    let is_common = matches!(
        method,
        "GET" | "HEAD" | "POST" | "PATCH" | "DELETE" | "PUT" | "OPTIONS"
    );
    is_common.then_some(method)
}
