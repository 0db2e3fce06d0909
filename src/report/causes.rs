//! Which broken rules follow from a more basic one, so that one defect is told as one cause.
//!
//! What follows from what stands in `fixtures/basics.yaml`. Besides, a rule
//! whose own scenario passes is broken only on the way of another one: it
//! follows from the cause that was found there. No verdict changes by this.
//!
//! Within one scenario the judge (`run::cause`) has already left out what follows from an answer of the wrong shape.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::words;
use crate::finding::{Severity, Source, Verdict};
use crate::http::{Exchange, Method, Response, percent};
use crate::run::{JudgedFinding, ScenarioResult};
use crate::scim::name;
use crate::yaml;

static BASICS: LazyLock<Vec<Basic>> = LazyLock::new(|| {
    yaml::read("basics.yaml", include_str!("../../fixtures/basics.yaml")).expect("a test reads the file")
});

/// Rules about who is let in, and to what.
const ABOUT_ACCESS: [&str; 2] = ["auth/*", "tenancy/*"];

/// One line of the file: a cause, and what follows from it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Basic {
    cause: String,
    #[serde(default)]
    follows: Vec<String>,
    requests: Option<Requests>,
    filter: Option<String>,
    subject: Option<String>,
    answer: Option<String>,
    #[serde(default)]
    attribute: bool,
    seen: Option<Seen>,
    #[serde(default)]
    alike: bool,
    #[serde(default)]
    same: bool,
}

/// Where a cause must have been found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Seen {
    /// At the same request.
    There,
    /// There, or at a request before it that wrote or asked for the same.
    Before,
}

/// What a finding must be about.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Requests {
    List,
    Post,
    Put,
    Patch,
    /// A PATCH whose operations are named with a capital letter, as Entra's are (ENTRA-Q01).
    Capital,
}

/// Where a broken rule was seen.
type Place<'a> = (&'a ScenarioResult, &'a JudgedFinding);
type Places<'a> = Vec<Place<'a>>;

/// The broken rules of a run that follow from others.
#[derive(Debug, Default)]
pub struct Causes {
    causes: BTreeMap<String, String>,
}

impl Causes {
    /// Of errors only: warnings are told as they are.
    pub fn of(results: &[ScenarioResult]) -> Self {
        let broken = Broken::of(results);
        let mut causes = BTreeMap::new();
        for (rule, places) in &broken.rules {
            let cause = broken.basic(rule, places).or_else(|| broken.on_the_way(rule, places));
            causes.extend(cause.map(|cause| ((*rule).to_owned(), cause.to_owned())));
        }
        Self { causes }
    }

    /// The cause that a rule follows from; `None` for one that is a cause of its own.
    pub fn cause(&self, rule: &str) -> Option<&str> {
        let mut cause = self.causes.get(rule)?;
        // As many steps as there are entries: more would be a circle.
        for _ in 0..self.causes.len() {
            match self.causes.get(cause) {
                Some(deeper) if deeper != rule => cause = deeper,
                _ => break,
            }
        }
        Some(cause)
    }
}

/// The broken rules of a run.
struct Broken<'a> {
    /// Each with where it was seen.
    rules: BTreeMap<&'a str, Places<'a>>,
    /// Those whose own scenario passes all the same.
    own_passes: BTreeSet<&'a str>,
}

impl<'a> Broken<'a> {
    fn of(results: &'a [ScenarioResult]) -> Self {
        let mut rules: BTreeMap<&str, Places> = BTreeMap::new();
        for result in results {
            let counts = |judged: &&JudgedFinding| judged.severity == Severity::Error && judged.accepted.is_none();
            for judged in result.findings.iter().filter(counts) {
                rules.entry(judged.finding.rule.as_str()).or_default().push((result, judged));
            }
        }
        let passed = results.iter().filter(|result| result.verdict == Verdict::Pass);
        let own_passes = passed
            .map(|result| result.scenario.as_str())
            .filter(|id| rules.get(id).is_some_and(|places| places.iter().all(|(seen, _)| seen.scenario != **id)))
            .collect();
        Self { rules, own_passes }
    }

