//! What a request writes: every value with the attribute it is for, in a resource or in a PATCH.

use serde_json::{Map, Value};

use super::argument::Named;
use crate::faults::wrap::{is_core, patch_operations};
use crate::http::{Method, Request};
use crate::scim::{AttributePath, Path};

/// Every plain value that a request writes into a user or group.
pub(super) fn values(request: &Request) -> Vec<(AttributePath, Value)> {
    let mut found = Vec::new();
    if !is_core(request) {
        return found;
    }
    if request.method == Method::Patch {
        for operation in patch_operations(request) {
            let at = path_of(&operation);
            collect(operation.get("value").unwrap_or(&Value::Null), at.as_ref(), &mut found);
        }
    } else if let Some(body) = request.json() {
        collect(&body, None, &mut found);
    }
    found
}

/// Takes an attribute out of a resource, or out of the value of an operation.
pub(super) fn prune(value: &mut Value, at: Option<&AttributePath>, out: &Named) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|item| prune(item, at, out)),
        Value::Object(members) => {
            members.retain(|name, member| !below(at, name, member).is_some_and(|here| out.is(&here)));
            for (name, member) in members.iter_mut() {
                match below(at, name, member) {
                    Some(here) => prune(member, Some(&here), out),
                    None => prune_extension(member, name, out),
                }
            }
        }
        _ => {}
    }
}

fn prune_extension(extension: &mut Value, urn: &str, out: &Named) {
    if let Value::Object(members) = extension {
        members.retain(|name, _| !out.is(&of_schema(urn, name)));
    }
}

/// The attribute that the path of an operation names.
pub(super) fn path_of(operation: &Value) -> Option<AttributePath> {
    let path = Path::parse(operation.get("path")?.as_str()?).ok()?;
    let sub = path.sub.or(path.attribute.sub);
    Some(AttributePath { sub, ..path.attribute })
}

fn collect(value: &Value, at: Option<&AttributePath>, found: &mut Vec<(AttributePath, Value)>) {
    match (value, at) {
        (Value::Array(list), _) => list.iter().for_each(|item| collect(item, at, found)),
        (Value::Object(members), _) => members.iter().for_each(|(name, member)| match below(at, name, member) {
            Some(here) => collect(member, Some(&here), found),
            None => extension(member, name, found),
        }),
        (Value::Null, _) | (_, None) => {}
        (plain, Some(at)) => found.push((at.clone(), plain.clone())),
    }
}

fn extension(value: &Value, urn: &str, found: &mut Vec<(AttributePath, Value)>) {
    let members = value.as_object().into_iter().flat_map(Map::iter);
    members.for_each(|(name, member)| collect(member, Some(&of_schema(urn, name)), found));
}

/// The attribute of a member; `None` for the members of a schema extension, which stand below its URN.
fn below(at: Option<&AttributePath>, name: &str, member: &Value) -> Option<AttributePath> {
    match at {
        Some(at) => Some(at.with_sub(name)),
        None if name.contains(':') && member.is_object() => None,
        None => Some(name.parse().unwrap_or_else(|_| AttributePath::of(name))),
    }
}

fn of_schema(urn: &str, name: &str) -> AttributePath {
    AttributePath { schema: Some(urn.to_owned()), ..AttributePath::of(name) }
}
