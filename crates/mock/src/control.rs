//! Control over HTTP, under `/__admin`.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use gchat_filter::list::{RpcCode, Status};
use http::request::Parts;
use http::uri::Authority;
use http::{Method, Response, StatusCode, Uri, header};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::answer;
use super::clock::parse_time;
use super::open_error::OpenError;
use super::seed::Seed;
use super::seed_error::SeedError;
use super::shared::Shared;

/// Where the control paths begin.
const PREFIX: &str = "/__admin/";

/// The control paths after the prefix.
pub(super) const CONTROLS: &[&str] = &[
    "clock", "faults", "health", "requests", "reset", "seed", "shutdown",
];

/// Who may control a server, and how it is stopped.
#[derive(Clone, Debug)]
pub(super) struct Control {
    /// The addresses that the server listens on.
    addresses: Arc<[SocketAddr]>,
    /// Whether more than the health is served.
    is_open: bool,
    pub(super) stop: CancellationToken,
}

/// Returns whether a request has a control path.
pub(super) fn is_control(uri: &Uri) -> bool {
    uri.path().starts_with(PREFIX)
}

impl Control {
    /// By default, only a server that is reachable from this machine alone can be controlled.
    pub(super) fn new(addresses: Vec<SocketAddr>, is_forced: bool) -> Self {
        let is_local = addresses.iter().all(|address| address.ip().is_loopback());
        Self {
            addresses: addresses.into(),
            is_open: is_forced || is_local,
            stop: CancellationToken::new(),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Checks that the client means this server, and that no page of another site sent the request.
    ///
    /// # Errors
    ///
    /// 403 for a host that is neither a loopback address nor one that is listened on: with DNS
    /// rebinding, another site has a name for this address. 403 for an origin that is not the host.
    fn check_site(&self, parts: &Parts) -> Result<(), Status> {
        let denied = |message| Err(Status::new(RpcCode::PermissionDenied, message));
        let from_uri = parts.uri.authority().map(Authority::as_str);
        let from_header = || parts.headers.get(header::HOST)?.to_str().ok();
        let authority = from_uri.or_else(from_header).unwrap_or_default();
        if !self.is_own_host(authority) {
            return denied(
                "The host of a control request must be a loopback address or an address that the \
                 server listens on.",
            );
        }
        let mut origins = parts.headers.get_all(header::ORIGIN).into_iter();
        let own = format!("http://{authority}");
        if origins.all(|origin| origin.as_bytes().eq_ignore_ascii_case(own.as_bytes())) {
            Ok(())
        } else {
            denied("A page of another site cannot control the server.")
        }
    }

    fn is_own_host(&self, authority: &str) -> bool {
        let Ok(authority) = authority.parse::<Authority>() else {
            return false;
        };
        let host = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        if host.eq_ignore_ascii_case("localhost") {
            return true;
        }
        let Ok(ip) = host.parse::<IpAddr>() else {
            return false;
        };
        // A name can be rebound, an address cannot. Behind an unspecified address is any of this
        // machine's.
        let mut own = self.addresses.iter().map(SocketAddr::ip);
        ip.is_loopback() || own.any(|own| own == ip || own.is_unspecified())
    }
}

/// Answers a control request.
pub(super) fn respond(
    shared: &Shared,
    control: &Control,
    parts: &Parts,
    body: &Bytes,
) -> Response<String> {
    match answer(shared, control, parts, body) {
        Ok(body) => answer::json(StatusCode::OK, body),
        Err(status) => answer::json(
            answer::http_status(status.code),
            answer::error(&status, true),
        ),
    }
}

fn answer(
    shared: &Shared,
    control: &Control,
    parts: &Parts,
    body: &Bytes,
) -> Result<String, Status> {
    control.check_site(parts)?;
    let path = parts.uri.path().strip_prefix(PREFIX).unwrap_or_default();
    let method = match &parts.method {
        &Method::HEAD => "GET",
        method => method.as_str(),
    };
    if (method, path) == ("GET", "health") {
        return Ok(text(&json!({"status": "healthy"})));
    }
    if !control.is_open {
        return Err(Status::new(
            RpcCode::PermissionDenied,
            "The server is not controlled over HTTP, because it does not listen on loopback addresses \
             only: start it with `--admin`.",
        ));
    }
    let body = || {
        std::str::from_utf8(body)
            .map(|text| text.trim_start_matches('\u{feff}'))
            .map_err(|_| Status::new(RpcCode::InvalidArgument, "The request body is not UTF-8."))
    };
    match (method, path) {
        ("GET", "requests") => {
            let (requests, dropped) = shared.requests.all();
            return Ok(text(&json!({"requests": requests, "dropped": dropped})));
        }
        ("DELETE", "requests") => shared.requests.clear(),
        ("GET", "seed") => return Ok(shared.present_seed()),
        ("POST", "seed") => shared.add_seed(body()?).map_err(invalid)?,
        ("POST", "reset") => shared.reset().map_err(invalid)?,
        ("GET", "faults") => {
            let faults = &*shared.faults();
            return Ok(text(&json!({"faults": faults})));
        }
        ("PUT", "faults") => {
            let faults = Seed::parse_faults(body()?).map_err(invalid)?;
            *shared.faults() = faults;
        }
        ("POST", "faults") => {
            let faults = Seed::parse_faults(body()?).map_err(invalid)?;
            shared.faults().extend(faults);
        }
        ("DELETE", "faults") => shared.faults().clear(),
        ("GET", "clock") => return Ok(clock(shared)),
        ("POST", "clock") => {
            set_clock(shared, body()?)?;
            return Ok(clock(shared));
        }
        ("POST", "shutdown") => control.stop.cancel(),
        _ => {
            return Err(Status::new(
                RpcCode::NotFound,
                "There is no such control. They are GET health; GET and DELETE requests; GET and POST \
                 seed; GET, PUT, POST and DELETE faults; GET and POST clock; POST reset; POST shutdown.",
            ));
        }
    }
    Ok("{}\n".to_owned())
}

fn clock(shared: &Shared) -> String {
    text(&json!({"now": shared.clock.now().to_string()}))
}

fn set_clock(shared: &Shared, body: &str) -> Result<(), Status> {
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase", expecting = "an object")]
    enum Setting {
        Now(String),
        Advance(String),
    }
    let invalid = |message| Status::new(RpcCode::InvalidArgument, message);
    let setting = serde_json::from_str(body);
    match setting.map_err(|_| {
        let example = r#"{"now": "2026-01-01T00:00:00Z"} or {"advance": "90s"}"#;
        invalid(format!("The request body must be {example}."))
    })? {
        Setting::Now(now) => shared.clock.set(parse_time("now", &now).map_err(invalid)?),
        Setting::Advance(by) => {
            let by = by.parse::<SignedDuration>();
            let by = by.map_err(|error| invalid(format!("`advance`: {error}")))?;
            shared.clock.advance(by);
        }
    }
    Ok(())
}

fn invalid(error: impl Into<OpenError>) -> Status {
    let error = error.into();
    let code = match error {
        OpenError::Seed(SeedError { .. }) => RpcCode::InvalidArgument,
        _ => RpcCode::Internal,
    };
    Status::new(code, error.to_string())
}

fn text(value: &serde_json::Value) -> String {
    answer::error(value, true)
}

#[cfg(test)]
mod tests {
    use super::Control;

    #[test]
    fn hosts_are_loopback_or_listened_on() {
        let local = &["127.0.0.1:80"][..];
        let lan = &["192.168.1.5:80", "[::1]:80"][..];
        let any = &["0.0.0.0:80"][..];
        for (addresses, host, expected) in [
            (local, "localhost", true),
            (local, "LocalHost:8080", true),
            (local, "127.0.0.1:8080", true),
            (local, "127.1.2.3", true),
            (local, "[::1]:80", true),
            (local, "192.168.1.5", false),
            (local, "example.com", false),
            (local, "localhost.example.com", false),
            (local, "127.0.0.1.example.com", false),
            (local, "", false),
            (local, "a b", false),
            (lan, "192.168.1.5:80", true),
            (lan, "192.168.1.6:80", false),
            (any, "192.168.1.6:80", true),
            (any, "example.com", false),
        ] {
            let addresses = addresses.iter().filter_map(|address| address.parse().ok());
            let control = Control::new(addresses.collect(), false);
            assert_eq!(control.is_own_host(host), expected, "{host}");
        }
    }
}
