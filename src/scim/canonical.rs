//! A value in the form in which RFC equality is plain equality.
//!
//! Members and elements are sorted and unassigned ones left out, names folded, simple values
//! as their attribute compares them; so equal values hash alike and large arrays cost no more
//! than sorting.

use std::borrow::Cow;

use serde_json::Value;

use super::scalar::{Scalar, phone_number, scalar};
use super::{Attribute, ResourceSchema, Schema, name, text};

/// What is known of a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known<'s> {
    /// A resource or message.
    Resource(&'s ResourceSchema),
    /// The `Resources` of a list; most are of this kind.
    List(&'s ResourceSchema),
    /// An array whose order counts: the `Operations` of a PATCH.
    Sequence,
    /// The container of an extension.
    Extension(&'s Schema),
    /// The container of an extension of which only the URN is known.
    Foreign,
    /// The value or values of an attribute.
    Attribute(&'s Attribute),
    /// A telephone number.
    PhoneNumber(&'s Attribute),
    /// Nothing.
    Nothing,
}

impl<'s> Known<'s> {
    pub(super) fn attribute(self) -> Option<&'s Attribute> {
        match self {
            Self::Attribute(attribute) | Self::PhoneNumber(attribute) => Some(attribute),
            _ => None,
        }
    }

    /// What is known of a member of an object.
    pub(super) fn member(self, name: &str) -> Self {
        let attribute = |found: Option<&'s Attribute>| found.map_or(Self::Nothing, Self::Attribute);
        match self {
            Self::Resource(schema) => match (schema.top(name), schema.extension(name)) {
                (Some(attribute), _) => Self::Attribute(attribute),
                (None, Some(extension)) => Self::Extension(extension),
                (None, None) if name.eq_ignore_ascii_case("Resources") => Self::List(schema),
                (None, None) if name.eq_ignore_ascii_case("Operations") => Self::Sequence,
                (None, None) if name.contains(':') => Self::Foreign,
                (None, None) => Self::Nothing,
            },
            Self::Extension(schema) => attribute(schema.attribute(name)),
            Self::Attribute(parent) if parent.name == "phoneNumbers" && name.eq_ignore_ascii_case("value") => {
                parent.sub(name).map_or(Self::Nothing, Self::PhoneNumber)
            }
            Self::Attribute(parent) => attribute(parent.sub(name)),
            Self::List(_) | Self::Sequence | Self::Foreign | Self::PhoneNumber(_) | Self::Nothing => Self::Nothing,
        }
    }

    /// What is known of an element of an array.
    pub(super) fn element(self, element: &Value) -> Self {
        match self {
            Self::List(schema) if is_of(element, schema) => Self::Resource(schema),
            Self::List(_) => Self::Resource(ResourceSchema::of(element)),
            Self::Sequence => Self::Nothing,
            other => other,
        }
    }
}

fn is_of(resource: &Value, schema: &ResourceSchema) -> bool {
    let schemas = resource.as_object().and_then(|members| name::get(members, "schemas")).and_then(Value::as_array);
    let mut listed = schemas.into_iter().flatten().filter_map(Value::as_str);
    schemas.is_none() || listed.any(|urn| urn.eq_ignore_ascii_case(&schema.base().id))
}

/// A value in comparable form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Canonical<'v> {
    Scalar(Scalar<'v>),
    Elements(Vec<Self>),
    Members(Vec<(Cow<'v, str>, Self)>),
}

impl Canonical<'_> {
    pub(super) fn into_owned(self) -> Canonical<'static> {
        match self {
            Self::Scalar(scalar) => Canonical::Scalar(scalar.into_owned()),
            Self::Elements(elements) => Canonical::Elements(elements.into_iter().map(Self::into_owned).collect()),
            Self::Members(members) => Canonical::Members(
                members.into_iter().map(|(name, value)| (name.into_owned().into(), value.into_owned())).collect(),
            ),
        }
    }
}

/// The comparable form; `None` for an unassigned value. `primary: false` is unassigned (RFC 7643 §2.4).
///
/// Recursion ends where the JSON reader's own limit on nesting does.
pub(super) fn canonical<'v>(value: &'v Value, known: Known<'_>) -> Option<Canonical<'v>> {
    match value {
        Value::Array(elements) => {
            let mut found: Vec<_> =
                elements.iter().filter_map(|element| canonical(element, known.element(element))).collect();
            if !matches!(known, Known::Sequence) {
                found.sort_unstable();
            }
            (!found.is_empty()).then_some(Canonical::Elements(found))
        }
        Value::Object(members) => {
            let assigned = members
                .iter()
                .filter(|(key, value)| !is_default(key, value))
                .filter_map(|(key, value)| Some((text::fold(key), canonical(value, known.member(key))?)));
            let mut found: Vec<_> = assigned.collect();
            found.sort_unstable();
            (!found.is_empty()).then_some(Canonical::Members(found))
        }
        Value::String(number) if matches!(known, Known::PhoneNumber(_)) => {
            Some(Canonical::Scalar(Scalar::Text(phone_number(number))))
        }
        simple => scalar(simple, known.attribute()).map(Canonical::Scalar),
    }
}

/// Whether a member says what its absence says.
pub(super) fn is_default(key: &str, value: &Value) -> bool {
    *value == Value::Bool(false) && key.eq_ignore_ascii_case("primary")
}
