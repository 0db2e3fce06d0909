//! POST (RFC 7644 §3.3).

use serde_json::{Value, json};

use super::support::{BASE, ENTERPRISE, GROUP, Scim, USER, body, encoded, refused};

/// The request of RFC 7644 §3.3.
fn bjensen() -> Value {
    json!({
        "schemas": [USER],
        "userName": "bjensen",
        "externalId": "bjensen",
        "name": { "formatted": "Ms. Barbara J Jensen III", "familyName": "Jensen", "givenName": "Barbara" },
    })
}

#[test]
fn the_example_of_the_rfc_is_answered_as_the_rfc_has_it() {
    let mut scim = Scim::rfc();
    let answer = scim.post("/Users", bjensen());
    let user = body(&answer, 201);
    let location = user["meta"]["location"].as_str().unwrap();
    assert_eq!(location, format!("{BASE}/Users/{}", user["id"].as_str().unwrap()));
    assert_eq!(answer.headers.get("location"), Some(location));
    assert_eq!(answer.headers.get("content-type"), Some("application/scim+json"));
    assert_eq!(answer.headers.get("etag"), user["meta"]["version"].as_str());
    assert_eq!(user["meta"]["resourceType"], "User");
    assert_eq!(user["meta"]["created"], user["meta"]["lastModified"]);
    assert_eq!(user["meta"]["created"], "2026-01-05T09:00:00Z");
    for name in ["schemas", "userName", "externalId", "name"] {
        assert_eq!(user[name], bjensen()[name], "{name}");
    }
}

#[test]
fn the_answer_is_what_a_get_shows_at_once() {
    let mut scim = Scim::rfc();
    let user = body(&scim.post("/Users", bjensen()), 201);
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    assert_eq!(scim.shown(&path), user);
    assert_eq!(scim.found("/Users", "userName eq \"bjensen\""), [user]);
}

#[test]
fn every_value_comes_back_as_sent() {
    let mut scim = Scim::rfc();
    let sent = json!({
        "schemas": [USER, ENTERPRISE],
        "externalId": "AbC-1",
        "userName": "o'brien+test@Example.com",
        "name": { "familyName": "Zażółć 山田 😀", "givenName": "X", "honorificPrefix": "Dr." },
        "displayName": "A%b_c \"quoted\" \\ back",
        "title": "t", "locale": "en-US", "timezone": "Europe/Berlin", "active": false,
        "emails": [{ "value": "a@Example.com", "type": "work", "primary": true }, { "value": "h@x", "type": "home" }],
        "phoneNumbers": [{ "value": "+1 (555) 555-5555", "type": "work" }],
        "addresses": [{ "type": "work", "streetAddress": "1 St", "country": "US", "formatted": "1 St\nX" }],
        "x509Certificates": [{ "value": "MIID" }],
        ENTERPRISE: { "department": "D", "employeeNumber": "7", "manager": { "value": "26118915" } },
    });
    let user = body(&scim.post("/Users", sent.clone()), 201);
    for (name, value) in sent.as_object().unwrap() {
        assert_eq!(&user[name], value, "{name}");
    }
}

#[test]
fn read_only_attributes_are_the_servers_own() {
    let mut scim = Scim::rfc();
    let mut sent = bjensen();
    sent["id"] = "client-id".into();
    sent["groups"] = json!([{ "value": "x" }]);
    sent["meta"] =
        json!({ "resourceType": "Group", "created": "2000-01-01T00:00:00Z", "location": "x", "version": "y" });
    let user = body(&scim.post("/Users", sent), 201);
    assert_ne!(user["id"], "client-id");
    assert_eq!((&user["meta"]["resourceType"], user.get("groups")), (&json!("User"), None));
    assert_eq!(user["meta"]["created"], "2026-01-05T09:00:00Z");
}

#[test]
fn null_empty_lists_and_empty_texts_are_no_values() {
    let mut scim = Scim::rfc();
    let path = scim.user(json!({
        "title": null, "addresses": null, "phoneNumbers": [], "roles": [], "nickName": "",
        "name": { "givenName": "G", "middleName": "" },
    }));
    let user = scim.shown(&path);
    for name in ["title", "addresses", "phoneNumbers", "roles", "nickName"] {
        assert_eq!(user.get(name), None, "{name}");
    }
    assert_eq!(user["name"], json!({ "givenName": "G" }));
}

#[test]
fn a_taken_user_name_is_a_conflict_in_any_case_and_form() {
    let mut scim = Scim::rfc();
    let path = scim.named("josé@x");
    let before = scim.shown(&path);
    for name in ["josé@x", "JOSÉ@X", "jose\u{301}@x", "\u{ff4a}osé@x"] {
        let answer = scim.post("/Users", json!({ "schemas": [USER], "userName": name }));
        assert!(refused(&answer, 409, Some("uniqueness")).contains("userName"), "{name}");
    }
    assert_eq!(scim.shown(&path), before);
    assert_eq!(scim.shown("/Users")["totalResults"], 1);
}

#[test]
fn external_ids_may_repeat() {
    let mut scim = Scim::rfc();
    scim.user(json!({ "userName": "a", "externalId": "1" }));
    scim.user(json!({ "userName": "b", "externalId": "1" }));
    assert_eq!(scim.names("/Users", "externalId eq \"1\""), ["a", "b"]);
}

