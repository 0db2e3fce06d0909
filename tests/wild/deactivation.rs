//! People who leave and come back, and servers that lose them, or the switch.

use std::collections::HashSet;

use scimulator::faults::create::hide;
use scimulator::faults::query::parameter;
use scimulator::faults::wrap::{
    Inner, answer_of, around, ask, creates_user, deactivates, edit_operations, edit_request, empty_answer, id_of,
    is_below, is_list, json_answer, lower, operations, patch, patch_operations, read, refusal, requests, resources,
};
use scimulator::http::{Method, Request};
use scimulator::server::{Reply, Service};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const LEAVING: &[Defect] = &[
    breaks_an_idp("without-a-path-nothing-happens", without_a_path_nothing_happens),
    breaks_an_idp("the-text-false-is-true", the_text_false_is_true),
    breaks_an_idp("put-does-not-deactivate", put_does_not_deactivate),
    breaks_an_idp("created-inactive-is-active", created_inactive_is_active),
    breaks_an_idp("the-leaver-loses-external-id", |inner| leaver_loses(inner, "externalId")),
    breaks_an_idp("the-leaver-loses-the-addresses", |inner| leaver_loses(inner, "emails")),
    breaks_an_idp("the-leaver-gets-another-name", the_leaver_gets_another_name),
    breaks_an_idp("patch-deletes-the-leaver", patch_deletes_the_leaver),
    breaks_an_idp("lists-without-leavers", lists_without_leavers),
    breaks_an_idp("lists-of-all-without-leavers", |inner| without_leavers(inner, |filter| filter.is_none())),
    breaks_an_idp("leavers-are-found-by-their-name-only", |inner| {
        without_leavers(inner, |filter| filter.is_some_and(|filter| filter.starts_with("externalId eq")))
    }),
    breaks_an_idp("leavers-show-no-groups", |inner| {
        resources(inner, |_, user| {
            if is_inactive(user) {
                user.shift_remove("groups");
            }
        })
    }),
    breaks_an_idp("leavers-do-not-say-active", leavers_do_not_say_active),
    breaks_an_idp("inactive-is-a-text", inactive_is_a_text),
    breaks_an_idp("the-other-operations-are-lost", the_other_operations_are_lost),
    breaks_the_rfcs("twice-is-a-conflict", twice_is_a_conflict),
];

const COMING_BACK: &[Defect] = &[
    breaks_an_idp("there-is-no-way-back", there_is_no_way_back),
    breaks_an_idp("the-way-back-is-silent", the_way_back_is_silent),
    breaks_an_idp("back-under-another-id", back_under_another_id),
    breaks_an_idp("leavers-cannot-be-changed", leavers_cannot_be_changed),
    breaks_an_idp("leavers-cannot-be-deleted", leavers_cannot_be_deleted),
    breaks_an_idp("any-change-activates", any_change_activates),
];

/// Defects that show on a page behind the first one.
const ON_LATER_PAGES: &[Defect] = &[breaks_an_idp("lists-of-all-in-short-pages-without-leavers", |inner| {
    without_leavers(inner, |filter| filter.is_none())
})];

#[test]
fn leavers_are_missed_on_every_page() {
    assert_found("deactivation-pages", &json!({ "max-results": 3, "page-size": 3 }), ON_LATER_PAGES);
}

#[test]
fn who_leaves_is_seen_to_have_left() {
    assert_found("deactivation-leaving", &json!({}), LEAVING);
}

#[test]
fn who_comes_back_is_the_same() {
    assert_found("deactivation-back", &json!({}), COMING_BACK);
}

fn is_inactive(user: &Map<String, Value>) -> bool {
    user.get("active") == Some(&Value::Bool(false))
}

/// Whether a request is about a user who is inactive now.
fn is_leaver(server: &mut dyn Service, request: &Request, now: OffsetDateTime) -> bool {
    is_below(request, "/Users")
        && id_of(request).is_some()
        && read(server, &request.path, now).is_some_and(|user| is_inactive(&user))
}

fn is_deactivation(request: &Request) -> bool {
    is_below(request, "/Users")
        && (patch_operations(request).iter().any(deactivates)
            || (request.method == Method::Put && request.json().is_some_and(|body| body["active"] == json!(false))))
}

/// Does something after a user was deactivated.
fn after_leaving(inner: Inner, act: fn(&mut dyn Service, &Request, OffsetDateTime)) -> Inner {
    around(inner, move |server, request, now| {
        let reply = server.handle(request, now);
        if is_deactivation(request) && answer_of(reply.clone()).is_some_and(|answer| answer.is_success()) {
            act(server, request, now);
            if let Some(user) = ask(server, Method::Get, &request.path, None, now) {
                return Reply::Answer(json_answer(200, &user));
            }
        }
        reply
    })
}

fn without_a_path_nothing_happens(inner: Inner) -> Inner {
    operations(inner, |request, operations| {
        for operation in operations.iter_mut().filter(|operation| operation.get("path").is_none()) {
            if let Some(Value::Object(value)) = operation.get_mut("value").filter(|_| is_below(request, "/Users")) {
                value.shift_remove("active");
            }
        }
    })
}

/// `bool("False")`, as Python has it.
fn the_text_false_is_true(inner: Inner) -> Inner {
    operations(inner, |_, operations| {
        for operation in operations {
            let has_path = lower(operation, "path") == "active";
            if let Some(value) = operation.get_mut("value").filter(|value| has_path && value.is_string()) {
                *value = true.into();
            }
        }
    })
}

