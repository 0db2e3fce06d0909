//! Readers: one format each, from a file's records to observations.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::Arc;

use super::format::Format;
use super::input::LogFile;
use super::observation::{Observation, Place};
use super::warning::{Warning, Warnings};

mod options;
mod wire;

pub use options::Options;

/// So many records are compared with each other; the older ones of a longer log are forgotten.
const REMEMBERED: usize = 1 << 20;

/// What was read of a file.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The file as the user named it.
    pub file: Arc<str>,
    /// Its format.
    pub format: Format,
    /// Well-formed records of the file's own format.
    pub records: u64,
    /// … without those that were delivered more than once.
    pub unique_records: u64,
    /// What was odd.
    pub warnings: Vec<Warning>,
}

/// A file while it is read: what a reader is given, and where it puts what it finds.
pub struct Reading<'a> {
    /// What is asked.
    pub options: &'a Options,
    /// What is odd.
    pub warnings: Warnings,
    file: Arc<str>,
    format: Format,
    /// Records before the piece of the file that is read.
    before: u64,
    records: u64,
    repeated: u64,
    seen: HashSet<u64>,
    sink: &'a mut dyn FnMut(Observation),
}

impl<'a> Reading<'a> {
    /// Counts a well-formed record; whether it is new. A record is known by its own id: the same id is the same record,
    /// delivered again.
    pub fn count(&mut self, number: u64, native_id: Option<&str>) -> bool {
        self.records += 1;
        let Some(id) = native_id else { return true };
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        let is_new = self.seen.insert(hasher.finish());
        if !is_new {
            self.repeated += 1;
            self.warnings.at("duplicate-records", number);
        }
        is_new
    }

    /// Where a record stands.
    pub fn place(&self, number: u64, native_id: Option<String>) -> Place {
        Place { file: Arc::clone(&self.file), record: self.before + number, format: self.format, native_id }
    }

    /// Gives an observation.
    pub fn give(&mut self, observation: Observation) {
        (self.sink)(observation);
    }

    fn of(file: &LogFile, format: Format, options: &'a Options, sink: &'a mut dyn FnMut(Observation)) -> Self {
        Self {
            options,
            warnings: Warnings::new(Arc::clone(&file.name)),
            file: Arc::clone(&file.name),
            format,
            before: 0,
            records: 0,
            repeated: 0,
            seen: HashSet::new(),
            sink,
        }
    }
}

/// Reads a file as a format; every observation goes into `sink` as soon as it is read.
///
/// # Errors
/// When the file itself cannot be read on. A record that cannot is a warning.
pub fn read(
    file: &LogFile,
    format: Format,
    options: &Options,
    sink: &mut dyn FnMut(Observation),
) -> io::Result<Summary> {
    let mut reading = Reading::of(file, format, options, sink);
    read_as(file, format, &mut reading)?;
    let Reading { warnings, file, records, repeated, .. } = reading;
    Ok(Summary { file, format, records, unique_records: records - repeated, warnings: warnings.into_list() })
}

/// Reads a file, or a piece of one, as a format.
fn read_as(file: &LogFile, format: Format, reading: &mut Reading<'_>) -> io::Result<()> {
    wire::read(file, format, reading)
}
