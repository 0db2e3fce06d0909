//! Makes a reviewable text out of a transcript: volatile values become names, the harness's own requests are left out.
//!
//! The engine gives it the transcript of one scenario × dialect; the file, the
//! diff and the store take what it makes.

use serde_json::Value;

use super::json;
use super::meaning::{meaning, member};
use super::model::{Body, Entry, Normalised, Played, Reply};
use super::names::{Bindings, Kind, Names, Side};
use crate::http::{Exchange, Headers, MarkKind, Sender, Transcript, TransportFailure};

/// Longest body shown, in bytes of its normalised text on one line; longer ones are a length and a hash.
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
    let has_idp = transcript.exchanges.iter().any(|exchange| exchange.sender == Sender::Idp);
    let headers = common_headers(transcript, &mut bindings, has_idp);
    for (at, exchange) in transcript.exchanges.iter().enumerate() {
        while let Some(mark) = marks.next_if(|mark| mark.after <= at) {
            entries.push(entry(&mut bindings, &mark.kind));
        }
        if is_shown(exchange) {
            entries.push(Entry::Exchange(Box::new(played(&mut bindings, exchange, &headers, has_idp))));
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
    let kind = Kind::of_endpoint(first_segment(&exchange.request.path));
    match resources(body) {
        Some(resources) if is_lookup(exchange) => resources.iter().for_each(|found| learn_id(bindings, found, kind)),
        Some(_) => {}
        None => learn_id(bindings, body, kind),
    }
}

fn learn_id(bindings: &mut Bindings<'_>, resource: &Value, kind: Kind) {
    if let Some(id) = id(resource) {
        bindings.learn(kind_of(resource, kind), &id);
    }
}

/// By `meta.resourceType`, because a search below the root finds several kinds (RFC 7644 §3.4.2.1).
fn kind_of(resource: &Value, endpoint: Kind) -> Kind {
    let stated = resource.pointer("/meta/resourceType").and_then(Value::as_str).map(Kind::of_type);
    stated.filter(|kind| *kind != Kind::Other).unwrap_or(endpoint)
}

/// The id of a resource as text, also where a server sends a number.
fn id(resource: &Value) -> Option<String> {
    match member(resource.as_object()?, "id")? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

fn resources(list: &Value) -> Option<&Vec<Value>> {
    member(list.as_object()?, "Resources")?.as_array()
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
fn common_headers(transcript: &Transcript, bindings: &mut Bindings<'_>, has_idp: bool) -> Vec<(String, String)> {
    let mut common: Vec<(String, String)> = Vec::new();
    // What an IdP sends is the point; raw steps among its requests say what they send besides.
    let counts = |exchange: &&Exchange| is_shown(exchange) && (!has_idp || exchange.sender == Sender::Idp);
    let shown = transcript.exchanges.iter().filter(counts);
    for exchange in shown {
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
    is_aside: bool,
) -> Vec<(String, String)> {
    let mut own = Vec::new();
    for (name, value) in headers.iter() {
        let value = sent_header(bindings, name, value);
        let usual = common.iter().any(|(known, usual)| known == name && *usual == value);
        if !usual {
            own.push((name.to_owned(), value));
        }
    }
    // What a raw step does not send although the IdP does says nothing.
    for (name, _) in common.iter().filter(|(name, _)| !is_aside && headers.get(name).is_none()) {
        if has_body || !name.eq_ignore_ascii_case("content-type") {
            own.push((name.clone(), "(none)".to_owned()));
        }
    }
    own
}

fn played(bindings: &mut Bindings<'_>, exchange: &Exchange, common: &[(String, String)], has_idp: bool) -> Played {
    let is_aside = has_idp && exchange.sender == Sender::Scenario;
    let request = &exchange.request;
    let target = bindings.target(&request.target());
    let endpoint = Some(Kind::of_endpoint(first_segment(&request.path))).filter(|_| !is_discovery(&request.path));
    let body = match request.body.as_deref() {
        Some(bytes) => body(bindings, bytes, Side::Sent, endpoint),
        None => Body::Empty,
    };
    Played {
        raw: exchange.sender == Sender::Scenario,
        method: request.method.as_str().to_owned(),
        target,
        headers: own_headers(bindings, &request.headers, common, request.body.is_some(), is_aside),
        body,
        reply: reply(bindings, exchange, endpoint),
    }
}

fn first_segment(path: &str) -> &str {
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

fn is_discovery(path: &str) -> bool {
    DISCOVERY.iter().any(|endpoint| endpoint.eq_ignore_ascii_case(first_segment(path)))
}

fn reply(bindings: &mut Bindings<'_>, exchange: &Exchange, endpoint: Option<Kind>) -> Reply {
    let response = match &exchange.answer {
        Ok(response) => response,
        Err(failure) => return Reply::None(reason(failure).to_owned()),
    };
    let headers = KEPT.iter().filter_map(|name| {
        let value = response.headers.get(name)?;
        Some(((*name).to_owned(), answer_header(bindings, name, value)))
    });
    let headers = headers.collect();
    let list = response.json().filter(|json| !is_lookup(exchange) && resources(json).is_some()).zip(endpoint);
    let body = match list {
        Some((list, kind)) => json_body(bindings, &without_strangers(bindings, list, kind), Side::Received, endpoint),
        None => body(bindings, &response.body, Side::Received, endpoint),
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
fn without_strangers(bindings: &Bindings<'_>, list: &Value, kind: Kind) -> Value {
    let own = |resource: &&Value| id(resource).is_none_or(|id| bindings.is_own(kind_of(resource, kind), &id));
    let all = resources(list).map_or(&[][..], Vec::as_slice);
    let kept: Vec<_> = all.iter().filter(own).cloned().collect();
    let total = list.as_object().and_then(|list| member(list, "totalResults")).and_then(Value::as_u64);
    let more = usize::try_from(total.unwrap_or_default()).map_or(true, |total| total > bindings.own_count());
    let mut list = list.clone();
    let has_strangers = more || kept.len() < all.len();
    for (name, value) in list.as_object_mut().into_iter().flatten() {
        match name.to_ascii_lowercase().as_str() {
            "resources" => *value = Value::from(kept.clone()),
            "totalresults" | "itemsperpage" if has_strangers && value.is_u64() => *value = Value::from("<count>"),
            _ => {}
        }
    }
    list
}

fn body(bindings: &mut Bindings<'_>, bytes: &[u8], side: Side, endpoint: Option<Kind>) -> Body {
    if bytes.is_empty() {
        return Body::Empty;
    }
    match serde_json::from_slice::<Value>(bytes) {
        Ok(json) if json.is_object() || json.is_array() => json_body(bindings, &json, side, endpoint),
        _ => text_body(bindings, &String::from_utf8_lossy(bytes), side),
    }
}

fn json_body(bindings: &mut Bindings<'_>, json: &Value, side: Side, endpoint: Option<Kind>) -> Body {
    let named = bindings.body(json, side, endpoint);
    let named = if side == Side::Received { json::canonical(&named) } else { named };
    if json::compact(&named).len() <= MAX_BODY {
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
