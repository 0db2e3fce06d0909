//! Every incident is reproduced by its file, with personal data and without; and without the behaviour it is not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::binary::Binary;
use crate::manifest::{Incident, MANIFEST, Sample, folder};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    on: String,
    off: String,
    #[allow(dead_code, reason = "for people")]
    why: String,
}

/// Imports a sample; gives the folder.
fn import(binary: &Binary, sample: &Sample, redact: &str) -> PathBuf {
    let file = folder().join(&sample.file).display().to_string();
    let out = binary.folder().join(redact);
    let said = binary.run(&["import", &file, "--out", redact, "--redact", redact]);
    assert_eq!(said.code, 0, "{}: {}", sample.file, said.stderr);
    out
}

/// The file of an incident, found by symptom and cause in the order of the bundle.
fn file_of(out: &Path, sample: &Sample, incident: &Incident) -> Option<PathBuf> {
    let bundle: Value = serde_json::from_slice(&std::fs::read(out.join("bundle.json")).unwrap()).unwrap();
    let is_it = |found: &&Value| found["symptom"] == *incident.symptom && found["cause"] == *incident.scenario;
    let same = |other: &&Incident| other.symptom == incident.symptom && other.scenario == incident.scenario;
    assert_eq!(sample.incidents.iter().filter(same).count(), 1, "{}: two of a kind", incident.id);
    let incidents = bundle["incidents"].as_array().unwrap();
    let at = incidents.iter().position(|found| is_it(&found)).unwrap_or_else(|| panic!("{} is missing", incident.id));
    Some(out.join(format!("incident-{}.yaml", at + 1))).filter(|path| path.is_file())
}

/// The verdict that the page names, with the exit code that goes with it.
pub fn verdict(binary: &Binary, file: Option<&PathBuf>, flags: &[&str]) -> String {
    let Some(file) = file else { return "none".to_owned() };
    let said = binary.run(&[&["reproduce", &file.display().to_string()], flags].concat());
    let verdict = said.stdout.lines().find_map(|line| line.split_once("verdict: ")).map(|(_, verdict)| verdict);
    let verdict = verdict.unwrap_or_else(|| panic!("{said:#?}")).trim_end_matches("\u{1b}[0m").to_owned();
    let code = match &*verdict {
        "reproduced" => 0,
        "inconclusive" => 3,
        _ => 1,
    };
    assert_eq!(said.code, code, "{said:#?}");
    verdict
}

#[test]
fn every_incident_is_reproduced_with_its_behaviour_and_not_without() {
    let exceptions: BTreeMap<String, Exception> = serde_saphyr::from_str(include_str!("verdicts.yaml")).unwrap();
    let halves = MANIFEST.samples.chunks(MANIFEST.samples.len().div_ceil(2));
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let of_half = |samples: &'static [Sample]| {
            scope.spawn(|| samples.iter().flat_map(|s| of_sample(s, &exceptions)).collect())
        };
        let threads: Vec<_> = halves.map(of_half).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(|_| vec!["a thread panicked".to_owned()]))
            .collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn of_sample(sample: &Sample, exceptions: &BTreeMap<String, Exception>) -> Vec<String> {
    let binary = Binary::new();
    let outs = [import(&binary, sample, "consistent"), import(&binary, sample, "off")];
    let mut wrong = Vec::new();
    for incident in &sample.incidents {
        let (on, off) = exceptions
            .get(&incident.id)
            .map_or(("reproduced", "not-reproduced"), |exception| (&*exception.on, &*exception.off));
        for out in &outs {
            let file = file_of(out, sample, incident);
            let found = [verdict(&binary, file.as_ref(), &[]), verdict(&binary, file.as_ref(), &["--no-fault"])];
            if found != [on, off] {
                wrong.push(format!("{} {}: {found:?}, not {on}, {off}", incident.id, out.display()));
            }
        }
    }
    wrong
}

/// Words of the samples that nobody outside may read: names, mail domains, ids of people.
const PRIVATE: [&str; 14] = [
    "niamh",
    "harbourlane",
    "solway",
    "fatima",
    "zahra",
    "niguez",
    "hanako",
    "ayşe",
    "käthe",
    "größmann",
    "bjorn",
    "41d1a8f0-9c1e-4a6c-8d8f-5d3c0a9be771",
    "0b2c9f6e-0000-4000-8000-000000000022",
    "nordmann",
];

#[test]
fn nothing_of_a_person_is_in_what_is_written() {
    let binary = Binary::new();
    let said = binary.run(&["import", &folder().display().to_string(), "--out", "all"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let mut texts = vec![("what is printed".to_owned(), said.stdout)];
    for entry in std::fs::read_dir(binary.folder().join("all")).unwrap() {
        let path = entry.unwrap().path();
        texts.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
    }
    assert!(texts.len() > 20, "{} files", texts.len());
    for (name, text) in texts {
        let text = text.to_lowercase();
        for word in PRIVATE {
            let at = text.find(word);
            let around = at.map(|at| text.get(at.saturating_sub(60)..(at + 60).min(text.len())).unwrap_or_default());
            assert_eq!(around, None, "`{word}` is in {name}");
        }
    }
}

#[test]
fn the_raw_names_are_there_when_they_are_asked_for() {
    let binary = Binary::new();
    let file = folder().join("okta-syslog-01-create-conflict.json").display().to_string();
    binary.run(&["import", &file, "--out", "raw", "--redact", "off"]);
    let text = std::fs::read_to_string(binary.folder().join("raw/incident-1.yaml")).unwrap();
    assert!(text.contains("niamh.o'connor@harbourlane.example.org"), "{text}");
}
