//! What a request wanted and how it ended, by method, path, status and bodies.

use serde_json::{Map, Value};

use super::target::parameters;
use crate::http::Method;
use crate::logs::observation::{Change, Intent, Message, Outcome};
use crate::scim::{name, truth, urn};

/// What is known of a request when its meaning is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The method.
    pub method: Option<Method>,
    /// The path below the base.
    pub path: &'a str,
    /// The query as sent.
    pub query: Option<&'a str>,
    /// The body, where it is whole and JSON.
    pub body: Option<&'a Value>,
    /// Whether the person was active before, where the log shows it.
    pub was_active: Option<bool>,
}

/// What was wanted.
pub fn intent(asked: &Asked<'_>) -> Intent {
    let (endpoint, id) = parts(asked.path);
    if endpoint.eq_ignore_ascii_case("Groups") {
        return of_groups(asked, id);
    }
    if endpoint.eq_ignore_ascii_case("Users") || endpoint.eq_ignore_ascii_case("Me") {
        return of_people(asked, id.or_else(|| endpoint.eq_ignore_ascii_case("Me").then_some("")));
    }
    Intent::Other
}

/// Endpoint and id of a path below the base.
pub fn parts(path: &str) -> (&str, Option<&str>) {
    let mut segments = path.trim_start_matches('/').splitn(3, '/');
    let endpoint = segments.next().unwrap_or_default();
    (endpoint, segments.next().filter(|id| !id.is_empty() && *id != ".search"))
}

fn of_people(asked: &Asked<'_>, id: Option<&str>) -> Intent {
    match (asked.method, id) {
        (Some(Method::Get | Method::Head), Some(_)) => Intent::Read,
        (Some(Method::Get | Method::Head), None) => of_query(asked),
        (Some(Method::Post), None) if asked.path.ends_with("/.search") => Intent::Lookup,
        (Some(Method::Post), None) => Intent::Create,
        (Some(Method::Put), Some(_)) => of_activity(asked, asked.body.and_then(active), false),
        (Some(Method::Patch), Some(_)) => {
            let active = asked.body.and_then(patched_active);
            of_activity(asked, active.map(|(active, _)| active), active.is_some_and(|(_, alone)| alone))
        }
        (Some(Method::Delete), Some(_)) => Intent::Delete,
        _ => Intent::Other,
    }
}

fn of_groups(asked: &Asked<'_>, id: Option<&str>) -> Intent {
    match (asked.method, id) {
        (Some(Method::Get | Method::Head), Some(_)) => Intent::GroupRead,
        (Some(Method::Get | Method::Head), None) if filter(asked.query).is_some() => Intent::GroupLookup,
        (Some(Method::Get | Method::Head), None) => Intent::Import,
        (Some(Method::Post), None) if asked.path.ends_with("/.search") => Intent::GroupLookup,
        (Some(Method::Post), None) => Intent::GroupCreate,
        (Some(Method::Put | Method::Patch), Some(_)) => {
            if asked.body.is_some_and(names_members) {
                Intent::GroupMembers
            } else {
                Intent::GroupUpdate
            }
        }
        (Some(Method::Delete), Some(_)) => Intent::GroupDelete,
        _ => Intent::Other,
    }
}

/// A list of people: a lookup, a trial of the credentials, or all of them.
fn of_query(asked: &Asked<'_>) -> Intent {
    if let Some(filter) = filter(asked.query) {
        // Entra tries its credentials by asking for somebody whose name is a random GUID.
        let value = filter.split('"').nth(1).unwrap_or_default();
        return if filter.starts_with("userName") && is_guid(value) { Intent::AuthTest } else { Intent::Lookup };
    }
    let number = |wanted: &str| {
        let mut all = parameters(asked.query.unwrap_or_default());
        all.find(|(name, _)| name == wanted).and_then(|(_, value)| value.parse::<u64>().ok())
    };
    // Okta asks for the first two, its suite for the first one.
    let is_trial = number("startIndex") == Some(1) && number("count").is_some_and(|count| count <= 2);
    if is_trial { Intent::AuthTest } else { Intent::Import }
}

