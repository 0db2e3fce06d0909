//! `attributes`, `excludedAttributes`, `returned` (RFC 7644 §3.9).

use serde_json::{Value, json};

use super::support::{ENTERPRISE, Scim, USER, body, id, refused};

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn alice(scim: &mut Scim) -> String {
    scim.user(json!({
        "displayName": "Alice", "title": "t", "name": { "givenName": "A", "familyName": "B" },
        "emails": [{ "value": "a@x", "type": "work" }, { "value": "h@x", "type": "home" }],
        ENTERPRISE: { "department": "D", "employeeNumber": "7" },
    }))
}

#[test]
fn only_what_is_named_is_returned_and_what_always_is() {
    let mut scim = Scim::rfc();
    let path = alice(&mut scim);
    for (names, expected) in [
        ("userName", json!({ "userName": "alice@example.com" })),
        ("USERNAME, title", json!({ "userName": "alice@example.com", "title": "t" })),
        ("name.givenName", json!({ "name": { "givenName": "A" } })),
        ("name", json!({ "name": { "givenName": "A", "familyName": "B" } })),
        ("emails.value", json!({ "emails": [{ "value": "a@x" }, { "value": "h@x" }] })),
        ("urn:ietf:params:scim:schemas:core:2.0:User:title", json!({ "title": "t" })),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            json!({ ENTERPRISE: { "department": "D" } }),
        ),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            json!({ ENTERPRISE: { "department": "D", "employeeNumber": "7" } }),
        ),
        ("zzNoSuch,title", json!({ "title": "t" })),
        ("password", json!({})),
    ] {
        let mut shown = scim.shown(&format!("{path}?attributes={}", names.replace(' ', "%20")));
        let object = shown.as_object_mut().unwrap();
        assert_eq!(object.shift_remove("id"), Some(json!(id(&path))), "{names}");
        assert_eq!(object.shift_remove("schemas"), Some(json!([USER, ENTERPRISE])), "{names}");
        assert_eq!(shown, expected, "{names}");
    }
}

#[test]
fn what_is_excluded_is_left_out_but_for_what_always_is_returned() {
    let mut scim = Scim::rfc();
    let path = alice(&mut scim);
    let shown = scim.shown(&format!(
        "{path}?excludedAttributes=id,schemas,emails,name.givenName,meta.version,{ENTERPRISE}:department"
    ));
    assert_eq!(
        keys(&shown),
        ["schemas", "id", "userName", "displayName", "title", "name", ENTERPRISE, "active", "meta"]
    );
    assert_eq!(
        (&shown["name"], &shown[ENTERPRISE]),
        (&json!({ "familyName": "B" }), &json!({ "employeeNumber": "7" }))
    );
    assert_eq!(shown["meta"].get("version"), None);
}

#[test]
fn a_group_is_read_without_its_members() {
    let mut scim = Scim::rfc();
    let path = alice(&mut scim);
    let group = scim.group("G", &[&path]);
    assert_eq!(scim.shown(&format!("{group}?excludedAttributes=members")).get("members"), None);
    let list = scim.shown("/Groups?excludedAttributes=members&filter=displayName+eq+%22G%22");
    assert_eq!((&list["totalResults"], list["Resources"][0].get("members")), (&json!(1), None));
}

#[test]
fn a_list_is_filtered_and_sorted_by_what_it_does_not_show() {
    let mut scim = Scim::rfc();
    alice(&mut scim);
    let list = scim.shown("/Users?filter=title%20eq%20%22t%22&sortBy=title&attributes=userName");
    assert_eq!(keys(&list["Resources"][0]), ["schemas", "id", "userName"]);
}

#[test]
fn answers_to_writes_obey_it_too() {
    let mut scim = Scim::rfc();
    let sent = json!({ "schemas": [USER], "userName": "u", "title": "t" });
    let answer = scim.post("/Users?attributes=userName", sent.clone());
    let user = body(&answer, 201);
    assert_eq!(keys(&user), ["schemas", "id", "userName"]);
    assert!(answer.headers.get("location").is_some() && answer.headers.get("etag").is_some());
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    assert_eq!(
        keys(&body(&scim.put(&format!("{path}?attributes=userName"), sent), 200)),
        ["schemas", "id", "userName"]
    );
    let answer =
        scim.patch(&format!("{path}?excludedAttributes=meta"), json!([{ "op": "add", "path": "title", "value": "u" }]));
    assert_eq!(keys(&body(&answer, 200)), ["schemas", "id", "userName", "title", "active"]);
}

#[test]
fn what_is_returned_on_request_comes_when_asked_for_or_written() {
    const HR: &str = "urn:example:hr:2.0:User";
    let extension = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": HR, "name": "HR",
        "attributes": [
            { "name": "salary", "type": "string", "returned": "request" },
            { "name": "secret", "type": "string", "mutability": "writeOnly", "returned": "never" },
            { "name": "grade", "type": "string" },
        ],
    });
    let mut scim = Scim::with(json!({ "extensions": [extension] }));
    let sent = json!({ "schemas": [USER], "userName": "u", HR: { "salary": "1", "secret": "s", "grade": "g" } });
    let user = body(&scim.post("/Users", sent), 201);
    assert_eq!(user[HR], json!({ "salary": "1", "grade": "g" }));
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    assert_eq!(scim.shown(&path)[HR], json!({ "grade": "g" }));
    assert_eq!(scim.shown(&format!("{path}?attributes={HR}:salary"))[HR], json!({ "salary": "1" }));
    let change = |name: &str| json!([{ "op": "replace", "path": format!("{HR}:{name}"), "value": "2" }]);
    assert_eq!(body(&scim.patch(&path, change("grade")), 200)[HR], json!({ "grade": "2" }));
    assert_eq!(body(&scim.patch(&path, change("salary")), 200)[HR], json!({ "salary": "2", "grade": "2" }));
}

#[test]
fn both_lists_together_are_refused() {
    let mut scim = Scim::rfc();
    let path = alice(&mut scim);
    refused(&scim.get(&format!("{path}?attributes=userName&excludedAttributes=name")), 400, Some("invalidValue"));
}
