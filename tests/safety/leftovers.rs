//! What cannot be removed is told, and an id that was given out again is not ours any more.

use scimulator::http::{Base, Headers, Method, Response};
use scimulator::run::journal::Journal;
use scimulator::server::Reply;

use super::endpoint::{Endpoint, Turn};
use crate::binary::Binary;

fn journals(binary: &Binary) -> usize {
    std::fs::read_dir(binary.folder().join("state/scimulator")).unwrap().count()
}

#[test]
fn what_cannot_be_removed_is_told_and_stays_in_the_journal() {
    let endpoint = Endpoint::watched(
        &[],
        Box::new(|_, request| {
            Turn::instead_if(request.method == Method::Delete, || Reply::Answer(Response::new(403, Headers::new(), "")))
        }),
    );
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let said = binary.run(&["run", "lifecycle/create", "--target", endpoint.url()]);
    assert!(said.stdout.contains("of /Users (DELETE answers 403)"), "{said:#?}");
    assert!(said.stdout.contains("scimulator clean"), "{said:#?}");
    assert_eq!(journals(&binary), 1);
}

#[test]
fn what_an_earlier_run_left_is_not_met_again_by_one_with_its_seed() {
    let endpoint = Endpoint::watched(
        &[],
        Box::new(|_, request| {
            Turn::instead_if(request.method == Method::Delete, || Reply::Answer(Response::new(405, Headers::new(), "")))
        }),
    );
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    for _ in 0..2 {
        let said = binary.run(&["run", "lifecycle/create", "--seed", "5", "--target", endpoint.url()]);
        assert_eq!(said.code, 0, "{said:#?}");
    }
}

/// A journal that says this run created the boss.
fn journal_of(endpoint: &Endpoint, binary: &Binary, path: &str) {
    let base = Base::parse(endpoint.url()).unwrap();
    let journal = Journal::open(&binary.folder().join("state/scimulator"), "scimulator-old000-", &base).unwrap();
    let intent = journal.intend(Method::Post, "/Users", Some("scimulator-old000-001-x")).unwrap();
    journal.created(intent, path).unwrap();
}

#[test]
fn an_id_that_belongs_to_somebody_else_by_now_is_left_alone() {
    let endpoint = Endpoint::new();
    let before = endpoint.content();
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let boss = before["users"][0]["id"].as_str().unwrap();
    journal_of(&endpoint, &binary, &format!("/Users/{boss}"));
    let said = binary.run(&["clean", "--yes"]);
    assert_eq!(said.code, 3, "{said:#?}");
    assert!(said.stdout.contains("no longer carries the run's mark"), "{said:#?}");
    assert_eq!(endpoint.content(), before);
}

#[test]
fn a_token_goes_to_one_target_only() {
    let (own, other) = (Endpoint::new(), Endpoint::new());
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &own.token());
    journal_of(&own, &binary, "/Users/1");
    journal_of(&other, &binary, "/Users/2");
    let said = binary.run(&["clean", "--yes"]);
    said.fails(2, &["2 targets", "--target URL"]);
    assert!(said.stdout.contains(other.url()), "{said:#?}");
    assert_eq!(binary.run(&["clean", "--yes", "--target", own.url()]).code, 0);
    assert!(other.seen().is_empty() && !own.seen().is_empty());
    assert_eq!(journals(&binary), 1);
}

#[test]
fn where_no_endpoint_answers_nothing_counts_as_gone() {
    let missing = || Reply::Answer(Response::new(404, Headers::new(), "<h1>Not Found</h1>"));
    let endpoint = Endpoint::watched(&[], Box::new(move |_, _| Turn::instead_if(true, missing)));
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    journal_of(&endpoint, &binary, "/Users/1");
    let said = binary.run(&["clean", "--yes"]);
    assert_eq!(said.code, 3, "{said:#?}");
    assert!(said.stdout.contains("left /Users/1: no SCIM endpoint answers here: status 404"), "{said:#?}");
    assert_eq!(journals(&binary), 1);
}

#[test]
fn a_delete_without_a_route_leaves_its_users_in_the_journal() {
    let missing = || Reply::Answer(Response::new(404, Headers::new(), "Cannot DELETE"));
    let endpoint =
        Endpoint::watched(&[], Box::new(move |_, request| Turn::instead_if(request.method == Method::Delete, missing)));
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let said = binary.run(&["run", "lifecycle/create", "--idp", "okta", "--target", endpoint.url()]);
    assert!(said.stdout.contains("could not be removed: 1 of /Users (DELETE answers 404"), "{said:#?}");
    assert!(!said.stdout.contains("scimulator clean"), "a target that cannot delete: {said:#?}");
    let said = binary.run(&["clean", "--yes"]);
    assert!(said.stdout.contains("the target answers 404 to DELETE"), "{said:#?}");
    assert_eq!(journals(&binary), 1);
}

