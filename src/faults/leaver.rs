//! Who has left, who cannot join, and who stays as they are.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::Fault;
use super::wrap::{
    Inner, answer_of, around, ask, creates_user, deactivates, edit_operations, edit_request, id_of, is_below,
    patch_operations, read, refusal, requests,
};
use crate::http::{Method, Request};
use crate::scim::urn;
use crate::server::{Reply, Service};

pub(super) const FAULTS: &[Fault] = &[
    ("create/inactive", inactive),
    ("life/freed-seat", freed_seat),
    ("life/full-house", full_house),
    ("life/leaver-stays-out", leaver_stays_out),
    ("life/leaves-again", leaves_again),
    ("patch/same-value", same_value),
];

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

/// The job that closes an account is keyed by the account, and runs once.
fn leaves_again(inner: Inner) -> Inner {
    let mut left: HashSet<String> = HashSet::new();
    requests(inner, move |request| {
        let id = id_of(request).unwrap_or_default().to_owned();
        if patch_operations(request).iter().any(deactivates) && !left.insert(id) {
            edit_operations(request, |operations| {
                for operation in operations.iter_mut().filter(|operation| deactivates(operation)) {
                    *operation = json!({ "op": "replace", "value": {} });
                }
            });
        }
    })
}

/// The trigger that counts seats down is skipped by the code path for a full organisation.
fn freed_seat(inner: Inner) -> Inner {
    let (mut refused, mut is_lost): (Option<Reply>, bool) = (None, false);
    around(inner, move |server, request, now| {
        if let (true, true, Some(reply)) = (is_lost, creates_user(request), &refused) {
            return reply.clone();
        }
        let reply = server.handle(request, now);
        let status = answer_of(reply.clone()).map_or(0, |answer| answer.status);
        if creates_user(request) && matches!(status, 402 | 403) {
            refused = Some(reply.clone());
        }
        let is_removal = request.method == Method::Delete && is_below(request, "/Users") && status == 204;
        is_lost |= is_removal && refused.is_some();
        reply
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
        "schemas": [urn::CORE_USER],
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
