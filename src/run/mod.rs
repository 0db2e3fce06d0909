//! Plan, engine, judge: plays scenarios and says what became of them.
//!
//! `session` puts a run together from what the command line decided; `engine`
//! plays the jobs of the `plan`; each job is a `player` on a `wire` at a `site`
//! of the `venue`; the `judge` makes findings and a verdict of what was seen.
//! Reports get [`RunEvent`]s.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `select`, `plan`, `check_plan` | what is played, and whether its files are right |
//! | `session`, `venue`, `tally` | a run, where it plays, how it ends |
//! | `preflight`, `capabilities`, `declared`, `kept`, `forecast` | what a target offers, and what a run at it will take |
//! | `engine`, `player`, `values`, `expect` | playing one scenario |
//! | `wire`, `site`, `busy`, `bodies`, `shared` | the way of every request |
//! | `ownership`, `address`, `bulk`, `journal`, `clean` | own data only, and its removal |
//! | `hooks` | the control plane of a target |
//! | `judge`, `cause`, `deviation`, `snapshots` | what is said of it |

mod address;
mod bodies;
mod bulk;
mod busy;
mod capabilities;
mod cause;
mod check_plan;
mod clean;
mod declared;
mod deviation;
mod engine;
mod event;
mod expect;
mod forecast;
mod hooks;
pub mod journal;
mod judge;
mod kept;
mod lanes;
mod loss;
mod ownership;
mod plan;
mod player;
mod preflight;
mod queue;
mod select;
mod session;
mod shared;
mod site;
mod snapshots;
mod tally;
mod together;
mod values;
mod venue;
mod wire;

pub use clean::{Cleaned, Earlier, clean, earlier};
pub use deviation::{Deviation, Deviations, EndpointScope};
pub use event::{
    Accepted, Capability, Compared, Forecast, JudgedFinding, Known, Purpose, RunEvent, RunFooter, RunHeader,
    ScenarioResult, SnapshotDifference, SnapshotState, StepLine, Totals,
};
pub use hooks::{Hook, Hooks, HttpHook};
pub use journal::{Journal, JournalError, Leftover, Remains};
pub use judge::Standard;
pub use plan::{Disturbance, Job, PLAIN, plan};
pub use player::Knowledge;
pub use select::{NothingSelected, glob, select};
pub use session::{RunError, Session, TargetSettings};
pub use shared::{Pace, Shared};
pub use snapshots::SnapshotSettings;
