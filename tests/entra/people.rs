//! Users: matching, differences, changes that stay pending, managers.

use scimulator::idp::{Event, OutcomeKind};
use serde_json::json;

use crate::stage::{
    ALICE, alice, assign, calendly, change, created, job, kinds, none, only, sent, shows_alice, unassign, with_alice,
};
use crate::support::{answer, empty, error, list};

#[test]
fn nothing_is_sent_for_a_user_that_does_not_differ() {
    let mut stage = job(&json!({}));
    let outcomes = stage.play(&assign("alice"), [none(), list(&json!([alice(&json!({}))]))]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Linked);
    assert_eq!(sent(&mut stage), [ALICE]);
    assert_eq!(stage.dialect.linked("alice"), Some("u-1"));
}

#[test]
fn a_match_is_changed_where_it_differs_and_reactivated_in_the_same_patch() {
    let mut stage = job(&json!({}));
    let found = alice(&json!({ "active": false, "displayName": "Al" }));
    let outcomes = stage.play(&assign("alice"), [none(), list(&json!([found])), empty(204)]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Linked);
    let patch = sent(&mut stage).remove(1);
    assert_eq!(
        patch,
        r#"PATCH /Users/u-1 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"True"},{"op":"Replace","path":"displayName","value":"Alice Cooper"}]}"#
    );
}

#[test]
fn a_boolean_shown_as_text_does_not_differ() {
    let mut stage = with_alice(job(&json!({})));
    let outcomes = stage
        .play(&change("alice", &json!({ "group": "Support" })), [none(), shows_alice(&json!({ "active": "True" }))]);
    assert_eq!(only(&outcomes), (OutcomeKind::Skipped, Some("alice"), Some("EntrySynchronizationSkipped")));
}

#[test]
fn every_matching_attribute_is_asked_in_order_until_one_finds_somebody() {
    let knobs = json!({ "match": ["externalId", "userName"], "probe-groups": false });
    let mut stage = crate::support::Stage::new("entra", &knobs);
    stage.play(&assign("alice"), [none(), none(), list(&json!([alice(&json!({}))]))]);
    assert_eq!(sent(&mut stage), ["GET /Users?filter=externalId+eq+%22alice%22", ALICE]);
}

#[test]
fn two_matches_are_written_to_by_nobody() {
    let mut stage = job(&json!({}));
    let twins = list(&json!([alice(&json!({})), alice(&json!({ "id": "u-2", "displayName": "Twin" }))]));
    let outcomes = stage.play(&assign("alice"), [none(), twins]);
    assert_eq!(only(&outcomes), (OutcomeKind::Failed, Some("alice"), Some("DuplicateTargetEntries")));
    assert_eq!(sent(&mut stage), [ALICE]);
}

#[test]
fn a_stranger_is_named_and_left_alone() {
    let mut stage = job(&json!({}));
    let root = json!({ "id": "u-0", "userName": "root@example.com", "active": true });
    let outcomes = stage.play(&assign("alice"), [none(), list(&json!([root]))]);
    assert_eq!(only(&outcomes), (OutcomeKind::Failed, Some("alice"), Some("stranger")));
    assert!(outcomes[0].message.contains("u-0") && outcomes[0].message.contains("root@example.com"));
    assert_eq!(sent(&mut stage), [ALICE]);
    assert_eq!(stage.dialect.linked("alice"), None);
}

#[test]
fn a_read_that_returns_another_user_is_no_ground_for_a_write() {
    let mut stage = with_alice(job(&json!({})));
    let other = shows_alice(&json!({ "id": "u-7" }));
    let outcomes = stage.play(&change("alice", &json!({ "title": "Lead" })), [none(), other]);
    assert_eq!(only(&outcomes).0, OutcomeKind::RetryScheduled);
    assert_eq!(sent(&mut stage), ["GET /Users/u-1"]);
}

#[test]
fn an_address_that_waits_for_verification_is_sent_again_each_cycle() {
    let mut stage = with_alice(calendly(&json!({})));
    let old = || shows_alice(&json!({}));
    let renamed = change("alice", &json!({ "email": "alice.roe@example.com" }));
    let repeated = [
        "GET /Users/u-1",
        r#"PATCH /Users/u-1 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"userName","value":"alice.roe@example.com"}]}"#,
    ];
    assert_eq!(only(&stage.play(&renamed, [none(), old(), old()])).0, OutcomeKind::Updated);
    assert_eq!(sent(&mut stage), repeated);
    for _ in 0..3 {
        assert_eq!(only(&stage.play(&Event::Cycle, [none(), old(), old()])).0, OutcomeKind::Updated);
        assert_eq!(sent(&mut stage), repeated);
    }
    let verified = shows_alice(&json!({ "userName": "alice.roe@example.com" }));
    assert_eq!(only(&stage.play(&Event::Cycle, [none(), verified])).0, OutcomeKind::Skipped);
    assert_eq!(sent(&mut stage), ["GET /Users/u-1"]);
    stage.play(&Event::Cycle, [none()]);
    assert!(sent(&mut stage).is_empty(), "confirmed: the next cycle only probes");
}

