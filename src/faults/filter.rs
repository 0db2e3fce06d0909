//! `filter/`: queries.

use serde_json::Value;

use super::Fault;
use super::create::hide;
use super::query::{equality, set_parameter};
use super::wrap::{Inner, answers, around, is_below, is_list, refusal, requests, searches_without};
use crate::http::Request;

pub(super) const FAULTS: &[Fault] = &[
    ("filter/case-insensitive-value", |inner| exact(inner, "userName")),
    ("filter/caseless", |inner| exact(inner, "displayName")),
    ("filter/eq-username", eq_username),
    ("filter/groups", groups),
    ("filter/never-ignored", never_ignored),
    ("filter/search-post", search_post),
    ("filter/too-many", too_many),
];

fn never_ignored(inner: Inner) -> Inner {
    requests(inner, |request| set_parameter(request, "filter", None))
}

fn groups(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_below(request, "/Groups") {
            set_parameter(request, "filter", None);
        }
    })
}

/// LIKE 'name%'.
fn eq_username(inner: Inner) -> Inner {
    requests(inner, |request| {
        if let Some((attribute, value)) = equality(request).filter(|(name, _)| name.eq_ignore_ascii_case("userName")) {
            set_parameter(request, "filter", Some(&format!("{attribute} sw {}", Value::from(value))));
        }
    })
}

/// A filter by this attribute finds nobody who is written otherwise.
fn exact(inner: Inner, attribute: &'static str) -> Inner {
    answers(inner, move |request, response| {
        let Some((_, wanted)) = equality(request).filter(|(name, _)| name.eq_ignore_ascii_case(attribute)) else {
            return;
        };
        if is_list(request) && response.status == 200 {
            hide(response, |user| user.get(attribute).and_then(Value::as_str) != Some(wanted.as_str()));
        }
    })
}

fn search_post(inner: Inner) -> Inner {
    searches_without(inner, "filter")
}

/// Whoever does not narrow the question gets no answer.
fn too_many(inner: Inner) -> Inner {
    let asks_for_everybody = |request: &Request| is_list(request) && request.query.as_deref().is_none_or(str::is_empty);
    around(inner, move |server, request, now| {
        if asks_for_everybody(request) {
            return refusal(400, None, "The query has too many results.");
        }
        server.handle(request, now)
    })
}
