//! In which order a file's records stand, and whether their zones differ.

use time::{OffsetDateTime, UtcOffset};

use crate::logs::observation::Moment;
use crate::logs::warning::Warnings;

/// The times of a file's records, one after the other.
#[derive(Debug, Default)]
pub struct Order {
    last: Option<OffsetDateTime>,
    later: u64,
    earlier: u64,
    zone: Option<UtcOffset>,
    has_other_zone: bool,
}

impl Order {
    /// The next record's time.
    pub fn see(&mut self, moment: &Moment) {
        if let Some(last) = self.last.replace(moment.instant) {
            self.later += u64::from(moment.instant > last);
            self.earlier += u64::from(moment.instant < last);
        }
        if moment.has_zone {
            let zone = *self.zone.get_or_insert(moment.instant.offset());
            self.has_other_zone |= zone != moment.instant.offset();
        }
    }

    /// Says what was odd. Two records in falling order are too few to call it one.
    pub fn warn(&self, warnings: &mut Warnings) {
        match (self.earlier, self.later) {
            (2.., 0) => warnings.once("newest-first"),
            (1.., 1..) => warnings.once("out-of-order"),
            _ => {}
        }
        if self.has_other_zone {
            warnings.once("mixed-time-zones");
        }
    }
}
