//! How many requests a second the target gets at most.
//!
//! The engine waits here before each request, so that a test is no attack:
//! 20 a second at a target, no limit on this machine.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Base;

/// A rate: so many requests in so long a time. Written `20/s`, `100/m`, `5000/h` or `20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    requests: u32,
    per: Duration,
}

/// The text is no rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no rate; write for example `20/s` or `100/m`")]
pub struct RateError(String);

impl Rate {
    /// What a target gets when nothing is said.
    pub const AT_A_TARGET: Self = Self { requests: 20, per: Duration::from_secs(1) };

    /// The time between two requests.
    pub const fn interval(self) -> Duration {
        // Parsing refuses zero, so this divides by one at least.
        match self.per.checked_div(self.requests) {
            Some(interval) => interval,
            None => self.per,
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.per.as_secs() {
            60 => "m",
            3600 => "h",
            _ => "s",
        };
        write!(out, "{}/{unit}", self.requests)
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let error = || RateError(text.to_owned());
        let (requests, unit) = text.split_once('/').unwrap_or((text, "s"));
        let seconds = match unit.trim() {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err(error()),
        };
        let requests = requests.trim().parse().ok().filter(|requests| *requests > 0).ok_or_else(error)?;
        Ok(Self { requests, per: Duration::from_secs(seconds) })
    }
}

/// A token bucket that holds the requests of one second. Clones share it.
#[derive(Clone, Debug)]
pub struct RateLimit(Option<(Rate, Arc<Mutex<Bucket>>)>);

impl RateLimit {
    /// No limit.
    pub const fn unlimited() -> Self {
        Self(None)
    }

    /// This rate.
    pub fn at(rate: Rate) -> Self {
        Self(Some((rate, Arc::new(Mutex::new(Bucket { interval: rate.interval(), next: None })))))
    }

    /// What is asked for; else no limit on this machine and [`Rate::AT_A_TARGET`] elsewhere.
    pub fn for_base(base: &Base, asked: Option<Rate>) -> Self {
        match asked {
            Some(rate) => Self::at(rate),
            None if base.is_loopback() => Self::unlimited(),
            None => Self::at(Rate::AT_A_TARGET),
        }
    }

    /// The rate, where there is a limit.
    pub fn rate(&self) -> Option<Rate> {
        self.0.as_ref().map(|(rate, _)| *rate)
    }

    /// Waits until the next request may leave.
    pub async fn ready(&self) {
        let Some((_, bucket)) = &self.0 else { return };
        let wait = bucket.lock().unwrap_or_else(PoisonError::into_inner).reserve(Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }
}

/// When the next request is due if all are evenly spaced; up to one second of them may come at once.
#[derive(Debug)]
struct Bucket {
    interval: Duration,
    next: Option<Instant>,
}

impl Bucket {
    /// Takes one token; gives how long to wait for it.
    fn reserve(&mut self, now: Instant) -> Duration {
        let burst = Duration::from_secs(1).saturating_sub(self.interval);
        let due = self.next.unwrap_or(now).max(now);
        self.next = Some(due + self.interval);
        due.saturating_duration_since(now + burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        assert_eq!("20".parse(), Ok(Rate::AT_A_TARGET));
        assert_eq!("100/m".parse(), Ok(Rate { requests: 100, per: Duration::from_secs(60) }));
        let written = ["20", "100/m", "5000/h"].map(|text| text.parse::<Rate>().map(|rate| rate.to_string()));
        assert_eq!(written, ["20/s", "100/m", "5000/h"].map(|text| Ok(text.to_owned())));
        for text in ["0", "-1", "20/d", "fast", ""] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_first_second_comes_at_once_and_the_rest_evenly() {
        let mut bucket = Bucket { interval: Rate::AT_A_TARGET.interval(), next: None };
        let now = Instant::now();
        let waits: Vec<Duration> = (0..22).map(|_| bucket.reserve(now)).collect();
        assert!(waits[..20].iter().all(Duration::is_zero));
        assert_eq!(waits[20..], [Duration::from_millis(50), Duration::from_millis(100)]);
    }

    #[test]
    fn a_pause_fills_the_bucket_again_but_not_beyond_a_second() {
        let mut bucket = Bucket { interval: Rate::AT_A_TARGET.interval(), next: None };
        let now = Instant::now();
        for _ in 0..40 {
            bucket.reserve(now);
        }
        let later = now + Duration::from_secs(60);
        assert_eq!((0..21).filter(|_| bucket.reserve(later).is_zero()).count(), 20);
    }

    #[test]
    fn this_machine_has_no_limit() {
        let local = Base::parse("http://localhost:8080").unwrap();
        let remote = Base::parse("https://example.com").unwrap();
        assert!(RateLimit::for_base(&local, None).0.is_none());
        assert!(RateLimit::for_base(&remote, None).0.is_some());
        assert!(RateLimit::for_base(&local, Some(Rate::AT_A_TARGET)).0.is_some());
    }
}
