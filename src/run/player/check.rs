//! `check`: the harness reads resources itself and compares them.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::resource::neutral;
use super::{End, Player};
use crate::control::{Action, ControlError};
use crate::finding::Source;
use crate::http::{Method, Response, Sender};
use crate::run::expect::{self, Mismatch};
use crate::scenario::{Step, variables};
use crate::scim::{Mode, name};

impl Player {
    pub(super) async fn play_check(
        &mut self,
        step: &Step,
        resources: &[(String, Option<Map<String, Value>>)],
        exact: &[String],
    ) -> Result<(), End> {
        for (key, expected) in resources {
            let path = self.path_of(key)?;
            let response = self.read(&path).await?;
            let mismatches = match expected {
                None => gone(&response),
                Some(_) if !response.is_success() => {
                    vec![Mismatch::new("status", format!("200 ({key} can be read)"), response.status.to_string())]
                }
                Some(attributes) => {
                    let attributes = self.with_scope(|scope| variables::resolve_object(attributes, scope))?;
                    let body = response.json().cloned().unwrap_or_default();
                    let collection = self.collection_of(key);
                    self.values.show(key, collection, &body);
                    self.attributes(&attributes, &body, exact)
                }
            };
            self.report(step, Source::Expectation, mismatches);
        }
        self.judge_mails(step).await
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
            if count(actual) > wanted {
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
