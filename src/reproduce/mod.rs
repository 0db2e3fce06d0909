//! Did it fail again as it failed at the customer? What was played is held against what the scenario says was observed.
//!
//! The run compares each answer (`run::Compared`); here a verdict is made of that, for `scimulator reproduce`. For
//! `import --verify` it says what of the customer's values a failure depends on.

mod halving;
mod report;
mod values;
mod verdict;
mod words;

pub use halving::smallest;
pub use report::reported;
pub use values::{Kept, Values};
pub use verdict::{Reproduction, Verdict, judge};
pub use words::{Row, rows};
