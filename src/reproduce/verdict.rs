//! The verdict of a reproduction.

use crate::finding;
use crate::run::{Compared, ScenarioResult};
use crate::scenario::{Scenario, Step};

/// What is said of a reproduction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every step that failed at the customer failed in the same way; others may have gone otherwise, see
    /// [`Reproduction::other_differences`]. Of a recording without a failure: all answers are as they were.
    Reproduced,
    /// Every answer was as it must be.
    NotReproduced,
    /// It failed elsewhere or otherwise: where and how.
    DifferentFailure(String),
    /// It cannot be told: why.
    Inconclusive(String),
}

impl Verdict {
    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Reproduced => "reproduced",
            Self::NotReproduced => "not-reproduced",
            Self::DifferentFailure(_) => "different-failure",
            Self::Inconclusive(_) => "inconclusive",
        }
    }

    /// Where and how, or why it cannot be told.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::DifferentFailure(reason) | Self::Inconclusive(reason) => Some(reason),
            Self::Reproduced | Self::NotReproduced => None,
        }
    }
}

/// A scenario with what was observed, and how it went now.
pub struct Reproduction<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// What was played.
    pub result: &'a ScenarioResult,
}

impl Reproduction<'_> {
    /// How a step's answer compares; `None` when it was not played.
    pub fn compared(&self, step: usize) -> Option<&Compared> {
        self.result.compared.iter().find(|compared| compared.step == step)
    }

    /// Nothing failed then, and everything is as it must be: both that it is as it was, and that it is right, holds.
    pub fn is_sound(&self) -> bool {
        let failed_then = self.scenario.steps.iter().any(|step| self.failed_then(step));
        !failed_then && !self.result.compared.is_empty() && self.result.compared.iter().all(|now| now.is_conformant)
    }

    /// Steps beside the failure whose answer is another than at the customer, though the verdict does not hang on them:
    /// which, and how they differ.
    pub fn other_differences(&self) -> Vec<String> {
        let differs = |compared: &&Compared| {
            compared.is_as_observed == Some(false) && !self.failed_then(&self.scenario.steps[compared.step])
        };
        self.result.compared.iter().filter(differs).map(|compared| told(self, compared)).collect()
    }

    /// Whether a step failed at the customer.
    pub fn failed_then(&self, step: &Step) -> bool {
        step.observed.as_ref().is_some_and(|observed| observed.fails(&step.expect))
    }
}

/// The verdict: `reproduced` when each step that failed then fails likewise, and nothing before it fails otherwise.
pub fn judge(reproduction: &Reproduction<'_>) -> Verdict {
    let Reproduction { scenario, result } = reproduction;
    if let finding::Verdict::Skipped(reason) = &result.verdict {
        return Verdict::Inconclusive(reason.clone());
    }
    if result.compared.is_empty() {
        let nothing = || "the evidence shows no answers, so there is nothing to see again".to_owned();
        return Verdict::Inconclusive(early(result).unwrap_or_else(nothing));
    }
    let failed: Vec<usize> =
        (0..scenario.steps.len()).filter(|at| reproduction.failed_then(&scenario.steps[*at])).collect();
    let is_again = |at: &usize| reproduction.compared(*at).and_then(|compared| compared.is_as_observed) == Some(true);
    let stray = |compared: &&Compared| !compared.is_conformant && compared.is_as_observed != Some(true);
    let last = failed.last().copied().unwrap_or(usize::MAX);
    let elsewhere = result.compared.iter().filter(|compared| compared.step <= last).find(stray);
    let is_complete = failed.iter().all(is_again) && elsewhere.is_none();
    let is_all_as_then = result.compared.iter().all(|compared| compared.is_as_observed == Some(true));
    if is_complete && (!failed.is_empty() || is_all_as_then && early(result).is_none()) {
        return Verdict::Reproduced;
    }
    if let Some(compared) = elsewhere {
        return Verdict::DifferentFailure(told(reproduction, compared));
    }
    if let Some(reason) = early(result) {
        return Verdict::Inconclusive(reason);
    }
    match result.compared.iter().find(|compared| !compared.is_conformant) {
        // One of several failures came again, and another did not.
        Some(compared) => Verdict::DifferentFailure(told(reproduction, compared)),
        None => Verdict::NotReproduced,
    }
}

/// Why the scenario ended before its last step.
fn early(result: &ScenarioResult) -> Option<String> {
    match &result.verdict {
        finding::Verdict::Inconclusive(reason) | finding::Verdict::Infrastructure(reason) => Some(reason.clone()),
        _ => None,
    }
}

fn told(reproduction: &Reproduction<'_>, compared: &Compared) -> String {
    let step = &reproduction.scenario.steps[compared.step];
    let differences = compared.differences.join("; ");
    let differences = if differences.is_empty() { compared.answer.clone() } else { differences };
    format!("step {}, {}: {differences}", compared.step + 1, step.label)
}
