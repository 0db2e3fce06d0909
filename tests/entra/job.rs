//! The job as a whole: cycles, quarantine, connection test, on-demand runs, restarts.

use scimulator::idp::{Event, OutcomeKind, Waiting};
use serde_json::json;

use crate::stage::{
    ALICE, alice, assign, change, created, hours, is_probe, job, minutes, none, only, sent, shows_alice, unassign,
    waited, with_alice,
};
use crate::support::{Stage, answer, empty, error, list, timeout};

const INCOMPATIBLE: &str = "SystemForCrossDomainIdentityManagementServiceIncompatible";
const CREDENTIALS: &str = "SystemForCrossDomainIdentityManagementCredentialValidationFailure";

#[test]
fn the_first_cycle_starts_with_the_job_and_the_next_40_minutes_later() {
    let mut stage = job(&json!({}));
    stage.play(&assign("alice"), [none(), none(), created("u-1")]);
    assert!(stage.port.waits.is_empty());
    stage.play(&Event::Cycle, [none()]);
    assert_eq!(stage.port.waits, [(minutes(40), Waiting::Schedule("40-minute cycle"))]);
}

#[test]
fn each_cycle_probes_users_and_groups_with_a_new_random_name() {
    let mut stage = Stage::new("entra", &json!({}));
    stage.play(&Event::Cycle, [none(), none()]);
    stage.play(&Event::Cycle, [none(), none()]);
    let probes = stage.sent();
    assert_eq!(probes.iter().filter(|line| is_probe(line)).count(), 4, "{probes:?}");
    assert!(probes[0].starts_with("GET /Users?filter=userName+eq+%22"));
    assert!(probes[1].starts_with("GET /Groups?excludedAttributes=members&filter=displayName+eq+%22"));
    assert!(probes[0] != probes[2] && probes[1] != probes[3]);
}

#[test]
fn nothing_to_do_is_one_probe_and_a_skip() {
    let mut stage = with_alice(job(&json!({})));
    let outcomes = stage.play(&Event::Cycle, [none()]);
    assert_eq!(only(&outcomes), (OutcomeKind::Skipped, None, Some("EntrySynchronizationSkipped")));
    assert_eq!(stage.sent().len(), 1);
}

#[test]
fn a_probe_that_fails_for_good_quarantines_the_job() {
    for (bad, code) in [
        (error(401, "unknown token"), CREDENTIALS),
        (error(403, "not you"), CREDENTIALS),
        (error(404, "not found"), INCOMPATIBLE),
        (answer(200, &json!({ "users": [] })), "SystemForCrossDomainIdentityManagementServiceIncompatibleFiltering"),
        (error(400, "no filters"), "SystemForCrossDomainIdentityManagementServiceIncompatibleFiltering"),
    ] {
        let mut stage = job(&json!({}));
        let outcomes = stage.play(&assign("alice"), [bad]);
        assert_eq!(only(&outcomes), (OutcomeKind::Quarantined, None, Some(code)));
        assert_eq!(stage.sent().len(), 1, "nothing but the probe");
    }
}

#[test]
fn a_filter_that_finds_the_random_name_is_ignored_by_the_target() {
    let mut stage = job(&json!({}));
    let outcomes = stage.play(&Event::Cycle, [list(&json!([alice(&json!({}))]))]);
    assert_eq!(only(&outcomes), (OutcomeKind::Quarantined, None, Some("stranger")));
    assert!(outcomes[0].message.contains("u-1"), "{}", outcomes[0].message);
}

#[test]
fn weather_at_the_probe_costs_one_cycle() {
    for bad in [error(429, "slow down"), error(503, "maintenance"), timeout()] {
        let mut stage = job(&json!({}));
        let outcomes = stage.play(&assign("alice"), [bad]);
        assert_eq!(only(&outcomes).0, OutcomeKind::RetryScheduled);
        let outcomes = stage.play(&Event::Cycle, [none(), none(), created("u-1")]);
        assert_eq!(only(&outcomes), (OutcomeKind::Provisioned, Some("alice"), None));
        assert_eq!(waited(&mut stage), minutes(40));
    }
}

#[test]
fn in_quarantine_cycles_are_daily_until_the_connection_works() {
    let mut stage = job(&json!({}));
    stage.play(&assign("alice"), [error(401, "unknown token")]);
    stage.play(&Event::Cycle, [error(401, "unknown token")]);
    assert_eq!(waited(&mut stage), hours(24));
    let outcomes = stage.play(&Event::Cycle, [none(), none(), created("u-1")]);
    assert_eq!(only(&outcomes), (OutcomeKind::Provisioned, Some("alice"), None));
    assert_eq!(waited(&mut stage), hours(24));
    stage.play(&Event::Cycle, [none()]);
    assert_eq!(waited(&mut stage), minutes(40));
}

#[test]
fn four_weeks_of_quarantine_switch_the_job_off() {
    let mut stage = job(&json!({}));
    for _ in 0..29 {
        stage.play(&Event::Cycle, [error(401, "unknown token")]);
    }
    let outcomes = stage.play(&assign("alice"), []);
    assert_eq!(only(&outcomes).0, OutcomeKind::Quarantined);
    assert!(outcomes[0].message.contains("disabled"));
}

