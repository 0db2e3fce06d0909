//! The report for programs. Members may be added, never renamed.

use serde_json::{Value, json as value};

use super::View;

/// The report in JSON.
pub fn json(view: &View) -> Value {
    let incidents: Vec<Value> = view
        .incidents
        .iter()
        .map(|incident| {
            let evidence = incident.evidence.iter().map(|line| {
                value!({ "when": line.when, "what": line.what, "outcome": line.outcome, "words": line.words, "place": line.place })
            });
            let requests = incident
                .requests
                .iter()
                .map(|line| value!({ "request": line.request, "status": line.status.parse::<u16>().ok(), "known": line.how }));
            value!({
                "symptom": incident.symptom,
                "cause": incident.cause_id,
                "subject": incident.subject,
                "when": incident.when,
                "attempts": incident.attempts,
                "fidelity": incident.fidelity,
                "title": incident.title,
                "likely-cause": incident.cause,
                "advice": incident.advice,
                "tried": incident.tried,
                "questions": incident.questions,
                "evidence": evidence.collect::<Vec<_>>(),
                "dialect": incident.dialect,
                "requests": requests.collect::<Vec<_>>(),
                "assumptions": incident.assumptions,
            })
        })
        .collect();
    let files: Vec<Value> = view
        .files
        .iter()
        .map(|file| value!({ "name": file.name, "format": file.format, "records": file.records, "warnings": file.warnings }))
        .collect();
    value!({ "version": 1, "incidents": incidents, "files": files })
}
