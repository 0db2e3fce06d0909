//! Methods and operations that an endpoint does not take.

use serde_json::Value;

use super::answers::page;
use super::behaviour::Does::{Breaks, Sets, Wraps};
use super::behaviour::Known;
use super::door::inside;
use super::written::values;
use crate::faults::wrap::{Inner, refusal};
use crate::http::Method;
use crate::scim::AttributePath;
use crate::server::Reply;

pub(super) const BEHAVIOURS: &[Known] = &[
    Known::new("no-patch", "", "PATCH is not implemented: 501.", Sets(|settings| settings.patch = false)),
    Known::new("no-put", "", "PUT is not allowed: 405.", Wraps(no_put)),
    Known::new("no-delete-route", "", "DELETE finds no route: 404 with a page of HTML.", Wraps(no_delete_route)),
    Known::new(
        "strict-boolean-patch",
        "",
        "A PATCH that writes `active` or `primary` as text (\"False\") is refused with 400.",
        Wraps(strict_boolean_patch),
    ),
    Known::new(
        "strict-op-case",
        "",
        "A PATCH whose `op` has a capital letter (\"Replace\") is refused with 400.",
        Breaks("patch/op-case"),
    ),
];

fn no_put(inner: Inner) -> Inner {
    inside(inner, |server, request, now| {
        if request.method != Method::Put {
            return server.handle(request, now);
        }
        let mut reply = refusal(405, None, "Method \"PUT\" not allowed.");
        if let Reply::Answer(response) = &mut reply {
            response.headers.push("Allow", "GET, PATCH, DELETE");
        }
        reply
    })
}

fn no_delete_route(inner: Inner) -> Inner {
    inside(
        inner,
        |server, request, now| {
            if request.method == Method::Delete { Reply::Answer(page(404)) } else { server.handle(request, now) }
        },
    )
}

/// Typed models, and no conversion before them.
fn strict_boolean_patch(inner: Inner) -> Inner {
    let is_boolean = |attribute: &AttributePath| {
        let name = attribute.sub.as_ref().unwrap_or(&attribute.name);
        ["active", "primary"].iter().any(|boolean| name.eq_ignore_ascii_case(boolean))
    };
    let is_text = |value: &Value| {
        value.as_str().is_some_and(|text| ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word)))
    };
    inside(inner, move |server, request, now| {
        let is_such = |(attribute, value): &(AttributePath, Value)| is_boolean(attribute) && is_text(value);
        if request.method == Method::Patch && values(request).iter().any(is_such) {
            return refusal(400, Some("invalidValue"), "Value must be a boolean.");
        }
        server.handle(request, now)
    })
}
