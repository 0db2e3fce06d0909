//! `cursor/`: pages by cursor (RFC 9865).

use serde_json::{Map, Value};

use super::Fault;
use super::query::{parameter, set_parameter};
use super::wrap::{Inner, around, bodies, is_list, refusal, requests, searches_without};
use crate::http::Request;

pub(super) const FAULTS: &[Fault] = &[
    ("cursor/characters", characters),
    ("cursor/default-method", default_method),
    ("cursor/first-page", first_page),
    ("cursor/invalid", invalid),
    ("cursor/previous", previous),
    ("cursor/search", search),
    ("cursor/walk", walk),
];

/// What base64 puts at the end of what is no multiple of three bytes.
const PADDING: &str = "==";

/// Edits every page that was asked for by a cursor.
fn pages(inner: Inner, edit: fn(&Request, &mut Map<String, Value>)) -> Inner {
    bodies(inner, move |request, status, body| {
        if let Some(list) = body.as_object_mut().filter(|_| status == 200 && parameter(request, "cursor").is_some()) {
            edit(request, list);
        }
    })
}

fn characters(inner: Inner) -> Inner {
    let inner = requests(inner, |request| {
        if let Some(cursor) = parameter(request, "cursor") {
            set_parameter(request, "cursor", Some(cursor.trim_end_matches(PADDING)));
        }
    });
    pages(inner, |_, list| {
        for name in ["nextCursor", "previousCursor"] {
            if let Some(Value::String(cursor)) = list.get_mut(name) {
                cursor.push_str(PADDING);
            }
        }
    })
}

/// The new way is the only one.
fn default_method(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_list(request) && parameter(request, "cursor").is_none() {
            set_parameter(request, "startIndex", None);
            set_parameter(request, "cursor", Some(""));
        }
    })
}

/// Nobody gave out the empty one.
fn first_page(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if is_list(request) && parameter(request, "cursor").is_some_and(|cursor| cursor.is_empty()) {
            return refusal(400, Some("invalidCursor"), "The cursor is not known.");
        }
        server.handle(request, now)
    })
}

/// What is not found begins anew.
fn invalid(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_refused = |reply: &crate::server::Reply| matches!(reply, crate::server::Reply::Answer(answer) if answer.status == 400);
        let reply = server.handle(request, now);
        if !is_list(request) || parameter(request, "cursor").is_none() || !is_refused(&reply) {
            return reply;
        }
        let mut first = request.clone();
        set_parameter(&mut first, "cursor", Some(""));
        server.handle(&first, now)
    })
}

/// Both lead forward.
fn previous(inner: Inner) -> Inner {
    pages(inner, |request, list| {
        let forward = list.get("nextCursor").cloned();
        let here = parameter(request, "cursor").map(Value::from);
        if let (Some(previous), Some(other)) = (list.get_mut("previousCursor"), forward.or(here)) {
            *previous = other;
        }
    })
}

/// The body is read by code that is older.
fn search(inner: Inner) -> Inner {
    searches_without(inner, "cursor")
}

/// There is always one page more.
fn walk(inner: Inner) -> Inner {
    pages(inner, |request, list| {
        let here = parameter(request, "cursor").unwrap_or_default();
        list.entry("nextCursor").or_insert_with(|| here.into());
    })
}
