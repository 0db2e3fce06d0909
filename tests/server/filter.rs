//! Filters on lists (RFC 7644 §3.4.2.2). What a filter means is proven beside the evaluator; here, that lists obey it.

use serde_json::json;

use super::support::{ENTERPRISE, Scim, USER, body, encoded, id, refused};

/// Three people with enough on them to tell every operator.
fn people() -> Scim {
    let mut scim = Scim::rfc();
    scim.user(json!({
        "userName": "anna", "externalId": "AbC", "title": "x", "active": false, "displayName": "a%b_c",
        "emails": [{ "value": "a@x", "type": "work" }, { "value": "b@y", "type": "home" }],
        ENTERPRISE: { "department": "D" },
    }));
    scim.wait(10);
    scim.user(json!({ "userName": "Ben", "title": "y", "name": { "familyName": "O'Malley", "givenName": "Bé" } }));
    scim.wait(10);
    scim.user(json!({ "userName": "c+1@x", "title": "y", "active": false }));
    scim
}

#[test]
fn lists_hold_what_matches_and_nothing_else() {
    let mut scim = people();
    for (filter, expected) in [
        ("userName eq \"BEN\"", &["Ben"][..]),
        ("USERNAME Eq \"ben\"", &["Ben"]),
        ("userName eq \"c+1@x\"", &["c+1@x"]),
        ("userName eq \"nobody\"", &[]),
        ("externalId eq \"AbC\"", &["anna"]),
        ("externalId eq \"abc\"", &[]),
        ("userName sw \"a\" or userName sw \"B\"", &["anna", "Ben"]),
        ("title eq \"x\" or title eq \"y\" and active eq true", &["anna", "Ben"]),
        ("(title eq \"x\" or title eq \"y\") and active eq true", &["Ben"]),
        ("title pr and not (userName eq \"anna\")", &["Ben", "c+1@x"]),
        ("displayName co \"%b_\"", &["anna"]),
        ("displayName co \"b%\"", &[]),
        ("name.familyName eq \"o'malley\"", &["Ben"]),
        ("name.givenName eq \"B\\u00e9\"", &["Ben"]),
        ("emails.value eq \"b@y\"", &["anna"]),
        ("emails[type eq \"work\" and value co \"@y\"]", &[]),
        ("emails[type eq \"work\"].value eq \"a@x\"", &["anna"]),
        ("emails.type eq \"work\" and emails.value co \"@y\"", &["anna"]),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"anna\"", &["anna"]),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"d\"", &["anna"]),
        ("schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"", &["anna"]),
        ("meta.resourceType eq \"User\" and title eq \"y\"", &["Ben", "c+1@x"]),
        ("meta.created gt \"2026-01-05T10:00:00+01:00\"", &["Ben", "c+1@x"]),
        ("meta.created ge \"2026-01-05T09:00:20.000Z\"", &["c+1@x"]),
        ("emails pr", &["anna"]),
        ("userName gt \"ben\"", &["c+1@x"]),
    ] {
        assert_eq!(scim.names("/Users", filter), expected, "{filter}");
    }
}

#[test]
fn an_equality_finds_the_same_with_and_without_index() {
    let mut scim = people();
    for (indexed, scanned) in [
        ("userName eq \"BEN\"", "(userName eq \"BEN\") or title eq \"none\""),
        ("externalId eq \"AbC\"", "externalId eq \"AbC\" and userName pr"),
    ] {
        assert_eq!(scim.names("/Users", indexed), scim.names("/Users", scanned));
    }
    let path = scim.named("dora");
    assert_eq!(scim.names("/Users", &format!("id eq \"{}\"", id(&path))), ["dora"]);
    scim.patch(&path, json!([{ "op": "replace", "path": "userName", "value": "eve" }]));
    assert_eq!(scim.names("/Users", "userName eq \"dora\"").len(), 0);
    assert_eq!(scim.names("/Users", "userName eq \"EVE\""), ["eve"]);
}

