//! `http/`: bodies, media types and statuses.

use bytes::Bytes;
use serde_json::json;

use super::Fault;
use super::wrap::{Inner, answers, around, is_list, refusal, requests, set_body, set_status};
use crate::http::{Headers, Method, Request, Response};
use crate::scim::urn;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("http/accept-json", accept_json),
    ("http/accept-scim", accept_scim),
    ("http/allow", allow),
    ("http/charset-utf8", charset_utf8),
    ("http/complete-answer", complete_answer),
    ("http/content-coding", content_coding),
    ("http/content-type", content_type),
    ("http/empty-on-204", empty_on_204),
    ("http/json-object", json_object),
    ("http/method-not-allowed", method_not_allowed),
    ("http/no-5xx", no_5xx),
    ("http/no-duplicate-members", no_duplicate_members),
    ("http/no-redirect", no_redirect),
    ("http/query-encoding", query_encoding),
    ("http/redirect-code", redirect_code),
    ("http/media-type-case", media_type_case),
    ("http/request-media-type", request_media_type),
    ("http/scim-media-type", scim_media_type),
    ("http/unknown-endpoint", unknown_endpoint),
    ("http/unknown-query-param", unknown_query_param),
    ("http/unsupported-media-type", unsupported_media_type),
    ("http/user-agent-optional", user_agent_optional),
    ("http/version-segment", version_segment),
];

const PAGE: &str =
    "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>";

/// Text leaves in the database's encoding.
fn charset_utf8(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        let Ok(text) = String::from_utf8(response.body.to_vec()) else { return };
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
        set_body(response, latin);
        if !response.body.is_empty() {
            response.headers.set("Content-Type", "application/scim+json; charset=ISO-8859-1");
        }
    })
}

/// The worker of the long route dies while it writes.
fn complete_answer(inner: Inner) -> Inner {
    around(inner, |server, request, now| match server.handle(request, now) {
        Reply::Answer(answer) if request.method == Method::Get && request.path == "/Groups" => {
            let half = String::from_utf8_lossy(&answer.body[..answer.body.len() / 2]).into_owned();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/scim+json\r\nContent-Length: ";
            Reply::Raw(format!("{head}{}\r\n\r\n{half}", answer.body.len()).into())
        }
        reply => reply,
    })
}

fn content_type(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if !response.body.is_empty() {
            response.headers.set("Content-Type", "text/html; charset=utf-8");
        }
    })
}

fn scim_media_type(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if !response.body.is_empty() {
            response.headers.set("Content-Type", "application/json");
        }
    })
}

/// The framework's own page for what it cannot find.
fn json_object(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if response.status == 404 {
            *response = html(404);
        }
    })
}

fn html(status: u16) -> Response {
    let headers: Headers = [("Content-Type", "text/html; charset=utf-8")].into_iter().collect();
    Response::new(status, headers, PAGE)
}

/// A body by hand, because no HTTP library would send it.
fn empty_on_204(inner: Inner) -> Inner {
    around(inner, |server, request, now| match server.handle(request, now) {
        Reply::Answer(response) if response.status == 204 => Reply::Raw(Bytes::from_static(
            b"HTTP/1.1 204 No Content\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{\"ok\":true}",
        )),
        reply => reply,
    })
}

/// What the handler cannot read, it throws.
fn no_5xx(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if response.status == 400 && request.method.writes() {
            set_status(response, 500);
            let body = json!({
                "schemas": [urn::ERROR],
                "status": "500",
                "detail": "Internal Server Error",
            });
            set_body(response, body.to_string());
        }
    })
}

/// Two layers write the attribute, one of them in lower case.
fn no_duplicate_members(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if let Ok(text) = std::str::from_utf8(&response.body) {
            let doubled = text.replace(r#""displayName":"#, r#""displayname":null,"displayName":"#);
            set_body(response, doubled);
        }
    })
}

/// Only percent escapes are decoded; a plus stays a plus.
fn query_encoding(inner: Inner) -> Inner {
    requests(inner, |request| request.query = request.query.take().map(|query| query.replace('+', "%2B")))
}

