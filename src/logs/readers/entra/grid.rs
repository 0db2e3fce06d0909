//! What the portal shows in its grid, exported as CSV: no steps, no attributes.

use std::io;

use super::{reason, record, steps};
use crate::logs::input::LogFile;
use crate::logs::observation::{Idp, Message, Observation, Subject};
use crate::logs::readers::Reading;
use crate::logs::readers::table::{Column, Row, Table, date_order};
use crate::logs::times::{self, DateOrder};

/// Reads the table.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    if file.head.contains("\r\n") {
        reading.warnings.once("crlf");
    }
    let mut table = Table::open(file)?;
    let columns = Columns::of(&table);
    let order = date_order(file, columns.date, reading)?;
    while let Some(row) = table.next_row(reading)? {
        if reading.filter.holds_subject(row.bytes()) {
            columns.give(row, order, reading);
        } else {
            reading.passed_over += 1;
        }
    }
    reading.warnings.once("steps-missing");
    reading.warnings.once("modified-properties-missing");
    Ok(())
}

/// Where the fields are.
struct Columns {
    date: Column,
    identity: Column,
    action: Column,
    target_system: Column,
    status: Column,
    reason: Column,
    error_code: Column,
    change_id: Column,
    cycle_id: Column,
}

impl Columns {
    fn of(table: &Table<'_>) -> Self {
        Self {
            date: table.column(&["Date", "activityDateTime"]),
            identity: table.column(&["Identity"]),
            action: table.column(&["Action"]),
            target_system: table.column(&["Target System"]),
            status: table.column(&["Status"]),
            reason: table.column(&["Status reason", "Reason"]),
            error_code: table.column(&["Error code"]),
            change_id: table.column(&["Change ID"]),
            cycle_id: table.column(&["Cycle ID"]),
        }
    }

    fn give(&self, row: Row<'_>, order: DateOrder, reading: &mut Reading<'_>) {
        let own = |column: Column| row.get(column).map(std::borrow::Cow::into_owned);
        let (change_id, system) = (own(self.change_id), own(self.target_system));
        let stamp = times::parse(&row.text(self.date), reading.options.zone, order);
        let is_asked = reading.filter.admits(stamp.map(|stamp| stamp.moment.instant));
        // The grid names no application, only the kind of its system.
        if !is_asked || !reading.filter.admits_app([None, None]) {
            reading.passed_over += 1;
            return;
        }
        if change_id.is_none() && stamp.is_none() {
            reading.warnings.at("unparsable-record", row.number);
            return;
        }
        if !reading.count(row.number, change_id.as_deref()) {
            return;
        }
        reading.note_time(row.number, stamp.as_ref(), order);
        let action = row.text(self.action);
        let (reason, code) = (row.get(self.reason), own(self.error_code));
        let subject = subject(&row.text(self.identity));
        let mut observation =
            Observation::at(reading.place(row.number, change_id.clone()), action.to_ascii_lowercase());
        observation.time = stamp.map(|stamp| stamp.moment);
        observation.idp = Idp::Entra;
        observation.app_template = system;
        observation.job = change_id.or_else(|| own(self.cycle_id));
        observation.intent = steps::action(&action);
        observation.outcome = record::outcome(&row.text(self.status));
        observation.subject = subject;
        observation.message = (reason.is_some() || code.is_some())
            .then(|| Message { code, ..reason::parse(&reason.unwrap_or_default()) });
        reading.give(observation);
    }
}

/// The lines of an identity's cell: `Display Name: …`, `Source ID: …`, `Target ID: …`.
fn subject(cell: &str) -> Subject {
    let line = |label: &str| {
        let lines = cell.lines().filter_map(|line| line.split_once(':'));
        let value = lines.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case(label))?.1.trim();
        Some(value.to_owned()).filter(|value| !value.is_empty())
    };
    let is_labelled = cell.contains(':');
    Subject {
        display_name: line("Display Name").or_else(|| Some(cell.trim().to_owned()).filter(|_| !is_labelled)),
        idp_id: line("Source ID"),
        scim_id: line("Target ID"),
        ..Subject::default()
    }
}
