//! Judging a filter on a resource as raw JSON.
//!
//! - A multi-valued attribute fits when any of its values does (RFC 7644 §3.4.2.2); a complex
//!   one without sub-attribute stands for its `value` (the RFC's own `emails co "x"`).
//! - `pr` is "assigned and not an empty text" (Table 3: non-empty or non-null).
//! - `ne` is "has no value that is equal" for a single value, so that a resource without the
//!   attribute fits; of several values one that differs is enough.
//! - `eq null` is `not (… pr)`, `ne null` is `pr`.
//! - An attribute that no answer shows never fits.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::{Filter, Operator};
use crate::scim::scalar::{Scalar, comparable, scalar};
use crate::scim::{Attribute, AttributePath, ResourceSchema, Type, is_assigned, name, truth};

impl Filter {
    /// Whether a resource fits. Comparison follows the attribute's characteristics.
    pub fn matches(&self, resource: &Map<String, Value>, schema: &ResourceSchema) -> bool {
        self.holds(&Whole { resource, schema })
    }

    fn holds(&self, scope: &impl Scope) -> bool {
        match self {
            Self::Or(parts) => parts.iter().any(|part| part.holds(scope)),
            Self::And(parts) => parts.iter().all(|part| part.holds(scope)),
            Self::Not(inner) => !inner.holds(scope),
            Self::Present(path) => scope.find(path).is_present(),
            Self::Compare { path, operator, value } => scope.find(path).compares(*operator, value),
            Self::Element { path, filter } => {
                let found = scope.find(path);
                found.values.iter().any(|element| matches_element(filter, element, found.attribute))
            }
        }
    }
}

/// Whether one value of a multi-valued attribute fits. A simple value is its own `value`.
pub(in crate::scim) fn matches_element(filter: &Filter, element: &Value, attribute: Option<&Attribute>) -> bool {
    filter.holds(&Element { element, attribute })
}

/// What names in a filter refer to.
trait Scope {
    fn find(&self, path: &AttributePath) -> Found<'_>;
}

struct Whole<'a> {
    resource: &'a Map<String, Value>,
    schema: &'a ResourceSchema,
}

struct Element<'a> {
    element: &'a Value,
    attribute: Option<&'a Attribute>,
}

/// The values at a path.
struct Found<'a> {
    values: Vec<&'a Value>,
    attribute: Option<&'a Attribute>,
    is_multi: bool,
}

impl<'a> Found<'a> {
    fn at(value: Option<&'a Value>, attribute: Option<&'a Attribute>) -> Self {
        match value {
            Some(Value::Array(elements)) => Self { values: elements.iter().collect(), attribute, is_multi: true },
            other => Self { values: other.into_iter().collect(), attribute, is_multi: false },
        }
    }

    fn sub(self, name: &str) -> Self {
        let of = |value: &'a Value| value.as_object().and_then(|members| name::get(members, name));
        Self {
            values: self.values.into_iter().filter_map(of).collect(),
            attribute: self.attribute.and_then(|attribute| attribute.sub(name)),
            is_multi: self.is_multi,
        }
    }

    fn visible(self) -> Self {
        let hidden = self.attribute.is_some_and(Attribute::is_hidden);
        if hidden { Self { values: Vec::new(), ..self } } else { self }
    }

    fn is_present(&self) -> bool {
        self.values.iter().any(|value| is_assigned(value) && value.as_str() != Some(""))
    }

    fn compares(self, operator: Operator, wanted: &Value) -> bool {
        let found = if self.values.iter().any(|value| value.is_object()) { self.sub("value") } else { self };
        match (operator, wanted) {
            (Operator::Eq, Value::Null) => !found.is_present(),
            (Operator::Ne, Value::Null) => found.is_present(),
            (Operator::Ne, _) if found.is_multi && !found.values.is_empty() => {
                found.values.iter().any(|value| !equal(value, wanted, found.attribute))
            }
            (Operator::Ne, _) => !found.values.iter().any(|value| equal(value, wanted, found.attribute)),
            _ => found.values.iter().any(|value| holds(operator, value, wanted, found.attribute)),
        }
    }
}

