//! `group/`: members.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::Fault;
use super::put::merging;
use super::wrap::{
    Inner, answer_of, around, bodies, each_resource, edit_operations, edit_request, is_below, json_answer, lower,
    operations, patch_operations, read, refusal, refuse_operation, requests,
};
use crate::http::{Method, Request};
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("group/add-idempotent", add_idempotent),
    ("group/atomic", atomic),
    ("group/create", create),
    ("group/create-with-members", create_with_members),
    ("group/display-name-unique", display_name_unique),
    ("group/external-id", external_id),
    ("group/many-members", many_members),
    ("group/members-shape", members_shape),
    ("group/patch-status", patch_status),
    ("group/path-case", path_case),
    ("group/put-members", put_members),
    ("group/rename-keeps-members", rename_keeps_members),
    ("group/unknown-member", unknown_member),
];

fn creates_group(request: &Request) -> bool {
    request.method == Method::Post && request.path.trim_end_matches('/') == "/Groups"
}

/// A group needs somebody in it.
fn create(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let has_members = |body: &Value| body.get("members").and_then(Value::as_array).is_some_and(|m| !m.is_empty());
        if creates_group(request) && !request.json().as_ref().is_some_and(has_members) {
            return refusal(400, Some("invalidValue"), "members is required.");
        }
        server.handle(request, now)
    })
}

/// Members are managed by PATCH.
fn create_with_members(inner: Inner) -> Inner {
    requests(inner, |request| {
        if creates_group(request) {
            edit_request(request, |body| {
                body.shift_remove("members");
            });
        }
    })
}

fn put_members(inner: Inner) -> Inner {
    merging(inner, "/Groups")
}

/// A rename writes the whole group, as the request shows it.
fn rename_keeps_members(inner: Inner) -> Inner {
    operations(inner, |request, operations| {
        let renames = |operation: &Value| {
            lower(operation, "path") == "displayname"
                || operation.get("value").is_some_and(|value| value.get("displayName").is_some())
        };
        if is_below(request, "/Groups") && operations.iter().any(renames) {
            operations.push(json!({ "op": "remove", "path": "members" }));
        }
    })
}

/// The row of the membership is inserted blindly.
fn add_idempotent(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let added: Vec<Value> = patch_operations(request)
            .into_iter()
            .filter(|operation| lower(operation, "op") == "add" && lower(operation, "path") == "members")
            .filter_map(|operation| operation.get("value").cloned())
            .flat_map(|value| value.as_array().cloned().unwrap_or_else(|| vec![value]))
            .filter_map(|member| member.get("value").cloned())
            .collect();
        if !added.is_empty() && is_below(request, "/Groups") {
            let group = read(server, &request.path, now).unwrap_or_default();
            let members = group.get("members").and_then(Value::as_array).into_iter().flatten();
            if members.filter_map(|member| member.get("value")).any(|member| added.contains(member)) {
                return refusal(409, Some("uniqueness"), "The user is already a member of the group.");
            }
        }
        server.handle(request, now)
    })
}

/// The unique index throws, and the exception is called a bad request.
fn display_name_unique(inner: Inner) -> Inner {
    around(inner, |server, request, now| match server.handle(request, now) {
        Reply::Answer(response) if response.status == 409 && creates_group(request) => {
            refusal(400, Some("invalidValue"), "displayName: this field must be unique.")
        }
        reply => reply,
    })
}

/// The value of an operation is one member.
fn many_members(inner: Inner) -> Inner {
    operations(inner, |request, operations| {
        for operation in operations.iter_mut().filter(|_| is_below(request, "/Groups")) {
            if lower(operation, "op") == "add"
                && lower(operation, "path") == "members"
                && let Some(Value::Array(members)) = operation.get_mut("value")
            {
                members.truncate(1);
            }
        }
    })
}

/// Members are shown by the key that the table of memberships has: the name.
fn members_shape(inner: Inner) -> Inner {
    let mut names: HashMap<String, Value> = HashMap::new();
    bodies(inner, move |request, status, body| {
        if status >= 300 {
            return;
        }
        if is_below(request, "/Users") {
            each_resource(body, |user| {
                if let (Some(Value::String(id)), Some(name)) = (user.get("id"), user.get("userName")) {
                    names.insert(id.clone(), name.clone());
                }
            });
        } else if is_below(request, "/Groups") {
            each_resource(body, |group| {
                let members = group.get_mut("members").and_then(Value::as_array_mut);
                for value in members.into_iter().flatten().filter_map(|member| member.get_mut("value")) {
                    if let Some(name) = value.as_str().and_then(|id| names.get(id)) {
                        *value = name.clone();
                    }
                }
            });
        }
    })
}

/// Members are joined with the users, and who is none falls out.
fn unknown_member(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut request = request.clone();
        if is_below(&request, "/Groups") {
            edit_operations(&mut request, |operations| {
                for operation in operations.iter_mut().filter(|operation| lower(operation, "path") == "members") {
                    if let Some(Value::Array(members)) = operation.get_mut("value") {
                        members.retain(|member| {
                            let id = member.get("value").and_then(Value::as_str).unwrap_or_default();
                            ["Users", "Groups"].iter().any(|kind| read(server, &format!("/{kind}/{id}"), now).is_some())
                        });
                    }
                }
            });
        }
        server.handle(&request, now)
    })
}

/// Every operation is a transaction of its own, and the first that fails ends the request.
fn atomic(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let reply = server.handle(request, now);
        let has_failed = |reply: &Reply| answer_of(reply.clone()).is_none_or(|answer| !answer.is_success());
        if is_below(request, "/Groups") && has_failed(&reply) {
            for operation in patch_operations(request) {
                let mut alone = request.clone();
                edit_operations(&mut alone, |operations| *operations = vec![operation]);
                if has_failed(&server.handle(&alone, now)) {
                    break;
                }
            }
        }
        reply
    })
}

/// The table of groups has no such column.
fn external_id(inner: Inner) -> Inner {
    requests(inner, |request| {
        if creates_group(request) {
            edit_request(request, |body| {
                body.shift_remove("externalId");
            });
        }
    })
}

/// The answer is the row of the group; its members are in another table.
fn patch_status(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let reply = server.handle(request, now);
        let is_done = answer_of(reply.clone()).is_some_and(|answer| answer.is_success());
        if request.method != Method::Patch || !is_below(request, "/Groups") || !is_done {
            return reply;
        }
        let mut group = read(server, &request.path, now).unwrap_or_default();
        group.shift_remove("members");
        Reply::Answer(json_answer(200, &Value::Object(group)))
    })
}

/// Names are keys of a map.
fn path_case(inner: Inner) -> Inner {
    refuse_operation(inner, "There is no attribute of this name.", |request, operation| {
        let path = operation.get("path").and_then(Value::as_str).unwrap_or_default();
        is_below(request, "/Groups") && path.starts_with(|c: char| c.is_ascii_uppercase())
    })
}
