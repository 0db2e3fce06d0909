//! Which form of PATCH a target did not understand: those of Okta and Entra that not every server knows.

use serde_json::Value;

use crate::http::{Exchange, Response};
use crate::scim::name;

const CREATES_ELEMENT: &str = "entra/add-creates-element";
const BOOLEANS: &str = "entra/boolean-strings";
const OP_CASE: &str = "patch/op-case";

/// The rule about the form of a refused PATCH, when its form tells one.
pub(super) fn form_rule(last: &Exchange, answer: &Response) -> Option<&'static str> {
    let body = last.request.json()?;
    let operations = name::get_in(&body, "Operations")?.as_array()?;
    if operations.iter().any(|operation| is_capital_refused(operation, answer)) {
        return Some(OP_CASE);
    }
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

/// Whether the error names the `op` as it was sent, with the capital letter that Entra gives it (ENTRA-Q01).
fn is_capital_refused(operation: &Value, answer: &Response) -> bool {
    let op = name::get_in(operation, "op").and_then(Value::as_str).unwrap_or_default();
    let detail = answer.json().and_then(|body| name::get_in(body, "detail")).and_then(Value::as_str);
    // A sentence may begin with the word: "Add needs a value".
    let mut words = detail.unwrap_or_default().split(|c: char| !c.is_alphabetic()).skip(1);
    op.starts_with(|c: char| c.is_ascii_uppercase()) && words.any(|word| word == op)
}

fn rule(form: &str) -> Option<&'static str> {
    const RULES: [&str; 7] = [
        CREATES_ELEMENT,
        BOOLEANS,
        "entra/manager-forms",
        "entra/manager-list",
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
        Some(Value::Array(_)) if path.ends_with("manager") => Some("entra/manager-list"),
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