fn redirect_code(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if response.status == 401 && request.method.writes() {
            let headers: Headers = [("Location", "/login")].into_iter().collect();
            *response = Response::new(302, headers, "");
        }
    })
}

/// A firewall takes requests without User-Agent for bots.
fn user_agent_optional(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if request.headers.get("user-agent").is_none_or(str::is_empty) && request.method != Method::Delete {
            return Reply::Answer(html(403));
        }
        server.handle(request, now)
    })
}

fn accept(request: &Request) -> &str {
    request.headers.get("accept").unwrap_or_default()
}

/// The field is compared with one text.
fn accept_scim(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if accept(request).contains(';') {
            return refusal(406, None, "Only application/scim+json is served.");
        }
        server.handle(request, now)
    })
}

fn accept_json(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if accept(request) == "application/json" {
            return refusal(406, None, "Only application/scim+json is served.");
        }
        server.handle(request, now)
    })
}

/// Labels are looked up in a table as they come.
fn media_type_case(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let in_capitals = |label: &str| label.contains("SCIM+JSON");
        if request.headers.get("content-type").is_some_and(in_capitals) {
            return refusal(415, None, "The media type is not known.");
        }
        if request.headers.get("accept").is_some_and(in_capitals) {
            return refusal(406, None, "No such representation.");
        }
        server.handle(request, now)
    })
}

/// The label is compared with one text.
fn request_media_type(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if request.headers.get("content-type").is_some_and(|label| label.contains(';')) {
            return refusal(415, None, "Only application/scim+json is read.");
        }
        server.handle(request, now)
    })
}

fn unsupported_media_type(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if request.headers.get("content-type") == Some("text/plain") {
            return refusal(500, None, "Internal Server Error");
        }
        server.handle(request, now)
    })
}

fn unknown_query_param(inner: Inner) -> Inner {
    const KNOWN: [&str; 7] =
        ["filter", "startIndex", "count", "sortBy", "sortOrder", "attributes", "excludedAttributes"];
    around(inner, |server, request, now| {
        let pairs = request.query.as_deref().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let mut names = pairs.map(|pair| pair.split('=').next().unwrap_or_default());
        match names.find(|name| !KNOWN.contains(name)) {
            Some(name) => refusal(400, Some("invalidValue"), &format!("There is no parameter `{name}`.")),
            None => server.handle(request, now),
        }
    })
}

fn method_not_allowed(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        response.headers.remove("Allow");
    })
}

/// What the router knows, not what this route does.
fn allow(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if response.status == 405 {
            response.headers.set("Allow", "GET, POST, PUT, PATCH, DELETE");
        }
    })
}

/// A proxy unpacks what the server has packed, and leaves the field.
fn content_coding(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if is_list(request) {
            response.headers.set("Content-Encoding", "gzip");
        }
    })
}

/// Routes of the web framework end with a slash.
fn no_redirect(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if is_list(request) && request.path == "/Groups" {
            let headers: Headers = [("Location", "/Groups/")].into_iter().collect();
            return Reply::Answer(Response::new(301, headers, ""));
        }
        server.handle(request, now)
    })
}

/// Whatever no route takes is shown the app.
fn unknown_endpoint(inner: Inner) -> Inner {
    const KNOWN: [&str; 6] = ["Users", "Groups", "ServiceProviderConfig", "ResourceTypes", "Schemas", "Bulk"];
    answers(inner, |request, response| {
        let first = request.path.trim_start_matches('/').split('/').next().unwrap_or_default();
        if response.status == 404 && !KNOWN.contains(&first) {
            *response = html(200);
        }
    })
}

/// The route is `/scim/{version}/Users`, and nobody reads the version.
fn version_segment(inner: Inner) -> Inner {
    requests(inner, |request| {
        let beside =
            request.path.strip_prefix("/../").and_then(|beside| beside.find('/').map(|at| beside[at..].to_owned()));
        if let Some(path) = beside {
            request.path = path;
        }
    })
}
