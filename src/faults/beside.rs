//! Changes that undo another one: of an attribute beside theirs, or of somebody who writes at the same moment.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::Fault;
use super::wrap::{Inner, around, empty_answer, is_below, lower, patch, patch_operations};
use crate::http::{Method, Request};

pub(super) const FAULTS: &[Fault] = &[
    ("group/keeps-rest", group_keeps_rest),
    ("group/parallel-joins", parallel_joins),
    ("patch/keeps-rest", patch_keeps_rest),
    ("patch/parallel", patch_parallel),
];

/// The statement that sets the one column sets the one beside it to what the request does not have.
fn patch_keeps_rest(inner: Inner) -> Inner {
    losing(inner, "/Users", "title", "nickName")
}

/// Who is in the group is written with the whole row.
fn group_keeps_rest(inner: Inner) -> Inner {
    losing(inner, "/Groups", "members", "externalId")
}

/// A PATCH of one attribute of a collection's resources empties another.
fn losing(inner: Inner, collection: &'static str, changed: &'static str, lost: &'static str) -> Inner {
    around(inner, move |server, request, now| {
        let is_such = |operation: &Value| lower(operation, "path").starts_with(changed);
        let loses = request.method == Method::Patch
            && is_below(request, collection)
            && patch_operations(request).iter().any(is_such);
        let reply = server.handle(request, now);
        if loses {
            patch(server, &request.path, &json!([{ "op": "remove", "path": lost }]), now);
        }
        reply
    })
}

/// The members are read, one is added, and all are written back.
fn parallel_joins(inner: Inner) -> Inner {
    overtaken(inner, |request| {
        is_below(request, "/Groups")
            && patch_operations(request).iter().any(|one| lower(one, "op") == "add" && lower(one, "path") == "members")
    })
}

/// The account is read, a value is changed, and all are written back.
fn patch_parallel(inner: Inner) -> Inner {
    overtaken(inner, |request| {
        let operations = patch_operations(request);
        let is_one_of = |path: &str| operations.len() == 1 && lower(&operations[0], "path") == path;
        is_below(request, "/Users") && (is_one_of("title") || is_one_of("displayname"))
    })
}

/// A change that comes after another one, before anybody has read the resource, is overwritten by it.
fn overtaken(inner: Inner, is_change: fn(&Request) -> bool) -> Inner {
    let mut unread: HashSet<String> = HashSet::new();
    around(inner, move |server, request, now| {
        let changes = is_change(request);
        if changes && !unread.insert(request.path.clone()) {
            return empty_answer(204);
        }
        if !changes {
            unread.remove(&request.path);
        }
        server.handle(request, now)
    })
}
