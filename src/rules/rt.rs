//! `rt/`: resource types (RFC 7643 §6).

use serde_json::{Map, Value};

use super::endpoint::Kind;
use super::observed::Observed;
use super::sink::Sink;
use crate::scim::{name, urn};

/// The resource types that this exchange shows.
fn documents<'b>(seen: &'b Observed<'_>) -> impl Iterator<Item = &'b Map<String, Value>> {
    let shown = seen.endpoint.kind == Kind::ResourceType && !seen.is_projected;
    seen.resources.iter().filter(move |_| shown).map(|resource| resource.members)
}

fn text<'a>(document: &'a Map<String, Value>, member: &str) -> Option<&'a str> {
    name::get(document, member)?.as_str().filter(|text| !text.is_empty())
}

pub(super) fn user_group(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    // One by its address may be another type of that schema.
    if seen.list().is_none() {
        return;
    }
    for (schema, name, place) in [(urn::CORE_USER, "User", "Users"), (urn::CORE_GROUP, "Group", "Groups")] {
        let is_of_schema = |document: &&Map<String, Value>| {
            text(document, "schema").is_some_and(|actual| actual.eq_ignore_ascii_case(schema))
        };
        let last = |endpoint: &str| endpoint.trim_end_matches('/').rsplit('/').next() == Some(place);
        let documents: Vec<_> = documents(seen).filter(is_of_schema).collect();
        // Other resource types may share the schema (RFC 7643 §6).
        let is_there = |document: &&Map<String, Value>| {
            text(document, "name") == Some(name) && text(document, "endpoint").is_some_and(last)
        };
        if documents.iter().any(is_there) {
            continue;
        }
        for document in documents {
            if text(document, "name").is_some_and(|actual| actual != name) {
                sink.value("name", &[name], document.get("name"));
            }
            if text(document, "endpoint").is_some_and(|endpoint| !last(endpoint)) {
                sink.value("endpoint", &[&format!("/{place}")], document.get("endpoint"));
            }
        }
    }
}

pub(super) fn shape(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let mut names = Vec::new();
    for document in documents(seen) {
        for member in ["name", "endpoint", "schema"] {
            if text(document, member).is_none() {
                sink.value(member, &["a text"], name::get(document, member));
            }
        }
        if let Some(name) = text(document, "name") {
            if names.contains(&name) {
                sink.report("name", &["a name that no other resource type has"], name);
            }
            names.push(name);
        }
    }
}

pub(super) fn extension_shape(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for document in documents(seen) {
        let extensions = match name::get(document, "schemaExtensions") {
            None | Some(Value::Null) => continue,
            Some(Value::Array(extensions)) => extensions,
            Some(other) => {
                sink.value("schemaExtensions", &["a list"], Some(other));
                continue;
            }
        };
        for extension in extensions {
            let (urn, required) = (name::get_in(extension, "schema"), name::get_in(extension, "required"));
            if !urn.is_some_and(Value::is_string) {
                sink.value("schemaExtensions.schema", &["the URN of a schema"], urn.or(Some(extension)));
            } else if !required.is_some_and(Value::is_boolean) {
                sink.value("schemaExtensions.required", &["true or false"], required);
            }
        }
    }
}

pub(super) fn schema_resolves(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    learn_schemas(seen, sink);
    let Some(known) = sink.memory.schemas.clone() else { return };
    for document in documents(seen) {
        let extensions = name::get(document, "schemaExtensions").and_then(Value::as_array).into_iter().flatten();
        let extensions = extensions.filter_map(|extension| name::get_in(extension, "schema")?.as_str());
        for urn in text(document, "schema").into_iter().chain(extensions) {
            if !known.contains(&urn.to_ascii_lowercase()) {
                sink.report("schema", &["a schema that /Schemas lists"], urn);
            }
        }
    }
}

/// Which schemas there are, once a whole list of them was seen.
fn learn_schemas(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(list) = seen.list().filter(|_| seen.endpoint.kind == Kind::Schema) else { return };
    let total = list.message.get("totalResults").and_then(Value::as_u64).unwrap_or_default();
    if list.resources.len() as u64 >= total && !list.resources.is_empty() {
        let ids = list.resources.iter().filter_map(|schema| name::get_in(schema, "id")?.as_str());
        sink.memory.schemas = Some(ids.map(str::to_ascii_lowercase).collect());
    }
}