#[test]
fn what_is_gone_already_needs_no_removal() {
    let endpoint = Endpoint::new();
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    journal_of(&endpoint, &binary, "/Users/no-such-id");
    let said = binary.run(&["clean", "--yes"]);
    assert_eq!(said.code, 0, "{said:#?}");
    assert!(said.stdout.contains("removed 0, 1 already gone"), "{said:#?}");
    assert_eq!(journals(&binary), 0);
}

#[test]
fn a_create_whose_answer_was_lost_is_looked_up_and_removed() {
    let mut lost = false;
    // The first create takes effect, but its answer breaks off.
    let endpoint = Endpoint::watched(
        &[],
        Box::new(move |_, request| {
            if request.method != Method::Post || std::mem::replace(&mut lost, true) {
                return Turn::Server;
            }
            let half = "HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{";
            Turn::Afterwards(Reply::Raw(bytes::Bytes::from_static(half.as_bytes())))
        }),
    );
    let before = endpoint.content();
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let said = binary.run(&["run", "lifecycle/create", "--idp", "okta", "--target", endpoint.url()]);
    // What breaks off once and not again is chance: the scenario was played a second time.
    assert_eq!(said.code, 0, "{said:#?}");
    assert!(endpoint.seen().iter().any(|request| request.method == Method::Delete), "{said:#?}");
    assert_eq!(endpoint.content(), before);
    assert_eq!(journals(&binary), 0, "{said:#?}");
}

#[test]
fn what_a_bulk_request_makes_is_removed_whether_or_not_its_results_are_told() {
    for is_told in [true, false] {
        // The jobs take effect; in the second round their answers are lost.
        let endpoint = Endpoint::watched(
            &[],
            Box::new(move |_, request| {
                let half = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{";
                if request.path != "/Bulk" || is_told {
                    return Turn::Server;
                }
                Turn::Afterwards(Reply::Raw(bytes::Bytes::from_static(half.as_bytes())))
            }),
        );
        let before = endpoint.content();
        let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
        let said = binary.run(&["run", "bulk/*", "--target", endpoint.url()]);
        assert_eq!(said.stdout.contains("14 passed"), is_told, "{said:#?}");
        assert!(endpoint.seen().iter().any(|request| request.path == "/Bulk"), "{said:#?}");
        assert_eq!(endpoint.content(), before);
        assert_eq!(journals(&binary), 0, "{said:#?}");
    }
}

#[test]
fn a_target_that_keeps_what_is_deleted_is_told_of_it() {
    let endpoint = Endpoint::broken(&["delete/then-404"]);
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let said = binary.run(&["run", "lifecycle/create", "--idp", "okta", "--target", endpoint.url()]);
    assert!(said.stdout.contains("keeps the user: 1 of this run"), "{said:#?}");
    let proper = Endpoint::new();
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &proper.token());
    let said = binary.run(&["run", "lifecycle/create", "--idp", "okta", "--target", proper.url()]);
    assert!(!said.stdout.contains("keeps the user"), "{said:#?}");
}

#[test]
fn a_target_that_takes_only_lean_users_is_asked_all_the_same() {
    let endpoint = Endpoint::watched(
        &[],
        Box::new(|_, request| {
            let body = request.json().unwrap_or_default();
            Turn::instead_if(request.method == Method::Post && body["emails"][0].get("type").is_some(), || {
                let error = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"emails.0.type is not permitted"}"#;
                let headers: Headers = [("Content-Type", "application/scim+json")].into_iter().collect();
                Reply::Answer(Response::new(400, headers, error))
            })
        }),
    );
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let before = endpoint.content();
    let said = binary.run(&["run", "patch/status", "create/duplicate-409", "--target", endpoint.url()]);
    assert!(said.stdout.contains("2 passed"), "{said:#?}");
    assert_eq!(endpoint.content(), before);
    let said = binary.run(&["run", "create/status-201", "--target", endpoint.url()]);
    assert!(said.stdout.contains("expected 201   got 400: emails.0.type is not permitted"), "{said:#?}");
}
