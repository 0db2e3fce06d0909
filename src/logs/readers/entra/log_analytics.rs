//! The provisioning log as Log Analytics exports its table `AADProvisioningLogs`: objects are JSON in cells.

use std::io;

use super::rows::Columns;
use crate::logs::input::LogFile;
use crate::logs::readers::Reading;
use crate::logs::readers::table::Table;

/// Reads the table.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    if file.head.contains("\r\n") {
        reading.warnings.once("crlf");
    }
    let mut table = Table::open(file)?;
    let columns = Columns::of(table.header());
    while let Some(row) = table.next_row(reading)? {
        if !reading.filter.holds_subject(row.bytes()) {
            reading.passed_over += 1;
            continue;
        }
        let record = columns.record(row);
        if record.is_whole() {
            record.give(row.number, reading);
        } else {
            reading.warnings.at("unparsable-record", row.number);
        }
    }
    Ok(())
}
