//! Unassigned values.

use serde_json::Value;

/// Whether a value counts as assigned: `null`, an empty array, and an object or array
/// of unassigned values do not (RFC 7643 §2.5).
pub fn is_assigned(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(elements) => elements.iter().any(is_assigned),
        Value::Object(members) => members.values().any(is_assigned),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_and_empty_are_unassigned_but_false_zero_and_empty_text_are_values() {
        for value in [json!(null), json!([]), json!({}), json!({"a": null, "b": [{}]}), json!([null])] {
            assert!(!is_assigned(&value), "{value}");
        }
        for value in [json!(false), json!(0), json!(""), json!({"a": false}), json!([""])] {
            assert!(is_assigned(&value), "{value}");
        }
    }
}
