//! JSON as people review it: short values on one line, members of answers in one fixed order.

use std::fmt::Write as _;
use std::hash::Hasher as _;

use serde_json::{Map, Value};

/// Columns after which a value is broken over several lines.
const WIDTH: usize = 100;

/// Members that come first in answers, in this order; `meta` and extensions come last, the rest by name.
const FIRST: [&str; 12] = [
    "schemas",
    "id",
    "externalId",
    "userName",
    "displayName",
    "totalResults",
    "startIndex",
    "itemsPerPage",
    "status",
    "scimType",
    "detail",
    "type",
];

/// The value with members in canonical order at every level: a server's own order is no difference.
pub(super) fn canonical(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(canonical).collect()),
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(key, _)| (rank(key), key.to_lowercase()));
            Value::Object(sorted.into_iter().map(|(key, value)| (key.clone(), canonical(value))).collect())
        }
        other => other.clone(),
    }
}

fn rank(key: &str) -> usize {
    let place = FIRST.iter().position(|first| first.eq_ignore_ascii_case(key));
    place.unwrap_or(match key.to_ascii_lowercase().as_str() {
        "meta" => FIRST.len() + 2,
        urn if urn.starts_with("urn:") => FIRST.len() + 1,
        _ => FIRST.len(),
    })
}

/// Prints a value, every line after the first indented by `indent` blanks.
pub(super) fn print(value: &Value, indent: usize) -> String {
    let mut out = String::new();
    write_value(&mut out, value, indent, 0);
    out
}

/// The value on one line.
pub(super) fn compact(value: &Value) -> String {
    let mut out = String::new();
    write_flat(&mut out, value);
    out
}

/// `used` is what already stands on the line: the member's name, and a comma to come.
fn write_value(out: &mut String, value: &Value, indent: usize, used: usize) {
    let flat = compact(value);
    if indent + used + flat.chars().count() <= WIDTH && !is_resource(value) {
        out.push_str(&flat);
        return;
    }
    match value {
        Value::Object(members) if !members.is_empty() => write_object(out, members, indent),
        Value::Array(items) if !items.is_empty() => write_array(out, items, indent),
        _ => out.push_str(&flat),
    }
}

/// Whole messages are always broken, so that one changed attribute is one changed line.
fn is_resource(value: &Value) -> bool {
    value.as_object().is_some_and(|members| members.len() > 1 && members.contains_key("schemas"))
}

fn write_object(out: &mut String, members: &Map<String, Value>, indent: usize) {
    out.push('{');
    for (at, (key, value)) in members.iter().enumerate() {
        let key = quoted(key);
        new_line(out, at > 0, indent + 2);
        out.push_str(&key);
        out.push_str(": ");
        write_value(out, value, indent + 2, key.chars().count() + 3);
    }
    new_line(out, false, indent);
    out.push('}');
}

fn write_array(out: &mut String, items: &[Value], indent: usize) {
    out.push('[');
    for (at, value) in items.iter().enumerate() {
        new_line(out, at > 0, indent + 2);
        write_value(out, value, indent + 2, 1);
    }
    new_line(out, false, indent);
    out.push(']');
}

fn new_line(out: &mut String, comma: bool, indent: usize) {
    out.push_str(if comma { ",\n" } else { "\n" });
    out.extend(std::iter::repeat_n(' ', indent));
}

fn write_flat(out: &mut String, value: &Value) {
    match value {
        Value::String(text) => out.push_str(&quoted(text)),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write_flat(out, item);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (at, (key, item)) in members.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                out.push_str(&quoted(key));
                out.push_str(": ");
                write_flat(out, item);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// A JSON string in which characters that would act on a terminal or hide are escaped.
fn quoted(text: &str) -> String {
    let plain = Value::from(text).to_string();
    if !plain.contains(is_risky) {
        return plain;
    }
    let mut out = String::with_capacity(plain.len() + 16);
    for character in plain.chars() {
        if !is_risky(character) {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}").expect("writing to a string cannot fail");
        }
    }
    out
}

/// Characters never shown raw: controls, and marks that reorder or hide text.
pub(super) fn is_risky(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(character, '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// FNV-1a, 64 bits: the same on every machine and in every release.
pub(super) fn hash(text: &str) -> u64 {
    let mut hasher = fnv::FnvHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn short_values_stay_on_one_line_and_messages_are_broken() {
        let user = json!({"schemas": ["urn:x"], "name": {"givenName": "Alice", "familyName": "Cooper"}});
        let text =
            "{\n  \"schemas\": [\"urn:x\"],\n  \"name\": {\"givenName\": \"Alice\", \"familyName\": \"Cooper\"}\n}";
        assert_eq!(print(&user, 0), text);
    }

    #[test]
    fn canonical_order_does_not_depend_on_the_servers_order() {
        let one = json!({"meta": {"a": 1, "B": 2}, "urn:x:User": {}, "title": "t", "id": "1", "schemas": []});
        let other = json!({"schemas": [], "title": "t", "id": "1", "urn:x:User": {}, "meta": {"B": 2, "a": 1}});
        assert_eq!(compact(&canonical(&one)), compact(&canonical(&other)));
        assert!(compact(&canonical(&one)).starts_with("{\"schemas\": [], \"id\": \"1\", \"title\""));
    }

    #[test]
    fn characters_that_hide_or_act_are_escaped_and_read_back() {
        let value = json!("a\u{1b}[31m\u{202e}b\u{e0041}\u{9b}");
        let text = compact(&value);
        assert!(text.is_ascii(), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
