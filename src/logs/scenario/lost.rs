//! Values that were written and did not arrive.

use serde_json::{Value, json};

use super::answer::{Lost, json_body};
use super::prepare::shows;
use super::template::Template;
use crate::http::Method;
use crate::logs::infer::Step;
use crate::scim::name;

/// For each step, the value that its answer should show as written before and does not.
pub(super) fn lost(steps: &[Step], template: &Template<'_>) -> Vec<Option<Lost>> {
    let Some((attribute, new)) = written(steps, template) else { return steps.iter().map(|_| None).collect() };
    let old = old(steps, &attribute, template, &new);
    let mut is_written = false;
    let mut lost = Vec::new();
    for step in steps {
        let is_write = matches!(step.request.method, Method::Put | Method::Patch);
        is_written |= is_write;
        let shown = json_body(step).and_then(|body| value(&body, &attribute, template));
        let stays = match (&shown, &old) {
            (Some(shown), _) => (*shown != new).then(|| shown.clone()),
            // The log shows no answer: the change came again, so the old value was read.
            (None, Some(old)) if step.request.method == Method::Get => Some(old.clone()),
            _ => None,
        };
        let is_one = is_written && shows(step) && step.status.is_some_and(|status| status < 300);
        lost.push(stays.filter(|_| is_one).map(|old| Lost { attribute: attribute.clone(), new: new.clone(), old }));
    }
    lost
}

/// What was to change, and to what: the login name before the addresses, those before anything else.
fn written(steps: &[Step], template: &Template<'_>) -> Option<(String, Value)> {
    let writes = || steps.iter().filter(|step| matches!(step.request.method, Method::Put | Method::Patch));
    for attribute in ["userName", "emails"] {
        let before = steps.iter().filter(|step| step.request.method == Method::Post);
        let mut before = before.filter_map(|step| step.request.json());
        let before = before.find_map(|body| value(&body, attribute, template));
        let new = writes().find_map(|step| sent(step, attribute, template));
        let is_renamed =
            |new: &Value| new.to_string().contains("_new.") || before.as_ref().is_some_and(|before| before != new);
        if let Some(new) = new.filter(is_renamed) {
            return Some((attribute.to_owned(), new));
        }
    }
    // Any other attribute that an answer shows otherwise than it was sent.
    writes().find_map(|step| {
        let (sent, got) = (step.request.json()?, json_body(step)?);
        let differs = |(name, value): (&String, &Value)| {
            let other = name::get_in(&got, name);
            let is_own = !matches!(name.as_str(), "schemas" | "meta" | "id" | "password" | "groups");
            (is_own && !value.is_null() && other.is_some_and(|other| other != value))
                .then(|| (name.clone(), template.value(value, name, false)))
        };
        sent.as_object()?.iter().find_map(differs)
    })
}

fn old(steps: &[Step], attribute: &str, template: &Template<'_>, new: &Value) -> Option<Value> {
    let posted = steps.iter().filter(|step| step.request.method == Method::Post);
    let mut posted = posted.filter_map(|step| step.request.json());
    let posted = posted.find_map(|body| value(&body, attribute, template));
    posted.or_else(|| {
        let key = template.cast.first()?;
        let old = match attribute {
            "userName" => json!(format!("${{{key}.userName}}")),
            "emails" => json!([{ "value": format!("${{{key}.email}}") }]),
            _ => return None,
        };
        (old != *new).then_some(old)
    })
}

/// The value that a write gives to an attribute.
fn sent(step: &Step, attribute: &str, template: &Template<'_>) -> Option<Value> {
    let body = step.request.json()?;
    if let Some(direct) = value(&body, attribute, template) {
        return Some(direct);
    }
    let operations = name::get_in(&body, "Operations")?.as_array()?;
    operations.iter().find_map(|operation| {
        let written = name::get_in(operation, "value")?;
        match name::get_in(operation, "path").and_then(Value::as_str) {
            Some(path) if path.eq_ignore_ascii_case(attribute) => {
                value(&json!({ attribute: written }), attribute, template)
            }
            Some(path) if path.starts_with("emails") && attribute == "emails" => {
                Some(json!([{ "value": template.value(written, "emails", false) }]))
            }
            None => value(written, attribute, template),
            _ => None,
        }
    })
}

/// An attribute as the file has it; of addresses the first alone.
fn value(resource: &Value, attribute: &str, template: &Template<'_>) -> Option<Value> {
    let own = name::get_in(resource, attribute)?;
    if attribute == "emails" {
        let address = name::get_in(own.as_array()?.first()?, "value")?;
        return Some(json!([{ "value": template.value(address, "emails", false) }]));
    }
    Some(template.value(own, attribute, false))
}
