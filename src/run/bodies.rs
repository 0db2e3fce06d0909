//! What a request body says about itself: the name it creates, the passwords it carries.

use serde_json::Value;

use super::address::{self, identity};
use crate::http::{Redactor, Request, Secret};

/// Tells the redactor every password in a request, so that no report shows it.
pub(super) fn learn(request: &Request, redactor: &Redactor) {
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

/// The `userName` or `displayName` that a create carries.
pub(super) fn name_of(request: &Request) -> Option<String> {
    let (collection, _) = address::of(&request.path);
    request.json().as_ref().and_then(|body| identity(collection, body)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::Method;

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
