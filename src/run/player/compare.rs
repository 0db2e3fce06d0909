//! Answers held against what was observed at a customer, for `scimulator reproduce`.

use serde_json::Value;

use super::{End, Player};
use crate::http::{Answer, Response, TransportFailure};
use crate::rules::clip;
use crate::run::event::Compared;
use crate::run::player::expect::Mismatch;
use crate::scenario::{Form, Observed, Step};
use crate::scim::name;

impl Player {
    /// Notes how an answer compares with what the step says was observed. It judges nothing.
    pub(super) fn compare(&mut self, step: &Step, answer: &Answer) -> Result<(), End> {
        let Some(observed) = &step.observed else { return Ok(()) };
        let (is_conformant, differences) = match answer {
            Ok(response) if observed.no_answer => {
                let now = format!("no answer was observed, now {}", response.status);
                (self.fit(&step.expect, response)?.is_ok(), Some(vec![now]))
            }
            Ok(response) => (self.fit(&step.expect, response)?.is_ok(), self.differences(observed, response)?),
            Err(failure) if observed.no_answer && is_silence(failure) => (false, Some(Vec::new())),
            Err(failure) => (false, Some(vec![format!("no answer: {failure}")])),
        };
        self.compared.push(Compared {
            step: self.wire.step,
            answer: answer.as_ref().map_or_else(ToString::to_string, |response| shown(observed, response)),
            is_conformant,
            is_as_observed: differences.as_ref().map(Vec::is_empty),
            differences: differences.unwrap_or_default(),
        });
        Ok(())
    }

    /// Where an answer differs from what was observed; `None` when nothing is known of that.
    fn differences(&mut self, observed: &Observed, response: &Response) -> Result<Option<Vec<String>>, End> {
        let Some(expectation) = observed.expectation() else { return Ok(None) };
        let mut differences: Vec<String> = self.unmet(&[expectation], response)?.into_iter().map(words).collect();
        let is_of_form = match observed.form {
            None => true,
            Some(Form::Empty) => response.body.is_empty(),
            Some(Form::Text) => response.json().is_none(),
            Some(Form::Unusable) => !is_usable_list(response),
        };
        if !is_of_form {
            differences.push("the body is as it must be, and was not".to_owned());
        }
        Ok(Some(differences))
    }
}

/// The request was sent, and no answer came. What never got there is another failure.
pub(super) const fn is_silence(failure: &TransportFailure) -> bool {
    matches!(failure, TransportFailure::Timeout(_) | TransportFailure::Truncated(_))
}

/// A list as IdPs read it (RFC 7644 §3.4.2): counted in numbers, resources in an array.
fn is_usable_list(response: &Response) -> bool {
    let member = |name: &str| response.json().and_then(|body| name::get_in(body, name));
    let counts = ["totalResults", "startIndex", "itemsPerPage"];
    let is_counted =
        counts.iter().all(|name| member(name).is_none_or(Value::is_u64)) && member("totalResults").is_some();
    let has_resources = match member("Resources") {
        None => member("totalResults").and_then(Value::as_u64) == Some(0),
        Some(resources) => resources.is_array(),
    };
    is_counted && has_resources && member("schemas").is_some()
}

fn words(Mismatch { subject, expected, actual, .. }: Mismatch) -> String {
    format!("{subject}: {} was observed, now {actual}", expected.join(" or "))
}

/// The status, with what tells more than it: the members that were observed at the customer, first of all.
fn shown(observed: &Observed, response: &Response) -> String {
    let member = |name: &str| response.json().and_then(|body| name::get_in(body, name));
    let status = response.status;
    if let Some(detail) = member("detail").and_then(|detail| detail.as_str()).filter(|_| status >= 400) {
        return format!("{status}: {}", clip(detail.trim()));
    }
    let watched = observed.body.keys().chain(observed.at.keys());
    let watched: Vec<String> =
        watched.filter_map(|path| Some(format!("{path} {}", clip(&member(path)?.to_string())))).collect();
    if !watched.is_empty() {
        return format!("{status}, {}", watched.join(", "));
    }
    match member("totalResults") {
        Some(total) => format!("{status}, {total} found"),
        None if response.json().is_none() && !response.body.is_empty() => format!("{status}, no JSON"),
        None => status.to_string(),
    }
}
