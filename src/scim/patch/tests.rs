//! What must hold of PATCH, by rule of the catalogue.

use serde_json::{Map, Value, json};

use super::{PatchOptions, apply, parse};
use crate::scim::{Mode, Problem, ResourceSchema, Schema, ScimType, differences, urn};

const ENTERPRISE: &str = urn::ENTERPRISE_USER;

fn alice() -> Value {
    json!({
        "schemas": [urn::CORE_USER, ENTERPRISE], "id": "u-1", "externalId": "x", "userName": "alice@x",
        "displayName": "Alice", "active": true, "name": {"givenName": "Alice", "familyName": "Cooper"},
        "emails": [{"type": "work", "value": "alice@x", "primary": true, "display": "A"}, {"type": "home", "value": "a@home"}],
        ENTERPRISE: {"department": "Sales"},
        "meta": {"resourceType": "User", "lastModified": "2026-01-05T12:00:00Z"},
        "groups": [{"value": "g-1", "type": "direct"}],
    })
}

fn team() -> Value {
    let member = |id: &str| json!({"value": id, "type": "User", "$ref": format!("https://x/Users/{id}")});
    json!({"schemas": [urn::CORE_GROUP], "id": "g-1", "displayName": "Team", "members": [member("a"), member("b")]})
}

fn body(operations: &Value) -> Value {
    json!({"schemas": [urn::PATCH_OP], "Operations": operations})
}

fn with(
    resource: &Value,
    operations: &Value,
    schema: &ResourceSchema,
    options: PatchOptions,
) -> Result<(Value, bool), Problem> {
    let mut members = resource.as_object().cloned().unwrap();
    let before = members.clone();
    let result = parse(&body(operations)).and_then(|operations| apply(&mut members, &operations, schema, options));
    if result.is_err() {
        assert_eq!(members, before, "a failed PATCH changes nothing");
    }
    result.map(|changed| {
        assert_eq!(changed, members != before);
        (Value::Object(members), changed)
    })
}

fn user(operations: &Value) -> Value {
    with(&alice(), operations, ResourceSchema::user(), PatchOptions::default()).unwrap().0
}

fn group(operations: &Value) -> Value {
    with(&team(), operations, ResourceSchema::group(), PatchOptions::default()).unwrap().0
}

fn refused(operations: &Value) -> (u16, Option<ScimType>) {
    let problem = with(&alice(), operations, ResourceSchema::user(), PatchOptions::default()).unwrap_err();
    (problem.status, problem.scim_type)
}

/// The resource with these members changed; null removes one.
fn but(mut resource: Value, changes: &Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        let members: &mut Map<String, Value> = resource.as_object_mut().unwrap();
        if value.is_null() {
            members.shift_remove(key);
        } else {
            members.insert(key.clone(), value.clone());
        }
    }
    resource
}

#[test]
fn body_schema_says_what_a_patch_is() {
    let operation = json!({"op": "replace", "path": "title", "value": "t"});
    for (body, scim_type) in [
        (json!([]), ScimType::InvalidSyntax),
        (json!({}), ScimType::InvalidSyntax),
        (json!({"Operations": [operation]}), ScimType::InvalidSyntax),
        (json!({"schemas": [urn::CORE_USER], "Operations": [operation]}), ScimType::InvalidSyntax),
        (json!({"schemas": [urn::PATCH_OP]}), ScimType::InvalidSyntax),
        (json!({"schemas": [urn::PATCH_OP], "Operations": {}}), ScimType::InvalidSyntax),
        (json!({"schemas": [urn::PATCH_OP], "Operations": []}), ScimType::InvalidSyntax),
        (json!({"schemas": [urn::PATCH_OP], "Operations": ["x"]}), ScimType::InvalidSyntax),
        (json!({"schemas": [urn::PATCH_OP], "Operations": [{"op": "move", "path": "title"}]}), ScimType::InvalidSyntax),
        (json!({"schemas": [urn::PATCH_OP], "Operations": [{"path": "title", "value": 1}]}), ScimType::InvalidSyntax),
        (json!({"schemas": [urn::PATCH_OP], "Operations": [{"op": "remove"}]}), ScimType::NoTarget),
        (json!({"schemas": [urn::PATCH_OP], "Operations": [{"op": "add", "path": "title"}]}), ScimType::InvalidValue),
        (
            json!({"schemas": [urn::PATCH_OP], "Operations": [{"op": "add", "path": "emails[", "value": 1}]}),
            ScimType::InvalidPath,
        ),
        (
            json!({"schemas": [urn::PATCH_OP], "Operations": [{"op": "add", "path": 1, "value": 1}]}),
            ScimType::InvalidPath,
        ),
    ] {
        let problem = parse(&body).unwrap_err();
        assert_eq!((problem.status, problem.scim_type), (400, Some(scim_type)), "{body}");
    }
    let odd = json!({"SCHEMAS": [urn::PATCH_OP.to_lowercase()], "operations": [{"OP": "Replace", "Path": "title", "Value": "t"}]});
    assert_eq!(parse(&odd).unwrap().len(), 1);
}

