//! `sort/`: order.

use serde_json::Value;

use super::Fault;
use super::query::{parameter, set_parameter};
use super::wrap::{Inner, around, bodies, edit_json, is_list, refusal, requests};
use crate::http::Request;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("sort/ascending", ascending),
    ("sort/datetime", datetime),
    ("sort/descending", descending),
    ("sort/missing-values", missing_values),
    ("sort/sub-attribute", sub_attribute),
    ("sort/with-paging", with_paging),
];

fn is_descending(request: &Request) -> bool {
    parameter(request, "sortOrder").as_deref() == Some("descending")
}

/// Sorts what is on a page by the bytes of a text.
fn by_bytes(body: &mut Value, attribute: &str) {
    if let Some(Value::Array(resources)) = body.get_mut("Resources") {
        resources.sort_by_key(|resource| resource.get(attribute).and_then(Value::as_str).map(str::to_owned));
    }
}

fn ascending(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        let attribute = parameter(request, "sortBy").filter(|_| status == 200 && !is_descending(request));
        if let Some(attribute) = attribute.filter(|attribute| attribute == "displayName") {
            by_bytes(body, &attribute);
        }
    })
}

fn descending(inner: Inner) -> Inner {
    requests(inner, |request| set_parameter(request, "sortOrder", None))
}

/// The database's own order of what is empty.
fn missing_values(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        let Some(attribute) = parameter(request, "sortBy").filter(|_| status == 200) else { return };
        let Some(Value::Array(resources)) = body.get_mut("Resources") else { return };
        let is_first = !is_descending(request);
        resources.sort_by_key(|resource| resource.get(&attribute).is_some() == is_first);
    })
}

fn sub_attribute(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if parameter(request, "sortBy").is_some_and(|name| name.contains('.') && !name.contains(':')) {
            return refusal(400, Some("invalidPath"), "sortBy names no attribute.");
        }
        server.handle(request, now)
    })
}

fn with_paging(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut request = request.clone();
        let attribute = parameter(&request, "sortBy");
        let attribute = attribute.filter(|_| is_list(&request) && parameter(&request, "count").is_some());
        if attribute.is_some() {
            set_parameter(&mut request, "sortBy", None);
        }
        let mut reply = server.handle(&request, now);
        if let (Reply::Answer(response), Some(attribute)) = (&mut reply, attribute) {
            edit_json(response, |_, body| by_bytes(body, &attribute));
        }
        reply
    })
}

/// What the list is sorted by is the key of the table.
fn datetime(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        let is_by_date = parameter(request, "sortBy").is_some_and(|key| key == "meta.created");
        if let (200, true, Some(Value::Array(resources))) = (status, is_by_date, body.get_mut("Resources")) {
            let by = usize::from(!resources.is_empty());
            resources.rotate_left(by);
        }
    })
}
