//! Wrong status codes.

use scimulator::faults::wrap::{
    Inner, answers, around, empty_answer, id_of, is_below, is_list, json_answer, patch_operations, read, refusal,
    set_body, set_status,
};
use scimulator::http::{Method, Response};
use scimulator::server::Reply;
use serde_json::{Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const DEFECTS: &[Defect] = &[
    breaks_an_idp("create-answers-202", |inner| turned(inner, Method::Post, 201, 202)),
    breaks_an_idp("group-create-answers-200", |inner| {
        answers(inner, |request, response| {
            if request.path == "/Groups" && response.status == 201 {
                response.status = 200;
            }
        })
    }),
    breaks_the_rfcs("put-answers-201", |inner| turned(inner, Method::Put, 200, 201)),
    breaks_the_rfcs("patch-answers-201", |inner| turned(inner, Method::Patch, 200, 201)),
    breaks_an_idp("a-patched-group-answers-202", |inner| {
        answers(inner, |request, response| {
            if request.method == Method::Patch && is_below(request, "/Groups") && response.is_success() {
                *response = empty(202);
            }
        })
    }),
    breaks_the_rfcs("a-deleted-group-answers-200", |inner| {
        answers(inner, |request, response| {
            if request.method == Method::Delete && is_below(request, "/Groups") && response.is_success() {
                *response = json_answer(200, &json!({ "message": "The group was deleted." }));
            }
        })
    }),
    breaks_the_rfcs("delete-answers-202", |inner| turned(inner, Method::Delete, 204, 202)),
    breaks_the_rfcs("a-second-delete-answers-204", second_delete),
    breaks_the_rfcs("what-was-deleted-is-410", gone),
    breaks_an_idp("an-unknown-group-is-an-empty-200", |inner| {
        answers(inner, |request, response| {
            if request.method == Method::Get && is_below(request, "/Groups") && response.status == 404 {
                *response = json_answer(200, &json!({}));
            }
        })
    }),
    breaks_an_idp("patch-of-an-unknown-user-is-500", |inner| {
        answers(inner, |request, response| {
            if request.method == Method::Patch && is_below(request, "/Users") && response.status == 404 {
                set_status(response, 500);
            }
        })
    }),
    breaks_an_idp("an-unknown-member-is-500", |inner| {
        around(inner, |server, request, now| match server.handle(request, now) {
            Reply::Answer(answer) if is_below(request, "/Groups") && answer.status == 400 => {
                refusal(500, None, "An unexpected error occurred.")
            }
            reply => reply,
        })
    }),
    breaks_an_idp("a-duplicate-answers-400", |inner| turned(inner, Method::Post, 409, 400)),
    breaks_an_idp("a-duplicate-answers-500", |inner| turned(inner, Method::Post, 409, 500)),
    breaks_an_idp("a-duplicate-answers-422", |inner| turned(inner, Method::Post, 409, 422)),
    breaks_the_rfcs("what-is-missing-answers-409", |inner| {
        answers(inner, |request, response| {
            let lacks_name = request.json().is_some_and(|body| body.get("userName").is_none());
            if request.method == Method::Post && request.path == "/Users" && response.status == 400 && lacks_name {
                set_status(response, 409);
            }
        })
    }),
    breaks_an_idp("an-empty-list-of-groups-is-404", |inner| {
        around(inner, |server, request, now| match server.handle(request, now) {
            Reply::Answer(answer) if request.path == "/Groups" && total(&answer) == Some(0) => {
                refusal(404, None, "No group was found.")
            }
            reply => reply,
        })
    }),
    breaks_an_idp("an-empty-list-is-204", |inner| {
        answers(inner, |request, response| {
            if is_list(request) && total(response) == Some(0) {
                *response = empty(204);
            }
        })
    }),
    breaks_the_rfcs("beyond-the-last-page-is-404", |inner| {
        around(inner, |server, request, now| match server.handle(request, now) {
            Reply::Answer(answer) if is_list(request) && is_beyond(&answer) => {
                refusal(404, None, "There is no such page.")
            }
            reply => reply,
        })
    }),
    breaks_an_idp("a-part-of-a-list-is-206", |inner| {
        answers(inner, |request, response| {
            let body = response.json().cloned().unwrap_or_default();
            if is_list(request) && body["totalResults"].as_u64() > body["itemsPerPage"].as_u64() {
                response.status = 206;
            }
        })
    }),
    breaks_an_idp("errors-are-200", |inner| {
        answers(inner, |_, response| {
            if (400..500).contains(&response.status) && response.status != 401 {
                response.status = 200;
            }
        })
    }),
    breaks_an_idp("a-patch-that-changes-nothing-is-304", |inner| unchanged(inner, || empty_answer(304))),
    breaks_an_idp("a-patch-that-changes-nothing-is-400", |inner| {
        unchanged(inner, || refusal(400, Some("invalidValue"), "Nothing would change."))
    }),
    breaks_an_idp("ones-own-name-is-taken-in-a-put", |inner| {
        around(inner, |server, request, now| {
            let wanted = request.json().and_then(|body| body.get("userName").cloned());
            let own = (request.method == Method::Put).then(|| read(server, &request.path, now)).flatten();
            if wanted.is_some() && own.is_some_and(|own| own.get("userName") == wanted.as_ref()) {
                return refusal(409, Some("uniqueness"), "The userName is already in use.");
            }
            server.handle(request, now)
        })
    }),
    breaks_the_rfcs("an-unreadable-filter-is-404", |inner| {
        answers(inner, |request, response| {
            if is_list(request) && response.status == 400 {
                set_status(response, 404);
            }
        })
    }),
    breaks_the_rfcs("an-unknown-endpoint-is-500", |inner| {
        answers(inner, |request, response| {
            if response.status == 404 && !is_below(request, "/Users") && !is_below(request, "/Groups") {
                set_status(response, 500);
            }
        })
    }),
    breaks_an_idp("a-user-read-by-id-answers-203", |inner| {
        answers(inner, |request, response| {
            if request.method == Method::Get && id_of(request).is_some() && response.status == 200 {
                response.status = 203;
            }
        })
    }),
    breaks_an_idp("reads-answer-203", |inner| turned(inner, Method::Get, 200, 203)),
    breaks_an_idp("lists-answer-206", |inner| {
        answers(inner, |request, response| {
            if is_list(request) && response.status == 200 {
                response.status = 206;
            }
        })
    }),
];

#[test]
fn every_wrong_status_is_found() {
    assert_found("status", &json!({}), DEFECTS);
}

fn turned(inner: Inner, method: Method, from: u16, to: u16) -> Inner {
    answers(inner, move |request, response| {
        if request.method == method && response.status == from {
            set_status(response, to);
        }
    })
}

fn empty(status: u16) -> Response {
    let mut response = json_answer(status, &Value::Null);
    response.headers.remove("Content-Type");
    set_body(&mut response, "");
    response
}

fn total(answer: &Response) -> Option<u64> {
    answer.json()?.get("totalResults")?.as_u64()
}

fn is_beyond(answer: &Response) -> bool {
    let page = answer.json().and_then(|body| body.get("itemsPerPage")?.as_u64());
    total(answer).is_some_and(|total| total > 0) && page == Some(0)
}

/// The row is marked as deleted, and marking it again succeeds.
fn second_delete(inner: Inner) -> Inner {
    let mut deleted: Vec<String> = Vec::new();
    around(inner, move |server, request, now| match server.handle(request, now) {
        Reply::Answer(answer) if request.method == Method::Delete => {
            if answer.status == 404 && deleted.contains(&request.path) {
                return empty_answer(204);
            }
            deleted.push(request.path.clone());
            Reply::Answer(answer)
        }
        reply => reply,
    })
}

/// Whoever asks for what once was is told so.
fn gone(inner: Inner) -> Inner {
    let mut deleted: Vec<String> = Vec::new();
    around(inner, move |server, request, now| match server.handle(request, now) {
        Reply::Answer(answer) if answer.status == 404 && deleted.contains(&request.path) => {
            refusal(410, None, "It was deleted.")
        }
        Reply::Answer(answer) if request.method == Method::Delete && answer.status == 204 => {
            deleted.push(request.path.clone());
            Reply::Answer(answer)
        }
        reply => reply,
    })
}

/// What a PATCH finds as it should be is answered in a way of its own.
fn unchanged(inner: Inner, answer: fn() -> Reply) -> Inner {
    around(inner, move |server, request, now| {
        let is_patch = request.method == Method::Patch && !patch_operations(request).is_empty();
        let before = if is_patch { read(server, &request.path, now) } else { None };
        let reply = server.handle(request, now);
        let Some(before) = before.map(without_meta) else { return reply };
        let after = read(server, &request.path, now).map(without_meta);
        let succeeded = matches!(&reply, Reply::Answer(answer) if answer.is_success());
        if succeeded && after == Some(before) { answer() } else { reply }
    })
}

fn without_meta(mut resource: serde_json::Map<String, Value>) -> serde_json::Map<String, Value> {
    resource.shift_remove("meta");
    resource
}
