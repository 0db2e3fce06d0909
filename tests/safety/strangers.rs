//! What the run did not create is never changed or deleted.

use scimulator::http::{Method, Request};

use super::endpoint::Endpoint;
use crate::binary::{Binary, Said};

fn run(endpoint: &Endpoint, select: &[&str]) -> Said {
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    binary.run(&[&["run", "--target", endpoint.url()], select].concat())
}

#[test]
fn a_run_leaves_a_target_as_it_found_it() {
    let endpoint = Endpoint::new();
    let before = endpoint.content();
    let said = run(&endpoint, &["lifecycle/*", "membership/*", "conflict/*", "patch/*", "delete/*"]);
    assert!(said.code < 2, "{said:#?}");
    let writes = endpoint.seen().iter().filter(|request| request.method.writes()).count();
    assert!(writes > 200, "it did something: {writes} writes");
    assert_eq!(endpoint.content(), before);
}

#[test]
fn a_lookup_that_shows_a_stranger_ends_the_scenario_before_anything_is_written_to_him() {
    let endpoint = Endpoint::broken(&["filter/never-ignored"]);
    let before = endpoint.content();
    let said = run(&endpoint, &["lifecycle/create", "lifecycle/update-name", "membership/create"]);
    assert_eq!(endpoint.content(), before);
    assert_eq!(said.code, 1, "{said:#?}");
    assert!(said.stdout.contains("filter/never-ignored"), "{said:#?}");
}

#[test]
fn a_scenario_that_asks_for_it_is_refused_by_the_engine() {
    let text = "title: T\nsteps:\n  - list: { path: /Users, count: 1 }\n    as: all\n  - request: { DELETE: '/Users/${all.body.Resources.0.id}' }\n";
    let endpoint = Endpoint::new();
    let before = endpoint.content();
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token()).file("own/x/delete.yaml", text);
    let said = binary.run(&["run", "x/delete", "--scenarios", "own", "--target", endpoint.url()]);
    assert!(said.stdout.contains("a resource that this run did not create"), "{said:#?}");
    assert!(!endpoint.seen().iter().any(|request| request.method == Method::Delete));
    assert_eq!(endpoint.content(), before);
}

#[test]
fn everything_created_carries_the_mark() {
    let endpoint = Endpoint::new();
    run(&endpoint, &["lifecycle/*", "membership/*"]);
    let seen = endpoint.seen();
    let bodies = seen.iter().filter(|request| request.method == Method::Post).filter_map(Request::json);
    let names: Vec<String> = bodies
        .filter_map(|body| body.get("userName").or(body.get("displayName"))?.as_str().map(str::to_lowercase))
        .collect();
    assert!(names.len() > 20, "{names:?}");
    assert!(names.iter().all(|name| name.contains("scimulator-")), "{names:?}");
}
