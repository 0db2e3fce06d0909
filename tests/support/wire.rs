//! Request shapes against `fixtures/wire/`: an event is played on a scripted port, and what is sent must be what the
//! file says, byte for byte.

use std::collections::BTreeMap;

use scimulator::http::{Answer, Headers, Request, Response};
use scimulator::idp::{Event, Outcome};
use scimulator::scenario::{Verb, parse};
use scimulator::yaml;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Stage, line};

/// A file of shapes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WireFile {
    /// The dialect that is played.
    pub dialect: String,
    /// Sets of header fields by name, each `Name: value`, in order.
    pub headers: BTreeMap<String, Vec<String>>,
    /// Values to name with YAML anchors, used nowhere by themselves.
    #[serde(default)]
    #[allow(dead_code, reason = "holds anchors")]
    pub samples: Value,
    /// The shapes.
    pub cases: Vec<Case>,
}

/// One event with everything that is sent for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// Source ids of docs/idps.md.
    pub sources: Vec<String>,
    /// D stated by the vendor, L seen in a log, I inferred, R recalled; several joined by `/`.
    pub evidence: String,
    /// Knobs that differ from the dialect's file.
    #[serde(default)]
    pub knobs: Map<String, Value>,
    /// The first random number.
    #[serde(default)]
    pub random: Option<u64>,
    /// Events before, whose requests are not compared.
    #[serde(default)]
    pub before: Vec<Before>,
    /// The event, written as a step of a scenario.
    pub event: Value,
    /// What is sent for it, with the answers.
    pub exchanges: Vec<ExchangeFile>,
    /// The outcomes.
    pub outcomes: Vec<String>,
}

/// An event that only prepares.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Before {
    event: Value,
    #[serde(default)]
    answers: Vec<AnswerFile>,
}

/// A request with its answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeFile {
    send: String,
    headers: String,
    #[serde(default)]
    body: Option<String>,
    answer: AnswerFile,
}

/// What the target says.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerFile {
    status: u16,
    #[serde(default)]
    body: Option<Value>,
}

/// Plays every case of a file.
pub fn prove(name: &str) {
    let path = format!("{}/fixtures/wire/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let file: WireFile = yaml::read(name, &text).unwrap_or_else(|error| panic!("{error}"));
    assert!(!file.cases.is_empty(), "{name} has no cases");
    for case in &file.cases {
        prove_case(&file, case);
    }
}

fn prove_case(file: &WireFile, case: &Case) {
    let name = &case.name;
    assert!(!case.sources.is_empty(), "{name}: no source");
    assert!(case.evidence.split('/').all(|tag| ["D", "L", "I", "R"].contains(&tag)), "{name}: {}", case.evidence);
    let mut stage = Stage::new(&file.dialect, &Value::Object(case.knobs.clone()));
    for step in &case.before {
        stage.play(&event(&step.event), step.answers.iter().map(AnswerFile::answer));
        stage.sent();
    }
    stage.port.draw_first(case.random);
    let outcomes = stage.play(&event(&case.event), case.exchanges.iter().map(|exchange| exchange.answer.answer()));
    let expected: Vec<String> = case.exchanges.iter().map(|exchange| exchange.shape(file)).collect();
    let sent: Vec<String> = stage.port.requests.iter().map(shape).collect();
    assert_eq!(sent.join("\n\n"), expected.join("\n\n"), "{name}");
    let names = |outcomes: &[Outcome]| outcomes.iter().map(|one| one.kind.name().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&outcomes), case.outcomes, "{name}: {outcomes:?}");
}

/// A step of a scenario, as its reader sees it.
fn event(step: &Value) -> Event {
    let text = json!({ "title": "a step", "steps": [step] }).to_string();
    let scenario = parse("wire", "wire", &text, false).unwrap_or_else(|error| panic!("{error}: {step}"));
    match &scenario.steps[0].verb {
        Verb::Event(event) => event.clone(),
        other => panic!("{other:?} is no event"),
    }
}

impl AnswerFile {
    fn answer(&self) -> Answer {
        match &self.body {
            Some(body) => super::answer(self.status, body),
            None => Ok(std::sync::Arc::new(Response::new(self.status, Headers::new(), ""))),
        }
    }
}

impl ExchangeFile {
    fn shape(&self, file: &WireFile) -> String {
        let headers = file.headers.get(&self.headers).unwrap_or_else(|| panic!("no header set `{}`", self.headers));
        let body = self.body.as_deref().unwrap_or_default().trim_end();
        format!("{}\n{}\n{body}", self.send, headers.join("\n"))
    }
}

/// A request as the files write it: line, header fields, body.
fn shape(request: &Request) -> String {
    let headers: Vec<String> = request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let target = Request { body: None, ..request.clone() };
    let body = request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    format!("{}\n{}\n{body}", line(&target), headers.join("\n"))
}
