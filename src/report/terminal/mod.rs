//! The report for people: a line a scenario while it runs, every failure in full at the end, then the verdict.
//!
//! It makes sense without colour, in 80 columns and in a log.

mod accepted;
mod differences;
mod findings;
mod lines;
mod progress;
mod story;
mod style;
mod summary;
mod words_diff;

pub use story::Terminal;

use super::safe::Safe;

/// Wider lines are tiring to read.
const WIDEST: usize = 110;

/// How much the report tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Failures and the verdict.
    Quiet,
    /// Also a line for each scenario.
    #[default]
    Normal,
    /// Also every exchange, notes, and what servers are free to do otherwise.
    Verbose,
}

/// Settings of the terminal report.
#[derive(Clone, Copy, Debug)]
pub struct TerminalSettings {
    /// Columns.
    pub width: usize,
    /// Whether a bar may move on standard error.
    pub progress: bool,
    /// How much it tells.
    pub verbosity: Verbosity,
}

/// What every part of the report needs to render itself.
struct Page {
    safe: Safe,
    width: usize,
    verbosity: Verbosity,
}
