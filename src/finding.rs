//! Findings: one deviation each, facts only. Sentences are made in `report/`.

use serde_json::Value;

/// How much a deviation matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Not judged.
    Off,
    /// Worth knowing.
    Info,
    /// Should be mended; the run still passes.
    Warn,
    /// The run fails.
    Error,
}

impl Severity {
    /// The name in rule files, reports and flags.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// Where a finding was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// Scenario id, such as `lifecycle/create`.
    pub scenario: String,
    /// Dialect, such as `okta`; `plain` for raw scenarios.
    pub dialect: String,
    /// Position of the step, from 0.
    pub step: Option<usize>,
    /// Position of the exchange in the transcript, from 0.
    pub exchange: Option<usize>,
}

/// What kind of check found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A passive rule that looks at every exchange.
    Passive,
    /// An expectation of a step.
    Expectation,
    /// A difference from the approved snapshot.
    Snapshot,
    /// What the IdP would have recorded.
    Outcome,
}

/// One deviation.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Rule id, such as `patch/atomic`; a scenario's own id where no rule is named.
    pub rule: String,
    /// What found it.
    pub source: Source,
    /// Where.
    pub place: Place,
    /// The attribute, header or member concerned (`displayName`, `Location`, `status`), in SCIM path notation.
    pub subject: String,
    /// Acceptable values or states, in words or as compact JSON; several are alternatives.
    pub expected: Vec<String>,
    /// What was there instead, as compact JSON where it is a value.
    pub actual: String,
    /// The value behind `actual`, where it is one.
    pub evidence: Option<Value>,
    /// How often the same thing was seen (same rule, endpoint and message).
    pub count: u32,
}

impl Finding {
    /// Whether a rule that looks at every exchange saw it in the course of something else: it counts against the
    /// target, and not against the scenario in which it was seen.
    pub fn is_in_passing(&self) -> bool {
        self.source == Source::Passive && self.rule != self.place.scenario
    }
}

/// What is said of a scenario × dialect in the end.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Everything that it asks for itself held.
    Pass,
    /// At least one of these did not, and counts as an error.
    Fail,
    /// A gate is closed: which, in words.
    Skipped(String),
    /// A prerequisite failed, so nothing can be said: which.
    Inconclusive(String),
    /// The target could not be tested: unreachable, gateway page, TLS.
    Infrastructure(String),
}
