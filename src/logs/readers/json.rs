//! Records that are JSON: one a line, or objects in an array.

use std::io;

use serde::Deserialize;

use super::glance::{Glance, Names};
use super::{Reading, lenient};
use crate::logs::input::{Elements, Lines, LogFile, Outline, Record};

/// Where the records of a file are, and what tells about them.
#[derive(Default)]
pub struct Layout {
    /// The names that lead to the array of records; empty when they are the documents themselves.
    pub path: &'static [&'static str],
    /// By what a record can be passed over before it is parsed.
    pub names: Names,
}

/// What a reader does with a record: whether it could be read.
pub type Each<'r> = &'r mut dyn FnMut(&mut Reading<'_>, &Record<'_>) -> bool;

/// Gives every record that is asked for to `each`.
pub fn records(file: &LogFile, layout: &Layout, reading: &mut Reading<'_>, each: Each<'_>) -> io::Result<()> {
    let glance = Glance::new(&layout.names, reading);
    // PowerShell cuts every record at the same depth: the first ones show it.
    if lenient::is_cut_by_powershell(file.head.as_bytes()) {
        reading.warnings.once("depth-truncated");
    }
    let mut pass = |reading: &mut Reading<'_>, record: &Record<'_>, broken: &'static str| {
        if record.is_oversized {
            reading.warnings.at("oversized-record", record.number);
            return true;
        }
        if glance.is_enough(record, reading) {
            return true;
        }
        let is_read = each(reading, record);
        if !is_read && !record.is_cut {
            reading.warnings.at(broken, record.number);
        }
        is_read
    };
    if layout.path.is_empty() && is_one_a_line(&file.head) {
        let mut lines = Lines::new(file.reader()?);
        while let Some(line) = lines.next_line()? {
            let is_read = pass(reading, &line, "unparsable-line");
            if line.is_cut {
                reading.warnings.once(if is_read { "no-final-newline" } else { "truncated-last-line" });
            }
        }
        if lines.has_crlf {
            reading.warnings.once("crlf");
        }
        return Ok(());
    }
    let mut elements = Elements::new(file.reader()?, layout.path);
    while let Some(record) = elements.next_element()? {
        if !record.is_cut {
            pass(reading, &record, "unparsable-record");
        }
    }
    if elements.is_truncated() {
        reading.warnings.once("truncated-at-end");
    }
    Ok(())
}

/// Parses a record; bytes that are no UTF-8 are replaced before it is given up.
pub fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8], replaced: &'a mut String) -> Option<T> {
    match serde_json::from_slice(bytes) {
        Ok(value) => Some(value),
        Err(_) if std::str::from_utf8(bytes).is_ok() => None,
        Err(_) => {
            *replaced = String::from_utf8_lossy(bytes).into_owned();
            serde_json::from_str(replaced).ok()
        }
    }
}

/// Whether the first document is one line, so that lines are records.
fn is_one_a_line(head: &str) -> bool {
    let outline = Outline::of(head);
    let first = head.trim_start().lines().next().unwrap_or_default();
    !outline.is_array() && outline.first_end().map_or(first.len() > 4096, |end| !head[..end].trim().contains('\n'))
}
