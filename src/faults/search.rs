//! `search/`: queries by POST.

use super::Fault;
use super::wrap::{Inner, around, edit_request, refusal, requests};
use crate::http::{Headers, Method, Request, Response};
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("search/equivalence", equivalence),
    ("search/root", root),
    ("search/schema-required", schema_required),
    ("search/supported", supported),
];

fn is_search(request: &Request) -> bool {
    request.method == Method::Post && request.path.ends_with("/.search")
}

fn supported(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if is_search(request) {
            return refusal(400, Some("invalidValue"), "The id .search is no UUID.");
        }
        server.handle(request, now)
    })
}

/// What names no type is for people.
fn root(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if is_search(request) && request.path == "/.search" {
            let headers: Headers = [("Location", "/docs/scim")].into_iter().collect();
            return Reply::Answer(Response::new(307, headers, ""));
        }
        server.handle(request, now)
    })
}

fn equivalence(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_search(request) {
            edit_request(request, |body| {
                body.shift_remove("attributes");
            });
        }
    })
}

fn schema_required(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_search(request) {
            edit_request(request, |body| body.retain(|name, value| name != "filter" || value.is_string()));
        }
    })
}
