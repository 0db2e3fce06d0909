//! `patch/`: modification.

use serde_json::{Value, json};

use super::Fault;
use super::wrap::{
    Inner, answer_of, around, deactivates, edit_operations, empty_answer, is_below, json_answer, lower, operations,
    patch_operations, refuse_operation,
};
use crate::http::Method;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("patch/applied", applied),
    ("patch/atomic", atomic),
    ("patch/deactivate-effects", deactivate_effects),
    ("patch/op-case", op_case),
    ("patch/status", status),
];

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
