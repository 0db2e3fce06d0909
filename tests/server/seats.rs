//! Seats: a pending invitation takes one; without a free one nobody is let in and nothing changes.

use scimulator::control::{AccountState, Action, ControlError};
use serde_json::{Value, json};

use super::support::{PATCH_OP, Scim, USER, body, lasting, refused};

fn user(name: &str) -> Value {
    json!({ "schemas": [USER], "userName": name })
}

/// One seat, taken by a person who has not even accepted; somebody deactivated waits outside.
fn full() -> (Scim, String, String) {
    let mut scim = Scim::calendly_with(json!({ "seats": 1 }));
    let out = scim.user(json!({ "userName": "out@x", "active": false, "displayName": "Out" }));
    let holder = scim.named("in@x");
    (scim, holder, out)
}

#[test]
fn a_create_without_a_free_seat_is_refused_and_leaves_nothing() {
    let (mut scim, _, _) = full();
    let before = scim.shown("/Users");
    let detail = refused(&scim.post("/Users", user("late@x")), 403, None);
    assert!(detail.contains("all 1 seats"), "{detail}");
    assert_eq!(scim.shown("/Users"), before);
    assert_eq!(scim.names("/Users", "userName eq \"late@x\"").len(), 0);
    assert_eq!(scim.mails("late@x"), 0);
}

#[test]
fn a_deactivated_user_needs_no_seat_and_gets_none_back_without_one() {
    let (mut scim, _, out) = full();
    let before = scim.shown(&out);
    let put = json!({ "schemas": [USER], "userName": "out@x", "displayName": "New", "active": true });
    refused(&scim.put(&out, put), 403, None);
    for operations in [
        json!([{ "op": "Replace", "path": "active", "value": "True" }]),
        json!([{ "op": "replace", "value": { "active": true } }]),
        json!([{ "op": "replace", "path": "displayName", "value": "New" }, { "op": "replace", "path": "active", "value": true }]),
    ] {
        refused(&scim.patch(&out, operations), 403, None);
    }
    assert_eq!(scim.shown(&out), before);
    body(&scim.patch(&out, json!([{ "op": "replace", "path": "displayName", "value": "New" }])), 200);
}

#[test]
fn a_freed_seat_makes_the_retry_succeed() {
    let free: [fn(&mut Scim, &str); 3] = [
        |scim, holder| assert_eq!(scim.delete(holder).status, 204),
        |scim, holder| {
            assert_eq!(scim.patch(holder, json!([{ "op": "replace", "path": "active", "value": false }])).status, 200);
        },
        |scim, _| scim.control(Action::SetSeats(2)).map(|_| ()).unwrap(),
    ];
    for free in free {
        let (mut scim, holder, _) = full();
        refused(&scim.post("/Users", user("late@x")), 403, None);
        free(&mut scim, &holder);
        body(&scim.post("/Users", user("late@x")), 201);
        refused(&scim.post("/Users", user("later@x")), 403, None);
    }
}

#[test]
fn who_is_in_can_be_changed_when_every_seat_is_taken() {
    let (mut scim, holder, _) = full();
    let before = scim.shown(&holder);
    let renamed = body(&scim.patch(&holder, json!([{ "op": "replace", "path": "displayName", "value": "N" }, { "op": "replace", "path": "active", "value": true }])), 200);
    assert_eq!(renamed["displayName"], "N");
    body(&scim.put(&holder, lasting(before)), 200);
}

#[test]
fn fewer_seats_than_people_lock_nobody_out() {
    let mut scim = Scim::calendly();
    let paths = [scim.named("a@x"), scim.named("b@x")];
    scim.control(Action::SetSeats(1)).unwrap();
    for path in &paths {
        assert_eq!(scim.shown(path)["active"], true);
    }
    scim.delete(&paths[0]);
    refused(&scim.post("/Users", user("c@x")), 403, None);
}

#[test]
fn a_conflict_is_told_before_the_missing_seat() {
    let (mut scim, _, _) = full();
    refused(&scim.post("/Users", user("in@x")), 409, Some("uniqueness"));
}

#[test]
fn status_type_and_text_of_the_refusal_are_settings() {
    let capacity = json!({ "status": 402, "scim-type": "userLimitReached", "detail": "{seats} of {seats}." });
    let mut scim = Scim::with(json!({ "seats": 0, "capacity": capacity }));
    assert_eq!(refused(&scim.post("/Users", user("a")), 402, Some("userLimitReached")), "0 of 0.");
}

#[test]
fn accounts_from_before_scim_take_seats_too() {
    let mut scim = Scim::calendly_with(json!({ "seats": 2 }));
    scim.account("active@x", AccountState::Active);
    scim.account("pending@x", AccountState::Pending);
    scim.account("former@x", AccountState::Deactivated);
    refused(&scim.post("/Users", user("late@x")), 403, None);
    let more =
        scimulator::control::Account { address: "more@x".into(), name: "More".into(), state: AccountState::Active };
    assert!(matches!(scim.control(Action::CreateAccount(more)), Err(ControlError::Refused(_))));
}

#[test]
fn a_refused_patch_is_the_same_whatever_its_case() {
    let (mut scim, _, out) = full();
    let sent = json!({ "schemas": [PATCH_OP], "Operations": [{ "op": "ADD", "path": "ACTIVE", "value": "tRUE" }] });
    refused(&scim.send(scimulator::http::Method::Patch, &out, Some(&sent)), 403, None);
}
