//! Servers that are right at first sight: wrong the second time, for the second member, beyond the first page, when
//! no seat is free.

use std::collections::HashMap;

use scimulator::faults::query::{equality, parameter, set_parameter};
use scimulator::faults::wrap::{
    Inner, answer_of, around, ask, creates_user, edit_operations, edit_request, is_below, is_list, lower, patch, read,
    refusal, requests,
};
use scimulator::http::{Method, Request};
use scimulator::server::Reply;
use serde_json::{Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};
use crate::parts::{groups, written_groups};

const SEATS: u32 = 12;

const FULL: &[Defect] = &[
    breaks_an_idp("a-delete-leaks-the-seat-when-none-is-free", |inner| {
        leaking(inner, |request, status| request.method == Method::Delete && status == 204)
    }),
    breaks_an_idp("a-refused-twin-takes-a-seat-when-none-is-free", |inner| {
        leaking(inner, |request, status| creates_user(request) && status == 409)
    }),
    breaks_an_idp("a-put-takes-a-seat-when-none-is-free", |inner| {
        leaking(inner, |request, status| request.method == Method::Put && status == 200)
    }),
];

const HALVES: &[Defect] = &[
    breaks_an_idp("the-second-deactivation-is-passed-over", |inner| {
        scimulator::faults::wrap("life/leaves-again", inner).unwrap()
    }),
    breaks_an_idp("a-deleted-member-takes-all-others-along", |inner| {
        around(inner, |server, request, now| {
            let is_user = request.method == Method::Delete && is_below(request, "/Users");
            let user = if is_user { read(server, &request.path, now) } else { None }.unwrap_or_default();
            let reply = server.handle(request, now);
            for group in user.get("groups").and_then(Value::as_array).into_iter().flatten() {
                let path = format!("/Groups/{}", group["value"].as_str().unwrap_or_default());
                patch(server, &path, &json!([{ "op": "remove", "path": "members" }]), now);
            }
            reply
        })
    }),
    breaks_an_idp("whoever-is-in-a-group-cannot-be-deleted", |inner| {
        around(inner, |server, request, now| {
            let is_user = request.method == Method::Delete && is_below(request, "/Users");
            let user = if is_user { read(server, &request.path, now) } else { None };
            if user.is_some_and(|user| user.contains_key("groups")) {
                return refusal(409, None, "Remove the user from all groups first.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-put-of-a-group-keeps-one-member", |inner| {
        written_groups(inner, |request, group| {
            if let (Method::Put, Some(Value::Array(members))) = (request.method, group.get_mut("members")) {
                members.truncate(1);
            }
        })
    }),
    breaks_an_idp("a-renamed-group-is-found-by-its-old-name", |inner| {
        let mut renamed: HashMap<String, String> = HashMap::new();
        around(inner, move |server, request, now| {
            let before = if is_below(request, "/Groups") { read(server, &request.path, now) } else { None };
            let mut asked = request.clone();
            if let Some((_, name)) = equality(request).filter(|_| is_list(request) && is_below(request, "/Groups")) {
                let other = renamed.get(&name).cloned().unwrap_or(name);
                set_parameter(&mut asked, "filter", Some(&format!("displayName eq {}", json!(other))));
            }
            let reply = server.handle(&asked, now);
            let after = if before.is_some() { read(server, &request.path, now) } else { None };
            let name = |group: &serde_json::Map<String, Value>| group.get("displayName")?.as_str().map(str::to_owned);
            if let (Some(old), Some(new)) = (before.as_ref().and_then(name), after.as_ref().and_then(name))
                && old != new
            {
                renamed.insert(old.clone(), new.clone());
                renamed.insert(new, format!("{old} that is not there"));
            }
            reply
        })
    }),
    breaks_an_idp("names-that-hold-a-word-of-filters-cannot-be-looked-up", |inner| {
        around(inner, |server, request, now| {
            if equality(request).is_some_and(|(_, value)| value.contains(" and ") || value.contains(" or ")) {
                return refusal(400, Some("invalidFilter"), "The filter cannot be read.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("lookups-go-through-the-first-hundred", |inner| {
        around(inner, |server, request, now| {
            let mut asked = request.clone();
            if is_list(request) && is_below(request, "/Users") && equality(request).is_some() {
                let page = ask(server, Method::Get, "/Users?startIndex=101&count=200", None, now).unwrap_or_default();
                let name = equality(request).map(|(_, value)| value);
                let is_later = page["Resources"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .any(|user| user["userName"].as_str().map(str::to_owned) == name);
                if is_later {
                    set_parameter(&mut asked, "filter", Some("userName eq \"nobody\""));
                }
            }
            server.handle(&asked, now)
        })
    }),
    breaks_an_idp("the-kind-of-an-address-does-not-count", |inner| {
        requests(inner, |request| {
            let filter = parameter(request, "filter").unwrap_or_default();
            if let Some(rest) = filter.strip_prefix("emails[type eq \"work\"].value") {
                set_parameter(request, "filter", Some(&format!("emails.value{rest}")));
            }
        })
    }),
    breaks_an_idp("an-added-address-replaces-the-others", |inner| {
        requests(inner, |request| {
            edit_operations(request, |operations| {
                for operation in operations {
                    if lower(operation, "op") == "add" && lower(operation, "path") == "emails[type eq \"work\"].value" {
                        let value = operation["value"].clone();
                        *operation =
                            json!({ "op": "replace", "path": "emails", "value": [{ "type": "work", "value": value }] });
                    }
                }
            });
        })
    }),
    breaks_an_idp("a-put-writes-groups", |inner| {
        around(inner, |server, request, now| {
            let body = request.json().unwrap_or_default();
            if request.method == Method::Put && is_below(request, "/Users") && body["groups"] == json!([]) {
                let user = read(server, &request.path, now).unwrap_or_default();
                for group in user.get("groups").and_then(Value::as_array).into_iter().flatten() {
                    let path = format!("/Groups/{}", group["value"].as_str().unwrap_or_default());
                    let member = format!("members[value eq {}]", user["id"]);
                    patch(server, &path, &json!([{ "op": "remove", "path": member }]), now);
                }
            }
            server.handle(request, now)
        })
    }),
    breaks_the_rfcs("a-group-among-members-is-a-user", |inner| {
        groups(inner, |_, group| {
            for member in group.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(member) = member.as_object_mut() {
                    member.insert("type".to_owned(), "User".into());
                }
            }
        })
    }),
    breaks_the_rfcs("a-put-in-a-bulk-request-is-not-made", |inner| {
        requests(inner, |request| {
            if request.path == "/Bulk" {
                edit_request(request, |job| {
                    for operation in job.get_mut("Operations").and_then(Value::as_array_mut).into_iter().flatten() {
                        if operation["method"] == "PUT" {
                            let nothing = json!({
                                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                                "Operations": [{ "op": "replace", "value": {} }],
                            });
                            operation["method"] = "PATCH".into();
                            operation["data"] = nothing;
                        }
                    }
                });
            }
        })
    }),
];

#[test]
fn seats_add_up_when_none_is_free() {
    assert_found("halves-full", &json!({ "seats": SEATS }), FULL);
}

#[test]
fn what_is_right_at_first_sight_is_looked_at_again() {
    assert_found("halves", &json!({}), HALVES);
}

/// Where no seat is free, an exchange of such a kind counts one more as taken.
fn leaking(inner: Inner, is_such: fn(&Request, u16) -> bool) -> Inner {
    let mut leaked = 0;
    around(inner, move |server, request, now| {
        let all = "/Users?filter=active%20eq%20true&count=0";
        let active = ask(server, Method::Get, all, None, now).unwrap_or_default();
        let is_full = active["totalResults"].as_i64().unwrap_or_default() + leaked >= i64::from(SEATS);
        if is_full && leaked > 0 && creates_user(request) {
            return refusal(403, None, "No seat is free.");
        }
        let reply = server.handle(request, now);
        let status = answer_of(reply.clone()).map_or(0, |answer| answer.status);
        if is_full && matches!(reply, Reply::Answer(_)) && is_below(request, "/Users") && is_such(request, status) {
            leaked += 1;
        }
        reply
    })
}
