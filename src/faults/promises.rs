//! `spc/truthful-…`: what the configuration promises and the server does not keep.

use serde_json::Value;

use super::Fault;
use super::query::set_parameter;
use super::wrap::{Inner, answers, around, lower, patch_operations, refusal, requests};
use crate::scim::name;

pub(super) const FAULTS: &[Fault] = &[
    ("spc/truthful-bulk-etag", truthful_bulk_etag),
    ("spc/truthful-password", truthful_password),
    ("spc/truthful-sort", truthful_sort),
];

fn truthful_bulk_etag(inner: Inner) -> Inner {
    let inner = around(inner, |server, request, now| {
        if request.path == "/Bulk" {
            return refusal(501, None, "Bulk requests are not implemented.");
        }
        server.handle(request, now)
    });
    answers(inner, |_, response| response.headers.remove("ETag"))
}

fn truthful_sort(inner: Inner) -> Inner {
    requests(inner, |request| set_parameter(request, "sortBy", None))
}

fn truthful_password(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let names_password = |operation: &Value| {
            lower(operation, "path") == "password" || name::get_in(operation, "value.password").is_some()
        };
        if patch_operations(request).iter().any(names_password) {
            return refusal(400, Some("mutability"), "A password is changed in the settings of the account.");
        }
        server.handle(request, now)
    })
}
