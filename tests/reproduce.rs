//! From a customer's log to a scenario that fails as it did, sample by sample.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

#[path = "cli/binary.rs"]
mod binary;
#[path = "reproduce/commands.rs"]
mod commands;
#[path = "logs/manifest.rs"]
mod manifest;
#[path = "reproduce/requests.rs"]
mod requests;
#[path = "reproduce/target.rs"]
mod target;
#[path = "reproduce/verdicts.rs"]
mod verdicts;
