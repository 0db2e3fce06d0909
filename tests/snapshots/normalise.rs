//! Volatile values become names.

use std::time::Duration;

use scimulator::http::{MarkKind, Method, Request, Sender, TransportFailure};
use scimulator::snapshot::{Mode, compare};
use serde_json::json;

use super::story::{PRODUCT, REFERENCE, Story, list, problem};

#[test]
fn two_runs_of_servers_that_behave_alike_give_the_same_text() {
    let reference = REFERENCE.story().normalised(&REFERENCE);
    let product = PRODUCT.story().normalised(&PRODUCT);
    similar_asserts(&reference.to_string(), &product.to_string());
    assert_eq!(compare(&reference, &product, Mode::Own), []);
}

#[track_caller]
fn similar_asserts(expected: &str, actual: &str) {
    for (at, (expected, actual)) in expected.lines().zip(actual.lines()).enumerate() {
        assert_eq!(expected, actual, "line {}", at + 1);
    }
    assert_eq!(expected.lines().count(), actual.lines().count());
}

#[test]
fn the_text_is_what_people_review() {
    insta::with_settings!({snapshot_path => "../../snapshots/tests", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("snapshot_text", REFERENCE.story().normalised(&REFERENCE).to_string());
    });
}

#[test]
fn nothing_volatile_is_left() {
    for run in [REFERENCE, PRODUCT] {
        let text = run.story().normalised(&run).to_string();
        for volatile in [run.base, run.mark, run.password, run.time, run.probe, "2026-0"] {
            assert!(!text.contains(volatile), "{volatile} in\n{text}");
        }
    }
}

#[test]
fn a_secret_that_a_target_echoes_is_masked() {
    let mut story = REFERENCE.story();
    let at = story.find(Method::Get, "/Users", 404);
    story.bend(at, |response| response.body = problem(404, "token very-secret-token is odd").to_string().into());
    let text = story.normalised(&REFERENCE).to_string();
    assert!(text.contains("token <token> is odd") && !text.contains("very-secret"), "{text}");
}

#[test]
fn what_the_harness_sends_for_itself_is_left_out() {
    let plain = REFERENCE.story().normalised(&REFERENCE);
    let mut story = REFERENCE.story();
    let mut probe = story.transcript.exchanges[0].clone();
    probe.sender = Sender::Harness;
    story.transcript.exchanges.push(probe.clone());
    probe.sender = Sender::CleanUp;
    story.transcript.exchanges.push(probe);
    assert_eq!(story.normalised(&REFERENCE), plain);
}

#[test]
fn an_id_that_equals_the_user_name_does_not_hide_the_user_name() {
    let mut run = REFERENCE.clone();
    run.alice = "scimulator-7f3a-alice@example.com";
    let text = run.story().normalised(&run).to_string();
    assert!(text.contains("\"id\": \"<alice.id>\""), "{text}");
    assert!(text.contains("\"userName\": \"alice@example.com\""), "{text}");
}

#[test]
fn someone_created_again_has_a_second_id() {
    let mut story = Story::new(REFERENCE.base);
    for id in ["first", "second"] {
        let create = Request::new(Method::Post, "/Users").with_json(&json!({"userName": "alice"}));
        story.play(create, 201, &json!({"id": id, "userName": "alice"}));
    }
    let mut names = REFERENCE.names();
    names.resources = ["first", "second"].map(|id| (format!("/Users/{id}"), "alice".to_owned())).into();
    let text = scimulator::snapshot::normalise(&story.transcript, &names).to_string();
    assert!(text.contains("<alice.id>") && text.contains("<alice.id:2>"), "{text}");
}

#[test]
fn strangers_in_a_list_of_everyone_are_none_of_our_business() {
    let text = REFERENCE.story().normalised(&REFERENCE).to_string();
    assert!(!text.contains("root@sp.test"), "{text}");
    assert!(text.contains("\"totalResults\": \"<count>\""), "{text}");
}

#[test]
fn ids_the_caller_does_not_know_are_numbered_by_kind() {
    let text = REFERENCE.story().normalised(&REFERENCE).to_string();
    assert!(text.contains("> GET /Groups/<group:1>"), "{text}");
    assert!(text.contains("members[value eq \\\"<alice.id>\\\"]"), "{text}");
}

#[test]
fn failures_and_waits_are_shown_without_numbers_of_the_machine() {
    let mut story = Story::new(REFERENCE.base);
    story.mark(MarkKind::Wait(Duration::from_secs(2400), "incremental cycle".to_owned()));
    story.play(Request::new(Method::Get, "/Users"), 200, &list(&[]));
    story.transcript.exchanges[0].answer = Err(TransportFailure::Timeout(Duration::from_secs(17)));
    let text = story.normalised(&REFERENCE).to_string();
    assert!(text.contains("  wait 40 min  incremental cycle\n"), "{text}");
    assert!(text.contains("  < no answer: timeout\n"), "{text}");
}

#[test]
fn headers_are_shown_once_and_again_only_where_they_differ() {
    let mut story = REFERENCE.story();
    story.transcript.exchanges[3].request.headers.set("Accept", "application/json");
    story.transcript.exchanges[5].request.headers.remove("Accept");
    let text = story.normalised(&REFERENCE).to_string();
    assert_eq!(text.matches("Accept: application/scim+json").count(), 1, "{text}");
    assert_eq!(text.matches("    Accept: application/json\n").count(), 1, "{text}");
    assert_eq!(text.matches("    Accept: (none)\n").count(), 1, "{text}");
}

#[test]
fn a_huge_body_is_a_length_and_a_hash_that_does_not_depend_on_order() {
    let resources = |rev: bool| {
        let mut all: Vec<_> = (0..1000).map(|at| json!({"userName": format!("user{at}"), "title": "t"})).collect();
        if rev {
            all.reverse();
        }
        list(&all)
    };
    let text = |rev: bool| {
        let mut story = Story::new(REFERENCE.base);
        story.play(Request::new(Method::Get, "/Users").with_query("filter=title+pr"), 200, &resources(rev));
        story.normalised(&REFERENCE).to_string()
    };
    assert!(text(false).len() < 1000 && text(false).contains(" bytes, hash "), "{}", text(false));
    assert_eq!(text(false), text(true));
}
