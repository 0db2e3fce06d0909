//! From what went over the wire to a [`Script`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::created;
use super::expected::{self, Asked};
use super::given::Preparation;
use super::minted::Values;
use super::script::{Call, Check, Script};
use super::text::{BASE, Text};
use crate::http::{
    Answer, Exchange, MASK, MarkKind, Method, Redactor, Request, Response, Sender, Transcript, own_fields,
};
use crate::idp::Directory;
use crate::scenario::{Admin, CredentialChoice, Scenario, StatusPattern, Verb};

/// Where the endpoint is said to be, as the one that answered was only there for a moment.
pub(super) const EXAMPLE_BASE: &str = "https://scim.example.com/scim/v2";

/// In the place of every password, also of those that a dialect makes up.
pub(super) const PASSWORD: &str = "Example-password-1";

/// No longer pause is really made; more than this is time that only the IdP lets pass.
const SHORT: Duration = Duration::from_secs(5);

/// Makes a script of a scenario that was played under a dialect. Of secrets the redactor knows none comes into it.
pub fn script(scenario: &Scenario, dialect: &str, transcript: &Transcript, redactor: &Redactor) -> Script {
    let mut directory = Directory::built_in();
    scenario.join(&mut directory, None);
    let builder = Builder { scenario, transcript, redactor };
    let mut story = Story::default();
    story.next.preparation = Preparation::of(&scenario.given, &directory);
    for (position, at) in builder.order().into_iter().enumerate() {
        for mark in transcript.marks.iter().filter(|mark| mark.after == position) {
            story.next.heed(&mark.kind, scenario, &directory);
        }
        let exchange = &transcript.exchanges[at];
        if exchange.sender != Sender::CleanUp && !is_weather(exchange) {
            story.go_on(builder.call(at, exchange));
        }
    }
    let (calls, clean_up) = story.end();
    Script { id: scenario.id.clone(), title: scenario.title.clone(), dialect: dialect.to_owned(), calls, clean_up }
}

/// The calls so far.
#[derive(Default)]
struct Story {
    calls: Vec<Call>,
    values: Values,
    next: Before,
}

/// What comes before the next call.
#[derive(Default)]
struct Before {
    preparation: Preparation,
    pause: Option<Duration>,
}

impl Before {
    /// What a mark means for the next call.
    fn heed(&mut self, mark: &MarkKind, scenario: &Scenario, directory: &Directory) {
        let verb = |step: usize| scenario.steps.get(step).map(|step| &step.verb);
        match mark {
            MarkKind::Step(step, label) => match verb(*step) {
                Some(Verb::Admin(Admin::CreateAccount(account))) => self.preparation.open(account, directory),
                Some(Verb::Admin(_)) => self.preparation.notes.push(format!("before this, {label}")),
                _ => {}
            },
            MarkKind::Wait(time, _) if *time <= SHORT => self.pause = Some(self.pause.unwrap_or_default() + *time),
            MarkKind::Wait(time, why) => {
                self.preparation.notes.push(format!("before this: {} pass ({why})", spoken(*time)));
            }
            MarkKind::Outcome(_) => {}
        }
    }
}

impl Story {
    /// One more call, with what must come before it.
    fn go_on(&mut self, mut call: Call) {
        let Before { preparation: Preparation { mut notes, requests }, pause } = std::mem::take(&mut self.next);
        for (request, answer) in requests {
            let statuses = expected::usual(request.method, answer.status);
            let (label, answer) = ("preparation".to_owned(), Ok(Arc::new(answer)));
            let (step, notes) = (call.step, std::mem::take(&mut notes));
            self.add(Call { step, label, notes, answer, statuses, is_look: true, ..self::call(request) });
        }
        call.notes.splice(0..0, notes);
        call.pause = pause;
        self.add(call);
    }

    fn add(&mut self, mut call: Call) {
        self.values.put_into(&mut call, &mut self.calls);
        let is_made = |value: &Value| value.as_str().is_some_and(|text| self.values.stand_in(text));
        call.checks.retain(|check| !matches!(check, Check::Equals(_, value) if is_made(value)));
        self.values.learn(self.calls.len(), &call);
        self.calls.push(call);
    }

    /// All calls, and those that remove again what they made, the newest first.
    fn end(mut self) -> (Vec<Call>, Vec<Call>) {
        let step = self.calls.last().map_or(0, |call| call.step + 1);
        let mut clean_up = Vec::new();
        for path in created::leftovers(&self.calls).iter().rev() {
            let request = Request::new(Method::Delete, path).with_header("Accept", "application/scim+json");
            // Whether it can be removed is no part of the scenario, so any answer will do.
            let mut call = Call { step, label: "clean up".to_owned(), ..call(request) };
            self.values.put_into(&mut call, &mut self.calls);
            clean_up.push(call);
        }
        // What is needed of a body is not in an answer without one.
        for call in self.calls.iter_mut().filter(|call| !call.checks.is_empty() || !call.captures.is_empty()) {
            call.statuses.retain(|pattern| *pattern != StatusPattern::Code(204));
        }
        (self.calls, clean_up)
    }
}

struct Builder<'a> {
    scenario: &'a Scenario,
    transcript: &'a Transcript,
    redactor: &'a Redactor,
}

