//! The head of a scenario file: what it is about, where it comes from, how to make the embedded server fail alike.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::answer::is_text;
use super::behaviour::{Candidate, Facts, candidates};
use super::bodies::{named_attribute, named_limit};
use super::document::Body;
use super::setup::id_of;
use super::template::plain;
use crate::http::{Method, Request};
use crate::logs::diagnosis::{Language, Question};
use crate::logs::infer::{Assumption, Sequence, Step};
use crate::logs::observation::Observation;
use crate::logs::ticket::Finding;

/// So many records are named as evidence.
const MAX_EVIDENCE: usize = 12;

/// The head of a file that was made of a customer's logs.
pub(super) fn of_finding(
    finding: &Finding,
    sequence: &Sequence,
    body: &Body,
    language: Language,
) -> Map<String, Value> {
    let (incident, cause) = (&finding.incident, finding.diagnosis.cause);
    let words = cause.words(language);
    let mut found = candidates(&cause.id, incident.symptom.as_str(), &facts(finding, body)).into_iter();
    let is_failure = incident.symptom.as_str() != "unknown" && !incident.symptom.as_str().starts_with("none");
    let first = found.next().filter(|_| is_failure).unwrap_or_default();
    let mut imported = Map::new();
    imported.insert("symptom".to_owned(), incident.symptom.as_str().into());
    imported.insert("cause".to_owned(), cause.id.as_str().into());
    imported.insert("dialect".to_owned(), sequence.dialect.as_str().into());
    imported.extend(user_agent(body.played.iter().map(|step| &step.request)));
    imported.insert("fidelity".to_owned(), incident.fidelity().into());
    imported.extend(way(&first));
    let also: Vec<Value> = found.filter(|_| is_failure).map(|other| Value::Object(way(&other))).collect();
    if !also.is_empty() {
        imported.insert("also".to_owned(), also.into());
    }
    imported.insert("assumptions".to_owned(), assumptions(sequence, body, finding, language).into());
    imported.insert("evidence".to_owned(), evidence(finding).into());
    if !finding.diagnosis.advice.is_empty() {
        imported.insert("advice".to_owned(), json!(finding.diagnosis.advice));
    }
    let mut head = head(&words.title, Some(&words.cause));
    head.insert("imported".to_owned(), Value::Object(imported));
    head
}

/// The head of a file that was made of a recording.
pub(super) fn of_recording<'r>(
    title: &str,
    dialect: &str,
    requests: impl Iterator<Item = &'r Request>,
) -> Map<String, Value> {
    let mut head = head(title, None);
    let mut imported = Map::from_iter([("dialect".to_owned(), dialect.into())]);
    imported.extend(user_agent(requests));
    imported.insert("fidelity".to_owned(), 3.into());
    head.insert("imported".to_owned(), Value::Object(imported));
    head
}

/// What the client calls itself, where a request shows it: some endpoints answer by that.
fn user_agent<'r>(mut requests: impl Iterator<Item = &'r Request>) -> Option<(String, Value)> {
    let agent = requests.find_map(|request| request.headers.get("User-Agent").filter(|agent| !agent.is_empty()))?;
    Some(("user-agent".to_owned(), plain(agent).into()))
}

fn head(title: &str, summary: Option<&str>) -> Map<String, Value> {
    let mut head = Map::new();
    head.insert("title".to_owned(), title.into());
    if let Some(summary) = summary {
        head.insert("summary".to_owned(), summary.into());
    }
    head
}

fn way(candidate: &Candidate) -> Map<String, Value> {
    [("behave", &candidate.behave), ("faults", &candidate.faults)]
        .into_iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(name, list)| (name.to_owned(), json!(list)))
        .collect()
}

