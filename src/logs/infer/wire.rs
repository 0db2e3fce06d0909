//! Requests that were seen on the wire are taken as they are.

use std::fmt::Write as _;

use super::{Assumption, Sequence, Step};
use crate::http::{Headers, Request};
use crate::logs::incidents::{Incident, is_unanswered};
use crate::logs::observation::{Body, Http, Idp, Known, Observation, Provenance};

/// The bodies of requests are not in the log.
const BODIES_UNKNOWN: Assumption = Assumption::new("bodies-unknown");

/// The requests of an incident that the logs show; `None` when they show none.
pub(super) fn sequence(incident: &Incident) -> Option<Sequence> {
    let seen: Vec<(&Observation, &Http)> = incident
        .observations
        .iter()
        .filter_map(|observation| Some((observation, observation.http.as_ref()?)))
        .filter(|(_, http)| {
            let is_seen = |how: Provenance| matches!(how, Provenance::Observed);
            http.method.as_ref().is_some_and(|method| is_seen(method.how)) && http.path.is_some()
        })
        .collect();
    if seen.is_empty() {
        return None;
    }
    let steps: Vec<Step> = seen.iter().filter_map(|(observation, http)| step(observation, http)).collect();
    let lacks_bodies = steps.iter().any(|step| step.request.method.writes() && step.request.body.is_none());
    let assumptions = if lacks_bodies { vec![BODIES_UNKNOWN] } else { Vec::new() };
    Some(Sequence { dialect: dialect(&seen).to_owned(), steps, assumptions })
}

fn step(observation: &Observation, http: &Http) -> Option<Step> {
    let mut request = Request::new(http.method.as_ref()?.value, encoded(&http.path.as_ref()?.value));
    request.query.clone_from(&http.query);
    request.headers = http.request_headers.iter().cloned().collect::<Headers>();
    let text = |body: &Option<Known<Body>>| body.as_ref().map(|body| body.value.text.clone());
    request.body = text(&http.request_body).map(Into::into);
    let body = text(&http.response_body).or_else(|| observation.message.as_ref()?.body.clone());
    let json: Option<serde_json::Value> = body.as_deref().and_then(|body| serde_json::from_str(body).ok());
    let detail = json.as_ref().and_then(|json| json.get("detail")?.as_str().map(str::to_owned));
    let is_unanswered = is_unanswered(observation);
    Some(Step {
        place: Some(observation.place.clone()),
        request,
        sent: Provenance::Observed,
        status: http.status.as_ref().map(|status| status.value),
        is_unanswered,
        got: match &http.status {
            Some(status) => status.how,
            None if is_unanswered => Provenance::Observed,
            None => Provenance::Defaulted("no-answer"),
        },
        detail: detail.or_else(|| observation.message.as_ref()?.detail.clone()),
        total: json.as_ref().and_then(|json| json.get("totalResults")?.as_u64()),
        body,
    })
}

/// A path as it is sent: of what a log shows decoded, only what cannot stand in a path is encoded.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' | b'@' | b':' | b'+' | b'\'' => text.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => text.push(char::from(byte)),
            byte => {
                let _ = write!(text, "%{byte:02X}"); // writing to a String cannot fail
            }
        }
    }
    text
}

/// Whose requests they are: Okta pages its lookups, Entra does not (OKTA-Q01); `generic` when neither shows.
fn dialect(seen: &[(&Observation, &Http)]) -> &'static str {
    if seen.iter().any(|(observation, _)| observation.idp == Idp::Okta) {
        let patches =
            seen.iter().any(|(_, http)| http.method.as_ref().is_some_and(|method| method.value.as_str() == "PATCH"));
        return if patches { "okta" } else { "okta-aiw" };
    }
    if seen.iter().any(|(observation, _)| observation.idp == Idp::Entra) { "entra" } else { "generic" }
}
