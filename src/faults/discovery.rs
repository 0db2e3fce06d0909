//! `discovery/`, `spc/`, `rt/` and `schema/`: what the server says of itself.

use serde_json::{Map, Value, json};

use super::Fault;
use super::query::{equality, parameter, set_parameter};
use super::wrap::{
    Inner, around, bodies, each_resource, empty_answer, is_below, is_list, json_answer, refusal, requests, resources,
};
use crate::http::Method;
use crate::scim::urn;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("discovery/complete", no_types),
    ("discovery/filter-403", filter_403),
    ("discovery/ignore-query", ignore_query),
    ("discovery/list-form", list_form),
    ("discovery/meta", meta),
    ("discovery/offered", no_discovery),
    ("discovery/whole-list", whole_list),
    ("error/unsupported-501", unsupported_501),
    ("rt/endpoint-works", endpoint_works),
    ("rt/extension-required", extension_required),
    ("rt/extension-shape", extension_shape),
    ("rt/get-one", get_one),
    ("rt/schema-resolves", schema_resolves),
    ("rt/shape", type_shape),
    ("rt/user-group", user_group),
    ("schema/attribute-shape", attribute_shape),
    ("schema/complex-subattributes", complex_subattributes),
    ("schema/core-group-truth", core_group_truth),
    ("schema/core-user-truth", core_user_truth),
    ("schema/get-by-urn", get_by_urn),
    ("schema/no-message-urns", no_message_urns),
    ("schema/covers-responses", covers_responses),
    ("schema/no-null-members", no_null_members),
    ("schema/reference-types", reference_types),
    ("schema/shape", schema_shape),
    ("spc/meta", spc_meta),
    ("spc/auth-schemes", auth_schemes),
    ("spc/get", config_in_a_list),
    ("spc/max-results", max_results),
    ("spc/pagination-member", pagination_member),
    ("spc/read-only", read_only),
    ("spc/required-members", required_members),
    ("spc/security-events", security_events),
    ("spc/truthful-filter", truthful_filter),
    ("spc/truthful-patch", truthful_patch),
];

/// Edits every document below this endpoint.
fn documents(inner: Inner, endpoint: &'static str, edit: fn(&mut Map<String, Value>)) -> Inner {
    bodies(inner, move |request, status, body| {
        if status == 200 && is_below(request, endpoint) {
            each_resource(body, edit);
        }
    })
}

/// Edits the attribute of a schema.
fn attribute(schema: &mut Map<String, Value>, urn: &str, name: &str, member: &str, value: &Value) {
    if schema.get("id").and_then(Value::as_str) != Some(urn) {
        return;
    }
    let attributes = schema.get_mut("attributes").and_then(Value::as_array_mut).into_iter().flatten();
    for attribute in attributes.filter(|attribute| attribute.get("name").and_then(Value::as_str) == Some(name)) {
        attribute[member] = value.clone();
    }
}

/// As plain products do.
fn no_discovery(inner: Inner) -> Inner {
    unserved(inner, &["/ServiceProviderConfig", "/Schemas", "/ResourceTypes"])
}

fn no_types(inner: Inner) -> Inner {
    unserved(inner, &["/ResourceTypes"])
}

fn unserved(inner: Inner, places: &'static [&'static str]) -> Inner {
    around(inner, move |server, request, now| {
        let is_unserved = places.iter().any(|place| is_below(request, place));
        if is_unserved { refusal(404, None, "There is no such endpoint.") } else { server.handle(request, now) }
    })
}

/// As RFC 7643 §8.7 prints it.
fn list_form(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        let is_discovery = is_below(request, "/Schemas") || is_below(request, "/ResourceTypes");
        if let Some(bare) = body.get("Resources").filter(|_| is_discovery && status == 200) {
            *body = bare.clone();
        }
    })
}

fn filter_403(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let wanted = equality(request).filter(|_| is_below(request, "/Schemas"));
        let Some((_, wanted)) = wanted else { return server.handle(request, now) };
        let mut all = request.clone();
        set_parameter(&mut all, "filter", None);
        let mut reply = server.handle(&all, now);
        if let Reply::Answer(response) = &mut reply {
            super::create::hide(response, |schema| schema.get("id").and_then(Value::as_str) != Some(wanted.as_str()));
        }
        reply
    })
}

