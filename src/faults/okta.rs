//! `okta/`: what Okta sends.

use std::time::Duration;

use serde_json::Value;

use super::Fault;
use super::wrap::{
    Inner, around, ask, bodies, creates_user, each_resource, edit_request, is_below, is_list, refusal,
    refuse_operation, requests, resources,
};
use crate::http::Method;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("okta/deactivate-no-path", deactivate_no_path),
    ("okta/deactivate-put", deactivate_put),
    ("okta/empty-strings", empty_strings),
    ("okta/entitlement-types", entitlement_types),
    ("okta/import-shape", import_shape),
    ("okta/json-body", json_body),
    ("okta/patch-id-in-value", patch_id_in_value),
    ("okta/response-time", response_time),
    ("okta/stored-minimum", stored_minimum),
];

fn deactivate_no_path(inner: Inner) -> Inner {
    refuse_operation(inner, "path is required.", |request, operation| {
        is_below(request, "/Users") && operation.get("path").is_none()
    })
}

/// The name is under another name.
fn entitlement_types(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        if status == 200 && is_below(request, "/Entitlements") {
            each_resource(body, |entitlement| {
                if let Some(name) = entitlement.shift_remove("displayName") {
                    entitlement.insert("name".to_owned(), name);
                }
            });
        }
    })
}

/// Inactive is as good as deleted.
fn deactivate_put(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let reply = server.handle(request, now);
        let body = (request.method == Method::Put && is_below(request, "/Users")).then(|| request.json()).flatten();
        if body.is_some_and(|body| body.get("active") == Some(&Value::Bool(false))) {
            ask(server, Method::Delete, &request.path, None, now);
        }
        reply
    })
}

fn patch_id_in_value(inner: Inner) -> Inner {
    refuse_operation(inner, "Attribute 'id' is readOnly.", |_, operation| {
        operation.get("value").is_some_and(|value| value.get("id").is_some())
    })
}

/// Every text has at least one character.
fn empty_strings(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let body = matches!(request.method, Method::Post | Method::Put).then(|| request.json()).flatten();
        let is_empty = |value: Option<&Value>| value.and_then(Value::as_str) == Some("");
        let has_empty = |body: &Value| {
            is_empty(body.get("title")) || body.get("name").is_some_and(|name| is_empty(name.get("middleName")))
        };
        if is_below(request, "/Users") && body.as_ref().is_some_and(has_empty) {
            return refusal(400, Some("invalidValue"), "A text must not be empty.");
        }
        server.handle(request, now)
    })
}

/// The columns of the name came later.
fn stored_minimum(inner: Inner) -> Inner {
    requests(inner, |request| {
        if creates_user(request) {
            edit_request(request, |body| {
                body.shift_remove("name");
            });
        }
    })
}

fn json_body(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if request.headers.get("content-type") == Some("application/json") {
            return refusal(415, None, "Only application/scim+json is read.");
        }
        server.handle(request, now)
    })
}

/// Lists have a column less.
fn import_shape(inner: Inner) -> Inner {
    resources(inner, |request, user| {
        if is_list(request) {
            user.shift_remove("active");
        }
    })
}

/// Groups are counted before they are listed.
fn response_time(inner: Inner) -> Inner {
    around(inner, |server, request, now| match server.handle(request, now) {
        Reply::Answer(response) if is_list(request) && request.path.contains("Groups") => {
            Reply::Late(Duration::from_secs(15), response)
        }
        reply => reply,
    })
}
