//! What only those meet who are let in.

use time::OffsetDateTime;

use crate::faults::wrap::{Inner, around};
use crate::http::Request;
use crate::server::{Reply, Service};

/// Handles the requests that carry the token; whoever is not let in gets the server's own answer.
pub(super) fn inside<F>(inner: Inner, mut act: F) -> Inner
where
    F: FnMut(&mut dyn Service, &Request, OffsetDateTime) -> Reply + Send + 'static,
{
    around(
        inner,
        move |server, request, now| {
            if carries_token(server, request) { act(server, request, now) } else { server.handle(request, now) }
        },
    )
}

/// Whether a request carries the token that is valid now.
pub(super) fn carries_token(server: &dyn Service, request: &Request) -> bool {
    request.headers.get("authorization") == Some(format!("Bearer {}", server.token()).as_str())
}