#[test]
fn too_many_operations_are_refused() {
    let many: Vec<_> = (0..5_001).map(|_| json!({"op": "remove", "path": "title"})).collect();
    assert_eq!(parse(&body(&many.into())).unwrap_err().status, 413);
}

#[test]
fn single_values_are_added_replaced_and_removed() {
    for op in ["add", "Replace", "REPLACE"] {
        assert_eq!(user(&json!([{"op": op, "path": "TITLE", "value": "t"}])), but(alice(), &json!({"title": "t"})));
        assert_eq!(
            user(&json!([{"op": op, "path": "displayname", "value": "t"}])),
            but(alice(), &json!({"displayName": "t"}))
        );
    }
    assert_eq!(user(&json!([{"op": "remove", "path": "displayName"}])), but(alice(), &json!({"displayName": null})));
    assert_eq!(
        user(&json!([{"op": "replace", "path": "active", "value": null}])),
        but(alice(), &json!({"active": null}))
    );
    assert_eq!(user(&json!([{"op": "remove", "path": "title"}])), alice());
    assert_eq!(user(&json!([{"op": "add", "path": "displayName", "value": null}])), alice());
}

#[test]
fn complex_values_are_merged() {
    for op in ["add", "replace"] {
        let expected = but(alice(), &json!({"name": {"givenName": "Al", "familyName": "Cooper"}}));
        assert_eq!(user(&json!([{"op": op, "path": "name", "value": {"givenname": "Al"}}])), expected);
        assert_eq!(user(&json!([{"op": op, "path": "name.givenName", "value": "Al"}])), expected);
        assert_eq!(user(&json!([{"op": op, "value": {"name": {"givenName": "Al"}}}])), expected);
        assert_eq!(user(&json!([{"op": op, "value": {"name.givenName": "Al"}}])), expected);
    }
    assert_eq!(
        user(&json!([{"op": "remove", "path": "name.givenName"}])),
        but(alice(), &json!({"name": {"familyName": "Cooper"}}))
    );
    let cleared = json!([{"op": "replace", "path": "name", "value": {"givenName": null, "familyName": ""}}]);
    assert_eq!(user(&cleared), but(alice(), &json!({"name": {"familyName": ""}})));
    assert_eq!(user(&json!([{"op": "remove", "path": "name"}])), but(alice(), &json!({"name": null})));
}

#[test]
fn values_are_appended_once() {
    let home2 = json!({"value": "b@home", "type": "other"});
    let expected = json!([alice()["emails"][0], alice()["emails"][1], home2]);
    for value in [json!([home2]), home2.clone(), json!([home2, alice()["emails"][1], {"value": "A@HOME"}])] {
        let operations = json!([{"op": "add", "path": "emails", "value": value}]);
        assert_eq!(user(&operations)["emails"], expected, "{operations}");
        let twice = json!([{"op": "add", "path": "emails", "value": value}, {"op": "add", "value": {"emails": value}}]);
        assert_eq!(user(&twice)["emails"], expected);
    }
}

