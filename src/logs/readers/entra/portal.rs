//! The portal's download as CSV: three files, joined by the change id.
//!
//! The parts are read first and wait in memory for their records; the portal gives at most 250,000 of them. Parts whose
//! record was not sent give what they know on their own.

use std::collections::HashMap;
use std::io;

use super::record::{Property, Record, Step};
use super::rows::Columns;
use crate::logs::format::Format;
use crate::logs::input::LogFile;
use crate::logs::observation::Observation;
use crate::logs::readers::lenient::{Many, Pairs, Text};
use crate::logs::readers::table::{Row, Table};
use crate::logs::readers::{Options, Reading, Summary};

/// Which of the three a file is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Records,
    Steps,
    Properties,
}

/// What the other files say of one change.
#[derive(Default)]
struct Details {
    /// The file, by its index, and the row that spoke of it first.
    origin: (usize, u64),
    steps: Vec<Step<'static>>,
    properties: Vec<Property<'static>>,
}

type Waiting = HashMap<String, Details>;

/// Reads the files of one or several downloads.
pub fn read(files: &[&LogFile], options: &Options, sink: &mut dyn FnMut(Observation)) -> Vec<io::Result<Summary>> {
    let parts: Vec<Part> = files.iter().map(|file| part(file)).collect();
    let has = |wanted: Part| parts.contains(&wanted);
    let (has_steps, has_properties) = (has(Part::Steps), has(Part::Properties));
    let mut waiting = Waiting::new();
    let mut summaries: Vec<Option<io::Result<Summary>>> = files.iter().map(|_| None).collect();
    // Records come last: their details must be there.
    for is_turn_of_records in [false, true] {
        for (index, (file, part)) in files.iter().zip(&parts).enumerate() {
            if (*part == Part::Records) != is_turn_of_records {
                continue;
            }
            let mut reading = Reading::of(file, Format::EntraPortalCsv3, options, sink);
            if file.head.contains("\r\n") {
                reading.warnings.once("crlf");
            }
            let read = match part {
                Part::Records => read_records(file, &mut waiting, &mut reading).map(|()| {
                    if !has_steps {
                        reading.warnings.once("steps-missing");
                    }
                    if !has_properties {
                        reading.warnings.once("modified-properties-missing");
                    }
                }),
                Part::Steps | Part::Properties => read_details(file, (index, *part), &mut waiting, &mut reading),
            };
            summaries[index] = Some(read.map(|()| reading.summary()));
        }
    }
    let mut left: Vec<(String, Details)> = waiting.into_iter().collect();
    left.sort_unstable_by_key(|(_, details)| details.origin);
    for (change_id, details) in left {
        let (index, number) = details.origin;
        let mut reading = Reading::of(files[index], Format::EntraPortalCsv3, options, sink);
        let record = Record { change_id: Text::from(change_id), ..Record::default() };
        joined(record, Some(details)).give(number, &mut reading);
        if let Some(Ok(summary)) = &mut summaries[index] {
            summary.add(&reading);
        }
    }
    summaries.into_iter().map(|summary| summary.expect("every file had its turn")).collect()
}

fn part(file: &LogFile) -> Part {
    let Ok(table) = Table::open(file) else { return Part::Records };
    if table.column(&["provisioningStepType", "description"]).is_there() {
        Part::Steps
    } else if table.column(&["newValue", "oldValue"]).is_there() {
        Part::Properties
    } else {
        Part::Records
    }
}

fn read_records(file: &LogFile, waiting: &mut Waiting, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut table = Table::open(file)?;
    let columns = Columns::of(table.header());
    while let Some(row) = table.next_row(reading)? {
        let details = waiting.remove(&*columns.change_id(row));
        let is_asked = reading.filter.holds_subject(row.bytes())
            || details.as_ref().is_some_and(|details| details.holds_subject(reading));
        if !is_asked {
            reading.passed_over += 1;
            continue;
        }
        let record = joined(columns.record(row), details);
        if record.is_whole() {
            record.give(row.number, reading);
        } else {
            reading.warnings.at("unparsable-record", row.number);
        }
    }
    Ok(())
}

fn joined(mut record: Record<'_>, details: Option<Details>) -> Record<'_> {
    if let Some(details) = details {
        record.provisioning_steps = Many(details.steps);
        record.modified_properties = Many(details.properties);
    }
    record
}

fn read_details(
    file: &LogFile,
    (index, part): (usize, Part),
    waiting: &mut Waiting,
    reading: &mut Reading<'_>,
) -> io::Result<()> {
    let mut table = Table::open(file)?;
    let columns = [
        ["changeId", "name", "status", "description", "details"],
        ["changeId", "displayName", "oldValue", "newValue", ""],
    ][usize::from(part == Part::Properties)]
    .map(|name| table.column(&[name]));
    while let Some(row) = table.next_row(reading)? {
        let [change_id, ..] = columns.map(|column| row.text(column));
        if change_id.is_empty() {
            reading.warnings.at("unparsable-record", row.number);
            continue;
        }
        let details = waiting
            .entry(change_id.into_owned())
            .or_insert_with(|| Details { origin: (index, row.number), ..Details::default() });
        if part == Part::Steps {
            details.steps.push(step(row, columns));
        } else {
            let property = property(row, columns);
            let values = [&property.old_value, &property.new_value];
            // The line ends are part of what was sent: without them the failure may not come again.
            if values.into_iter().flatten().any(|value| value.as_str().contains(['\n', '\r'])) {
                reading.warnings.once("multi-line-cells");
            }
            details.properties.push(property);
        }
    }
    Ok(())
}

fn step(row: Row<'_>, [_, name, status, description, details]: [super::super::table::Column; 5]) -> Step<'static> {
    let own = |column| Text::from(row.text(column).into_owned());
    Step {
        name: own(name),
        status: own(status),
        description: own(description),
        details: Pairs::of_text(&row.text(details)),
    }
}

fn property(row: Row<'_>, [_, name, old, new, _]: [super::super::table::Column; 5]) -> Property<'static> {
    // A table cannot tell an empty value from none.
    let value = |column| row.get(column).map(|text| Text::from(text.into_owned()));
    Property { display_name: Text::from(row.text(name).into_owned()), old_value: value(old), new_value: value(new) }
}

impl Details {
    fn holds_subject(&self, reading: &Reading<'_>) -> bool {
        let holds = |text: &Text<'_>| reading.filter.holds_subject(text.as_str().as_bytes());
        let of_steps = self
            .steps
            .iter()
            .any(|step| holds(&step.description) || step.details.0.iter().any(|(_, value)| holds(value)));
        of_steps
            || self
                .properties
                .iter()
                .any(|property| [&property.old_value, &property.new_value].into_iter().flatten().any(holds))
    }
}
