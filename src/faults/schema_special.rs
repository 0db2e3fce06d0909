//! What the schema says of an attribute, and the code does not do: one that is written once,
//! one that only the server writes, one for who asks for it.

use serde_json::Value;

use super::Fault;
use super::wrap::{Inner, around, bodies, each_resource, is_below, patch_operations, read, refusal};
use crate::http::{Method, Request};

pub(super) const FAULTS: &[Fault] = &[
    ("attrs/returned-request", returned_request),
    ("patch/immutable", patch_immutable),
    ("put/immutable", put_immutable),
    ("schema/read-only", read_only),
];

/// The extension that the server has for such questions, and an attribute in it of which nothing special is true.
const BADGE: &str = "urn:scimulator:scim:schemas:extension:badge:2.0:User";
const SIZE: &str = "shirtSize";

/// The schema calls the attribute something that no code knows of.
fn called(inner: Inner, member: &'static str, what: &'static str) -> Inner {
    bodies(inner, move |request, status, body| {
        if status != 200 || !is_below(request, "/Schemas") {
            return;
        }
        each_resource(body, |schema| {
            let is_badge = schema.get("id").and_then(Value::as_str) == Some(BADGE);
            let attributes = schema.get_mut("attributes").and_then(Value::as_array_mut).filter(|_| is_badge);
            for attribute in attributes.into_iter().flatten().filter(|attribute| attribute["name"] == SIZE) {
                attribute[member] = what.into();
            }
        });
    })
}

fn returned_request(inner: Inner) -> Inner {
    called(inner, "returned", "request")
}

fn read_only(inner: Inner) -> Inner {
    called(inner, "mutability", "readOnly")
}

/// Only PATCH looks.
fn put_immutable(inner: Inner) -> Inner {
    let written = |request: &Request| {
        let named = format!("{BADGE}:{SIZE}");
        let operations = patch_operations(request);
        let ours = operations.iter().find(|operation| operation["path"] == named.as_str());
        ours.and_then(|operation| operation.get("value").cloned())
    };
    guarded(called(inner, "mutability", "immutable"), Method::Patch, written)
}

/// Only PUT looks.
fn patch_immutable(inner: Inner) -> Inner {
    let written = |request: &Request| request.json()?.get(BADGE)?.get(SIZE).cloned();
    guarded(called(inner, "mutability", "immutable"), Method::Put, written)
}

/// Refuses another value than the one that is there, by one method.
fn guarded(inner: Inner, method: Method, written: fn(&Request) -> Option<Value>) -> Inner {
    around(inner, move |server, request, now| {
        if request.method == method
            && let Some(wanted) = written(request)
            && let Some(before) = read(server, &request.path, now)
            && before.get(BADGE).and_then(|badge| badge.get(SIZE)).is_some_and(|value| *value != wanted)
        {
            return refusal(400, Some("mutability"), "The value is immutable.");
        }
        server.handle(request, now)
    })
}
