//! A scenario from its first step to the clean-up.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use super::{End, Played, Player, lag};
use crate::finding::{Finding, Place, Source};
use crate::http::{Answer, MarkKind, Request, Response, Sender};
use crate::run::own::address;
use crate::run::player::expect::{self, Mismatch};
use crate::run::player::values::Scope;
use crate::scenario::variables::{self, Lookup as _, Unknown};
use crate::scenario::{Admin, Elements, Expectation, HeaderExpectation, Scenario, Step, Verb, names_dialect};
use crate::scim::is_assigned;

/// Most elements of a target's list for which a step is played.
const MAX_ELEMENTS: usize = 20;

/// How many steps that may prove nothing did prove something.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::run) struct Proof {
    pub(super) decided: u32,
    pub(super) undecided: u32,
}

impl Player {
    /// Plays every step, then removes what was created.
    pub(in crate::run) async fn play(mut self) -> Played {
        // What is to be seen again at a customer's request may be weather too.
        let makes_weather =
            |step: &Step| matches!(&step.verb, Verb::Admin(Admin::Weather(_))) || step.observed.is_some();
        let makes_weather = self.scenario.steps.iter().any(makes_weather);
        self.wire.shows_weather = makes_weather;
        self.wire.is_plain = self.dialect.is_none();
        self.wire.times.are_of_interest = lag::is_about_lateness(&self.scenario.id);
        let end = self.play_steps().await.err();
        self.wire.sender = Sender::CleanUp;
        // What comes back stands in the transcript.
        let _ = self.wire.ask_whether_it_is_there().await;
        self.restore_access().await;
        let leftovers = self.wire.clean_up().await;
        let virtual_elapsed = self.wire.virtual_now();
        let Self { wire, findings, compared, outcomes, values, .. } = self;
        let transcript = wire.transcript;
        Played { transcript, findings, compared, outcomes, end, values, leftovers, virtual_elapsed, makes_weather }
    }

    pub(super) async fn play_steps(&mut self) -> Result<(), End> {
        self.set_up().await?;
        let scenario = Arc::clone(&self.scenario);
        let mut ends = Vec::new();
        let parts = scenario.parts();
        for (number, part) in parts.iter().enumerate() {
            match self.play_part(&scenario, part.clone()).await {
                Err(end @ (End::Inconclusive(_) | End::Skipped(_))) if number > 0 => ends.push(end),
                played => played?,
            }
        }
        // A scenario of parts has a head and them; one without is a head alone.
        if !ends.is_empty() && ends.len() + 1 == parts.len() {
            return Err(ends.swap_remove(0));
        }
        match self.proof {
            Proof { decided: 0, undecided: 1.. } => {
                Err(End::Inconclusive("every answer was legal, and none proves anything".to_owned()))
            }
            _ => Ok(()),
        }
    }

    async fn play_part(&mut self, scenario: &Scenario, part: Range<usize>) -> Result<(), End> {
        for index in part {
            let step = &scenario.steps[index];
            if !names_dialect(step.only.as_deref(), &self.dialect_id, self.family) || self.gated.contains(&index) {
                continue;
            }
            match &step.for_each {
                None => self.play_if_it_applies(index, step).await?,
                Some((name, elements)) => {
                    for element in self.elements(elements) {
                        self.values.capture_value(name, element);
                        self.play_if_it_applies(index, step).await?;
                    }
                }
            }
        }
        Ok(())
    }

    async fn play_if_it_applies(&mut self, index: usize, step: &Step) -> Result<(), End> {
        if !self.applies(&step.when) {
            return Ok(());
        }
        self.wire.step = index;
        self.wire.mark(MarkKind::Step(index, step.label.clone()));
        self.play_step(step).await
    }

    /// What a step is played for; nothing where the variable is no list, or an element has no value.
    fn elements(&mut self, elements: &Elements) -> Vec<Value> {
        self.with_scope(|scope| match elements {
            Elements::Given(values) => {
                values.iter().filter_map(|value| variables::resolve(value, scope).ok()).collect()
            }
            Elements::Variable(name) => match scope.value(name) {
                Some(Value::Array(values)) => values.into_iter().take(MAX_ELEMENTS).collect(),
                _ => Vec::new(),
            },
        })
    }

    /// Whether everything learned so far is as a step's `when` has it.
    fn applies(&mut self, when: &[(String, Vec<Value>)]) -> bool {
        self.with_scope(|scope| {
            when.iter().all(|(name, accepted)| {
                let actual = scope.value(name).filter(is_assigned);
                accepted.iter().any(|wanted| is_wanted(actual.as_ref(), wanted, scope))
            })
        })
    }

    pub(super) async fn play_step(&mut self, step: &Step) -> Result<(), End> {
        match &step.verb {
            Verb::Event(event) => self.play_event(step, event.clone()).await,
            Verb::Request(_) | Verb::Create(_) | Verb::Get(_) | Verb::Delete(_) => self.play_raw(step).await,
            Verb::Walk(walk) => self.play_walk(step, walk).await,
            Verb::Load(load) => self.play_load(step, load).await,
            Verb::Parallel(steps) => self.play_parallel(step, steps).await,
            Verb::Admin(admin) => self.play_admin(step, admin).await,
            Verb::Check { resources, exact } => self.play_check(step, resources, exact).await,
            Verb::EachAttribute(each) => self.play_each_attribute(step, each).await,
            Verb::FillSeats(free) => self.fill_seats(*free).await,
            Verb::Wait(duration) => Ok(self.wire.pause(*duration).await?),
            Verb::Tick => Ok(self.wire.pause(self.tick()).await?),
        }
    }

