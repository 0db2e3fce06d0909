//! `entra/`: what Microsoft Entra ID sends.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::Fault;
use super::query::{equality, parameter};
use super::wrap::{
    Inner, around, each_resource, edit_json, edit_operations, edit_request, id_of, is_below, is_list, json_answer,
    lower, operations, patch_operations, read, refusal, refuse_operation, refuse_values, requests,
};
use crate::http::Method;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("entra/add-creates-element", add_creates_element),
    ("entra/addresses", addresses),
    ("entra/boolean-strings", boolean_strings),
    ("entra/extension-without-schemas", extension_without_schemas),
    ("entra/extra-group-schema", extra_group_schema),
    ("entra/filter-value-path-attr", filter_value_path_attr),
    ("entra/group-patch-204", group_patch_204),
    ("entra/manager-forms", manager_forms),
    ("entra/manager-list", manager_list),
    ("entra/no-path-dotted-keys", no_path_dotted_keys),
    ("entra/null-ref", null_ref),
    ("entra/remove-members-value", remove_members_value),
    ("entra/roles", roles),
    ("entra/test-connection", test_connection),
];

/// The answer lists a thousand members besides those there are.
fn group_patch_204(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let reply = server.handle(request, now);
        let is_patch = request.method == Method::Patch && is_below(request, "/Groups");
        let is_done = matches!(&reply, Reply::Answer(answer) if answer.is_success());
        match read(server, &request.path, now).filter(|_| is_patch && is_done) {
            Some(mut group) => {
                let members = (0..=1000).map(|number| json!({ "value": format!("padding-{number}") })).collect();
                group.insert("members".to_owned(), members);
                Reply::Answer(json_answer(200, &group.into()))
            }
            None => reply,
        }
    })
}

/// A lookup validates the address it is given.
fn test_connection(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let lookup = equality(request).filter(|(name, _)| is_list(request) && name.eq_ignore_ascii_case("userName"));
        if lookup.is_some_and(|(_, value)| !value.contains('@')) {
            return refusal(400, Some("invalidValue"), "userName must be an e-mail address.");
        }
        server.handle(request, now)
    })
}

/// A string that is not empty is true.
fn boolean_strings(inner: Inner) -> Inner {
    requests(inner, |request| {
        let truthy = |value: &mut Value| {
            if value.as_str().is_some_and(|text| !text.is_empty()) {
                *value = true.into();
            }
        };
        edit_operations(request, |operations| {
            for operation in operations {
                let has_path = lower(operation, "path") == "active";
                let Some(value) = operation.get_mut("value") else { continue };
                if has_path { truthy(value) } else { value.get_mut("active").into_iter().for_each(truthy) }
            }
        });
        if request.method != Method::Patch {
            edit_request(request, |body| body.get_mut("active").into_iter().for_each(truthy));
        }
    })
}

/// A remove needs no value, so none is looked at.
fn remove_members_value(inner: Inner) -> Inner {
    operations(inner, |request, operations| {
        for operation in operations.iter_mut().filter(|_| is_below(request, "/Groups")) {
            if lower(operation, "op") == "remove" && lower(operation, "path") == "members" {
                operation.as_object_mut().and_then(|operation| operation.shift_remove("value"));
            }
        }
    })
}

/// No type of a role is known, so that none is taken.
fn roles(inner: Inner) -> Inner {
    refuse_values(inner, "roles", "The type of a role is not one of its canonical values.", |role| {
        role.get("type").is_some()
    })
}

fn null_ref(inner: Inner) -> Inner {
    refuse_operation(inner, "$ref must be a string.", |_, operation| {
        let members = operation.get("value").and_then(Value::as_array);
        members.into_iter().flatten().any(|member| member.get("$ref").is_some_and(Value::is_null))
    })
}

