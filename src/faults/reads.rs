//! `get/`, and what answers show: reads that are late, and read as something else than they are.

use std::collections::HashMap;

use super::Fault;
use super::wrap::{Inner, answers, around, bodies, id_of, is_below, is_core};
use crate::http::{Method, Response};
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("get/exact-id", exact_id),
    ("get/fresh", fresh),
    ("get/status-200", status_200),
    ("res/required-present", required_present),
];

/// A database that compares its numbers with texts reads as far as it can.
fn exact_id(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let reply = server.handle(request, now);
        let is_missing = matches!(&reply, Reply::Answer(answer) if answer.status == 404);
        let shorter = id_of(request).and_then(|id| id.strip_suffix('x'));
        let Some(id) = shorter.filter(|_| is_missing && request.method == Method::Get && is_core(request)) else {
            return reply;
        };
        let mut found = request.clone();
        found.path = request.path.replace(&format!("{id}x"), id);
        server.handle(&found, now)
    })
}

/// What was read last, and whether it was written since.
struct Cached {
    answer: Response,
    is_old: bool,
}

/// A cache that is told of a change by the read that follows it.
fn fresh(inner: Inner) -> Inner {
    let mut cache: HashMap<String, Cached> = HashMap::new();
    around(inner, move |server, request, now| {
        let reply = server.handle(request, now);
        let Reply::Answer(answer) = &reply else { return reply };
        if !is_core(request) || id_of(request).is_none() || !answer.is_success() {
            return reply;
        }
        match request.method {
            Method::Get if request.query.is_none() => {
                let next = Cached { answer: answer.clone(), is_old: false };
                let last = cache.insert(request.path.clone(), next);
                last.filter(|last| last.is_old).map_or(reply, |last| Reply::Answer(last.answer))
            }
            Method::Put | Method::Patch => {
                if let Some(cached) = cache.get_mut(&request.path) {
                    cached.is_old = true;
                }
                reply
            }
            Method::Delete => {
                cache.remove(&request.path);
                reply
            }
            _ => reply,
        }
    })
}

/// The proxy in front says that it has been at the answer (RFC 9110 §15.3.4).
fn status_200(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if request.method == Method::Get && is_core(request) && response.status == 200 {
            response.status = 203;
        }
    })
}

/// The answer is made of the columns that may be updated.
fn required_present(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        let is_update = request.method == Method::Put && is_below(request, "/Users") && status == 200;
        if let Some(user) = body.as_object_mut().filter(|_| is_update) {
            user.shift_remove("userName");
        }
    })
}
