//! Reads that come late: each shows one write less than there was, once.

use std::collections::HashMap;

use scimulator::faults::wrap::{Inner, around, id_of, is_core, is_list};
use scimulator::http::{Method, Response};
use scimulator::server::Reply;
use serde_json::json;

use crate::bench::{Defect, assert_found, breaks_an_idp};

const DEFECTS: &[Defect] = &[
    breaks_an_idp("a-read-after-a-patch-is-late", |inner| late(inner, Method::Patch, false)),
    breaks_an_idp("a-read-after-a-put-is-late", |inner| late(inner, Method::Put, false)),
    breaks_an_idp("a-list-after-a-put-is-late", |inner| late(inner, Method::Put, true)),
    breaks_an_idp("a-list-after-a-patch-is-late", |inner| late(inner, Method::Patch, true)),
];

#[test]
fn every_late_read_is_found() {
    assert_found("late", &json!({}), DEFECTS);
}

/// The first read of a resource after such a write shows it as it was.
fn late(inner: Inner, after: Method, in_lists: bool) -> Inner {
    let mut before: HashMap<String, Response> = HashMap::new();
    around(inner, move |server, request, now| {
        if request.method == after && is_core(request) && id_of(request).is_some() {
            let mut look = request.clone();
            (look.method, look.body) = (Method::Get, None);
            look.headers.remove("If-Match");
            if let Reply::Answer(was) = server.handle(&look, now)
                && was.is_success()
            {
                before.insert(request.path.clone(), was);
            }
            return server.handle(request, now);
        }
        let reply = server.handle(request, now);
        let Reply::Answer(answer) = &reply else { return reply };
        if request.method != Method::Get || !answer.is_success() {
            return reply;
        }
        match in_lists {
            false if request.query.is_none() => before.remove(&request.path).map_or(reply, Reply::Answer),
            true if is_list(request) => {
                Reply::Answer(with_old(answer, request.path.trim_end_matches('/'), &mut before))
            }
            _ => reply,
        }
    })
}

/// The list with the old state of whatever was written since the last one.
fn with_old(list: &Response, collection: &str, before: &mut HashMap<String, Response>) -> Response {
    let mut body = list.json().cloned().unwrap_or_default();
    for resource in body["Resources"].as_array_mut().into_iter().flatten() {
        let path = format!("{collection}/{}", resource["id"].as_str().unwrap_or_default());
        if let Some(old) = before.remove(&path).and_then(|old| old.json().cloned()) {
            *resource = old;
        }
    }
    Response::new(list.status, list.headers.clone(), body.to_string())
}