/// A write that says whether the person is active.
fn of_activity(asked: &Asked<'_>, active: Option<bool>, is_alone: bool) -> Intent {
    match (active, asked.was_active) {
        (Some(false), was) if was != Some(false) => Intent::Deactivate,
        (Some(true), Some(false)) => Intent::Reactivate,
        (Some(true), None) if is_alone => Intent::Reactivate,
        (Some(false), _) if is_alone => Intent::Deactivate,
        _ => Intent::Update,
    }
}

/// The decoded filter of a query.
pub fn filter(query: Option<&str>) -> Option<String> {
    parameters(query?).find(|(name, _)| name == "filter").map(|(_, value)| value)
}

fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// `active` of a resource, also as text.
pub fn active(resource: &Value) -> Option<bool> {
    truth(name::get(resource.as_object()?, "active")?)
}

/// The operations of a PATCH.
pub fn operations(body: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    let list = body.as_object().and_then(|body| name::get(body, "Operations")).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_object)
}

/// What a PATCH says about `active`, and whether it says nothing else.
pub fn patched_active(body: &Value) -> Option<(bool, bool)> {
    let changes = changes(body);
    let found = changes.iter().rfind(|change| change.path.eq_ignore_ascii_case("active"))?;
    let active = truth(&Value::String(found.new.clone()?))?;
    Some((active, changes.len() == 1))
}

fn names_members(body: &Value) -> bool {
    let is_put = body.as_object().is_some_and(|body| name::get(body, "members").is_some());
    is_put || changes(body).iter().any(|change| change.path.to_ascii_lowercase().starts_with("members"))
}

