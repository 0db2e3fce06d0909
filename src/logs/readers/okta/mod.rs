//! What Okta writes: System Log events in their envelopes and as a table, and the sentences of its admin console.

pub mod csv;
mod event;
mod events;
pub mod json;
pub mod reason;
pub mod tasks;
