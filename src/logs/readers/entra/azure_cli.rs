//! The provisioning log as `az monitor log-analytics query` prints it: objects in JSON whose values are all text, a table
//! with a line of dashes (`-o table`), or values between tabs without the names of their columns (`-o tsv`).

use std::borrow::Cow;
use std::io;

use super::nameless::names_of;
use super::rows::Columns;
use crate::logs::input::{Lines, LogFile};
use crate::logs::readers::Reading;
use crate::logs::readers::json::{self, Layout};
use crate::logs::readers::lenient::Pairs;
use crate::logs::readers::table::{Cells, Header};

/// So many lines tell which column is which.
const LOOKED_AT: usize = 50;

/// Whether a text begins as such a table does, with the names of its columns or without.
pub fn is_print(head: &str) -> bool {
    Layouts::of(head).is_some()
}

/// Reads what was printed.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    if file.head.trim_start().starts_with(['{', '[']) {
        return objects(file, reading);
    }
    let Some(layout) = Layouts::of(&file.head) else { return Ok(()) };
    let (columns, before) = (Columns::of(&layout.header()), layout.lines_before());
    let (mut lines, mut cells) = (Lines::new(file.reader()?), Cells::default());
    while let Some(line) = lines.next_line()? {
        if line.number <= before || line.is_oversized {
            continue;
        }
        layout.cut(&String::from_utf8_lossy(line.bytes), &mut cells);
        give(&columns, &cells, line.number, reading);
    }
    if lines.has_crlf {
        reading.warnings.once("crlf");
    }
    Ok(())
}

fn objects(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut known: Option<(Vec<String>, Columns)> = None;
    json::records(file, &Layout::default(), reading, &mut |reading, record| {
        let mut replaced = String::new();
        let Some(Pairs(pairs)) = json::parse::<Pairs<'_>>(record.bytes, &mut replaced) else { return false };
        let is_known = known.as_ref().is_some_and(|(names, _)| names.iter().eq(pairs.iter().map(|(name, _)| name)));
        if !is_known {
            let names: Vec<String> = pairs.iter().map(|(name, _)| name.clone().into_owned()).collect();
            let columns = Columns::of(&Header::of(&names));
            known = Some((names, columns));
        }
        let mut cells = Cells::default();
        for (_, value) in &pairs {
            cells.push(value.as_str());
        }
        if let Some((_, columns)) = &known {
            give(columns, &cells, record.number, reading);
        }
        true
    })
}

fn give(columns: &Columns, cells: &Cells, number: u64, reading: &mut Reading<'_>) {
    let row = cells.row(number);
    if !reading.filter.holds_subject(row.bytes()) {
        reading.passed_over += 1;
        return;
    }
    let record = columns.record(row);
    if record.is_whole() {
        record.give(number, reading);
    } else {
        reading.warnings.at("unparsable-record", number);
    }
}

/// How a line is cut into cells.
enum Layouts {
    /// The names, and the characters at which the columns begin.
    Aligned(Vec<String>, Vec<usize>),
    /// Names by what stands in the columns.
    Tabs(Vec<&'static str>),
}

impl Layouts {
    fn of(head: &str) -> Option<Self> {
        let first = head.lines().next()?;
        if first.contains("ChangeId") || first.contains("ProvisioningAction") {
            return Self::aligned(head);
        }
        let lines: Vec<Vec<&str>> = head.lines().take(LOOKED_AT).map(|line| line.split('\t').collect()).collect();
        names_of(&lines).map(Self::Tabs)
    }

    fn aligned(head: &str) -> Option<Self> {
        let mut lines = head.lines();
        let (names, dashes) = (lines.next()?, lines.next()?);
        if !dashes.starts_with("--") || dashes.trim_end().contains(|c| !matches!(c, '-' | ' ')) {
            return None;
        }
        let starts: Vec<usize> = dashes
            .char_indices()
            .filter(|(at, c)| *c == '-' && !dashes[..*at].ends_with('-'))
            .map(|(at, _)| at)
            .collect();
        let mut cells = Vec::new();
        cut(names, &starts, |cell| cells.push(cell.to_owned()));
        let has = |name: &str| cells.iter().any(|cell| cell == name);
        let is_ours = ["ProvisioningSteps", "ModifiedProperties", "ProvisioningAction", "ProvisioningStatusInfo"];
        is_ours.iter().any(|name| has(name)).then_some(Self::Aligned(cells, starts))
    }

    fn header(&self) -> Header {
        match self {
            Self::Aligned(names, _) => Header::of(names),
            Self::Tabs(names) => Header::of(names),
        }
    }

    /// Lines that are no rows.
    const fn lines_before(&self) -> u64 {
        if matches!(self, Self::Aligned(..)) { 2 } else { 0 }
    }

    fn cut(&self, line: &str, cells: &mut Cells) {
        cells.clear();
        match self {
            Self::Aligned(_, starts) => cut(line, starts, |cell| cells.push(cell)),
            Self::Tabs(_) => {
                for cell in line.split('\t') {
                    cells.push(cell);
                }
            }
        }
    }
}

/// The cells of a line that begin at these characters.
fn cut(line: &str, starts: &[usize], mut give: impl FnMut(&str)) {
    let mut characters = line.char_indices().map(|(at, _)| at);
    let mut passed = 0;
    let places: Vec<usize> = starts
        .iter()
        .map(|start| {
            let place = characters.nth(start - passed).unwrap_or(line.len());
            passed = start + 1;
            place
        })
        .collect();
    for (index, start) in places.iter().enumerate() {
        let end = places.get(index + 1).copied().unwrap_or(line.len());
        give(line.get(*start..end).map_or(Cow::Borrowed(""), Cow::Borrowed).trim());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_cut_at_its_dashes() {
        let head = "ChangeId    ProvisioningAction    ResultDescription\n----------  --------------------  ---\nc1          Create                Zoë not found\n";
        let layout = Layouts::of(head).unwrap();
        let mut cells = Cells::default();
        layout.cut(head.lines().nth(2).unwrap(), &mut cells);
        let header = layout.header();
        let cell = |name: &str| cells.row(1).text(header.column(&[name])).into_owned();
        assert_eq!([cell("changeId"), cell("ResultDescription")], ["c1", "Zoë not found"]);
        layout.cut("c1", &mut cells);
        layout.cut("", &mut cells);
        assert!(Layouts::of("ChangeId  Action\nno dashes").is_none());
    }
}
