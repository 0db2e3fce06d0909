//! Observations by subject, as they come in, in bounded memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use time::Duration;

use super::Incident;
use super::find::incidents;
use super::identity::Identities;
use crate::logs::observation::{Intent, Moment, Observation, Outcome};

/// So many observations are kept of somebody for whom nothing has failed.
const KEPT: usize = 20;
/// So many observations of subjects without a failure are kept in all: more than support gets to see in one case.
const KEPT_IN_ALL: usize = 20_000;
/// So many are kept of one subject, however much failed.
const KEPT_OF_FAILING: usize = 2_000;
/// A request without a name in it belongs to the lookup before it, when that is no older.
const AFTER_LOOKUP: Duration = Duration::seconds(5);

/// Observations by subject.
#[derive(Debug, Default)]
pub struct Cases {
    identities: Identities,
    by_subject: BTreeMap<usize, Case>,
    /// Observations that name nobody.
    nameless: Vec<Observation>,
    /// Subjects without a failure, the one seen longest ago first.
    quiet: VecDeque<usize>,
    kept: usize,
    /// How many observations of people for whom nothing failed were forgotten.
    pub forgotten: u64,
    last_lookup: Option<Lookup>,
}

/// Whom the last lookup was about.
#[derive(Debug)]
struct Lookup {
    subject: usize,
    file: Arc<str>,
    time: Option<Moment>,
}

/// What is known of one subject.
#[derive(Debug, Default)]
pub(super) struct Case {
    pub(super) observations: VecDeque<Observation>,
    pub(super) has_failure: bool,
}

impl Cases {
    /// Takes in an observation.
    pub fn add(&mut self, observation: Observation) {
        let subject = match self.identities.subject(&observation) {
            Some((subject, others)) => {
                self.join(subject, &others);
                Some(subject)
            }
            None => self.subject_of_lookup(&observation),
        };
        let Some(subject) = subject else {
            if self.nameless.len() < KEPT_OF_FAILING {
                self.nameless.push(observation);
            }
            return;
        };
        if observation.intent == Intent::Lookup && observation.http.is_some() {
            let file = Arc::clone(&observation.place.file);
            self.last_lookup = Some(Lookup { subject, file, time: observation.time });
        }
        self.keep(subject, observation);
    }

    /// All incidents, those that concern everybody first, then by time.
    pub fn incidents(self) -> Vec<Incident> {
        incidents(self.by_subject.into_values().map(|case| case.observations.into()).collect(), self.nameless)
    }

    fn join(&mut self, subject: usize, others: &[usize]) {
        for other in others {
            let Some(case) = self.by_subject.remove(other) else { continue };
            let own = self.by_subject.entry(subject).or_default();
            own.has_failure |= case.has_failure;
            own.observations.extend(case.observations);
        }
    }

    /// A create has no id in its path, and an access log has no body: it is about whom the lookup before it was.
    fn subject_of_lookup(&self, observation: &Observation) -> Option<usize> {
        let lookup = self.last_lookup.as_ref()?;
        let is_same_source = lookup.file == observation.place.file;
        let is_soon = match (lookup.time, observation.time) {
            (Some(before), Some(after)) => (Duration::ZERO..=AFTER_LOOKUP).contains(&(after.instant - before.instant)),
            _ => true,
        };
        let is_of_it = matches!(observation.intent, Intent::Create | Intent::GroupCreate);
        (is_of_it && is_same_source && is_soon).then_some(lookup.subject)
    }

    fn keep(&mut self, subject: usize, observation: Observation) {
        let case = self.by_subject.entry(subject).or_default();
        let is_new = case.observations.is_empty();
        case.has_failure |= observation.outcome == Outcome::Failure;
        case.observations.push_back(observation);
        self.kept += 1;
        let most = if case.has_failure { KEPT_OF_FAILING } else { KEPT };
        if case.observations.len() > most {
            case.observations.pop_front();
            self.kept -= 1;
            self.forgotten += 1;
        }
        if is_new {
            self.quiet.push_back(subject);
        }
        self.forget_the_oldest();
    }

    fn forget_the_oldest(&mut self) {
        while self.kept > KEPT_IN_ALL {
            let Some(subject) = self.quiet.pop_front() else { return };
            let Some(case) = self.by_subject.get(&subject) else { continue };
            if !case.has_failure {
                let count = case.observations.len();
                self.kept -= count;
                self.forgotten += count as u64;
                self.by_subject.remove(&subject);
            }
        }
    }
}
