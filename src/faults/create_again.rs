//! `create/`: what goes wrong when something of the same name is there already, or nearly so.

use serde_json::Value;
use time::OffsetDateTime;

use super::Fault;
use super::query::encode;
use super::twins::twins;
use super::wrap::{Inner, around, ask, creates_user, edit_request, refusal};
use crate::http::{Method, Request};
use crate::server::Service;

pub(super) const FAULTS: &[Fault] = &[
    ("create/concurrent", concurrent),
    ("create/external-id-not-unique", external_id_not_unique),
    ("create/name-case", name_case),
    ("create/similar-names", similar_names),
];

/// The text that a create has under this name.
fn wanted(request: &Request, name: &str) -> Option<String> {
    let body = creates_user(request).then(|| request.json()).flatten()?;
    body.get(name)?.as_str().map(str::to_owned)
}

fn is_taken(server: &mut dyn Service, name: &str, value: &str, now: OffsetDateTime) -> bool {
    let filter = encode(&format!("{name} eq {}", Value::from(value)));
    let list = ask(server, Method::Get, &format!("/Users?filter={filter}"), None, now);
    list.is_some_and(|list| list["totalResults"] != 0)
}

/// A collation that knows no accents, on an address whose tag was dropped.
fn folded(name: &str) -> String {
    let plain = name.to_lowercase().replace('é', "e");
    match plain.split_once('+') {
        Some((before, tagged)) => format!("{before}{}", tagged.find('@').map_or("", |at| &tagged[at..])),
        None => plain,
    }
}

fn similar_names(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if let Some(name) = wanted(request, "userName")
            && let Some(list) = ask(server, Method::Get, "/Users?attributes=userName", None, now)
        {
            let mut names =
                list["Resources"].as_array().into_iter().flatten().filter_map(|user| user["userName"].as_str());
            if names.any(|other| other != name && folded(other) == folded(&name)) {
                return refusal(409, Some("uniqueness"), "The userName is taken by another user.");
            }
        }
        server.handle(request, now)
    })
}

/// Under load the third of a kind gets in between the look and the insert.
fn concurrent(inner: Inner) -> Inner {
    let (mut last, mut count) = (None, 0);
    around(twins(inner, |_, _| true), move |server, request, now| {
        let name = wanted(request, "userName");
        count = if name.is_some() && name == last { count + 1 } else { 1 };
        last.clone_from(&name);
        match name {
            Some(name) if count < 3 && is_taken(server, "userName", &name, now) => {
                refusal(409, Some("uniqueness"), "The userName is taken by another user.")
            }
            _ => server.handle(request, now),
        }
    })
}

/// The index in the database throws.
fn external_id_not_unique(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let names = wanted(request, "externalId").zip(wanted(request, "userName"));
        if let Some((id, name)) = names
            && is_taken(server, "externalId", &id, now)
            && !is_taken(server, "userName", &name, now)
        {
            return refusal(500, None, "An unexpected error occurred.");
        }
        server.handle(request, now)
    })
}

/// Members that are spelled in another way are not seen.
fn name_case(inner: Inner) -> Inner {
    super::wrap::requests(inner, |request| {
        if creates_user(request) {
            edit_request(request, |body| {
                body.retain(|name, _| name.starts_with(|first: char| first.is_ascii_lowercase()));
            });
        }
    })
}
