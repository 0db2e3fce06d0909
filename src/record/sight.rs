//! What is seen in the traffic: rules that the target breaks, habits of the IdP. Requests are looked at in the order in
//! which they began, whatever order their answers came in.

use std::collections::BTreeMap;

use super::exchange::Passed;
use super::mask::Mask;
use super::quirks::Habits;
use crate::finding::{Finding, Severity};
use crate::http::Transcript;
use crate::idp::Dialect;
use crate::rules::{Judge, Profile};
use crate::run::Standard;

/// So many exchanges wait for an earlier one, or for a sign that the target lives.
const PATIENCE: usize = 1_000;

/// A finding of a recording.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What deviates; values in it are masked.
    pub finding: Finding,
    /// How much that matters to this IdP.
    pub severity: Severity,
    /// What should hold.
    pub title: String,
    /// The request that showed it first: method and target, masked.
    pub request: String,
    /// Its number in the transcript, from 1.
    pub number: u64,
}

/// Looks at exchanges.
pub(super) struct Sight {
    /// By number; `None` for a request that was not passed on.
    waiting: BTreeMap<u64, Option<Box<Passed>>>,
    next: u64,
    base: String,
    judge: Judge,
    standard: Standard,
    /// Of each finding, the request that showed it first.
    first: Vec<(u64, String)>,
    pub(super) habits: Habits,
}

impl Sight {
    /// Has seen nothing. `base` is the target's base URL.
    pub(super) fn new(base: String, standard: Standard) -> Self {
        let judge = Judge::new("recording", "recorded");
        let (waiting, first, habits) = (BTreeMap::new(), Vec::new(), Habits::default());
        Self { waiting, next: 0, base, judge, standard, first, habits }
    }

    /// Takes in an exchange, or that there is none of this number; gives the positions of new findings.
    pub(super) fn add(&mut self, number: u64, passed: Option<Box<Passed>>) -> std::ops::Range<usize> {
        self.waiting.insert(number, passed);
        self.look(false)
    }

    /// Looks at what still waits: nothing more will come.
    pub(super) fn end(&mut self) -> std::ops::Range<usize> {
        self.look(true)
    }

    fn look(&mut self, is_end: bool) -> std::ops::Range<usize> {
        let known = self.first.len();
        loop {
            let goes_on = is_end || self.waiting.len() > PATIENCE;
            let Some(entry) = self.waiting.first_entry().filter(|entry| goes_on || *entry.key() == self.next) else {
                break;
            };
            let number = *entry.key();
            let is_unanswered = entry.get().as_ref().is_some_and(|passed| passed.exchange.answer.is_err());
            let answers_later =
                is_unanswered && self.waiting.values().flatten().any(|passed| passed.exchange.answer.is_ok());
            if is_unanswered && !answers_later && !goes_on {
                break; // that the target is down says nothing of it; that it answers others later does
            }
            self.next = number + 1;
            if let Some(passed) = self.waiting.remove(&number).flatten() {
                self.one(*passed, answers_later);
            }
        }
        known..self.first.len()
    }

    fn one(&mut self, passed: Passed, answers_later: bool) {
        self.habits.look(&passed);
        let line = format!("{} {}", passed.exchange.request.method, passed.exchange.request.target());
        let transcript = Transcript { base: self.base.clone(), exchanges: vec![passed.exchange], marks: Vec::new() };
        self.judge.look(&transcript, 0, answers_later);
        self.first.resize(self.judge.findings().len(), (passed.number + 1, line));
    }

    /// The finding at a position, as it counts now that so much is known of the IdP.
    pub(super) fn finding(&self, at: usize, mask: &Mask) -> Option<Seen> {
        let (mut finding, (number, line)) = (self.judge.findings().get(at)?.clone(), self.first.get(at)?);
        let family = self.habits.dialect().and_then(|dialect| match Dialect::parent(dialect) {
            "okta" => Some(Profile::Okta),
            "entra" => Some(Profile::Entra),
            _ => None,
        });
        finding.actual = mask.text(&finding.actual);
        finding.expected.iter_mut().for_each(|text| *text = mask.text(text));
        finding.evidence = None;
        let title = self.standard.catalogue.get(&finding.rule).map_or_else(String::new, |rule| rule.title.clone());
        let severity = self.standard.severity(&finding.rule, family);
        Some(Seen { severity, title, request: mask.text(line), number: *number, finding })
    }

    /// Everything found so far.
    pub(super) fn findings(&self, mask: &Mask) -> Vec<Seen> {
        (0..self.first.len()).filter_map(|at| self.finding(at, mask)).collect()
    }
}
