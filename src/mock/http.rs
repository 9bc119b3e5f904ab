//! HTTP: from a request to the method that it calls, and from the result to a response.

use std::borrow::Borrow;
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{self, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use percent_encoding::percent_decode_str;

use super::answer::{self, Listed};
use super::body;
use super::call::{Call, Requester, allowed};
use super::callers::Callers;
use super::fault::{self, Fault};
use super::people::without_details;
use super::state::{Change, State};
use super::store::Store;
use crate::list::{
    ListMembershipsRequest, MembershipMethod, MembershipName, PageTokens, QueryReader, RpcCode,
    SpaceName, Status, SystemParameters, Violation,
};
use crate::members::{Membership, MembershipState};

/// Maximum length of a body, in bytes: far more than a membership or a filter needs.
const MAX_BODY_LEN: usize = 1 << 20;

/// Maximum length of an identifier in a logged path, in bytes.
const MAX_LOGGED_LEN: usize = 100;

/// State that all requests share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) state: RwLock<State>,
    /// Locked while a change is checked, saved and applied, so that changes are made one at a time.
    /// Reads only wait while it is applied, not while it is saved.
    pub(super) store: Mutex<Option<Store>>,
    /// Whether there is a store, so that a change waits for the disk.
    pub(super) saves: bool,
    pub(super) tokens: PageTokens,
    pub(super) callers: Callers,
    pub(super) faults: Vec<Fault>,
}

/// Returns the router. It has one handler, because clients spell paths in several forms.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(handle).with_state(shared)
}

/// State that a server shares with its request handler. An embedded router does not have it.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    body_timeout: Duration,
    /// Number of requests that were received completely and have no response yet.
    answering: Arc<AtomicUsize>,
}

impl Connection {
    pub(super) fn new(body_timeout: Duration) -> Self {
        Self {
            body_timeout,
            answering: Arc::default(),
        }
    }

    pub(super) fn is_answering(&self) -> bool {
        self.answering.load(Ordering::Relaxed) > 0
    }

    fn begin(&self) -> Answering {
        self.answering.fetch_add(1, Ordering::Relaxed);
        Answering(Arc::clone(&self.answering))
    }
}

/// Guard that counts a request as in progress until it is dropped.
struct Answering(Arc<AtomicUsize>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The error for a body that cannot be received: the HTTP status, and the error in the response.
struct BodyError(StatusCode, Status);

impl BodyError {
    fn too_long() -> Self {
        let message = format!("The request body is longer than {MAX_BODY_LEN} bytes.");
        let status = Status::new(RpcCode::InvalidArgument, message);
        Self(StatusCode::PAYLOAD_TOO_LARGE, status)
    }

    fn timed_out() -> Self {
        let status = Status::new(
            RpcCode::DeadlineExceeded,
            "The request body did not arrive in time.",
        );
        Self(StatusCode::REQUEST_TIMEOUT, status)
    }

    fn incomplete() -> Self {
        let status = Status::new(RpcCode::InvalidArgument, "The request body is incomplete.");
        Self(StatusCode::BAD_REQUEST, status)
    }

    fn answer(&self) -> Response {
        let Self(http, status) = self;
        let mut response = json(*http, answer::error_as(http.as_u16(), status, true));
        // The rest of the body would be parsed as the next request.
        let close = header::HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
        response
    }
}

/// Receives the body, unless its announced length is over the limit.
async fn read_body(parts: &Parts, body: Body) -> Result<Bytes, BodyError> {
    let announced = parts.headers.get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_BODY_LEN as u64) {
        return Err(BodyError::too_long());
    }
    let body = axum::body::to_bytes(body, MAX_BODY_LEN);
    let body = match parts.extensions.get::<Connection>() {
        None => body.await,
        Some(connection) => tokio::time::timeout(connection.body_timeout, body)
            .await
            .map_err(|_| BodyError::timed_out())?,
    };
    body.map_err(|error| {
        // The type of the error is from a crate that axum does not re-export.
        let cause = error.source().map(ToString::to_string);
        if cause.is_some_and(|cause| cause.contains("length limit exceeded")) {
            BodyError::too_long()
        } else {
            BodyError::incomplete()
        }
    })
}

/// The relevant parts of a request.
struct Incoming {
    method: axum::http::Method,
    /// Decoded segments after `v1`; `None` if they are not UTF-8 or there is no `v1`.
    path: Option<Vec<String>>,
    query: String,
    token: Option<String>,
    body: Bytes,
}

impl Incoming {
    fn new(parts: &Parts, body: Bytes) -> Self {
        let mut incoming = Self {
            method: parts.method.clone(),
            path: segments(parts.uri.path()),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            token: bearer(&parts.headers),
            body,
        };
        if incoming.method == axum::http::Method::HEAD {
            // hyper omits the body of the response.
            incoming.method = axum::http::Method::GET;
        }
        let overridden = parts.headers.get("x-http-method-override");
        let overridden = overridden.and_then(|name| {
            axum::http::Method::try_from(&*name.as_bytes().to_ascii_uppercase()).ok()
        });
        if let Some(method) = overridden.filter(|_| incoming.method == axum::http::Method::POST) {
            incoming.method = method;
            if incoming.method == axum::http::Method::GET {
                // The query was too long for a URL, so it is in the body.
                let form = String::from_utf8_lossy(&incoming.body);
                incoming.query = [&*incoming.query, form.trim()].join("&");
            }
        }
        incoming
    }

