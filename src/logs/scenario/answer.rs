//! What must come back at a step, and what came back at the customer.

use serde_json::{Map, Value, json};

use super::literals::literals;
use super::template::Template;
use crate::http::Method;
use crate::logs::infer::Step;
use crate::logs::observation::Provenance;
use crate::scim::name;

/// So many letters of an error's words are kept.
const MAX_DETAIL: usize = 400;

/// The statuses of an answer that is as it should be, by method (RFC 7644 §3).
pub(super) fn due(step: &Step) -> Value {
    match step.request.method {
        Method::Post if step.request.path.ends_with("/.search") => json!(200),
        Method::Post => json!(201),
        Method::Delete => json!(204),
        Method::Patch => json!([200, 204]),
        _ => json!(200),
    }
}

/// Whether a status is one of those.
pub(super) fn is_due(step: &Step, status: u16) -> bool {
    match due(step) {
        Value::Array(list) => list.iter().any(|due| due == status),
        due => due == status,
    }
}

/// What is right where the person whom a step names was made by a create before it: a second create is refused (RFC
/// 7644 §3.3), a lookup finds one. The member of `expect:`, and its value.
pub(super) fn made_before(steps: &[Step], at: usize) -> Option<(&'static str, u16)> {
    let named = |step: &Step| {
        let login = literals(&step.request).into_iter().find(|literal| literal.attribute == "userName");
        login.map(|login| login.value.to_lowercase())
    };
    let is_create = |step: &Step| step.request.method == Method::Post && step.request.path == "/Users";
    let name = named(&steps[at])?;
    let is_it = |step: &Step| is_create(step) && step.status == Some(201) && named(step).as_ref() == Some(&name);
    let made = steps[..at].iter().rposition(is_it)?;
    // Whoever was written to since may have another name, or be gone; a refused create shows that they are there still.
    let is_read = |step: &Step| matches!(step.request.method, Method::Get | Method::Post);
    let is_refused = |step: &Step| is_create(step) && step.status == Some(409) && named(step).as_ref() == Some(&name);
    let is_untouched = steps[made..at].iter().all(is_read);
    let is_there = steps[made..at].iter().all(|step| is_read(step) || keeps_name(step, &name))
        && steps[at..]
            .iter()
            .find(|step| is_create(step) || step.request.method == Method::Delete)
            .is_some_and(is_refused);
    if !is_untouched && !is_there {
        None
    } else if is_create(&steps[at]) {
        Some(("status", 409))
    } else {
        (is_list(&steps[at]) && steps[at].total.is_some()).then_some(("total", 1))
    }
}

/// A change that gives nobody another name; a name comes in lower case.
fn keeps_name(step: &Step, name: &str) -> bool {
    let body = step.request.json().map(|body| body.to_string().to_lowercase()).unwrap_or_default();
    matches!(step.request.method, Method::Put | Method::Patch)
        && (!body.contains("username") || body.contains(&format!("\"{name}\"")))
}

/// A request for a list.
pub(super) fn is_list(step: &Step) -> bool {
    step.request.method == Method::Get && step.request.path.matches('/').count() == 1
}

/// The answer was a page or a line of text.
pub(super) fn is_text(step: &Step) -> bool {
    let is_json = |body: &str| serde_json::from_str::<Value>(body).is_ok();
    let is_cut = |body: &str| body.trim_start().starts_with(['{', '[']);
    step.body.as_deref().is_some_and(|body| !body.trim().is_empty() && !is_json(body) && !is_cut(body))
        || step.detail.as_deref().is_some_and(|detail| detail.starts_with("Invalid JSON"))
}

/// Nothing is known of the answer but that it was of no use.
pub(super) fn is_unusable(step: &Step) -> bool {
    step.got == Provenance::Inferred("unusable-answer")
}

/// The create went well by its status, and there was nothing in the answer.
pub(super) fn is_empty_create(step: &Step) -> bool {
    step.status == Some(201)
        && (step.got == Provenance::Inferred("empty-201")
            || step.body.as_deref().is_some_and(|body| body.trim().is_empty()))
}

/// Numbers of a list that are texts, by name.
pub(super) fn texts_for_numbers(step: &Step) -> Map<String, Value> {
    let list = json_body(step).unwrap_or_default();
    ["totalResults", "startIndex", "itemsPerPage"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), list.get(name).filter(|value| value.is_string())?.clone())))
        .collect()
}

/// The body of the answer as JSON.
pub(super) fn json_body(step: &Step) -> Option<Value> {
    serde_json::from_str(step.body.as_deref()?).ok()
}

/// An attribute whose value never arrived: what was sent and what stayed, both as the file has them.
pub(super) struct Lost {
    pub(super) attribute: String,
    pub(super) new: Value,
    pub(super) old: Value,
}

/// The words of an error, as long as somebody reads them.
fn clipped(detail: &str) -> String {
    match detail.char_indices().nth(MAX_DETAIL) {
        Some((at, _)) => format!("{}…", &detail[..at]),
        None => detail.to_owned(),
    }
}

/// `expect:` and `observed:` of a step. `lost` where the answer shows a value that was written before, and not taken.
pub(super) fn answer(step: &Step, lost: Option<&Lost>, template: &Template<'_>) -> (Value, Option<Value>) {
    let mut expect = Map::new();
    expect.insert("status".to_owned(), due(step));
    if step.is_unanswered {
        let observed = json!({ "no-answer": true, "known": step.got.to_string() });
        return (Value::Object(expect), Some(observed));
    }
    let Some(status) = step.status else { return (Value::Object(expect), None) };
    let mut observed = Map::new();
    observed.insert("status".to_owned(), status.into());
    let json = json_body(step);
    let is_group = step.request.path.starts_with("/Groups");
    if let Some(detail) = &step.detail {
        observed.insert("detail".to_owned(), template.value(&json!(clipped(detail)), "", is_group));
    }
    let scim_type = json.as_ref().filter(|_| status >= 400).and_then(|json| name::get_in(json, "scimType"));
    if let Some(scim_type) = scim_type.filter(|scim_type| scim_type.is_string()) {
        observed.insert("scimType".to_owned(), scim_type.clone());
    }
    let texts = texts_for_numbers(step);
    if !texts.is_empty() {
        let numbers =
            texts.iter().filter_map(|(name, text)| Some((name.clone(), json!(text.as_str()?.parse::<u64>().ok()?))));
        expect.insert("at".to_owned(), Value::Object(numbers.collect()));
        observed.insert("at".to_owned(), Value::Object(texts));
    } else if let Some(total) = step.total.filter(|_| is_list(step) && status < 300) {
        // More than one user of one name is never right.
        expect.insert("total".to_owned(), total.min(1).into());
        observed.insert("total".to_owned(), total.into());
    }
    if is_unusable(step) {
        observed.insert("form".to_owned(), "unusable".into());
        expect.insert("present".to_owned(), json!(["schemas"]));
    } else if is_text(step) {
        observed.insert("form".to_owned(), "text".into());
        if status < 300 {
            expect.insert("present".to_owned(), json!(["schemas"]));
        }
    } else if is_empty_create(step) {
        observed.insert("form".to_owned(), "empty".into());
        expect.insert("present".to_owned(), json!(["id"]));
    }
    if let Some(Lost { attribute, new, old }) = lost {
        expect.insert("body".to_owned(), json!({ attribute: new }));
        observed.insert("body".to_owned(), json!({ attribute: old }));
    }
    observed.insert("known".to_owned(), step.got.to_string().into());
    (Value::Object(expect), Some(Value::Object(observed)))
}
