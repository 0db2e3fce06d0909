//! What is said of a played scenario: findings, what follows from what, what was accepted, what differs from the
//! approved snapshot.

mod cause;
pub(in crate::run) mod deviation;
pub(in crate::run) mod judge;
pub(in crate::run) mod snapshots;
