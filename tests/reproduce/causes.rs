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

/// A user who is created, deactivated and created again.
fn created_again() -> String {
    let line = |second: u32, method: &str, path: &str, status: u16, request: &Value, response: &Value| {
        let time = format!("2026-11-16T09:12:{second:02}Z");
        let line = json!({ "time": time, "method": method, "path": format!("/scim/v2{path}"), "status": status,
            "request": request, "response": response });
        format!("{line}\n")
    };
    let person = |active: bool| {
        json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "88123",
            "userName": "ann@acme.example.org", "active": active })
    };
    let mut sent = person(true);
    sent.as_object_mut().unwrap().remove("id");
    let deactivate = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "replace", "path": "active", "value": false }] });
    [
        line(1, "POST", "/Users", 201, &sent, &person(true)),
        line(2, "PATCH", "/Users/88123", 200, &deactivate, &person(false)),
        line(3, "POST", "/Users", 409, &sent, &json!({ "status": "409", "detail": "User exists" })),
    ]
    .concat()
}

#[test]
fn a_create_after_a_deactivation_is_refused_rightly_in_the_diagnosis_and_in_the_scenario() {
    let binary = Binary::new().file("scim.jsonl", &created_again());
    let said = binary.run(&["diagnose", "scim.jsonl"]);
    assert!(said.stdout.contains("The user was deactivated, and is created once more"), "{said:#?}");
    assert_eq!(binary.run(&["import", "scim.jsonl", "--out", "case"]).code, 0);
    let said = binary.run(&["reproduce", "case/incident-1.yaml", "--expect", "conformant"]);
    assert_eq!(said.code, 0, "{said:#?}");
    assert!(said.stdout.contains("conformant  409"), "{said:#?}");
}

#[test]
fn an_answer_beside_the_failure_that_is_another_than_observed_is_said() {
    let list = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0, "Resources": [] });
    let line = |second: u32, method: &str, path: &str, status: u16, request: &Value, response: &Value| {
        let time = format!("2026-11-16T09:12:{second:02}Z");
        let line = json!({ "time": time, "method": method, "path": format!("/scim/v2{path}"), "status": status,
            "request": request, "response": response });
        format!("{line}\n")
    };
    let lookup = "/Users?filter=userName%20eq%20%22ann%40acme.example.org%22";
    let sent = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ann@acme.example.org" });
    let answer =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "500", "detail": "Failed" });
    let log = line(1, "GET", lookup, 200, &Value::Null, &list) + &line(2, "POST", "/Users", 500, &sent, &answer);
    let binary = Binary::new().file("scim.jsonl", &log);
    assert_eq!(binary.run(&["import", "scim.jsonl", "--out", "case"]).code, 0);
    let file = binary.folder().join("case/incident-1.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    // 204 is as right as 200 where nothing is asked of the answer but its status.
    let other = text.replacen("    expect: { status: 200, total: 0 }", "    expect: { status: [200, 204] }", 1);
    let other = other.replacen("observed: { status: 200, total: 0,", "observed: { status: 204,", 1);
    assert_ne!(text, other);
    let same = binary.run(&["reproduce", "case/incident-1.yaml"]);
    std::fs::write(&file, other).unwrap();
    let differs = binary.run(&["reproduce", "case/incident-1.yaml"]);
    let is_said = |stdout: &str| stdout.contains("the answers differ from what was observed");
    assert!(same.stdout.contains("verdict: reproduced") && !is_said(&same.stdout), "{same:#?}");
    assert!(differs.stdout.contains("verdict: reproduced") && is_said(&differs.stdout), "{differs:#?}");
}
