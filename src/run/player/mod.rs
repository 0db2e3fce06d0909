//! The player: plays the steps of one scenario under one dialect.
//!
//! It gets a wire, a directory and a dialect from the engine and gives back
//! what was seen ([`Played`]); the judge makes a verdict of it.

mod admin;
mod blame;
mod check;
mod event;
mod raw;
mod resource;
mod seats;
mod setup;

pub(super) use resource::{filtered, neutral, quoted};
pub(super) use setup::Disguise;

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::expect::{self, Mismatch};
use super::values::{Scope, Values};
use super::wire::Wire;
use crate::control::Action;
use crate::finding::{Finding, Place, Source};
use crate::http::{Answer, MarkKind, Response, Sender, Transcript};
use crate::idp::{Dialect, Directory, Halt, Outcome, Port as _, Waiting};
use crate::scenario::variables::{self, Unknown};
use crate::scenario::{Admin, Expectation, HeaderExpectation, Scenario, Step, Verb, names_dialect};

/// What the user alone can know about a target; nothing for the embedded server.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// Total seats.
    pub seats: Option<u32>,
    /// Seats in use before the run.
    pub seats_used: Option<u32>,
    /// Attribute values that every created user needs.
    pub user_attributes: serde_json::Map<String, Value>,
}

/// Why a scenario ended before its last step.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    /// A prerequisite failed.
    Inconclusive(String),
    /// A gate turned out to be closed.
    Skipped(String),
    /// The target cannot be tested.
    Infrastructure(String),
    /// Ctrl-C.
    Interrupted,
    /// The scenario itself is wrong: nothing to do with the target.
    Broken(String),
    /// A finding makes the rest pointless.
    Failed,
}

impl From<Unknown> for End {
    fn from(unknown: Unknown) -> Self {
        // A value is missing because an earlier answer lacked it, as a rule.
        Self::Inconclusive(unknown.to_string())
    }
}

impl From<Halt> for End {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Interrupted => Self::Interrupted,
            Halt::Stranger(_) | Halt::Unmarked(_) | Halt::TooManyRequests(_) => Self::Broken(halt.to_string()),
            Halt::WaitTooLong(_) => Self::Inconclusive(halt.to_string()),
            Halt::Silent | Halt::Journal(_) => Self::Infrastructure(halt.to_string()),
        }
    }
}

/// What was seen.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) transcript: Transcript,
    pub(super) findings: Vec<Finding>,
    pub(super) outcomes: Vec<(usize, Outcome)>,
    pub(super) end: Option<End>,
    pub(super) values: Values,
    pub(super) leftovers: Vec<String>,
    pub(super) virtual_elapsed: Duration,
    /// The scenario makes trouble on purpose: a failure of the transport is part of it.
    pub(super) makes_weather: bool,
}

/// Plays one scenario under one dialect.
pub(super) struct Player {
    pub(super) scenario: Arc<Scenario>,
    /// `okta`, `entra-scim2020`, …; `plain` for raw scenarios.
    pub(super) dialect_id: String,
    /// Its severity column: `okta`, `entra`, `rfc`.
    pub(super) family: &'static str,
    pub(super) dialect: Option<Dialect>,
    pub(super) directory: Directory,
    pub(super) wire: Wire,
    pub(super) disguise: Disguise,
    pub(super) knowledge: Arc<Knowledge>,
    /// PATCH is declared unsupported: a 501 to it is a closed gate, not a defect.
    pub(super) patch_unsupported: bool,
    pub(super) values: Values,
    pub(super) findings: Vec<Finding>,
    pub(super) outcomes: Vec<(usize, Outcome)>,
    /// What gives the IdP its access back, once a step took it away.
    pub(super) restore: Option<Action>,
    /// Steps that might have been left undecided, by whether they were.
    pub(super) proof: Proof,
}

/// How many steps that may prove nothing did prove something.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Proof {
    decided: u32,
    undecided: u32,
}

impl Player {
    /// Plays every step, then removes what was created.
    pub(super) async fn play(mut self) -> Played {
        let makes_weather = |step: &Step| matches!(&step.verb, Verb::Admin(Admin::Weather(_)));
        let makes_weather = self.scenario.steps.iter().any(makes_weather);
        self.wire.shows_weather = makes_weather;
        self.wire.is_plain = self.dialect.is_none();
        let end = self.play_steps().await.err();
        self.wire.sender = Sender::CleanUp;
        self.restore_access().await;
        let leftovers = self.wire.clean_up().await;
        let virtual_elapsed = self.wire.virtual_now();
        let Self { wire, findings, outcomes, values, .. } = self;
        let transcript = wire.transcript;
        Played { transcript, findings, outcomes, end, values, leftovers, virtual_elapsed, makes_weather }
    }

    async fn play_steps(&mut self) -> Result<(), End> {
        self.set_up().await?;
        let scenario = Arc::clone(&self.scenario);
        for (index, step) in scenario.steps.iter().enumerate() {
            if !names_dialect(step.only.as_deref(), &self.dialect_id, self.family) {
                continue;
            }
            self.wire.step = index;
            self.wire.mark(MarkKind::Step(index, step.label.clone()));
            self.play_step(step).await?;
        }
        match self.proof {
            Proof { decided: 0, undecided: 1.. } => {
                Err(End::Inconclusive("every answer was legal, and none proves anything".to_owned()))
            }
            _ => Ok(()),
        }
    }

