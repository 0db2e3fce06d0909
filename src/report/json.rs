//! The whole run as one JSON document, for programs. Fields are only ever added; `schema` counts breaking changes.

use std::io::{self, BufWriter, Write as _};

use serde_json::{Map, Value, json};

use crate::http::{Exchange, Headers, MarkKind, Sender, Transcript};
use crate::run::{
    JudgedFinding, RunEvent, RunFooter, RunHeader, ScenarioResult, SnapshotDifference, SnapshotState, Totals,
};

use super::output::{Output, ReportError};
use super::reporter::Reporter;
use super::safe::Safe;
use super::words;

/// Counts breaking changes of the document.
const SCHEMA: u32 = 1;

/// The JSON report.
pub struct Json {
    output: Output,
    safe: Safe,
    run: Value,
    scenarios: Vec<Value>,
    end: Value,
}

impl Json {
    /// Writes to `output`, all of it at the end.
    pub const fn new(output: Output, safe: Safe) -> Self {
        Self { output, safe, run: Value::Null, scenarios: Vec::new(), end: Value::Null }
    }
}

impl Reporter for Json {
    fn event(&mut self, event: &RunEvent) {
        match event {
            RunEvent::Started(header) => self.run = run(header),
            RunEvent::ScenarioStarted { .. } => {}
            RunEvent::ScenarioFinished(result) => self.scenarios.push(scenario(result)),
            RunEvent::Finished(footer) => self.end = end(footer),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<(), ReportError> {
        let document = json!({
            "schema": SCHEMA,
            "run": self.run.take(),
            "result": self.end.take(),
            "scenarios": std::mem::take(&mut self.scenarios),
        });
        // Masked only now: the last answers may have brought secrets that earlier text holds as well.
        let document = masked(document, &self.safe);
        match written(&document, &mut self.output) {
            Ok(()) => self.output.finish(),
            Err(cause) => Err(self.output.error(cause)),
        }
    }
}

/// The serializer writes each bracket and comma by itself: a system call each, without a buffer.
fn written(document: &Value, output: &mut Output) -> io::Result<()> {
    let mut buffer = BufWriter::new(output);
    serde_json::to_writer_pretty(&mut buffer, document)?;
    buffer.write_all(b"\n")?;
    buffer.flush()
}

/// Every text of the document without secrets, names of members included.
fn masked(value: Value, safe: &Safe) -> Value {
    match value {
        Value::String(text) => Value::String(safe.masked(&text)),
        Value::Array(items) => items.into_iter().map(|item| masked(item, safe)).collect(),
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (safe.masked(&name), masked(value, safe)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

fn run(header: &RunHeader) -> Value {
    json!({
        "version": header.version,
        "target": header.target,
        "dialects": header.dialects,
        "planned": header.planned,
        "seed": header.seed.to_string(), // as text: many readers keep 53 bits of a number
        "mark": header.mark,
        "faults": header.faults,
        "behaviours": header.behaviours,
        "repeat": header.repeat,
        "rules": header.rules,
        "capabilities": header.capabilities.iter().map(|row| json!({
            "name": row.name,
            "offered": row.offered,
            "most": row.most,
            "known": words::known(row.known),
        })).collect::<Value>(),
        "forecast": header.forecast.as_ref().map(|forecast| json!({
            "skipped": forecast.skipped,
            "requests": forecast.requests,
            "rate": forecast.rate,
            "seconds": forecast.time.as_secs_f64(),
        })),
    })
}

fn end(footer: &RunFooter) -> Value {
    let Totals { passed, failed, in_passing, skipped, inconclusive, infrastructure, pending, requests } = footer.totals;
    json!({
        "exit_code": footer.exit_code,
        "interrupted": footer.interrupted,
        "seconds": footer.elapsed.as_secs_f64(),
        "totals": {
            "passed": passed,
            "failed": failed,
            "rules_broken_in_passing": in_passing,
            "skipped": skipped,
            "inconclusive": inconclusive,
            "infrastructure": infrastructure,
            "snapshots_pending": pending,
            "requests": requests,
        },
        "notes": footer.notes,
    })
}

fn scenario(result: &ScenarioResult) -> Value {
    json!({
        "scenario": result.scenario,
        "title": result.title,
        "file": result.file,
        "dialect": result.dialect,
        "verdict": words::verdict_name(&result.verdict),
        "reason": words::reason(&result.verdict),
        "seconds": result.elapsed.as_secs_f64(),
        "virtual_seconds": result.virtual_elapsed.as_secs_f64(),
        "steps": result.steps.iter().map(|step| json!({"line": step.line, "label": step.label})).collect::<Value>(),
        "findings": result.findings.iter().map(finding).collect::<Value>(),
        "snapshot": snapshot_name(result.snapshot),
        "differences": result.differences.iter().map(difference).collect::<Value>(),
        "outcomes": result.outcomes.iter().map(|(step, outcome)| json!({
            "step": step,
            "kind": outcome.kind.name(),
            "subject": outcome.subject,
            "message": outcome.message,
            "code": outcome.code,
        })).collect::<Value>(),
        "leftovers": result.leftovers,
        "transcript": transcript(&result.transcript),
    })
}

fn finding(judged: &JudgedFinding) -> Value {
    let finding = &judged.finding;
    json!({
        "rule": finding.rule,
        "title": judged.title,
        "severity": judged.severity.name(),
        "accepted": judged.accepted.as_ref().map(|accepted| json!({
            "reason": accepted.reason,
            "until": accepted.until,
            "severity": accepted.severity.name(),
        })),
        "breaks": judged.breaks,
        "strict": judged.strict,
        "subject": finding.subject,
        "expected": finding.expected,
        "actual": finding.actual,
        "evidence": finding.evidence,
        "count": finding.count,
        "step": finding.place.step,
        "exchange": finding.place.exchange,
        "line": judged.line,
        "why": judged.why,
        "curl": judged.curl,
    })
}

const fn snapshot_name(state: SnapshotState) -> &'static str {
    match state {
        SnapshotState::NotCompared => "not-compared",
        SnapshotState::Same => "same",
        SnapshotState::Different => "different",
        SnapshotState::New => "new",
        SnapshotState::Updated => "updated",
    }
}

fn difference(difference: &SnapshotDifference) -> Value {
    json!({
        "exchange": difference.exchange,
        "request": difference.request,
        "path": difference.path,
        "expected": difference.expected,
        "actual": difference.actual,
        "allowed": difference.allowed,
    })
}

fn transcript(transcript: &Transcript) -> Value {
    let marks = transcript.marks.iter().map(|mark| {
        let (kind, text) = match &mark.kind {
            MarkKind::Step(_, label) => ("step", label.clone()),
            MarkKind::Wait(time, why) => ("wait", format!("{why}: {}", words::duration(*time))),
            MarkKind::Outcome(line) => ("outcome", line.clone()),
        };
        json!({"after": mark.after, "kind": kind, "text": text})
    });
    json!({
        "base": transcript.base,
        "exchanges": transcript.exchanges.iter().map(exchange).collect::<Value>(),
        "marks": marks.collect::<Value>(),
    })
}

fn exchange(exchange: &Exchange) -> Value {
    let request = &exchange.request;
    let answer = match &exchange.answer {
        Ok(response) => json!({
            "status": response.status,
            "headers": headers(&response.headers),
            "body": String::from_utf8_lossy(&response.body),
        }),
        Err(failure) => json!({"failure": failure.to_string()}),
    };
    json!({
        "step": exchange.step,
        "sender": sender_name(exchange.sender),
        "milliseconds": exchange.elapsed.as_secs_f64() * 1e3,
        "virtual_seconds": exchange.at.as_secs_f64(),
        "request": {
            "method": request.method.as_str(),
            "target": request.target(),
            "headers": headers(&request.headers),
            "body": request.body.as_deref().map(String::from_utf8_lossy),
        },
        "answer": answer,
    })
}

const fn sender_name(sender: Sender) -> &'static str {
    match sender {
        Sender::Idp => "idp",
        Sender::Scenario => "scenario",
        Sender::Harness => "harness",
        Sender::CleanUp => "clean-up",
    }
}

/// A list of pairs: names repeat, and their order is part of what was sent.
fn headers(headers: &Headers) -> Value {
    headers.iter().map(|(name, value)| json!([name, value])).collect()
}
