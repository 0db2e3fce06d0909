//! What people paste into tickets: whatever stands around it, the failure is found, and nobody is named by what goes out.

use std::path::PathBuf;
use std::sync::LazyLock;

use scimulator::logs::detect::detect;
use scimulator::logs::input::{LogFile, open};
use scimulator::logs::readers::{Options, read};
use scimulator::logs::redact::{Key, Mode, Pseudonyms, Wishes, redact, vocabulary};
use scimulator::logs::ticket::Ticket;
use serde::Deserialize;

use crate::manifest::folder;

/// `fixtures/logs/pasted/index.json`.
pub static PASTED: LazyLock<Vec<Pasted>> = LazyLock::new(|| {
    let index: Index = serde_json::from_slice(&std::fs::read(path("index.json")).unwrap()).unwrap();
    index.samples
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    #[allow(dead_code, reason = "for people")]
    note: String,
    samples: Vec<Pasted>,
}

/// One of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pasted {
    pub file: String,
    format: String,
    symptom: String,
    pub cause: String,
    /// What `reproduce` says; none where it is not known what it must say.
    #[allow(dead_code, reason = "the tests of reproductions read it")]
    pub verdict: Option<String>,
    /// What must be gone when it is redacted.
    pub personal: Vec<String>,
}

impl Pasted {
    /// What is still there of whom it names.
    pub fn left_in(&self, text: &str) -> Vec<&str> {
        let text = text.to_lowercase();
        self.personal.iter().filter(|value| text.contains(&value.to_lowercase())).map(String::as_str).collect()
    }
}

/// Where a file is.
pub fn path(file: &str) -> PathBuf {
    folder().join("pasted").join(file)
}

#[test]
fn every_file_is_in_the_index() {
    let files = std::fs::read_dir(path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let unknown: Vec<String> =
        files.filter(|name| name != "index.json" && !PASTED.iter().any(|pasted| pasted.file == *name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn the_failure_is_found_in_whatever_is_pasted() {
    let mut wrong = Vec::new();
    for pasted in PASTED.iter() {
        let ticket = Ticket::read(&[path(&pasted.file)], None, &Options::default(), |_| {}).unwrap();
        let format = ticket.files.first().map_or("unknown", |file| file.format.id());
        let found = ticket.findings.first();
        let symptom = found.map_or("nothing", |found| found.incident.symptom.as_str());
        let cause = found.map_or("nothing", |found| found.diagnosis.cause.id.as_str());
        if (format, symptom, cause) != (&pasted.format, &pasted.symptom, &pasted.cause) || ticket.findings.len() != 1 {
            wrong.push(format!("{}: {format}, {symptom}, {cause}, of {}", pasted.file, ticket.findings.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Bytes between two cuts: people stop copying anywhere, and every form of text has its own sharp edges.
const STRIDE: usize = 211;

#[test]
fn half_of_it_is_no_stumbling_block() {
    for pasted in PASTED.iter() {
        let whole = std::fs::read(path(&pasted.file)).unwrap();
        for at in (0..whole.len()).step_by(STRIDE) {
            for part in [&whole[..at], &whole[at..]] {
                let file = LogFile::in_memory("part", part).unwrap();
                let Some(format) = detect(&file) else { continue };
                read(&file, format, &Options::default(), &mut |_| {}).unwrap();
            }
        }
    }
}

#[test]
fn nobody_is_named_in_what_is_written_again() {
    let mut left = Vec::new();
    for pasted in PASTED.iter() {
        let file = open(&path(&pasted.file)).unwrap().remove(0);
        let files = [(file.clone(), detect(&file))];
        let words = vocabulary(&files, &Options::default(), Wishes::default()).unwrap();
        let pseudonyms = Pseudonyms::new(Key::from_bytes(&[7; 32]), Mode::Consistent, words);
        let mut out = Vec::new();
        redact(&file, &pseudonyms, &mut out).unwrap();
        let leak = pseudonyms.originals().check(&out).map(|leak| leak.to_string());
        let text = String::from_utf8(out).unwrap();
        left.extend(pasted.left_in(&text).into_iter().map(|value| format!("{}: {value}", pasted.file)));
        left.extend(leak.map(|leak| format!("{}: {leak}", pasted.file)));
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
}
