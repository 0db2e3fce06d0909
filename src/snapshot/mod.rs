//! Approved transcripts and the semantic diff.
//!
//! The engine hands over a [`Transcript`](crate::http::Transcript); [`normalise`]
//! gives volatile values names, [`Snapshot`] is the file people review, [`Store`]
//! finds and keeps it, and [`compare`] says what differs in meaning.
//! No clock, no randomness; only [`Store`] touches files.

mod binding;
mod contract;
mod diff;
mod difference;
mod file;
mod guid;
mod json;
mod meaning;
mod model;
mod names;
mod normalise;
mod parse;
mod references;
pub mod render;
mod rows;
mod store;
mod text;
mod values;

pub use diff::{Mode, compare};
pub use difference::SnapshotDifference;
pub use file::{FileError, Info, Snapshot};
pub use model::{Body, Entry, Normalised, Played, Reply};
pub use names::Names;
pub use normalise::normalise;
pub use parse::ParseError;
pub use store::{Origin, Pending, Store, StoreError};
