//! Sending, sending again while no answer comes, and finding resources.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::knobs::LookUp;
use super::provider::Generic;
use super::request::USERS;
use crate::http::{Answer, Request, Response};
use crate::idp::mapping::{Entry, Record, member};
use crate::idp::wire::{Stop, Strictness, bad_answer, detail, equals, read_list, stranger};
use crate::idp::{Halt, Outcome, OutcomeKind, Port, Waiting};

/// The longest a doubled wait may become.
const MAX_WAIT: Duration = Duration::from_secs(24 * 3600);

impl Generic {
    /// Sends; while no answer comes, again as often as the knobs say.
    pub(super) async fn call<P: Port>(&self, port: &mut P, request: Request) -> Result<Answer, Halt> {
        let mut wait = Duration::from_secs(self.knobs.back_off_s);
        for _ in 1..self.knobs.attempts {
            let answer = port.send(request.clone()).await?;
            if answer.is_ok() {
                return Ok(answer);
            }
            port.wait(wait, Waiting::BackOff).await?;
            wait = wait.saturating_mul(2).min(MAX_WAIT);
        }
        port.send(request).await
    }

    /// [`Generic::call`] for an answer that must be a success.
    pub(super) async fn must<P: Port>(
        &self,
        port: &mut P,
        request: Request,
        subject: &str,
        doing: &str,
    ) -> Result<Arc<Response>, Stop> {
        let answer = self.call(port, request).await?;
        match &answer {
            Ok(response) if response.is_success() => Ok(response.clone()),
            _ => Err(failed(subject, doing, &answer)),
        }
    }

    /// The id of the resource that has one of the matching attributes, looked for in their order.
    pub(super) async fn look_for<P: Port, R: Record>(
        &self,
        collection: &str,
        how: LookUp,
        subject: &str,
        record: &R,
        port: &mut P,
    ) -> Result<Option<String>, Stop> {
        let map = if collection == USERS { &self.mapping.user } else { &self.mapping.group };
        let value = |entry: &Entry| entry.source.value(record, &self.links).as_str().map(str::to_owned);
        let wanted: Vec<_> = map.matching().into_iter().filter_map(|entry| Some((entry, value(entry)?))).collect();
        match how {
            LookUp::None => Ok(None),
            LookUp::List => self.look_through(collection, subject, &wanted, port).await,
            LookUp::Filter => {
                for (entry, wanted) in wanted {
                    if let Some(id) = self.look_for_one(collection, subject, entry, &wanted, port).await? {
                        return Ok(Some(id));
                    }
                }
                Ok(None)
            }
        }
    }

    async fn look_through<P: Port>(
        &self,
        collection: &str,
        subject: &str,
        wanted: &[(&Entry, String)],
        port: &mut P,
    ) -> Result<Option<String>, Stop> {
        let doing = "reading the list";
        let response = self.must(port, self.read(collection), subject, doing).await?;
        let list = read_list(&response, Strictness::default())
            .map_err(|fault| Stop::Recorded(outcome(subject, doing, &format!("the answer is no list: {fault}"))))?;
        let found = wanted.iter().find_map(|(entry, wanted)| {
            let mut resources = list.resources.iter().filter_map(Value::as_object);
            resources.find(|resource| stranger(subject, resource, &entry.target, wanted).is_none())
        });
        Ok(found.and_then(|found| member(found, "id")).and_then(Value::as_str).map(str::to_owned))
    }

    async fn look_for_one<P: Port>(
        &self,
        collection: &str,
        subject: &str,
        entry: &Entry,
        wanted: &str,
        port: &mut P,
    ) -> Result<Option<String>, Stop> {
        let doing = format!("looking for `{wanted}`");
        let request = self.find(collection, &equals(&entry.target, wanted));
        let response = self.must(port, request, subject, &doing).await?;
        let list = read_list(&response, Strictness::default())
            .map_err(|fault| Stop::Recorded(outcome(subject, &doing, &format!("the answer is no list: {fault}"))))?;
        for resource in list.resources.iter().filter_map(Value::as_object) {
            if let Some(outcome) = stranger(subject, resource, &entry.target, wanted) {
                return Err(Stop::Recorded(outcome));
            }
        }
        if list.resources.len() > 1 {
            return Err(Stop::Recorded(outcome(subject, &doing, "more than one matches")));
        }
        let id = list.resource(0).and_then(|found| member(found, "id")).and_then(Value::as_str);
        Ok(id.map(str::to_owned))
    }
}

/// `creating alice@example.com failed: Conflict: …`
pub(super) fn failed(subject: &str, doing: &str, answer: &Answer) -> Stop {
    let said = answer.as_ref().ok().and_then(|response| detail(response));
    let cause = said.map_or_else(|| bad_answer(answer), |said| format!("{}: {said}", bad_answer(answer)));
    Stop::Recorded(outcome(subject, doing, &cause))
}

pub(super) fn outcome(subject: &str, doing: &str, cause: &str) -> Outcome {
    Outcome::of(OutcomeKind::Failed, subject, format!("{doing} failed: {cause}"))
}
