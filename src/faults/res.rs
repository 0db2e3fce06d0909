//! `res/`: representations of resources.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};
use time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::ids::shown_as;
use super::wrap::{Inner, answer_of, answers, around, ask, bodies, id_of, is_below, patch_operations, resources};
use super::{Fault, wrap};
use crate::http::Method;
use crate::scim::urn;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("res/boolean-type", boolean_type),
    ("res/canonical-names", canonical_names),
    ("res/created-constant", created_constant),
    ("res/datetime-form", datetime_form),
    ("res/id-present", id_present),
    ("res/id-reserved", id_reserved),
    ("res/id-stable", id_stable),
    ("res/id-unique", id_unique),
    ("res/lastmodified-initial", lastmodified_initial),
    ("res/lastmodified-advances", lastmodified_advances),
    ("res/location-headers-agree", location_headers_agree),
    ("res/meta-dates", meta_dates),
    ("res/meta-resource-type", meta_resource_type),
    ("res/multivalued-array", multivalued_array),
    ("res/no-duplicate-values", no_duplicate_values),
    ("res/password-never", password_never),
    ("res/primary-once", primary_once),
    ("res/ref-resolves", ref_resolves),
    ("res/returned-never", returned_never),
    ("res/schemas-base", schemas_base),
    ("res/schemas-present", schemas_present),
    ("res/type-matches-schema", type_matches_schema),
];

fn schemas_present(inner: Inner) -> Inner {
    resources(inner, |request, resource| {
        if wrap::is_list(request) {
            resource.shift_remove("schemas");
        }
    })
}

fn schemas_base(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        if resource.contains_key("userName") {
            resource.insert("schemas".to_owned(), json!([urn::ENTERPRISE_USER]));
        }
    })
}

/// The key of the table goes out as the number it is.
fn id_present(inner: Inner) -> Inner {
    shown_as(inner, |collection, number, _| (if collection == "Users" { number } else { 100_000 + number }).into())
}

fn id_reserved(inner: Inner) -> Inner {
    shown_as(inner, |_, _, id| format!("bulkId:{id}").into())
}

/// Each table counts for itself.
fn id_unique(inner: Inner) -> Inner {
    shown_as(inner, |_, number, _| (1000 + number).to_string().into())
}

/// The row is keyed by userName, so a new name is a new row.
fn id_stable(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_update = matches!(request.method, Method::Put | Method::Patch) && is_below(request, "/Users");
        let before = if is_update { wrap::read(server, &request.path, now) } else { None };
        let reply = server.handle(request, now);
        let Some(before) = before else { return reply };
        let Some(mut after) = wrap::read(server, &request.path, now) else { return reply };
        if before.get("userName") == after.get("userName") {
            return reply;
        }
        for name in ["id", "meta", "groups"] {
            after.shift_remove(name);
        }
        ask(server, Method::Delete, &request.path, None, now);
        match ask(server, Method::Post, "/Users", Some(&Value::Object(after)), now) {
            Some(moved) => Reply::Answer(wrap::json_answer(200, &moved)),
            None => reply,
        }
    })
}

fn meta_resource_type(inner: Inner) -> Inner {
    metas(inner, |meta| {
        if let Some(name) = meta.get("resourceType").and_then(Value::as_str).map(|name| format!("{name}s")) {
            meta.insert("resourceType".to_owned(), name.into());
        }
    })
}

fn meta_dates(inner: Inner) -> Inner {
    metas(inner, |meta| {
        for name in ["created", "lastModified"] {
            if let Some(at) = moment(meta.get(name)) {
                meta.insert(name.to_owned(), at.unix_timestamp().into());
            }
        }
    })
}

/// The column is written when the row is made, and never again.
fn lastmodified_advances(inner: Inner) -> Inner {
    metas(inner, |meta| {
        if let Some(created) = meta.get("created").cloned() {
            meta.insert("lastModified".to_owned(), created);
        }
    })
}

fn datetime_form(inner: Inner) -> Inner {
    metas(inner, |meta| {
        for name in ["created", "lastModified"] {
            if let Some(text) = meta.get(name).and_then(Value::as_str).map(|text| text.replacen('T', " ", 1)) {
                meta.insert(name.to_owned(), text.into());
            }
        }
    })
}

fn metas(inner: Inner, edit: fn(&mut Map<String, Value>)) -> Inner {
    resources(inner, move |_, resource| {
        if let Some(Value::Object(meta)) = resource.get_mut("meta") {
            edit(meta);
        }
    })
}

fn moment(value: Option<&Value>) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(value?.as_str()?, &Rfc3339).ok()
}

/// A full update writes a new row.
fn created_constant(inner: Inner) -> Inner {
    let mut replaced = HashSet::new();
    resources(inner, move |request, resource| {
        let Some(id) = resource.get("id").and_then(Value::as_str).map(str::to_owned) else { return };
        if matches!(request.method, Method::Put | Method::Patch) {
            replaced.insert(id.clone());
        }
        let Some(Value::Object(meta)) = resource.get_mut("meta").filter(|_| replaced.contains(&id)) else { return };
        if let Some(moved) = moment(meta.get("created")).and_then(|at| (at + Duration::hours(1)).format(&Rfc3339).ok())
        {
            meta.insert("created".to_owned(), moved.clone().into());
            meta.insert("lastModified".to_owned(), moved.into());
        }
    })
}