#[test]
fn a_token_that_dies_in_a_cycle_stops_it_and_loses_nothing() {
    let mut stage = job(&json!({}));
    let event = Event::Assign(vec!["alice".into(), "bob".into()]);
    let outcomes = stage.play(&event, [none(), error(401, "expired")]);
    assert_eq!(only(&outcomes), (OutcomeKind::Quarantined, None, Some(CREDENTIALS)));
    stage.sent();
    let outcomes = stage.play(&Event::Cycle, [none(), none(), created("u-1"), none(), created("u-2"), empty(204)]);
    assert_eq!(outcomes.len(), 2, "{outcomes:?}");
}

#[test]
fn a_lookup_that_answers_404_quarantines() {
    let mut stage = job(&json!({}));
    let outcomes = stage.play(&assign("alice"), [none(), error(404, "no such user")]);
    assert_eq!(only(&outcomes), (OutcomeKind::Quarantined, None, Some(INCOMPATIBLE)));
    assert!(outcomes[0].message.starts_with("An HTTP/404 Not Found response was returned rather than"));
}

#[test]
fn test_connection_probes_and_does_not_wait() {
    let mut stage = Stage::new("entra", &json!({}));
    let outcomes = stage.play(&Event::TestConnection, [none(), none()]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Connected);
    assert_eq!(stage.sent().len(), 2);
    let outcomes = stage.play(&Event::TestConnection, [error(401, "unknown token")]);
    assert_eq!(only(&outcomes), (OutcomeKind::Failed, None, Some(CREDENTIALS)));
    assert!(outcomes[0].message.starts_with("While attempting to validate our authorization"));
    assert!(stage.port.waits.is_empty());
}

#[test]
fn on_demand_is_legacy_whatever_the_flag() {
    let mut stage = Stage::new("entra-scim2020", &json!({ "probe-groups": false }));
    let changed = || shows_alice(&json!({ "displayName": "Al" }));
    stage.play(&assign("alice"), [none(), none(), created("u-1")]);
    stage.sent();
    stage.play(&change("alice", &json!({ "city": "Oslo" })), [none(), changed(), empty(204)]);
    assert!(sent(&mut stage)[1].contains(r#""op":"replace""#));
    waited(&mut stage);
    let outcomes = stage.play(&Event::OnDemand("alice".into()), [none(), changed(), empty(204)]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Updated);
    assert!(sent(&mut stage)[1].contains(r#"{"op":"Replace","path":"displayName","value":"Alice Cooper"}"#));
    assert!(waited(&mut stage).is_zero(), "by hand, without waiting for a cycle");
}

#[test]
fn on_demand_disables_the_unassigned_and_nobody_else() {
    let alice = || "alice".to_owned();
    for away in [Event::Disable(alice()), Event::SoftDelete(alice())] {
        let mut stage = with_alice(job(&json!({})));
        stage.directory.apply(&away).unwrap();
        let outcomes = stage.play(&Event::OnDemand(alice()), [none()]);
        assert_eq!(only(&outcomes).0, OutcomeKind::Skipped, "{away:?}");
    }
    let mut stage = with_alice(job(&json!({})));
    stage.directory.apply(&unassign("alice")).unwrap();
    let outcomes = stage.play(&Event::OnDemand(alice()), [none(), shows_alice(&json!({})), empty(204)]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Deactivated);
}

#[test]
fn on_demand_does_not_restore() {
    let mut stage = with_alice(job(&json!({})));
    stage.play(&Event::SoftDelete("alice".into()), [none(), shows_alice(&json!({})), empty(204)]);
    stage.directory.apply(&Event::Restore("alice".into())).unwrap();
    let outcomes = stage.play(&Event::OnDemand("alice".into()), [none()]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Skipped);
}

#[test]
fn a_restart_reads_by_id_and_a_full_one_looks_up_again() {
    let mut stage = with_alice(job(&json!({})));
    stage.play(&Event::Restart { full: false }, [none(), shows_alice(&json!({}))]);
    assert_eq!(sent(&mut stage), ["GET /Users/u-1"]);
    let outcomes = stage.play(&Event::Restart { full: true }, [none(), list(&json!([alice(&json!({}))]))]);
    assert_eq!(sent(&mut stage), [ALICE]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Linked);
    assert!(waited(&mut stage).is_zero(), "a restart begins with the initial cycle, at once");
}

#[test]
fn a_restart_clears_escrow_and_quarantine() {
    let mut stage = job(&json!({}));
    stage.play(&assign("alice"), [none(), none(), error(409, "taken")]);
    stage.play(&Event::Cycle, [error(401, "expired")]);
    waited(&mut stage);
    let outcomes = stage.play(&Event::Restart { full: false }, [none(), none(), created("u-1")]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Provisioned);
    stage.play(&Event::Cycle, [none()]);
    assert_eq!(waited(&mut stage), minutes(40), "no longer daily");
}

#[test]
fn suspending_and_importing_are_not_entra_s() {
    let mut stage = with_alice(job(&json!({})));
    for event in [Event::Suspend("alice".into()), Event::Unsuspend("alice".into()), Event::Import] {
        assert_eq!(only(&stage.play(&event, [])).0, OutcomeKind::Skipped, "{event:?}");
    }
}

#[test]
fn no_user_agent_and_no_paging_go_out() {
    let mut stage = Stage::new("entra", &json!({}));
    stage.play(&assign("alice"), [none(), none(), none(), created("u-1")]);
    for request in &stage.port.requests {
        assert_eq!(request.headers.get("user-agent"), None);
        assert!(request.headers.get("adscimversion").is_some());
        assert!(!request.target().contains("count=") && !request.target().contains("startIndex="));
    }
}
