//! Correct servers that show the same resources in another form.

use scimulator::faults::wrap::{Inner, bodies, each_resource, resources};
use serde_json::{Map, Value, json};

use crate::bench::{assert_correct, assert_tolerated};

/// Around the server with the usual settings.
fn correct(around: fn(Inner) -> Inner) {
    assert_correct(&json!({}), around);
}

#[test]
fn unassigned_attributes_are_null_or_empty() {
    correct(unassigned_shown);
}

/// RFC 7643 §2.5: unassigned, null and an empty array are the same state.
pub fn unassigned_shown(inner: Inner) -> Inner {
    resources(inner, |request, resource| {
        if request.query.as_deref().is_some_and(|query| query.contains("ttributes=")) {
            return; // what is not asked for is not shown, not even as null
        }
        let (single, multi): (&[&str], &[&str]) = if request.path.starts_with("/Users") {
            (
                &["externalId", "nickName", "profileUrl", "title", "userType", "locale"],
                &["emails", "phoneNumbers", "photos", "roles"],
            )
        } else {
            (&["externalId"], &["members"])
        };
        for name in single {
            resource.entry(*name).or_insert(Value::Null);
        }
        for name in multi {
            resource.entry(*name).or_insert_with(|| json!([]));
        }
    })
}

#[test]
fn every_user_carries_an_extension_of_the_server() {
    assert_correct(&json!({ "extensions": extension("readOnly") }), extended);
}

#[test]
fn the_server_fills_its_extension_in_though_it_forgot_to_call_it_read_only() {
    assert_correct(&json!({ "extensions": extension("readWrite") }), extended);
}

fn extension(mutability: &str) -> Value {
    json!([{
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": EXTENSION,
        "name": "Acme",
        "description": "What the product adds",
        "attributes": [{ "name": "plan", "type": "string", "multiValued": false, "description": "Plan", "required": false,
            "caseExact": false, "mutability": mutability, "returned": "default", "uniqueness": "none" }],
    }])
}

// An extension that no ResourceType declares is no freedom: "MUST only contain values defined as "schema" and
// "schemaExtensions" for the resource's defined "resourceType"" (RFC 7643 §3).

const EXTENSION: &str = "urn:acme:scim:schemas:extension:2.0:Plan";

/// Read-only attributes of the product's own, with their URN in `schemas`.
fn extended(inner: Inner) -> Inner {
    resources(inner, |request, resource| {
        let projected = request.query.as_deref().is_some_and(|query| query.contains("ttributes="));
        if projected || !request.path.starts_with("/Users") {
            return;
        }
        resource.insert(EXTENSION.to_owned(), json!({ "plan": "enterprise" }));
        if let Some(Value::Array(schemas)) = resource.get_mut("schemas")
            && !schemas.iter().any(|urn| urn == EXTENSION)
        {
            schemas.push(EXTENSION.into());
        }
    })
}

#[test]
fn schemas_name_an_extension_without_values() {
    correct(|server| {
        resources(server, |request, resource| {
            let enterprise = json!("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User");
            if let Some(Value::Array(schemas)) =
                resource.get_mut("schemas").filter(|_| request.path.starts_with("/Users"))
                && !schemas.contains(&enterprise)
            {
                schemas.insert(0, enterprise);
            }
        })
    });
}

#[test]
fn elements_say_that_they_are_not_primary_and_carry_a_display() {
    correct(|server| {
        resources(server, |_, resource| {
            for name in ["emails", "phoneNumbers"] {
                for element in resource.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
                    let Some(element) = element.as_object_mut() else { continue };
                    element.entry("primary").or_insert(json!(false));
                    if let Some(value) = element.get("value").cloned() {
                        element.entry("display").or_insert(value);
                    }
                }
            }
        })
    });
}

#[test]
fn members_say_no_more_than_who_they_are() {
    correct(|server| members(server, |member| member.retain(|name, _| name == "value")));
}

