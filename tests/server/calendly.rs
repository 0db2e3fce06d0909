//! The `calendly` persona: invitations, names, leaving and coming back, what the app allows, plan and set-up.

use scimulator::control::{AccountState, Action, ControlError};
use scimulator::http::Method;
use scimulator::server::{Service, Settings, Tenant};
use serde_json::json;

use super::support::{Scim, USER, body, id, lasting, refused};

fn accept(scim: &mut Scim, path: &str) -> Result<(), ControlError> {
    scim.control(Action::AcceptInvitation { id: id(path).into() }).map(|_| ())
}

#[test]
fn a_provisioned_person_is_invited_once_and_may_accept_once() {
    let mut scim = Scim::calendly();
    let path = scim.named("alice@x");
    assert_eq!((scim.mails("ALICE@x"), &scim.shown(&path)["active"]), (1, &json!(true)));
    accept(&mut scim, &path).unwrap();
    assert!(matches!(accept(&mut scim, &path), Err(ControlError::Refused(_))));
    for active in [false, true] {
        scim.patch(&path, json!([{ "op": "replace", "path": "active", "value": active }]));
    }
    assert_eq!(scim.mails("alice@x"), 1, "who was here comes back without invitation");
}

#[test]
fn an_invitation_is_withdrawn_with_access_and_sent_again_with_it() {
    let mut scim = Scim::calendly();
    let path = scim.named("alice@x");
    scim.patch(&path, json!([{ "op": "replace", "path": "active", "value": false }]));
    assert!(accept(&mut scim, &path).is_err());
    scim.patch(&path, json!([{ "op": "replace", "path": "active", "value": true }]));
    assert_eq!(scim.mails("alice@x"), 2);
    accept(&mut scim, &path).unwrap();
}

#[test]
fn who_is_created_without_access_is_not_invited() {
    let mut scim = Scim::calendly();
    scim.user(json!({ "userName": "alice@x", "active": false }));
    assert_eq!(scim.mails("alice@x"), 0);
}

#[test]
fn a_persons_own_account_is_taken_in_and_given_back() {
    let mut scim = Scim::calendly();
    scim.account("alice@x", AccountState::Solo);
    assert_eq!(scim.names("/Users", "userName eq \"alice@x\"").len(), 0, "no lookup shows it");
    let path = scim.named("Alice@x");
    scim.delete(&path);
    refused(&scim.get(&path), 404, None);
    let other = scim.named("bob@x");
    let rename = json!([{ "op": "replace", "path": "userName", "value": "alice@x" }]);
    refused(&scim.patch(&other, rename), 409, Some("uniqueness"));
    assert_ne!(scim.named("alice@x"), path, "it can be invited again");
}

#[test]
fn a_name_changes_at_once() {
    let mut scim = Scim::calendly();
    let path = scim.user(json!({ "userName": "alice@x", "displayName": "Alice", "name": { "givenName": "A" } }));
    let changes = json!([{ "op": "Replace", "path": "displayName", "value": "New" }, { "op": "Replace", "path": "name.givenName", "value": "N" }]);
    let user = body(&scim.patch(&path, changes), 200);
    assert_eq!((&user["displayName"], &user["name"]), (&json!("New"), &json!({ "givenName": "N" })));
    assert_eq!(scim.mails("alice@x"), 1, "the invitation only");
}

#[test]
fn who_is_deactivated_is_still_found_and_comes_back_the_same() {
    let mut scim = Scim::calendly();
    let path = scim.user(json!({ "userName": "alice@x", "externalId": "e", "displayName": "Alice" }));
    let before = scim.shown(&path);
    scim.patch(&path, json!([{ "op": "Replace", "path": "active", "value": "False" }]));
    assert_eq!(scim.shown(&path)["active"], false);
    assert_eq!(scim.found("/Users", "userName eq \"ALICE@x\"")[0]["id"], before["id"]);
    scim.patch(&path, json!([{ "op": "Replace", "path": "active", "value": "True" }]));
    assert_eq!(lasting(scim.shown(&path)), lasting(before));
}

