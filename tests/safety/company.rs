//! A target that stumbles while several scenarios are under way gets those again, alone.

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

#[test]
fn what_was_played_twice_is_removed_twice() {
    let endpoint = failing(1);
    let before = endpoint.content();
    run(&endpoint);
    assert_eq!(endpoint.content(), before);
}
