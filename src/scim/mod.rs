//! SCIM as values: schemas, names, filters, paths, PATCH, comparison, errors.
//!
//! Everything works on raw JSON ([`serde_json::Value`]), so that what an IdP or a
//! server really sent stays visible. No I/O, no clock, no randomness: the dialects,
//! the reference server, the rules and the snapshots share it, and nothing else.

mod assigned;
mod attribute;
mod canonical;
mod coerce;
mod compare;
pub mod datetime;
mod filter;
pub mod intake;
pub mod name;
mod pairing;
pub mod patch;
mod path;
mod problem;
mod resource_schema;
mod sample;
mod scalar;
mod schema;
pub mod text;
mod truth;
pub mod urn;

pub use assigned::is_assigned;
pub use attribute::{Attribute, Mutability, Returned, Type, Uniqueness};
pub use compare::{Difference, Mode, differences};
pub use filter::{Filter, FilterError, Operator};
pub use patch::PatchOptions;
pub use path::{AttributePath, Path, PathError};
pub use problem::{Problem, ScimType};
pub use resource_schema::{Resolved, ResourceSchema};
pub use sample::samples;
pub use scalar::phone_number;
pub use schema::{Schema, SchemaError};
pub use truth::truth;
