//! HTTP: which method a request means, who makes it, and the answer's form.
//!
//! # Choices
//!
//! - A body over 1 MiB is 413 `INVALID_ARGUMENT`, at once if its length is announced; one that is
//!   not there in time is 408 `DEADLINE_EXCEEDED`. The connection is closed then.
//! - HEAD is GET without the body. `x-http-method-override` counts with POST only, in any case.
//! - The log has a path of the API's form, with identifiers or e-mail addresses in it, as it was
//!   sent; any other is `(other)`, and so is one with a caller's token in it, and a method that
//!   HTTP's clients do not commonly send.

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

use super::answer;
use super::body;
use super::callers::Callers;
use super::fault::{self, Fault};
use super::methods::Call;
use super::state::{Change, State};
use super::store::Store;
use crate::list::query::{self, QueryReader};
use crate::list::{
    Code, ListMembershipsRequest, MembershipName, Method, PageTokens, SpaceName, Status,
    SystemParameters, Violation, Violations,
};
use crate::{Membership, MembershipState};

/// How long a body may be, in bytes: far more than a membership or a filter takes.
const LONGEST_BODY: usize = 1 << 20;

/// How long an identifier in a path may be to be logged.
const LONGEST_LOGGED: usize = 100;

/// What all requests share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) state: RwLock<State>,
    /// Held while a change is judged, saved and made, so that changes come one after the other.
    /// Who reads waits only while it is made, not while it is saved.
    pub(super) store: Mutex<Option<Store>>,
    /// Whether there is a store: then a change waits for the disk.
    pub(super) saves: bool,
    pub(super) tokens: PageTokens,
    pub(super) callers: Callers,
    pub(super) faults: Vec<Fault>,
}

/// The router: one handler, for the paths that clients send are not all of one form.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(handle).with_state(shared)
}

/// What a server tells the handler of the connections that it serves; a router that is embedded
/// elsewhere knows nothing of it.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    body_timeout: Duration,
    /// How many requests are there as a whole and not answered yet.
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

/// A request that is being answered, counted while it is.
struct Answering(Arc<AtomicUsize>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A body that does not arrive: the HTTP status, and what it says.
struct BadBody(StatusCode, Status);

impl BadBody {
    fn too_long() -> Self {
        let message = format!("The request's body is longer than {LONGEST_BODY} bytes.");
        let status = Status::new(Code::InvalidArgument, message);
        Self(StatusCode::PAYLOAD_TOO_LARGE, status)
    }

    fn late() -> Self {
        let status = Status::new(
            Code::DeadlineExceeded,
            "The request's body did not arrive in time.",
        );
        Self(StatusCode::REQUEST_TIMEOUT, status)
    }

    fn cut() -> Self {
        let status = Status::new(Code::InvalidArgument, "The request's body is cut.");
        Self(StatusCode::BAD_REQUEST, status)
    }

    fn answer(&self) -> Response {
        let Self(http, status) = self;
        let mut response = json(*http, answer::error_as(http.as_u16(), status, true));
        // What is left of the body would be taken for the next request.
        let close = header::HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
        response
    }
}

/// The whole body. One whose announced length is over the limit is not waited for.
async fn whole(parts: &Parts, body: Body) -> Result<Bytes, BadBody> {
    let announced = parts.headers.get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > LONGEST_BODY as u64) {
        return Err(BadBody::too_long());
    }
    let body = axum::body::to_bytes(body, LONGEST_BODY);
    let body = match parts.extensions.get::<Connection>() {
        None => body.await,
        Some(connection) => tokio::time::timeout(connection.body_timeout, body)
            .await
            .map_err(|_| BadBody::late())?,
    };
    body.map_err(|error| {
        // The error's type is that of a crate which axum does not show.
        let cause = error.source().map(ToString::to_string);
        if cause.is_some_and(|cause| cause.contains("length limit exceeded")) {
            BadBody::too_long()
        } else {
            BadBody::cut()
        }
    })
}

