//! Resources and requests that the harness itself makes, in no IdP's accent.

use serde_json::{Map, Value, json};

use crate::http::{Method, Request, percent};
use crate::idp::{Directory, Group, Person};
use crate::run::bodies::announce;
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
pub(super) fn user_body(person: &Person, create: &Create, extra: &Map<String, Value>) -> Value {
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
    finish(body, create, extra)
}

/// What `create` sends for a person or a group of the directory when nothing else is said.
pub(in crate::run) fn new_body(directory: &Directory, key: &str, extra: &Map<String, Value>) -> Option<Value> {
    let create = Create::of_person(key);
    let user = directory.people.get(key).map(|person| user_body(person, &create, extra));
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
        for (name, value) in extra {
            match (members.get_mut(name), value) {
                (Some(Value::Object(container)), Value::Object(more)) if name.starts_with("urn:") => {
                    container.extend(more.clone());
                }
                (_, value) => _ = members.insert(name.clone(), value.clone()),
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
