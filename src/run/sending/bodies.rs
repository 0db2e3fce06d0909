//! What a request body says about itself: the name it creates, the passwords it carries.

use serde_json::{Map, Value};

use crate::http::{Method, Redactor, Request, Secret};
use crate::run::own::address::{self, identity};
use crate::scim::name;

/// Tells the redactor every password in a request, so that no report shows it.
pub(in crate::run) fn learn(request: &Request, redactor: &Redactor) {
    let mentioned = |body: &[u8]| body.windows(8).any(|window| window.eq_ignore_ascii_case(b"password"));
    if request.body.as_deref().is_some_and(mentioned)
        && let Some(body) = request.json()
    {
        visit(&body, redactor);
    }
}

/// Recursion ends where the JSON reader's own limit on nesting does.
fn visit(value: &Value, redactor: &Redactor) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| visit(item, redactor)),
        Value::Object(members) => {
            let is_password = |name: &str| name.to_ascii_lowercase().ends_with("password");
            let operation = members.get("path").and_then(Value::as_str).is_some_and(is_password);
            for (name, value) in members {
                match value {
                    Value::String(text) if is_password(name) || (operation && name == "value") => {
                        redactor.add(&Secret::new(text));
                    }
                    other => visit(other, redactor),
                }
            }
        }
        _ => {}
    }
}

/// Adds what every user needs at this target to a request that makes or replaces one, where it says nothing of it.
pub(in crate::run) fn complete(request: &mut Request, needed: &Map<String, Value>) {
    let (collection, _) = address::of(&request.path);
    let whole = matches!(request.method, Method::Post | Method::Put) && collection == "users";
    if needed.is_empty() || !whole || address::is_search(&request.path) {
        return;
    }
    let Some(Value::Object(mut body)) = request.json() else { return };
    for name in needed.keys() {
        if name.starts_with("urn:") {
            announce(&mut body, name);
        }
    }
    fill(&mut body, needed.clone());
    request.body = Some(Value::Object(body).to_string().into());
}

/// Names a schema in `schemas`.
pub(in crate::run) fn announce(body: &mut Map<String, Value>, urn: &str) {
    if let Some(schemas) = name::get_mut(body, "schemas").and_then(Value::as_array_mut) {
        let is_named = schemas.iter().any(|one| one.as_str().is_some_and(|one| one.eq_ignore_ascii_case(urn)));
        if !is_named {
            schemas.push(Value::from(urn));
        }
    }
}

/// Stands for a value that nobody else has, such as a number of the personnel office: the `userName` is one.
pub(in crate::run) const PERSONAL: &str = "${userName}";

/// Puts in what is missing, in the containers of extensions too; what is there stays.
pub(in crate::run) fn fill(body: &mut Map<String, Value>, needed: Map<String, Value>) {
    let own_name = name::get(body, "userName").cloned();
    fill_for(own_name.as_ref(), body, needed);
}

fn fill_for(own_name: Option<&Value>, body: &mut Map<String, Value>, needed: Map<String, Value>) {
    for (name, value) in needed {
        let value = personal(own_name, value);
        match (name::get_mut(body, &name), value) {
            (None, value) => _ = body.insert(name, value),
            (Some(Value::Object(container)), Value::Object(more)) if name.starts_with("urn:") => {
                fill_for(own_name, container, more);
            }
            (Some(_), _) => {}
        }
    }
}

/// The value of this person.
pub(in crate::run) fn personal(own_name: Option<&Value>, value: Value) -> Value {
    match (value, own_name) {
        (Value::String(text), Some(own)) if text == PERSONAL => own.clone(),
        (Value::Object(members), _) => {
            members.into_iter().map(|(name, value)| (name, personal(own_name, value))).collect()
        }
        (Value::Array(items), _) => items.into_iter().map(|item| personal(own_name, item)).collect(),
        (value, _) => value,
    }
}

/// The `userName` or `displayName` that a create carries.
pub(in crate::run) fn name_of(request: &Request) -> Option<String> {
    let (collection, _) = address::of(&request.path);
    request.json().as_ref().and_then(|body| identity(collection, body)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_target_insists_on_is_added_where_it_is_missing() {
        let needed = json!({"userType": "Employee", "urn:x:User": {"site": 1}}).as_object().cloned().unwrap();
        let mut request = Request::new(Method::Post, "/Users").with_json(&json!({"schemas": [], "usertype": "Other"}));
        complete(&mut request, &needed);
        let expected = json!({"schemas": ["urn:x:User"], "usertype": "Other", "urn:x:User": {"site": 1}});
        assert_eq!(request.json(), Some(expected));
        let part = json!({"userType": "Other", "urn:x:User": {"desk": 2}});
        let mut half = Request::new(Method::Put, "/Users/1").with_json(&part);
        complete(&mut half, &needed);
        assert_eq!(half.json(), Some(json!({"userType": "Other", "urn:x:User": {"desk": 2, "site": 1}})));
        let patch = Request::new(Method::Patch, "/Users/1").with_json(&json!({"Operations": []}));
        let mut same = patch.clone();
        complete(&mut same, &needed);
        assert_eq!(same, patch);
    }

    #[test]
    fn passwords_are_learnt_in_every_form() {
        let redactor = Redactor::new();
        let bodies = [
            json!({"userName": "a", "password": "first-Secret1"}),
            json!({"Operations": [{"op": "replace", "value": {"Password": "second-Secret2"}}]}),
            json!({"Operations": [{"op": "replace", "path": "password", "value": "third-Secret3"}]}),
        ];
        for body in &bodies {
            learn(&Request::new(Method::Post, "/Users").with_json(body), &redactor);
        }
        let text = "first-Secret1 second-Secret2 third-Secret3 replace";
        assert_eq!(redactor.mask(text), "****** ****** ****** replace");
    }
}
