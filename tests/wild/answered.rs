//! Correct servers that answer otherwise: other status codes, other words, fewer questions taken.

use scimulator::faults::query::{encode, parameter};
use scimulator::faults::wrap::{
    Inner, answers, around, ask, creates_user, edit_json, edit_request, errors, is_core, json_answer, lower, patch,
    patch_operations, read, refusal, requests, set_status,
};
use scimulator::http::{Headers, Method, Response};
use scimulator::server::Reply;
use serde_json::{Value, json};

use crate::bench::{assert_correct, assert_tolerated};

/// Around the server with the usual settings.
fn correct(around: fn(Inner) -> Inner) {
    assert_correct(&json!({}), around);
}

#[test]
fn errors_speak_german() {
    correct(german_errors);
}

/// RFC 7644 §3.12: `detail` is for people, in whatever language they read. What is taken is still named.
pub fn german_errors(inner: Inner) -> Inner {
    errors(inner, |_, status, error| {
        let detail = match status {
            401 => "Das Zugriffstoken ist ungültig oder abgelaufen.",
            404 => "Die Ressource wurde nicht gefunden.",
            409 => "Es gibt bereits einen Eintrag mit diesem userName.",
            _ => "Die Anfrage ist ungültig.",
        };
        error.insert("detail".to_owned(), detail.into());
    })
}

#[test]
fn errors_name_no_type_where_none_is_asked_for() {
    correct(few_scim_types);
}

#[test]
fn errors_have_no_detail() {
    // RFC 7644 §3.12: `detail` is OPTIONAL.
    assert_correct(&json!({ "seats": 12 }), |server| {
        errors(server, |_, _, error| {
            error.remove("detail");
        })
    });
}

#[test]
fn every_error_has_a_number_of_its_own() {
    correct(|server| {
        let mut number = 0;
        errors(server, move |_, _, error| {
            number += 1;
            error.insert("traceId".to_owned(), format!("{number:08x}").into());
        })
    });
}

/// `scimType` is OPTIONAL (RFC 7644 §3.12) but for conflicts (§3.3), filters (§3.4.2.2) and PATCH (§3.5.2).
pub fn few_scim_types(inner: Inner) -> Inner {
    errors(inner, |request, status, error| {
        if status != 409 && request.method != Method::Patch && parameter(request, "filter").is_none() {
            error.remove("scimType");
        }
    })
}

#[test]
fn bulk_is_501() {
    assert_correct(&json!({ "bulk": false }), |server| server);
}

#[test]
fn what_it_has_not_is_not_found() {
    assert_correct(&json!({ "bulk": false }), |server| {
        let server = without(server, "/Bulk", || refusal(404, None, "There is no such endpoint."));
        without(server, "/Me", || refusal(501, None, "There is no such endpoint."))
    });
}

fn without(inner: Inner, path: &'static str, instead: fn() -> Reply) -> Inner {
    around(
        inner,
        move |server, request, now| {
            if request.path.starts_with(path) { instead() } else { server.handle(request, now) }
        },
    )
}

#[test]
fn pages_stand_at_the_base_url_and_beside_it() {
    correct(front_end);
}

/// A query at the base URL is optional (RFC 7644 §3.4.2.1), and what is no SCIM endpoint is the operator's own.
pub fn front_end(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_page = request.path == "/" || request.path.starts_with("/../");
        if !(is_page && request.method == Method::Get) {
            return server.handle(request, now);
        }
        let headers: Headers = [("Content-Type", "text/html; charset=utf-8")].into_iter().collect();
        Reply::Answer(Response::new(200, headers, "<!doctype html><title>Acme</title><p>Sign in"))
    })
}

#[test]
fn what_is_no_endpoint_is_refused_in_any_way() {
    correct(|inner| {
        around(inner, |server, request, now| match (request.method, request.path.as_str()) {
            (Method::Put, "/Users") => refusal(501, None, "There is no such operation."),
            (Method::Post, "/.search") => refusal(404, None, "There is no such endpoint."),
            (_, path) if path.starts_with("/../") => refusal(400, Some("invalidVers"), "There is version 2 only."),
            _ => server.handle(request, now),
        })
    });
}

#[test]
fn who_asks_for_too_much_is_told_so() {
    assert_tolerated(&json!({}), |inner| {
        around(inner, |server, request, now| {
            let filter = parameter(request, "filter");
            let is_broad = request.query.is_none() || filter.as_deref() == Some("userName pr");
            if is_broad && request.method == Method::Get && request.path == "/Users" {
                return refusal(400, Some("tooMany"), "The query has too many results: add a filter.");
            }
            server.handle(request, now)
        })
    });
}

#[test]
fn filters_by_secrets_are_sensitive() {
    // RFC 7644 §7.5.2.
    correct(|inner| {
        around(inner, |server, request, now| {
            if parameter(request, "filter").is_some_and(|filter| filter.contains("password")) {
                return refusal(403, Some("sensitive"), "This filter would put a secret into a URL.");
            }
            server.handle(request, now)
        })
    });
}