/// What the evidence has for the arguments of behaviours.
fn facts(finding: &Finding, body: &Body) -> Facts {
    let mut facts = Facts::new();
    let failing = finding.incident.failing.iter().filter_map(|at| finding.incident.observations.get(*at));
    let details = failing.filter_map(|seen| seen.message.as_ref()).filter_map(|message| message.detail.clone());
    let words = details.chain(body.played.iter().filter_map(|step| step.detail.clone())).collect::<Vec<_>>().join("\n");
    facts.extend(named_attribute(&words).map(|attribute| ("attribute", attribute.to_owned())));
    facts.extend(named_limit(&words).map(|limit| ("limit", limit.to_string())));
    facts.extend(body.cast.domain().map(|domain| ("domain", domain)));
    facts.extend(body.people["p1_new"]["userName"].as_str().map(|name| ("address", name.to_owned())));
    let Some((at, step)) = body.first_failure() else { return facts };
    let before = &body.played[..at];
    let went_well = before.iter().filter(|step| step.status.is_some_and(|status| status < 300));
    let created = went_well.filter(|step| step.request.method == Method::Post).count();
    facts.extend(step.status.map(|status| ("status", status.to_string())));
    // The behaviours of attributes refuse with 400 and with nothing else.
    if step.status.is_some_and(|status| status > 400) {
        facts.remove("attribute");
    }
    // An attribute that is named and was not written is what lacks.
    let written = step.request.json().map(|body| body.to_string().to_lowercase());
    let lacks = |name: &String| {
        written.as_ref().is_some_and(|written| !written.contains(&format!("\"{}\"", name.to_lowercase())))
    };
    if step.request.method != Method::Patch && facts.get("attribute").is_some_and(lacks) {
        facts.extend(facts.get("attribute").cloned().map(|attribute| ("missing", attribute)));
    }
    // Errors name parts of a name by themselves.
    for fact in facts.values_mut().filter(|fact| matches!(fact.as_str(), "givenName" | "familyName")) {
        fact.insert_str(0, "name.");
    }
    // The two methods that servers leave out, with the statuses that say so.
    match (step.request.method, step.status) {
        (Method::Patch, Some(501)) => drop(facts.insert("method", "patch".to_owned())),
        (Method::Put, Some(405)) => drop(facts.insert("method", "put".to_owned())),
        _ => {}
    }
    let collection = step.request.path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let which = format!("{}/{collection}", step.request.method);
    if is_text(step) && step.status == Some(200) {
        facts.insert("page", which.clone());
    }
    facts.insert("which", which);
    let own_url = before.iter().filter(|step| id_of(&step.request.path).is_some()).count();
    facts.insert("answers", (body.writes_before + own_url).to_string());
    let writes = |step: &Step| step.request.method.writes();
    if body.requests_before == 0 && writes(step) && !before.iter().any(writes) {
        facts.insert("scope", "read".to_owned());
    }
    facts.insert("requests", (body.requests_before + before.len()).to_string());
    facts.insert("seats", (body.users_before + created).to_string());
    facts
}

fn assumptions(sequence: &Sequence, body: &Body, finding: &Finding, language: Language) -> Vec<Value> {
    let ask = |id: &str| match id {
        "dialect-okta-aiw" => Some(Question::KindOfApp),
        "status-unknown" | "bodies-unknown" | "lookup-empty" | "lookup-finds" | "id-unknown" | "attributes-minimal"
        | "which-call-failed" | "userName-unknown" => Some(Question::EndpointLog),
        _ => None,
    };
    let mut all = sequence.assumptions.clone();
    if body.cast.is_name_unknown {
        all.push(Assumption::new("userName-unknown"));
    }
    if ["over-capacity", "payment-required"].iter().any(|how| finding.incident.symptom.as_str().ends_with(how)) {
        all.push(Assumption::new("seats-full"));
    }
    let entry = |assumption: Assumption| match ask(assumption.id()) {
        Some(question) => {
            json!({ "id": assumption.id(), "why": assumption.why(language), "ask": question.words(language) })
        }
        None => json!({ "id": assumption.id(), "why": assumption.why(language) }),
    };
    all.into_iter().map(entry).collect()
}

/// Records that show the failure; of a log that shows none, all.
fn evidence(finding: &Finding) -> Vec<Value> {
    let incident = &finding.incident;
    let all: Vec<&Observation> = match incident.failing.as_slice() {
        [] => incident.observations.iter().collect(),
        failing => failing.iter().filter_map(|at| incident.observations.get(*at)).collect(),
    };
    let mut seen = BTreeSet::new();
    let records = all.into_iter().map(|observation| (&*observation.place.file, observation.place.record));
    let each = records.filter(|record| seen.insert(*record)).take(MAX_EVIDENCE);
    each.map(|(file, record)| json!({ "file": base_name(file), "record": record })).collect()
}

/// The name of a file without its folder.
fn base_name(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).unwrap_or(file)
}
