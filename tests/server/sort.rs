//! Sorting (RFC 7644 §3.4.2.3).

use serde_json::json;

use super::support::{ENTERPRISE, Scim, name_of, refused};

fn people() -> Scim {
    let mut scim = Scim::rfc();
    for (name, more) in [
        ("ben", json!({ "title": "2", "emails": [{ "value": "z@x" }, { "value": "a@x", "primary": true }] })),
        ("Anna", json!({ "name": { "familyName": "b" }, "emails": [{ "value": "m@x" }] })),
        (
            "carl",
            json!({ "title": "10", "name": { "familyName": "A" }, "active": false, ENTERPRISE: { "department": "d" } }),
        ),
    ] {
        let mut user = more;
        user["userName"] = name.into();
        scim.user(user);
        scim.wait(1);
    }
    scim
}

fn sorted(scim: &mut Scim, query: &str) -> Vec<String> {
    scim.shown(&format!("/Users?{query}"))["Resources"].as_array().unwrap().iter().map(name_of).collect()
}

#[test]
fn resources_come_in_the_order_that_was_asked_for() {
    let mut scim = people();
    for (query, expected) in [
        ("", ["ben", "Anna", "carl"]),
        ("sortBy=userName", ["Anna", "ben", "carl"]),
        ("sortBy=USERNAME&sortOrder=ascending", ["Anna", "ben", "carl"]),
        ("sortBy=userName&sortOrder=descending", ["carl", "ben", "Anna"]),
        ("sortBy=title", ["carl", "ben", "Anna"]),
        ("sortBy=title&sortOrder=descending", ["Anna", "ben", "carl"]),
        ("sortBy=name.familyName", ["carl", "Anna", "ben"]),
        ("sortBy=emails", ["ben", "Anna", "carl"]),
        ("sortBy=emails.value", ["ben", "Anna", "carl"]),
        ("sortBy=meta.created&sortOrder=descending", ["carl", "Anna", "ben"]),
        ("sortBy=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", ["carl", "ben", "Anna"]),
        ("sortBy=active", ["carl", "ben", "Anna"]),
    ] {
        assert_eq!(sorted(&mut scim, query), expected, "{query}");
    }
}

#[test]
fn pages_are_cut_from_the_whole_order() {
    let mut scim = people();
    let pages: Vec<String> =
        (1..=3).flat_map(|start| sorted(&mut scim, &format!("sortBy=userName&count=1&startIndex={start}"))).collect();
    assert_eq!(pages, ["Anna", "ben", "carl"]);
}

#[test]
fn an_attribute_that_does_not_exist_is_refused() {
    let mut scim = people();
    refused(&scim.get("/Users?sortBy=zzNoSuch"), 400, Some("invalidValue"));
    refused(&scim.get("/Users?sortBy=a..b"), 400, Some("invalidValue"));
}

#[test]
fn a_server_without_sorting_ignores_it() {
    let mut scim = Scim::with(json!({ "sort": false }));
    scim.named("b");
    scim.named("a");
    assert_eq!(sorted(&mut scim, "sortBy=userName"), ["b", "a"]);
    assert_eq!(scim.shown("/ServiceProviderConfig")["sort"]["supported"], false);
}
