//! What all scenarios of a run share: interruption, counts, pace.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use crate::http::{RateLimit, Redactor};

/// After this many silent answers in a run nothing more is sent.
const MAX_TIMEOUTS: usize = 3;

/// Interruption and counts. Ctrl-C sets the one, the engine keeps the other.
#[derive(Debug)]
pub struct Shared {
    interrupted: watch::Sender<bool>,
    requests: AtomicUsize,
    timeouts: AtomicUsize,
    /// Something was deleted at the target and then looked for in vain.
    deletes: AtomicBool,
    /// Users that are still there after they were deleted.
    kept: AtomicUsize,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            interrupted: watch::Sender::new(false),
            requests: AtomicUsize::new(0),
            timeouts: AtomicUsize::new(0),
            deletes: AtomicBool::new(false),
            kept: AtomicUsize::new(0),
        }
    }
}

impl Shared {
    /// Ends the run early: what is under way stops at its next request, then cleans up.
    pub fn interrupt(&self) {
        self.interrupted.send_replace(true);
    }

    /// Whether the run was interrupted.
    pub fn is_interrupted(&self) -> bool {
        *self.interrupted.borrow()
    }

    /// Comes back once the run is interrupted.
    pub(super) async fn interruption(&self) {
        let mut interrupted = self.interrupted.subscribe();
        // The sender lives as long as `self`, so this cannot fail.
        let _ = interrupted.wait_for(|interrupted| *interrupted).await;
    }

    pub(super) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Requests sent so far.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// Whether what is deleted at the target is known to be gone.
    pub(super) fn deletes(&self) -> bool {
        self.deletes.load(Ordering::Relaxed)
    }

    /// A deleted user was looked for: it is gone, or so many stay.
    pub(super) fn saw_deleted(&self, kept: usize) {
        self.deletes.fetch_or(kept == 0, Ordering::Relaxed);
        self.kept.fetch_add(kept, Ordering::Relaxed);
    }

    /// Users of this run that the target keeps although they were deleted.
    pub(super) fn kept(&self) -> usize {
        self.kept.load(Ordering::Relaxed)
    }

    pub(super) fn count_timeout(&self) {
        self.timeouts.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the target left so many requests unanswered that asking on is of no use.
    pub(super) fn is_silent(&self) -> bool {
        self.timeouts.load(Ordering::Relaxed) >= MAX_TIMEOUTS
    }
}

/// Limits and pace of a run.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Longest Retry-After that is really waited for.
    pub max_wait: Duration,
    /// Let the IdP's own schedules take real time too.
    pub real_time: bool,
    /// Requests a second, shared by the run.
    pub rate: RateLimit,
    /// Learns every password and token that goes over the wire.
    pub redactor: Redactor,
}
