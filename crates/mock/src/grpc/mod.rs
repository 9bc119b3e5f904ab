//! gRPC: `google.chat.v1.ChatService`, with the methods of memberships.

mod carried_out;
pub(crate) mod codec;
mod convert;
mod errors;
#[allow(
    clippy::pedantic,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "the file is generated"
)]
#[rustfmt::skip]
mod generated;
mod request;

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use gchat_filter::list::{MembershipMethod, RpcCode};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version, header};
use http_body_util::Full;
use tokio_util::sync::CancellationToken;
pub(super) use tonic::body::Body as TonicBody;
use tonic::codegen::Service as _;

use self::codec::Page;
use self::generated::Membership;
use self::generated::chat_service_server::{ChatService, ChatServiceServer};
use self::request::{Body, GrpcRequest, Message};
use super::answer;
use super::control::Control;
use super::dispatch;
use super::service::{self, BodyError};
use super::shared::Shared;

pub(super) use self::carried_out::carried_out;

/// Path of the service.
const SERVICE: &str = "/google.chat.v1.ChatService/";

/// Returns whether a request is one of gRPC.
pub(super) fn is_grpc<B>(request: &Request<B>) -> bool {
    let value = request.headers().get(header::CONTENT_TYPE);
    let value = value.map_or(&b""[..], HeaderValue::as_bytes);
    let format = value.strip_prefix(b"application/grpc");
    request.version() == Version::HTTP_2
        && request.method() == Method::POST
        && format.is_some_and(|format| {
            format.is_empty() || format.starts_with(b";") || format.starts_with(b"+proto")
        })
}

/// Returns whether a path is that of a method that the server implements.
pub(super) fn is_method(path: &str) -> bool {
    let method = path.strip_prefix(SERVICE);
    method.is_some_and(|method| {
        let mut known = MembershipMethod::ALL.iter().map(|method| method.rpc());
        known.any(|known| known.rsplit('.').next() == Some(method))
    })
}

/// Answers a request whose body was received, or was not, and logs it. The delay of a fault ends early
/// when the client is gone, or when the deadline has passed.
pub(super) async fn handle(
    shared: &Arc<Shared>,
    request: Request<Result<Bytes, BodyError>>,
    start: Instant,
    gone: CancellationToken,
    control: Option<&Control>,
) -> Response<TonicBody> {
    let (parts, body) = request.into_parts();
    let body = body.and_then(service::check_length);
    let exchange = Arc::new(Exchange {
        shared: Arc::clone(shared),
        gone: gone.clone(),
        outcome: Mutex::default(),
    });
    let answered = async {
        match body {
            Ok(_) if !is_method(parts.uri.path()) => {
                let message = "The mock server implements only the methods of memberships.";
                let code = RpcCode::Unimplemented;
                errors::with_details(code, message, Vec::new()).into_http()
            }
            Ok(body) => {
                let request = Request::from_parts(parts.clone(), Full::new(body));
                let mut server = ChatServiceServer::from_arc(Arc::clone(&exchange));
                match server.call(request).await {
                    Ok(response) => response,
                    Err(never) => match never {},
                }
            }
            Err(error) => {
                let (code, message) = error.for_rpc();
                errors::with_details(code, message, Vec::new()).into_http()
            }
        }
    };
    let mut answered = pin!(answered);
    let left = timeout(&parts.headers).map(|timeout| timeout.saturating_sub(start.elapsed()));
    let in_time = match left {
        Some(left) => tokio::time::timeout(left, &mut answered).await.ok(),
        None => Some(answered.as_mut().await),
    };
    let mut response = if let Some(response) = in_time {
        response
    } else {
        // As when the client is gone, the request is carried out at once.
        gone.cancel();
        drop(answered.await);
        exchange.outcome().answer = None;
        let message = "The deadline of the request has passed.";
        errors::with_details(RpcCode::DeadlineExceeded, message, Vec::new()).into_http()
    };
    let Outcome { request, answer } = std::mem::take(&mut *exchange.outcome());
    let answer = answer.unwrap_or_else(|| {
        // An error of gRPC itself, such as a malformed message.
        let code = response.extensions().get().map(tonic::Status::code);
        let mut answer = Response::default();
        *answer.status_mut() = code.map_or(StatusCode::OK, |code| {
            answer::http_status(errors::rpc_code(code))
        });
        answer
    });
    if control.is_some_and(Control::is_open) && is_method(parts.uri.path()) {
        service::record(shared, &parts, &request, &answer);
    }
    service::log(shared, &parts, &answer, start);
    if let Some(status) = response.extensions().get::<tonic::Status>() {
        let message = errors::encoded_message(status.message());
        if let Ok(message) = HeaderValue::from_maybe_shared(message) {
            response.headers_mut().insert("grpc-message", message);
        }
    }
    let (parts, foreign) = answer.into_parts();
    if let Some(body) = foreign {
        response = Response::new(TonicBody::new(Full::from(body)));
        *response.status_mut() = parts.status;
    }
    response.headers_mut().extend(parts.headers);
    response.extensions_mut().extend(parts.extensions);
    response
}

