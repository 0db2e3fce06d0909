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
    let mut found = Found::default();
    let mut memory = Memory::default();
    let mut declared = Declared::default();
    for (index, exchange) in transcript.exchanges.iter().enumerate() {
        if exchange.sender == Sender::CleanUp {
            continue;
        }
        memory.learn(exchange, &mut declared);
        let place = Place {
            scenario: scenario.to_owned(),
            dialect: dialect.to_owned(),
            step: Some(exchange.step),
            exchange: Some(index),
        };
        let method = exchange.request.method;
        if let Err(failure) = &exchange.answer {
            let endpoint = Endpoint::of(&exchange.request).collection;
            let (found, memory) = (&mut found, &mut memory);
            let mut sink = Sink { rule: COMPLETE_ANSWER, place: &place, endpoint, method, found, memory };
            complete_answer(failure, &transcript.exchanges[index + 1..], &mut sink);
            continue;
        }
        let Some(observed) = Observed::new(index, transcript, &declared) else { continue };
        for (rule, check) in checks() {
            let endpoint = observed.endpoint.collection;
            let mut sink = Sink { rule, place: &place, endpoint, method, found: &mut found, memory: &mut memory };
            check(&observed, &mut sink);
        }
    }
    found.findings
}
