//! Observations by subject, as they come in, in bounded memory.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use time::Duration;

use super::find::incidents;
use super::identity::Identities;
use super::symptom::symptom;
use super::weight::weight;
use super::{Incident, Symptom};
use crate::logs::observation::{Intent, Moment, Observation, Outcome};

/// So many observations are kept of somebody for whom nothing has failed.
const KEPT: usize = 20;
/// So many are kept of one subject, however much failed, and of those that name nobody.
const KEPT_OF_FAILING: usize = 2_000;
/// Bytes of the observations of subjects without a failure: more of them than support gets to see in one case.
const QUIET: usize = 12 << 20;
/// Bytes of all others. Beyond these …
const FAILING: usize = 24 << 20;
/// … only failures are kept, and of each symptom no more than so many: the first ones show what is wrong.
const KEPT_OF_SYMPTOM: usize = 100;
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
    /// Bytes of what is kept of subjects without a failure, and of all others.
    bytes: [usize; 2],
    /// How many failures of each symptom are kept.
    symptoms: HashMap<Symptom, usize>,
    /// How much was not kept.
    pub forgotten: Forgotten,
    last_lookup: Option<Lookup>,
}

/// How many observations were not kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// About people for whom nothing failed.
    pub quiet: u64,
    /// About those for whom something did: there were more than memory is meant to hold.
    pub failing: u64,
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
struct Case {
    observations: VecDeque<Observation>,
    bytes: usize,
    has_failure: bool,
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
            if self.nameless.len() < KEPT_OF_FAILING && self.has_room_for(&observation) {
                self.bytes[1] += weight(&observation);
                self.nameless.push(observation);
            } else {
                self.forgotten.failing += u64::from(observation.outcome == Outcome::Failure);
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
        drop(self.identities);
        incidents(self.by_subject.into_values().map(|case| case.observations.into()).collect(), self.nameless)
    }

    fn join(&mut self, subject: usize, others: &[usize]) {
        for other in others {
            let Some(case) = self.by_subject.remove(other) else { continue };
            self.bytes[usize::from(case.has_failure)] -= case.bytes;
            let own = self.by_subject.entry(subject).or_default();
            self.bytes[usize::from(own.has_failure)] -= own.bytes;
            own.has_failure |= case.has_failure;
            own.bytes += case.bytes;
            own.observations.extend(case.observations);
            self.bytes[usize::from(own.has_failure)] += own.bytes;
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
        let is_failure = observation.outcome == Outcome::Failure;
        let has_failure = is_failure || self.by_subject.get(&subject).is_some_and(|case| case.has_failure);
        if has_failure && !self.has_room_for(&observation) {
            self.forgotten.failing += 1;
            return;
        }
        let case = self.by_subject.entry(subject).or_default();
        if case.observations.is_empty() {
            self.quiet.push_back(subject);
        }
        self.bytes[usize::from(case.has_failure)] -= case.bytes;
        case.has_failure = has_failure;
        case.bytes += weight(&observation);
        case.observations.push_back(observation);
        while case.observations.len() > if has_failure { KEPT_OF_FAILING } else { KEPT } {
            case.bytes -= case.observations.pop_front().as_ref().map_or(0, weight);
            *(if has_failure { &mut self.forgotten.failing } else { &mut self.forgotten.quiet }) += 1;
        }
        self.bytes[usize::from(has_failure)] += case.bytes;
        self.forget_the_oldest();
    }

    /// Whether an observation of somebody for whom something failed is kept; then it counts for its symptom.
    fn has_room_for(&mut self, observation: &Observation) -> bool {
        let is_full = self.bytes[1] > FAILING;
        let Some(symptom) = symptom(observation) else { return !is_full };
        let count = self.symptoms.entry(symptom).or_default();
        let has_room = !is_full || *count < KEPT_OF_SYMPTOM;
        *count += usize::from(has_room);
        has_room
    }

    fn forget_the_oldest(&mut self) {
        while self.bytes[0] > QUIET {
            let Some(subject) = self.quiet.pop_front() else { return };
            let is_quiet = self.by_subject.get(&subject).is_some_and(|case| !case.has_failure);
            if let Some(case) = is_quiet.then(|| self.by_subject.remove(&subject)).flatten() {
                self.bytes[0] -= case.bytes;
                self.forgotten.quiet += case.observations.len() as u64;
                self.identities.forget(subject);
            }
        }
    }
}
