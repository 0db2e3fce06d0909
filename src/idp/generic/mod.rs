//! Any other provider, by configuration: how it finds accounts, updates them and lets them go is data.
//!
//! Presets in `fixtures/idps/` are based on `generic.yaml`. The flow is one
//! and the same: an event changes what the directory wants, and the account is
//! brought there.

mod call;
mod groups;
mod job;
mod knobs;
mod people;
mod play;
mod request;

use std::collections::BTreeSet;
use std::sync::Arc;

use knobs::Knobs;

use super::links::Links;
use super::mapping::Mapping;

/// A provider with its memory.
pub struct Generic {
    knobs: Knobs,
    mapping: Arc<Mapping>,
    links: Links,
    /// Keys of linked people whose account was deactivated.
    inactive: BTreeSet<String>,
    /// `ServiceProviderConfig` was read.
    discovered: bool,
    /// The target offers PATCH, as far as it was asked.
    patch_offered: bool,
    /// Operations in one PATCH.
    max_operations: usize,
}
