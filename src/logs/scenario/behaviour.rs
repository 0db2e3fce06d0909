//! How the embedded server is made to fail as the customer's endpoint did (`fixtures/diagnosis/behaviours.yaml`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::logs::diagnosis::CAUSES;
use crate::run::glob;

/// One way to fail: behaviours and faults that are switched on together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Candidate {
    /// Behaviours, `NAME=ARGUMENT`.
    pub behave: Vec<String>,
    /// Faults, by the id of a rule.
    pub faults: Vec<String>,
}

static CANDIDATES: LazyLock<BTreeMap<String, Vec<Candidate>>> = LazyLock::new(|| {
    serde_saphyr::from_str(include_str!("../../../fixtures/diagnosis/behaviours.yaml"))
        .expect("a test reads the behaviours")
});

/// What the evidence has for the braces of the file, by name.
pub(super) type Facts = BTreeMap<&'static str, String>;

/// The ways to fail that fit a cause, the likeliest first; then those of other causes of the same symptom. None where
/// the cause needs no failure of the endpoint.
pub(super) fn candidates(cause: &str, symptom: &str, facts: &Facts) -> Vec<Candidate> {
    if CANDIDATES.get(cause).is_some_and(Vec::is_empty) {
        return Vec::new();
    }
    // The cause that fits anything tells nothing about another one.
    let is_special = |symptom: &&String| *symptom != "*";
    let others = CAUSES.iter().filter(|other| {
        other.id != cause && other.symptoms.iter().filter(is_special).any(|known| glob(known, symptom))
    });
    let causes = [cause].into_iter().chain(others.map(|other| other.id.as_str()));
    let mut found: Vec<Candidate> = Vec::new();
    for candidate in causes.filter_map(|id| CANDIDATES.get(id)).flatten().filter_map(|known| filled(known, facts)) {
        if !found.contains(&candidate) {
            found.push(candidate);
        }
    }
    found
}

/// The candidate with the evidence in it; `None` when that is not there.
fn filled(known: &Candidate, facts: &Facts) -> Option<Candidate> {
    let fill = |text: &String| {
        let filled = facts.iter().fold(text.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
        (!filled.contains('{')).then_some(filled)
    };
    Some(Candidate {
        behave: known.behave.iter().map(fill).collect::<Option<_>>()?,
        faults: known.faults.iter().map(fill).collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_says_how_it_is_played() {
        for cause in CAUSES.iter() {
            assert!(CANDIDATES.contains_key(&cause.id), "{}", cause.id);
        }
        for cause in CANDIDATES.keys() {
            assert!(CAUSES.iter().any(|known| known.id == *cause), "{cause} is no cause");
        }
    }
}
