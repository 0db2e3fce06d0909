//! DELETE (RFC 7644 §3.6).

use serde_json::json;

use super::support::{Scim, USER, id, members, refused};

#[test]
fn what_is_deleted_is_gone_for_every_operation() {
    let mut scim = Scim::rfc();
    let path = scim.user(json!({ "externalId": "e" }));
    let answer = scim.delete(&path);
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    refused(&scim.get(&path), 404, None);
    refused(&scim.put(&path, json!({ "schemas": [USER], "userName": "u" })), 404, None);
    refused(&scim.patch(&path, json!([{ "op": "remove", "path": "title" }])), 404, None);
    refused(&scim.delete(&path), 404, None);
    for filter in ["userName eq \"alice@example.com\"", "externalId eq \"e\"", &format!("id eq \"{}\"", id(&path))] {
        assert_eq!(scim.names("/Users", filter).len(), 0, "{filter}");
    }
    assert_eq!(scim.shown("/Users")["totalResults"], 0);
}

#[test]
fn the_name_is_free_again_and_the_id_is_not() {
    let mut scim = Scim::rfc();
    let path = scim.named("a");
    scim.delete(&path);
    assert_ne!(scim.named("a"), path);
}

#[test]
fn a_deleted_user_leaves_its_groups() {
    let mut scim = Scim::rfc();
    let (a, b) = (scim.named("a"), scim.named("b"));
    let group = scim.group("G", &[&a, &b]);
    scim.delete(&a);
    assert_eq!(members(&scim.shown(&group)), [id(&b)]);
    scim.delete(&b);
    assert_eq!(scim.shown(&group).get("members"), None);
}

#[test]
fn a_deleted_group_leaves_its_users() {
    let mut scim = Scim::rfc();
    let a = scim.named("a");
    let group = scim.group("G", &[&a]);
    assert_eq!(scim.delete(&group).status, 204);
    assert_eq!(scim.shown(&a).get("groups"), None);
}

#[test]
fn a_collection_cannot_be_deleted() {
    let mut scim = Scim::rfc();
    let path = scim.named("a");
    refused(&scim.delete("/Users"), 405, None);
    scim.shown(&path);
}
