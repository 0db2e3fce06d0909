//! What differs: the directory's values against the resource the target shows.
//!
//! Values the directory does not have are never provisioned, so an emptied
//! attribute stays as it is at the target (ENTRA-Q12). References are not
//! compared here: they travel in requests of their own.

use serde_json::{Map, Value};

use super::patch::Change;
use crate::idp::mapping::{Pair, Source};
use crate::scim::truth;

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
    if shown.is_some_and(|shown| is_same(&pair.value, shown)) {
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
