//! Dialects: how one IdP turns a directory event into requests and reacts to the answers.
//!
//! No I/O and no clock here: a dialect holds the IdP's memory (links, escrow,
//! watermark) and talks through the [`Port`] it is given. Settings and
//! attribute mappings are data in `fixtures/idps/`.

mod directory;
mod event;
mod outcome;
mod port;

pub use directory::{Directory, Group, Person};
pub use event::Event;
pub use outcome::{Outcome, OutcomeKind};
pub use port::{Halt, Port, Waiting};
