//! The provisioning log as Microsoft Graph answers it, and the portal's download of it: a bare array.

use std::io;

use super::record::{NAMES, Record};
use crate::logs::input::{LogFile, Outline};
use crate::logs::readers::Reading;
use crate::logs::readers::json::{self, Layout};

/// Reads a file of records.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let is_enveloped = Outline::of(&file.head).has("value.activityDateTime");
    if file.head.contains("\"@odata.nextLink\"") {
        reading.warnings.once("next-link-not-followed");
    }
    let layout = Layout { path: if is_enveloped { &["value"] } else { &[] }, names: NAMES };
    json::records(file, &layout, reading, &mut |reading, record| {
        let mut replaced = String::new();
        let parsed = json::parse::<Record<'_>>(record.bytes, &mut replaced).filter(Record::is_whole);
        if let Some(parsed) = &parsed {
            parsed.give(record.number, reading);
        }
        parsed.is_some()
    })
}