    async fn play_step(&mut self, step: &Step) -> Result<(), End> {
        match &step.verb {
            Verb::Event(event) => self.play_event(step, event.clone()).await,
            Verb::Request(_) | Verb::Create(_) | Verb::Get(_) | Verb::Delete(_) => self.play_raw(step).await,
            Verb::Walk { target, page } => self.play_walk(step, target, *page).await,
            Verb::Parallel(steps) => self.play_parallel(step, steps).await,
            Verb::Admin(admin) => self.play_admin(step, admin).await,
            Verb::Check { resources, exact } => self.play_check(step, resources, exact).await,
            Verb::FillSeats(free) => self.fill_seats(*free).await,
            Verb::Wait(duration) => Ok(self.wire.wait(*duration, Waiting::Schedule("as the scenario asks")).await?),
        }
    }

    /// The collection that a key's resource is in.
    fn collection_of(&self, key: &str) -> &'static str {
        if self.directory.groups.contains_key(key) { "groups" } else { "users" }
    }

    /// A finding of this step, facts still to be filled in.
    fn finding(&self, step: &Step, source: Source) -> Finding {
        Finding {
            rule: step.rule_for(&self.dialect_id, self.family).unwrap_or(&self.scenario.id).to_owned(),
            source,
            place: Place {
                scenario: self.scenario.id.clone(),
                dialect: self.dialect_id.clone(),
                step: Some(self.wire.step),
                exchange: self.wire.transcript.exchanges.len().checked_sub(1),
            },
            subject: String::new(),
            expected: Vec::new(),
            actual: String::new(),
            evidence: None,
            count: 1,
        }
    }

    fn report(&mut self, step: &Step, source: Source, mismatches: Vec<Mismatch>) {
        for mismatch in mismatches {
            let finding = self.finding(step, source);
            self.findings.push(mismatch.into_finding(finding));
        }
    }

    /// Runs `resolve` with every value the scenario may use; ids it makes up become our own.
    fn with_scope<T>(&mut self, resolve: impl FnOnce(&Scope<'_>) -> T) -> T {
        let scope = Scope {
            values: &self.values,
            directory: &self.directory,
            mark: &self.disguise.mark,
            random: RefCell::new(&mut self.wire.random),
            made_up: RefCell::new(Vec::new()),
        };
        let result = resolve(&scope);
        for id in scope.made_up.into_inner() {
            self.wire.ownership.make_up(&id);
        }
        result
    }

    /// The expectation with its variables resolved.
    fn resolved(&mut self, expectation: &Expectation) -> Result<Expectation, Unknown> {
        self.with_scope(|scope| {
            let mut resolved = expectation.clone();
            resolved.body = expectation.body.as_ref().map(|body| variables::resolve(body, scope)).transpose()?;
            for (_, header) in &mut resolved.headers {
                if let HeaderExpectation::Equals(text) = header {
                    *text = variables::resolve_text(text, scope)?;
                }
            }
            Ok(resolved)
        })
    }

    /// Mismatches of the alternative that fits best; none when one fits.
    fn unmet(&mut self, alternatives: &[Expectation], response: &Response) -> Result<Vec<Mismatch>, End> {
        Ok(self.fit(alternatives, response)?.err().unwrap_or_default())
    }

    /// Ends the scenario when what the step takes for granted does not hold.
    fn assumed(&mut self, step: &Step, response: &Response) -> Result<(), End> {
        let Some(first) = self.unmet(&step.assume, response)?.into_iter().next() else { return Ok(()) };
        let (subject, expected, actual) = (first.subject, first.expected.join(" or "), first.actual);
        Err(End::Inconclusive(format!("{}: {subject} is {actual}, where {expected} was assumed", step.label)))
    }

    /// The first alternative that fits, or the mismatches of the one that fits best. No alternatives: no mismatches.
    fn fit<'e>(
        &mut self,
        alternatives: &'e [Expectation],
        response: &Response,
    ) -> Result<Result<&'e Expectation, Vec<Mismatch>>, End> {
        let mut best: Option<Vec<Mismatch>> = None;
        let mut statuses = Vec::new();
        for alternative in alternatives {
            let resolved = self.resolved(alternative)?;
            let found = expect::mismatches(&resolved, response, &self.disguise);
            if found.is_empty() {
                return Ok(Ok(alternative));
            }
            let about_status = found.iter().filter(|mismatch| mismatch.subject == "status");
            statuses.extend(about_status.flat_map(|mismatch| mismatch.expected.clone()));
            if best.as_ref().is_none_or(|best| best[0].subject == "status" || found.len() < best.len()) {
                best = Some(found);
            }
        }
        let mut best = best.unwrap_or_default();
        if let [only] = best.as_mut_slice()
            && only.subject == "status"
        {
            only.expected = statuses;
        }
        Ok(Err(best))
    }

    /// The response of a step that needs one; a transport failure ends the scenario.
    fn answered(answer: Answer, what: &str) -> Result<Arc<Response>, End> {
        answer.map_err(|failure| End::Inconclusive(format!("{what}: {failure}")))
    }
}
