//! Records that were cut out of a file and glanced at, in batches for the thread that parses them.

use std::sync::mpsc::SyncSender;

use super::glance::{Glance, Seen};
use crate::logs::input::Record;

/// Bytes of the records in a batch; a longer record has one for itself.
const BATCH: usize = 128 << 10;

/// Records that stand behind each other in a file. What needs no parsing is only counted.
#[derive(Default)]
pub struct Batch {
    /// Records that were not asked for.
    pub passed_over: u64,
    /// Records about something else than provisioning.
    pub beside: u64,
    bytes: Vec<u8>,
    kept: Vec<Kept>,
}

/// A record that is told about one by one.
struct Kept {
    /// Where it ends in the bytes of its batch; it begins where the one before ends.
    end: usize,
    number: u64,
    is_cut: bool,
    is_oversized: bool,
    is_enough: bool,
}

/// Puts records into batches while the ones before are parsed.
pub struct Ahead {
    glance: Glance,
    batch: Batch,
    give: SyncSender<Batch>,
}

impl Batch {
    /// The records, each with whether the glance at it was enough.
    pub fn records(&self) -> impl Iterator<Item = (Record<'_>, bool)> {
        let mut start = 0;
        self.kept.iter().map(move |kept| {
            let Kept { end, number, is_cut, is_oversized, is_enough } = *kept;
            let bytes = &self.bytes[std::mem::replace(&mut start, end)..end];
            (Record { bytes, number, is_cut, is_oversized }, is_enough)
        })
    }
}

impl Ahead {
    /// Looks at each record, and gives what must be parsed.
    pub fn new(glance: Glance, give: SyncSender<Batch>) -> Self {
        Self { glance, batch: Batch::default(), give }
    }

    /// Takes in a record; whether there is still somebody who wants it.
    pub fn take(&mut self, record: &Record<'_>) -> bool {
        let Record { bytes, number, is_cut, is_oversized } = *record;
        let seen = if is_oversized { Seen::Unclear } else { self.glance.at(record) };
        match seen {
            Seen::NotAsked => self.batch.passed_over += 1,
            Seen::Beside => self.batch.beside += 1,
            Seen::Unclear => {}
        }
        let is_enough = seen != Seen::Unclear;
        // That the file ends within a record is told of one that nobody asked for too.
        if is_enough && !is_cut {
            return true;
        }
        if !is_enough && !is_oversized {
            self.batch.bytes.extend_from_slice(bytes);
        }
        let end = self.batch.bytes.len();
        self.batch.kept.push(Kept { end, number, is_cut, is_oversized, is_enough });
        end < BATCH || self.give.send(std::mem::take(&mut self.batch)).is_ok()
    }

    /// Gives the last batch.
    pub fn finish(self) {
        // Whoever parses may have ended already.
        let _ = self.give.send(self.batch);
    }
}
