//! A reproduction for the reports of pipelines: it passes when it ends as was asked for.

use super::Verdict;
use crate::finding::{self, Finding, Place, Severity, Source};
use crate::run::{JudgedFinding, ScenarioResult};

/// The result as reports show it. `wanted` is the verdict that was asked for, and `is_met` whether it came.
pub fn reported(result: &ScenarioResult, verdict: &Verdict, wanted: &Verdict, is_met: bool) -> ScenarioResult {
    let outcome = match verdict {
        _ if is_met => finding::Verdict::Pass,
        Verdict::Inconclusive(reason) => finding::Verdict::Inconclusive(reason.clone()),
        _ => finding::Verdict::Fail,
    };
    let findings =
        if outcome == finding::Verdict::Fail { vec![deviation(result, verdict, wanted)] } else { Vec::new() };
    ScenarioResult { verdict: outcome, findings, ..result.clone() }
}

/// That it did not end as was asked for.
fn deviation(result: &ScenarioResult, verdict: &Verdict, wanted: &Verdict) -> JudgedFinding {
    let reason = verdict.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
    let step =
        result.compared.iter().find(|compared| compared.is_as_observed == Some(false)).map(|compared| compared.step);
    let line = step.and_then(|step| result.steps.get(step)).map_or(1, |step| step.line);
    JudgedFinding {
        finding: Finding {
            rule: result.scenario.clone(),
            source: Source::Expectation,
            place: Place { scenario: result.scenario.clone(), dialect: result.dialect.clone(), step, exchange: None },
            subject: "reproduction".to_owned(),
            expected: vec![wanted.name().to_owned()],
            actual: format!("{}{reason}", verdict.name()),
            evidence: None,
            count: 1,
        },
        severity: Severity::Error,
        accepted: None,
        strict: false,
        breaks: Vec::new(),
        title: result.title.clone(),
        why: String::new(),
        line,
        curl: None,
    }
}
