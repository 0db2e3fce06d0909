//! Readers: one format each, from a file's records to observations.

mod entra;
mod filter;
mod json;
mod lenient;
mod okta;
mod options;
mod order;
mod table;
mod wire;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::Arc;

use super::format::Format;
use super::input::{Encoding, LogFile};
use super::observation::{Observation, Place, Precision};
use super::times::{DateOrder, Stamp};
use super::warning::{Warning, Warnings};
use filter::Filter;
use order::Order;

pub use options::Options;
pub(super) use table::Table;
pub(super) use wire::{is_masked, is_placeholder};

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
    /// Records that were not asked for; most of them were not even parsed, and none is in the other counts.
    pub passed_over: u64,
    /// What was odd.
    pub warnings: Vec<Warning>,
}

impl Summary {
    /// Takes in what was found in the file later.
    fn add(&mut self, later: &Reading<'_>) {
        self.records += later.records;
        self.unique_records += later.records - later.repeated;
        self.passed_over += later.passed_over;
    }
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
    passed_over: u64,
    seen: HashSet<u64>,
    filter: Filter,
    order: Order,
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

    /// Takes note of a new record's time, so that the order of the file is known, and of how it was written.
    pub fn note_time(&mut self, number: u64, stamp: Option<&Stamp>, order: DateOrder) {
        let Some(Stamp { moment, is_slashed }) = stamp else {
            self.warnings.at("unreadable-time", number);
            return;
        };
        if *is_slashed && order == DateOrder::MonthFirst {
            self.warnings.once("us-time-format");
        }
        if !moment.has_zone && self.options.zone.is_none() {
            self.warnings.once("zone-assumed-utc");
        }
        if moment.precision == Precision::Minute {
            self.warnings.once("minute-precision");
        }
        self.order.see(moment);
    }

    /// Gives an observation.
    pub fn give(&mut self, observation: Observation) {
        (self.sink)(observation);
    }

    fn of(file: &LogFile, format: Format, options: &'a Options, sink: &'a mut dyn FnMut(Observation)) -> Self {
        let mut reading = Self {
            options,
            warnings: Warnings::new(Arc::clone(&file.name)),
            file: Arc::clone(&file.name),
            format,
            before: 0,
            records: 0,
            repeated: 0,
            passed_over: 0,
            seen: HashSet::new(),
            filter: Filter::of(options),
            order: Order::default(),
            sink,
        };
        match file.encoding {
            Encoding::Utf8 => {}
            Encoding::Utf8Bom => reading.warnings.once("bom"),
            other => reading.warnings.with("encoding", other.name()),
        }
        reading
    }

    /// Ends the reading.
    fn summary(mut self) -> Summary {
        self.order.warn(&mut self.warnings);
        Summary {
            file: self.file,
            format: self.format,
            records: self.records,
            unique_records: self.records - self.repeated,
            passed_over: self.passed_over,
            warnings: self.warnings.into_list(),
        }
    }
}

/// Reads a file as a format; every observation goes into `sink` as soon as it is read.
///
/// The three files of Entra's portal belong together: give all files at once to [`read_all`].
///
/// # Errors
/// When the file itself cannot be read on. A record that cannot is a warning.
pub fn read(
    file: &LogFile,
    format: Format,
    options: &Options,
    sink: &mut dyn FnMut(Observation),
) -> io::Result<Summary> {
    if format == Format::EntraPortalCsv3 {
        return entra::portal::read(&[file], options, sink).remove(0);
    }
    let mut reading = Reading::of(file, format, options, sink);
    read_as(file, format, &mut reading)?;
    Ok(reading.summary())
}

/// Reads a file, or a piece of one, as a format.
fn read_as(file: &LogFile, format: Format, reading: &mut Reading<'_>) -> io::Result<()> {
    match format {
        Format::EntraDiagnostics => entra::diagnostics::read(file, reading),
        Format::EntraGraphJson | Format::EntraPortalJson => entra::graph::read(file, reading),
        Format::EntraJob => entra::job::read(file, reading),
        Format::EntraLogAnalyticsCsv => entra::log_analytics::read(file, reading),
        Format::EntraOnDemandText => entra::on_demand::read(file, reading),
        Format::EntraPortalGridCsv => entra::grid::read(file, reading),
        Format::OktaSyslogCsv => okta::csv::read(file, reading),
        Format::OktaEventBridge
        | Format::OktaEventHook
        | Format::OktaSyslogJson
        | Format::OktaSyslogNdjson
        | Format::OktaWrapped => okta::json::read(file, format, reading),
        Format::OktaTasksText => okta::tasks::read(file, reading),
        wire => wire::read(file, wire, reading),
    }
}

/// Reads files that belong to one case, each as its format, and says of each what was read. The parts of downloads from
/// Entra's portal are joined by their change ids, in whatever order and folder they are.
pub fn read_all(
    files: &[(LogFile, Format)],
    options: &Options,
    sink: &mut dyn FnMut(Observation),
) -> Vec<io::Result<Summary>> {
    let parts = files.iter().filter(|(_, format)| *format == Format::EntraPortalCsv3).map(|(file, _)| file);
    let mut joined = entra::portal::read(&parts.collect::<Vec<_>>(), options, sink).into_iter();
    let each = files.iter().map(|(file, format)| match format {
        Format::EntraPortalCsv3 => joined.next().expect("one for each part"),
        format => read(file, *format, options, sink),
    });
    each.collect()
}
