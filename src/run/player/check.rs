//! `check`: the harness reads resources itself and compares them.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::resource::neutral;
use super::{End, Player};
use crate::control::{Action, ControlError};
use crate::finding::Source;
use crate::http::{Exchange, Method, Response, Sender};
use crate::run::own::address::{self, Resource, id_of};
use crate::run::player::expect::{self, Mismatch};
use crate::scenario::{Step, Wanted, variables};
use crate::scim::{Mode, name};

/// The rule that a value breaks which is not kept as it was sent.
const FIDELITY: &str = "create/fidelity";

impl Player {
    pub(super) async fn play_check(
        &mut self,
        step: &Step,
        resources: &[(String, Wanted)],
        exact: &[String],
    ) -> Result<(), End> {
        for (key, wanted) in resources {
            let path = self.path_of(key)?;
            let response = self.read(&path).await?;
            let mut mismatches = self.held_against(key, wanted, exact, &path, &response)?;
            let mut look = 0;
            while !mismatches.is_empty() && self.may_lag() && self.wire.waits_for_look(look).await? {
                look += 1;
                let again = self.read(&path).await?;
                if self.held_against(key, wanted, exact, &path, &again)?.is_empty() {
                    self.wire.was_late();
                    let rule = self.lag_rule();
                    self.report(&step.clone().with_rule(rule), Source::Expectation, std::mem::take(&mut mismatches));
                }
            }
            let (dropped, mismatches) = mismatches.into_iter().partition(|mismatch| self.was_dropped(&path, mismatch));
            self.report(step, Source::Expectation, mismatches);
            self.report(&step.clone().with_rule(FIDELITY), Source::Expectation, dropped);
        }
        self.judge_mails(step).await
    }

    /// Where what a read shows of a resource is not as wanted; what the target's schemas withhold need not be.
    fn held_against(
        &mut self,
        key: &str,
        wanted: &Wanted,
        exact: &[String],
        path: &str,
        response: &Response,
    ) -> Result<Vec<Mismatch>, End> {
        let collection = self.collection_of(key);
        let mut mismatches = match wanted {
            Wanted::Gone => gone(response),
            _ if !response.is_success() => {
                vec![Mismatch::new("status", format!("200 ({key} can be read)"), response.status.to_string())]
            }
            Wanted::AsAnswered => {
                let shown = response.json().cloned().unwrap_or_default();
                self.as_answered(path, &shown)
            }
            Wanted::Attributes(attributes) => {
                let attributes = self.with_scope(|scope| variables::resolve_object(attributes, scope))?;
                let body = response.json().cloned().unwrap_or_default();
                self.values.show(key, collection, &body);
                self.attributes(&attributes, &body, exact)
            }
        };
        mismatches.retain(|mismatch| self.unoffered.withheld(collection, mismatch).is_none());
        Ok(mismatches)
    }

    /// Whether the target never kept what the IdP wrote into an attribute: no matter of the change a scenario is about.
    fn was_dropped(&self, path: &str, mismatch: &Mismatch) -> bool {
        let attribute = mismatch.subject.split(['.', '[', ':']).next().unwrap_or_default();
        let is_value = attribute != "active" && mismatch.actual == "absent";
        if self.dialect.is_none() || !is_value || address::of(path).0 != "users" {
            return false;
        }
        let mut was_sent = false;
        for exchange in &self.wire.transcript.exchanges {
            let request = &exchange.request;
            let Some(body) = exchange.response().filter(|answer| answer.is_success()).and_then(|answer| answer.json())
            else {
                continue;
            };
            let mut resources = body.get("Resources").and_then(Value::as_array).into_iter().flatten().chain([body]);
            let about =
                resources.find(|resource| id_of(resource).is_some_and(|id| Resource::new("users", &id).path() == path));
            if about.is_some_and(|resource| name::get_in(resource, attribute).is_some()) {
                return false;
            }
            was_sent |= about.is_some()
                && exchange.sender == Sender::Idp
                && matches!(request.method, Method::Post | Method::Put)
                && request.json().is_some_and(|sent| name::get_in(&sent, attribute).is_some());
        }
        was_sent
    }

