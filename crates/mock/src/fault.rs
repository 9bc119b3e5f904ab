//! Faults: requests that fail or are delayed on purpose, so that retry code can be tested.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use gchat_filter::list::{RpcCode, Status};
use http::StatusCode;

use super::answer;
use super::seed_items::{FaultSeed, ReadyFault};

/// A fault, with the number of requests that it still affects.
#[derive(Debug)]
pub(super) struct Fault {
    path: String,
    status: Option<StatusCode>,
    ready: Option<ReadyFault>,
    remaining: AtomicU64,
    delay: Duration,
}

impl From<FaultSeed> for Fault {
    fn from(seed: FaultSeed) -> Self {
        Self {
            path: seed.path,
            status: seed.status.map(|status| {
                StatusCode::from_u16(status).expect("the seed's statuses were checked")
            }),
            ready: seed.fault,
            // A fault without `times` affects more requests than a server ever receives.
            remaining: AtomicU64::new(seed.times.unwrap_or(u64::MAX)),
            delay: Duration::from_millis(seed.delay_ms),
        }
    }
}

/// Effect of a fault on a request.
pub(super) struct Effect {
    pub(super) delay: Duration,
    /// HTTP status and body of the response; `None` if the request is only delayed.
    pub(super) error: Option<(StatusCode, String)>,
}

/// Returns the effect of the first fault that matches the path and has `times` left.
pub(super) fn effect(faults: &[Fault], path: &str) -> Option<Effect> {
    let fault = faults.iter().find(|fault| {
        matches(&fault.path, path) && {
            let decrement = |remaining: u64| remaining.checked_sub(1);
            let remaining = &fault.remaining;
            remaining
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, decrement)
                .is_ok()
        }
    })?;
    Some(Effect {
        delay: fault.delay,
        error: match fault.ready {
            Some(ReadyFault::AppNotFound) => Some(app_not_found()),
            None => fault.status.map(|status| (status, error(status))),
        },
    })
}

/// Returns the live service's response to a project without a configured Chat app.
fn app_not_found() -> (StatusCode, String) {
    let status = Status::new(
        RpcCode::NotFound,
        "Google Chat app not found. To create a Chat app, you must turn on the Chat API and \
         configure the app in the Google Cloud console.",
    );
    (
        answer::http_status(status.code),
        answer::error(&status, true),
    )
}

/// Returns the body for an HTTP status. If no code has that status, it uses one of the same class.
fn error(http: StatusCode) -> String {
    let fallback = if http.is_client_error() {
        RpcCode::FailedPrecondition
    } else {
        RpcCode::Internal
    };
    let mut codes = RpcCode::ALL.iter().copied();
    let code = codes
        .find(|code| answer::http_status(*code) == http)
        .unwrap_or(fallback);
    let status = Status::new(code, format!("Mock server fault: HTTP {}.", http.as_u16()));
    answer::error_as(http.as_u16(), &status, true)
}

/// Returns whether a path matches a pattern, in which `*` matches any text.
fn matches(pattern: &str, path: &str) -> bool {
    let Some((start, parts)) = pattern.split_once('*') else {
        return pattern == path;
    };
    let Some(mut rest) = path.strip_prefix(start) else {
        return false;
    };
    let mut parts = parts.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn star_matches_any_text() {
        for (pattern, path, expected) in [
            ("spaces/A", "spaces/A", true),
            ("spaces/A", "spaces/A/members", false),
            ("spaces/SLOW*", "spaces/SLOW1/members/1", true),
            ("spaces/SLOW*", "spaces/FAST/members", false),
            ("*", "spaces/A/members", true),
            ("spaces/*/members", "spaces/A/members", true),
            ("spaces/*/members", "spaces/A/members/1", false),
            ("*members*1", "spaces/A/members/11", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
