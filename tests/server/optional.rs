//! Parts that hardly a server has: cursors (RFC 9865), answers before the work is done (RFC 9967), Okta's types.

use scimulator::http::Method;
use serde_json::{Value, json};

use super::support::{Scim, USER, body, names, refused};

#[test]
fn cursors_lead_through_everybody_and_back() {
    let mut scim = Scim::of_five(json!({ "cursors": "offered" }));
    let page = |scim: &mut Scim, cursor: &Value| {
        scim.shown(&format!("/Users?filter=userName%20pr&cursor={}&count=2", cursor.as_str().unwrap()))
    };
    let first = page(&mut scim, &json!(""));
    assert_eq!((names(&first), first.get("previousCursor"), first.get("startIndex")), (words("ab"), None, None));
    let second = page(&mut scim, &first["nextCursor"]);
    let third = page(&mut scim, &second["nextCursor"]);
    assert_eq!((names(&second), names(&third), third.get("nextCursor")), (words("cd"), words("e"), None));
    assert_eq!(names(&page(&mut scim, &third["previousCursor"])), words("cd"));
}

fn words(letters: &str) -> Vec<String> {
    letters.chars().map(String::from).collect()
}

#[test]
fn cursors_work_in_a_search_too() {
    let mut scim = Scim::of_five(json!({ "cursors": "offered" }));
    let search = |scim: &mut Scim, cursor: &Value| {
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"];
        body(&scim.post("/Users/.search", json!({ "schemas": schemas, "cursor": cursor, "count": 3 })), 200)
    };
    let first = search(&mut scim, &json!(""));
    assert_eq!(names(&search(&mut scim, &first["nextCursor"])), words("de"));
}

#[test]
fn a_cursor_of_another_query_and_one_that_nobody_gave_out_are_refused() {
    let mut scim = Scim::of_five(json!({ "cursors": "offered" }));
    let first = scim.shown("/Users?cursor&count=2");
    let cursor = first["nextCursor"].as_str().unwrap();
    for query in [format!("cursor={cursor}&count=3"), "cursor=zz&count=2".to_owned()] {
        refused(&scim.get(&format!("/Users?{query}")), 400, Some("invalidCursor"));
    }
    refused(&scim.get("/Users?cursor=&count=0"), 400, Some("invalidCount"));
}

#[test]
fn what_is_offered_is_announced_and_nothing_else_is() {
    let config = Scim::of_five(json!({ "cursors": "offered" })).shown("/ServiceProviderConfig");
    assert_eq!(config["pagination"]["defaultPaginationMethod"], "index");
    let config = Scim::rfc().shown("/ServiceProviderConfig");
    assert!(config.get("pagination").is_none() && config.get("securityEvents").is_none());
}

#[test]
fn a_write_is_done_later_only_for_who_prefers_that() {
    let mut scim = Scim::with(json!({ "async-requests": true }));
    let user = |name: &str| json!({ "schemas": [USER], "userName": name });
    assert_eq!(scim.post("/Users", user("a@x")).status, 201);
    let request = scim.request(Method::Post, "/Users", Some(&user("b@x")));
    let accepted = scim.raw(&request.with_header("Prefer", "respond-async, wait=10"));
    assert_eq!((accepted.status, accepted.body.len()), (202, 0));
    assert!(["Set-Txn", "Preference-Applied", "Location"].iter().all(|name| accepted.headers.get(name).is_some()));
    assert_eq!(scim.found("/Users", "userName eq \"b@x\"").len(), 1);
    let twice = scim.request(Method::Post, "/Users", Some(&user("b@x")));
    refused(&scim.raw(&twice.with_header("Prefer", "respond-async")), 409, Some("uniqueness"));
}

#[test]
fn roles_and_entitlements_are_types_with_schemas_and_cannot_be_written() {
    let mut scim = Scim::with(json!({ "okta-types": true }));
    assert_eq!(scim.shown("/ResourceTypes")["totalResults"], 4);
    assert_eq!(scim.shown("/ResourceTypes/Role")["endpoint"], "/Roles");
    assert_eq!(scim.shown("/Schemas/urn:okta:scim:schemas:core:1.0:Entitlement")["name"], "Entitlement");
    let roles = scim.shown("/Roles?startIndex=2&count=1");
    assert_eq!((&roles["totalResults"], &roles["itemsPerPage"]), (&json!(3), &json!(1)));
    let location = format!("/Roles/{}", roles["Resources"][0]["id"].as_str().unwrap());
    assert_eq!(scim.shown(&location), roles["Resources"][0]);
    refused(&scim.post("/Roles", json!({})), 405, None);
    refused(&Scim::rfc().get("/Roles"), 404, None);
}
