//! HTTP: from a request to the method that it calls, and from the result to a response.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use gchat_filter::list::{
    ListMembershipsRequest, MembershipMethod, QueryReader, RpcCode, Status, SystemParameters,
};
use gchat_filter::members::Membership;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use serde_json::{Value, json};

use super::answer::{self, Listed, json};
use super::body;
use super::call::Requester;
use super::control::{self, Control};
use super::dispatch::{self, ApiRequest, FaultError, Parameters};
use super::fault::Fault;
use super::front_page::{front_page, is_front_page};
use super::incoming::{Incoming, common_method};
use super::logged::logged;
use super::shared::Shared;
use super::state::State;

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

    /// Returns the code over gRPC, and the message.
    #[cfg(feature = "grpc")]
    pub(super) fn for_rpc(&self) -> (RpcCode, &str) {
        let code = if self.is_too_long() {
            RpcCode::ResourceExhausted
        } else {
            self.1.code
        };
        (code, &self.1.message)
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
    let body = body.and_then(check_length);
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
            if let Some(method) = incoming.api_method {
                let response = dispatch::respond(shared, method, incoming, gone).await;
                if control.is_some_and(Control::is_open) {
                    record(shared, &parts, &body, &response);
                }
                response
            } else {
                no_method(&incoming)
            }
        }
    };
    log(shared, &parts, &response, start);
    response
}

/// Checks the length of a body that this crate's server did not receive.
pub(super) fn check_length(body: Bytes) -> Result<Bytes, BodyError> {
    if body.len() > MAX_BODY_LEN {
        Err(BodyError::too_long())
    } else {
        Ok(body)
    }
}

/// Records a request of a method.
pub(super) fn record<B>(shared: &Shared, parts: &Parts, body: &Bytes, response: &Response<B>) {
    let callers = Arc::clone(&shared.read().callers);
    let time = shared.clock.now();
    shared.requests.add(parts, body, response, callers, time);
}

/// Logs a request.
pub(super) fn log<B>(shared: &Shared, parts: &Parts, response: &Response<B>, start: Instant) {
    if tracing::enabled!(tracing::Level::INFO) {
        let callers = Arc::clone(&shared.read().callers);
        let (method, path) = logged(parts, &callers);
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
}

impl ApiRequest for Incoming {
    type Form = SystemParameters;
    type Body = String;

    fn resource(&self) -> Cow<'_, str> {
        self.resource.as_str().into()
    }

    fn parent(&self) -> &str {
        self.parent()
    }

    fn identify(&self, state: &State) -> Result<Requester, Status> {
        let token = self.token.as_deref();
        Requester::identify(state, token, || self.system())
    }

    fn list_request(&self) -> Result<(ListMembershipsRequest, SystemParameters), Status> {
        self.check_no_body()?;
        let (request, system) = ListMembershipsRequest::from_query(self.parent(), &self.query)?;
        answer::check_page_fields(system.fields.as_ref())?;
        Ok((request, system))
    }

    fn parameters(&self, method: MembershipMethod) -> Result<Parameters<SystemParameters>, Status> {
        if method == MembershipMethod::Get {
            self.check_no_body()?;
        }
        let mut reader = QueryReader::new(&self.query);
        let form = reader.take_system();
        let use_admin_access = reader.take_bool("useAdminAccess").unwrap_or(false);
        let mask = if method == MembershipMethod::Patch {
            reader.take("updateMask")
        } else {
            None
        };
        let update_mask = mask.unwrap_or_default().into_owned();
        reader.finish()?;
        answer::check_membership_fields(form.fields.as_ref())?;
        Ok(Parameters {
            form,
            use_admin_access,
            update_mask,
        })
    }

    fn membership(&self) -> Result<Membership, Status> {
        body::membership(self.json_body()?)
    }

    fn membership_body(system: &SystemParameters, membership: &Membership) -> String {
        answer::membership(membership, system)
    }

    fn page_body(
        system: &SystemParameters,
        memberships: &[&Listed],
        token: Option<&str>,
    ) -> String {
        answer::page(memberships, token, system)
    }

    fn success(body: String) -> Response<String> {
        json(StatusCode::OK, body)
    }

    fn failure(&self, status: &Status) -> Response<String> {
        failure(status, self.system().pretty_print)
    }

    fn fault_error(error: FaultError) -> Response<String> {
        let mut body = json!({"error": {
            "code": error.http.as_u16(), "message": error.message, "status": error.code.as_str(),
        }});
        if !error.details.is_empty()
            && let Some(fields) = body.pointer_mut("/error").and_then(Value::as_object_mut)
        {
            fields.insert("details".to_owned(), error.details.into());
        }
        json(error.http, answer::error(&body, true))
    }

    fn foreign(http: StatusCode, body: String) -> Response<String> {
        json(http, body)
    }
}

/// Returns the response to a request that calls no method of the API.
fn no_method(incoming: &Incoming) -> Response<String> {
    let method = common_method(incoming.method.as_str());
    let method = method.unwrap_or("this HTTP method");
    let message = format!("spaces.members has no method for {method} at this path.");
    incoming.failure(&Status::new(RpcCode::NotFound, message))
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
