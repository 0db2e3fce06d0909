//! `schema/`: how schemas are described (RFC 7643 §7).

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::attributes::Spot;
use super::endpoint::Kind;
use super::observed::{Observed, Resource};
use super::sink::Sink;
use crate::scim::{Attribute, ResourceSchema, Schema, Type, is_assigned, name, urn};

const META_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";
const MESSAGES: &str = "urn:ietf:params:scim:api:";
/// Most levels of sub-attributes that are looked at.
const MAX_DEPTH: usize = 4;

/// The schemas that this exchange shows.
fn documents<'b>(seen: &'b Observed<'_>) -> impl Iterator<Item = &'b Map<String, Value>> {
    let shown = seen.endpoint.kind == Kind::Schema && !seen.is_projected;
    seen.resources.iter().filter(move |_| shown).map(|resource| resource.members)
}

fn id(schema: &Map<String, Value>) -> Option<&str> {
    name::get(schema, "id")?.as_str()
}

fn list<'a>(members: &'a Map<String, Value>, name: &str) -> &'a [Value] {
    name::get(members, name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Every attribute and sub-attribute with its path.
fn attributes(schema: &Map<String, Value>) -> Vec<(String, &Map<String, Value>)> {
    fn collect<'a>(list: &'a [Value], before: &str, depth: usize, found: &mut Vec<(String, &'a Map<String, Value>)>) {
        for attribute in list.iter().filter_map(Value::as_object) {
            let own = name::get(attribute, "name").and_then(Value::as_str).unwrap_or("(no name)");
            let path = if before.is_empty() { own.to_owned() } else { format!("{before}.{own}") };
            if depth < MAX_DEPTH {
                collect(self::list(attribute, "subAttributes"), &path, depth + 1, found);
            }
            found.push((path, attribute));
        }
    }
    let mut found = Vec::new();
    collect(list(schema, "attributes"), "", 0, &mut found);
    found
}

pub(super) fn shape(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for schema in documents(seen) {
        if id(schema).is_none_or(str::is_empty) {
            sink.value("id", &["the URN of the schema"], name::get(schema, "id"));
        }
        if list(schema, "attributes").is_empty() {
            sink.value("attributes", &["a list of attributes"], name::get(schema, "attributes"));
        }
    }
}

pub(super) fn reference_types(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for (path, attribute) in documents(seen).flat_map(attributes) {
        let is_reference = name::get(attribute, "type").and_then(Value::as_str) == Some("reference");
        let types = name::get(attribute, "referenceTypes").filter(|types| !types.is_null());
        let fits = types.and_then(Value::as_array).is_some_and(|types| types.iter().all(Value::is_string));
        if is_reference && !fits {
            sink.value(&format!("{path}: referenceTypes"), &["a list of names"], types);
        }
    }
}

pub(super) fn attribute_shape(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    const WORDS: [(&str, bool, &[&str]); 4] = [
        ("type", true, &["string", "boolean", "decimal", "integer", "dateTime", "reference", "binary", "complex"]),
        ("mutability", false, &["readOnly", "readWrite", "immutable", "writeOnly"]),
        ("returned", false, &["always", "never", "default", "request"]),
        ("uniqueness", false, &["none", "server", "global"]),
    ];
    for schema in documents(seen) {
        let mut names = HashSet::new();
        for (path, _) in attributes(schema) {
            if !names.insert(path.to_ascii_lowercase()) {
                sink.report("name", &["every attribute once"], path); // in any case (RFC 7643 §2.1)
            }
        }
    }
    for (path, attribute) in documents(seen).flat_map(attributes) {
        if !name::get(attribute, "name").and_then(Value::as_str).is_some_and(is_name) {
            sink.value("name", &["letters, digits, $, - and _"], name::get(attribute, "name"));
        }
        for (member, required, words) in WORDS {
            let value = name::get(attribute, member).filter(|value| !value.is_null());
            let fits = value.and_then(Value::as_str).is_some_and(|word| words.contains(&word));
            if !fits && (required || value.is_some()) {
                sink.value(&format!("{path}: {member}"), words, value);
            }
        }
        for member in ["multiValued", "required", "caseExact"] {
            if let Some(value) = name::get(attribute, member).filter(|value| !value.is_boolean() && !value.is_null()) {
                sink.value(&format!("{path}: {member}"), &["true", "false"], Some(value));
            }
        }
    }
}

/// `ATTRNAME` (RFC 7643 §2.1), and `$ref`.
fn is_name(text: &str) -> bool {
    let rest = text.strip_prefix('$').unwrap_or(text);
    rest.starts_with(|first: char| first.is_ascii_alphabetic())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"$-_".contains(&byte))
}

