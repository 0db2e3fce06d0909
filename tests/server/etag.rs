//! Versions and conditional requests (RFC 7644 §3.14).

use scimulator::http::{Method, Response};
use serde_json::{Value, json};

use super::support::{Scim, USER, refused};

fn conditional(scim: &mut Scim, method: Method, path: &str, condition: (&str, &str), sent: Option<&Value>) -> Response {
    let request = scim.request(method, path, sent).with_header(condition.0, condition.1);
    scim.raw(&request)
}

fn tag(response: &Response) -> String {
    response.headers.get("etag").unwrap().to_owned()
}

#[test]
fn one_resource_has_one_tag_in_header_and_meta_until_it_changes() {
    let mut scim = Scim::rfc();
    let path = scim.named("a");
    let first = scim.get(&path);
    assert_eq!(tag(&first), first.json().unwrap()["meta"]["version"].as_str().unwrap());
    assert_eq!(tag(&scim.get(&path)), tag(&first));
    let mut tags = vec![tag(&first)];
    for title in ["x", "y", "x"] {
        scim.patch(&path, json!([{ "op": "replace", "path": "title", "value": title }]));
        tags.push(tag(&scim.get(&path)));
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 4, "a tag never comes back");
    assert_eq!(scim.shown("/Users")["Resources"][0]["meta"]["version"], tag(&scim.get(&path)));
}

#[test]
fn a_fresh_copy_is_not_sent_again() {
    let mut scim = Scim::rfc();
    let path = scim.named("a");
    let current = tag(&scim.get(&path));
    let strong = current.trim_start_matches("W/").to_owned();
    for condition in [current.as_str(), &strong, "*", &format!("\"other\", {current}")] {
        let answer = conditional(&mut scim, Method::Get, &path, ("If-None-Match", condition), None);
        assert_eq!((answer.status, answer.body.len(), tag(&answer)), (304, 0, current.clone()), "{condition}");
    }
    scim.patch(&path, json!([{ "op": "replace", "path": "title", "value": "x" }]));
    assert_eq!(conditional(&mut scim, Method::Get, &path, ("If-None-Match", &current), None).status, 200);
}

#[test]
fn a_write_for_the_present_version_goes_through_and_for_an_old_one_does_not() {
    let put = json!({ "schemas": [USER], "userName": "a", "title": "put" });
    let operations = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "replace", "path": "title", "value": "patch" }],
    });
    for (method, sent, good) in
        [(Method::Put, Some(put), 200), (Method::Patch, Some(operations), 200), (Method::Delete, None, 204)]
    {
        let mut scim = Scim::rfc();
        let path = scim.named("a");
        let stale = tag(&scim.get(&path));
        scim.patch(&path, json!([{ "op": "replace", "path": "nickName", "value": "n" }]));
        let before = scim.shown(&path);
        refused(&conditional(&mut scim, method, &path, ("If-Match", &stale), sent.as_ref()), 412, None);
        refused(&conditional(&mut scim, method, &path, ("If-None-Match", "*"), sent.as_ref()), 412, None);
        assert_eq!(scim.shown(&path), before);
        let current = tag(&scim.get(&path));
        assert_eq!(
            conditional(&mut scim, method, &path, ("If-Match", &current), sent.as_ref()).status,
            good,
            "{method}"
        );
    }
}

#[test]
fn a_resource_that_does_not_exist_is_404_whatever_its_tag() {
    let mut scim = Scim::rfc();
    let path = "/Users/00000000-0000-4000-8000-000000000000";
    refused(&conditional(&mut scim, Method::Delete, path, ("If-Match", "*"), None), 404, None);
}

#[test]
fn a_server_without_versions_says_so_and_asks_for_none() {
    let mut scim = Scim::with(json!({ "etag": false }));
    let path = scim.named("a");
    let answer = scim.get(&path);
    assert_eq!((answer.headers.get("etag"), answer.json().unwrap()["meta"].get("version")), (None, None));
    assert_eq!(scim.shown("/ServiceProviderConfig")["etag"]["supported"], false);
    assert_eq!(conditional(&mut scim, Method::Delete, &path, ("If-Match", "\"old\""), None).status, 204);
}
