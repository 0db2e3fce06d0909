//! What the logs of Okta and Entra say of failures that no sample shows is reproduced too.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::binary::Binary;
use crate::verdicts::verdict;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    what: String,
    #[serde(default)]
    is_group: bool,
    #[serde(default)]
    okta: Vec<(String, String, Option<String>)>,
    entra: Option<Record>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    action: String,
    step: String,
    changed: Option<(String, Option<String>, Option<String>)>,
    code: String,
    reason: String,
    #[serde(default)]
    target: String,
}

/// The System Log of one person or group, two seconds between the events of one job.
fn system_log(case: &Case) -> Value {
    let login = "ann.lee@acme.example.org";
    let who = if case.is_group {
        json!([{ "id": "00g1k2TeamTeamTeam0h7", "type": "UserGroup", "alternateId": "unknown", "displayName": "Team" }])
    } else {
        json!([{ "id": "0ua1k2AnnLeeAnnLe0h7", "type": "AppUser", "alternateId": login, "displayName": "Ann Lee" },
            { "id": "00u1k2AnnLeeAnnLe0h7", "type": "User", "alternateId": login, "displayName": "Ann Lee" }])
    };
    let event = |(at, (kind, result, reason)): (usize, &(String, String, Option<String>))| {
        json!({ "uuid": format!("u-{at}"), "published": format!("2026-11-16T09:00:{:02}.000Z", at * 2), "eventType": kind,
            "severity": "INFO", "outcome": { "result": result, "reason": reason }, "target": who,
            "transaction": { "type": "JOB", "id": "puj1" }, "debugContext": { "debugData": { "appname": "scim2headerauth" } } })
    };
    case.okta.iter().enumerate().map(event).collect()
}

/// One record of the provisioning log.
fn provisioning_log(record: &Record, is_group: bool) -> Value {
    let kind = if is_group { "Group" } else { "User" };
    let details = if is_group { json!({}) } else { json!({ "UserPrincipalName": "ann.lee@acme.example.org" }) };
    let changed =
        record.changed.iter().map(|(path, old, new)| json!({ "displayName": path, "oldValue": old, "newValue": new }));
    json!({ "value": [{
        "id": "r1", "activityDateTime": "2026-11-16T15:22:47Z", "changeId": "c1", "provisioningAction": record.action,
        "sourceIdentity": { "id": "8f01f470-f8e6-45e9-a458-d4f1ceb42766", "displayName": if is_group { "Team" } else { "Ann Lee" },
            "identityType": kind, "details": details },
        "targetIdentity": { "id": record.target, "identityType": kind },
        "provisioningStatusInfo": { "status": "failure",
            "errorInformation": { "errorCode": record.code, "reason": record.reason } },
        "provisioningSteps": [{ "name": record.step, "provisioningStepType": "export", "status": "failure" }],
        "modifiedProperties": changed.collect::<Value>() }] })
}

#[test]
fn what_identity_providers_say_is_reproduced_and_not_without_its_behaviour() {
    let cases: Vec<Case> = serde_saphyr::from_str(include_str!("idps.yaml")).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let log =
            case.entra.as_ref().map_or_else(|| system_log(case), |record| provisioning_log(record, case.is_group));
        let binary = Binary::new().file("log.json", &log.to_string());
        let said = binary.run(&["import", "log.json", "--out", "case"]);
        let files = std::fs::read_dir(binary.folder().join("case")).map_or(0, Iterator::count);
        let file = binary.folder().join("case/incident-1.yaml");
        if said.code != 0 || files != 3 || !file.is_file() {
            wrong.push(format!("{}: {said:#?}", case.what));
            continue;
        }
        let found = [verdict(&binary, Some(&file), &[]), verdict(&binary, Some(&file), &["--no-fault"])];
        if found != ["reproduced", "not-reproduced"] {
            wrong.push(format!("{}: {found:?}\n{}", case.what, std::fs::read_to_string(&file).unwrap()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