    /// What the last write by the IdP was told must be what a read shows. Nothing was told by a 204.
    fn as_answered(&self, path: &str, shown: &Value) -> Vec<Mismatch> {
        let id = id_of(shown);
        let is_write = |exchange: &&Exchange| {
            let by_id = exchange.request.path == path;
            let create =
                exchange.request.method == Method::Post && exchange.response().and_then(|r| id_of(r.json()?)) == id;
            exchange.sender == Sender::Idp && exchange.request.method.writes() && (by_id || create)
        };
        let last = self.wire.transcript.exchanges.iter().rev().find(is_write);
        let told =
            last.and_then(Exchange::response).filter(|answer| answer.is_success()).and_then(|answer| answer.json());
        let Some(Value::Object(told)) = told else { return Vec::new() };
        let mut told = told.clone();
        // The times of a write may be rounded in the answer to it.
        name::remove(&mut told, "meta");
        expect::compare(&Value::Object(told), shown, Mode::Subset, &self.disguise)
    }

    /// Reads a resource as the harness.
    pub(super) async fn read(&mut self, path: &str) -> Result<Arc<Response>, End> {
        self.wire.sender = Sender::Harness;
        let answer = self.wire.exchange(neutral(Method::Get, path)).await?;
        Self::answered(answer, "reading a resource")
    }

    /// Attributes by RFC equality; those named in `exact` must not hold more than expected.
    fn attributes(&self, expected: &Map<String, Value>, body: &Value, exact: &[String]) -> Vec<Mismatch> {
        let wanted = with_schemas(expected.clone(), body);
        let mut found = expect::compare(&wanted, body, Mode::Subset, &self.disguise);
        for attribute in exact {
            let count = |value: Option<&Value>| value.and_then(Value::as_array).map_or(0, Vec::len);
            let actual = name::get_in(body, attribute);
            let wanted = count(expected.get(attribute));
            let elements = actual.and_then(Value::as_array).into_iter().flatten();
            if elements.filter(|element| self.was_sent(attribute, element)).count() > wanted {
                let actual = actual.map_or_else(|| "absent".to_owned(), Value::to_string);
                found.push(Mismatch::new(attribute, format!("{wanted} values"), actual));
            }
        }
        found
    }

    /// `mails-sent`: judged only where there is an outbox.
    pub(super) async fn judge_mails(&mut self, step: &Step) -> Result<(), End> {
        let wanted: Vec<(String, u64)> = step.expect.iter().flat_map(|expect| expect.mails_sent.clone()).collect();
        for (key, wanted) in wanted {
            let person = self.directory.people.get(&key);
            let address = person.and_then(|person| person.text("email")).unwrap_or_default().to_owned();
            match self.wire.site.control(&Action::Outbox { address }).await {
                Ok(report) if report.mails != Some(wanted) => {
                    let actual = report.mails.map_or_else(|| "unknown".to_owned(), |mails| mails.to_string());
                    let mismatch = Mismatch::new(format!("mails to {key}"), wanted.to_string(), actual);
                    self.report(step, Source::Expectation, vec![mismatch]);
                }
                Ok(_) | Err(ControlError::NotOffered(_)) => {}
                Err(error) => return Err(End::Inconclusive(error.to_string())),
            }
        }
        Ok(())
    }
}

/// Gone means 404 (RFC 7644 §3.6).
fn gone(response: &Response) -> Vec<Mismatch> {
    match response.status {
        404 => Vec::new(),
        other => vec![Mismatch::new("status", "404 (gone)", other.to_string())],
    }
}

/// The schema decides how attributes compare, and `schemas` tells which it is.
fn with_schemas(mut members: Map<String, Value>, body: &Value) -> Value {
    if let Some(schemas) = name::get_in(body, "schemas") {
        name::set(&mut members, "schemas", schemas.clone());
    }
    Value::Object(members)
}