impl Builder<'_> {
    /// Exchanges in the order in which they are sent again. Of requests that were sent at the same time those go first
    /// that were the first to be answered: one after the other the first wins.
    fn order(&self) -> Vec<usize> {
        let exchanges = &self.transcript.exchanges;
        let lost = |at: &usize| {
            let exchange = &exchanges[*at];
            let is_parallel = matches!(self.verb(exchange.step), Some(Verb::Parallel(_)));
            is_parallel && !exchange.response().is_some_and(Response::is_success)
        };
        let mut order: Vec<usize> = (0..exchanges.len()).collect();
        for step in order.chunk_by_mut(|one, other| exchanges[*one].step == exchanges[*other].step) {
            step.sort_by_key(lost);
        }
        order
    }

    fn verb(&self, step: usize) -> Option<&Verb> {
        self.scenario.steps.get(step).map(|step| &step.verb)
    }

    fn call(&self, at: usize, exchange: &Exchange) -> Call {
        let step = self.scenario.steps.get(exchange.step);
        let of_step = |other: &&Exchange| other.step == exchange.step && other.sender == exchange.sender;
        let place = self.transcript.exchanges[..at].iter().filter(of_step).count();
        let count = self.transcript.exchanges.iter().filter(of_step).count();
        let asked = match (step, self.refused_before(at)) {
            (_, Some(refused)) => Asked::unchanged_by(refused),
            (Some(step), None) => Asked::of(step, exchange.sender, place, count),
            (None, None) => Asked::default(),
        };
        let is_parallel = matches!(self.verb(exchange.step), Some(Verb::Parallel(_)));
        let credential = match self.verb(exchange.step) {
            Some(Verb::Request(raw)) if exchange.sender == Sender::Scenario => raw.credential,
            _ => CredentialChoice::Own,
        };
        let mut notes = Vec::new();
        if is_parallel && place == 0 {
            notes.push("the requests of this step were sent at the same time".to_owned());
        }
        if let Err(failure) = &exchange.answer {
            notes.push(format!("no answer came: {failure}"));
        }
        Call {
            step: exchange.step,
            label: step.map_or_else(|| "before the first step".to_owned(), |step| step.label.clone()),
            notes,
            credential,
            answer: self.answer(&exchange.answer),
            at: exchange.at,
            statuses: asked.statuses(exchange),
            checks: asked.checks(exchange),
            is_look: exchange.sender == Sender::Harness && exchange.request.method == Method::Get && !is_parallel,
            ..call(self.request(&exchange.request))
        }
    }

    /// The refused request after which the harness looks here whether it changed something.
    fn refused_before(&self, at: usize) -> Option<&Request> {
        let exchange = &self.transcript.exchanges[at];
        let step = self.scenario.steps.get(exchange.step)?;
        let before = at.checked_sub(1).and_then(|before| self.transcript.exchanges.get(before))?;
        let may_refuse = step.expect.iter().any(|expectation| expectation.refused);
        let is_look = exchange.sender == Sender::Harness && before.sender == Sender::Scenario;
        (may_refuse && is_look && before.step == exchange.step).then_some(&before.request)
    }

    fn request(&self, request: &Request) -> Request {
        Request {
            method: request.method,
            path: self.clean(&request.path),
            query: request.query.as_deref().map(|query| self.clean(query)),
            headers: request.headers.iter().map(|(name, value)| (name, self.clean(value))).collect(),
            body: request.body.as_deref().map(|body| self.clean(&String::from_utf8_lossy(body)).into()),
        }
    }

    fn answer(&self, answer: &Answer) -> Answer {
        let response = answer.as_ref().map_err(Clone::clone)?;
        // With another address in it the body has another length.
        let kept = response.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-length"));
        let headers = kept.map(|(name, value)| (name, self.clean(value))).collect();
        let body = self.clean(&String::from_utf8_lossy(&response.body));
        Ok(Arc::new(Response::new(response.status, headers, body)))
    }

    /// Text without secrets, and without the address of the server that was there for a moment.
    fn clean(&self, text: &str) -> String {
        self.redactor.mask(text).replace(MASK, PASSWORD).replace(&self.transcript.base, EXAMPLE_BASE)
    }
}

/// A call of which nothing is known but the request.
fn call(request: Request) -> Call {
    let text = |text: &str| {
        let mut text = Text::new(text);
        text.replace(EXAMPLE_BASE, BASE);
        text
    };
    Call {
        step: 0,
        label: String::new(),
        notes: Vec::new(),
        pause: None,
        credential: CredentialChoice::Own,
        target: text(&request.target()),
        headers: own_fields(&request.headers).map(|(name, value)| (name.to_owned(), text(value))).collect(),
        body: request.body.as_deref().map(|body| text(&String::from_utf8_lossy(body))),
        answer: Ok(Arc::default()),
        at: Duration::ZERO,
        statuses: Vec::new(),
        checks: Vec::new(),
        captures: Vec::new(),
        is_look: false,
        request,
    }
}

/// A target that was busy, and was asked again.
fn is_weather(exchange: &Exchange) -> bool {
    let status = exchange.response().map(|response| response.status);
    exchange.sender == Sender::Harness && matches!(status, Some(429 | 503))
}

fn spoken(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}
