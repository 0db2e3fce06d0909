//! What a run will take, told before it begins: requests by the steps of the plan, time by the rate and by how fast
//! the target answered so far.

use std::time::Duration;

use crate::http::Rate;
use crate::run::event::Forecast;
use crate::run::plan::jobs::Job;
use crate::run::target::capabilities::Capabilities;
use crate::scenario::{Elements, Step, Verb};

/// Requests of one event, as Okta and Entra play it: look up, write, sometimes read again.
const EVENT: usize = 3;
/// Requests of a resource that is made: the create and its removal.
const CREATE: usize = 2;
/// Requests of a walk over pages.
const WALK: usize = 3;
/// Requests of a step that writes every attribute, where nothing is refused.
const EACH_ATTRIBUTE: usize = 12;
/// Users made to take seats, as a rule.
const FILL: usize = 5;

/// What these jobs will take at a target. `latency` is the time of one answer, `width` how many jobs run at once.
pub(in crate::run) fn forecast(
    jobs: &[Job],
    capabilities: &Capabilities,
    rate: Option<Rate>,
    latency: Duration,
    width: usize,
) -> Forecast {
    let (skipped, played): (Vec<&Job>, Vec<&Job>) =
        jobs.iter().partition(|job| capabilities.lack(&job.scenario.needs).is_some());
    let requests: usize = played.into_iter().map(requests_of).sum();
    let together = u32::try_from(width.max(1)).unwrap_or(u32::MAX);
    let each = (latency / together).max(rate.map_or(Duration::ZERO, Rate::interval));
    let time = each.saturating_mul(u32::try_from(requests).unwrap_or(u32::MAX));
    Forecast { skipped: skipped.len(), requests, rate: rate.map(|rate| rate.to_string()), time }
}

fn requests_of(job: &Job) -> usize {
    let given = &job.scenario.given;
    let accounts = given.accounts.len() + usize::try_from(given.crowd).unwrap_or_default();
    accounts * CREATE + job.scenario.steps.iter().map(of_step).sum::<usize>()
}

fn of_step(step: &Step) -> usize {
    // What is refused is read before and after.
    let witnesses = if step.expect.iter().any(|expectation| expectation.refused) { 2 } else { 0 };
    let times = match &step.for_each {
        Some((_, Elements::Given(values))) => values.len(),
        _ => 1,
    };
    times * (witnesses + of_verb(&step.verb))
}

fn of_verb(verb: &Verb) -> usize {
    match verb {
        Verb::Event(_) => EVENT,
        Verb::Create(_) => CREATE,
        Verb::Request(_) | Verb::Get(_) | Verb::Delete(_) => 1,
        Verb::Walk(_) => WALK,
        Verb::Load(load) => load.count() as usize,
        Verb::Parallel(steps) => steps.iter().map(of_step).sum(),
        Verb::Check { resources, .. } => resources.len(),
        Verb::EachAttribute(_) => EACH_ATTRIBUTE,
        Verb::FillSeats(_) => FILL * CREATE,
        Verb::Admin(_) | Verb::Wait(_) | Verb::Tick => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::*;
    use crate::run::plan::jobs::PLAIN;
    use crate::run::target::capabilities::Discovery;
    use crate::scenario::parse;

    fn of(jobs: &[Job], rate: Option<&str>, milliseconds: u64, width: usize) -> Forecast {
        let capabilities = Capabilities::of_target(Discovery::default(), BTreeSet::new(), true);
        let rate = rate.map(|text| text.parse().unwrap());
        forecast(jobs, &capabilities, rate, Duration::from_millis(milliseconds), width)
    }

    fn job(text: &str) -> Job {
        Job { scenario: Arc::new(parse("x/y", "x.yaml", text, false).unwrap()), dialect: PLAIN.to_owned() }
    }

    #[test]
    fn the_slower_of_target_and_rate_decides() {
        let jobs = [job("title: T\nsteps: [{ create: { user: alice } }, { get: alice }, { delete: alice }]\n")];
        let requests = of(&jobs, None, 10, 1).requests;
        assert_eq!(requests, 4);
        assert_eq!(of(&jobs, None, 100, 4).time, Duration::from_millis(100), "four at once");
        assert_eq!(of(&jobs, Some("20/s"), 100, 4).time, Duration::from_millis(200));
        assert_eq!(of(&jobs, Some("20/s"), 1000, 1).time, Duration::from_secs(4));
    }

    #[test]
    fn what_will_be_skipped_takes_nothing() {
        let jobs = [job("title: T\nneeds: [seats]\nsteps: [{ create: { user: alice } }]\n")];
        let forecast = of(&jobs, None, 10, 1);
        assert_eq!((forecast.skipped, forecast.requests), (1, 0));
    }
}
