//! Who is let in (RFC 7644 §2, RFC 6750 §3), and the life of the token.

use scimulator::control::{Action, ControlError};
use scimulator::http::{Method, Request, Response};
use serde_json::json;

use super::support::{Scim, refused};

fn as_bearer(scim: &mut Scim, credentials: Option<&str>, method: Method, path: &str) -> Response {
    let request = Request::new(method, path);
    scim.raw(&match credentials {
        Some(credentials) => request.with_header("Authorization", credentials),
        None => request,
    })
}

#[test]
fn nothing_is_told_or_done_without_the_token() {
    let mut scim = Scim::rfc();
    let path = scim.named("a");
    let before = scim.shown(&path);
    for credentials in [None, Some("Bearer wrong"), Some("non-token"), Some("Bearer"), Some("Basic ???")] {
        for target in ["/Users", &path, "/Users/00000000-0000-4000-8000-000000000000", "/Nope"] {
            for method in [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete] {
                let answer = as_bearer(&mut scim, credentials, method, target);
                refused(&answer, 401, None);
                let challenge = answer.headers.get("www-authenticate").unwrap();
                assert!(challenge.starts_with("Bearer realm="), "{challenge}");
                assert_eq!(challenge.contains("invalid_token"), credentials.is_some());
            }
        }
    }
    assert_eq!(scim.shown(&path), before);
}

#[test]
fn the_name_of_the_scheme_has_no_case() {
    let mut scim = Scim::rfc();
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let credentials = format!("{scheme} {}", scimulator::server::Service::token(&scim.tenant));
        assert_eq!(as_bearer(&mut scim, Some(&credentials), Method::Get, "/Users").status, 200, "{scheme}");
    }
}

#[test]
fn how_to_authenticate_can_be_read_by_who_cannot_yet() {
    let mut open = Scim::rfc();
    assert_eq!(as_bearer(&mut open, None, Method::Get, "/ServiceProviderConfig").status, 200);
    assert_eq!(as_bearer(&mut open, Some("Bearer wrong"), Method::Get, "/ServiceProviderConfig").status, 401);
    assert_eq!(as_bearer(&mut open, None, Method::Get, "/Schemas").status, 401);
    let mut closed = Scim::with(json!({ "public-discovery": false }));
    assert_eq!(as_bearer(&mut closed, None, Method::Get, "/ServiceProviderConfig").status, 401);
}

#[test]
fn a_dead_token_is_told_why_and_a_new_one_works() {
    for (end, word) in [(Action::RevokeToken, "revoked"), (Action::ExpireToken, "expired")] {
        let mut scim = Scim::rfc();
        let old = format!("Bearer {}", scimulator::server::Service::token(&scim.tenant));
        scim.control(end).unwrap();
        assert!(refused(&as_bearer(&mut scim, Some(&old), Method::Get, "/Users"), 401, None).contains(word));
        let new = scim.control(Action::NewToken).unwrap().token.unwrap();
        assert_eq!(as_bearer(&mut scim, Some(&format!("Bearer {new}")), Method::Get, "/Users").status, 200);
        assert_eq!(as_bearer(&mut scim, Some(&old), Method::Get, "/Users").status, 401, "the old one stays dead");
    }
}

#[test]
fn a_token_ends_with_its_days() {
    let mut scim = Scim::with(json!({ "token-days": 30 }));
    scim.named("a");
    scim.wait(30 * 24 * 60 * 60);
    refused(&scim.get("/Users"), 401, None);
}

#[test]
fn a_deleted_configuration_serves_nothing_until_it_is_set_up_again() {
    let mut scim = Scim::rfc();
    let path = scim.named("a");
    let old = format!("Bearer {}", scimulator::server::Service::token(&scim.tenant));
    scim.control(Action::DeleteConfiguration).unwrap();
    refused(&scim.get(&path), 401, None);
    assert_eq!(as_bearer(&mut scim, None, Method::Get, "/ServiceProviderConfig").status, 401);
    assert!(matches!(scim.control(Action::NewToken), Err(ControlError::Refused(_))), "a token needs a configuration");
    assert!(scim.control(Action::SetUpAgain).unwrap().token.is_some());
    scim.shown(&path);
    assert_eq!(as_bearer(&mut scim, Some(&old), Method::Get, "/Users").status, 401);
}
