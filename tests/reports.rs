//! Reports of hand-made events: what people, pipelines and programs get to see.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

mod reports {
    pub mod told;
}

use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use scimulator::finding::{Finding, Place, Severity, Source, Verdict};
use scimulator::http::{
    Base, Exchange, Headers, Method, Redactor, Request, Response, Secret, Sender, Transcript, TransportFailure,
    curl_line,
};
use scimulator::idp::{Outcome, OutcomeKind};
use scimulator::report::{Output, ReportKind, ReportSettings, Verbosity, reporter};
use scimulator::run::{
    Accepted, Capability, Forecast, JudgedFinding, Known, Purpose, RunEvent, RunFooter, RunHeader, ScenarioResult,
    SnapshotDifference, SnapshotState, StepLine, Totals,
};
use serde_json::{Value, json};
use time::OffsetDateTime;

const TOKEN: &str = "tok-0123456789";
const PASSWORD: &str = "q7Zr2LxP";

fn redactor() -> Redactor {
    let redactor = Redactor::new();
    redactor.add(&Secret::new(TOKEN));
    redactor.add(&Secret::new(PASSWORD));
    redactor
}

/// The report of these events as it would be written.
fn report(kind: ReportKind, verbosity: Verbosity, events: &[RunEvent]) -> String {
    let (output, buffer): (Output, Arc<Mutex<Vec<u8>>>) = Output::memory();
    let settings = ReportSettings {
        redactor: redactor(),
        begun: OffsetDateTime::UNIX_EPOCH,
        width: 80,
        colour: false,
        progress: false,
        verbosity,
    };
    let mut reporter = reporter(kind, output, true, &settings);
    for event in events {
        reporter.event(event);
    }
    reporter.finish().unwrap();
    let bytes = buffer.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

fn terminal(events: &[RunEvent]) -> String {
    report(ReportKind::Terminal, Verbosity::Normal, events)
}

fn junit(events: &[RunEvent]) -> String {
    report(ReportKind::Junit, Verbosity::Normal, events)
}

fn base() -> Base {
    Base::parse("https://scim.example.com/v2").unwrap()
}

fn header(target: Option<&str>) -> RunEvent {
    RunEvent::Started(Box::new(RunHeader {
        version: "0.1.0",
        target: target.map(str::to_owned),
        has_token: true,
        dialects: vec!["okta".to_owned(), "entra".to_owned()],
        planned: 4,
        rules: 1,
        baseline: Purpose::Own,
        capabilities: Vec::new(),
        forecast: None,
        seed: 7,
        mark: "scimulator-7".to_owned(),
        faults: Vec::new(),
        behaviours: Vec::new(),
        repeat: "scimulator run --seed 7".to_owned(),
    }))
}

fn footer(exit_code: u8, totals: Totals) -> RunEvent {
    RunEvent::Finished(Box::new(RunFooter {
        totals,
        elapsed: Duration::from_millis(420),
        interrupted: false,
        exit_code,
        notes: Vec::new(),
    }))
}

fn finished(result: ScenarioResult) -> RunEvent {
    RunEvent::ScenarioFinished(Box::new(result))
}

fn exchange(step: usize, request: Request, status: u16, body: &Value) -> Exchange {
    let headers = Headers::from_iter([("content-type", "application/scim+json")]);
    Exchange {
        step,
        sender: Sender::Idp,
        request,
        answer: Ok(Arc::new(Response::new(status, headers, body.to_string()))),
        elapsed: Duration::from_millis(3),
        at: Duration::ZERO,
    }
}

fn passing(scenario: &str, dialect: &str) -> ScenarioResult {
    let create = Request::new(Method::Post, "/Users")
        .with_header("Authorization", format!("Bearer {TOKEN}"))
        .with_json(&json!({"userName": "alice", "password": PASSWORD}));
    let exchanges = vec![
        exchange(0, create, 201, &json!({"id": "1", "userName": "alice"})),
        exchange(1, Request::new(Method::Get, "/Users/1"), 200, &json!({"id": "1", "displayName": "Changed"})),
    ];
    ScenarioResult {
        scenario: scenario.to_owned(),
        title: "A new person gets an account".to_owned(),
        file: format!("scenarios/{scenario}.yaml"),
        dialect: dialect.to_owned(),
        verdict: Verdict::Pass,
        findings: Vec::new(),
        snapshot: SnapshotState::Same,
        differences: Vec::new(),
        steps: vec![
            StepLine { line: 4, label: "assign alice".to_owned() },
            StepLine { line: 6, label: "check alice".to_owned() },
        ],
        compared: Vec::new(),
        outcomes: vec![(
            0,
            Outcome {
                kind: OutcomeKind::Provisioned,
                subject: Some("alice".to_owned()),
                message: String::new(),
                code: None,
            },
        )],
        transcript: Arc::new(Transcript { base: base().as_str().to_owned(), exchanges, marks: Vec::new() }),
        elapsed: Duration::from_millis(12),
        virtual_elapsed: Duration::from_secs(2400),
        leftovers: Vec::new(),
    }
}

fn judged(rule: &str, scenario: &str, dialect: &str, severity: Severity) -> JudgedFinding {
    let patch = Request::new(Method::Patch, "/Users/1")
        .with_header("Content-Type", "application/scim+json")
        .with_json(&json!({"Operations": [{"op": "replace", "path": "displayName", "value": "Changed"}]}));
    JudgedFinding {
        finding: Finding {
            rule: rule.to_owned(),
            source: Source::Expectation,
            place: Place {
                scenario: scenario.to_owned(),
                dialect: dialect.to_owned(),
                step: Some(1),
                exchange: Some(1),
            },
            subject: "displayName".to_owned(),
            expected: vec!["\"Alice Cooper\"".to_owned()],
            actual: "\"Changed\"".to_owned(),
            evidence: Some(json!("Changed")),
            count: 1,
        },
        severity,
        accepted: None,
        strict: false,
        breaks: vec!["Okta".to_owned(), "Entra".to_owned()],
        title: "a failed PATCH changes nothing".to_owned(),
        why: "RFC 7644 §3.5.2: if one operation fails, the resource keeps its earlier state; an IdP that retries the \
              same PATCH would otherwise work on a half-changed account"
            .to_owned(),
        line: 14,
        curl: Some(curl_line(&base(), &patch, &redactor())),
    }
}

fn failing(scenario: &str, dialect: &str) -> ScenarioResult {
    let findings = vec![judged("patch/atomic", scenario, dialect, Severity::Error)];
    ScenarioResult {
        verdict: Verdict::Fail,
        findings,
        snapshot: SnapshotState::NotCompared,
        ..passing(scenario, dialect)
    }
}

fn failing_with_outcome(scenario: &str, dialect: &str) -> ScenarioResult {
    let mut result = failing(scenario, dialect);
    let outcome = Outcome {
        kind: OutcomeKind::Failed,
        subject: Some("alice".to_owned()),
        message: "Error while creating user alice: Conflict".to_owned(),
        code: None,
    };
    result.outcomes = vec![(1, outcome)];
    result
}

fn with_verdict(verdict: Verdict, scenario: &str, dialect: &str) -> ScenarioResult {
    ScenarioResult { verdict, snapshot: SnapshotState::NotCompared, ..passing(scenario, dialect) }
}

fn difference(allowed: bool) -> SnapshotDifference {
    SnapshotDifference {
        exchange: 0,
        request: "POST /Users".to_owned(),
        path: "body.displayName".to_owned(),
        expected: Some("\"Alice Cooper of the sales team in Berlin\"".to_owned()),
        actual: Some("\"Alice Cooper of the support team in Berlin\"".to_owned()),
        allowed,
    }
}

/// A run in which everything happens once.
fn mixed() -> Vec<RunEvent> {
    let mut second = failing("conflict/address", "entra");
    second.findings[0].finding.actual = String::from("\"Changed again\"");
    second.findings[0].breaks = vec!["Entra".to_owned()];
    let etag = judged("http/etag", "conflict/address", "entra", Severity::Warn);
    second.findings.push(JudgedFinding { strict: true, ..etag });
    let mut differing = passing("lifecycle/name", "okta");
    differing.verdict = Verdict::Fail;
    differing.snapshot = SnapshotState::Different;
    differing.differences = vec![difference(false), difference(true)];
    let skip = Verdict::Skipped("the target offers no `set-seats`".to_owned());
    let open = Verdict::Inconclusive("the user could not be created".to_owned());
    let totals = Totals { passed: 1, failed: 3, skipped: 1, inconclusive: 1, requests: 12, ..Totals::default() };
    vec![
        header(None),
        RunEvent::ScenarioStarted { scenario: "lifecycle/create".to_owned(), dialect: "okta".to_owned() },
        finished(passing("lifecycle/create", "okta")),
        finished(failing_with_outcome("lifecycle/return", "okta")),
        finished(second),
        finished(differing),
        finished(with_verdict(skip, "capacity/last-seat", "okta")),
        finished(with_verdict(open, "lifecycle/leave", "entra")),
        footer(1, totals),
    ]
}

fn all_pass() -> Vec<RunEvent> {
    let totals = Totals { passed: 1, requests: 2, ..Totals::default() };
    vec![header(None), finished(passing("lifecycle/create", "okta")), footer(0, totals)]
}

fn unreachable() -> Vec<RunEvent> {
    let cause = "cannot connect: Connection refused (os error 111)";
    let mut result = with_verdict(Verdict::Infrastructure(cause.to_owned()), "lifecycle/create", "okta");
    let failure = TransportFailure::Connect("Connection refused (os error 111)".to_owned());
    let exchange =
        Exchange { answer: Err(failure), ..exchange(0, Request::new(Method::Get, "/Users"), 200, &Value::Null) };
    result.transcript = Arc::new(Transcript { exchanges: vec![exchange], ..Transcript::default() });
    let totals = Totals { infrastructure: 1, requests: 1, ..Totals::default() };
    vec![header(Some("https://scim.example.com/v2")), finished(result), footer(3, totals)]
}

fn freedoms() -> Vec<RunEvent> {
    let mut result = passing("lifecycle/name", "okta");
    result.differences = vec![difference(true), difference(true)];
    let totals = Totals { passed: 1, requests: 2, ..Totals::default() };
    vec![header(Some("https://scim.example.com/v2")), finished(result), footer(0, totals)]
}

/// A target with its table of capabilities, and a finding that its owner accepts.
fn known_target() -> Vec<RunEvent> {
    let RunEvent::Started(mut header) = header(Some("https://scim.example.com/v2")) else { unreachable!() };
    let row = |name, offered, known| Capability { name, offered, most: None, known };
    header.capabilities = vec![
        row("patch", true, Known::Assumed),
        Capability { most: Some(200), ..row("filter", true, Known::Declared) },
        row("sort", false, Known::Declared),
        row("groups", true, Known::Probed),
    ];
    let (rate, time) = (Some("20/s".to_owned()), Duration::from_secs(100));
    header.forecast = Some(Forecast { skipped: 2, requests: 2000, rate, time });
    let mut result = passing("patch/atomic", "plain");
    result.findings = vec![JudgedFinding {
        accepted: Some(Accepted {
            reason: "two statements without a transaction (SCIM-198)".to_owned(),
            until: Some("2027-01-31".to_owned()),
            severity: Severity::Error,
        }),
        ..judged("patch/atomic", "patch/atomic", "plain", Severity::Info)
    }];
    let totals = Totals { passed: 1, requests: 2, ..Totals::default() };
    vec![RunEvent::Started(header), finished(result), footer(0, totals)]
}

/// Scenarios that pass, while every answer breaks a rule that none of them asks for.
fn in_passing() -> Vec<RunEvent> {
    let with_location = |scenario, dialect| {
        let mut judged = judged("create/location", scenario, dialect, Severity::Error);
        judged.finding.source = Source::Passive;
        ScenarioResult { findings: vec![judged], ..passing(scenario, dialect) }
    };
    let totals = Totals { passed: 3, in_passing: 1, requests: 6, ..Totals::default() };
    vec![
        header(Some("https://scim.example.com/v2")),
        finished(with_location("lifecycle/create", "okta")),
        finished(with_location("lifecycle/create", "entra")),
        finished(with_location("lifecycle/name", "okta")),
        footer(1, totals),
    ]
}

/// The same words wherever a target can put some.
fn hostile(text: &str) -> Vec<RunEvent> {
    let mut result = failing("lifecycle/create", "okta");
    result.title = String::from(text);
    result.leftovers = vec![format!("/Users/{text}")];
    let judged = &mut result.findings[0];
    judged.finding.subject = String::from(text);
    judged.finding.expected = vec![text.to_owned()];
    judged.finding.actual = format!("{text}{text}");
    judged.finding.evidence = Some(json!({ text: text }));
    judged.why = String::from(text);
    judged.curl = Some(text.to_owned());
    result.snapshot = SnapshotState::Different;
    result.differences = vec![SnapshotDifference {
        request: text.to_owned(),
        path: text.to_owned(),
        expected: None,
        actual: Some(text.to_owned()),
        ..difference(false)
    }];
    result.steps[0].label = String::from(text);
    result.outcomes[0].1.message = String::from(text);
    let answer = Response::new(400, Headers::from_iter([("x", text)]), text.to_owned());
    let mut exchange = exchange(0, Request::new(Method::Get, format!("/Users/{text}")), 400, &Value::Null);
    exchange.answer = Ok(Arc::new(answer));
    result.transcript = Arc::new(Transcript { exchanges: vec![exchange.clone(), exchange], ..Transcript::default() });
    let reasons = [
        Verdict::Skipped(text.to_owned()),
        Verdict::Inconclusive(text.to_owned()),
        Verdict::Infrastructure(text.to_owned()),
    ];
    let mut events = vec![header(None), finished(result)];
    events.extend(reasons.map(|verdict| finished(with_verdict(verdict, "lifecycle/leave", "okta"))));
    events.push(footer(1, Totals { failed: 1, ..Totals::default() }));
    events
}

fn approve(name: &str, text: &str) {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path("../snapshots/tests");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(format!("report-{name}"), text));
}

