//! Booleans as they are met: JSON's own, and the texts that Entra makes of them (ENTRA-Q02).

use serde_json::Value;

/// A boolean, or its name in any case.
pub fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}
