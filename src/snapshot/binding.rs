//! What of an answer binds every server: the outcome class of the status, and what an IdP must read.
//!
//! Sources: RFC 7644 §3 (statuses), RFC 7643 §3.1 (common attributes), and the
//! contradictions between texts decided in docs/idps.md. Where two readings are
//! defensible, both pass here; rules with their own severity judge them.

use serde_json::{Map, Value};

use super::diff::change;
use super::json;
use super::meaning::{Change, meaning, member};
use super::model::{Body, Played, Reply};
use super::rows::is_weather;

/// The schema of a SCIM error (RFC 7644 §3.12).
const ERROR_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:error";

/// Path of the number of matches of a lookup.
pub(super) const TOTAL: &str = "body.totalResults";

/// Path of what a lookup found.
pub(super) const FOUND: &str = "body.Resources[]";

/// What a difference is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// The same outcome: go on.
    Same,
    /// Another outcome that a correct server may have: nothing is counted, but what follows is a consequence.
    Open,
    /// A deviation.
    Counts,
}

/// Weighs two statuses.
pub(super) fn status(expected: &Played, actual: &Played) -> Weight {
    let (Some(wanted), Some(status)) = (expected.status(), actual.status()) else { return Weight::Open };
    if wanted == status {
        return Weight::Same;
    }
    if is_weather(expected) || is_weather(actual) || is_gate(expected, actual, status) {
        return Weight::Open;
    }
    match (wanted / 100, status / 100) {
        (2, 2) => weigh(!is_create(actual) || wanted != 201),
        (4, 4) => weigh(same_refusal(actual, wanted, status)),
        (3, _) | (_, 3) => Weight::Open,
        (5, 5) => Weight::Same,
        _ => Weight::Counts,
    }
}

const fn weigh(same: bool) -> Weight {
    if same { Weight::Same } else { Weight::Counts }
}

/// The feature is not offered, the answer is a gateway's, or both readings pass.
fn is_gate(expected: &Played, actual: &Played, status: u16) -> bool {
    let lookup = actual.target.contains("filter=");
    match status {
        // A gateway's answer; or PATCH, PUT or bulk switched off: RFC 7644 §3.2 names 501, HTTP 405.
        405 | 501..=504 => true,
        // Filtering not offered for this attribute (RFC 7644 §3.4.2.1); without it no IdP links, which rules say.
        400 | 403 if lookup => true,
        403 | 404 if is_optional_endpoint(actual.path()) => true,
        // Nothing matched the path of an operation: refused or created, both exist (RFC 7644 §3.5.2.3, Entra).
        400 => actual.method == "PATCH" && is_no_target(actual),
        200 | 204 => actual.method == "PATCH" && is_no_target(expected),
        _ => is_discovery(actual.path()),
    }
}

/// Groups as a whole are optional (RFC 7643 §4.2), discovery documents are judged by rules.
fn is_optional_endpoint(path: &str) -> bool {
    path.eq_ignore_ascii_case("/Groups") || is_discovery(path)
}

fn is_discovery(path: &str) -> bool {
    ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"]
        .iter()
        .any(|endpoint| path.get(..endpoint.len()).is_some_and(|head| head.eq_ignore_ascii_case(endpoint)))
}

fn is_no_target(played: &Played) -> bool {
    let scim_type = played.answer_json().and_then(Value::as_object).and_then(|body| member(body, "scimType"));
    scim_type.and_then(Value::as_str).is_some_and(|word| word.eq_ignore_ascii_case("noTarget"))
}

/// A refusal is a refusal, but an IdP reacts to 401, 404 and, when creating, 409.
fn same_refusal(actual: &Played, wanted: u16, status: u16) -> bool {
    let conflict = is_create(actual) && (wanted == 409 || status == 409);
    !conflict && wanted != 401 && wanted != 404
}

fn is_create(played: &Played) -> bool {
    played.method == "POST" && matches!(played.path(), "/Users" | "/Groups")
}

