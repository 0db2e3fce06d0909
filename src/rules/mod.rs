//! Rules: what a SCIM endpoint must do, one requirement an id.
//!
//! A rule is a file, `scenarios/rules/AREA/SLUG.yaml`: [`RuleMeta`] reads its
//! head. Active rules carry steps, which the engine plays. Passive rules have
//! a check here that looks at every exchange: [`judge`] gives it a transcript
//! and takes findings for the judge in `run/`. No I/O and no clock; what a
//! check may know of earlier exchanges of the transcript stands in `memory`.

mod attributes;
mod auth;
mod datetime;
mod discovery;
mod endpoint;
mod error;
mod etag;
mod gateway;
mod http;
mod idps;
mod internals;
mod judge;
mod list;
mod memory;
mod meta;
mod observed;
mod rate;
mod raw;
mod registry;
mod res;
mod rt;
mod schema;
mod sink;
pub mod source;
mod spc;

pub use attributes::{Declared, Spot};
pub use endpoint::{Endpoint, Kind};
pub use error::is_contradiction;
pub use gateway::infrastructure;
pub use http::{differs_by_a_slash, is_unreadable};
pub use judge::{Judge, judge};
pub use memory::Memory;
pub use meta::{Level, Mode, Profile, RuleMeta, Severities, Tier};
pub use observed::{List, Observed, Resource};
pub use registry::{Check, passive};
pub use res::identity::is_unrecognisable;
pub use sink::{Sink, clip};
