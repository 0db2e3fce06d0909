//! Failures that no record calls one: the same change again and again, an answer that nobody can use.

use serde_json::Value;
use time::Duration;

use super::Symptom;
use crate::logs::observation::{Body, Change, Intent, Known, Observation, Outcome};

/// A change that comes again after less than this is one change in several steps.
const ANOTHER_ROUND: Duration = Duration::minutes(10);

/// A silent failure among the observations of one subject: what it is, and which of them show it.
pub(super) fn silent(observations: &[Observation]) -> Option<(Symptom, Vec<usize>)> {
    let several = || several(observations);
    unusable_lists(observations)
        .or_else(several)
        .or_else(|| not_applied(observations))
        .or_else(|| repeated(observations))
}

/// A lookup by login name that found more than one user.
fn several(observations: &[Observation]) -> Option<(Symptom, Vec<usize>)> {
    let shows = |observation: &Observation| {
        let http = observation.http.as_ref().filter(|_| observation.intent == Intent::Lookup);
        let is_by_name = http.and_then(|http| http.query.as_deref()).is_some_and(|query| query.contains("userName"));
        let list = http.filter(|_| is_by_name).and_then(|http| json(http.response_body.as_ref()));
        list.is_some_and(|list| list.get("totalResults").and_then(Value::as_u64).is_some_and(|total| total > 1))
    };
    found(observations, shows).map(|failing| (Symptom::new("lookup.several"), failing))
}

/// An update that was answered well, with the old value in the answer.
fn not_applied(observations: &[Observation]) -> Option<(Symptom, Vec<usize>)> {
    let shows = |observation: &Observation| {
        let is_update = observation.intent == Intent::Update && observation.outcome == Outcome::Success;
        let http = observation.http.as_ref().filter(|_| is_update);
        let (Some(sent), Some(got)) = (
            http.and_then(|http| json(http.request_body.as_ref())),
            http.and_then(|http| json(http.response_body.as_ref())),
        ) else {
            return false;
        };
        sent.get("userName").zip(got.get("userName")).is_some_and(|(sent, got)| sent != got)
            || addresses(&sent)
                .zip(addresses(&got))
                .is_some_and(|(sent, got)| sent.iter().all(|one| !got.contains(one)))
    };
    found(observations, shows).map(|failing| (Symptom::new("update.not-applied"), failing))
}

/// The same change, sent successfully in several rounds: it never arrived.
fn repeated(observations: &[Observation]) -> Option<(Symptom, Vec<usize>)> {
    let updates: Vec<usize> = (0..observations.len())
        .filter(|index| {
            let observation = &observations[*index];
            observation.intent == Intent::Update && observation.outcome == Outcome::Success
        })
        .collect();
    let (first, last) = (*updates.first()?, *updates.last()?);
    let apart = observations[last].time?.instant - observations[first].time?.instant;
    if updates.len() < 2 || apart < ANOTHER_ROUND {
        return None;
    }
    // Entra names the values it sent. Okta names none: there, one change in the directory stands before all rounds.
    let changes = |index: usize| -> &[Change] { &observations[index].changes };
    let is_same = !changes(first).is_empty() && updates.iter().all(|index| changes(*index) == changes(first));
    let directory = |from: usize, to: usize| {
        observations[from..to].iter().filter(|observation| observation.intent == Intent::DirectoryChange).count()
    };
    let is_unprovoked = directory(0, first) > 0
        && directory(first, last) == 0
        && updates.iter().all(|index| changes(*index).is_empty());
    (is_same || is_unprovoked).then(|| (Symptom::new("update.not-applied"), updates))
}

/// A list whose numbers are texts, or that is no list: Okta cannot use it and says nothing (`okta/import-shape`).
fn unusable_lists(observations: &[Observation]) -> Option<(Symptom, Vec<usize>)> {
    let shows = |observation: &Observation| {
        let http = observation.http.as_ref().filter(|_| observation.intent == Intent::Lookup);
        let body = http.and_then(|http| json(http.response_body.as_ref()));
        let is_page = http.and_then(|http| http.response_body.as_ref()).is_some_and(|body| is_page(&body.value));
        is_page && observation.outcome == Outcome::Success
            || body.is_some_and(|list| {
                ["totalResults", "startIndex", "itemsPerPage"]
                    .iter()
                    .any(|name| list.get(name).is_some_and(Value::is_string))
                    || (list.get("totalResults").is_none() && observation.outcome == Outcome::Success)
            })
    };
    if let Some(failing) = found(observations, shows) {
        return Some((Symptom::new("lookup.unparsable-response"), failing));
    }
    // In the System Log: the job failed without a reason, and nothing was pushed.
    let is_bare = |observation: &Observation| {
        observation.intent == Intent::Sync && observation.outcome == Outcome::Failure && observation.message.is_none()
    };
    found(observations, is_bare).map(|failing| (Symptom::new("lookup.unparsable-response"), failing))
}

/// The page of a website, where an answer was due.
fn is_page(body: &Body) -> bool {
    body.text.trim_start().starts_with('<')
}

fn found(observations: &[Observation], shows: impl Fn(&Observation) -> bool) -> Option<Vec<usize>> {
    let failing: Vec<usize> = (0..observations.len()).filter(|index| shows(&observations[*index])).collect();
    (!failing.is_empty()).then_some(failing)
}

fn json(body: Option<&Known<Body>>) -> Option<Value> {
    serde_json::from_str(&body?.value.text).ok()
}

fn addresses(resource: &Value) -> Option<Vec<&str>> {
    let emails = resource.get("emails")?.as_array()?;
    Some(emails.iter().filter_map(|email| email.get("value")?.as_str()).collect())
}
