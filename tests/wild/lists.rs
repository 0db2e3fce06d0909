//! Lists of another shape than a ListResponse, or of half resources.

use scimulator::faults::wrap::{Inner, around, bodies, edit_json, empty_answer, is_below, is_list, read};
use scimulator::http::Request;
use scimulator::server::Reply;
use serde_json::{Map, Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const DEFECTS: &[Defect] = &[
    breaks_an_idp("a-bare-array", a_bare_array),
    breaks_an_idp("resources-by-id", resources_by_id),
    breaks_an_idp("resources-in-envelopes", resources_in_envelopes),
    breaks_an_idp("schemas-is-a-text", |inner| lists(inner, |_, list| set(list, "schemas", json!(LIST)))),
    breaks_an_idp("schemas-of-scim-1", |inner| {
        lists(inner, |_, list| set(list, "schemas", json!(["urn:scim:schemas:core:1.0"])))
    }),
    breaks_an_idp("group-lists-do-not-count", |inner| {
        lists(inner, |request, list| groups_lose(request, list, "totalResults"))
    }),
    breaks_an_idp("group-start-index-is-a-text", group_start_index_is_a_text),
    breaks_an_idp("nothing-found-is-204", nothing_found_is_204),
    breaks_an_idp("one-without-id", |inner| each(inner, "/Users", |user| drop(user.shift_remove("id")))),
    breaks_the_rfcs("listed-without-meta", |inner| each(inner, "/Users", |user| drop(user.shift_remove("meta")))),
    breaks_the_rfcs("listed-without-schemas", |inner| {
        each(inner, "/Groups", |group| drop(group.shift_remove("schemas")))
    }),
    breaks_an_idp("listed-without-external-id", |inner| {
        each(inner, "/Users", |user| drop(user.shift_remove("externalId")))
    }),
    breaks_an_idp("listed-without-extension", |inner| {
        each(inner, "/Users", |user| user.retain(|name, _| !name.contains("enterprise")))
    }),
    breaks_an_idp("groups-listed-without-members", |inner| {
        each(inner, "/Groups", |group| drop(group.shift_remove("members")))
    }),
    breaks_an_idp("groups-listed-without-name", |inner| {
        each(inner, "/Groups", |group| drop(group.shift_remove("displayName")))
    }),
    breaks_the_rfcs("users-among-groups", users_among_groups),
    breaks_an_idp("total-is-one-less", |inner| lists(inner, |_, list| total(list, -1))),
    breaks_an_idp("total-is-one-more", |inner| lists(inner, |_, list| total(list, 1))),
];

const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

#[test]
fn every_wrong_list_is_found() {
    assert_found("lists", &json!({}), DEFECTS);
}

fn lists(inner: Inner, edit: fn(&Request, &mut Map<String, Value>)) -> Inner {
    bodies(inner, move |request, status, body| {
        if let Some(list) = body.as_object_mut().filter(|_| status == 200 && is_list(request)) {
            edit(request, list);
        }
    })
}

/// Edits every resource of a list.
fn each(inner: Inner, collection: &'static str, edit: fn(&mut Map<String, Value>)) -> Inner {
    bodies(inner, move |request, status, body| {
        if status == 200
            && is_list(request)
            && is_below(request, collection)
            && let Some(Value::Array(resources)) = body.get_mut("Resources")
        {
            resources.iter_mut().filter_map(Value::as_object_mut).for_each(edit);
        }
    })
}

fn set(list: &mut Map<String, Value>, name: &str, value: Value) {
    list.insert(name.to_owned(), value);
}

fn a_bare_array(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        if status == 200 && is_list(request) {
            *body = body.get("Resources").cloned().unwrap_or_else(|| json!([]));
        }
    })
}

fn resources_by_id(inner: Inner) -> Inner {
    lists(inner, |_, list| {
        let Some(Value::Array(resources)) = list.get("Resources") else { return };
        let named = resources.iter().filter_map(|one| Some((one.get("id")?.as_str()?.to_owned(), one.clone())));
        let named: Map<String, Value> = named.collect();
        set(list, "Resources", named.into());
    })
}

fn resources_in_envelopes(inner: Inner) -> Inner {
    lists(inner, |_, list| {
        if let Some(Value::Array(resources)) = list.get_mut("Resources") {
            for one in resources {
                *one = json!({ "resource": one });
            }
        }
    })
}

fn groups_lose(request: &Request, list: &mut Map<String, Value>, name: &str) {
    if is_below(request, "/Groups") {
        list.shift_remove(name);
    }
}

fn group_start_index_is_a_text(inner: Inner) -> Inner {
    lists(inner, |request, list| {
        if let Some(start) = list.get("startIndex").cloned().filter(|_| is_below(request, "/Groups")) {
            set(list, "startIndex", start.to_string().into());
        }
    })
}

fn nothing_found_is_204(inner: Inner) -> Inner {
    around(inner, |server, request, now| match server.handle(request, now) {
        Reply::Answer(answer)
            if is_list(request) && answer.json().is_some_and(|body| body.get("totalResults") == Some(&0.into())) =>
        {
            empty_answer(204)
        }
        reply => reply,
    })
}

fn users_among_groups(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let users = read(server, "/Users", now).and_then(|list| list.get("Resources")?.as_array().cloned());
        let mut reply = server.handle(request, now);
        if let Reply::Answer(answer) = &mut reply
            && is_list(request)
            && is_below(request, "/Groups")
            && request.query.as_deref().is_none_or(|query| !query.contains("filter"))
        {
            edit_json(answer, |_, body| {
                let Some(Value::Array(groups)) = body.get_mut("Resources") else { return };
                groups.extend(users.unwrap_or_default());
                let length = groups.len();
                body["totalResults"] = length.into();
                body["itemsPerPage"] = length.into();
            });
        }
        reply
    })
}

fn total(list: &mut Map<String, Value>, by: i64) {
    let total = list.get("totalResults").and_then(Value::as_i64).unwrap_or_default();
    if total > 0 {
        set(list, "totalResults", (total + by).into());
    }
}
