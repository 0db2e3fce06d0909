//! `filter/`, `sort/` and `rt/`: groups that are not filtered, sorted and announced as users are.

use serde_json::Value;

use super::Fault;
use super::create::hide;
use super::query::{parameter, set_parameter};
use super::wrap::{Inner, answers, is_below, is_list, requests};
use crate::http::Request;

pub(super) const FAULTS: &[Fault] = &[
    ("filter/any-text", any_text),
    ("filter/common-attributes", common_attributes),
    ("filter/group-external-id", group_external_id),
    ("filter/group-terms", group_terms),
    ("rt/complete", complete),
    ("sort/groups", sort_groups),
];

fn is_group_list(request: &Request) -> bool {
    is_list(request) && is_below(request, "/Groups")
}

/// Leaves out filters on groups that are such.
fn without_filter(inner: Inner, is_such: fn(&str) -> bool) -> Inner {
    requests(inner, move |request| {
        if is_group_list(request) && parameter(request, "filter").is_some_and(|filter| is_such(&filter)) {
            set_parameter(request, "filter", None);
        }
    })
}

/// The bytes of the query are read as Latin-1.
fn any_text(inner: Inner) -> Inner {
    requests(inner, |request| {
        if let Some(filter) = parameter(request, "filter").filter(|filter| !filter.is_ascii()) {
            let read: String = filter.bytes().map(char::from).collect();
            set_parameter(request, "filter", Some(&read));
        }
    })
}

/// The id on the wire is not the one in the table.
fn common_attributes(inner: Inner) -> Inner {
    requests(inner, |request| {
        if let Some(filter) = parameter(request, "filter").filter(|filter| filter.starts_with("id eq ")) {
            set_parameter(request, "filter", Some(&filter.replacen("id eq ", "nickName eq ", 1)));
        }
    })
}

fn group_external_id(inner: Inner) -> Inner {
    without_filter(inner, |filter| filter.starts_with("externalId"))
}

fn group_terms(inner: Inner) -> Inner {
    without_filter(inner, |filter| filter.starts_with("members"))
}

fn sort_groups(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_group_list(request) {
            set_parameter(request, "sortBy", None);
            set_parameter(request, "sortOrder", None);
        }
    })
}

fn complete(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if request.path == "/ResourceTypes" {
            hide(response, |kind| kind.get("name").and_then(Value::as_str) == Some("Group"));
        }
    })
}