pub(super) fn complex_subattributes(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for schema in documents(seen).filter(|schema| !id(schema).is_some_and(|id| id.eq_ignore_ascii_case(META_SCHEMA))) {
        for (path, attribute) in attributes(schema) {
            let is_complex = name::get(attribute, "type").and_then(Value::as_str) == Some("complex");
            let subs = list(attribute, "subAttributes");
            if is_complex && path.contains('.') {
                sink.report(&path, &["a sub-attribute that is not complex itself"], "complex");
            } else if is_complex && subs.is_empty() {
                sink.value(&format!("{path}: subAttributes"), &["at least one"], name::get(attribute, "subAttributes"));
            } else if !is_complex && !subs.is_empty() {
                sink.value(
                    &format!("{path}: type"),
                    &["complex, as it has subAttributes"],
                    name::get(attribute, "type"),
                );
            }
        }
    }
}

pub(super) fn no_null_members(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for (path, attribute) in documents(seen).flat_map(attributes) {
        if let Some((member, _)) = attribute.iter().find(|(_, value)| value.is_null()) {
            sink.report(&format!("{path}: {member}"), &["a value, or no such member"], "null");
        }
    }
}

pub(super) fn no_message_urns(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let is_message = |id: &&str| id.get(..MESSAGES.len()).is_some_and(|start| start.eq_ignore_ascii_case(MESSAGES));
    for id in documents(seen).filter_map(id).filter(is_message) {
        sink.report("id", &["schemas of resources only"], id);
    }
}

/// Sub-attributes that every multi-valued attribute may have without being declared (RFC 7643 §2.4).
const STANDARD_SUBS: [&str; 5] = ["value", "display", "type", "primary", "$ref"];

/// Judged once the whole list of schemas was read: an attribute may be declared further down.
pub(super) fn covers_responses(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if sink.memory.schemas.is_none() {
        return;
    }
    for resource in seen.resources.iter().filter(|resource| matches!(resource.kind, Kind::User | Kind::Group)) {
        undeclared(resource, sink);
        for spot in resource.spots.iter().filter(|spot| spot.attribute.is_none()) {
            let is_common = spot.parent.is_none() && spot.container.is_none() && spot.name == "schemas";
            let is_standard = spot.parent.is_some() && STANDARD_SUBS.contains(&spot.name);
            if !is_common && !is_standard {
                sink.value(&spot.path(), &["no attribute but those that a schema declares"], Some(spot.value));
            }
        }
    }
}

/// Attributes of the RFC that a target shows, and that its own schema does not have. Those that every resource has need
/// not stand in one (RFC 7643 §3.1).
fn undeclared(resource: &Resource<'_>, sink: &mut Sink<'_>) {
    let urn = if resource.kind == Kind::Group { urn::CORE_GROUP } else { urn::CORE_USER };
    let Some(declared) = sink.memory.declared.get(&urn.to_ascii_lowercase()).filter(|names| !names.is_empty()) else {
        return;
    };
    let is_missing = |spot: &&Spot<'_>| {
        let is_of_the_base = spot.container.is_none() && spot.parent.is_none();
        let is_common = ResourceSchema::unknown().top(spot.name).is_some();
        is_of_the_base
            && spot.attribute.is_some()
            && !is_common
            && !declared.contains(&spot.name.to_ascii_lowercase())
            && is_assigned(spot.value)
    };
    let missing: Vec<&Spot<'_>> = resource.spots.iter().filter(is_missing).collect();
    for spot in missing {
        sink.value(&spot.path(), &["no attribute that the target's own schema lacks"], Some(spot.value));
    }
}

/// Attribute, characteristic, and the values it may have.
type Truth = (&'static str, &'static str, &'static [&'static str]);

pub(super) fn core_user_truth(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    const TRUTHS: [Truth; 8] = [
        ("userName", "required", &["true"]),
        ("userName", "caseExact", &["false"]),
        ("userName", "uniqueness", &["\"server\"", "\"global\""]),
        ("password", "mutability", &["\"writeOnly\""]),
        ("password", "returned", &["\"never\""]),
        ("groups", "mutability", &["\"readOnly\""]),
        ("id", "mutability", &["\"readOnly\""]),
        ("id", "returned", &["\"always\""]),
    ];
    compare(seen, urn::CORE_USER, &TRUTHS, sink);
    for truth in [ResourceSchema::user().base()].into_iter().chain(ResourceSchema::user().extensions()) {
        compare_forms(seen, truth, sink);
    }
    // The one attribute that no server may do without (RFC 7643 §4.1.1).
    for schema in documents(seen).filter(|schema| id(schema).is_some_and(|id| id.eq_ignore_ascii_case(urn::CORE_USER)))
    {
        let attributes = list(schema, "attributes");
        let is_user_name = |one: &Value| {
            name::get_in(one, "name").and_then(Value::as_str).is_some_and(|name| name.eq_ignore_ascii_case("userName"))
        };
        if !attributes.is_empty() && !attributes.iter().any(is_user_name) {
            sink.report("attributes", &["userName among them"], "none of that name");
        }
    }
}