#[test]
fn a_known_member_is_not_added_again() {
    for value in
        [json!([{"value": "a"}]), json!([{"$ref": null, "value": "a"}]), json!([{"value": "a", "display": null}])]
    {
        assert_eq!(group(&json!([{"op": "Add", "path": "members", "value": value}])), team());
    }
    let added =
        group(&json!([{"op": "add", "path": "members", "value": [{"value": "c", "display": "c@x"}, {"value": "c"}]}]));
    assert_eq!(added["members"][2], json!({"value": "c", "display": "c@x"}));
    assert_eq!(added["members"].as_array().unwrap().len(), 3);
}

#[test]
fn values_of_one_value_and_two_types_are_two() {
    let added = user(&json!([{"op": "add", "path": "emails", "value": [{"value": "alice@x", "type": "other"}]}]));
    assert_eq!(added["emails"].as_array().unwrap().len(), 3);
}

#[test]
fn replace_without_filter_replaces_all() {
    let one = json!([{"value": "n@x", "type": "work"}]);
    assert_eq!(
        user(&json!([{"op": "replace", "path": "emails", "value": one}])),
        but(alice(), &json!({"emails": one}))
    );
    assert_eq!(user(&json!([{"op": "replace", "value": {"emails": one}}])), but(alice(), &json!({"emails": one})));
    for none in [json!([]), json!(null)] {
        assert_eq!(
            user(&json!([{"op": "replace", "path": "emails", "value": none}])),
            but(alice(), &json!({"emails": null}))
        );
    }
    let members = json!([{"value": "c"}]);
    assert_eq!(group(&json!([{"op": "replace", "path": "members", "value": members}]))["members"], members);
}

