//! Whom a request is about: what path, filter and bodies call them.

use serde_json::{Map, Value};

use super::meaning::{filter, operations, parts};
use crate::logs::observation::Subject;
use crate::scim::{AttributePath, Filter, Operator, name};

/// The names in a request, and where it has none, in its answer.
pub fn of(path: &str, query: Option<&str>, request: Option<&Value>, response: Option<&Value>) -> Subject {
    let (endpoint, id) = parts(path);
    let mut subject = Subject { is_group: endpoint.eq_ignore_ascii_case("Groups"), ..Subject::default() };
    let is_resource = ["Users", "Groups", "Me"].iter().any(|name| endpoint.eq_ignore_ascii_case(name));
    if !is_resource {
        return subject;
    }
    subject.scim_id = id.map(str::to_owned);
    let asked = filter(query)
        .or_else(|| request.and_then(|body| name::get(body.as_object()?, "filter")?.as_str().map(str::to_owned)));
    if let Some(filter) = asked.and_then(|text| Filter::parse(&text).ok()) {
        by_filter(&mut subject, &filter);
    }
    if let Some(body) = request.and_then(Value::as_object) {
        by_resource(&mut subject, body);
    }
    for operation in request.into_iter().flat_map(operations) {
        by_operation(&mut subject, operation);
    }
    if let Some(resource) = response.and_then(only_resource) {
        by_resource(&mut subject, resource);
    }
    subject
}

/// The resource that an answer is, or the only one that it lists.
pub fn only_resource(answer: &Value) -> Option<&Map<String, Value>> {
    let answer = answer.as_object()?;
    match name::get(answer, "Resources").and_then(Value::as_array) {
        Some(list) => list.first().filter(|_| list.len() == 1)?.as_object(),
        None => name::get(answer, "detail").is_none().then_some(answer),
    }
}

fn by_filter(subject: &mut Subject, filter: &Filter) {
    match filter {
        Filter::And(parts) => parts.iter().for_each(|part| by_filter(subject, part)),
        Filter::Compare { path, operator: Operator::Eq, value: Value::String(value) } => set(subject, path, value),
        Filter::Element { path, filter } => {
            for (inner, value) in filter.as_equalities().unwrap_or_default() {
                if let (true, Value::String(value)) = (inner.name.eq_ignore_ascii_case("value"), value) {
                    set(subject, path, value);
                }
            }
        }
        _ => {}
    }
}

fn set(subject: &mut Subject, path: &AttributePath, value: &str) {
    let slot = match path.name.to_ascii_lowercase().as_str() {
        "username" => &mut subject.user_name,
        "emails" => &mut subject.email,
        "externalid" => &mut subject.external_id,
        "displayname" => &mut subject.display_name,
        "id" => &mut subject.scim_id,
        _ => return,
    };
    fill(slot, Some(value));
}

fn by_operation(subject: &mut Subject, operation: &Map<String, Value>) {
    let path = name::get(operation, "path").and_then(Value::as_str).unwrap_or_default();
    match name::get(operation, "value") {
        Some(Value::Object(members)) if path.is_empty() => by_resource(subject, members),
        Some(Value::String(value)) if path.eq_ignore_ascii_case("userName") => {
            fill(&mut subject.user_name, Some(value));
        }
        _ => {}
    }
}

fn by_resource(subject: &mut Subject, resource: &Map<String, Value>) {
    let text = |wanted: &str| name::get(resource, wanted).and_then(Value::as_str);
    fill(&mut subject.scim_id, text("id"));
    fill(&mut subject.user_name, text("userName"));
    fill(&mut subject.external_id, text("externalId"));
    fill(&mut subject.display_name, text("displayName"));
    fill(&mut subject.email, email(resource));
}

/// The primary address, or the first.
fn email(resource: &Map<String, Value>) -> Option<&str> {
    let all = name::get(resource, "emails")?.as_array()?;
    let is_primary = |email: &&Value| email.get("primary").and_then(Value::as_bool) == Some(true);
    all.iter().find(is_primary).or(all.first())?.get("value")?.as_str()
}

fn fill(slot: &mut Option<String>, value: Option<&str>) {
    if let (None, Some(value)) = (&slot, value.filter(|value| !value.is_empty())) {
        *slot = Some(value.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn filters_name_people() {
        let query = "filter=emails%5Btype+eq+%22work%22+and+value+eq+%22a%40b.example%22%5D";
        assert_eq!(of("/Users", Some(query), None, None).email.as_deref(), Some("a@b.example"));
        let query = r#"filter=userName eq "o'x" and externalId eq "7""#;
        let subject = of("/Users", Some(query), None, None);
        assert_eq!((subject.user_name.as_deref(), subject.external_id.as_deref()), (Some("o'x"), Some("7")));
        assert_eq!(of("/Users", Some("filter=userName%20eq"), None, None), Subject::default());
    }

    #[test]
    fn bodies_name_people_and_the_request_counts_first() {
        let request = json!({"userName": "new", "emails": [{"value": "x"}, {"value": "y", "primary": true}]});
        let response = json!({"userName": "old", "id": "7"});
        let subject = of("/Users", None, Some(&request), Some(&response));
        assert_eq!(subject.user_name.as_deref(), Some("new"));
        assert_eq!((subject.email.as_deref(), subject.scim_id.as_deref()), (Some("y"), Some("7")));
        let list = json!({"Resources": [{"id": "7"}]});
        assert_eq!(of("/Users", None, None, Some(&list)).scim_id.as_deref(), Some("7"));
        assert_eq!(of("/Bulk", None, Some(&request), None), Subject::default());
    }
}
