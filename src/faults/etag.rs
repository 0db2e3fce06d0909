//! `etag/`: versions.

use serde_json::Value;

use super::Fault;
use super::wrap::{Inner, answers, around, edit_json, id_of, refusal, requests, resources};
use crate::http::Method;

pub(super) const FAULTS: &[Fault] = &[
    ("etag/changes", changes),
    ("etag/header", header),
    ("etag/if-match-current", if_match_current),
    ("etag/if-match-list", if_match_list),
    ("etag/if-match-stale", if_match_stale),
    ("etag/if-none-match", if_none_match),
    ("etag/meta-version", meta_version),
    ("etag/no-precondition", no_precondition),
    ("etag/patch", patch),
    ("etag/weak-compare", weak_compare),
];

fn no_precondition(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_write = matches!(request.method, Method::Put | Method::Patch | Method::Delete);
        if is_write && id_of(request).is_some() && request.headers.get("if-match").is_none() {
            return refusal(428, None, "If-Match is required.");
        }
        server.handle(request, now)
    })
}

fn header(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if let Some(tag) = response.headers.get("etag").map(|tag| tag.replace(['"', 'W', '/'], "")) {
            response.headers.set("ETag", tag);
        }
    })
}

fn meta_version(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        if let Some(Value::String(version)) = resource.get_mut("meta").and_then(|meta| meta.get_mut("version")) {
            *version = version.replace(['"', 'W', '/'], "");
        }
    })
}

/// Nobody counts on.
fn changes(inner: Inner) -> Inner {
    const FIRST: &str = "W/\"1\"";
    answers(inner, |_, response| {
        if response.headers.get("etag").is_some() {
            response.headers.set("ETag", FIRST);
        }
        edit_json(response, |status, body| {
            if let Some(version) = body.get_mut("meta").and_then(|meta| meta.get_mut("version"))
                && status < 300
            {
                *version = FIRST.into();
            }
        });
    })
}

/// PATCH has a handler of its own, without the check.
fn patch(inner: Inner) -> Inner {
    requests(inner, |request| {
        if request.method == Method::Patch {
            request.headers.remove("If-Match");
        }
    })
}

fn if_none_match(inner: Inner) -> Inner {
    requests(inner, |request| request.headers.remove("If-None-Match"))
}

fn if_match_stale(inner: Inner) -> Inner {
    requests(inner, |request| request.headers.remove("If-Match"))
}

/// The field is compared as a text.
fn if_match_list(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if request.headers.get("if-match").is_some_and(|tags| tags.contains(',')) {
            return refusal(412, None, "The resource has another version.");
        }
        server.handle(request, now)
    })
}

/// As HTTP has it for other resources.
fn if_match_current(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if request.headers.get("if-match").is_some_and(|tag| tag.starts_with("W/")) {
            return refusal(412, None, "The resource has another version.");
        }
        server.handle(request, now)
    })
}

/// Only the very text that was sent is known again.
fn weak_compare(inner: Inner) -> Inner {
    requests(inner, |request| {
        if request.headers.get("if-none-match").is_some_and(|tag| tag.starts_with('"')) {
            request.headers.remove("If-None-Match");
        }
    })
}
