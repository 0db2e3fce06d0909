//! Requests that no log shows come from the dialect itself, driven against the answers that the log proves.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use serde_json::{Map, Value, json};

use super::events::{KEY, Story, story};
use super::evidence::Evidence;
use super::{Assumption, Sequence};
use crate::http::{Method, Request};
use crate::idp::{Dialect, Directory, Event, Group, Person};
use crate::logs::incidents::Incident;
use crate::logs::observation::{Change, Idp, Intent, Observation, Provenance};
use crate::scim::urn;

/// The requests of an incident.
pub(super) fn sequence(incident: &Incident, chosen: Option<&str>) -> Sequence {
    let (dialect, mut assumptions) = match chosen {
        Some(dialect) => (dialect, Vec::new()),
        None => choose(incident),
    };
    let story = story(incident);
    let mut evidence = Evidence::new(names(incident), scim_id(incident), before(incident));
    if let Ok(mut player) = Dialect::new(dialect, &knobs(incident, dialect)) {
        let patches = dialect != "okta-aiw";
        play(&mut player, &story, directory(incident, dialect, &story), &mut evidence, patches);
    }
    assumptions.extend(assumed(incident, &story, &evidence));
    assumptions.sort_unstable();
    assumptions.dedup();
    Sequence { dialect: dialect.to_owned(), steps: evidence.steps, assumptions }
}

/// Plays the story. The port answers at once, so nothing is ever waited for.
fn play(dialect: &mut Dialect, story: &Story, mut directory: Directory, evidence: &mut Evidence, patches: bool) {
    for happening in &story.happenings {
        if directory.apply(&happening.event).is_err() {
            continue;
        }
        evidence.proof.clone_from(&happening.proof);
        let begun = evidence.steps.len();
        let is_played = {
            let played = pin!(dialect.play(&happening.event, &directory, evidence));
            played.poll(&mut Context::from_waker(Waker::noop())).is_ready()
        };
        if !is_played {
            return;
        }
        if let Some(proof) = happening.proof.as_ref().filter(|proof| evidence.misses(proof, begun)) {
            let (method, path) = usual(proof.intent, evidence.id(), patches);
            evidence.stand_in(Request::new(method, path), proof);
        }
    }
}

/// What is sent for an intent, where the dialect of a directory that is hardly known sends nothing that could fail.
fn usual(intent: Intent, id: &str, patches: bool) -> (Method, String) {
    let write = if patches { Method::Patch } else { Method::Put };
    match intent {
        Intent::Create => (Method::Post, "/Users".to_owned()),
        Intent::GroupCreate => (Method::Post, "/Groups".to_owned()),
        Intent::Update | Intent::Deactivate | Intent::Reactivate => (write, format!("/Users/{id}")),
        Intent::GroupUpdate | Intent::GroupMembers => (write, format!("/Groups/{id}")),
        Intent::Delete => (Method::Delete, format!("/Users/{id}")),
        Intent::GroupDelete => (Method::Delete, format!("/Groups/{id}")),
        Intent::Read => (Method::Get, format!("/Users/{id}")),
        Intent::GroupRead => (Method::Get, format!("/Groups/{id}")),
        Intent::GroupLookup => (Method::Get, "/Groups".to_owned()),
        _ => (Method::Get, "/Users".to_owned()),
    }
}

/// Which dialect sent it: by the IdP, and for Okta by the kind of application.
fn choose(incident: &Incident) -> (&'static str, Vec<Assumption>) {
    let seen = &incident.observations;
    if seen.iter().any(|observation| observation.idp == Idp::Entra) {
        return ("entra", Vec::new());
    }
    let says = |words: &str| {
        seen.iter().any(|observation| observation.message.as_ref().is_some_and(|message| message.raw.contains(words)))
    };
    if says("PATCH is not supported") {
        return ("okta", Vec::new());
    }
    // The wizard's apps never send PATCH, those of the catalogue do.
    ("okta-aiw", vec![Assumption::new("dialect-okta-aiw")])
}

