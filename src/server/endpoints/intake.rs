//! Bodies of clients as the store takes them: what they may write, tidy, announced in `schemas`.

use serde_json::{Map, Value};

use crate::scim::{Attribute, Mutability, Problem, ResourceSchema, ScimType, Type, intake, name, text};

/// What is kept of a body that makes or replaces a resource.
pub fn content(
    body: &Map<String, Value>,
    schema: &ResourceSchema,
    refuse_unknown: bool,
) -> Result<Map<String, Value>, Problem> {
    declared(body, schema)?;
    single(body, schema)?;
    if refuse_unknown {
        known(body, schema)?;
    }
    tidied(body, schema)
}

/// What is kept of a whole representation after operations on it.
pub fn tidied(body: &Map<String, Value>, schema: &ResourceSchema) -> Result<Map<String, Value>, Problem> {
    let mut content = intake::accept(body, schema)?;
    for (name, value) in std::mem::take(&mut content) {
        let kept = match (schema.extension(&name), schema.top(&name)) {
            (Some(extension), _) => tidy_object(value, |name| extension.attribute(name))?,
            (None, Some(attribute)) => tidy(value, attribute)?,
            (None, None) => None,
        };
        content.extend(kept.map(|value| (name, value)));
    }
    announce(&mut content, schema);
    Ok(content)
}

/// Makes `schemas` name the base schema and the extensions that have values, before everything else.
pub fn announce(content: &mut Map<String, Value>, schema: &ResourceSchema) {
    content.shift_remove("schemas");
    let present = schema.extensions().filter(|extension| content.contains_key(&extension.id));
    let urns: Vec<Value> = std::iter::once(&schema.base().id)
        .chain(present.map(|extension| &extension.id))
        .map(|id| id.as_str().into())
        .collect();
    content.shift_insert(0, "schemas".to_owned(), urns.into());
}

/// Refuses a resource that lacks what its schema requires; a blank text is no value.
pub fn required(content: &Map<String, Value>, schema: &ResourceSchema) -> Result<(), Problem> {
    let is_there = |value: Option<&Value>| match value {
        Some(Value::String(text)) => !text.trim().is_empty(),
        other => other.is_some(),
    };
    let missing = |attribute: &&Attribute, holder: &Map<String, Value>| {
        attribute.required && attribute.mutability != Mutability::ReadOnly && !is_there(holder.get(&attribute.name))
    };
    let in_base = schema.base().attributes.iter().find(|attribute| missing(attribute, content));
    let in_extension = || {
        schema.extensions().find_map(|extension| {
            let holder = content.get(&extension.id)?.as_object()?;
            extension.attributes.iter().find(|attribute| missing(attribute, holder))
        })
    };
    match in_base.or_else(in_extension) {
        None => Ok(()),
        Some(attribute) => {
            Err(Problem::bad(ScimType::InvalidValue, format!("The attribute `{}` is required.", attribute.name)))
        }
    }
}

/// `schemas` is required (RFC 7643 §3) and must name the base schema; more URIs do no harm.
fn declared(body: &Map<String, Value>, schema: &ResourceSchema) -> Result<(), Problem> {
    let base = &schema.base().id;
    let listed = name::get(body, "schemas").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if listed.iter().filter_map(Value::as_str).any(|listed| listed.eq_ignore_ascii_case(base)) {
        return Ok(());
    }
    Err(Problem::bad(ScimType::InvalidSyntax, format!("`schemas` must be an array that contains \"{base}\".")))
}

/// An empty list is no value of an attribute that has one value only.
fn single(body: &Map<String, Value>, schema: &ResourceSchema) -> Result<(), Problem> {
    let is_empty_list = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
    let single = |name: &str| schema.top(name).filter(|attribute| !attribute.multi_valued);
    match body.iter().find_map(|(name, value)| single(name).filter(|_| is_empty_list(value))) {
        None => Ok(()),
        Some(attribute) => {
            Err(Problem::bad(ScimType::InvalidValue, format!("`{}` takes one value, not a list.", attribute.name)))
        }
    }
}

/// Refuses names that no schema declares.
fn known(body: &Map<String, Value>, schema: &ResourceSchema) -> Result<(), Problem> {
    let refuse = |name: &str| Err(Problem::bad(ScimType::InvalidSyntax, format!("No schema declares `{name}`.")));
    for (name, value) in body {
        match (schema.extension(name), schema.top(name)) {
            (Some(extension), _) => {
                let inner = value.as_object().into_iter().flatten();
                if let Some((inner, _)) = inner.into_iter().find(|(inner, _)| extension.attribute(inner).is_none()) {
                    return refuse(&format!("{name}:{inner}"));
                }
            }
            (None, Some(_)) => {}
            (None, None) => return refuse(name),
        }
    }
    let schemas = name::get(body, "schemas").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let is_known = |urn: &&str| schema.base().id.eq_ignore_ascii_case(urn) || schema.extension(urn).is_some();
    match schemas.into_iter().find(|urn| !is_known(urn)) {
        Some(unknown) => refuse(unknown),
        None => Ok(()),
    }
}

