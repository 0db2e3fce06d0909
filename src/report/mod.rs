//! Reports: folds over [`RunEvent`](crate::run::RunEvent); none reaches back into the engine.
//!
//! The command line says which ([`ReportSpec`]), opens them ([`open`]) and
//! passes every event on ([`Reporter`]). Facts become sentences in `words`
//! and nowhere else; everything a target said goes through `safe` first.

mod causes;
mod group;
mod json;
mod junit;
mod junit_pass;
mod leftovers;
mod output;
mod reporter;
mod safe;
mod spec;
mod terminal;
mod words;

pub use causes::Causes;
pub use output::{Output, ReportError};
pub use reporter::{Fanout, ReportSettings, Reporter, open, reporter};
pub use spec::{ReportKind, ReportSpec, SpecError};
pub use terminal::Verbosity;
pub use words::finding_line;