/// What the endpoint held before the first change, as far as Entra says so; Okta writes whole resources, whatever was.
fn before(incident: &Incident) -> Value {
    let mut resource = json!({});
    for Change { path, old, .. } in incident.observations.iter().flat_map(|seen| &seen.changes) {
        let Some(old) = old else { continue };
        match path.as_str() {
            r#"emails[type eq "work"].value"# if resource.get("emails").is_none() => {
                resource["emails"] = json!([{ "type": "work", "primary": true, "value": old }]);
            }
            "userName" | "displayName" | "title" if resource.get(path).is_none() => resource[path] = json!(old),
            _ => {}
        }
    }
    resource
}

/// Every name of the subject, the one it is looked for by first.
fn names(incident: &Incident) -> Vec<String> {
    let mut names = Vec::new();
    for observation in &incident.observations {
        let subject = &observation.subject;
        for name in [&subject.user_name, &subject.email, &subject.display_name].into_iter().flatten() {
            if !name.is_empty() && !names.contains(name) {
                names.push(name.clone());
            }
        }
        for change in observation.changes.iter().filter(|change| change.path == "userName") {
            names.extend(change.old.iter().chain(&change.new).cloned());
        }
    }
    names
}

fn scim_id(incident: &Incident) -> Option<String> {
    incident.observations.iter().find_map(|observation| observation.subject.scim_id.clone().filter(|id| !id.is_empty()))
}

