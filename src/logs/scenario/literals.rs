//! Values in a request that say whose it is: login names, addresses, external ids, names of groups.

use serde_json::Value;

use crate::http::{Request, percent};
use crate::scim::name;

/// A value and the directory attribute that it is of; `group` for the name of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) attribute: String,
    pub(super) value: String,
}

/// The identifying values of a request: first those it looks for, then those it writes.
pub(super) fn literals(request: &Request) -> Vec<Literal> {
    let is_group = request.path.starts_with("/Groups");
    let mut found = Vec::new();
    if let Some(filter) = filter(request) {
        found.extend(
            quoted(&filter).into_iter().map(|(path, value, _)| Literal { attribute: of(&path, is_group), value }),
        );
    }
    if let Some(body) = request.json() {
        of_body(&body, is_group, &mut found);
    }
    found.retain(|literal| !literal.attribute.is_empty());
    found
}

/// The identifying values of a resource.
pub(super) fn literals_of(resource: &Value, is_group: bool) -> Vec<Literal> {
    let mut found = Vec::new();
    of_body(resource, is_group, &mut found);
    found.retain(|literal| !literal.attribute.is_empty());
    found
}

/// The filter of a request, decoded.
pub(super) fn filter(request: &Request) -> Option<String> {
    request.parameter("filter").map(percent::decode_query)
}

/// The texts in a filter: attribute, value, and where the value stands with its quotes.
pub(super) fn quoted(filter: &str) -> Vec<(String, String, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = filter[from..].find('"').map(|at| from + at) {
        let mut is_escaped = false;
        let end = filter[start + 1..].char_indices().find(|(_, letter)| {
            let ends = *letter == '"' && !is_escaped;
            is_escaped = *letter == '\\' && !is_escaped;
            ends
        });
        let Some(end) = end.map(|(at, _)| start + 1 + at + 1) else { break };
        if let Ok(Value::String(value)) = serde_json::from_str(&filter[start..end]) {
            let path = filter[..start].split_whitespace().rev().nth(1).unwrap_or_default();
            found.push((path.to_owned(), value, start..end));
        }
        from = end;
    }
    found
}

/// The directory attribute behind a SCIM path; empty when it identifies nobody.
pub(super) fn of(path: &str, is_group: bool) -> String {
    let path = path.trim_start_matches('(').to_ascii_lowercase();
    let last = path.rsplit(':').next().unwrap_or(&path);
    match last {
        "displayname" if is_group => "group",
        "username" => "userName",
        "externalid" => "externalId",
        _ if last.starts_with("emails") && last.rsplit('.').next() != Some("type") => "email",
        _ => "",
    }
    .to_owned()
}

fn of_body(body: &Value, is_group: bool, found: &mut Vec<Literal>) {
    let mut add = |attribute: &str, value: Option<&Value>| {
        if let Some(value) = value.and_then(Value::as_str) {
            found.push(Literal { attribute: of(attribute, is_group), value: value.to_owned() });
        }
    };
    for attribute in ["userName", "externalId", "displayName"] {
        add(attribute, name::get_in(body, attribute));
    }
    add("emails", first_address(body));
    for operation in name::get_in(body, "Operations").and_then(Value::as_array).into_iter().flatten() {
        let value = name::get_in(operation, "value");
        match (name::get_in(operation, "path").and_then(Value::as_str), value) {
            (Some(path), Some(Value::String(_))) => add(path, value),
            (Some(path), Some(list)) => add(path, list.get(0).and_then(|one| name::get_in(one, "value"))),
            (None, Some(members)) => {
                for (name, value) in members.as_object().into_iter().flatten() {
                    add(name, Some(value));
                }
                add("emails", first_address(members));
            }
            _ => {}
        }
    }
}

/// The address that counts: the primary one, else the first.
fn first_address(body: &Value) -> Option<&Value> {
    let emails = name::get_in(body, "emails")?.as_array()?;
    let is_primary = |email: &&Value| name::get_in(email, "primary").is_some_and(|primary| primary == true);
    name::get_in(emails.iter().find(is_primary).or(emails.first())?, "value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_in_a_filter_are_found_with_their_escapes() {
        let filter = r#"userName eq "\"a b\"@x" and emails[type eq "work"] sw "c""#;
        let found: Vec<(String, String)> = quoted(filter).into_iter().map(|(path, value, _)| (path, value)).collect();
        assert_eq!(found[0], ("userName".to_owned(), "\"a b\"@x".to_owned()));
        assert_eq!(found.len(), 3);
    }
}
