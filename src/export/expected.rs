//! What an answer must be like: by what the step asks for, else by what was answered when it was played.

use serde_json::{Map, Value};

use super::script::Check;
use crate::http::{Exchange, Method, Request, Sender};
use crate::scenario::{Expectation, StatusPattern, Step, Verb, Wanted};
use crate::scim::name;

/// What a step says about one of its answers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked<'s> {
    /// Alternatives, the asserted and the assumed ones.
    alternatives: &'s [Expectation],
    assumed: &'s [Expectation],
    /// Attributes that a `check` names.
    attributes: Option<&'s Map<String, Value>>,
    /// A request that was refused before: nothing it is about may have changed.
    refused: Option<&'s Request>,
}

impl<'s> Asked<'s> {
    /// What a step asks of an exchange: the `place`-th of those that `sender` sent for it, of `count`.
    pub(super) fn of(step: &'s Step, sender: Sender, place: usize, count: usize) -> Self {
        let of_step = |step: &'s Step| Self { alternatives: &step.expect, assumed: &step.assume, ..Self::default() };
        match &step.verb {
            // What is asked of an event is asked of its last answer.
            Verb::Event(_) if sender == Sender::Idp && place + 1 == count => of_step(step),
            Verb::Request(_) | Verb::Create(_) | Verb::Get(_) | Verb::Delete(_) if sender == Sender::Scenario => {
                of_step(step)
            }
            Verb::Parallel(steps) => steps.get(place).map(of_step).unwrap_or_default(),
            Verb::Check { resources, .. } => match resources.get(place) {
                Some((_, Wanted::Attributes(attributes))) => Self { attributes: Some(attributes), ..Self::default() },
                _ => Self::default(),
            },
            _ => Self::default(),
        }
    }

    /// What is asked of a look after a request that had to be refused.
    pub(super) fn unchanged_by(request: &'s Request) -> Self {
        Self { refused: Some(request), ..Self::default() }
    }

    /// Accepted statuses.
    pub(super) fn statuses(self, exchange: &Exchange) -> Vec<StatusPattern> {
        let Some(status) = exchange.response().map(|response| response.status) else { return Vec::new() };
        let stated = stated(self.alternatives).or_else(|| stated(self.assumed));
        // The played answer is always right: a step may take more than it says, such as 501 for what is not offered.
        match stated {
            Some(stated) if stated.iter().any(|pattern| pattern.fits(status)) => stated,
            _ => usual(exchange.request.method, status),
        }
    }

    /// What must hold of the body, as far as it held when it was played.
    pub(super) fn checks(self, exchange: &Exchange) -> Vec<Check> {
        let Some(response) = exchange.response().filter(|response| response.is_success()) else { return Vec::new() };
        let Some(body) = response.json() else { return Vec::new() };
        let mut paths: Vec<&str> = Vec::new();
        if let [only] = self.alternatives {
            paths.extend(only.body.iter().filter_map(Value::as_object).flat_map(Map::keys).map(String::as_str));
            paths.extend(only.total.map(|_| TOTAL));
        }
        paths.extend(self.attributes.into_iter().flat_map(Map::keys).map(String::as_str));
        if exchange.sender == Sender::Idp && exchange.request.parameter("filter").is_some() {
            paths.push(TOTAL);
        }
        if let Some(sent) = self.refused.and_then(|request| request.body.as_deref()) {
            let sent = String::from_utf8_lossy(sent);
            let members = body.as_object().into_iter().flat_map(Map::keys).map(String::as_str);
            paths.extend(members.filter(|member| *member == TOTAL || sent.contains(&format!("\"{member}\""))));
        }
        let is_new = response.status == 201 && name::get_in(body, "id").is_some();
        let new = is_new.then(|| Check::Present("id".to_owned()));
        let equal = paths.iter().filter(|path| is_plain(path)).filter_map(|path| {
            let value = body.get(path).filter(|value| value.is_string() || value.is_number() || value.is_boolean())?;
            Some(Check::Equals((*path).to_owned(), value.clone()))
        });
        new.into_iter().chain(equal).collect()
    }
}

/// How many a list found.
const TOTAL: &str = "totalResults";

/// The statuses that alternatives name; `None` when one of them takes any.
fn stated(alternatives: &[Expectation]) -> Option<Vec<StatusPattern>> {
    let mut found = Vec::new();
    for alternative in alternatives {
        let refused = [StatusPattern::Class(4), StatusPattern::Code(501)];
        let patterns = if alternative.refused { &refused[..] } else { &alternative.status[..] };
        if patterns.is_empty() {
            return None;
        }
        found.extend_from_slice(patterns);
    }
    (!found.is_empty()).then_some(found)
}

/// An answer of this status, and what is as good: a PATCH may show the resource or not (RFC 7644 §3.5.2).
pub(super) fn usual(method: Method, status: u16) -> Vec<StatusPattern> {
    match (method, status) {
        (Method::Patch, 200 | 204) => vec![StatusPattern::Code(200), StatusPattern::Code(204)],
        _ => vec![StatusPattern::Code(status)],
    }
}

/// Whether a name can stand in a path of jq, JSONPath and JavaScript as it is.
fn is_plain(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
