//! From an incident to a scenario file that fails as it did for the customer, in the language of `scimulator run`.
//!
//! ```text
//! incident ─ infer ─► requests ─ prepare ─► steps ─┬─ cast ─────► people: and ${p1.userName}
//!                                                  ├─ setup ────► accounts and groups that were there before
//!                                                  ├─ answer ───► expect: and observed:
//!                                                  └─ behaviour ► how the embedded server fails in the same way
//! ```
//!
//! Ids of the customer's endpoint never stand in the file: each is captured from an answer of the replay.

mod answer;
mod behaviour;
mod bodies;
mod cast;
mod document;
mod head;
mod literals;
mod lost;
mod prepare;
mod recording;
mod setup;
mod template;
mod write;

pub use behaviour::Candidate;
pub use write::{Choice, of_exchanges, of_finding};
