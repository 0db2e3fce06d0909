//! Which rule a refused request of an IdP breaks, by what stands in the request.
//!
//! A scenario names the rule it is about. When an IdP's form of PATCH is
//! refused on the way, that form is the cause and the scenario only its victim:
//! the finding goes to the form's own rule, so one fault is one rule.

use serde_json::Value;

use crate::http::{Exchange, Method, Sender};
use crate::scim::name;

const CREATES_ELEMENT: &str = "entra/add-creates-element";
const BOOLEANS: &str = "entra/boolean-strings";

/// The rule behind the last refused PATCH among these exchanges, when its form tells one.
pub(super) fn refused_form(exchanges: &[Exchange]) -> Option<&'static str> {
    let last = exchanges.iter().rev().find(|exchange| exchange.sender == Sender::Idp)?;
    let answer = last.response()?;
    if last.request.method != Method::Patch || !matches!(answer.status, 400 | 422 | 500) {
        return None;
    }
    let body = last.request.json()?;
    let operations = name::get_in(&body, "Operations")?.as_array()?;
    let mut forms: Vec<&str> = operations.iter().filter_map(form).collect();
    forms.sort_unstable();
    forms.dedup();
    let scim_type = answer.json().and_then(|body| name::get_in(body, "scimType")).and_then(Value::as_str);
    match (forms.as_slice(), scim_type) {
        (forms, Some("noTarget" | "invalidPath")) if forms.contains(&CREATES_ELEMENT) => Some(CREATES_ELEMENT),
        (forms, Some("invalidValue")) if forms.contains(&BOOLEANS) => Some(BOOLEANS),
        ([only], _) => rule(only),
        _ => None,
    }
}

fn rule(form: &str) -> Option<&'static str> {
    const RULES: [&str; 6] = [
        CREATES_ELEMENT,
        BOOLEANS,
        "entra/manager-forms",
        "entra/no-path-dotted-keys",
        "entra/remove-members-value",
        "okta/patch-id-in-value",
    ];
    RULES.into_iter().find(|rule| *rule == form)
}

/// The rule whose form an operation has; `None` for a form that every server must understand.
fn form(operation: &Value) -> Option<&'static str> {
    let text = |member: &str| name::get_in(operation, member).and_then(Value::as_str).unwrap_or_default();
    let (op, path) = (text("op").to_ascii_lowercase(), text("path"));
    let value = name::get_in(operation, "value");
    match value {
        Some(Value::String(_)) if path.eq_ignore_ascii_case("active") => Some(BOOLEANS),
        Some(_) if path.ends_with(":manager") => Some("entra/manager-forms"),
        Some(_) if op == "remove" && path.eq_ignore_ascii_case("members") => Some("entra/remove-members-value"),
        Some(_) if op != "remove" && path.contains('[') => Some(CREATES_ELEMENT),
        Some(Value::Object(members)) if path.is_empty() && members.contains_key("id") => Some("okta/patch-id-in-value"),
        Some(Value::Object(members)) if path.is_empty() && members.keys().any(|key| key.contains(['.', ':'])) => {
            Some("entra/no-path-dotted-keys")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::http::{Headers, Request, Response};

    fn refused(operations: &Value, status: u16, scim_type: &str) -> Option<&'static str> {
        let request = Request::new(Method::Patch, "/Users/1").with_json(&json!({ "Operations": operations }));
        let body = json!({ "scimType": scim_type }).to_string();
        let answer = Ok(Arc::new(Response::new(status, Headers::new(), body)));
        let (elapsed, at) = (Duration::ZERO, Duration::ZERO);
        refused_form(&[Exchange { step: 0, sender: Sender::Idp, request, answer, elapsed, at }])
    }

    #[test]
    fn one_special_form_among_plain_ones_is_the_cause() {
        let operations = json!([{"op": "Add", "path": "title", "value": "x"}, {"op": "Replace", "path": "active", "value": "False"}]);
        assert_eq!(refused(&operations, 400, "invalidValue"), Some("entra/boolean-strings"));
        assert_eq!(refused(&operations, 404, ""), None, "a missing user is no matter of form");
    }

    #[test]
    fn of_several_forms_only_the_one_that_the_error_names_is_blamed() {
        let operations = json!([
            {"op": "Replace", "path": "active", "value": "True"},
            {"op": "Add", "path": "emails[type eq \"work\"].value", "value": "a@example.com"},
        ]);
        assert_eq!(refused(&operations, 400, "noTarget"), Some(CREATES_ELEMENT));
        assert_eq!(refused(&operations, 400, "invalidValue"), Some(BOOLEANS));
        assert_eq!(refused(&operations, 400, ""), None);
    }

    #[test]
    fn a_form_that_everybody_must_understand_is_the_scenarios_own_business() {
        assert_eq!(refused(&json!([{"op": "replace", "path": "active", "value": false}]), 400, ""), None);
        assert_eq!(refused(&json!([{"op": "add", "path": "members", "value": [{"value": "1"}]}]), 400, ""), None);
    }
}
