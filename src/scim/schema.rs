//! Schemas (RFC 7643 §7, §8.7) as data: `fixtures/schemas/*.json`.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::attribute::find;
use super::{Attribute, urn};

/// Why a document is no schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// An attribute or the document itself is not an object.
    #[error("a schema and its attributes are JSON objects")]
    NotAnObject,
    /// A member without which nothing can be done.
    #[error("`{what}` is missing")]
    Missing {
        /// Name of the member.
        what: &'static str,
    },
    /// A keyword that RFC 7643 §7 does not know.
    #[error("`{attribute}`: `{word}` is no {what}; expected one of {}", .accepted.join(", "))]
    Keyword {
        /// Name of the attribute.
        attribute: String,
        /// Which characteristic.
        what: &'static str,
        /// What it says.
        word: String,
        /// What it may say.
        accepted: &'static [&'static str],
    },
    /// Sub-attributes of something that cannot have any (RFC 7643 §2.3.8).
    #[error("`{attribute}` cannot have sub-attributes")]
    Nested {
        /// Name of the attribute.
        attribute: String,
    },
}

/// One schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Its URN.
    pub id: String,
    /// Its name.
    pub name: String,
    /// For people.
    pub description: String,
    /// Its attributes; common ones (RFC 7643 §3.1) are not among them.
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// Reads a Schema resource.
    pub fn from_json(value: &Value) -> Result<Self, SchemaError> {
        let members = value.as_object().ok_or(SchemaError::NotAnObject)?;
        let text = |key: &str| members.get(key).and_then(Value::as_str);
        let attributes = members.get("attributes").and_then(Value::as_array);
        let attributes = attributes.ok_or(SchemaError::Missing { what: "attributes" })?;
        Ok(Self {
            id: text("id").filter(|id| !id.is_empty()).ok_or(SchemaError::Missing { what: "id" })?.to_owned(),
            name: text("name").unwrap_or_default().to_owned(),
            description: text("description").unwrap_or_default().to_owned(),
            attributes: attributes.iter().map(Attribute::from_json).collect::<Result<_, _>>()?,
        })
    }

    /// The Schema resource, without `meta`.
    pub fn to_json(&self) -> Value {
        json!({
            "schemas": [urn::SCHEMA],
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "attributes": self.attributes.iter().map(Attribute::to_json).collect::<Vec<_>>(),
        })
    }

    /// An attribute by name, without regard to case.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        find(&self.attributes, name)
    }
}

fn shipped(text: &str) -> Value {
    serde_json::from_str(text).expect("the shipped schemas are JSON")
}

fn read(text: &str) -> Schema {
    Schema::from_json(&shipped(text)).expect("the shipped schemas are schemas")
}

/// RFC 7643 §4.1, §8.7.1, with verified erratum 8471.
pub(super) static USER: LazyLock<Schema> = LazyLock::new(|| read(include_str!("../../fixtures/schemas/user.json")));
/// RFC 7643 §4.2, §8.7.1, with verified erratum 5368.
pub(super) static GROUP: LazyLock<Schema> = LazyLock::new(|| read(include_str!("../../fixtures/schemas/group.json")));
/// RFC 7643 §4.3, §8.7.1.
pub(super) static ENTERPRISE: LazyLock<Schema> =
    LazyLock::new(|| read(include_str!("../../fixtures/schemas/enterprise-user.json")));
/// RFC 7643 §3.1.
pub(super) static COMMON: LazyLock<Vec<Attribute>> = LazyLock::new(|| {
    let list = shipped(include_str!("../../fixtures/schemas/common.json"));
    let list = list.as_array().expect("common attributes are a list");
    list.iter().map(|item| Attribute::from_json(item).expect("the shipped attributes are definitions")).collect()
});

#[cfg(test)]
mod tests {
    use super::super::{Mutability, Returned, Type, Uniqueness};
    use super::*;

    #[test]
    fn shipped_schemas_come_out_as_they_went_in() {
        for text in [
            include_str!("../../fixtures/schemas/user.json"),
            include_str!("../../fixtures/schemas/group.json"),
            include_str!("../../fixtures/schemas/enterprise-user.json"),
        ] {
            let printed = serde_json::to_string_pretty(&read(text).to_json()).unwrap();
            assert_eq!(printed.trim(), text.trim());
        }
    }

    #[test]
    fn characteristics_are_those_of_the_rfc() {
        let user_name = USER.attribute("username").unwrap();
        assert!(user_name.required && !user_name.case_exact && user_name.uniqueness == Uniqueness::Server);
        let password = USER.attribute("password").unwrap();
        assert_eq!((password.mutability, password.returned), (Mutability::WriteOnly, Returned::Never));
        assert_eq!(USER.attribute("groups").unwrap().mutability, Mutability::ReadOnly);
        assert_eq!(USER.attribute("groups").unwrap().sub("$REF").unwrap().reference_types, ["Group"]);
        assert!(GROUP.attribute("displayName").unwrap().required);
        assert_eq!(GROUP.attribute("members").unwrap().sub("value").unwrap().mutability, Mutability::Immutable);
        let manager = ENTERPRISE.attribute("manager").unwrap();
        assert_eq!(manager.sub("displayName").unwrap().mutability, Mutability::ReadOnly);
        let id = find(&COMMON, "ID").unwrap();
        assert!(id.case_exact && id.returned == Returned::Always && id.mutability == Mutability::ReadOnly);
    }

    #[test]
    fn usual_sub_attributes_are_there_without_being_listed() {
        assert_eq!(GROUP.attribute("members").unwrap().sub("display").unwrap().kind, Type::String);
        assert!(USER.attribute("name").unwrap().sub("primary").is_none());
    }

    #[test]
    fn a_wrong_keyword_is_named() {
        let error =
            Schema::from_json(&json!({"id": "urn:x", "attributes": [{"name": "a", "type": "text"}]})).unwrap_err();
        assert!(error.to_string().starts_with("`a`: `text` is no type; expected one of string, boolean"), "{error}");
    }
}
