//! `me/`: the person behind the token.

use serde_json::json;

use super::Fault;
use super::wrap::{Inner, around, json_answer, refusal};
use crate::http::{Method, Request};
use crate::scim::urn;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[("me/location", location), ("me/unsupported", unsupported)];

fn is_me(request: &Request) -> bool {
    request.method == Method::Get && request.path == "/Me"
}

fn unsupported(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if is_me(request) {
            return refusal(500, None, "Me is no UUID.");
        }
        server.handle(request, now)
    })
}

/// The URL of the request is sent back.
fn location(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if !is_me(request) {
            return server.handle(request, now);
        }
        let me = json!({
            "schemas": [urn::CORE_USER],
            "id": "5f1f0e0c-0001-4000-8000-00000000000a",
            "userName": "owner@example.com",
            "meta": { "resourceType": "User", "location": "/Users/5f1f0e0c-0001-4000-8000-00000000000a" },
        });
        let mut response = json_answer(200, &me);
        response.headers.set("Location", "/Me");
        Reply::Answer(response)
    })
}
