//! Media types, methods, bodies, endpoints: what comes before SCIM.

use bytes::Bytes;
use scimulator::control::{Action, Weather, WeatherKind};
use scimulator::http::{Method, Request};
use scimulator::server::{Reply, Service};
use serde_json::json;

use super::support::{Scim, USER, body, refused};

fn raw(scim: &Scim, method: Method, path: &str, content_type: Option<&str>, bytes: &[u8]) -> Request {
    let mut request = scim.request(method, path, None);
    if let Some(content_type) = content_type {
        request.headers.push("Content-Type", content_type);
    }
    request.body = (!bytes.is_empty()).then(|| Bytes::copy_from_slice(bytes));
    request
}

#[test]
fn answers_are_scim_or_plain_json_as_the_client_takes_them() {
    let mut scim = Scim::rfc();
    for (accept, expected) in [
        (None, "application/scim+json"),
        (Some("application/scim+json"), "application/scim+json"),
        (Some("application/scim+json; charset=utf-8"), "application/scim+json"),
        (Some("application/scim+json, application/json;q=0.9"), "application/scim+json"),
        (Some("*/*"), "application/scim+json"),
        (Some("application/json"), "application/json"),
    ] {
        let mut request = scim.request(Method::Get, "/Users?count=1", None);
        request.headers = request.headers.iter().chain(accept.map(|accept| ("Accept", accept))).collect();
        let answer = scim.raw(&request);
        assert_eq!((answer.status, answer.headers.get("content-type")), (200, Some(expected)), "{accept:?}");
    }
    let request = scim.request(Method::Get, "/Users", None).with_header("Accept", "text/html");
    refused(&scim.raw(&request), 406, None);
}

#[test]
fn answers_name_their_charset_where_the_settings_say_so() {
    let mut scim = Scim::with(json!({ "charset": true }));
    assert_eq!(scim.get("/Users").headers.get("content-type"), Some("application/scim+json; charset=utf-8"));
}

#[test]
fn bodies_are_json_in_utf8_under_either_name() {
    let mut scim = Scim::rfc();
    let types =
        [None, Some("application/scim+json"), Some("application/scim+json; charset=utf-8"), Some("application/json")];
    for (number, content_type) in types.into_iter().enumerate() {
        let user = json!({ "schemas": [USER], "userName": format!("u{number}") }).to_string();
        let request = raw(&scim, Method::Post, "/Users", content_type, user.as_bytes());
        assert_eq!(scim.raw(&request).status, 201, "{content_type:?}");
    }
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=iso-8859-1"] {
        let request = raw(&scim, Method::Post, "/Users", Some(content_type), b"hello");
        refused(&scim.raw(&request), 415, None);
    }
}

#[test]
fn what_is_no_json_object_is_refused_with_its_place() {
    let mut scim = Scim::rfc();
    let path = scim.named("a");
    let before = scim.shown(&path);
    let deep = "[".repeat(100_000);
    for bytes in
        [&b"{\"userName\": "[..], b"[]", b"\"x\"", b"5", b"null", b"", b"{\"userName\":\"\xff\"}", deep.as_bytes()]
    {
        for (method, target) in [(Method::Post, "/Users"), (Method::Put, path.as_str()), (Method::Patch, path.as_str())]
        {
            let request = raw(&scim, method, target, Some("application/scim+json"), bytes);
            refused(&scim.raw(&request), 400, Some("invalidSyntax"));
        }
    }
    assert_eq!(scim.shown(&path), before);
}

#[test]
fn a_body_that_is_too_large_is_413_and_names_the_limit() {
    let mut scim = Scim::with(json!({ "max-body": 100 }));
    let user = json!({ "schemas": [USER], "userName": "u".repeat(100) });
    assert!(refused(&scim.post("/Users", user), 413, None).contains("100 bytes"));
}

