//! `filter/`: attributes that filters do not know, or know too well.

use std::collections::HashMap;

use super::Fault;
use super::query::{parameter, set_parameter};
use super::wrap::{Inner, around, creates_user, is_list, refusal, requests};
use crate::http::Request;

pub(super) const FAULTS: &[Fault] = &[
    ("filter/compare-string", compare_string),
    ("filter/id-and-meta", id_and_meta),
    ("filter/members", members),
    ("filter/password", password),
    ("filter/sensitive", sensitive),
    ("user/username-normalization", username_normalization),
];

/// A filter that is true of no user and no group.
const NOBODY: &str = "id eq \"\"";

fn filter_of(request: &Request) -> Option<String> {
    parameter(request, "filter").filter(|_| is_list(request))
}

/// Comparisons go to the column of the ids.
fn compare_string(inner: Inner) -> Inner {
    requests(inner, |request| {
        let Some(filter) = filter_of(request) else { return };
        let changed = ["gt", "ge", "lt", "le"].iter().fold(filter, |filter, operator| {
            filter.replace(&format!("userName {operator} "), &format!("id {operator} "))
        });
        set_parameter(request, "filter", Some(&changed));
    })
}

/// A column that is not known is empty for everybody.
fn id_and_meta(inner: Inner) -> Inner {
    requests(inner, |request| {
        let filter = filter_of(request).unwrap_or_default();
        if filter.starts_with("id ") || filter.contains("meta.resourceType ") {
            set_parameter(request, "filter", Some(NOBODY));
        }
    })
}

fn members(inner: Inner) -> Inner {
    requests(inner, |request| {
        if let Some(filter) = filter_of(request).filter(|filter| filter.contains("members")) {
            let others = filter.split(" and ").filter(|part| !part.starts_with("members"));
            let others = others.collect::<Vec<_>>().join(" and ");
            set_parameter(request, "filter", Some(&others).filter(|text| !text.is_empty()).map(String::as_str));
        }
    })
}

/// The collation of the column compares bytes.
fn username_normalization(inner: Inner) -> Inner {
    requests(inner, |request| {
        if filter_of(request).is_some_and(|filter| filter.contains('\u{301}')) {
            set_parameter(request, "filter", Some(NOBODY));
        }
    })
}

/// The clear text stands in a column like any other.
fn password(inner: Inner) -> Inner {
    let mut known: HashMap<String, String> = HashMap::new();
    around(inner, move |server, request, now| {
        if let (true, Some(body)) = (creates_user(request), request.json())
            && let (Some(name), Some(password)) = (body["userName"].as_str(), body["password"].as_str())
        {
            known.insert(name.to_owned(), password.to_owned());
        }
        let mut request = request.clone();
        let filter = filter_of(&request).unwrap_or_default();
        if let Some((others, term)) = filter.split_once(" and password ") {
            let wanted = term.split_once(' ').map(|(_, literal)| literal.trim_matches('"')).unwrap_or_default();
            let is_true = known.iter().any(|(name, password)| others.contains(name) && password.contains(wanted));
            let filter = if is_true { others.to_owned() } else { NOBODY.to_owned() };
            set_parameter(&mut request, "filter", Some(&filter));
        }
        server.handle(&request, now)
    })
}

/// The guard in front knows statuses, and no types of errors.
fn sensitive(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if filter_of(request).is_some_and(|filter| filter.contains("password")) {
            return refusal(403, None, "This filter is not allowed.");
        }
        server.handle(request, now)
    })
}
