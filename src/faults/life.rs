//! `life/`: joining, moving, leaving, coming back.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::Fault;
use super::create::{hide, is_inactive};
use super::patch_refusals::edit_users;
use super::twins::twins;
use super::wrap::{
    Inner, answer_of, answers, around, ask, creates_user, deactivates, edit_operations, edit_request, errors, id_of,
    is_below, is_list, lower, patch, patch_operations, read, refusal, resources,
};
use crate::http::{Method, Request};
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("life/conflict-detail", conflict_detail),
    ("life/conflict-inactive", conflict_inactive),
    ("life/custom-extension", custom_extension),
    ("life/email-change", email_change),
    ("life/last-seat-race", last_seat_race),
    ("life/over-capacity-create", over_capacity_create),
    ("life/over-capacity-reactivate", over_capacity_reactivate),
    ("life/reassign-same-account", reassign_same_account),
    ("life/retry-safe", retry_safe),
];

fn conflict_detail(inner: Inner) -> Inner {
    errors(inner, |_, status, error| {
        if status == 409 {
            error.insert("detail".to_owned(), "Conflict".into());
        }
    })
}

/// The index on userName covers active users only.
fn conflict_inactive(inner: Inner) -> Inner {
    twins(inner, |existing, _| is_inactive(existing))
}

/// Lookups find active users only.
fn reassign_same_account(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if is_list(request) && response.status == 200 {
            hide(response, is_inactive);
        }
    })
}

/// The answer is made from the request, while the change waits for the owner of the new address.
fn email_change(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_update = matches!(request.method, Method::Put | Method::Patch) && is_below(request, "/Users");
        let before = if is_update { read(server, &request.path, now) } else { None };
        let reply = server.handle(request, now);
        let Some(before) = before else { return reply };
        let Some(after) = read(server, &request.path, now) else { return reply };
        if ["userName", "emails"].iter().all(|name| before.get(*name) == after.get(*name)) {
            return reply;
        }
        for name in ["userName", "emails"] {
            let operation = match before.get(name) {
                Some(old) => json!({ "op": "replace", "path": name, "value": old }),
                None => json!({ "op": "remove", "path": name }),
            };
            patch(server, &request.path, &json!([operation]), now);
        }
        Reply::Answer(super::wrap::json_answer(200, &Value::Object(after)))
    })
}

/// Seats are counted without the create that came just before: it is not committed yet.
fn last_seat_race(inner: Inner) -> Inner {
    let (mut is_fresh, mut uncounted): (bool, HashSet<String>) = (false, HashSet::new());
    around(inner, move |server, request, now| {
        let mut reply = server.handle(request, now);
        let status = answer_of(reply.clone()).map_or(0, |answer| answer.status);
        if is_fresh && creates_user(request) && matches!(status, 402 | 403) {
            let mut seatless = request.clone();
            edit_request(&mut seatless, |body| {
                body.insert("active".to_owned(), false.into());
            });
            reply = server.handle(&seatless, now);
            let made =
                answer_of(reply.clone()).and_then(|answer| answer.json()?.get("id")?.as_str().map(str::to_owned));
            uncounted.extend(made);
        }
        is_fresh = creates_user(request) && status == 201;
        edit_users(request, &mut reply, |id, user| {
            if uncounted.contains(id) {
                user.insert("active".to_owned(), true.into());
            }
        });
        reply
    })
}

/// The trigger that counts seats throws, and nobody catches it.
fn over_capacity_create(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let reply = server.handle(request, now);
        let refused = answer_of(reply.clone()).is_some_and(|answer| matches!(answer.status, 402 | 403));
        if refused && creates_user(request) { refusal(500, None, "Internal Server Error") } else { reply }
    })
}

