//! Wrong header fields, in answers and in what is asked of requests.

use scimulator::faults::wrap::{Inner, answers, around, is_below, is_list, refusal};
use scimulator::http::{Method, Request};
use serde_json::json;

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const DEFECTS: &[Defect] = &[
    breaks_the_rfcs("a-new-group-has-no-location", |inner| {
        answers(inner, |request, response| {
            if is_below(request, "/Groups") {
                response.headers.remove("Location");
            }
        })
    }),
    breaks_the_rfcs("location-is-that-of-the-old-api", |inner| {
        locations(inner, |location| location.replace("/Users/", "/api/v1/people/"))
    }),
    breaks_the_rfcs("location-names-the-machine-inside", |inner| {
        locations(inner, |location| {
            let path = location.splitn(4, '/').nth(3).unwrap_or_default().to_owned();
            format!("http://10.0.0.5:8080/{path}")
        })
    }),
    breaks_the_rfcs("location-ends-in-undefined", |inner| {
        locations(inner, |location| {
            location.rsplit_once('/').map_or_else(String::new, |(start, _)| format!("{start}/undefined"))
        })
    }),
    breaks_the_rfcs("location-names-the-other-collection", |inner| {
        locations(inner, |location| location.replace("/Groups/", "/Users/"))
    }),
    breaks_the_rfcs("location-is-empty", |inner| locations(inner, |_| String::new())),
    breaks_the_rfcs("the-location-of-a-put-is-the-collection", |inner| {
        answers(inner, |request, response| {
            if request.method == Method::Put && response.status == 200 {
                response.headers.set("Location", "/Users");
            }
        })
    }),
    breaks_an_idp("lists-are-labelled-text", |inner| {
        answers(inner, |request, response| {
            if is_list(request) {
                response.headers.set("Content-Type", "text/plain; charset=utf-8");
            }
        })
    }),
    breaks_an_idp("no-label-at-all", |inner| answers(inner, |_, response| response.headers.remove("Content-Type"))),
    breaks_the_rfcs("errors-are-labelled-as-web-pages", |inner| {
        answers(inner, |_, response| {
            if response.status >= 400 {
                response.headers.set("Content-Type", "text/html");
            }
        })
    }),
    breaks_the_rfcs("users-are-labelled-plain-json", |inner| {
        answers(inner, |request, response| {
            if is_below(request, "/Users") && !response.body.is_empty() {
                response.headers.set("Content-Type", "application/json; charset=utf-8");
            }
        })
    }),
    breaks_an_idp("the-label-names-another-charset", |inner| {
        answers(inner, |_, response| {
            if !response.body.is_empty() {
                response.headers.set("Content-Type", "application/scim+json; charset=iso-8859-1");
            }
        })
    }),
    breaks_the_rfcs("no-challenge-when-the-token-is-wrong", |inner| {
        answers(inner, |request, response| {
            if request.headers.get("authorization").is_some() {
                response.headers.remove("WWW-Authenticate");
            }
        })
    }),
    breaks_an_idp("a-read-without-content-type-is-415", |inner| {
        asked(inner, 415, |request| request.method == Method::Get && request.headers.get("content-type").is_none())
    }),
    breaks_an_idp("no-accept-is-406", |inner| {
        asked(inner, 406, |request| request.headers.get("accept").is_none_or(|accept| accept == "*/*"))
    }),
    breaks_an_idp("a-charset-in-accept-is-400", |inner| {
        asked(inner, 400, |request| request.headers.get("accept").is_some_and(|accept| accept.contains("charset")))
    }),
    breaks_an_idp("accept-charset-is-406", |inner| {
        asked(inner, 406, |request| request.headers.get("accept-charset").is_some())
    }),
    breaks_an_idp("a-patch-with-a-charset-is-415", |inner| {
        asked(inner, 415, |request| {
            request.method == Method::Patch
                && request.headers.get("content-type").is_some_and(|label| label.contains("charset"))
        })
    }),
    breaks_the_rfcs("a-body-labelled-plain-json-is-415", |inner| {
        asked(inner, 415, |request| {
            request.body.is_some()
                && request.headers.get("content-type").is_some_and(|label| label.starts_with("application/json"))
        })
    }),
    breaks_the_rfcs("allow-names-what-was-refused", |inner| {
        answers(inner, |request, response| {
            if response.status == 405 {
                response.headers.set("Allow", format!("GET, {}", request.method));
            }
        })
    }),
];

#[test]
fn every_wrong_header_is_found() {
    assert_found("headers", &json!({}), DEFECTS);
}

fn locations(inner: Inner, edit: fn(&str) -> String) -> Inner {
    answers(inner, move |request, response| {
        if request.method == Method::Post
            && let Some(location) = response.headers.get("location").map(edit)
        {
            response.headers.set("Location", location);
        }
    })
}

fn asked(inner: Inner, status: u16, is_such: fn(&Request) -> bool) -> Inner {
    around(inner, move |server, request, now| {
        if is_such(request) {
            return refusal(status, None, "The request has the wrong header fields.");
        }
        server.handle(request, now)
    })
}
