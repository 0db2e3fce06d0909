//! Conditional requests (RFC 7644 §3.14, RFC 9110 §13).
//!
//! Tags compare weakly everywhere: ours are weak, and RFC 7644 sends weak ones
//! in If-Match, which by RFC 9110 alone would never match.

use serde_json::{Map, Value};

use crate::http::{Headers, Response};
use crate::server::reply::{self, Refusal};

/// The 304 of a GET whose copy is fresh, or the 412 of one that asks for another version.
pub fn unmodified(resource: &Map<String, Value>, headers: &Headers) -> Result<Option<Response>, Refusal> {
    let Some(current) = version(resource) else { return Ok(None) };
    if fails_if_match(current, headers) {
        return Err(stale());
    }
    if !names(headers, "if-none-match", current) {
        return Ok(None);
    }
    let mut response = reply::empty(304);
    response.headers.push("ETag", current);
    Ok(Some(response))
}

/// Refuses a write that is meant for another version.
pub fn matching(resource: &Map<String, Value>, headers: &Headers) -> Result<(), Refusal> {
    match version(resource) {
        Some(current) if fails_if_match(current, headers) || names(headers, "if-none-match", current) => Err(stale()),
        _ => Ok(()),
    }
}

fn fails_if_match(current: &str, headers: &Headers) -> bool {
    headers.get("if-match").is_some() && !names(headers, "if-match", current)
}

fn stale() -> Refusal {
    Refusal::new(412, None, "The resource has another version: read it again, then repeat the change.")
}

fn version(resource: &Map<String, Value>) -> Option<&str> {
    resource.get("meta")?.get("version")?.as_str()
}

/// Whether a field lists this tag, or `*`.
fn names(headers: &Headers, field: &str, current: &str) -> bool {
    let mut tags = headers.all(field).flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || opaque(tag) == opaque(current))
}

fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resource() -> Map<String, Value> {
        json!({ "meta": { "version": "W/\"3\"" } }).as_object().cloned().unwrap_or_default()
    }

    fn with(field: &str, value: &str) -> Headers {
        [(field, value)].into_iter().collect()
    }

    #[test]
    fn a_fresh_copy_is_told_by_any_form_of_the_tag() {
        for value in ["W/\"3\"", "\"3\"", "*", "\"1\", W/\"3\""] {
            let answer = unmodified(&resource(), &with("If-None-Match", value)).expect("no refusal");
            assert_eq!(answer.map(|answer| answer.status), Some(304), "{value}");
        }
        assert_eq!(unmodified(&resource(), &with("If-None-Match", "W/\"2\"")), Ok(None));
    }

    #[test]
    fn a_write_needs_the_present_tag_when_it_names_one() {
        for value in ["W/\"3\"", "\"3\"", "*"] {
            assert_eq!(matching(&resource(), &with("If-Match", value)), Ok(()), "{value}");
        }
        for (field, value) in [("If-Match", "W/\"2\""), ("If-None-Match", "*")] {
            assert!(matching(&resource(), &with(field, value)).is_err(), "{field}: {value}");
        }
        assert_eq!(matching(&Map::new(), &with("If-Match", "W/\"2\"")), Ok(()), "without versions nothing is asked");
    }
}
