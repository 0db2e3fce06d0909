//! Run events: the one interface between the engine and every report.
//!
//! Reports are exhaustive folds over [`RunEvent`]; none reaches back into the engine.

use std::sync::Arc;
use std::time::Duration;

use crate::finding::{Finding, Severity, Verdict};
use crate::http::{Exchange, Headers, Request, Response, Transcript};
use crate::idp::Outcome;

pub use crate::snapshot::SnapshotDifference;

/// What is said before the first request.
#[derive(Clone, Debug, Default)]
pub struct RunHeader {
    /// Version of scimulator.
    pub version: &'static str,
    /// Base URL of the target without credentials, or `None` for the embedded reference server.
    pub target: Option<String>,
    /// Whether requests carry a token.
    pub has_token: bool,
    /// Dialects chosen, in order.
    pub dialects: Vec<String>,
    /// How many scenario × dialect pairs will be played.
    pub planned: usize,
    /// The seed; the same one gives the same names and ids again.
    pub seed: u64,
    /// The run's mark: everything created at a target carries it.
    pub mark: String,
    /// Faults switched on in the embedded server.
    pub faults: Vec<String>,
    /// Behaviours of the embedded server, as they were written.
    pub behaviours: Vec<String>,
    /// The command line that repeats the run, without secrets.
    pub repeat: String,
    /// How many of them are rules.
    pub rules: usize,
    /// What answers are compared with.
    pub baseline: Purpose,
    /// What the target offers; nothing is said of the embedded server, which offers everything.
    pub capabilities: Vec<Capability>,
    /// What the run will take; only at a target.
    pub forecast: Option<Forecast>,
}

/// What approved transcripts are for in this run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// The embedded server as it is: any difference is a regression.
    #[default]
    Reference,
    /// A target against the baseline its owner approved: any difference is a regression.
    Own,
    /// A target without one, against the reference answers: only what is binding counts.
    Contract,
    /// A server that is broken on purpose: its rules find that, not its snapshots.
    Nothing,
}

/// One thing that a target offers or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capability {
    /// `patch`, `filter`, `enterprise extension`, …
    pub name: &'static str,
    /// Whether it is offered.
    pub offered: bool,
    /// The most results of a query, operations of a bulk request, …
    pub most: Option<u64>,
    /// How that is known.
    pub known: Known,
}

/// How something is known of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Its discovery documents say so.
    Declared,
    /// They do not, and a harmless request showed it.
    Probed,
    /// Neither; gates go by what most servers do.
    Assumed,
}

/// What a run will take, as far as it can be told before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Scenarios and rules that will be skipped, as a gate is closed.
    pub skipped: usize,
    /// Requests, about.
    pub requests: usize,
    /// The most requests in a time, such as `20/s`.
    pub rate: Option<String>,
    /// Real time, about.
    pub time: Duration,
}

/// One step as reports show it.
#[derive(Clone, Debug, Default)]
pub struct StepLine {
    /// Line in the scenario file, from 1.
    pub line: u32,
    /// The step in a few words: `assign alice`.
    pub label: String,
}

/// One answer, held against what must hold and against what was observed at a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Position of the step.
    pub step: usize,
    /// What came back, in a few words: `409: already in use`.
    pub answer: String,
    /// It is what must hold.
    pub is_conformant: bool,
    /// It is what was observed; `None` when nothing is known of that.
    pub is_as_observed: Option<bool>,
    /// Where it differs from what was observed: attribute, what was seen then, what now.
    pub differences: Vec<String>,
}

/// How the approved transcript relates to what was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotState {
    /// Not compared (skipped, inconclusive, or a fault is switched on).
    NotCompared,
    /// Same meaning.
    Same,
    /// Differs.
    Different,
    /// There is no approved transcript yet; a pending one was or would be written.
    New,
    /// Approved now, because the user asked (`--update-snapshots`).
    Updated,
}

/// Everything about one scenario × dialect, once it ended.
#[derive(Clone, Debug)]
pub struct ScenarioResult {
    /// Scenario id: `lifecycle/create`.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// Its file, relative to the project or marked as built in.
    pub file: String,
    /// Dialect id, `plain` for raw scenarios.
    pub dialect: String,
    /// What is said of it.
    pub verdict: Verdict,
    /// Deviations with the severity that counts in this run, worst first.
    pub findings: Vec<JudgedFinding>,
    /// The snapshot.
    pub snapshot: SnapshotState,
    /// Differences from it, the allowed ones included.
    pub differences: Vec<SnapshotDifference>,
    /// Steps of the file, by position.
    pub steps: Vec<StepLine>,
    /// What the IdP recorded, with the position of the step.
    pub outcomes: Vec<(usize, Outcome)>,
    /// Steps that say what was observed at a customer, and how the answer compares.
    pub compared: Vec<Compared>,
    /// What went over the wire.
    pub transcript: Arc<Transcript>,
    /// Real time it took.
    pub elapsed: Duration,
    /// Virtual time that passed inside.
    pub virtual_elapsed: Duration,
    /// Resources of this scenario that could not be removed (relative paths).
    pub leftovers: Vec<String>,
}

