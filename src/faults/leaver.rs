//! Who has left, who cannot join, and who stays as they are.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::Fault;
use super::wrap::{
    Inner, around, ask, creates_user, deactivates, edit_operations, edit_request, empty_answer, is_below, lower,
    patch_operations, read, refusal, requests,
};
use crate::http::{Method, Request};
use crate::server::Service;

pub(super) const FAULTS: &[Fault] = &[
    ("create/inactive", inactive),
    ("group/parallel-joins", parallel_joins),
    ("life/full-house", full_house),
    ("life/leaver-stays-out", leaver_stays_out),
    ("patch/same-value", same_value),
];

/// The members are read, one is added, and all are written back: what came in between is overwritten.
fn parallel_joins(inner: Inner) -> Inner {
    let mut unread: HashSet<String> = HashSet::new();
    around(inner, move |server, request, now| {
        let joins = is_below(request, "/Groups")
            && patch_operations(request).iter().any(|one| lower(one, "op") == "add" && lower(one, "path") == "members");
        if joins && !unread.insert(request.path.clone()) {
            return empty_answer(204);
        }
        if !joins {
            unread.remove(&request.path);
        }
        server.handle(request, now)
    })
}

/// New users are active: the column has a default, and the create does not write it.
fn inactive(inner: Inner) -> Inner {
    requests(inner, |request| {
        if creates_user(request) {
            edit_request(request, |body| {
                body.shift_remove("active");
            });
        }
    })
}

/// The licence is checked before each write.
fn full_house(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_change = request.method == Method::Patch && is_below(request, "/Users");
        if is_change && !has_a_seat(server, now) {
            return refusal(403, None, "No seat is free.");
        }
        server.handle(request, now)
    })
}

/// Tries it: somebody is created and removed again.
fn has_a_seat(server: &mut dyn Service, now: time::OffsetDateTime) -> bool {
    let somebody = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "somebody@example.org",
        "emails": [{ "value": "somebody@example.org", "type": "work" }],
        "active": true
    });
    let made = ask(server, Method::Post, "/Users", Some(&somebody), now);
    let id = made.and_then(|user| user.get("id")?.as_str().map(str::to_owned));
    if let Some(id) = &id {
        ask(server, Method::Delete, &format!("/Users/{id}"), None, now);
    }
    id.is_some()
}

/// Whoever is provisioned works here.
fn leaver_stays_out(inner: Inner) -> Inner {
    requests(inner, |request| {
        let is_user = is_below(request, "/Users");
        edit_operations(request, |operations| {
            if is_user && !operations.iter().any(deactivates) {
                operations.push(json!({ "op": "replace", "path": "active", "value": true }));
            }
        });
    })
}

/// SELECT count(*) FROM users WHERE name = ?
fn same_value(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let name = written_name(request);
        if name.is_some() && read(server, &request.path, now).is_some_and(|user| user.get("userName") == name.as_ref())
        {
            return refusal(409, Some("uniqueness"), "The userName is already in use.");
        }
        server.handle(request, now)
    })
}

fn written_name(request: &Request) -> Option<Value> {
    let operations = patch_operations(request).into_iter().filter(|_| is_below(request, "/Users"));
    operations
        .filter(|operation| operation.get("path") == Some(&json!("userName")))
        .find_map(|operation| operation.get("value").cloned())
}
