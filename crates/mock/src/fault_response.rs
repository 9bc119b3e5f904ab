//! The response of a fault.

use gchat_filter::list::RpcCode;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::dispatch::{ApiRequest, FaultError};
use super::fault::{ConnectionFault, Fault, FaultStatus, ReadyFault};

/// Applies a fault to the response of the method, if that was called.
pub(super) fn response<R: ApiRequest>(
    fault: &Fault,
    called: Option<Response<R::Body>>,
) -> Response<R::Body> {
    let mut response = match called {
        Some(response) if !fault.replaces_response() => response,
        _ => own_response::<R>(fault),
    };
    for (name, value) in &fault.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    if let Some(connection) = fault.connection {
        response
            .extensions_mut()
            .insert::<ConnectionFault>(connection);
    }
    response
}

fn own_response<R: ApiRequest>(fault: &Fault) -> Response<R::Body> {
    if fault.ready == Some(ReadyFault::AppNotFound) {
        return R::fault_error(app_not_found());
    }
    let http = fault.status.map_or(StatusCode::OK, FaultStatus::http);
    match (&fault.body, fault.status) {
        (Some(Value::String(text)), _) => R::foreign(http, text.clone()),
        (Some(value), _) => R::foreign(http, value.to_string()),
        (None, Some(status)) => {
            let code = status.code();
            let (message, details) = default_error(code, http);
            R::fault_error(FaultError {
                http,
                code,
                message: fault.message.clone().unwrap_or(message),
                details: fault.details.clone().unwrap_or(details),
            })
        }
        // Nobody receives it.
        (None, None) => R::foreign(StatusCode::INTERNAL_SERVER_ERROR, String::new()),
    }
}

/// Returns the message and the details of an error: for quotas and availability, as Google's services
/// answer.
fn default_error(code: RpcCode, http: StatusCode) -> (String, Vec<Value>) {
    match http.as_u16() {
        429 => {
            let message = "Quota exceeded for quota metric 'Membership reads' and limit 'Membership \
                           reads per minute' of service 'chat.googleapis.com' for consumer \
                           'project_number:123456789012'.";
            let details = json!({
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {
                    "service": "chat.googleapis.com", "consumer": "projects/123456789012",
                },
            });
            (message.to_owned(), vec![details])
        }
        503 if code == RpcCode::Unavailable => (
            "The service is currently unavailable.".to_owned(),
            Vec::new(),
        ),
        status => (format!("Mock server fault: HTTP {status}."), Vec::new()),
    }
}

/// Returns the live service's error for a project without a configured Chat app.
fn app_not_found() -> FaultError {
    FaultError {
        http: StatusCode::NOT_FOUND,
        code: RpcCode::NotFound,
        message:
            "Google Chat app not found. To create a Chat app, you must turn on the Chat API and \
                  configure the app in the Google Cloud console."
                .to_owned(),
        details: Vec::new(),
    }
}
