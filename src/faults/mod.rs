//! Faults: one deliberate defect each, named after the rule that must catch it.
//!
//! A fault wraps a [`Service`](crate::server::Service): it sees the request and
//! the answer and may ask the server more questions. The correct code knows
//! nothing of faults.
