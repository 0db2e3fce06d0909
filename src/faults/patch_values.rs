//! `patch/`: what an operation does to the values it names.

use serde_json::{Map, Value, json};

use super::Fault;
use super::wrap::{
    Inner, around, deactivates, edit_operations, empty_answer, is_below, lower, operations, patch, patch_operations,
    read, refusal,
};
use crate::http::{Method, Request};

pub(super) const FAULTS: &[Fault] = &[
    ("patch/add-no-path", add_no_path),
    ("patch/add-single", add_single),
    ("patch/remove-value", remove_value),
    ("patch/replace-element", replace_element),
    ("patch/replace-single", replace_single),
];

/// A path that is one name, of an attribute that holds one value.
fn names_single(operation: &Value) -> bool {
    const SINGLE: [&str; 4] = ["title", "displayname", "nickname", "usertype"];
    SINGLE.contains(&lower(operation, "path").as_str())
}

/// Whether a resource has a value for the attribute that an operation names.
fn has_value(resource: &Map<String, Value>, operation: &Value) -> bool {
    let path = lower(operation, "path");
    resource.iter().any(|(name, value)| name.to_ascii_lowercase() == path && !value.is_null())
}

/// Passes a PATCH on without some of its operations; when none is left, it is acknowledged.
pub(super) fn dropping<F>(inner: Inner, is_dropped: F) -> Inner
where
    F: Fn(&Request, &Value) -> bool + Send + 'static,
{
    around(inner, move |server, request, now| {
        let all = patch_operations(request);
        if !all.iter().any(|operation| is_dropped(request, operation)) {
            return server.handle(request, now);
        }
        let mut rest = request.clone();
        edit_operations(&mut rest, |operations| operations.retain(|operation| !is_dropped(request, operation)));
        if patch_operations(&rest).is_empty() {
            return empty_answer(204);
        }
        server.handle(&rest, now)
    })
}

/// As in JSON Patch for arrays: what is added must be new.
fn add_single(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        for operation in patch_operations(request) {
            if lower(&operation, "op") == "add" && names_single(&operation) {
                let resource = read(server, &request.path, now).unwrap_or_default();
                if has_value(&resource, &operation) {
                    return refusal(400, Some("invalidValue"), "The attribute has a value already.");
                }
            }
        }
        server.handle(request, now)
    })
}

/// As in JSON Patch: the target of a replace must exist.
fn replace_single(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        for operation in patch_operations(request) {
            if lower(&operation, "op") == "replace" && names_single(&operation) {
                let resource = read(server, &request.path, now).unwrap_or_default();
                if !has_value(&resource, &operation) {
                    return refusal(400, Some("noTarget"), "The attribute has no value to replace.");
                }
            }
        }
        server.handle(request, now)
    })
}

/// An operation without a path is a PUT in another dress.
fn add_no_path(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let all = patch_operations(request);
        // Whom to deactivate is said in this form too, and has a rule of its own.
        let plain = |operation: &&Value| operation.get("path").is_none() && !deactivates(operation);
        let named: Vec<String> = all
            .iter()
            .filter(plain)
            .filter_map(|operation| operation.get("value")?.as_object())
            .flat_map(|value| value.keys().map(|name| name.to_ascii_lowercase()))
            .collect();
        if is_below(request, "/Users") && !named.is_empty() {
            let forgotten = ["title", "nickName", "phoneNumbers"];
            let forgotten = forgotten.iter().filter(|name| !named.contains(&name.to_ascii_lowercase()));
            let removals: Vec<Value> = forgotten.map(|name| json!({ "op": "remove", "path": name })).collect();
            patch(server, &request.path, &Value::Array(removals), now);
        }
        server.handle(request, now)
    })
}

/// Nobody wrote that branch yet.
fn remove_value(inner: Inner) -> Inner {
    dropping(inner, |request, operation| is_below(request, "/Users") && lower(operation, "op") == "remove")
}

/// The filter of a path is taken for an index, and the index is 0.
fn replace_element(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut request = request.clone();
        let resource = match request.method {
            Method::Patch if is_below(&request, "/Users") => read(server, &request.path, now).unwrap_or_default(),
            _ => Map::new(),
        };
        edit_operations(&mut request, |operations| {
            for operation in operations.iter_mut().filter(|operation| lower(operation, "op") == "replace") {
                let path = operation.get("path").and_then(Value::as_str).unwrap_or_default().to_owned();
                let Some((name, rest)) = path.split_once('[') else { continue };
                let Some((_, sub)) = rest.split_once(']') else { continue };
                let first = resource.get(name).and_then(|list| list.get(0)?.get("type")?.as_str());
                if let Some(first) = first {
                    operation["path"] = format!("{name}[type eq \"{first}\"]{sub}").into();
                }
            }
        });
        server.handle(&request, now)
    })
}

/// Shortcut for faults that only rewrite the operations on users.
pub(super) fn user_operations<F>(inner: Inner, mut edit: F) -> Inner
where
    F: FnMut(&mut Vec<Value>) + Send + 'static,
{
    operations(inner, move |request, operations| {
        if is_below(request, "/Users") {
            edit(operations);
        }
    })
}
