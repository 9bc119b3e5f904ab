//! The server's clock: the system's, or one that stands still.

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::HeaderValue;
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};

#[derive(Debug, Default)]
pub(super) struct Clock(Mutex<Setting>);

#[derive(Clone, Copy, Debug, Default)]
struct Setting {
    /// Where it stands still.
    fixed: Option<Timestamp>,
    /// How far it was advanced.
    ahead: SignedDuration,
    /// Where it stood at the start.
    first: Option<Timestamp>,
}

impl Setting {
    fn now(self) -> Timestamp {
        let start = self.fixed.unwrap_or_else(Timestamp::now);
        start.checked_add(self.ahead).unwrap_or(start)
    }
}

impl Clock {
    /// Creates a clock that stands still, if there is a time.
    pub(super) fn new(fixed: Option<Timestamp>) -> Self {
        let clock = Self::default();
        clock.start_at(fixed);
        clock
    }

    /// Sets where it stands at the start, and after a reset.
    pub(super) fn start_at(&self, fixed: Option<Timestamp>) {
        *self.lock() = Setting {
            fixed,
            first: fixed,
            ahead: SignedDuration::ZERO,
        };
    }

    pub(super) fn now(&self) -> Timestamp {
        self.lock().now()
    }

    /// Returns the time if it stands still.
    pub(super) fn fixed(&self) -> Option<Timestamp> {
        let setting = *self.lock();
        setting.fixed.map(|_| setting.now())
    }

    /// Returns the time for the header `Date`, if it stands still.
    pub(super) fn date(&self) -> Option<HeaderValue> {
        let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&self.fixed()?);
        HeaderValue::try_from(date.ok()?).ok()
    }

    /// Makes it stand still.
    pub(super) fn set(&self, now: Timestamp) {
        let mut setting = self.lock();
        setting.fixed = Some(now);
        setting.ahead = SignedDuration::ZERO;
    }

    pub(super) fn advance(&self, by: SignedDuration) {
        let mut setting = self.lock();
        setting.ahead = setting.ahead.saturating_add(by);
    }

    pub(super) fn reset(&self) {
        let first = self.lock().first;
        self.start_at(first);
    }

    fn lock(&self) -> MutexGuard<'_, Setting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Parses a time with an offset.
///
/// # Errors
///
/// The message, with the name of the field.
pub(super) fn parse_time(field: &str, text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| {
        let found = gchat_filter::diagnostic::quoted(text).to_string();
        format!(
            "`{field}` must be a time with an offset, such as `2026-01-01T00:00:00Z`, found {found}"
        )
    })
}
