//! HTTP: from a request to the method that it calls, and from the result to a response.

use std::borrow::Borrow;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use gchat_filter::list::{
    ListMembershipsRequest, MembershipMethod, MembershipName, QueryReader, RpcCode, SpaceName,
    Status, SystemParameters, Violation,
};
use gchat_filter::members::{Membership, MembershipState};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};

use super::answer::{self, Listed, json};
use super::body;
use super::call::{Call, Requester, allowed};
use super::control::{self, Control};
use super::fault::Fault;
use super::fault_response;
use super::front_page::{front_page, is_front_page};
use super::identifier::identifier;
use super::incoming::{Incoming, common_method};
use super::logged::logged;
use super::people::without_details;
use super::shared::Shared;
use super::state::{Change, State};

/// Maximum length of a body, in bytes: far more than a membership or a filter needs.
pub(super) const MAX_BODY_LEN: usize = 1 << 20;

/// The error for a body that was not received: the HTTP status, and the error in the response.
pub(super) struct BodyError(StatusCode, Status);

impl BodyError {
    pub(super) fn too_long() -> Self {
        let message = format!("The request body is longer than {MAX_BODY_LEN} bytes.");
        let status = Status::new(RpcCode::InvalidArgument, message);
        Self(StatusCode::PAYLOAD_TOO_LARGE, status)
    }

    pub(super) fn timed_out() -> Self {
        let status = Status::new(
            RpcCode::DeadlineExceeded,
            "The request body did not arrive in time.",
        );
        Self(StatusCode::REQUEST_TIMEOUT, status)
    }

    pub(super) fn incomplete() -> Self {
        let status = Status::new(RpcCode::InvalidArgument, "The request body is incomplete.");
        Self(StatusCode::BAD_REQUEST, status)
    }

    pub(super) fn not_gzip() -> Self {
        let status = Status::new(
            RpcCode::InvalidArgument,
            "The request body is not valid gzip.",
        );
        Self(StatusCode::BAD_REQUEST, status)
    }

    pub(super) fn unknown_encoding() -> Self {
        let status = Status::new(
            RpcCode::InvalidArgument,
            "The content encoding of the request body is not supported: use `gzip` or none.",
        );
        Self(StatusCode::UNSUPPORTED_MEDIA_TYPE, status)
    }

    pub(super) fn is_too_long(&self) -> bool {
        self.0 == StatusCode::PAYLOAD_TOO_LARGE
    }

    fn answer(&self) -> Response<String> {
        let Self(http, status) = self;
        let mut response = json(*http, answer::error_as(http.as_u16(), status, true));
        // The rest of the body would be parsed as the next request.
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
        response
    }
}

/// Answers a request whose body was received, or was not, and logs it. The delay of a fault ends early
/// when the client is gone.
pub(super) async fn handle(
    shared: &Arc<Shared>,
    request: Request<Result<Bytes, BodyError>>,
    start: Instant,
    gone: impl Future<Output = ()>,
    control: Option<&Control>,
) -> Response<String> {
    let (parts, body) = request.into_parts();
    let body = body.and_then(|body| {
        if body.len() > MAX_BODY_LEN {
            Err(BodyError::too_long())
        } else {
            Ok(body)
        }
    });
    let response = match (body, control) {
        (Err(error), _) => error.answer(),
        (Ok(body), Some(control)) if control::is_control(&parts.uri) => {
            control::respond(shared, control, &parts, &body)
        }
        (Ok(_), control) if is_front_page(&parts) => {
            front_page(&shared.read(), control.is_some_and(Control::is_open))
        }
        (Ok(body), control) => {
            let incoming = Incoming::new(&parts, body.clone());
            let is_recorded =
                control.is_some_and(Control::is_open) && incoming.api_method.is_some();
            let response = respond(shared, incoming, gone).await;
            if is_recorded {
                let callers = Arc::clone(&shared.read().callers);
                let time = shared.clock.now();
                shared.requests.add(&parts, &body, &response, callers, time);
            }
            response
        }
    };
    if tracing::enabled!(tracing::Level::INFO) {
        let callers = Arc::clone(&shared.read().callers);
        let (method, path) = logged(&parts, &callers);
        let fault = response.extensions().get::<Arc<Fault>>();
        tracing::info!(
            method = %method,
            path = &*path,
            status = response.status().as_u16(),
            fault = fault.map(tracing::field::display),
            micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
            "request"
        );
    }
    response
}

async fn respond(
    shared: &Arc<Shared>,
    incoming: Incoming,
    gone: impl Future<Output = ()>,
) -> Response<String> {
    let fault = incoming
        .api_method
        .and_then(|method| shared.take_fault(method, &incoming));
    let Some(fault) = fault else {
        return call(shared, incoming, None).await;
    };
    let delay = fault.waiting_time();
    if !delay.is_zero() {
        // If the client is gone, its request is carried out at once.
        let _ = tokio::time::timeout(delay, gone).await;
    }
    let called = if fault.calls_method() {
        Some(call(shared, incoming, fault.page_size).await)
    } else {
        None
    };
    let mut response = fault_response::response(&fault, called);
    response.extensions_mut().insert(Arc::new(fault));
    response
}