/// Deviations in an answer with the right status.
pub(super) fn answer(expected: &Played, actual: &Played, address_changed: bool) -> Vec<Change> {
    let (Reply::Answer { body: wanted, status, .. }, Reply::Answer { body, .. }) = (&expected.reply, &actual.reply)
    else {
        return Vec::new();
    };
    let Body::Json(Value::Object(wanted)) = wanted else { return Vec::new() };
    if is_discovery(actual.path()) {
        return Vec::new();
    }
    let found = match body {
        Body::Json(Value::Object(found)) => Some(found),
        Body::Large { .. } => return Vec::new(),
        _ => None,
    };
    match status {
        400..500 => error_shape(wanted, found, *status),
        200..300 if member(wanted, "totalResults").is_some() => list(wanted, found, actual, address_changed),
        200..300 if member(wanted, "id").is_some() => match found {
            Some(found) => resource("body", wanted, found, actual, address_changed),
            None => no_resource(actual, body),
        },
        _ => Vec::new(),
    }
}

/// An error says in SCIM what is wrong (RFC 7644 §3.12). 401 and 403 often come from a gateway; `auth/error-body`
/// judges those, and 429 is weather.
fn error_shape(wanted: &Map<String, Value>, found: Option<&Map<String, Value>>, status: u16) -> Vec<Change> {
    if matches!(status, 401 | 403 | 429) || !is_error(wanted) || found.is_some_and(is_error) {
        return Vec::new();
    }
    let schemas = |body: &Map<String, Value>| member(body, "schemas").map(json::compact);
    change("body.schemas", schemas(wanted), found.and_then(schemas)).into_iter().collect()
}

fn is_error(body: &Map<String, Value>) -> bool {
    let schemas = member(body, "schemas").and_then(Value::as_array);
    let urn = |schema: &Value| schema.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(ERROR_SCHEMA));
    schemas.is_some_and(|schemas| schemas.iter().any(urn))
}

/// A lookup over own data finds as many as the reference does, and what it finds can be read.
fn list(
    wanted: &Map<String, Value>,
    found: Option<&Map<String, Value>>,
    actual: &Played,
    address_changed: bool,
) -> Vec<Change> {
    if address_changed || !actual.target.contains("filter=") {
        return Vec::new();
    }
    let Some(found) = found else { return change("body", Some("a list"), None).into_iter().collect() };
    let (wanted_resources, resources) = (resources(wanted), resources(found));
    let total = |list: &Map<String, Value>, resources: &[&Map<String, Value>]| {
        member(list, "totalResults").and_then(Value::as_u64).unwrap_or(resources.len() as u64)
    };
    let totals = change(TOTAL, Some(total(wanted, &wanted_resources)), Some(total(found, &resources)));
    if let Some(totals) = totals {
        return vec![totals];
    }
    match (wanted_resources.as_slice(), resources.as_slice()) {
        ([wanted], [found]) => resource(FOUND, wanted, found, actual, address_changed),
        _ => Vec::new(),
    }
}

fn resources(list: &Map<String, Value>) -> Vec<&Map<String, Value>> {
    let found = member(list, "Resources").and_then(Value::as_array);
    found.map(|found| found.iter().filter_map(Value::as_object).collect()).unwrap_or_default()
}

/// A created or read resource must come back; PUT and PATCH are judged by their own rules.
fn no_resource(actual: &Played, body: &Body) -> Vec<Change> {
    if !matches!(actual.method.as_str(), "GET" | "POST") {
        return Vec::new();
    }
    let found = if *body == Body::Empty { None } else { Some("no JSON object") };
    change("body", Some("a resource"), found).into_iter().collect()
}

fn resource(
    path: &str,
    wanted: &Map<String, Value>,
    found: &Map<String, Value>,
    actual: &Played,
    address_changed: bool,
) -> Vec<Change> {
    let mut bound = vec![id(path, wanted, found), active(path, wanted, found, actual)];
    let projected = actual.target.to_ascii_lowercase().contains("attributes=");
    if !projected {
        for attribute in ["userName", "externalId"] {
            bound.push(single(path, attribute, wanted, found, address_changed, Absent::Counts));
        }
        bound.extend(names(path, wanted, found));
        bound.push(emails(path, wanted, found, address_changed));
        bound.push(group_name(path, wanted, found, actual));
        bound.push(members(path, wanted, found, actual));
    }
    bound.into_iter().flatten().collect()
}