/// Bulk is said to be unsupported, and it is; who sends it all the same is not told.
fn unsupported_501(inner: Inner) -> Inner {
    let inner = around(inner, |server, request, now| {
        if request.method == Method::Post && request.path == "/Bulk" {
            let body = json!({ "schemas": [urn::BULK_RESPONSE], "Operations": [] });
            return Reply::Answer(json_answer(200, &body));
        }
        server.handle(request, now)
    });
    bodies(inner, |request, _, body| {
        if request.path == "/ServiceProviderConfig" {
            body["bulk"]["supported"] = false.into();
        }
    })
}

fn endpoint_works(inner: Inner) -> Inner {
    documents(inner, "/ResourceTypes", |kind| {
        if kind.get("endpoint") == Some(&json!("/Users")) {
            kind.insert("endpoint".to_owned(), "/User".into());
        }
    })
}

fn extension_shape(inner: Inner) -> Inner {
    documents(inner, "/ResourceTypes", |kind| {
        if let Some(Value::Array(extensions)) = kind.get_mut("schemaExtensions") {
            for extension in extensions {
                *extension = extension.get("schema").cloned().unwrap_or_default();
            }
        }
    })
}

fn get_one(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if is_below(request, "/ResourceTypes") && request.path.trim_end_matches('/') != "/ResourceTypes" {
            return refusal(404, None, "There is no such endpoint.");
        }
        server.handle(request, now)
    })
}

fn schema_resolves(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        if status == 200
            && is_below(request, "/Schemas")
            && let Some(Value::Array(schemas)) = body.get_mut("Resources")
        {
            schemas.retain(|schema| schema.get("id").and_then(Value::as_str) != Some(urn::ENTERPRISE_USER));
            let length = schemas.len();
            body["totalResults"] = length.into();
            body["itemsPerPage"] = length.into();
        }
    })
}

fn type_shape(inner: Inner) -> Inner {
    documents(inner, "/ResourceTypes", |kind| {
        kind.shift_remove("schema");
    })
}

fn user_group(inner: Inner) -> Inner {
    documents(inner, "/ResourceTypes", |kind| {
        if let Some(Value::String(name)) = kind.get_mut("name") {
            name.push('s');
        }
    })
}

fn attribute_shape(inner: Inner) -> Inner {
    documents(inner, "/Schemas", |schema| {
        attribute(schema, urn::CORE_USER, "displayName", "mutability", &"ReadWrite".into());
    })
}

fn complex_subattributes(inner: Inner) -> Inner {
    documents(inner, "/Schemas", |schema| attribute(schema, urn::CORE_USER, "title", "type", &"complex".into()))
}

fn core_group_truth(inner: Inner) -> Inner {
    documents(inner, "/Schemas", |schema| attribute(schema, urn::CORE_GROUP, "members", "multiValued", &false.into()))
}

fn core_user_truth(inner: Inner) -> Inner {
    documents(inner, "/Schemas", |schema| attribute(schema, urn::CORE_USER, "userName", "caseExact", &true.into()))
}

fn get_by_urn(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if is_below(request, "/Schemas") && request.path.to_ascii_lowercase().contains("urn") {
            return refusal(404, None, "There is no such endpoint.");
        }
        server.handle(request, now)
    })
}

fn no_message_urns(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        if status == 200
            && request.path.trim_end_matches('/') == "/Schemas"
            && let Some(Value::Array(schemas)) = body.get_mut("Resources")
        {
            let mut message = schemas.first().cloned().unwrap_or_default();
            message["id"] = urn::LIST_RESPONSE.into();
            message["meta"]["location"] = Value::Null;
            schemas.push(message);
            let length = schemas.len();
            body["totalResults"] = length.into();
            body["itemsPerPage"] = length.into();
        }
    })
}

fn no_null_members(inner: Inner) -> Inner {
    documents(inner, "/Schemas", |schema| attribute(schema, urn::CORE_USER, "title", "canonicalValues", &Value::Null))
}

fn schema_shape(inner: Inner) -> Inner {
    documents(inner, "/Schemas", |schema| {
        if let Some(urn) = schema.shift_remove("id") {
            schema.insert("urn".to_owned(), urn);
        }
    })
}

const CONFIG: &str = "/ServiceProviderConfig";

fn auth_schemes(inner: Inner) -> Inner {
    documents(inner, CONFIG, |config| {
        let schemes = config.get_mut("authenticationSchemes").and_then(Value::as_array_mut).into_iter().flatten();
        schemes.filter_map(Value::as_object_mut).for_each(|scheme| {
            scheme.shift_remove("type");
        });
    })
}

