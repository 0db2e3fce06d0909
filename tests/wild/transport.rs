//! Answers that arrive broken, or not at all.

use std::time::Duration;

use scimulator::faults::wrap::{Inner, answers, around, id_of, is_below, is_list, refusal_until, set_body};
use scimulator::http::{Headers, Method, Request, Response};
use scimulator::server::Reply;
use serde_json::json;

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const DEFECTS: &[Defect] = &[
    breaks_an_idp("groups-are-cut-off", |inner| {
        answers(inner, |request, response| {
            if request.method == Method::Get && is_below(request, "/Groups") {
                let half = response.body.slice(..response.body.len() / 2);
                set_body(response, half);
            }
        })
    }),
    breaks_an_idp("long-lists-are-cut-off", |inner| {
        answers(inner, |request, response| {
            if is_list(request) && response.body.len() > 4096 {
                let start = response.body.slice(..4096);
                set_body(response, start);
            }
        })
    }),
    breaks_an_idp("a-byte-order-mark-everywhere", |inner| {
        answers(inner, |_, response| {
            if !response.body.is_empty() {
                let marked = [b"\xEF\xBB\xBF", &response.body[..]].concat();
                set_body(response, marked);
            }
        })
    }),
    breaks_an_idp("a-byte-order-mark-in-errors", |inner| {
        answers(inner, |_, response| {
            if response.status >= 400 {
                let marked = [b"\xEF\xBB\xBF", &response.body[..]].concat();
                set_body(response, marked);
            }
        })
    }),
    breaks_an_idp("the-length-of-a-user-is-that-of-its-characters-doubled", |inner| {
        raw(
            inner,
            |request| request.method == Method::Get && is_below(request, "/Users"),
            |answer| with_length(answer, answer.body.len() * 2),
        )
    }),
    breaks_an_idp("the-length-of-a-list-is-too-short", |inner| {
        raw(inner, is_list, |answer| with_length(answer, answer.body.len() - 10))
    }),
    breaks_an_idp("two-lengths-that-differ", |inner| {
        raw(
            inner,
            |request| request.method == Method::Put,
            |answer| {
                let body = String::from_utf8_lossy(&answer.body).into_owned();
                let length = body.len();
                format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nContent-Length: {}\r\n\r\n{body}", length + 2)
            },
        )
    }),
    breaks_an_idp("a-patch-drops-the-connection", |inner| {
        around(inner, |server, request, now| match server.handle(request, now) {
            Reply::Answer(_) if request.method == Method::Patch => Reply::Drop,
            reply => reply,
        })
    }),
    breaks_an_idp("every-delete-drops-the-connection", |inner| {
        around(inner, |server, request, now| match request.method {
            Method::Delete => Reply::Drop,
            _ => server.handle(request, now),
        })
    }),
    breaks_an_idp("a-bad-filter-drops-the-connection", |inner| {
        around(inner, |server, request, now| match server.handle(request, now) {
            Reply::Answer(answer) if answer.status == 400 && is_list(request) => Reply::Drop,
            reply => reply,
        })
    }),
    breaks_an_idp("a-group-never-comes", |inner| {
        around(inner, |server, request, now| match server.handle(request, now) {
            Reply::Answer(_) if request.method == Method::Get && request.path == "/Groups" => {
                Reply::Silence(Duration::from_secs(120))
            }
            reply => reply,
        })
    }),
    breaks_an_idp("a-chunk-has-no-size", |inner| {
        raw(
            inner,
            |request| request.method == Method::Get && id_of(request).is_some(),
            |answer| {
                let body = String::from_utf8_lossy(&answer.body).into_owned();
                format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{body}\r\n0\r\n\r\n")
            },
        )
    }),
    breaks_an_idp("the-last-chunk-is-missing", |inner| {
        raw(inner, is_list, |answer| {
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n", body.len())
        })
    }),
    breaks_an_idp("called-gzip-and-is-not", |inner| {
        answers(inner, |request, response| {
            if is_list(request) {
                response.headers.set("Content-Encoding", "gzip");
            }
        })
    }),
    breaks_an_idp("everything-is-called-gzip-and-nothing-is", |inner| {
        answers(inner, |_, response| response.headers.set("Content-Encoding", "gzip"))
    }),
    breaks_an_idp("the-charset-is-called-a-coding", |inner| {
        answers(inner, |_, response| response.headers.set("Content-Encoding", "UTF-8"))
    }),
    breaks_an_idp("every-address-wants-a-slash", |inner| {
        around(inner, |server, request, now| {
            if request.path.ends_with('/') {
                return server.handle(request, now);
            }
            let headers: Headers = [("Location", format!("{}/", request.path))].into_iter().collect();
            Reply::Answer(Response::new(301, headers, ""))
        })
    }),
    breaks_an_idp("a-list-of-users-is-throttled-for-ever", |inner| {
        around(inner, |server, request, now| {
            if !is_list(request) || !is_below(request, "/Users") {
                return server.handle(request, now);
            }
            refusal_until(429, "0")
        })
    }),
    breaks_an_idp("changes-of-groups-are-unavailable-for-ever", |inner| {
        around(inner, |server, request, now| {
            if request.method != Method::Patch || !is_below(request, "/Groups") {
                return server.handle(request, now);
            }
            refusal_until(503, "0")
        })
    }),
    breaks_an_idp("ids-are-numbers-in-lists", |inner| {
        answers(inner, |request, response| {
            let Some(mut body) = response.json().filter(|_| is_list(request)).cloned() else { return };
            for (at, resource) in body["Resources"].as_array_mut().into_iter().flatten().enumerate() {
                resource["id"] = (1000 + at).into();
            }
            set_body(response, body.to_string());
        })
    }),
    breaks_an_idp("a-crash-is-a-web-page", |inner| {
        answers(inner, |request, response| {
            if request.method == Method::Post && response.status == 409 {
                page(response, 500);
            }
        })
    }),
    breaks_an_idp("a-login-page-in-place-of-401", |inner| {
        answers(inner, |_, response| {
            if response.status == 401 {
                page(response, 200);
            }
        })
    }),
    breaks_an_idp("a-user-is-answered-in-latin-1", |inner| {
        answers(inner, |request, response| {
            let text = String::from_utf8_lossy(&response.body).into_owned();
            if is_below(request, "/Users") && request.method == Method::Get {
                let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
                set_body(response, latin);
            }
        })
    }),
    breaks_an_idp("a-number-that-is-none", |inner| {
        answers(inner, |request, response| {
            if is_list(request) {
                let text =
                    String::from_utf8_lossy(&response.body).replace("\"itemsPerPage\":0", "\"itemsPerPage\":NaN");
                set_body(response, text);
            }
        })
    }),
    breaks_an_idp("a-redirect-to-http-for-groups", |inner| {
        around(inner, |server, request, now| {
            if request.method == Method::Get && request.path == "/Groups" {
                let headers = Headers::from_iter([("Location", "http://scim.example.com/Groups/")]);
                return Reply::Answer(Response::new(301, headers, ""));
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-create-is-redirected", |inner| {
        around(inner, |server, request, now| {
            if request.method == Method::Post && request.path == "/Groups" {
                let headers = Headers::from_iter([("Location", "/Groups/")]);
                return Reply::Answer(Response::new(301, headers, ""));
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("something-follows-the-json", |inner| {
        answers(inner, |request, response| {
            if request.method == Method::Put && response.is_success() {
                let debug = [&response.body[..], b"<!-- 12 queries, 8 ms -->"].concat();
                set_body(response, debug);
            }
        })
    }),
    breaks_an_idp("a-warning-stands-before-the-json", |inner| {
        answers(inner, |request, response| {
            if request.method == Method::Patch && !response.body.is_empty() {
                let warned = [b"Warning: Undefined index: op in scim.php on line 12\n", &response.body[..]].concat();
                set_body(response, warned);
            }
        })
    }),
    breaks_an_idp("half-of-a-surrogate", |inner| {
        answers(inner, |request, response| {
            if is_below(request, "/Users") && request.method == Method::Get {
                let text =
                    String::from_utf8_lossy(&response.body).replace("\"displayName\":\"", "\"displayName\":\"\\ud83d");
                set_body(response, text);
            }
        })
    }),
    breaks_the_rfcs("a-deleted-user-has-a-body", |inner| {
        raw(
            inner,
            |request| request.method == Method::Delete,
            |_| "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnull".to_owned(),
        )
    }),
    breaks_an_idp("xml-for-groups", |inner| {
        answers(inner, |request, response| {
            if is_below(request, "/Groups") && response.is_success() && !response.body.is_empty() {
                set_body(response, "<?xml version=\"1.0\"?><Group/>");
                response.headers.set("Content-Type", "application/xml");
            }
        })
    }),
];

#[test]
fn every_broken_answer_is_found() {
    assert_found("transport", &json!({}), DEFECTS);
}

/// Writes successful answers to some requests by hand.
fn raw(inner: Inner, is_such: fn(&Request) -> bool, write: fn(&Response) -> String) -> Inner {
    around(inner, move |server, request, now| match server.handle(request, now) {
        Reply::Answer(answer) if answer.is_success() && is_such(request) => Reply::Raw(write(&answer).into()),
        reply => reply,
    })
}

fn with_length(answer: &Response, length: usize) -> String {
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/scim+json\r\nContent-Length: {length}\r\n\r\n{body}")
}

fn page(response: &mut Response, status: u16) {
    set_body(response, "<!DOCTYPE html><html><body><h1>Sorry</h1></body></html>");
    response.status = status;
    response.headers.set("Content-Type", "text/html");
}
