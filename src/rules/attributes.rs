//! What is known of attributes: those of RFC 7643, and those that the target's `/Schemas` declared.
//!
//! Passive rules ask it for the form of a value. What it does not know is not judged.

use std::sync::LazyLock;

use serde_json::{Map, Value};

/// The form of a value (RFC 7643 §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text.
    String,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// xsd:dateTime.
    DateTime,
    /// base64.
    Binary,
    /// A URI, as text.
    Reference,
    /// An object with sub-attributes.
    Complex,
}

/// One attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name in its usual spelling.
    pub name: String,
    /// The form of one value.
    pub form: Form,
    /// Whether it has several.
    pub is_multi: bool,
    /// Whether values that differ in case differ.
    pub case_exact: bool,
    /// `returned: never` or `mutability: writeOnly`: no answer shows it.
    pub never_returned: bool,
    /// Its sub-attributes, for a complex one.
    pub subs: Vec<Attribute>,
}

impl Attribute {
    /// The sub-attribute of this name, without regard to case (RFC 7643 §2.1).
    pub fn sub(&self, name: &str) -> Option<&Self> {
        find(&self.subs, name)
    }
}

fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

/// A schema: its URN and attributes.
#[derive(Clone, Debug)]
struct Schema {
    urn: String,
    attributes: Vec<Attribute>,
}

/// All schemas known in a transcript.
#[derive(Clone, Debug)]
pub struct Declared {
    schemas: Vec<Schema>,
}

/// Most schemas that are kept; the rest of a longer list is not judged.
const MAX_SCHEMAS: usize = 100;

impl Default for Declared {
    fn default() -> Self {
        static RFC: LazyLock<Vec<Schema>> = LazyLock::new(|| vec![common(), user(), group(), enterprise()]);
        Self { schemas: RFC.clone() }
    }
}

const COMMON: &str = "";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

impl Declared {
    /// Learns the attributes of one Schema resource. What the RFC says of its own attributes stays.
    pub fn learn(&mut self, document: &Map<String, Value>) {
        let (Some(urn), Some(list)) = (document.get("id").and_then(Value::as_str), document.get("attributes")) else {
            return;
        };
        let declared = list.as_array().into_iter().flatten().filter_map(|item| read(item, 0)).collect::<Vec<_>>();
        if let Some(known) = self.schemas.iter_mut().find(|schema| schema.urn.eq_ignore_ascii_case(urn)) {
            for attribute in declared {
                if find(&known.attributes, &attribute.name).is_none() {
                    known.attributes.push(attribute);
                }
            }
        } else if self.schemas.len() < MAX_SCHEMAS {
            self.schemas.push(Schema { urn: urn.to_owned(), attributes: declared });
        }
    }

    /// The top-level attribute of a resource with this base schema; without one, only common attributes are known.
    pub fn attribute(&self, base: Option<&str>, name: &str) -> Option<&Attribute> {
        let of = |urn: &str| self.schema(urn).and_then(|schema| find(&schema.attributes, name));
        of(COMMON).or_else(|| base.and_then(of))
    }

    /// An attribute of an extension.
    pub fn extension_attribute(&self, urn: &str, name: &str) -> Option<&Attribute> {
        find(&self.schema(urn)?.attributes, name)
    }

    fn schema(&self, urn: &str) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.urn.eq_ignore_ascii_case(urn))
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

/// Reads an attribute definition (RFC 7643 §7); sub-attributes are not nested further.
fn read(item: &Value, depth: u8) -> Option<Attribute> {
    let text = |key| item.get(key).and_then(Value::as_str);
    let flag = |key| item.get(key).and_then(Value::as_bool).unwrap_or_default();
    let form = match text("type")? {
        "string" => Form::String,
        "boolean" => Form::Boolean,
        "integer" => Form::Integer,
        "decimal" => Form::Decimal,
        "dateTime" => Form::DateTime,
        "binary" => Form::Binary,
        "reference" => Form::Reference,
        "complex" => Form::Complex,
        _ => return None,
    };
    let subs = item.get("subAttributes").and_then(Value::as_array).filter(|_| depth == 0);
    Some(Attribute {
        name: text("name")?.to_owned(),
        form,
        is_multi: flag("multiValued"),
        case_exact: flag("caseExact"),
        never_returned: text("returned") == Some("never") || text("mutability") == Some("writeOnly"),
        subs: subs.into_iter().flatten().filter_map(|sub| read(sub, depth + 1)).collect(),
    })
}