#[test]
fn an_attribute_the_target_does_not_keep_is_sent_once() {
    let mut stage = with_alice(job(&json!({})));
    let without_title = || shows_alice(&json!({ "title": null }));
    let outcomes = stage.play(&change("alice", &json!({ "title": "Lead" })), [none(), without_title(), empty(204)]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Updated);
    assert!(sent(&mut stage)[1].contains(r#"{"op":"Add","path":"title","value":"Lead"}"#));
    let outcomes = stage.play(&Event::Cycle, [none(), without_title()]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Skipped);
}

#[test]
fn an_emptied_attribute_is_not_provisioned() {
    let mut stage = with_alice(job(&json!({})));
    let outcomes = stage.play(&change("alice", &json!({ "title": null })), [none(), shows_alice(&json!({}))]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Skipped);
    assert_eq!(sent(&mut stage), ["GET /Users/u-1"]);
}

#[test]
fn the_manager_is_written_once_both_users_are_linked() {
    let mut stage = with_alice(job(&json!({})));
    let outcomes = stage.play(&assign("bob"), [none(), none(), created("u-2"), empty(204)]);
    assert_eq!(kinds(&outcomes), [OutcomeKind::Provisioned]);
    let manager = r#"PATCH /Users/u-1 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"u-2"}]}"#;
    assert_eq!(sent(&mut stage).pop().as_deref(), Some(manager));
    stage.play(&Event::Cycle, [none()]);
    assert!(sent(&mut stage).is_empty(), "written once");
}

#[test]
fn another_manager_makes_an_update_of_an_otherwise_unchanged_user() {
    let mut stage = with_alice(job(&json!({})));
    stage.play(&assign("bob"), [none(), none(), created("u-2"), empty(204)]);
    stage.play(&assign("carol"), [none(), none(), created("u-3")]);
    stage.sent();
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let managed = shows_alice(&json!({ enterprise: {
        "employeeNumber": "701", "department": "Sales", "manager": { "value": "u-2" } } }));
    let outcomes = stage.play(&change("alice", &json!({ "manager": "carol" })), [none(), managed, empty(204)]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Updated);
    assert!(sent(&mut stage)[1].contains(r#""op":"Replace""#));
}

#[test]
fn a_refused_manager_does_not_hold_up_the_user() {
    let mut stage = with_alice(job(&json!({})));
    let outcomes = stage.play(&assign("bob"), [none(), none(), created("u-2"), error(400, "no managers here")]);
    assert_eq!(kinds(&outcomes), [OutcomeKind::Provisioned, OutcomeKind::RetryScheduled]);
    assert_eq!(outcomes[1].subject.as_deref(), Some("alice"));
    stage.sent();
    stage.play(&Event::Cycle, [none()]);
    assert!(sent(&mut stage).is_empty(), "the reference waits in escrow");
    let outcomes = stage.play(&change("alice", &json!({ "group": "x" })), [none(), shows_alice(&json!({}))]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Skipped);
}

#[test]
fn the_reference_probe_of_the_older_documentation_saves_a_write() {
    let mut stage = with_alice(job(&json!({ "reference-probe": true })));
    stage.play(&assign("bob"), [none(), none(), created("u-2"), list(&json!([{ "id": "u-1" }]))]);
    assert_eq!(
        sent(&mut stage).pop().as_deref(),
        Some("GET /Users?attributes=id&filter=id+eq+%22u-1%22+and+manager+eq+%22u-2%22")
    );
}

#[test]
fn a_disabled_account_is_not_created() {
    let mut stage = job(&json!({}));
    stage.play(&Event::Disable("alice".into()), [none()]);
    let outcomes = stage.play(&assign("alice"), [none()]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Skipped);
    assert!(sent(&mut stage).is_empty());
}

#[test]
fn conflict_then_unassign_and_assign_starts_with_the_lookup_again() {
    let mut stage = job(&json!({}));
    let outcomes = stage.play(&assign("alice"), [none(), none(), error(409, "userName is taken")]);
    assert_eq!(only(&outcomes), (OutcomeKind::RetryScheduled, Some("alice"), Some("Conflict")));
    stage.sent();
    let outcomes = stage.play(&unassign("alice"), [none()]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Skipped);
    assert!(sent(&mut stage).is_empty(), "an unlinked user has nothing to disable");
    let outcomes = stage.play(&assign("alice"), [none(), list(&json!([alice(&json!({}))]))]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Linked);
}

#[test]
fn a_create_without_an_id_is_not_a_link() {
    let mut stage = job(&json!({}));
    let outcomes = stage.play(&assign("alice"), [none(), none(), answer(201, &json!({ "userName": "x" }))]);
    let incompatible = "SystemForCrossDomainIdentityManagementServiceIncompatible";
    assert_eq!(only(&outcomes), (OutcomeKind::RetryScheduled, Some("alice"), Some(incompatible)));
    assert_eq!(stage.dialect.linked("alice"), None);
}

#[test]
fn without_a_matching_value_nothing_is_asked() {
    let mut stage = calendly(&json!({}));
    stage.play(&change("alice", &json!({ "email": null })), [none()]);
    let outcomes = stage.play(&assign("alice"), [none()]);
    assert_eq!(only(&outcomes), (OutcomeKind::Skipped, Some("alice"), Some("ImportSkipped")));
}
