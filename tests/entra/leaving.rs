//! Leaving: unassigned, disabled, in the recycle bin, purged; and coming back.

use scimulator::idp::{Event, OutcomeKind};
use serde_json::json;

use crate::stage::{ALICE, assign, calendly, created, job, none, only, sent, shows_alice, unassign, with_alice};
use crate::support::{empty, error};

const OFF: &str = r#"PATCH /Users/u-1 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}"#;
const ON: &str = r#"PATCH /Users/u-1 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"True"}]}"#;

fn alice() -> String {
    "alice".to_owned()
}

#[test]
fn every_way_to_leave_reads_and_then_disables() {
    for event in [unassign("alice"), Event::Disable(alice()), Event::SoftDelete(alice())] {
        let mut stage = with_alice(job(&json!({})));
        let outcomes = stage.play(&event, [none(), shows_alice(&json!({})), empty(204)]);
        assert_eq!(only(&outcomes).0, OutcomeKind::Deactivated, "{event:?}");
        assert_eq!(sent(&mut stage), ["GET /Users/u-1", OFF], "{event:?}");
    }
}

#[test]
fn active_is_added_where_the_target_shows_none() {
    let mut stage = with_alice(job(&json!({})));
    stage.play(&unassign("alice"), [none(), shows_alice(&json!({ "active": null })), empty(204)]);
    assert!(sent(&mut stage)[1].contains(r#"{"op":"Add","path":"active","value":"False"}"#));
}

#[test]
fn whoever_is_disabled_already_is_left_alone() {
    let mut stage = with_alice(job(&json!({})));
    stage.play(&Event::Disable(alice()), [none(), shows_alice(&json!({})), empty(204)]);
    stage.sent();
    let outcomes = stage.play(&unassign("alice"), [none()]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Skipped);
    assert!(sent(&mut stage).is_empty());
}

#[test]
fn coming_back_activates_the_same_account() {
    for (away, back) in [
        (unassign("alice"), assign("alice")),
        (Event::Disable(alice()), Event::Enable(alice())),
        (Event::SoftDelete(alice()), Event::Restore(alice())),
    ] {
        let mut stage = with_alice(job(&json!({})));
        stage.play(&away, [none(), shows_alice(&json!({})), empty(204)]);
        stage.sent();
        let outcomes = stage.play(&back, [none(), shows_alice(&json!({ "active": false })), empty(204)]);
        assert_eq!(only(&outcomes).0, OutcomeKind::Updated, "{back:?}");
        assert_eq!(sent(&mut stage), ["GET /Users/u-1", ON], "{back:?}");
    }
}

#[test]
fn a_purge_deletes_only_when_delete_is_on() {
    let mut stage = with_alice(job(&json!({ "delete-enabled": true })));
    stage.play(&Event::SoftDelete(alice()), [none(), shows_alice(&json!({})), empty(204)]);
    stage.sent();
    let outcomes = stage.play(&Event::HardDelete(alice()), [none(), empty(204)]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Deleted);
    assert_eq!(sent(&mut stage), ["DELETE /Users/u-1"]);
    let outcomes = stage.play(&assign("alice"), [none(), none(), created("u-2")]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Provisioned);
    assert_eq!(stage.dialect.linked("alice"), Some("u-2"));
}

#[test]
fn a_purge_with_delete_off_leaves_the_account_disabled() {
    let mut stage = with_alice(job(&json!({})));
    stage.play(&Event::SoftDelete(alice()), [none(), shows_alice(&json!({})), empty(204)]);
    stage.sent();
    let outcomes = stage.play(&Event::HardDelete(alice()), [none()]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Skipped);
    assert!(sent(&mut stage).is_empty());
}

#[test]
fn a_purge_out_of_the_blue_disables_when_delete_is_off() {
    let mut stage = with_alice(job(&json!({})));
    let outcomes = stage.play(&Event::HardDelete(alice()), [none(), shows_alice(&json!({})), empty(204)]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Deactivated);
    assert_eq!(sent(&mut stage), ["GET /Users/u-1", OFF]);
}

#[test]
fn whoever_was_unassigned_before_the_purge_is_not_deleted() {
    let mut stage = with_alice(job(&json!({ "delete-enabled": true })));
    stage.play(&unassign("alice"), [none(), shows_alice(&json!({})), empty(204)]);
    stage.sent();
    let outcomes = stage.play(&Event::HardDelete(alice()), [none()]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Skipped);
    assert!(sent(&mut stage).is_empty());
}

#[test]
fn a_second_delete_answered_with_404_is_a_success() {
    let mut stage = with_alice(job(&json!({ "delete-enabled": true })));
    let outcomes = stage.play(&Event::HardDelete(alice()), [none(), error(404, "no such user")]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Deleted);
}

#[test]
fn out_of_scope_deletions_can_be_skipped() {
    let mut stage = with_alice(job(&json!({ "skip-out-of-scope-deletions": true })));
    let outcomes = stage.play(&unassign("alice"), [none()]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Skipped);
    assert!(sent(&mut stage).is_empty());
}

#[test]
fn without_a_mapping_of_active_nobody_is_disabled() {
    let mut stage = with_alice(calendly(&json!({ "unmapped": ["active"] })));
    let outcomes = stage.play(&unassign("alice"), [none()]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Skipped);
    assert!(sent(&mut stage).is_empty());
}

#[test]
fn a_vanished_account_is_an_invalid_anchor_and_not_created_again() {
    let mut stage = with_alice(job(&json!({})));
    for _ in 0..2 {
        let event = crate::stage::change("alice", &json!({ "title": "Lead" }));
        let outcomes = stage.play(&event, [none(), error(404, "no such user")]);
        assert_eq!(only(&outcomes), (OutcomeKind::Failed, Some("alice"), Some("InvalidAnchor")));
        assert_eq!(sent(&mut stage), ["GET /Users/u-1"]);
    }
    stage.play(&Event::Restart { full: true }, [none(), none(), created("u-2")]);
    assert_eq!(sent(&mut stage)[0], ALICE, "only a full restart matches again");
    assert_eq!(stage.dialect.linked("alice"), Some("u-2"));
}
