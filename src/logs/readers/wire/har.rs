//! HTTP archives (HAR 1.2), as browsers and proxies export them: whatever is missing or of another type is left out.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::exchange::{self, Exchange};
use super::intake::Intake;
use super::json::{self, Object};
use super::order::Delivery;
use super::{form, records};
use crate::logs::input::LogFile;
use crate::logs::observation::Body;
use crate::logs::readers::Reading;
use crate::logs::times;

/// Reads an archive.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut intake = Intake::new(reading);
    intake.order.delivery = Delivery::Loose;
    records::elements(file, &mut intake, &["log", "entries"], |intake, number, entry| {
        let Some(exchange) = exchange(intake, number, entry) else {
            intake.reading.warnings.at("unparsable-record", number);
            return;
        };
        intake.reading.count(number, None);
        intake.take(exchange);
    })?;
    intake.finish();
    Ok(())
}

fn exchange(intake: &mut Intake<'_, '_>, number: u64, entry: &Object<'_>) -> Option<Exchange> {
    let request = entry.object("request")?;
    // The query is taken from the URL: exporters decode `queryString` each in its own way.
    let mut exchange = Exchange::new(number, request.text("method").unwrap_or_default(), request.text("url")?);
    exchange.time = entry.text("startedDateTime").and_then(|text| times::read(&text, intake.reading.options.zone));
    exchange.duration_ms = entry.number("time");
    exchange.request_headers = request.headers("headers");
    exchange.request_body = request_body(&request);
    let response = entry.object("response").unwrap_or_default();
    exchange.status = response.raw("status").and_then(json::status);
    exchange.is_unanswered = exchange.status.is_none();
    exchange.remark = response.text("_error").filter(|text| !text.is_empty());
    exchange.response_headers = response.headers("headers");
    exchange.response_body = response_body(&response);
    let is_dropped = |body: &Option<Body>, size: Option<u64>| body.is_none() && size.is_some_and(|size| size > 0);
    if is_dropped(&exchange.request_body, request.number("bodySize"))
        || is_dropped(&exchange.response_body, response.number("content.size"))
    {
        intake.reading.warnings.at("body-dropped", number);
    }
    Some(exchange)
}

fn request_body(request: &Object<'_>) -> Option<Body> {
    let data = request.object("postData")?;
    match data.text("text").filter(|text| !text.is_empty()) {
        Some(text) if data.text("encoding").as_deref() == Some("base64") => decoded(&text),
        Some(text) => exchange::body(text),
        None => exchange::body(form::encoded(&json::headers(data.raw("params")?))),
    }
}

fn response_body(response: &Object<'_>) -> Option<Body> {
    let content = response.object("content")?;
    let text = content.text("text")?;
    if content.text("encoding").as_deref() == Some("base64") { decoded(&text) } else { exchange::body(text) }
}

/// A body in base64; one that is none is shown as it is.
pub fn decoded(text: &str) -> Option<Body> {
    match STANDARD.decode(text.trim()) {
        Ok(bytes) => exchange::body_of_bytes(&bytes),
        Err(_) => exchange::body(text),
    }
}
