//! Bodies that nobody can read as JSON: what in them is personal cannot be told, so nothing of them but the shape stays.

use serde_json::Value;

use super::letters::shape;
use crate::logs::input::mended;

/// Whether what stands in a body of a request can be told by the names of its members: it is JSON, or was before the log
/// cut it, or a text with that in it.
pub fn is_read(body: &str) -> bool {
    match serde_json::from_str::<Value>(body) {
        Ok(Value::String(text)) => is_read(&text),
        Ok(_) => true,
        Err(_) => body.trim().is_empty() || is_cut_json(body),
    }
}

/// Whether at least a whole member is in it.
fn is_cut_json(body: &str) -> bool {
    let mended = body.trim_start().starts_with(['{', '[']).then(|| mended(body)).flatten();
    let value = mended.and_then(|json| serde_json::from_str::<Value>(&json).ok());
    value.is_some_and(|value| match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        _ => false,
    })
}

/// A text of which the shape stays: `x` for a letter, `0` for a digit.
pub fn masked(text: &str) -> String {
    text.chars().map(shape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_json_is_read_by_its_names() {
        for body in [r#"{"a": 1}"#, r#""{\"a\": \"b\"}""#, r#"{"a": "b", "c": "d..."#, "", "[]"] {
            assert!(is_read(body), "{body}");
        }
        for body in ["userName=mona", "<user>mona</user>", "{'userName': 'mona'}", "payload: {}", r#""mona""#] {
            assert!(!is_read(body), "{body}");
        }
        assert_eq!(masked("user=Zoë&n=47"), "xxxx=Xxж&x=00");
    }
}