#[test]
fn what_is_required_must_be_there() {
    let mut scim = Scim::rfc();
    for name in [json!(null), json!(""), json!("  ")] {
        let answer = scim.post("/Users", json!({ "schemas": [USER], "userName": name }));
        assert!(refused(&answer, 400, Some("invalidValue")).contains("userName"), "{name}");
    }
    refused(&scim.post("/Users", json!({ "schemas": [USER] })), 400, Some("invalidValue"));
    refused(&scim.post("/Groups", json!({ "schemas": [GROUP] })), 400, Some("invalidValue"));
    assert_eq!(scim.shown("/Users")["totalResults"], 0);
}

#[test]
fn a_body_names_the_schema_of_its_resource() {
    let mut scim = Scim::rfc();
    for schemas in [json!(null), json!([]), json!([GROUP]), json!(USER)] {
        let answer = scim.post("/Users", json!({ "schemas": schemas, "userName": "u" }));
        refused(&answer, 400, Some("invalidSyntax"));
    }
}

#[test]
fn a_value_of_the_wrong_type_is_refused() {
    let mut scim = Scim::rfc();
    for (name, value) in [
        ("userName", json!({})),
        ("userName", json!(5)),
        ("emails", json!("x")),
        ("name", json!([])),
        ("name", json!("x")),
        ("active", json!("maybe")),
        ("active", json!(1)),
        ("emails", json!([{ "value": 5 }])),
        (ENTERPRISE, json!({ "employeeNumber": 701_984 })),
    ] {
        let mut sent = json!({ "schemas": [USER], "userName": "u" });
        sent[name] = value.clone();
        refused(&scim.post("/Users", sent), 400, Some("invalidValue"));
    }
    assert_eq!(scim.shown("/Users")["totalResults"], 0);
}

#[test]
fn booleans_as_text_are_booleans() {
    let mut scim = Scim::rfc();
    let path = scim.user(json!({ "active": "False", "emails": [{ "value": "a@x", "primary": "True" }] }));
    let user = scim.shown(&path);
    assert_eq!((&user["active"], &user["emails"][0]["primary"]), (&json!(false), &json!(true)));
}

#[test]
fn names_of_attributes_have_no_case() {
    let mut scim = Scim::rfc();
    let sent =
        json!({ "SCHEMAS": [USER], "USERNAME": "u", "Name": { "FAMILYNAME": "F" }, "Emails": [{ "VALUE": "a@x" }] });
    let user = body(&scim.post("/Users", sent), 201);
    assert_eq!(
        (&user["userName"], &user["name"]["familyName"], &user["emails"][0]["value"]),
        (&json!("u"), &json!("F"), &json!("a@x"))
    );
}

#[test]
fn an_extension_need_not_be_announced() {
    let mut scim = Scim::rfc();
    let user = body(
        &scim.post("/Users", json!({ "schemas": [USER], "userName": "u", ENTERPRISE: { "department": "D" } })),
        201,
    );
    assert_eq!(user["schemas"], json!([USER, ENTERPRISE]));
    assert_eq!(user[ENTERPRISE], json!({ "department": "D" }));
}

#[test]
fn the_manager_is_an_object_whatever_was_sent() {
    for manager in [
        json!("m"),
        json!({ "value": "m", "displayName": "not the client's" }),
        json!([{ "$ref": null, "value": "m" }]),
    ] {
        let mut scim = Scim::rfc();
        let path = scim.user(json!({ ENTERPRISE: { "manager": manager } }));
        assert_eq!(scim.shown(&path)[ENTERPRISE]["manager"], json!({ "value": "m" }), "{manager}");
    }
}

#[test]
fn unknown_attributes_and_schemas_are_dropped_or_refused() {
    let sent = json!({ "schemas": [USER, "urn:example:none"], "userName": "u", "zzUnknown": "1", "urn:example:none": { "a": 1 } });
    let user = body(&Scim::rfc().post("/Users", sent.clone()), 201);
    assert_eq!((user.get("zzUnknown"), user.get("urn:example:none")), (None, None));
    assert_eq!(user["schemas"], json!([USER]));
    let mut strict = Scim::with(json!({ "unknown-attributes": "refuse" }));
    refused(&strict.post("/Users", sent), 400, Some("invalidSyntax"));
}

#[test]
fn a_password_is_in_no_answer_and_no_filter() {
    let mut scim = Scim::rfc();
    let answer = scim.post("/Users", json!({ "schemas": [USER], "userName": "u", "password": "t1meMa$heen" }));
    let user = body(&answer, 201);
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    for target in [path.clone(), format!("{path}?attributes=password"), "/Users".into()] {
        let answer = scim.get(&target);
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!text.contains("t1me") && !text.contains("password"), "{target}: {text}");
    }
    let sw = scim.get(&format!("/Users?filter={}", encoded("password sw \"t\"")));
    refused(&sw, 400, Some("invalidFilter"));
}

#[test]
fn a_user_is_active_unless_it_says_otherwise() {
    let mut scim = Scim::rfc();
    let (a, b) = (scim.named("a"), scim.user(json!({ "userName": "b", "active": false })));
    assert_eq!((&scim.shown(&a)["active"], &scim.shown(&b)["active"]), (&json!(true), &json!(false)));
}

#[test]
fn ids_follow_from_the_seed_and_are_never_given_twice() {
    let ids = |seed: u64| {
        let mut scim = Scim::with(json!({ "seed": seed }));
        let first = scim.named("a");
        scim.delete(&first);
        (first, scim.named("a"))
    };
    let (first, second) = ids(7);
    assert_ne!(first, second);
    assert_eq!(ids(7), (first.clone(), second));
    assert_ne!(ids(8).0, first);
}
