//! The steps of a reproduction in words: what was observed, what must be, what came now.

use serde_json::Value;

use super::Reproduction;
use crate::scenario::{Expectation, Form, Observed};

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The step in a few words.
    pub step: String,
    /// What came back at the customer, and how that is known; empty for what only prepares.
    pub observed: String,
    /// What must come back.
    pub conformant: String,
    /// What came back now; empty when the step was not played.
    pub actual: String,
    /// It failed at the customer.
    pub failed_then: bool,
    /// It fails now in the same way; `None` when it was not compared.
    pub is_same: Option<bool>,
}

/// The steps in order.
pub fn rows(reproduction: &Reproduction<'_>) -> Vec<Row> {
    let steps = reproduction.scenario.steps.iter().enumerate();
    steps
        .map(|(at, step)| {
            let compared = reproduction.compared(at);
            Row {
                step: step.label.clone(),
                observed: step.observed.as_ref().map(observed).unwrap_or_default(),
                conformant: step.expect.iter().map(expected).collect::<Vec<_>>().join(" or "),
                actual: compared.map(|compared| compared.answer.clone()).unwrap_or_default(),
                failed_then: reproduction.failed_then(step),
                is_same: compared.and_then(|compared| compared.is_as_observed),
            }
        })
        .collect()
}

fn observed(observed: &Observed) -> String {
    let status = || observed.status.map_or_else(|| "unknown".to_owned(), |status| status.to_string());
    let mut words = vec![if observed.no_answer { "no answer".to_owned() } else { status() }];
    words.extend(observed.total.map(|total| format!("{total} found")));
    words.extend(observed.form.map(form));
    words.extend(observed.body.iter().chain(observed.at.iter()).map(member));
    words.extend(observed.detail.as_ref().map(|detail| format!("\"{detail}\"")));
    let known = observed.known.as_ref().map(|known| format!(" ({known})"));
    format!("{}{}", words.join(", "), known.unwrap_or_default())
}

fn form(form: Form) -> String {
    match form {
        Form::Text => "no JSON",
        Form::Empty => "no body",
        Form::Unusable => "a list of no use",
    }
    .to_owned()
}

fn expected(expect: &Expectation) -> String {
    let statuses: Vec<String> = expect.status.iter().map(ToString::to_string).collect();
    let mut words = vec![statuses.join(" or ")];
    words.extend(expect.total.map(|total| format!("{total} found")));
    let body = expect.body.as_ref().and_then(Value::as_object);
    words.extend(body.into_iter().flatten().map(member));
    words.extend(expect.at.iter().map(|(name, value)| member((name, value))));
    words.extend(expect.present.iter().map(|name| format!("{name} present")));
    words.join(", ")
}

fn member((name, value): (&String, &Value)) -> String {
    format!("{name} {}", value.as_str().map_or_else(|| value.to_string(), |text| format!("\"{text}\"")))
}
