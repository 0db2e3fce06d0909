//! `create/`, `get/` and `user/`: new accounts and how they are seen.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::Fault;
use super::query::encode;
use super::twins::twins;
use super::wrap::{
    Inner, answer_of, answers, around, ask, bodies, creates_user, edit_json, edit_request, errors, id_of, is_below,
    is_core, is_list, json_answer, refusal, requests, resources, set_body,
};
use crate::http::{Method, Response, percent};
use crate::scim::urn;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("create/body", body),
    ("create/declared-kept", declared_kept),
    ("create/duplicate-409", duplicate_409),
    ("create/duplicate-case", duplicate_case),
    ("create/duplicate-scimtype", duplicate_scimtype),
    ("create/external-id", external_id),
    ("create/fidelity", fidelity),
    ("create/location", location),
    ("create/long-values", long_values),
    ("create/missing-required", missing_required),
    ("create/null-and-empty", null_and_empty),
    ("create/read-your-write", read_your_write),
    ("create/readonly-ignored", readonly_ignored),
    ("create/schemas-order", schemas_order),
    ("create/schemas-required", schemas_required),
    ("create/without-schemas", without_schemas),
    ("create/status-201", status_201),
    ("create/unknown-attribute", unknown_attribute),
    ("schema/required-truth", required_truth),
    ("get/by-id", by_id),
    ("get/id-case-exact", id_case_exact),
    ("get/inactive-visible", inactive_visible),
    ("get/no-by-username", no_by_username),
    ("user/active", active),
];

fn status_201(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if response.status == 201 {
            response.status = 200;
        }
    })
}

fn body(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if response.status == 201 {
            set_body(response, "");
            response.headers.remove("Content-Type");
        }
    })
}

/// The form for new accounts has no such field.
fn declared_kept(inner: Inner) -> Inner {
    requests(inner, |request| {
        if creates_user(request) {
            edit_request(request, |user| {
                user.shift_remove("title");
            });
        }
    })
}

/// Columns of 128 letters, in a database that cuts without a word.
fn long_values(inner: Inner) -> Inner {
    requests(inner, |request| {
        if request.method == Method::Post && is_core(request) {
            edit_request(request, |body| body.values_mut().for_each(cut));
        }
    })
}

fn cut(value: &mut Value) {
    match value {
        Value::String(text) => *text = text.chars().take(128).collect(),
        Value::Array(elements) => elements.iter_mut().for_each(cut),
        Value::Object(members) => members.values_mut().for_each(cut),
        _ => {}
    }
}

/// The index on userName is missing.
fn duplicate_409(inner: Inner) -> Inner {
    twins(inner, |_, _| true)
}

/// The index on userName compares bytes.
fn duplicate_case(inner: Inner) -> Inner {
    twins(inner, |existing, wanted| existing.get("userName").and_then(Value::as_str) != Some(wanted))
}

/// Phone numbers are made to look nice.
fn fidelity(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        let Some(Value::Array(phones)) = resource.get_mut("phoneNumbers") else { return };
        for phone in phones.iter_mut().filter_map(|phone| phone.get_mut("value")) {
            let digits: String = phone.as_str().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
            if let Some((area, rest)) = digits.split_at_checked(3) {
                *phone = format!("({area}) {rest}").into();
            }
        }
    })
}

/// Queries read a copy that is five seconds old.
fn read_your_write(inner: Inner) -> Inner {
    let mut created: HashMap<String, OffsetDateTime> = HashMap::new();
    around(inner, move |server, request, now| {
        let mut reply = server.handle(request, now);
        if creates_user(request) {
            let id = answer_of(reply.clone()).and_then(|answer| answer.json()?.get("id")?.as_str().map(str::to_owned));
            created.extend(id.map(|id| (id, now)));
        }
        if let Reply::Answer(response) = &mut reply
            && is_list(request)
        {
            hide(response, |user| {
                let at = user.get("id").and_then(Value::as_str).and_then(|id| created.get(id));
                at.is_some_and(|at| now - *at < Duration::seconds(5))
            });
        }
        reply
    })
}

/// The key of the table has a collation.
fn id_case_exact(inner: Inner) -> Inner {
    requests(inner, |request| {
        if request.method == Method::Get && is_below(request, "/Users") {
            let id = id_of(request).map(str::to_ascii_lowercase);
            request.path = id.map_or_else(|| request.path.clone(), |id| format!("/Users/{id}"));
        }
    })
}

/// A deactivated user counts as deleted for whoever reads.
fn inactive_visible(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut reply = server.handle(request, now);
        if request.method != Method::Get || !is_below(request, "/Users") {
            return reply;
        }
        if let Reply::Answer(response) = &mut reply {
            if response.json().and_then(Value::as_object).is_some_and(is_inactive) {
                return refusal(404, None, "There is no such user.");
            }
            hide(response, is_inactive);
        }
        reply
    })
}

/// Whether a user is deactivated.
pub fn is_inactive(user: &Map<String, Value>) -> bool {
    user.get("active") == Some(&Value::Bool(false))
}