/// A trigger of the database, whose clock is ahead, writes it.
fn lastmodified_initial(inner: Inner) -> Inner {
    resources(inner, |request, resource| {
        let Some(Value::Object(meta)) = resource.get_mut("meta").filter(|_| request.method == Method::Post) else {
            return;
        };
        if let Some(later) =
            moment(meta.get("created")).and_then(|at| (at + Duration::seconds(90)).format(&Rfc3339).ok())
        {
            meta.insert("lastModified".to_owned(), later.into());
        }
    })
}

/// The collection, without the id that was not known yet.
fn location_headers_agree(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if let Some((collection, _)) = response.headers.get("location").and_then(|url| url.rsplit_once('/')) {
            let collection = collection.to_owned();
            response.headers.set("Location", collection);
        }
    })
}

fn boolean_type(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        if let Some(active) = resource.get("active").and_then(Value::as_bool) {
            resource.insert("active".to_owned(), (if active { "True" } else { "False" }).into());
        }
    })
}

/// One value needs no array.
fn multivalued_array(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        for name in ["emails", "phoneNumbers", "members"] {
            if let Some(only) = resource.get(name).and_then(Value::as_array).filter(|list| list.len() == 1) {
                let only = only[0].clone();
                resource.insert(name.to_owned(), only);
            }
        }
    })
}

/// What looks like a number is one.
fn type_matches_schema(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        let attributes = resource.iter_mut().filter(|(name, _)| !matches!(name.as_str(), "id" | "externalId"));
        attributes.for_each(|(_, value)| match value {
            Value::String(_) => to_number(value),
            Value::Object(members) => members.values_mut().for_each(to_number),
            Value::Array(list) => {
                list.iter_mut().filter_map(Value::as_object_mut).flatten().for_each(|(_, v)| to_number(v));
            }
            _ => {}
        });
    })
}

fn to_number(value: &mut Value) {
    if let Some(number) = value.as_str().and_then(|text| text.trim_start_matches('+').parse::<u64>().ok()) {
        *value = number.into();
    }
}

/// A new primary does not demote the old one.
fn primary_once(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        for name in ["emails", "phoneNumbers"] {
            let Some(Value::Array(elements)) = resource.get_mut(name) else { continue };
            for element in elements.iter_mut().filter_map(Value::as_object_mut) {
                element.insert("primary".to_owned(), true.into());
            }
        }
    })
}

/// Appended without a look at what is there.
fn no_duplicate_values(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        for name in ["emails", "members"] {
            if let Some(Value::Array(list)) = resource.get_mut(name) {
                list.extend(list.first().cloned());
            }
        }
    })
}

/// The stored object goes out whole.
fn password_never(inner: Inner) -> Inner {
    let mut stored: HashMap<String, Value> = HashMap::new();
    around(inner, move |server, request, now| {
        let password = password_in(request);
        let mut reply = server.handle(request, now);
        let Some(answer) = answer_of(reply.clone()).filter(crate::http::Response::is_success) else { return reply };
        let new_id = answer.json().and_then(|body| body.get("id")?.as_str().map(str::to_owned));
        if let (Some(password), Some(id)) = (password, id_of(request).map(str::to_owned).or(new_id)) {
            stored.insert(id, password);
        }
        if let Reply::Answer(response) = &mut reply {
            wrap::edit_json(response, |_, body| {
                wrap::each_resource(body, |resource| {
                    let known = resource.get("id").and_then(Value::as_str).and_then(|id| stored.get(id));
                    if let Some(password) = known.cloned() {
                        resource.insert("password".to_owned(), password);
                    }
                });
            });
        }
        reply
    })
}

fn password_in(request: &crate::http::Request) -> Option<Value> {
    let patched = patch_operations(request).into_iter().find(|operation| wrap::lower(operation, "path") == "password");
    patched.and_then(|operation| operation.get("value").cloned()).or_else(|| request.json()?.get("password").cloned())
}

/// The schema says never, the serializer does not ask it.
fn returned_never(inner: Inner) -> Inner {
    let pin = json!({
        "name": "doorPin", "type": "string", "multiValued": false, "description": "Code of the door", "required": false,
        "caseExact": true, "mutability": "readWrite", "returned": "never", "uniqueness": "none",
    });
    bodies(inner, move |request, status, body| {
        if status >= 300 {
            return;
        }
        if is_below(request, "/Schemas") {
            wrap::each_resource(body, |schema| {
                let is_user = schema.get("id").and_then(Value::as_str) == Some(urn::CORE_USER);
                if let Some(Value::Array(attributes)) = schema.get_mut("attributes").filter(|_| is_user) {
                    attributes.push(pin.clone());
                }
            });
        } else if is_below(request, "/Users") {
            wrap::each_resource(body, |user| {
                if user.contains_key("userName") {
                    user.insert("doorPin".to_owned(), "4711".into());
                }
            });
        }
    })
}

fn canonical_names(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        if let Some(name) = resource.shift_remove("displayName") {
            resource.insert("displayname".to_owned(), name);
        }
    })
}

/// What is missing is written out.
fn ref_resolves(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        for list in ["members", "groups"] {
            for element in resource.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                element["$ref"] = "null".into();
            }
        }
    })
}
