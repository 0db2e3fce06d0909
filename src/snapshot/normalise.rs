//! Makes a reviewable text out of a transcript: volatile values become names, the harness's own requests are left out.
//!
//! The engine gives it the transcript of one scenario × dialect; the file, the
//! diff and the store take what it makes.

use serde_json::Value;

use super::json;
use super::meaning::meaning;
use super::model::{Body, Entry, Normalised, Played, Reply};
use super::names::{Bindings, Kind, Names, Side};
use crate::http::{Exchange, Headers, MarkKind, Method, Sender, Transcript, TransportFailure};

/// Longest body shown, in bytes of its normalised text; longer ones are a length and a hash.
const MAX_BODY: usize = 32 * 1024;

/// Answer headers that mean something to an IdP.
const KEPT: [&str; 5] = ["Location", "ETag", "Retry-After", "WWW-Authenticate", "Allow"];

/// Documents about the server itself: their ids are names of schemas, not of resources.
const DISCOVERY: [&str; 3] = ["serviceproviderconfig", "resourcetypes", "schemas"];

/// Gives a transcript's volatile values names and leaves out what the harness sent for itself.
pub fn normalise(transcript: &Transcript, names: &Names) -> Normalised {
    let mut bindings = Bindings::new(names, &transcript.base);
    for exchange in &transcript.exchanges {
        learn(&mut bindings, exchange);
    }
    let mut marks = transcript.marks.iter().peekable();
    let mut entries = Vec::new();
    let headers = common_headers(transcript, &mut bindings);
    for (at, exchange) in transcript.exchanges.iter().enumerate() {
        while let Some(mark) = marks.next_if(|mark| mark.after <= at) {
            entries.push(entry(&mut bindings, &mark.kind));
        }
        if is_shown(exchange) {
            entries.push(Entry::Exchange(Box::new(played(&mut bindings, exchange, &headers))));
        }
    }
    entries.extend(marks.map(|mark| entry(&mut bindings, &mark.kind)));
    Normalised { headers, entries }
}

const fn is_shown(exchange: &Exchange) -> bool {
    matches!(exchange.sender, Sender::Idp | Sender::Scenario)
}

/// Ids of resources that were created, read or looked up belong to the run; what else a list shows does not.
fn learn(bindings: &mut Bindings<'_>, exchange: &Exchange) {
    if is_discovery(&exchange.request.path) {
        return;
    }
    let Some(body) = exchange.response().filter(|response| response.is_success()).and_then(|response| response.json())
    else {
        return;
    };
    let path = exchange.request.path.trim_start_matches('/');
    let kind = Kind::of_endpoint(path.split('/').next().unwrap_or_default());
    match body.get("Resources").and_then(Value::as_array) {
        Some(resources) if is_lookup(exchange) => resources.iter().for_each(|found| learn_id(bindings, found, kind)),
        Some(_) => {}
        None => learn_id(bindings, body, kind),
    }
}

fn learn_id(bindings: &mut Bindings<'_>, resource: &Value, kind: Kind) {
    match resource.get("id") {
        Some(Value::String(id)) => bindings.learn(id, kind),
        Some(Value::Number(id)) => bindings.learn(&id.to_string(), kind),
        _ => {}
    }
}

/// A list restricted by a filter: over own data, because the run's names are its own.
fn is_lookup(exchange: &Exchange) -> bool {
    let by_query = exchange.request.query.as_deref().is_some_and(|query| query.contains("filter="));
    by_query || exchange.request.json().is_some_and(|body| body.get("filter").is_some())
}

fn entry(bindings: &mut Bindings<'_>, mark: &MarkKind) -> Entry {
    match mark {
        MarkKind::Step(number, label) => Entry::Step(number + 1, bindings.clean(label, Side::Sent)),
        MarkKind::Wait(duration, why) => {
            Entry::Wait(format!("{}  {}", span(duration.as_secs()), bindings.clean(why, Side::Sent)))
        }
        MarkKind::Outcome(text) => Entry::Outcome(bindings.prose(text)),
    }
}

/// `40 min`, `6 h`, `90 s`: the largest unit without a remainder.
fn span(seconds: u64) -> String {
    match seconds {
        0 => "0 s".to_owned(),
        whole if whole % 3600 == 0 => format!("{} h", whole / 3600),
        whole if whole % 60 == 0 => format!("{} min", whole / 60),
        other => format!("{other} s"),
    }
}

/// Each header as the first exchange that has it sends it.
fn common_headers(transcript: &Transcript, bindings: &mut Bindings<'_>) -> Vec<(String, String)> {
    let mut common: Vec<(String, String)> = Vec::new();
    for exchange in transcript.exchanges.iter().filter(|exchange| is_shown(exchange)) {
        for (name, value) in exchange.request.headers.iter() {
            let conditional = name.to_ascii_lowercase().starts_with("if-");
            if !conditional && !common.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                common.push((name.to_owned(), sent_header(bindings, name, value)));
            }
        }
    }
    common
}

fn sent_header(bindings: &mut Bindings<'_>, name: &str, value: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "authorization" => "<token>".to_owned(),
        "if-match" | "if-none-match" if value != "*" => bindings.etag(value),
        _ => bindings.clean(value, Side::Sent),
    }
}

/// Headers of one request that differ from the common ones.
fn own_headers(
    bindings: &mut Bindings<'_>,
    headers: &Headers,
    common: &[(String, String)],
    has_body: bool,
) -> Vec<(String, String)> {
    let mut own = Vec::new();
    for (name, value) in headers.iter() {
        let value = sent_header(bindings, name, value);
        let usual = common.iter().any(|(known, usual)| known == name && *usual == value);
        if !usual {
            own.push((name.to_owned(), value));
        }
    }
    for (name, _) in common.iter().filter(|(name, _)| headers.get(name).is_none()) {
        if has_body || !name.eq_ignore_ascii_case("content-type") {
            own.push((name.clone(), "(none)".to_owned()));
        }
    }
    own
}