impl Scope for Whole<'_> {
    fn find(&self, path: &AttributePath) -> Found<'_> {
        let found = match self.schema.resolve(&AttributePath { sub: None, ..path.clone() }) {
            Some(resolved) => {
                let value = resolved.holder(self.resource).and_then(|holder| name::get(holder, &path.name));
                Found::at(value, Some(resolved.attribute))
            }
            // No schema knows it: what stands there is still text, number or boolean.
            None if path.schema.is_none() => Found::at(name::get(self.resource, &path.name), None),
            None => Found::at(None, None),
        };
        let found = match &path.sub {
            Some(sub) => found.sub(sub),
            None => found,
        };
        found.visible()
    }
}

impl Scope for Element<'_> {
    fn find(&self, path: &AttributePath) -> Found<'_> {
        match self.element {
            Value::Object(members) => {
                let sub = self.attribute.and_then(|attribute| attribute.sub(&path.name));
                Found::at(name::get(members, &path.name), sub).visible()
            }
            simple if path.name.eq_ignore_ascii_case("value") => Found::at(Some(simple), self.attribute),
            _ => Found::at(None, None),
        }
    }
}

fn equal(value: &Value, wanted: &Value, attribute: Option<&Attribute>) -> bool {
    if attribute.is_some_and(|attribute| attribute.kind == Type::Boolean) {
        return truth(value).is_some_and(|value| truth(wanted) == Some(value));
    }
    scalar(value, attribute).is_some_and(|value| scalar(wanted, attribute) == Some(value))
}

fn holds(operator: Operator, value: &Value, wanted: &Value, attribute: Option<&Attribute>) -> bool {
    let texts = || {
        let (value, wanted) = (value.as_str()?, wanted.as_str()?);
        Some((comparable(value, attribute), comparable(wanted, attribute)))
    };
    let order = || order(value, wanted, attribute);
    match operator {
        Operator::Eq => equal(value, wanted, attribute),
        Operator::Ne => !equal(value, wanted, attribute),
        Operator::Co => texts().is_some_and(|(value, wanted)| value.contains(&*wanted)),
        Operator::Sw => texts().is_some_and(|(value, wanted)| value.starts_with(&*wanted)),
        Operator::Ew => texts().is_some_and(|(value, wanted)| value.ends_with(&*wanted)),
        Operator::Gt => order() == Some(Ordering::Greater),
        Operator::Ge => matches!(order(), Some(Ordering::Greater | Ordering::Equal)),
        Operator::Lt => order() == Some(Ordering::Less),
        Operator::Le => matches!(order(), Some(Ordering::Less | Ordering::Equal)),
    }
}

/// Chronological, numeric or lexicographic; none between different types, booleans or binary values.
fn order(value: &Value, wanted: &Value, attribute: Option<&Attribute>) -> Option<Ordering> {
    if attribute.is_some_and(|attribute| matches!(attribute.kind, Type::Boolean | Type::Binary)) {
        return None;
    }
    if let (Value::Number(value), Value::Number(wanted)) = (value, wanted) {
        return match (value.as_i64(), wanted.as_i64()) {
            (Some(value), Some(wanted)) => Some(value.cmp(&wanted)),
            _ => value.as_f64()?.partial_cmp(&wanted.as_f64()?),
        };
    }
    match (scalar(value, attribute)?, scalar(wanted, attribute)?) {
        (Scalar::Instant(value), Scalar::Instant(wanted)) => Some(value.cmp(&wanted)),
        (Scalar::Text(value), Scalar::Text(wanted)) if attribute.is_none_or(|it| it.kind != Type::DateTime) => {
            Some(value.cmp(&wanted))
        }
        _ => None,
    }
}
