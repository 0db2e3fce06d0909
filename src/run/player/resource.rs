//! Resources and requests that the harness itself makes, in no IdP's accent.

use serde_json::{Map, Value, json};

use super::Knowledge;
use crate::http::{Method, Request, percent};
use crate::idp::{Directory, Group, Person};
use crate::run::sending::bodies::{announce, personal};
use crate::scenario::Create;
use crate::scim::urn;

/// Media type of SCIM bodies (RFC 7644 §8.1).
const SCIM_JSON: &str = "application/scim+json";

/// A request with the headers every SCIM client sends.
pub(in crate::run) fn neutral(method: Method, target: &str) -> Request {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let mut request =
        Request::new(method, path).with_header("Accept", SCIM_JSON).with_header("User-Agent", "scimulator");
    request.query = query.map(str::to_owned);
    request
}

/// … with a JSON body.
pub(in crate::run) fn neutral_with(method: Method, target: &str, body: &Value) -> Request {
    neutral(method, target).with_header("Content-Type", SCIM_JSON).with_json(body)
}

/// A user made from a person: the least that real servers ask for, or all we know.
pub(super) fn user_body(person: &Person, create: &Create, known: &Knowledge) -> Value {
    let text = |name: &str| person.text(name).unwrap_or_default();
    let mut schemas = vec![json!(urn::CORE_USER)];
    let mut emails = vec![json!({"value": text("email"), "type": "work", "primary": true})];
    let mut body = json!({
        "schemas": [],
        "userName": text("userName"),
        "name": {"givenName": text("givenName"), "familyName": text("familyName")},
        "displayName": text("displayName"),
        "active": true,
    });
    if create.full {
        emails.push(json!({"value": format!("home.{}", text("email")), "type": "home"}));
        schemas.push(json!(urn::ENTERPRISE_USER));
        body["externalId"] = json!(text("id"));
        body["title"] = json!(text("title"));
        body["phoneNumbers"] = json!([{"value": text("phone"), "type": "work"}]);
        body[urn::ENTERPRISE_USER] = json!({"department": text("department")});
    }
    body["emails"] = Value::Array(emails);
    body["schemas"] = Value::Array(schemas);
    known.unmapped.iter().for_each(|unmapped| leave_out(&mut body, unmapped));
    finish(body, create, &known.user_attributes)
}

/// What a user of the harness's own may have and a target may lack (RFC 7643 §4.1 requires none of it), as paths of PATCH.
pub(in crate::run) const OPTIONAL: [&str; 8] = [
    "name",
    "displayName",
    "active",
    "emails",
    "title",
    "phoneNumbers",
    urn::ENTERPRISE_USER,
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
];

/// Takes an attribute out of a user; of an extension, its schema as well once nothing of it is left.
fn leave_out(body: &mut Value, unmapped: &str) {
    let Some(members) = body.as_object_mut() else { return };
    let attribute = unmapped.strip_prefix(urn::ENTERPRISE_USER).and_then(|rest| rest.strip_prefix(':'));
    if let (Some(attribute), Some(Value::Object(extension))) = (attribute, members.get_mut(urn::ENTERPRISE_USER)) {
        extension.shift_remove(attribute);
    }
    members.shift_remove(unmapped);
    if members.get(urn::ENTERPRISE_USER).is_none_or(|extension| *extension == json!({})) {
        members.shift_remove(urn::ENTERPRISE_USER);
        if let Some(Value::Array(schemas)) = members.get_mut("schemas") {
            schemas.retain(|schema| schema != urn::ENTERPRISE_USER);
        }
    }
}

/// What `create` sends for a person or a group of the directory when nothing else is said.
pub(in crate::run) fn new_body(directory: &Directory, key: &str, known: &Knowledge) -> Option<Value> {
    let create = Create::of_person(key);
    let user = directory.people.get(key).map(|person| user_body(person, &create, known));
    user.or_else(|| Some(group_body(directory.groups.get(key)?, &create, &[])))
}

/// A group; `members` are ids.
pub(super) fn group_body(group: &Group, create: &Create, members: &[String]) -> Value {
    let mut body = json!({"schemas": [urn::CORE_GROUP], "displayName": group.display_name});
    if create.full {
        body["externalId"] = json!(group.id);
    }
    if !members.is_empty() {
        body["members"] = members.iter().map(|id| json!({"value": id})).collect();
    }
    finish(body, create, &Map::new())
}

fn finish(mut body: Value, create: &Create, extra: &Map<String, Value>) -> Value {
    if let Value::Object(members) = &mut body {
        let own_name = members.get("userName").cloned();
        for (name, value) in extra {
            match (members.get_mut(name), personal(own_name.as_ref(), value.clone())) {
                (Some(Value::Object(container)), Value::Object(more)) if name.starts_with("urn:") => {
                    container.extend(more);
                }
                (_, value) => _ = members.insert(name.clone(), value),
            }
            if name.starts_with("urn:") {
                announce(members, name);
            }
        }
        members.extend(create.overrides.clone());
        for name in &create.without {
            members.shift_remove(name);
        }
    }
    body
}

/// `/Users?filter=…` with the filter encoded.
pub(in crate::run) fn filtered(collection: &str, filter: &str) -> String {
    format!("{collection}?filter={}", percent::encode(filter))
}

/// A value as a string literal in a filter (RFC 7644 §3.4.2.2: JSON string).
pub(in crate::run) fn quoted(value: &str) -> String {
    Value::String(value.to_owned()).to_string()
}
