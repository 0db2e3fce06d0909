//! Values that an attribute may have, made from its definition alone.

use serde_json::{Map, Value, json};

use super::{Attribute, Mutability, Type, Uniqueness};

/// Texts of which the RFC or common sense says what they look like, by name in small letters.
const KNOWN: [(&str, [&str; 2]); 6] = [
    ("preferredlanguage", ["de-CH", "it-CH"]),
    ("locale", ["de-CH", "it-CH"]),
    ("timezone", ["Europe/Zurich", "Asia/Tokyo"]),
    ("country", ["CH", "JP"]),
    ("phonenumbers", ["tel:+41-44-668-18-00", "tel:+81-3-5555-0100"]),
    ("postalcode", ["8001", "1008111"]),
];

/// Any two texts.
const TEXTS: [&str; 2] = ["Lighthouse", "Harbour"];

/// Sub-attributes that a server may work out by itself.
const DERIVED: [&str; 2] = ["formatted", "display"];

/// Two values of an attribute that differ, one where it has no second; none where only its owner knows what it takes.
///
/// For a multi-valued attribute they are elements. Unique ones begin with `mark`. A binary value is any bytes in base64
/// (RFC 7643 §2.3.6): who takes only a certificate refuses it. References to resources are left to people.
pub fn samples(attribute: &Attribute, mark: &str) -> Vec<Value> {
    let mut values: Vec<Value> =
        [0, 1].into_iter().filter_map(|which| sample(attribute, attribute, which, mark)).collect();
    values.dedup();
    values
}

/// The value at this place, 0 or 1. `top` is the attribute that a sub-attribute belongs to.
fn sample(attribute: &Attribute, top: &Attribute, which: usize, mark: &str) -> Option<Value> {
    if !attribute.canonical_values.is_empty() {
        let values = &attribute.canonical_values;
        return Some(json!(values.get(which).or_else(|| values.first())?));
    }
    match attribute.kind {
        Type::String => Some(json!(text(attribute, top, which, mark))),
        Type::Boolean => Some(json!(which == 0)),
        Type::Integer => Some(json!([7, 11][which])),
        Type::Decimal => Some(json!([1.5, 2.25][which])),
        Type::DateTime => Some(json!(["2021-03-04T00:00:00Z", "2022-05-06T00:00:00Z"][which])),
        Type::Reference => {
            let is_url = attribute.reference_types.iter().any(|kind| matches!(kind.as_str(), "external" | "uri"));
            is_url.then(|| json!(["https://example.com/lighthouse", "https://example.com/harbour"][which]))
        }
        Type::Binary => Some(json!(["TGlnaHRob3VzZSEh", "SGFyYm91ckxpZ2h0"][which])),
        Type::Complex => element(attribute, which, mark),
    }
}

fn text(attribute: &Attribute, top: &Attribute, which: usize, mark: &str) -> String {
    let named = |name: &str| KNOWN.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
    let is_value = attribute.name.eq_ignore_ascii_case("value");
    let name = if is_value { &top.name } else { &attribute.name };
    let text = named(name).map_or(TEXTS[which], |(_, texts)| texts[which]);
    if attribute.uniqueness == Uniqueness::None { text.to_owned() } else { format!("{mark}{text}") }
}

/// An object of every part that can be written; none where a part that is required cannot be made.
fn element(attribute: &Attribute, which: usize, mark: &str) -> Option<Value> {
    let mut members = Map::new();
    for part in attribute.sub_attributes.iter().filter(|part| part.mutability != Mutability::ReadOnly) {
        let is = |name: &str| part.name.eq_ignore_ascii_case(name);
        let value = if is("type") && part.canonical_values.is_empty() {
            Some(json!("work"))
        } else if is("primary") && part.kind == Type::Boolean {
            Some(json!(true)) // the only element, and so the main one
        } else if DERIVED.iter().any(|name| is(name)) && !part.required {
            None
        } else {
            // One element keeps its type: what differs is its value.
            sample(part, attribute, if is("type") { 0 } else { which }, mark)
        };
        let value = if part.multi_valued { value.map(|value| json!([value])) } else { value };
        match value {
            Some(value) => _ = members.insert(part.name.clone(), value),
            None if part.required => return None,
            None => {}
        }
    }
    let is_label = |name: &str| ["type", "primary"].iter().any(|label| name.eq_ignore_ascii_case(label));
    let says_something = members.keys().any(|name| !is_label(name));
    says_something.then_some(Value::Object(members))
}

#[cfg(test)]
mod tests {
    use super::super::ResourceSchema;
    use super::*;

    fn of(definition: &Value) -> Vec<Value> {
        samples(&Attribute::from_json(definition).unwrap(), "mark-")
    }

    #[test]
    fn values_are_of_the_type_and_two_of_them_differ() {
        assert_eq!(of(&json!({"name": "a", "type": "integer"})), [json!(7), json!(11)]);
        assert_eq!(of(&json!({"name": "a", "type": "boolean"})), [json!(true), json!(false)]);
        assert_eq!(of(&json!({"name": "timeZone", "type": "string"})), [json!("Europe/Zurich"), json!("Asia/Tokyo")]);
        let unique = of(&json!({"name": "a", "type": "string", "uniqueness": "server"}));
        assert_eq!(unique, [json!("mark-Lighthouse"), json!("mark-Harbour")]);
    }

    #[test]
    fn only_canonical_values_are_used_where_there_are_some() {
        let definition = |values: &[&str]| json!({"name": "a", "type": "string", "canonicalValues": values});
        assert_eq!(of(&definition(&["x", "y", "z"])), [json!("x"), json!("y")]);
        assert_eq!(of(&definition(&["x"])), [json!("x")], "no second value");
    }

    #[test]
    fn what_only_its_owner_knows_is_not_made_up() {
        assert!(of(&json!({"name": "a", "type": "reference", "referenceTypes": ["User"]})).is_empty());
        let required = json!({"name": "value", "type": "reference", "referenceTypes": ["User"], "required": true});
        assert!(of(&json!({"name": "a", "type": "complex", "subAttributes": [required]})).is_empty());
    }

    #[test]
    fn a_part_that_is_multi_valued_is_a_list() {
        let part = json!({"name": "skills", "type": "string", "multiValued": true});
        let [first, second] = of(&json!({"name": "a", "type": "complex", "subAttributes": [part]})).try_into().unwrap();
        assert_eq!((first, second), (json!({"skills": ["Lighthouse"]}), json!({"skills": ["Harbour"]})));
    }

    #[test]
    fn an_element_has_its_parts_and_not_what_servers_work_out() {
        let user = ResourceSchema::user();
        let addresses = samples(user.base().attribute("addresses").unwrap(), "");
        assert_eq!(addresses[0]["country"], "CH");
        assert_eq!((&addresses[0]["type"], &addresses[1]["type"]), (&json!("work"), &json!("work")));
        assert!(addresses[0].get("formatted").is_none(), "{}", addresses[0]);
        let numbers = samples(user.base().attribute("phoneNumbers").unwrap(), "");
        assert_eq!(numbers[0], json!({"value": "tel:+41-44-668-18-00", "type": "work", "primary": true}));
    }
}
