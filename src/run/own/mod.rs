//! Own data only: which resources a run may change, the journal of what it created, and the removal of that.

pub(in crate::run) mod address;
pub(in crate::run) mod bulk;
pub(in crate::run) mod clean;
pub mod journal;
pub(in crate::run) mod ownership;
