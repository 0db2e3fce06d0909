//! `patch/`: what an operation does to the values it names.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::Fault;
use super::patch_refusals::edit_users;
use super::wrap::{
    Inner, around, deactivates, dropping, edit_operations, id_of, is_below, lower, operations, patch, patch_operations,
    read, refusal,
};
use crate::http::Method;

pub(super) const FAULTS: &[Fault] = &[
    ("patch/add-complex", add_complex),
    ("patch/add-no-path", add_no_path),
    ("patch/add-single", add_single),
    ("patch/primary-demotes", primary_demotes),
    ("patch/remove-absent", remove_absent),
    ("patch/remove-value", remove_value),
    ("patch/replace-element", replace_element),
    ("patch/replace-single", replace_single),
    ("patch/unassign-null", unassign_null),
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
    const CHECKED: [&str; 3] = ["", "id", "username"];
    dropping(inner, |request, operation| {
        let path = lower(operation, "path");
        is_below(request, "/Users") && lower(operation, "op") == "remove" && !CHECKED.contains(&path.as_str())
    })
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

/// A complex value is one value, and the new one takes its place.
fn add_complex(inner: Inner) -> Inner {
    operations(inner, |request, operations| {
        let is_name = |operation: &Value| {
            lower(operation, "path") == "name" && operation.get("value").is_some_and(Value::is_object)
        };
        if is_below(request, "/Users") && operations.iter().any(is_name) {
            operations.insert(0, json!({ "op": "remove", "path": "name" }));
        }
    })
}

/// Each value has a flag of its own, and nobody looks at the others.
fn primary_demotes(inner: Inner) -> Inner {
    let mut doubled: HashSet<String> = HashSet::new();
    around(inner, move |server, request, now| {
        let sets_primary = |operation: &Value| {
            let in_path = lower(operation, "path").ends_with("].primary");
            let added = operation.get("value").and_then(Value::as_array).into_iter().flatten();
            in_path || (lower(operation, "op") == "add" && added.into_iter().any(|one| one.get("primary").is_some()))
        };
        if patch_operations(request).iter().any(sets_primary) {
            doubled.extend(id_of(request).map(str::to_owned));
        }
        let mut reply = server.handle(request, now);
        edit_users(request, &mut reply, |id, user| {
            let emails = user.get_mut("emails").and_then(Value::as_array_mut).filter(|_| doubled.contains(id));
            for email in emails.into_iter().flatten() {
                email["primary"] = true.into();
            }
        });
        reply
    })
}

/// Every value is made a text.
fn unassign_null(inner: Inner) -> Inner {
    operations(inner, |request, operations| {
        for operation in
            operations.iter_mut().filter(|operation| is_below(request, "/Users") && names_single(operation))
        {
            if operation.get("value").is_some_and(Value::is_null) {
                operation["value"] = "null".into();
            }
        }
    })
}

/// Who is not in the group cannot be found.
fn remove_absent(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        for operation in patch_operations(request) {
            let path = operation.get("path").and_then(Value::as_str).unwrap_or_default();
            let Some(filter) = path.strip_prefix("members[").filter(|_| lower(&operation, "op") == "remove") else {
                continue;
            };
            let wanted = filter.split('"').nth(1).unwrap_or_default();
            let group = read(server, &request.path, now).unwrap_or_default();
            let mut members = group.get("members").and_then(Value::as_array).into_iter().flatten();
            if !members.any(|member| member.get("value").and_then(Value::as_str) == Some(wanted)) {
                return refusal(404, None, "The user is not a member of the group.");
            }
        }
        server.handle(request, now)
    })
}
