//! WireMock: recorded mappings, and the journal of the requests that came.

use std::io;

use super::exchange::{self, Exchange};
use super::har::decoded;
use super::intake::Intake;
use super::json::{self, Object};
use super::order::Delivery;
use super::{records, target};
use crate::logs::input::LogFile;
use crate::logs::observation::Body;
use crate::logs::readers::Reading;
use crate::logs::times;

/// So many mappings are put into their order; of more than that the order is the file's.
const SORTED: usize = 10_000;

/// Reads mappings: recorded pairs of requests and answers. A file may hold one alone.
pub fn mappings(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut intake = Intake::new(reading);
    let path: &'static [&'static str] = if file.head.contains("\"mappings\"") { &["mappings"] } else { &[] };
    let mut recorded: Vec<(u64, Exchange)> = Vec::new();
    records::elements(file, &mut intake, path, |intake, number, mapping| {
        let id = mapping.text("id").or_else(|| mapping.text("uuid"));
        let Some(mut exchange) = mapped(intake, number, mapping) else {
            intake.reading.warnings.at("unparsable-record", number);
            return;
        };
        if !intake.reading.count(number, id.as_deref()) {
            return;
        }
        exchange.native_id = id;
        // Newer mappings stand first when WireMock lists them; the index tells which was recorded first.
        recorded.push((mapping.number("insertionIndex").unwrap_or(number), exchange));
        if recorded.len() >= SORTED {
            give(intake, &mut recorded);
        }
    })?;
    give(&mut intake, &mut recorded);
    intake.finish();
    Ok(())
}

fn give(intake: &mut Intake<'_, '_>, recorded: &mut Vec<(u64, Exchange)>) {
    recorded.sort_by_key(|(index, _)| *index);
    recorded.drain(..).for_each(|(_, exchange)| intake.take(exchange));
}

fn mapped(intake: &mut Intake<'_, '_>, number: u64, mapping: &Object<'_>) -> Option<Exchange> {
    let request = mapping.object("request")?;
    let exact = request.first(&["url", "urlPath", "urlPathTemplate"]).and_then(json::scalar);
    let target =
        exact.or_else(|| Some(plain(&request.first(&["urlPattern", "urlPathPattern"]).and_then(json::scalar)?)))?;
    let mut exchange = Exchange::new(number, request.text("method").unwrap_or_default(), target);
    exchange.add_query(&query(&request));
    exchange.kind = mapping.text("name").unwrap_or(exchange.kind);
    exchange.job = mapping.text("scenarioName");
    exchange.request_headers = request.headers("headers");
    exchange.request_body = request.list("bodyPatterns").into_iter().find_map(|pattern| {
        Object::of(pattern)?.first(&["equalToJson", "equalTo", "binaryEqualTo"]).and_then(json::body)
    });
    answer(intake, &mut exchange, &mapping.object("response").unwrap_or_default());
    Some(exchange)
}

/// A pattern of a URL as the URL it was most likely made from.
fn plain(pattern: &str) -> String {
    pattern.trim_start_matches('^').trim_end_matches('$').replace('\\', "")
}

/// Parameters that must be equal to something, as they would be sent.
fn query(request: &Object<'_>) -> String {
    let matchers = request.object("queryParameters").unwrap_or_default();
    let pairs = matchers.iter().filter_map(|(name, matcher)| {
        let value = Object::of(matcher)?.text("equalTo")?;
        Some(format!("{}={}", target::encoded(name), target::encoded(&value)))
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn answer(intake: &mut Intake<'_, '_>, exchange: &mut Exchange, response: &Object<'_>) {
    exchange.status = response.raw("status").and_then(json::status);
    exchange.response_headers = response.headers("headers");
    exchange.duration_ms = response.number("fixedDelayMilliseconds");
    exchange.response_body = body(intake, response).or_else(|| named(intake, &response.text("bodyFileName")?));
    if let Some(fault) = response.text("fault") {
        (exchange.status, exchange.is_unanswered) = (None, true);
        exchange.remark = Some(format!("fault {fault}"));
    }
}

fn body(intake: &mut Intake<'_, '_>, from: &Object<'_>) -> Option<Body> {
    if let Some(text) =
        from.first(&["base64Body", "bodyAsBase64"]).and_then(json::scalar).filter(|_| from.raw("body").is_none())
    {
        intake.reading.warnings.once("base64-bodies");
        return decoded(&text);
    }
    from.first(&["body", "jsonBody"]).and_then(json::body)
}

/// A body that stands in a file of its own, if that was given as well.
fn named(intake: &mut Intake<'_, '_>, name: &str) -> Option<Body> {
    let given = intake.reading.options.given(name);
    if given.is_none() {
        intake.reading.warnings.with("file-not-given", name);
    }
    exchange::body(given?)
}

/// Reads a journal.
pub fn journal(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut intake = Intake::new(reading);
    intake.order.delivery = Delivery::NewestFirst;
    let path: &'static [&'static str] =
        if file.head.contains("\"serveEvents\"") { &["serveEvents"] } else { &["requests"] };
    records::exchanges(file, &mut intake, path, journalled)?;
    intake.finish();
    Ok(())
}

fn journalled(intake: &mut Intake<'_, '_>, number: u64, event: &Object<'_>) -> Option<Exchange> {
    // A search in the journal lists bare requests.
    let inner = event.object("request");
    let request = inner.as_ref().unwrap_or(event);
    let target = request.first(&["absoluteUrl", "url"]).and_then(json::scalar)?;
    let mut exchange = Exchange::new(number, request.text("method")?, target);
    let time = request.text("loggedDate").or_else(|| request.text("loggedDateString"));
    exchange.time = time.and_then(|text| times::read(&text, None));
    exchange.request_headers = request.headers("headers");
    exchange.request_body = body(intake, request);
    let response = event.object("response").or_else(|| event.object("responseDefinition"));
    answer(intake, &mut exchange, &response.unwrap_or_default());
    exchange.duration_ms = event.number("timing.totalTime").or(exchange.duration_ms);
    Some(exchange)
}
