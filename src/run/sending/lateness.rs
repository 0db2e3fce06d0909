//! How late a target's reads are: a cache, a copy, an index that is told of each write some time later.
//!
//! Two rules are about that. Once it is known, everything else gives the target its time, so that one defect does
//! not fail a hundred scenarios.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::http::{Answer, Request};
use crate::idp::Halt;
use crate::run::own::address;
use crate::run::sending::wire::Wire;

/// When a read that is not as expected is sent again: at once, and where time may help, some times later.
const LOOKS: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(100), Duration::from_millis(200), Duration::from_millis(400)];

/// What comes later than this is not waited for: a run would take too long.
const LONGEST: Duration = Duration::from_secs(1);

/// How often a read is waited for before it is clear that no time will help: each waiting costs most of a second.
const TRIALS: u32 = 2;

/// What is known of it, over a whole run.
#[derive(Debug, Default)]
pub(in crate::run) struct Lateness(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Of lists.
    lists: Option<Duration>,
    /// Of single resources, and then of lists too.
    resources: Option<Duration>,
    in_vain: u32,
    /// A read was wrong although it had been given its time: what comes late there comes by another measure.
    is_no_matter_of_time: bool,
}

impl Lateness {
    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long after a write such a read may be late, once that was seen.
    fn lag(&self, of_list: bool) -> Option<Duration> {
        let known = self.known();
        let lag = if of_list { known.lists.max(known.resources) } else { known.resources };
        lag.filter(|_| !known.is_no_matter_of_time)
    }

    /// Whether any read was seen to be late.
    pub(in crate::run) fn was_seen(&self) -> bool {
        self.lag(true).is_some()
    }

    /// Whether waiting for a read that is not as expected may show something.
    fn is_worth_a_trial(&self) -> bool {
        let known = self.known();
        let was_seen = known.lists.or(known.resources).is_some();
        !known.is_no_matter_of_time && (was_seen || known.in_vain < TRIALS)
    }

    /// A read was wrong and, so long after a write, right.
    fn saw(&self, of_list: bool, lag: Duration) {
        let mut known = self.known();
        known.is_no_matter_of_time |= lag > LONGEST;
        let known = if of_list { &mut known.lists } else { &mut known.resources };
        *known = (*known).max(Some(lag));
    }

    /// A read was wrong all the same after it had been given its time.
    fn gave_time_in_vain(&self) {
        self.known().is_no_matter_of_time = true;
    }

    /// A read was not right within the time that one waits.
    fn waited_in_vain(&self) {
        self.known().in_vain += 1;
    }
}

/// Whether a request changes anything: a query by POST does not (RFC 7644 §3.4.3).
fn is_write(request: &Request) -> bool {
    request.method.writes() && !address::is_search(&request.path)
}

/// Whether a read may show resources that it does not name.
fn is_list(request: &Request) -> bool {
    address::of(&request.path).1.is_none()
}

/// What one scenario knows of it.
#[derive(Debug, Default)]
pub(in crate::run) struct Times {
    /// The scenario is about late reads itself: they get no time.
    pub(in crate::run) are_of_interest: bool,
    /// When the target took a write for the last time.
    written: Option<Instant>,
    /// When a read was given its time for the last time.
    given: Option<Instant>,
}

impl Times {
    /// Takes note of an answer.
    pub(super) fn note(&mut self, request: &Request, answer: &Answer) {
        if is_write(request) && answer.as_ref().is_ok_and(|response| response.is_success()) {
            self.written = Some(Instant::now());
        }
    }
}

impl Wire {
    /// Before a read at a target whose reads are late, or a change of what may not be found yet: the time that it needs
    /// since the last write.
    pub(super) async fn let_catch_up(&mut self, request: &Request) -> Result<(), Halt> {
        let lag = self.shared.lateness.lag(is_list(request));
        let (Some(lag), Some(written)) = (lag, self.times.written) else { return Ok(()) };
        let looks = !is_write(request) || !is_list(request);
        if !looks || self.times.are_of_interest {
            return Ok(());
        }
        // Half as long again: the next time it may be a little later.
        let rest = (lag + lag / 2).saturating_sub(written.elapsed());
        self.times.given = Some(Instant::now());
        if rest.is_zero() { Ok(()) } else { self.wait_in_another_lane(rest).await }
    }

    /// Comes back when it is time to look again at what was not as expected; `false` when nobody looks any more.
    pub(in crate::run) async fn waits_for_look(&mut self, look: usize) -> Result<bool, Halt> {
        let Some(wait) = LOOKS.get(look) else {
            self.shared.lateness.waited_in_vain();
            return Ok(false);
        };
        // A first second look costs nothing. The clock of the embedded server moves by itself alone.
        if look == 0 {
            return Ok(true);
        }
        if self.site.is_embedded() || !self.shared.lateness.is_worth_a_trial() {
            return Ok(false);
        }
        self.wait_in_another_lane(*wait).await?;
        Ok(true)
    }

    /// What was looked at again is right now: its target needed the time since the last write.
    pub(in crate::run) fn was_late(&self) {
        let Some(written) = self.times.written else { return };
        let of_list = self.transcript.exchanges.last().is_some_and(|exchange| is_list(&exchange.request));
        if self.times.given.is_some_and(|given| given >= written) {
            self.shared.lateness.gave_time_in_vain();
        } else {
            self.shared.lateness.saw(of_list, written.elapsed());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_in_vain_ends_and_what_was_seen_stays() {
        let lateness = Lateness::default();
        for _ in 0..TRIALS {
            assert!(lateness.is_worth_a_trial());
            lateness.waited_in_vain();
        }
        assert!(!lateness.is_worth_a_trial() && !lateness.was_seen());
        let [short, long] = [100, 300].map(Duration::from_millis);
        lateness.saw(true, long);
        lateness.saw(true, short);
        assert!(lateness.is_worth_a_trial());
        assert_eq!(
            (lateness.lag(true), lateness.lag(false)),
            (Some(long), None),
            "a late index says nothing of the table"
        );
        lateness.saw(false, short);
        assert_eq!((lateness.lag(true), lateness.lag(false)), (Some(long), Some(short)));
        lateness.gave_time_in_vain();
        assert!(!lateness.is_worth_a_trial() && lateness.lag(true).is_none(), "time is of no use there");
    }
}
