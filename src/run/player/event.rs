//! Event steps: the directory changes, the dialect speaks, the outcome is judged.

use serde_json::Value;

use super::{End, Player, blame};
use crate::finding::Source;
use crate::http::{MarkKind, Sender};
use crate::idp::{Event, Halt, Outcome, OutcomeKind};
use crate::run::own::address::{self, id_of};
use crate::run::player::expect::Mismatch;
use crate::scenario::Step;

/// The code a dialect gives when a lookup returned somebody else's resource.
const STRANGER: &str = "stranger";

/// What attributes of the directory are called in SCIM, where it is another name.
const TARGETS: [(&str, &str); 2] = [("email", "emails"), ("phone", "phoneNumbers")];

impl Player {
    pub(super) async fn play_event(&mut self, step: &Step, mut event: Event) -> Result<(), End> {
        self.disguise.event(&mut event);
        self.directory.apply(&event).map_err(|error| End::Broken(error.to_string()))?;
        let before = self.wire.transcript.exchanges.len();
        self.wire.sender = Sender::Idp;
        let Some(dialect) = self.dialect.as_mut() else {
            return Err(End::Broken("an event needs a dialect".to_owned()));
        };
        let played = dialect.play(&event, &self.directory, &mut self.wire).await;
        self.wire.sender = Sender::Harness;
        self.learn_from(before);
        let outcomes = match played {
            Ok(outcomes) => outcomes,
            Err(Halt::Stranger(touched)) => return Err(self.stranger(step, &touched)),
            Err(halt) => return Err(halt.into()),
        };
        for outcome in &outcomes {
            self.wire.mark(MarkKind::Outcome(outcome_line(outcome)));
        }
        self.outcomes.extend(outcomes.iter().map(|outcome| (self.wire.step, outcome.clone())));
        if let Some(reason) = self.unoffered.among(&self.wire.transcript.exchanges[before..]) {
            return Err(End::Skipped(reason));
        }
        if let Some(outcome) = outcomes.iter().find(|outcome| outcome.code.as_deref() == Some(STRANGER)) {
            let message = outcome.message.clone();
            return Err(self.stranger(step, &message));
        }
        self.judge_outcome(step, &event, &outcomes, before)?;
        self.judge_requests(step, before);
        self.judge_answer(step, before)?;
        self.judge_mails(step).await
    }

    /// Takes ids and representations from the answers of this step.
    fn learn_from(&mut self, before: usize) {
        let Some(dialect) = &self.dialect else { return };
        let keys = self.directory.people.keys().chain(self.directory.groups.keys());
        let linked: Vec<(String, String)> =
            keys.filter_map(|key| Some((key.clone(), dialect.linked(key)?.to_owned()))).collect();
        for (key, id) in &linked {
            let collection = self.collection_of(key);
            self.values.link(key, collection, id);
        }
        let mut shown: Vec<(String, Value)> = Vec::new();
        for exchange in &self.wire.transcript.exchanges[before..] {
            let Some(body) = exchange.response().filter(|response| response.is_success()).and_then(|r| r.json()) else {
                continue;
            };
            let listed = body.get("Resources").and_then(Value::as_array);
            for resource in listed.into_iter().flatten().chain([body]) {
                let id = id_of(resource);
                let owner = linked.iter().find(|(_, linked)| id.as_deref() == Some(linked));
                shown.extend(owner.map(|(key, _)| (key.clone(), resource.clone())));
            }
        }
        for (key, resource) in shown {
            let collection = self.collection_of(&key);
            self.values.show(&key, collection, &resource);
        }
    }

    /// A lookup gave somebody else's resource: the IdP would have linked and changed it.
    fn stranger(&mut self, step: &Step, touched: &str) -> End {
        let step = step.clone().with_rule(blame::NEVER_IGNORED);
        let mismatch = Mismatch::new("filter", "only resources that match the filter", touched);
        self.report(&step, Source::Expectation, vec![mismatch]);
        End::Failed
    }

