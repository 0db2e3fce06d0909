//! While the run is under way: the opening line, and a line for each scenario that ended.

use crate::finding::{Severity, Verdict};
use crate::http::{Exchange, Sender};
use crate::report::words;
use crate::run::{JudgedFinding, RunHeader, ScenarioResult, SnapshotState};

use super::style::{BAD, CALM, FAINT, STRONG, fit, of_verdict, paint, wrap};
use super::{Page, Verbosity};

/// Columns of a scenario's id; longer ones push the rest aside.
const ID: usize = 32;

/// Columns of a dialect's name.
const DIALECT: usize = 7;

/// Columns before the id, and before what belongs to a scenario.
const INDENT: usize = 6;

/// The most bytes of a body under `--verbose`.
const BODY: usize = 600;

/// What will be tested, with what.
pub fn opening(page: &Page, header: &RunHeader) -> String {
    if page.verbosity == Verbosity::Quiet {
        return String::new();
    }
    let target = header.target.as_deref().unwrap_or("the embedded reference server");
    let name = paint(STRONG, &format!("scimulator {}", header.version));
    let mut text = vec![format!("{name} → {}\n", page.safe.line(target))];
    text.push(paint(
        FAINT,
        &format!("{}, as {}, seed {}", words::planned(header), header.dialects.join(", "), header.seed),
    ));
    text.push("\n".to_owned());
    text.extend(header.forecast.as_ref().map(|forecast| format!("{}\n", words::forecast(forecast))));
    text.push(capabilities(page, header));
    if !header.faults.is_empty() {
        text.push(format!("broken on purpose: {}\n", page.safe.line(&header.faults.join(", "))));
    }
    if !header.behaviours.is_empty() {
        text.push(format!("behaves as asked: {}\n", page.safe.line(&header.behaviours.join(", "))));
    }
    text.push("\n".to_owned());
    text.concat()
}

/// What the target offers, in one block; nothing for the embedded server.
fn capabilities(page: &Page, header: &RunHeader) -> String {
    if header.capabilities.is_empty() {
        return String::new();
    }
    let rows: Vec<String> = header.capabilities.iter().map(words::capability).collect();
    let label = "capabilities";
    let table = wrap(&page.safe.line(&rows.join(" · ")), label.len() + 2, page.width);
    format!("{}  {table}\n", paint(CALM, label))
}

/// One scenario × dialect that ended, with the first thing that went wrong.
pub fn scenario(page: &Page, result: &ScenarioResult) -> String {
    let worth_telling = match result.verdict {
        Verdict::Fail | Verdict::Infrastructure(_) => true,
        Verdict::Pass | Verdict::Skipped(_) | Verdict::Inconclusive(_) => page.verbosity > Verbosity::Quiet,
    };
    if !worth_telling {
        return String::new();
    }
    let word = paint(of_verdict(&result.verdict), words::word(&result.verdict));
    let (id, dialect) = (page.safe.line(&result.scenario), &result.dialect);
    let detail = fit(&page.safe.line(&detail(result)), room(page));
    let mut text = vec![format!("{word}  {id:<ID$} {dialect:<DIALECT$} {detail}\n")];
    for reason in failure(result) {
        let line = fit(&page.safe.line(&reason), page.width.saturating_sub(INDENT));
        text.push(format!("{:INDENT$}{}\n", "", paint(BAD, &line)));
    }
    if page.verbosity == Verbosity::Verbose {
        text.push(traffic(page, result));
    }
    text.concat()
}

/// A rule that was seen broken in passing: told when it is first seen, and not again until the end.
pub fn in_passing(page: &Page, judged: &JudgedFinding) -> String {
    let (rule, dialect) = (page.safe.line(&judged.finding.rule), &judged.finding.place.dialect);
    let line = fit(&page.safe.line(&words::finding_line(&judged.finding)), room(page));
    format!("{}  {rule:<ID$} {dialect:<DIALECT$} {}\n", paint(BAD, "FAIL"), paint(BAD, &line))
}

/// Columns that are left for the details of a line.
fn room(page: &Page) -> usize {
    page.width.saturating_sub(INDENT + ID + 1 + DIALECT + 1).max(20)
}

fn detail(result: &ScenarioResult) -> String {
    match &result.verdict {
        Verdict::Pass | Verdict::Fail => {}
        // Which of them it is, the word before says.
        Verdict::Skipped(reason) | Verdict::Infrastructure(reason) | Verdict::Inconclusive(reason) => {
            return reason.clone();
        }
    }
    let mut parts = vec![words::amount(result.transcript.exchanges.len(), "request")];
    for (severity, noun) in [(Severity::Error, "finding"), (Severity::Warn, "warning")] {
        let count = result.own().filter(|judged| judged.severity == severity).count();
        parts.extend((count > 0).then(|| words::amount(count, noun)));
    }
    let accepted = result.findings.iter().filter(|judged| judged.accepted.is_some()).count();
    parts.extend((accepted > 0).then(|| format!("{accepted} accepted")));
    match result.snapshot {
        SnapshotState::New => parts.push("new snapshot".to_owned()),
        SnapshotState::Updated => parts.push("snapshot updated".to_owned()),
        SnapshotState::NotCompared | SnapshotState::Same | SnapshotState::Different => {}
    }
    parts.join(", ")
}

/// Why it failed; where that is something seen in passing, also what the IdP makes of it.
fn failure(result: &ScenarioResult) -> Vec<String> {
    if let Some(judged) = words::reason_of_failure(result) {
        let sees = words::admin_sees(result, judged).filter(|_| judged.finding.is_in_passing());
        let sees = sees.map(|sees| format!("admin sees {sees}"));
        return [words::failure_line(judged)].into_iter().chain(sees).collect();
    }
    let difference = result.differences.iter().find(|difference| !difference.allowed);
    let difference = difference.filter(|_| result.snapshot == SnapshotState::Different);
    difference.map(|difference| format!("snapshot: {}", words::difference_line(difference))).into_iter().collect()
}

/// Every exchange and outcome, for `--verbose`.
fn traffic(page: &Page, result: &ScenarioResult) -> String {
    let mut text = Vec::new();
    for exchange in &result.transcript.exchanges {
        text.push(one_exchange(page, exchange));
    }
    for (_, outcome) in &result.outcomes {
        let subject = outcome.subject.as_deref().unwrap_or("the job");
        let line = page.safe.line(&format!("{subject} {}  {}", outcome.kind.name(), outcome.message));
        text.push(format!("{:INDENT$}= {}\n", "", line.trim_end()));
    }
    text.concat()
}

fn one_exchange(page: &Page, exchange: &Exchange) -> String {
    let sender = match exchange.sender {
        Sender::Idp | Sender::Scenario => "→",
        Sender::Harness => "·",
        Sender::CleanUp => "×",
    };
    let request = &exchange.request;
    let answer = match &exchange.answer {
        Ok(response) => response.status.to_string(),
        Err(failure) => failure.to_string(),
    };
    let line = format!("{} {}  {answer}  {}", request.method, request.target(), words::duration(exchange.elapsed));
    let mut text = vec![format!("{:INDENT$}{sender} {}\n", "", page.safe.line(&line))];
    let answered = exchange.response().map(|response| &response.body);
    for (arrow, body) in [(">", request.body.as_ref()), ("<", answered)] {
        let Some(body) = body.filter(|body| !body.is_empty()) else { continue };
        let body = page.safe.line_within(&String::from_utf8_lossy(body), BODY);
        text.push(format!("{:INDENT$}  {}\n", "", paint(FAINT, &format!("{arrow} {body}"))));
    }
    text.concat()
}
