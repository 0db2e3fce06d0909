//! A vendor's own log in JSON lines: the best evidence there is. Every vendor calls things by other names, so each is
//! looked for under several, also one or two levels down.

use std::io;

use super::app_text;
use super::exchange::Exchange;
use super::intake::Intake;
use super::json::{self, Object};
use super::{form, records};
use crate::logs::input::{LogFile, Outline};
use crate::logs::observation::Body;
use crate::logs::readers::{Mapped, Part, Reading};
use crate::logs::silence::says_no_answer;
use crate::logs::times;

/// Objects that only wrap the record.
const WRAPPERS: [&str; 14] = [
    "result",
    "_source",
    "fields",
    "http",
    "data",
    "attributes",
    "log",
    "event",
    "record",
    "context",
    "properties",
    "jsonPayload",
    "httpRequest",
    "message",
];

/// Where a collector puts a server's own line, as text.
const LINES: [&str; 7] = ["message", "@message", "msg", "log", "_raw", "textPayload", "body"];
/// Arrays in which exports hold records: of CloudWatch, of its subscriptions, of Elasticsearch, of Datadog and of Splunk.
const ENVELOPES: [&[&str]; 5] = [&["events"], &["logEvents"], &["hits", "hits"], &["data"], &["results"]];

const METHOD: [&str; 9] = [
    "method",
    "http.request.method",
    "req.method",
    "request.method",
    "http.method",
    "verb",
    "http_method",
    "requestMethod",
    "request_method",
];
const TARGET: [&str; 21] = [
    "url",
    "uri",
    "path",
    "target",
    "req.originalUrl",
    "req.url",
    "request.url",
    "request.uri",
    "request.path",
    "req.path",
    "url.original",
    "url.full",
    "url.path",
    "http.request.url",
    "http.url",
    "http.target",
    "requestUri",
    "requestUrl",
    "request_uri",
    "originalUrl",
    "req.uri",
];
const REQUEST_LINE: [&str; 3] = ["request", "request_line", "requestLine"];
const QUERY: [&str; 7] =
    ["query", "queryString", "query_string", "url.query", "req.query", "request.query", "request.queryString"];
const STATUS: [&str; 13] = [
    "status",
    "statusCode",
    "status_code",
    "response.statusCode",
    "response.status_code",
    "response.status",
    "res.statusCode",
    "res.status",
    "http.response.status_code",
    "http.status_code",
    "responseStatus",
    "response_status",
    "code",
];
const TIME: [&str; 11] = [
    "time",
    "time_iso8601",
    "ts",
    "@timestamp",
    "timestamp",
    "datetime",
    "date",
    "startTime",
    "start_time",
    "t",
    "asctime",
];
const DURATION: [&str; 9] = [
    "ms",
    "durationMs",
    "duration_ms",
    "latencyMs",
    "latency_ms",
    "elapsedMs",
    "elapsed_ms",
    "responseTime",
    "response_time_ms",
];
const ID: [&str; 8] =
    ["requestId", "request_id", "reqId", "req.id", "request.id", "x-request-id", "correlationId", "traceId"];
const AGENT: [&str; 5] = ["userAgent", "user_agent", "user_agent.original", "http_user_agent", "ua"];
const REQUEST_HEADERS: [&str; 6] =
    ["requestHeaders", "request_headers", "request.headers", "req.headers", "http.request.headers", "headers"];
const RESPONSE_HEADERS: [&str; 5] =
    ["responseHeaders", "response_headers", "response.headers", "res.headers", "http.response.headers"];
const REQUEST_BODY: [&str; 9] = [
    "http.request.body.content",
    "request.body",
    "req.body",
    "requestBody",
    "request_body",
    "http.request.body",
    "payload",
    "body",
    "request.payload",
];
const RESPONSE_BODY: [&str; 6] =
    ["http.response.body.content", "response.body", "res.body", "responseBody", "response_body", "http.response.body"];
const ERROR: [&str; 8] =
    ["error", "err", "error.message", "err.message", "error.code", "err.code", "errorMessage", "error_message"];
/// Header fields that are written beside the others' object.
const OWN_HEADERS: [(&str, &str); 3] =
    [("authorization", "Authorization"), ("contentType", "Content-Type"), ("content_type", "Content-Type")];

/// Reads a log.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut intake = Intake::new(reading);
    let mut each = |intake: &mut Intake<'_, '_>, number: u64, record: &Object<'_>| {
        intake.reading.count(number, None);
        match of_record(record, number, intake.reading) {
            Some(exchange) => intake.take(exchange),
            None => intake.pass_over(number),
        }
    };
    let outline = Outline::of(&file.head);
    let envelope = ENVELOPES.iter().find(|path| outline.has(&path.join(".")) && !outline.is_array());
    match envelope {
        Some(path) => records::elements(file, &mut intake, path, &mut each)?,
        None => records::lines(file, &mut intake, &mut each)?,
    }
    intake.finish();
    Ok(())
}