fn played(bindings: &mut Bindings<'_>, exchange: &Exchange, common: &[(String, String)]) -> Played {
    let request = &exchange.request;
    let target = bindings.target(&request.target());
    let discovery = is_discovery(&request.path);
    let body = match request.body.as_deref() {
        Some(bytes) => body(bindings, bytes, Side::Sent, discovery),
        None => Body::Empty,
    };
    Played {
        raw: exchange.sender == Sender::Scenario,
        method: request.method.as_str().to_owned(),
        target,
        headers: own_headers(bindings, &request.headers, common, request.body.is_some()),
        body,
        reply: reply(bindings, exchange, discovery),
    }
}

fn is_discovery(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    DISCOVERY.iter().any(|endpoint| endpoint.eq_ignore_ascii_case(first))
}

fn reply(bindings: &mut Bindings<'_>, exchange: &Exchange, discovery: bool) -> Reply {
    let response = match &exchange.answer {
        Ok(response) => response,
        Err(failure) => return Reply::None(reason(failure).to_owned()),
    };
    let headers = KEPT.iter().filter_map(|name| {
        let value = response.headers.get(name)?;
        Some(((*name).to_owned(), answer_header(bindings, name, value)))
    });
    let headers = headers.collect();
    let whole_directory = !is_lookup(exchange) && !discovery && exchange.request.method != Method::Patch;
    let body = match response.json().filter(|json| whole_directory && json.get("Resources").is_some()) {
        Some(list) => json_body(bindings, &without_strangers(bindings, list), Side::Received, false),
        None => body(bindings, &response.body, Side::Received, discovery),
    };
    Reply::Answer { status: response.status, media: response.headers.media_type(), headers, body }
}

/// The kind of a failure in a word: what differs from machine to machine (numbers, the system's text) is left out.
const fn reason(failure: &TransportFailure) -> &'static str {
    match failure {
        TransportFailure::Dns(_) => "name not resolved",
        TransportFailure::Connect(_) => "cannot connect",
        TransportFailure::Tls(_) => "TLS failed",
        TransportFailure::Timeout(_) => "timeout",
        TransportFailure::Truncated(_) => "broke off",
        TransportFailure::TooLarge(_) => "too large",
        TransportFailure::Protocol(_) => "not HTTP",
        TransportFailure::Unsendable(_) => "not sent",
    }
}

fn answer_header(bindings: &mut Bindings<'_>, name: &str, value: &str) -> String {
    match name {
        "Location" => bindings.reference(value),
        "ETag" => bindings.etag(value),
        // Okta reads whole seconds and nothing else (OKTA-Q12); how many is weather.
        "Retry-After" if value.bytes().all(|byte| byte.is_ascii_digit()) => "<seconds>".to_owned(),
        "Retry-After" if value.contains("GMT") => "<date>".to_owned(),
        "WWW-Authenticate" => value.split([' ', ',']).next().unwrap_or_default().to_owned(),
        _ => bindings.clean(value, Side::Received),
    }
}

/// A list of the whole directory also shows what is none of the run's business: that is dropped, and totals with it.
fn without_strangers(bindings: &Bindings<'_>, list: &Value) -> Value {
    let mut list = list.clone();
    let mut dropped = false;
    if let Some(resources) = list.get_mut("Resources").and_then(Value::as_array_mut) {
        let before = resources.len();
        resources.retain(|resource| match resource.get("id") {
            Some(Value::String(id)) => bindings.is_own(id),
            Some(Value::Number(id)) => bindings.is_own(&id.to_string()),
            _ => true,
        });
        dropped = resources.len() < before;
    }
    let total = list.get("totalResults").and_then(Value::as_u64).unwrap_or_default();
    let others = usize::try_from(total).map_or(true, |total| total > bindings.own_count());
    for name in ["totalResults", "itemsPerPage"] {
        if let Some(count) = list.get_mut(name).filter(|count| (dropped || others) && count.is_u64()) {
            *count = Value::from("<count>");
        }
    }
    list
}

fn body(bindings: &mut Bindings<'_>, bytes: &[u8], side: Side, discovery: bool) -> Body {
    if bytes.is_empty() {
        return Body::Empty;
    }
    match serde_json::from_slice::<Value>(bytes) {
        Ok(json) if json.is_object() || json.is_array() => json_body(bindings, &json, side, discovery),
        _ => text_body(bindings, &String::from_utf8_lossy(bytes), side),
    }
}

fn json_body(bindings: &mut Bindings<'_>, json: &Value, side: Side, discovery: bool) -> Body {
    let named = bindings.body(json, side, discovery);
    let named = if side == Side::Received { json::canonical(&named) } else { named };
    if json::print(&named, 4).len() <= MAX_BODY {
        return Body::Json(named);
    }
    // Of what it means, so that a server's own order does not change the hash.
    large(&meaning("", Some(&named)).unwrap_or_default())
}

fn text_body(bindings: &mut Bindings<'_>, text: &str, side: Side) -> Body {
    let lines: Vec<_> = text.split('\n').map(|line| bindings.clean(line, side)).collect();
    let text = lines.join("\n");
    if text.len() > MAX_BODY { large(&text) } else { Body::Text(text) }
}

fn large(text: &str) -> Body {
    Body::Large { bytes: text.len(), hash: json::hash(text) }
}
