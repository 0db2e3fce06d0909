//! `put/`: replacement.

use serde_json::Value;

use super::Fault;
use super::twins::renamed_twins;
use super::wrap::{Inner, around, edit_request, is_below, read, refusal};
use crate::http::Method;

pub(super) const FAULTS: &[Fault] = &[
    ("put/conflict", conflict),
    ("put/extension", extension),
    ("put/replaces", replaces),
    ("put/roundtrip", roundtrip),
];

/// Lists are merged with what is there.
fn replaces(inner: Inner) -> Inner {
    merging(inner, "/Users")
}

/// Lists in a PUT below this collection are merged with what is there.
pub(super) fn merging(inner: Inner, collection: &'static str) -> Inner {
    around(inner, move |server, request, now| {
        let mut request = request.clone();
        if request.method == Method::Put
            && is_below(&request, collection)
            && let Some(before) = read(server, &request.path, now)
        {
            edit_request(&mut request, |body| {
                for (name, old) in before {
                    let (Value::Array(old), Some(Value::Array(new))) = (old, body.get_mut(&name)) else { continue };
                    let known: Vec<Value> = new.iter().filter_map(|element| element.get("value").cloned()).collect();
                    let is_new = |element: &Value| element.get("value").is_some_and(|value| !known.contains(value));
                    new.extend(old.into_iter().filter(is_new));
                }
            });
        }
        server.handle(&request, now)
    })
}

/// What is read-only must not be sent.
fn roundtrip(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let body = (request.method == Method::Put).then(|| request.json()).flatten();
        if body.is_some_and(|body| body.get("meta").is_some() || body.get("groups").is_some()) {
            return refusal(400, Some("mutability"), "Attribute 'meta' is readOnly.");
        }
        server.handle(request, now)
    })
}

fn conflict(inner: Inner) -> Inner {
    renamed_twins(inner, Method::Put)
}

/// Only the core attributes are read.
fn extension(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut request = request.clone();
        if request.method == Method::Put
            && let Some(before) = read(server, &request.path, now)
        {
            edit_request(&mut request, |body| {
                body.retain(|name, _| !name.starts_with("urn:"));
                body.extend(before.into_iter().filter(|(name, _)| name.starts_with("urn:")));
            });
        }
        server.handle(&request, now)
    })
}
