//! `each-attribute` with `which`: what RFC 7643 §7 asks of attributes that are written once or never, or shown on
//! request.
//!
//! A value that a target refuses when it creates a user proves nothing; one that it took is what the rest is about.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::trial::Trial;
use super::writable::{collection, patch_with, replacement};
use crate::http::{Method, Request, Response, Sender, percent};
use crate::run::player::expect::Mismatch;
use crate::run::player::resource::{neutral, neutral_with};
use crate::run::player::{End, Player};
use crate::scenario::{EachAttribute, Special, Step};
use crate::scim::{is_assigned, name};

/// Most attributes of a kind that are tried: one shows what the target does with all of them.
const MOST: usize = 5;

/// What an error may call it (RFC 7644 §3.12, Table 9).
const REFUSALS: [&str; 2] = ["mutability", "invalidValue"];

impl Player {
    pub(super) async fn try_special(
        &mut self,
        step: &Step,
        each: &EachAttribute,
        which: Special,
        trials: &[Trial],
    ) -> Result<(), End> {
        self.proof.undecided += 1;
        for (number, trial) in trials.iter().take(MOST).enumerate() {
            let is_decided = match which {
                Special::Immutable => self.write_twice(step, each, number, trial).await?,
                Special::ReadOnly => self.write_anyway(step, each, number, trial).await?,
                Special::OnRequest => self.ask_for(step, each, number, trial).await?,
            };
            self.proof.decided += u32::from(is_decided);
        }
        Ok(())
    }

    /// A value is there once it was given, and then stays what it is (RFC 7644 §3.5.1, §3.5.2).
    async fn write_twice(
        &mut self,
        step: &Step,
        each: &EachAttribute,
        number: usize,
        trial: &Trial,
    ) -> Result<bool, End> {
        let (first, second) = (trial.value(0), trial.value(1));
        let (answer, _) = self.make(each, number * 2, Some((trial, &first)), Sender::Harness).await?;
        if !answer.is_success() {
            return Ok(false);
        }
        let path = self.created(each, Ok(answer), &step.label)?;
        let before = self.shown(&path).await?;
        if trial.lost(Some(&first), &Value::Null, &before, &self.disguise).is_some() {
            return Ok(false);
        }
        let (answer, exchange) = self.send(change(each.by, &path, &before, trial, &second)).await?;
        let after = self.shown(&path).await?;
        let lost = trial.lost(Some(&first), &holding(trial, &second), &after, &self.disguise);
        if let Some(mismatch) = changed(trial, &first, &answer, each.by, lost) {
            self.lost(step, exchange, mismatch);
            return Ok(true);
        }
        // The value may be there once only.
        self.send_as(neutral(Method::Delete, &path), Sender::Harness).await?;
        if !trial.is_required {
            self.write_late(step, each, number, trial, &first).await?;
        }
        Ok(true)
    }

    /// A value may be given later where there is none yet.
    async fn write_late(
        &mut self,
        step: &Step,
        each: &EachAttribute,
        number: usize,
        trial: &Trial,
        value: &Value,
    ) -> Result<(), End> {
        let Some((path, before)) = self.make_without(step, each, number * 2 + 1).await? else { return Ok(()) };
        if value_at(&before, trial).is_some() {
            return Ok(()); // the target gives it a value of its own
        }
        let (answer, exchange) = self.send(change(each.by, &path, &before, trial, value)).await?;
        if answer.status == 409 {
            return Ok(()); // the value of somebody who was deleted stays taken
        }
        if !answer.is_success() {
            let expected = format!("{value}, where there was no value yet");
            self.lost(step, exchange, Mismatch::new(trial.path.as_str(), expected, answer.status.to_string()));
            return Ok(());
        }
        let after = self.shown(&path).await?;
        if let Some(mismatch) = trial.lost(Some(value), &before, &after, &self.disguise) {
            self.lost(step, exchange, mismatch);
        }
        Ok(())
    }

    /// A value that a client gives is not taken (RFC 7644 §3.3, §3.5.1): the server's own is there, or none.
    async fn write_anyway(
        &mut self,
        step: &Step,
        each: &EachAttribute,
        number: usize,
        trial: &Trial,
    ) -> Result<bool, End> {
        let Some((path, before)) = self.make_without(step, each, number * 2).await? else { return Ok(false) };
        // The server's own value may be the one that was thought of.
        let differs = |value: &Value| value_at(&before, trial) != Some(value);
        let Some(value) = [trial.value(0), trial.value(1)].into_iter().find(differs) else { return Ok(false) };
        let (answer, exchange) = if each.by == Method::Post {
            self.make(each, number * 2 + 1, Some((trial, &value)), Sender::Scenario).await?
        } else {
            self.send(change(each.by, &path, &before, trial, &value)).await?
        };
        let written = answer.json().filter(|_| answer.is_success()).and_then(|body| value_at(body, trial));
        if let Some(written) = written.filter(|written| **written == value) {
            let mismatch = Mismatch::new(trial.path.as_str(), "not what the client sent", written.to_string());
            self.lost(step, exchange, Mismatch { evidence: Some(written.clone()), ..mismatch });
        }
        // Whoever was made for the question holds a seat.
        self.send_as(neutral(Method::Delete, &path), Sender::Harness).await?;
        if each.by == Method::Post && answer.is_success() {
            let path = self.created(each, Ok(Arc::clone(&answer)), &step.label)?;
            self.send_as(neutral(Method::Delete, &path), Sender::Harness).await?;
        }
        Ok(answer.is_success())
    }

