//! What a resource lost: attributes that had a value before somebody changed others (RFC 7644 §3.5.2).
//!
//! Values may be others than before, as a server may derive one attribute from another. That there is one is asked.

use serde_json::{Map, Value};

use crate::run::player::expect::Mismatch;
use crate::scim::{is_assigned, name};

/// Top-level members that are no attributes of the resource, or that others decide: what somebody is entitled to may come
/// and go with the account's activity (RFC 7643 §4.1.1 leaves it to the server what `active` means).
const APART: [&str; 5] = ["schemas", "meta", "groups", "entitlements", "roles"];

/// Every attribute, extension included, that has a value in `before` and none in `after`, and every list that is shorter.
pub(in crate::run) fn lost(before: &Value, after: &Value) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if let Some(members) = before.as_object() {
        let asked = members.iter().filter(|(name, _)| !APART.iter().any(|apart| name.eq_ignore_ascii_case(apart)));
        compare(asked, after, "", &mut found);
    }
    found
}

fn compare<'v>(
    members: impl Iterator<Item = (&'v String, &'v Value)>,
    after: &Value,
    place: &str,
    found: &mut Vec<Mismatch>,
) {
    // A flag that is false may as well be absent.
    for (own, value) in members.filter(|(_, value)| is_assigned(value) && **value != Value::Bool(false)) {
        let separator = if place.starts_with("urn:") { ":" } else { "." };
        let path = if place.is_empty() { own.clone() } else { format!("{place}{separator}{own}") };
        let now = after.as_object().and_then(|after| name::get(after, own)).filter(|now| is_assigned(now));
        match (value, now) {
            (_, None) => {
                let mismatch = Mismatch::new(path, format!("a value, as before: {value}"), "absent");
                found.push(Mismatch { evidence: Some(value.clone()), ..mismatch });
            }
            (Value::Object(parts), Some(now)) => compare(Map::iter(parts), now, &path, found),
            (Value::Array(values), Some(Value::Array(now))) if now.len() < values.len() => {
                found.push(Mismatch::new(path, format!("{} values, as before", values.len()), now.len().to_string()));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(before: &Value, after: &Value) -> Vec<String> {
        lost(before, after).into_iter().map(|mismatch| mismatch.subject).collect()
    }

    #[test]
    fn what_is_gone_is_named_wherever_it_stood() {
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let before = json!({
            "title": "Keeper", "name": {"givenName": "A", "familyName": "B"}, "emails": [{"value": "a"}, {"value": "b"}],
            urn: {"department": "Sales"}
        });
        let after = json!({"name": {"givenName": "A"}, "emails": [{"value": "a"}], urn: {"costCenter": "7"}});
        assert_eq!(paths(&before, &after), ["title", "name.familyName", "emails", &format!("{urn}:department")]);
    }

    #[test]
    fn other_values_and_what_others_decide_are_no_loss() {
        let before = json!({"title": "Keeper", "active": false, "groups": [{"value": "1"}], "meta": {"version": "1"}});
        assert!(paths(&before, &json!({"Title": "Boss"})).is_empty());
    }
}
