//! Correct servers whose answers travel otherwise: other headers, other framing, a bad minute.

use scimulator::faults::wrap::{Inner, answers, around, edit_json, refusal_until};
use scimulator::http::{Method, Response};
use scimulator::server::Reply;
use serde_json::{Value, json};

use crate::bench::assert_correct;

/// Around the server with the usual settings.
fn correct(around: fn(Inner) -> Inner) {
    assert_correct(&json!({}), around);
}

#[test]
fn a_json_type_for_who_asks_for_json() {
    correct(|server| {
        answers(server, |request, response| {
            let accept = request.headers.get("accept").unwrap_or_default();
            if accept.contains("application/json") && !accept.contains("scim+json") && !response.body.is_empty() {
                response.headers.set("Content-Type", "application/json; charset=utf-8");
            }
        })
    });
}

#[test]
fn the_charset_is_in_capitals_and_quotation_marks() {
    correct(|server| {
        answers(server, |_, response| {
            if response.headers.get("content-type").is_some() {
                response.headers.set("Content-Type", "Application/SCIM+JSON;charset=\"UTF-8\"");
            }
        })
    });
}

#[test]
fn header_names_are_in_lower_case_and_many() {
    correct(lower_case_headers);
}

/// RFC 9110 §5.1: names of header fields have no case, and there may be any number of others.
pub fn lower_case_headers(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        let pairs: Vec<_> =
            response.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        response.headers = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        for (name, value) in [
            ("cache-control", "no-store"),
            ("vary", "Accept, Authorization"),
            ("set-cookie", "session=1; HttpOnly"),
            ("x-request-id", "7f3a"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            response.headers.push(name, value);
        }
    })
}

#[test]
fn bodies_come_in_chunks() {
    correct(chunked);
}

/// RFC 9112 §7.1: chunks of any size, the connection closed afterwards.
pub fn chunked(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let response = match server.handle(request, now) {
            Reply::Answer(response) if !response.body.is_empty() && request.method != Method::Head => response,
            other => return other,
        };
        let mut bytes = head(&response);
        bytes.extend(b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
        for chunk in response.body.chunks(700) {
            bytes.extend(format!("{:x}\r\n", chunk.len()).bytes());
            bytes.extend(chunk);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"0\r\n\r\n");
        Reply::Raw(bytes.into())
    })
}

/// The status line and all header fields but the length.
fn head(response: &Response) -> Vec<u8> {
    let fields = response.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-length"));
    let lines = fields.map(|(name, value)| format!("{name}: {value}\r\n"));
    [format!("HTTP/1.1 {} X\r\n", response.status)].into_iter().chain(lines).collect::<String>().into_bytes()
}

#[test]
fn a_connection_closes_now_and_then_and_nothing_says_so() {
    correct(|inner| {
        let mut count = 0;
        around(inner, move |server, request, now| {
            count += 1;
            match server.handle(request, now) {
                Reply::Answer(response) if count % 7 == 0 => Reply::Raw(last_of_its_connection(&response).into()),
                reply => reply,
            }
        })
    });
}

/// RFC 9112 §9.5: either side may close a connection that is idle at any time.
fn last_of_its_connection(response: &Response) -> Vec<u8> {
    let mut bytes = head(response);
    if response.status != 204 && response.status != 304 {
        bytes.extend(format!("Content-Length: {}\r\n", response.body.len()).bytes());
    }
    bytes.extend(b"\r\n");
    bytes.extend(&response.body);
    bytes
}

#[test]
fn twice_in_a_run_it_is_busy() {
    correct(|server| busy_at(server, &[9, 60], || refusal_until(429, "1")));
}

/// Answers some requests, counted from the first, with something else.
pub fn busy_at(inner: Inner, places: &'static [usize], instead: fn() -> Reply) -> Inner {
    let mut count = 0;
    around(inner, move |server, request, now| {
        count += 1;
        if places.contains(&count) { instead() } else { server.handle(request, now) }
    })
}

/// Now and then 429, as products with a limit do.
pub fn now_and_then_429(inner: Inner) -> Inner {
    busy_at(inner, &[25, 150, 400, 800], || refusal_until(429, "1"))
}

fn versions(value: &mut Value, write: fn(&str) -> String) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| versions(item, write)),
        Value::Object(members) => {
            if let Some(Value::String(version)) = members.get_mut("meta").and_then(|meta| meta.get_mut("version")) {
                *version = write(version);
            }
            members.values_mut().for_each(|member| versions(member, write));
        }
        _ => {}
    }
}

#[test]
fn once_in_a_run_it_is_being_maintained_and_connections_are_closed_after_every_answer() {
    correct(|server| {
        let server = busy_at(server, &[30], || refusal_until(503, "1"));
        answers(server, |_, response| response.headers.push("Connection", "close"))
    });
}

// A date in Retry-After is legal (RFC 9110 §10.2.3), but Okta reads seconds only: `rate/retry-after` is Okta's error.

#[test]
fn tags_are_strong_and_answers_tell_where_they_are_from() {
    correct(|server| located(strong_tags(server)));
}

fn strong_tags(inner: Inner) -> Inner {
    let strong = |text: &str| text.trim_start_matches("W/").to_owned();
    answers(inner, move |_, response| {
        if let Some(tag) = response.headers.get("etag").map(strong) {
            response.headers.set("ETag", tag);
        }
        edit_json(response, |_, body| versions(body, strong));
    })
}

/// RFC 9110 §8.7: what the body represents has an address.
fn located(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        let location = response.json().and_then(|body| body["meta"]["location"].as_str().map(str::to_owned));
        if let Some(location) = location.filter(|_| response.is_success() && request.query.is_none()) {
            response.headers.push("Content-Location", location);
        }
    })
}