/// The customer's mapping, as far as the log shows which attributes were sent.
fn knobs(incident: &Incident, dialect: &str) -> Map<String, Value> {
    let attributes = attributes(incident);
    if Dialect::parent(dialect) != "entra" || attributes.is_empty() {
        return Map::new();
    }
    let extensions = attributes.iter().filter_map(|change| Some(change.path.rsplit_once(':')?.0));
    let mut schemas = vec![urn::CORE_USER];
    for extension in extensions {
        if !schemas.contains(&extension) {
            schemas.push(extension);
        }
    }
    let mut entries = vec![json!({ "target": "schemas", "value": schemas, "when": "whole" })];
    for change in &attributes {
        let entry = match change.path.as_str() {
            "active" => json!({ "target": "active", "not": "isSoftDeleted" }),
            "userName" => json!({ "target": "userName", "from": "userName", "match": 1 }),
            path => json!({ "target": path, "from": path }),
        };
        entries.push(entry);
        if change.path == r#"emails[type eq "work"].value"# {
            entries.push(json!({ "target": r#"emails[type eq "work"].type"#, "value": "work", "when": "whole" }));
            entries.push(json!({ "target": r#"emails[type eq "work"].primary"#, "value": true, "when": "whole" }));
        }
    }
    if !attributes.iter().any(|change| change.path == "userName") {
        entries.push(json!({ "target": "userName", "from": "userName", "match": 1 }));
    }
    let group = json!({ "attributes": [{ "target": "displayName", "from": "displayName", "match": 1 }] });
    let mapping = json!({ "user": { "attributes": entries }, "group": group });
    [("mapping".to_owned(), mapping)].into_iter().collect()
}

/// The attributes that the log shows as sent, each once.
fn attributes(incident: &Incident) -> Vec<&Change> {
    let mut attributes: Vec<&Change> = Vec::new();
    for change in incident.observations.iter().flat_map(|observation| &observation.changes) {
        if !attributes.iter().any(|known| known.path.eq_ignore_ascii_case(&change.path)) {
            attributes.push(change);
        }
    }
    attributes
}

/// The directory: the subject alone, with what the log tells.
fn directory(incident: &Incident, dialect: &str, story: &Story) -> Directory {
    let mut directory = Directory::default();
    let subject = |name: fn(&Observation) -> &Option<String>| {
        incident.observations.iter().find_map(|seen| name(seen).clone().filter(|text| !text.is_empty()))
    };
    let display_name = subject(|seen| &seen.subject.display_name);
    if incident.observations.iter().any(|seen| seen.subject.is_group) {
        let id = subject(|seen| &seen.subject.idp_id).unwrap_or_else(|| "00g0000000000000000".to_owned());
        let display_name = display_name.unwrap_or_else(|| "a group".to_owned());
        directory.groups.insert(KEY.to_owned(), Group { id, display_name, ..Group::default() });
        return directory;
    }
    let mut person = Person::default();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            person.attributes.insert(name.to_owned(), value.into());
        }
    };
    let user_name = subject(|seen| &seen.subject.user_name).or_else(|| subject(|seen| &seen.subject.email));
    let user_name = user_name.or_else(|| display_name.clone()).unwrap_or_else(|| "{unknown}".to_owned());
    set("id", subject(|seen| &seen.subject.idp_id));
    set("objectId", subject(|seen| &seen.subject.idp_id));
    if user_name.contains('@') {
        set("email", Some(user_name.clone()));
    }
    set("userName", Some(user_name.clone()));
    set("userPrincipalName", Some(user_name));
    if let Some((given, family)) = display_name.as_deref().and_then(|name| name.split_once(' ')) {
        set("givenName", Some(given.to_owned()));
        set("familyName", Some(family.to_owned()));
    }
    set("displayName", display_name);
    if Dialect::parent(dialect) == "entra" {
        for change in attributes(incident) {
            // Who was linked before the log begins was so with the old values.
            let old = change.old.clone().filter(|_| story.is_linked_before);
            set(&change.path, old.or_else(|| change.new.clone()));
        }
    }
    // What is to change is an attribute of the directory, also where nobody has a value.
    for happening in &story.happenings {
        if let Event::Change { changes, .. } = &happening.event {
            for name in
                changes.keys().filter(|name| !person.attributes.contains_key(*name)).cloned().collect::<Vec<_>>()
            {
                person.attributes.insert(name, Value::Null);
            }
        }
    }
    directory.people.insert(KEY.to_owned(), person);
    directory
}

/// What the reproduction rests on without the log saying so.
fn assumed(incident: &Incident, story: &Story, evidence: &Evidence) -> Vec<Assumption> {
    let is_inferred = |rule: &'static str| evidence.steps.iter().any(|step| step.got == Provenance::Inferred(rule));
    let has_id = evidence.id.is_some();
    let names_path = evidence.steps.iter().any(|step| step.request.path.contains(super::UNKNOWN_ID));
    let is_okta = incident.observations.iter().any(|seen| seen.idp == Idp::Okta);
    let creates = incident.observations.iter().any(|seen| seen.intent == Intent::Create);
    let all = [
        (is_inferred("lookup-empty"), Assumption::new("lookup-empty")),
        (is_inferred("lookup-finds"), Assumption::new("lookup-finds")),
        (
            evidence.steps.iter().any(|step| step.got == Provenance::Defaulted("status-unknown")),
            Assumption::new("status-unknown"),
        ),
        (is_inferred("unusable-answer"), Assumption::new("answer-unusable")),
        (
            incident.symptom.as_str().starts_with("group.gateway")
                || incident.observations.iter().any(|seen| seen.intent == Intent::Other && seen.status().is_some()),
            Assumption::new("which-call-failed"),
        ),
        (
            incident.symptom.as_str() == "create.invalid-domain"
                && incident.observations.iter().all(|seen| seen.status().is_none()),
            Assumption::new("status-400-from-error-code"),
        ),
        (names_path && !has_id, Assumption::new("id-unknown")),
        (story.is_linked_before, Assumption::new("linked-before")),
        (is_okta && creates, Assumption::new("attributes-minimal")),
    ];
    all.into_iter().filter(|(holds, _)| *holds).map(|(_, assumption)| assumption).collect()
}
