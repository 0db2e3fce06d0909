//! Rules are proven: silent on a correct server whatever freedom it uses, tripped by their faults.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

#[path = "rules/bench.rs"]
mod bench;
#[path = "rules/freedoms.rs"]
mod freedoms;
#[path = "rules/proof.rs"]
mod proof;
#[path = "rules/reach.rs"]
mod reach;