    fn judge_outcome(&mut self, step: &Step, event: &Event, outcomes: &[Outcome], before: usize) -> Result<(), End> {
        let subjects = subjects(event);
        let about = |outcome: &&Outcome| outcome.subject.as_ref().is_some_and(|key| subjects.contains(key));
        let mut relevant: Vec<&Outcome> = outcomes.iter().filter(about).collect();
        if relevant.is_empty() || outcomes.iter().any(|outcome| outcome.kind == OutcomeKind::Quarantined) {
            relevant = outcomes.iter().collect();
        }
        let accepted = step.accepted_outcomes(&self.dialect_id, self.family).map(<[OutcomeKind]>::to_vec);
        let Some(accepted) = accepted else {
            return match relevant.iter().find(|outcome| !outcome.kind.is_good()) {
                Some(bad) => Err(End::Inconclusive(self.unplayed(step, bad, before))),
                None => Ok(()),
            };
        };
        let about = step.rule_for(&self.dialect_id, self.family).unwrap_or(&self.scenario.id);
        if let (true, Some(bad)) = (
            blame::hides_conflict(&self.wire.transcript.exchanges[before..], about),
            relevant.iter().find(|outcome| !outcome.kind.is_good()),
        ) {
            return Err(End::Inconclusive(self.unplayed(step, bad, before)));
        }
        // What the target's schemas leave out is not changed there.
        let left_out = match event {
            Event::Change { changes, .. } => changes.keys().find_map(|name| {
                let target =
                    TARGETS.iter().find(|(source, _)| source == name).map_or(name.as_str(), |(_, target)| target);
                self.unoffered.lacking("users", target)
            }),
            _ => None,
        };
        if let (true, Some(reason)) = (relevant.iter().all(|outcome| outcome.kind == OutcomeKind::Skipped), left_out) {
            return Err(End::Skipped(reason));
        }
        let fits = |kind: OutcomeKind| accepted.contains(&kind);
        let wrong: Vec<&&Outcome> = relevant.iter().filter(|outcome| !fits(outcome.kind)).collect();
        // Nothing recorded is what an IdP does when it skips.
        if wrong.is_empty() && (!relevant.is_empty() || fits(OutcomeKind::Skipped)) {
            return Ok(());
        }
        // The admin's text is told by the reports, from the outcome itself.
        let actual = wrong.first().map_or("nothing recorded", |outcome| outcome.kind.name()).to_owned();
        let subject = wrong.first().and_then(|outcome| outcome.subject.clone());
        let mismatch = Mismatch {
            subject: subject.map_or_else(|| "outcome".to_owned(), |key| format!("outcome of {key}")),
            expected: accepted.iter().map(|kind| kind.name().to_owned()).collect(),
            actual,
            evidence: None,
        };
        let mut finding = self.finding(step, Source::Outcome);
        let exchanges = &self.wire.transcript.exchanges[before..];
        if let Some((at, ..)) = blame::failed(exchanges) {
            finding.place.exchange = Some(before + at);
        }
        // Trouble that the scenario makes is nobody's fault.
        let cause = blame::cause(exchanges, &finding.rule, self.family).or_else(|| blame::with_members(exchanges));
        let cause = cause.filter(|_| !self.wire.shows_weather);
        if let Some(cause) = cause {
            cause.rule.clone_into(&mut finding.rule);
        }
        self.findings.push(mismatch.into_finding(finding));
        // What follows would start from a state the scenario did not mean.
        Err(End::Failed)
    }

    /// Why the rest cannot be played: by the answer that the IdP met, else by what it records.
    fn unplayed(&self, step: &Step, bad: &Outcome, before: usize) -> String {
        match blame::failed(&self.wire.transcript.exchanges[before..]) {
            Some((_, exchange, answer)) => {
                let (method, (collection, id)) = (exchange.request.method, address::of(&exchange.request.path));
                let collection = if collection == "groups" { "/Groups" } else { "/Users" };
                let path = if id.is_some() { format!("{collection}/…") } else { collection.to_owned() };
                format!("{}: {method} {path} answered {}", step.label, answer.status)
            }
            None => format!("{}: {}", step.label, outcome_line(bad)),
        }
    }

    fn judge_requests(&mut self, step: &Step, before: usize) {
        let sent = self.wire.transcript.exchanges[before..].iter().filter(|exchange| exchange.sender == Sender::Idp);
        let sent = u64::try_from(sent.count()).unwrap_or(u64::MAX);
        let wanted: Vec<u64> = step.expect.iter().filter_map(|expectation| expectation.requests).collect();
        if !wanted.is_empty() && !wanted.contains(&sent) {
            let mismatch = Mismatch::new("requests", wanted[0].to_string(), sent.to_string());
            self.report(step, Source::Expectation, vec![mismatch]);
        }
    }

    /// `expect` of an event is about the last answer of the step.
    fn judge_answer(&mut self, step: &Step, before: usize) -> Result<(), End> {
        let last =
            self.wire.transcript.exchanges[before..].iter().rev().find(|exchange| exchange.sender == Sender::Idp);
        let Some(Ok(response)) = last.map(|exchange| exchange.answer.clone()) else { return Ok(()) };
        if let Some(name) = &step.bind {
            self.values.capture(name, &response);
        }
        let unmet = self.unmet(&step.expect, &response)?;
        self.report(step, Source::Expectation, unmet);
        Ok(())
    }
}

/// Whom an event is about.
fn subjects(event: &Event) -> Vec<String> {
    match event {
        Event::Assign(people) | Event::Unassign(people) => people.clone(),
        Event::Change { person, .. }
        | Event::Disable(person)
        | Event::Enable(person)
        | Event::Suspend(person)
        | Event::Unsuspend(person)
        | Event::SoftDelete(person)
        | Event::Restore(person)
        | Event::HardDelete(person)
        | Event::OnDemand(person)
        | Event::Retry(person) => vec![person.clone()],
        Event::PushGroup(group)
        | Event::RenameGroup { group, .. }
        | Event::ChangeMembers { group, .. }
        | Event::PushMembers(group)
        | Event::DeleteGroup(group)
        | Event::UnlinkGroup(group) => vec![group.clone()],
        Event::TestConnection | Event::Cycle | Event::Restart { .. } | Event::Import => Vec::new(),
    }
}

/// `failed alice: …` for marks and reports.
fn outcome_line(outcome: &Outcome) -> String {
    let subject = outcome.subject.as_deref().map(|key| format!(" {key}")).unwrap_or_default();
    let message = if outcome.message.is_empty() { String::new() } else { format!(": {}", outcome.message) };
    format!("{}{subject}{message}", outcome.kind.name())
}
