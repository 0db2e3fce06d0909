//! Small questions to a stored resource.

use serde_json::{Map, Value};

/// Whether a user has access; a user without `active` has.
pub fn is_active(resource: &Map<String, Value>) -> bool {
    resource.get("active") != Some(&Value::Bool(false))
}

/// The name by which other resources show it.
pub fn shown_name(resource: &Map<String, Value>) -> Option<&str> {
    ["displayName", "userName"].into_iter().find_map(|name| resource.get(name)?.as_str())
}

/// Every e-mail address of a user; one may come twice.
pub fn addresses(user: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let name = user.get("userName").and_then(Value::as_str).filter(|name| name.contains('@'));
    let emails = user.get("emails").and_then(Value::as_array).into_iter().flatten();
    name.into_iter().chain(emails.filter_map(|email| email.get("value")?.as_str()))
}
