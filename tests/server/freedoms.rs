//! Every freedom that the settings open still leaves a server that works: a round through a life with each.

use serde_json::{Value, json};

use super::support::{Scim, USER, body, id, name_of};

/// Create, read, find, list, change, deactivate, replace, group, delete; true answers all the way.
fn round(scim: &mut Scim, setting: &Value) {
    let answer = scim.post("/Users", json!({ "schemas": [USER], "userName": "alice@x", "displayName": "Alice" }));
    let user = body(&answer, 201);
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    assert_eq!(scim.shown(&path), user, "{setting}");
    let list = scim.shown("/Users?startIndex=1&count=1");
    assert_eq!((&list["totalResults"], list["Resources"].as_array().map(Vec::len)), (&json!(1), Some(1)), "{setting}");

    let config = scim.shown("/ServiceProviderConfig");
    if config["filter"]["supported"] == true {
        assert_eq!(scim.found("/Users", "userName eq \"ALICE@x\""), [user], "{setting}");
    }
    let operations = json!([{ "op": "replace", "path": "displayName", "value": "New" }, { "op": "Replace", "path": "active", "value": "False" }]);
    let patched = scim.patch(&path, operations).status;
    let expected = if config["patch"]["supported"] == true { &[200, 204][..] } else { &[501] };
    assert!(expected.contains(&patched), "{setting}: {patched}");
    let mut sent = scim.shown(&path);
    sent["active"] = true.into();
    sent["displayName"] = "Third".into();
    assert_eq!(body(&scim.put(&path, sent), 200)["displayName"], "Third", "{setting}");

    if scim.shown("/ResourceTypes")["totalResults"] == 2 {
        let group = scim.group("G", &[&path]);
        assert_eq!(scim.shown(&group)["members"][0]["value"], id(&path), "{setting}");
        assert_eq!(scim.delete(&group).status, 204, "{setting}");
    }
    assert_eq!(scim.delete(&path).status, 204, "{setting}");
    let empty = scim.shown("/Users");
    assert_eq!(
        (&empty["totalResults"], empty.get("Resources").is_none_or(|all| *all == json!([]))),
        (&json!(0), true),
        "{setting}"
    );
}

#[test]
fn a_life_can_be_lived_with_every_freedom() {
    for setting in [
        json!({}),
        json!({ "max-results": 1 }),
        json!({ "page-size": 1 }),
        json!({ "etag": false }),
        json!({ "patch": false }),
        json!({ "filter": false }),
        json!({ "sort": false }),
        json!({ "search": false }),
        json!({ "cursors": "offered" }),
        json!({ "cursors": "default" }),
        json!({ "async-requests": true }),
        json!({ "okta-types": true }),
        json!({ "bulk": false }),
        json!({ "groups": false }),
        json!({ "public-discovery": false }),
        json!({ "patch-users": 204 }),
        json!({ "patch-groups": 200 }),
        json!({ "resources-when-empty": false }),
        json!({ "charset": true }),
        json!({ "put-omitted": "keep" }),
        json!({ "unknown-attributes": "refuse" }),
        json!({ "unknown-members": "accept" }),
        json!({ "unique-group-names": false }),
        json!({ "replace-creates": true }),
        json!({ "token": "chosen", "token-days": 1 }),
        json!({ "rate-limit": { "requests": 1000, "seconds": 60 } }),
        json!({ "seats": 1, "capacity": { "status": 402 } }),
        json!({ "unique-addresses": true }),
        json!({ "invitations": true }),
        json!({ "verify-email": true }),
        json!({ "roles-in-app": true }),
    ] {
        round(&mut Scim::with(setting.clone()), &setting);
    }
    round(&mut Scim::calendly(), &json!("calendly"));
}

#[test]
fn every_setting_is_tried_above_or_elsewhere() {
    // What is no freedom, or is tried by a file of its own.
    let elsewhere = [
        "persona",
        "base-url",
        "seed",
        "max-body",
        "bulk-operations",
        "bulk-payload",
        "provisioned-only",
        "needs-plan",
        "plan",
        "sso",
        "extensions",
        "group-attribute",
    ];
    let source = include_str!("freedoms.rs");
    let settings = serde_json::to_value(scimulator::server::Settings::default()).unwrap();
    for name in settings.as_object().unwrap().keys().filter(|name| !elsewhere.contains(&name.as_str())) {
        assert!(
            source.contains(&format!("json!({{ \"{name}\": ")) || source.contains(&format!(", \"{name}\": ")),
            "{name}"
        );
    }
}

#[test]
fn the_same_page_is_cut_in_one_or_many() {
    let mut scim = Scim::with(json!({ "page-size": 1, "max-results": 2 }));
    for name in ["a", "b", "c"] {
        scim.named(name);
    }
    let walk = |scim: &mut Scim, count: usize| {
        let (mut seen, mut start) = (Vec::new(), 1);
        loop {
            let page = scim.shown(&format!("/Users?startIndex={start}&count={count}"));
            let names: Vec<String> = page["Resources"].as_array().unwrap().iter().map(name_of).collect();
            if names.is_empty() {
                return seen;
            }
            start += names.len();
            seen.extend(names);
        }
    };
    assert_eq!(walk(&mut scim, 1), walk(&mut scim, 100));
}
