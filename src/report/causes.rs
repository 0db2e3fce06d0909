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

use super::words;
use crate::finding::{Severity, Source, Verdict};
use crate::http::{Exchange, Method, percent};
use crate::run::{JudgedFinding, ScenarioResult};
use crate::yaml;

static BASICS: LazyLock<Vec<Basic>> = LazyLock::new(|| {
    yaml::read("basics.yaml", include_str!("../../fixtures/basics.yaml")).expect("a test reads the file")
});

/// One line of the file: a cause, and what follows from it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "a line of a data file: each is a condition that may stand there")]
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
    #[serde(default)]
    seen: bool,
    #[serde(default)]
    alike: bool,
    #[serde(default)]
    same: bool,
}

/// What a finding must be about.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Requests {
    List,
    Post,
    Put,
    Patch,
}

/// Where a broken rule was seen.
type Places<'a> = Vec<(&'a ScenarioResult, &'a JudgedFinding)>;

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
            let is_named = basic.follows.is_empty() || basic.follows.iter().any(|pattern| fits(pattern, rule));
            let is_explained = |(result, judged): &(&ScenarioResult, &JudgedFinding)| {
                let is_seen = !basic.seen || seen.iter().any(|(known, _)| is_same(known, result));
                let is_outcome = judged.finding.source == Source::Outcome;
                let is_same = !basic.same || is_outcome || seen.iter().any(|(_, known)| got(known) == got(judged));
                let is_about_it =
                    || !basic.attribute || seen.iter().any(|(_, known)| attribute(known) == attribute(judged));
                is_seen && is_same && is_about_it() && basic.fits(result, judged)
            };
            let is_refused = |places: &Places| places.iter().any(|(result, judged)| is_refusal(result, judged));
            let is_alike = || !basic.alike || is_refused(seen) || !is_refused(places);
            (is_named && places.iter().all(is_explained) && is_alike()).then_some(*cause)
        })
    }

    /// Of a rule whose own scenario passes: the cause that was found in a scenario in which it was broken too.
    fn on_the_way(&self, rule: &str, places: &Places<'_>) -> Option<&'a str> {
        if !self.own_passes.contains(rule) {
            return None;
        }
        let mut others = self.rules.iter().filter(|(other, _)| **other != rule && !self.own_passes.contains(*other));
        let was_met = |(_, seen): &(&&str, &Places)| {
            places.iter().any(|(result, _)| seen.iter().any(|(known, _)| is_same(known, result)))
        };
        others.find(was_met).map(|(cause, _)| *cause)
    }
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
fn is_refusal(result: &ScenarioResult, judged: &JudgedFinding) -> bool {
    let exchange = words::exchange_of(result, judged);
    let is_refused = |exchange: &Exchange| exchange.response().is_some_and(|answer| answer.status >= 400);
    judged.finding.subject == "status" && exchange.is_some_and(is_refused)
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
    fn fits(&self, result: &ScenarioResult, judged: &JudgedFinding) -> bool {
        // What an IdP makes of it all is about no single request.
        if judged.finding.source == Source::Outcome {
            return true;
        }
        let exchange = words::exchange_of(result, judged);
        let has_status = |class: &String| {
            let status = exchange.and_then(Exchange::response).map(|answer| answer.status.to_string());
            status.is_some_and(|status| status.starts_with(class.trim_end_matches('x')))
        };
        let is_about = |subject: &String| judged.finding.subject.split(['.', '[']).next() == Some(subject);
        self.subject.as_ref().is_none_or(is_about)
            && self.answer.as_ref().is_none_or(has_status)
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
        }
    }
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
    use crate::http::{Headers, Request, Response, Sender, Transcript};
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
    fn every_line_of_the_file_can_be_read_and_names_its_cause_once_in_a_row() {
        assert!(!BASICS.is_empty());
        let rows: Vec<&str> = BASICS.iter().map(|basic| basic.cause.as_str()).collect();
        let distinct: BTreeSet<&str> = rows.iter().copied().collect();
        let runs = rows.chunk_by(|one, next| one == next).count();
        assert_eq!(runs, distinct.len(), "lines of one cause stand together, so that \"further up\" has a meaning");
    }
}
