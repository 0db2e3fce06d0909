//! An Entra provisioning log as Microsoft Graph answers it: an initial cycle in which a few people fail and are retried.

use std::io::{self, Write};

use fastrand::Rng;
use serde_json::{Value, json};

use super::people::{Person, guid, moment};

/// One in so many creates fails.
const FAILING: u32 = 50;

/// Writes a log of about so many bytes, and says how many records it has.
pub fn write(bytes: u64, people: usize, out: &mut impl Write) -> io::Result<u64> {
    let rng = &mut Rng::with_seed(7);
    let (mut written, mut count) = (0_u64, 0_u64);
    write!(out, r#"{{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs/provisioning","value":["#)?;
    while written < bytes {
        let person = Person::number(usize::try_from(count).unwrap_or_default() % people);
        let text = record(count, &person, rng).to_string();
        write!(out, "{}{text}", if count == 0 { "" } else { "," })?;
        (written, count) = (written + text.len() as u64 + 1, count + 1);
    }
    writeln!(out, "]}}")?;
    out.flush()?;
    Ok(count)
}

fn record(count: u64, person: &Person, rng: &mut Rng) -> Value {
    let is_failure = rng.u32(..FAILING) == 0;
    let status = if is_failure { "failure" } else { "success" };
    let (given, family) = person.name.split_once(' ').unwrap_or_default();
    let reason = "StatusCode: Conflict\r\nMessage: Processing of the HTTP request resulted in an exception. Please see the HTTP response returned by the 'Response' property of this exception for details.\r\nWeb Response: \r\n{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"detail\":\"A user with this email address already belongs to another organization.\",\"status\":409,\"scimType\":\"uniqueness\"}. This operation was retried 0 times.";
    let error = json!({"errorCode": "SystemForCrossDomainIdentityManagementServiceIncompatible", "reason": reason, "additionalDetails": null, "errorCategory": "nonServiceFailure", "recommendedAction": null});
    let property = |name: &str, value: &str| json!({"displayName": name, "oldValue": null, "newValue": value});
    let step = |name: &str, kind: &str, status: &str, words: String, details: Value| json!({"name": name, "provisioningStepType": kind, "status": status, "description": words, "details": details});
    let attributes = json!({
        "active": "True", "displayName": person.name, "userName": person.login, "namegivenName": given, "namefamilyName": family,
        "emails[type eq \"work\"].value": person.login, "externalId": person.guid, "ReportableIdentifier": person.login,
    });
    json!({
        "id": guid(rng),
        "activityDateTime": moment(count * 900),
        "tenantId": "bb359c5c-eadc-a8b9-06e9-daa8caab52f2",
        "jobId": "scim.bb359c5ceadca8b906e9daa8caab52f2.717fa20c-108b-6b2f-3331-a696d945d1e3",
        "cycleId": "1ded4d4b-2b6a-5d95-4363-0d202b651c1c",
        "changeId": guid(rng),
        "provisioningAction": "create",
        "durationInMilliseconds": rng.u32(100..4000),
        "servicePrincipal": {"id": "285d6eb6-55bf-f6fb-308d-140a8c5d5254", "displayName": "Acme Scheduler"},
        "sourceSystem": {"id": "4600531b-1f02-ced4-67ef-7134a3415fda", "displayName": "Microsoft Entra ID", "details": {}},
        "targetSystem": {"id": "9d864682-3d2a-436f-94eb-3ce67317b238", "displayName": "customappsso", "details": {"ApplicationId": "178dd508-31fd-3c55-6526-73e4a0128c21", "ServicePrincipalId": "285d6eb6-55bf-f6fb-308d-140a8c5d5254", "ServicePrincipalDisplayName": "Acme Scheduler"}},
        "initiatedBy": {"id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system"},
        "sourceIdentity": {"id": person.guid, "displayName": person.name, "identityType": "User", "details": {"id": person.guid, "odatatype": "User", "DisplayName": person.name, "UserPrincipalName": person.login}},
        "targetIdentity": {"id": if is_failure { String::new() } else { guid(rng) }, "displayName": "", "identityType": "User", "details": {}},
        "provisioningStatusInfo": {"status": status, "errorInformation": is_failure.then_some(error)},
        "provisioningSteps": [
            step("EntryImportAdd", "import", "success", format!("Received User '{}' change of type (Add) from Microsoft Entra ID", person.login), json!({"objectId": person.guid, "accountEnabled": "True", "displayName": person.name, "mail": person.login, "userPrincipalName": person.login})),
            step("EntrySynchronizationAdd", "matching", "success", format!("User '{}' will be created in customappsso (User is active and assigned in Microsoft Entra ID, but no matching User was found in customappsso)", person.login), json!({})),
            step("EntryExportAdd", "export", status, format!("User '{}' was created in customappsso", person.login), attributes),
        ],
        "modifiedProperties": [
            property("active", "True"), property("displayName", &person.name), property("userName", &person.login),
            property("name.givenName", given), property("name.familyName", family),
            property("emails[type eq \"work\"].value", &person.login), property("externalId", &person.guid),
        ],
    })
}
