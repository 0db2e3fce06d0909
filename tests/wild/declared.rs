//! Correct servers whose schemas say less than RFC 7643, or ask for more, and who act as they say (RFC 7643 §2.2, §7).

use scimulator::faults::wrap::{
    Inner, answers, around, edit_json, edit_request, is_below, lower, patch_operations, read, refusal, refuse_values,
    requests, resources,
};
use scimulator::http::{Method, Request};
use scimulator::scim::{Path, name};
use serde_json::{Map, Value, json};

use crate::bench::{assert_correct, assert_tolerated};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:";
/// What a small product does without.
pub const MANY: [&str; 8] =
    ["addresses", "preferredLanguage", "locale", "phoneNumbers", "title", "nickName", "roles", "timezone"];
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const NO_ROLE: &str = "There is no such role.";

#[test]
fn there_is_no_enterprise_extension() {
    assert_correct(&json!({}), |server| without(server, &[]));
}

#[test]
fn users_have_few_attributes() {
    assert_tolerated(&json!({}), |server| without(server, &MANY));
}

/// No enterprise extension, and none of these attributes: the documents say so, what a create or replace holds of them
/// is ignored, and a PATCH that names one is refused (RFC 7644 §3.5.2).
pub fn without(inner: Inner, left_out: &[&'static str]) -> Inner {
    let left_out = left_out.to_vec();
    let is_out = move |name: &str| {
        left_out.iter().any(|out| out.eq_ignore_ascii_case(name)) || name.eq_ignore_ascii_case("manager")
    };
    let hidden = is_out.clone();
    let inner = answers(inner, move |request, response| {
        if request.path.starts_with("/Schemas") {
            edit_json(response, |_, body| drop_from_schemas(body, &hidden));
        }
        if request.path.starts_with("/ResourceTypes") {
            edit_json(response, |_, body| {
                each_type(body, |kind| {
                    kind.remove("schemaExtensions");
                });
            });
        }
    });
    let ignored = is_out.clone();
    let inner = requests(inner, move |request| {
        if matches!(request.method, Method::Post | Method::Put) && is_below(request, "/Users") {
            edit_request(request, |body| {
                body.retain(|name, _| !ignored(name) && !name.eq_ignore_ascii_case(ENTERPRISE));
                if let Some(Value::Array(schemas)) = body.get_mut("schemas") {
                    schemas.retain(|urn| urn != ENTERPRISE);
                }
            });
        }
    });
    around(inner, move |server, request, now| {
        if request.path == format!("/Schemas/{ENTERPRISE}") {
            return refusal(404, None, "There is no such schema.");
        }
        if is_below(request, "/Users") && written(request).iter().any(|path| is_unknown(path, &is_out)) {
            return refusal(400, Some("invalidPath"), "There is no such attribute.");
        }
        if request.query.as_deref().is_some_and(|query| query.contains("filter=") && query.contains("enterprise")) {
            return refusal(400, Some("invalidFilter"), "There is no such attribute.");
        }
        server.handle(request, now)
    })
}

fn is_unknown(path: &str, is_out: &impl Fn(&str) -> bool) -> bool {
    if path.starts_with(ENTERPRISE) {
        return true;
    }
    path.parse::<Path>().is_ok_and(|path| is_out(&path.attribute.name))
}

/// What a PATCH writes: the paths of its operations, and the names in values without a path.
fn written(request: &Request) -> Vec<String> {
    let names = |value: &Value| value.as_object().into_iter().flat_map(|value| value.keys().cloned()).collect();
    let of = |operation: &Value| match operation.get("path").and_then(Value::as_str) {
        Some(path) => vec![path.to_owned()],
        None => operation.get("value").map(names).unwrap_or_default(),
    };
    patch_operations(request).iter().flat_map(of).collect()
}

fn drop_from_schemas(body: &mut Value, is_out: &impl Fn(&str) -> bool) {
    if let Some(Value::Array(schemas)) = body.get_mut("Resources") {
        schemas.retain(|schema| schema["id"] != ENTERPRISE);
        let count = schemas.len();
        body["totalResults"] = json!(count);
        body["itemsPerPage"] = json!(count);
    }
    each_type(body, |schema| {
        if let (true, Some(Value::Array(attributes))) =
            (schema.get("id") == Some(&json!(format!("{CORE}User"))), schema.get_mut("attributes"))
        {
            attributes.retain(|attribute| !attribute["name"].as_str().is_some_and(is_out));
        }
    });
}

/// Every document of a list, or the one that stands alone.
fn each_type(body: &mut Value, mut edit: impl FnMut(&mut Map<String, Value>)) {
    match body.get_mut("Resources") {
        Some(Value::Array(all)) => all.iter_mut().filter_map(Value::as_object_mut).for_each(edit),
        _ => body.as_object_mut().into_iter().for_each(&mut edit),
    }
}

/// Changes one attribute of one schema, which is named by its URN, or by what stands behind that of the core.
pub fn with_attribute(
    inner: Inner,
    schema: &'static str,
    attribute: &'static str,
    member: &'static str,
    value: &Value,
) -> Inner {
    let value = value.clone();
    answers(inner, move |request, response| {
        if !request.path.starts_with("/Schemas") {
            return;
        }
        edit_json(response, |_, body| {
            each_type(body, |document| {
                let is_meant = |id: &Value| *id == schema || *id == format!("{CORE}{schema}");
                if !document.get("id").is_some_and(is_meant) {
                    return;
                }
                let attributes = document.get_mut("attributes").and_then(Value::as_array_mut);
                for own in attributes.into_iter().flatten().filter(|own| own["name"] == attribute) {
                    own[member] = value.clone();
                }
            });
        });
    })
}

#[test]
fn a_user_name_is_for_ever() {
    assert_tolerated(&json!({}), |server| {
        let server = with_attribute(server, "User", "userName", "mutability", &json!("immutable"));
        around(server, |server, request, now| {
            let fixed = || refusal(400, Some("mutability"), "The userName cannot be changed.");
            let by_patch = patch_operations(request).iter().any(|operation| {
                lower(operation, "path") == "username"
                    || operation.get("value").and_then(|value| name::get_in(value, "userName")).is_some()
            });
            let put = request.json().filter(|_| request.method == Method::Put && is_below(request, "/Users"));
            let is_other = put.and_then(|body| {
                let before = read(server, &request.path, now)?;
                let wanted = name::get_in(&body, "userName")?.as_str()?.to_lowercase();
                Some(before.get("userName")?.as_str()?.to_lowercase() != wanted)
            });
            if is_below(request, "/Users") && by_patch || is_other == Some(true) {
                return fixed();
            }
            server.handle(request, now)
        })
    });
}

#[test]
fn nobody_is_without_an_address() {
    assert_tolerated(&json!({}), |server| {
        let server = with_attribute(server, "User", "emails", "required", &json!(true));
        around(server, |server, request, now| {
            let is_write = matches!(request.method, Method::Post | Method::Put) && is_below(request, "/Users");
            let body = request.json().filter(|_| is_write && !request.path.ends_with(".search"));
            let has_address = |body: &Value| {
                name::get_in(body, "emails").and_then(Value::as_array).is_some_and(|emails| !emails.is_empty())
            };
            match body.filter(|body| body.is_object() && !has_address(body)) {
                Some(_) => refusal(400, Some("invalidValue"), "An e-mail address is required."),
                None => server.handle(request, now),
            }
        })
    });
}

#[test]
fn groups_come_from_elsewhere() {
    assert_tolerated(&json!({}), |server| {
        let server = with_attribute(server, "Group", "displayName", "mutability", &json!("readOnly"));
        let server = with_attribute(server, "Group", "members", "mutability", &json!("readOnly"));
        around(server, |server, request, now| {
            if request.method.writes() && is_below(request, "/Groups") && !request.path.ends_with(".search") {
                return refusal(403, None, "Groups are managed in the app.");
            }
            server.handle(request, now)
        })
    });
}

#[test]
fn who_comes_without_a_role_gets_the_usual_one() {
    // RFC 7644 §3.3: what is unassigned may get a default.
    assert_correct(&json!({}), |server| {
        resources(server, |request, resource| {
            let is_projected = request.query.as_deref().is_some_and(|query| query.contains("ttributes="));
            if request.path.starts_with("/Users") && !is_projected {
                resource.entry("roles").or_insert_with(|| json!([{ "value": "member", "primary": true }]));
            }
        })
    });
}

#[test]
fn roles_have_types_of_their_own() {
    // RFC 7643 §7: a server may take the canonical values and no others.
    assert_tolerated(&json!({}), |server| {
        let sub = |name: &str| json!({"name": name, "type": "string", "multiValued": false, "mutability": "readWrite"});
        let mut kind = sub("type");
        kind["canonicalValues"] = json!(["direct", "inherited"]);
        let server = with_attribute(server, "User", "roles", "subAttributes", &json!([sub("value"), kind]));
        refuse_values(server, "roles", NO_ROLE, |role| {
            role.get("type").is_some_and(|kind| kind != "direct" && kind != "inherited")
        })
    });
}

#[test]
fn only_some_roles_are_known() {
    assert_tolerated(&json!({}), |server| {
        refuse_values(server, "roles", NO_ROLE, |role| {
            role.get("value").is_some_and(|role| role != "member" && role != "owner")
        })
    });
}