/// What a PATCH changes, one for each attribute. Of other bodies it cannot be said without knowing what was before.
pub fn changes(body: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    for operation in operations(body) {
        let is_removal =
            name::get(operation, "op").and_then(Value::as_str).is_some_and(|op| op.eq_ignore_ascii_case("remove"));
        let value = name::get(operation, "value");
        let new = |value: Option<&Value>| if is_removal { None } else { value.map(as_text) };
        let path = name::get(operation, "path").and_then(Value::as_str).filter(|path| !path.is_empty());
        match (path, value) {
            (Some(path), value) => changes.push(Change { path: path.to_owned(), old: None, new: new(value) }),
            (None, Some(Value::Object(members))) => changes.extend(members.iter().map(|(name, value)| Change {
                path: name.clone(),
                old: None,
                new: new(Some(value)),
            })),
            _ => {}
        }
    }
    changes
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// How it ended. A write that is sent elsewhere was not done: no client sends it again unasked (RFC 9110 §15.4).
pub fn outcome(status: Option<u16>, is_write: bool, is_unanswered: bool, is_skipped: bool) -> Outcome {
    match status {
        _ if is_skipped => Outcome::Skipped,
        Some(301 | 302 | 303 | 307 | 308) if is_write => Outcome::Failure,
        Some(200..=299 | 304) => Outcome::Success,
        Some(400..) => Outcome::Failure,
        None if is_unanswered => Outcome::Failure,
        _ => Outcome::Unknown,
    }
}

/// What the answer says in words when it is no success: the text of its body, and the `detail` of a SCIM error.
pub fn message(status: Option<u16>, text: Option<&str>, body: Option<&Value>, remark: Option<&str>) -> Option<Message> {
    let error = body.and_then(Value::as_object).filter(|body| is_error(body));
    let is_failure = status.is_some_and(|status| status >= 400) || error.is_some();
    let text = text.filter(|_| is_failure);
    let raw = remark.or(text)?.to_owned();
    let member = |wanted: &str| error.and_then(|error| name::get(error, wanted)).map(as_text);
    Some(Message {
        raw,
        status: member("status").and_then(|status| status.parse().ok()),
        detail: member("detail"),
        body: text.map(str::to_owned),
        ..Message::default()
    })
}

fn is_error(body: &Map<String, Value>) -> bool {
    let schemas = name::get(body, "schemas").and_then(Value::as_array);
    schemas
        .is_some_and(|all| all.iter().filter_map(Value::as_str).any(|schema| schema.eq_ignore_ascii_case(urn::ERROR)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wanted(method: Method, target: &str, body: &Value, was_active: Option<bool>) -> Intent {
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        intent(&Asked { method: Some(method), path, query, body: Some(body), was_active })
    }

    #[test]
    fn intents_of_people() {
        let none = Value::Null;
        for (method, target, expected) in [
            (Method::Get, "/Users?filter=userName%20eq%20%22a%22", Intent::Lookup),
            (Method::Get, "/Users?filter=userName+eq+%22dcf2bb4a-95f6-4a70-b46e-8fb7da7c9a0c%22", Intent::AuthTest),
            (Method::Get, "/Users?startIndex=1&count=2", Intent::AuthTest),
            (Method::Get, "/Users?startIndex=1&count=100", Intent::Import),
            (Method::Get, "/Users/1", Intent::Read),
            (Method::Post, "/Users", Intent::Create),
            (Method::Post, "/Users/.search", Intent::Lookup),
            (Method::Delete, "/Users/1", Intent::Delete),
            (Method::Patch, "/Users/1", Intent::Update),
            (Method::Get, "/Schemas", Intent::Other),
        ] {
            assert_eq!(wanted(method, target, &none, None), expected, "{method} {target}");
        }
    }

    #[test]
    fn activity_is_read_from_bodies() {
        let patch = |value: Value| json!({"Operations": [{"op": "Replace", "path": "active", "value": value}]});
        let okta = json!({"operations": [{"op": "replace", "value": {"active": false}}]});
        let both = json!({"Operations": [{"op": "replace", "value": {"active": true, "title": "x"}}]});
        assert_eq!(wanted(Method::Patch, "/Users/1", &patch(json!("False")), None), Intent::Deactivate);
        assert_eq!(wanted(Method::Patch, "/Users/1", &patch(json!(true)), None), Intent::Reactivate);
        assert_eq!(wanted(Method::Patch, "/Users/1", &okta, Some(false)), Intent::Deactivate);
        assert_eq!(wanted(Method::Patch, "/Users/1", &both, None), Intent::Update);
        assert_eq!(wanted(Method::Put, "/Users/1", &json!({"active": false}), None), Intent::Deactivate);
        assert_eq!(wanted(Method::Put, "/Users/1", &json!({"active": true}), None), Intent::Update);
        assert_eq!(wanted(Method::Put, "/Users/1", &json!({"active": true}), Some(false)), Intent::Reactivate);
    }

    #[test]
    fn intents_of_groups() {
        let members = json!({"Operations": [{"op": "add", "path": "members", "value": [{"value": "1"}]}]});
        let name = json!({"Operations": [{"op": "replace", "path": "displayName", "value": "x"}]});
        assert_eq!(wanted(Method::Patch, "/Groups/1", &members, None), Intent::GroupMembers);
        assert_eq!(wanted(Method::Patch, "/Groups/1", &name, None), Intent::GroupUpdate);
        assert_eq!(wanted(Method::Put, "/Groups/1", &json!({"members": []}), None), Intent::GroupMembers);
        assert_eq!(wanted(Method::Get, "/Groups?filter=x", &Value::Null, None), Intent::GroupLookup);
        assert_eq!(wanted(Method::Get, "/Groups/1", &Value::Null, None), Intent::GroupRead);
    }

    #[test]
    fn an_error_is_quoted() {
        let text = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"No.","status":"409"}"#;
        let body: Value = serde_json::from_str(text).unwrap();
        let said = message(Some(409), Some(text), Some(&body), None).unwrap();
        assert_eq!((said.detail.as_deref(), said.status, said.raw.as_str()), (Some("No."), Some(409), text));
        assert_eq!(message(Some(200), Some("{}"), None, None), None);
        assert_eq!(message(Some(502), None, None, Some("target -")).map(|said| said.raw), Some("target -".to_owned()));
    }
}