#[test]
fn who_is_deleted_comes_back_as_somebody_new() {
    let mut scim = Scim::calendly();
    let path = scim.named("alice@x");
    scim.delete(&path);
    refused(&scim.get(&path), 404, None);
    assert_ne!(scim.named("alice@x"), path);
    assert_eq!(scim.mails("alice@x"), 2);
}

#[test]
fn nobody_is_removed_in_the_app_while_scim_is_on() {
    let mut scim = Scim::calendly();
    let path = scim.named("alice@x");
    let remove = || Action::RemoveInApp { id: id(&path).into() };
    let Err(ControlError::Refused(why)) = scim.control(remove()) else { panic!("it was allowed") };
    assert!(why.contains("SCIM is on"), "{why}");
    scim.shown(&path);
    scim.control(Action::DeleteConfiguration).unwrap();
    scim.control(remove()).unwrap();
    scim.control(Action::SetUpAgain).unwrap();
    refused(&scim.get(&path), 404, None);
}

#[test]
fn roles_never_come_through_scim() {
    let mut scim = Scim::calendly();
    let path = scim.user(json!({ "userName": "alice@x", "roles": [{ "value": "admin", "primary": true }] }));
    assert_eq!(scim.shown(&path).get("roles"), None);
    let put = json!({ "schemas": [USER], "userName": "alice@x", "roles": [{ "value": "owner" }] });
    assert_eq!(body(&scim.put(&path, put), 200).get("roles"), None);
    refused(
        &scim.patch(&path, json!([{ "op": "Add", "path": "roles", "value": [{ "value": "admin" }] }])),
        400,
        Some("mutability"),
    );
    let schema = scim.shown(&format!("/Schemas/{USER}"));
    let roles = schema["attributes"].as_array().unwrap().iter().find(|one| one["name"] == "roles").unwrap().clone();
    assert_eq!(roles["mutability"], "readOnly", "the schema says so");
}

#[test]
fn without_the_plan_or_sign_on_scim_is_off_and_says_why_and_whom_to_ask() {
    for (changes, reason) in
        [(json!({ "plan": "standard" }), "enterprise plan"), (json!({ "sso": false }), "single sign-on")]
    {
        let mut scim = Scim::calendly_with(changes);
        refused(&scim.get("/Users"), 401, None);
        let Err(ControlError::Refused(why)) = scim.control(Action::SetUpAgain) else { panic!("it was switched on") };
        assert!(why.contains(reason) && why.contains("owner"), "{why}");
        scim.tenant.set_plan(Some("Enterprise"), Some(true));
        assert!(scim.control(Action::SetUpAgain).unwrap().token.is_some());
        assert_eq!(scim.shown("/Users")["totalResults"], 0);
    }
}

#[test]
fn the_connection_test_of_each_idp_passes_on_an_empty_organisation() {
    let mut scim = Scim::calendly();
    for target in [
        "/Users?filter=userName+eq+%22b6f1a0a4-1f7a-4a8e-9d4e-7d1c2f4b9a10%22",
        "/Groups?excludedAttributes=members&filter=displayName+eq+%22b6f1a0a4-1f7a-4a8e-9d4e-7d1c2f4b9a10%22",
        "/Users?count=1&startIndex=1",
    ] {
        let list = scim.shown(target);
        assert_eq!((&list["totalResults"], &list["Resources"]), (&json!(0), &json!([])), "{target}");
    }
}

#[test]
fn a_new_tenant_of_the_same_seed_answers_the_same() {
    let play = || {
        let mut scim = Scim::calendly_with(json!({ "seed": 42 }));
        let path = scim.named("alice@x");
        (scim.tenant.token(), scim.get(&path))
    };
    assert_eq!(play(), play());
}

#[test]
fn a_token_that_was_chosen_is_the_token() {
    let settings = Settings { token: Some("chosen".into()), ..Settings::default() };
    let scim = Scim::of(settings);
    assert_eq!(scim.tenant.token(), "chosen");
    let now = scim.now;
    let tenant = Tenant::new(Settings::default(), now);
    assert_eq!(tenant.token().len(), 40);
    assert_eq!(scim.request(Method::Get, "/Users", None).headers.get("authorization"), Some("Bearer chosen"));
}
