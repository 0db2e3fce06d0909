//! Whether an incident is as the entry of a cause asks.

use super::data::Cause;
use super::history;
use crate::logs::incidents::Incident;
use crate::logs::observation::Observation;
use crate::run::glob;

/// Whether all conditions of a cause hold.
pub(super) fn fits(cause: &Cause, incident: &Incident) -> bool {
    cause.symptoms.iter().any(|symptom| glob(symptom, incident.symptom.as_str()))
        && cause
            .says
            .as_ref()
            .is_none_or(|says| incident.observations.iter().any(|seen| words(seen).any(|word| says.is_match(word))))
        && cause
            .value
            .as_ref()
            .is_none_or(|value| failing(incident).any(|seen| sent(seen).any(|word| value.is_match(word))))
        && (cause.status.is_empty()
            || failing(incident).any(|seen| seen.status().is_some_and(|status| cause.status.contains(&status))))
        && (!cause.wordless || failing(incident).all(says_nothing))
        && (!cause.bodiless || failing(incident).all(is_without_body))
        && history::fits(cause, incident)
}

/// Neither words nor a code.
fn says_nothing(seen: &Observation) -> bool {
    seen.message.as_ref().is_none_or(|message| message.code.is_none()) && words(seen).all(|word| word.trim().is_empty())
}

fn is_without_body(seen: &Observation) -> bool {
    seen.http.as_ref().is_some_and(|http| http.method.is_some() && http.request_body.is_none())
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
