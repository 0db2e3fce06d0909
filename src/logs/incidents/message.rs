//! What a failure says in words, wherever the words stand.

use std::borrow::Cow;

use crate::logs::observation::{Http, Observation, Outcome};
use crate::logs::silence::says_no_answer;
use crate::logs::status;

/// The words of an observation.
pub(super) struct Said<'o> {
    /// Everything that the log and the endpoint say.
    pub(super) text: Cow<'o, str>,
    /// The IdP's error code.
    pub(super) code: Option<&'o str>,
    /// It is about seats.
    pub(super) is_capacity: bool,
    /// The endpoint's answer was no JSON.
    pub(super) is_not_json: bool,
    /// No answer came.
    pub(super) is_silence: bool,
}

/// Reads the words of an observation.
pub(super) fn said(observation: &Observation) -> Said<'_> {
    let message = observation.message.as_ref();
    let body = observation.http.as_ref().and_then(|http| http.response_body.as_ref()).map(|body| &*body.value.text);
    let raw = message.map_or("", |message| &*message.raw);
    let text = match body {
        Some(body) if !raw.is_empty() => Cow::Owned(format!("{raw}\n{body}")),
        Some(body) => Cow::Borrowed(body),
        None => Cow::Borrowed(raw),
    };
    let code = message.and_then(|message| message.code.as_deref());
    let is_capacity = code == Some("LicenseLimitExceeded") || is_about_seats(&text);
    let quoted = message.and_then(|message| message.body.as_deref()).or(body);
    let is_page = quoted.is_some_and(is_no_json);
    let is_silence = is_unanswered(observation);
    Said { is_capacity, is_not_json: is_page || raw.contains("Invalid JSON: "), is_silence, text, code }
}

/// A request that failed without a status: the wire shows none, or the words say that none came.
pub fn is_unanswered(observation: &Observation) -> bool {
    let is_silent = |http: &Http| http.method.is_some() && http.status.is_none();
    observation.outcome == Outcome::Failure
        && observation.status().is_none()
        && (observation.http.as_ref().is_some_and(is_silent)
            || observation.message.as_ref().is_some_and(|message| says_no_answer(&message.raw)))
}

/// Sentences that speak of seats: the noun and what is the matter with it.
fn is_about_seats(text: &str) -> bool {
    let text = text.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| text.contains(word));
    any(&["over capacity", "capacity reached", "capacity exceeded"])
        || (any(&["seat", "licen", "capacity", "user limit", "plan limit", "quota"])
            && any(&[
                "limit",
                "reached",
                "exceed",
                "no more",
                "not enough",
                "insufficient",
                "available",
                "full",
                "taken",
            ]))
}

/// A body that begins as no JSON does. One that only names its status says nothing.
fn is_no_json(body: &str) -> bool {
    let begin = body.trim_start();
    let is_status =
        status::of_phrase(begin.trim_end_matches(['.', ' ', '\n', '\r'])).is_some_and(|status| status < 500);
    !begin.is_empty()
        && !is_status
        && !begin.starts_with(['{', '[', '"'])
        && serde_json::from_str::<serde::de::IgnoredAny>(begin).is_err()
}
