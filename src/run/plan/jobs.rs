//! The plan: which scenario is played under which dialect, in which order.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use serde_json::{Map, Value};

use crate::idp::Dialect;
use crate::run::plan::check::check;
use crate::scenario::{Admin, Catalogue, Listed, Scenario, Verb};
use crate::yaml::DataError;

/// The dialect of scenarios without events: neutral headers, no IdP.
pub const PLAIN: &str = "plain";

/// The gate of scenarios that put a load on a target: it opens only when the user says so.
pub(in crate::run) const LOAD: &str = "config.load";

/// One scenario under one dialect.
#[derive(Clone, Debug)]
pub struct Job {
    /// What is played.
    pub scenario: Arc<Scenario>,
    /// As whom; [`PLAIN`] for raw scenarios.
    pub dialect: String,
}

/// How far a job disturbs others at the same target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disturbance {
    /// Not at all: any number may be played at the same time.
    None,
    /// It needs all seats, or changes the app for everybody.
    Target,
    /// It takes the IdP's access away, so that nothing after it may be let in.
    Access,
}

impl Job {
    /// Seats, mappings and tokens concern the whole target: such a job is played when no other is.
    pub fn disturbance(&self) -> Disturbance {
        let of_step = |verb: &Verb| match verb {
            Verb::FillSeats(_)
            | Verb::Load(_)
            | Verb::Admin(Admin::SetSeats(_) | Admin::MapGroups(_) | Admin::Weather(_)) => Disturbance::Target,
            Verb::Admin(
                Admin::RevokeToken
                | Admin::ExpireToken
                | Admin::NewToken
                | Admin::DeleteConfiguration
                | Admin::SetUpAgain,
            ) => Disturbance::Access,
            _ => Disturbance::None,
        };
        let seats = self.scenario.needs.iter().any(|need| matches!(need.as_str(), "seats" | "config.seats"));
        // A crowd may take more seats than there are.
        let is_crowded = self.scenario.given.crowd > 0;
        let least = if seats || is_crowded { Disturbance::Target } else { Disturbance::None };
        self.scenario.steps.iter().map(|step| of_step(&step.verb)).max().unwrap_or(least).max(least)
    }

    /// The same job where the user allows a load.
    #[must_use]
    pub fn with_load(mut self) -> Self {
        if self.scenario.needs.iter().any(|need| need == LOAD) {
            Arc::make_mut(&mut self.scenario).needs.retain(|need| need != LOAD);
        }
        self
    }

    /// Whether it lets a target's clock move on.
    pub(in crate::run) fn waits(&self) -> bool {
        self.scenario.steps.iter().any(|step| matches!(step.verb, Verb::Tick))
    }

    /// The knobs the scenario sets for this dialect: those of its family, then its own.
    ///
    /// The persona `calendly` has attributes of its own, so its mapping goes with it.
    pub(in crate::run) fn knobs(&self) -> Map<String, Value> {
        let given = &self.scenario.given;
        let mut knobs = Map::new();
        if given.persona.as_deref() == Some("calendly") {
            knobs.insert("mapping".to_owned(), "calendly".into());
        }
        for name in [Dialect::parent(&self.dialect), self.dialect.as_str()] {
            knobs.extend(given.knobs.get(name).cloned().unwrap_or_default());
        }
        knobs
    }
}

/// Scenarios first, then rules; inside, by id and in the order of the dialects. At a target, what disturbs
/// others comes last, its rules first. Every file is checked as a whole: a mistake is told before anything is sent.
pub fn plan(
    chosen: &[&Listed],
    catalogue: &Catalogue,
    dialects: &[String],
    at_target: bool,
) -> Result<Vec<Job>, DataError> {
    let mut jobs = Vec::new();
    let (rules, scenarios): (Vec<&Listed>, Vec<&Listed>) = chosen.iter().partition(|listed| listed.is_rule);
    let files: Vec<&Listed> = scenarios.into_iter().chain(rules).filter(|listed| !listed.is_passive).collect();
    for scenario in read_all(&files, catalogue)? {
        if scenario.steps.is_empty() {
            continue;
        }
        if scenario.is_plain() {
            jobs.push(Job { scenario, dialect: PLAIN.to_owned() });
            continue;
        }
        let suits = dialects.iter().filter(|dialect| scenario.suits(dialect, Dialect::parent(dialect)));
        jobs.extend(suits.map(|dialect| Job { scenario: Arc::clone(&scenario), dialect: dialect.clone() }));
    }
    if at_target {
        // Of those that need the target for themselves, rules come first: a server that counts wrongly may have no
        // seat left after the first story, and then nothing could be said.
        let is_rule = |job: &Job| catalogue.get(&job.scenario.id).is_some_and(|listed| listed.is_rule);
        jobs.sort_by_key(|job| {
            let disturbance = job.disturbance();
            (disturbance, disturbance == Disturbance::Target && !is_rule(job))
        });
    }
    Ok(jobs)
}

/// Reads and checks the files, on all cores: nothing is sent before, and YAML takes its time.
fn read_all(files: &[&Listed], catalogue: &Catalogue) -> Result<Vec<Arc<Scenario>>, DataError> {
    let read = |listed: &&Listed| {
        let scenario = listed.parse()?;
        if !scenario.steps.is_empty() {
            check(&scenario, listed, catalogue)?;
        }
        Ok(Arc::new(scenario))
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let shares = files.chunks(files.len().div_ceil(cores).max(1));
        let readers: Vec<_> = shares.map(|share| scope.spawn(move || share.iter().map(read).collect())).collect();
        let read = readers.into_iter().map(|reader| reader.join().unwrap_or_else(|panic| resume_unwind(panic)));
        read.collect::<Result<Vec<Vec<_>>, _>>().map(|shares| shares.concat())
    })
}
