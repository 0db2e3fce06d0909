//! Incidents and their likely causes, sample by sample, as the manifest has them.

use scimulator::logs::readers::Options;
use scimulator::logs::ticket::Ticket;

use crate::manifest::{MANIFEST, folder};

#[test]
fn every_sample_gives_its_incidents() {
    let mut wrong = Vec::new();
    for sample in &MANIFEST.samples {
        let ticket = Ticket::read(&[folder().join(&sample.file)], None, &Options::default(), |_| {}).unwrap();
        let mut found: Vec<String> = ticket
            .findings
            .iter()
            .map(|finding| {
                format!("{} | {} | {}", finding.incident.symptom, finding.incident.subject, finding.diagnosis.cause.id)
            })
            .collect();
        let mut expected: Vec<String> = sample
            .incidents
            .iter()
            .map(|incident| format!("{} | {} | {}", incident.symptom, incident.subject, incident.scenario))
            .collect();
        found.sort_unstable();
        expected.sort_unstable();
        if found != expected {
            wrong.push(format!("{}\n  found    {found:#?}\n  expected {expected:#?}", sample.file));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
