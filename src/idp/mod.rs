//! Dialects: how one IdP turns a directory event into requests and reacts to the answers.
//!
//! No I/O and no clock here: a dialect holds the IdP's memory (links, escrow,
//! watermark) and talks through the [`Port`] it is given. Settings and
//! attribute mappings are data in `fixtures/idps/`.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `event`, `directory`, `outcome`, `port` | what the engine and a dialect say to each other |
//! | `data`, [`mapping`], `links` | a dialect's knobs, mapping and memory |
//! | `repertoire` | which requests come from an IdP at all |
//! | `wire` | encodings and readings that several dialects share |
//! | `okta`, `entra`, `generic` | the flows |

mod data;
mod dialect;
mod directory;
mod entra;
mod event;
mod generic;
mod links;
pub mod mapping;
mod okta;
mod outcome;
mod port;
mod repertoire;
mod wire;

pub use data::{DialectData, DialectError};
pub use dialect::Dialect;
pub use directory::{Directory, Group, Person, UnknownKey};
pub use event::Event;
pub use links::Links;
pub use outcome::{Outcome, OutcomeKind};
pub use port::{Halt, Port, Waiting};
pub use repertoire::could_send;