/// A value without empty texts, hidden attributes and repetitions; `None` when nothing is left.
fn tidy(value: Value, attribute: &Attribute) -> Result<Option<Value>, Problem> {
    if attribute.is_hidden() {
        // What nobody may read and nothing here compares is not kept: a password cannot leak.
        return Ok(None);
    }
    match value {
        Value::String(text) if text.is_empty() => Ok(None),
        Value::Array(elements) => tidy_elements(elements, attribute),
        object @ Value::Object(_) => tidy_object(object, |name| attribute.sub(name)),
        value => Ok(Some(value)),
    }
}

fn tidy_object<'a>(value: Value, of: impl Fn(&str) -> Option<&'a Attribute>) -> Result<Option<Value>, Problem> {
    let Value::Object(members) = value else { return Ok(Some(value)) };
    let mut kept = Map::new();
    for (name, value) in members {
        if let Some(attribute) = of(&name) {
            kept.extend(tidy(value, attribute)?.map(|value| (name, value)));
        }
    }
    Ok((!kept.is_empty()).then_some(Value::Object(kept)))
}

fn tidy_elements(elements: Vec<Value>, attribute: &Attribute) -> Result<Option<Value>, Problem> {
    // What cannot be given later must be there now: an emptied `value` of a member is an error of the client.
    let keeps_empty = attribute.sub("value").is_some_and(|value| value.mutability == Mutability::Immutable);
    let mut kept: Vec<Value> = Vec::with_capacity(elements.len());
    for element in elements {
        let members = element.as_object().map(Map::len);
        let tidied = tidy(element, &Attribute { multi_valued: false, ..attribute.clone() })?;
        let Some(tidied) = tidied.or_else(|| keeps_empty.then(|| Map::new().into())) else { continue };
        let is_emptied = tidied.as_object().is_some_and(|left| {
            Some(left.len()) != members
                && left.keys().all(|name| matches!(name.as_str(), "type" | "primary" | "display"))
        });
        if is_emptied && !keeps_empty {
            continue;
        }
        kept.push(tidied);
    }
    distinct(&mut kept, attribute);
    Ok((!kept.is_empty()).then_some(Value::Array(kept)))
}

/// Drops elements whose type and value another one has already (RFC 7643 §2.4).
fn distinct(elements: &mut Vec<Value>, attribute: &Attribute) {
    let exact = attribute.sub("value").is_some_and(Attribute::compares_exactly);
    let text = |element: &Value, name: &str| element.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut seen = std::collections::HashSet::new();
    elements.retain(|element| {
        let key = match (attribute.kind, text(element, "value")) {
            (Type::Complex, Some(value)) => {
                let value = if exact { value } else { text::fold(&value).into_owned() };
                format!("{} {value}", text::fold(&text(element, "type").unwrap_or_default()))
            }
            _ => element.to_string(),
        };
        seen.insert(key)
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scim::urn;

    fn user(mut body: Value) -> Result<Value, Problem> {
        body["schemas"] = json!([urn::CORE_USER]);
        content(body.as_object().expect("an object"), ResourceSchema::user(), false).map(Value::Object)
    }

    #[test]
    fn empty_texts_are_no_values() {
        let body = json!({ "userName": "u", "title": "", "name": { "givenName": "G", "middleName": "" },
            "phoneNumbers": [{ "type": "work", "value": "" }, { "type": "home", "value": "1" }] });
        let expected = json!({ "schemas": [urn::CORE_USER], "userName": "u", "name": { "givenName": "G" },
            "phoneNumbers": [{ "type": "home", "value": "1" }] });
        assert_eq!(user(body), Ok(expected));
    }

    #[test]
    fn an_equal_value_of_the_same_type_is_kept_once() {
        let body = json!({ "userName": "u", "emails": [{ "type": "work", "value": "a@x" }, { "type": "Work", "value": "A@X" },
            { "type": "home", "value": "a@x" }] });
        assert_eq!(user(body).map(|user| user["emails"].as_array().map(Vec::len)), Ok(Some(2)));
    }

    #[test]
    fn two_primary_values_are_refused() {
        let body = json!({ "userName": "u", "emails": [{ "value": "a", "primary": true }, { "value": "b", "primary": true }] });
        assert_eq!(user(body).expect_err("two").scim_type, Some(ScimType::InvalidValue));
    }

    #[test]
    fn a_password_is_not_kept() {
        assert_eq!(
            user(json!({ "userName": "u", "password": "t1meMa$heen" })).map(|user| user.get("password").cloned()),
            Ok(None)
        );
    }

    #[test]
    fn an_extension_is_announced_when_it_has_values() {
        let body = json!({ "userName": "u", (urn::ENTERPRISE_USER): { "department": "D" } });
        assert_eq!(user(body).map(|user| user["schemas"].clone()), Ok(json!([urn::CORE_USER, urn::ENTERPRISE_USER])));
    }

    #[test]
    fn names_that_no_schema_declares_are_refused_on_demand() {
        for body in [
            json!({ "schemas": [urn::CORE_USER], "zz": 1 }),
            json!({ "schemas": [urn::CORE_USER, "urn:x:y"] }),
            json!({ "schemas": [urn::CORE_USER], (urn::ENTERPRISE_USER): { "zz": 1 } }),
        ] {
            let refused = content(body.as_object().expect("an object"), ResourceSchema::user(), true);
            assert_eq!(refused.expect_err("unknown").scim_type, Some(ScimType::InvalidSyntax), "{body}");
        }
    }
}
