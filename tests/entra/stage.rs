//! Short names for the events and answers of these tests.

use std::time::Duration;

use scimulator::http::Answer;
use scimulator::idp::{Event, Outcome, OutcomeKind};
use serde_json::{Value, json};

use crate::support::{Stage, answer, list};

pub const ALICE: &str = "GET /Users?filter=userName+eq+%22alice%40example.com%22";

/// Knobs with others on top.
pub fn with(base: &Value, knobs: &Value) -> Value {
    let both = [base, knobs].into_iter().filter_map(Value::as_object).flatten();
    Value::Object(both.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// A job that probes users only, so that tests name one probe a cycle.
pub fn job(knobs: &Value) -> Stage {
    Stage::new("entra", &with(&json!({ "probe-groups": false }), knobs))
}

/// A job with Calendly's mapping.
pub fn calendly(knobs: &Value) -> Stage {
    Stage::new("entra", &with(&json!({ "mapping": "calendly" }), knobs))
}

/// A job to which alice is assigned; her account is `u-1`.
pub fn with_alice(mut stage: Stage) -> Stage {
    stage.play(&assign("alice"), [none(), none(), created("u-1")]);
    stage.sent();
    stage
}

/// What was sent without the probes.
pub fn sent(stage: &mut Stage) -> Vec<String> {
    let mut sent = stage.sent();
    sent.retain(|line| !is_probe(line));
    sent
}

/// A lookup of a GUID.
pub fn is_probe(line: &str) -> bool {
    let value = line.rsplit("%22").nth(1).unwrap_or_default();
    line.starts_with("GET ") && value.len() == 36 && value.matches('-').count() == 4
}

pub fn kinds(outcomes: &[Outcome]) -> Vec<OutcomeKind> {
    outcomes.iter().map(|outcome| outcome.kind).collect()
}

/// Kind, subject and code of the only outcome.
pub fn only(outcomes: &[Outcome]) -> (OutcomeKind, Option<&str>, Option<&str>) {
    let [outcome] = outcomes else { panic!("{outcomes:?}") };
    (outcome.kind, outcome.subject.as_deref(), outcome.code.as_deref())
}

/// How long the dialect waited since last asked.
pub fn waited(stage: &mut Stage) -> Duration {
    std::mem::take(&mut stage.port.waits).iter().map(|(duration, _)| *duration).sum()
}

pub const fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3600)
}

pub const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

pub fn assign(key: &str) -> Event {
    Event::Assign(vec![key.to_owned()])
}

pub fn unassign(key: &str) -> Event {
    Event::Unassign(vec![key.to_owned()])
}

pub fn change(person: &str, changes: &Value) -> Event {
    let changes = changes.as_object().cloned().unwrap_or_default();
    Event::Change { person: person.to_owned(), changes }
}

/// An empty list.
pub fn none() -> Answer {
    list(&json!([]))
}

pub fn created(id: &str) -> Answer {
    answer(201, &json!({ "id": id }))
}

/// The directory's alice as the target shows her, with these members changed.
pub fn alice(changes: &Value) -> Value {
    let user = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "u-1", "userName": "alice@example.com", "active": true, "displayName": "Alice Cooper",
        "title": "Account Executive", "preferredLanguage": "en-US", "externalId": "alice",
        "emails": [{ "primary": true, "type": "work", "value": "alice@example.com" }],
        "name": { "formatted": "Alice Cooper", "familyName": "Cooper", "givenName": "Alice" },
        "addresses": [{ "type": "work", "formatted": "1 Pine Street, Seattle", "streetAddress": "1 Pine Street",
            "locality": "Seattle", "region": "WA", "postalCode": "98101", "country": "US" }],
        "phoneNumbers": [{ "type": "work", "value": "+1 425 555 0101" }, { "type": "mobile", "value": "+1 425 555 0201" }],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "employeeNumber": "701", "department": "Sales" },
        "urn:ietf:params:scim:schemas:extension:Calendly:2.0:User": { "group": "Sales" },
    });
    with(&user, changes)
}

/// … as the answer to a read.
pub fn shows_alice(changes: &Value) -> Answer {
    answer(200, &alice(changes))
}
