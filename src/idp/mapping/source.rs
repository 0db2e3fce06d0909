//! Where a value comes from: a directory attribute, a constant, or one of a few functions.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::idp::links::Links;
use crate::idp::{Group, Person};

/// Where a value comes from. The set is closed: what an IdP's expression language can say beyond it is data of its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A directory attribute.
    Attribute(String),
    /// Always the same.
    Constant(Value),
    /// Texts put together; those the directory does not have are left out.
    Join {
        /// The attributes.
        of: Vec<String>,
        /// What stands between them.
        separator: String,
    },
    /// A text in lower case.
    Lower(String),
    /// The opposite of a boolean.
    Not(String),
    /// A value as text (`"true"`).
    Text(String),
    /// A value for each value of an attribute, as Entra's `Switch`.
    Switch(Switch),
    /// The SCIM id of the person whose key the attribute holds; none while that person has no account.
    Reference(String),
}

/// A value for each value of an attribute.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// The attribute.
    pub of: String,
    /// What its values, as text, become.
    pub cases: BTreeMap<String, Value>,
    /// What every other value becomes.
    #[serde(default)]
    pub default: Value,
}

/// Something with directory attributes.
pub trait Record {
    /// The value of an attribute; `null` when there is none.
    fn attribute(&self, name: &str) -> Value;
}

impl Record for Person {
    /// Besides the stored ones: `active` and its opposite `isSoftDeleted`, as Entra calls it.
    fn attribute(&self, name: &str) -> Value {
        match name {
            "active" => self.in_scope().into(),
            "isSoftDeleted" => (!self.in_scope()).into(),
            _ => self.attributes.get(name).filter(|value| value.as_str() != Some("")).cloned().unwrap_or_default(),
        }
    }
}

impl Record for Group {
    fn attribute(&self, name: &str) -> Value {
        match name {
            "id" | "objectId" => self.id.as_str().into(),
            "displayName" => self.display_name.as_str().into(),
            _ => Value::Null,
        }
    }
}

impl Source {
    /// The value for one person or group; `null` when there is none.
    pub fn value<R: Record>(&self, record: &R, links: &Links) -> Value {
        match self {
            Self::Attribute(name) => record.attribute(name),
            Self::Constant(value) => value.clone(),
            Self::Join { of, separator } => {
                let texts: Vec<String> = of.iter().filter_map(|name| text(&record.attribute(name))).collect();
                if texts.is_empty() { Value::Null } else { texts.join(separator).into() }
            }
            Self::Lower(name) => text(&record.attribute(name)).map(|text| text.to_lowercase()).into(),
            Self::Not(name) => record.attribute(name).as_bool().map(|value| !value).into(),
            Self::Text(name) => text(&record.attribute(name)).into(),
            Self::Switch(switch) => {
                let found = text(&record.attribute(&switch.of)).and_then(|value| switch.cases.get(&value));
                found.unwrap_or(&switch.default).clone()
            }
            Self::Reference(name) => text(&record.attribute(name)).and_then(|key| links.id(&key)).into(),
        }
    }

    /// Whether the value depends on this directory attribute.
    pub fn reads(&self, attribute: &str) -> bool {
        match self {
            Self::Constant(_) => false,
            Self::Join { of, .. } => of.iter().any(|name| name == attribute),
            Self::Switch(switch) => switch.of == attribute,
            Self::Attribute(name) | Self::Lower(name) | Self::Not(name) | Self::Text(name) | Self::Reference(name) => {
                name == attribute
            }
        }
    }

    /// Whether the value is the same for everybody.
    pub const fn is_constant(&self) -> bool {
        matches!(self, Self::Constant(_))
    }
}

/// A scalar as text; `None` for `null` and for what is no scalar.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
