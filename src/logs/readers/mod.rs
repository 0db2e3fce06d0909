//! Readers: one format each, from a file's records to observations.

mod ahead;
mod carried;
mod dispatch;
mod entra;
mod filter;
mod glance;
mod json;
mod lenient;
mod okta;
mod options;
mod order;
mod reading;
mod table;
mod wire;

pub use dispatch::{read, read_all};
pub use options::{Mapped, Options, Part};
pub use reading::{Reading, Summary};

use dispatch::read_as;

pub(super) use carried::is_carrier;
pub(super) use entra::azure_cli::is_print;
pub(super) use entra::pane::is_pane;
pub(super) use table::Table;
pub(super) use wire::{behind_time, each_user, is_app_text, is_masked, is_mixture, is_placeholder, names_endpoint};
