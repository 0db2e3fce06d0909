//! `patch/`: what must be refused, and what must not.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::Fault;
use super::wrap::{
    Inner, around, dropping, each_resource, edit_json, edit_operations, edit_request, empty_answer, id_of, is_below,
    json_answer, lower, patch_operations, read, refusal, refuse_operation, requests,
};
use crate::http::{Method, Request};
use crate::scim::urn;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("patch/odd-bodies", odd_bodies),
    ("patch/add-missing-value", add_missing_value),
    ("patch/attributes-200", attributes_200),
    ("patch/body-schema", body_schema),
    ("patch/filter-literals", filter_literals),
    ("patch/invalid-path", invalid_path),
    ("patch/invalid-value", invalid_value),
    ("patch/path-case", path_case),
    ("patch/readonly", readonly),
    ("patch/remove-no-path", remove_no_path),
    ("patch/remove-required", remove_required),
    ("patch/replace-no-match", replace_no_match),
    ("patch/unknown-op", unknown_op),
    ("patch/unknown-path", unknown_path),
    ("patch/without-schemas", without_schemas),
];

fn path_of(operation: &Value) -> &str {
    operation.get("path").and_then(Value::as_str).unwrap_or_default()
}

/// Edits every user in an answer, by id.
pub(super) fn edit_users(request: &Request, reply: &mut Reply, mut edit: impl FnMut(&str, &mut Map<String, Value>)) {
    let Reply::Answer(response) = reply else { return };
    if response.is_success() && is_below(request, "/Users") {
        edit_json(response, |_, body| {
            each_resource(body, |user| {
                if let Some(id) = user.get("id").and_then(Value::as_str).map(str::to_owned) {
                    edit(&id, user);
                }
            });
        });
    }
}

/// A missing value is null, and null has nothing to add.
fn add_missing_value(inner: Inner) -> Inner {
    dropping(inner, |_, operation| lower(operation, "op") == "add" && operation.get("value").is_none())
}

fn attributes_200(inner: Inner) -> Inner {
    around(inner, |server, request, now| match server.handle(request, now) {
        Reply::Answer(response) if request.method == Method::Patch && response.is_success() => empty_answer(204),
        reply => reply,
    })
}

/// A missing list is an empty one.
fn body_schema(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let has_list = request.json().is_some_and(|body| body.get("Operations").is_some_and(Value::is_array));
        if request.method == Method::Patch && !has_list {
            return empty_answer(204);
        }
        server.handle(request, now)
    })
}

/// The operations are all that is read.
fn without_schemas(inner: Inner) -> Inner {
    requests(inner, |request| {
        if request.method == Method::Patch {
            edit_request(request, |body| {
                body.entry("schemas").or_insert_with(|| json!([urn::PATCH_OP]));
            });
        }
    })
}

/// The pattern for paths knows `[type eq "…"]`.
fn filter_literals(inner: Inner) -> Inner {
    refuse_operation(inner, "The path cannot be read.", |_, operation| {
        path_of(operation).split_once('[').is_some_and(|(_, filter)| filter.contains("primary"))
    })
}

/// A path that the pattern does not fit is none of ours.
fn invalid_path(inner: Inner) -> Inner {
    dropping(inner, |_, operation| {
        let Some(path) = operation.get("path").and_then(Value::as_str) else { return false };
        let has_index = path.split_once('[').is_some_and(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()));
        path.trim().is_empty() || path.contains("..") || path.contains('[') != path.contains(']') || has_index
    })
}

/// What does not fit is made to fit.
fn invalid_value(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut request = request.clone();
        edit_operations(&mut request, |operations| {
            for operation in operations.iter_mut() {
                let value = lower(operation, "value");
                if lower(operation, "path") == "active" && !matches!(value.as_str(), "" | "true" | "false") {
                    operation["value"] = true.into();
                }
            }
            operations.retain(|operation| match (lower(operation, "path").as_str(), operation.get("value")) {
                ("emails", Some(value)) => value.is_array() || value.is_object(),
                ("name", Some(value)) => value.is_object(),
                _ => true,
            });
        });
        if request.method == Method::Patch && patch_operations(&request).is_empty() && has_operations(&request) {
            return empty_answer(204);
        }
        server.handle(&request, now)
    })
}

fn has_operations(request: &Request) -> bool {
    request.json().is_some_and(|body| body.get("Operations").is_some_and(Value::is_array))
}

/// Names are keys of a map.
fn path_case(inner: Inner) -> Inner {
    refuse_operation(inner, "There is no attribute of this name.", |_, operation| {
        path_of(operation).starts_with(|c: char| c.is_ascii_uppercase())
            || path_of(operation)
                .split(['[', '.'])
                .skip(1)
                .any(|part| part.starts_with(|c: char| c.is_ascii_uppercase()))
    })
}

