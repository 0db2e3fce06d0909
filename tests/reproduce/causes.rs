//! Every cause can be played, those too that no sample shows.

use std::collections::BTreeSet;

use scimulator::logs::diagnosis::CAUSES;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::binary::Binary;
use crate::manifest::MANIFEST;
use crate::samples::{PASTED, path};
use crate::verdicts::verdict;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    cause: String,
    what: String,
    #[serde(default)]
    accept: Option<String>,
    exchanges: Vec<(String, String, u16, Value, Value)>,
}

fn cases() -> Vec<Case> {
    serde_saphyr::from_str(include_str!("causes.yaml")).unwrap()
}

/// The log of an endpoint, one exchange a second.
fn log(case: &Case) -> String {
    let lines = case.exchanges.iter().enumerate().map(|(at, (method, path, status, request, response))| {
        let time = format!("2026-11-16T09:12:{at:02}.000Z");
        let line = json!({ "time": time, "method": method, "path": format!("/scim/v2{path}"), "status": status,
            "headers": { "Accept": case.accept.as_deref().unwrap_or("application/scim+json") }, "request": request, "response": response });
        format!("{line}\n")
    });
    lines.collect()
}

#[test]
fn what_no_sample_shows_is_reproduced_too() {
    let mut wrong = Vec::new();
    for case in cases() {
        let binary = Binary::new().file("scim.jsonl", &log(&case));
        let said = binary.run(&["import", "scim.jsonl", "--out", "case"]);
        assert_eq!(said.code, 0, "{}: {}", case.what, said.stderr);
        let file = binary.folder().join("case/incident-1.yaml");
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        if !text.contains(&format!("  cause: {}\n", case.cause)) {
            wrong.push(format!("{}, {}: {}\n{text}", case.cause, case.what, said.stdout));
            continue;
        }
        let found = [verdict(&binary, Some(&file), &[]), verdict(&binary, Some(&file), &["--no-fault"])];
        if found != ["reproduced", "not-reproduced"] {
            wrong.push(format!("{}, {}: {found:?}\n{text}", case.cause, case.what));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_cause_is_played() {
    let played: BTreeSet<String> = MANIFEST
        .samples
        .iter()
        .flat_map(|sample| sample.incidents.iter().map(|incident| incident.scenario.clone()))
        .chain(cases().into_iter().map(|case| case.cause))
        .chain(PASTED.iter().filter(|pasted| pasted.verdict.is_some()).map(|pasted| pasted.cause.clone()))
        .collect();
    let left: BTreeSet<&str> =
        CAUSES.iter().map(|cause| cause.id.as_str()).filter(|cause| !played.contains(*cause)).collect();
    assert_eq!(left, BTreeSet::new());
}

#[test]
fn what_was_refused_rightly_is_no_failure_of_the_endpoint() {
    let binary = Binary::new();
    let log = path("created-twice.jsonl").display().to_string();
    assert_eq!(binary.run(&["import", &log, "--out", "case"]).code, 0);
    let said = binary.run(&["reproduce", "case/incident-1.yaml", "--expect", "conformant"]);
    assert_eq!(said.code, 0, "{said:#?}");
}
