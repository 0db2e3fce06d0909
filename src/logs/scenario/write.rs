//! Scenario files, put together.

use serde_json::{Map, Value};

use super::document::Body;
use super::{head, prepare, recording};
use crate::http::{Request, Response};
use crate::logs::diagnosis::Language;
use crate::logs::infer::{Step, sequence_as};
use crate::logs::observation::Provenance;
use crate::logs::ticket::Finding;
use crate::yaml;

/// What the user decides of a scenario file.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Language of its title and questions.
    pub language: Language,
    /// Whose requests they are, where the logs do not show them.
    pub dialect: Option<String>,
}

/// The scenario of a finding as a document; `None` when nothing was ever sent.
pub fn of_finding(finding: &Finding, choice: &Choice) -> Option<Map<String, Value>> {
    let sequence = sequence_as(&finding.incident, choice.dialect.as_deref());
    let steps = prepare::prepare(finding, sequence.steps.clone());
    if steps.is_empty() {
        return None;
    }
    let body = Body::of(&steps, Some(finding));
    let head = head::of_finding(finding, &sequence, &body, choice.language);
    Some(document(head, &body))
}

/// The scenario file of requests that were seen with their answers, in order, such as a recording.
pub fn of_exchanges(title: &str, dialect: &str, exchanges: &[(Request, Response)]) -> String {
    let steps: Vec<Step> = exchanges.iter().map(|(request, response)| seen(request, response)).collect();
    let mut body = Body::of(&steps, None);
    recording::loosen(&mut body);
    yaml::write(&document(head::of_recording(title, dialect, exchanges.iter().map(|(request, _)| request)), &body))
}

fn document(head: Map<String, Value>, body: &Body) -> Map<String, Value> {
    let mut document = head;
    for (name, value) in [("people", &body.people), ("groups", &body.groups)] {
        if value.as_object().is_some_and(|members| !members.is_empty()) {
            document.insert(name.to_owned(), value.clone());
        }
    }
    document.insert("steps".to_owned(), Value::Array(body.steps.clone()));
    document
}

/// A step of which everything is known.
fn seen(request: &Request, response: &Response) -> Step {
    let member = |name: &str| response.json().and_then(|body| body.get(name));
    Step {
        place: None,
        request: request.clone(),
        sent: Provenance::Observed,
        status: Some(response.status),
        is_unanswered: false,
        got: Provenance::Observed,
        detail: member("detail").filter(|_| response.status >= 400).and_then(Value::as_str).map(str::to_owned),
        body: Some(String::from_utf8_lossy(&response.body).into_owned()),
        total: member("totalResults").and_then(Value::as_u64),
    }
}