#[test]
fn people_see_every_kind_of_result() {
    approve("terminal-mixed", &terminal(&mixed()));
}

#[test]
fn people_see_a_pass_and_what_to_try_next() {
    approve("terminal-pass", &terminal(&all_pass()));
}

#[test]
fn people_see_why_a_target_could_not_be_tested() {
    approve("terminal-unreachable", &terminal(&unreachable()));
}

#[test]
fn freedoms_are_counted_and_listed_only_on_request() {
    approve("terminal-freedoms", &terminal(&freedoms()));
    approve("terminal-freedoms-verbose", &report(ReportKind::Terminal, Verbosity::Verbose, &freedoms()));
}

#[test]
fn people_see_what_a_target_offers_and_what_is_accepted() {
    approve("terminal-known-target", &terminal(&known_target()));
}

#[test]
fn pipelines_and_programs_see_them_too() {
    approve("junit-known-target", &junit(&known_target()));
    let json: Value = serde_json::from_str(&report(ReportKind::Json, Verbosity::Normal, &known_target())).unwrap();
    let filter = json!({"name": "filter", "offered": true, "most": 200, "known": "declared"});
    assert_eq!(json["run"]["capabilities"][1], filter);
    assert_eq!(json["run"]["forecast"]["requests"], 2000);
    assert_eq!(json["scenarios"][0]["findings"][0]["accepted"]["until"], "2027-01-31");
}