/// A request, as far as it counts here.
struct Incoming {
    method: axum::http::Method,
    /// The segments behind `v1`, decoded; `None` if they are not UTF-8 or there is no `v1`.
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
            // The body is left out where the answer is sent.
            incoming.method = axum::http::Method::GET;
        }
        let overridden = parts.headers.get("x-http-method-override");
        let overridden = overridden.and_then(|name| {
            axum::http::Method::try_from(&*name.as_bytes().to_ascii_uppercase()).ok()
        });
        if let Some(method) = overridden.filter(|_| incoming.method == axum::http::Method::POST) {
            incoming.method = method;
            if incoming.method == axum::http::Method::GET {
                // The query was too long for a URL: it is the body.
                let form = String::from_utf8_lossy(&incoming.body);
                incoming.query = [&*incoming.query, form.trim()].join("&");
            }
        }
        incoming
    }

    /// The resource's path, as faults know it.
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

/// The segments behind `v1`. A base URL with a slash at its end gives `//v1/…`.
fn segments(path: &str) -> Option<Vec<String>> {
    let mut segments = path.trim_start_matches('/').split('/');
    if segments.next() != Some("v1") {
        return None;
    }
    let decode = |segment| Some(query::decode(segment, false)?.into_owned());
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
    let response = match whole(&parts, body).await {
        Ok(body) => {
            let connection = parts.extensions.get::<Connection>();
            let _answering = connection.map(Connection::begin);
            respond(Arc::clone(&shared), Incoming::new(&parts, body)).await
        }
        Err(bad) => bad.answer(),
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

/// A verb, if HTTP's clients commonly send it; any other may be a token, by mistake.
fn usual(verb: &str) -> Option<&str> {
    let is_usual = matches!(
        verb,
        "GET" | "HEAD" | "POST" | "PATCH" | "DELETE" | "PUT" | "OPTIONS"
    );
    is_usual.then_some(verb)
}

/// The method and the path as the log has them. The query is left out, for it may hold tokens, and
/// so is whatever is not of the API's form: a token may have got there by mistake.
fn logged<'p>(parts: &'p Parts, callers: &Callers) -> (&'p str, &'p str) {
    const OTHER: &str = "(other)";
    let method = usual(parts.method.as_str()).unwrap_or(OTHER);
    // As in identifiers and e-mail addresses, of which `@` and `+` may be encoded.
    let is_identifier = |text: &str| {
        let text = text.replace("%40", "@").replace("%2B", "+");
        let is_good = |c: char| c.is_ascii_alphanumeric() || "-_.+@".contains(c);
        (1..=LONGEST_LOGGED).contains(&text.len())
            && text.chars().all(is_good)
            && !callers.is_token(&text)
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
    // A change that is saved waits for the disk, where nobody else waits behind it.
    if shared.saves && incoming.method != axum::http::Method::GET {
        let task = tokio::task::spawn_blocking(move || shared.respond(&incoming));
        return task.await.unwrap_or_else(|_| {
            failure(
                &Status::new(Code::Internal, "The request broke the server."),
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
            Err(status) => failure(&status, incoming.system().pretty_print),
        }
    }

    /// The body of a good answer.
    fn answer(&self, incoming: &Incoming) -> Result<String, Status> {
        let path: Vec<&str> = incoming.path.iter().flatten().map(String::as_str).collect();
        match (incoming.method.as_str(), path.as_slice()) {
            ("GET", ["spaces", space, "members"]) => self.list(incoming, space),
            ("POST", ["spaces", space, "members"]) => self.create(incoming, space),
            ("GET", ["spaces", _, "members", _]) => self.one(incoming, Method::Get),
            ("DELETE", ["spaces", _, "members", _]) => self.one(incoming, Method::Delete),
            ("PATCH", ["spaces", _, "members", _]) => self.one(incoming, Method::Patch),
            (method, _) => {
                let verb = usual(method).unwrap_or("this verb");
                let message =
                    format!("There is no method of spaces.members for {verb} at this path.");
                Err(Status::new(Code::NotFound, message))
            }
        }
    }

    fn list(&self, incoming: &Incoming, space: &str) -> Result<String, Status> {
        let state = self.read();
        let who = self
            .callers
            .of(&state, incoming.token.as_deref(), || incoming.system())?;
        let parent = format!("spaces/{space}");
        let (request, system) = ListMembershipsRequest::from_query(parent, &incoming.query)?;
        answer::check_page_fields(&system)?;
        let call = Call::new(&state, &who, Method::List, request.use_admin_access)?;
        let request = request.check_on_server(&self.tokens)?;
        request.authorize(&who.caller)?;
        let space = call.space(&request.parent, false)?;
        let page = request.page(&space.members, who.caller.authentication, &self.tokens);
        let token = page.next_page_token.as_deref();
        Ok(answer::page(&page.memberships, token, &system))
    }

    fn create(&self, incoming: &Incoming, space: &str) -> Result<String, Status> {
        self.change(incoming, Method::Create, |call, _| {
            let body = body::membership(&incoming.body)?;
            let parent = SpaceName::parse(&format!("spaces/{space}"))
                .map_err(|error| Violation::new("parent", error))?;
            let now = format!("{:.6}", jiff::Timestamp::now());
            call.create(&parent, &body, now)
        })
    }

    /// The methods of one membership.
    fn one(&self, incoming: &Incoming, method: Method) -> Result<String, Status> {
        let name = || {
            MembershipName::parse(&incoming.resource())
                .map_err(|error| Status::from(Violation::new("name", error)))
        };
        match method {
            Method::Delete => self.change(incoming, method, |call, _| call.delete(&name()?)),
            Method::Patch => self.change(incoming, method, |call, update_mask| {
                let body = body::membership(&incoming.body)?;
                call.patch(&name()?, update_mask, &body)
            }),
            _ => {
                let state = self.read();
                let who = self
                    .callers
                    .of(&state, incoming.token.as_deref(), || incoming.system())?;
                let query = Query::read(incoming, method)?;
                let call = Call::new(&state, &who, method, query.admin)?;
                let membership = call.get(&name()?)?;
                Ok(answer::membership(&membership, &query.system))
            }
        }
    }

    /// Judges a change, saves it, makes it, and answers what is there now.
    fn change(
        &self,
        incoming: &Incoming,
        method: Method,
        judge: impl FnOnce(&Call<'_>, &str) -> Result<Change, Status>,
    ) -> Result<String, Status> {
        let store = self.lock();
        let (query, change) = {
            let state = self.read();
            let who = self
                .callers
                .of(&state, incoming.token.as_deref(), || incoming.system())?;
            let query = Query::read(incoming, method)?;
            let call = Call::new(&state, &who, method, query.admin)?;
            let change = judge(&call, &query.update_mask)?;
            (query, change)
        };
        if let Some(store) = &*store {
            store.save(&change).map_err(|error| {
                tracing::error!(%error, "a change could not be saved");
                Status::new(
                    Code::Internal,
                    format!("The change could not be saved: {error}"),
                )
            })?;
        }
        let membership = match &change {
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

    // Nothing here panics while it changes something, so a poisoned lock guards what is whole.

    fn read(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Store>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The query of a method other than list.
struct Query {
    system: SystemParameters,
    admin: bool,
    update_mask: String,
}

impl Query {
    fn read(incoming: &Incoming, method: Method) -> Result<Self, Status> {
        let mut reader = QueryReader::new(&incoming.query);
        let system = reader.take_system();
        let admin = reader.take_bool("useAdminAccess").unwrap_or_default();
        let mask = if method == Method::Patch {
            reader.take("updateMask")
        } else {
            None
        };
        let update_mask = mask.unwrap_or_default().into_owned();
        let violations = reader.finish();
        if !violations.is_empty() {
            return Err(Violations::of(violations).into());
        }
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
    if status.code == Code::Unauthenticated {
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
