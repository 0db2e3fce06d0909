//! Seats that are counted wrongly, and refusals that are none.

use scimulator::faults::wrap::{
    Inner, answer_of, around, ask, creates_user, deactivates, edit_request, id_of, is_below, json_answer,
    patch_operations, refusal, set_body,
};
use scimulator::http::{Method, Request, Response};
use scimulator::server::{Reply, Service};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::bench::{Defect, assert_found, breaks_an_idp};

const SEATS: u32 = 12;

const REFUSALS: &[Defect] = &[
    breaks_an_idp("refused-with-409", |inner| on_refusal(inner, |_, _| refusal(409, Some("uniqueness"), "No seats."))),
    breaks_an_idp("refused-with-500", |inner| on_refusal(inner, |_, _| refusal(500, None, "No seats."))),
    breaks_an_idp("refused-with-429", |inner| on_refusal(inner, |_, _| refusal(429, None, "No seats."))),
    breaks_an_idp("refused-with-503", |inner| on_refusal(inner, |_, _| refusal(503, None, "No seats."))),
    breaks_an_idp("refused-with-404", |inner| on_refusal(inner, |_, _| refusal(404, None, "No seats."))),
    breaks_an_idp("refused-without-a-body", |inner| on_refusal(inner, |answer, _| Reply::Answer(without_body(answer)))),
    breaks_an_idp("refused-in-html", |inner| on_refusal(inner, |answer, _| Reply::Answer(in_html(answer)))),
    breaks_an_idp("answers-200-with-an-error", |inner| on_refusal(inner, |answer, _| Reply::Answer(ok(answer)))),
    breaks_an_idp("creates-an-inactive-user", creates_an_inactive_user),
    breaks_an_idp("answers-201-and-keeps-nothing", answers_201_and_keeps_nothing),
    breaks_an_idp("the-refused-user-is-listed", the_refused_user_is_listed),
    breaks_an_idp("the-refused-name-stays-taken", the_refused_name_stays_taken),
];

const COUNTS: &[Defect] = &[
    breaks_an_idp("one-seat-too-many", |inner| seats_off_by(inner, 1)),
    breaks_an_idp("one-seat-too-few", |inner| seats_off_by(inner, -1)),
    breaks_an_idp("no-limit-at-all", |inner| seats_off_by(inner, 1000)),
    breaks_an_idp("deactivation-frees-no-seat-and-delete-does", deactivation_frees_no_seat),
    breaks_an_idp("put-reactivates-without-a-seat", put_reactivates_without_a_seat),
    breaks_an_idp("full-means-no-updates", full_means_no_updates),
    breaks_an_idp("full-means-no-deactivation", full_means_no_deactivation),
    breaks_an_idp("full-means-no-lookups", full_means_no_lookups),
];

#[test]
fn a_refusal_is_one() {
    assert_found("capacity-refusals", &json!({ "seats": SEATS }), REFUSALS);
}

#[test]
fn seats_are_counted() {
    assert_found("capacity-counts", &json!({ "seats": SEATS }), COUNTS);
}

fn is_refused(reply: &Reply) -> bool {
    answer_of(reply.clone()).is_some_and(|answer| matches!(answer.status, 402 | 403))
}

/// Says something else when a create is refused for want of a seat.
fn on_refusal(inner: Inner, act: fn(Response, &Request) -> Reply) -> Inner {
    around(inner, move |server, request, now| match server.handle(request, now) {
        Reply::Answer(answer) if creates_user(request) && matches!(answer.status, 402 | 403) => act(answer, request),
        reply => reply,
    })
}

fn without_body(mut answer: Response) -> Response {
    set_body(&mut answer, "");
    answer.headers.remove("Content-Type");
    answer
}

fn in_html(mut answer: Response) -> Response {
    set_body(&mut answer, "<html><body><h1>Upgrade your plan</h1></body></html>");
    answer.headers.set("Content-Type", "text/html");
    answer
}

fn ok(mut answer: Response) -> Response {
    answer.status = 200;
    answer
}

fn create_inactive(server: &mut dyn Service, request: &Request, now: OffsetDateTime) -> Reply {
    let mut inactive = request.clone();
    edit_request(&mut inactive, |body| {
        body.insert("active".to_owned(), false.into());
    });
    server.handle(&inactive, now)
}

fn creates_an_inactive_user(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let reply = server.handle(request, now);
        if creates_user(request) && is_refused(&reply) { create_inactive(server, request, now) } else { reply }
    })
}

fn answers_201_and_keeps_nothing(inner: Inner) -> Inner {
    on_refusal(inner, |_, request| {
        let mut user = request.json().unwrap_or_default();
        let id = "00000000-0000-4000-8000-000000000000";
        user["id"] = id.into();
        user["meta"] = json!({ "resourceType": "User" });
        Reply::Answer(json_answer(201, &user))
    })
}