#[test]
fn what_cannot_be_understood_is_refused_and_never_ignored() {
    let mut scim = people();
    for filter in [
        "",
        "userName",
        "userName eq",
        "userName eq \"a",
        "(userName eq \"a\"",
        "userName eq a b",
        "eq \"a\"",
        "emails[type eq \"work\"",
        "userName eq \"a\" xor active eq true",
        "userName regex \"x\"",
        "zzNoSuch eq \"1\"",
        "zzNoSuch pr",
        "active gt true",
        "x509Certificates.value lt \"x\"",
    ] {
        let answer = scim.get(&format!("/Users?filter={}", encoded(filter)));
        refused(&answer, 400, Some("invalidFilter"));
    }
}

#[test]
fn every_idp_encoding_of_the_query_is_understood() {
    let mut scim = people();
    for query in [
        "filter=userName%20eq%20%22c%2B1%40x%22",
        "filter=userName+eq+%22c%2b1%40x%22",
        "excludedAttributes=members&filter=userName+eq+%22c%2B1@x%22",
        "filter=%28userName%20eq%20%22c%2B1@x%22)&x-scimulator=1",
    ] {
        assert_eq!(scim.shown(&format!("/Users?{query}"))["totalResults"], 1, "{query}");
    }
}

#[test]
fn groups_are_found_by_name_and_by_member() {
    let mut scim = Scim::rfc();
    let (a, b) = (scim.named("a"), scim.named("b"));
    scim.group("Sales", &[&a]);
    scim.group("Support", &[&b]);
    assert_eq!(scim.names("/Groups", "displayName eq \"sales\""), ["Sales"]);
    assert_eq!(scim.names("/Groups", &format!("members.value eq \"{}\"", id(&b))), ["Support"]);
    assert_eq!(scim.names("/Groups", &format!("members[value eq \"{}\"]", id(&a))), ["Sales"]);
}

#[test]
fn the_root_is_searched_over_all_types() {
    let mut scim = Scim::rfc();
    let a = scim.named("a");
    scim.group("a", &[]);
    assert_eq!(scim.names("/", "meta.resourceType eq \"User\""), ["a"]);
    assert_eq!(scim.names("/", "displayName eq \"a\"").len(), 1, "the user has no such value");
    assert_eq!(scim.found("/", "meta.created pr").len(), 2);
    assert_eq!(scim.found("/", &format!("id eq \"{}\"", id(&a))).len(), 1);
    refused(&scim.get("/?filter=zzNoSuch%20pr"), 400, Some("invalidFilter"));
}

#[test]
fn a_search_in_a_body_equals_the_same_get() {
    let mut scim = people();
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": "title eq \"y\"", "attributes": ["userName"], "sortBy": "userName", "sortOrder": "descending",
        "startIndex": 2, "count": 1,
    });
    let by_get = scim.shown("/Users?filter=title%20eq%20%22y%22&attributes=userName&sortBy=userName&sortOrder=descending&startIndex=2&count=1");
    assert_eq!(body(&scim.post("/Users/.search", search.clone()), 200), by_get);
    assert_eq!(body(&scim.post("/.search", search.clone()), 200), by_get);
    assert_eq!(scim.shown("/Users")["totalResults"], 3, "nothing was made");
    refused(&scim.post("/Users/.search", json!({ "schemas": [USER] })), 400, Some("invalidSyntax"));
    refused(&Scim::with(json!({ "search": false })).post("/Users/.search", search), 501, None);
}

#[test]
fn a_server_without_filters_says_so_and_shows_nobody() {
    let mut scim = Scim::with(json!({ "filter": false }));
    scim.named("a");
    refused(&scim.get("/Users?filter=userName%20eq%20%22b%22"), 400, Some("invalidFilter"));
    assert_eq!(scim.shown("/ServiceProviderConfig")["filter"]["supported"], false);
    assert_eq!(scim.shown("/Users")["totalResults"], 1);
}
