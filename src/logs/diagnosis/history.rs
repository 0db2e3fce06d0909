//! What happened to the same person before and after a failure.

use serde_json::Value;

use super::data::{Cause, Earlier, Later};
use crate::logs::incidents::Incident;
use crate::logs::observation::{Intent, Observation, Outcome};

/// Whether it is as a cause asks.
pub(super) fn fits(cause: &Cause, incident: &Incident) -> bool {
    cause.later.is_none_or(|Later::Linked| was_linked_later(incident))
        && cause.earlier.is_none_or(|Earlier::Created| was_created_before(incident))
}

/// Whether, after the last failure, the same person was found and handled well.
fn was_linked_later(incident: &Incident) -> bool {
    let Some(last) = incident.failing.last() else { return false };
    incident.observations[last + 1..]
        .iter()
        .any(|seen| seen.outcome == Outcome::Success && matches!(seen.intent, Intent::Update | Intent::Reactivate))
}

/// Whether the same person, whom the log names, was created well before the first failure, and is still there.
fn was_created_before(incident: &Incident) -> bool {
    let Some(first) = incident.failing.first() else { return false };
    let before = &incident.observations[..*first];
    let name = |seen: &Observation| seen.subject.user_name.as_ref().map(|name| name.to_lowercase());
    let is_same = |seen: &Observation| name(seen).is_some() && name(seen) == name(&incident.observations[*first]);
    let last = |intent: Intent, is_it: &dyn Fn(&Observation) -> bool| {
        before.iter().rposition(|seen| seen.intent == intent && seen.outcome == Outcome::Success && is_it(seen))
    };
    let Some(created) = last(Intent::Create, &is_same) else { return false };
    let was_missed = before[created..].iter().any(|seen| seen.intent == Intent::Lookup && found_nobody(seen));
    last(Intent::Delete, &|_| true).is_none_or(|deleted| deleted < created) && !was_missed
}

fn found_nobody(seen: &Observation) -> bool {
    let body = seen.http.as_ref().and_then(|http| http.response_body.as_ref());
    let list = body.and_then(|body| serde_json::from_str::<Value>(&body.value.text).ok());
    list.is_some_and(|list| list.get("totalResults").and_then(Value::as_u64) == Some(0))
}
