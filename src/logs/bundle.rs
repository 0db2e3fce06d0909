//! The records of a ticket's incidents in one form, with how each part is known: `bundle.json` of an import.
//!
//! Members may be added, never renamed.

use serde_json::{Map, Value, json};

use super::diagnosis::Diagnosis;
use super::observation::{Body, Http, Known, Message, Observation, Provenance, Subject};
use super::ticket::{Finding, Ticket};

/// Longer texts are cut, and say so.
const MAX_TEXT: usize = 64 * 1024;

/// The bundle of a ticket. Redact the ticket first.
pub fn bundle(ticket: &Ticket) -> Value {
    let files = ticket.files.iter().map(|file| {
        let warnings: Vec<String> = file.warnings.iter().map(ToString::to_string).collect();
        json!({ "name": &*file.file, "format": file.format.id(), "records": file.records, "warnings": warnings })
    });
    let incidents = ticket.findings.iter().map(|finding| {
        let Finding { incident, diagnosis: Diagnosis { cause, .. }, .. } = finding;
        json!({
            "symptom": incident.symptom.as_str(),
            "subject": incident.subject,
            "cause": cause.id,
            "fidelity": incident.fidelity(),
            "failing": incident.failing,
            "records": incident.observations.iter().map(record).collect::<Vec<_>>(),
        })
    });
    json!({ "version": 1, "files": files.collect::<Vec<_>>(), "incidents": incidents.collect::<Vec<_>>() })
}

fn record(seen: &Observation) -> Value {
    let mut record = Map::new();
    let mut add = |name: &str, value: Value| {
        if !value.is_null() && value != json!({}) && value != json!([]) {
            record.insert(name.to_owned(), value);
        }
    };
    let place = &seen.place;
    add("file", json!(&*place.file));
    add("record", place.record.into());
    add("format", place.format.id().into());
    add("id", json!(place.native_id));
    let form = time::format_description::well_known::Rfc3339;
    add("time", seen.time.and_then(|time| time.instant.format(&form).ok()).into());
    add("time-has-zone", seen.time.map(|time| time.has_zone).into());
    add("idp", word(&seen.idp).into());
    add("app", json!(seen.app));
    add("app-template", json!(seen.app_template));
    add("job", json!(seen.job));
    add("kind", seen.kind.as_str().into());
    add("subject", subject(&seen.subject));
    add("intent", word(&seen.intent).into());
    add("outcome", word(&seen.outcome).into());
    add("http", seen.http.as_ref().map(http).unwrap_or_default());
    let changes =
        seen.changes.iter().map(|change| json!({ "path": change.path, "old": change.old, "new": change.new }));
    add("changes", changes.collect());
    add("message", seen.message.as_ref().map(message).unwrap_or_default());
    Value::Object(record)
}

/// `GroupMembers` as `group-members`.
fn word(name: &impl std::fmt::Debug) -> String {
    let mut word = String::new();
    for letter in format!("{name:?}").chars() {
        if letter.is_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.extend(letter.to_lowercase());
    }
    word
}

fn subject(subject: &Subject) -> Value {
    let Subject { is_group, user_name, email, display_name, idp_id, scim_id, external_id } = subject;
    let names = [
        ("userName", user_name),
        ("email", email),
        ("displayName", display_name),
        ("idp-id", idp_id),
        ("scim-id", scim_id),
        ("externalId", external_id),
    ];
    let kind = ("kind".to_owned(), json!(if *is_group { "group" } else { "user" }));
    let filled = names.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?))));
    Value::Object([kind].into_iter().chain(filled).collect())
}

fn http(http: &Http) -> Value {
    let Http {
        method,
        base,
        path,
        query,
        request_headers,
        request_body,
        status,
        response_headers,
        response_body,
        duration_ms,
    } = http;
    let text =
        |body: &Known<Body>| known(&json!({ "text": cut(&body.value.text), "is-cut": body.value.is_cut }), body.how);
    let parts = [
        ("method", method.as_ref().map(|method| known(&json!(method.value.as_str()), method.how))),
        ("base", base.as_ref().map(|base| json!(base))),
        ("path", path.as_ref().map(|path| known(&json!(path.value), path.how))),
        ("query", query.as_ref().map(|query| json!(query))),
        ("request-headers", (!request_headers.is_empty()).then(|| json!(request_headers))),
        ("request-body", request_body.as_ref().map(text)),
        ("status", status.as_ref().map(|status| known(&json!(status.value), status.how))),
        ("response-headers", (!response_headers.is_empty()).then(|| json!(response_headers))),
        ("response-body", response_body.as_ref().map(text)),
        ("duration-ms", duration_ms.map(Value::from)),
    ];
    Value::Object(parts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

fn message(message: &Message) -> Value {
    let Message { raw, status, detail, code, body, retries, may_be_cut } = message;
    let parts = [
        ("raw", Some(json!(cut(raw)))),
        ("status", status.map(Value::from)),
        ("detail", detail.as_ref().map(|detail| json!(cut(detail)))),
        ("code", code.as_ref().map(|code| json!(code))),
        ("body", body.as_ref().map(|body| json!(cut(body)))),
        ("retries", retries.map(Value::from)),
        ("may-be-cut", may_be_cut.then_some(Value::Bool(true))),
    ];
    Value::Object(parts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

fn known(value: &Value, how: Provenance) -> Value {
    json!({ "value": value, "known": how.to_string() })
}

/// A text up to its bound; of the rest its length.
fn cut(text: &str) -> String {
    if text.len() <= MAX_TEXT {
        return text.to_owned();
    }
    let end = (0..=MAX_TEXT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}… [{} bytes in all]", &text[..end], text.len())
}