/// Takes resources out of a list, as if they did not exist.
pub fn hide(response: &mut Response, is_hidden: impl Fn(&Map<String, Value>) -> bool) {
    edit_json(response, |_, body| {
        let Some(Value::Array(list)) = body.get_mut("Resources") else { return };
        let before = list.len();
        list.retain(|resource| !resource.as_object().is_some_and(&is_hidden));
        let (left, hidden) = (list.len(), before - list.len());
        let total = body.get("totalResults").and_then(Value::as_u64).unwrap_or_default();
        body["totalResults"] = total.saturating_sub(hidden as u64).into();
        body["itemsPerPage"] = left.into();
    });
}

fn active(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        resource.shift_remove("active");
    })
}

fn location(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if response.status == 201 {
            response.headers.remove("Location");
        }
    })
}

fn duplicate_scimtype(inner: Inner) -> Inner {
    errors(inner, |_, status, error| {
        if status == 409 {
            error.shift_remove("scimType");
        }
    })
}

/// A key in small letters.
fn external_id(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        if let Some(Value::String(id)) = resource.get_mut("externalId") {
            *id = id.to_lowercase();
        }
    })
}

/// Nobody goes without a name.
fn missing_required(inner: Inner) -> Inner {
    let mut count = 0;
    requests(inner, move |request| {
        if creates_user(request) {
            edit_request(request, |body| {
                let has_name = body.get("userName").and_then(Value::as_str).is_some_and(|name| !name.is_empty());
                if !has_name {
                    count += 1;
                    body.insert("userName".to_owned(), format!("user{count}").into());
                }
            });
        }
    })
}

/// Refuses to create a user from such a body.
fn refuse_body(inner: Inner, status: u16, detail: &'static str, is_such: fn(&Map<String, Value>) -> bool) -> Inner {
    around(inner, move |server, request, now| {
        let body = if creates_user(request) { request.json() } else { None };
        if body.as_ref().and_then(Value::as_object).is_some_and(is_such) {
            return refusal(status, (status == 400).then_some("invalidValue"), detail);
        }
        server.handle(request, now)
    })
}

fn null_and_empty(inner: Inner) -> Inner {
    refuse_body(inner, 400, "addresses must be an array.", |body| body.values().any(Value::is_null))
}

fn readonly_ignored(inner: Inner) -> Inner {
    refuse_body(inner, 400, "id, meta and groups are readOnly.", |body| {
        ["id", "meta", "groups"].iter().any(|name| body.contains_key(*name))
    })
}

/// `schemas[0]`, without a look.
/// Who names no schema gets that of the endpoint.
fn without_schemas(inner: Inner) -> Inner {
    requests(inner, |request| {
        let kind = match &*request.path {
            "/Users" => urn::CORE_USER,
            "/Groups" => urn::CORE_GROUP,
            _ => return,
        };
        if request.method == Method::Post {
            edit_request(request, |body| {
                body.entry("schemas").or_insert_with(|| json!([kind]));
            });
        }
    })
}

/// The first URN decides what it is that is created.
fn schemas_order(inner: Inner) -> Inner {
    refuse_body(inner, 400, "There is no such kind of user.", |body| {
        let first = body.get("schemas").and_then(|urns| urns.get(0)).and_then(Value::as_str);
        first.is_some_and(|first| !first.eq_ignore_ascii_case(urn::CORE_USER))
    })
}

/// The form for new users has more stars than the schema.
fn required_truth(inner: Inner) -> Inner {
    refuse_body(inner, 400, "A name is needed.", |body| !body.contains_key("name"))
}

fn schemas_required(inner: Inner) -> Inner {
    refuse_body(inner, 500, "Internal Server Error", |body| !body.contains_key("schemas"))
}

/// A document store keeps what no schema names.
fn unknown_attribute(inner: Inner) -> Inner {
    let mut kept: HashMap<String, Value> = HashMap::new();
    around(inner, move |server, request, now| {
        let extra = request.json().and_then(|body| body.get("zzUnknown").cloned());
        let mut reply = server.handle(request, now);
        if let Reply::Answer(response) = &mut reply {
            edit_json(response, |status, body| {
                let id = body.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
                if let Some(extra) = extra.filter(|_| status == 201) {
                    kept.insert(id.clone(), extra);
                }
                if let Some(extra) = kept.get(&id).filter(|_| status < 300) {
                    body["zzUnknown"] = extra.clone();
                }
            });
        }
        reply
    })
}

/// One query serves lists and single users.
fn by_id(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        if status == 200 && request.method == Method::Get && is_below(request, "/Users") && !is_list(request) {
            *body = json!({
                "schemas": [urn::LIST_RESPONSE],
                "totalResults": 1,
                "itemsPerPage": 1,
                "startIndex": 1,
                "Resources": [body.clone()],
            });
        }
    })
}

/// What is no id may be a name.
fn no_by_username(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let reply = server.handle(request, now);
        let is_missing = answer_of(reply.clone()).is_some_and(|answer| answer.status == 404);
        let name =
            id_of(request).filter(|_| is_missing && request.method == Method::Get && is_below(request, "/Users"));
        let Some(name) = name.map(percent::decode_query) else { return reply };
        let filter = encode(&format!("userName eq {}", Value::from(name)));
        let found = ask(server, Method::Get, &format!("/Users?filter={filter}"), None, now);
        match found.as_ref().and_then(|list| list.get("Resources")?.get(0)) {
            Some(user) => Reply::Answer(json_answer(200, user)),
            None => reply,
        }
    })
}
