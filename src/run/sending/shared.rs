//! What all scenarios of a run share: interruption, counts, pace.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::http::{RateLimit, Redactor, Request};
use crate::run::sending::lateness::Lateness;

/// After this many silent answers of one route it is left alone.
const MAX_TIMEOUTS: usize = 3;
/// So many requests of a run may meet a connection that the server is just closing (RFC 9112 §9.3.1): under load that
/// happens to the best. More are a habit.
const MAX_BREAKS: usize = 3;
/// A route that was busy to the end of all patience so often is not waited for any more: each time costs half a minute,
/// and where 429 stands for a full house there are many.
const MAX_BUSY: usize = 2;
/// So many pauses are no chance: the run is too fast for its target.
const MANY_PAUSES: u32 = 20;
/// After this many in a run nothing more is sent.
const MAX_ALL_TIMEOUTS: usize = 10;

/// Interruption and counts. Ctrl-C sets the one, the engine keeps the other.
#[derive(Debug)]
pub struct Shared {
    interrupted: watch::Sender<bool>,
    requests: AtomicUsize,
    /// Requests that nobody answered, by whether they came with the run's own credential, and by route: whom a server
    /// does not know it may keep waiting.
    timeouts: Mutex<BTreeMap<(bool, String), usize>>,
    /// How often all waiting for a route was in vain.
    busy: Mutex<BTreeMap<String, usize>>,
    /// Reads that were sent once more because a connection closed before the answer.
    breaks: AtomicUsize,
    /// Even a request to another route was not answered.
    is_dead: AtomicBool,
    /// Something was deleted at the target and then looked for in vain.
    deletes: AtomicBool,
    /// Users that are still there after they were deleted.
    kept: AtomicUsize,
    /// How often the target asked to be left alone, and how long in all.
    pauses: Mutex<(u32, Duration)>,
    /// How the target bore a load, in words.
    measured: Mutex<Option<String>>,
    /// How late its reads are.
    pub(in crate::run) lateness: Lateness,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            interrupted: watch::Sender::new(false),
            requests: AtomicUsize::new(0),
            timeouts: Mutex::default(),
            busy: Mutex::default(),
            breaks: AtomicUsize::new(0),
            is_dead: AtomicBool::new(false),
            deletes: AtomicBool::new(false),
            kept: AtomicUsize::new(0),
            pauses: Mutex::default(),
            measured: Mutex::default(),
            lateness: Lateness::default(),
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
    pub(in crate::run) async fn interruption(&self) {
        let mut interrupted = self.interrupted.subscribe();
        // The sender lives as long as `self`, so this cannot fail.
        let _ = interrupted.wait_for(|interrupted| *interrupted).await;
    }

    pub(in crate::run) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Requests sent so far.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// Whether what is deleted at the target is known to be gone.
    pub(in crate::run) fn deletes(&self) -> bool {
        self.deletes.load(Ordering::Relaxed)
    }

    /// A deleted user was looked for: it is gone, or so many stay.
    pub(in crate::run) fn saw_deleted(&self, kept: usize) {
        self.deletes.fetch_or(kept == 0, Ordering::Relaxed);
        self.kept.fetch_add(kept, Ordering::Relaxed);
    }

    /// Users of this run that the target keeps although they were deleted.
    pub(in crate::run) fn kept(&self) -> usize {
        self.kept.load(Ordering::Relaxed)
    }

    /// The target asked to be left alone for a while.
    pub(in crate::run) fn saw_pause(&self, pause: Duration) {
        let mut pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        *pauses = (pauses.0 + 1, pauses.1 + pause);
    }

    /// What to do about a target that asks to be left alone again and again; `elapsed` is the time of the run.
    pub(in crate::run) fn advice_on_pace(&self, elapsed: Duration) -> Option<String> {
        let (times, in_all) = *self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        if times < MANY_PAUSES {
            return None;
        }
        let taken = self.requests() as u64 / elapsed.as_secs().max(1);
        Some(format!(
            "the target asked {times} times to be left alone (429 or 503), for {} s in all; `--rate {}` asks it less \
             often",
            in_all.as_secs(),
            taken.max(1)
        ))
    }

    /// Keeps how the target bore a load.
    pub(in crate::run) fn measured(&self, words: String) {
        *self.measured.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
    }

    /// How the target bore a load, where it got one.
    pub(in crate::run) fn measurement(&self) -> Option<String> {
        self.measured.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(in crate::run) fn count_timeout(&self, request: &Request, is_own: bool) {
        let mut timeouts = self.timeouts.lock().unwrap_or_else(PoisonError::into_inner);
        *timeouts.entry((is_own, route(request))).or_default() += 1;
    }

    /// Whether the target left so many such requests unanswered that asking this one is of no use.
    pub(in crate::run) fn is_silent(&self, request: &Request, is_own: bool) -> bool {
        let timeouts = self.timeouts.lock().unwrap_or_else(PoisonError::into_inner);
        let alike = timeouts.iter().filter(|((own, _), _)| *own == is_own);
        let all: usize = alike.map(|(_, count)| count).sum();
        all >= MAX_ALL_TIMEOUTS || timeouts.get(&(is_own, route(request))).is_some_and(|count| *count >= MAX_TIMEOUTS)
    }

    /// A route was still busy when nobody waits any longer.
    pub(in crate::run) fn saw_busy(&self, request: &Request) {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        *busy.entry(route(request)).or_default() += 1;
    }

    /// Whether waiting for this route is of no use.
    pub(in crate::run) fn is_always_busy(&self, request: &Request) -> bool {
        let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.get(&route(request)).is_some_and(|count| *count >= MAX_BUSY)
    }

    /// Whether a connection that closed before an answer may be chance.
    pub(in crate::run) fn forgives_break(&self) -> bool {
        self.breaks.fetch_add(1, Ordering::Relaxed) < MAX_BREAKS
    }

    /// Nothing answers any more, whatever is asked.
    pub(in crate::run) fn saw_dead(&self) {
        self.is_dead.store(true, Ordering::Relaxed);
    }

    /// Whether nothing answers any more.
    pub(in crate::run) fn is_dead(&self) -> bool {
        self.is_dead.load(Ordering::Relaxed)
    }
}

/// What is answered by the same handler, as a rule: the method and the collection, or one of its resources.
fn route(request: &Request) -> String {
    let path = request.path.trim_matches('/');
    let (collection, item) = path.split_once('/').map_or((path, ""), |(collection, _)| (collection, "/{id}"));
    format!("{} /{collection}{item}", request.method)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Method;

    #[test]
    fn whom_a_target_keeps_waiting_for_a_wrong_token_says_nothing_of_the_right_one() {
        let shared = Shared::default();
        let list = Request::new(Method::Get, "/Users");
        for _ in 0..MAX_ALL_TIMEOUTS {
            shared.count_timeout(&list, false);
        }
        assert!(shared.is_silent(&list, false) && !shared.is_silent(&list, true));
    }

    #[test]
    fn a_run_that_is_too_fast_is_told_a_rate_that_the_target_took() {
        let shared = Shared::default();
        let elapsed = Duration::from_secs(50);
        for _ in 0..MANY_PAUSES {
            assert_eq!(shared.advice_on_pace(elapsed), None);
            shared.saw_pause(Duration::from_secs(2));
        }
        (0..500).for_each(|_| shared.count_request());
        let advice = shared.advice_on_pace(elapsed).expect("many pauses");
        assert!(advice.contains("20 times") && advice.contains("40 s") && advice.contains("`--rate 10`"), "{advice}");
    }
}
