//! Trying again: escrow for what a target refuses, the next cycle for what passes by itself.

use std::time::Duration;

use scimulator::http::Answer;
use scimulator::idp::{Event, OutcomeKind, Waiting};
use serde_json::json;

use crate::stage::{ALICE, alice, assign, created, hours, job, minutes, none, only, sent, waited};
use crate::support::{Stage, error, list, timeout, with_header};

/// A job whose create of alice is answered with this.
fn refused(answer: Answer) -> Stage {
    let mut stage = job(&json!({}));
    let outcomes = stage.play(&assign("alice"), [none(), none(), answer]);
    assert_eq!(only(&outcomes).0, OutcomeKind::RetryScheduled);
    stage.sent();
    stage
}

fn retry() -> Event {
    Event::Retry("alice".to_owned())
}

#[test]
fn escrow_tries_after_6_12_24_and_then_every_24_hours() {
    let mut stage = refused(error(409, "userName is taken"));
    let mut since_failure = Duration::ZERO;
    for expected in [6, 12, 24, 48, 72] {
        let outcomes = stage.play(&retry(), [none(), none(), error(409, "userName is taken")]);
        assert_eq!(only(&outcomes).0, OutcomeKind::RetryScheduled);
        since_failure += waited(&mut stage);
        assert_eq!(since_failure, hours(expected));
        let sent = sent(&mut stage);
        assert!(sent[0] == ALICE && sent[1].starts_with("POST /Users "), "{sent:?}");
    }
}

#[test]
fn after_four_weeks_an_object_is_dropped() {
    let mut stage = refused(error(400, "no"));
    for _ in 0..29 {
        stage.play(&retry(), [none(), none(), error(400, "no")]);
    }
    let outcomes = stage.play(&retry(), [none(), none(), error(400, "no")]);
    assert_eq!(stage.port.waits.iter().map(|(time, _)| *time).sum::<Duration>(), hours(28 * 24));
    assert_eq!(only(&outcomes).0, OutcomeKind::Failed);
    assert!(!outcomes[0].message.contains("retried again"), "{}", outcomes[0].message);
}

#[test]
fn cycles_in_between_leave_escrow_alone() {
    let mut stage = refused(error(403, "no seat"));
    assert_eq!(only(&stage.play(&Event::Cycle, [none()])).0, OutcomeKind::Skipped);
    assert_eq!(waited(&mut stage), minutes(40));
    assert!(sent(&mut stage).is_empty());
}

#[test]
fn a_cycle_takes_up_what_is_due_by_then() {
    let mut stage = refused(error(403, "no seat"));
    for _ in 0..8 {
        stage.play(&Event::Cycle, [none()]);
    }
    stage.sent();
    let outcomes = stage.play(&Event::Cycle, [none(), none(), created("u-1")]);
    assert_eq!(only(&outcomes), (OutcomeKind::Provisioned, Some("alice"), None));
    assert_eq!(waited(&mut stage), hours(6));
}

#[test]
fn a_freed_seat_makes_the_next_attempt_succeed() {
    let mut stage = refused(error(403, "no seat is free"));
    let outcomes = stage.play(&retry(), [none(), none(), created("u-1")]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Provisioned);
    assert_eq!(stage.port.waits.last().map(|(_, why)| *why), Some(Waiting::Schedule("escrow")));
}

#[test]
fn the_log_says_what_the_target_said_how_often_and_when_next() {
    let mut stage = job(&json!({}));
    stage.play(&assign("alice"), [none(), none(), error(409, "userName is taken")]);
    let outcomes = stage.play(&retry(), [none(), none(), error(409, "userName is taken")]);
    assert_eq!(
        outcomes[0].message,
        "StatusCode: Conflict Message: Processing of the HTTP request resulted in an exception. Please see the HTTP \
         response returned by the 'Response' property of this exception for details. Web Response: \
         {\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"status\":\"409\",\"detail\":\"userName is \
         taken\"}. This operation was retried 1 times. It will be retried again after this date: \
         2026-01-05T20:00:00.0000000Z UTC"
    );
}

#[test]
fn overload_server_errors_and_silence_wait_for_the_next_cycle() {
    let weather = [
        (with_header(429, "Retry-After", "5"), "TooManyRequests"),
        (error(500, "oops"), "InternalServerError"),
        (timeout(), "Timeout"),
    ];
    for (answer, code) in weather {
        let mut stage = job(&json!({}));
        let outcomes = stage.play(&assign("alice"), [none(), none(), answer]);
        assert_eq!(only(&outcomes), (OutcomeKind::RetryScheduled, Some("alice"), Some(code)));
        assert!(outcomes[0].message.ends_with("after this date: 2026-01-05T08:40:00.0000000Z UTC"), "{code}");
        stage.sent();
        let found = list(&json!([alice(&json!({}))]));
        let outcomes = stage.play(&Event::Cycle, [none(), found]);
        assert_eq!(only(&outcomes).0, OutcomeKind::Linked, "{code}");
        assert_eq!((sent(&mut stage), waited(&mut stage)), (vec![ALICE.to_owned()], minutes(40)), "{code}");
    }
}

#[test]
fn a_change_of_the_object_does_not_wait_for_escrow() {
    let mut stage = refused(error(409, "displayName is taken"));
    let event = crate::stage::change("alice", &json!({ "displayName": "Alice C." }));
    let outcomes = stage.play(&event, [none(), none(), created("u-1")]);
    assert_eq!(only(&outcomes).0, OutcomeKind::Provisioned);
    stage.sent();
    for _ in 0..10 {
        stage.play(&Event::Cycle, [none()]);
    }
    assert!(sent(&mut stage).is_empty(), "a success releases it");
}
