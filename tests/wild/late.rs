//! Reads that come late: each shows one write less than there was, once.

use std::collections::HashMap;

use scimulator::faults::wrap::{Inner, around, id_of, is_core, is_list};
use scimulator::http::{Method, Request, Response};
use scimulator::server::Reply;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::bench::{Defect, assert_found, breaks_an_idp};

const DEFECTS: &[Defect] = &[
    breaks_an_idp("a-read-after-a-patch-is-late", |inner| late(inner, Method::Patch, false)),
    breaks_an_idp("a-read-after-a-put-is-late", |inner| late(inner, Method::Put, false)),
    breaks_an_idp("a-list-after-a-put-is-late", |inner| late(inner, Method::Put, true)),
    breaks_an_idp("a-list-after-a-patch-is-late", |inner| late(inner, Method::Patch, true)),
    breaks_an_idp("lookups-are-300-ms-late", lookups_lag),
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

/// An index that is told of every write so much later.
const LAG: time::Duration = time::Duration::milliseconds(300);

/// Lists by a filter show everything as it was 300 ms ago.
fn lookups_lag(inner: Inner) -> Inner {
    // Whatever was written lately, by path: when, and as what it was shown until then.
    let mut written: HashMap<String, (OffsetDateTime, Option<Value>)> = HashMap::new();
    around(inner, move |server, request, now| {
        written.retain(|_, (at, _)| now - *at < LAG);
        if request.method.writes() && is_core(request) {
            let was = id_of(request).and_then(|_| {
                let look = Request { method: Method::Get, body: None, query: None, ..request.clone() };
                match server.handle(&look, now) {
                    Reply::Answer(answer) if answer.is_success() => answer.json().cloned(),
                    _ => None,
                }
            });
            let reply = server.handle(request, now);
            let Reply::Answer(answer) = &reply else { return reply };
            let made = answer.json().and_then(|body| Some(format!("{}/{}", request.path, body["id"].as_str()?)));
            if answer.is_success() {
                let path = if request.method == Method::Post { made } else { Some(request.path.clone()) };
                path.map(|path| written.entry(path).or_insert((now, was)));
            }
            return reply;
        }
        let reply = server.handle(request, now);
        match &reply {
            Reply::Answer(answer)
                if is_list(request) && request.parameter("filter").is_some() && answer.is_success() =>
            {
                Reply::Answer(as_before(answer, request.path.trim_end_matches('/'), &written))
            }
            _ => reply,
        }
    })
}

fn as_before(
    list: &Response,
    collection: &str,
    written: &HashMap<String, (OffsetDateTime, Option<Value>)>,
) -> Response {
    let mut body = list.json().cloned().unwrap_or_default();
    let Some(shown) = body["Resources"].as_array() else { return list.clone() };
    let many = shown.len();
    let old = |resource: &Value| {
        let path = format!("{collection}/{}", resource["id"].as_str().unwrap_or_default());
        written.get(&path).map_or(Some(resource.clone()), |(_, was)| was.clone())
    };
    let kept: Vec<Value> = shown.iter().filter_map(old).collect();
    let hidden = many - kept.len();
    body["totalResults"] = json!(body["totalResults"].as_u64().unwrap_or_default() - hidden as u64);
    if body.get("itemsPerPage").is_some() {
        body["itemsPerPage"] = json!(kept.len());
    }
    body["Resources"] = Value::Array(kept);
    Response::new(list.status, list.headers.clone(), body.to_string())
}
