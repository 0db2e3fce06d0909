//! `put/`: replacement.

use serde_json::{Value, json};

use super::Fault;
use super::patch_refusals::edit_users;
use super::twins::renamed_twins;
use super::wrap::{
    Inner, answers, around, edit_json, edit_request, id_of, is_below, read, refusal, requests, set_body,
};
use crate::http::Method;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("put/active-not-flipped", active_not_flipped),
    ("put/collection", collection),
    ("put/conflict", conflict),
    ("put/extension", extension),
    ("put/never-creates", never_creates),
    ("put/null-clears", null_clears),
    ("put/omitted", omitted),
    ("put/readonly-ignored", readonly_ignored),
    ("put/replaces", replaces),
    ("put/required", required),
    ("put/roundtrip", roundtrip),
    ("put/status-body", status_body),
];

/// Without an id it must be a new one.
fn collection(inner: Inner) -> Inner {
    requests(inner, |request| {
        if request.method == Method::Put && request.path.trim_end_matches('/') == "/Users" {
            request.method = Method::Post;
        }
    })
}

/// Lists are merged with what is there.
fn replaces(inner: Inner) -> Inner {
    merging(inner, "/Users")
}

/// Lists in a PUT below this collection are merged with what is there.
pub(super) fn merging(inner: Inner, collection: &'static str) -> Inner {
    around(inner, move |server, request, now| {
        let mut request = request.clone();
        if request.method == Method::Put
            && is_below(&request, collection)
            && let Some(before) = read(server, &request.path, now)
        {
            edit_request(&mut request, |body| {
                for (name, old) in before {
                    let (Value::Array(old), Some(Value::Array(new))) = (old, body.get_mut(&name)) else { continue };
                    let known: Vec<Value> = new.iter().filter_map(|element| element.get("value").cloned()).collect();
                    let is_new = |element: &Value| element.get("value").is_some_and(|value| !known.contains(value));
                    new.extend(old.into_iter().filter(is_new));
                }
            });
        }
        server.handle(&request, now)
    })
}

/// What is read-only must not be sent.
fn roundtrip(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let body = (request.method == Method::Put).then(|| request.json()).flatten();
        if body.is_some_and(|body| body.get("meta").is_some() || body.get("groups").is_some()) {
            return refusal(400, Some("mutability"), "Attribute 'meta' is readOnly.");
        }
        server.handle(request, now)
    })
}

fn conflict(inner: Inner) -> Inner {
    renamed_twins(inner, Method::Put)
}

/// Only the core attributes are read.
fn extension(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut request = request.clone();
        if request.method == Method::Put
            && let Some(before) = read(server, &request.path, now)
        {
            edit_request(&mut request, |body| {
                body.retain(|name, _| !name.starts_with("urn:"));
                body.extend(before.into_iter().filter(|(name, _)| name.starts_with("urn:")));
            });
        }
        server.handle(&request, now)
    })
}

/// A checkbox that is not sent is not ticked.
fn active_not_flipped(inner: Inner) -> Inner {
    requests(inner, |request| {
        if request.method == Method::Put && is_below(request, "/Users") {
            edit_request(request, |body| {
                body.entry("active").or_insert(Value::Bool(false));
            });
        }
    })
}

/// Find or create.
fn never_creates(inner: Inner) -> Inner {
    around(inner, |server, request, now| match server.handle(request, now) {
        Reply::Answer(response) if request.method == Method::Put && response.status == 404 => {
            let mut create = request.clone();
            create.method = Method::Post;
            let collection = request.path.trim_end_matches('/').rsplit_once('/').map_or("/Users", |(before, _)| before);
            collection.clone_into(&mut create.path);
            server.handle(&create, now)
        }
        reply => reply,
    })
}

/// What is empty is taken for not sent, and what is not sent is kept.
fn null_clears(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut request = request.clone();
        if request.method == Method::Put
            && let Some(before) = read(server, &request.path, now)
        {
            edit_request(&mut request, |body| {
                for (name, value) in body.iter_mut().filter(|(_, value)| value.is_null() || **value == json!([])) {
                    if let Some(old) = before.get(name) {
                        value.clone_from(old);
                    }
                }
            });
        }
        server.handle(&request, now)
    })
}

/// The answer is the account as it was read before, with what the request names.
fn omitted(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let before = (request.method == Method::Put).then(|| read(server, &request.path, now)).flatten();
        let mut reply = server.handle(request, now);
        if let (Some(before), Reply::Answer(response)) = (before, &mut reply)
            && response.is_success()
        {
            edit_json(response, |_, body| {
                for (name, old) in before {
                    body.as_object_mut().map(|members| members.entry(name).or_insert(old));
                }
            });
        }
        reply
    })
}

/// The columns of a row are written as they come.
fn required(inner: Inner) -> Inner {
    let mut nameless: Vec<String> = Vec::new();
    around(inner, move |server, request, now| {
        let mut request = request.clone();
        let is_nameless = request.method == Method::Put
            && is_below(&request, "/Users")
            && request.json().is_some_and(|body| body.get("userName").is_none());
        if is_nameless && let Some(before) = read(server, &request.path, now) {
            nameless.extend(id_of(&request).map(str::to_owned));
            edit_request(&mut request, |body| {
                body.extend(before.get_key_value("userName").map(|(name, value)| (name.clone(), value.clone())));
            });
        }
        let mut reply = server.handle(&request, now);
        edit_users(&request, &mut reply, |id, user| {
            if nameless.iter().any(|one| one == id) {
                user.shift_remove("userName");
            }
        });
        reply
    })
}

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
        let stored = read(server, &request.path, now);
        let stored = stored.and_then(|user| Some(user.get("meta")?.get("created")?.clone()));
        if created.is_some() && created != stored {
            return refusal(400, Some("mutability"), "Attribute 'meta.created' is readOnly.");
        }
        server.handle(request, now)
    })
}
