//! Postman collections (v2): requests in folders, with the answers that were saved beside them. Scripts are not run.

use std::io;

use super::curl_command::basic;
use super::exchange::{self, Exchange, Fields};
use super::intake::Intake;
use super::json::{self, Object};
use super::runscope::note_variables;
use super::{form, records};
use crate::logs::input::LogFile;
use crate::logs::observation::Body;
use crate::logs::readers::Reading;

/// No collection nests its folders deeper.
const DEPTH: usize = 32;

/// Values of variables by their names.
type Variables = Vec<(String, String)>;

/// Reads a collection; values of variables are taken from it, and from environments that came along.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut intake = Intake::new(reading);
    let environment = environment(&intake);
    let mut number = 0;
    records::elements(file, &mut intake, &[], |intake, _, collection| {
        let mut variables = environment.clone();
        variables.extend(json::headers(collection.raw("variable").unwrap_or("[]")));
        folder(intake, collection, &Around { variables: &variables, auth: None, depth: DEPTH }, &mut number);
    })?;
    intake.finish();
    Ok(())
}

/// What holds in a folder.
struct Around<'a> {
    variables: &'a Variables,
    auth: Option<(String, String)>,
    depth: usize,
}

fn environment(intake: &Intake<'_, '_>) -> Variables {
    let texts = intake.reading.options.beside.iter().filter(|file| file.head.contains("_postman_variable_scope"));
    let values = texts
        .filter_map(|file| file.text(1 << 20).ok())
        .flat_map(|text| Object::of(&text).map(|object| object.headers("values")).unwrap_or_default());
    values.collect()
}

fn folder(intake: &mut Intake<'_, '_>, folder: &Object<'_>, around: &Around<'_>, number: &mut u64) {
    let auth = folder.object("auth").map_or_else(|| around.auth.clone(), |auth| credential(&auth));
    let around = Around { auth, depth: around.depth - 1, ..*around };
    for item in folder.list("item").into_iter().filter_map(Object::of) {
        if item.raw("request").is_some() {
            *number += 1;
            intake.reading.count(*number, None);
            request(intake, &item, &around, *number);
        } else if around.depth > 0 {
            self::folder(intake, &item, &around, number);
        }
    }
}

fn request(intake: &mut Intake<'_, '_>, item: &Object<'_>, around: &Around<'_>, number: u64) {
    let raw = item.raw("request").unwrap_or_default();
    let Some(mut exchange) = written(intake, raw, around, number) else {
        intake.reading.warnings.at("unparsable-record", number);
        return;
    };
    exchange.kind = item.text("name").unwrap_or(exchange.kind);
    note_variables(intake, &exchange);
    fill_in(&mut exchange, around.variables);
    let saved: Vec<Object<'_>> = item.list("response").into_iter().filter_map(Object::of).collect();
    for answer in &saved {
        // A saved answer remembers what it answered.
        let original = answer.raw("originalRequest").and_then(|raw| written(intake, raw, around, number));
        let mut answered = original.unwrap_or_else(|| exchange.clone());
        fill_in(&mut answered, around.variables);
        answered.kind.clone_from(&exchange.kind);
        answered.status = answer.raw("code").and_then(json::status);
        answered.response_headers = answer.headers("header");
        answered.response_body = answer.raw("body").and_then(json::body);
        answered.duration_ms = answer.number("responseTime");
        intake.take(answered);
    }
    if saved.is_empty() {
        intake.take(exchange);
    }
}

/// A request as it is written down: an object, or only its URL.
fn written(intake: &mut Intake<'_, '_>, raw: &str, around: &Around<'_>, number: u64) -> Option<Exchange> {
    let Some(request) = Object::of(raw) else {
        let mut exchange = Exchange::new(number, "GET", json::scalar(raw)?);
        exchange.request_headers.extend(around.auth.clone());
        return Some(exchange);
    };
    let target = url(request.raw("url")?)?;
    let mut exchange = Exchange::new(number, request.text("method").unwrap_or_else(|| "GET".to_owned()), target);
    exchange.request_headers = request.headers("header");
    let auth = request.object("auth").map_or_else(|| around.auth.clone(), |auth| credential(&auth));
    exchange.request_headers.extend(auth);
    exchange.request_body = request.object("body").and_then(|at| body(intake, &at));
    Some(exchange)
}

/// A URL: a text, or its parts. Path variables (`:id`) are filled in.
fn url(raw: &str) -> Option<String> {
    let Some(parts) = Object::of(raw) else { return json::scalar(raw) };
    let mut url = parts.text("raw").unwrap_or_else(|| {
        let joined = |name: &str, with: &str| {
            parts.list(name).into_iter().filter_map(json::scalar).collect::<Vec<_>>().join(with)
        };
        let query = form::encoded(&parts.headers("query"));
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}/{}{mark}{query}", joined("host", "."), joined("path", "/"))
    });
    for (name, value) in parts.headers("variable") {
        url = url.replace(&format!("/:{name}"), &format!("/{value}"));
    }
    Some(url)
}

fn body(intake: &mut Intake<'_, '_>, body: &Object<'_>) -> Option<Body> {
    match body.text("mode")?.as_str() {
        "raw" => exchange::body(body.text("raw")?),
        "urlencoded" => exchange::body(form::encoded(&body.headers("urlencoded"))),
        "file" => {
            let name = body.text("file.src")?;
            let given = intake.reading.options.given(&name);
            if given.is_none() {
                intake.reading.warnings.with("file-not-given", name);
            }
            exchange::body(given?)
        }
        _ => None,
    }
}

/// The header field that an `auth` adds.
fn credential(auth: &Object<'_>) -> Option<(String, String)> {
    let kind = auth.text("type")?;
    let parameters: Fields = auth.headers(&kind);
    let value = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let authorization = |value: String| Some(("Authorization".to_owned(), value));
    match kind.as_str() {
        "bearer" => authorization(format!("Bearer {}", value("token")?)),
        "basic" => authorization(basic(&format!("{}:{}", value("username")?, value("password").unwrap_or_default()))),
        "apikey" if value("in") != Some("query") => Some((value("key")?.to_owned(), value("value")?.to_owned())),
        _ => None,
    }
}

/// Puts the values of variables in their places. One that is empty gets its value when the collection is run.
fn fill_in(exchange: &mut Exchange, variables: &Variables) {
    let filled = |text: &mut String| {
        for (name, value) in variables.iter().filter(|(_, value)| !value.is_empty()) {
            *text = text.replace(&format!("{{{{{name}}}}}"), value);
        }
    };
    filled(&mut exchange.target);
    exchange.request_headers.iter_mut().for_each(|(_, value)| filled(value));
    if let Some(body) = &mut exchange.request_body {
        filled(&mut body.text);
    }
}