impl ScenarioResult {
    /// What the scenario asks for itself and did not get.
    pub fn own(&self) -> impl Iterator<Item = &JudgedFinding> {
        self.findings.iter().filter(|judged| !judged.finding.is_in_passing())
    }

    /// A copy to keep until the end of a run: where nothing is to be told of single exchanges, only their number,
    /// steps and times stay of them.
    #[must_use]
    pub fn to_keep(&self) -> Self {
        let is_quiet = matches!(self.verdict, Verdict::Pass | Verdict::Skipped(_)) && self.findings.is_empty();
        let transcript = if is_quiet { Arc::new(outline(&self.transcript)) } else { Arc::clone(&self.transcript) };
        Self { transcript, ..self.clone() }
    }
}

/// A transcript without addresses, headers and bodies.
fn outline(transcript: &Transcript) -> Transcript {
    let outlined = |exchange: &Exchange| Exchange {
        request: Request::new(exchange.request.method, ""),
        answer: exchange.answer.as_ref().map_or_else(|failure| Err(failure.clone()), |answer| Ok(status_of(answer))),
        ..*exchange
    };
    Transcript { exchanges: transcript.exchanges.iter().map(outlined).collect(), ..Transcript::default() }
}

fn status_of(answer: &Response) -> Arc<Response> {
    Arc::new(Response::new(answer.status, Headers::new(), ""))
}

/// Why a finding does not count although its rule does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The user's reason.
    pub reason: String,
    /// The last day on which it is accepted, `2027-01-31`; for ever when absent.
    pub until: Option<String>,
    /// What the finding would count for otherwise.
    pub severity: Severity,
}

/// A finding and what it counts for.
#[derive(Clone, Debug)]
pub struct JudgedFinding {
    /// The facts.
    pub finding: Finding,
    /// Severity in this run, after rule file, config and flags; info for one that is accepted.
    pub severity: Severity,
    /// The deviation of the configuration that covers it.
    pub accepted: Option<Accepted>,
    /// An error by the RFCs that counts for less in this run, as no chosen IdP stumbles over it: `--strict` counts it.
    pub strict: bool,
    /// IdPs (`Okta`, `Entra`) for which the rule is an error.
    pub breaks: Vec<String>,
    /// Title of the rule: what should hold.
    pub title: String,
    /// Why it matters: one line, with the section of the RFC.
    pub why: String,
    /// Line of the step in the scenario file, from 1.
    pub line: u32,
    /// A curl command that repeats the request, without secrets; when one exchange is concerned.
    pub curl: Option<String>,
}

impl JudgedFinding {
    /// Whether it fails the run, and no scenario.
    pub fn is_broken_in_passing(&self) -> bool {
        self.severity == Severity::Error && self.finding.is_in_passing()
    }
}

/// Counts of a whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Scenario × dialect pairs that passed.
    pub passed: usize,
    /// … failed.
    pub failed: usize,
    /// … skipped, a gate being closed.
    pub skipped: usize,
    /// … could not be judged.
    pub inconclusive: usize,
    /// … could not be tested.
    pub infrastructure: usize,
    /// Rules that were seen broken in passing, in scenarios that ask for something else.
    pub in_passing: usize,
    /// Snapshots that await approval.
    pub pending: usize,
    /// Requests sent, clean-up included.
    pub requests: usize,
}

/// What is said at the end.
#[derive(Clone, Debug, Default)]
pub struct RunFooter {
    /// Counts.
    pub totals: Totals,
    /// Real time from start to end.
    pub elapsed: Duration,
    /// True when Ctrl-C ended it early.
    pub interrupted: bool,
    /// Exit code the process will end with.
    pub exit_code: u8,
    /// Things to tell that belong to no scenario (a deviation that matched nothing, a hint).
    pub notes: Vec<String>,
}

/// What the engine tells the reports, in this order: one `Started`, then scenarios, then one `Finished`.
#[derive(Clone, Debug)]
pub enum RunEvent {
    /// The run begins.
    Started(Box<RunHeader>),
    /// A scenario × dialect begins (scenarios overlap: several may be under way).
    ScenarioStarted {
        /// Scenario id.
        scenario: String,
        /// Dialect id.
        dialect: String,
    },
    /// A scenario × dialect ended. Always in the order of the plan.
    ScenarioFinished(Box<ScenarioResult>),
    /// The run ended.
    Finished(Box<RunFooter>),
}
