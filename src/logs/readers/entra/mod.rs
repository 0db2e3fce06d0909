//! What Microsoft Entra ID writes: the provisioning log in its exports, the job's state, pages that people paste.

mod attributes;
pub mod azure_cli;
pub mod diagnostics;
pub mod graph;
pub mod grid;
pub mod job;
pub mod log_analytics;
mod nameless;
pub mod on_demand;
pub mod pane;
pub mod portal;
mod reason;
mod record;
mod rows;
mod steps;