#[test]
fn a_rule_that_is_broken_in_passing_is_told_once_and_fails_no_scenario() {
    approve("terminal-in-passing", &terminal(&in_passing()));
    approve("junit-in-passing", &junit(&in_passing()));
}

#[test]
fn quiet_leaves_failures_and_the_verdict() {
    approve("terminal-quiet", &report(ReportKind::Terminal, Verbosity::Quiet, &mixed()));
}

#[test]
fn pipelines_see_every_kind_of_result() {
    approve("junit-mixed", &junit(&mixed()));
}

#[test]
fn pipelines_see_an_error_where_nothing_could_be_tested() {
    approve("junit-unreachable", &junit(&unreachable()));
}

#[test]
fn an_empty_run_still_writes_a_case() {
    approve("junit-empty", &junit(&[header(None), footer(4, Totals::default())]));
}

#[test]
fn hostile_bytes_are_shown_and_never_obeyed() {
    let events = hostile("\u{1b}[2J\u{7}]]>\u{202e}<b>&\u{0}\n\"'");
    approve("terminal-hostile", &terminal(&events));
    approve("junit-hostile", &junit(&events));
}

#[test]
fn programs_see_the_whole_run() {
    let document: Value = serde_json::from_str(&report(ReportKind::Json, Verbosity::Normal, &mixed())).unwrap();
    assert_eq!((&document["schema"], &document["result"]["exit_code"]), (&json!(1), &json!(1)));
    assert_eq!(document["scenarios"].as_array().unwrap().len(), 6);
    let first = &document["scenarios"][0];
    assert_eq!(first["transcript"]["exchanges"][0]["answer"]["status"], 201);
    assert_eq!(document["scenarios"][1]["findings"][0]["rule"], "patch/atomic");
}

