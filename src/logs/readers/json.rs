//! Records that are JSON: one a line, or objects in an array. A thread cuts them out ahead of the one that parses them.

use std::io;
use std::sync::mpsc::sync_channel;
use std::thread;

use serde::Deserialize;

use super::ahead::{Ahead, Batch};
use super::glance::{Glance, Names};
use super::{Reading, lenient};
use crate::logs::input::{Elements, Lines, LogFile, Outline, Record};

/// So many batches are cut out before the first of them is parsed.
const BATCHES: usize = 4;

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
    // PowerShell cuts every record at the same depth: the first ones show it.
    if lenient::is_cut_by_powershell(file.head.as_bytes()) {
        reading.warnings.once("depth-truncated");
    }
    let glance = Glance::new(&layout.names, reading.options);
    let is_one_a_line = layout.path.is_empty() && is_one_a_line(&file.head);
    let broken = if is_one_a_line { "unparsable-line" } else { "unparsable-record" };
    let odd_end = thread::scope(|scope| {
        let (give, batches) = sync_channel(BATCHES);
        let ahead = Ahead::new(glance, give);
        let cut_out =
            scope.spawn(move || if is_one_a_line { lines(file, ahead) } else { elements(file, layout.path, ahead) });
        for batch in batches {
            take(&batch, broken, reading, each);
        }
        cut_out.join().map_err(|_| io::Error::other("the thread that reads ended before its work was done"))?
    })?;
    if let Some(odd) = odd_end {
        reading.warnings.once(odd);
    }
    Ok(())
}

/// Cuts out lines; says what is odd about the ends of all.
fn lines(file: &LogFile, mut ahead: Ahead) -> io::Result<Option<&'static str>> {
    let mut lines = Lines::new(file.reader()?);
    while let Some(line) = lines.next_line()? {
        if !ahead.take(&line) {
            break;
        }
    }
    ahead.finish();
    Ok(lines.has_crlf.then_some("crlf"))
}

/// Cuts out objects; says what is odd about the end.
fn elements(file: &LogFile, path: &'static [&'static str], mut ahead: Ahead) -> io::Result<Option<&'static str>> {
    let mut elements = Elements::new(file.reader()?, path);
    while let Some(record) = elements.next_element()? {
        if !record.is_cut && !ahead.take(&record) {
            break;
        }
    }
    ahead.finish();
    Ok(elements.is_truncated().then_some("truncated-at-end"))
}

/// Counts what needs no parsing, and gives the rest to `each`.
fn take(batch: &Batch, broken: &'static str, reading: &mut Reading<'_>, each: Each<'_>) {
    reading.passed_over += batch.passed_over;
    reading.pass_by(batch.beside);
    for (record, is_enough) in batch.records() {
        let is_read = is_enough || record.is_oversized || each(reading, &record);
        if record.is_oversized {
            reading.warnings.at("oversized-record", record.number);
        } else if !is_read && !record.is_cut {
            reading.warnings.at(broken, record.number);
        }
        if record.is_cut {
            reading.warnings.once(if is_read { "no-final-newline" } else { "truncated-last-line" });
        }
    }
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
