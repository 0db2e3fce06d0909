//! `patch/`: modification.

use serde_json::{Value, json};

use super::Fault;
use super::twins::renamed_twins;
use super::wrap::{
    Inner, answer_of, around, deactivates, edit_operations, empty_answer, is_below, json_answer, lower, operations,
    patch_operations, refuse_operation,
};
use crate::http::Method;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("patch/add-extension", add_extension),
    ("patch/add-multi", add_multi),
    ("patch/addresses", addresses),
    ("patch/applied", applied),
    ("patch/atomic", atomic),
    ("patch/conflict", conflict),
    ("patch/deactivate-effects", deactivate_effects),
    ("patch/many-operations", many_operations),
    ("patch/op-case", op_case),
    ("patch/remove-filter", remove_filter),
    ("patch/replace-multi", replace_multi),
    ("patch/sequential", sequential),
    ("patch/status", status),
];

/// The queue takes ten at a time, and nobody comes back for the rest.
fn many_operations(inner: Inner) -> Inner {
    operations(inner, |_, operations| operations.truncate(10))
}

/// Every operation is a transaction of its own.
fn atomic(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut reply = None;
        for operation in patch_operations(request) {
            let mut single = request.clone();
            edit_operations(&mut single, |operations| *operations = vec![operation]);
            let answer = server.handle(&single, now);
            let failed = !answer_of(answer.clone()).is_some_and(|answer| answer.is_success());
            reply = Some(answer);
            if failed {
                break;
            }
        }
        reply.unwrap_or_else(|| server.handle(request, now))
    })
}

/// Attributes without a column are let pass.
fn applied(inner: Inner) -> Inner {
    const NOT_STORED: [&str; 4] = ["displayname", "title", "nickname", "phonenumbers"];
    around(inner, |server, request, now| {
        let mut request = request.clone();
        edit_operations(&mut request, |operations| {
            operations.retain(|operation| !NOT_STORED.contains(&lower(operation, "path").as_str()));
            for value in operations.iter_mut().filter_map(|operation| operation.get_mut("value")?.as_object_mut()) {
                value.retain(|name, _| !NOT_STORED.contains(&name.to_ascii_lowercase().as_str()));
            }
        });
        let is_empty = request.method == Method::Patch && patch_operations(&request).is_empty();
        if is_empty { empty_answer(204) } else { server.handle(&request, now) }
    })
}

/// The answer is not the resource.
fn status(inner: Inner) -> Inner {
    around(inner, |server, request, now| match server.handle(request, now) {
        Reply::Answer(response) if request.method == Method::Patch && response.is_success() => {
            Reply::Answer(json_answer(200, &json!({ "success": true })))
        }
        reply => reply,
    })
}

fn op_case(inner: Inner) -> Inner {
    refuse_operation(inner, "op must be one of add, remove, replace.", |_, operation| {
        let op = operation.get("op").and_then(Value::as_str).unwrap_or_default();
        op.chars().any(char::is_uppercase)
    })
}

/// Whoever leaves is wiped.
fn deactivate_effects(inner: Inner) -> Inner {
    operations(inner, |request, operations| {
        if is_below(request, "/Users") && operations.iter().any(deactivates) {
            operations
                .extend(["title", "phoneNumbers", "displayName"].map(|path| json!({ "op": "remove", "path": path })));
        }
    })
}

/// The path is split at its first dot, and that one is in the URN.
fn add_extension(inner: Inner) -> Inner {
    refuse_operation(inner, "There is no attribute of this name.", |_, operation| {
        let path = lower(operation, "path");
        path.starts_with("urn:") && path.contains('.')
    })
}

const LISTS: [&str; 4] = ["emails", "phonenumbers", "addresses", "members"];

/// What is added takes the place of what was there.
fn add_multi(inner: Inner) -> Inner {
    swap_op(inner, "add", "replace")
}

/// What replaces joins what was there.
fn replace_multi(inner: Inner) -> Inner {
    swap_op(inner, "replace", "add")
}

/// Addresses are kept in a table of their own, to which rows are only added.
fn addresses(inner: Inner) -> Inner {
    operations(inner, |request, operations| {
        for operation in operations.iter_mut().filter(|_| is_below(request, "/Users")) {
            if lower(operation, "op") == "replace" && lower(operation, "path") == "emails" {
                operation["op"] = "add".into();
            }
        }
    })
}

fn swap_op(inner: Inner, from: &'static str, to: &'static str) -> Inner {
    operations(inner, move |_, operations| {
        for operation in operations {
            if lower(operation, "op") == from && LISTS.contains(&lower(operation, "path").as_str()) {
                operation["op"] = to.into();
            }
        }
    })
}

fn conflict(inner: Inner) -> Inner {
    renamed_twins(inner, Method::Patch)
}

/// Changes are collected by kind, and deletions run last.
fn sequential(inner: Inner) -> Inner {
    operations(inner, |_, operations| operations.sort_by_key(|operation| lower(operation, "op") == "remove"))
}

/// The path ends where its filter begins.
fn remove_filter(inner: Inner) -> Inner {
    operations(inner, |_, operations| {
        for operation in operations.iter_mut().filter(|operation| lower(operation, "op") == "remove") {
            let list = operation.get("path").and_then(Value::as_str).and_then(|path| path.split_once('['));
            if let Some(list) = list.map(|(list, _)| list.to_owned()) {
                operation["path"] = list.into();
            }
        }
    })
}
