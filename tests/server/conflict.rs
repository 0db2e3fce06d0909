//! Conflicts: an address that somebody has already, in whatever state, and what the IdP's admin reads.

use scimulator::control::{Account, AccountState, Action, ControlError};
use serde_json::{Value, json};

use super::support::{Scim, USER, id, refused};

fn user(name: &str) -> Value {
    json!({ "schemas": [USER], "userName": name })
}

#[test]
fn the_detail_says_how_the_other_account_stands_and_what_to_do() {
    for (state, words) in [
        (AccountState::Active, "an active user of this organisation"),
        (AccountState::Deactivated, "a deactivated user of this organisation"),
        (AccountState::Pending, "invitation is not accepted yet"),
        (AccountState::OtherOrganisation, "not part of this organisation"),
    ] {
        let mut scim = Scim::calendly();
        scim.account("alice@x", state);
        for name in ["alice@x", "ALICE@X"] {
            let detail = refused(&scim.post("/Users", user(name)), 409, Some("uniqueness"));
            assert!(detail.contains(words) && detail.contains(&format!("userName \"{name}\"")), "{detail}");
        }
    }
}

#[test]
fn what_a_lookup_sees_can_be_linked_and_the_rest_cannot() {
    for (state, seen) in [
        (AccountState::Active, 1),
        (AccountState::Deactivated, 1),
        (AccountState::Pending, 1),
        (AccountState::OtherOrganisation, 0),
        (AccountState::Solo, 0),
    ] {
        let mut scim = Scim::calendly();
        let path = scim.account("alice@x", state);
        let found = scim.found("/Users", "userName eq \"ALICE@x\"");
        assert_eq!(found.len(), seen, "{state:?}");
        assert_eq!(path.as_deref().map(id), found.first().map(|user| user["id"].as_str().unwrap()));
    }
}

#[test]
fn an_account_that_moves_into_the_organisation_can_be_linked() {
    let mut scim = Scim::calendly();
    scim.account("alice@x", AccountState::OtherOrganisation);
    refused(&scim.post("/Users", user("alice@x")), 409, Some("uniqueness"));
    let path = scim.account("alice@x", AccountState::Active).unwrap();
    assert_eq!(scim.found("/Users", "userName eq \"alice@x\"")[0]["id"], id(&path));
    let again = Account { address: "Alice@x".into(), name: "A".into(), state: AccountState::OtherOrganisation };
    assert!(
        matches!(scim.control(Action::CreateAccount(again)), Err(ControlError::Refused(_))),
        "one address, one account"
    );
}

#[test]
fn a_conflict_changes_nobody() {
    let mut scim = Scim::calendly();
    let path = scim.account("alice@x", AccountState::Deactivated).unwrap();
    let before = scim.shown(&path);
    refused(
        &scim.post("/Users", json!({ "schemas": [USER], "userName": "alice@x", "active": true })),
        409,
        Some("uniqueness"),
    );
    assert_eq!(scim.shown(&path), before, "not reactivated, not overwritten");
    assert_eq!(scim.shown("/Users")["totalResults"], 1);
}

#[test]
fn an_address_is_one_persons_whatever_attribute_holds_it() {
    let mut scim = Scim::calendly();
    scim.user(json!({ "userName": "alice@x", "emails": [{ "value": "second@x", "type": "home" }] }));
    let taken = |sent: Value, attribute: &str, scim: &mut Scim| {
        let detail = refused(&scim.post("/Users", sent), 409, Some("uniqueness"));
        assert!(detail.starts_with(attribute), "{detail}");
    };
    taken(user("Second@x"), "userName", &mut scim);
    taken(json!({ "schemas": [USER], "userName": "bob@x", "emails": [{ "value": "ALICE@x" }] }), "emails", &mut scim);
    let bob = scim.named("bob@x");
    let add = json!([{ "op": "add", "path": "emails", "value": [{ "value": "second@x", "type": "home" }] }]);
    refused(&scim.patch(&bob, add), 409, Some("uniqueness"));
    let mut free = Scim::rfc();
    free.user(json!({ "userName": "alice@x", "emails": [{ "value": "same@x" }] }));
    free.user(json!({ "userName": "bob@x", "emails": [{ "value": "same@x" }] }));
}

#[test]
fn a_change_to_an_address_that_is_taken_is_refused_at_once() {
    for state in [
        AccountState::Active,
        AccountState::Deactivated,
        AccountState::Pending,
        AccountState::OtherOrganisation,
        AccountState::Solo,
    ] {
        let mut scim = Scim::calendly();
        scim.account("taken@x", state);
        let path = scim.named("alice@x");
        let before = scim.shown(&path);
        let change = json!([{ "op": "Replace", "path": "userName", "value": "Taken@x" }]);
        refused(&scim.patch(&path, change), 409, Some("uniqueness"));
        refused(&scim.put(&path, user("taken@x")), 409, Some("uniqueness"));
        assert_eq!(scim.shown(&path), before, "{state:?}");
        assert_eq!(scim.mails("taken@x"), u64::from(state == AccountState::Pending), "no verification is sent");
    }
}

#[test]
fn an_address_that_waits_to_be_verified_is_nobody_elses() {
    let mut scim = Scim::calendly();
    let path = scim.named("alice@x");
    scim.patch(&path, json!([{ "op": "Replace", "path": "userName", "value": "new@x" }]));
    let detail = refused(&scim.post("/Users", user("NEW@x")), 409, Some("uniqueness"));
    assert!(detail.contains("being verified"), "{detail}");
    scim.control(Action::VerifyEmail { id: id(&path).into() }).unwrap();
    scim.named("alice@x");
}
