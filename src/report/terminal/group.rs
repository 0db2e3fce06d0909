//! The same finding in several places, told once.

use crate::finding::Severity;
use crate::run::{JudgedFinding, ScenarioResult};

/// One finding and where else it was seen.
pub struct Group<'a> {
    /// The first place.
    pub result: &'a ScenarioResult,
    /// The finding there.
    pub judged: &'a JudgedFinding,
    /// The other places.
    pub also: Vec<(&'a ScenarioResult, &'a JudgedFinding)>,
    /// IdPs it breaks, of all places.
    pub breaks: Vec<&'a str>,
}

/// Findings of one severity, those with the same rule and subject together, in order of appearance.
pub fn group(results: &[ScenarioResult], severity: Severity) -> Vec<Group<'_>> {
    let mut groups: Vec<Group> = Vec::new();
    for result in results {
        for judged in result.findings.iter().filter(|judged| judged.severity == severity) {
            match groups.iter_mut().find(|group| is_same(group.judged, judged)) {
                Some(group) => group.join(result, judged),
                None => groups.push(Group::new(result, judged)),
            }
        }
    }
    groups
}

/// Values may differ, since each scenario has its own people; the rule and what it looks at may not.
fn is_same(one: &JudgedFinding, other: &JudgedFinding) -> bool {
    one.finding.rule == other.finding.rule && one.finding.subject == other.finding.subject
}

impl<'a> Group<'a> {
    fn new(result: &'a ScenarioResult, judged: &'a JudgedFinding) -> Self {
        let breaks = judged.breaks.iter().map(String::as_str).collect();
        Self { result, judged, also: Vec::new(), breaks }
    }

    fn join(&mut self, result: &'a ScenarioResult, judged: &'a JudgedFinding) {
        self.also.push((result, judged));
        for breaks in &judged.breaks {
            if !self.breaks.contains(&breaks.as_str()) {
                self.breaks.push(breaks);
            }
        }
    }
}
