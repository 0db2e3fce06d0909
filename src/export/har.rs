//! An HTTP archive (HAR 1.2) of what was sent and answered.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;

use super::build::EXAMPLE_BASE;
use super::script::{Call, Script};
use crate::http::{Headers, Response, percent};

/// When the story begins: any fixed moment will do.
const BEGINNING: OffsetDateTime = datetime!(2026-01-05 10:00:00 UTC);

/// The archive. What only looked whether all went well is left out: no identity provider sends it.
pub fn har(script: &Script) -> String {
    let entries: Vec<Value> = script.story().enumerate().map(|(at, call)| entry(at, call)).collect();
    let archive = json!({ "log": {
        "version": "1.2",
        "creator": { "name": "scimulator", "version": env!("CARGO_PKG_VERSION") },
        "comment": script.headline(),
        "entries": entries,
    }});
    format!("{archive:#}\n")
}

fn entry(at: usize, call: &Call) -> Value {
    // A millisecond each, so that every reader sees the order.
    let order = time::Duration::milliseconds(i64::try_from(at).unwrap_or(i64::MAX));
    let moment = (BEGINNING + call.at).saturating_add(order);
    json!({
        "startedDateTime": moment.format(&Rfc3339).unwrap_or_default(),
        "time": 0,
        "request": request(call),
        "response": call.answer.as_ref().map_or_else(|failure| unanswered(&failure.to_string()), |answer| response(answer)),
        "cache": {},
        "timings": { "send": 0, "wait": 0, "receive": 0 },
        "comment": call.remark(),
    })
}

fn request(call: &Call) -> Value {
    let sent = &call.request;
    let query = sent.query.as_deref().unwrap_or_default();
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        json!({ "name": percent::decode_query(name), "value": percent::decode_query(value) })
    });
    let mut request = json!({
        "method": sent.method.as_str(),
        "url": format!("{EXAMPLE_BASE}{}", sent.target()),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": fields(&sent.headers),
        "queryString": pairs.collect::<Vec<_>>(),
        "headersSize": -1,
        "bodySize": sent.body.as_ref().map_or(0, bytes::Bytes::len),
    });
    if let Some(body) = &sent.body {
        let kind = sent.headers.get("content-type").unwrap_or_default();
        request["postData"] = json!({ "mimeType": kind, "text": String::from_utf8_lossy(body) });
    }
    request
}

fn response(answer: &Response) -> Value {
    let kind = answer.headers.get("content-type").unwrap_or_default();
    json!({
        "status": answer.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": fields(&answer.headers),
        "content": { "size": answer.body.len(), "mimeType": kind, "text": String::from_utf8_lossy(&answer.body) },
        "redirectURL": answer.headers.get("location").filter(|_| (300..400).contains(&answer.status)).unwrap_or_default(),
        "headersSize": -1,
        "bodySize": answer.body.len(),
    })
}

/// Status 0 is how browsers write that nothing came back.
fn unanswered(why: &str) -> Value {
    json!({
        "status": 0,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "content": { "size": 0, "mimeType": "" },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": 0,
        "_error": why,
    })
}

fn fields(headers: &Headers) -> Vec<Value> {
    headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}
