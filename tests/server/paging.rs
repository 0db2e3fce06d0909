//! Pages by index (RFC 7644 §3.4.2.4).

use serde_json::json;

use super::support::{Scim, names, refused};

#[test]
fn a_page_is_where_and_as_large_as_was_asked() {
    let mut scim = Scim::of_five(json!({}));
    for (query, start, expected) in [
        ("", 1, &["a", "b", "c", "d", "e"][..]),
        ("count=2", 1, &["a", "b"]),
        ("startIndex=2&count=1", 2, &["b"]),
        ("startIndex=0&count=1", 1, &["a"]),
        ("startIndex=-5&count=1", 1, &["a"]),
        ("count=0", 1, &[]),
        ("count=-1", 1, &[]),
        ("startIndex=15", 15, &[]),
        ("startIndex=5&count=100000", 5, &["e"]),
        ("startIndex=99999999999999999999&count=1", i64::MAX, &[]),
    ] {
        let list = scim.shown(&format!("/Users?{query}"));
        assert_eq!(list["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
        assert_eq!(list["totalResults"], 5, "{query}");
        assert_eq!((&list["startIndex"], &list["itemsPerPage"]), (&json!(start), &json!(expected.len())), "{query}");
        assert_eq!(names(&list), expected, "{query}");
    }
}

#[test]
fn a_walk_meets_everybody_once_in_a_lasting_order() {
    let mut scim = Scim::of_five(json!({}));
    scim.group("G", &[]);
    let removed = scim.found("/Users", "userName eq \"b\"")[0]["id"].as_str().unwrap().to_owned();
    scim.delete(&format!("/Users/{removed}"));
    for _ in 0..2 {
        let pages = [1, 3].map(|start| names(&scim.shown(&format!("/Users?startIndex={start}&count=2"))));
        assert_eq!(pages.concat(), ["a", "c", "d", "e"]);
    }
    let filtered =
        [1, 3].map(|start| names(&scim.shown(&format!("/Users?filter=userName%20pr&startIndex={start}&count=2"))));
    assert_eq!(filtered.concat(), ["a", "c", "d", "e"]);
    let root = [1, 4].map(|start| names(&scim.shown(&format!("/?startIndex={start}&count=3"))));
    assert_eq!(root.concat(), ["a", "c", "d", "e", "G"]);
}

#[test]
fn no_page_is_larger_than_the_configuration_says() {
    let mut scim = Scim::of_five(json!({ "max-results": 3, "page-size": 2 }));
    assert_eq!(scim.shown("/ServiceProviderConfig")["filter"]["maxResults"], 3);
    assert_eq!(names(&scim.shown("/Users")), ["a", "b"]);
    assert_eq!(names(&scim.shown("/Users?count=100")), ["a", "b", "c"]);
    assert_eq!(names(&scim.shown("/Users?filter=userName%20pr&count=100&startIndex=4")), ["d", "e"]);
}

#[test]
fn an_empty_list_has_an_empty_member_or_none() {
    let query = "/Users?filter=userName%20eq%20%22nobody%22";
    let list = Scim::of_five(json!({})).shown(query);
    assert_eq!((&list["totalResults"], &list["Resources"]), (&json!(0), &json!([])));
    assert_eq!(Scim::of_five(json!({ "resources-when-empty": false })).shown(query).get("Resources"), None);
}

#[test]
fn items_equal_what_a_get_by_id_shows() {
    let mut scim = Scim::of_five(json!({}));
    for item in scim.shown("/Users")["Resources"].as_array().unwrap().clone() {
        assert_eq!(scim.shown(&format!("/Users/{}", item["id"].as_str().unwrap())), item);
    }
}

#[test]
fn what_is_no_number_is_refused() {
    let mut scim = Scim::of_five(json!({}));
    for query in ["count=abc", "startIndex=1.5"] {
        refused(&scim.get(&format!("/Users?{query}")), 400, Some("invalidValue"));
    }
}

#[test]
fn groups_page_the_same_way() {
    let mut scim = Scim::rfc();
    for name in ["x", "y", "z"] {
        scim.group(name, &[]);
    }
    assert_eq!(names(&scim.shown("/Groups?startIndex=2&count=1")), ["y"]);
}
