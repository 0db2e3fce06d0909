//! The provisioning log as diagnostic settings stream it to storage or an event hub.

use std::io;

use serde::Deserialize;

use super::record::{ErrorInformation, NAMES, Record};
use crate::logs::input::{LogFile, Outline};
use crate::logs::readers::Reading;
use crate::logs::readers::json::{self, Layout};
use crate::logs::readers::lenient::{Shaped, Text};
use crate::logs::times::{self, DateOrder};

/// What is read of the envelope.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow)]
    time: Text<'a>,
    correlation_id: Text<'a>,
    result_signature: Text<'a>,
    result_description: Text<'a>,
    /// A number, or its text.
    duration_ms: Text<'a>,
    properties: Shaped<Record<'a>>,
}

/// Reads a file of records.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let is_enveloped = Outline::of(&file.head).has("records.properties");
    let layout = Layout { path: if is_enveloped { &["records"] } else { &[] }, names: NAMES };
    json::records(file, &layout, reading, &mut |reading, record| {
        let mut replaced = String::new();
        let Some(envelope) = json::parse::<Envelope<'_>>(record.bytes, &mut replaced) else { return false };
        let written = times::parse(envelope.time.as_str(), None, DateOrder::MonthFirst);
        if written.is_some_and(|stamp| stamp.is_slashed) {
            reading.warnings.once("us-time-format");
        }
        let parsed = completed(envelope);
        if parsed.is_whole() {
            parsed.give(record.number, reading);
        }
        parsed.is_whole()
    })
}

/// The record, with what only its envelope says.
fn completed(envelope: Envelope<'_>) -> Record<'_> {
    let mut record = envelope.properties.0;
    if record.activity_date_time.get().is_none() {
        record.activity_date_time = envelope.time;
    }
    if record.change_id.get().is_none() {
        record.change_id = envelope.correlation_id;
    }
    if record.duration_in_milliseconds.get().is_none() {
        record.duration_in_milliseconds = envelope.duration_ms;
    }
    let error = &mut record.provisioning_status_info.0.error_information.0;
    if error.error_code.get().is_none() && error.reason.get().is_none() {
        *error = ErrorInformation { error_code: envelope.result_signature, reason: envelope.result_description };
    }
    record
}
