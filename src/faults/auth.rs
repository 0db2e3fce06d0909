//! `auth/`: credentials.

use serde_json::json;

use super::Fault;
use super::wrap::{Inner, answers, around, set_body};
use crate::http::{Method, Request};
use crate::server::Service;

pub(super) const FAULTS: &[Fault] = &[
    ("auth/error-body", error_body),
    ("auth/invalid-token-401", invalid_token),
    ("auth/missing-401", missing),
    ("auth/www-authenticate", www_authenticate),
];

/// The gateway in front answers for the application.
fn error_body(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if response.status == 401 {
            set_body(response, json!({ "message": "Unauthorized" }).to_string());
        }
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

fn let_in(server: &dyn Service, request: &Request) -> Request {
    let mut request = request.clone();
    request.headers.set("Authorization", format!("Bearer {}", server.token()));
    request
}

fn www_authenticate(inner: Inner) -> Inner {
    answers(inner, |_, response| response.headers.remove("WWW-Authenticate"))
}