#[test]
fn what_hardly_a_server_has_is_there() {
    let badge: Value = serde_json::from_str(include_str!("../../fixtures/schemas/badge-user.json")).unwrap();
    let settings = json!({ "cursors": "offered", "async-requests": true, "okta-types": true, "extensions": [badge] });
    assert_correct(&settings, |server| server);
}

#[test]
fn an_immutable_value_is_kept_without_a_word() {
    // RFC 7644 §3.5.1: the error is a SHOULD.
    let badge: Value = serde_json::from_str(include_str!("../../fixtures/schemas/badge-user.json")).unwrap();
    assert_correct(&json!({ "extensions": [badge] }), |inner| {
        around(inner, |server, request, now| {
            let before = (request.method == Method::Put).then(|| read(server, &request.path, now)).flatten();
            let mut request = request.clone();
            if let Some(before) = before {
                const BADGE: &str = "urn:scimulator:scim:schemas:extension:badge:2.0:User";
                let held = before.get(BADGE).and_then(|badge| badge.get("badgeNumber")).cloned();
                edit_request(&mut request, |body| {
                    if let (Some(held), Some(badge)) = (held, body.get_mut(BADGE)) {
                        badge["badgeNumber"] = held;
                    }
                });
            }
            server.handle(&request, now)
        })
    });
}

#[test]
fn cursors_lead_forward_only() {
    // A way back is optional (RFC 9865 §2).
    assert_correct(&json!({ "cursors": "default" }), |inner| {
        answers(inner, |_, response| {
            edit_json(response, |_, list| {
                list.as_object_mut().map(|list| list.remove("previousCursor"));
            });
        })
    });
}

#[test]
fn what_is_long_is_refused() {
    // RFC 7643 sets no limits, so a server has its own.
    correct(|server| {
        around(server, |server, request, now| {
            let is_long = |value: &Value| value.as_str().is_some_and(|text| text.chars().count() > 150);
            let body = request.json().filter(|_| request.method.writes() && is_core(request)).unwrap_or_default();
            let texts = [&body["userName"], &body["displayName"], &body["externalId"], &body["name"]["familyName"]];
            if texts.into_iter().any(is_long) {
                return refusal(400, Some("invalidValue"), "At most 150 characters are allowed.");
            }
            server.handle(request, now)
        })
    });
}

#[test]
fn who_leaves_leaves_the_groups() {
    // What active means is up to the server (RFC 7643 §4.1.1).
    correct(|server| {
        around(server, |server, request, now| {
            let reply = server.handle(request, now);
            let user = if request.method.writes() { read(server, &request.path, now) } else { None };
            let left = user.filter(|user| user.get("active") == Some(&json!(false)));
            for group in left.iter().filter_map(|user| user.get("groups")?.as_array()).flatten() {
                let path = format!("/Groups/{}", group["value"].as_str().unwrap_or_default());
                let member = request.path.rsplit('/').next().unwrap_or_default();
                let leave = json!([{ "op": "remove", "path": format!("members[value eq \"{member}\"]") }]);
                patch(server, &path, &leave, now);
            }
            match read(server, &request.path, now).filter(|_| left.is_some_and(|user| user.contains_key("groups"))) {
                Some(user) => Reply::Answer(json_answer(200, &user.into())),
                None => reply,
            }
        })
    });
}

#[test]
fn no_free_seat_is_402() {
    let capacity = json!({ "status": 402, "detail": "Alle 12 Plätze sind belegt." });
    assert_correct(&json!({ "seats": 12, "capacity": capacity }), |server| server);
}

#[test]
fn a_challenge_for_several_schemes() {
    correct(|server| {
        answers(server, |_, response| {
            if response.status == 401 {
                response
                    .headers
                    .set("WWW-Authenticate", "Basic realm=\"scim\", bearer realm=\"scim\", error=\"invalid_token\"");
            }
        })
    });
}

#[test]
fn a_method_that_is_not_there_is_404_or_501() {
    assert_tolerated(&json!({}), |server| {
        answers(server, |request, response| {
            if response.status == 405 {
                set_status(response, if is_core(request) { 404 } else { 501 });
                response.headers.remove("Allow");
            }
        })
    });
}

#[test]
fn discovery_refuses_filters_with_403() {
    correct(discovery_403);
}

/// RFC 7644 §4: filters on discovery endpoints are forbidden, and saying so is a SHOULD.
pub fn discovery_403(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_discovery =
            ["/ResourceTypes", "/Schemas", "/ServiceProviderConfig"].iter().any(|path| request.path.starts_with(path));
        if is_discovery && parameter(request, "filter").is_some() {
            return refusal(403, None, "Discovery endpoints take no filter.");
        }
        server.handle(request, now)
    })
}