// RFC 7643 §8.7.1, reduced to what rules look at.

fn simple(name: &str, form: Form) -> Attribute {
    let (name, case_exact) = (name.to_owned(), false);
    Attribute { name, form, is_multi: false, case_exact, never_returned: false, subs: Vec::new() }
}

fn texts(names: &[&str]) -> Vec<Attribute> {
    names.iter().map(|name| simple(name, Form::String)).collect()
}

fn exact(name: &str) -> Attribute {
    Attribute { case_exact: true, ..simple(name, Form::String) }
}

fn complex(name: &str, subs: Vec<Attribute>) -> Attribute {
    Attribute { subs, ..simple(name, Form::Complex) }
}

/// The usual sub-attributes of a multi-valued attribute (RFC 7643 §2.4).
fn plural(name: &str, value: Attribute) -> Attribute {
    let mut subs = vec![value, simple("primary", Form::Boolean), simple("$ref", Form::Reference)];
    subs.extend(texts(&["display", "type"]));
    Attribute { is_multi: true, ..complex(name, subs) }
}

fn common() -> Schema {
    let schemas = Attribute { is_multi: true, ..simple("schemas", Form::Reference) };
    let mut meta = vec![exact("resourceType"), exact("version"), simple("location", Form::Reference)];
    meta.extend([simple("created", Form::DateTime), simple("lastModified", Form::DateTime)]);
    let attributes = vec![schemas, exact("id"), exact("externalId"), complex("meta", meta)];
    Schema { urn: COMMON.to_owned(), attributes }
}

fn user() -> Schema {
    let name = ["formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix"];
    let mut attributes = texts(&["userName", "displayName", "nickName", "title", "userType"]);
    attributes.extend(texts(&["preferredLanguage", "locale", "timezone"]));
    attributes.push(simple("profileUrl", Form::Reference));
    attributes.push(simple("active", Form::Boolean));
    attributes.push(Attribute { never_returned: true, ..simple("password", Form::String) });
    attributes.push(complex("name", texts(&name)));
    for plain in ["emails", "phoneNumbers", "ims", "entitlements", "roles"] {
        attributes.push(plural(plain, simple("value", Form::String)));
    }
    attributes.push(plural("groups", exact("value")));
    attributes.push(plural("photos", simple("value", Form::Reference)));
    attributes.push(plural("x509Certificates", simple("value", Form::Binary)));
    let mut addresses = plural("addresses", simple("value", Form::String));
    addresses.subs.extend(texts(&["formatted", "streetAddress", "locality", "region", "postalCode", "country"]));
    attributes.push(addresses);
    Schema { urn: USER.to_owned(), attributes }
}

fn group() -> Schema {
    Schema {
        urn: GROUP.to_owned(),
        attributes: vec![simple("displayName", Form::String), plural("members", exact("value"))],
    }
}

fn enterprise() -> Schema {
    let mut attributes = texts(&["employeeNumber", "costCenter", "organization", "division", "department"]);
    let manager =
        vec![simple("value", Form::String), simple("$ref", Form::Reference), simple("displayName", Form::String)];
    attributes.push(complex("manager", manager));
    Schema { urn: ENTERPRISE.to_owned(), attributes }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn names_compare_without_case() {
        let declared = Declared::default();
        let emails = declared.attribute(Some(&USER.to_uppercase()), "EMAILS").unwrap();
        assert_eq!((emails.name.as_str(), emails.sub("Primary").unwrap().form), ("emails", Form::Boolean));
        assert!(declared.attribute(Some(GROUP), "emails").is_none());
    }

    #[test]
    fn spots_name_their_path() {
        let declared = Declared::default();
        let user = object(
            json!({"name": {"givenName": "A"}, "emails": [{"value": "a@x"}], ENTERPRISE: {"manager": {"value": "1"}}}),
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
        declared.learn(&object(json!({"id": USER, "attributes": attributes})));
        assert_eq!(declared.attribute(Some(USER), "userName").unwrap().form, Form::String);
        assert!(declared.attribute(Some(USER), "pin").unwrap().never_returned);
    }
}
