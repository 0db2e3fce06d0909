//! Does an answer meet an expectation? Facts only; findings are made by the player.

use serde_json::{Value, json};

use crate::finding::Finding;
use crate::http::Response;
use crate::rules::clip;
use crate::run::player::Disguise;
use crate::run::player::loss;
use crate::run::player::values::member;
use crate::scenario::{Expectation, HeaderExpectation};
use crate::scim::{self, Mode};

/// One thing that is not as expected.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::run) struct Mismatch {
    /// Attribute, header or member, in SCIM path notation.
    pub(in crate::run) subject: String,
    /// Acceptable alternatives.
    pub(in crate::run) expected: Vec<String>,
    /// What was there.
    pub(in crate::run) actual: String,
    /// The value behind it.
    pub(in crate::run) evidence: Option<Value>,
}

impl Mismatch {
    pub(in crate::run) fn new(
        subject: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Self {
        Self { subject: subject.into(), expected: vec![expected.into()], actual: actual.into(), evidence: None }
    }

    /// Fills a finding's facts.
    pub(in crate::run) fn into_finding(self, mut finding: Finding) -> Finding {
        finding.subject = self.subject;
        finding.expected = self.expected;
        finding.actual = self.actual;
        finding.evidence = self.evidence;
        finding
    }
}

/// Everything about an answer that one alternative does not accept. Values in `expectation` are resolved.
///
/// The disguise is lifted on both sides, so that literal names in a scenario fit a marked run.
pub(in crate::run) fn mismatches(expectation: &Expectation, response: &Response, disguise: &Disguise) -> Vec<Mismatch> {
    let mut found: Vec<Mismatch> = status(expectation, response).into_iter().collect();
    if !found.is_empty() {
        // The body of an answer with another status says nothing about the attributes.
        return found;
    }
    found.extend(expectation.headers.iter().filter_map(|(name, expected)| header(name, expected, response)));
    if expectation.empty && !response.body.is_empty() {
        let label = response.headers.get("content-type").unwrap_or("no Content-Type");
        found.push(Mismatch::new("body", "none", format!("{} bytes, {label}", response.body.len())));
    }
    let body = response.json();
    // An answer that was kept and had no body, such as a 204, asks for nothing.
    if let Some(expected) = expectation.body.as_ref().filter(|body| !body.is_null()) {
        let mode = if expectation.exact { Mode::Exact } else { Mode::Subset };
        found.extend(compare(expected, body.unwrap_or(&Value::Null), mode, disguise));
    }
    found.extend(presence(expectation, body));
    found.extend(at_paths(expectation, body, disguise));
    if let Some(before) = &expectation.keeps {
        found.extend(loss::lost(before, body.unwrap_or(&Value::Null)));
    }
    if let Some(total) = expectation.total {
        let actual = body.and_then(|body| scim::name::get_in(body, "totalResults"));
        if actual.and_then(Value::as_u64) != Some(total) {
            found.push(Mismatch::new("totalResults", total.to_string(), shown(actual)));
        }
    }
    found.extend(error_body(expectation, body));
    found
}

fn status(expectation: &Expectation, response: &Response) -> Option<Mismatch> {
    if expectation.refused && !(400..500).contains(&response.status) {
        return Some(Mismatch::new("status", "4xx", answered(response)));
    }
    let patterns = &expectation.status;
    let fits = patterns.is_empty() || patterns.iter().any(|pattern| pattern.fits(response.status));
    if fits {
        return None;
    }
    Some(Mismatch {
        subject: "status".to_owned(),
        expected: patterns.iter().map(ToString::to_string).collect(),
        actual: answered(response),
        evidence: Some(json!(response.status)),
    })
}

/// The status, with the reason that a SCIM error gives for it.
fn answered(response: &Response) -> String {
    let body = response.json().filter(|_| response.status >= 400);
    match body.and_then(|body| scim::name::get_in(body, "detail")).and_then(Value::as_str) {
        Some(detail) if !detail.trim().is_empty() => format!("{}: {}", response.status, clip(detail.trim())),
        _ => response.status.to_string(),
    }
}

fn header(name: &str, expected: &HeaderExpectation, response: &Response) -> Option<Mismatch> {
    let actual = response.headers.get(name);
    let (holds, expected) = match expected {
        HeaderExpectation::Present => (actual.is_some(), "present"),
        HeaderExpectation::Absent => (actual.is_none(), "absent"),
        HeaderExpectation::Equals(value) => (actual == Some(value), value.as_str()),
    };
    (!holds).then(|| Mismatch::new(format!("header {name}"), expected, actual.unwrap_or("absent")))
}

fn presence(expectation: &Expectation, body: Option<&Value>) -> Vec<Mismatch> {
    let value = |path: &str| member(body?, path).filter(scim::is_assigned);
    let missing = expectation.present.iter().filter(|path| value(path).is_none());
    let extra = expectation.absent.iter().filter_map(|path| Some((path, value(path)?)));
    missing
        .map(|path| Mismatch::new(path, "a value", "absent"))
        .chain(extra.map(|(path, value)| Mismatch::new(path, "no value", value.to_string())))
        .collect()
}

/// Values at paths, and values that must not be there, compared as they are.
fn at_paths(expectation: &Expectation, body: Option<&Value>, disguise: &Disguise) -> Vec<Mismatch> {
    let actual = |path: &str| body.and_then(|body| member(body, path));
    let same =
        |expected: &Value, actual: &Value| expected == actual || lifted(expected, disguise) == lifted(actual, disguise);
    let wrong = |(path, expected): &(String, Value)| {
        let actual = actual(path);
        let fits = actual.as_ref().is_some_and(|actual| same(expected, actual));
        (!fits).then(|| Mismatch::new(path, expected.to_string(), shown(actual.as_ref())))
    };
    let repeated = |(path, unwanted): &(String, Value)| {
        let actual = actual(path).filter(|actual| same(unwanted, actual))?;
        Some(Mismatch::new(path, format!("anything but {unwanted}"), actual.to_string()))
    };
    expectation.at.iter().filter_map(wrong).chain(expectation.differs.iter().filter_map(repeated)).collect()
}

/// A wrong scimType is an error, a missing one is not (it is OPTIONAL, RFC 7644 §3.12).
fn error_body(expectation: &Expectation, body: Option<&Value>) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let text = |name: &str| body.and_then(|body| scim::name::get_in(body, name)).and_then(Value::as_str);
    if let Some(actual) = text("scimType")
        && !expectation.scim_type.is_empty()
        && !expectation.scim_type.iter().any(|accepted| accepted == actual)
    {
        found.push(Mismatch { expected: expectation.scim_type.clone(), ..Mismatch::new("scimType", "", actual) });
    }
    if let Some(pattern) = &expectation.detail {
        let actual = text("detail").unwrap_or_default();
        let fits = regex_lite::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(actual));
        if !fits {
            found.push(Mismatch::new("detail", format!("text matching {pattern}"), actual));
        }
    }
    found
}

