//! The group attribute under both its names, the table that maps its values, groups by hand.

use scimulator::control::{Action, ControlError};
use serde_json::{Value, json};

use super::support::{GROUP, Scim, USER, body, id, members, refused};

const ENTRA: &str = "urn:ietf:params:scim:schemas:extension:Calendly:2.0:User";
const OKTA: &str = "urn:calendly:scim:schemas:2.0:User";

fn map(scim: &mut Scim, table: &[(&str, &str)]) {
    let table = table.iter().map(|(value, group)| ((*value).to_owned(), (*group).to_owned())).collect();
    scim.control(Action::MapGroups(table)).unwrap();
}

fn groups_of(user: &Value) -> Vec<&str> {
    user["groups"].as_array().into_iter().flatten().map(|group| group["display"].as_str().unwrap()).collect()
}

#[test]
fn one_value_stands_under_both_names_however_it_came() {
    for urn in [ENTRA, OKTA] {
        let mut scim = Scim::calendly();
        let path = scim.user(json!({ "userName": "alice@x", urn: { "group": "Sales" } }));
        let user = scim.shown(&path);
        assert_eq!((&user[ENTRA]["group"], &user[OKTA]["group"]), (&json!("Sales"), &json!("Sales")));
        assert_eq!(user["schemas"], json!([USER, ENTRA, OKTA]));
        for name in [ENTRA, OKTA] {
            assert_eq!(scim.names("/Users", &format!("{name}:group eq \"Sales\"")), ["alice@x"]);
            assert_eq!(scim.names("/Users", &format!("{name}:group eq \"sales\"")).len(), 0, "every letter is exact");
        }
    }
}

#[test]
fn each_way_of_writing_changes_both() {
    let mut scim = Scim::calendly();
    let path = scim.user(json!({ "userName": "alice@x", ENTRA: { "group": "Sales" } }));
    let mut put = scim.shown(&path);
    put[OKTA]["group"] = "P".into();
    let only_okta = json!({ "schemas": [USER], "userName": "alice@x", OKTA: { "group": "Q" } });
    let values = [
        (body(&scim.put(&path, put), 200), json!("P")),
        (body(&scim.put(&path, only_okta), 200), json!("Q")),
        (
            body(&scim.patch(&path, json!([{ "op": "Replace", "path": format!("{ENTRA}:group"), "value": "R" }])), 200),
            json!("R"),
        ),
        (body(&scim.patch(&path, json!([{ "op": "replace", "value": { OKTA: { "group": "S" } } }])), 200), json!("S")),
        (
            body(&scim.patch(&path, json!([{ "op": "replace", "value": { format!("{ENTRA}:group"): "T" } }])), 200),
            json!("T"),
        ),
    ];
    for (user, expected) in values {
        assert_eq!((&user[ENTRA]["group"], &user[OKTA]["group"]), (&expected, &expected));
    }
    let removed = body(&scim.patch(&path, json!([{ "op": "Remove", "path": format!("{OKTA}:group") }])), 200);
    assert_eq!((removed.get(ENTRA), removed.get(OKTA), &removed["schemas"]), (None, None, &json!([USER])));
}

#[test]
fn two_values_at_once_are_refused() {
    let mut scim = Scim::calendly();
    let sent = json!({ "schemas": [USER], "userName": "alice@x", ENTRA: { "group": "A" }, OKTA: { "group": "B" } });
    refused(&scim.post("/Users", sent), 400, Some("invalidValue"));
}

