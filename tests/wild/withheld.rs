//! Correct servers whose schemas say of ordinary attributes that clients cannot write them, must write them, or see them
//! on request or always (RFC 7643 §2.2, §7), and who act as they say.

use scimulator::faults::query::parameter;
use scimulator::faults::wrap::{
    Inner, around, bodies, each_resource, edit_json, edit_request, is_below, is_core, patch_operations, read, refusal,
    requests,
};
use scimulator::http::{Method, Request};
use scimulator::scim::name;
use scimulator::server::Reply;
use serde_json::{Value, json};

use crate::bench::assert_tolerated;
use crate::declared::with_attribute;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[test]
fn titles_come_from_the_personnel_office() {
    assert_tolerated(&json!({}), |server| {
        let server = with_attribute(server, "User", "title", "mutability", &json!("readOnly"));
        let server = requests(server, |request| {
            if is_whole_user(request) {
                edit_request(request, |body| {
                    name::remove(body, "title");
                });
            }
        });
        around(server, |server, request, now| {
            let is_title = |operation: &Value| {
                let path = operation.get("path").and_then(Value::as_str).unwrap_or_default();
                let value = operation.get("value").and_then(|value| name::get_in(value, "title"));
                path.eq_ignore_ascii_case("title") || value.is_some()
            };
            if is_below(request, "/Users") && patch_operations(request).iter().any(is_title) {
                return refusal(400, Some("mutability"), "The title is kept by the personnel office.");
            }
            server.handle(request, now)
        })
    });
}

#[test]
fn telephone_numbers_are_shown_on_request() {
    assert_tolerated(&json!({}), |server| {
        let server = with_attribute(server, "User", "phoneNumbers", "returned", &json!("request"));
        bodies(server, |request, _, body| {
            let sent = request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default().to_lowercase();
            let asked = parameter(request, "attributes").unwrap_or_default().to_lowercase();
            if is_below(request, "/Users") && !sent.contains("phonenumbers") && !asked.contains("phonenumbers") {
                each_resource(body, |resource| {
                    resource.shift_remove("phoneNumbers");
                });
            }
        })
    });
}

#[test]
fn a_display_name_is_always_shown() {
    assert_tolerated(&json!({}), |server| {
        let server = with_attribute(server, "User", "displayName", "returned", &json!("always"));
        around(server, |server, request, now| {
            let mut reply = server.handle(request, now);
            if !is_below(request, "/Users") {
                return reply;
            }
            if let Reply::Answer(response) = &mut reply {
                edit_json(response, |status, body| {
                    if status < 300 {
                        each_resource(body, |resource| {
                            let id = resource.get("id").and_then(Value::as_str).unwrap_or_default();
                            let whole = read(server, &format!("/Users/{id}"), now).unwrap_or_default();
                            if let Some(name) = whole.get("displayName") {
                                resource.insert("displayName".to_owned(), name.clone());
                            }
                        });
                    }
                });
            }
            reply
        })
    });
}

#[test]
fn every_user_has_an_employee_number() {
    assert_tolerated(&json!({}), |server| {
        let server = with_attribute(server, ENTERPRISE, "employeeNumber", "required", &json!(true));
        asking(server, |body| {
            let extension = name::get_in(body, ENTERPRISE);
            extension.and_then(|part| name::get_in(part, "employeeNumber")).is_some_and(Value::is_string)
        })
    });
}

#[test]
fn every_user_comes_with_a_password() {
    assert_tolerated(&json!({}), |server| {
        let server = with_attribute(server, "User", "password", "required", &json!(true));
        asking(server, |body| name::get_in(body, "password").is_some_and(Value::is_string))
    });
}

/// Refuses new users without something.
fn asking(inner: Inner, has: fn(&Value) -> bool) -> Inner {
    around(inner, move |server, request, now| {
        let body = request.json().filter(|body| request.method == Method::Post && body.is_object());
        match body.filter(|body| is_whole_user(request) && !has(body)) {
            Some(_) => refusal(400, Some("invalidValue"), "A required value is missing."),
            None => server.handle(request, now),
        }
    })
}

fn is_whole_user(request: &Request) -> bool {
    matches!(request.method, Method::Post | Method::Put)
        && is_below(request, "/Users")
        && !request.path.ends_with(".search")
}

#[test]
fn a_page_holds_one_resource() {
    assert_tolerated(&json!({ "max-results": 1 }), |server| server);
}

#[test]
fn pages_are_walked_by_cursors_alone() {
    assert_tolerated(&json!({ "cursors": "default" }), |server| {
        let server = bodies(server, |request, _, body| {
            if request.path == "/ServiceProviderConfig" {
                body["pagination"]["index"] = json!(false);
            }
        });
        around(server, |server, request, now| {
            let place = parameter(request, "startIndex").unwrap_or_else(|| "1".to_owned());
            if is_core(request) && place != "1" && parameter(request, "cursor").is_none() {
                return refusal(400, None, "Pages are walked by cursors.");
            }
            server.handle(request, now)
        })
    });
}
