//! Whether two bodies mean the same, and where they do not.
//!
//! Equality as in RFC 7643: names without case (§2.1), absent = null = `[]` = an
//! object without values (§2.5), members and elements unordered (§2.3.8, §2.4),
//! `primary: false` = absent (§2.4), dates as instants (§2.3.5), text without
//! case unless the attribute is case exact (§2.2).

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use unicode_normalization::UnicodeNormalization as _;

use super::json;
use super::model::Body;
pub(super) use crate::scim::name::get as member;
use crate::scim::{Difference, Mode, ResourceSchema, differences};

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
            let differences = differences(expected, actual, schema(expected, actual), Mode::Exact);
            differences.into_iter().map(Change::from).collect()
        }
        _ => vec![Change { path: String::new(), expected: shown(expected), actual: shown(actual) }],
    }
}

/// Of a list, the resources in it say for themselves what they are.
fn schema(expected: &Value, actual: &Value) -> &'static ResourceSchema {
    [expected, actual]
        .map(ResourceSchema::of)
        .into_iter()
        .find(|schema| !schema.base().id.is_empty())
        .unwrap_or(ResourceSchema::unknown())
}

impl From<Difference> for Change {
    fn from(difference: Difference) -> Self {
        let Difference { path, expected, actual } = difference;
        let begins = if path.is_empty() || path.starts_with('[') { "" } else { "." };
        let text = |value: Option<Value>| value.as_ref().map(json::compact);
        Self { path: format!("{begins}{path}"), expected: text(expected), actual: text(actual) }
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
