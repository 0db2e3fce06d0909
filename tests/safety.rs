//! The promises: own data only, everything removed again, nothing hostile gets through, no secret leaves, nothing that was
//! approved changes unnoticed.

#![cfg(unix)] // signals are sent with `kill`
#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

#[path = "cli/binary.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod binary;

mod safety {
    pub mod baseline;
    pub mod busy;
    pub mod company;
    pub mod endpoint;
    pub mod hostile;
    pub mod interrupted;
    pub mod leftovers;
    pub mod secrets;
    pub mod strangers;
}
