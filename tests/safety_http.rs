//! No secret leaves and no hostile target gets through, whatever stands where in an exchange.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use scimulator::finding::{Finding, Place, Severity, Source, Verdict};
use scimulator::http::{
    Base, Exchange, Headers, Method, Redactor, Request, Response, Secret, Sender, Transcript, curl_line,
};
use scimulator::report::{Output, ReportKind, ReportSettings, Verbosity, reporter};
use scimulator::run::journal::{self, Journal};
use scimulator::run::{JudgedFinding, RunEvent, RunFooter, RunHeader, ScenarioResult, SnapshotState};
use serde_json::json;
use time::OffsetDateTime;

/// The forms in which a target may give a secret back.
fn copies(secret: &str) -> Vec<String> {
    let percent: String = secret.bytes().flat_map(|byte| format!("%{byte:02X}").chars().collect::<Vec<_>>()).collect();
    let unicode: String =
        secret.encode_utf16().flat_map(|unit| format!("\\u{unit:04x}").chars().collect::<Vec<_>>()).collect();
    vec![
        secret.to_owned(),
        percent.to_lowercase(),
        percent,
        unicode,
        STANDARD.encode(secret),
        STANDARD.encode(format!("user:{secret}")),
        URL_SAFE_NO_PAD.encode(format!("ab:{secret}:c")),
    ]
}

/// What of a copy could be turned back into the secret: the copy without characters that its neighbours share.
fn core(copy: &str) -> &str {
    copy.get(8..copy.len().saturating_sub(4)).unwrap_or_default()
}

fn judged(text: &str, redactor: &Redactor) -> JudgedFinding {
    let request = Request::new(Method::Post, format!("/Users/{text}"))
        .with_query(format!("filter={text}"))
        .with_header("X-Echo", text)
        .with_json(&json!({ "password": text, text: 1 }));
    JudgedFinding {
        finding: Finding {
            rule: "user/echo".to_owned(),
            source: Source::Passive,
            place: Place { scenario: "a/b".to_owned(), dialect: "okta".to_owned(), step: Some(0), exchange: Some(0) },
            subject: text.to_owned(),
            expected: vec![text.to_owned()],
            actual: json!(text).to_string(),
            evidence: Some(json!({ "password": text })),
            count: 1,
        },
        severity: Severity::Error,
        accepted: None,
        strict: false,
        breaks: Vec::new(),
        title: "a password is never returned".to_owned(),
        why: text.to_owned(),
        line: 1,
        curl: Some(curl_line(&Base::parse("https://example.com").unwrap(), &request, redactor)),
    }
}

/// A run whose target gives `text` back everywhere.
fn echoing(text: &str, redactor: &Redactor) -> Vec<RunEvent> {
    let request = Request::new(Method::Post, format!("/Users/{text}"))
        .with_header("Authorization", format!("Bearer {text}"))
        .with_json(&json!({ "password": text }));
    let headers = Headers::from_iter([("Location", text), (text, "x")]);
    let answer = Response::new(201, headers, json!({ "password": text, text: [text] }).to_string());
    let exchange = Exchange {
        step: 0,
        sender: Sender::Idp,
        request,
        answer: Ok(Arc::new(answer)),
        elapsed: Duration::ZERO,
        at: Duration::ZERO,
    };
    let result = ScenarioResult {
        scenario: "a/b".to_owned(),
        title: text.to_owned(),
        file: "scenarios/a/b.yaml".to_owned(),
        dialect: "okta".to_owned(),
        verdict: Verdict::Fail,
        findings: vec![judged(text, redactor)],
        snapshot: SnapshotState::NotCompared,
        differences: Vec::new(),
        steps: Vec::new(),
        compared: Vec::new(),
        outcomes: Vec::new(),
        transcript: Arc::new(Transcript { exchanges: vec![exchange], ..Transcript::default() }),
        elapsed: Duration::ZERO,
        virtual_elapsed: Duration::ZERO,
        leftovers: vec![text.to_owned()],
    };
    let header = RunHeader { repeat: format!("scimulator run {text}"), ..RunHeader::default() };
    let footer = RunFooter { notes: vec![text.to_owned()], exit_code: 1, ..RunFooter::default() };
    vec![
        RunEvent::Started(Box::new(header)),
        RunEvent::ScenarioFinished(Box::new(result)),
        RunEvent::Finished(Box::new(footer)),
    ]
}

fn all_reports(events: &[RunEvent], redactor: &Redactor) -> Vec<String> {
    let settings = ReportSettings {
        redactor: redactor.clone(),
        begun: OffsetDateTime::UNIX_EPOCH,
        width: 80,
        colour: false,
        progress: false,
        verbosity: Verbosity::Verbose,
    };
    let one = |(_, kind)| {
        let (output, buffer) = Output::memory();
        let mut reporter = reporter(kind, output, true, &settings);
        for event in events {
            reporter.event(event);
        }
        reporter.finish().unwrap();
        let bytes = buffer.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    };
    ReportKind::NAMES.map(one).to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_copy_of_a_secret_reaches_any_report(secret in "[A-Za-z0-9._~+/-]{16,48}") {
        let redactor = Redactor::new();
        redactor.add(&Secret::new(&secret));
        for copy in copies(&secret) {
            for text in all_reports(&echoing(&copy, &redactor), &redactor) {
                prop_assert!(!text.contains(&secret), "the secret itself, given as {copy}:\n{text}");
                prop_assert!(!text.contains(core(&copy)), "a copy: {copy}\n{text}");
            }
        }
    }
}

#[test]
fn a_secret_is_masked_before_a_path_is_taken_apart() {
    let redactor = Redactor::new();
    redactor.add(&Secret::new("first-half-of/second-half-of"));
    for text in all_reports(&echoing("first-half-of/second-half-of", &redactor), &redactor) {
        assert!(!text.contains("first-half-of"), "{text}");
    }
}

#[test]
fn a_secret_that_the_run_learns_late_is_masked_in_what_came_before() {
    let redactor = Redactor::new();
    let events = echoing("late-token-123", &redactor);
    redactor.add(&Secret::new("late-token-123"));
    for text in all_reports(&events, &redactor) {
        assert!(!text.contains("late-token-123"), "{text}");
    }
}

#[test]
fn the_journal_holds_no_credential() {
    let folder = tempfile::tempdir().unwrap();
    let base = Base::parse("https://example.com/scim?token=tok-0123456789").unwrap();
    let journal = Journal::open(folder.path(), "m", &base).unwrap();
    let intent = journal.intend(Method::Post, "/Users", Some("scimulator-alice")).unwrap();
    journal.created(intent, "/Users/1").unwrap();
    let text = std::fs::read_to_string(journal.path()).unwrap();
    assert!(!text.contains("tok-0123456789"), "{text}");
    assert_eq!(journal::read(journal.path()).unwrap().base, "https://example.com/scim");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_of_the_report_and_nothing_else() {
    let redactor = Redactor::new();
    let settings = ReportSettings {
        redactor: redactor.clone(),
        begun: OffsetDateTime::UNIX_EPOCH,
        width: 80,
        colour: false,
        progress: false,
        verbosity: Verbosity::Normal,
    };
    for (_, kind) in ReportKind::NAMES {
        let mut reporter = reporter(kind, Output::onto(std::fs::File::create("/dev/full").unwrap()), false, &settings);
        for event in echoing("x", &redactor) {
            reporter.event(&event);
        }
        let error = reporter.finish().unwrap_err();
        assert!(error.to_string().contains("No space left on device"), "{error}");
    }
}