fn is_copied(line: &str) -> bool {
    ["retry", "curl"].iter().any(|word| line.trim_start().starts_with(word))
}

#[test]
fn lines_for_people_fit_into_80_columns_unless_they_are_to_be_copied() {
    for events in [mixed(), all_pass(), unreachable(), freedoms(), in_passing()] {
        for line in terminal(&events).lines().filter(|line| !is_copied(line)) {
            assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
        }
    }
}

/// Attributes of every element of this name.
fn attributes(document: &str, element: &str) -> Vec<Vec<(String, String)>> {
    let mut reader = quick_xml::Reader::from_str(document);
    let mut found = Vec::new();
    loop {
        use quick_xml::events::Event;
        match reader.read_event().unwrap() {
            Event::Eof => return found,
            Event::Start(start) | Event::Empty(start) if start.name().as_ref() == element.as_bytes() => {
                let pairs = start.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
                    (name, attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap().into_owned())
                });
                found.push(pairs.collect());
            }
            _ => {}
        }
    }
}

fn number(attributes: &[(String, String)], name: &str) -> usize {
    attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.parse().unwrap()).unwrap()
}

fn is_well_formed_and_counts_agree(document: &str) {
    let count = |element| attributes(document, element).len();
    let root = &attributes(document, "testsuites")[0];
    let suites = attributes(document, "testsuite");
    for (name, element) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
    {
        assert_eq!(number(root, name), count(element), "{name} of the root");
        assert_eq!(suites.iter().map(|suite| number(suite, name)).sum::<usize>(), count(element), "{name} of suites");
    }
}

#[test]
fn names_of_cases_are_unique_within_their_class() {
    let document = junit(&mixed());
    let mut names: Vec<Vec<(String, String)>> = attributes(&document, "testcase");
    for pairs in &mut names {
        pairs.retain(|(key, _)| key == "classname" || key == "name");
    }
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn no_secret_reaches_a_report() {
    for kind in [ReportKind::Terminal, ReportKind::Junit, ReportKind::Json] {
        let text = report(kind, Verbosity::Verbose, &mixed());
        assert!(!text.contains(TOKEN) && !text.contains(PASSWORD), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_a_target_says_the_xml_is_well_formed(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        is_well_formed_and_counts_agree(&junit(&hostile(&String::from_utf8_lossy(&bytes))));
    }

    #[test]
    fn whatever_a_target_says_no_report_obeys_it(text in any::<String>()) {
        let shown = report(ReportKind::Terminal, Verbosity::Verbose, &hostile(&text));
        prop_assert!(shown.chars().all(|found| found == '\n' || !found.is_control()), "{shown:?}");
        let document: Value = serde_json::from_str(&report(ReportKind::Json, Verbosity::Normal, &hostile(&text))).unwrap();
        prop_assert_eq!(&document["schema"], 1);
    }
}