    /// Returns the path of the resource, as in names and in faults.
    fn resource(&self) -> String {
        self.path
            .as_ref()
            .map(|path| path.join("/"))
            .unwrap_or_default()
    }

    fn system(&self) -> SystemParameters {
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

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

async fn handle(extract::State(shared): extract::State<Arc<Shared>>, request: Request) -> Response {
    let start = Instant::now();
    let (parts, body) = request.into_parts();
    let response = match read_body(&parts, body).await {
        Ok(body) => {
            let connection = parts.extensions.get::<Connection>();
            let _answering = connection.map(Connection::begin);
            respond(Arc::clone(&shared), Incoming::new(&parts, body)).await
        }
        Err(error) => error.answer(),
    };
    let (method, path) = logged(&parts, &shared.callers);
    tracing::info!(
        method = %method,
        path,
        status = response.status().as_u16(),
        micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
        "request"
    );
    response
}

/// Returns the HTTP method if it is a common one. Any other may be a token, sent by mistake.
fn common_method(method: &str) -> Option<&str> {
    let is_common = matches!(
        method,
        "GET" | "HEAD" | "POST" | "PATCH" | "DELETE" | "PUT" | "OPTIONS"
    );
    is_common.then_some(method)
}

/// Returns the method and the path for the log. The query is omitted because it may contain a token.
/// A path that the API does not have is omitted too: it may contain a token by mistake.
fn logged<'p>(parts: &'p Parts, callers: &Callers) -> (&'p str, &'p str) {
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
        ["v1", "spaces", space, "members", member] => is_identifier(space) && is_identifier(member),
        _ => false,
    };
    (method, if is_known { path } else { OTHER })
}

async fn respond(shared: Arc<Shared>, incoming: Incoming) -> Response {
    if !shared.faults.is_empty()
        && let Some(effect) = fault::effect(&shared.faults, &incoming.resource())
    {
        if !effect.delay.is_zero() {
            tokio::time::sleep(effect.delay).await;
        }
        if let Some((http, body)) = effect.error {
            return json(StatusCode::from_u16(http).unwrap_or_default(), body);
        }
    }
    // Saving a change waits for the disk, which must not block other requests.
    if shared.saves && incoming.method != axum::http::Method::GET {
        let task = tokio::task::spawn_blocking(move || shared.respond(&incoming));
        return task.await.unwrap_or_else(|_| {
            failure(
                &Status::new(
                    RpcCode::Internal,
                    "The server failed to process the request.",
                ),
                true,
            )
        });
    }
    shared.respond(&incoming)
}

impl Shared {
    fn respond(&self, incoming: &Incoming) -> Response {
        match self.answer(incoming) {
            Ok(body) => json(StatusCode::OK, body),
            Err(status) => {
                let status = self.callers.redact(status);
                failure(&status, incoming.system().pretty_print)
            }
        }
    }

    /// Returns the body of a successful response.
    fn answer(&self, incoming: &Incoming) -> Result<String, Status> {
        let path: Vec<&str> = incoming.path.iter().flatten().map(String::as_str).collect();
        match (incoming.method.as_str(), path.as_slice()) {
            ("GET", ["spaces", space, "members"]) => self.list(incoming, space),
            ("POST", ["spaces", space, "members"]) => self.create(incoming, space),
            ("GET", ["spaces", _, "members", _]) => self.one(incoming, MembershipMethod::Get),
            ("DELETE", ["spaces", _, "members", _]) => self.one(incoming, MembershipMethod::Delete),
            ("PATCH", ["spaces", _, "members", _]) => self.one(incoming, MembershipMethod::Patch),
            (method, _) => {
                let method = common_method(method).unwrap_or("this HTTP method");
                let message = format!("spaces.members has no method for {method} at this path.");
                Err(Status::new(RpcCode::NotFound, message))
            }
        }
    }

    fn identify(&self, state: &State, incoming: &Incoming) -> Result<Requester, Status> {
        let token = incoming.token.as_deref();
        self.callers.identify(state, token, || incoming.system())
    }

    fn list(&self, incoming: &Incoming, space: &str) -> Result<String, Status> {
        let state = self.read();
        let who = self.identify(&state, incoming)?;
        let parent = format!("spaces/{space}");
        let (request, system) = ListMembershipsRequest::from_query(parent, &incoming.query)?;
        answer::check_page_fields(&system)?;
        let call = Call::new(
            &state,
            &who,
            MembershipMethod::List,
            request.use_admin_access,
        )?;
        let request = request.check_on_server(&self.tokens)?;
        request.authorize(&who.caller)?;
        let space = call.space(request.parent(), false)?;
        if !call.has_permission(space, space.view_members) {
            // An app gets an empty list, a user an error (documented).
            allowed(who.is_app())?;
            return Ok(answer::page(&[], None, &system));
        }
        let selects = |member: &_| request.selects(member, who.caller.authentication);
        let page = request.page_of(space.members.after(request.start_after(), selects));
        let token = page.next_page_token.as_deref();
        if call.misses_details() {
            let memberships = page.memberships.iter().map(|listed| (**listed).borrow());
            let memberships: Vec<Listed> =
                memberships.map(without_details).map(Listed::from).collect();
            let memberships: Vec<&Listed> = memberships.iter().collect();
            return Ok(answer::page(&memberships, token, &system));
        }
        Ok(answer::page(&page.memberships, token, &system))
    }

