//! What is known of attributes: those of RFC 7643, and those that the target's `/Schemas` declared.
//!
//! Passive rules ask it for the form of a value. What it does not know is not judged.

use serde_json::{Map, Value};

use crate::scim::{Attribute, Mutability, ResourceSchema, Returned, Schema, Type};

/// All schemas known in a transcript.
#[derive(Clone, Debug)]
pub struct Declared {
    schemas: Vec<Schema>,
}

/// Most schemas that are kept; the rest of a longer list is not judged.
const MAX_SCHEMAS: usize = 100;

impl Default for Declared {
    fn default() -> Self {
        let kinds = [ResourceSchema::user(), ResourceSchema::group()];
        let schemas = kinds.into_iter().flat_map(|kind| std::iter::once(kind.base()).chain(kind.extensions()));
        Self { schemas: schemas.cloned().collect() }
    }
}

impl Declared {
    /// Learns the attributes of one Schema resource. What the RFC says of its own attributes stays.
    pub fn learn(&mut self, document: &Map<String, Value>) {
        let (Some(urn), Some(list)) = (document.get("id").and_then(Value::as_str), document.get("attributes")) else {
            return;
        };
        let declared = list.as_array().into_iter().flatten().filter_map(|item| read(item, 0)).collect::<Vec<_>>();
        if let Some(known) = self.schemas.iter_mut().find(|schema| schema.id.eq_ignore_ascii_case(urn)) {
            for attribute in declared {
                if known.attribute(&attribute.name).is_none() {
                    known.attributes.push(attribute);
                }
            }
        } else if self.schemas.len() < MAX_SCHEMAS {
            let (name, description) = (String::new(), String::new());
            self.schemas.push(Schema { id: urn.to_owned(), name, description, attributes: declared });
        }
    }

    /// The top-level attribute of a resource with this base schema; without one, only common attributes are known.
    pub fn attribute(&self, base: Option<&str>, name: &str) -> Option<&Attribute> {
        let common = ResourceSchema::unknown().top(name);
        common.or_else(|| self.schema(base?)?.attribute(name))
    }

    /// An attribute of an extension.
    pub fn extension_attribute(&self, urn: &str, name: &str) -> Option<&Attribute> {
        self.schema(urn)?.attribute(name)
    }

    fn schema(&self, urn: &str) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.id.eq_ignore_ascii_case(urn))
    }
}

/// One attribute or sub-attribute as it stands in a resource.
#[derive(Clone, Copy, Debug)]
pub struct Spot<'a> {
    /// URN of the extension that holds it.
    pub container: Option<&'a str>,
    /// The complex attribute that holds it.
    pub parent: Option<&'a str>,
    /// Its name as received.
    pub name: &'a str,
    /// Its value; of a multi-valued attribute all of them.
    pub value: &'a Value,
    /// What is known of it.
    pub attribute: Option<&'a Attribute>,
}

impl Spot<'_> {
    /// Its path in SCIM notation: `name.givenName`.
    pub fn path(&self) -> String {
        let parts = [self.container, self.parent, Some(self.name)];
        let mut path = String::new();
        for (part, separator) in parts.iter().zip([':', '.', ' ']) {
            path.push_str(part.unwrap_or_default());
            if part.is_some() && separator != ' ' {
                path.push(separator);
            }
        }
        path
    }
}

/// Every attribute and sub-attribute of a resource, in order.
pub fn spots<'a>(resource: &'a Map<String, Value>, base: Option<&str>, declared: &'a Declared) -> Vec<Spot<'a>> {
    let mut found = Vec::new();
    for (name, value) in resource {
        // An extension's container is named by its URN; no attribute name has a colon.
        match (name.contains(':'), value) {
            (true, Value::Object(members)) => {
                for (inner, value) in members {
                    let attribute = declared.extension_attribute(name, inner);
                    push(&mut found, Spot { container: Some(name), parent: None, name: inner, value, attribute });
                }
            }
            (true, _) => {}
            (false, _) => {
                let attribute = declared.attribute(base, name);
                push(&mut found, Spot { container: None, parent: None, name, value, attribute });
            }
        }
    }
    found
}

fn push<'a>(found: &mut Vec<Spot<'a>>, spot: Spot<'a>) {
    found.push(spot);
    let elements = match spot.value {
        Value::Array(elements) => elements.as_slice(),
        single => std::slice::from_ref(single),
    };
    for (name, value) in elements.iter().filter_map(Value::as_object).flatten() {
        let attribute = spot.attribute.and_then(|attribute| attribute.sub(name));
        found.push(Spot { container: spot.container, parent: Some(spot.name), name, value, attribute });
    }
}

/// Reads what rules look at of an attribute definition (RFC 7643 §7), however much else of it is wrong:
/// that is the business of `schema/` rules. Sub-attributes are not nested further.
fn read(item: &Value, depth: u8) -> Option<Attribute> {
    let text = |key| item.get(key).and_then(Value::as_str);
    let flag = |key| item.get(key).and_then(Value::as_bool).unwrap_or_default();
    let subs = item.get("subAttributes").and_then(Value::as_array).filter(|_| depth == 0);
    let plain = Attribute::new(text("name")?, Type::from_name(text("type")?)?);
    Some(Attribute {
        multi_valued: flag("multiValued"),
        case_exact: flag("caseExact"),
        returned: if text("returned") == Some("never") { Returned::Never } else { plain.returned },
        mutability: if text("mutability") == Some("writeOnly") { Mutability::WriteOnly } else { plain.mutability },
        sub_attributes: subs.into_iter().flatten().filter_map(|sub| read(sub, depth + 1)).collect(),
        ..plain
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scim::urn::{CORE_GROUP as GROUP, CORE_USER as USER, ENTERPRISE_USER as ENTERPRISE};

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn names_compare_without_case() {
        let declared = Declared::default();
        let emails = declared.attribute(Some(&USER.to_uppercase()), "EMAILS").unwrap();
        assert_eq!((emails.name.as_str(), emails.sub("Primary").unwrap().kind), ("emails", Type::Boolean));
        assert!(declared.attribute(Some(GROUP), "emails").is_none());
    }

    #[test]
    fn spots_name_their_path() {
        let declared = Declared::default();
        let user = object(
            &json!({"name": {"givenName": "A"}, "emails": [{"value": "a@x"}], ENTERPRISE: {"manager": {"value": "1"}}}),
        );
        let paths: Vec<String> = spots(&user, Some(USER), &declared).iter().map(Spot::path).collect();
        let manager = format!("{ENTERPRISE}:manager");
        let expected = ["name", "name.givenName", "emails", "emails.value", &manager, &format!("{manager}.value")];
        assert_eq!(paths, expected);
    }

    #[test]
    fn a_declared_schema_is_learnt_but_the_rfc_keeps_its_own() {
        let mut declared = Declared::default();
        let attributes = json!([
            {"name": "userName", "type": "integer"},
            {"name": "pin", "type": "string", "returned": "never"},
        ]);
        declared.learn(&object(&json!({"id": USER, "attributes": attributes})));
        assert_eq!(declared.attribute(Some(USER), "userName").unwrap().kind, Type::String);
        assert!(declared.attribute(Some(USER), "pin").unwrap().is_hidden());
    }
}
