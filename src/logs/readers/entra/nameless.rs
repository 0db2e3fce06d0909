//! Which column of the provisioning log is which, where nothing but the values stands there.

use std::collections::BTreeSet;

use serde_json::Value;

/// What says what was done.
const ACTIONS: [&str; 6] = ["create", "update", "delete", "disable", "stageddelete", "other"];
/// What says how it ended.
const RESULTS: [&str; 4] = ["success", "failure", "skipped", "warning"];
/// Who does it, rather than to whom it is done.
const ACTORS: [&str; 2] = ["system", "application"];

/// What the columns are called by Log Analytics, by the cells of some rows; `None` when they are no provisioning log.
/// The columns come in the order of their names, so of two that look alike the first is the source.
pub fn names_of(rows: &[Vec<&str>]) -> Option<Vec<&'static str>> {
    let first = rows.first().filter(|cells| cells.len() > 3)?;
    let mut names: Vec<&'static str> = Vec::with_capacity(first.len());
    for (index, cell) in first.iter().enumerate() {
        let has = |name: &str| names.contains(&name);
        let pick = |of: [&'static str; 2]| of.into_iter().find(|name| !has(name)).unwrap_or_default();
        names.push(match of_value(cell) {
            Some(Looks::Status) => pick(["ProvisioningStatusInfo", ""]),
            Some(Looks::Identity) => pick(["SourceIdentity", "TargetIdentity"]),
            Some(Looks::System) => pick(["SourceSystem", "TargetSystem"]),
            Some(Looks::Named) => pick(["ServicePrincipal", ""]),
            Some(Looks::Steps) => pick(["ProvisioningSteps", ""]),
            Some(Looks::Changes) => pick(["ModifiedProperties", ""]),
            Some(Looks::Action) => pick(["ProvisioningAction", ""]),
            Some(Looks::Result) => pick(["ResultType", ""]),
            Some(Looks::Reason) => pick(["ResultDescription", ""]),
            Some(Looks::Time) => pick(["TimeGenerated", ""]),
            // The id of a tenant, a job or a cycle is the same in several rows.
            Some(Looks::Id) if is_different_everywhere(rows, index) => pick(["ChangeId", ""]),
            Some(Looks::Id) | None => "",
        });
    }
    let has = |name: &str| names.contains(&name);
    (has("TimeGenerated") && (has("ProvisioningStatusInfo") || has("ProvisioningSteps"))).then_some(names)
}

enum Looks {
    Status,
    Identity,
    System,
    Named,
    Steps,
    Changes,
    Action,
    Result,
    Reason,
    Time,
    Id,
}

/// What a value looks like.
fn of_value(cell: &str) -> Option<Looks> {
    let word = cell.trim().to_ascii_lowercase();
    if word.starts_with(['{', '[']) {
        return of_json(&serde_json::from_str(&word).ok()?);
    }
    let is_guid = word.len() == 36 && word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let is_time = word.len() > 18 && word.as_bytes()[4] == b'-' && word.as_bytes()[10] == b't' && word.contains(':');
    Some(match word.as_str() {
        action if ACTIONS.contains(&action) => Looks::Action,
        result if RESULTS.contains(&result) => Looks::Result,
        reason if reason.starts_with("statuscode:") => Looks::Reason,
        _ if is_guid => Looks::Id,
        _ if is_time && word.is_ascii() => Looks::Time,
        _ => return None,
    })
}

/// The same of JSON, in small letters.
fn of_json(value: &Value) -> Option<Looks> {
    let object = match value {
        Value::Array(list) => list.first()?.as_object()?,
        other => other.as_object()?,
    };
    let has = |names: &[&str]| names.iter().any(|name| object.contains_key(*name));
    let kind = object.get("type").or_else(|| object.get("identitytype")).and_then(Value::as_str);
    Some(if value.is_array() {
        if has(&["oldvalue", "newvalue"]) {
            Looks::Changes
        } else if has(&["description", "provisioningsteptype", "status"]) {
            Looks::Steps
        } else {
            return None;
        }
    } else if has(&["errorinformation"]) || (has(&["status"]) && !has(&["id"])) {
        Looks::Status
    } else if let Some(kind) = kind {
        if ACTORS.contains(&kind) {
            return None;
        }
        Looks::Identity
    } else if has(&["details"]) {
        Looks::System
    } else if has(&["name", "displayname"]) {
        Looks::Named
    } else {
        return None;
    })
}

fn is_different_everywhere(rows: &[Vec<&str>], index: usize) -> bool {
    let mut seen = BTreeSet::new();
    // The last line may be cut.
    let whole = rows.iter().filter(|cells| cells.len() == rows[0].len());
    whole.filter_map(|cells| cells.get(index)).all(|cell| seen.insert(*cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_what_stands_in_them() {
        let row = |change: &'static str| {
            vec![
                "0a1c2b9e-1111-4b7c-9f1e-0d0f5c7f9a00",
                change,
                "Create",
                r#"{"Status": "failure", "ErrorInformation": {}}"#,
                r#"{"id": "a", "name": "Planner"}"#,
                r#"{"id": "a", "name": "Zoë", "type": "User"}"#,
                r#"{"id": "", "name": "", "type": "User"}"#,
                "2026-10-07T06:00:01.12Z",
            ]
        };
        let rows = [row("9c1c2b9e-1111-4b7c-9f1e-0d0f5c7f9a09"), row("9c1c2b9e-1111-4b7c-9f1e-0d0f5c7f9a10")];
        let expected = [
            "",
            "ChangeId",
            "ProvisioningAction",
            "ProvisioningStatusInfo",
            "ServicePrincipal",
            "SourceIdentity",
            "TargetIdentity",
            "TimeGenerated",
        ];
        assert_eq!(names_of(&rows).unwrap(), expected);
        assert!(names_of(&[vec!["a", "b", "c", "d"]]).is_none() && names_of(&[]).is_none());
    }
}
