//! `load`: the same read at an even pace for some seconds, as many IdPs at work at once would send it.
//!
//! It is played only where the user asked for it (`--load`), and sends reads and nothing else.

use std::time::Duration;

use serde_json::json;

use super::resource::neutral;
use super::{End, Player};
use crate::finding::Source;
use crate::http::{Exchange, Headers, Method, Response, Sender};
use crate::scenario::{Load, Step, variables};

impl Player {
    /// What is judged is `{ sent, throttled, failed, unanswered, p95 }`, the last in milliseconds.
    pub(super) async fn play_load(&mut self, step: &Step, load: &Load) -> Result<(), End> {
        let target = self.with_scope(|scope| variables::resolve_text(&load.target, scope))?;
        let requests = (0..load.count()).map(|_| neutral(Method::Get, &target)).collect();
        let before = self.wire.transcript.exchanges.len();
        self.wire.sender = Sender::Harness;
        self.wire.paced(requests, Duration::from_secs(1) / load.per_second.max(1)).await?;
        let measured = Measured::of(&self.wire.transcript.exchanges[before..]);
        let p95 = measured.p95.as_millis();
        self.wire.shared.measured(format!(
            "at {} requests a second for {} s, 95 of 100 answers took up to {p95} ms",
            load.per_second, load.seconds
        ));
        let summary = json!({
            "sent": measured.sent,
            "throttled": measured.throttled,
            "failed": measured.failed,
            "unanswered": measured.unanswered,
            "p95": u64::try_from(p95).unwrap_or(u64::MAX),
        });
        let unmet = self.unmet(&step.expect, &Response::new(200, Headers::new(), summary.to_string()))?;
        self.report(step, Source::Expectation, unmet);
        Ok(())
    }
}

/// How a target bore a load.
#[derive(Debug, Default, PartialEq, Eq)]
struct Measured {
    sent: usize,
    /// 429.
    throttled: usize,
    /// 5xx.
    failed: usize,
    /// No whole answer.
    unanswered: usize,
    /// So long took all answers but the slowest twentieth.
    p95: Duration,
}

impl Measured {
    fn of(exchanges: &[Exchange]) -> Self {
        let mut measured = Self { sent: exchanges.len(), ..Self::default() };
        for exchange in exchanges {
            match exchange.response().map(|answer| answer.status) {
                None => measured.unanswered += 1,
                Some(429) => measured.throttled += 1,
                Some(status) if status >= 500 => measured.failed += 1,
                Some(_) => {}
            }
        }
        let mut times: Vec<Duration> = exchanges.iter().map(|exchange| exchange.elapsed).collect();
        times.sort_unstable();
        let at = (times.len() * 95).div_ceil(100).saturating_sub(1);
        measured.p95 = times.get(at).copied().unwrap_or_default();
        measured
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::http::TransportFailure;

    #[test]
    fn what_is_refused_and_what_breaks_is_counted_and_the_slowest_twentieth_left_out() {
        let exchange = |status: Option<u16>, elapsed: u64| Exchange {
            step: 0,
            sender: Sender::Harness,
            request: neutral(Method::Get, "/Users"),
            answer: status.map_or_else(
                || Err(TransportFailure::Timeout(Duration::from_secs(1))),
                |status| Ok(Arc::new(Response::new(status, Headers::new(), ""))),
            ),
            elapsed: Duration::from_millis(elapsed),
            at: Duration::ZERO,
        };
        let mut exchanges: Vec<Exchange> = (1..=17).map(|time| exchange(Some(200), time)).collect();
        exchanges.extend([exchange(Some(429), 18), exchange(Some(500), 19), exchange(None, 1000)]);
        let p95 = Duration::from_millis(19);
        let expected = Measured { sent: 20, throttled: 1, failed: 1, unanswered: 1, p95 };
        assert_eq!(Measured::of(&exchanges), expected);
    }
}
