//! Whether two bodies mean the same, and where they do not.
//!
//! Equality as in RFC 7643: names without case (§2.1), absent = null = `[]` = an
//! object without values (§2.5), members and elements unordered (§2.3.8, §2.4),
//! `primary: false` = absent (§2.4), dates as instants (§2.3.5), text without
//! case unless the attribute is case exact (§2.2).

use std::collections::HashMap;

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use unicode_normalization::UnicodeNormalization as _;

use super::json;
use super::model::Body;

/// Differences reported for one body; a body that is something else entirely does not need more.
const MAX_CHANGES: usize = 100;
/// Elements of one array that are paired one by one after equal ones are set aside.
const MAX_PAIRED: usize = 300;
/// Attributes of the core schemas that are case exact (RFC 7643 §7, §8.7).
const CASE_EXACT: [&str; 6] = ["id", "externalid", "$ref", "location", "version", "password"];

/// One place where two bodies differ.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    /// SCIM path, beginning with a dot or bracket, empty for the body itself.
    pub(super) path: String,
    pub(super) expected: Option<String>,
    pub(super) actual: Option<String>,
}

/// Where two bodies differ in meaning.
pub(super) fn changes(expected: &Body, actual: &Body) -> Vec<Change> {
    match (expected, actual) {
        _ if expected == actual => Vec::new(),
        (Body::Json(expected), Body::Json(actual)) => {
            let mut walk = Walk { changes: Vec::new() };
            walk.value("", "", Some(expected), Some(actual));
            walk.changes
        }
        _ => vec![Change { path: String::new(), expected: shown(expected), actual: shown(actual) }],
    }
}

fn shown(body: &Body) -> Option<String> {
    match body {
        Body::Empty => None,
        Body::Json(value) => Some(json::compact(value)),
        Body::Text(text) => Some(text.clone()),
        Body::Large { bytes, hash } => Some(format!("{bytes} bytes, hash {hash:016x}")),
    }
}

struct Walk {
    changes: Vec<Change>,
}

impl Walk {
    /// Recursion ends where the JSON reader's own limit on nesting does.
    fn value(&mut self, path: &str, key: &str, expected: Option<&Value>, actual: Option<&Value>) {
        if self.changes.len() >= MAX_CHANGES || meaning(key, expected) == meaning(key, actual) {
            return;
        }
        match (expected, actual) {
            (Some(Value::Object(expected)), Some(Value::Object(actual))) => self.members(path, expected, actual),
            (Some(Value::Array(expected)), Some(Value::Array(actual))) => self.elements(path, key, expected, actual),
            _ => {
                let text = |value: Option<&Value>| value.filter(|value| fold(key, value).is_some()).map(json::compact);
                self.changes.push(Change { path: path.to_owned(), expected: text(expected), actual: text(actual) });
            }
        }
    }

    fn members(&mut self, path: &str, expected: &Map<String, Value>, actual: &Map<String, Value>) {
        for (key, value) in expected {
            self.value(&below(path, key), key, Some(value), member(actual, key));
        }
        for (key, value) in actual.iter().filter(|(key, _)| member(expected, key).is_none()) {
            self.value(&below(path, key), key, None, Some(value));
        }
    }

    /// Equal elements are set aside, the others paired by what identifies them.
    fn elements(&mut self, path: &str, key: &str, expected: &[Value], actual: &[Value]) {
        let (expected, actual) = without_equal(key, expected, actual);
        if expected.len().max(actual.len()) > MAX_PAIRED {
            let count = |items: &[&Value]| Some(format!("{} elements not found on the other side", items.len()));
            self.changes.push(Change { path: path.to_owned(), expected: count(&expected), actual: count(&actual) });
            return;
        }
        let mut unpaired: Vec<_> = actual.into_iter().map(Some).collect();
        for element in expected {
            let partner = partner(element, &unpaired).and_then(|at| unpaired[at].take());
            self.value(&format!("{path}{}", selector(element)), key, Some(element), partner);
        }
        for element in unpaired.into_iter().flatten() {
            self.value(&format!("{path}{}", selector(element)), key, None, Some(element));
        }
    }
}