/// Seats are counted when a user is created, and never again.
fn over_capacity_reactivate(inner: Inner) -> Inner {
    let mut uncounted: HashSet<String> = HashSet::new();
    let reactivate = around(inner, |server, request, now| {
        let reply = server.handle(request, now);
        let refused = answer_of(reply.clone()).is_some_and(|answer| matches!(answer.status, 402 | 403));
        if !refused || !activates(request) {
            return reply;
        }
        let mut rest = request.clone();
        edit_operations(&mut rest, |operations| {
            operations.retain(|operation| lower(operation, "path") != "active");
            for value in operations.iter_mut().filter_map(|operation| operation.get_mut("value")?.as_object_mut()) {
                value.shift_remove("active");
            }
            operations.retain(|operation| operation.get("value") != Some(&json!({})));
        });
        edit_request(&mut rest, |body| {
            if body.contains_key("active") {
                body.insert("active".to_owned(), false.into());
            }
        });
        if request.method == Method::Put || !patch_operations(&rest).is_empty() {
            server.handle(&rest, now);
        }
        match ask(server, Method::Get, &request.path, None, now) {
            Some(user) => Reply::Answer(super::wrap::json_answer(200, &user)),
            None => reply,
        }
    });
    resources(reactivate, move |request, user| {
        let Some(id) = user.get("id").and_then(Value::as_str).map(str::to_owned) else { return };
        match (request.method, id_of(request).is_some_and(|named| named == id)) {
            (Method::Put | Method::Patch, true) if activates(request) => uncounted.insert(id.clone()),
            (Method::Put | Method::Patch, true) if sets_inactive(request) => uncounted.remove(&id),
            _ => false,
        };
        if uncounted.contains(&id) {
            user.insert("active".to_owned(), true.into());
        }
    })
}

fn activates(request: &Request) -> bool {
    let is_true =
        |value: &Value| *value == json!(true) || value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let body_says = || request.json().and_then(|body| body.get("active").map(is_true)).unwrap_or_default();
    let in_operation = |operation: &Value| {
        let value = operation.get("value");
        let value =
            if lower(operation, "path") == "active" { value } else { value.and_then(|value| value.get("active")) };
        value.is_some_and(is_true)
    };
    is_below(request, "/Users")
        && (patch_operations(request).iter().any(in_operation) || (request.method == Method::Put && body_says()))
}

fn sets_inactive(request: &Request) -> bool {
    patch_operations(request).iter().any(deactivates)
        || request.json().is_some_and(|body| body.get("active") == Some(&Value::Bool(false)))
}

/// Only the containers that the code knows are read.
fn custom_extension(inner: Inner) -> Inner {
    const KNOWN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:";
    let is_custom = |name: &str| {
        name.to_ascii_lowercase().starts_with("urn:") && !name.starts_with(KNOWN) && !name.contains(":core:")
    };
    around(inner, move |server, request, now| {
        let mut request = request.clone();
        let drop_from = |members: &mut Map<String, Value>| members.retain(|name, _| !is_custom(name));
        edit_operations(&mut request, |operations| {
            operations
                .retain(|operation| !is_custom(operation.get("path").and_then(Value::as_str).unwrap_or_default()));
            operations
                .iter_mut()
                .filter_map(|operation| operation.get_mut("value")?.as_object_mut())
                .for_each(drop_from);
        });
        if matches!(request.method, Method::Post | Method::Put) && is_below(&request, "/Users") {
            edit_request(&mut request, drop_from);
        }
        if request.method == Method::Patch && patch_operations(&request).is_empty() {
            return super::wrap::empty_answer(204);
        }
        server.handle(&request, now)
    })
}

/// The second DELETE stumbles over what the first one left.
fn retry_safe(inner: Inner) -> Inner {
    let mut deleted: HashSet<String> = HashSet::new();
    around(inner, move |server, request, now| {
        if request.method == Method::Delete && !deleted.insert(request.path.clone()) {
            return refusal(500, None, "Internal Server Error");
        }
        server.handle(request, now)
    })
}
