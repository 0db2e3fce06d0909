//! Plan, engine, judge: plays scenarios and says what became of them.

mod event;
pub mod journal;

pub use event::{
    JudgedFinding, RunEvent, RunFooter, RunHeader, ScenarioResult, SnapshotDifference, SnapshotState, StepLine, Totals,
};
