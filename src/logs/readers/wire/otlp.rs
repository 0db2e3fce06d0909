//! OpenTelemetry traces in JSON: spans of HTTP requests, by the names of today's conventions and of those before.

use std::io;

use super::exchange::Exchange;
use super::intake::Intake;
use super::json::{self, Object};
use crate::logs::input::{Elements, LogFile};
use crate::logs::readers::Reading;
use crate::logs::times;

/// Reads traces. What is cut at the end gives the spans before the cut.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut intake = Intake::new(reading);
    let mut resources = Elements::new(file.reader()?, &["resourceSpans"]);
    let mut number = 0;
    while let Some(resource) = resources.next_element()? {
        let mut scopes = Elements::new(resource.bytes, &["scopeSpans"]);
        while let Some(scope) = scopes.next_element()? {
            let mut spans = Elements::new(scope.bytes, &["spans"]);
            while let Some(span) = spans.next_element()?.filter(|span| !span.is_cut) {
                number += 1;
                match Object::of(&String::from_utf8_lossy(span.bytes)) {
                    Some(span) => one(&mut intake, number, &span),
                    None => intake.reading.warnings.at("unparsable-record", number),
                }
            }
        }
    }
    if resources.is_truncated() {
        intake.reading.warnings.once("truncated-at-end");
    }
    intake.finish();
    Ok(())
}

fn one(intake: &mut Intake<'_, '_>, number: u64, span: &Object<'_>) {
    let trace = span.text("traceId");
    let id = span.text("spanId").map(|span| format!("{}{span}", trace.as_deref().unwrap_or_default()));
    if !intake.reading.count(number, id.as_deref()) {
        return;
    }
    let attributes = Attributes::of(span);
    let is_old = attributes.get(&["http.request.method"]).is_none() && attributes.get(&["http.method"]).is_some();
    let time = span.text("startTimeUnixNano").and_then(|text| times::epoch(&text));
    let Some(mut exchange) = attributes.exchange(number) else {
        intake.reading.warnings.at("non-http-spans", number);
        intake.came(time.map(|time| time.instant));
        return;
    };
    if is_old {
        intake.reading.warnings.at("old-semconv", number);
    }
    exchange.native_id = id;
    exchange.job = trace;
    exchange.kind = span.text("name").unwrap_or(exchange.kind);
    exchange.time = time;
    let (start, end) = (span.number("startTimeUnixNano"), span.number("endTimeUnixNano"));
    exchange.duration_ms =
        end.zip(start).and_then(|(end, start)| end.checked_sub(start)).map(|length| length / 1_000_000);
    intake.take(exchange);
}

/// The attributes of a span, with every value of those that are lists.
struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn of(span: &Object<'_>) -> Self {
        let mut all = Vec::new();
        for attribute in span.list("attributes").into_iter().filter_map(Object::of) {
            let Some(key) = attribute.text("key") else { continue };
            let values = attribute.list("value.arrayValue.values").into_iter().filter_map(Object::of);
            let values = values.filter_map(|value| of_value(&value));
            all.extend(values.map(|value| (key.clone(), value)));
            if let Some(value) = attribute.object("value").and_then(|value| of_value(&value)) {
                all.push((key, value));
            }
        }
        Self(all)
    }

    fn get(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.0.iter().find(|(key, _)| key == name)).map(|(_, value)| value.as_str())
    }

    fn exchange(&self, number: u64) -> Option<Exchange> {
        let method = self.get(&["http.request.method", "http.method"])?;
        let target = self.get(&["url.full", "url.path", "http.url", "http.target"])?;
        let mut exchange = Exchange::new(number, method, target);
        if let Some(query) = self.get(&["url.query"]) {
            exchange.add_query(query);
        }
        exchange.status = self.get(&["http.response.status_code", "http.status_code"]).and_then(json::status);
        let agent = self.get(&["user_agent.original", "http.user_agent"]).filter(|agent| *agent != "-");
        exchange.user_agent = agent.map(str::to_owned);
        exchange.request_headers = self.headers("http.request.header.");
        exchange.response_headers = self.headers("http.response.header.");
        exchange.remark = self.get(&["error.type"]).map(|kind| format!("error.type {kind}"));
        exchange.is_unanswered = exchange.status.is_none() && exchange.remark.is_some();
        Some(exchange)
    }

    /// Header fields; older instrumentation writes `_` for `-`.
    fn headers(&self, prefix: &str) -> Vec<(String, String)> {
        let fields = self.0.iter().filter_map(|(key, value)| Some((key.strip_prefix(prefix)?, value)));
        fields.map(|(name, value)| (name.replace('_', "-"), value.clone())).collect()
    }
}

fn of_value(value: &Object<'_>) -> Option<String> {
    value.first(&["stringValue", "intValue", "boolValue", "doubleValue"]).and_then(json::scalar)
}
