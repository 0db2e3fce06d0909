//! Users with less in them, for targets that refuse the usual ones.
//!
//! A target that will not take the type of an address fails the rules about
//! creating users, and Okta and Entra with it. All other rules can still be
//! asked: what only prepares a scenario is tried once more with the value of
//! each address alone, and with the name written out.

use serde_json::{Value, json};

use super::Player;
use crate::http::{Answer, Credential, Method, Request, Sender};
use crate::idp::Halt;
use crate::scenario::{RawRequest, Step, Verb};
use crate::scim::name;

/// The address that the usual user has, as paths and filters name it.
const WORK_ADDRESS: &str = "emails[type eq";

impl Player {
    /// Sends what a scenario needs before it can ask anything; a user that a target refuses is tried once more, leaner.
    pub(super) async fn prepare(&mut self, request: Request, credential: &Credential) -> Result<Answer, Halt> {
        let answer = self.wire.exchange_as(request.clone(), credential).await?;
        let is_refused = answer.as_ref().is_ok_and(|response| matches!(response.status, 400 | 422));
        if !is_refused || self.wire.site.is_embedded() || self.scenario.steps.iter().any(names_work_address) {
            return Ok(answer);
        }
        let Some(lean) = leaner(&request) else { return Ok(answer) };
        // The refused one is a rule's business, not this scenario's.
        if let Some(refused) = self.wire.transcript.exchanges.last_mut() {
            refused.sender = Sender::Harness;
        }
        let second = self.wire.exchange_as(lean, credential).await?;
        self.is_lean = second.as_ref().is_ok_and(|response| response.is_success());
        Ok(if self.is_lean { second } else { answer })
    }

    /// The create as this target takes it, once that is known.
    pub(super) fn as_taken(&self, create: Request) -> Request {
        if self.is_lean { leaner(&create).unwrap_or(create) } else { create }
    }
}

/// Whether a step is about the element that a leaner user lacks.
fn names_work_address(step: &Step) -> bool {
    let names = |raw: &RawRequest| {
        let body = raw.body.as_ref().map(Value::to_string).unwrap_or_default();
        raw.path.contains(WORK_ADDRESS) || body.contains(&format!("{WORK_ADDRESS} \\\"work\\\""))
    };
    match &step.verb {
        Verb::Request(raw) => names(raw),
        Verb::Parallel(steps) => steps.iter().any(names_work_address),
        _ => false,
    }
}

/// The request with a leaner user; `None` when there is nothing to leave out or to write out.
fn leaner(request: &Request) -> Option<Request> {
    let body = request.json().filter(|_| request.method == Method::Post && request.path == "/Users")?;
    leaner_body(body).map(|body| Request { body: Some(body.to_string().into()), ..request.clone() })
}

/// The leaner user; `None` when there is nothing to leave out or to write out.
pub(in crate::run) fn leaner_body(mut body: Value) -> Option<Value> {
    let mut is_leaner = false;
    let members = body.as_object_mut()?;
    for address in name::get_mut(members, "emails").and_then(Value::as_array_mut).into_iter().flatten() {
        let fields = address.as_object_mut()?;
        is_leaner |= fields.len() > 1;
        fields.retain(|field, _| field == "value");
    }
    if let Some(whole) = name::get_mut(members, "name").and_then(Value::as_object_mut) {
        let parts: Vec<&str> =
            ["givenName", "familyName"].iter().filter_map(|part| whole.get(*part)?.as_str()).collect();
        let formatted = parts.join(" ");
        if !whole.contains_key("formatted") && !formatted.is_empty() {
            is_leaner = true;
            whole.insert("formatted".to_owned(), json!(formatted));
        }
    }
    is_leaner.then_some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaner_user_has_bare_addresses_and_a_whole_name() {
        let usual = json!({
            "userName": "alice",
            "name": {"givenName": "Alice", "familyName": "Cooper"},
            "emails": [{"value": "alice@example.com", "type": "work", "primary": true}],
        });
        let request = Request::new(Method::Post, "/Users").with_json(&usual);
        let lean = leaner(&request).unwrap();
        let expected = json!({
            "userName": "alice",
            "name": {"givenName": "Alice", "familyName": "Cooper", "formatted": "Alice Cooper"},
            "emails": [{"value": "alice@example.com"}],
        });
        assert_eq!(lean.json(), Some(expected));
        assert_eq!(leaner(&lean), None, "there is nothing more to leave out");
        assert_eq!(leaner(&Request::new(Method::Patch, "/Users/1").with_json(&usual)), None);
    }
}