#[test]
fn an_unknown_endpoint_is_a_scim_404() {
    let mut scim = Scim::rfc();
    for path in ["/NoSuch", "/users", "/Users/a/b", "/v99/Users", "/Schemas/urn:x/y"] {
        refused(&scim.get(path), 404, None);
    }
}

#[test]
fn a_slash_at_the_end_makes_no_difference() {
    let mut scim = Scim::rfc();
    let path = scim.named("a");
    assert_eq!(scim.shown(&format!("{path}/")), scim.shown(&path));
    assert_eq!(scim.shown("/Users/"), scim.shown("/Users"));
}

#[test]
fn a_method_that_is_not_known_is_405_with_those_that_are() {
    let mut scim = Scim::rfc();
    let path = scim.named("a");
    for (method, target) in [
        (Method::Put, "/Users"),
        (Method::Patch, "/Users"),
        (Method::Delete, "/Groups"),
        (Method::Post, path.as_str()),
        (Method::Get, "/Users/.search"),
        (Method::Post, "/"),
    ] {
        let answer = scim.send(method, target, Some(&json!({})));
        refused(&answer, 405, None);
        let allow = answer.headers.get("allow").unwrap();
        assert!(!allow.split(", ").any(|name| name == method.as_str()), "{method} {target}: {allow}");
    }
}

#[test]
fn head_is_get_and_options_names_the_methods() {
    let mut scim = Scim::rfc();
    let path = scim.named("a");
    // That the body of an answer to HEAD is not sent is HTTP's business; its length is told from it.
    assert_eq!(scim.send(Method::Head, &path, None), scim.get(&path));
    let options = scim.send(Method::Options, &path, None);
    assert_eq!((options.status, options.headers.get("allow")), (204, Some("GET, HEAD, PUT, PATCH, DELETE, OPTIONS")));
}

#[test]
fn what_is_not_supported_is_501() {
    let mut scim = Scim::with(json!({ "bulk": false }));
    refused(&scim.get("/Me"), 501, None);
    refused(&scim.post("/Bulk", json!({ "Operations": [] })), 501, None);
    assert_eq!(scim.shown("/ServiceProviderConfig")["bulk"]["supported"], false);
}

#[test]
fn an_id_that_does_not_exist_is_404_and_ids_are_exact() {
    let mut scim = Scim::rfc();
    let path = scim.user(json!({ "userName": "alice" }));
    for other in [
        path.to_uppercase().replace("/USERS", "/Users"),
        "/Users/alice".into(),
        "/Users/00000000-0000-4000-8000-000000000000".into(),
    ] {
        refused(&scim.get(&other), 404, None);
    }
}

#[test]
fn the_rate_limit_is_its_own_before_everything_else() {
    let mut scim = Scim::with(json!({ "rate-limit": { "requests": 1, "seconds": 10 } }));
    assert_eq!(scim.get("/Users").status, 200);
    let answer = scim.get("/Users");
    refused(&answer, 429, None);
    assert_eq!(answer.headers.get("retry-after"), Some("10"));
    scim.wait(10);
    assert_eq!(scim.get("/Users").status, 200);
}

#[test]
fn weather_hits_before_the_server_and_nothing_is_applied() {
    let mut scim = Scim::rfc();
    let weather = |kind| Action::Weather(Weather { times: 1, method: Some("POST".into()), path: None, kind });
    scim.control(weather(WeatherKind::Gateway(502))).unwrap();
    let user = json!({ "schemas": [USER], "userName": "u" });
    let page = scim.post("/Users", user.clone());
    assert_eq!((page.status, page.headers.get("content-type")), (502, Some("text/html; charset=utf-8")));
    scim.control(weather(WeatherKind::Drop)).unwrap();
    let request = scim.request(Method::Post, "/Users", Some(&user));
    assert_eq!(scim.tenant.handle(&request, scim.now), Reply::Drop);
    assert_eq!(scim.shown("/Users")["totalResults"], 0);
    body(&scim.post("/Users", user), 201);
}
