//! `auth/`: credentials.

use serde_json::json;
use time::OffsetDateTime;

use super::Fault;
use super::wrap::{Inner, answer_of, answers, around, is_below, requests, set_body};
use crate::control::{Action, ControlError, Report};
use crate::http::{Method, Request};
use crate::server::{Reply, Service};

pub(super) const FAULTS: &[Fault] = &[
    ("auth/bearer-challenge", bearer_challenge),
    ("auth/discovery-public", discovery_public),
    ("auth/error-body", error_body),
    ("auth/every-endpoint", every_endpoint),
    ("auth/exact-token", exact_token),
    ("auth/invalid-token-401", invalid_token),
    ("auth/missing-401", missing),
    ("auth/no-existence-oracle", no_existence_oracle),
    ("auth/no-stand-in", no_stand_in),
    ("auth/revoked-token", revoked_token),
    ("auth/scheme-case", scheme_case),
    ("auth/www-authenticate", www_authenticate),
];

/// The check sits in front of everything.
fn discovery_public(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_below(request, "/ServiceProviderConfig") && request.headers.get("authorization").is_none() {
            "/Users".clone_into(&mut request.path);
        }
    })
}

/// The gateway in front answers for the application.
fn error_body(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if response.status == 401 {
            set_body(response, json!({ "message": "Unauthorized" }).to_string());
        }
    })
}

/// Health checks of the machine itself need no token, and the proxy is asked who that is.
fn no_stand_in(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_local = request.headers.get("x-forwarded-for").is_some_and(|from| from.starts_with("127."));
        let request = if is_local { let_in(&*server, request) } else { request.clone() };
        server.handle(&request, now)
    })
}

/// That there is a token is checked, which one is not.
fn invalid_token(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let presented = request.headers.get("authorization").is_some();
        let request = if presented { let_in(&*server, request) } else { request.clone() };
        server.handle(&request, now)
    })
}

/// The check is on the routes that write.
fn missing(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let open = request.method == Method::Get && request.headers.get("authorization").is_none();
        let request = if open { let_in(&*server, request) } else { request.clone() };
        server.handle(&request, now)
    })
}

/// The groups came later, and nobody put them behind the door.
fn every_endpoint(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let request = if is_below(request, "/Groups") { let_in(&*server, request) } else { request.clone() };
        server.handle(&request, now)
    })
}

/// The first characters find the row, and nobody compares the rest.
fn exact_token(inner: Inner) -> Inner {
    const LOOKED_AT: usize = 12;
    around(inner, |server, request, now| {
        let start: Option<String> = bearer(request).map(|given| given.chars().take(LOOKED_AT).collect());
        let is_known = start.is_some_and(|start| start.len() == LOOKED_AT && server.token().starts_with(&start));
        let request = if is_known { let_in(&*server, request) } else { request.clone() };
        server.handle(&request, now)
    })
}

fn bearer(request: &Request) -> Option<&str> {
    request.headers.get("authorization")?.strip_prefix("Bearer ")
}

/// The user is loaded before the token is looked at.
fn no_existence_oracle(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_read = request.method == Method::Get && is_below(request, "/Users");
        if is_read && request.headers.get("authorization").is_none() {
            let trusted = server.handle(&let_in(&*server, request), now);
            if answer_of(trusted.clone()).is_some_and(|answer| answer.status == 404) {
                return trusted;
            }
        }
        server.handle(request, now)
    })
}

fn let_in(server: &dyn Service, request: &Request) -> Request {
    let mut request = request.clone();
    request.headers.set("Authorization", format!("Bearer {}", server.token()));
    request
}

fn www_authenticate(inner: Inner) -> Inner {
    answers(inner, |_, response| response.headers.remove("WWW-Authenticate"))
}

fn bearer_challenge(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if response.headers.get("www-authenticate").is_some() {
            response.headers.set("WWW-Authenticate", "Bearer");
        }
    })
}

/// A server that notes that a token is revoked and never looks there.
struct NeverRevokes(Inner);

impl Service for NeverRevokes {
    fn handle(&mut self, request: &Request, now: OffsetDateTime) -> Reply {
        self.0.handle(request, now)
    }

    fn control(&mut self, action: &Action, now: OffsetDateTime) -> Result<Report, ControlError> {
        match action {
            Action::RevokeToken => Ok(Report::default()),
            other => self.0.control(other, now),
        }
    }

    fn token(&self) -> String {
        self.0.token()
    }
}

fn revoked_token(inner: Inner) -> Inner {
    Box::new(NeverRevokes(inner))
}

fn scheme_case(inner: Inner) -> Inner {
    requests(inner, |request| {
        if request.headers.get("authorization").is_some_and(|value| !value.starts_with("Bearer ")) {
            request.headers.remove("Authorization");
        }
    })
}