    /// It is shown to who asks for it and in the answer to the write that gave it, and else it is not.
    async fn ask_for(&mut self, step: &Step, each: &EachAttribute, number: usize, trial: &Trial) -> Result<bool, End> {
        let value = trial.value(0);
        let (answer, exchange) = self.make(each, number, Some((trial, &value)), Sender::Scenario).await?;
        if !answer.is_success() {
            return Ok(false);
        }
        let path = self.created(each, Ok(Arc::clone(&answer)), &step.label)?;
        let (asked, at) =
            self.send(neutral(Method::Get, &format!("{path}?attributes={}", percent::encode(&trial.path)))).await?;
        let shows = |answer: &Response| answer.json().is_some_and(|body| value_at(body, trial).is_some());
        if asked.is_success() && !shows(&asked) {
            self.lost(step, at, Mismatch::new(trial.path.as_str(), format!("{value}, as it is asked for"), "absent"));
            return Ok(true);
        }
        if answer.json().is_some() && !shows(&answer) {
            let expected = format!("{value}, in the answer to the request that gave it");
            self.lost(step, exchange, Mismatch::new(trial.path.as_str(), expected, "absent"));
        }
        let (plain, at) = self.send(neutral(Method::Get, &path)).await?;
        if let Some(found) = plain.json().and_then(|body| value_at(body, trial)) {
            let expected = "no value, as nobody asks for it";
            let mismatch = Mismatch::new(trial.path.as_str(), expected, found.to_string());
            self.lost(step, at, Mismatch { evidence: Some(found.clone()), ..mismatch });
        }
        Ok(true)
    }

    /// Creates a resource without the attribute: its path, and what is shown of it. `None` when that is refused.
    async fn make_without(
        &mut self,
        step: &Step,
        each: &EachAttribute,
        number: usize,
    ) -> Result<Option<(String, Value)>, End> {
        let (answer, _) = self.make(each, number, None, Sender::Harness).await?;
        if !answer.is_success() {
            return Ok(None);
        }
        let path = self.created(each, Ok(answer), &step.label)?;
        let before = self.shown(&path).await?;
        Ok(Some((path, before)))
    }

    /// Creates a resource with a value of an attribute, or without.
    async fn make(
        &mut self,
        each: &EachAttribute,
        number: usize,
        with: Option<(&Trial, &Value)>,
        sender: Sender,
    ) -> Result<(Arc<Response>, usize), End> {
        let mut body = self.body_of(each, number)?.as_object().cloned().unwrap_or_default();
        if let Some((trial, value)) = with {
            trial.put_into(&mut body, value.clone());
        }
        let request = self.as_taken(neutral_with(Method::Post, collection(each), &Value::Object(body)));
        self.send_as(request, sender).await
    }

    async fn send(&mut self, request: Request) -> Result<(Arc<Response>, usize), End> {
        self.send_as(request, Sender::Scenario).await
    }
}

/// A PUT or a PATCH that gives an attribute this value.
fn change(by: Method, path: &str, before: &Value, trial: &Trial, value: &Value) -> Request {
    if by == Method::Put {
        let mut body = replacement(before);
        trial.put_into(&mut body, value.clone());
        return neutral_with(Method::Put, path, &Value::Object(body));
    }
    let op = if value_at(before, trial).is_some() { "replace" } else { "add" };
    patch_with(path, &[json!({"op": op, "path": trial.path, "value": value})])
}

/// A resource that holds this value and nothing else.
fn holding(trial: &Trial, value: &Value) -> Value {
    let mut members = Map::new();
    trial.put_into(&mut members, value.clone());
    Value::Object(members)
}

fn value_at<'v>(resource: &'v Value, trial: &Trial) -> Option<&'v Value> {
    name::get_in(resource, &trial.path).filter(|value| is_assigned(value))
}

/// What is wrong with the answer to a change of an immutable value; `lost` is what became of the old one.
///
/// A PUT that keeps the old value without a word is tolerated: the error is a SHOULD there (RFC 7644 §3.5.1).
fn changed(trial: &Trial, first: &Value, answer: &Response, by: Method, lost: Option<Mismatch>) -> Option<Mismatch> {
    if let Some(lost) = lost {
        return Some(Mismatch::new(trial.path.as_str(), format!("{first}, which cannot be changed"), lost.actual));
    }
    if answer.is_success() {
        let answered = || Mismatch::new("status", "400 with scimType mutability", answer.status.to_string());
        return (by == Method::Patch).then(answered);
    }
    let scim_type = answer.json().and_then(|body| name::get_in(body, "scimType")).and_then(Value::as_str);
    let wrong = scim_type.filter(|scim_type| answer.status == 400 && !REFUSALS.contains(scim_type))?;
    Some(Mismatch::new("scimType", REFUSALS[0], wrong))
}
