//! Verified addresses: a change waits for its owner, the answer is the truth, repeats send no mail.

use scimulator::control::{Action, ControlError};
use serde_json::{Value, json};

use super::support::{Scim, USER, body, id, refused};

fn verify(scim: &mut Scim, path: &str) -> Result<(), ControlError> {
    scim.control(Action::VerifyEmail { id: id(path).into() }).map(|_| ())
}

fn rename(name: &str) -> Value {
    json!([{ "op": "Replace", "path": "userName", "value": name }])
}

#[test]
fn a_changed_login_is_shown_when_it_is_verified_and_not_before() {
    let mut scim = Scim::calendly();
    let path = scim.named("alice@x");
    let before = scim.shown(&path);
    let answer = body(&scim.patch(&path, rename("new@x")), 200);
    assert_eq!(answer, before, "the answer does not claim what is not so");
    assert_eq!(scim.shown(&path), before);
    assert_eq!(
        (scim.names("/Users", "userName eq \"alice@x\"").len(), scim.names("/Users", "userName eq \"new@x\"").len()),
        (1, 0)
    );
    verify(&mut scim, &path).unwrap();
    let after = scim.shown(&path);
    assert_eq!((&after["userName"], &after["id"]), (&json!("new@x"), &before["id"]));
    assert_eq!(
        (scim.names("/Users", "userName eq \"alice@x\"").len(), scim.names("/Users", "userName eq \"new@x\"").len()),
        (0, 1)
    );
}

#[test]
fn the_same_change_again_and_again_sends_one_mail() {
    let mut scim = Scim::calendly();
    let path = scim.named("alice@x");
    for _ in 0..5 {
        body(&scim.patch(&path, rename("new@x")), 200);
        scim.wait(40 * 60);
    }
    assert_eq!(scim.mails("new@x"), 1);
    body(&scim.patch(&path, rename("other@x")), 200);
    assert_eq!((scim.mails("new@x"), scim.mails("other@x")), (1, 1));
    verify(&mut scim, &path).unwrap();
    assert_eq!(scim.shown(&path)["userName"], "other@x", "the last one counts");
    assert!(verify(&mut scim, &path).is_err(), "once");
}

#[test]
fn okta_puts_login_and_email_together_and_gets_one_mail() {
    let mut scim = Scim::calendly();
    let email = |address: &str| json!([{ "value": address, "type": "work", "primary": true }]);
    let path = scim.user(json!({ "userName": "alice@x", "displayName": "Alice", "emails": email("alice@x") }));
    let put = json!({ "schemas": [USER], "userName": "new@x", "displayName": "New", "emails": email("new@x"), "active": true });
    for _ in 0..2 {
        let user = body(&scim.put(&path, put.clone()), 200);
        assert_eq!(
            (&user["userName"], &user["emails"], &user["displayName"]),
            (&json!("alice@x"), &email("alice@x"), &json!("New"))
        );
        assert_eq!(scim.shown(&path), user);
    }
    assert_eq!(scim.mails("new@x"), 1);
    verify(&mut scim, &path).unwrap();
    let user = scim.shown(&path);
    assert_eq!((&user["userName"], &user["emails"]), (&json!("new@x"), &email("new@x")));
}

#[test]
fn a_body_that_was_read_and_put_back_leaves_the_change_waiting() {
    let mut scim = Scim::calendly();
    let path = scim.named("alice@x");
    scim.patch(&path, rename("new@x"));
    let mut sent = scim.shown(&path);
    sent["displayName"] = "Alice".into();
    body(&scim.put(&path, sent), 200);
    verify(&mut scim, &path).unwrap();
    let user = scim.shown(&path);
    assert_eq!((&user["userName"], &user["displayName"]), (&json!("new@x"), &json!("Alice")));
}

#[test]
fn another_spelling_and_other_addresses_need_no_mail() {
    let mut scim = Scim::calendly();
    let path = scim
        .user(json!({ "userName": "alice@x", "emails": [{ "value": "alice@x", "type": "work", "primary": true }] }));
    let user = body(
        &scim.patch(
            &path,
            json!([
                { "op": "replace", "path": "userName", "value": "Alice@x" },
                { "op": "add", "path": "emails", "value": [{ "value": "home@x", "type": "home" }] },
            ]),
        ),
        200,
    );
    assert_eq!((&user["userName"], user["emails"].as_array().map(Vec::len)), (&json!("Alice@x"), Some(2)));
    assert_eq!(scim.mails("home@x"), 0);
}

#[test]
fn a_plain_server_changes_addresses_at_once() {
    let mut scim = Scim::rfc();
    let path = scim.named("alice@x");
    assert_eq!(body(&scim.patch(&path, rename("new@x")), 200)["userName"], "new@x");
    assert!(verify(&mut scim, &path).is_err());
}

#[test]
fn a_deleted_user_has_nothing_to_verify() {
    let mut scim = Scim::calendly();
    let path = scim.named("alice@x");
    scim.patch(&path, rename("new@x"));
    scim.delete(&path);
    assert!(verify(&mut scim, &path).is_err());
    refused(&scim.get(&path), 404, None);
    scim.named("new@x");
}
