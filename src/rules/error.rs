//! `error/`: SCIM Error messages (RFC 7644 §3.12).

use serde_json::Value;

use super::endpoint::Kind;
use super::observed::{Observed, names_schema};
use super::sink::Sink;
use crate::http::{Exchange, Method};
use crate::scim::urn;

/// RFC 7644 §3.12 Table 9, and RFC 9865 §2.1.
const SCIM_TYPES: [&str; 13] = [
    "invalidFilter",
    "tooMany",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
    "invalidVers",
    "sensitive",
    "invalidCursor",
    "expiredCursor",
    "invalidCount",
];

pub(super) fn schema(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if !seen.is_error() || seen.error().is_some() || seen.is_at_the_base() {
        return;
    }
    let expected = format!("a SCIM Error, schemas [{}]", urn::ERROR);
    match seen.body {
        Some(body) => match body.get("schemas") {
            Some(schemas) => sink.value("schemas", &[&expected], Some(schemas)),
            None => sink.value("body", &[&expected], Some(&Value::Object(body.clone()))),
        },
        None if seen.answer.body.is_empty() => {
            sink.report("body", &[&expected], format!("{} with an empty body", seen.answer.status));
        }
        // What is no JSON object is http/json-object's business.
        None => {}
    }
}

pub(super) fn status_string(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(error) = seen.error() else { return };
    let status = error.get("status");
    let three_digits = |text: &str| text.len() == 3 && text.bytes().all(|digit| digit.is_ascii_digit());
    if !status.and_then(Value::as_str).is_some_and(three_digits) {
        sink.value("status", &["the HTTP status as a JSON string of three digits"], status);
    }
}

/// Whether an answer says in its body that the request failed, and in its status line that it did not.
pub fn is_contradiction(exchange: &Exchange) -> bool {
    exchange.response().filter(|answer| answer.is_success()).is_some_and(|answer| {
        answer.json().and_then(Value::as_object).is_some_and(|body| names_schema(body, urn::ERROR))
    })
}

pub(super) fn status_match(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let error = seen.error().or_else(|| seen.body.filter(|_| is_contradiction(seen.exchange)));
    let Some(status) = error.and_then(|error| error.get("status")) else { return };
    let number = status.as_u64().or_else(|| status.as_str()?.trim().parse().ok());
    if number.is_some_and(|number| number != u64::from(seen.answer.status)) {
        sink.value("status", &[&format!("\"{}\", the HTTP status", seen.answer.status)], Some(status));
    }
}

pub(super) fn detail(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let detail = seen.error().and_then(|error| error.get("detail"));
    if detail.is_some_and(|detail| !detail.is_string() && !detail.is_null()) {
        sink.value("detail", &["one string"], detail);
    }
}

pub(super) fn detail_present(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(error) = seen.error().filter(|_| matches!(seen.answer.status, 400 | 401 | 404 | 409)) else { return };
    let detail = error.get("detail").filter(|detail| !detail.is_null());
    if detail.is_none_or(|detail| detail.as_str().is_some_and(|text| text.trim().is_empty())) {
        sink.value("detail", &["a text that people can act on"], detail);
    }
}

pub(super) fn scimtype_known(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(value) = seen.error().and_then(|error| error.get("scimType")).filter(|value| !value.is_null()) else {
        return;
    };
    let Some(word) = value.as_str() else {
        sink.value("scimType", &["a string"], Some(value));
        return;
    };
    // Nothing at all, written as a word.
    if ["", "null", "none", "undefined"].contains(&word.trim().to_ascii_lowercase().as_str()) {
        sink.value("scimType", &["one of the defined words, or no scimType"], Some(value));
        return;
    }
    // The list is not closed, so a keyword of one's own is no mistake; a misspelt one is.
    let plain =
        |word: &str| word.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase()).collect::<Vec<_>>();
    if let Some(meant) = SCIM_TYPES.iter().find(|known| plain(known) == plain(word) && **known != word) {
        sink.value("scimType", &[meant], Some(value));
    }
}

pub(super) fn scimtype_status(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(word) = seen.error().and_then(|error| error.get("scimType")).and_then(Value::as_str) else { return };
    if !SCIM_TYPES.contains(&word) {
        return;
    }
    let is_create = seen.request().method == Method::Post && seen.endpoint.kind != Kind::Bulk;
    let allowed: &[u16] = match word {
        // RFC 7643 §7 lets a server refuse for uniqueness with 400, but RFC 7644 §3.3 fixes 409 for a create.
        "uniqueness" if is_create => &[409],
        "uniqueness" => &[409, 400],
        "sensitive" => &[403, 400],
        _ => &[400],
    };
    if !allowed.contains(&seen.answer.status) {
        let expected: Vec<String> = allowed.iter().map(|status| format!("{status} with scimType {word}")).collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        sink.report("status", &expected, format!("{} with scimType {word}", seen.answer.status));
    }
}

/// RFC 7644 §7.5.2. Documents of discovery refuse every filter by 403 (RFC 7644 §4), which says nothing of secrets.
pub(super) fn sensitive(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let is_filter = seen.request().method == Method::Get && seen.request().parameter("filter").is_some();
    let is_about_resources = matches!(seen.endpoint.kind, Kind::User | Kind::Group);
    let Some(error) = seen.error().filter(|_| is_filter && is_about_resources && seen.answer.status == 403) else {
        return;
    };
    let scim_type = error.get("scimType");
    if scim_type.and_then(Value::as_str) != Some("sensitive") {
        sink.value("scimType", &["sensitive"], scim_type);
    }
}