#[test]
fn the_table_places_people_by_the_exact_value() {
    let mut scim = Scim::calendly();
    let before = scim.user(json!({ "userName": "old@x", OKTA: { "group": "S" } }));
    map(&mut scim, &[("S", "Sales EU"), ("T", "Support"), ("U", "Sales EU")]);
    assert_eq!(groups_of(&scim.shown(&before)), ["Sales EU"], "those who are there are placed at once");
    let user = scim.post("/Users", json!({ "schemas": [USER], "userName": "new@x", ENTRA: { "group": "T" } }));
    let user = body(&user, 201);
    assert_eq!(groups_of(&user), ["Support"], "the answer shows it");
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    let set = |value: &str| json!([{ "op": "Replace", "path": format!("{ENTRA}:group"), "value": value }]);
    for (value, expected) in [("U", "Sales EU"), ("t", "Sales EU"), ("unmapped", "Sales EU"), ("T", "Support")] {
        assert_eq!(groups_of(&body(&scim.patch(&path, set(value)), 200)), [expected], "{value}");
    }
}

#[test]
fn a_preview_tells_and_does_nothing() {
    let mut scim = Scim::calendly();
    let path = scim.user(json!({ "userName": "a@x", OKTA: { "group": "S" } }));
    scim.user(json!({ "userName": "b@x", OKTA: { "group": "other" } }));
    let preview = scim.tenant.preview_groups(&[("S".into(), "Sales".into())]);
    let moves = json!([{ "id": id(&path), "userName": "a@x", "value": "S", "group": "Sales" }]);
    assert_eq!(preview, json!({ "moves": moves, "unmapped": ["other"], "new-groups": ["Sales"] }));
    assert_eq!((scim.shown("/Groups")["totalResults"].clone(), groups_of(&scim.shown(&path)).len()), (json!(0), 0));
}

#[test]
fn nobody_is_moved_by_hand_while_the_table_is_on() {
    let mut scim = Scim::calendly();
    let (a, b) = (scim.user(json!({ "userName": "a@x", OKTA: { "group": "S" } })), scim.named("b@x"));
    map(&mut scim, &[("S", "Sales")]);
    let sales = format!("/Groups/{}", scim.found("/Groups", "displayName eq \"Sales\"")[0]["id"].as_str().unwrap());
    let put = json!({ "schemas": [GROUP], "displayName": "Sales", "members": [{ "value": id(&b) }] });
    let post = json!({ "schemas": [GROUP], "displayName": "Other", "members": [{ "value": id(&b) }] });
    let detail = refused(&scim.put(&sales, put), 403, None);
    assert!(detail.contains("Group mapping is on"), "{detail}");
    refused(
        &scim.patch(&sales, json!([{ "op": "add", "path": "members", "value": [{ "value": id(&b) }] }])),
        403,
        None,
    );
    refused(
        &scim.patch(&sales, json!([{ "op": "remove", "path": format!("members[value eq \"{}\"]", id(&a)) }])),
        403,
        None,
    );
    refused(&scim.post("/Groups", post), 403, None);
    refused(&scim.delete(&sales), 403, None);
    assert_eq!(members(&scim.shown(&sales)), [id(&a)]);
    assert_eq!(
        scim.patch(&sales, json!([{ "op": "replace", "path": "displayName", "value": "Sales EU" }])).status,
        204
    );

    assert_eq!(groups_of(&scim.shown(&a)), ["Sales EU"], "renamed, it is still the group of the table");
    let joins = json!([{ "op": "Replace", "path": format!("{ENTRA}:group"), "value": "S" }]);
    assert_eq!(groups_of(&body(&scim.patch(&b, joins), 200)), ["Sales EU"]);
    let c = scim.named("c@x");

    map(&mut scim, &[]);
    assert_eq!(
        scim.patch(&sales, json!([{ "op": "add", "path": "members", "value": [{ "value": id(&c) }] }])).status,
        204
    );
    assert_eq!(members(&scim.shown(&sales)), [id(&a), id(&b), id(&c)], "switched off, groups stay as they are");
}

#[test]
fn a_persona_without_the_attribute_offers_no_mapping() {
    let mut scim = Scim::rfc();
    let action = Action::MapGroups(vec![("S".into(), "Sales".into())]);
    assert_eq!(scim.control(action), Err(ControlError::NotOffered("map-groups")));
}
