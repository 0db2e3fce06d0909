//! Attributes of users that are lost, changed or shown in another form.

use scimulator::faults::wrap::{
    around, creates_user, deactivates, edit_request, is_below, is_list, operations, patch_operations, read, refusal,
    requests,
};
use scimulator::http::Method;
use serde_json::{Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};
use crate::parts::{answered, each_text, elements, users, written_groups, written_users};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const DEFECTS: &[Defect] = &[
    breaks_the_rfcs("put-shows-a-hash-of-the-password", |server| {
        answered(server, Method::Put, |request, user| {
            if is_below(request, "/Users") {
                user["password"] = "$2a$10$N9qo8uLOickgx2ZMRZoMye".into();
            }
        })
    }),
    breaks_the_rfcs("lists-show-an-empty-password", |server| {
        users(server, |request, user| {
            if is_list(request) {
                user.insert("password".to_owned(), "".into());
            }
        })
    }),
    breaks_an_idp("external-id-is-not-shown-in-lists", |server| {
        users(server, |request, user| {
            if is_list(request) {
                user.shift_remove("externalId");
            }
        })
    }),
    breaks_an_idp("external-id-is-not-changed-by-patch", |server| {
        operations(server, |_, operations| {
            for operation in operations {
                if operation["path"] == "externalId" {
                    operation["path"] = "nickName".into();
                }
                if let Some(value) = operation.get_mut("value").and_then(Value::as_object_mut) {
                    value.shift_remove("externalId");
                }
            }
        })
    }),
    breaks_an_idp("external-id-is-the-id", |server| {
        users(server, |_, user| {
            if let Some(id) = user.get("id").cloned() {
                user.insert("externalId".to_owned(), id);
            }
        })
    }),
    breaks_an_idp("external-id-of-a-group-is-dropped", |server| {
        written_groups(server, |_, group| {
            group.shift_remove("externalId");
        })
    }),
    breaks_an_idp("display-name-is-made-of-the-other-names", |server| {
        users(server, |_, user| {
            let part = |name: &str| user.get("name").and_then(|names| names.get(name)).and_then(Value::as_str);
            let made = format!("{} {}", part("givenName").unwrap_or("null"), part("familyName").unwrap_or("null"));
            user.insert("displayName".to_owned(), made.into());
        })
    }),
    breaks_an_idp("names-are-cut-at-the-first-space", |server| {
        written_users(server, |_, user| {
            if let Some(name) = user.get_mut("name") {
                each_text(name, &mut |text| *text = text.split(' ').next().unwrap_or_default().to_owned());
            }
        })
    }),
    breaks_an_idp("values-are-escaped-for-html", |server| {
        written_users(server, |_, user| {
            for name in ["name", "displayName", "title"] {
                if let Some(value) = user.get_mut(name) {
                    each_text(value, &mut |text| *text = text.replace('&', "&amp;").replace('\'', "&#39;"));
                }
            }
        })
    }),
    breaks_an_idp("letters-beyond-the-basic-plane-are-refused", |server| {
        around(server, |server, request, now| {
            let text = request.json().map(|body| body.to_string()).unwrap_or_default();
            if request.method != Method::Get && text.chars().any(|c| u32::from(c) > 0xFFFF) {
                return refusal(500, None, "The value cannot be stored.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("titles-are-cut-at-ten-characters", |server| {
        written_users(server, |_, user| {
            if let Some(Value::String(title)) = user.get_mut("title") {
                *title = title.chars().take(10).collect();
            }
        })
    }),
    breaks_an_idp("texts-of-digits-become-numbers", |server| {
        users(server, |_, user| {
            for name in ["title", "externalId"] {
                if let Some(number) = user.get(name).and_then(Value::as_str).and_then(|text| text.parse::<i64>().ok()) {
                    user.insert(name.to_owned(), number.into());
                }
            }
        })
    }),
    breaks_an_idp("only-the-first-address-is-kept", |server| {
        written_users(server, |_, user| {
            if let Some(Value::Array(emails)) = user.get_mut("emails") {
                emails.truncate(1);
            }
        })
    }),
    breaks_an_idp("the-type-of-an-address-is-lost", |server| {
        users(server, |_, user| {
            for email in elements(user, "emails") {
                email.shift_remove("type");
            }
        })
    }),
    breaks_an_idp("primary-is-lost", |server| {
        users(server, |_, user| {
            for email in elements(user, "emails") {
                email.shift_remove("primary");
            }
        })
    }),
    breaks_an_idp("active-is-a-number", |server| {
        users(server, |_, user| {
            if let Some(active) = user.get("active").and_then(Value::as_bool) {
                user.insert("active".to_owned(), u8::from(active).into());
            }
        })
    }),
    breaks_an_idp("active-is-true-in-lists", |server| {
        users(server, |request, user| {
            if is_list(request) && user.contains_key("active") {
                user.insert("active".to_owned(), true.into());
            }
        })
    }),
    breaks_an_idp("active-is-only-shown-when-true", |server| {
        users(server, |_, user| {
            if user.get("active") == Some(&json!(false)) {
                user.shift_remove("active");
            }
        })
    }),
    breaks_an_idp("who-is-created-inactive-is-active", |server| {
        requests(server, |request| {
            if creates_user(request) {
                edit_request(request, |body| {
                    body.insert("active".to_owned(), true.into());
                });
            }
        })
    }),
    breaks_an_idp("the-extension-is-shown-but-not-named", |server| {
        users(server, |_, user| {
            if let Some(Value::Array(schemas)) = user.get_mut("schemas") {
                schemas.retain(|urn| urn != ENTERPRISE);
            }
        })
    }),
    breaks_an_idp("the-employee-number-is-a-number", |server| {
        users(server, |_, user| {
            if let Some(number) = user.get_mut(ENTERPRISE).and_then(|extension| extension.get_mut("employeeNumber")) {
                *number = number.as_str().and_then(|text| text.parse::<u64>().ok()).unwrap_or(7).into();
            }
        })
    }),
    breaks_an_idp("the-manager-is-a-list", |server| {
        users(server, |_, user| {
            if let Some(manager) = user.get_mut(ENTERPRISE).and_then(|extension| extension.get_mut("manager")) {
                *manager = json!([manager.clone()]);
            }
        })
    }),
    breaks_the_rfcs("the-clients-created-is-taken-over", |server| {
        let mut dates = std::collections::HashMap::new();
        around(server, move |server, request, now| {
            let sent = request.json().and_then(|body| body.get("meta")?.get("created").cloned());
            let mut reply = server.handle(request, now);
            if let scimulator::server::Reply::Answer(response) = &mut reply
                && is_below(request, "/Users")
            {
                scimulator::faults::wrap::edit_json(response, |status, body| {
                    scimulator::faults::wrap::each_resource(body, |user| {
                        let id = user.get("id").cloned().unwrap_or_default().to_string();
                        if let (201, Some(sent)) = (status, &sent) {
                            dates.insert(id.clone(), sent.clone());
                        }
                        if let (Some(date), Some(meta)) = (dates.get(&id), user.get_mut("meta")) {
                            meta["created"] = date.clone();
                        }
                    });
                });
            }
            reply
        })
    }),
    breaks_an_idp("addresses-with-a-plus-are-refused", |server| {
        around(server, |server, request, now| {
            let name = request.json().and_then(|body| body.get("userName")?.as_str().map(str::to_owned));
            if creates_user(request) && name.is_some_and(|name| name.contains('+')) {
                return refusal(400, Some("invalidValue"), "userName is not a valid e-mail address.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("the-name-to-sign-in-with-cannot-be-changed", |server| {
        around(server, |server, request, now| {
            let is_rename =
                |operation: &Value| operation["path"] == "userName" || operation["value"].get("userName").is_some();
            if is_below(request, "/Users") && patch_operations(request).iter().any(is_rename) {
                return refusal(400, Some("mutability"), "userName cannot be changed.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-put-leaves-the-name-to-sign-in-with", |server| {
        around(server, |server, request, now| {
            let is_put = request.method == Method::Put && is_below(request, "/Users");
            let user = if is_put { read(server, &request.path, now) } else { None };
            let mut kept = request.clone();
            if let Some(name) = user.and_then(|user| user.get("userName").cloned()) {
                edit_request(&mut kept, |body| {
                    body.insert("userName".to_owned(), name);
                });
            }
            server.handle(&kept, now)
        })
    }),
    breaks_an_idp("names-to-sign-in-with-are-cut-at-a-hundred", |server| {
        written_users(server, |_, user| {
            if let Some(Value::String(name)) = user.get_mut("userName") {
                name.truncate(100);
            }
        })
    }),
    breaks_an_idp("names-of-groups-are-cut-at-two-hundred", |server| {
        written_groups(server, |_, group| {
            if let Some(Value::String(name)) = group.get_mut("displayName") {
                name.truncate(200);
            }
        })
    }),
    breaks_the_rfcs("who-has-no-name-is-undefined", |server| {
        users(server, |_, user| {
            user.entry("name").or_insert_with(|| json!({ "formatted": "undefined undefined" }));
        })
    }),
    breaks_the_rfcs("photos-are-dropped", |server| {
        requests(server, |request| {
            if request.method == Method::Post && is_below(request, "/Users") {
                edit_request(request, |user| _ = user.shift_remove("photos"));
            }
        })
    }),
    breaks_an_idp("the-manager-is-dropped", |server| {
        written_users(server, |_, user| {
            if let Some(Value::Object(enterprise)) = user.get_mut(ENTERPRISE) {
                enterprise.shift_remove("manager");
            }
        })
    }),
    breaks_an_idp("a-locale-is-written-otherwise", |server| {
        written_users(server, |_, user| {
            if let Some(Value::String(locale)) = user.get_mut("locale") {
                *locale = locale.replace('-', "_");
            }
        })
    }),
    breaks_an_idp("whoever-leaves-loses-the-external-id", |server| {
        operations(server, |request, operations| {
            if is_below(request, "/Users") && operations.iter().any(deactivates) {
                operations.push(json!({ "op": "remove", "path": "externalId" }));
            }
        })
    }),
    breaks_the_rfcs("an-attribute-without-a-value-is-the-text-null", |server| {
        users(server, |_, user| {
            user.entry("title").or_insert_with(|| "null".into());
        })
    }),
];

#[test]
fn every_wrong_attribute_is_found() {
    assert_found("attributes", &json!({}), DEFECTS);
}
