//! What differs: the directory's values against the resource the target shows.
//!
//! Values the directory does not have are never provisioned, so an emptied
//! attribute stays as it is at the target (ENTRA-Q12). References are not
//! compared here: they travel in requests of their own.

use serde_json::{Map, Value};

use super::patch::Change;
use crate::idp::mapping::{Pair, Source};
use crate::scim::{phone_number, truth};

/// Changes in the order of the mapping. Where the target shows no value, or no element of that type, one is added
/// (ENTRA-Q16).
pub(super) fn changes(pairs: &[Pair<'_>], resource: &Map<String, Value>) -> Vec<Change> {
    pairs.iter().filter(|pair| is_provisioned(pair)).filter_map(|pair| change(pair, resource)).collect()
}

fn is_provisioned(pair: &Pair<'_>) -> bool {
    !pair.value.is_null() && !pair.entry.source.is_constant() && !matches!(pair.entry.source, Source::Reference(_))
}

fn change(pair: &Pair<'_>, resource: &Map<String, Value>) -> Option<Change> {
    let shown = pair.entry.target.get(resource).filter(|value| is_assigned(value));
    let is_number = pair.entry.target.attribute == "phoneNumbers";
    if shown.is_some_and(|shown| is_same(&pair.value, shown) || is_number && is_same_number(&pair.value, shown)) {
        return None;
    }
    Some(Change { path: pair.entry.target.to_string(), value: pair.value.clone(), is_new: shown.is_none() })
}

/// Texts count letter by letter; a boolean may be shown as text.
fn is_same(wanted: &Value, shown: &Value) -> bool {
    match (wanted, shown) {
        (Value::Bool(wanted), shown) => truth(shown) == Some(*wanted),
        (wanted, shown) => wanted == shown,
    }
}

/// A server may write a telephone number in the form of RFC 3966 (RFC 7643 §4.1.2). That Entra minds is not known.
fn is_same_number(wanted: &Value, shown: &Value) -> bool {
    let number = |value: &Value| value.as_str().map(|text| phone_number(text).into_owned());
    number(wanted).is_some_and(|wanted| number(shown) == Some(wanted))
}

/// RFC 7643 §2.5; an empty text is no value to Entra either.
pub(super) fn is_assigned(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}
