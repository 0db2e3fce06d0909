//! PATCH (RFC 7644 §3.5.2) as the server has it; the engine's own tests stand beside the engine.

use serde_json::{Value, json};

use super::support::{ENTERPRISE, PATCH_OP, Scim, body, id, lasting, refused};

fn full() -> Value {
    json!({
        "displayName": "Alice", "title": "t", "name": { "givenName": "A", "familyName": "B" },
        "emails": [{ "value": "a@x", "type": "work", "primary": true }, { "value": "h@x", "type": "home" }],
    })
}

#[test]
fn the_answer_is_the_whole_resource_or_nothing_as_the_settings_say() {
    for (changes, status) in [(json!({}), 200), (json!({ "patch-users": 204 }), 204)] {
        let mut scim = Scim::with(changes);
        let path = scim.user(full());
        let answer = scim.patch(&path, json!([{ "op": "replace", "path": "displayName", "value": "New" }]));
        assert_eq!(answer.status, status);
        let shown = scim.get(&path);
        assert_eq!(answer.headers.get("etag"), shown.headers.get("etag"));
        let expected = if status == 200 { shown.body.clone() } else { bytes::Bytes::new() };
        assert_eq!(answer.body, expected);
        assert_eq!(shown.json().unwrap()["displayName"], "New");
    }
}

#[test]
fn who_asks_for_attributes_gets_them_even_where_204_is_usual() {
    let mut scim = Scim::with(json!({ "patch-users": 204 }));
    let path = scim.user(full());
    let answer =
        scim.patch(&format!("{path}?attributes=userName"), json!([{ "op": "add", "path": "title", "value": "x" }]));
    let shown = body(&answer, 200);
    assert_eq!((shown.get("title"), &shown["userName"]), (None, &json!("alice@example.com")));
}

#[test]
fn a_refused_operation_takes_the_good_ones_with_it_in_any_order() {
    let mut scim = Scim::rfc();
    scim.named("bob");
    let path = scim.user(full());
    let before = scim.shown(&path);
    let good = json!({ "op": "replace", "path": "displayName", "value": "New" });
    for (bad, status, scim_type) in [
        (json!({ "op": "replace", "path": "userName", "value": "bob" }), 409, "uniqueness"),
        (json!({ "op": "replace", "path": "active", "value": "maybe" }), 400, "invalidValue"),
        (json!({ "op": "remove", "path": "userName" }), 400, "mutability"),
        (json!({ "op": "replace", "path": "emails[type eq \"pager\"].value", "value": "x" }), 400, "noTarget"),
        (json!({ "op": "replace", "path": "id", "value": "x" }), 400, "mutability"),
        (json!({ "op": "add", "path": "groups", "value": [{ "value": "x" }] }), 400, "mutability"),
        (json!({ "op": "replace", "path": "zzNoSuch", "value": "1" }), 400, "invalidPath"),
        (json!({ "op": "replace", "path": "emails[", "value": "1" }), 400, "invalidPath"),
        (json!({ "op": "remove" }), 400, "noTarget"),
    ] {
        for operations in [json!([good, bad]), json!([bad, good])] {
            scim.wait(60);
            refused(&scim.patch(&path, operations), status, Some(scim_type));
            assert_eq!(scim.shown(&path), before, "{bad}");
        }
    }
}

#[test]
fn what_changes_nothing_moves_no_time_and_no_version() {
    let mut scim = Scim::rfc();
    let path = scim.user(full());
    let before = scim.shown(&path);
    scim.wait(60);
    for operation in [
        json!({ "op": "add", "path": "emails", "value": [{ "value": "h@x", "type": "home" }] }),
        json!({ "op": "replace", "path": "displayName", "value": "Alice" }),
        json!({ "op": "remove", "path": "nickName" }),
    ] {
        assert_eq!(body(&scim.patch(&path, json!([operation])), 200), before, "{operation}");
    }
}

#[test]
fn a_change_moves_time_and_version_and_nothing_else() {
    let mut scim = Scim::rfc();
    let path = scim.user(full());
    let mut before = scim.shown(&path);
    scim.wait(60);
    let after = body(&scim.patch(&path, json!([{ "op": "replace", "path": "title", "value": "u" }])), 200);
    assert_eq!(after["meta"]["lastModified"], "2026-01-05T09:01:00Z");
    assert_ne!(after["meta"]["version"], before["meta"]["version"]);
    before["title"] = "u".into();
    assert_eq!(lasting(after), lasting(before));
}

