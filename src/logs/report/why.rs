//! From a line of a log to each request: which record tells of it, and by which rule it is known.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::view::request_line;
use crate::logs::diagnosis::Language;
use crate::logs::incidents::Incident;
use crate::logs::infer::sequence;
use crate::logs::observation::Provenance;

/// One request and how it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Method and target, with the status of the answer.
    pub request: String,
    /// The record that tells of it: `file:record`; empty when none does.
    pub record: String,
    /// How the request is known: the name of the rule, and its words.
    pub sent: [String; 2],
    /// How the answer is known.
    pub got: [String; 2],
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    en: String,
    es: String,
}

static RULES: LazyLock<BTreeMap<String, Words>> = LazyLock::new(|| {
    serde_saphyr::from_str(include_str!("../../../fixtures/diagnosis/rules.yaml")).expect("a test reads the rules")
});

/// The requests of an incident, each with how it is known.
pub fn why(incident: &Incident, language: Language) -> Vec<Why> {
    let steps = sequence(incident).steps;
    steps
        .iter()
        .map(|step| {
            let line = request_line(step);
            Why {
                request: format!("{} → {}", line.request, if line.status.is_empty() { "?" } else { &line.status }),
                record: step.place.as_ref().map(|place| format!("{}:{}", place.file, place.record)).unwrap_or_default(),
                sent: known(step.sent, language),
                got: known(step.got, language),
            }
        })
        .collect()
}

/// The name of a rule and its words.
fn known(how: Provenance, language: Language) -> [String; 2] {
    let words = match (how, language) {
        (Provenance::Observed, Language::English) => "it stands in the log".to_owned(),
        (Provenance::Observed, Language::Spanish) => "consta en el registro".to_owned(),
        (Provenance::Parsed, Language::English) => "it was read out of a sentence of the log".to_owned(),
        (Provenance::Parsed, Language::Spanish) => "se leyó en una frase del registro".to_owned(),
        (Provenance::Inferred(rule) | Provenance::Defaulted(rule), language) => {
            let words = RULES.get(rule);
            let of = |words: &Words| match language {
                Language::English => words.en.clone(),
                Language::Spanish => words.es.clone(),
            };
            words.map(of).unwrap_or_default()
        }
    };
    [how.to_string(), words]
}