fn put_does_not_deactivate(inner: Inner) -> Inner {
    requests(inner, |request| {
        if request.method == Method::Put {
            edit_request(request, |body| {
                if body.contains_key("active") {
                    body.insert("active".to_owned(), true.into());
                }
            });
        }
    })
}

fn created_inactive_is_active(inner: Inner) -> Inner {
    requests(inner, |request| {
        if creates_user(request) {
            edit_request(request, |body| {
                body.insert("active".to_owned(), true.into());
            });
        }
    })
}

fn leaver_loses(inner: Inner, name: &'static str) -> Inner {
    resources(inner, move |_, user| {
        if is_inactive(user) {
            user.shift_remove(name);
        }
    })
}

/// So that the name is free for somebody else.
fn the_leaver_gets_another_name(inner: Inner) -> Inner {
    after_leaving(inner, |server, request, now| {
        let Some(user) = read(server, &request.path, now) else { return };
        let name = format!("deleted.{}", user["userName"].as_str().unwrap_or_default());
        patch(server, &request.path, &json!([{ "op": "replace", "path": "userName", "value": name }]), now);
    })
}

fn patch_deletes_the_leaver(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if !patch_operations(request).iter().any(deactivates) {
            return server.handle(request, now);
        }
        ask(server, Method::Delete, &request.path, None, now);
        empty_answer(204)
    })
}

/// Leavers are found by a filter, and are in no list of all.
fn lists_without_leavers(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut reply = server.handle(request, now);
        let is_lookup = parameter(request, "filter").is_some_and(|filter| filter.starts_with("userName eq"));
        if let Reply::Answer(answer) = &mut reply
            && is_list(request)
            && !is_lookup
        {
            hide(answer, is_inactive);
        }
        reply
    })
}

/// Leavers are left out where the filter is such.
fn without_leavers(inner: Inner, is_such: fn(Option<&str>) -> bool) -> Inner {
    around(inner, move |server, request, now| {
        let mut reply = server.handle(request, now);
        if let Reply::Answer(answer) = &mut reply
            && is_list(request)
            && is_such(parameter(request, "filter").as_deref())
        {
            hide(answer, is_inactive);
        }
        reply
    })
}

/// `omitempty`.
fn leavers_do_not_say_active(inner: Inner) -> Inner {
    resources(inner, |_, user| {
        if is_inactive(user) {
            user.shift_remove("active");
        }
    })
}

fn inactive_is_a_text(inner: Inner) -> Inner {
    resources(inner, |_, user| {
        if is_inactive(user) {
            user.insert("active".to_owned(), "false".into());
        }
    })
}

fn the_other_operations_are_lost(inner: Inner) -> Inner {
    operations(inner, |_, operations| {
        if operations.iter().any(deactivates) {
            operations.retain(deactivates);
        }
    })
}

fn twice_is_a_conflict(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if is_deactivation(request) && is_leaver(server, request, now) {
            return refusal(409, None, "The user is deactivated already.");
        }
        server.handle(request, now)
    })
}

fn activates(request: &Request) -> bool {
    patch_operations(request).iter().any(|operation| {
        let value = operation.get("value");
        let value =
            if lower(operation, "path") == "active" { value } else { value.and_then(|value| value.get("active")) };
        value.is_some_and(|value| value.to_string().to_ascii_lowercase().contains("true"))
    })
}

fn there_is_no_way_back(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if activates(request) && is_leaver(server, request, now) {
            return refusal(404, None, "There is no such user.");
        }
        server.handle(request, now)
    })
}

fn the_way_back_is_silent(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if activates(request) && is_leaver(server, request, now) {
            return empty_answer(204);
        }
        server.handle(request, now)
    })
}

/// Who comes back is made anew from the archive.
fn back_under_another_id(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let before = if activates(request) { read(server, &request.path, now) } else { None };
        let Some(mut user) = before.filter(is_inactive) else { return server.handle(request, now) };
        ask(server, Method::Delete, &request.path, None, now);
        user.insert("active".to_owned(), true.into());
        for name in ["id", "meta", "groups"] {
            user.shift_remove(name);
        }
        match ask(server, Method::Post, "/Users", Some(&user.into()), now) {
            Some(made) => Reply::Answer(json_answer(200, &made)),
            None => empty_answer(204),
        }
    })
}

fn leavers_cannot_be_changed(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_change = matches!(request.method, Method::Put | Method::Patch) && !activates(request);
        if is_change && !is_deactivation(request) && is_leaver(server, request, now) {
            return refusal(403, None, "The user is deactivated.");
        }
        server.handle(request, now)
    })
}

fn leavers_cannot_be_deleted(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if request.method == Method::Delete && is_leaver(server, request, now) {
            return refusal(404, None, "There is no such user.");
        }
        server.handle(request, now)
    })
}

fn any_change_activates(inner: Inner) -> Inner {
    let mut activated: HashSet<String> = HashSet::new();
    requests(inner, move |request| {
        let is_user = request.method == Method::Patch && is_below(request, "/Users");
        if is_user && !is_deactivation(request) && activated.insert(request.path.clone()) {
            edit_operations(request, |operations| {
                operations.push(json!({ "op": "replace", "path": "active", "value": true }));
            });
            activated.clear();
        }
    })
}