#[test]
fn a_filter_selects_what_is_replaced() {
    let changed = user(&json!([{"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "n@x"}]));
    let expected = json!([{"type": "work", "value": "n@x", "primary": true, "display": "A"}, alice()["emails"][1]]);
    assert_eq!(changed, but(alice(), &json!({"emails": expected})));
    for filter in
        ["primary eq true", "type eq \"work\" and primary eq true", "not (type eq \"home\")", "primary eq \"True\""]
    {
        assert_eq!(
            user(&json!([{"op": "replace", "path": format!("emails[{filter}].value"), "value": "n@x"}])),
            changed,
            "{filter}"
        );
    }
    let both = user(&json!([{"op": "replace", "path": "emails[value pr].display", "value": "D"}]));
    assert_eq!((&both["emails"][0]["display"], &both["emails"][1]["display"]), (&json!("D"), &json!("D")));
    let whole = user(&json!([{"op": "replace", "path": "emails[type eq \"work\"]", "value": {"value": "n@x"}}]));
    assert_eq!(whole["emails"][0], json!({"value": "n@x", "type": "work"}));
}

#[test]
fn a_made_element_that_becomes_one_with_another_is_spelled_as_sent() {
    let before = but(alice(), &json!({"emails": [{"value": "N@x"}]}));
    let add = json!([{"op": "add", "path": "emails[type eq \"work\"].value", "value": "n@x"}]);
    let apply = |user: &Value| with(user, &add, ResourceSchema::user(), PatchOptions::default()).unwrap();
    let (once, _) = apply(&before);
    assert_eq!(once["emails"], json!([{"value": "n@x", "type": "work"}]));
    assert!(!apply(&once).1, "what is there already changes nothing");

    let options = PatchOptions { replace_creates: true, ..PatchOptions::default() };
    let replace = json!([{"op": "replace", "path": "emails[type eq \"work\"]", "value": {"value": "n@x"}}]);
    let replaced = |user: &Value| with(user, &replace, ResourceSchema::user(), options).unwrap().0;
    let with_display = but(alice(), &json!({"emails": [{"value": "n@x", "display": "N"}]}));
    assert_eq!(replaced(&with_display)["emails"], json!([{"value": "n@x", "type": "work"}]));
    assert_eq!(replaced(&replaced(&with_display)), replaced(&with_display));
}

#[test]
fn a_filter_that_selects_nothing_is_no_target_for_replace_and_creates_for_add() {
    let path = "phoneNumbers[type eq \"work\"].value";
    let replace = json!([{"op": "replace", "path": path, "value": "1"}]);
    assert_eq!(refused(&replace), (400, Some(ScimType::NoTarget)));
    let expected = but(alice(), &json!({"phoneNumbers": [{"type": "work", "value": "1"}]}));
    assert_eq!(user(&json!([{"op": "Add", "path": path, "value": "1"}])), expected);
    let options = PatchOptions { replace_creates: true, ..PatchOptions::default() };
    assert_eq!(with(&alice(), &replace, ResourceSchema::user(), options).unwrap().0, expected);

    let element = json!([{"op": "add", "path": "phoneNumbers[type eq \"work\" and primary eq \"True\"]", "value": {"value": "1"}}]);
    assert_eq!(user(&element)["phoneNumbers"], json!([{"type": "work", "primary": true, "value": "1"}]));
    for vague in ["type co \"work\"", "type eq \"work\" or type eq \"home\"", "not (type eq \"work\")"] {
        let operations = json!([{"op": "add", "path": format!("phoneNumbers[{vague}].value"), "value": "1"}]);
        assert_eq!(refused(&operations), (400, Some(ScimType::NoTarget)), "{vague}");
    }
}

#[test]
fn a_filter_selects_what_is_removed() {
    let expected = but(alice(), &json!({"emails": [alice()["emails"][1]]}));
    assert_eq!(user(&json!([{"op": "remove", "path": "emails[type eq \"work\" and value ew \"x\"]"}])), expected);
    assert_eq!(
        group(&json!([{"op": "remove", "path": "members[value eq\"b\"]"}]))["members"],
        json!([team()["members"][0]])
    );
    assert_eq!(group(&json!([{"op": "remove", "path": "members[value eq \"nobody\"]"}])), team());
    assert_eq!(
        group(&json!([{"op": "remove", "path": "members[type eq \"User\"]"}])),
        but(team(), &json!({"members": null}))
    );
    let sub = user(&json!([{"op": "remove", "path": "emails[type eq \"work\"].display"}]));
    assert_eq!(sub["emails"][0], json!({"type": "work", "value": "alice@x", "primary": true}));
}

#[test]
fn remove_with_a_value_removes_only_these_members() {
    let b = json!([team()["members"][1]]);
    for value in [
        json!([{"$ref": null, "value": "a"}]),
        json!([{"value": "A"}]),
        json!({"value": "a"}),
        json!("a"),
        json!(["a"]),
    ] {
        let changed = group(&json!([{"op": "Remove", "path": "members", "value": value}]));
        assert_eq!(changed["members"], b, "{value}");
    }
    for value in [json!([]), json!([{"value": "nobody"}]), json!([{}]), json!("")] {
        assert_eq!(group(&json!([{"op": "Remove", "path": "members", "value": value}])), team(), "{value}");
    }
    assert_eq!(group(&json!([{"op": "Remove", "path": "members"}])), but(team(), &json!({"members": null})));
}

#[test]
fn one_primary_takes_it_from_the_others() {
    for operations in [
        json!([{"op": "Replace", "path": "emails[type eq \"home\"].primary", "value": "True"}]),
        json!([{"op": "add", "path": "emails", "value": [{"value": "a@home", "type": "home", "primary": true}]}]),
        json!([{"op": "add", "path": "emails[type eq \"home\"]", "value": {"primary": true}}]),
    ] {
        let emails = user(&operations)["emails"].clone();
        assert_eq!((&emails[0]["primary"], &emails[1]["primary"]), (&json!(false), &json!(true)), "{operations}");
    }
    let said_twice =
        json!([{"op": "add", "path": "emails", "value": [{"value": "n@x"}, {"value": "N@x", "primary": true}]}]);
    assert_eq!(user(&said_twice)["emails"][2], json!({"value": "n@x", "primary": true}));
    let both = json!([{"op": "replace", "path": "emails[value pr].primary", "value": true}]);
    assert_eq!(refused(&both), (400, Some(ScimType::InvalidValue)));
}

#[test]
fn extensions_are_written_by_urn_by_container_and_by_flat_key() {
    let department = format!("{ENTERPRISE}:department");
    let expected = but(alice(), &json!({ENTERPRISE: {"department": "D"}}));
    for operations in [
        json!([{"op": "add", "path": department, "value": "D"}]),
        json!([{"op": "add", "path": department.to_uppercase(), "value": "D"}]),
        json!([{"op": "replace", "path": ENTERPRISE, "value": {"department": "D"}}]),
        json!([{"op": "replace", "value": {ENTERPRISE: {"DEPARTMENT": "D"}}}]),
        json!([{"op": "replace", "value": {department.clone(): "D"}}]),
        json!([{"op": "replace", "path": "department", "value": "D"}]),
    ] {
        assert_eq!(user(&operations), expected, "{operations}");
    }
}

#[test]
fn schemas_follow_the_extensions_that_have_values() {
    let cleared = user(&json!([{"op": "remove", "path": format!("{ENTERPRISE}:department")}]));
    assert_eq!(cleared, but(alice(), &json!({"schemas": [urn::CORE_USER], ENTERPRISE: null})));
    assert_eq!(user(&json!([{"op": "remove", "path": ENTERPRISE}])), cleared);
    let back = json!([{"op": "add", "value": {format!("{ENTERPRISE}:department"): "Sales"}}]);
    let (back, _) = with(&cleared, &back, ResourceSchema::user(), PatchOptions::default()).unwrap();
    assert_eq!(differences(&alice(), &back, ResourceSchema::user(), Mode::Exact), []);
    assert_eq!(user(&json!([{"op": "replace", "value": {"schemas": [urn::CORE_USER]}}])), alice());
    assert_eq!(refused(&json!([{"op": "remove", "path": "schemas"}])), (400, Some(ScimType::Mutability)));
    assert_eq!(
        refused(&json!([{"op": "replace", "path": "schemas", "value": ["urn:x"]}])),
        (400, Some(ScimType::InvalidValue))
    );
}

#[test]
fn an_extension_of_any_urn_works() {
    let own = json!({"id": "urn:calendly:scim:schemas:2.0:User", "attributes": [{"name": "group", "type": "string", "caseExact": true}]});
    let schema = ResourceSchema::user().with_extensions([Schema::from_json(&own).unwrap()]);
    let operations = json!([{"op": "Add", "path": "urn:calendly:scim:schemas:2.0:User:group", "value": "Sales"}]);
    let (changed, _) = with(&alice(), &operations, &schema, PatchOptions::default()).unwrap();
    assert_eq!(changed["urn:calendly:scim:schemas:2.0:User"], json!({"group": "Sales"}));
    assert_eq!(changed["schemas"][2], "urn:calendly:scim:schemas:2.0:User");
}

#[test]
fn manager_is_understood_in_every_form() {
    let path = format!("{ENTERPRISE}:manager");
    for value in [json!("M"), json!({"value": "M"}), json!([{"$ref": null, "value": "M", "displayName": "ignored"}])] {
        for path in [path.as_str(), "manager"] {
            let changed = user(&json!([{"op": "Add", "path": path, "value": value}]));
            assert_eq!(changed[ENTERPRISE]["manager"], json!({"value": "M"}), "{value}");
        }
        let keyed = user(&json!([{"op": "replace", "value": {path.clone(): value}}]));
        assert_eq!(keyed[ENTERPRISE]["manager"], json!({"value": "M"}));
    }
    let managed = but(
        alice(),
        &json!({ENTERPRISE: {"department": "Sales", "manager": {"value": "M", "$ref": "../Users/M", "displayName": "Em"}}}),
    );
    for operations in [
        json!([{"op": "Replace", "path": path, "value": ""}]),
        json!([{"op": "remove", "path": path}]),
        json!([{"op": "replace", "path": path, "value": {"value": null}}]),
    ] {
        assert_eq!(
            with(&managed, &operations, ResourceSchema::user(), PatchOptions::default()).unwrap().0,
            alice(),
            "{operations}"
        );
    }
    let moved = json!([{"op": "Replace", "path": path, "value": "N"}]);
    let (moved, _) = with(&managed, &moved, ResourceSchema::user(), PatchOptions::default()).unwrap();
    assert_eq!(moved[ENTERPRISE]["manager"], json!({"value": "N"}));
}

#[test]
fn booleans_come_as_text_too() {
    for (text, truth) in [("True", true), ("False", false), ("true", true), ("FALSE", false)] {
        assert_eq!(user(&json!([{"op": "Replace", "path": "active", "value": text}]))["active"], json!(truth));
        assert_eq!(user(&json!([{"op": "replace", "value": {"active": text}}]))["active"], json!(truth));
    }
}

#[test]
fn values_of_the_wrong_type_are_refused() {
    for (path, value) in [
        ("active", json!("maybe")),
        ("emails", json!(5)),
        ("emails", json!("a@x")),
        ("name", json!("x")),
        ("displayName", json!(["x"])),
        ("userName", json!("")),
        ("emails[type eq \"work\"].primary", json!("perhaps")),
        ("emails[type eq \"work\"]", json!("x")),
        ("manager", json!([{"value": "1"}, {"value": "2"}])),
    ] {
        let operations = json!([{"op": "replace", "path": path, "value": value}]);
        assert_eq!(refused(&operations), (400, Some(ScimType::InvalidValue)), "{operations}");
    }
    assert_eq!(refused(&json!([{"op": "replace", "value": "x"}])), (400, Some(ScimType::InvalidValue)));
}

#[test]
fn read_only_attributes_are_refused_by_path_and_passed_over_as_echo() {
    for path in ["id", "meta.created", "meta", "groups", "groups[value eq \"g-1\"]", "manager.displayName"] {
        for op in ["replace", "add", "remove"] {
            let operations = json!([{"op": op, "path": path, "value": "x"}]);
            assert_eq!(refused(&operations), (400, Some(ScimType::Mutability)), "{operations}");
        }
    }
    let rename = json!([{"op": "replace", "value": {"id": "g-1", "displayName": "New", "meta": null}}]);
    assert_eq!(group(&rename), but(team(), &json!({"displayName": "New"})));
    let echo = json!([{"op": "replace", "value": {"meta": {"resourceType": "User"}, "groups": [{"value": "g-1"}], "title": "t"}}]);
    assert_eq!(user(&echo), but(alice(), &json!({"title": "t"})));
    for other in [json!({"id": "other"}), json!({"groups": [{"value": "g-2"}]})] {
        assert_eq!(refused(&json!([{"op": "replace", "value": other}])), (400, Some(ScimType::Mutability)));
    }
}

#[test]
fn required_attributes_stay() {
    for operations in [
        json!([{"op": "remove", "path": "userName"}]),
        json!([{"op": "replace", "path": "userName", "value": null}]),
        json!([{"op": "replace", "value": {"userName": null}}]),
    ] {
        assert_eq!(refused(&operations), (400, Some(ScimType::Mutability)), "{operations}");
    }
}

#[test]
fn immutable_values_stay_once_they_are_there() {
    let own = json!({"id": "urn:x:own", "attributes": [{"name": "badge", "type": "string", "mutability": "immutable", "caseExact": true}]});
    let schema = ResourceSchema::user().with_extensions([Schema::from_json(&own).unwrap()]);
    let set = |value: &str, op: &str| json!([{"op": op, "path": "urn:x:own:badge", "value": value}]);
    let (badged, _) = with(&alice(), &set("1", "add"), &schema, PatchOptions::default()).unwrap();
    for operations in [set("2", "replace"), set("2", "add"), json!([{"op": "remove", "path": "urn:x:own:badge"}])] {
        let problem = with(&badged, &operations, &schema, PatchOptions::default()).unwrap_err();
        assert_eq!(problem.scim_type, Some(ScimType::Mutability));
    }
    assert!(!with(&badged, &set("1", "replace"), &schema, PatchOptions::default()).unwrap().1);

    let operations = json!([{"op": "replace", "path": "members[value eq \"a\"].value", "value": "z"}]);
    let problem = with(&team(), &operations, ResourceSchema::group(), PatchOptions::default()).unwrap_err();
    assert_eq!(problem.scim_type, Some(ScimType::Mutability));
}

#[test]
fn unknown_attributes_are_refused_unless_they_are_to_be_passed_over() {
    for path in [
        "zzNoSuch",
        "name.zz",
        "urn:x:y:z",
        "emails[type eq \"work\"].zz",
        "emails.value[type eq \"x\"]",
        "name[givenName pr]",
    ] {
        let operations = json!([{"op": "replace", "path": path, "value": "1"}]);
        assert_eq!(refused(&operations), (400, Some(ScimType::InvalidPath)), "{path}");
    }
    assert_eq!(refused(&json!([{"op": "add", "value": {"zz": 1}}])), (400, Some(ScimType::InvalidPath)));
    let options = PatchOptions { ignore_unknown: true, ..PatchOptions::default() };
    let operations = json!([{"op": "add", "value": {"zz": 1, "urn:x:2.0:User": {"a": 1}, "title": "t"}}, {"op": "remove", "path": "zz"}]);
    let (changed, _) = with(&alice(), &operations, ResourceSchema::user(), options).unwrap();
    assert_eq!(changed, but(alice(), &json!({"title": "t"})));
}

#[test]
fn operations_apply_in_order_and_all_or_none() {
    let swapped = group(
        &json!([{"op": "remove", "path": "members"}, {"op": "add", "path": "members", "value": [{"value": "b"}]}]),
    );
    assert_eq!(swapped["members"], json!([{"value": "b"}]));
    let twice = json!([{"op": "add", "path": "title", "value": "x"}, {"op": "replace", "path": "title", "value": "y"}]);
    assert_eq!(user(&twice)["title"], "y");
    let fresh = json!([
        {"op": "add", "path": "emails", "value": [{"type": "other", "value": "o@x"}]},
        {"op": "replace", "path": "emails[type eq \"other\"].value", "value": "p@x"},
    ]);
    assert_eq!(user(&fresh)["emails"][2]["value"], "p@x");

    let good = json!({"op": "replace", "path": "displayName", "value": "Changed"});
    for bad in [
        json!({"op": "replace", "path": "active", "value": "maybe"}),
        json!({"op": "remove", "path": "userName"}),
        json!({"op": "replace", "path": "emails[type eq \"pager\"].value", "value": "x"}),
    ] {
        for operations in [json!([good, bad]), json!([bad, good])] {
            let problem = with(&alice(), &operations, ResourceSchema::user(), PatchOptions::default()).unwrap_err();
            assert!(problem.detail.starts_with("Operation "), "{}", problem.detail);
        }
    }
}

#[test]
fn entra_flat_keys_reach_their_places() {
    let operations = json!([{"op": "replace", "value": {
        "displayName": "N", "name.givenName": "G", format!("{ENTERPRISE}:employeeNumber"): "7",
        "emails[type eq \"work\"].value": "n@x",
    }}]);
    let changed = user(&operations);
    assert_eq!(changed["displayName"], "N");
    assert_eq!(changed["name"], json!({"givenName": "G", "familyName": "Cooper"}));
    assert_eq!(changed[ENTERPRISE], json!({"department": "Sales", "employeeNumber": "7"}));
    assert_eq!(changed["emails"][0]["value"], "n@x");
}
