//! In which order a file gives its records.

use time::OffsetDateTime;

use crate::logs::warning::Warnings;

/// How a kind of log is usually delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// As things happened.
    #[default]
    InOrder,
    /// By when requests ended, or page by page, so that times going back mean nothing.
    Loose,
    /// The newest first: a journal.
    NewestFirst,
    /// In no order by design, so the number of records out of order is always said, also when it is none.
    Shuffled,
}

/// The order of the records so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Order {
    /// What is usual.
    pub delivery: Delivery,
    last: Option<OffsetDateTime>,
    earlier: u64,
    later: u64,
}

impl Order {
    /// A record came, of this moment.
    pub fn came(&mut self, moment: Option<OffsetDateTime>) {
        let Some(moment) = moment else { return };
        if let Some(last) = self.last.replace(moment) {
            self.earlier += u64::from(moment < last);
            self.later += u64::from(moment > last);
        }
    }

    /// Says what was odd.
    pub fn report(&self, warnings: &mut Warnings) {
        match self.delivery {
            Delivery::Shuffled => warnings.with("out-of-order", self.earlier.to_string()),
            _ if self.earlier == 0 || self.delivery == Delivery::Loose => {}
            Delivery::NewestFirst if self.later == 0 => warnings.once("newest-first"),
            _ => warnings.once("out-of-order"),
        }
    }
}
