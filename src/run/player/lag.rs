//! Reads that lag behind a write: a cache, a copy, an index that is told late.
//!
//! Such a read fails whatever rule comes first, a hundred of them. A second look
//! tells: when the same request then shows what was expected, nothing is wrong
//! but the time it took, and that has rules of its own.

use std::sync::Arc;

use serde_json::Value;

use super::{End, Player};
use crate::finding::Source;
use crate::http::{Credential, Method, Request, Response, Sender};
use crate::run::player::expect::Mismatch;
use crate::scenario::Step;
use crate::scim::name;

/// A new resource is visible at once.
const CREATED: &str = "create/read-your-write";
/// What was written later is.
const CHANGED: &str = "get/fresh";

/// Whether a scenario is about late reads itself.
pub(in crate::run) fn is_about_lateness(scenario: &str) -> bool {
    [CREATED, CHANGED].contains(&scenario)
}

/// Whether what is missed would stand behind the last resource of a page that is not the whole list: a server may send
/// fewer than it was asked for, and not always as many (RFC 7644 §3.4.2.4).
fn is_on_another_page(subject: &str, answer: &Response) -> bool {
    let Some(body) = answer.json() else { return false };
    let listed = name::get_in(body, "Resources").and_then(Value::as_array).map_or(0, Vec::len);
    let total = name::get_in(body, "totalResults").and_then(Value::as_u64);
    let position = subject.strip_prefix("Resources.").and_then(|rest| rest.split('.').next()?.parse::<usize>().ok());
    position.is_some_and(|position| position >= listed) && total.is_some_and(|total| total > listed as u64)
}

impl Player {
    /// The answer that counts: where a read is not as expected and the same read then is, the second one.
    pub(super) async fn second_look(
        &mut self,
        step: &Step,
        request: &Request,
        credential: &Credential,
        first: Arc<Response>,
    ) -> Result<Arc<Response>, End> {
        let is_read = request.method == Method::Get && matches!(first.status, 200 | 404);
        if !is_read || !self.may_lag() {
            return Ok(first);
        }
        let Some(wrong) = self.wrong(step, &first).filter(|wrong| !wrong.is_empty()) else { return Ok(first) };
        if wrong.iter().all(|mismatch| is_on_another_page(&mismatch.subject, &first)) {
            return Ok(first);
        }
        for look in 0.. {
            if !self.wire.waits_for_look(look).await? {
                break;
            }
            self.wire.sender = Sender::Harness;
            let Ok(next) = self.wire.exchange_as(request.clone(), credential).await? else { break };
            if self.wrong(step, &next).is_some_and(|wrong| wrong.is_empty()) && !self.is_undecided(step, &next) {
                self.wire.was_late();
                let rule = self.lag_rule();
                self.report(&step.clone().with_rule(rule), Source::Expectation, wrong);
                return Ok(next);
            }
        }
        Ok(first)
    }

    /// What a step does not find as it expects; `None` where that cannot be told before the answer has its name.
    fn wrong(&mut self, step: &Step, response: &Response) -> Option<Vec<Mismatch>> {
        let unmet = self.unmet(&step.expect, response).ok()?;
        if unmet.is_empty() { self.unmet(&step.assume, response).ok() } else { Some(unmet) }
    }

    /// Whether an answer fits, and proves nothing.
    fn is_undecided(&mut self, step: &Step, response: &Response) -> bool {
        matches!(self.fit(&step.expect, response), Ok(Ok(fitting)) if fitting.undecided)
    }

    /// Whether anything was written that a read could have missed.
    pub(super) fn may_lag(&self) -> bool {
        self.last_write().is_some()
    }

    /// The rule that a read breaks which does not show the last write.
    pub(super) fn lag_rule(&self) -> &'static str {
        if self.last_write() == Some(Method::Post) { CREATED } else { CHANGED }
    }

    fn last_write(&self) -> Option<Method> {
        let mut exchanges = self.wire.transcript.exchanges.iter().rev();
        exchanges.find_map(|exchange| {
            let is_done = exchange.response().is_some_and(Response::is_success);
            (exchange.request.method.writes() && is_done).then_some(exchange.request.method)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::Headers;

    #[test]
    fn a_page_may_be_shorter_than_the_list() {
        let list = |total: u64| {
            let body = json!({"totalResults": total, "Resources": [{"id": "1"}]}).to_string();
            Response::new(200, Headers::new(), body)
        };
        assert!(is_on_another_page("Resources.1.id", &list(2)));
        assert!(!is_on_another_page("Resources.1.id", &list(1)), "that is the whole list");
        assert!(!is_on_another_page("Resources.0.id", &list(2)), "it is on this page");
        assert!(!is_on_another_page("totalResults", &list(2)));
    }
}
