//! `error/`: error messages.

use serde_json::{Map, json};

use super::Fault;
use super::wrap::{
    Inner, answers, around, creates_user, done_where_missing, edit_request, errors, is_below, json_answer, refusal,
    requests, set_status,
};
use crate::http::Method;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("error/detail", detail),
    ("error/detail-present", detail_present),
    ("error/malformed-json", malformed_json),
    ("error/no-internals", no_internals),
    ("error/not-an-object", not_an_object),
    ("error/not-found", not_found),
    ("error/odd-groups", odd_groups),
    ("error/odd-requests", odd_requests),
    ("error/schema", schema),
    ("error/scimtype-known", scimtype_known),
    ("error/scimtype-status", scimtype_status),
    ("error/status-match", status_match),
    ("error/status-string", status_string),
    ("error/wrong-type", wrong_type),
];

/// The framework's own error.
fn schema(inner: Inner) -> Inner {
    errors(inner, |_, status, error| {
        let mut own = Map::new();
        own.insert("error".to_owned(), error.get("detail").cloned().unwrap_or_default());
        own.insert("code".to_owned(), status.into());
        *error = own;
    })
}

fn status_string(inner: Inner) -> Inner {
    errors(inner, |_, status, error| {
        error.insert("status".to_owned(), status.into());
    })
}

fn status_match(inner: Inner) -> Inner {
    errors(inner, |_, _, error| {
        error.insert("status".to_owned(), "400".into());
    })
}

/// The validator's list of messages goes out as it is.
fn detail(inner: Inner) -> Inner {
    errors(inner, |_, _, error| {
        let message = error.get("detail").cloned().unwrap_or_default();
        error.insert("detail".to_owned(), json!([message]));
    })
}

fn detail_present(inner: Inner) -> Inner {
    errors(inner, |_, _, error| {
        error.shift_remove("detail");
    })
}

fn scimtype_known(inner: Inner) -> Inner {
    errors(inner, |_, _, error| {
        if let Some(word) = error.get("scimType").and_then(|word| word.as_str()).map(str::to_owned) {
            let (first, rest) = word.split_at(1);
            error.insert("scimType".to_owned(), format!("{}{rest}", first.to_uppercase()).into());
        }
    })
}

/// A conflict is a bad request like any other.
fn scimtype_status(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if response.status == 409 {
            set_status(response, 400);
        }
    })
}

fn no_internals(inner: Inner) -> Inner {
    errors(inner, |_, _, error| {
        let trace = "com.example.scim.ResourceNotFound\n\tat com.example.scim.UserStore.load(UserStore.java:118)";
        error.insert("detail".to_owned(), trace.into());
    })
}

/// Deleting what is not there succeeds: no row, no error.
fn not_found(inner: Inner) -> Inner {
    done_where_missing(inner, |request| request.method == Method::Delete)
}

/// Whoever writes a group is expected to say who is in it.
fn odd_groups(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let body = (request.method == Method::Put && is_below(request, "/Groups")).then(|| request.json()).flatten();
        if body.is_some_and(|body| body.get("members").is_none()) {
            return refusal(500, None, "Cannot read properties of undefined.");
        }
        server.handle(request, now)
    })
}

/// A loop over what is null.
fn odd_requests(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_odd =
            creates_user(request) && request.json().is_some_and(|body| body.get("emails") == Some(&json!(null)));
        if is_odd {
            return refusal(500, None, "Internal Server Error");
        }
        server.handle(request, now)
    })
}

fn malformed_json(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_broken = request.body.as_ref().is_some_and(|body| !body.is_empty()) && request.json().is_none();
        if is_broken && request.method.writes() {
            return refusal(500, None, "Internal Server Error");
        }
        server.handle(request, now)
    })
}

/// A list of users to create, which is empty.
fn not_an_object(inner: Inner) -> Inner {
    around(inner, |server, request, now| match request.json() {
        Some(list) if creates_user(request) && list.is_array() => Reply::Answer(json_answer(201, &list)),
        _ => server.handle(request, now),
    })
}

/// What does not fit is left out.
fn wrong_type(inner: Inner) -> Inner {
    requests(inner, |request| {
        if creates_user(request) {
            edit_request(request, |body| body.retain(|name, value| name != "emails" || value.is_array()));
        }
    })
}
