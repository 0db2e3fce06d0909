//! Tests of Runscope, which became BlazeMeter's API monitoring; Okta publishes its SCIM suites in this form.

use std::io;

use super::exchange::{self, Exchange};
use super::intake::{EXPECTED, Intake};
use super::json::{self, Object};
use super::{form, records};
use crate::logs::input::LogFile;
use crate::logs::readers::Reading;

/// No test nests its steps deeper.
const DEPTH: usize = 8;

/// Reads a test.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut intake = Intake::new(reading);
    records::elements(file, &mut intake, &["steps"], |intake, number, step| one(intake, number, step, DEPTH))?;
    intake.finish();
    Ok(())
}

fn one(intake: &mut Intake<'_, '_>, number: u64, step: &Object<'_>, depth: usize) {
    intake.reading.count(number, None);
    let is_skipped = step.is_true("skipped");
    if is_skipped {
        intake.reading.warnings.at("skipped-steps", number);
    }
    match step.text("step_type").as_deref() {
        Some("request") => {
            let Some(mut exchange) = request(number, step) else {
                intake.reading.warnings.at("unparsable-record", number);
                return;
            };
            exchange.is_skipped = is_skipped;
            note_variables(intake, &exchange);
            intake.take(exchange);
        }
        Some("pause") => intake.reading.warnings.at("pause-steps", number),
        _ => intake.reading.warnings.at("other-steps", number),
    }
    // A condition or a loop holds steps of its own.
    for inner in step.list("steps").into_iter().filter_map(Object::of).take(if depth == 0 { 0 } else { usize::MAX }) {
        one(intake, number, &inner, depth - 1);
    }
}

fn request(number: u64, step: &Object<'_>) -> Option<Exchange> {
    let mut exchange = Exchange::new(number, step.text("method")?, step.text("url")?);
    exchange.kind = step.text("note").filter(|note| !note.is_empty()).unwrap_or(exchange.kind);
    exchange.request_headers = step.headers("headers");
    let form = json::headers(step.raw("form").unwrap_or_default());
    exchange.request_body = step.raw("body").and_then(json::body).or_else(|| exchange::body(form::encoded(&form)));
    exchange.answer = EXPECTED;
    let mut assertions = step.list("assertions").into_iter().filter_map(Object::of);
    exchange.status = assertions.find_map(|assertion| {
        let is_status = assertion.text("source").as_deref() == Some("response_status");
        let is_equal = assertion.text("comparison").is_some_and(|comparison| comparison.starts_with("equal"));
        if is_status && is_equal { assertion.raw("value").and_then(json::status) } else { None }
    });
    Some(exchange)
}

/// Notes the names in braces of a request.
pub fn note_variables(intake: &mut Intake<'_, '_>, exchange: &Exchange) {
    intake.note_variables(&exchange.target);
    for (_, value) in &exchange.request_headers {
        intake.note_variables(value);
    }
    if let Some(body) = &exchange.request_body {
        intake.note_variables(&body.text);
    }
}
