//! `delete/`: removal.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::Fault;
use super::query::equality;
use super::wrap::{
    Inner, answer_of, around, ask, creates_user, each_resource, edit_json, empty_answer, id_of, is_below, is_list,
    json_answer, patch, read, refusal,
};
use crate::http::Method;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("delete/group-keeps-users", group_keeps_users),
    ("delete/membership", membership),
    ("delete/not-listed", not_listed),
    ("delete/of-member", of_member),
    ("delete/recreate", recreate),
    ("delete/status-204", status_204),
    ("delete/then-404", then_404),
];

/// The foreign key cascades.
fn group_keeps_users(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_group = request.method == Method::Delete && is_below(request, "/Groups");
        let group = if is_group { read(server, &request.path, now) } else { None };
        let reply = server.handle(request, now);
        let members = group.as_ref().and_then(|group| group.get("members")?.as_array()).into_iter().flatten();
        for id in members.filter_map(|member| member.get("value")?.as_str()) {
            ask(server, Method::Delete, &format!("/Users/{id}"), None, now);
        }
        reply
    })
}

/// A foreign key without a rule for removal.
fn of_member(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_user = request.method == Method::Delete && is_below(request, "/Users");
        let user = if is_user { read(server, &request.path, now) } else { None };
        if user
            .is_some_and(|user| user.get("groups").and_then(Value::as_array).is_some_and(|groups| !groups.is_empty()))
        {
            return refusal(409, None, "The user is still a member of a group.");
        }
        server.handle(request, now)
    })
}

/// The search index is not told.
fn not_listed(inner: Inner) -> Inner {
    let mut index: Vec<Map<String, Value>> = Vec::new();
    around(inner, move |server, request, now| {
        let is_user = request.method == Method::Delete && is_below(request, "/Users");
        let before = if is_user { read(server, &request.path, now) } else { None };
        let mut reply = server.handle(request, now);
        if answer_of(reply.clone()).is_some_and(|answer| answer.status == 204) {
            index.extend(before);
        }
        if let Reply::Answer(response) = &mut reply
            && is_list(request)
            && is_below(request, "/Users")
        {
            let wanted = equality(request).map(|(_, value)| Value::from(value));
            let found =
                index.iter().filter(|user| wanted.as_ref().is_none_or(|value| user.get("userName") == Some(value)));
            let found: Vec<Value> = found.cloned().map(Value::Object).collect();
            edit_json(response, |_, body| {
                let total = body.get("totalResults").and_then(Value::as_u64).unwrap_or_default();
                if let Some(Value::Array(users)) = body.get_mut("Resources") {
                    users.extend(found.iter().cloned());
                    let length = users.len();
                    body["itemsPerPage"] = length.into();
                    body["totalResults"] = (total + found.len() as u64).into();
                }
            });
        }
        reply
    })
}

/// DELETE deactivates.
fn then_404(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_user = request.method == Method::Delete && is_below(request, "/Users") && id_of(request).is_some();
        if !is_user || read(server, &request.path, now).is_none() {
            return server.handle(request, now);
        }
        patch(server, &request.path, &json!([{ "op": "replace", "path": "active", "value": false }]), now);
        empty_answer(204)
    })
}

fn status_204(inner: Inner) -> Inner {
    around(inner, |server, request, now| match server.handle(request, now) {
        Reply::Answer(response) if request.method == Method::Delete && response.status == 204 => {
            Reply::Answer(json_answer(200, &json!({})))
        }
        reply => reply,
    })
}

/// The row is only marked as deleted, and the index on userName does not look at the mark.
fn recreate(inner: Inner) -> Inner {
    let mut taken = HashSet::new();
    around(inner, move |server, request, now| {
        let name = |body: Option<Value>| {
            body.and_then(|body| body.get("userName")?.as_str().map(str::to_lowercase)).unwrap_or_default()
        };
        if creates_user(request) && taken.contains(&name(request.json())) {
            return refusal(409, Some("uniqueness"), "The userName is already in use.");
        }
        let before = (request.method == Method::Delete).then(|| read(server, &request.path, now)).flatten();
        let reply = server.handle(request, now);
        if answer_of(reply.clone()).is_some_and(|answer| answer.status == 204)
            && let Some(before) = before
        {
            taken.insert(name(Some(before.into())));
            taken.remove("");
        }
        reply
    })
}

/// The members of a group are texts in a table of their own.
fn membership(inner: Inner) -> Inner {
    let mut gone: Vec<(String, Value)> = Vec::new();
    around(inner, move |server, request, now| {
        let is_user = request.method == Method::Delete && is_below(request, "/Users");
        let user = if is_user { read(server, &request.path, now) } else { None };
        let mut reply = server.handle(request, now);
        if let Some(user) = user {
            let groups = user.get("groups").and_then(Value::as_array).into_iter().flatten();
            let ids = groups.filter_map(|group| group.get("value")?.as_str());
            gone.extend(ids.map(|id| (id.to_owned(), json!({ "value": user["id"], "type": "User" }))));
        }
        if let Reply::Answer(response) = &mut reply
            && request.method == Method::Get
            && is_below(request, "/Groups")
        {
            edit_json(response, |_, body| {
                each_resource(body, |group| {
                    let left = gone.iter().filter(|(id, _)| group.get("id").is_some_and(|own| own == id));
                    let left: Vec<Value> = left.map(|(_, member)| member.clone()).collect();
                    if let Some(Value::Array(members)) = group.get_mut("members") {
                        members.extend(left);
                    }
                });
            });
        }
        reply
    })
}