/// The call of a method, and what came of it.
struct Exchange {
    shared: Arc<Shared>,
    gone: CancellationToken,
    outcome: Mutex<Outcome>,
}

#[derive(Default)]
struct Outcome {
    /// The request as JSON.
    request: Bytes,
    /// The response as over REST, with a body only if it replaces that of gRPC; `None` if no method was
    /// called.
    answer: Option<Response<Option<String>>>,
}

impl Exchange {
    fn outcome(&self) -> MutexGuard<'_, Outcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls a method. The outcome has the parts of the response that tonic has no place for.
    async fn call<M>(
        &self,
        request: tonic::Request<M>,
        message: impl FnOnce(M) -> Message,
    ) -> Result<Body, tonic::Status> {
        let (metadata, _, request) = request.into_parts();
        let request = GrpcRequest {
            message: message(request),
            metadata: metadata.into_headers(),
        };
        self.outcome().request = request.message.to_json().to_string().into();
        let method = request.message.method();
        let gone = self.gone.cancelled();
        let response = dispatch::respond(&self.shared, method, request, gone).await;
        let (parts, body) = response.into_parts();
        let (foreign, result) = match body {
            Body::Error(status) => (None, Err(status)),
            Body::Foreign(text) => (Some(text), Err(tonic::Status::unknown(""))),
            body => (None, Ok(body)),
        };
        self.outcome().answer = Some(Response::from_parts(parts, foreign));
        result
    }
}

fn membership(body: Body) -> Result<tonic::Response<Membership>, tonic::Status> {
    match body {
        Body::Membership(membership) => Ok(tonic::Response::new(membership)),
        _ => Err(tonic::Status::internal("the response is not a membership")),
    }
}

#[tonic::async_trait]
impl ChatService for Exchange {
    async fn list_memberships(
        &self,
        request: tonic::Request<generated::ListMembershipsRequest>,
    ) -> Result<tonic::Response<Page>, tonic::Status> {
        match self.call(request, Message::List).await? {
            Body::Page(page) => Ok(tonic::Response::new(page)),
            _ => Err(tonic::Status::internal("the response is not a page")),
        }
    }

    async fn get_membership(
        &self,
        request: tonic::Request<generated::GetMembershipRequest>,
    ) -> Result<tonic::Response<Membership>, tonic::Status> {
        membership(self.call(request, Message::Get).await?)
    }

    async fn create_membership(
        &self,
        request: tonic::Request<generated::CreateMembershipRequest>,
    ) -> Result<tonic::Response<Membership>, tonic::Status> {
        membership(self.call(request, Message::Create).await?)
    }

    async fn update_membership(
        &self,
        request: tonic::Request<generated::UpdateMembershipRequest>,
    ) -> Result<tonic::Response<Membership>, tonic::Status> {
        membership(self.call(request, Message::Update).await?)
    }

    async fn delete_membership(
        &self,
        request: tonic::Request<generated::DeleteMembershipRequest>,
    ) -> Result<tonic::Response<Membership>, tonic::Status> {
        membership(self.call(request, Message::Delete).await?)
    }
}

/// Returns the time that the client waits for the response.
fn timeout(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get("grpc-timeout")?.to_str().ok()?;
    let (number, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    let is_number = (1..=8).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let number: u64 = number.parse().ok().filter(|_| is_number)?;
    Some(match unit {
        "H" => Duration::from_hours(number),
        "M" => Duration::from_mins(number),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "that is how a test fails")]

    use super::{HeaderMap, timeout};
    use std::time::Duration;

    #[test]
    fn timeouts_have_a_unit() {
        for (text, expected) in [
            ("1H", Some(Duration::from_hours(1))),
            ("2M", Some(Duration::from_mins(2))),
            ("99999999S", Some(Duration::from_secs(99_999_999))),
            ("100m", Some(Duration::from_millis(100))),
            ("5u", Some(Duration::from_micros(5))),
            ("0n", Some(Duration::ZERO)),
            ("", None),
            ("m", None),
            ("123456789m", None),
            ("+1m", None),
            ("1", None),
            ("1s", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("grpc-timeout", text.parse().unwrap());
            assert_eq!(timeout(&headers), expected, "{text}");
        }
    }
}
