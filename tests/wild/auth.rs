//! Doors that stand open, or stay shut.

use scimulator::faults::wrap::{Inner, answers, around, is_below, refusal, set_body, set_status};
use scimulator::http::{Headers, Method, Request, Response};
use scimulator::server::{Reply, Service};
use serde_json::json;

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const DEFECTS: &[Defect] = &[
    breaks_the_rfcs("any-token-reads-groups", |inner| {
        open(inner, |request, _| presented(request) && request.method == Method::Get && is_below(request, "/Groups"))
    }),
    breaks_the_rfcs("any-token-deletes", |inner| {
        open(inner, |request, _| presented(request) && request.method == Method::Delete)
    }),
    breaks_the_rfcs("any-token-patches", |inner| {
        open(inner, |request, _| presented(request) && request.method == Method::Patch)
    }),
    breaks_the_rfcs("any-token-creates", |inner| {
        open(inner, |request, _| presented(request) && request.method == Method::Post)
    }),
    breaks_the_rfcs("the-beginning-of-the-token-will-do", |inner| {
        open(inner, |request, token| given(request).is_some_and(|given| given.len() > 8 && token.starts_with(given)))
    }),
    breaks_the_rfcs("the-last-letter-of-the-token-is-any", |inner| {
        open(inner, |request, token| {
            given(request)
                .is_some_and(|given| given.len() == token.len() && given[1..].starts_with(&token[1..token.len() - 1]))
        })
    }),
    breaks_the_rfcs("a-name-from-the-proxy-will-do", |inner| {
        open(inner, |request, _| request.headers.get("x-forwarded-user").is_some())
    }),
    breaks_the_rfcs("a-longer-token-will-do", |inner| {
        open(inner, |request, token| given(request).is_some_and(|given| given.starts_with(token)))
    }),
    breaks_the_rfcs("the-token-in-any-case", |inner| {
        open(inner, |request, token| given(request).is_some_and(|given| given.eq_ignore_ascii_case(token)))
    }),
    breaks_the_rfcs("groups-are-public", |inner| {
        open(inner, |request, _| !presented(request) && request.method == Method::Get && is_below(request, "/Groups"))
    }),
    breaks_the_rfcs("a-patch-needs-no-token", |inner| {
        open(inner, |request, _| !presented(request) && request.method == Method::Patch)
    }),
    breaks_the_rfcs("groups-are-written-without-a-token", |inner| {
        open(inner, |request, _| !presented(request) && request.method.writes() && is_below(request, "/Groups"))
    }),
    breaks_the_rfcs("a-search-needs-no-token", |inner| {
        open(inner, |request, _| !presented(request) && request.path.ends_with("/.search"))
    }),
    breaks_the_rfcs("a-create-without-a-token-is-refused-and-done", |inner| {
        around(inner, |server, request, now| {
            if request.method == Method::Post && !presented(request) {
                server.handle(&let_in(server, request), now);
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-wrong-token-is-403", |inner| refused(inner, |response| set_status(response, 403))),
    breaks_an_idp("a-wrong-token-is-500", |inner| refused(inner, |response| set_status(response, 500))),
    breaks_an_idp("a-wrong-token-is-404", |inner| refused(inner, |response| set_status(response, 404))),
    breaks_an_idp("a-wrong-token-is-an-empty-list", |inner| {
        refused(inner, |response| {
            let list = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0,
                "Resources": [], "startIndex": 1, "itemsPerPage": 0 });
            response.status = 200;
            set_body(response, list.to_string());
        })
    }),
    breaks_an_idp("a-wrong-token-leads-to-the-login", |inner| {
        refused(inner, |response| {
            *response = Response::new(302, Headers::from_iter([("Location", "/login")]), "");
        })
    }),
    breaks_an_idp("a-wrong-token-has-an-empty-body", |inner| refused(inner, |response| set_body(response, ""))),
    breaks_an_idp("no-token-is-400", |inner| {
        answers(inner, |request, response| {
            if response.status == 401 && !presented(request) {
                set_status(response, 400);
            }
        })
    }),
    breaks_the_rfcs("the-challenge-is-empty", |inner| {
        refused(inner, |response| response.headers.set("WWW-Authenticate", ""))
    }),
    breaks_the_rfcs("who-is-unknown-is-told-without-a-token", |inner| {
        around(inner, |server, request, now| {
            let looks = !presented(request) && request.method == Method::Get && is_below(request, "/Users");
            if looks && is_missing(server, request, now) {
                return refusal(404, None, "There is no such user.");
            }
            server.handle(request, now)
        })
    }),
    breaks_the_rfcs("bulk-needs-no-token", |inner| open(inner, |request, _| request.path == "/Bulk")),
    breaks_the_rfcs("a-search-of-everything-needs-no-token", |inner| {
        open(inner, |request, _| request.path == "/.search")
    }),
    breaks_the_rfcs("a-slash-at-the-end-needs-no-token", |inner| open(inner, |request, _| request.path == "/Users/")),
];

#[test]
fn every_open_door_is_found() {
    assert_found("auth", &json!({}), DEFECTS);
}

fn presented(request: &Request) -> bool {
    request.headers.get("authorization").is_some()
}

/// The bearer token that was sent.
fn given(request: &Request) -> Option<&str> {
    request.headers.get("authorization")?.strip_prefix("Bearer ")
}

fn let_in(server: &dyn Service, request: &Request) -> Request {
    let mut request = request.clone();
    request.headers.set("Authorization", format!("Bearer {}", server.token()));
    request
}

/// Lets some requests in, whatever their token; the second text is the right one.
fn open(inner: Inner, is_such: fn(&Request, &str) -> bool) -> Inner {
    around(inner, move |server, request, now| {
        if is_such(request, &server.token()) {
            return server.handle(&let_in(server, request), now);
        }
        server.handle(request, now)
    })
}

/// Edits what answers a token that is not valid.
fn refused(inner: Inner, edit: fn(&mut Response)) -> Inner {
    answers(inner, move |request, response| {
        if response.status == 401 && presented(request) {
            edit(response);
        }
    })
}

fn is_missing(server: &mut dyn Service, request: &Request, now: time::OffsetDateTime) -> bool {
    let asked = let_in(server, request);
    matches!(server.handle(&asked, now), Reply::Answer(answer) if answer.status == 404)
}
