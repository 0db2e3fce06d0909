//! `tenancy/`: a second customer behind the same endpoint.
//!
//! The server behind holds two tenants and tells them apart by their tokens;
//! its own token is that of the first.

use time::OffsetDateTime;

use super::Fault;
use super::query::encode;
use super::wrap::{Inner, answer_of, around, ask, id_of, is_list, json_answer, patch_operations, refusal};
use crate::http::{Method, Request};
use crate::server::{Reply, Service};

pub(super) const FAULTS: &[Fault] = &[
    ("tenancy/groups", groups),
    ("tenancy/list", list),
    ("tenancy/members", members),
    ("tenancy/read", read),
    ("tenancy/unique", |inner| unique(inner, "/Users", "userName")),
    ("tenancy/unique-groups", |inner| unique(inner, "/Groups", "displayName")),
    ("tenancy/write", write),
];

/// Whether the neighbour asks: a token that is not the first tenant's and is accepted all the same.
fn is_neighbour(server: &mut dyn Service, request: &Request, now: OffsetDateTime) -> bool {
    let own = format!("Bearer {}", server.token());
    let Some(credential) = request.headers.get("authorization").filter(|text| *text != own) else { return false };
    let probe = Request::new(Method::Get, "/Users").with_header("Authorization", credential);
    answer_of(server.handle(&probe, now)).is_some_and(|answer| answer.status == 200)
}

/// Answers the neighbour as if the first tenant had asked.
pub fn as_own<F>(inner: Inner, is_such: F) -> Inner
where
    F: Fn(&Request) -> bool + Send + 'static,
{
    around(inner, move |server, request, now| {
        if !is_such(request) || !is_neighbour(server, request, now) {
            return server.handle(request, now);
        }
        let mut own = request.clone();
        own.headers.set("Authorization", format!("Bearer {}", server.token()));
        server.handle(&own, now)
    })
}

/// SELECT … WHERE id = ?
fn read(inner: Inner) -> Inner {
    as_own(inner, |request| {
        request.method == Method::Get && id_of(request).is_some() && request.path.starts_with("/Users")
    })
}

/// SELECT … WHERE id = ?, and UPDATE likewise.
fn groups(inner: Inner) -> Inner {
    as_own(inner, |request| request.path.starts_with("/Groups") && id_of(request).is_some())
}

/// UPDATE … WHERE id = ?
fn write(inner: Inner) -> Inner {
    as_own(inner, |request| matches!(request.method, Method::Put | Method::Patch | Method::Delete))
}

/// SELECT … FROM users
fn list(inner: Inner) -> Inner {
    as_own(inner, |request| is_list(request) && request.query.as_deref().is_some_and(|query| query.contains("filter")))
}

/// The unique index is on the name alone.
fn unique(inner: Inner, collection: &'static str, attribute: &'static str) -> Inner {
    around(inner, move |server, request, now| {
        let is_create = request.method == Method::Post && request.path == collection;
        if is_create && is_neighbour(server, request, now) {
            let body = request.json().unwrap_or_default();
            let name = body.get(attribute).cloned().unwrap_or_default();
            let lookup = format!("{collection}?filter={}", encode(&format!("{attribute} eq {name}")));
            let found = ask(server, Method::Get, &lookup, None, now);
            if found.is_some_and(|found| found.get("totalResults").is_some_and(|total| *total != 0)) {
                return refusal(409, Some("uniqueness"), &format!("The {attribute} is taken."));
            }
        }
        server.handle(request, now)
    })
}

/// SELECT … FROM users WHERE id IN (…)
fn members(inner: Inner) -> Inner {
    let mut neighbour: Option<String> = None;
    around(inner, move |server, request, now| {
        if neighbour.is_none() && is_neighbour(server, request, now) {
            neighbour = request.headers.get("authorization").map(str::to_owned);
        }
        let reply = server.handle(request, now);
        let is_refused = answer_of(reply.clone()).is_some_and(|answer| matches!(answer.status, 400 | 404));
        let Some(credential) = neighbour.as_ref().filter(|_| is_refused && request.path.starts_with("/Groups/")) else {
            return reply;
        };
        let operations = patch_operations(request);
        let values = operations.iter().filter_map(|operation| operation["value"].as_array()).flatten();
        let mut ids = values.filter_map(|member| member["value"].as_str());
        let is_theirs = ids.any(|id| {
            let probe = Request::new(Method::Get, format!("/Users/{id}")).with_header("Authorization", credential);
            answer_of(server.handle(&probe, now)).is_some_and(|answer| answer.status == 200)
        });
        match ask(server, Method::Get, &request.path, None, now).filter(|_| is_theirs) {
            Some(group) => Reply::Answer(json_answer(200, &group)),
            None => reply,
        }
    })
}