fn the_refused_user_is_listed(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let reply = server.handle(request, now);
        if creates_user(request) && is_refused(&reply) {
            create_inactive(server, request, now);
        }
        reply
    })
}

/// The name is reserved before the seats are counted.
fn the_refused_name_stays_taken(inner: Inner) -> Inner {
    let mut taken = Vec::new();
    around(inner, move |server, request, now| {
        let name = request.json().and_then(|body| body.get("userName").cloned());
        if creates_user(request) && taken.contains(&name) {
            return refusal(409, Some("uniqueness"), "The userName is already in use.");
        }
        let reply = server.handle(request, now);
        if creates_user(request) && is_refused(&reply) {
            taken.push(name);
        }
        reply
    })
}

/// How many active users the server has.
fn active(server: &mut dyn Service, now: OffsetDateTime) -> i64 {
    let list = ask(server, Method::Get, "/Users?filter=active%20eq%20true&count=0", None, now).unwrap_or_default();
    list["totalResults"].as_i64().unwrap_or_default()
}

fn no_seat() -> Reply {
    refusal(403, None, "No seat is free.")
}

/// The limit is another one; the server behind counts only who is created active.
fn seats_off_by(inner: Inner, by: i64) -> Inner {
    let (mut unseated, limit): (Vec<String>, i64) = (Vec::new(), i64::from(SEATS) + by);
    around(inner, move |server, request, now| {
        let is_full = active(server, now) + i64::try_from(unseated.len()).unwrap_or_default() >= limit;
        if creates_user(request) && is_full {
            return no_seat();
        }
        let mut reply = server.handle(request, now);
        if creates_user(request) && is_refused(&reply) {
            reply = create_inactive(server, request, now);
            let made = answer_of(reply.clone()).and_then(|answer| Some(answer.json()?.get("id")?.as_str()?.to_owned()));
            unseated.extend(made);
        }
        let gone = id_of(request)
            .filter(|_| request.method == Method::Delete || patch_operations(request).iter().any(deactivates));
        unseated.retain(|id| Some(id.as_str()) != gone);
        show_active(&mut reply, &unseated);
        reply
    })
}

fn show_active(reply: &mut Reply, ids: &[String]) {
    let Reply::Answer(answer) = reply else { return };
    scimulator::faults::wrap::edit_json(answer, |_, body| {
        scimulator::faults::wrap::each_resource(body, |user| {
            let id = user.get("id").and_then(Value::as_str).unwrap_or_default();
            if ids.iter().any(|one| one == id) {
                user.insert("active".to_owned(), true.into());
            }
        });
    });
}

/// Seats are counted by rows, active or not.
fn deactivation_frees_no_seat(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let all = ask(server, Method::Get, "/Users?count=0", None, now).unwrap_or_default();
        if creates_user(request) && all["totalResults"].as_i64().unwrap_or_default() >= i64::from(SEATS) {
            return no_seat();
        }
        server.handle(request, now)
    })
}

fn put_reactivates_without_a_seat(inner: Inner) -> Inner {
    let mut unseated: Vec<String> = Vec::new();
    around(inner, move |server, request, now| {
        let mut reply = server.handle(request, now);
        let id = id_of(request).unwrap_or_default().to_owned();
        if request.method == Method::Put && is_refused(&reply) {
            let mut inactive = request.clone();
            edit_request(&mut inactive, |body| {
                body.insert("active".to_owned(), false.into());
            });
            reply = server.handle(&inactive, now);
            unseated.push(id);
        } else if request.method == Method::Delete || patch_operations(request).iter().any(deactivates) {
            unseated.retain(|one| *one != id);
        }
        show_active(&mut reply, &unseated);
        reply
    })
}

fn is_full(server: &mut dyn Service, now: OffsetDateTime) -> bool {
    active(server, now) >= i64::from(SEATS)
}

fn full_means_no_updates(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_update = matches!(request.method, Method::Put | Method::Patch) && is_below(request, "/Users");
        let frees = patch_operations(request).iter().any(deactivates);
        if is_update && !frees && is_full(server, now) {
            return no_seat();
        }
        server.handle(request, now)
    })
}

fn full_means_no_deactivation(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if patch_operations(request).iter().any(deactivates) && is_full(server, now) {
            return no_seat();
        }
        server.handle(request, now)
    })
}

fn full_means_no_lookups(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_lookup = request.query.as_deref().is_some_and(|query| query.starts_with("filter=userName"));
        if is_lookup && is_full(server, now) {
            return no_seat();
        }
        server.handle(request, now)
    })
}
