//! The engine on the embedded server: what passes, what fails and for which reason, in which order, and that the
//! same run can be had again.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

mod run {
    pub mod attributes;
    pub mod behaviours;
    pub mod causes;
    pub mod files;
    pub mod gates;
    pub mod hooks;
    pub mod order;
    pub mod snapshots;
    pub mod stage;
    pub mod steps;
    pub mod verdicts;
}