#[test]
fn members_say_their_type_and_name() {
    correct(|server| {
        members(server, |member| {
            let is_group = member.get("$ref").and_then(Value::as_str).is_some_and(|place| place.contains("/Groups/"));
            member.insert("type".to_owned(), if is_group { "Group" } else { "User" }.into());
            member.insert("display".to_owned(), "Somebody".into());
        })
    });
}

fn members(inner: Inner, edit: fn(&mut Map<String, Value>)) -> Inner {
    resources(inner, move |_, resource| {
        let members = resource.get_mut("members").and_then(Value::as_array_mut);
        members.into_iter().flatten().filter_map(Value::as_object_mut).for_each(edit);
    })
}

#[test]
fn users_do_not_tell_their_groups() {
    assert_tolerated(&json!({}), no_groups_of_users);
}

/// RFC 7643 §4.1.2: the attribute is optional, as every attribute of a user but `userName` is; the schema says so.
pub fn no_groups_of_users(inner: Inner) -> Inner {
    let inner = resources(inner, |_, resource| {
        resource.remove("groups");
    });
    bodies(inner, |request, _, body| {
        if request.path.starts_with("/Schemas") {
            each_resource(body, |schema| {
                if let Some(Value::Array(attributes)) = schema.get_mut("attributes") {
                    attributes.retain(|attribute| attribute["name"] != "groups");
                }
            });
        }
    })
}

#[test]
fn a_whole_list_needs_no_place() {
    correct(|server| {
        bodies(server, |_, _, body| {
            let (total, shown) =
                (body.get("totalResults").and_then(Value::as_u64), body.get("itemsPerPage").and_then(Value::as_u64));
            if let (true, Some(list)) = (total.is_some() && total == shown, body.as_object_mut()) {
                list.remove("startIndex");
                list.remove("itemsPerPage");
            }
        })
    });
}

#[test]
fn lists_and_errors_have_members_of_the_servers_own() {
    correct(|server| {
        bodies(server, |_, status, body| {
            if let Some(message) =
                body.as_object_mut().filter(|body| status >= 400 || body.contains_key("totalResults"))
            {
                message.insert("requestId".to_owned(), "0af7651916cd43dd".into());
            }
        })
    });
}

#[test]
fn names_are_written_out() {
    correct(|server| {
        resources(server, |request, resource| {
            let projected = request.query.as_deref().is_some_and(|query| query.contains("ttributes="));
            let name = resource.get_mut("name").and_then(Value::as_object_mut).filter(|_| !projected);
            if let Some(name) = name.filter(|name| !name.contains_key("formatted")) {
                let part = |part: &str| name.get(part).and_then(Value::as_str).unwrap_or_default().to_owned();
                let formatted = format!("{} {}", part("givenName"), part("familyName")).trim().to_owned();
                name.insert("formatted".to_owned(), formatted.into());
            }
        })
    });
}

#[test]
fn user_names_are_kept_in_lower_case() {
    correct(|server| {
        resources(server, |_, resource| {
            if let Some(Value::String(name)) = resource.get_mut("userName") {
                *name = name.to_lowercase();
            }
        })
    });
}

#[test]
fn every_user_has_a_locale_and_the_first_address_is_primary() {
    correct(|server| {
        resources(server, |request, resource| {
            if request.query.as_deref().is_some_and(|query| query.contains("ttributes="))
                || !request.path.starts_with("/Users")
            {
                return;
            }
            resource.entry("locale").or_insert(json!("en-US"));
            resource.entry("timezone").or_insert(json!("Europe/Berlin"));
            let emails = resource.get_mut("emails").and_then(Value::as_array_mut);
            let emails = emails.filter(|emails| emails.iter().all(|email| email["primary"] != json!(true)));
            if let Some(Value::Object(first)) = emails.and_then(|emails| emails.first_mut()) {
                first.insert("primary".to_owned(), json!(true));
            }
        })
    });
}
