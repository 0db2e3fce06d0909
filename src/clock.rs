//! Time for the reference server: real, or virtual and moved by hand.
//!
//! The engine makes one clock per tenant and advances it when an IdP waits;
//! `serve` uses the real one. Below the HTTP adapter nobody reads a clock:
//! the moment is an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use time::OffsetDateTime;

/// A clock that is shared by cloning.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Real,
    /// Milliseconds since the Unix epoch.
    Virtual(Arc<AtomicI64>),
}

impl Clock {
    /// The computer's clock.
    pub const fn real() -> Self {
        Self(Kind::Real)
    }

    /// A clock that stands at `start` and moves only by [`Clock::advance`]. Milliseconds count, finer parts are cut off.
    pub fn virtual_from(start: OffsetDateTime) -> Self {
        Self(Kind::Virtual(Arc::new(AtomicI64::new(millis(start)))))
    }

    /// The moment it shows, in UTC.
    pub fn now(&self) -> OffsetDateTime {
        match &self.0 {
            Kind::Real => OffsetDateTime::now_utc(),
            Kind::Virtual(at) => from_millis(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a virtual clock and all its clones forward; a real clock is not affected.
    pub fn advance(&self, by: Duration) {
        if let Kind::Virtual(at) = &self.0 {
            let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
            let _ = at.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |at| Some(at.saturating_add(by)));
        }
    }

    /// Whether time stands still between calls of [`Clock::advance`].
    pub const fn is_virtual(&self) -> bool {
        matches!(self.0, Kind::Virtual(_))
    }
}

/// Milliseconds since the Unix epoch, the resolution of `meta.created` and `meta.lastModified`.
pub fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// The reverse of [`millis`]; out of range is the latest moment there is.
pub fn from_millis(millis: i64) -> OffsetDateTime {
    const LATEST: OffsetDateTime = time::macros::datetime!(9999-12-31 23:59:59 UTC);
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap_or(LATEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_virtual_clock_moves_only_when_told_and_with_its_clones() {
        let clock = Clock::virtual_from(datetime!(2026-01-05 09:00 UTC));
        clock.clone().advance(Duration::from_secs(40 * 60));
        assert_eq!(clock.now(), datetime!(2026-01-05 09:40 UTC));
    }

    #[test]
    fn a_moment_out_of_range_is_the_latest_and_no_panic() {
        let clock = Clock::virtual_from(datetime!(2026-01-05 09:00 UTC));
        clock.advance(Duration::from_secs(u64::MAX / 1_000_000));
        assert_eq!(clock.now().year(), 9999);
    }
}
