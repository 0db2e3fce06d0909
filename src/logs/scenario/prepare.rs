//! From the requests of an incident to those of a scenario: no retries, nothing after the failure, bodies where the log
//! has none.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::answer::{is_due, is_empty_create, is_list, is_text, is_unusable, texts_for_numbers};
use super::bodies::{default_body, lengthen, named_attribute, named_limit};
use crate::http::{Method, percent};
use crate::logs::incidents::Incident;
use crate::logs::infer::Step;
use crate::logs::observation::Provenance;
use crate::logs::ticket::Finding;
use crate::scim::urn;

/// The id of a member whom the endpoint does not know. The replay makes the person, and the behaviour loses them.
pub(super) const NOBODY: &str = "the id of nobody";
/// So many requests before the failure are played.
const MAX_STEPS: usize = 150;
/// Who stands in where nobody has a name.
const SOMEBODY: &str = "person@example.org";

/// The steps to play, and which of them failed.
pub(super) fn prepare(finding: &Finding, steps: Vec<Step>) -> Vec<Step> {
    let incident = &finding.incident;
    let mut steps = without_retries(steps);
    // Where requests are limited, what comes behind the first refusal depends on how fast it is played.
    if incident.symptom.as_str() == "rate.limited"
        && let Some(first) = steps.iter().position(|step| step.status == Some(429))
    {
        steps.truncate(first + 1);
    }
    if finding.diagnosis.cause.later.is_none()
        && let Some(last) = last_failure(incident, &steps)
    {
        steps.truncate(last + 1);
    }
    // What happened long before has nothing to do with it; who was there then is made anew.
    steps.drain(..steps.len().saturating_sub(MAX_STEPS));
    for step in &mut steps {
        complete(step, incident);
    }
    steps
}

/// A lookup or a create that is tried again gets the same answer again; once is enough to see it. A lookup after a write
/// that went well is another one.
fn without_retries(steps: Vec<Step>) -> Vec<Step> {
    let is_of_collection = |step: &Step| step.request.path.trim_matches('/').matches('/').count() == 0;
    let (mut reads, mut writes) = (HashSet::new(), HashSet::new());
    let mut is_new = |step: &Step| {
        let query = step.request.query.as_deref().map(percent::decode_query);
        // Of many people with the same failure one is enough; who was created well is another person.
        let is_well = step.status.is_some_and(|status| status < 400);
        let body = step.request.body.clone().filter(|_| is_well);
        let seen = (step.request.method, step.request.path.clone(), query, body, step.status, step.total);
        if !step.request.method.writes() {
            return reads.insert(seen);
        }
        if is_well {
            reads.clear();
        }
        writes.insert(seen)
    };
    steps.into_iter().filter(|step| is_new(step) || !is_of_collection(step)).collect()
}

/// The last step that failed: by its status, by its form, or because it shows the old value once more.
fn last_failure(incident: &Incident, steps: &[Step]) -> Option<usize> {
    let is_silent = incident.symptom.as_str() == "update.not-applied";
    let first_write = steps.iter().position(|step| matches!(step.request.method, Method::Put | Method::Patch));
    let fails = |(at, step): (usize, &Step)| match step.status {
        Some(status) if !is_due(step, status) => true,
        Some(_)
            if is_unusable(step) || is_text(step) || is_empty_create(step) || !texts_for_numbers(step).is_empty() =>
        {
            true
        }
        Some(_) if step.total.is_some_and(|total| total > 1) && is_list(step) => true,
        // Without a body in the log, the next read after a write shows it.
        Some(_) => is_silent && first_write.is_some_and(|write| at >= write) && shows(step),
        None => step.is_unanswered,
    };
    steps.iter().enumerate().filter(|(at, step)| fails((*at, step))).map(|(at, _)| at).last()
}

/// The answer holds the resource as it is.
pub(super) fn shows(step: &Step) -> bool {
    step.request.method == Method::Get || step.request.method == Method::Put && step.body.is_some()
}

/// A body where the log has none, and in it what the words of the error tell.
fn complete(step: &mut Step, incident: &Incident) {
    let is_write = matches!(step.request.method, Method::Post | Method::Put | Method::Patch);
    if !is_write || step.request.path.ends_with("/.search") {
        return;
    }
    // Of a body that the log cut nothing can be sent.
    if step.request.json().is_none() {
        let name = incident.observations.iter().find_map(|seen| seen.subject.user_name.clone());
        let name = name.filter(|name| name.contains('@')).unwrap_or_else(|| SOMEBODY.to_owned());
        if let Some(body) = default_body(&step.request, incident, &name) {
            step.request = step.request.clone().with_json(&body);
            step.sent = Provenance::Defaulted("bodies-unknown");
        }
    }
    // People who try something by hand leave `schemas` out; a server that took it is not asked to do so again.
    if let Some(mut body) = step.request.json().filter(|body| body.get("schemas").is_none() && step.status != Some(400))
        && let Some(members) = body.as_object_mut()
    {
        let is_patch = step.request.method == Method::Patch;
        let is_group = step.request.path.starts_with("/Groups");
        let schema = if is_patch {
            urn::PATCH_OP
        } else if is_group {
            urn::CORE_GROUP
        } else {
            urn::CORE_USER
        };
        members.shift_insert(0, "schemas".to_owned(), json!([schema]));
        step.request = step.request.clone().with_json(&body);
    }
    let is_refused = step.status.is_some_and(|status| !is_due(step, status));
    let Some(mut body) = step.request.json().filter(|_| is_refused && step.status == Some(400)) else { return };
    let words = step.detail.clone().unwrap_or_default();
    if let (Some(attribute), Some(limit)) = (named_attribute(&words), named_limit(&words))
        && step.request.method != Method::Patch
    {
        lengthen(&mut body, attribute, limit);
        step.request = step.request.clone().with_json(&body);
    }
    if incident.symptom.as_str() == "group.member-unknown" {
        forget_members(&mut body);
        step.request = step.request.clone().with_json(&body);
    }
}

/// Puts somebody whom the endpoint does not know in the place of every member.
fn forget_members(body: &mut Value) {
    let nobody = || json!([{ "value": NOBODY }]);
    let is_members = |operation: &&mut Value| {
        operation.get("path").and_then(Value::as_str).is_some_and(|path| path.starts_with("members"))
    };
    match body.get_mut("Operations").and_then(Value::as_array_mut) {
        Some(operations) => {
            operations.iter_mut().filter(is_members).for_each(|operation| operation["value"] = nobody());
        }
        None => body["members"] = nobody(),
    }
}