/// The id is there. Which it is differs from server to server, and `res/id-stable` follows it.
fn id(path: &str, wanted: &Map<String, Value>, found: &Map<String, Value>) -> Option<Change> {
    let text = |body| member(body, "id").filter(|id| !id.is_null() && *id != "").map(json::compact);
    text(found).is_none().then(|| Change { path: format!("{path}.id"), expected: text(wanted), actual: None })
}

/// Compared as a truth value: how it is written is `res/boolean-type`'s business. Absent, it counts where it was sent.
fn active(path: &str, wanted: &Map<String, Value>, found: &Map<String, Value>, actual: &Played) -> Option<Change> {
    let truth = |body| match member(body, "active") {
        Some(Value::Bool(truth)) => Some(*truth),
        Some(Value::String(word)) => word.to_ascii_lowercase().parse().ok(),
        _ => None,
    };
    let (wanted, found) = (truth(wanted)?, truth(found));
    let sent = matches!(&actual.body, Body::Json(Value::Object(body)) if member(body, "active").is_some());
    if found.is_none() && !sent {
        return None;
    }
    change(&format!("{path}.active"), Some(wanted), found)
}

/// What it means when an attribute of the reference answer is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    Counts,
    /// A server need not keep it (RFC 7644 §3.3: free to ignore content).
    Open,
}

fn single(
    path: &str,
    attribute: &str,
    wanted: &Map<String, Value>,
    found: &Map<String, Value>,
    address_changed: bool,
    absent: Absent,
) -> Option<Change> {
    let (wanted, found) = (member(wanted, attribute)?, member(found, attribute));
    let (means, now) = (meaning(attribute, Some(wanted))?, meaning(attribute, found));
    if now.is_none() && absent == Absent::Open || address_changed && attribute == "userName" {
        return None;
    }
    if now.as_ref() == Some(&means) {
        return None;
    }
    let actual = found.map(json::compact);
    Some(Change { path: format!("{path}.{attribute}"), expected: Some(json::compact(wanted)), actual })
}

fn names(path: &str, wanted: &Map<String, Value>, found: &Map<String, Value>) -> Vec<Option<Change>> {
    let name = |body| member(body, "name").and_then(Value::as_object);
    let (Some(wanted), Some(found)) = (name(wanted), name(found)) else { return Vec::new() };
    let path = format!("{path}.name");
    ["givenName", "familyName"].map(|part| single(&path, part, wanted, found, false, Absent::Open)).into()
}

/// A server need not keep addresses, nor more than one; one it keeps is the one that was sent.
fn emails(
    path: &str,
    wanted: &Map<String, Value>,
    found: &Map<String, Value>,
    address_changed: bool,
) -> Option<Change> {
    let (wanted, found) = (values(wanted, "emails"), values(found, "emails"));
    let kept = found.is_empty() || wanted.is_empty() || found.iter().any(|address| wanted.contains(address));
    if kept || address_changed {
        return None;
    }
    change(&format!("{path}.emails"), Some(wanted.join(", ")), Some(found.join(", ")))
}

/// Groups have nothing but their name to be told by; that of a user a server may make itself.
fn group_name(path: &str, wanted: &Map<String, Value>, found: &Map<String, Value>, actual: &Played) -> Option<Change> {
    if !actual.path().starts_with("/Groups") {
        return None;
    }
    single(path, "displayName", wanted, found, false, Absent::Counts)
}

/// Members a group shows when it is read are those it has; answers to writes may leave them out (OKTA-R17).
fn members(path: &str, wanted: &Map<String, Value>, found: &Map<String, Value>, actual: &Played) -> Option<Change> {
    let single_read = actual.method == "GET" && actual.path().starts_with("/Groups/");
    if !single_read || member(found, "members").is_none_or(Value::is_null) {
        return None;
    }
    let (mut wanted, mut found) = (values(wanted, "members"), values(found, "members"));
    wanted.sort_unstable();
    found.sort_unstable();
    change(&format!("{path}.members"), Some(wanted.join(", ")), Some(found.join(", ")))
}

/// The values of a multi-valued attribute, in lower case.
fn values(body: &Map<String, Value>, attribute: &str) -> Vec<String> {
    let items = member(body, attribute).and_then(Value::as_array);
    let value = |item: &Value| Some(member(item.as_object()?, "value")?.as_str()?.to_lowercase());
    items.map(|items| items.iter().filter_map(value).collect()).unwrap_or_default()
}
