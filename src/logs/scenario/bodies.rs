//! Bodies of requests of which the log shows none, and values that its words tell of.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::{Value, json};

use super::cast::SOME_NAMES;
use crate::http::{Method, Request};
use crate::logs::incidents::Incident;
use crate::scim::urn;

/// Attributes of the enterprise extension.
const ENTERPRISE: [&str; 5] = ["department", "employeeNumber", "costCenter", "organization", "division"];
/// Attributes that an error may name; the longer ones first.
const ATTRIBUTES: [&str; 20] = [
    "preferredLanguage",
    "employeeNumber",
    "organization",
    "displayName",
    "externalId",
    "givenName",
    "familyName",
    "department",
    "costCenter",
    "nickName",
    "userName",
    "userType",
    "division",
    "timezone",
    "locale",
    "active",
    "emails",
    "title",
    "members",
    "name",
];

static LIMIT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:longer than|at most|max(?:imum)?(?: ?length)?(?: is| of|:)?|exceeds|no more than)\D{0,12}(\d+)")
        .expect("a literal pattern")
});

/// The attribute that the words of an error name.
pub(super) fn named_attribute(words: &str) -> Option<&'static str> {
    let words = words.to_lowercase();
    ATTRIBUTES.into_iter().find(|name| {
        let name = name.to_lowercase();
        words.match_indices(&name).any(|(at, _)| {
            let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
            !is_letter(words[..at].chars().last()) && !is_letter(words[at + name.len()..].chars().next())
        })
    })
}

/// The length that the words of an error give as the longest.
pub(super) fn named_limit(words: &str) -> Option<usize> {
    LIMIT.captures(words)?.get(1)?.as_str().parse().ok().filter(|limit| *limit <= 10_000)
}

/// What an IdP sends where the log shows no body. `incident` tells what was wanted.
pub(super) fn default_body(request: &Request, incident: &Incident, name: &str) -> Option<Value> {
    let is_group = request.path.starts_with("/Groups");
    let is_deactivation = incident.symptom.as_str().starts_with("deactivate");
    match request.method {
        Method::Post | Method::Put if is_group => {
            Some(json!({ "schemas": [urn::CORE_GROUP], "displayName": "A group", "members": [] }))
        }
        Method::Post | Method::Put => Some(json!({
            "schemas": [urn::CORE_USER],
            "userName": name,
            "name": { "givenName": SOME_NAMES.0, "familyName": SOME_NAMES.1 },
            "emails": [{ "value": name, "type": "work", "primary": true }],
            "active": true,
        })),
        // As Microsoft Entra writes it: most clients that send PATCH are Entra, and what it writes is what servers refuse.
        Method::Patch if is_deactivation => {
            Some(patch(&json!([{ "op": "Replace", "path": "active", "value": "False" }])))
        }
        Method::Patch if incident.symptom.as_str() == "group.member-unknown" => {
            Some(patch(&json!([{ "op": "Add", "path": "members", "value": [] }])))
        }
        Method::Patch if is_group => {
            Some(patch(&json!([{ "op": "Replace", "path": "displayName", "value": "A group" }])))
        }
        Method::Patch => Some(patch(&json!([{ "op": "Replace", "path": "displayName", "value": SOME_NAMES.1 }]))),
        _ => None,
    }
}

fn patch(operations: &Value) -> Value {
    json!({ "schemas": [urn::PATCH_OP], "Operations": operations })
}

/// A value that is one longer than the limit that the error tells, where what is sent keeps to it.
pub(super) fn lengthen(body: &mut Value, attribute: &str, limit: usize) {
    let is_enterprise = ENTERPRISE.contains(&attribute);
    let holder = if is_enterprise { body.get(urn::ENTERPRISE_USER) } else { Some(&*body) };
    let is_long = |value: &Value| value.as_str().is_some_and(|text| text.chars().count() > limit);
    if holder.and_then(|holder| holder.get(attribute)).is_some_and(is_long) {
        return;
    }
    let long = Value::from("x".repeat(limit + 1));
    if !is_enterprise {
        match attribute {
            "givenName" | "familyName" => body["name"][attribute] = long,
            _ => body[attribute] = long,
        }
        return;
    }
    body[urn::ENTERPRISE_USER][attribute] = long;
    if let Some(schemas) = body.get_mut("schemas").and_then(Value::as_array_mut)
        && !schemas.iter().any(|schema| schema == urn::ENTERPRISE_USER)
    {
        schemas.push(urn::ENTERPRISE_USER.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_errors_name_attribute_and_limit() {
        let words =
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department is longer than 64 characters";
        assert_eq!((named_attribute(words), named_limit(words)), (Some("department"), Some(64)));
        assert_eq!(named_limit("title: Ensure this field has no more than 128 characters."), Some(128));
        assert_eq!(named_attribute("untitled"), None);
    }
}
