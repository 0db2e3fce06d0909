//! The console's CSV of the System Log: columns by name, for they differ between releases.
//!
//! It has no `changeDetails` and no more than four targets; Excel may have written it again, with dates in its own way.

use std::io;

use super::event::{Event, Result, Target, Transaction, text};
use super::events;
use crate::logs::input::LogFile;
use crate::logs::readers::Reading;
use crate::logs::readers::lenient::{Many, Shaped};
use crate::logs::readers::table::{Column, Row, Table, date_order};
use crate::logs::times::DateOrder;

/// Reads the table.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    if file.head.contains("\r\n") {
        reading.warnings.once("crlf");
    }
    let mut table = Table::open(file)?;
    let columns = Columns::of(&table);
    let is_all_asked = !reading.filter.asks_for_time() && !reading.filter.asks_for_app();
    let mut order = None;
    while let Some(row) = table.next_row(reading)? {
        if !reading.filter.holds_subject(row.bytes()) {
            reading.passed_over += 1;
            continue;
        }
        if is_all_asked && columns.is_of_no_interest(row) {
            reading.pass_by(1);
            continue;
        }
        let event = columns.event(row);
        if !event.is_whole() {
            reading.warnings.at("unparsable-record", row.number);
            continue;
        }
        // Only Excel writes slashes: then the whole column is looked at once, to know which number is the month.
        let order = if event.published.as_str().contains('/') {
            match order {
                Some(order) => order,
                None => *order.insert(date_order(file, columns.published, reading)?),
            }
        } else {
            DateOrder::MonthFirst
        };
        event.give(row.number, order, reading);
    }
    Ok(())
}

/// Where the fields of an event are.
struct Columns {
    uuid: Column,
    published: Column,
    event_type: Column,
    result: Column,
    reason: Column,
    transaction: Column,
    targets: Vec<[Column; 4]>,
}

impl Columns {
    fn of(table: &Table<'_>) -> Self {
        let target = |index: usize| {
            ["id", "type", "alternate_id", "display_name"]
                .map(|field| table.column(&[&format!("target{index}.{field}")]))
        };
        Self {
            uuid: table.column(&["uuid"]),
            published: table.column(&["timestamp", "published"]),
            event_type: table.column(&["event_type"]),
            result: table.column(&["outcome.result"]),
            reason: table.column(&["outcome.reason"]),
            transaction: table.column(&["transaction.id"]),
            targets: (0..16).map(target).take_while(|fields| fields[1].is_there()).collect(),
        }
    }

    /// Whether its kind alone tells that nothing more of a row is needed.
    fn is_of_no_interest(&self, row: Row<'_>) -> bool {
        let kind = row.text(self.event_type);
        !kind.is_empty() && !events::is_about_provisioning(&kind)
    }

    fn event<'a>(&self, row: Row<'a>) -> Event<'a> {
        let cell = |column: Column| text(row.text(column));
        let targets = self.targets.iter().filter(|fields| !row.text(fields[1]).is_empty());
        let target = |[id, kind, alternate_id, display_name]: &[Column; 4]| Target {
            id: cell(*id),
            kind: cell(*kind),
            alternate_id: cell(*alternate_id),
            display_name: cell(*display_name),
            ..Target::default()
        };
        Event {
            uuid: cell(self.uuid),
            published: cell(self.published),
            kind: cell(self.event_type),
            outcome: Shaped(Result { result: cell(self.result), reason: cell(self.reason) }),
            target: Many(targets.map(target).collect()),
            transaction: Shaped(Transaction { id: cell(self.transaction) }),
            ..Event::default()
        }
    }
}
