//! Names that are taken, and names that only seem to be.

use std::collections::HashSet;

use scimulator::faults::query::encode;
use scimulator::faults::wrap::{
    Inner, answer_of, answers, around, ask, creates_user, edit_request, errors, is_below, json_answer, patch, read,
    refusal, requests, set_status,
};
use scimulator::http::{Method, Request};
use scimulator::server::{Reply, Service};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const DEFECTS: &[Defect] = &[
    breaks_an_idp("taken-answers-400", |inner| taken_answers(inner, 400)),
    breaks_an_idp("taken-answers-500", |inner| taken_answers(inner, 500)),
    breaks_an_idp("taken-answers-200-with-the-other", taken_answers_200_with_the_other),
    breaks_an_idp("refused-and-overwritten", refused_and_overwritten),
    breaks_an_idp("refused-and-reactivated", refused_and_reactivated),
    breaks_the_rfcs("taken-is-invalid-value", taken_is_invalid_value),
    breaks_an_idp("ones-own-name-is-taken-by-patch", |inner| own_name_is_taken(inner, Method::Patch)),
    breaks_an_idp("ones-own-name-is-taken-by-put", |inner| own_name_is_taken(inner, Method::Put)),
    breaks_an_idp("rename-to-a-taken-name-is-silent", rename_to_a_taken_name_is_silent),
    breaks_an_idp("rename-to-a-taken-name-crashes", rename_to_a_taken_name_crashes),
    breaks_an_idp("groups-of-one-name-crash", groups_of_one_name_crash),
    breaks_the_rfcs("a-refused-body-takes-the-name", a_refused_body_takes_the_name),
    breaks_an_idp("one-external-id-for-all", one_given_name_for_all),
];

#[test]
fn conflicts_are_told_and_nothing_else_is_one() {
    assert_found("conflicts", &json!({}), DEFECTS);
}

fn status(reply: &Reply) -> u16 {
    answer_of(reply.clone()).map_or(0, |answer| answer.status)
}

fn taken_answers(inner: Inner, status: u16) -> Inner {
    answers(inner, move |request, response| {
        if response.status == 409 && creates_user(request) {
            set_status(response, status);
        }
    })
}

/// The user who has the name that a request wants.
fn holder(server: &mut dyn Service, request: &Request, now: OffsetDateTime) -> Option<Map<String, Value>> {
    let wanted = request.json()?.get("userName")?.clone();
    let lookup = format!("/Users?filter={}", encode(&format!("userName eq {wanted}")));
    ask(server, Method::Get, &lookup, None, now)?["Resources"].get(0)?.as_object().cloned()
}

/// What happens on a create whose name is taken: by whom, and what the server says of it.
type OnTaken = fn(&mut dyn Service, &Request, OffsetDateTime, Map<String, Value>, Reply) -> Reply;

/// On a create whose name is taken.
fn on_taken(inner: Inner, act: OnTaken) -> Inner {
    around(inner, move |server, request, now| {
        let reply = server.handle(request, now);
        if !creates_user(request) || status(&reply) != 409 {
            return reply;
        }
        match holder(server, request, now) {
            Some(holder) => act(server, request, now, holder, reply),
            None => reply,
        }
    })
}

fn path_of(user: &Map<String, Value>) -> String {
    format!("/Users/{}", user["id"].as_str().unwrap_or_default())
}

fn taken_answers_200_with_the_other(inner: Inner) -> Inner {
    on_taken(inner, |_, _, _, holder, _| Reply::Answer(json_answer(200, &holder.into())))
}

fn refused_and_overwritten(inner: Inner) -> Inner {
    on_taken(inner, |server, request, now, holder, reply| {
        let name = request.json().map(|body| body["displayName"].clone()).unwrap_or_default();
        patch(server, &path_of(&holder), &json!([{ "op": "replace", "path": "displayName", "value": name }]), now);
        reply
    })
}

fn refused_and_reactivated(inner: Inner) -> Inner {
    on_taken(inner, |server, _, now, holder, reply| {
        patch(server, &path_of(&holder), &json!([{ "op": "replace", "path": "active", "value": true }]), now);
        reply
    })
}

fn taken_is_invalid_value(inner: Inner) -> Inner {
    errors(inner, |_, status, error| {
        if status == 409 && error.contains_key("scimType") {
            error.insert("scimType".to_owned(), "invalidValue".into());
        }
    })
}

/// The names that a change writes.
fn written_name(request: &Request) -> Option<String> {
    let body = request.json()?;
    let operations = body.get("Operations").and_then(Value::as_array).cloned().unwrap_or_default();
    let in_operation = |operation: &Value| {
        let has_path = operation.get("path").and_then(Value::as_str) == Some("userName");
        let value = operation.get("value")?;
        if has_path { value.as_str().map(str::to_owned) } else { Some(value.get("userName")?.as_str()?.to_owned()) }
    };
    body.get("userName").and_then(Value::as_str).map(str::to_owned).or_else(|| operations.iter().find_map(in_operation))
}

/// The validator looks for the name and finds the user themselves.
fn own_name_is_taken(inner: Inner, method: Method) -> Inner {
    around(inner, move |server, request, now| {
        if request.method == method
            && is_below(request, "/Users")
            && let Some(name) = written_name(request)
            && read(server, &request.path, now).is_some_and(|user| user.get("userName") == Some(&name.into()))
        {
            return refusal(409, Some("uniqueness"), "The userName is already in use.");
        }
        server.handle(request, now)
    })
}

fn is_rename(request: &Request) -> bool {
    matches!(request.method, Method::Put | Method::Patch) && is_below(request, "/Users")
}

fn rename_to_a_taken_name_is_silent(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let reply = server.handle(request, now);
        match ask(server, Method::Get, &request.path, None, now) {
            Some(user) if is_rename(request) && status(&reply) == 409 => Reply::Answer(json_answer(200, &user)),
            _ => reply,
        }
    })
}

fn rename_to_a_taken_name_crashes(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if is_rename(request) && response.status == 409 {
            set_status(response, 500);
        }
    })
}

fn groups_of_one_name_crash(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if is_below(request, "/Groups") && response.status == 409 {
            set_status(response, 500);
        }
    })
}

/// The row is written before the rest of the body is looked at.
fn a_refused_body_takes_the_name(inner: Inner) -> Inner {
    let mut taken = HashSet::new();
    around(inner, move |server, request, now| {
        let name = written_name(request).unwrap_or_default();
        if creates_user(request) && taken.contains(&name) {
            return refusal(409, Some("uniqueness"), "The userName is already in use.");
        }
        let reply = server.handle(request, now);
        if creates_user(request) && status(&reply) == 400 && !name.is_empty() {
            taken.insert(name);
        }
        reply
    })
}

/// Two people of one name collide.
fn one_given_name_for_all(inner: Inner) -> Inner {
    let mut seen: HashSet<String> = HashSet::new();
    let checked = around(inner, move |server, request, now| {
        let name = request.json().map(|body| body["name"].to_string()).filter(|name| name != "null");
        if creates_user(request) && name.as_ref().is_some_and(|name| seen.contains(name)) {
            return refusal(409, Some("uniqueness"), "The name is already in use.");
        }
        let reply = server.handle(request, now);
        if creates_user(request) && status(&reply) == 201 {
            seen.extend(name);
        }
        reply
    });
    requests(checked, |request| edit_request(request, |_| ()))
}
