//! `attrs/`: projections.

use serde_json::{Value, json};

use super::Fault;
use super::query::{parameter, set_parameter};
use super::wrap::{Inner, around, bodies, each_resource, edit_json, is_below, is_core, is_list, refusal, requests};
use crate::http::Request;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("attrs/always", always),
    ("attrs/both", both),
    ("attrs/excluded", excluded),
    ("attrs/excluded-members", excluded_members),
    ("attrs/never", never),
    ("attrs/on-list", on_list),
    ("attrs/on-write", on_write),
    ("attrs/sub-attribute", sub_attribute),
    ("attrs/subset", subset),
    ("attrs/unknown", unknown),
    ("attrs/urn", urn),
];

fn excluded_members(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_below(request, "/Groups") {
            set_parameter(request, "excludedAttributes", None);
        }
    })
}

fn excluded(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_below(request, "/Users") {
            set_parameter(request, "excludedAttributes", None);
        }
    })
}

fn subset(inner: Inner) -> Inner {
    requests(inner, |request| set_parameter(request, "attributes", None))
}

/// Nobody asked for the id.
fn always(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        let names = parameter(request, "attributes");
        let is_asked = names.as_deref().is_none_or(|names| names.split(',').any(|name| name == "id"));
        let is_excluded =
            parameter(request, "excludedAttributes").is_some_and(|names| names.split(',').any(|name| name == "id"));
        if status == 200 && is_core(request) && (!is_asked || is_excluded) {
            each_resource(body, |resource| {
                resource.shift_remove("id");
            });
        }
    })
}

/// The names that are asked for, as this leaves them.
fn rename(request: &mut Request, rename: impl Fn(&str) -> String) {
    if let Some(names) = parameter(request, "attributes") {
        let names: Vec<String> = names.split(',').map(rename).collect();
        set_parameter(request, "attributes", Some(&names.join(",")));
    }
}

/// What stands behind the dot is not looked at.
fn sub_attribute(inner: Inner) -> Inner {
    requests(inner, |request| {
        rename(request, |name| match name.split_once('.') {
            Some((first, _)) if !name.starts_with("urn:") => first.to_owned(),
            _ => name.to_owned(),
        });
    })
}

/// A table of short names.
fn urn(inner: Inner) -> Inner {
    requests(inner, |request| {
        rename(request, |name| {
            let is_known = name.starts_with(|first: char| first.is_ascii_lowercase()) && !name.contains(':');
            if is_known { name.to_owned() } else { "noSuchAttribute".to_owned() }
        });
    })
}

/// The rows that are filtered have the columns that were asked for.
fn on_list(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut request = request.clone();
        if let (Some(names), Some(filter)) = (parameter(&request, "attributes"), parameter(&request, "filter"))
            && is_list(&request)
        {
            let attribute = filter.split(' ').next().unwrap_or_default();
            if !names.split(',').any(|name| name.eq_ignore_ascii_case(attribute)) {
                set_parameter(&mut request, "filter", Some(&format!("{attribute} eq {}", json!("nobody at all"))));
            }
        }
        server.handle(&request, now)
    })
}

/// The table has a column of that name.
fn never(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut reply = server.handle(request, now);
        let is_asked = parameter(request, "attributes").is_some_and(|names| names.contains("password"));
        if let Reply::Answer(response) = &mut reply
            && is_asked
        {
            edit_json(response, |status, body| {
                if status == 200 {
                    body["password"] = Value::from("$2b$12$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy");
                }
            });
        }
        reply
    })
}

/// An assertion fails.
fn both(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_there = |name| parameter(request, name).is_some();
        if is_there("attributes") && is_there("excludedAttributes") {
            return refusal(500, None, "An unexpected error occurred.");
        }
        server.handle(request, now)
    })
}

fn on_write(inner: Inner) -> Inner {
    requests(inner, |request| {
        if request.method.writes() {
            set_parameter(request, "attributes", None);
        }
    })
}

/// Names are looked up in the schema, and what is not there is an error.
fn unknown(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if parameter(request, "attributes").is_some_and(|names| names.contains("NoSuch")) {
            return refusal(400, Some("invalidPath"), "There is no such attribute.");
        }
        server.handle(request, now)
    })
}
