//! `page/`: paging.

use super::Fault;
use super::query::{parameter, set_parameter};
use super::wrap::{Inner, is_list, requests};

pub(super) const FAULTS: &[Fault] = &[("page/count", count), ("page/walk", walk)];

fn count(inner: Inner) -> Inner {
    requests(inner, |request| set_parameter(request, "count", None))
}

/// Without an order of its own the database gives another one now and then.
fn walk(inner: Inner) -> Inner {
    let mut turn = 0_u32;
    requests(inner, move |request| {
        if is_list(request) && parameter(request, "startIndex").is_some() && parameter(request, "sortBy").is_none() {
            turn += 1;
            if turn.is_multiple_of(2) {
                set_parameter(request, "sortBy", Some("userName"));
                set_parameter(request, "sortOrder", Some("descending"));
            }
        }
    })
}
