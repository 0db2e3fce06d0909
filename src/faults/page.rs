//! `page/`: paging.

use super::Fault;
use super::query::{parameter, set_parameter};
use super::wrap::{Inner, answer_of, around, is_below, is_list, refusal, requests};
use crate::http::Request;

pub(super) const FAULTS: &[Fault] = &[
    ("page/non-integer", non_integer),
    ("page/beyond-end", beyond_end),
    ("page/count", count),
    ("page/count-negative", count_negative),
    ("page/count-zero", count_zero),
    ("page/group-paging", group_paging),
    ("page/over-max", over_max),
    ("page/start-index", start_index),
    ("page/start-index-clamp", start_index_clamp),
    ("page/walk", walk),
];

fn count(inner: Inner) -> Inner {
    requests(inner, |request| set_parameter(request, "count", None))
}

/// A parameter as the number it is.
fn number(request: &Request, name: &str) -> Option<i64> {
    parameter(request, name)?.parse().ok()
}

fn count_zero(inner: Inner) -> Inner {
    requests(inner, |request| {
        if number(request, "count") == Some(0) {
            set_parameter(request, "count", None);
        }
    })
}

/// `LIMIT -1`.
fn count_negative(inner: Inner) -> Inner {
    requests(inner, |request| {
        if number(request, "count").is_some_and(|count| count < 0) {
            set_parameter(request, "count", None);
        }
    })
}

fn group_paging(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_below(request, "/Groups") {
            set_parameter(request, "startIndex", None);
            set_parameter(request, "count", None);
        }
    })
}

fn over_max(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if is_list(request) && number(request, "count").is_some_and(|count| count > 200) {
            return refusal(400, Some("invalidValue"), "count must not be more than 200.");
        }
        server.handle(request, now)
    })
}

/// `OFFSET startIndex`.
fn start_index(inner: Inner) -> Inner {
    requests(inner, |request| {
        if let Some(index) = number(request, "startIndex").filter(|_| is_list(request)) {
            set_parameter(request, "startIndex", Some(&(index + 1).to_string()));
        }
    })
}

fn start_index_clamp(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if number(request, "startIndex").is_some_and(|index| index < 1) {
            return refusal(400, Some("invalidValue"), "startIndex must be at least 1.");
        }
        server.handle(request, now)
    })
}

/// The number of the page is cut to the number of pages.
fn beyond_end(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut request = request.clone();
        let reply = server.handle(&request, now);
        let total = answer_of(reply.clone()).and_then(|answer| answer.json()?.get("totalResults")?.as_i64());
        match (total, number(&request, "startIndex").filter(|_| is_list(&request))) {
            (Some(total), Some(index)) if index > total && total > 0 => {
                set_parameter(&mut request, "startIndex", Some(&total.to_string()));
                server.handle(&request, now)
            }
            _ => reply,
        }
    })
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

/// The parser's exception reaches the framework.
fn non_integer(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_no_number = |name| parameter(request, name).is_some_and(|value| value.parse::<i64>().is_err());
        if is_no_number("count") || is_no_number("startIndex") {
            return refusal(500, None, "For input string.");
        }
        server.handle(request, now)
    })
}