fn config_in_a_list(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        if status == 200 && is_below(request, CONFIG) {
            *body = json!({
                "schemas": [urn::LIST_RESPONSE],
                "totalResults": 1,
                "Resources": [body.clone()],
            });
        }
    })
}

/// The number is from a configuration that nothing reads.
fn max_results(inner: Inner) -> Inner {
    documents(inner, CONFIG, |config| {
        if let Some(filter) = config.get_mut("filter") {
            filter["maxResults"] = 2.into();
        }
    })
}

fn read_only(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if is_below(request, CONFIG) && request.method == Method::Post {
            return request.json().map_or_else(|| empty_answer(200), |body| Reply::Answer(json_answer(200, &body)));
        }
        server.handle(request, now)
    })
}

fn required_members(inner: Inner) -> Inner {
    documents(inner, CONFIG, |config| {
        config.shift_remove("etag");
    })
}

fn truthful_filter(inner: Inner) -> Inner {
    let inner = documents(inner, CONFIG, |config| {
        if let Some(filter) = config.get_mut("filter") {
            filter["supported"] = false.into();
        }
    });
    requests(inner, |request| {
        if is_list(request) {
            set_parameter(request, "filter", None);
        }
    })
}

fn truthful_patch(inner: Inner) -> Inner {
    documents(inner, CONFIG, |config| {
        if let Some(patch) = config.get_mut("patch") {
            let supported = patch.get("supported").and_then(Value::as_bool).unwrap_or_default();
            patch["supported"] = (!supported).into();
        }
    })
}

fn ignore_query(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        let count = parameter(request, "count").and_then(|count| count.parse().ok());
        if let (200, "/Schemas", Some(count)) = (status, request.path.as_str(), count)
            && let Some(Value::Array(schemas)) = body.get_mut("Resources")
        {
            schemas.truncate(count);
        }
    })
}

fn extension_required(inner: Inner) -> Inner {
    documents(inner, "/ResourceTypes", |kind| {
        if let Some(extension) = kind.get_mut("schemaExtensions").and_then(|extensions| extensions.get_mut(0)) {
            extension["required"] = true.into();
        }
    })
}

/// Copied from the users' controller.
/// One of them is hidden after it was counted.
fn whole_list(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        let total = body.get("totalResults").and_then(Value::as_u64);
        if let Some(total) = total.filter(|_| status == 200 && is_below(request, "/Schemas")) {
            body["totalResults"] = (total + 1).into();
        }
    })
}

/// The template of the document is sent before it is filled in.
fn meta(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        if status == 200 && is_below(request, "/ResourceTypes") {
            each_resource(body, |document| {
                let name = document.get("name").cloned().unwrap_or_default();
                if let Some(meta) = document.get_mut("meta") {
                    meta["location"] =
                        format!("${{baseUrl}}/ResourceTypes/{}", name.as_str().unwrap_or_default()).into();
                }
            });
        }
    })
}

fn spc_meta(inner: Inner) -> Inner {
    documents(inner, CONFIG, |config| {
        if let Some(meta) = config.get_mut("meta") {
            meta["resourceType"] = "User".into();
        }
    })
}

/// Half of it was written.
fn pagination_member(inner: Inner) -> Inner {
    documents(inner, CONFIG, |config| {
        config.insert("pagination".to_owned(), json!({ "index": true, "defaultPaginationMethod": "cursor" }));
    })
}

fn security_events(inner: Inner) -> Inner {
    documents(inner, CONFIG, |config| {
        config.insert("securityEvents".to_owned(), json!({ "asyncRequest": true, "eventUris": [] }));
    })
}

fn reference_types(inner: Inner) -> Inner {
    bodies(inner, |request, _, body| {
        if is_below(request, "/Schemas") {
            each_member(body, "referenceTypes", &|types| {
                *types = types.get(0).cloned().unwrap_or_default();
            });
        }
    })
}

/// Visits every member of this name, however deep.
fn each_member(value: &mut Value, name: &str, visit: &dyn Fn(&mut Value)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_member(item, name, visit)),
        Value::Object(members) => {
            for (member, value) in members {
                if member == name { visit(value) } else { each_member(value, name, visit) }
            }
        }
        _ => {}
    }
}
/// Every column of the row goes out.
fn covers_responses(inner: Inner) -> Inner {
    resources(inner, |request, user| {
        if is_below(request, "/Users") {
            user.insert("loginCount".to_owned(), 5.into());
        }
    })
}