/// What a record shows: itself, or the line of text that a collector put into it.
fn of_record(record: &Object<'_>, number: u64, reading: &Reading<'_>) -> Option<Exchange> {
    let views = Views::of(record, &reading.options.map);
    exchange(&views, number, reading).or_else(|| {
        let line = views.first(&LINES, json::scalar)?;
        let mut exchange = match Object::of(&line) {
            Some(inner) => exchange(&Views::of(&inner, &reading.options.map), number, reading)?,
            None => app_text::of_line(number, &line)?,
        };
        let time = || views.find(Part::Time, &TIME, |raw| times::read(&json::scalar(raw)?, reading.options.zone));
        exchange.time = exchange.time.or_else(time);
        Some(exchange)
    })
}

fn exchange(views: &Views<'_, '_>, number: u64, reading: &Reading<'_>) -> Option<Exchange> {
    let named =
        || Some((views.find(Part::Method, &METHOD, json::scalar)?, views.find(Part::Path, &TARGET, json::scalar)?));
    let (method, target) = named().or_else(|| views.first(&REQUEST_LINE, request_line))?;
    let mut exchange = Exchange::new(number, method, target);
    if let Some(query) = views.find(Part::Query, &QUERY, query) {
        exchange.add_query(&query);
    }
    exchange.time = views.find(Part::Time, &TIME, |raw| times::read(&json::scalar(raw)?, reading.options.zone));
    exchange.duration_ms =
        views.find(Part::Duration, &DURATION, |raw| json::scalar(raw)?.split('.').next()?.parse().ok());
    exchange.job = views.find(Part::RequestId, &ID, json::scalar);
    exchange.user_agent = views.find(Part::UserAgent, &AGENT, json::scalar);
    exchange.status = views.find(Part::Status, &STATUS, json::status);
    if exchange.status.is_none() {
        // A status of 0, or an error in the place of one.
        let error = views.first(&ERROR, json::scalar).filter(|error| says_no_answer(error));
        let is_zero = views.find(Part::Status, &STATUS, json::scalar).is_some_and(|status| status == "0");
        exchange.is_unanswered = error.is_some() || is_zero;
        exchange.remark = error;
    }
    let some_headers = |raw: &str| Some(json::headers(raw)).filter(|fields| !fields.is_empty());
    exchange.request_headers = views.find(Part::RequestHeaders, &REQUEST_HEADERS, some_headers).unwrap_or_default();
    for (name, header) in OWN_HEADERS {
        if let Some(value) = views.first(&[name], json::scalar) {
            exchange.request_headers.push((header.to_owned(), value));
        }
    }
    exchange.response_headers = views.find(Part::ResponseHeaders, &RESPONSE_HEADERS, some_headers).unwrap_or_default();
    let request = views.find(Part::RequestBody, &REQUEST_BODY, json::body);
    exchange.request_body = request.or_else(|| views.first(&["request"], bare_body));
    let response = views.find(Part::ResponseBody, &RESPONSE_BODY, json::body);
    exchange.response_body = response.or_else(|| views.first(&["response"], bare_body));
    Some(exchange)
}

/// Method and target in one, as web servers write it: `POST /scim/v2/Users HTTP/1.1`.
fn request_line(raw: &str) -> Option<(String, String)> {
    let line = json::scalar(raw)?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let is_method = ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method);
    let is_line =
        is_method && target.starts_with('/') && words.next().is_none_or(|version| version.starts_with("HTTP/"));
    is_line.then(|| (method.to_owned(), target.to_owned()))
}

/// A query: a text, or an object of parameters.
fn query(raw: &str) -> Option<String> {
    if raw.starts_with('{') { Some(form::encoded(&json::headers(raw))) } else { json::scalar(raw) }
}

/// What stands under `request` or `response` is the body itself, unless it is an object that describes the message.
fn bare_body(raw: &str) -> Option<Body> {
    let describes = Object::of(raw).is_some_and(|object| {
        object.raw("schemas").is_none()
            && ["method", "url", "headers", "body", "status", "statusCode"]
                .iter()
                .any(|name| object.raw(name).is_some())
    });
    if describes { None } else { json::body(raw) }
}

/// A record, and the objects that only wrap it.
struct Views<'o, 'a> {
    record: &'o Object<'a>,
    inner: Vec<Object<'a>>,
    map: &'o [Mapped],
}

impl<'o, 'a> Views<'o, 'a> {
    fn of(record: &'o Object<'a>, map: &'o [Mapped]) -> Self {
        let mut inner: Vec<Object<'a>> = WRAPPERS.iter().filter_map(|name| record.object(name)).collect();
        let deeper: Vec<Object<'a>> =
            inner.iter().flat_map(|object| WRAPPERS.iter().filter_map(|name| object.object(name))).collect();
        inner.extend(deeper);
        Self { record, inner, map }
    }

    /// A part of the request: where the user says that it is, else under one of its usual names.
    fn find<T>(&self, part: Part, usual: &[&str], read: impl Fn(&'a str) -> Option<T>) -> Option<T> {
        let mapped: Vec<&str> =
            self.map.iter().filter(|mapped| mapped.part == part).map(|mapped| mapped.alias.as_str()).collect();
        self.first(&mapped, &read).or_else(|| self.first(usual, read))
    }

    /// The first of several paths under which something of the right kind stands.
    fn first<T>(&self, paths: &[&str], read: impl Fn(&'a str) -> Option<T>) -> Option<T> {
        let mut views = std::iter::once(self.record).chain(&self.inner);
        views.find_map(|view| paths.iter().find_map(|path| read(view.raw(path)?)))
    }
}
