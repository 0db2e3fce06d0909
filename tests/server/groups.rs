//! Groups and membership (RFC 7643 §4.2).

use serde_json::{Value, json};

use super::support::{BASE, GROUP, Scim, body, id, members, object, refused};

fn ids(paths: &[&str]) -> Vec<Value> {
    paths.iter().map(|path| json!({ "value": id(path) })).collect()
}

#[test]
fn a_group_is_made_empty_or_with_members() {
    let mut scim = Scim::rfc();
    let a = scim.named("a");
    for (number, more) in [json!({}), json!({ "members": [] }), json!({ "members": null })].into_iter().enumerate() {
        let mut group = json!({ "schemas": [GROUP], "displayName": format!("G{number}") });
        group.as_object_mut().unwrap().extend(object(more));
        assert_eq!(body(&scim.post("/Groups", group), 201).get("members"), None);
    }
    let group = scim.group("With", &[&a]);
    assert_eq!(members(&scim.shown(&group)), [id(&a)]);
}

#[test]
fn a_member_is_listed_with_where_it_is_what_it_is_called_and_what_it_is() {
    let mut scim = Scim::rfc();
    let a = scim.user(json!({ "userName": "a", "displayName": "Alice" }));
    let inner = scim.group("Inner", &[]);
    let group = scim.group("Outer", &[&a, &inner]);
    let shown = scim.shown(&group);
    assert_eq!(
        shown["members"],
        json!([
            { "value": id(&a), "$ref": format!("{BASE}{a}"), "display": "Alice", "type": "User" },
            { "value": id(&inner), "$ref": format!("{BASE}{inner}"), "display": "Inner", "type": "Group" },
        ])
    );
}

#[test]
fn a_user_shows_the_groups_it_is_in() {
    let mut scim = Scim::rfc();
    let a = scim.named("a");
    let group = scim.group("G", &[]);
    let alone = scim.shown(&a);
    scim.wait(1);
    assert_eq!(scim.patch(&group, json!([{ "op": "add", "path": "members", "value": ids(&[&a]) }])).status, 204);
    let member = scim.shown(&a);
    let expected = json!([{ "value": id(&group), "$ref": format!("{BASE}{group}"), "display": "G", "type": "direct" }]);
    assert_eq!(member["groups"], expected);
    assert_ne!(member["meta"]["version"], alone["meta"]["version"], "what a GET shows has changed");
    assert_eq!(scim.names("/Users", &format!("groups.value eq \"{}\"", id(&group))), ["a"]);
    scim.patch(&group, json!([{ "op": "remove", "path": format!("members[value eq \"{}\"]", id(&a)) }]));
    assert_eq!(scim.shown(&a).get("groups"), None);
}

#[test]
fn names_are_told_on_both_sides_when_they_change() {
    let mut scim = Scim::rfc();
    let a = scim.named("a");
    let group = scim.group("G", &[&a]);
    scim.patch(&a, json!([{ "op": "add", "path": "displayName", "value": "Alice" }]));
    scim.patch(&group, json!([{ "op": "replace", "path": "displayName", "value": "New" }]));
    assert_eq!(scim.shown(&group)["members"][0]["display"], "Alice");
    assert_eq!(scim.shown(&a)["groups"][0]["display"], "New");
}

#[test]
fn adding_twice_lists_once() {
    let mut scim = Scim::rfc();
    let (a, b) = (scim.named("a"), scim.named("b"));
    let group = scim.group("G", &[&a]);
    let before = scim.shown(&group);
    scim.wait(60);
    assert_eq!(scim.patch(&group, json!([{ "op": "add", "path": "members", "value": ids(&[&a]) }])).status, 204);
    assert_eq!(scim.shown(&group), before);
    let mut value = ids(&[&b]);
    value[0]["$ref"] = Value::Null;
    assert_eq!(scim.patch(&group, json!([{ "op": "Add", "path": "members", "value": value }])).status, 204);
    assert_eq!(members(&scim.shown(&group)), [id(&a), id(&b)]);
}

#[test]
fn each_form_of_removal_takes_out_the_named_member_only() {
    let mut scim = Scim::rfc();
    let (a, b) = (scim.named("a"), scim.named("b"));
    for operation in [
        json!({ "op": "remove", "path": format!("members[value eq \"{}\"]", id(&a)) }),
        json!({ "op": "Remove", "path": "members", "value": [{ "$ref": null, "value": id(&a) }] }),
    ] {
        let group = scim.group("G", &[&a, &b]);
        for _ in 0..2 {
            assert_eq!(scim.patch(&group, json!([operation])).status, 204, "{operation}");
            assert_eq!(members(&scim.shown(&group)), [id(&b)]);
        }
        scim.delete(&group);
    }
}

