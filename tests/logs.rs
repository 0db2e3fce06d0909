//! Customers' logs: what is read, what is found in it, what comes out.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

#[path = "logs/formats.rs"]
mod formats;
#[path = "logs/hostile.rs"]
mod hostile;
#[path = "logs/idps.rs"]
mod idps;
#[path = "logs/incidents.rs"]
mod incidents;
#[path = "logs/manifest.rs"]
mod manifest;
#[path = "logs/packed.rs"]
mod packed;
#[path = "logs/pasted.rs"]
mod pasted;
#[path = "logs/personal.rs"]
mod personal;
#[path = "logs/redact.rs"]
mod redact;
#[path = "logs/wire.rs"]
mod wire;