    /// The collection that a key's resource is in.
    pub(super) fn collection_of(&self, key: &str) -> &'static str {
        if self.directory.groups.contains_key(key) { "groups" } else { "users" }
    }

    /// A finding of this step, facts still to be filled in.
    pub(super) fn finding(&self, step: &Step, source: Source) -> Finding {
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

    pub(super) fn report(&mut self, step: &Step, source: Source, mismatches: Vec<Mismatch>) {
        for mismatch in mismatches {
            let finding = self.finding(step, source);
            self.findings.push(mismatch.into_finding(finding));
        }
    }

    /// Runs `resolve` with every value the scenario may use; ids it makes up become our own.
    pub(super) fn with_scope<T>(&mut self, resolve: impl FnOnce(&Scope<'_>) -> T) -> T {
        let scope = Scope {
            values: &self.values,
            directory: &self.directory,
            mark: &self.disguise.mark,
            random: RefCell::new(&mut self.wire.random),
            knowledge: &self.knowledge,
            is_lean: self.is_lean,
            made_up: RefCell::new(Vec::new()),
        };
        let result = resolve(&scope);
        for id in scope.made_up.into_inner() {
            self.wire.ownership.make_up(&id);
        }
        result
    }

    /// The expectation with its variables resolved.
    pub(super) fn resolved(&mut self, expectation: &Expectation) -> Result<Expectation, Unknown> {
        self.with_scope(|scope| {
            let mut resolved = expectation.clone();
            resolved.body = expectation.body.as_ref().map(|body| variables::resolve(body, scope)).transpose()?;
            resolved.keeps = expectation.keeps.as_ref().map(|before| variables::resolve(before, scope)).transpose()?;
            for (_, value) in resolved.at.iter_mut().chain(&mut resolved.differs) {
                *value = variables::resolve(value, scope)?;
            }
            for (_, header) in &mut resolved.headers {
                if let HeaderExpectation::Equals(text) = header {
                    *text = variables::resolve_text(text, scope)?;
                }
            }
            Ok(resolved)
        })
    }

    /// Mismatches of the alternative that fits best; none when one fits.
    pub(super) fn unmet(&mut self, alternatives: &[Expectation], response: &Response) -> Result<Vec<Mismatch>, End> {
        Ok(self.fit(alternatives, response)?.err().unwrap_or_default())
    }

    /// Ends the scenario when what the step takes for granted does not hold.
    pub(super) fn assumed(&mut self, step: &Step, request: &Request, response: &Response) -> Result<(), End> {
        let Some(first) = self.unmet(&step.assume, response)?.into_iter().next() else { return Ok(()) };
        let (collection, _) = address::of(&request.path);
        if let Some(reason) = self.unoffered.withheld(collection, &first) {
            return Err(End::Skipped(reason));
        }
        let (subject, expected, actual) = (first.subject, first.expected.join(" or "), first.actual);
        Err(End::Inconclusive(format!("{}: {subject} is {actual}, where {expected} was assumed", step.label)))
    }

    /// The first alternative that fits, or the mismatches of the one that fits best. No alternatives: no mismatches.
    pub(super) fn fit<'e>(
        &mut self,
        alternatives: &'e [Expectation],
        response: &Response,
    ) -> Result<Result<&'e Expectation, Vec<Mismatch>>, End> {
        let mut best: Option<Vec<Mismatch>> = None;
        let mut statuses = Vec::new();
        for alternative in alternatives {
            let resolved = self.resolved(alternative)?;
            let mut found = expect::mismatches(&resolved, response, &self.disguise);
            found.retain(|mismatch| !self.unoffered.is_its_own(mismatch) && !self.is_foreign(mismatch));
            if found.is_empty() {
                return Ok(Ok(alternative));
            }
            let about_status = found.iter().filter(|mismatch| mismatch.subject == "status");
            for status in about_status.flat_map(|mismatch| &mismatch.expected) {
                if !statuses.contains(status) {
                    statuses.push(status.clone());
                }
            }
            // An alternative for another status is never nearer than one for this.
            let (other_status, count) = (found[0].subject == "status", found.len());
            let is_nearer = |best: &Vec<Mismatch>| best[0].subject == "status" || (!other_status && count < best.len());
            if best.as_ref().is_none_or(is_nearer) {
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
    pub(super) fn answered(answer: Answer, what: &str) -> Result<Arc<Response>, End> {
        answer.map_err(|failure| End::Inconclusive(format!("{what}: {failure}")))
    }
}

/// Whether a variable is as one of the values of a `when` has it.
fn is_wanted(actual: Option<&Value>, wanted: &Value, scope: &Scope<'_>) -> bool {
    let Ok(wanted) = variables::resolve(wanted, scope) else { return false };
    match wanted.as_str() {
        Some("absent") => actual.is_none(),
        Some("present") => actual.is_some(),
        _ => actual == Some(&wanted),
    }
}
