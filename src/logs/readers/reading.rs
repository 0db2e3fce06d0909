//! A file while it is read, and what was read of it.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::Options;
use super::filter::Filter;
use super::order::Order;
use crate::logs::format::Format;
use crate::logs::input::{Encoding, LogFile};
use crate::logs::observation::{Observation, Place, Precision};
use crate::logs::times::{DateOrder, Stamp};
use crate::logs::warning::{Warning, Warnings};

/// So many records are compared with each other; the older ones of a longer log are forgotten.
const REMEMBERED: usize = 1 << 19;

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
    pub(super) fn add(&mut self, later: &Reading<'_>) {
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
    pub(super) file: Arc<str>,
    pub(super) format: Format,
    /// Records before the piece of the file that is read.
    pub(super) before: u64,
    /// For each line of what is read, the row of the table that it stands in; empty when it stands in none.
    pub(super) rows: Vec<u64>,
    pub(super) records: u64,
    pub(super) repeated: u64,
    pub(super) passed_over: u64,
    /// Records that are about something else than provisioning.
    beside: u64,
    seen: HashSet<u64>,
    pub(super) filter: Filter,
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

    /// Counts records that are about something else than provisioning.
    pub(super) const fn pass_by(&mut self, count: u64) {
        self.records += count;
        self.beside += count;
    }

    /// Where a record stands.
    pub fn place(&self, number: u64, native_id: Option<String>) -> Place {
        let row = usize::try_from(number).ok().and_then(|number| self.rows.get(number.checked_sub(1)?));
        let number = row.copied().unwrap_or(number);
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

    pub(super) fn of(
        file: &LogFile,
        format: Format,
        options: &'a Options,
        sink: &'a mut dyn FnMut(Observation),
    ) -> Self {
        let mut reading = Self {
            options,
            warnings: Warnings::new(Arc::clone(&file.name)),
            file: Arc::clone(&file.name),
            format,
            before: 0,
            rows: Vec::new(),
            records: 0,
            repeated: 0,
            passed_over: 0,
            beside: 0,
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
        if file.scrub.zeros {
            reading.warnings.once("zero-bytes");
        }
        if file.scrub.lone_cr {
            reading.warnings.once("lone-cr");
        }
        reading
    }

    /// Ends the reading.
    pub(super) fn summary(mut self) -> Summary {
        self.order.warn(&mut self.warnings);
        if self.beside > 0 {
            self.warnings.with("other-events", self.beside.to_string());
        }
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
