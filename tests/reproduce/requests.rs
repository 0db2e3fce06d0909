//! The requests behind each incident are those of the manifest.

use std::collections::{BTreeMap, BTreeSet};

use scimulator::logs::diagnosis::Language;
use scimulator::logs::readers::Options;
use scimulator::logs::report::{View, why};
use scimulator::logs::ticket::{Finding, Ticket};
use scimulator::run::glob;
use serde::Deserialize;

use crate::manifest::{Incident, MANIFEST, folder};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Looser {
    how: How,
    why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum How {
    Omits,
    Repeats,
    AnotherCall,
}

/// `METHOD target status`; what the manifest writes as unknown fits anything.
fn stated(incident: &Incident) -> Vec<String> {
    let line = |request: &crate::manifest::Request| {
        let path = request.path.replace("{unknown}", "*").replace("{random uuid}", "*");
        format!("{} {path} {}", request.method, request.status.map(|status| status.to_string()).unwrap_or_default())
    };
    incident.requests.iter().map(line).collect()
}

fn inferred(file: &str, ticket: &Ticket, incident: &Incident) -> Vec<String> {
    let view = View::of(ticket, Language::English);
    let at = index(ticket, incident).unwrap_or_else(|| panic!("{file}: {} is not found", incident.id));
    view.incidents[at].requests.iter().map(|line| format!("{} {}", line.request, line.status)).collect()
}

fn index(ticket: &Ticket, incident: &Incident) -> Option<usize> {
    let is_it = |finding: &Finding| {
        finding.incident.symptom.as_str() == incident.symptom && finding.incident.subject == incident.subject
    };
    ticket.findings.iter().position(is_it)
}

/// Each line of `few` fits one of `many`, in order.
fn is_among(few: &[String], many: &[String], fits: impl Fn(&str, &str) -> bool) -> bool {
    let mut rest = many.iter();
    few.iter().all(|line| rest.any(|other| fits(line, other)))
}

fn same(stated: &[String], inferred: &[String]) -> bool {
    stated.len() == inferred.len() && is_among(stated, inferred, glob)
}

/// Collection and status of the last request.
fn last(lines: &[String]) -> Option<(&str, &str)> {
    let line = lines.last()?;
    let collection = if line.contains("/Groups") { "/Groups" } else { "/Users" };
    Some((collection, line.rsplit(' ').next()?))
}

#[test]
fn every_incident_has_the_requests_of_the_manifest() {
    let looser: BTreeMap<String, Looser> = serde_saphyr::from_str(include_str!("looser.yaml")).unwrap();
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for sample in &MANIFEST.samples {
        let ticket = Ticket::read(&[folder().join(&sample.file)], None, &Options::default(), |_| {}).unwrap();
        for incident in &sample.incidents {
            let (stated, inferred) = (stated(incident), inferred(&sample.file, &ticket, incident));
            seen.insert(incident.id.clone());
            let entry = looser.get(&incident.id);
            let holds = match entry.map(|looser| looser.how) {
                None => same(&stated, &inferred),
                // An entry that is not needed any more is wrong as well.
                Some(_) if same(&stated, &inferred) => false,
                Some(How::Omits) => is_among(&stated, &inferred, glob),
                Some(How::Repeats) => {
                    !inferred.is_empty() && is_among(&inferred, &stated, |inferred, stated| glob(stated, inferred))
                }
                Some(How::AnotherCall) => last(&stated) == last(&inferred),
            };
            if !holds {
                let why = entry.map(|looser| looser.why.as_str()).unwrap_or_default();
                wrong.push(format!("{} {why}\n  stated   {stated:#?}\n  inferred {inferred:#?}", incident.id));
            }
        }
    }
    wrong.extend(looser.keys().filter(|id| !seen.contains(*id)).map(|id| format!("{id} is no incident")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_request_names_its_record_and_the_words_of_its_rule() {
    for sample in &MANIFEST.samples {
        let ticket = Ticket::read(&[folder().join(&sample.file)], None, &Options::default(), |_| {}).unwrap();
        for finding in &ticket.findings {
            for language in [Language::English, Language::Spanish] {
                for line in why(&finding.incident, language) {
                    assert!(line.record.contains(':'), "{}: {line:?}", sample.file);
                    assert!(!line.sent[1].is_empty() && !line.got[1].is_empty(), "{}: {line:?}", sample.file);
                }
            }
        }
    }
}
