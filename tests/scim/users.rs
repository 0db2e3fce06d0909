//! Users to try laws on.

use proptest::prelude::*;
use scimulator::scim::{is_assigned, urn};
use serde_json::{Map, Value, json};

fn text() -> impl Strategy<Value = Value> {
    prop_oneof!["[a-cA-C]{1,2}", "[äÄßéÉ]{1,2}"].prop_map(Value::from)
}

fn email() -> impl Strategy<Value = Value> {
    let kind = prop::option::of(prop::sample::select(vec!["work", "home", "other"]));
    (text(), kind, prop::option::of(text())).prop_map(|(value, kind, display)| {
        let mut element = json!({"value": value});
        if let Some(kind) = kind {
            element["type"] = kind.into();
        }
        if let Some(display) = display {
            element["display"] = display;
        }
        element
    })
}

/// A user; of its e-mail addresses no two have the same type and value, and one at most is primary.
pub fn user() -> impl Strategy<Value = Value> {
    let emails = (prop::collection::vec(email(), 0..4), prop::option::of(0_usize..4)).prop_map(|(emails, primary)| {
        let mut kept: Vec<Value> = Vec::new();
        for email in emails {
            let lower = |value: &Value| value.as_str().map(str::to_lowercase);
            if !kept.iter().any(|other| lower(&other["value"]) == lower(&email["value"])) {
                kept.push(email);
            }
        }
        if let Some(element) = primary.and_then(|at| kept.get_mut(at)) {
            element["primary"] = true.into();
        }
        Value::from(kept)
    });
    let name = (prop::option::of(text()), prop::option::of(text()))
        .prop_map(|(given, family)| json!({"givenName": given, "familyName": family}));
    let rest =
        (prop::option::of(text()), prop::option::of(any::<bool>()), prop::option::of(text()), prop::option::of(text()));
    (text(), text(), name, emails, rest).prop_map(|(user_name, external, name, emails, (title, active, department, own))| {
        let user = json!({
            "schemas": [urn::CORE_USER, urn::ENTERPRISE_USER], "id": "u-1", "userName": user_name, "externalId": external,
            "name": name, "emails": emails, "title": title, "active": active,
            urn::ENTERPRISE_USER: {"department": department, "employeeNumber": "7"}, "zzOwn": own,
            "meta": {"resourceType": "User", "created": "2026-01-05T12:00:00Z", "location": "https://example.com/v2/Users/u-1"},
        });
        without_unassigned(user)
    })
}

fn without_unassigned(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(key, value)| (key, without_unassigned(value)))
            .filter(|(_, value)| is_assigned(value))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(elements) => elements.into_iter().map(without_unassigned).collect(),
        simple => simple,
    }
}
