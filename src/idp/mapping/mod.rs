//! Attribute mappings: from the directory's neutral attributes to SCIM, as data.
//!
//! `fixtures/idps/mappings/FAMILY-NAME.yaml` is an ordered list, because the
//! order of members is part of what an IdP sends. Dialects take bodies and
//! pairs of path and value from here and decide how these go over the wire.

mod assemble;
mod file;
mod map;
mod source;
mod target;

pub(in crate::idp) use crate::scim::name::get as member;
pub use file::MappingError;
pub(in crate::idp) use file::MappingFile;
pub use map::{AttributeMap, Entry, Mapping, Pair, When};
pub use source::{Record, Source};
pub use target::{Selector, Target, TargetError};