#[test]
fn a_member_that_is_none_cannot_be_removed() {
    correct(no_such_member);
}

/// RFC 7644 Table 9: `noTarget` when a filter yields no target; §3.5.2.2 says success: both are right.
fn no_such_member(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let operations = patch_operations(request);
        let path = operations.first().map(|operation| lower(operation, "path")).unwrap_or_default();
        let id = path.strip_prefix("members[value eq \"").and_then(|rest| rest.strip_suffix("\"]"));
        if let (Some(id), 1) = (id, operations.len())
            && let Some(group) = read(server, &request.path, now)
            && !group
                .get("members")
                .and_then(Value::as_array)
                .is_some_and(|all| all.iter().any(|one| one["value"] == id))
        {
            return refusal(400, Some("noTarget"), "Not a member.");
        }
        server.handle(request, now)
    })
}

#[test]
fn filters_know_eq_and_and_only() {
    assert_tolerated(&json!({}), only_eq);
}

/// RFC 7644 Table 9: `invalidFilter` too for a combination of attribute and comparison that is not supported.
pub fn only_eq(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let filter = parameter(request, "filter").unwrap_or_default().to_ascii_lowercase();
        let unquoted: String = filter.split('"').step_by(2).collect::<Vec<_>>().join(" ");
        let others = ["ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "or", "not"];
        let is_refused = unquoted.split_whitespace().any(|word| others.contains(&word)) || unquoted.contains('(');
        if is_refused && !request.path.starts_with("/Schemas") {
            return refusal(400, Some("invalidFilter"), "Only eq is supported.");
        }
        server.handle(request, now)
    })
}

#[test]
fn a_conflict_on_change_is_400() {
    // RFC 7643 §7: "The server MAY reject an invalid value based on uniqueness by returning HTTP response code 400".
    // Only for a create is 409 fixed (RFC 7644 §3.3).
    correct(|server| {
        answers(server, |request, response| {
            if response.status == 409 && !creates_user(request) && request.method != Method::Post {
                set_status(response, 400);
            }
        })
    });
}

#[test]
fn one_external_id_belongs_to_one_user() {
    // RFC 7644 §6.2 reads as unique per tenant, RFC 7643 §3.1 as not enforced: both are right.
    correct(|server| {
        around(server, |server, request, now| {
            let is_own = request.headers.get("authorization") == Some(&*format!("Bearer {}", server.token()));
            let id = request.json().and_then(|body| body["externalId"].as_str().map(str::to_owned));
            if let Some(id) = id.filter(|_| creates_user(request) && is_own) {
                let filter = encode(&format!("externalId eq {}", json!(id)));
                let found = ask(server, Method::Get, &format!("/Users?filter={filter}"), None, now);
                if found.is_some_and(|list| list["totalResults"] != 0) {
                    return refusal(409, Some("uniqueness"), "The externalId is taken.");
                }
            }
            server.handle(request, now)
        })
    });
}

#[test]
fn what_clients_forget_or_should_not_send_is_forgiven() {
    correct(forgiving);
}

/// Bodies without `schemas` are taken, and any media type is read as JSON. To say yes to a removal of `id` is no
/// freedom: RFC 7644 §3.5.2.2 wants `mutability` there.
fn forgiving(inner: Inner) -> Inner {
    requests(inner, |request| {
        if request.body.is_none() {
            return;
        }
        request.headers.set("Content-Type", "application/scim+json");
        let urn = match (request.method, request.path.split('/').nth(1)) {
            (Method::Patch, _) => "urn:ietf:params:scim:api:messages:2.0:PatchOp",
            (Method::Post | Method::Put, Some("Users")) => "urn:ietf:params:scim:schemas:core:2.0:User",
            (Method::Post | Method::Put, Some("Groups")) => "urn:ietf:params:scim:schemas:core:2.0:Group",
            _ => return,
        };
        if !request.path.ends_with(".search") {
            edit_request(request, |body| {
                body.entry("schemas").or_insert_with(|| json!([urn]));
            });
        }
    })
}

#[test]
fn the_config_says_more() {
    correct(|server| {
        answers(server, |request, response| {
            if request.path.starts_with("/ServiceProviderConfig") {
                edit_json(response, |_, body| {
                    body["pagination"] = json!({ "cursor": false, "index": true });
                    body["interopProfileConformant"] = json!(false);
                    body["documentationUri"] = json!("https://example.com/scim");
                    body["bulk"] = json!({ "supported": false, "maxOperations": 0, "maxPayloadSize": 0 });
                });
            }
            if request.path.trim_end_matches('/') == "/ResourceTypes" && response.is_success() {
                let reversed = |body: &mut Value| {
                    if let Some(Value::Array(types)) = body.get_mut("Resources") {
                        types.reverse();
                    }
                };
                edit_json(response, |_, body| reversed(body));
            }
        })
    });
}
