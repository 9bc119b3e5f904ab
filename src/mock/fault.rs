//! Requests that fail, or wait, on purpose, so that a client's retry code can be tested.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::answer;
use super::seed::FaultSeed;
use crate::list::{Code, Status};

/// One fault, with how often it still happens.
#[derive(Debug)]
pub(super) struct Fault {
    path: String,
    status: Option<u16>,
    left: AtomicU64,
    delay: Duration,
}

impl From<FaultSeed> for Fault {
    fn from(seed: FaultSeed) -> Self {
        Self {
            path: seed.path,
            status: seed.status,
            left: AtomicU64::new(seed.times.unwrap_or(u64::MAX)),
            delay: Duration::from_millis(seed.delay_ms),
        }
    }
}

/// What a fault does to a request.
pub(super) struct Effect {
    pub(super) delay: Duration,
    /// The HTTP status and the body of the answer; `None` if the request goes on.
    pub(super) error: Option<(u16, String)>,
}

/// What happens to a request: the first fault for its path that has times left.
pub(super) fn effect(faults: &[Fault], path: &str) -> Option<Effect> {
    let fault = faults.iter().find(|fault| {
        matches(&fault.path, path) && {
            let one_less = |left: u64| match left {
                0 => None,
                // What lasts is not counted.
                u64::MAX => Some(left),
                _ => Some(left - 1),
            };
            let left = &fault.left;
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less)
                .is_ok()
        }
    })?;
    Some(Effect {
        delay: fault.delay,
        error: fault.status.map(|status| (status, error(status))),
    })
}

/// The body that goes with an HTTP status: its `status` is the code that has it, or one of its class.
fn error(http: u16) -> String {
    let of_class = if http < 500 {
        Code::FailedPrecondition
    } else {
        Code::Internal
    };
    let codes = Code::ALL.iter().copied();
    let code = match http {
        409 => Code::Aborted,
        _ => codes
            .clone()
            .find(|code| code.http() == http)
            .unwrap_or(of_class),
    };
    let status = Status::new(code, format!("A fault of the mock server: {http}."));
    answer::error_as(http, &status, true)
}

/// Whether a path is one of a pattern's, in which `*` is any text.
fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns() {
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
