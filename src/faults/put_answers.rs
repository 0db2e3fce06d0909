//! `put/`: what a PUT is answered with, and what it must not read.

use super::Fault;
use super::wrap::{Inner, answers, around, is_below, refusal, set_body};
use crate::http::Method;

pub(super) const FAULTS: &[Fault] = &[("put/readonly-ignored", readonly_ignored), ("put/status-body", status_body)];

fn status_body(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if request.method == Method::Put && response.status == 200 {
            response.status = 204;
            set_body(response, "");
            response.headers.remove("Content-Type");
        }
    })
}

/// What is read-only must be as it is stored.
fn readonly_ignored(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let body = (request.method == Method::Put && is_below(request, "/Users")).then(|| request.json()).flatten();
        let created = body.and_then(|body| Some(body.get("meta")?.get("created")?.clone()));
        let stored = super::wrap::read(server, &request.path, now);
        let stored = stored.and_then(|user| Some(user.get("meta")?.get("created")?.clone()));
        if created.is_some() && created != stored {
            return refusal(400, Some("mutability"), "Attribute 'meta.created' is readOnly.");
        }
        server.handle(request, now)
    })
}
