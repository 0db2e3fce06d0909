//! `delete/`: removal.

use std::collections::HashSet;

use serde_json::json;

use super::Fault;
use super::wrap::{
    Inner, answer_of, around, creates_user, empty_answer, id_of, is_below, json_answer, patch, read, refusal,
};
use crate::http::Method;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] =
    &[("delete/recreate", recreate), ("delete/status-204", status_204), ("delete/then-404", then_404)];

/// DELETE deactivates.
fn then_404(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_user = request.method == Method::Delete && is_below(request, "/Users") && id_of(request).is_some();
        if !is_user || read(server, &request.path, now).is_none() {
            return server.handle(request, now);
        }
        patch(server, &request.path, &json!([{ "op": "replace", "path": "active", "value": false }]), now);
        empty_answer(204)
    })
}

fn status_204(inner: Inner) -> Inner {
    around(inner, |server, request, now| match server.handle(request, now) {
        Reply::Answer(response) if request.method == Method::Delete && response.status == 204 => {
            Reply::Answer(json_answer(200, &json!({})))
        }
        reply => reply,
    })
}

/// The row is only marked as deleted, and the index on userName does not look at the mark.
fn recreate(inner: Inner) -> Inner {
    let mut taken = HashSet::new();
    around(inner, move |server, request, now| {
        let name = |body: Option<serde_json::Value>| {
            body.and_then(|body| body.get("userName")?.as_str().map(str::to_lowercase)).unwrap_or_default()
        };
        if creates_user(request) && taken.contains(&name(request.json())) {
            return refusal(409, Some("uniqueness"), "The userName is already in use.");
        }
        let before = (request.method == Method::Delete).then(|| read(server, &request.path, now)).flatten();
        let reply = server.handle(request, now);
        if answer_of(reply.clone()).is_some_and(|answer| answer.status == 204)
            && let Some(before) = before
        {
            taken.insert(name(Some(before.into())));
            taken.remove("");
        }
        reply
    })
}
