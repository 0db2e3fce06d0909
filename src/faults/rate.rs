//! `rate/`: limits. The third request meets one, in the form that is wrong.

use super::Fault;
use super::wrap::{Inner, around, is_below, is_list, refusal_until};
use crate::http::{Headers, Response};
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("rate/body", body),
    ("rate/lets-through", lets_through),
    ("rate/retry-after", retry_after),
    ("rate/throughput", throughput),
];

fn limited(inner: Inner, answer: fn() -> Reply) -> Inner {
    let mut count = 0_u32;
    around(inner, move |server, request, now| {
        count = count.saturating_add(1);
        if count == 3 { answer() } else { server.handle(request, now) }
    })
}

fn retry_after(inner: Inner) -> Inner {
    limited(inner, || refusal_until(429, "Mon, 05 Jan 2026 09:00:01 GMT"))
}

/// So many a second are enough for people.
fn throughput(inner: Inner) -> Inner {
    const MOST: u32 = 10;
    let mut second = None;
    let mut count = 0;
    around(inner, move |server, request, now| {
        let this = now.unix_timestamp();
        count = if second == Some(this) { count + 1 } else { 1 };
        second = Some(this);
        if count <= MOST {
            return server.handle(request, now);
        }
        refusal_until(429, "1")
    })
}

/// The counter of this route is never reset.
fn lets_through(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if !is_list(request) || !is_below(request, "/Groups") {
            return server.handle(request, now);
        }
        refusal_until(429, "1")
    })
}

/// The gateway's page.
fn body(inner: Inner) -> Inner {
    limited(inner, || {
        let headers: Headers = [("Content-Type", "text/html"), ("Retry-After", "1")].into_iter().collect();
        Reply::Answer(Response::new(429, headers, "<html><body>429 Too Many Requests</body></html>"))
    })
}
