//! `scimulator export`: what other tools get is what was played, and they can run it.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

#[path = "export/case.rs"]
mod case;
#[path = "export/played.rs"]
mod played;
#[path = "export/read_again.rs"]
mod read_again;
#[path = "export/run_elsewhere.rs"]
mod run_elsewhere;
#[path = "support/mod.rs"]
mod support;
