//! `spc/truthful-…`: what the configuration promises and the server does not keep.

use super::Fault;
use super::query::set_parameter;
use super::wrap::{Inner, answers, around, refusal, requests};

pub(super) const FAULTS: &[Fault] =
    &[("spc/truthful-bulk-etag", truthful_bulk_etag), ("spc/truthful-sort", truthful_sort)];

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
