//! What is likely wrong, and what to tell the customer.

mod data;
mod history;
mod questions;

pub use data::{ADVICE, Advice, CAUSES, Cause, CauseWords, Earlier, Language, Later};
pub use questions::{Question, questions};

use super::incidents::Incident;
use super::observation::{Intent, Observation};
use crate::run::glob;

/// A diagnosis of one incident.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The likely cause.
    pub cause: &'static Cause,
    /// What to do, by id.
    pub advice: Vec<&'static str>,
    /// What would be advised, had the log not shown that it was tried and did not help.
    pub tried: Vec<&'static str>,
}

/// The likely cause of an incident, and the advice that fits.
pub fn diagnose(incident: &Incident) -> Diagnosis {
    let cause = CAUSES.iter().find(|cause| fits(cause, incident)).expect("the last cause fits every incident");
    let is_tried = |id: &&str| ADVICE[*id].unless_tried && was_tried(id, incident);
    let (tried, advice) = cause.advice.iter().map(String::as_str).partition(is_tried);
    Diagnosis { cause, advice, tried }
}

fn fits(cause: &Cause, incident: &Incident) -> bool {
    cause.symptoms.iter().any(|symptom| glob(symptom, incident.symptom.as_str()))
        && cause
            .says
            .as_ref()
            .is_none_or(|says| incident.observations.iter().any(|seen| words(seen).any(|word| says.is_match(word))))
        && cause
            .value
            .as_ref()
            .is_none_or(|value| failing(incident).any(|seen| sent(seen).any(|word| value.is_match(word))))
        && history::fits(cause, incident)
}

fn failing(incident: &Incident) -> impl Iterator<Item = &Observation> {
    incident.failing.iter().filter_map(|index| incident.observations.get(*index))
}

/// What the IdP and the endpoint say.
fn words(observation: &Observation) -> impl Iterator<Item = &str> {
    let message = observation.message.as_ref();
    let body = observation.http.as_ref().and_then(|http| http.response_body.as_ref());
    let raw = message.map(|message| &*message.raw);
    let quoted = message.and_then(|message| message.body.as_deref());
    [raw, quoted, body.map(|body| &*body.value.text)].into_iter().flatten()
}

/// Names and values that were sent.
fn sent(observation: &Observation) -> impl Iterator<Item = &str> {
    let subject = &observation.subject;
    let names = [&subject.user_name, &subject.email, &subject.display_name].into_iter().flatten().map(String::as_str);
    names.chain(observation.changes.iter().filter_map(|change| change.new.as_deref()))
}

/// Whether the log shows the advice followed, with the same failure after it.
fn was_tried(advice: &str, incident: &Incident) -> bool {
    let (Some(first), Some(last)) = (incident.failing.first(), incident.failing.last()) else { return false };
    let between = &incident.observations[*first..*last];
    let has = |intent: Intent| between.iter().any(|seen| seen.intent == intent);
    match advice {
        "remove-and-reassign" => has(Intent::Unassign) && has(Intent::Assign),
        "renew-token" => has(Intent::RotateToken),
        _ => false,
    }
}
