//! PUT (RFC 7644 §3.5.1).

use serde_json::{Value, json};

use super::support::{ENTERPRISE, Scim, USER, body, id, lasting, members, refused};

fn full() -> Value {
    json!({
        "externalId": "e1", "displayName": "Alice", "title": "t", "nickName": "n",
        "name": { "givenName": "A", "familyName": "B" },
        "emails": [{ "value": "a@x", "type": "work", "primary": true }, { "value": "h@x", "type": "home" }],
        "phoneNumbers": [{ "value": "1", "type": "work" }],
        ENTERPRISE: { "department": "D" },
    })
}

#[test]
fn what_a_get_gave_can_be_put_back_and_changes_nothing() {
    let mut scim = Scim::rfc();
    let path = scim.user(full());
    scim.group("G", &[&path]);
    let before = scim.shown(&path);
    scim.wait(60);
    assert_eq!(body(&scim.put(&path, before.clone()), 200), before, "not even the version");
    assert_eq!(scim.shown(&path), before);
}

#[test]
fn values_sent_take_the_place_of_the_old_ones() {
    let mut scim = Scim::rfc();
    let path = scim.user(full());
    let before = scim.shown(&path);
    scim.wait(60);
    let sent = json!({
        "schemas": [USER, ENTERPRISE], "userName": "new@x", "displayName": "New", "active": false,
        "name": { "givenName": "N" }, "emails": [{ "value": "h@x", "type": "home" }], ENTERPRISE: { "department": "E" },
    });
    let user = body(&scim.put(&path, sent.clone()), 200);
    for (name, value) in sent.as_object().unwrap() {
        assert_eq!(&user[name], value, "{name}");
    }
    assert_eq!((user.get("title"), user.get("externalId"), &user["id"]), (None, None, &before["id"]));
    assert_eq!(user["meta"]["created"], before["meta"]["created"]);
    assert_eq!(user["meta"]["lastModified"], "2026-01-05T09:01:00Z");
    assert_eq!(scim.shown(&path), user);
}

#[test]
fn what_is_left_out_is_cleared_or_kept_as_the_settings_say() {
    let sent = json!({ "schemas": [USER], "userName": "alice@example.com", "phoneNumbers": [], "nickName": null });
    for (omitted, title, department) in [("clear", None, None), ("keep", Some(json!("t")), Some(json!("D")))] {
        let mut scim = Scim::with(json!({ "put-omitted": omitted }));
        let path = scim.user(full());
        let user = body(&scim.put(&path, sent.clone()), 200);
        assert_eq!(user.get("title").cloned(), title, "{omitted}");
        assert_eq!(user.get(ENTERPRISE).map(|it| it["department"].clone()), department, "{omitted}");
        for cleared in ["phoneNumbers", "nickName"] {
            assert_eq!(user.get(cleared), None, "{omitted}: null and [] clear {cleared}");
        }
        assert_eq!(scim.shown(&path), user);
    }
}

#[test]
fn a_body_without_active_leaves_it_as_it_is() {
    let mut scim = Scim::rfc();
    for active in [true, false] {
        let path = scim.user(json!({ "userName": format!("{active}"), "active": active }));
        let user = body(&scim.put(&path, json!({ "schemas": [USER], "userName": format!("{active}") })), 200);
        assert_eq!(user["active"], active);
    }
}

#[test]
fn read_only_values_are_ignored() {
    let mut scim = Scim::rfc();
    let path = scim.user(full());
    let before = scim.shown(&path);
    let mut sent = before.clone();
    sent["id"] = "x".into();
    sent["meta"] = json!({ "created": "2000-01-01T00:00:00Z", "location": "elsewhere" });
    sent["groups"] = json!([{ "value": "x" }]);
    assert_eq!(body(&scim.put(&path, sent), 200), before);
}

#[test]
fn a_body_without_what_is_required_changes_nothing() {
    for omitted in ["clear", "keep"] {
        let mut scim = Scim::with(json!({ "put-omitted": omitted }));
        let path = scim.user(full());
        let before = scim.shown(&path);
        refused(&scim.put(&path, json!({ "schemas": [USER], "title": "new" })), 400, Some("invalidValue"));
        assert_eq!(scim.shown(&path), before);
    }
}

#[test]
fn another_users_name_is_a_conflict_and_ones_own_is_none() {
    let mut scim = Scim::rfc();
    let (a, _) = (scim.named("a"), scim.named("b"));
    let before = scim.shown(&a);
    refused(&scim.put(&a, json!({ "schemas": [USER], "userName": "B", "title": "t" })), 409, Some("uniqueness"));
    assert_eq!(scim.shown(&a), before);
    assert_eq!(body(&scim.put(&a, json!({ "schemas": [USER], "userName": "A" })), 200)["userName"], "A");
}

#[test]
fn what_does_not_exist_is_not_made() {
    let mut scim = Scim::rfc();
    let unknown = "/Users/00000000-0000-4000-8000-000000000000";
    refused(&scim.put(unknown, json!({ "schemas": [USER], "userName": "u" })), 404, None);
    assert_eq!(scim.shown("/Users")["totalResults"], 0);
    refused(&scim.put("/Users", json!({ "schemas": [USER], "userName": "u" })), 405, None);
}

#[test]
fn an_immutable_value_is_given_once() {
    let extension = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": "urn:example:hr:2.0:User", "name": "HR",
        "attributes": [{ "name": "badge", "type": "string", "mutability": "immutable" }],
    });
    let mut scim = Scim::with(json!({ "extensions": [extension] }));
    let path = scim.user(json!({}));
    let put = |badge: &str| json!({ "schemas": [USER], "userName": "alice@example.com", "urn:example:hr:2.0:User": { "badge": badge } });
    for badge in ["7", "7"] {
        assert_eq!(body(&scim.put(&path, put(badge)), 200)["urn:example:hr:2.0:User"]["badge"], "7");
    }
    refused(&scim.put(&path, put("8")), 400, Some("mutability"));
    let without = body(&scim.put(&path, json!({ "schemas": [USER], "userName": "alice@example.com" })), 200);
    assert_eq!(without["urn:example:hr:2.0:User"]["badge"], "7", "it cannot be taken away either");
}

#[test]
fn deactivation_by_put_changes_nothing_else() {
    let mut scim = Scim::rfc();
    let path = scim.user(full());
    let group = scim.group("G", &[&path]);
    let before = scim.shown(&path);
    for active in [false, true] {
        let mut sent = scim.shown(&path);
        sent["active"] = active.into();
        assert_eq!(body(&scim.put(&path, sent), 200)["active"], active);
    }
    assert_eq!(lasting(scim.shown(&path)), lasting(before));
    assert_eq!(members(&scim.shown(&group)), [id(&path)]);
}
