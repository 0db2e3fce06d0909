//! Judging a transcript by the passive rules.

use super::attributes::Declared;
use super::endpoint::Endpoint;
use super::http::complete_answer;
use super::memory::Memory;
use super::observed::Observed;
use super::registry::{COMPLETE_ANSWER, checks};
use super::sink::{Found, Sink};
use crate::finding::{Finding, Place};
use crate::http::{Sender, Transcript};

/// Everything that passive rules find in a transcript, in the order of first sight.
///
/// The same deviation at the same endpoint and method is one finding with a
/// count, placed at the first exchange that shows it. Cleaning up is not judged.
pub fn judge(transcript: &Transcript, scenario: &str, dialect: &str) -> Vec<Finding> {
    let mut judge = Judge::new(scenario, dialect);
    for (index, exchange) in transcript.exchanges.iter().enumerate() {
        let later = &transcript.exchanges[index + 1..];
        let answers_later = exchange.answer.is_err() && later.iter().any(|exchange| exchange.response().is_some());
        judge.look(transcript, index, answers_later);
    }
    judge.found.findings
}

/// The judge of a transcript that is not at its end yet.
#[derive(Debug, Default)]
pub struct Judge {
    place: Place,
    found: Found,
    memory: Memory,
    declared: Declared,
}

impl Judge {
    /// Has seen nothing.
    pub fn new(scenario: &str, dialect: &str) -> Self {
        let place = Place { scenario: scenario.to_owned(), dialect: dialect.to_owned(), ..Place::default() };
        Self { place, ..Self::default() }
    }

    /// Looks at the next exchange. One that got no answer counts where the target answers others later.
    pub fn look(&mut self, transcript: &Transcript, index: usize, answers_later: bool) {
        let Some(exchange) = transcript.exchanges.get(index).filter(|exchange| exchange.sender != Sender::CleanUp)
        else {
            return;
        };
        let Self { place, found, memory, declared } = self;
        memory.learn(exchange, declared);
        let place = Place { step: Some(exchange.step), exchange: Some(index), ..place.clone() };
        let method = exchange.request.method;
        if let Err(failure) = &exchange.answer {
            let endpoint = Endpoint::of(&exchange.request).collection;
            let mut sink = Sink { rule: COMPLETE_ANSWER, place: &place, endpoint, method, found, memory };
            complete_answer(failure, answers_later, &mut sink);
            return;
        }
        let Some(observed) = Observed::new(index, transcript, declared) else { return };
        for (rule, check) in checks() {
            let endpoint = observed.endpoint.collection;
            let mut sink = Sink { rule, place: &place, endpoint, method, found, memory };
            check(&observed, &mut sink);
        }
    }

    /// What was found so far, in the order of first sight; a count may still grow.
    pub fn findings(&self) -> &[Finding] {
        &self.found.findings
    }
}
