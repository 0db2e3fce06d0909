//! What a resource is: `schemas`, `id`, `meta.resourceType` (RFC 7643 §3, §3.1).

use serde_json::{Map, Value};

use crate::http::{Exchange, Method};
use crate::rules::endpoint::{Endpoint, Kind};
use crate::rules::memory::Memory;
use crate::rules::observed::{Observed, Resource, is_projected, names_schema};
use crate::rules::sink::Sink;

pub fn schemas_present(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for resource in &seen.resources {
        let value = resource.members.get("schemas");
        // RFC 7644 §3.4.2 itself shows a projected resource without schemas.
        // Nor has a schema in RFC 7643 §8.7 as printed (erratum 8417 adds them).
        if value.is_none() && (seen.is_projected || resource.is_none_at_all() || resource.kind == Kind::Schema) {
            continue;
        }
        let Some(listed) = urns(value) else {
            sink.value("schemas", &["a list of schema URNs"], value);
            continue;
        };
        let repeated =
            listed.iter().enumerate().find(|(at, urn)| listed[..*at].iter().any(|u| u.eq_ignore_ascii_case(urn)));
        if repeated.is_some() {
            sink.value("schemas", &["every URN once"], value);
        }
    }
}

/// The URNs, when it is an array of at least one, all strings.
fn urns(value: Option<&Value>) -> Option<Vec<&str>> {
    let list = value?.as_array().filter(|list| !list.is_empty())?;
    list.iter().map(Value::as_str).collect()
}

pub fn schemas_base(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for resource in &seen.resources {
        let (Some(base), Some(listed)) = (resource.kind.schema(), urns(resource.members.get("schemas"))) else {
            continue;
        };
        if !names_schema(resource.members, base) {
            sink.value("schemas", &[&format!("a list with {base}")], resource.members.get("schemas"));
            continue;
        }
        let Some(declared) = resource.kind.resource_type().and_then(|name| sink.memory.extensions.get(name)) else {
            continue;
        };
        let known =
            |urn: &&&str| urn.eq_ignore_ascii_case(base) || declared.iter().any(|d| d.eq_ignore_ascii_case(urn));
        if let Some(stranger) = listed.iter().find(|urn| !known(urn)) {
            let actual = Value::from(*stranger);
            sink.value("schemas", &["only extensions that /ResourceTypes lists for the type"], Some(&actual));
        }
    }
}

/// A projection that leaves it out is a matter of `attrs/always`.
pub fn id_present(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for resource in stored(seen) {
        let value = resource.members.get("id");
        let is_left_out = value.is_none() && seen.is_projected;
        if resource.id().is_none_or(str::is_empty) && !is_left_out {
            sink.value("id", &["a string of at least one character"], value);
        }
    }
}

/// The attribute without which a resource of a core type is none (RFC 7643 §4.1.1, §4.2).
const fn required(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::User => Some("userName"),
        Kind::Group => Some("displayName"),
        _ => None,
    }
}

pub fn required_present(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for resource in stored(seen).filter(|resource| !seen.is_projected && !resource.is_none_at_all()) {
        let Some(wanted) = required(resource.kind) else { continue };
        let value = member(resource.members, wanted);
        if value.is_none_or(|value| value.is_null() || value.as_str() == Some("")) {
            sink.value(wanted, &["a value, as it is required"], value);
        }
    }
}

/// Whether a successful answer shows a user or a group without the one attribute that tells it is one.
pub fn is_unrecognisable(exchange: &Exchange) -> bool {
    let answer = exchange.response().filter(|answer| answer.is_success());
    let body = answer.and_then(|answer| answer.json()).and_then(Value::as_object);
    let request = &exchange.request;
    let Some(wanted) = required(Endpoint::of(request).kind).filter(|_| request.method != Method::Delete) else {
        return false;
    };
    let Some(body) = body.filter(|_| !is_projected(request)) else { return false };
    match body.get("Resources").and_then(Value::as_array) {
        Some(listed) => listed.iter().filter_map(Value::as_object).any(|resource| member(resource, wanted).is_none()),
        None if Endpoint::of(request).is_query(request.method) => false,
        None => member(body, wanted).is_none(),
    }
}

/// A member by its name in any case.
fn member<'a>(members: &'a Map<String, Value>, wanted: &str) -> Option<&'a Value> {
    members.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
}

pub fn id_reserved(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for resource in stored(seen) {
        if resource.id().is_some_and(|id| id.contains("bulkId")) {
            sink.value("id", &["an id without the reserved word `bulkId`"], resource.members.get("id"));
        }
    }
}

pub fn id_unique(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for resource in stored(seen) {
        let Some(id) = resource.id().filter(|_| resource.kind.resource_type().is_some()) else { continue };
        let before = Memory::recall(&mut sink.memory.ids, id.to_owned(), resource.kind);
        if before.is_some_and(|kind| kind != resource.kind) {
            let kinds = before.and_then(Kind::resource_type).unwrap_or_default();
            let expected = format!("an id that no resource of another type has; a {kinds} has this one");
            sink.value("id", &[&expected], resource.members.get("id"));
        }
    }
}

pub fn meta_resource_type(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if seen.is_projected {
        return;
    }
    for resource in seen.resources.iter().filter(|resource| !resource.is_none_at_all()) {
        let Some(name) = resource.kind.resource_type() else { continue };
        if resource.meta("resourceType").and_then(Value::as_str) != Some(name) {
            sink.value("meta.resourceType", &[&format!("\"{name}\"")], resource.meta("resourceType"));
        }
    }
}

fn stored<'a, 'b>(seen: &'b Observed<'a>) -> impl Iterator<Item = &'b Resource<'a>> {
    seen.resources.iter().filter(|resource| resource.is_stored())
}