fn below(path: &str, key: &str) -> String {
    format!("{path}{}{key}", if key.starts_with("urn:") { ":" } else { "." })
}

/// A member by its name without case (RFC 7643 §2.1).
pub(super) fn member<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    members.get(name).or_else(|| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

fn without_equal<'v>(key: &str, expected: &'v [Value], actual: &'v [Value]) -> (Vec<&'v Value>, Vec<&'v Value>) {
    let mut there: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, element) in actual.iter().enumerate().rev() {
        there.entry(fold(key, element).unwrap_or_default()).or_default().push(at);
    }
    let mut taken = vec![false; actual.len()];
    let mut missing = Vec::new();
    for element in expected {
        match there.get_mut(&fold(key, element).unwrap_or_default()).and_then(Vec::pop) {
            Some(at) => taken[at] = true,
            None => missing.push(element),
        }
    }
    (missing, actual.iter().zip(taken).filter(|(_, taken)| !taken).map(|(element, _)| element).collect())
}

/// What identifies an element, the strongest first: resources by id or name, values by type and value.
const IDENTITY: [&[&str]; 6] = [&["id"], &["userName"], &["type", "value"], &["value"], &["type"], &["displayName"]];

fn partner(element: &Value, others: &[Option<&Value>]) -> Option<usize> {
    let element = element.as_object()?;
    IDENTITY.iter().find_map(|names| {
        let wanted: Vec<_> = names.iter().map(|name| meaning(name, member(element, name))).collect();
        if wanted.iter().any(Option::is_none) {
            return None;
        }
        others.iter().position(|other| {
            let other = other.and_then(Value::as_object);
            other.is_some_and(|other| {
                names.iter().zip(&wanted).all(|(name, wanted)| meaning(name, member(other, name)) == *wanted)
            })
        })
    })
}

/// `[type eq "work"]`, `[userName eq "alice"]`, or the value itself.
fn selector(element: &Value) -> String {
    let named = ["userName", "type", "value", "displayName", "id"].iter().find_map(|name| {
        let value = member(element.as_object()?, name)?.as_str()?;
        Some(format!("[{name} eq {}]", json::compact(&Value::from(value))))
    });
    named.unwrap_or_else(|| match element {
        Value::Object(_) | Value::Array(_) => "[]".to_owned(),
        scalar => format!("[value eq {}]", json::compact(scalar)),
    })
}

/// What a value under `key` means, as a text that is equal exactly for equal meanings; `None` for unassigned.
pub(super) fn meaning(key: &str, value: Option<&Value>) -> Option<String> {
    fold(key, value?)
}

fn fold(key: &str, value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(false) if key.eq_ignore_ascii_case("primary") => None,
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.as_f64().map_or_else(|| number.to_string(), |number| number.to_string())),
        Value::String(text) => Some(fold_text(key, text)),
        Value::Array(items) => {
            let mut folded: Vec<_> = items.iter().filter_map(|item| fold(key, item)).collect();
            folded.sort_unstable();
            (!folded.is_empty()).then(|| format!("[{}]", folded.join(",")))
        }
        Value::Object(members) => {
            let named = members.iter().filter_map(|(key, value)| {
                Some(format!("{}:{}", json::compact(&key.to_lowercase().into()), fold(key, value)?))
            });
            let mut folded: Vec<_> = named.collect();
            folded.sort_unstable();
            (!folded.is_empty()).then(|| format!("{{{}}}", folded.join(",")))
        }
    }
}

fn fold_text(key: &str, text: &str) -> String {
    if let Ok(instant) = OffsetDateTime::parse(text, &Rfc3339) {
        return format!("@{}", instant.unix_timestamp());
    }
    let text: String = text.nfc().collect();
    let exact = CASE_EXACT.contains(&key.to_ascii_lowercase().as_str());
    let text = if exact { text } else { caseless::default_case_fold_str(&text) };
    json::compact(&text.into())
}