/// Compares two values by RFC equality, the disguise lifted on both sides.
pub(in crate::run) fn compare(expected: &Value, actual: &Value, mode: Mode, disguise: &Disguise) -> Vec<Mismatch> {
    let (mut expected, actual) = (lifted(expected, disguise), lifted(actual, disguise));
    drop_volatile(&mut expected);
    let schema = scim::ResourceSchema::of(&actual);
    let differences = scim::differences(&expected, &actual, schema, mode);
    differences
        .into_iter()
        .map(|difference| Mismatch {
            subject: difference.path,
            expected: vec![difference.expected.as_ref().map_or_else(|| "no value".to_owned(), Value::to_string)],
            actual: shown(difference.actual.as_ref()),
            evidence: difference.actual,
        })
        .collect()
}

/// Takes `meta` out of whole resources: it changes by itself, and rules of their own look at it.
fn drop_volatile(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(drop_volatile),
        Value::Object(members) => {
            let is_resource = members.contains_key("schemas") && members.contains_key("id");
            if is_resource {
                members.shift_remove("meta");
            }
            members.values_mut().for_each(drop_volatile);
        }
        _ => {}
    }
}

/// The same value with the run's mark taken out of every text.
fn lifted(value: &Value, disguise: &Disguise) -> Value {
    match value {
        Value::String(text) => json!(disguise.lift(text)),
        Value::Array(items) => Value::Array(items.iter().map(|item| lifted(item, disguise)).collect()),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), lifted(value, disguise))).collect())
        }
        other => other.clone(),
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "absent".to_owned(), Value::to_string)
}