/// A column is a column.
fn readonly(inner: Inner) -> Inner {
    let mut written: HashMap<String, Map<String, Value>> = HashMap::new();
    around(inner, move |server, request, now| {
        let mut request = request.clone();
        let mut taken = Map::new();
        edit_operations(&mut request, |operations| {
            operations.retain(|operation| match lower(operation, "path").as_str() {
                "meta.created" if operation.get("value").is_some() => {
                    taken.insert("created".to_owned(), operation["value"].clone());
                    false
                }
                _ => true,
            });
        });
        let id = id_of(&request).map(str::to_owned);
        let mut reply = match id {
            Some(id) if !taken.is_empty() => {
                written.entry(id).or_default().extend(taken);
                empty_answer(204)
            }
            _ => server.handle(&request, now),
        };
        edit_users(&request, &mut reply, |id, user| {
            if let Some(meta) = user.get_mut("meta").and_then(Value::as_object_mut) {
                meta.extend(written.get(id).cloned().unwrap_or_default());
            }
        });
        reply
    })
}

/// Nothing is named, so nothing is removed.
fn remove_no_path(inner: Inner) -> Inner {
    dropping(inner, |_, operation| lower(operation, "op") == "remove" && operation.get("path").is_none())
}

/// Nobody asks the schema whether an attribute may go.
fn remove_required(inner: Inner) -> Inner {
    let mut nameless: Vec<String> = Vec::new();
    let removing = |operation: &Value| lower(operation, "op") == "remove" && lower(operation, "path") == "username";
    around(inner, move |server, request, now| {
        if request.method == Method::Patch && patch_operations(request).iter().all(removing) && has_operations(request)
        {
            nameless.extend(id_of(request).map(str::to_owned));
            return empty_answer(204);
        }
        let mut reply = server.handle(request, now);
        edit_users(request, &mut reply, |id, user| {
            if nameless.iter().any(|one| one == id) {
                user.shift_remove("userName");
            }
        });
        reply
    })
}

/// Zero rows are updated, and that is fine.
fn replace_no_match(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let has_filter =
            |operation: &Value| lower(operation, "op") == "replace" && lower(operation, "path").contains('[');
        if !patch_operations(request).iter().any(has_filter) {
            return server.handle(request, now);
        }
        match server.handle(request, now) {
            Reply::Answer(response) if says_no_target(&response) => {
                let mut rest = request.clone();
                edit_operations(&mut rest, |operations| operations.retain(|operation| !has_filter(operation)));
                if patch_operations(&rest).is_empty() {
                    let user = read(server, &request.path, now).unwrap_or_default();
                    return Reply::Answer(json_answer(200, &Value::Object(user)));
                }
                server.handle(&rest, now)
            }
            reply => reply,
        }
    })
}

fn says_no_target(response: &crate::http::Response) -> bool {
    response.status == 400 && response.json().is_some_and(|body| body.get("scimType") == Some(&json!("noTarget")))
}

fn unknown_op(inner: Inner) -> Inner {
    dropping(inner, |_, operation| !matches!(lower(operation, "op").as_str(), "add" | "replace" | "remove"))
}

/// A document store takes whatever it is given.
fn unknown_path(inner: Inner) -> Inner {
    let mut stored: HashMap<String, Map<String, Value>> = HashMap::new();
    around(inner, move |server, request, now| {
        let is_odd = |operation: &Value| {
            let path = lower(operation, "path");
            path.starts_with("zz") && operation.get("value").is_some()
        };
        let mut rest = request.clone();
        let odd: Vec<Value> = patch_operations(request).into_iter().filter(is_odd).collect();
        let mut reply = match id_of(request) {
            Some(id) if !odd.is_empty() => {
                let members = odd.iter().map(|operation| (path_of(operation).to_owned(), operation["value"].clone()));
                stored.entry(id.to_owned()).or_default().extend(members);
                edit_operations(&mut rest, |operations| operations.retain(|operation| !is_odd(operation)));
                if patch_operations(&rest).is_empty() { empty_answer(204) } else { server.handle(&rest, now) }
            }
            _ => server.handle(request, now),
        };
        edit_users(request, &mut reply, |id, user| user.extend(stored.get(id).cloned().unwrap_or_default()));
        reply
    })
}

/// The list is taken for granted.
fn odd_bodies(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let has_operations = request.json().is_some_and(|body| body.get("Operations").is_some());
        if request.method == Method::Patch && !has_operations {
            return refusal(500, None, "Internal Server Error");
        }
        server.handle(request, now)
    })
}
