//! `rate/`: 429 (RFC 6585 §4), and 503 with a time where waiting is in vain (RFC 9110 §15.6.4).

use serde_json::Value;

use super::observed::{Observed, names_schema};
use super::sink::Sink;
use crate::scim::urn;

/// Nobody waits longer than this for one request.
const LONGEST_WAIT: u32 = 3600;

pub(super) fn retry_after(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if seen.answer.status != 429 {
        return;
    }
    let value = seen.answer.headers.get("retry-after");
    let digits = value.map(str::trim).filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
    if digits.and_then(|digits| digits.parse::<u32>().ok()).is_none_or(|seconds| seconds > LONGEST_WAIT) {
        let expected = format!("whole seconds, 0 to {LONGEST_WAIT}");
        sink.report("Retry-After", &[&expected], value.unwrap_or("absent"));
    }
}

/// Retry-After was obeyed so often, or waited for as one does without it, and the answer is the same.
const ENOUGH: usize = 5;

/// The same request again and again, and nothing but "later".
pub(super) fn lets_through(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let status = seen.answer.status;
    let before = seen.transcript.exchanges[..seen.index].iter().rev();
    let times = before.take_while(|earlier| {
        earlier.request == *seen.request() && earlier.response().is_some_and(|answer| answer.status == status)
    });
    if seen.is_weather && times.count() == ENOUGH {
        let actual = format!("{status}, {} times in a row", ENOUGH + 1);
        sink.report("status", &["an answer in the end, when the client waits as it is told"], actual);
    }
}

pub(super) fn body(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if seen.answer.status != 429 {
        return;
    }
    let error = seen.body.filter(|body| names_schema(body, urn::ERROR));
    match error {
        None => sink.report("body", &["a SCIM Error with status \"429\""], shown(seen)),
        Some(error) => {
            let status = error.get("status");
            let matches = status.is_some_and(|status| status.as_str() == Some("429") || status.as_u64() == Some(429));
            if !matches {
                sink.value("status", &["\"429\""], status);
            }
            let detail = error.get("detail").and_then(Value::as_str).unwrap_or_default();
            if detail.trim().is_empty() {
                sink.value("detail", &["a text that says what is limited"], error.get("detail"));
            }
        }
    }
    let cached = seen.answer.headers.all("cache-control").find(|value| keeps(value));
    if let Some(value) = cached {
        sink.report("Cache-Control", &["an answer that nobody keeps"], value);
    }
}

fn shown(seen: &Observed<'_>) -> String {
    let label = seen.answer.headers.get("content-type").unwrap_or("no Content-Type");
    format!("{} bytes, {label}", seen.answer.body.len())
}

/// `max-age` above 0.
fn keeps(cache_control: &str) -> bool {
    let mut directives = cache_control.split(',').filter_map(|directive| directive.trim().split_once('='));
    directives.any(|(name, age)| name.trim().eq_ignore_ascii_case("max-age") && age.trim().trim_matches('"') != "0")
}