    /// The first line of the file that explains every place of a rule.
    fn basic(&self, rule: &str, places: &Places<'_>) -> Option<&'a str> {
        let further_up = BASICS.iter().take_while(|basic| basic.cause != rule);
        further_up.filter(|basic| !self.own_passes.contains(basic.cause.as_str())).find_map(|basic| {
            let (cause, seen) = self.rules.get_key_value(basic.cause.as_str())?;
            let is_named = basic.follows.iter().any(|pattern| fits(pattern, rule));
            let explains = (is_named || basic.follows.is_empty())
                && places.iter().all(|place| basic.explains(rule, place, seen))
                && (!basic.alike || is_alike(places, seen));
            // What follows from something else explains only what it is named for: the rest is for that to explain.
            (explains && (is_named || self.basic(cause, seen).is_none())).then_some(*cause)
        })
    }

    /// Of a rule whose own scenario passes: the cause that was found wherever it was broken, not later.
    fn on_the_way(&self, rule: &str, places: &Places<'_>) -> Option<&'a str> {
        if !self.own_passes.contains(rule) {
            return None;
        }
        let mut others = self.rules.iter().filter(|(other, _)| **other != rule && !self.own_passes.contains(*other));
        // What a passive rule finds wrong with every answer, such as a header, is no reason for anything.
        let leads_to = |cause: &Place, place: &Place| cause.1.finding.source != Source::Passive && is_met(cause, place);
        let was_met =
            |(_, seen): &(&&str, &Places)| places.iter().all(|place| seen.iter().any(|cause| leads_to(cause, place)));
        others.find(was_met).map(|(cause, _)| *cause)
    }
}

/// Whether a cause was met where something else is broken: at the same request, or at one before that wrote or asked
/// for the same.
fn is_met(cause: &Place, place: &Place) -> bool {
    let (Some(met), Some(at)) = (cause.1.finding.place.exchange, place.1.finding.place.exchange) else {
        return is_same(cause.0, place.0);
    };
    let may_matter = || {
        let (earlier, later) = (words::exchange_of(cause.0, cause.1), words::exchange_of(place.0, place.1));
        let pair = earlier.zip(later).map(|(earlier, later)| (&earlier.request, &later.request));
        pair.is_some_and(|(earlier, later)| earlier.method.writes() || earlier.path == later.path)
    };
    is_same(cause.0, place.0) && (met == at || (met < at && may_matter()))
}

/// Refusals follow from a refusal only, and what should have been refused follows from nothing here.
fn is_alike(places: &Places<'_>, seen: &Places<'_>) -> bool {
    !places.iter().any(is_acceptance) && (seen.iter().any(is_refusal) || !places.iter().any(is_refusal))
}

/// A rule by name, or all whose names begin so: `filter/*`.
fn fits(pattern: &str, rule: &str) -> bool {
    pattern.strip_suffix('*').map_or_else(|| pattern == rule, |head| rule.starts_with(head))
}

/// What came instead, of a status the number alone.
fn got(judged: &JudgedFinding) -> &str {
    judged.finding.actual.split(':').next().unwrap_or_default()
}

/// Whether it is about a request that was refused, and should not have been.
fn is_refusal((result, judged): &Place) -> bool {
    let exchange = words::exchange_of(result, judged);
    let is_refused = |exchange: &Exchange| exchange.response().is_some_and(|answer| answer.status >= 400);
    judged.finding.subject == "status" && exchange.is_some_and(is_refused)
}

/// Whether it is about a request that was served, and should have been refused.
fn is_acceptance((result, judged): &Place) -> bool {
    let expected = &judged.finding.expected;
    let is_served = |exchange: &Exchange| exchange.response().is_some_and(Response::is_success);
    judged.finding.subject == "status"
        && !expected.is_empty()
        && expected.iter().all(|status| status.starts_with('4'))
        && words::exchange_of(result, judged).is_some_and(is_served)
}

fn is_same(one: &ScenarioResult, other: &ScenarioResult) -> bool {
    one.scenario == other.scenario && one.dialect == other.dialect
}

/// The attribute that a finding is about: of a list, that of its resources.
fn attribute(judged: &JudgedFinding) -> Option<&str> {
    let mut parts = judged.finding.subject.split(['.', '[', ']']).filter(|part| !part.is_empty());
    parts.find(|part| *part != "Resources" && !part.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Basic {
    /// Whether one place where a rule is broken follows from a cause that was seen elsewhere.
    fn explains(&self, rule: &str, place: &Place, seen: &Places<'_>) -> bool {
        let judged = place.1;
        // Whom a server lets in has nothing to do with what it then answers.
        let is_access = self.follows.is_empty() && ABOUT_ACCESS.iter().any(|pattern| fits(pattern, rule));
        let is_there = |cause: &Place| {
            let (met, at) = (cause.1.finding.place.exchange, judged.finding.place.exchange);
            is_same(cause.0, place.0) && (met == at || (at.is_none() && !is_access))
        };
        let is_seen = match self.seen {
            _ if is_access => seen.iter().any(is_there),
            Some(Seen::There) => seen.iter().any(is_there),
            Some(Seen::Before) => seen.iter().any(|cause| is_met(cause, place)),
            None => true,
        };
        let is_about_it = || !self.attribute || seen.iter().any(|(_, known)| attribute(known) == attribute(judged));
        is_seen
            && is_about_it()
            && match judged.finding.source {
                Source::Outcome => self.explains_outcome(place, seen),
                _ => self.explains_answer(place, seen),
            }
    }

    fn explains_answer(&self, (result, judged): &Place, seen: &Places<'_>) -> bool {
        let is_subject = |subject: &String| judged.finding.subject.split(['.', '[']).next() == Some(subject);
        self.subject.as_ref().is_none_or(is_subject)
            && (!self.same || seen.iter().any(|(_, known)| got(known) == got(judged)))
            && self.is_about(words::exchange_of(result, judged))
    }

    /// What an IdP makes of it all may come from any request that it sent for it.
    fn explains_outcome(&self, (result, judged): &Place, seen: &Places<'_>) -> bool {
        let status = |exchange: &Exchange| exchange.response().map(|answer| answer.status);
        let is_same = |sent: &Exchange| {
            let mut known = seen.iter().filter_map(|(result, known)| words::exchange_of(result, known));
            known.any(|known| status(known) == status(sent))
        };
        let step = judged.finding.place.step;
        let mut sent = result.transcript.exchanges.iter().filter(|exchange| Some(exchange.step) == step);
        sent.any(|sent| self.is_about(Some(sent)) && (!self.same || is_same(sent)))
    }

    /// Whether an exchange is such as this line speaks of.
    fn is_about(&self, exchange: Option<&Exchange>) -> bool {
        let has_status = |class: &String| {
            let status = exchange.and_then(Exchange::response).map(|answer| answer.status.to_string());
            status.is_some_and(|status| status.starts_with(class.trim_end_matches('x')))
        };
        self.answer.as_ref().is_none_or(has_status)
            && self.requests.is_none_or(|requests| exchange.is_some_and(|exchange| requests.fit(exchange)))
            && self.filter.as_ref().is_none_or(|text| exchange.is_some_and(|exchange| filters_by(exchange, text)))
    }
}

impl Requests {
    fn fit(self, exchange: &Exchange) -> bool {
        let request = &exchange.request;
        let is_collection = request.path.trim_matches('/').split('/').count() == 1;
        match self {
            Self::List => (request.method == Method::Get && is_collection) || request.path.ends_with("/.search"),
            Self::Post => request.method == Method::Post,
            Self::Put => request.method == Method::Put,
            Self::Patch => request.method == Method::Patch,
            Self::Capital => request.method == Method::Patch && request.json().is_some_and(|body| has_capitals(&body)),
        }
    }
}

fn has_capitals(patch: &Value) -> bool {
    let operations = name::get_in(patch, "Operations").and_then(Value::as_array);
    let mut ops = operations.into_iter().flatten().filter_map(|one| name::get_in(one, "op")?.as_str());
    ops.any(|op| op.starts_with(|letter: char| letter.is_ascii_uppercase()))
}

fn filters_by(exchange: &Exchange, text: &str) -> bool {
    let filter = exchange.request.parameter("filter").map(|filter| percent::decode(filter).replace('+', " "));
    filter.is_some_and(|filter| filter.contains(text))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::finding::{Finding, Place};
    use crate::http::{Headers, Request, Sender, Transcript};
    use crate::run::SnapshotState;

    /// A rule that is broken in its own scenario: its only request got this status, or left this value.
    fn broken(rule: &str, method: Method, status: u16, value: Option<&str>) -> ScenarioResult {
        let place = Place { scenario: rule.to_owned(), dialect: "plain".to_owned(), step: Some(0), exchange: Some(0) };
        let finding = Finding {
            rule: rule.to_owned(),
            source: Source::Expectation,
            place,
            subject: value.map_or_else(|| "status".to_owned(), str::to_owned),
            expected: Vec::new(),
            actual: value.map_or_else(|| format!("{status}: some words"), str::to_owned),
            evidence: None,
            count: 1,
        };
        let exchange = Exchange {
            step: 0,
            sender: Sender::Scenario,
            request: Request::new(method, "/Users"),
            answer: Ok(Arc::new(Response::new(status, Headers::new(), ""))),
            at: Duration::ZERO,
            elapsed: Duration::ZERO,
        };
        let judged = JudgedFinding {
            finding,
            severity: Severity::Error,
            accepted: None,
            strict: false,
            breaks: Vec::new(),
            title: String::new(),
            why: String::new(),
            line: 1,
            curl: None,
        };
        ScenarioResult {
            scenario: rule.to_owned(),
            title: String::new(),
            file: String::new(),
            dialect: "plain".to_owned(),
            verdict: Verdict::Fail,
            findings: vec![judged],
            snapshot: SnapshotState::NotCompared,
            differences: Vec::new(),
            steps: Vec::new(),
            outcomes: Vec::new(),
            compared: Vec::new(),
            transcript: Arc::new(Transcript { exchanges: vec![exchange], ..Transcript::default() }),
            elapsed: Duration::ZERO,
            virtual_elapsed: Duration::ZERO,
            leftovers: Vec::new(),
        }
    }

    #[test]
    fn only_the_same_status_follows_from_a_wrong_one() {
        let cause = |status| {
            let own = broken("create/status-201", Method::Post, 200, None);
            Causes::of(&[own, broken("create/duplicate-409", Method::Post, status, None)])
                .cause("create/duplicate-409")
                .map(str::to_owned)
        };
        assert_eq!(cause(200).as_deref(), Some("create/status-201"), "each POST is answered with 200");
        assert_eq!(cause(201), None, "that a duplicate is taken is another defect");
    }

    #[test]
    fn a_refusal_follows_from_no_value_that_was_stored_wrong() {
        let cause = |own| {
            let other = broken("patch/path-case", Method::Patch, 400, None);
            Causes::of(&[own, other]).cause("patch/path-case").map(str::to_owned)
        };
        let stored_twice = broken("patch/add-multi", Method::Patch, 200, Some("phoneNumbers.2"));
        assert_eq!(cause(stored_twice), None);
        let refused = broken("patch/add-multi", Method::Patch, 400, None);
        assert_eq!(cause(refused).as_deref(), Some("patch/add-multi"));
    }

    #[test]
    fn who_is_let_in_follows_from_no_answer_that_is_wrong_elsewhere() {
        let empty = broken("list/empty", Method::Get, 200, Some("Resources"));
        let cause = |rule| {
            let other = broken(rule, Method::Get, 200, None);
            Causes::of(&[empty.clone(), other]).cause(rule).map(str::to_owned)
        };
        assert_eq!(cause("filter/no-match").as_deref(), Some("list/empty"));
        assert_eq!(cause("auth/missing-401"), None);
    }

    #[test]
    fn what_goes_wrong_without_a_filter_follows_from_no_filter_that_is_ignored() {
        let ignored = broken("filter/never-ignored", Method::Get, 200, Some("Resources"));
        let cause = |query: Option<&str>| {
            let mut other = broken("list/total-results", Method::Get, 200, None);
            let mut transcript = Transcript::clone(&other.transcript);
            transcript.exchanges[0].request.query = query.map(str::to_owned);
            other.transcript = Arc::new(transcript);
            Causes::of(&[ignored.clone(), other]).cause("list/total-results").map(str::to_owned)
        };
        assert_eq!(cause(Some("filter=userName%20eq%20%22a%22")).as_deref(), Some("filter/never-ignored"));
        assert_eq!(cause(Some("startIndex=1")), None);
    }

    #[test]
    fn what_should_have_been_refused_follows_from_no_value_that_was_stored_wrong() {
        let mut served = broken("patch/unknown-op", Method::Patch, 200, None);
        served.findings[0].finding.expected = vec!["400".to_owned()];
        let stored_twice = broken("patch/add-multi", Method::Patch, 200, Some("phoneNumbers.2"));
        assert_eq!(Causes::of(&[stored_twice, served]).cause("patch/unknown-op"), None);
    }

    #[test]
    fn every_line_of_the_file_can_be_read_and_names_its_cause_once_in_a_row() {
        assert!(!BASICS.is_empty());
        let rows: Vec<&str> = BASICS.iter().map(|basic| basic.cause.as_str()).collect();
        let distinct: BTreeSet<&str> = rows.iter().copied().collect();
        let runs = rows.chunk_by(|one, next| one == next).count();
        assert_eq!(runs, distinct.len(), "lines of one cause stand together, so that \"further up\" has a meaning");
    }
}