#[test]
fn entra_and_okta_deactivate_and_reactivate_in_their_own_ways() {
    let mut scim = Scim::rfc();
    let path = scim.user(full());
    let before = scim.shown(&path);
    for (off, on) in [
        (
            json!({ "op": "Replace", "path": "active", "value": "False" }),
            json!({ "op": "Add", "path": "active", "value": "True" }),
        ),
        (
            json!({ "op": "replace", "value": { "active": false } }),
            json!({ "op": "replace", "value": { "active": true } }),
        ),
    ] {
        assert_eq!(body(&scim.patch(&path, json!([off])), 200)["active"], false);
        assert_eq!(scim.names("/Users", "userName eq \"alice@example.com\" and active eq false").len(), 1);
        assert_eq!(scim.shown(&path)["active"], false, "still there");
        assert_eq!(body(&scim.patch(&path, json!([on])), 200)["active"], true);
    }
    assert_eq!(lasting(scim.shown(&path)), lasting(before));
}

#[test]
fn entra_addresses_every_attribute_in_its_own_way() {
    let mut scim = Scim::rfc();
    let path = scim.named("alice@x");
    let department = format!("{ENTERPRISE}:department");
    let employee = format!("{ENTERPRISE}:employeeNumber");
    let manager = format!("{ENTERPRISE}:manager");
    let user = body(
        &scim.patch(
            &path,
            json!([
                { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "w@x" },
                { "op": "Add", "path": department, "value": "D" },
                { "op": "Add", "path": manager, "value": "m" },
                { "op": "replace", "value": { "displayName": "N", "name.givenName": "G", employee: "7" } },
            ]),
        ),
        200,
    );
    assert_eq!(user["emails"], json!([{ "type": "work", "value": "w@x" }]));
    assert_eq!(user[ENTERPRISE], json!({ "department": "D", "manager": { "value": "m" }, "employeeNumber": "7" }));
    assert_eq!((&user["displayName"], &user["name"]), (&json!("N"), &json!({ "givenName": "G" })));
    assert!(user["schemas"].as_array().unwrap().contains(&json!(ENTERPRISE)));
}

#[test]
fn a_filtered_replace_without_match_makes_the_element_where_the_settings_say_so() {
    let replace = json!([{ "op": "replace", "path": "emails[type eq \"other\"].value", "value": "o@x" }]);
    let mut strict = Scim::rfc();
    let path = strict.user(full());
    refused(&strict.patch(&path, replace.clone()), 400, Some("noTarget"));
    let mut lenient = Scim::with(json!({ "replace-creates": true }));
    let path = lenient.user(full());
    assert_eq!(body(&lenient.patch(&path, replace), 200)["emails"][2], json!({ "type": "other", "value": "o@x" }));
}

#[test]
fn a_body_that_is_no_patch_is_refused() {
    let mut scim = Scim::rfc();
    let path = scim.user(full());
    for sent in [
        json!({}),
        json!({ "schemas": [PATCH_OP] }),
        json!({ "schemas": [PATCH_OP], "Operations": {} }),
        json!({ "schemas": [PATCH_OP], "Operations": [{ "op": "move", "path": "title" }] }),
    ] {
        let answer = scim.send(scimulator::http::Method::Patch, &path, Some(&sent));
        assert_eq!(answer.status, 400, "{sent}");
    }
}

#[test]
fn a_server_without_patch_says_so_and_changes_nothing() {
    let mut scim = Scim::with(json!({ "patch": false }));
    let path = scim.user(full());
    let before = scim.shown(&path);
    refused(&scim.patch(&path, json!([{ "op": "replace", "path": "title", "value": "u" }])), 501, None);
    assert_eq!(scim.shown(&path), before);
    assert_eq!(scim.shown("/ServiceProviderConfig")["patch"]["supported"], false);
}

#[test]
fn a_rename_that_repeats_the_id_is_taken_and_another_id_is_not() {
    let mut scim = Scim::rfc();
    let group = scim.group("G", &[]);
    let rename = |id: &str| json!([{ "op": "replace", "value": { "id": id, "displayName": "New" } }]);
    assert_eq!(scim.patch(&group, rename(id(&group))).status, 204);
    assert_eq!(scim.shown(&group)["displayName"], "New");
    refused(&scim.patch(&group, rename("other")), 400, Some("mutability"));
}

#[test]
fn a_user_that_does_not_exist_is_404() {
    let operations = json!([{ "op": "replace", "path": "title", "value": "u" }]);
    refused(&Scim::rfc().patch("/Users/00000000-0000-4000-8000-000000000000", operations), 404, None);
}
