//! Tables that carry another log: each row has a line of it in one of its cells, as Splunk (`_raw`), CloudWatch
//! (`@message`) and others export what was searched for. The lines are read as the log that they are.

use std::io;

use super::{Reading, Table, read_as};
use crate::logs::detect;
use crate::logs::format::Format;
use crate::logs::input::LogFile;

/// What the column of lines is called.
const LINES: [&str; 5] = ["_raw", "@message", "message", "textPayload", "log"];
/// … and that of their times.
const TIME: [&str; 4] = ["_time", "@timestamp", "timestamp", "time"];
/// So many bytes of lines are read at a time.
const MOST: usize = 8 << 20;
/// Of the table, not of the log in it.
const OF_TABLE: [&str; 2] = ["crlf", "no-final-newline"];

/// Whether a text begins as such a table, and what it carries is known.
pub fn is_carrier(head: &str) -> bool {
    let Ok(file) = LogFile::in_memory("", head.as_bytes()) else { return false };
    let Ok(mut table) = Table::open(&file) else { return false };
    let column = table.column(&LINES);
    if !column.is_there() {
        return false;
    }
    let mut lines = Carried::default();
    let mut give = |cell: &str| lines.push(cell, 0);
    table.each_of(column, &mut give).is_ok() && lines.format().is_some()
}

/// Reads such a table.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut table = Table::open(file)?;
    let (column, time) = (table.column(&LINES), table.column(&TIME));
    let mut lines = Carried::default();
    while let Some(row) = table.next_row(reading)? {
        lines.push(&row.text(column), row.number);
        lines.came(&row.text(time));
        if lines.bytes > MOST {
            std::mem::take(&mut lines).read(reading)?;
        }
    }
    lines.read(reading)
}

/// Lines that were taken out.
#[derive(Default)]
struct Carried {
    /// Each with its row.
    lines: Vec<(String, u64)>,
    bytes: usize,
    /// The times of the first and of the last one, as written.
    first: String,
    last: String,
}

impl Carried {
    fn push(&mut self, cell: &str, row: u64) {
        // A document over several lines is one record.
        let line = if cell.trim_start().starts_with('{') { cell.replace(['\r', '\n'], " ") } else { cell.to_owned() };
        self.bytes += line.len();
        self.lines.push((line, row));
    }

    fn came(&mut self, time: &str) {
        if self.first.is_empty() {
            time.clone_into(&mut self.first);
        }
        time.clone_into(&mut self.last);
    }

    /// As what they are read.
    fn format(&self) -> Option<Format> {
        let mut head = String::new();
        for (line, _) in &self.lines {
            head.push_str(line);
            head.push('\n');
            if head.len() > 64 << 10 {
                break;
            }
        }
        // A table within a table is none of these.
        detect::of_text(&head).filter(|format| *format != Format::CarriedCsv)
    }

    fn read(mut self, reading: &mut Reading<'_>) -> io::Result<()> {
        // Searches give the newest first; an answer stands behind its request.
        if self.last < self.first {
            self.lines.reverse();
        }
        let Some(format) = self.format() else {
            for (_, row) in &self.lines {
                reading.warnings.at("unparsable-record", *row);
            }
            return Ok(());
        };
        let (mut text, mut rows) = (String::with_capacity(self.bytes + self.lines.len()), Vec::new());
        for (line, row) in &self.lines {
            text.push_str(line);
            text.push('\n');
            rows.extend(std::iter::repeat_n(*row, line.matches('\n').count() + 1));
        }
        let file = LogFile::in_memory("", text.into_bytes())?;
        let whole = (reading.format, std::mem::replace(&mut reading.rows, rows));
        reading.format = format;
        let result = read_as(&file, format, reading);
        (reading.format, reading.rows) = whole;
        for name in OF_TABLE {
            reading.warnings.forget(name);
        }
        result
    }
}