#[test]
fn okta_pushes_the_whole_membership_and_a_rename_keeps_it() {
    let mut scim = Scim::rfc();
    let (a, b) = (scim.named("a"), scim.named("b"));
    let group = scim.group("G", &[&a]);
    scim.patch(&group, json!([{ "op": "replace", "path": "members", "value": ids(&[&b]) }]));
    scim.patch(&group, json!([{ "op": "replace", "value": { "id": id(&group), "displayName": "New" } }]));
    let shown = scim.shown(&group);
    assert_eq!((members(&shown), &shown["displayName"]), (vec![id(&b).to_owned()], &json!("New")));
    scim.patch(
        &group,
        json!([{ "op": "remove", "path": "members" }, { "op": "add", "path": "members", "value": ids(&[&a]) }]),
    );
    assert_eq!(members(&scim.shown(&group)), [id(&a)]);
}

#[test]
fn a_put_replaces_the_members() {
    let mut scim = Scim::rfc();
    let (a, b) = (scim.named("a"), scim.named("b"));
    let group = scim.group("G", &[&a]);
    let sent = json!({ "schemas": [GROUP], "displayName": "G", "members": ids(&[&b]) });
    assert_eq!(members(&body(&scim.put(&group, sent), 200)), [id(&b)]);
    assert_eq!((scim.shown(&a).get("groups"), scim.shown(&b)["groups"].as_array().map(Vec::len)), (None, Some(1)));
}

#[test]
fn a_hundred_members_come_in_one_patch() {
    let mut scim = Scim::rfc();
    let users: Vec<String> = (0..100).map(|number| scim.named(&format!("u{number}"))).collect();
    let group = scim.group("G", &[]);
    let users: Vec<&str> = users.iter().map(String::as_str).collect();
    assert_eq!(scim.patch(&group, json!([{ "op": "add", "path": "members", "value": ids(&users) }])).status, 204);
    assert_eq!(members(&scim.shown(&group)).len(), 100);
    assert_eq!(scim.shown("/Users?count=200&filter=groups%20pr")["totalResults"], 100);
}

#[test]
fn an_unknown_member_is_refused_or_listed_as_the_settings_say() {
    let add =
        json!([{ "op": "add", "path": "members", "value": [{ "value": "00000000-0000-4000-8000-000000000000" }] }]);
    let mut strict = Scim::rfc();
    let group = strict.group("G", &[]);
    refused(&strict.patch(&group, add.clone()), 400, Some("invalidValue"));
    assert_eq!(strict.shown(&group).get("members"), None);
    let mut lenient = Scim::with(json!({ "unknown-members": "accept" }));
    let group = lenient.group("G", &[]);
    assert_eq!(lenient.patch(&group, add).status, 204);
    assert_eq!(members(&lenient.shown(&group)), ["00000000-0000-4000-8000-000000000000"]);
}

#[test]
fn a_member_needs_an_id_and_is_not_the_group_itself() {
    let mut scim = Scim::rfc();
    let group = scim.group("G", &[]);
    for member in [json!({ "value": "" }), json!({ "display": "x" }), json!({ "value": id(&group) })] {
        let answer = scim.put(&group, json!({ "schemas": [GROUP], "displayName": "G", "members": [member] }));
        refused(&answer, 400, Some("invalidValue"));
    }
}

#[test]
fn a_group_name_is_given_once_where_the_settings_say_so() {
    let second = json!({ "schemas": [GROUP], "displayName": "sales" });
    let mut unique = Scim::rfc();
    let group = unique.group("Sales", &[]);
    assert!(refused(&unique.post("/Groups", second.clone()), 409, Some("uniqueness")).contains("displayName"));
    assert_eq!(unique.patch(&group, json!([{ "op": "replace", "path": "displayName", "value": "SALES" }])).status, 204);
    let mut free = Scim::with(json!({ "unique-group-names": false }));
    free.group("Sales", &[]);
    body(&free.post("/Groups", second), 201);
    assert_eq!(free.names("/Groups", "displayName eq \"SALES\""), ["Sales", "sales"]);
}

#[test]
fn entras_extra_schema_is_tolerated_and_not_echoed() {
    let mut scim = Scim::rfc();
    let sent = json!({
        "schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
        "externalId": "8aa1a0c0", "displayName": "G", "meta": { "resourceType": "Group" },
    });
    let group = body(&scim.post("/Groups", sent), 201);
    assert_eq!((&group["schemas"], &group["externalId"]), (&json!([GROUP]), &json!("8aa1a0c0")));
}

#[test]
fn a_tenant_without_groups_has_no_such_endpoint_type_or_attribute() {
    let mut scim = Scim::with(json!({ "groups": false }));
    refused(&scim.get("/Groups"), 404, None);
    refused(&scim.post("/Groups", json!({ "schemas": [GROUP], "displayName": "G" })), 404, None);
    assert_eq!(scim.shown("/ResourceTypes")["totalResults"], 1);
    let schemas = scim.shown("/Schemas").to_string();
    assert!(!schemas.contains(GROUP) && !schemas.contains("\"name\":\"groups\""));
}
