//! A target that stumbles while several scenarios are under way gets those again, alone.

use std::time::Duration;

use scimulator::http::{Headers, Method, Response};
use scimulator::server::Reply;

use super::endpoint::{Endpoint, Turn};
use crate::binary::Binary;

/// An endpoint whose first creates fail, as many as given.
fn failing(times: usize) -> Endpoint {
    let mut left = times;
    Endpoint::watched(
        &[],
        Box::new(move |_, request| {
            if request.method != Method::Post || left == 0 {
                return Turn::Server;
            }
            left -= 1;
            Turn::instead_if(true, || Reply::Answer(Response::new(500, Headers::new(), "")))
        }),
    )
}

const TWO: [&str; 6] = ["run", "lifecycle/create", "--idp", "okta,entra", "--jobs", "2"];

fn run(endpoint: &Endpoint) -> crate::binary::Said {
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let arguments: Vec<&str> = TWO.into_iter().chain(["--target", endpoint.url()]).collect();
    binary.run(&arguments)
}

#[test]
fn what_passes_alone_is_told_as_a_note() {
    let said = run(&failing(1));
    assert_eq!(said.code, 0, "{said:#?}");
    assert!(said.stdout.contains("fails when several requests come at once"), "{said:#?}");
}

#[test]
fn what_fails_alone_too_is_a_finding() {
    let said = run(&failing(100));
    assert_eq!(said.code, 1, "{said:#?}");
    assert!(!said.stdout.contains("fails when several requests come at once"), "{said:#?}");
}

/// A server with one thread answers one connection and leaves the others waiting.
#[test]
fn silence_in_company_is_asked_about_alone() {
    let mut left = 1;
    let endpoint = Endpoint::watched(
        &[],
        Box::new(move |_, request| {
            let is_lookup = request.query.as_deref().is_some_and(|query| query.contains("filter="));
            if !is_lookup || left == 0 {
                return Turn::Server;
            }
            left -= 1;
            Turn::Instead(Reply::Late(Duration::from_secs(3), Response::new(200, Headers::new(), "{}")))
        }),
    );
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let arguments: Vec<&str> = TWO.into_iter().chain(["--timeout", "1", "--target", endpoint.url()]).collect();
    let said = binary.run(&arguments);
    assert_eq!(said.code, 0, "{said:#?}");
    assert!(said.stdout.contains("fails when several requests come at once"), "{said:#?}");
}

#[test]
fn what_was_played_twice_is_removed_twice() {
    let endpoint = failing(1);
    let before = endpoint.content();
    run(&endpoint);
    assert_eq!(endpoint.content(), before);
}

/// Every third create of its crowd of a hundred users meets a limit.
#[test]
fn whoever_of_a_crowd_came_at_a_bad_moment_is_made_alone() {
    let mut creates = 0;
    let endpoint = Endpoint::watched(
        &[],
        Box::new(move |_, request| {
            creates += usize::from(request.method == Method::Post);
            let busy = if creates % 2 == 0 { 503 } else { 429 };
            let reply = || Reply::Answer(Response::new(busy, Headers::from_iter([("Retry-After", "0")]), ""));
            Turn::instead_if(request.method == Method::Post && creates > 1 && creates % 3 == 0, reply)
        }),
    );
    let before = endpoint.content();
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let said = binary.run(&["run", "group/hundred-members", "--jobs", "8", "--target", endpoint.url()]);
    assert_eq!(said.code, 0, "{said:#?}");
    assert!(said.stdout.contains("1 passed"), "{said:#?}");
    assert_eq!(endpoint.content(), before);
}
