//! What happened to the same person before and after a failure.

use serde_json::Value;

use super::data::{Cause, Earlier, Later};
use crate::logs::incidents::Incident;
use crate::logs::observation::{Intent, Observation, Outcome};

/// Whether it is as a cause asks.
pub(super) fn fits(cause: &Cause, incident: &Incident) -> bool {
    cause.later.is_none_or(|Later::Linked| was_linked_later(incident))
        && cause.earlier.is_none_or(|earlier| match earlier {
            Earlier::Created => was_created_before(incident),
            Earlier::Deactivated => was_deactivated_before(incident),
            Earlier::Missed => was_missed_before(incident),
        })
}

/// Whether a lookup before the first failure found nobody, as far as is known. What an IdP's own log tells of needs no
/// lookup in it: there is no create without one.
fn was_missed_before(incident: &Incident) -> bool {
    let Some(first) = incident.failing.first() else { return false };
    let is_lookup = |seen: &Observation| seen.intent == Intent::Lookup && seen.outcome == Outcome::Success;
    let last = incident.observations[..*first].iter().rfind(|seen| is_lookup(seen));
    let is_told = incident.observations[*first].http.as_ref().is_none_or(|http| http.method.is_none());
    last.and_then(total).map_or(is_told, |total| total == 0)
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
    since_created(incident)
        .is_some_and(|since| !since.iter().any(|seen| seen.intent == Intent::Lookup && found_nobody(seen)))
}

/// Whether the same person was created well before the first failure, was deactivated since, and is still there.
fn was_deactivated_before(incident: &Incident) -> bool {
    let Some(since) = since_created(incident) else { return false };
    let last = since.iter().rfind(|seen| is_well(seen, Intent::Deactivate) || is_well(seen, Intent::Reactivate));
    last.is_some_and(|last| last.intent == Intent::Deactivate)
}

/// What happened since the last well answered create of whoever fails first; `None` when they were deleted since.
fn since_created(incident: &Incident) -> Option<&[Observation]> {
    let first = *incident.failing.first()?;
    let before = &incident.observations[..first];
    let name = |seen: &Observation| seen.subject.user_name.as_ref().map(|name| name.to_lowercase());
    let is_same = |seen: &Observation| name(seen).is_some() && name(seen) == name(&incident.observations[first]);
    let created = before.iter().rposition(|seen| is_well(seen, Intent::Create) && is_same(seen))?;
    let since = &before[created..];
    (!since.iter().any(|seen| is_well(seen, Intent::Delete))).then_some(since)
}

fn is_well(seen: &Observation, intent: Intent) -> bool {
    seen.intent == intent && seen.outcome == Outcome::Success
}

fn found_nobody(seen: &Observation) -> bool {
    total(seen) == Some(0)
}

/// How many an answer found.
fn total(seen: &Observation) -> Option<u64> {
    let body = seen.http.as_ref()?.response_body.as_ref()?;
    let list: Value = serde_json::from_str(&body.value.text).ok()?;
    list.get("totalResults")?.as_u64()
}
