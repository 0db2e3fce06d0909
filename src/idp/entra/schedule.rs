//! When Entra works: cycles, escrow, quarantine. All on virtual time.
//!
//! A cycle starts every 40 minutes. An object whose export failed waits in
//! escrow and is tried again 6, 12 and 24 hours after the first failure, then
//! every 24 hours until day 28, then dropped. A quarantined job runs once a day
//! and is switched off after four weeks ("Application provisioning in
//! quarantine status").

use std::collections::BTreeMap;
use std::time::Duration;

use time::OffsetDateTime;
use time::macros::format_description;

use super::settings::Settings;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A quarantined job is switched off, an escrowed object is dropped after this long.
const FOUR_WEEKS: Duration = Duration::from_secs(28 * 24 * 60 * 60);

/// An object that could not be exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// Virtual time of the first failure.
    first_failure: Duration,
    /// Attempts that failed after the first one.
    pub retried: u32,
    /// Virtual time of the next attempt; `None` when there is none any more.
    pub due: Option<Duration>,
}

/// Objects waiting in escrow, by directory key.
#[derive(Clone, Debug, Default)]
pub(super) struct Escrow(BTreeMap<String, Held>);

impl Escrow {
    /// The object failed at this time: it waits for the next date of its schedule.
    pub(super) fn hold(&mut self, key: &str, now: Duration, settings: &Settings) -> Held {
        let held = self.0.entry(key.to_owned());
        let held =
            held.and_modify(|held| held.retried += 1).or_insert(Held { first_failure: now, retried: 0, due: None });
        held.due = next_attempt(held.first_failure, now, &settings.escrow_hours);
        held.clone()
    }

    /// The object succeeded, or nobody wants it any more.
    pub(super) fn release(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// What is known about a failed object.
    pub(super) fn get(&self, key: &str) -> Option<&Held> {
        self.0.get(key)
    }

    /// Keys whose attempt is due, in order of keys.
    pub(super) fn due(&self, now: Duration) -> Vec<String> {
        self.0.iter().filter(|(_, held)| held.due.is_some_and(|due| due <= now)).map(|(key, _)| key.clone()).collect()
    }

    /// Forgets everything (a restart clears escrow).
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// The first date of the schedule after `now`: the listed hours, then every 24 hours until day 28.
fn next_attempt(first_failure: Duration, now: Duration, hours: &[u32]) -> Option<Duration> {
    let listed = hours.iter().map(|hours| HOUR * *hours);
    let daily = (1..=28).map(|days| DAY * days);
    listed
        .chain(daily)
        .filter(|after| *after <= FOUR_WEEKS)
        .map(|after| first_failure + after)
        .filter(|at| *at > now)
        .min()
}

/// The job's own state: when it last ran, and whether it is quarantined.
#[derive(Clone, Debug, Default)]
pub(super) struct Job {
    last_cycle: Option<Duration>,
    quarantined_since: Option<Duration>,
}

impl Job {
    /// How long until the next cycle; zero before the first one, which starts with the job.
    pub(super) fn until_next(&self, now: Duration, settings: &Settings) -> Duration {
        let interval = match self.quarantined_since {
            Some(_) => DAY,
            None => settings.cycle(),
        };
        self.last_cycle.map_or(Duration::ZERO, |last| (last + interval).saturating_sub(now))
    }

    /// What the wait for the next cycle is called.
    pub(super) const fn rhythm(&self) -> &'static str {
        if self.is_quarantined() { "daily cycle in quarantine" } else { "40-minute cycle" }
    }

    /// A cycle begins.
    pub(super) fn begin(&mut self, now: Duration) {
        self.last_cycle = Some(now);
    }

    /// The job is stopped, or stays so.
    pub(super) fn quarantine(&mut self, now: Duration) {
        self.quarantined_since.get_or_insert(now);
    }

    /// Whether the job is in quarantine.
    pub(super) const fn is_quarantined(&self) -> bool {
        self.quarantined_since.is_some()
    }

    /// Whether it has been there for four weeks: then it does not run any more.
    pub(super) fn is_switched_off(&self, now: Duration) -> bool {
        self.quarantined_since.is_some_and(|since| now.saturating_sub(since) >= FOUR_WEEKS)
    }

    /// The connection works again.
    pub(super) fn recover(&mut self) {
        self.quarantined_since = None;
    }

    /// A restart: the initial cycle starts at once.
    pub(super) fn restart(&mut self) {
        *self = Self::default();
    }
}

/// The sentence that follows a reason: how often it was tried, and when the next attempt is.
pub(super) fn retry_sentence(retried: u32, due: Duration, settings: &Settings) -> String {
    format!(
        ". This operation was retried {retried} times. It will be retried again after this date: {} UTC",
        date(due, settings)
    )
}

/// A virtual moment as the log writes it: seven digits after the second.
fn date(at: Duration, settings: &Settings) -> String {
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z");
    let moment: OffsetDateTime = settings.job_started + at;
    moment.format(&form).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::settings::tests::shipped;
    use super::*;

    const LISTED: [u32; 3] = [6, 12, 24];

    #[test]
    fn escrow_counts_from_the_first_failure() {
        let start = HOUR * 3;
        let mut now = start;
        let mut hours = Vec::new();
        while let Some(due) = next_attempt(start, now, &LISTED) {
            hours.push(due.saturating_sub(start).as_secs() / 3600);
            now = due;
        }
        assert_eq!(hours[..5], [6, 12, 24, 48, 72]);
        assert_eq!((hours.len(), hours.last()), (30, Some(&(28 * 24))), "dropped after day 28");
    }

    #[test]
    fn a_late_attempt_takes_the_next_date_of_the_plan() {
        assert_eq!(next_attempt(Duration::ZERO, HOUR * 13, &LISTED), Some(HOUR * 24));
    }

    #[test]
    fn cycles_start_with_the_job_and_slow_down_in_quarantine() {
        let settings = shipped("entra", &serde_json::json!({}));
        let mut job = Job::default();
        assert_eq!(job.until_next(Duration::ZERO, &settings), Duration::ZERO);
        job.begin(Duration::ZERO);
        assert_eq!(job.until_next(Duration::from_secs(60), &settings), Duration::from_secs(39 * 60));
        job.quarantine(HOUR);
        assert_eq!(job.until_next(HOUR, &settings), HOUR * 23);
        assert!(!job.is_switched_off(FOUR_WEEKS));
        assert!(job.is_switched_off(HOUR + FOUR_WEEKS), "after four weeks");
    }
}