/// Calls the method. A page has at most `page_size` members.
async fn call(
    shared: &Arc<Shared>,
    incoming: Incoming,
    page_size: Option<usize>,
) -> Response<String> {
    // Saving a change waits for the disk, which must not block other requests.
    if shared.saves && incoming.method != Method::GET {
        let shared = Arc::clone(shared);
        let task = tokio::task::spawn_blocking(move || shared.respond(&incoming, page_size));
        return task.await.unwrap_or_else(|_| {
            let message = "The server failed to process the request.";
            failure(&Status::new(RpcCode::Internal, message), true)
        });
    }
    shared.respond(&incoming, page_size)
}

impl Shared {
    /// Returns the first fault that affects a request.
    fn take_fault(&self, method: MembershipMethod, incoming: &Incoming) -> Option<Fault> {
        let mut faults = self.faults();
        if faults.is_empty() {
            return None;
        }
        let path = &incoming.resource;
        faults
            .iter_mut()
            .find_map(|fault| fault.take(method, path).then(|| fault.clone()))
    }

    fn respond(&self, incoming: &Incoming, page_size: Option<usize>) -> Response<String> {
        match self.answer(incoming, page_size) {
            Ok(body) => json(StatusCode::OK, body),
            Err(status) => {
                let status = self.read().callers.redact(status);
                failure(&status, incoming.system().pretty_print)
            }
        }
    }

    /// Returns the body of a successful response.
    fn answer(&self, incoming: &Incoming, page_size: Option<usize>) -> Result<String, Status> {
        match incoming.api_method {
            Some(MembershipMethod::List) => self.list(incoming, page_size),
            Some(MembershipMethod::Create) => self.create(incoming),
            Some(method) => self.one(incoming, method),
            None => {
                let method = common_method(incoming.method.as_str());
                let method = method.unwrap_or("this HTTP method");
                let message = format!("spaces.members has no method for {method} at this path.");
                Err(Status::new(RpcCode::NotFound, message))
            }
        }
    }

    fn list(&self, incoming: &Incoming, page_size: Option<usize>) -> Result<String, Status> {
        let state = self.read();
        let who = identify(&state, incoming)?;
        incoming.check_no_body()?;
        let parent = incoming.parent();
        let (request, system) = ListMembershipsRequest::from_query(parent, &incoming.query)?;
        answer::check_page_fields(&system)?;
        let call = Call::new(
            &state,
            &who,
            MembershipMethod::List,
            request.use_admin_access,
        )?;
        let request = request.check_on_server(&state.tokens)?;
        request.authorize(&who.caller)?;
        let space = call.space(request.parent(), false)?;
        if !call.has_permission(space, space.view_members) {
            // An app gets an empty list, a user an error (documented).
            allowed(who.is_app())?;
            return Ok(answer::page(&[], None, &system));
        }
        let selects = |member: &_| request.selects(member, who.caller.authentication);
        let mut page = request.page_of(space.members.after(request.start_after(), selects));
        if let Some(size) = page_size
            && size < page.memberships.len()
        {
            page.memberships.truncate(size);
            let last = page.memberships.last().map(|listed| {
                let membership: &Membership = (**listed).borrow();
                identifier(&membership.name)
            });
            let last = last.or(request.start_after()).unwrap_or_default();
            page.next_page_token = Some(request.next_page_token(last));
        }
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

    fn create(&self, incoming: &Incoming) -> Result<String, Status> {
        self.change(incoming, MembershipMethod::Create, |call, _| {
            let body = body::membership(incoming.json_body()?)?;
            let parent = SpaceName::parse(incoming.parent())
                .map_err(|error| Violation::new("parent", error))?;
            let now = format!("{:.6}", self.clock.now());
            call.create(&parent, &body, now)
        })
    }

    /// Handles the methods of one membership.
    fn one(&self, incoming: &Incoming, method: MembershipMethod) -> Result<String, Status> {
        let name = || {
            MembershipName::parse(&incoming.resource)
                .map_err(|error| Status::from(Violation::new("name", error)))
        };
        match method {
            MembershipMethod::Delete => {
                self.change(incoming, method, |call, _| call.delete(&name()?))
            }
            MembershipMethod::Patch => self.change(incoming, method, |call, update_mask| {
                let body = body::membership(incoming.json_body()?)?;
                call.patch(&name()?, update_mask, &body)
            }),
            _ => {
                let state = self.read();
                let who = identify(&state, incoming)?;
                incoming.check_no_body()?;
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
            let who = identify(&state, incoming)?;
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
        self.write().apply(change);
        Ok(answer::membership(&membership, &query.system))
    }
}

fn identify(state: &State, incoming: &Incoming) -> Result<Requester, Status> {
    let token = incoming.token.as_deref();
    Requester::identify(state, token, || incoming.system())
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

fn failure(status: &Status, pretty_print: bool) -> Response<String> {
    let mut response = json(
        answer::http_status(status.code),
        answer::error(status, pretty_print),
    );
    if status.code == RpcCode::Unauthenticated {
        let challenge = HeaderValue::from_static(r#"Bearer realm="gchat-filter""#);
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
