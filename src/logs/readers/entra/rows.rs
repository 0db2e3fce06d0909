//! Records of the provisioning log in tables: some exports have a column for each field, others one of JSON for each
//! object. The portal's names are not documented, so each is looked for by what Graph calls it.

use std::borrow::Cow;

use serde::Deserialize;

use super::record::{ErrorInformation, Identity, Named, Record, StatusInfo, System};
use crate::logs::readers::lenient::{Many, Shaped, Text};
use crate::logs::readers::table::{Column, Header, Row};

/// Where the fields of a record are.
pub struct Columns {
    id: Column,
    time: Column,
    /// The header says that times are in UTC.
    is_in_utc: bool,
    change_id: Column,
    cycle_id: Column,
    action: Column,
    duration: Column,
    service_principal: Column,
    service_principal_name: Column,
    source: [Column; 4],
    target: [Column; 4],
    target_system: Column,
    target_system_name: Column,
    status_info: Column,
    status: Column,
    error_code: Column,
    reason: Column,
    steps: Column,
    properties: Column,
}

impl Columns {
    /// Where a table has them.
    pub fn of(table: &Header) -> Self {
        let identity = |side: &str| {
            let of = |field: &str| table.column(&[&format!("{side}Identity{field}")]);
            [of(""), of("Id"), of("DisplayName"), of("Type")]
        };
        let in_utc = table.column(&["TimeGenerated [UTC]", "activityDateTime [UTC]"]);
        let time = table.column(&["activityDateTime", "TimeGenerated"]);
        Self {
            id: table.column(&["id"]),
            time: if time.is_there() { time } else { in_utc },
            is_in_utc: !time.is_there() && in_utc.is_there(),
            change_id: table.column(&["changeId", "correlationId"]),
            cycle_id: table.column(&["cycleId"]),
            action: table.column(&["provisioningAction", "action"]),
            duration: table.column(&["durationInMilliseconds", "durationMs", "duration"]),
            service_principal: table.column(&["servicePrincipal"]),
            service_principal_name: table.column(&["servicePrincipalDisplayName", "servicePrincipalName"]),
            source: identity("source"),
            target: identity("target"),
            target_system: table.column(&["targetSystem"]),
            target_system_name: table.column(&["targetSystemDisplayName", "targetSystemName"]),
            status_info: table.column(&["provisioningStatusInfo", "statusInfo"]),
            status: table.column(&["status", "provisioningStatus", "resultType"]),
            error_code: table.column(&["errorCode", "resultSignature"]),
            reason: table.column(&["reason", "statusReason", "resultDescription"]),
            steps: table.column(&["provisioningSteps"]),
            properties: table.column(&["modifiedProperties"]),
        }
    }

    /// The change id of a row.
    pub fn change_id<'a>(&self, row: Row<'a>) -> Cow<'a, str> {
        row.text(self.change_id)
    }

    /// The record of a row.
    pub fn record<'a>(&self, row: Row<'a>) -> Record<'a> {
        let text = |column: Column| Text::from(row.text(column));
        let mut service_principal: Named<'a> = object(row, self.service_principal);
        or(&mut service_principal.display_name, text(self.service_principal_name));
        let mut target_system: System<'a> = object(row, self.target_system);
        or(&mut target_system.display_name, text(self.target_system_name));
        let mut info: StatusInfo<'a> = object(row, self.status_info);
        or(&mut info.status, text(self.status));
        let error: &mut ErrorInformation<'a> = &mut info.error_information.0;
        or(&mut error.error_code, text(self.error_code));
        or(&mut error.reason, text(self.reason));
        Record {
            id: text(self.id),
            activity_date_time: text(self.time),
            cycle_id: text(self.cycle_id),
            change_id: text(self.change_id),
            provisioning_action: text(self.action),
            duration_in_milliseconds: text(self.duration),
            service_principal: Shaped(service_principal),
            source_identity: Shaped(identity(row, self.source)),
            target_identity: Shaped(identity(row, self.target)),
            target_system: Shaped(target_system),
            provisioning_status_info: Shaped(info),
            provisioning_steps: json(row, self.steps).unwrap_or_else(|| Many(Vec::new())),
            modified_properties: json(row, self.properties).unwrap_or_else(|| Many(Vec::new())),
            is_in_utc: self.is_in_utc,
            ..Record::default()
        }
    }
}

fn identity<'a>(row: Row<'a>, [whole, id, name, kind]: [Column; 4]) -> Identity<'a> {
    let mut identity: Identity<'a> = object(row, whole);
    or(&mut identity.id, Text::from(row.text(id)));
    or(&mut identity.display_name, Text::from(row.text(name)));
    or(&mut identity.kind, Text::from(row.text(kind)));
    identity
}

fn or<'a>(text: &mut Text<'a>, other: Text<'a>) {
    if text.get().is_none() {
        *text = other;
    }
}

/// The object in a cell of JSON.
fn object<'a, T: Deserialize<'a> + Default>(row: Row<'a>, column: Column) -> T {
    json::<Shaped<T>>(row, column).map(|shaped| shaped.0).unwrap_or_default()
}

fn json<'a, T: Deserialize<'a>>(row: Row<'a>, column: Column) -> Option<T> {
    match row.text(column) {
        Cow::Borrowed(text) => serde_json::from_str(text).ok(),
        Cow::Owned(_) => None, // not UTF-8, so no JSON either
    }
}