/// Names with dots are names like others, and a document store takes them.
fn no_path_dotted_keys(inner: Inner) -> Inner {
    let mut literal: HashMap<String, Map<String, Value>> = HashMap::new();
    around(inner, move |server, request, now| {
        let mut request = request.clone();
        let mut dotted = Map::new();
        edit_operations(&mut request, |operations| {
            for value in operations.iter_mut().filter_map(|operation| operation.get_mut("value")?.as_object_mut()) {
                let (odd, plain) = std::mem::take(value).into_iter().partition(|(name, _)| name.contains('.'));
                dotted.extend::<Map<_, _>>(odd);
                *value = plain;
            }
        });
        if let Some(id) = id_of(&request).filter(|_| !dotted.is_empty()) {
            literal.entry(id.to_owned()).or_default().extend(dotted);
        }
        let mut reply = server.handle(&request, now);
        if let Reply::Answer(response) = &mut reply
            && is_below(&request, "/Users")
        {
            edit_json(response, |_, body| {
                each_resource(body, |user| {
                    let known = user.get("id").and_then(Value::as_str).and_then(|id| literal.get(id));
                    user.extend(known.cloned().unwrap_or_default());
                });
            });
        }
        reply
    })
}

/// A filtered path must match something, in an add too.
fn add_creates_element(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        for operation in patch_operations(request).iter().filter(|operation| lower(operation, "op") == "add") {
            let path = lower(operation, "path");
            let Some((name, condition)) = path.split_once('[') else { continue };
            let wanted = condition.split('"').nth(1).unwrap_or_default();
            let resource = Value::Object(read(server, &request.path, now).unwrap_or_default());
            let member =
                resource.as_object().and_then(|members| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)));
            let elements = member.and_then(|(_, value)| value.as_array()).into_iter().flatten();
            if !elements.into_iter().any(|element| lower(element, "type") == wanted) {
                return refusal(400, Some("noTarget"), "The path matches no value.");
            }
        }
        server.handle(request, now)
    })
}

/// Of a list, only mail and phones are read by kind.
fn addresses(inner: Inner) -> Inner {
    super::wrap::dropping(inner, |_, operation| lower(operation, "path").starts_with("addresses["))
}

fn manager_forms(inner: Inner) -> Inner {
    refuse_operation(inner, "manager must be an object.", |_, operation| {
        lower(operation, "path").ends_with("manager") && operation.get("value").is_some_and(Value::is_string)
    })
}

fn manager_list(inner: Inner) -> Inner {
    refuse_operation(inner, "manager must be one object.", |_, operation| {
        lower(operation, "path").ends_with("manager") && operation.get("value").is_some_and(Value::is_array)
    })
}

/// `schemas` decides what is read.
fn extension_without_schemas(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut request = request.clone();
        if matches!(request.method, Method::Post | Method::Put) {
            edit_request(&mut request, |body| {
                let announced = body.get("schemas").cloned().unwrap_or_else(|| json!([]));
                let is_announced =
                    |urn: &str| announced.as_array().is_some_and(|list| list.iter().any(|known| known == urn));
                body.retain(|name, _| !name.starts_with("urn:") || is_announced(name));
            });
        }
        server.handle(&request, now)
    })
}

/// Only the schemas that the code knows may be announced.
fn extra_group_schema(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let announced = request.json().and_then(|body| body.get("schemas")?.as_array().cloned()).unwrap_or_default();
        let is_known = |urn: &Value| urn.as_str().is_some_and(|urn| urn.starts_with("urn:"));
        if request.method == Method::Post && is_below(request, "/Groups") && !announced.iter().all(is_known) {
            return refusal(400, Some("invalidSyntax"), "The request announces a schema that is not known.");
        }
        server.handle(request, now)
    })
}

/// The grammar of the RFC, by the letter.
fn filter_value_path_attr(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if is_list(request) && parameter(request, "filter").is_some_and(|filter| filter.contains("].")) {
            return refusal(400, Some("invalidFilter"), "The filter goes on behind its brackets.");
        }
        server.handle(request, now)
    })
}
