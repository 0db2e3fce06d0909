//! `schema/attribute-…`: attributes that /Schemas offers and one way of writing does not know.

use serde_json::Value;

use super::Fault;
use super::wrap::{Inner, around, creates_user, edit_request, is_below, lower, operations, read, requests};
use crate::http::Method;
use crate::scim::urn;

pub(super) const FAULTS: &[Fault] =
    &[("schema/attribute-create", create), ("schema/attribute-patch", patch), ("schema/attribute-put", put)];

/// A form without a field for it.
fn create(inner: Inner) -> Inner {
    requests(inner, |request| {
        if creates_user(request) {
            edit_request(request, |body| {
                body.shift_remove("nickName");
            });
        }
    })
}

/// A table of paths without this one, and without a word about what is not in it.
fn patch(inner: Inner) -> Inner {
    operations(inner, |_, operations| {
        for operation in operations {
            if lower(operation, "path") == "usertype" {
                // Any operation that changes nothing.
                *operation = serde_json::json!({"op": "add", "value": {}});
            }
        }
    })
}

/// The update form has no field for it, so its column is not in the statement.
fn put(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut request = request.clone();
        if request.method == Method::Put
            && is_below(&request, "/Users")
            && let Some(before) = read(server, &request.path, now)
        {
            let old = before.get(urn::ENTERPRISE_USER).and_then(|extension| extension.get("costCenter")).cloned();
            edit_request(&mut request, |body| {
                if let Some(extension) = body.get_mut(urn::ENTERPRISE_USER).and_then(Value::as_object_mut) {
                    extension.shift_remove("costCenter");
                    extension.extend(old.map(|old| ("costCenter".to_owned(), old)));
                }
            });
        }
        server.handle(&request, now)
    })
}