    fn create(&self, incoming: &Incoming, space: &str) -> Result<String, Status> {
        self.change(incoming, MembershipMethod::Create, |call, _| {
            let body = body::membership(&incoming.body)?;
            let parent = SpaceName::parse(&format!("spaces/{space}"))
                .map_err(|error| Violation::new("parent", error))?;
            let now = format!("{:.6}", jiff::Timestamp::now());
            call.create(&parent, &body, now)
        })
    }

    /// Handles the methods of one membership.
    fn one(&self, incoming: &Incoming, method: MembershipMethod) -> Result<String, Status> {
        let name = || {
            MembershipName::parse(&incoming.resource())
                .map_err(|error| Status::from(Violation::new("name", error)))
        };
        match method {
            MembershipMethod::Delete => {
                self.change(incoming, method, |call, _| call.delete(&name()?))
            }
            MembershipMethod::Patch => self.change(incoming, method, |call, update_mask| {
                let body = body::membership(&incoming.body)?;
                call.patch(&name()?, update_mask, &body)
            }),
            _ => {
                let state = self.read();
                let who = self.identify(&state, incoming)?;
                let query = Query::read(incoming, method)?;
                let call = Call::new(&state, &who, method, query.admin)?;
                let mut membership = call.get(&name()?)?;
                if call.misses_details() {
                    membership = without_details(&membership);
                }
                Ok(answer::membership(&membership, &query.system))
            }
        }
    }

    /// Checks a change, saves it, applies it, and returns the body with the new membership.
    fn change(
        &self,
        incoming: &Incoming,
        method: MembershipMethod,
        check: impl FnOnce(&Call<'_>, &str) -> Result<Change, Status>,
    ) -> Result<String, Status> {
        let mut store = self.lock();
        let (query, change, misses_details) = {
            let state = self.read();
            let who = self.identify(&state, incoming)?;
            let query = Query::read(incoming, method)?;
            let call = Call::new(&state, &who, method, query.admin)?;
            let change = check(&call, &query.update_mask)?;
            (query, change, call.misses_details())
        };
        if let Some(store) = &mut *store {
            store.save(&change).map_err(|error| {
                tracing::error!(%error, "failed to save a change");
                Status::new(
                    RpcCode::Internal,
                    format!("The change could not be saved: {error}"),
                )
            })?;
        }
        let membership = match &change {
            Change::Put(membership) if misses_details => without_details(membership),
            Change::Put(membership) => (**membership).clone(),
            Change::Remove(name) => Membership {
                name: name.clone(),
                state: MembershipState::NotAMember,
                ..Membership::default()
            },
        };
        self.state
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .apply(change);
        Ok(answer::membership(&membership, &query.system))
    }

    // Nothing panics in the middle of a change, so the data of a poisoned lock is consistent.

    fn read(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Store>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Query of a method other than list.
struct Query {
    system: SystemParameters,
    admin: bool,
    update_mask: String,
}

impl Query {
    fn read(incoming: &Incoming, method: MembershipMethod) -> Result<Self, Status> {
        let mut reader = QueryReader::new(&incoming.query);
        let system = reader.take_system();
        let admin = reader.take_bool("useAdminAccess").unwrap_or(false);
        let mask = if method == MembershipMethod::Patch {
            reader.take("updateMask")
        } else {
            None
        };
        let update_mask = mask.unwrap_or_default().into_owned();
        reader.finish()?;
        answer::check_membership_fields(&system)?;
        Ok(Self {
            system,
            admin,
            update_mask,
        })
    }
}

fn failure(status: &Status, pretty_print: bool) -> Response {
    let http = StatusCode::from_u16(status.code.http()).unwrap_or_default();
    let mut response = json(http, answer::error(status, pretty_print));
    if status.code == RpcCode::Unauthenticated {
        let challenge = header::HeaderValue::from_static(r#"Bearer realm="gchat-filter""#);
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

fn json(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = header::HeaderValue::from_static("application/json; charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
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
            let request = axum::http::Request::builder()
                .method(method)
                .uri(path)
                .header("authorization", format!("Bearer {token}"));
            let (parts, ()) = request.body(()).unwrap().into_parts();
            let expected = if shown { path } else { "(other)" };
            assert_eq!(logged(&parts, &callers), (method, expected), "{path}");
        }
        let request = axum::http::Request::builder().method("SECRET");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        assert_eq!(logged(&parts, &callers), ("(other)", "(other)"));
    }
}
