//! From a customer's log to a scenario that fails as it did, sample by sample.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

#[path = "cli/binary.rs"]
#[allow(dead_code, reason = "the tests of the command line use more of it")]
mod binary;
#[path = "reproduce/causes.rs"]
mod causes;
#[path = "reproduce/commands.rs"]
mod commands;
#[path = "reproduce/hostile.rs"]
mod hostile;
#[path = "reproduce/idps.rs"]
mod idps;
#[path = "logs/manifest.rs"]
#[allow(dead_code, reason = "the tests of logs read more of it")]
mod manifest;
#[path = "reproduce/pasted.rs"]
mod pasted;
#[path = "reproduce/personal.rs"]
mod personal;
#[path = "reproduce/requests.rs"]
mod requests;
#[path = "logs/pasted.rs"]
#[allow(dead_code, reason = "the tests of logs read more of it")]
mod samples;
#[path = "reproduce/silence.rs"]
mod silence;
#[path = "reproduce/spoken.rs"]
mod spoken;
#[path = "reproduce/target.rs"]
mod target;
#[path = "reproduce/verdicts.rs"]
mod verdicts;
#[path = "reproduce/verify.rs"]
mod verify;
