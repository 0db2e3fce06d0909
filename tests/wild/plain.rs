//! Plain servers, as products show them to the identity providers they know: little is offered, and little is said.

use scimulator::faults::wrap::{Inner, around, is_below, refusal};
use scimulator::http::Method;
use scimulator::server::Reply;
use serde_json::json;

use crate::bench::assert_tolerated;
use crate::declared::{MANY, without};

/// Users without the enterprise extension and many attributes, and none of the documents that would say so.
fn plain(inner: Inner) -> Inner {
    around(without(inner, &MANY), |server, request, now| {
        let is_discovery =
            ["/ServiceProviderConfig", "/Schemas", "/ResourceTypes"].iter().any(|place| is_below(request, place));
        if is_discovery { refusal(404, None, "There is no such endpoint.") } else { server.handle(request, now) }
    })
}

#[test]
fn nothing_is_said_of_what_is_kept() {
    assert_tolerated(&json!({ "etag": false, "sort": false, "search": false }), plain);
}

#[test]
fn a_patch_that_is_not_offered_is_refused_with_405() {
    // RFC 7644 §3.5.2 asks for 501, and RFC 9110 §15.5.6 for 405: a router says the latter before SCIM is asked.
    assert_tolerated(&json!({ "patch": false }), |server| {
        around(server, |server, request, now| {
            if request.method != Method::Patch || request.path.matches('/').count() < 2 {
                return server.handle(request, now);
            }
            let mut reply = refusal(405, None, "PATCH is not offered.");
            if let Reply::Answer(response) = &mut reply {
                response.headers.push("Allow", "GET, PUT, DELETE");
            }
            reply
        })
    });
}
