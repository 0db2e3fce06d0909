//! `group/` and its neighbours: members that get lost on the way, and changes of a group that reach further than it.

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::Fault;
use super::wrap::{
    Inner, around, done_where_missing, edit_request, empty_answer, id_of, is_below, lower, operations, patch,
    patch_operations, read, refusal, requests, resources,
};
use crate::http::{Method, Request};
use crate::server::Service;

pub(super) const FAULTS: &[Fault] = &[
    ("delete/group-outlives-members", group_outlives_members),
    ("group/bad-patch", bad_patch),
    ("group/hundred-members", hundred_members),
    ("group/inactive-members", inactive_members),
    ("group/independent", independent),
    ("group/link", link),
    ("group/name-required", name_required),
    ("group/nested", nested),
    ("group/no-path", no_path),
    ("group/put-roundtrip", put_roundtrip),
    ("group/remove-keeps-user", remove_keeps_user),
    ("group/unknown-id", unknown_id),
    ("patch/keeps-groups", patch_keeps_groups),
    ("put/keeps-groups", put_keeps_groups),
];

/// Most values that an operation is read for.
const PAGE: usize = 50;

fn hundred_members(inner: Inner) -> Inner {
    operations(inner, |request, operations| {
        for operation in operations.iter_mut().filter(|_| is_below(request, "/Groups")) {
            if let Some(Value::Array(members)) = operation.get_mut("value") {
                members.truncate(PAGE);
            }
        }
    })
}

/// A switch over the operations that are known, with nothing for the others.
fn bad_patch(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_known = |operation: &Value| ["add", "replace", "remove"].contains(&lower(operation, "op").as_str());
        let is_patch = request.method == Method::Patch && is_below(request, "/Groups") && request.json().is_some();
        if is_patch && !patch_operations(request).iter().any(is_known) {
            return empty_answer(204);
        }
        server.handle(request, now)
    })
}

/// What concerns no row is done.
fn unknown_id(inner: Inner) -> Inner {
    done_where_missing(inner, |request| request.method == Method::Patch && is_below(request, "/Groups"))
}

/// What is put is read into a form that has a name and members.
fn put_roundtrip(inner: Inner) -> Inner {
    requests(inner, |request| {
        if request.method == Method::Put && is_below(request, "/Groups") {
            edit_request(request, |body| {
                body.shift_remove("externalId");
            });
        }
    })
}

/// Members are looked for among the users.
fn nested(inner: Inner) -> Inner {
    operations(inner, |request, operations| {
        for operation in operations.iter_mut().filter(|_| is_below(request, "/Groups")) {
            if let Some(Value::Array(members)) = operation.get_mut("value") {
                members.retain(|member| member.get("type").and_then(Value::as_str) != Some("Group"));
            }
        }
    })
}

/// The key of the IdP is written once.
fn link(inner: Inner) -> Inner {
    operations(inner, |request, operations| {
        for operation in operations.iter_mut().filter(|_| is_below(request, "/Groups")) {
            if lower(operation, "path") == "externalid" {
                *operation = json!({ "op": "replace", "value": {} });
            }
        }
    })
}

/// Members are joined with the users who are active.
fn inactive_members(inner: Inner) -> Inner {
    let mut inactive: HashSet<String> = HashSet::new();
    resources(inner, move |_, resource| {
        if let (Some(Value::String(id)), Some(active)) = (resource.get("id"), resource.get("active")) {
            if active == false {
                inactive.insert(id.clone())
            } else {
                inactive.remove(id)
            };
        }
        if let Some(Value::Array(members)) = resource.get_mut("members") {
            members.retain(|member| !member["value"].as_str().is_some_and(|id| inactive.contains(id)));
        }
    })
}

/// An account has a column for its group.
fn independent(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        for operation in patch_operations(request).iter().filter(|_| is_below(request, "/Groups")) {
            let members = operation.get("value").and_then(Value::as_array).into_iter().flatten();
            for id in members.filter_map(|member| member.get("value")?.as_str()) {
                leave_groups(server, id, id_of(request), now);
            }
        }
        server.handle(request, now)
    })
}

/// Groups know their members by name.
fn patch_keeps_groups(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let renames = patch_operations(request).iter().any(|operation| lower(operation, "path") == "username");
        let reply = server.handle(request, now);
        if let (true, Some(id)) = (renames && is_below(request, "/Users"), id_of(request)) {
            leave_groups(server, id, None, now);
        }
        reply
    })
}

/// The account is deleted and made again.
fn put_keeps_groups(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if let (Method::Put, true, Some(id)) = (request.method, is_below(request, "/Users"), id_of(request)) {
            leave_groups(server, id, None, now);
        }
        server.handle(request, now)
    })
}

/// Takes a user out of every group but one.
fn leave_groups(server: &mut dyn Service, id: &str, but: Option<&str>, now: OffsetDateTime) {
    let user = read(server, &format!("/Users/{id}"), now).unwrap_or_default();
    for group in groups_of(&user).into_iter().filter(|group| Some(group.as_str()) != but) {
        let removal = json!([{ "op": "remove", "path": format!("members[value eq \"{id}\"]") }]);
        patch(server, &format!("/Groups/{group}"), &removal, now);
    }
}

fn groups_of(user: &Map<String, Value>) -> Vec<String> {
    let groups = user.get("groups").and_then(Value::as_array).into_iter().flatten();
    groups.filter_map(|group| Some(group.get("value")?.as_str()?.to_owned())).collect()
}

/// The column of the name has a default.
fn name_required(inner: Inner) -> Inner {
    requests(inner, |request| {
        if request.method == Method::Post && is_below(request, "/Groups") {
            edit_request(request, |body| {
                body.entry("displayName").or_insert_with(|| "New group".into());
            });
        }
    })
}

/// Of a value without a path the name is read.
fn no_path(inner: Inner) -> Inner {
    operations(inner, |request, operations| {
        for operation in operations.iter_mut().filter(|operation| operation.get("path").is_none()) {
            if let (true, Some(Value::Object(value))) = (is_below(request, "/Groups"), operation.get_mut("value")) {
                value.shift_remove("members");
            }
        }
    })
}

/// Access is given by the group alone, so without it there is none.
fn remove_keeps_user(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let reply = server.handle(request, now);
        for id in removed_members(request) {
            let switch_off = json!([{ "op": "replace", "path": "active", "value": false }]);
            patch(server, &format!("/Users/{id}"), &switch_off, now);
        }
        reply
    })
}

/// The members that a PATCH removes by filter.
fn removed_members(request: &Request) -> Vec<String> {
    let removals = patch_operations(request).into_iter().filter(|operation| lower(operation, "op") == "remove");
    let paths = removals.filter_map(|operation| Some(operation.get("path")?.as_str()?.to_owned()));
    paths.filter_map(|path| Some(path.strip_prefix("members[value eq \"")?.split_once('"')?.0.to_owned())).collect()
}

/// Members are loaded one by one, and one of them is not there.
fn group_outlives_members(inner: Inner) -> Inner {
    let mut orphaned: Vec<String> = Vec::new();
    around(inner, move |server, request, now| {
        if request.method == Method::Delete && is_below(request, "/Users") {
            orphaned.extend(groups_of(&read(server, &request.path, now).unwrap_or_default()));
        }
        if is_below(request, "/Groups") && orphaned.iter().any(|group| id_of(request) == Some(group)) {
            return refusal(404, None, "A member of the group was not found.");
        }
        server.handle(request, now)
    })
}
