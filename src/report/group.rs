//! One broken rule, told once, however many places and values show it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::Causes;
use crate::finding::{Severity, Source};
use crate::run::{JudgedFinding, ScenarioResult};

/// One broken rule: the finding that shows it best, and the others.
pub struct Group<'a> {
    /// Where it shows best: the rule's own scenario, else the first place.
    pub result: &'a ScenarioResult,
    /// The finding there.
    pub judged: &'a JudgedFinding,
    /// The other findings.
    pub also: Vec<(&'a ScenarioResult, &'a JudgedFinding)>,
    /// Broken rules that follow from it.
    pub follow: Vec<&'a str>,
    /// IdPs it breaks, of all places.
    pub breaks: Vec<&'a str>,
    /// Scenarios, each with its dialect, that it was met in; those of what follows are among them.
    scenarios: BTreeSet<(&'a str, &'a str)>,
    /// How often it was met there.
    times: usize,
}

/// Errors by cause: what follows from another rule is named with that one.
///
/// What breaks most IdPs comes first, then what is met most: in that order it is worth mending.
pub fn causes(results: &[ScenarioResult]) -> Vec<Group<'_>> {
    let causes = Causes::of(results);
    let is_cause = |group: &Group| causes.cause(&group.judged.finding.rule).is_none();
    let (mut told, following): (Vec<Group>, Vec<Group>) =
        group(results, |judged| judged.severity == Severity::Error).into_iter().partition(is_cause);
    for group in following {
        let cause = causes.cause(&group.judged.finding.rule);
        match told.iter_mut().find(|known| Some(known.judged.finding.rule.as_str()) == cause) {
            Some(known) => known.lead(&group),
            None => told.push(group),
        }
    }
    told.sort_by_key(|group| Reverse((group.breaks.len(), group.scenarios.len(), group.times)));
    told
}

/// The findings that are meant, by rule, in order of appearance. What is accepted is told of by itself.
pub fn group(results: &[ScenarioResult], is_meant: impl Fn(&JudgedFinding) -> bool) -> Vec<Group<'_>> {
    let mut groups: Vec<Group> = Vec::new();
    for result in results {
        let is_told = |judged: &&JudgedFinding| is_meant(judged) && judged.accepted.is_none();
        for judged in result.findings.iter().filter(is_told) {
            match groups.iter_mut().find(|group| group.judged.finding.rule == judged.finding.rule) {
                Some(group) => group.join(result, judged),
                None => groups.push(Group::new(result, judged)),
            }
        }
    }
    groups
}

impl<'a> Group<'a> {
    fn new(result: &'a ScenarioResult, judged: &'a JudgedFinding) -> Self {
        let breaks = judged.breaks.iter().map(String::as_str).collect();
        let (scenarios, times) = (BTreeSet::new(), 0);
        let mut group = Self { result, judged, also: Vec::new(), follow: Vec::new(), breaks, scenarios, times };
        group.count(result, judged);
        group
    }

    fn count(&mut self, result: &'a ScenarioResult, judged: &JudgedFinding) {
        self.scenarios.insert((&result.scenario, &result.dialect));
        self.times += judged.finding.count as usize;
    }

    /// Takes in a rule that follows from this one.
    fn lead(&mut self, other: &Group<'a>) {
        self.follow.push(&other.judged.finding.rule);
        let new = other.breaks.iter().filter(|idp| !self.breaks.contains(idp)).copied();
        self.breaks.extend(new.collect::<Vec<_>>());
        self.scenarios.extend(&other.scenarios);
        self.times += other.times;
    }

    fn join(&mut self, result: &'a ScenarioResult, judged: &'a JudgedFinding) {
        self.count(result, judged);
        // What an IdP makes of an answer shows less than the answer itself.
        let shows = |result: &ScenarioResult, judged: &JudgedFinding| match judged.finding.source {
            _ if result.scenario == judged.finding.rule => 2,
            Source::Outcome => 0,
            _ => 1,
        };
        if shows(result, judged) > shows(self.result, self.judged) {
            self.also.insert(0, (self.result, self.judged));
            (self.result, self.judged) = (result, judged);
        } else {
            self.also.push((result, judged));
        }
        for breaks in &judged.breaks {
            if !self.breaks.contains(&breaks.as_str()) {
                self.breaks.push(breaks);
            }
        }
    }
}
