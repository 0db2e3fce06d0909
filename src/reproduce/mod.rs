//! Did it fail again as it failed at the customer? What was played is held against what the scenario says was observed.
//!
//! The run compares each answer (`run::Compared`); here a verdict is made of that, for `scimulator reproduce`.

mod report;
mod verdict;
mod words;

pub use report::reported;
pub use verdict::{Reproduction, Verdict, judge};
pub use words::{Row, rows};
