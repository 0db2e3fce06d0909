//! Plan, engine, judge: plays scenarios and says what became of them.
//!
//! A run from its settings to its exit code is a `session`. It asks the `plan` what is to be played and the `target`
//! what it offers; the `queue` gives the jobs to the `engine`, so many at a time as there are `lanes`; each is a
//! `player` whose requests leave by `sending`; the `verdict` makes findings of what was seen. Reports get
//! [`RunEvent`]s.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `session`, `venue`, `tally` | a run, where it plays, how it ends |
//! | `plan` | what is played, whether its files are right, what it will take |
//! | `target` | what a target offers, and its hooks |
//! | `queue`, `lanes`, `engine` | which job is played when, and what became of it |
//! | `player` | playing one scenario, step by step |
//! | `sending` | the way of every request |
//! | `own` | own data only, and its removal |
//! | `verdict` | findings, causes, accepted deviations, snapshots |
//! | `event` | what reports are told |

mod engine;
mod event;
mod lanes;
mod own;
mod plan;
mod player;
mod queue;
mod sending;
mod session;
mod tally;
mod target;
mod venue;
mod verdict;

pub use event::{
    Accepted, Capability, Compared, Forecast, JudgedFinding, Known, Purpose, RunEvent, RunFooter, RunHeader,
    ScenarioResult, SnapshotDifference, SnapshotState, StepLine, Totals,
};
pub use own::clean::{Cleaned, Earlier, clean, earlier};
pub use own::journal::{self, Journal, JournalError, Leftover, Remains};
pub use plan::jobs::{Disturbance, Job, PLAIN, plan};
pub use plan::select::{NothingSelected, glob, select};
pub use player::Knowledge;
pub use sending::shared::{Pace, Shared};
pub use session::{RunError, Session, TargetSettings};
pub use target::hooks::{Hook, Hooks, HttpHook};
pub use verdict::deviation::{Deviation, Deviations, EndpointScope};
pub use verdict::judge::Standard;
pub use verdict::snapshots::SnapshotSettings;
