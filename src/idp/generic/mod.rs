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
mod provider;
mod request;

pub use provider::Generic;