pub(super) fn core_group_truth(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    const TRUTHS: [Truth; 4] = [
        ("displayName", "multiValued", &["false"]),
        ("displayName", "type", &["\"string\""]),
        ("members", "multiValued", &["true"]),
        ("members", "type", &["\"complex\""]),
    ];
    compare(seen, urn::CORE_GROUP, &TRUTHS, sink);
}

/// Whether an attribute of the RFC has one value or several, is a text, a boolean, or has parts: no server may choose.
fn compare_forms(seen: &Observed<'_>, truth: &Schema, sink: &mut Sink<'_>) {
    for schema in documents(seen).filter(|schema| id(schema).is_some_and(|id| id.eq_ignore_ascii_case(&truth.id))) {
        for own in list(schema, "attributes") {
            let Some(known) = named(own).and_then(|name| truth.attribute(name)) else { continue };
            compare_form(own, known, &known.name, sink);
            for own_sub in own.as_object().map_or(&[][..], |own| list(own, "subAttributes")) {
                let Some(sub) = named(own_sub).and_then(|name| known.sub(name)) else { continue };
                compare_form(own_sub, sub, &format!("{}.{}", known.name, sub.name), sink);
            }
        }
    }
}

fn named(attribute: &Value) -> Option<&str> {
    name::get_in(attribute, "name")?.as_str()
}

fn compare_form(own: &Value, known: &Attribute, path: &str, sink: &mut Sink<'_>) {
    let multi_valued = name::get_in(own, "multiValued");
    if multi_valued.and_then(Value::as_bool).is_some_and(|stated| stated != known.multi_valued) {
        sink.value(&format!("{path}: multiValued"), &[&known.multi_valued.to_string()], multi_valued);
    }
    let kind = name::get_in(own, "type");
    let is = |words: &[&str]| kind.and_then(Value::as_str).is_some_and(|kind| words.contains(&&*kind.to_lowercase()));
    let expected = match known.kind {
        Type::Complex if !is(&["complex"]) => "\"complex\"",
        Type::Boolean if !is(&["boolean"]) => "\"boolean\"",
        Type::Complex | Type::Boolean | Type::Integer | Type::Decimal => return,
        _ if is(&["complex", "boolean", "integer", "decimal"]) => "a type that is written as a string",
        _ => return,
    };
    if kind.is_some_and(Value::is_string) {
        sink.value(&format!("{path}: type"), &[expected], kind);
    }
}

fn compare(seen: &Observed<'_>, urn: &str, truths: &[Truth], sink: &mut Sink<'_>) {
    for schema in documents(seen).filter(|schema| id(schema).is_some_and(|id| id.eq_ignore_ascii_case(urn))) {
        for (attribute, member, allowed) in truths {
            let named = |value: &&Value| {
                name::get_in(value, "name")
                    .and_then(Value::as_str)
                    .is_some_and(|name| name.eq_ignore_ascii_case(attribute))
            };
            let declared = list(schema, "attributes").iter().find(named);
            let Some(value) = declared.and_then(|declared| name::get_in(declared, member)) else { continue };
            if !value.is_null() && !allowed.contains(&value.to_string().as_str()) {
                sink.value(&format!("{attribute}: {member}"), allowed, Some(value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::http::{Exchange, Headers, Method, Request, Response, Sender, Transcript};
    use crate::rules::judge;

    /// What is said of a user with an address, by a server whose schema of users has these attributes.
    fn undeclared(attributes: &[&str]) -> Vec<String> {
        let exchange = |path: &str, body: &Value| Exchange {
            step: 0,
            sender: Sender::Harness,
            request: Request::new(Method::Get, path),
            answer: Ok(Arc::new(Response::new(200, Headers::new(), body.to_string()))),
            elapsed: Duration::ZERO,
            at: Duration::ZERO,
        };
        let attributes = attributes.iter().map(|name| json!({"name": name, "type": "string"})).collect::<Value>();
        let schema = json!({"schemas": [META_SCHEMA], "id": urn::CORE_USER, "attributes": attributes});
        let list = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
        let schemas = json!({"schemas": [list], "totalResults": 1, "Resources": [schema]});
        let user = json!({
            "schemas": [urn::CORE_USER], "id": "1", "externalId": "k", "userName": "a", "title": null,
            "emails": [{"value": "a@example.com"}],
        });
        let exchanges = vec![exchange("/Schemas", &schemas), exchange("/Users/1", &user)];
        let transcript =
            Transcript { base: "https://sp.example/scim/v2".to_owned(), exchanges, ..Transcript::default() };
        let found =
            judge(&transcript, "s", "d").into_iter().filter(|finding| finding.rule == "schema/covers-responses");
        found.map(|finding| finding.subject).collect()
    }

    #[test]
    fn what_is_shown_stands_in_the_targets_own_schema() {
        assert_eq!(undeclared(&["userName"]), ["emails"]);
        assert!(undeclared(&["userName", "EMAILS"]).is_empty());
        assert!(undeclared(&[]).is_empty(), "a schema that lists nothing says nothing");
    }
}
